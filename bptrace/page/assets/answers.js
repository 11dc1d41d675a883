// What a person takes a row's value to be: a number or a formula, read and judged as `bptrace step --quiz` does.

const LONGEST_ANSWER = 2000;
const DEEPEST = 200;
const ENOUGH_DIGITS = 3;
const PROVEN_BITS = 10;
const TOLERANCE = new Rational(1n, 1000n);
const HALF = new Rational(1n, 2n);
const NEAR_ZERO = new Rational(1n, 10n ** 20n);
const WANTED = "a number or a formula, as in -2*2";
const ALL_OF_IT = "close, but this value is exact: all of its digits, a fraction or a formula";
const NOT_PROVEN = "not proven to be equal: this value is exact, so a number or a simpler formula";
const MORE_DIGITS = `right so far: at least ${ENOUGH_DIGITS} digits`;
const NO_FRACTION = "close, but this value is no fraction: its digits, or a formula";
const TOO_VAGUE = "close, but too few of its digits are proven: a simpler formula, or the digits";
const SIGNS = { "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "∕": "/", "**": "^" };
const FRACTIONS = { "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅙": "1/6", "⅛": "1/8" };
const LITERAL = /^[+-]?\s*(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?$/;
const DIGITS_HERE = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const FUNCTION_HERE = /^([A-Za-z]\w*)\s*\(/;

const WORDS = new Map([["ln", "log"], ["logistic", "sigmoid"]]);
const FUNCTIONS_OF_ANSWERS = new Map([
  ["relu", (z) => OPERATIONS.max.apply(ZERO, z)],
  ["sigmoid", (z) => quotient(ONE, sum(ONE, exponential(negative(z))))],
]);
for (const name of "exp log sqrt sin cos sinh cosh tanh erf abs sign step max min".split(" ")) {
  FUNCTIONS_OF_ANSWERS.set(name, OPERATIONS[name].apply);
}

// An answer that cannot be read; the message says what is wrong.
class Unreadable extends Error {}

// A number as it is typed: its value, how many digits count, and one unit of the last of them; null for a formula.
function typedNumber(text) {
  const match = LITERAL.exec(text);
  if (!match) return null;
  const [whole, places = ""] = match[1].split(".");
  const exponent = Number(match[2] || 0);
  const value = literalValue(text.replace(/\s/g, ""));
  const unit = rationalPower(wholeNumber(10), BigInt(exponent - places.length));
  return { value, unit, digits: (whole + places).replace(/^0+/, "").length };
}

// Decimal commas as points; those between arguments stay.
function withDecimalPoints(text) {
  const comma = /(?<![\w.,])(\d+),(\d+)(?![\d.,])/g;
  return text.replace(comma, (found, whole, places, at) => (inList(text.slice(0, at)) ? found : `${whole}.${places}`));
}

function inList(before) {
  let closed = 0;
  for (let place = before.length - 1; place >= 0; place -= 1) {
    closed += ")]".includes(before[place]) - "([".includes(before[place]);
    if (closed < 0) return before[place] === "[" || /[\w'\]]\s*$/.test(before.slice(0, place));
  }
  return false;
}

function normalised(text) {
  const signs = text.replace(/\*\*|[−–×·⋅∙÷∕]/g, (found) => SIGNS[found]);
  return withDecimalPoints(signs.replace(/[½⅓⅔¼¾⅕⅙⅛]/g, (found) => `(${FRACTIONS[found]})`));
}

// A formula of numbers, names, signs, brackets and functions. `named` gives the value of the name that a text begins
// with, and how long it is, or null; `blurred`: a decimal of many digits is any number that it is rounded from.
class Formula {
  constructor(text, named, blurred) {
    this.rest = text.trim();
    this.named = named;
    this.blurred = blurred;
    this.rounded = false;
    this.depth = 0;
  }

  // It throws Unreadable, and NoValue where it comes to nothing.
  value() {
    const found = this.sumOfTerms();
    if (this.rest) throw new Unreadable(`unexpected '${this.rest.slice(0, 12)}'`);
    return found;
  }

  take(length) {
    const found = this.rest.slice(0, length);
    this.rest = this.rest.slice(length).trim();
    return found;
  }

  takes(signs) {
    return this.rest && signs.includes(this.rest[0]) ? this.take(1) : "";
  }

  sumOfTerms() {
    let found = this.term();
    for (let sign = this.takes("+-"); sign; sign = this.takes("+-")) {
      found = (sign === "+" ? sum : difference)(found, this.term());
    }
    return found;
  }

  term() {
    let found = this.factor();
    for (let sign = this.takes("*/"); sign; sign = this.takes("*/")) {
      found = (sign === "*" ? product : quotient)(found, this.factor());
    }
    return found;
  }

  factor() {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new Unreadable("an answer with so many brackets or signs inside each other");
    const sign = this.takes("+-");
    const found = sign ? this.factor() : this.powerOf(this.atom());
    this.depth -= 1;
    return sign === "-" ? negative(found) : found;
  }

  powerOf(base) {
    return this.takes("^") ? power(base, this.factor()) : base;
  }

  atom() {
    if (this.takes("(")) return this.closed(this.sumOfTerms());
    const digits = DIGITS_HERE.exec(this.rest);
    if (digits) return this.decimal(this.take(digits[0].length));
    const found = this.named(this.rest);
    if (found) return this.take(found.length) && found.value;
    return this.call();
  }

  closed(value) {
    if (!this.takes(")")) throw new Unreadable("a bracket is not closed");
    return value;
  }

  decimal(text) {
    const { value, unit, digits } = typedNumber(text);
    if (digits < ENOUGH_DIGITS) return value;
    this.rounded = true;
    if (!this.blurred) return value;
    const [low, high] = [difference(value, product(unit, HALF)), sum(value, unit)];
    return new Interval(intervalOf(low).low, intervalOf(high).high);
  }

  call() {
    const match = FUNCTION_HERE.exec(this.rest);
    const word = match ? match[1].toLowerCase() : "";
    const apply = FUNCTIONS_OF_ANSWERS.get(WORDS.get(word) || word);
    if (!apply) throw this.unknown();
    this.take(match[0].length);
    const args = [this.sumOfTerms()];
    while (this.takes(",")) args.push(this.sumOfTerms());
    if (apply.length && args.length > apply.length) throw new Unreadable(`${word} takes one number`);
    return this.closed(apply(...args));
  }

  unknown() {
    const word = /^[^\s()*/+^-]+/.exec(this.rest);
    return new Unreadable(word ? `unknown name '${word[0].slice(0, 40)}'` : WANTED);
  }
}

function magnitude(value) {
  return sign(value) < 0 ? negative(value) : value;
}

// Whether two numbers are proven to be less than a distance apart, and more.
function provenWithin(one, other, distance) {
  return proven(() => compare(sizeWithoutSign(difference(one, other)), distance) < 0);
}

function provenApart(one, other, distance) {
  return proven(() => compare(sizeWithoutSign(difference(one, other)), distance) > 0);
}

function proven(test) {
  try {
    return test();
  } catch (problem) {
    if (problem instanceof Undecided) return false;
    throw problem;
  }
}

function sizeWithoutSign(value) {
  return isRational(value) ? magnitude(value) : intervalSize(value);
}

function accuracyOfEither(value) {
  return isRational(value) ? Infinity : accuracyOf(value);
}

const right = { kind: "right", text: "" };
const wrong = { kind: "wrong", text: "" };
const close = (text) => ({ kind: "close", text });

// Whether the digits are the value's, cut off or rounded at the last of them.
function shows(typed, wanted) {
  const half = product(typed.unit, HALF);
  const beyond = sign(typed.value) > 0 ? half : negative(half);
  const isRounded = accuracyOfEither(wanted) >= PROVEN_BITS && !provenApart(wanted, typed.value, half);
  return isRounded || provenWithin(wanted, sum(typed.value, beyond), half);
}

function exactDigits(wanted, typed) {
  if (compare(typed.value, wanted) === 0) return right;
  return typed.digits > 1 && shows(typed, wanted) ? close(ALL_OF_IT) : wrong;
}

function realDigits(wanted, typed) {
  if (isZero(typed.value) && agree(wanted, ZERO)) return right;
  if (!typed.digits || !shows(typed, wanted)) return wrong;
  return typed.digits >= ENOUGH_DIGITS ? right : close(MORE_DIGITS);
}

function exactFormula(wanted, value) {
  if (isRational(value)) return compare(value, wanted) === 0 ? right : wrong;
  return agree(wanted, value) ? close(NOT_PROVEN) : wrong;
}

function realFormula(wanted, value) {
  if (isRational(value)) {
    if (isZero(value) && agree(wanted, ZERO)) return right;
    return provenWithin(wanted, value, product(magnitude(value), TOLERANCE)) ? close(NO_FRACTION) : wrong;
  }
  if (!agree(wanted, value)) return wrong;
  const isNearZero = agree(wanted, ZERO) && provenWithin(value, ZERO, NEAR_ZERO);
  return accuracyOf(value) >= PROVEN_BITS || isNearZero ? right : close(TOO_VAGUE);
}

function roundedFormula(wanted, value, blurredValue) {
  if (provenWithin(wanted, value, product(sizeWithoutSign(wanted), TOLERANCE))) return right;
  try {
    return agree(wanted, blurredValue()) ? close(TOO_VAGUE) : wrong;
  } catch (problem) {
    if (problem instanceof NoValue || problem instanceof Undecided) return close(TOO_VAGUE);
    throw problem;
  }
}

// What a formula is, for a value that is there.
function formulaVerdict(wanted, text, named) {
  const formula = new Formula(text, named, false);
  const value = formula.value();
  if (wanted === MASK || value === MASK) return wanted === value ? right : wrong;
  if (isRational(wanted)) return exactFormula(wanted, value);
  if (!formula.rounded) return realFormula(wanted, value);
  return roundedFormula(wanted, value, () => new Formula(text, named, true).value());
}

// The verdict on an answer; `named` as in Formula. It throws Unreadable, NotANumber, NoValue, Undecided, TooMuch.
function verdictOn(wanted, text, named) {
  const body = normalised(text.trim().replace(/^≈/, "").replace(/^=/, "").trim());
  if (!body || text.length > LONGEST_ANSWER) throw new Unreadable(WANTED);
  if (body === "none") return wanted instanceof Missing ? right : wrong;
  if (isMinusInfinity(body)) return wanted === MASK ? right : wrong;
  const typed = typedNumber(body);
  if (wanted instanceof Missing || (typed && wanted === MASK)) return wrong;
  if (typed) return isRational(wanted) ? exactDigits(wanted, typed) : realDigits(wanted, typed);
  return formulaVerdict(wanted, body, named);
}
