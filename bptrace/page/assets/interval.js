// Intervals: what is not rational lies between two numbers of the form whole * 2^shift. Results are rounded outward.

// The interval is too wide to tell; more bits may.
class Undecided extends Error {}

class Dyadic {
  constructor(whole, shift) {
    this.whole = whole;
    this.shift = shift;
  }
}

class Interval {
  constructor(low, high) {
    this.low = low;
    this.high = high;
    this.residue = null; // what it is modulo a prime, where that is known
  }
}

const precision = { bits: 96 };
const MOST_SHIFT = 2 ** 45;
const DOWN = false;
const UP = true;

function withBits(bits, work) {
  const before = precision.bits;
  precision.bits = bits;
  try {
    return work();
  } finally {
    precision.bits = before;
  }
}

// The least power of 2 that a number's size lies below, by its exponent; -Infinity for 0.
function exponentOf(one) {
  return one.whole === 0n ? -Infinity : lengthOf(one.whole) + one.shift;
}

function shiftedDown(whole, count, up) {
  return up ? -(-whole >> BigInt(count)) : whole >> BigInt(count);
}

// The number to so many bits as the precision has, rounded down or up.
function dyadic(whole, shift, up) {
  const over = lengthOf(whole) - precision.bits;
  spend(1 + precision.bits / 512);
  if (Math.abs(shift) > MOST_SHIFT) throw new TooMuch("a number too large or too small for a page");
  return over > 0 ? new Dyadic(shiftedDown(whole, over, up), shift + over) : new Dyadic(whole, shift);
}

function dyadicSum(one, other, up) {
  if (one.shift < other.shift) [one, other] = [other, one];
  if (one.whole === 0n) return other;
  const gap = one.shift - other.shift;
  if (gap <= 4 * precision.bits + 256) return dyadic((one.whole << BigInt(gap)) + other.whole, other.shift, up);
  const room = precision.bits + 64;
  const beyond = up ? (other.whole > 0n ? 1n : 0n) : other.whole < 0n ? -1n : 0n;
  return dyadic((one.whole << BigInt(room)) + beyond, one.shift - room, up);
}

function dyadicNegative(one) {
  return new Dyadic(-one.whole, one.shift);
}

function dyadicProduct(one, other, up) {
  return dyadic(one.whole * other.whole, one.shift + other.shift, up);
}

function dyadicQuotient(one, other, up) {
  const room = Math.max(precision.bits + 4 + lengthOf(other.whole) - lengthOf(one.whole), 0);
  const top = one.whole << BigInt(room);
  return dyadic((up ? ceilingOf : floorOf)(top, other.whole), one.shift - other.shift - room, up);
}

function dyadicOrder(one, other) {
  const [left, right] = [signOf(one.whole), signOf(other.whole)];
  if (left !== right || left === 0) return Math.sign(left - right);
  const [above, below] = [exponentOf(one), exponentOf(other)];
  if (above !== below) return above > below ? left : -left;
  const gap = BigInt(Math.abs(one.shift - other.shift));
  const difference = one.shift > other.shift ? (one.whole << gap) - other.whole : one.whole - (other.whole << gap);
  return signOf(difference);
}

function signOf(whole) {
  return whole > 0n ? 1 : whole < 0n ? -1 : 0;
}

function dyadicRoot(one, up) {
  const room = Math.max(precision.bits + 4 - Math.floor(lengthOf(one.whole) / 2), 0);
  const odd = Math.abs(one.shift - 2 * room) % 2;
  const top = one.whole << BigInt(2 * room + odd);
  const root = wholeRoot(top, 2);
  return dyadic(up && root * root < top ? root + 1n : root, (one.shift - 2 * room - odd) / 2, up);
}

function dyadicOfRational(value, up) {
  return dyadicQuotient(new Dyadic(value.top, 0), new Dyadic(value.bottom, 0), up);
}

// The exact value of a number of that form.
function rationalOfDyadic(one) {
  if (Math.abs(one.shift) > MOST_BITS) throw new TooMuch("a number too large or too small to be rounded");
  const power = 1n << BigInt(Math.abs(one.shift));
  return one.shift < 0 ? ratio(one.whole, power) : ratio(one.whole * power, 1n);
}

// A value of either kind as an interval.
function intervalOf(value) {
  if (value instanceof Interval) return value;
  return new Interval(dyadicOfRational(value, DOWN), dyadicOfRational(value, UP));
}

function intervalSum(one, other) {
  return new Interval(dyadicSum(one.low, other.low, DOWN), dyadicSum(one.high, other.high, UP));
}

function intervalNegative(one) {
  return new Interval(dyadicNegative(one.high), dyadicNegative(one.low));
}

function intervalProduct(one, other) {
  const pairs = [];
  for (const left of [one.low, one.high]) for (const right of [other.low, other.high]) pairs.push([left, right]);
  return new Interval(
    pairs.map((pair) => dyadicProduct(...pair, DOWN)).reduce((a, b) => (dyadicOrder(b, a) < 0 ? b : a)),
    pairs.map((pair) => dyadicProduct(...pair, UP)).reduce((a, b) => (dyadicOrder(b, a) > 0 ? b : a)),
  );
}

function holdsZero(one) {
  return one.low.whole <= 0n && one.high.whole >= 0n;
}

// It throws Undecided where the divisor may be 0.
function intervalQuotient(one, other) {
  if (holdsZero(other)) throw new Undecided();
  const unit = new Dyadic(1n, 0);
  const inverse = new Interval(dyadicQuotient(unit, other.high, DOWN), dyadicQuotient(unit, other.low, UP));
  return intervalProduct(one, inverse);
}

// It throws Undecided where the sign is not proven.
function intervalSign(one) {
  if (one.low.whole > 0n) return 1;
  if (one.high.whole < 0n) return -1;
  throw new Undecided();
}

function intervalsMeet(one, other) {
  return dyadicOrder(one.low, other.high) <= 0 && dyadicOrder(other.low, one.high) <= 0;
}

// Its size, without a sign: from 0 where it may be 0.
function intervalSize(one) {
  if (one.low.whole >= 0n) return one;
  const turned = intervalNegative(one);
  if (turned.low.whole >= 0n) return turned;
  const zero = new Dyadic(0n, 0);
  return new Interval(zero, dyadicOrder(one.high, turned.high) > 0 ? one.high : turned.high);
}

// A whole power, from the first on.
function intervalPower(base, times) {
  if (times % 2n === 0n) base = intervalSize(base);
  let found = base;
  for (const digit of times.toString(2).slice(1)) {
    found = intervalProduct(found, found);
    if (digit === "1") found = intervalProduct(found, base);
  }
  return times % 2n === 0n ? intervalSize(found) : found;
}

// How many bits of it are proven, relative to its size.
function accuracyOf(one) {
  const width = dyadicSum(one.high, dyadicNegative(one.low), UP);
  return Math.max(exponentOf(one.low), exponentOf(one.high)) - exponentOf(width);
}
