// Functions that leave the rationals, on intervals. A series is summed in whole numbers over 2^places; each of its
// steps is off by less than one unit, and what a function gives is widened by SLACK units, far more than all of them
// together.

const GUARD = 64;
const SLACK = 1n << 32n;
const MOST_EXPONENT = 40;
const constants = new Map();

// A number known to so many units of 2^-places.
function around(whole, places, slack = SLACK) {
  return new Interval(dyadic(whole - slack, -places, DOWN), dyadic(whole + slack, -places, UP));
}

function fixedPoint(one, places) {
  const shift = one.shift + places;
  return shift >= 0 ? one.whole << BigInt(shift) : one.whole >> BigInt(-shift);
}

function remembered(name, places, work) {
  const key = `${name} ${places}`;
  if (!constants.has(key)) constants.set(key, work());
  return constants.get(key);
}

function spendOnSeries(places) {
  spend(8 + (places / 128) ** 2);
}

// The sum of t^(2k+1)/(2k+1), with signs that turn where asked for; t is the quotient of two whole numbers.
function oddSeries(top, bottom, places, turning) {
  let power = (top << BigInt(places)) / bottom;
  let [sum, count] = [power, 1n];
  const [squareTop, squareBottom] = [top * top, bottom * bottom];
  spendOnSeries(places);
  while (power) {
    power = (power * squareTop) / squareBottom;
    count += 2n;
    const minus = turning && count % 4n === 3n;
    sum += (minus ? -power : power) / count;
  }
  return sum;
}

function logOfTwo(places) {
  return remembered("log 2", places, () => 2n * oddSeries(1n, 3n, places, false));
}

function fixedPi(places) {
  const more = places + 16;
  const machin = () => (16n * oddSeries(1n, 5n, more, true) - 4n * oddSeries(1n, 239n, more, true)) >> 16n;
  return remembered("pi", places, machin);
}

// How many times a constant goes into a value, and what is left; both in units of 2^-places.
function divided(value, constant, places) {
  const [fine, unit] = [value << BigInt(GUARD), constant(places + GUARD)];
  const times = floorOf(fine, unit);
  return [times, (fine - times * unit) >> BigInt(GUARD)];
}

function intervalPi() {
  const places = precision.bits + GUARD;
  return around(fixedPi(places), places);
}

// exp of a number below 1, in units of 2^-places.
function fixedExp(value, places) {
  const halvings = 8n;
  let [sum, term, count] = [1n << BigInt(places), value >> halvings, 1n];
  spendOnSeries(places);
  while (term !== 0n && term !== -1n) {
    sum += term;
    count += 1n;
    term = ((term * (value >> halvings)) >> BigInt(places)) / count;
  }
  for (let i = 0n; i < halvings; i += 1n) sum = (sum * sum) >> BigInt(places);
  return sum;
}

function expOfDyadic(one) {
  if (exponentOf(one) > MOST_EXPONENT) throw new TooMuch("exp of a number beyond ±1e12");
  const places = precision.bits + GUARD;
  const [times, rest] = divided(fixedPoint(one, places), logOfTwo, places);
  const found = around(fixedExp(rest, places), places);
  const shift = Number(times);
  return new Interval(
    new Dyadic(found.low.whole, found.low.shift + shift),
    new Dyadic(found.high.whole, found.high.shift + shift),
  );
}

// log of a positive number: that of what lies near 1, and so many times log 2.
function logOfDyadic(one) {
  let times = lengthOf(one.whole) + one.shift;
  let bottom = 1n << BigInt(lengthOf(one.whole));
  if (4n * one.whole < 3n * bottom) [times, bottom] = [times - 1, bottom >> 1n];
  const off = one.whole - bottom;
  const lost = times ? 0 : lengthOf(bottom) - lengthOf(off);
  const places = precision.bits + GUARD + lost;
  const near = 2n * oddSeries(off, one.whole + bottom, places, false);
  return around(near + ((BigInt(times) * logOfTwo(places + GUARD)) >> BigInt(GUARD)), places);
}

// A function that rises, from what it gives at a point.
function rising(atPoint) {
  return (one) => {
    const low = atPoint(one.low);
    if (dyadicOrder(one.low, one.high) === 0) return low;
    return new Interval(low.low, atPoint(one.high).high);
  };
}

const intervalExp = rising(expOfDyadic);
const intervalLog = rising(logOfDyadic);
const intervalRoot = (one) => new Interval(dyadicRoot(one.low, DOWN), dyadicRoot(one.high, UP));

// Near 0 such a function is x + c*x^3 with c between two numbers of one size; elsewhere `work` gives it, with the bits
// that a number so small takes away.
function oddFunction(lowest, highest, work) {
  return (one) => {
    const lost = -exponentOf(one);
    if (one.whole === 0n) return new Interval(one, one);
    const point = new Interval(one, one);
    if (2 * lost > precision.bits + 16) {
      const cube = intervalPower(point, 3n);
      const factor = new Interval(dyadicOfRational(lowest, DOWN), dyadicOfRational(highest, UP));
      return intervalSum(point, intervalProduct(cube, factor));
    }
    return withBits(precision.bits + 32 + Math.max(lost, 0), () => work(point));
  };
}

