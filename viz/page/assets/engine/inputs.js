// What numbers do the inputs of an expression have, before the reader gives them others? As in inputs.py: numbers that
// differ from each other, and others where an operation is not defined for these.

import { GRAMMAR } from "./grammar.js";
import { parse } from "./parsing.js";
import { asPythonReads, functionOf, read } from "./reading.js";

const { patterns: PATTERNS, farther: FARTHER } = GRAMMAR.inputs;
const WELL_KNOWN = [...Object.keys(GRAMMAR.constants), ...Object.keys(GRAMMAR.otherNumbers)];

/** The names that a text reads before it gives them a meaning, in order. */
export function inputsOf(text) {
  const [inputs, made] = [new Set(), new Set(WELL_KNOWN)];
  for (const { target, instructions } of read(text)) {
    const names = instructions.filter(({ kind }) => kind === "name").map((each) => asPythonReads(each.text));
    for (const name of names) if (!made.has(name) && !functionOf(name)) inputs.add(name);
    if (target) made.add(asPythonReads(target.text));
  }
  return [...inputs];
}

/** A Map with a number for each input of a text: the one of the Map `given`, or else one that no other input has. */
export function withInputs(text, given) {
  const names = inputsOf(text);
  const tries = PATTERNS.map((pattern) => completed(names, given, pattern));
  return tries.find((numbers) => isDefined(text, numbers)) ?? tries[0];
}

function completed(names, given, pattern) {
  const taken = new Set(names.flatMap((name) => (given.has(name) ? [given.get(name)] : [])));
  const free = numbers(pattern, taken);
  return new Map(names.map((name) => [name, given.has(name) ? given.get(name) : free.next().value]));
}

// The numbers of a pattern, then the same farther from 0, each once, and none that is taken.
function* numbers(pattern, taken) {
  const seen = new Set(taken);
  for (let turn = 0; ; turn++) {
    for (const number of pattern) {
      const farther = number + Math.sign(number) * FARTHER * turn;
      if (!seen.has(farther)) yield farther;
      seen.add(farther);
    }
  }
}

function isDefined(text, numbers) {
  try {
    parse(text, numbers);
    return true;
  } catch (error) {
    if (error.kind !== "DomainError" && error.kind !== "PoleError") throw error;
    return false;
  }
}
