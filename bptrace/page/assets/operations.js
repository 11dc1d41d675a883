// What each operation does to single numbers, by its name in bptrace's table of operations. `weak`: what stands for it
// where it has no value, in LIMITS, does so beside a factor that is exactly 0 alone. `real`: it leaves the rationals.
// `affine`: the arguments whose sum or multiple it is. `live`: of its arguments those that its value comes from, where
// these are not all of them.

function repeated(operation) {
  return (...values) => values.reduce((one, other) => operation(one, other));
}

function extreme(side) {
  return repeated((best, value) => (compare(value, best) === side ? value : best));
}

function countOf(side) {
  return (...values) => {
    const best = extreme(side)(...values);
    return wholeNumber(values.filter((value) => compare(value, best) === 0).length);
  };
}

function placeOfGreatest(...values) {
  const best = extreme(1)(...values);
  return wholeNumber(values.findIndex((value) => value === best) + 1);
}

// Which of so many elements a class number names.
function classPlace(target, count) {
  if (isWhole(target) && target.top >= 1n && target.top <= BigInt(count)) return Number(target.top) - 1;
  const shown = isRational(target) ? exactText(target, false) : "an enclosure";
  throw new NoValue(`the target ${shown} is no class number from 1 to ${count}`);
}

function fromDistribution(item, ...row) {
  if (!row.every(isRational)) throw new NoValue("the target is not exact");
  if (row.some((value) => value.top < 0n)) throw new NoValue("the target has a negative probability");
  const total = row.reduce(rationalSum);
  if (!isOne(total)) throw new NoValue(`the target sums to ${exactText(total, false)}, not to 1`);
  return item;
}

function timesLog(weight, value) {
  return isZero(weight) ? ZERO : product(weight, logarithm(value));
}

// Of a row of elements and a class number behind them the one that it names.
function picked(args, valueOf) {
  const count = args.length - 1;
  return [args[classPlace(valueOf(args[count]), count)]];
}

const all = (args) => args;
const callOf = (op, ...args) => ({ kind: "call", op, args });
const numberOf = (value) => ({ kind: "number", value });

const LIMITS = {
  log: (args, [value]) => (isZero(value) ? numberOf(ZERO) : null),
  share: ([weight], [top]) => (isZero(top) ? callOf("*", weight, numberOf(ZERO)) : null),
  direction: (args, [, length]) => (isZero(length) ? numberOf(ZERO) : null),
  "power one lower": (args, [base, lower]) => {
    const stands = isZero(base) && isRational(lower) && lower.top === -1n && lower.bottom === 1n;
    return stands ? numberOf(ZERO) : null;
  },
  surplus: ([top], values) => (values.every(isZero) ? slopeWhenCertain(...top.args) : null),
};

// The slope of binary cross-entropy for an answer that is certain and right: each term's own.
function slopeWhenCertain(yhat, y) {
  const rest = (part) => callOf("-", numberOf(ONE), part);
  return callOf("-", callOf("share", rest(y), rest(yhat)), callOf("share", y, yhat));
}

const OPERATIONS = {
  "+": { apply: repeated(sum), affine: all },
  "signed sum": { apply: repeated(sum), affine: all },
  "sum of samples": { apply: repeated(sum), affine: all },
  "-": { apply: difference, affine: all },
  neg: { apply: negative, affine: all },
  "*": { apply: repeated(product), affine: all },
  "/": { apply: quotient, affine: (args) => [args[0]] },
  share: { apply: quotient, affine: (args) => [args[0]] },
  surplus: { apply: quotient, affine: (args) => [args[0]] },
  direction: { apply: quotient, affine: (args) => [args[0]] },
  "^": { apply: power },
  "power one lower": { apply: power, weak: true },
  round: { apply: rounded },
  abs: { apply: (value) => (sign(value) < 0 ? negative(value) : value) },
  sign: { apply: (value) => wholeNumber(sign(value)) },
  step: { apply: (value) => new Rational(BigInt(sign(value) + 1), 2n) },
  max: { apply: extreme(1) },
  min: { apply: extreme(-1) },
  "max of all": { apply: extreme(1) },
  "min of all": { apply: extreme(-1) },
  count_max: { apply: countOf(1) },
  count_min: { apply: countOf(-1) },
  "argmax of windows": { apply: placeOfGreatest },
  pick: { apply: (value) => value, live: picked },
  distribution: { apply: fromDistribution },
  "times log": { apply: timesLog, live: (args, valueOf) => (isZero(valueOf(args[0])) ? args.slice(0, 1) : args) },
  exp: { apply: exponential, real: true },
  log: { apply: logarithm, real: true, weak: true },
  sqrt: { apply: squareRoot, real: true },
  sin: { apply: exactAtZero(ZERO, intervalSine), real: true },
  cos: { apply: exactAtZero(ONE, intervalCosine), real: true },
  sinh: { apply: exactAtZero(ZERO, intervalSinh), real: true },
  cosh: { apply: exactAtZero(ONE, intervalCosh), real: true },
  tanh: { apply: exactAtZero(ZERO, intervalTanh), real: true },
  erf: { apply: exactAtZero(ZERO, intervalErf), real: true },
  pi: { apply: intervalPi, real: true },
};
