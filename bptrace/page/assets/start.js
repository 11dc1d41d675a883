// What begins when the page is there: the parts of the page are found, and keys, buttons and the fragment lead to it.

const byId = (id) => document.getElementById(id);

function partsOf() {
  const rows = [...document.querySelectorAll("tr[id^=row-]")];
  const steps = [...document.querySelectorAll("section.step")];
  const starts = steps.map((step) => {
    const own = rows.filter((row) => step.contains(row));
    return { first: rows.indexOf(own[0]), last: rows.indexOf(own.at(-1)) };
  });
  const ends = [["home", false], ["b", false], ["n", true], ["end", true]];
  return {
    rows, steps, starts,
    atEnd: document.querySelectorAll(".at-end"),
    slider: byId("slider"), position: byId("position"), by: byId("by"), all: byId("all"),
    ends: ends.map(([key, atEnd]) => [document.querySelector(`[data-key=${key}]`), atEnd]),
  };
}

function start() {
  const data = JSON.parse(byId("data").textContent);
  const page = partsOf();
  const moves = makeCursor(data.steps);
  const stepper = makeStepper(page, moves, (cursor, span) => {
    history.replaceState(null, "", `#${fragmentOf(cursor, moves)}`);
    page.rows[span.start].closest("section.step").scrollIntoView({ block: "nearest" });
  });
  const commands = { ...stepper, ...otherCommands(page, stepper) };
  byId("player").hidden = false;
  listen(commands, page, stepper);
  const opened = () => cursorAt(location.hash.slice(1), moves, data.steps.length);
  addEventListener("hashchange", () => opened() && stepper.at(opened()));
  listKeys(byId("keys"));
  document.documentElement.classList.add("steps");
  stepper.at(opened() ?? { by: "step", place: 0 });
}

function otherCommands(page) {
  const columns = ["", "no-formula", "no-rule"];
  return {
    help: () => byId("help").showModal(),
    up: () => focusRow(page, -1),
    down: () => focusRow(page, 1),
    columns: () => nextColumns(columns),
  };
}

function nextColumns(columns) {
  const list = byId("register").classList;
  const now = columns.findIndex((name) => name && list.contains(name));
  const next = columns[(Math.max(now, 0) + 1) % columns.length];
  list.remove(...columns.filter(Boolean));
  if (next) list.add(next);
}

/** Give the focus to the row so many further down that is shown. */
function focusRow(page, by) {
  const shown = page.rows.filter((row) => !row.hidden);
  const now = shown.findIndex((row) => row.contains(document.activeElement));
  const start = now < 0 ? shown.findIndex((row) => row.classList.contains("new")) - by : now;
  shown[Math.min(Math.max(start + by, 0), shown.length - 1)].querySelector("[tabindex], button").focus();
}

function listen(commands, page, stepper) {
  const letters = byId("letters");
  addEventListener("keydown", (event) => {
    const name = commandFor(event, letters.checked);
    if (!name || !commands[name]) return;
    event.preventDefault();
    commands[name]();
  });
  const buttons = { home: "first", b: "back", n: "next", end: "last", "?": "help" };
  for (const [key, name] of Object.entries(buttons)) {
    document.querySelector(`[data-key="${key}"]`).addEventListener("click", () => commands[name]());
  }
  byId("close-help").addEventListener("click", () => byId("help").close());
  page.slider.addEventListener("input", () => stepper.unit(Number(page.slider.value) - 1));
  page.by.addEventListener("change", () => stepper.by(page.by.value));
  page.all.addEventListener("change", () => stepper.all());
}

start();