const UNIT = new Interval(new Dyadic(1n, 0), new Dyadic(1n, 0));

function doubled(one) {
  return intervalSum(one, one);
}

function halved(one) {
  return new Interval(new Dyadic(one.low.whole, one.low.shift - 1), new Dyadic(one.high.whole, one.high.shift - 1));
}

// Beyond some bits tanh is 1 as far as can be seen.
function tanhOfPoint(point) {
  if (point.low.whole < 0n) return intervalNegative(tanhOfPoint(intervalNegative(point)));
  const bits = precision.bits + 8;
  if (exponentOf(point.low) > Math.log2(bits) + 1) return new Interval(nearOne(bits), UNIT.high);
  const power = intervalExp(doubled(point));
  return intervalQuotient(intervalSum(power, intervalNegative(UNIT)), intervalSum(power, UNIT));
}

function nearOne(bits) {
  return new Dyadic((1n << BigInt(bits)) - 1n, -bits);
}

function bothPowers(point) {
  const power = intervalExp(point);
  return [power, intervalQuotient(UNIT, power)];
}

function sinhOfPoint(point) {
  const [power, inverse] = bothPowers(point);
  return halved(intervalSum(power, intervalNegative(inverse)));
}

const intervalTanh = rising(oddFunction(new Rational(-1n, 3n), ZERO, tanhOfPoint));
const intervalSinh = rising(oddFunction(ZERO, new Rational(1n, 5n), sinhOfPoint));
const risingCosh = rising((one) => {
  const [power, inverse] = bothPowers(new Interval(one, one));
  return halved(intervalSum(power, inverse));
});
const intervalCosh = (one) => risingCosh(intervalSize(one));

// sin and cos of a value in units of 2^-places, by the series that begins with such a term.
function fixedWave(value, places, first) {
  const square = (value * value) >> BigInt(places);
  let [term, sum, count] = [first ? value : 1n << BigInt(places), 0n, first ? 1n : 0n];
  spendOnSeries(places);
  while (term !== 0n && term !== -1n) {
    sum += term;
    term = -((term * square) >> BigInt(places)) / ((count + 1n) * (count + 2n));
    count += 2n;
  }
  return sum;
}

function waveOfDyadic(one, first) {
  if (exponentOf(one) > MOST_EXPONENT) throw new TooMuch("sin or cos of a number beyond 1e12");
  const places = precision.bits + GUARD;
  const [times, rest] = divided(fixedPoint(one, places), fixedPi, places);
  const found = around(fixedWave(rest, places, first), places);
  return times % 2n === 0n ? found : intervalNegative(found);
}

// The slope is at most 1, so that what lies within a distance of a point gives what lies within it of the result.
function waving(atPoint) {
  return (one) => {
    const found = atPoint(one.low);
    const width = dyadicSum(one.high, dyadicNegative(one.low), UP);
    return intervalSum(found, new Interval(dyadicNegative(width), width));
  };
}

const sineOfPoint = oddFunction(new Rational(-1n, 6n), ZERO, (point) => waveOfDyadic(point.low, 1));
const intervalSine = waving(sineOfPoint);
const intervalCosine = waving((one) => waveOfDyadic(one, 0));

// 2/sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1*3*...*(2n+1)), whose terms all have one sign.
function erfOfPoint(point) {
  if (point.low.whole < 0n) return intervalNegative(erfOfPoint(intervalNegative(point)));
  const square = intervalPower(point, 2n);
  const bits = precision.bits + 8;
  if (exponentOf(square.high) > Math.log2(bits) + 1) return new Interval(nearOne(bits), UNIT.high);
  const places = precision.bits + GUARD;
  const sum = erfSeries(fixedPoint(point.low, places), places);
  const series = around(sum, places, SLACK * ((sum >> BigInt(places)) + 1n));
  const bell = intervalExp(intervalNegative(square));
  return intervalQuotient(intervalProduct(doubled(series), bell), intervalRoot(intervalPi()));
}

function erfSeries(value, places) {
  const square = (2n * value * value) >> BigInt(places);
  let [term, sum, count] = [value, 0n, 1n];
  while (term !== 0n) {
    spend(1);
    sum += term;
    count += 2n;
    term = ((term * square) >> BigInt(places)) / count;
  }
  return sum;
}

const intervalErf = rising((one) => {
  if (-2 * exponentOf(one) > precision.bits + 16) return erfNearZero(one);
  return withBits(precision.bits + 32 + Math.max(-exponentOf(one), 0), () => erfOfPoint(new Interval(one, one)));
});

function erfNearZero(one) {
  const point = new Interval(one, one);
  const factor = new Interval(dyadicOfRational(new Rational(-1n, 3n), DOWN), new Dyadic(0n, 0));
  const bent = intervalSum(point, intervalProduct(intervalPower(point, 3n), factor));
  return intervalQuotient(doubled(bent), intervalRoot(intervalPi()));
}
