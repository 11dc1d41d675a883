// Exact rational numbers: one BigInt over another, in lowest terms, the lower one positive.

class Rational {
  constructor(top, bottom) {
    this.top = top;
    this.bottom = bottom;
  }
}

// What is not worked out because it would take too long; the message says what.
class TooMuch extends Error {}

const MOST_BITS = 120000;
const ZERO = new Rational(0n, 1n);
const ONE = new Rational(1n, 1n);

function sizeOf(whole) {
  return whole < 0n ? -whole : whole;
}

// How many bits a whole number has.
function lengthOf(whole) {
  const digits = sizeOf(whole).toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
}

// About how many bits a whole number has: 64 for short ones.
function bitsOf(whole) {
  const size = sizeOf(whole);
  return size < 0x10000000000000000n ? 64 : 4 * size.toString(16).length;
}

// The greatest common divisor, of numbers that are not negative (Lehmer's way: many steps by their first digits alone).
function commonDivisor(one, other) {
  if (one < other) [one, other] = [other, one];
  while (other > 0x1fffffffffffffn) [one, other] = closer(one, other);
  if (other === 0n) return one;
  let [large, small] = [Number(other), Number(one % other)];
  while (small) [large, small] = [small, large % small];
  return BigInt(large);
}

// Two smaller numbers with the same divisors.
function closer(one, other) {
  const [a, b, c, d] = leadingSteps(one, other);
  if (b === 0) return [other, one % other];
  const [left, right] = [BigInt(a) * one + BigInt(b) * other, BigInt(c) * one + BigInt(d) * other];
  return left < right ? [right, left] : [left, right];
}

// As many of Euclid's steps as the first 50 bits are sure of: they make a*one + b*other and c*one + d*other of two.
function leadingSteps(one, other) {
  const shift = BigInt(Math.max(lengthOf(one) - 50, 0));
  let [large, small, a, b, c, d] = [Number(one >> shift), Number(other >> shift), 1, 0, 0, 1];
  for (;;) {
    if (small + c === 0 || small + d === 0) break;
    const times = Math.floor((large + a) / (small + c));
    if (times !== Math.floor((large + b) / (small + d))) break;
    [a, c, b, d] = [c, a - times * c, d, b - times * d];
    [large, small] = [small, large - times * small];
  }
  return [a, b, c, d];
}

// What has been spent of the time that one working may take, in operations on short numbers.
const effort = { left: Infinity };

function spend(amount) {
  effort.left -= amount;
  if (effort.left < 0) throw new TooMuch("its numbers grow too long to be worked out in a page");
}

// The more digits, the longer the search for what can be cancelled.
function spendOn(top, bottom) {
  const bits = Math.max(bitsOf(top), bitsOf(bottom));
  if (bits > MOST_BITS) throw new TooMuch(`a number of more than ${Math.round(MOST_BITS / 3322) * 1000} digits`);
  spend(bits === 64 ? 1 : 1 + (bits / 64) ** 2 / 8);
}

// The quotient of two whole numbers, of which the lower one is not 0.
function ratio(top, bottom) {
  if (bottom === 1n) spend(1);
  if (bottom === 1n && top < 1n << 64n && top > -(1n << 64n)) return new Rational(top, 1n);
  spendOn(top, bottom);
  if (bottom < 0n) [top, bottom] = [-top, -bottom];
  const common = commonDivisor(sizeOf(top), bottom);
  return common === 1n ? new Rational(top, bottom) : new Rational(top / common, bottom / common);
}

function wholeNumber(number) {
  return new Rational(BigInt(number), 1n);
}

function rationalSum(one, other) {
  if (one.bottom === other.bottom) return ratio(one.top + other.top, one.bottom);
  return ratio(one.top * other.bottom + other.top * one.bottom, one.bottom * other.bottom);
}

function rationalNegative(one) {
  return new Rational(-one.top, one.bottom);
}

function rationalProduct(one, other) {
  return ratio(one.top * other.top, one.bottom * other.bottom);
}

// Raises RangeError where the divisor is 0, which nobody asks for.
function rationalQuotient(one, other) {
  if (other.top === 0n) throw new RangeError("division by zero");
  return ratio(one.top * other.bottom, one.bottom * other.top);
}

function rationalSign(one) {
  return one.top > 0n ? 1 : one.top < 0n ? -1 : 0;
}

function rationalOrder(one, other) {
  const [left, right] = [one.top * other.bottom, other.top * one.bottom];
  return left < right ? -1 : left > right ? 1 : 0;
}

// A power with a whole exponent, of a number that is not 0 where the exponent is negative.
function rationalPower(base, times) {
  const count = sizeOf(times);
  const bits = Math.max(bitsOf(base.top), bitsOf(base.bottom));
  const trivial = base.bottom === 1n && sizeOf(base.top) < 2n;
  if (!trivial && (count > BigInt(MOST_BITS) || Number(count) * bits > 4 * MOST_BITS)) {
    throw new TooMuch("a power with too many digits");
  }
  const exponent = trivial ? 2n - (count % 2n) : count;
  const [top, bottom] = [base.top ** exponent, base.bottom ** exponent];
  return times < 0n ? ratio(bottom, top) : ratio(top, bottom);
}

// The greatest whole number whose power is at most another, which is not negative.
function wholeRoot(number, order) {
  if (number < 2n) return number;
  const degree = BigInt(order);
  let guess = 1n << BigInt(Math.ceil(lengthOf(number) / order));
  for (;;) {
    const next = ((degree - 1n) * guess + number / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}

// The root of a whole number that has one, or null.
function exactRoot(number, order) {
  const root = wholeRoot(number, order);
  return root ** BigInt(order) === number ? root : null;
}

// The quotient of two whole numbers, rounded down and up.
function floorOf(top, bottom) {
  const cut = top / bottom;
  return cut * bottom !== top && top < 0n !== bottom < 0n ? cut - 1n : cut;
}

function ceilingOf(top, bottom) {
  return -floorOf(-top, bottom);
}
