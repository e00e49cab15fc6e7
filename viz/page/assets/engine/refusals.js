// What is refused, and in which words? Arguments outside the domain of a row, with their names, and what those are.

import { inBrackets, show } from "../numbers.js";
import { failure } from "./errors.js";
import { GRAMMAR } from "./grammar.js";
import { summary, written } from "./printing.js";
import { evaluate, filledIn } from "./rows.js";

const CALL = GRAMMAR.levels.call;

/** The error for arguments outside the domain; `row` is the operation. */
export function outsideDomain(row, args, numbers) {
  const generic = ["x", "y"];
  const pairs = args.slice(0, generic.length);
  const names = pairs.map((arg, index) => nameOf(arg, generic[index], row));
  const origins = pairs.map((arg, index) => {
    return names[index] === generic[index] && !arg.label ? `${generic[index]} is ${written(arg)}` : "";
  });
  const shown = numbers.map((number) => show(number));
  const places = names.flatMap((name, index) => (name === shown[index] ? [] : `${name} = ${shown[index]}`));
  const isPole = row.domain.pole || Math.abs(evaluate(row, numbers)) === Infinity;
  const formula = filledIn(row, "text", names);
  const there = places.join(", ");
  const asked = formula + (there ? ` at ${there}` : "");
  const error = failure(isPole ? "PoleError" : "DomainError", asked, {
    wrong: `${row.signature} needs ${row.domain.words}`,
    origin: origins.filter(Boolean).join("; "),
    instead: row.domain.instead,
  });
  return Object.assign(error, { row, formula, numbers: there });
}

// What to call an argument in a message: its label, or its expression if that is short.
function nameOf(arg, generic, row) {
  if (arg.isConstant && !arg.label) return inBrackets(show(arg.data));
  const text = arg.label || summary(arg);
  if (text.includes(";") || [...text].length > GRAMMAR.sizes.expression) return generic;
  return arg.args.length && !arg.label && row.binding.level < CALL ? `(${text})` : text;
}
