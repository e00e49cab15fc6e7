// Is an answer right, and if not, which mistake is behind it? Each usual mistake is made here on purpose, and what comes
// out is compared with the answer.

import { GRAMMAR } from "../engine/grammar.js";
import { gradients } from "../engine/graph.js";
import { evaluate, localDerivatives, rowOf } from "../engine/rows.js";
import { show } from "../numbers.js";

// ── Reading an answer ──

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const THOUSANDS = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const DOTTED = /^[-+]?\d{1,3}(\.\d{3})+,\d*$/;
const SPACED = /^[-+]?\d{1,3}([\s'’]\d{3})+([.,]\d*)?$/;
const TWO_NUMBERS = /\d\s+\d/;
const PERCENT = /^([-+]?[\d.,]+)%$/;
const BEFORE = /^(.*[=≈≃≅])?[\s~∼'’"“”]*|[\s'’"“”]+$/gs;
const WIDE = /[\u3000\uff01-\uff60\uffe0-\uffe6]/g; // letters and signs as wide as Chinese ones
const ONE_SIGN = /[¼-¾⅐-⅞]/g;
const MIXED = /(?<![\d.,/])(\d{1,6})\s+(\d{1,6})\/(\d{1,6})(?![\d.,/])/g;
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g; // marks of direction, and spaces without width
const NAMED = /^([-+]?)(inf|infinity|∞|nan)$/i;

/**
 * What was typed: a list of the numbers that it can mean, each {number, digits, unit}; empty if it is no number.
 * 1/3, -1,5, (−2), 1½ and ≈ 2 are numbers; 1,500 may be meant as 1.5 and as 1500. `digits` are the significant ones that were
 * written, and `unit` is one in the last place; a fraction or a whole number is exact, with `unit` 0.
 */
export function readAnswer(text) {
  const plain = unwrapped(numberAlone(text));
  const [top, bottom, more] = plain.split("/").map(unwrapped);
  if (more !== undefined) return [];
  if (bottom === undefined) return readings(top);
  return readings(top).flatMap((over) => readings(bottom).flatMap((under) => {
    const number = over.number / under.number;
    return Number.isFinite(number) ? [{ number, digits: Infinity, unit: 0 }] : [];
  }));
}

// Without what people write before a number, and without spaces; "" for two numbers.
function numberAlone(text) {
  let plain = onKeyboard(text).replace(BEFORE, "");
  if (SPACED.test(plain)) plain = plain.replace(/[\s'’]/g, "");
  return TWO_NUMBERS.test(plain) ? "" : plain.replace(/\s/g, "").replace(PERCENT, "$1e-2");
}

// In the signs of an English keyboard; a mixed number becomes a fraction.
function onKeyboard(text) {
  const seen = text.replace(UNSEEN, "").replace(WIDE, (sign) => sign.normalize("NFKC"));
  const signs = seen.replace(ONE_SIGN, (sign) => ` ${sign.normalize("NFKC")}`).replace(/[−–]/g, "-");
  return signs.replace(/[⁄∕÷]/g, "/").replace(MIXED, (mixed, ...groups) => {
    const [whole, over, under] = groups.slice(0, 3).map(Number);
    return over > 0 && over < under ? `${whole * under + over}/${under}` : mixed;
  }).trim();
}

// (−2), and −(1/3) too, without the brackets around all of it.
function unwrapped(text) {
  const [, sign, inner] = /^([-+]?)\(([^()]*)\)$/.exec(text) ?? [null, "", null];
  if (inner === null) return text;
  return sign === "-" && inner.startsWith("-") ? inner.slice(1) : (sign === "-" ? "-" : "") + inner;
}

function readings(text) {
  const named = NAMED.exec(text);
  if (named) return [{ number: namedNumber(named[1], named[2].toLowerCase()), digits: Infinity, unit: 0 }];
  if (DOTTED.test(text)) text = text.replaceAll(".", "");
  const texts = new Set([text.replace(",", "."), ...(THOUSANDS.test(text) ? [text.replaceAll(",", "")] : [])]);
  return [...texts].filter((each) => NUMBER.test(each)).map(asRead).filter(({ number }) => Number.isFinite(number));
}

function namedNumber(sign, name) {
  if (name === "nan") return NaN;
  return sign === "-" ? -Infinity : Infinity;
}

function asRead(text) {
  const [mantissa, exponent = "0"] = text.replace(/^[-+]/, "").toLowerCase().split("e");
  const [whole, decimals] = mantissa.split(".");
  const digits = (whole + (decimals ?? "")).replace(/^0+/, "").length;
  const isWhole = decimals === undefined && exponent === "0";
  return { number: Number(text), digits, unit: isWhole ? 0 : 10 ** (Number(exponent) - (decimals ?? "").length) };
}

// ── How close is close enough? ──

export const FEWEST_DIGITS = 3;
export const CLOSE = 2e-3; // of the number: as far as the four digits on the page carry through a product
const CANCELLED = 1e-4; // of what was added up: where that nearly cancels, four digits carry no further

/**
 * Whether an answer is a number: rounded or cut off to the digits that were written, `fewest` at least, or close to it.
 * `scale` is the size of what was added up to the number.
 */
export function isNear({ number, digits, unit }, truth, scale = 0, fewest = FEWEST_DIGITS) {
  if (!Number.isFinite(truth) || !Number.isFinite(number)) return Object.is(number, truth);
  const gap = Math.abs(number - truth);
  if (gap <= Math.max(CLOSE * Math.abs(truth), CANCELLED * scale)) return true;
  const last = digits >= fewest ? unit : 10 ** (Math.floor(Math.log10(Math.abs(number))) + 1 - fewest); // 1.3 is 1.30
  const isCutOff = Math.abs(number) <= Math.abs(truth) && number * truth > 0 && gap < last;
  return isCutOff || gap <= (last / 2) * (1 + 1e-9);
}

// ── The mistakes on the way back ──
//
// Each has a key of the table of strings, and what comes out when it is made:
// `adds`, other contributions than the right one, or `gives`, other results. The more specific come first: where two
// mistakes give the same number, that is the one to be named.

export const MISTAKES = [
  { key: "path", gives: (edge) => (edge.isFirst ? [] : [edge.contribution, edge.before]) },
  { key: "ahead", gives: (edge) => (edge.toCome ? [edge.complete] : []) },
  { key: "twice", adds: (edge) => [2 * edge.contribution] },
  { key: "sign", adds: (edge) => [-edge.contribution], gives: (edge) => [-edge.after] },
  { key: "output", adds: (edge) => edge.confused.map((local) => edge.upstream * local) },
  { key: "upstream", adds: (edge) => [edge.partial] },
  { key: "local", adds: (edge) => [edge.upstream] },
  { key: "early", adds: (edge) => edge.running.map((upstream) => upstream * edge.partial) },
  { key: "other", adds: (edge) => edge.others.map((local) => edge.upstream * local) },
  { key: "bracket", gives: (edge) => (edge.isFirst ? [] : [(edge.before + edge.upstream) * edge.partial]) },
  { key: "plus", adds: (edge) => [edge.upstream + edge.partial] },
  { key: "quotient", adds: (edge) => [edge.upstream / edge.partial] },
  { key: "value", gives: (edge) => edge.values },
];

// ── The mistakes on the way forward ──

export const FORWARD_MISTAKES = [
  { key: "swapped", gives: ({ row, args }) => (args.length === 2 ? [evaluate(row, args.toReversed())] : []) },
  { key: "sign", gives: ({ out }) => [-out] },
  { key: "operation", gives: ({ args }) => (args.length === 2 ? INFIX.map((row) => evaluate(row, args)) : []) },
  { key: "argument", gives: ({ args }) => args },
];
const INFIX = [...new Set(Object.values(GRAMMAR.infix))].map(rowOf);

/**
 * {verdict, mistake}: "right", "rough" (right as far as it goes, but with too few digits), or "wrong" with the key of the
 * usual mistake that gives this answer, or null. `answers` are the readings of readAnswer.
 */
export function judge({ graph, steps }, step, answers) {
  const asked = step.phase === "forward" ? forwardOf(graph, step) : edgeOf(graph, steps, step);
  const isAny = (numbers, scale, fewest) => {
    return answers.some((answer) => numbers.some((number) => isNear(answer, number, scale, fewest)));
  };
  if (isAny([asked.truth, asked.fromShown], asked.scale)) return { verdict: "right", mistake: null };
  if (answers.some((answer) => isRough(answer, asked.truth))) return { verdict: "rough", mistake: null };
  const gives = (fewest) => ([, numbers]) => isAny(numbers.filter(Number.isFinite), 0, fewest);
  const results = wrongResults(asked);
  const made = results.find(gives(FEWEST_DIGITS)) ?? results.find(gives(FEWEST_DIGITS - 1)); // also of a mistake in 2 digits
  return { verdict: "wrong", mistake: made?.[0] ?? null };
}

// 0.33 for 1/3: rounded rightly, but to too few digits to tell.
function isRough({ number, digits, unit }, truth) {
  return digits < FEWEST_DIGITS && unit > 0 && number !== 0 && Math.abs(number - truth) <= unit / 2;
}

/** What each mistake gives, [key, numbers], the more specific first; a shared node's, also with a path forgotten. */
export function wrongResults(asked) {
  const before = asked.before ?? 0;
  const results = ({ adds, gives }) => [...(adds?.(asked) ?? []).map((one) => before + one), ...(gives?.(asked) ?? [])];
  const alone = before === 0 ? [] : asked.mistakes.filter(({ adds }) => adds).map(({ key, adds }) => [key, adds(asked)]);
  return [...asked.mistakes.map((mistake) => [mistake.key, results(mistake)]), ...alone];
}

function forwardOf(graph, step) {
  const { row, args: nodes } = graph.nodes[step.node];
  const args = nodes.map(({ data }) => data);
  const truth = step.out;
  return { row, args, out: truth, truth, fromShown: evaluate(row, args.map(asShown)), scale: 0, mistakes: FORWARD_MISTAKES };
}

function edgeOf(graph, steps, step) {
  const { user_node: user, argument_node: argument, position, upstream, partial, before, contribution, after } = step;
  const { row, args: nodes, data: out } = graph.nodes[user];
  const args = nodes.map(({ data }) => data);
  const shownPartial = localDerivatives(row, args.map(asShown), asShown(out))[position];
  const received = steps.filter((each) => each.phase === "backward" && each.argument_node === user);
  return {
    upstream, partial, before, contribution, after,
    isFirst: step.is_first,
    toCome: step.to_come,
    truth: after,
    fromShown: asShown(before) + asShown(upstream) * shownPartial,
    scale: Math.max(Math.abs(before), Math.abs(contribution)),
    complete: gradients(graph)[argument],
    running: received.slice(0, -1).flatMap((each) => [each.after, each.contribution]),
    others: localDerivatives(row, args, out).filter((_, other) => other !== position),
    confused: confusedLocals(row, args, out, position),
    values: [args[position], out],
    mistakes: MISTAKES,
  };
}

function asShown(number) {
  return Number(show(number)); // Number reads "nan" as NaN, and "inf" too: such a number is no answer from the page
}

// The local derivative with the output in place of the input, the input in place of the output, or both.
function confusedLocals(row, args, out, position) {
  const x = args[position];
  const swapped = args.map((arg, other) => (other === position ? out : arg));
  const found = [[args, x], [swapped, out], [swapped, x]].map(([given, result]) => localDerivatives(row, given, result)[position]);
  return [...found, ...(IN_THE_INPUT[row.name]?.(x) ?? [])];
}

// Where textbooks write a derivative in the output, and the rule table does otherwise: the same with the input put in.
const IN_THE_INPUT = { sigmoid: (x) => [x * (1 - x)] };
