// May an equation of shown numbers have an equals sign? 0.5 · 3 = 1.5 holds digit for digit, but 0.002489 + 0.001316 is
// 0.003805, so beside a shown 0.003804 it says ≈. What is compared is what a reader sees, and nothing behind it.

import { show } from "../numbers.js";
import { evaluate, localDerivatives } from "../engine/rows.js";

const ROUNDING = 8 * Number.EPSILON; // of one operation on floats, with some room

/** "=" if a sum of products of numbers is the result exactly, all as they are shown, else "≈"; `digits` of the result. */
export function relation(products, result, digits = 4) {
  if (![...products.flat(), result].every(Number.isFinite)) return "=";
  const terms = products.map((factors) => factors.map((factor) => decimal(factor, 4)).reduce(times));
  const difference = [...terms, negative(decimal(result, digits))].reduce(plus);
  return difference.digits === 0n ? "=" : "≈";
}

/** The same for a row of the rule table: whether it gives the shown result for the shown arguments. */
export function relationOfRow(row, args, out) {
  return close(evaluate(row, args.map(asShown)), asShown(out), args) ? "=" : "≈";
}

/** The same for one local derivative. */
export function relationOfLocal(row, args, out, position, partial) {
  const found = localDerivatives(row, args.map(asShown), asShown(out))[position];
  return close(found, asShown(partial), [...args, out]) ? "=" : "≈";
}

/** A number as exactly that many: digits · 10^exponent. */
function decimal(number, digits) {
  const [mantissa, exponent = "0"] = show(number, digits).split("e");
  const [whole, rest = ""] = mantissa.split(".");
  return { digits: BigInt(whole + rest), exponent: Number(exponent) - rest.length };
}

function times(a, b) {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

function plus(a, b) {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (each) => each.digits * 10n ** BigInt(each.exponent - exponent);
  return { digits: scaled(a) + scaled(b), exponent };
}

function negative({ digits, exponent }) {
  return { digits: -digits, exponent };
}

function asShown(number) {
  return Number.isFinite(number) ? Number(show(number)) : number;
}

function close(found, wanted, args) {
  if (!Number.isFinite(found) || !Number.isFinite(wanted)) return Object.is(found, wanted);
  return Math.abs(found - wanted) <= ROUNDING * Math.max(Math.abs(wanted), ...args.filter(Number.isFinite).map(Math.abs));
}
