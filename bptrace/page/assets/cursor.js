// A place in a register, and the ways to move from it: the same as of `bptrace step`.

const UNITS = ["row", "step", "phase"];

/**
 * steps: for each its phase, its sample where it is of one, and how many rows it has. A cursor is {by, place}: the
 * newest rows are those of the unit around the row at that place. Every move gives a new one; one that leads nowhere
 * the same.
 */
function makeCursor(steps) {
  const starts = [];
  let count = 0;
  for (const step of steps) {
    starts.push(count);
    count += step.rows.length;
  }
  const samples = Math.max(...steps.map((step) => step.sample ?? 0));
  const clipped = (place) => Math.min(Math.max(place, 0), count - 1);
  const stepAt = (place) => starts.findLastIndex((start) => start <= place);
  const alike = (one, other) => one && other && one.phase === other.phase && one.sample === other.sample;

  function phaseAround(number) {
    let [first, last] = [number, number];
    while (alike(steps[first - 1], steps[number])) first -= 1;
    while (alike(steps[last + 1], steps[number])) last += 1;
    return { first, last };
  }

  function span({ by, place }) {
    if (by === "row") return { start: place, stop: place + 1 };
    const here = stepAt(place);
    const { first, last } = by === "phase" ? phaseAround(here) : { first: here, last: here };
    return { start: starts[first], stop: starts[last] + steps[last].rows.length };
  }

  const atStart = (cursor) => ({ ...cursor, place: span(cursor).start });
  const to = (cursor, place) => ({ ...cursor, place: clipped(place) });

  function next(cursor) {
    const { stop } = span(cursor);
    return stop < count ? to(cursor, stop) : cursor;
  }

  function back(cursor) {
    const { start } = span(cursor);
    return start > 0 ? atStart(to(cursor, start - 1)) : cursor;
  }

  /** All units of a kind, by the places of their first rows. */
  function units(by) {
    const found = [];
    for (let place = 0; place < count; place = span({ by, place }).stop) found.push(place);
    return found;
  }

  /** The first row of a step by its number, or of the next quantity that has the text in its name; -1 for none. */
  function found(text, from) {
    if (/^[0-9]+$/.test(text)) return starts[Number(text) - 1] ?? -1;
    const names = steps.flatMap((step) => step.rows);
    if (names.includes(text)) return names.indexOf(text);
    const fold = (name) => (text === text.toLowerCase() ? name.toLowerCase() : name);
    const order = names.map((_, offset) => (from + 1 + offset) % count);
    return (text ? order.find((place) => fold(names[place]).includes(text)) : -1) ?? -1;
  }

  function position(cursor) {
    const number = stepAt(span(cursor).stop - 1);
    const { first, last } = phaseAround(number);
    const { phase, sample } = steps[number];
    const parts = sample ? [`sample ${sample}/${samples}`] : [];
    parts.push(`${phase} ${number - first + 1}/${last - first + 1}`);
    if (cursor.by === "row") parts.push(`row ${cursor.place - starts[number] + 1}/${steps[number].rows.length}`);
    return parts.join(", ");
  }

  return {
    count, stepAt, span, next, back, units, found, position, to,
    first: (cursor) => to(cursor, 0),
    last: (cursor) => atStart(to(cursor, count - 1)),
    startOf: (step) => starts[step],
    counted: (cursor, by) => atStart({ ...cursor, by }),
  };
}

/** What stands behind the # for a place: `step-3`, `row-12`; and the way back. Rows and steps count from 1. */
function fragmentOf(cursor, moves) {
  const number = cursor.by === "row" ? cursor.place : moves.stepAt(moves.span(cursor).start);
  return `${cursor.by}-${number + 1}`;
}

function cursorAt(fragment, moves, steps) {
  const found = /^(row|step|phase)-([1-9][0-9]{0,6})$/.exec(fragment);
  if (!found) return null;
  const [, by, digits] = found;
  const number = Number(digits) - 1;
  if (number >= (by === "row" ? moves.count : steps)) return null;
  return { by, place: by === "row" ? number : moves.startOf(number) };
}
