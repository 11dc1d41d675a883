// What if: every row worked out for other givens, and compared with those of the file.

const MOST_EFFORT = 3e6;
const SPARE_BITS = 40;
const GUARD_BITS = 20;
const LAST_BITS = 1600;
const MOST_LAST_BITS = 8192;

// What is said to the reader where nothing can be worked out, perhaps of one given.
class WhatIfProblem extends Error {
  constructor(message, given = "") {
    super(message);
    this.given = given;
  }
}

const RANGES = {
  "more than 0": (value) => sign(value) > 0,
  "0 or more": (value) => sign(value) >= 0,
  "0 or more, and less than 1": (value) => sign(value) >= 0 && compare(value, ONE) < 0,
};

// The value of a given as it stands in the data: exact, minus infinity, or a ball of which middle and radius are told.
function givenValue(text, name) {
  if (text === "-inf") return MASK;
  if (!text.startsWith("~")) return ofExactText(text);
  const [middle, shift, radius, fine] = text.slice(1).split(",");
  const [center, distance] = [new Dyadic(BigInt(middle), Number(shift)), new Dyadic(BigInt(radius), Number(fine))];
  const ends = () => new Interval(dyadicSum(center, dyadicNegative(distance), DOWN), dyadicSum(center, distance, UP));
  const value = withBits(MOST_LAST_BITS, ends);
  value.residue = standIn(name, []);
  return value;
}

class Engine {
  constructor(data) {
    this.data = data;
    this.off = data.off;
    this.first = data.givens.length;
    this.givens = data.givens.map(([name]) => name);
    this.names = [...this.givens, ...data.rows.map(([name]) => name)];
    this.longest = this.names.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.ids = new Map(this.names.map((name, id) => [name, id]));
    this.forms = data.forms.map(() => null);
    this.standing = data.givens.map(([name, text]) => givenValue(text, name));
    this.bases = new Map();
    this.order = this.inOrder();
    this.needed = Math.ceil(data.digits * Math.log2(10)) + GUARD_BITS;
    this.lastBits = Math.max(LAST_BITS, 4 * this.needed, Math.min(data.bits, MOST_LAST_BITS));
  }

  readsOf(id) {
    return id < this.first ? [] : this.data.rows[id - this.first].slice(3);
  }

  // The rows, each behind those that it reads.
  inOrder() {
    const [found, met] = [[], new Set()];
    const visit = (id) => {
      if (met.has(id) || id < this.first) return;
      met.add(id);
      this.readsOf(id).forEach(visit);
      found.push(id);
    };
    this.data.rows.forEach((row, place) => visit(this.first + place));
    return found;
  }

  form(number) {
    if (!this.forms[number]) this.forms[number] = compiled(this.data.forms[number]);
    return this.forms[number];
  }

  // Some names, and the rows that hang on them.
  following(ids) {
    const found = new Set(ids);
    for (const id of this.order) if (this.readsOf(id).some((read) => found.has(read))) found.add(id);
    return found;
  }

  // The value of a row, from those of what it reads; undecided ones are missing where that is the last word.
  rowValue(id, values, known, last) {
    const reads = this.readsOf(id);
    const form = this.formOf(id);
    const nameAt = (place) => this.namesIn(id)[place];
    try {
      return recognised(ruleValue(form, (place) => values[reads[place]], known, nameAt));
    } catch (problem) {
      if (!(problem instanceof Undecided) || !last) throw problem;
      return new Missing("its digits do not tell which case holds", "");
    }
  }

  // Every value at the precision that is set; `edited`: the values of some givens, by id.
  attempt(edited, last) {
    const base = edited.size ? this.base(precision.bits, last) : this.standing;
    const values = [...base];
    edited.forEach((value, id) => { values[id] = value; });
    const hanging = edited.size ? this.following(edited.keys()) : null;
    const known = new Known();
    for (const id of this.order) {
      if (hanging && !hanging.has(id)) continue;
      const value = this.rowValue(id, values, known, last);
      values[id] = edited.size ? value : this.asGiven(id, value);
      if (!last && !this.isAccurate(values[id])) throw new Undecided();
    }
    return values;
  }

  isAccurate(value) {
    return !(value instanceof Interval) || isUnderflow(value) || accuracyOf(value) >= this.needed;
  }

  // Of the file's own numbers, what it knows to be exact although its digits alone do not tell.
  asGiven(id, value) {
    const text = this.textOf(id);
    if (!(value instanceof Interval) || /^≈|^none/.test(text)) return value;
    const exact = givenValue(text);
    const isNarrow = isZero(exact) ? exponentOf(intervalSize(value).high) < -this.needed : this.isAccurate(value);
    return isNarrow && agree(value, exact) ? exact : value;
  }

  base(bits, last) {
    const key = `${bits} ${last}`;
    if (!this.bases.has(key)) this.bases.set(key, this.attempt(new Map(), last));
    return this.bases.get(key);
  }

