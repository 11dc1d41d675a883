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
  const cells = (row) => [...row.querySelectorAll(".rule, .value")];
  const originals = rows.map((row) => cells(row).map((cell) => copyOf(cell)));
  return (found) => rows.forEach((row, place) => {
    const changed = Boolean(found?.get(names.nameAt(place))?.changed);
    row.classList.toggle("changed", changed);
    cells(row).forEach((cell, number) => cell.replaceChildren(originals[place][number].cloneNode(true)));
    if (found) showWorkedOut(row, found, names, names.nameAt(place), changed);
  });
}

function showWorkedOut(row, found, names, name, changed) {
  const [formula, rule, value] = [".formula", ".rule", ".value"].map((part) => row.querySelector(part));
  const reads = [...formula.querySelectorAll("[data-name]")].map((element) => found.get(names.named(element)));
  if (reads.some((read) => read?.changed) && !isName(rule)) rule.replaceChildren(withNumbers(formula, found, names));
  if (!changed) return;
  const before = made("span", { class: "was" }, " was ", copyOf(value));
  value.replaceChildren(minus(found.get(name).text), before);
}

const isName = (rule) => Boolean(rule.querySelector("math > [data-name]:only-child"));

/** The formula with the number of each name in its place. */
function withNumbers(formula, found, names) {
  const copy = copyOf(formula);
  const named = [...formula.querySelectorAll("[data-name]")].map((element) => names.named(element));
  [...copy.querySelectorAll("[data-name]")].forEach((element, number) => {
    const text = found.get(named[number])?.text;
    if (text !== undefined) element.replaceWith(numberNode(text.replace("≈", ""), !element.previousElementSibling));
  });
  return copy;
}

const MATHML = "http://www.w3.org/1998/Math/MathML";

function mathNode(name, ...inner) {
  const element = document.createElementNS(MATHML, name);
  element.append(...inner);
  return element;
}

/** A number as mathematics: a fraction above a bar; a negative one that does not lead in brackets. */
function numberNode(text, leads) {
  const [top, bottom] = text.replace("-", "").split("/");
  const size = bottom ? mathNode("mfrac", mathNode("mn", top), mathNode("mn", bottom)) : mathNode("mn", top);
  if (!text.startsWith("-")) return size;
  const parts = [mathNode("mo", "\u2212"), size];
  return leads ? mathNode("mrow", ...parts) : mathNode("mrow", mathNode("mo", "("), ...parts, mathNode("mo", ")"));
}
