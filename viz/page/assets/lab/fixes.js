// Which slips can the page mend itself? A table with a row for some mistakes of the engine: what to write instead, as
// {start, end, text} for a part of the formula, or null where that needs the author; `from`: show it from there on.

const FIXES = {
  power_sign: (text, place) => put(place, "**"),
  raised: (text, place, { power }) => put(place, ` ** ${power}`),
  root: rootFix,
  fraction: (text, place, { number }) => put(place, `(${number})`),
  infinity: (text, place) => put(place, "inf"),
  bars: barsFix,
  unseen: (text, place) => put(place, ""),
  truth: (text, place, { word }) => (word === "None" ? null : put(place, word === "True" ? "1" : "0")),
  no_operator: productFix,
  no_brackets: callFix,
  index: indexFix,
  never_closed: closeFix,
  never_opened: (text, place) => put(place, ""),
  comma: pointFix,
  no_value: (text, place, { advice }) => put(place, /^\d[\d.]*(?=,|$)/.exec(advice)?.[0]),
  no_function: functionFix,
};

/** What to write instead of a part of the text, for a mistake in it; null if the page cannot know. */
export function fixOf(text, { key, place, places }) {
  const fix = key && place ? (FIXES[key]?.(text, place, places) ?? null) : null;
  return fix && fixed(text, fix) !== text ? fix : null;
}

/** The text with the fix in it. */
export function fixed(text, { start, end, text: better }) {
  return text.slice(0, start) + better + text.slice(end);
}

/** What to show of a fix: the part of the text that is better now, with the words that it stands between. */
export function shownFix(text, fix) {
  const better = fixed(text, fix);
  const stop = fix.start + fix.text.length;
  const before = /[\p{L}\p{N}_.)\]]*\s*$/u.exec(better.slice(0, fix.start))[0].length;
  const after = /^\s*[\p{L}\p{N}_.]*(?:\([^()]*\))?/u.exec(better.slice(stop))[0].length;
  return better.slice(Math.min(fix.from ?? Infinity, fix.start - before), stop + after).trim();
}

function put({ start, end }, text) {
  return text === undefined ? null : { start, end, text };
}

// 2x, (x)(y), x y: the times sign that is missing stands behind the first of the two.
function productFix(text, { start, end }, { left }) {
  const first = left === "(...)" ? 1 : left.length;
  const rest = text.slice(start + first, end).trimStart();
  const isPlain = left === "(...)" || text.startsWith(left, start);
  return isPlain && rest ? { start, end, text: `${text.slice(start, start + first)} * ${rest}` } : null;
}

function callFix(text, place, { left, right }) {
  return right.includes("(") ? null : put(place, `${left}(${right})`);
}

// √x and √(x + y)
function rootFix(text, { start, end }) {
  const word = /^\s*([\p{L}\p{N}_.]+)/u.exec(text.slice(end));
  if (/^\s*\(/.test(text.slice(end))) return { start, end, text: "sqrt" };
  return word ? { start, end: end + word[0].length, text: `sqrt(${word[1]})` } : null;
}

// |x|
function barsFix(text, { start }) {
  const pair = /^\|([^|;\r\n]+)\|/.exec(text.slice(start));
  return pair ? { start, end: start + pair[0].length, text: `abs(${pair[1].trim()})` } : null;
}

// x[0]
function indexFix(text, { start, end }) {
  const element = /^\[\s*(\d+)\s*\]/.exec(text.slice(start));
  const isName = /[\p{L}_][\p{L}\p{N}_]*$/u.test(text.slice(0, start));
  return element && isName ? { start, end: start + element[0].length, text: element[1] } : null;
}

// A bracket that is never closed ends with its statement.
function closeFix(text, { start }) {
  const rest = text.slice(start);
  const stop = start + /^[^;]*/.exec(rest)[0].trimEnd().length;
  return { start: stop, end: stop, text: text[start] === "[" ? "]" : ")", from: start };
}

// 1,5
function pointFix(text, place) {
  const isNumber = /\d$/.test(text.slice(0, place.start)) && /^\d/.test(text.slice(place.end));
  return isNumber ? put(place, ".") : null;
}

// ln(x): another name; w(x + 1): a product
function functionFix(text, place, { advice }) {
  const other = /^(\w+)\((?:x|\.\.\.)\)(?=,|$)/.exec(advice);
  if (other) return put(place, other[1]);
  const isProduct = advice.endsWith(" * (...)") || text.slice(place.start, place.end).length === 1;
  return isProduct ? { start: place.end, end: place.end, text: " * " } : null;
}