  // Every value, with as many bits as its digits need; those of the file with as many; and how many these are.
  settled(edited) {
    for (let bits = this.needed + SPARE_BITS; ; bits *= 2) {
      const last = 2 * bits > this.lastBits;
      try {
        return this.valuesAt(bits, edited, last);
      } catch (problem) {
        if (problem instanceof TooMuch && bits > this.needed + SPARE_BITS) return this.roughly(bits / 2, edited);
        if (!(problem instanceof Undecided) || last) throw problem;
      }
    }
  }

  valuesAt(bits, edited, last) {
    return withBits(bits, () => [this.base(bits, last), this.attempt(edited, last), bits]);
  }

  // The values with the bits that there was time for.
  roughly(bits, edited) {
    effort.left = MOST_EFFORT;
    return this.valuesAt(bits, edited, true);
  }

  textOf(id) {
    return id < this.first ? this.data.givens[id][1] : this.data.rows[id - this.first][1];
  }

  shown(value, decimal, places = this.data.places) {
    if (value === MASK) return "-inf";
    if (value instanceof Missing) return value.text;
    return isRational(value) ? shownRational(value, decimal, places) : shownInterval(value, this.data.digits, places);
  }

  text(name) {
    return this.shown(this.standing[this.ids.get(name)], this.data.decimal);
  }

  bounded(work) {
    effort.left = MOST_EFFORT;
    try {
      return work();
    } catch (problem) {
      if (problem instanceof TooMuch) throw new WhatIfProblem(`not worked out here: ${problem.message}`);
      if (problem instanceof MisplacedMask) throw new WhatIfProblem(problem.message);
      if (problem instanceof RangeError) throw new WhatIfProblem("not worked out here: its numbers grow too long");
      throw problem;
    } finally {
      effort.left = Infinity;
    }
  }

  check() {
    const rows = this.data.rows.length;
    if (this.off) return { rows, wrong: [], off: this.off };
    try {
      return { rows, wrong: this.bounded(() => this.wrong()), off: "" };
    } catch (problem) {
      if (!(problem instanceof WhatIfProblem)) throw problem;
      this.off = problem.message;
      return { rows, wrong: [], off: this.off };
    }
  }

  // The rows whose value is not what the page was given.
  wrong() {
    const { values, bits } = this.own();
    const ids = this.order.filter((id) => withBits(bits, () => !this.isAsGiven(values[id], this.textOf(id))));
    return ids.sort((one, other) => one - other).map((id) => this.names[id]);
  }

  isAsGiven(value, text) {
    if (/^none/.test(text)) return value instanceof Missing && value.text === text;
    if (text[0] === "≈") return this.printsAs(value, text) || (!this.isAccurate(value) && this.hasDigits(value, text));
    return !(value instanceof Missing) && agree(value, givenValue(text));
  }

  // Whether a value prints so, or would if no more than its digits were known.
  printsAs(value, text) {
    const { decimal, digits, places } = this.data;
    if (this.shown(value, decimal) === text) return true;
    return isRational(value) && !isZero(value) && shownInterval(intervalOf(value), digits, places) === text;
  }

  // Whether what the page was given can be the digits of an interval, or the bound of one that may be 0.
  hasDigits(value, text) {
    const [digits, radius] = text.slice(1).split("±");
    const { value: middle, unit } = typedNumber(digits);
    const distance = radius ? literalValue(radius) : unit;
    const ends = [difference(middle, distance), rationalSum(middle, distance)].map(intervalOf);
    return intervalsMeet(intervalOf(value), new Interval(ends[0].low, ends[1].high));
  }

  // A typed number, or what is wrong with it.
  parseNumber(text) {
    const typed = text.trim();
    if (isMinusInfinity(typed)) return MASK;
    try {
      return literalValue(typed);
    } catch (problem) {
      if (!(problem instanceof NotANumber)) throw problem;
      return numberProblem(typed, problem);
    }
  }

  editedValue(name, text) {
    const id = this.ids.get(name);
    if (!(id < this.first)) throw new WhatIfProblem(`${name} is no given`);
    const value = this.parseNumber(text);
    if (typeof value === "string") throw new WhatIfProblem(`${name}: ${value}`, name);
    const isMask = value === MASK && !this.data.masked.includes(id);
    if (isMask) throw new WhatIfProblem(`${name}: -inf is no value but a mask`, name);
    const [range, message] = this.data.givens[id].slice(2);
    if (range && !RANGES[range](value)) throw new WhatIfProblem(message, name);
    return [id, value];
  }

