// Numbers as a network's file has them: -3, 0.1, 1/3, 1e-3.

const MOST_DIGITS = 10000;
const DECIMAL = /^(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const EXAMPLE = "as in -3, 0.1, 1/3 or 2.5e4";
// Texts that people write for numbers, and what to say of each.
const NOT_NUMBERS = [
  [/^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/, (text) => `write ${text.replace(/,/g, "")}`],
  [/^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/, (text) => `decimal comma? write ${text.replace(",", ".")}`],
  [/^[+-]?\d[\d_']*\d$/, (text) => `write ${text.replace(/[^-+0-9]/g, "")}`],
  [/^[\u2212\u2013]\d\S*$/, (text) => `a minus is written '-': -${text.slice(1)}`],
];

// A text that is no number; the message says what is wrong and what would be right.
class NotANumber extends Error {}

function decimalValue(text) {
  const match = DECIMAL.exec(text);
  if (!match) throw new NotANumber("not a number");
  const [whole, places] = [match[1] || "", match[2] || match[3] || ""];
  if (whole.length + places.length > MOST_DIGITS) throw new NotANumber("too many digits: at most 10,000 are taken");
  const exponent = Number(match[4] || 0);
  if (Math.abs(exponent) > MOST_DIGITS) throw new NotANumber("an exponent beyond 10,000");
  const power = exponent - places.length;
  const digits = BigInt(whole + places);
  return power < 0 ? ratio(digits, 10n ** BigInt(-power)) : ratio(digits * 10n ** BigInt(power), 1n);
}

// The exact value of a literal. It throws NotANumber.
function literalValue(text) {
  const [, sign, top, bottom] = /^([+-]?)([^/]*)(?:\/(.*))?$/s.exec(text) || [null, "", text];
  let value = decimalValue(top.trim());
  if (bottom !== undefined) {
    const divisor = decimalValue(bottom.trim());
    if (rationalSign(divisor) === 0) throw new NotANumber("a division by zero");
    value = rationalQuotient(value, divisor);
  }
  return sign === "-" ? rationalNegative(value) : value;
}

function isDecimalText(text) {
  return /[.eE]/.test(text);
}

function isMinusInfinity(text) {
  return /^-(?:inf|\.inf|infinity|∞)$/i.test(text);
}

// What is said of a text that is no number.
function numberProblem(text, problem) {
  const known = text.length < 60 && NOT_NUMBERS.find(([pattern]) => pattern.test(text));
  return `${problem.message}: ${known ? known[1](text) : EXAMPLE}`;
}

// The value of an exact text: a whole number or a fraction of two.
function ofExactText(text) {
  const [top, bottom] = text.split("/");
  return bottom === undefined ? new Rational(BigInt(top), 1n) : new Rational(BigInt(top), BigInt(bottom));
}
