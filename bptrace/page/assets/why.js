// Why a row has its value: its rule, every path from the loss that leads to it, and what it reads.

const PATHS_SHOWN = 50;

/** page: rows, names, links, engine, `values` of every id, shown(value), valueNode(name), draw(routes). */
function makeWhy(page) {
  const panel = byId("why");
  const body = byId("why-body");
  let opened = null;

  function fill(place) {
    byId("why-heading").replaceChildren("Why ", page.names.math(page.names.nameAt(place)));
    body.replaceChildren(ruleLine(page, place), ...pathParts(page, place), ...readParts(page, place, open));
    page.rows.forEach((row, other) => row.classList.toggle("asked-why", other === place));
  }

  function open(place, from) {
    opened = { place, from: from ?? opened?.from };
    fill(place);
    panel.hidden = false;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  /** keep: the focus stays where it is. */
  function close(keep) {
    if (panel.hidden) return false;
    panel.hidden = true;
    page.rows.forEach((row) => row.classList.remove("asked-why"));
    page.draw([]);
    if (keep !== true) opened.from?.focus();
    opened = null;
    return true;
  }

  byId("close-why").addEventListener("click", () => close());
  return { open, close, again: () => opened && fill(opened.place) };
}

/** An element with what is in it. */
function made(name, attributes, ...inner) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inner);
  return element;
}

const minus = (text) => text.replaceAll("-", "\u2212");

/** `z1 = w11·x1 + b1 = 0·1 + 2 = 2`, from the cells of the row. */
function ruleLine(page, place) {
  const row = page.rows[place];
  const sides = [copyOf(row.querySelector(".quantity"))];
  const texts = new Set([sides[0].textContent]);
  for (const form of row.querySelectorAll(".formula, .rule, .value")) {
    const text = form.textContent;
    if (!texts.has(text)) sides.push(side(text.startsWith("≈") ? "" : "=", copyOf(form)));
    texts.add(text);
  }
  return made("p", { class: "why-rule" }, ...sides);
}

/** A side of an equation behind its sign: a line breaks before it rather than in it. */
const side = (sign, ...inner) => made("span", { class: "side" }, made("span", { class: "equals" }, sign), ...inner);

// Paths

function pathParts(page, place) {
  page.draw([]);
  if (!page.links.has(place)) return [];
  const value = (at, source) => page.factor(at, source);
  const { paths, count } = firstPaths(place, page.links, (at, link) => page.isNothing(value(at, link.source)), PATHS_SHOWN);
  const routes = paths.map((path) => routeOf(page, place, path));
  page.draw(routes);
  if (!paths.length) return [made("p", {}, "No path leads to it.")];
  const told = paths.map((path, number) => pathItem(page, path, routes, number));
  const shown = paths.reduce((sum, path) => sum + path.standsFor, 0n);
  const more = count > shown ? [made("p", {}, `and ${(count - shown).toLocaleString("en")} more`)] : [];
  const heading = made("h3", {}, count === 1n ? "The path from the loss" : `Paths from the loss: ${count.toLocaleString("en")}`);
  return [heading, made("ol", { class: "paths" }, ...told), ...more, ...sumParts(page, paths, count, shown, place)];
}

/** The names along a path, from the loss to the quantity. */
function routeOf(page, place, { links }) {
  const passed = links.map(({ at }) => page.subject(at)).reverse();
  return [page.loss(place), ...passed];
}

function pathItem(page, path, routes, number) {
  const route = routes[number];
  const way = route.flatMap((name, number) => [...(number ? [" → "] : []), page.names.math(name)]);
  const item = made("li", {}, made("div", { class: "route" }, ...way), productLine(page, path));
  if (path.standsFor > 1n) item.append(made("div", { class: "aside" }, `it stands for ${path.standsFor.toLocaleString("en")} paths that end alike`));
  item.addEventListener("pointerenter", () => page.draw([route]));
  item.addEventListener("pointerleave", () => page.draw(routes));
  return item;
}

/** The factors by their names, by their numbers, and the product. */
function productLine(page, { links }) {
  const along = links.filter(({ factor }) => factor !== -1).reverse();
  const named = along.flatMap(({ factor, at }, number) => [...(number ? [" · "] : []), page.factorMath(factor, at)]);
  const line = made("div", { class: "product" }, ...(named.length ? named : ["1"]));
  if (!page.engine) return line;
  const values = along.map(({ at, source }) => page.factor(at, source));
  if (values.length > 1) line.append(side("=", inTurn(page, values, " · ")));
  line.append(signed(page.shown(page.product(values))));
  return line;
}

const signed = (text) => (text.startsWith("≈") ? side("≈", minus(text.slice(1))) : side("=", minus(text)));
const inTurn = (page, values, sign) => values.map((value, number) => bracketed(page.shown(value), number)).join(sign);

function bracketed(text, number) {
  const digits = minus(text.replace("≈", ""));
  return (number && digits.startsWith("\u2212")) || digits.includes("/") ? `(${digits})` : digits;
}

function sumParts(page, paths, count, shown, place) {
  if (!page.engine || paths.length < 2 || shown < count) return [];
  const products = paths.map(({ links }) => page.product(links.map(({ at, source }) => page.factor(at, source))));
  return [made("p", { class: "sum" }, "Their sum: ", inTurn(page, products, " + "), signed(page.valueText(page.names.nameAt(place))))];
}

// What it reads

function readParts(page, place, open) {
  const cell = page.rows[place].querySelector(".formula");
  const found = [...cell.querySelectorAll("[data-name]")].map((element) => page.names.named(element));
  const items = [...new Set(found)].map((name) => made("li", {}, readItem(page, name, open)));
  return items.length ? [made("h3", {}, "It reads"), made("ul", { class: "reads" }, ...items)] : [];
}

function readItem(page, name, open) {
  const place = page.names.placeOf(name);
  const text = page.valueText(name);
  const parts = [page.names.math(name), text ? signed(text) : ""];
  if (place < 0) return made("span", {}, ...parts, made("span", { class: "aside" }, " given"));
  const button = made("button", { type: "button" }, ...parts);
  button.addEventListener("click", () => open(place));
  return button;
}
