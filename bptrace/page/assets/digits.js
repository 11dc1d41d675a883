// Numbers as bptrace prints them: fractions, decimals that end, the proven digits of what is not rational.

const MOST_PLACES = 10000;

// How many decimal places 1/bottom needs; 0 where it never ends, and for 1.
function placesOf(bottom) {
  let [rest, twos, fives] = [bottom, 0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : 0;
}

// Digits with the point before so many of them.
function withPoint(digits, places) {
  if (!places) return digits;
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

// An exact value as a whole number, as a decimal where asked for and possible, or as a fraction.
function exactText(value, decimal) {
  const minus = value.top < 0n ? "-" : "";
  const size = sizeOf(value.top);
  if (value.bottom === 1n) return minus + size;
  const places = decimal && bitsOf(value.bottom) <= MOST_PLACES ? placesOf(value.bottom) : 0;
  if (!places) return `${minus}${size}/${value.bottom}`;
  return minus + withPoint(String((size * 10n ** BigInt(places)) / value.bottom), places);
}

// Whether a rational has no decimal of so many places.
function needsMorePlaces(value, places) {
  if (value.bottom === 1n) return false;
  const needed = placesOf(value.bottom);
  return needed > places || needed === 0;
}

// A rational rounded to so many decimal places, a half away from 0.
function roundedText(value, places) {
  const scaled = 2n * sizeOf(value.top) * 10n ** BigInt(places);
  const whole = (scaled + value.bottom) / (2n * value.bottom);
  return (whole && value.top < 0n ? "-" : "") + withPoint(String(whole), places);
}

// How an exact value is printed: `places` is null, or the most that are.
function shownRational(value, decimal, places) {
  if (places === null || !needsMorePlaces(value, places)) return exactText(value, decimal);
  return `≈${roundedText(value, places)}`;
}

// The proven digits of intervals

const FIRST_PLACE = -5;
const LOG_OF_TWO = 30102999566398119521n; // the first twenty places of the common logarithm of 2
const UNDERFLOW = -3322;

// The decimal exponent of a power of two, rounded down.
function decimalPlaces(bits) {
  return Number(floorOf(BigInt(bits) * LOG_OF_TWO, 10n ** 20n));
}

// Whether a value is nearer to 0 than 1e-1000, so that no digit of it matters.
function isUnderflow(value) {
  return value instanceof Interval && exponentOf(intervalSize(value).high) <= UNDERFLOW;
}

// A positive number with a half added, rounded down.
function nearestWholeOf(one) {
  if (one.shift >= 0) return one.whole << BigInt(one.shift);
  if (exponentOf(one) < -1) return 0n;
  return (one.whole + (1n << BigInt(-one.shift - 1))) >> BigInt(-one.shift);
}

// The whole number nearest to a positive interval times a power of ten, or null where it is not proven or very long.
function nearestWhole(size, places) {
  const scaled = withBits(precision.bits + 64, () => {
    const power = intervalPower(intervalOf(wholeNumber(10)), BigInt(Math.abs(places)));
    if (places === 0) return size;
    return places > 0 ? intervalProduct(size, power) : intervalQuotient(size, power);
  });
  if (exponentOf(scaled.high) > MOST_BITS) return null;
  const [low, high] = [scaled.low, scaled.high].map(nearestWholeOf);
  return low === high ? low : null;
}

// So many digits of a positive interval and the place of the first, or null where they are not proven.
function significantDigits(size, count) {
  const place = decimalPlaces(exponentOf(size.low) - 1);
  let digits = "";
  for (const first of [place, place + 1]) {
    const whole = nearestWhole(size, count - 1 - first);
    if (whole === null) return null;
    digits = String(whole);
    if (digits.length === count) return [digits, first];
  }
  return [digits.slice(0, count), place + 1 + digits.length - count];
}

// As many digits as were asked for, more where a half is not told apart, or as many as are proven.
function provenDigits(size, count) {
  const widest = Math.max(1, decimalPlaces(accuracyOf(size)));
  const more = Array.from({ length: 30 }, (_, index) => count + index);
  const less = Array.from({ length: widest }, (_, index) => widest - index);
  for (const tried of [...more, ...less]) {
    const found = significantDigits(size, tried);
    if (found) return found;
  }
  return ["0", 0];
}

// Digits with the point in its place, and the exponent of a very small or a very large number.
function placed(digits, first) {
  const far = first < FIRST_PLACE || first >= digits.length;
  return far ? `${withPoint(digits, digits.length - 1)}e${first}` : withPoint(digits, digits.length - 1 - first);
}

// An interval that may be 0, by how far from it it may be.
function boundText(value) {
  return `0±1e${-decimalPlaces(-exponentOf(intervalSize(value).high))}`;
}

function provenText(value, count) {
  if (holdsZero(value)) return boundText(value);
  const minus = value.high.whole < 0n ? "-" : "";
  return minus + placed(...provenDigits(intervalSize(value), count));
}

// An interval rounded to so many decimal places, or null where they are not proven.
function fixedText(value, places) {
  const size = intervalSize(value);
  for (let count = places; count < places + 30; count += 1) {
    const whole = nearestWhole(size, count);
    if (whole !== null) return (whole && value.high.whole < 0n ? "-" : "") + withPoint(String(whole), count);
  }
  return null;
}

// The digits of an interval, as they stand in a rule.
function digitsOf(value, digits, places) {
  const fixed = places === null ? null : fixedText(value, places);
  return fixed === null ? provenText(value, digits) : fixed;
}

// An interval as a row's value.
function shownInterval(value, digits, places) {
  return isUnderflow(value) ? "≈0" : `≈${digitsOf(value, digits, places)}`;
}
