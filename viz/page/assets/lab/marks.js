// How is the formula coloured? The field stays a plain text field; over it lies the same text again, in pieces.

import { asPythonReads, functionOf } from "../engine/reading.js";
import { kindsOf } from "./kinds.js";

const PIECE = /#[^\r\n]*|[\p{L}_][\p{L}\p{N}_]*|[^#\p{L}_]+/gu;
const WORD = /^[\p{L}_]/u;
const MADE = /^\s*[(=]/; // behind the name of a function, or of what the formula makes
const COLOURS = { weights: "weight", biases: "weight", inputs: "input", targets: "input", others: "input" };
const WEIGHT = /^(w|b|θ|theta)[\p{N}_]*$/iu;

/**
 * The text in pieces, {text, kind, isWrong}: a kind is "weight", "input", "comment" or "", and what is wrong is the place
 * of a mistake, at least one character of it.
 */
export function piecesOf(text, graph, place = null) {
  if (place?.start === place?.end && place?.end < text.length) place = { start: place.start, end: place.end + 1 };
  const kinds = kindsByName(graph);
  const pieces = [...text.matchAll(PIECE)].map(({ 0: piece, index }) => {
    const place = { start: index, end: index + piece.length };
    return { ...place, kind: kindOf(text, place, kinds) };
  });
  return pieces.flatMap((piece) => cutAt(piece, place)).map(({ start, end, kind }) => {
    return { text: text.slice(start, end), kind, isWrong: place !== null && start >= place.start && end <= place.end };
  });
}

// By what stands beside it, so that a name keeps its colour while the formula is wrong.
function kindOf(text, { start, end }, kinds) {
  const [piece, next] = [text.slice(start, end), text.slice(end)];
  if (piece.startsWith("#")) return "comment";
  const name = asPythonReads(piece);
  if (kinds.has(name)) return kinds.get(name);
  return WORD.test(piece) && !MADE.test(next) && !functionOf(name) && WEIGHT.test(name) ? "weight" : "";
}

function kindsByName(graph) {
  return new Map([...kindsOf(graph)].map(([leaf, kind]) => [graph.names[leaf], COLOURS[kind]]));
}

// A piece in up to three, so that the place of a mistake begins and ends with a piece.
function cutAt({ start, end, kind }, place) {
  const inside = place === null ? [] : [place.start, place.end].filter((at) => at > start && at < end);
  const cuts = [...new Set([start, ...inside, end])];
  return cuts.slice(1).map((stop, index) => ({ start: cuts[index], end: stop, kind }));
}