  workOut(givens) {
    const typed = Object.entries(givens);
    const edited = new Map(typed.map(([name, text]) => this.editedValue(name, text)));
    const decimal = this.data.decimal || (this.data.auto && typed.some(([, text]) => isDecimalText(text)));
    return this.bounded(() => {
      const [base, values, bits] = this.settled(edited);
      const told = (id) => withBits(bits, () => this.compared(id, base[id], values[id], decimal));
      const found = new Map(this.names.map((name, id) => [name, told(id)]));
      const hanging = decimal === this.data.decimal ? this.following(edited.keys()) : this.order;
      const rows = [...hanging].filter((id) => id >= this.first);
      const written = (id) => this.rewritten(id, base, values, decimal, bits);
      rows.forEach((id) => Object.assign(found.get(this.names[id]), written(id)));
      return found;
    });
  }

  compared(id, before, value, decimal) {
    const changed = value !== before && !this.isSame(before, value);
    const anew = decimal !== this.data.decimal && isRational(value);
    if (!changed && id >= this.first && !anew) value = before;
    return { value, text: this.shown(value, decimal), changed, anew, formula: null, rule: null };
  }

  // A row's formula and rule where they are not what they were; else null.
  rewritten(id, before, values, decimal, bits) {
    const [old, now] = [this.written(id, before, this.data.decimal, bits), this.written(id, values, decimal, bits)];
    const changed = (part) => (old[part] === now[part] ? null : now[part]);
    return { formula: changed("formula"), rule: changed("rule"), reads: this.namesIn(id) };
  }

  // A row's formula and rule, as the register writes them; of a missing one without numbers that are none.
  written(id, values, decimal, bits) {
    const reads = this.readsOf(id);
    const evaluator = new Evaluator((place) => values[reads[place]], new Known());
    const names = this.namesIn(id);
    const write = (tree, withNumbers) =>
      new Writer(evaluator, names, this.style(decimal, withNumbers), withNumbers).top(tree);
    return withBits(bits, () => {
      const tree = evaluator.attempt(() => new Resolved(evaluator).of(evaluator.atLimits(this.formOf(id))));
      if (!tree) return { formula: "", rule: "" };
      const formula = write(tree, false);
      const rule = tree.kind === "slot" ? null : evaluator.attempt(() => write(tree, true));
      return { formula, rule: rule === null ? formula : rule };
    });
  }

  // What a row calls what it reads: in a sample it is the sample's own.
  namesIn(id) {
    const [own] = /\(\d+\)$/.exec(this.names[id]) || [""];
    const bare = (name) => (own && name.endsWith(own) ? name.slice(0, -own.length) : name);
    return this.readsOf(id).map((read) => bare(this.names[read]));
  }

  // How the numbers in a rule print; those in a formula are its literals, of which none is rounded.
  style(decimal, withNumbers) {
    const { fractions, terms } = this.data;
    const asTyped = fractions || decimal !== this.data.decimal;
    const places = withNumbers ? this.data.places : null;
    const number = (value) => (value instanceof Interval
      ? digitsOf(value, this.data.digits, places)
      : this.shown(value, decimal, places).replace(/^≈/, ""));
    return { number, keepsFractions: !decimal || (asTyped && places === null), terms };
  }

  formOf(id) {
    return this.form(this.data.rows[id - this.first][2]);
  }

  isSame(before, value) {
    if (before instanceof Missing || value instanceof Missing) return before.text === value.text;
    return agree(before, value) && this.isAccurate(before) && this.isAccurate(value);
  }

  // What the file's own numbers come to, once.
  own() {
    if (!this.found) {
      const [values, , bits] = this.settled(new Map());
      this.found = { values, bits };
    }
    return this.found;
  }

  // The verdict on an answer to a row, which reads the givens and what stands above the row.
  equal(name, text) {
    try {
      return this.bounded(() => {
        const { values, bits } = this.own();
        return withBits(bits, () => verdictOn(values[this.ids.get(name)], text, this.namedBefore(name, values)));
      });
    } catch (problem) {
      const said = [Unreadable, NotANumber, NoValue, WhatIfProblem].some((kind) => problem instanceof kind);
      if (!said && !(problem instanceof Undecided)) throw problem;
      return { kind: "unread", text: said ? problem.message : "its digits do not tell what it is" };
    }
  }

  // What finds the longest name that a text begins with, among those that can be read; in a sample its own come first.
  namedBefore(name, values) {
    const last = this.ids.get(name);
    const sample = /\(\d+\)$/.exec(name);
    return (text) => {
      const known = (found) => found !== undefined && (found < this.first || found < last) ? found : undefined;
      for (let length = Math.min(text.length, this.longest); length > 0; length -= 1) {
        const word = text.slice(0, length);
        const id = known(sample ? this.ids.get(word + sample[0]) : undefined) ?? known(this.ids.get(word));
        const ends = !/^[\w'[]/.test(text.slice(length));
        if (id !== undefined && ends) return { length, value: this.readable(values[id]) };
      }
      return null;
    };
  }

  readable(value) {
    if (value instanceof Missing) throw new NoValue(value.text);
    return value;
  }
}

function makeEngine(data) {
  return new Engine(data);
}
