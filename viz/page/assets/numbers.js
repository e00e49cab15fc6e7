// How is a number shown to a person? As show.py does it, digit for digit.

const DIGITS = 4;

export function show(x, digits = DIGITS) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return String(x);
  const sign = x < 0 ? "-" : "";
  const size = Math.abs(x);
  if (size >= 1e9) return sign + scientific(rounded(size, digits - 1));
  if (size >= 10 ** (digits - 1)) return sign + positional(rounded(size, exponentOf(size) + 1));
  const near = rounded(size, digits - 1);
  const isSmall = near.exponent < -4 || near.exponent >= digits;
  return sign + (isSmall ? scientific(near) : positional(near));
}

// A number that is written already, with a minus sign for the hyphen, as a page sets it.
export function withMinus(text) {
  return text.replaceAll("-", "−");
}

// A count in full: 1,200.
export function showCount(count) {
  return count.toLocaleString("en-US");
}

export function inBrackets(text) {
  return text.startsWith("-") ? `(${text})` : text;
}

export function exponentOf(size) {
  return Number(size.toExponential().split("e")[1]);
}

// To so many places after the first digit; a tie goes to the even digit, as in Python (toExponential rounds up).
export function rounded(size, places) {
  const [exact, exponent] = size.toExponential(60).split("e");
  const [near, nearExponent] = size.toExponential(places).split("e");
  const kept = exact.replace(".", "").slice(0, places + 1);
  const rest = exact.replace(".", "").slice(places + 1);
  const isTie = /^50*$/.test(rest) && Number(kept.at(-1)) % 2 === 0;
  return isTie
    ? { digits: kept, exponent: Number(exponent) }
    : { digits: near.replace(".", ""), exponent: Number(nearExponent) };
}

export function scientific({ digits, exponent }) {
  const rest = digits.slice(1).replace(/0+$/, "");
  return digits[0] + (rest && `.${rest}`) + `e${exponent}`;
}

export function positional({ digits, exponent }) {
  const padded = exponent < 0 ? "0".repeat(-exponent) + digits : digits.padEnd(exponent + 1, "0");
  const point = Math.max(exponent, 0) + 1;
  const rest = padded.slice(point).replace(/0+$/, "");
  return padded.slice(0, point) + (rest && `.${rest}`);
}

// A number in a trace: JSON has no inf and no NaN, so they are written as strings.
export function asNumber(item) {
  return typeof item === "string" ? { inf: Infinity, "-inf": -Infinity }[item] ?? NaN : item;
}

// The number that was typed: 1.5, -2, 1e-3, 1/3, also with a comma or a typographic minus; else null.
export function typedNumber(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".").replace(/^\+/, "").replace(/^\((.*)\)$/, "$1");
  const [top, bottom, more] = plain.split("/").map((part) => part.trim());
  const isNumber = (part) => /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part);
  if (more !== undefined || !isNumber(top) || (bottom !== undefined && !isNumber(bottom))) return null;
  const found = bottom === undefined ? Number(top) : Number(top) / Number(bottom);
  return Number.isFinite(found) ? found : null;
}
