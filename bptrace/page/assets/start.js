// What begins when the page is there: its parts are found, and keys, buttons, fields and the fragment lead to them.

function partsOf(data) {
  const rows = [...document.querySelectorAll("tr[id^=row-]")];
  const steps = [...document.querySelectorAll("section.step")];
  let first = 0;
  const starts = data.steps.map((step) => {
    const own = { first, last: first + step.rows.length - 1 };
    first += step.rows.length;
    return own;
  });
  const ends = [["home", false], ["b", false], ["n", true], ["end", true]];
  return {
    rows, steps, starts,
    atEnd: document.querySelectorAll(".at-end"),
    slider: byId("slider"), position: byId("position"), by: byId("by"), all: byId("all"),
    ends: ends.map(([key, atEnd]) => [document.querySelector(`[data-key=${key}]`), atEnd]),
  };
}

const PARTS = ["quantity", "formula", "rule", "value", "written"];
const ROLES = ["rowheader", "cell", "cell", "cell", "cell"];

/** Says of each cell what it is, also to those who are told of a table that is not laid out as one. */
function nameCells(rows) {
  for (const words of document.querySelectorAll(".step > p")) words.classList.add("words");
  for (const table of document.querySelectorAll(".step > table")) {
    table.classList.add("rows");
    table.setAttribute("role", "table");
    [table.tHead, table.tBodies[0]].forEach((part) => part.setAttribute("role", "rowgroup"));
    table.tHead.rows[0].setAttribute("role", "row");
    for (const cell of table.tHead.rows[0].cells) cell.setAttribute("role", "columnheader");
  }
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, number) => {
      cell.classList.add(PARTS[number]);
      cell.setAttribute("role", ROLES[number]);
    });
  }
}

/** What a row is of has its name, as the names in formulas have theirs. */
function nameQuantity(row, name) {
  const [piece] = row.cells[0].querySelectorAll("math > *");
  if (piece) piece.dataset.name = name;
}

/** Gives each step the names of its rows. */
function shareNames({ steps, names, engine }) {
  const left = names.length ? [...names] : engine.rows.map(([name]) => name);
  for (const step of steps) step.rows = left.splice(0, step.count);
}

function start() {
  const data = JSON.parse(byId("data").textContent);
  shareNames(data);
  const page = partsOf(data);
  nameCells(page.rows);
  const names = makeNames(data, page.rows);
  page.rows.forEach((row, place) => nameQuantity(row, names.nameAt(place)));
  const parts = { data, page, names, graph: makeGraph(data.graph, names), moves: makeCursor(data.steps) };
  parts.values = makeValues(data, page, names);
  parts.stepper = makeStepper(page, parts.moves, (cursor, span) => showPlace(parts, cursor, span));
  parts.why = makeWhy({ ...parts.values.forWhy, rows: page.rows, names, draw: parts.graph.draw });
  const asking = new Asking(data, page.rows, parts.stepper, parts.values);
  connect(parts, asking);
  openPage(parts);
  setTimeout(() => {
    parts.values.check();
    asking.offer(parts.values.canJudge() && !data.marked);
  }, 0);
}

/** After each move: where one is, what is new, and nothing of why, which was about another row. */
function showPlace({ page, names, values, graph, stepper, moves, why }, cursor, span) {
  remember(fragmentOf(cursor, moves));
  why.close(true);
  tellNews(page, moves.position(cursor), span, names, values);
  graph.show(span, stepper.state().all);
  fitMathematics(stepper.state().all ? EVERYWHERE : IN_NEW_STEPS);
  page.rows[span.start].closest("section.step").scrollIntoView({ block: "nearest" });
}

/** Lets keys, buttons, rows, names and the picture do what they do. */
function connect({ page, names, values, graph, stepper, moves, why }, asking) {
  const explain = (place, from) => stepper.hides(place) || why.open(place, from);
  values.onChange(why.again);
  showValues(names, (name) => (stepper.hides(names.placeOf(name)) ? "" : values.text(name)));
  listenToGraph(graph, page.rows, { ...why, open: explain });
  listenToRows(page, explain);
  const quiz = () => why.close() || asking.turn();
  listen({ ...stepper, ...otherCommands(page, moves, stepper, why, explain), ...asking.commands, quiz }, page, stepper);
  listKeys(byId("keys"));
}

/** Opens the page at the place in its address, or at its beginning. */
function openPage({ data, moves, stepper }) {
  const inAddress = () => cursorAt(location.hash.slice(1), moves, data.steps.length);
  const place = inAddress();
  byId("player").hidden = false;
  document.documentElement.classList.add("steps");
  placePicture();
  stepper.at(place ?? { by: "step", place: 0 });
  if (data.marked) stepper.all();
  if (!place) openAtTop();
  fitMathematics();
  addEventListener("hashchange", () => inAddress() && stepper.at(inAddress()));
  addEventListener("resize", () => {
    placePicture();
    fitMathematics();
  });
}

