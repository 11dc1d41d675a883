// What if: any given can be edited, and every row is worked out again; those that differ from the file's are marked.

/** Makes a field of every given. onChange(edited) is called with the texts that differ from the file's, by name. */
function makeFields(cells, onChange) {
  const fields = new Map();
  for (const [name, cell] of cells) {
    const text = cell.textContent;
    const field = made("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": name });
    field.value = text;
    field.size = Math.max(text.length, 2);
    const printed = made("span", { class: "printed" }, text);
    field.addEventListener("change", () => {
      adapt(field, text, printed);
      onChange(editedIn(fields));
    });
    fields.set(name, { field, text, printed });
    cell.replaceChildren(field, printed);
  }
  return {
    reset: () => {
      for (const { field, text, printed } of fields.values()) {
        field.value = text;
        adapt(field, text, printed);
      }
      onChange({});
    },
    mark: (name) => {
      for (const [other, { field }] of fields) field.setAttribute("aria-invalid", String(other === name));
    },
  };
}

/** Gives a field the look of what is in it now. */
function adapt(field, text, printed) {
  field.size = Math.max(field.value.length, 2);
  field.classList.toggle("edited", field.value.trim() !== text);
  printed.textContent = field.value;
}

function editedIn(fields) {
  const changed = [...fields].filter(([, { field, text }]) => field.value.trim() !== text);
  return Object.fromEntries(changed.map(([name, { field }]) => [name, field.value.trim()]));
}

/** Puts what has been worked out into the rows; `found` is null where all is as in the file. */
function makeRegister(rows, names) {
  const cells = (row) => [...row.querySelectorAll(".formula, .rule, .value")];
  const originals = rows.map((row) => cells(row).map((cell) => copyOf(cell)));
  return (found) => rows.forEach((row, place) => {
    const worked = found?.get(names.nameAt(place));
    row.classList.toggle("changed", Boolean(worked?.changed));
    cells(row).forEach((cell, number) => cell.replaceChildren(originals[place][number].cloneNode(true)));
    if (worked) showWorkedOut(cells(row), worked, (name) => names.math(names.inFull(name, names.sampleOf(place))));
  });
}

/** The cells of a row for what has been worked out anew: a formula or a rule that stands there already stays. */
function showWorkedOut([formula, rule, value], worked, math) {
  if (typeof worked.formula === "string") formula.replaceChildren(...withNames(worked.formula, worked.reads, math));
  if (typeof worked.rule === "string") rule.replaceChildren(...withNames(worked.rule, worked.reads, math));
  if (!worked.changed && !worked.anew) return;
  const before = worked.changed ? [made("span", { class: "was" }, " was ", copyOf(value))] : [];
  value.replaceChildren(typographic(worked.text), ...before);
}

/** A text of the register as nodes, with the names in it as they are set. */
function withNames(text, reads, math) {
  const names = [...new Set(reads)].sort((one, other) => other.length - one.length);
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!names.length) return [typographic(text)];
  const parts = text.split(new RegExp(`(?<![\\w'])(${escaped.join("|")})(?![\\w'[])`, "u"));
  return parts.map((part, place) => (place % 2 ? math(part) : typographic(part, place > 0)));
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SIGNS_SHOWN = { "*": "\u202f\u22c5\u202f", "-": "\u2212", "<=": "\u2264", ">=": "\u2265", "≈": "≈\u202f" };

/** A text of the register with the signs that mathematics has; a name may stand before it. */
function typographic(text, isBehindName = false) {
  const spaced = text.replace(/([\d)])([-+])(?=\S)/g, "$1 $2 ");
  const parted = isBehindName ? spaced.replace(/^[-+](?=\S)/, " $& ") : spaced;
  const raised = parted.replace(/\^(\d)(?![\d./])/g, (_, digit) => RAISED[digit]);
  return raised.replace(/\*|-|<=|>=|≈/g, (sign) => SIGNS_SHOWN[sign]);
}
