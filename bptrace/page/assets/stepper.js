// The register one unit at a time: which rows are there, which are new, and where one is.

/**
 * Shows a place of the register: its rows are marked as new, those behind it are hidden unless `all` is on. Of the row
 * that a quiz has `asked` the name alone is shown, and nothing that comes behind it.
 * onMove(cursor, span) is called after each move.
 */
function makeStepper(page, moves, onMove) {
  let state = { cursor: { by: "step", place: 0 }, all: false, asked: Infinity };

  function set(change) {
    state = { ...state, ...change };
    if (moves.span(state.cursor).start > state.asked) state.cursor = moves.to(state.cursor, state.asked);
    const span = moves.span(state.cursor);
    showRows(page, span, Math.min(state.all ? Infinity : span.stop, state.asked), state.asked);
    showControls(page, moves, state);
    onMove(state.cursor, span);
  }

  const cursorToAsk = (place) => (place === Infinity ? state.cursor : moves.to({ ...state.cursor, by: "row" }, place));
  const move = (way) => () => set({ cursor: moves[way](state.cursor) });
  return {
    next: move("next"), back: move("back"), first: move("first"), last: move("last"),
    by: (unit) => set({ cursor: moves.counted(state.cursor, unit) }),
    rows: () => set({ cursor: moves.counted(state.cursor, state.cursor.by === "row" ? "step" : "row") }),
    all: () => set({ all: !state.all }),
    at: (cursor) => set({ cursor }),
    to: (place) => set({ cursor: moves.to(state.cursor, place) }),
    jump: (text) => {
      const place = moves.found(text, moves.span(state.cursor).start);
      if (place >= 0) set({ cursor: moves.to(state.cursor, place) });
      return place >= 0;
    },
    unit: (number) => set({ cursor: { ...state.cursor, place: moves.units(state.cursor.by)[number] } }),
    ask: (place) => set({ asked: place, all: false, cursor: cursorToAsk(place) }),
    hides: (place) => place >= state.asked,
    span: () => moves.span(state.cursor),
    state: () => state,
  };
}

/** `known`: so many rows are shown, and besides the one that is asked. */
function showRows(page, { start, stop }, known, asked) {
  page.rows.forEach((row, place) => {
    row.hidden = place >= known && place !== asked;
    row.classList.toggle("new", place >= start && place < stop);
    row.classList.toggle("asked", place === asked);
  });
  page.steps.forEach((step, number) => showStep(step, page.starts[number], { start, stop }, known, asked));
  for (const part of page.atEnd) part.hidden = known < page.rows.length;
}

function showStep(step, { first, last }, { start, stop }, known, asked) {
  step.hidden = first >= known && (asked < first || asked > last);
  const isNew = first < stop && last >= start;
  step.classList.toggle("new", isNew);
  if (isNew) step.setAttribute("aria-current", "step");
  else step.removeAttribute("aria-current");
  for (const words of step.querySelectorAll(".words")) words.hidden = last >= known;
}

function showControls(page, moves, { cursor, all }) {
  const units = moves.units(cursor.by);
  const number = units.findLastIndex((place) => place <= cursor.place);
  page.slider.max = String(units.length);
  page.slider.value = String(number + 1);
  page.slider.setAttribute("aria-valuetext", moves.position(cursor));
  page.position.textContent = moves.position(cursor);
  page.by.value = cursor.by;
  page.all.checked = all;
  for (const [button, atEnd] of page.ends) button.disabled = number === (atEnd ? units.length - 1 : 0);
}