const TOLD = 4;

/** Tells those who do not see it where one is, and what the new rows come to. */
function tellNews(page, position, { start, stop }, names, values) {
  const isTold = (place) => place < stop && place >= start && !page.rows[place].classList.contains("asked");
  const rows = page.rows.map((_, place) => place).filter(isTold).map(names.nameAt);
  const told = rows.slice(0, TOLD).map((name) => `${name} = ${values.text(name)}`);
  const more = rows.length > TOLD ? ` and ${rows.length - TOLD} more` : "";
  byId("news").textContent = `${position}: ${told.join(", ")}${more}`;
}

/** Where the address names no place, the title is what is seen first. */
function openAtTop() {
  remember("");
  scrollTo(0, 0);
}

/** Keep the place in the address, where a page has one of its own. */
function remember(fragment) {
  try {
    history.replaceState(null, "", `#${fragment}`);
  } catch {
    // a page within another has none
  }
}

function otherCommands(page, moves, stepper, why, explain) {
  return {
    help: () => byId("help").showModal(),
    goTo: () => openJump(),
    up: () => focusRow(page, -1),
    down: () => focusRow(page, 1),
    columns: nextColumns,
    why: () => explain(markedPlace(page, moves, stepper), document.activeElement),
    whatIf: () => document.querySelector("#givens input")?.focus(),
    summary: () => {
      stepper.last();
      byId("summary")?.scrollIntoView();
    },
    close: () => why.close(),
  };
}

const COLUMNS = ["", "no-formula", "no-rule"];

function nextColumns() {
  const list = byId("register").classList;
  const now = COLUMNS.findIndex((name) => name && list.contains(name));
  const next = COLUMNS[(Math.max(now, 0) + 1) % COLUMNS.length];
  list.remove(...COLUMNS.filter(Boolean));
  if (next) list.add(next);
}

/** The row that has the focus, else the first of the newest. */
function markedPlace(page, moves, stepper) {
  const focused = page.rows.findIndex((row) => row.contains(document.activeElement));
  return focused < 0 ? moves.span(stepper.state().cursor).start : focused;
}

/** Give the focus to the row so many further down that is shown. */
function focusRow(page, by) {
  const shown = page.rows.filter((row) => !row.hidden);
  const now = shown.findIndex((row) => row.contains(document.activeElement));
  const start = now < 0 ? shown.findIndex((row) => row.classList.contains("new")) - by : now;
  shown[Math.min(Math.max(start + by, 0), shown.length - 1)].querySelector("button").focus();
}

function listen(commands, page, stepper) {
  const letters = byId("letters");
  addEventListener("keydown", (event) => {
    const name = commandFor(event, letters.checked);
    if (!name || !commands[name] || commands[name]() === false) return;
    event.preventDefault();
  });
  const buttons = { home: "first", b: "back", n: "next", end: "last", g: "goTo", "?": "help" };
  for (const [key, name] of Object.entries(buttons)) {
    document.querySelector(`[data-key="${key}"]`).addEventListener("click", () => commands[name]());
  }
  byId("help").addEventListener("keydown", ({ key }) => letters.checked && ["q", "?"].includes(key) && byId("help").close());
  for (const button of document.querySelectorAll("dialog .close")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  page.slider.addEventListener("input", () => stepper.unit(Number(page.slider.value) - 1));
  page.by.addEventListener("change", () => stepper.by(page.by.value));
  page.all.addEventListener("change", () => stepper.all());
  listenToJump(page, stepper);
}

// Going to a step or a quantity

function openJump() {
  byId("no-target").textContent = "";
  byId("jump").showModal();
  byId("target").select();
}

function listenToJump(page, stepper) {
  const go = () => {
    const text = byId("target").value.trim();
    if (stepper.jump(text)) byId("jump").close();
    else byId("no-target").textContent = text ? `no step and no quantity is called ${text}` : "";
  };
  byId("go").addEventListener("click", go);
  byId("target").addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
  });
}

// Rows

function listenToRows(page, explain) {
  page.rows.forEach((row, place) => {
    const cell = row.querySelector(".quantity");
    const name = cell.querySelector("[data-name]")?.dataset.name ?? cell.textContent;
    const button = made("button", { type: "button", class: "ask-why", "aria-label": `why ${name}` }, "why");
    cell.append(button);
    button.addEventListener("click", () => explain(place, button));
    row.addEventListener("click", (event) => {
      if (!event.target.closest("button") && getSelection().isCollapsed) explain(place, button);
    });
  });
}

start();
