// Numbers of either kind: a Rational, or an Interval where they must be; and what masks a score, which is neither.
// What is exactly known stays exact: exp(0) is 1, sqrt(9/4) is 3/2, and 0 times anything is 0.

// A function where it has no value; the message says which.
class NoValue extends Error {}

// A mask of -inf where something else than a sum reads it: nothing is worked out then.
class MisplacedMask extends Error {
  constructor() {
    super("a mask of -inf meets another operation than +");
  }
}

const MASK = { isMask: true };

function isRational(value) {
  return value instanceof Rational;
}

function isZero(value) {
  return isRational(value) && value.top === 0n;
}

function isOne(value) {
  return isRational(value) && value.top === 1n && value.bottom === 1n;
}

function isWhole(value) {
  return isRational(value) && value.bottom === 1n;
}

// The operation on rationals, or on intervals where one of the two is one; a mask goes with neither.
function eitherKind(exact, real) {
  return (one, other) => {
    if (isRational(one) && isRational(other)) return exact(one, other);
    if (one === MASK || other === MASK) throw new MisplacedMask();
    return real(intervalOf(one), intervalOf(other));
  };
}

const plainSum = eitherKind(rationalSum, intervalSum);
const plainProduct = eitherKind(rationalProduct, intervalProduct);
const plainQuotient = eitherKind(rationalQuotient, intervalQuotient);

function sum(one, other) {
  return one === MASK || other === MASK ? MASK : plainSum(one, other);
}

function negative(one) {
  if (one === MASK) throw new MisplacedMask();
  return isRational(one) ? rationalNegative(one) : intervalNegative(one);
}

// Exactly 0 of a number and itself.
function difference(one, other) {
  if (one === MASK) return MASK;
  if (one === other) return ZERO;
  return plainSum(one, negative(other));
}

function product(one, other) {
  if (one === MASK || other === MASK) throw new MisplacedMask();
  return isZero(one) || isZero(other) ? ZERO : plainProduct(one, other);
}

function quotient(one, other) {
  if (one === MASK || other === MASK) throw new MisplacedMask();
  if (isZero(other)) throw new NoValue("division by zero");
  if (!isRational(other) && holdsZero(other)) throw new Undecided();
  return isZero(one) ? ZERO : plainQuotient(one, other);
}

// -1, 0 or 1; Undecided where it is not proven.
function sign(value) {
  if (value === MASK) throw new MisplacedMask();
  if (isRational(value)) return rationalSign(value);
  return value.residue === 0n && holdsZero(value) ? 0 : intervalSign(value);
}

function compare(one, other) {
  if (one === other) return 0;
  if (isRational(one) && isRational(other)) return rationalOrder(one, other);
  if (one !== MASK && other !== MASK && areEqual(intervalOf(one), other)) return 0;
  return sign(difference(one, other));
}

function wholePower(base, times) {
  if (isRational(base)) return rationalPower(base, times);
  if (times > 1000000n) throw new TooMuch("a power with too large an exponent");
  return intervalPower(base, times);
}

function power(base, exponent) {
  if (base === MASK || exponent === MASK) throw new MisplacedMask();
  if (isWhole(exponent)) {
    if (exponent.top === 0n) return ONE;
    return exponent.top > 0n ? wholePower(base, exponent.top) : quotient(ONE, wholePower(base, -exponent.top));
  }
  const side = sign(base);
  if (side < 0) throw new NoValue("a negative number to a power that is not whole");
  if (side === 0 && sign(exponent) < 0) throw new NoValue("division by zero");
  return side === 0 ? ZERO : exactPower(base, exponent) || exponential(product(exponent, logarithm(base)));
}

// A rational power of a rational, where it is one too; else null.
function exactPower(base, exponent) {
  if (!isRational(base) || !isRational(exponent) || exponent.bottom > 4096n) return null;
  const roots = [base.top, base.bottom].map((part) => exactRoot(part, Number(exponent.bottom)));
  return roots.includes(null) ? null : power(new Rational(...roots), new Rational(exponent.top, 1n));
}

function exponential(value) {
  if (value === MASK) return ZERO;
  return isZero(value) ? ONE : intervalExp(intervalOf(value));
}

function logarithm(value) {
  const side = sign(value);
  if (side <= 0) throw new NoValue(side ? "log of a negative number" : "log of 0");
  return isOne(value) ? ZERO : intervalLog(intervalOf(value));
}

function squareRoot(value) {
  const side = sign(value);
  if (side < 0) throw new NoValue("sqrt of a negative number");
  return side === 0 ? ZERO : exactPower(value, new Rational(1n, 2n)) || intervalRoot(intervalOf(value));
}

// A function that has an exact value at 0 alone.
function exactAtZero(atZero, real) {
  return (value) => {
    if (value === MASK) throw new MisplacedMask();
    return isZero(value) ? atZero : real(intervalOf(value));
  };
}

// The nearest multiple of a positive grid, halves away from 0.
function rounded(value, grid) {
  const half = product(grid, new Rational(1n, 2n));
  if (!isRational(value) && compare(intervalSize(value), half) < 0) return ZERO;
  const side = sign(value);
  const size = side < 0 ? negative(value) : value;
  const steps = wholeBelow(sum(quotient(size, grid), new Rational(1n, 2n)));
  return product(grid, new Rational(BigInt(side) * steps, 1n));
}

// The greatest whole number that is not more.
function wholeBelow(value) {
  if (isRational(value)) return floorOf(value.top, value.bottom);
  const [low, high] = [value.low, value.high].map(rationalOfDyadic).map((end) => floorOf(end.top, end.bottom));
  if (low !== high) throw new Undecided();
  return low;
}

// Whether two values can be one and the same: equal, or intervals that overlap.
function agree(one, other) {
  if (one === other) return true;
  if (one === MASK || other === MASK) return false;
  if (isRational(one) && isRational(other)) return rationalOrder(one, other) === 0;
  return intervalsMeet(intervalOf(one), intervalOf(other));
}
