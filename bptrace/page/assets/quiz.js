// A quiz over a register: before a row is revealed its value is asked for. What was asked and answered, no document.
// What is said is what `bptrace step --predict` says.

const ECHO = 40;
const MISSED = 40;
const LONGEST_VALUE = 400;
const PLAIN = /^[≈=]?\s*[-+−]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const NUMBERS = /(?<![\p{L}\p{N}_'])(?:\d+\.?\d*|\.\d+)/gu;
const ROUNDED_DIGITS = 3;

// A text, with its middle left out where it is long.
function cutText(text, limit) {
  if (text.length <= limit) return text;
  return `${text.slice(0, Math.floor(limit / 2))}…${text.slice(-Math.ceil(limit / 4))}`;
}

function squeezed(text) {
  return text.trim().replace(/\s+/g, " ");
}

function echoed(text) {
  return cutText(squeezed(text), ECHO);
}

// Whether a formula has a number that was probably rounded: so many digits.
function isRounded(text) {
  const digits = (text.match(NUMBERS) || []).map((number) => number.replace(".", "").replace(/^0+/, "").length);
  return digits.some((count) => count >= ROUNDED_DIGITS);
}

// The first hint to a row, from the numbers of its form and of the names in it.
function firstHint({ forms, names }, [form, ...read]) {
  return forms[form].split("{}").map((text, slot) => (slot ? names[read[slot - 1]] : "") + text).join("");
}

// How the rows were answered: `how` is "first" (right at the first try), "hinted" or "missed".
class Score {
  constructor() {
    this.rows = [];
  }

  // `20 rows: 17 right at the first try, 2 with hints, 1 missed`, then what was missed; nothing for no rows.
  lines() {
    const [first, hinted, missed] = ["first", "hinted", "missed"].map((how) => this.names(how));
    const count = this.rows.length;
    if (!count) return [];
    const parts = [`${first.length} right at the first try`];
    if (hinted.length) parts.push(`${hinted.length} with hints`);
    if (missed.length) parts.push(`${missed.length} missed`);
    const lines = [`${count} row${count === 1 ? "" : "s"}: ${parts.join(", ")}`];
    const more = missed.length > MISSED ? ` and ${missed.length - MISSED} more` : "";
    return missed.length ? [...lines, `missed: ${missed.slice(0, MISSED).join(", ")}${more}`] : lines;
  }

  names(how) {
    return this.rows.filter((row) => row.how === how).map((row) => row.quantity);
  }
}

// `rows`: of each its `quantity`, its value as a `text`, -4 or ≈0.5, and its `hints` in turn: `words`, and perhaps the
// `cell` of the row that they end with. A reply has its `kind`, a `text`, and such a `cell` or none.
// `judge(quantity, text)`: {kind, text}, kind "right", "close", "wrong" or "unread"; text: what is wanted.
class Quiz {
  constructor(rows, judge, first) {
    this.rows = rows;
    this.judge = judge;
    this.place = first;
    this.score = new Score();
    this.begin();
  }

  begin() {
    this.hinted = 0;
    this.tries = [];
  }

  get over() {
    return this.place >= this.rows.length;
  }

  get row() {
    return this.rows[this.place];
  }

  // What is said to an answer; nothing typed is one that is wrong.
  answer(text) {
    if (!text.trim()) return this.wrong("", "");
    const read = withDecimalPoints(text);
    const reply = this.judged(read);
    return read === text ? reply : { ...reply, text: `${echoed(text)} is read as ${echoed(read)}; ${reply.text}` };
  }

  judged(text) {
    const verdict = this.judge(this.row.quantity, text);
    if (verdict.kind === "right") return this.right(text);
    if (verdict.kind === "wrong") return this.wrong(text, `not ${echoed(text)}; `);
    return { kind: verdict.kind === "close" ? "nearly" : "unread", text: verdict.text };
  }

  // The next hint, which is no answer; the row then counts as one with hints.
  hint() {
    const { hints } = this.row;
    if (this.hinted === hints.length) return { kind: "hint", text: "no more hints: skip tells the value" };
    return this.hinting("");
  }

  hinting(start) {
    this.hinted += 1;
    const { words, cell } = this.row.hints[this.hinted - 1];
    return { kind: "hint", text: start + words, cell };
  }

  skip() {
    return this.missed("", "skipped, which counts as missed");
  }

  right(text) {
    const plain = PLAIN.test(text.trim()) || (this.row.text.startsWith("≈") && isRounded(text));
    const told = this.told(plain ? "" : squeezed(text));
    const how = this.tries.length || this.hinted ? "hinted" : "first";
    this.tries.push(text);
    this.next(how);
    return { kind: "right", text: `${told}: right` };
  }

  wrong(text, start) {
    const { hints } = this.row;
    this.tries.push(text);
    if (this.hinted === hints.length) return this.missed(start, "counts as missed");
    return this.hinting(start);
  }

  missed(start, how) {
    const told = this.told("");
    this.next("missed");
    return { kind: "told", text: `${start}${told}; ${how}` };
  }

  next(how) {
    this.score.rows.push({ quantity: this.row.quantity, place: this.place, how, tries: this.tries.map(echoed) });
    this.place += 1;
    this.begin();
  }

  // The row as it is revealed, with the form that was typed before the value if it is another.
  told(form) {
    const { quantity, text } = this.row;
    const [sign, digits] = text.startsWith("≈") ? ["≈", text.slice(1)] : ["=", text];
    const name = form && form !== text && form !== digits ? `${quantity} = ${echoed(form)}` : quantity;
    return `${name} ${sign} ${cutText(digits, LONGEST_VALUE)}`;
  }
}
