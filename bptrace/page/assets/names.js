// The names on the page: which quantity an element names, its mathematics, its value, and what shows it when pointed at.

const byId = (id) => document.getElementById(id);

/**
 * What a name is: `rows` has the row of each, `sampleAt` the sample whose names an element has. A sample's quantities
 * have its number behind their names, x1(2), but what all samples share has not.
 */
function makeNames(data, rows) {
  const places = new Map();
  data.steps.flatMap((step) => step.rows).forEach((name, place) => places.set(name, place));
  const called = [...places.keys()];
  const cells = new Map();
  for (const cell of document.querySelectorAll("[data-given]")) cells.set(cell.dataset.given, cell);
  const has = (name) => places.has(name) || cells.has(name);
  const inFull = (name, sample) => (sample && has(`${name}(${sample})`) ? `${name}(${sample})` : name);
  const sampleAt = (element) => {
    const section = element.closest("section.step");
    return section ? data.steps[Number(section.id.slice("step-".length)) - 1].sample : null;
  };
  return {
    inFull, has,
    placeOf: (name) => places.get(name) ?? -1,
    nameAt: (place) => called[place],
    sampleOf: (place) => sampleAt(rows[place]),
    named: (element) => inFull(element.dataset.name, sampleAt(element)),
    cellOf: (name) => cells.get(name),
    math: (name) => mathOf(name, places, rows),
  };
}

/** A copy of the mathematics for a name: of a row its own, of a given any that stands in a formula; else its text. */
function mathOf(name, places, rows) {
  const row = rows[places.get(name)];
  if (row) return copyOf(row.querySelector(".quantity"));
  const own = name.replace(/\([0-9]+\)$/, "");
  const found = document.querySelector(`math [data-name="${CSS.escape(own)}"]`);
  const math = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
  if (!found) return document.createTextNode(name);
  math.append(found.cloneNode(true));
  return math;
}

/** A copy of what stands in an element, without its buttons. */
function copyOf(element) {
  const copy = document.createDocumentFragment();
  const kept = [...element.childNodes].filter((node) => node.nodeName !== "BUTTON");
  copy.append(...kept.map((node) => node.cloneNode(true)));
  return copy;
}

/** Shows the value of the name that is pointed at, and marks the name wherever it stands. */
function showValues(names, valueOf) {
  const tip = byId("tip");
  let marked = [];
  const leave = () => {
    tip.hidden = true;
    marked.forEach((element) => element.classList.remove("pointed"));
    marked = [];
  };
  document.addEventListener("pointerover", (event) => {
    const element = event.target.closest("[data-name]");
    leave();
    if (!element) return;
    const name = names.named(element);
    marked = [...document.querySelectorAll("[data-name]")].filter((other) => names.named(other) === name);
    marked.forEach((other) => other.classList.add("pointed"));
    const value = valueOf(name);
    const told = value.startsWith("≈") ? value.replace("≈", "≈ ") : `= ${value}`;
    if (value !== "") placeTip(tip, element, `${name} ${told}`);
  });
}

function placeTip(tip, element, text) {
  tip.textContent = text.replaceAll("-", "\u2212");
  tip.hidden = false;
  const box = element.getBoundingClientRect();
  const left = Math.min(Math.max(box.left, 4), innerWidth - tip.offsetWidth - 4);
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 0 ? above : box.bottom + 6}px`;
}
