// Numbers that are not rational are told to be equal, or to be rational after all, by what they are modulo a prime,
// with a number as good as random in place of each exp(…), log(…) and so on. An identity holds there too; what is none
// holds there once in about 2^100 times, and is asked for only where the intervals cannot tell. As p1 + p2 is exactly 1
// for the two numbers of a softmax, a gradient that is 0 for that reason is 0, and no enclosure of it.

const PRIME = (1n << 127n) - 1n;
const COMMON_MULTIPLE = 720720n;
const inverses = new Map();

function modulo(number) {
  const rest = number % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

function powerModulo(base, times) {
  let found = 1n;
  for (let rest = times, square = modulo(base); rest; rest >>= 1n, square = (square * square) % PRIME) {
    if (rest & 1n) found = (found * square) % PRIME;
  }
  return found;
}

// One over a number, or null for 0.
function inverseModulo(number) {
  const rest = modulo(number);
  if (rest < 2n) return rest || null;
  if (!inverses.has(rest)) {
    if (inverses.size > 20000) inverses.clear();
    inverses.set(rest, powerModulo(rest, PRIME - 2n));
  }
  return inverses.get(rest);
}

function productModulo(one, other) {
  return one === null || other === null ? null : (one * other) % PRIME;
}

// What a value is modulo the prime, or null where that is not known.
function residueOf(value) {
  if (!isRational(value)) return value === MASK ? null : value.residue;
  if (value.bottom === 1n) return modulo(value.top);
  return productModulo(modulo(value.top), inverseModulo(value.bottom));
}

// A number that a name and some residues always give, and no others.
function standIn(name, residues) {
  let found = 0n;
  const take = (part) => {
    found = (((found ^ part) * 0x9e3779b97f4a7c15f39cc0605cedc835n) ^ (found >> 64n)) & PRIME;
    found = ((found ^ (found >> 61n)) * 0xbf58476d1ce4e5b994d049bb133111ebn) & PRIME;
  };
  for (const letter of name) take(BigInt(letter.codePointAt(0)));
  residues.forEach((residue) => [residue, 1n, residue >> 40n].forEach(take));
  return modulo(found);
}

// exp(-x) is 1/exp(x).
function expResidue(residue) {
  const turned = PRIME - residue;
  return residue > turned ? inverseModulo(standIn("exp", [turned])) : standIn("exp", [residue]);
}

function quotientResidue(one, other) {
  return productModulo(one, inverseModulo(other));
}

const RESIDUES = {
  "+": (...parts) => modulo(parts.reduce((one, other) => one + other)),
  "-": (one, other) => modulo(one - other),
  neg: (one) => modulo(-one),
  "*": (...parts) => parts.reduce(productModulo),
  "/": quotientResidue,
  exp: expResidue,
  sqrt: (one) => powerModulo(one, (PRIME + 1n) / 4n),
};
for (const name of ["signed sum", "sum of samples"]) RESIDUES[name] = RESIDUES["+"];
for (const name of ["share", "surplus", "direction"]) RESIDUES[name] = RESIDUES["/"];

function powerResidue(base, exponent) {
  if (!isWhole(exponent)) return standIn("^", [residueOf(base), residueOf(exponent)]);
  const found = powerModulo(residueOf(base), sizeOf(exponent.top));
  return exponent.top < 0n ? inverseModulo(found) : found;
}

// The residue of what an operation makes of values, or null where it gives one of them, or nothing is known.
function residueAfter(op, real, values) {
  const residues = values.map(residueOf);
  if (residues.includes(null)) return null;
  if (op === "^" || op === "power one lower") return powerResidue(...values);
  if (RESIDUES[op]) return RESIDUES[op](...residues);
  return real ? standIn(op, residues) : null;
}

// The result of an operation with its residue, where it is not rational.
function marked(op, real, values, result) {
  if (result instanceof Interval && result.residue === null) result.residue = residueAfter(op, real, values);
  return result;
}

// Whether two intervals are of one and the same number.
function areEqual(one, other) {
  return one.residue !== null && one.residue === residueOf(other) && intervalsMeet(one, intervalOf(other));
}

// The rational with a small denominator that a value is, where it is one; else the value.
function recognised(value) {
  if (!(value instanceof Interval) || value.residue === null) return value;
  const multiple = new Interval(new Dyadic(COMMON_MULTIPLE, 0), new Dyadic(COMMON_MULTIPLE, 0));
  const scaled = withBits(precision.bits + 32, () => intervalProduct(value, multiple));
  const [low, high] = [-wholeBelowEnd(dyadicNegative(scaled.low)), wholeBelowEnd(scaled.high)];
  const near = low === high ? ratio(low, COMMON_MULTIPLE) : ZERO;
  return low <= high && areEqual(value, near) ? near : value;
}

// The greatest whole number that is not more.
function wholeBelowEnd(one) {
  return one.shift >= 0 ? one.whole << BigInt(Math.min(one.shift, MOST_BITS)) : one.whole >> BigInt(-one.shift);
}
