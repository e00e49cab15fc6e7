// What is there to say at a position? Sentences and formulas, as data: a page sets them, a test reads them. They are made
// of *items*: a text; {name: node}; {number}; {over, under, role} for ∂over/∂under; {key, places} for a string of the
// table; and what typeset.js makes. A local derivative is written as the row says it, never restated here.
//
//   {kind, sentences, rows, sum, uses, list}
//
//   kind       "begin", "forward", "seed", "backward" or "end"
//   sentences  [{key, places}]
//   rows       [{name, left, sign, right}], formulas below each other with their signs in one column
//   sum        what has been added up for a node that is used more than once; null for any other
//   plan       at the beginning, what will happen: [{key, places}]
//   uses       {node, count, toCome}: at how many places the argument is used, and how many contributions are to come
//   list, more at the end, the gradient: [{leaf, gradient}], and how many there are beyond these

import { show } from "../numbers.js";
import { evaluate } from "../engine/rows.js";
import { sweepBehind } from "../engine/steps.js";
import { OUT, derivatives, operation, roles, sharedRoles } from "../engine/wording.js";
import { relation, relationOfLocal, relationOfRow } from "./decimals.js";
import { groupsOf } from "./kinds.js";
import { stepOf } from "./store.js";
import { typeset, withoutBrackets } from "./typeset.js";

const MOST_MEMBERS = 8; // of a list, written out; a longer one is cut
const MOST_LISTED = 100; // entries of a gradient that are listed
const MOST_NAMED = 3; // inputs of the same influence that are named
const NEAR = 2 ** -30; // to each side of a kink
const STEEP = 1e6; // a slope of no kink

const WORDS = { forward, seed, backward };

/** What the card says. */
export function cardOf(state) {
  const step = stepOf(state);
  if (step) return { kind: step.phase, ...WORDS[step.phase](state, step) };
  return state.position === 0 ? theBeginning(state) : theEnd(state);
}

const named = (node) => ({ name: node });
const inSlot = ({ nodes }, node, slot) => {
  const { isConstant, label, data } = nodes[node];
  return isConstant && !label ? numbered(data, slot.inBrackets) : named(node);
};
const ratio = (over, under, role = null) => ({ over, under, role });
const numbered = (number, brackets = false) => ({ number, brackets });
const factor = (caption, ...items) => ({ factor: items, caption });
const resulting = (number) => ({ number, isResult: true });
const ending = (sign, number) => ({ ending: [` ${sign} `, resulting(number)] });

// The beginning and the end

function theBeginning({ graph, steps }) {
  const output = graph.nodes.length - 1;
  const sweep = sweepBehind(steps);
  const counts = { forward: sweep.operations.length, seed: 1, backward: sweep.users.length };
  const places = { output: named(output), seed: ratio(output, output) };
  const plan = Object.entries(counts).filter(([, count]) => count > 0);
  const key = graph.nodes[output].row ? "begin" : "begin_leaf";
  return {
    kind: "begin",
    sentences: [{ key, places }],
    plan: plan.map(([phase, count]) => counted(`begin_${phase}`, count, places)),
  };
}

// A sentence with a count in it has a form for one.
function counted(key, count, places = {}) {
  return { key: count === 1 ? `${key}_one` : key, places: { ...places, count: count.toLocaleString("en-US") } };
}

function theEnd({ graph, steps }) {
  const all = sweepBehind(steps).gradients;
  const leaves = groupsOf(graph).flatMap(([, own]) => own);
  const list = leaves.map((leaf) => ({ leaf, gradient: all[leaf] }));
  return { kind: "end", sentences: [meaning(graph, list)], ...listed(list) };
}

// In the order of the inputs; of very many, only the largest.
function listed(list) {
  if (list.length <= MOST_LISTED) return { list, more: 0 };
  const largest = list.toSorted((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient)).slice(0, MOST_LISTED);
  return { list: largest, more: list.length - MOST_LISTED };
}

// What the gradient says: which input has the largest influence.
function meaning(graph, list) {
  const output = named(graph.nodes.length - 1);
  const largest = Math.max(...[0, ...list.map(({ gradient }) => Math.abs(gradient))]);
  if (!list.length) return { key: "end_constant", places: { output } };
  if (Number.isNaN(largest)) return { key: "end_nan", places: { output } };
  if (largest === 0) return { key: "end_flat", places: { output } };
  if (list[0].leaf === graph.nodes.length - 1) return { key: "end_leaf", places: { output } };
  const first = list.filter(({ gradient }) => Math.abs(gradient) >= largest * (1 - 1e-12));
  const places = { output, input: named(first[0].leaf), change: changeBy(first[0].gradient) };
  if (list.length === 1) return { key: "end_one", places };
  if (first.length === 1) return { key: "end_largest", places };
  const inputs = first.length <= MOST_NAMED ? joined(first) : { key: "end_inputs", places: { count: String(first.length) } };
  return { key: "end_equal", places: { ...places, inputs, change: changeBy(largest) } };
}

function joined(entries) {
  return { group: entries.flatMap(({ leaf }, index) => (index ? [", ", named(leaf)] : [named(leaf)])) };
}

// Forward, and the seed

function forward({ graph, asked }, { node }) {
  const { row, args, data } = graph.nodes[node];
  const numbers = args.map((arg) => arg.data);
  const { wording, members } = operationOf(row, args.length);
  const inNames = typeset(wording, (slot) => at(members, slot.position, (real) => inSlot(graph, graph.args[node][real], slot)));
  const inNumbers = typeset(wording, (slot) => {
    return at(members, slot.position, (real) => numbered(numbers[real], slot.inBrackets));
  });
  return {
    sentences: asked === null ? [{ key: "say_forward", places: { node: named(node) } }] : [],
    rows: [
      { name: "names", left: [named(node)], sign: "=", right: inNames },
      { name: "numbers", left: [], sign: "=", right: inNumbers },
      { name: "result", left: [], sign: relationOfRow(row, numbers, data), right: [resulting(data)] },
    ].slice(0, asked === null ? 3 : 1),
  };
}

function at(members, position, write) {
  const real = members[position];
  return real === null ? "…" : write(real);
}

// How an operation is written; of long lists only the beginning and the end. `members` gives for each slot the position
// of its argument, or null for the dots.
function operationOf(row, count) {
  const size = count / row.arity;
  if (!row.many || size <= MOST_MEMBERS) {
    return { wording: operation(row, count, "latex"), members: Array.from({ length: count }, (_, position) => position) };
  }
  const kept = [...Array.from({ length: MOST_MEMBERS - 2 }, (_, member) => member), null, size - 1];
  const members = Array.from({ length: row.arity }, (_, group) => {
    return kept.map((member) => (member === null ? null : group * size + member));
  }).flat();
  return { wording: operation(row, members.length, "latex"), members };
}

function seed(state, { node }) {
  return {
    sentences: [{ key: "say_seed", places: { node: named(node) } }],
    rows: [{ name: "result", left: [ratio(node, node)], sign: "=", right: [resulting(1)] }],
  };
}

// Backward

function backward({ graph, steps, asked }, step) {
  const local = localOf(graph, step.user_node, step.position);
  const isShared = step.to_come > 0 || !step.is_first;
  const isAsked = asked !== null;
  const rows = [namesRow(graph, step, local, isShared, isAsked)];
  if (!isAsked) rows.push(...answerRows(graph, step, local));
  return {
    sentences: isAsked ? [] : [edgeSentence(graph, step, local)],
    rows,
    sum: isAsked || !isShared ? null : sumItems(step),
    uses: isAsked ? null : { toCome: step.to_come, count: sweepBehind(steps).uses[step.argument_node], node: step.argument_node },
  };
}

// For an argument of the output itself ∂f/∂z = ∂f/∂f · ∂f/∂z would say nothing: there the local derivative is written out.
function namesRow(graph, step, local, isShared, isAsked) {
  const output = graph.nodes.length - 1;
  const chain = factor("upstream", ratio(output, step.user_node));
  const edge = isOfOutput(graph, step) ? (isAsked ? ["?"] : local.items) : [ratio(step.user_node, step.argument_node, roleOf(graph, step))];
  const sign = isShared ? "+=" : "=";
  return { name: "names", left: [ratio(output, step.argument_node)], sign, right: [chain, " · ", factor("local", ...edge)] };
}

function isOfOutput(graph, step) {
  return step.user_node === graph.nodes.length - 1 && !roleOf(graph, step);
}

function answerRows(graph, step, local) {
  const output = graph.nodes.length - 1;
  const symbols = { name: "symbols", left: [], sign: "=", right: [ratio(output, step.user_node), " · ", ...local.items] };
  const product = [numbered(step.upstream, true), " · ", numbered(step.partial, true)];
  const sign = relation([[step.upstream, step.partial]], step.contribution);
  return [
    ...(isOfOutput(graph, step) ? [] : [symbols]),
    { name: "local", left: [], sign: "", right: [localWords(graph, step, local)] },
    { name: "numbers", left: [], sign: "=", right: [...product, ending(sign, step.contribution)] },
  ];
}

function sumItems(step) {
  if (step.is_first) return [{ key: "sum_first", places: { number: numbered(step.after) } }];
  const sum = [numbered(step.before), " + ", numbered(step.contribution, true)];
  return [...sum, ending(relation([[step.before], [step.contribution]], step.after), step.after)];
}

// What the argument of a step is to its operation, where it stands at several places of it; else null.
function roleOf(graph, { user_node, position }) {
  return sharedRoles(graph.nodes[user_node].row, graph.args[user_node])[position];
}

/**
 * The local derivative of a node by one argument, as its row says it: {wording, kind, items}. The kind is "constant"; or
 * "argument" or "result", if it is the number of one node; or "formula".
 */
export function localOf(graph, user, position) {
  const { row, args, partials } = graph.nodes[user];
  const wording = squared(localWording(row, args, position));
  const kind = kindOf(wording);
  const nodeAt = ({ position }) => (position === OUT ? user : graph.args[user][position]);
  const write = (slot) => raisedTo(slot, inSlot(graph, nodeAt(slot), slot));
  return { wording, kind, items: kind === "constant" ? [numbered(partials[position], true)] : typeset(wording, write) };
}

function kindOf(wording) {
  if (!wording.length) return "constant";
  if (wording.length > 1 || typeof wording[0] === "string" || wording[0].isSquared) return "formula";
  return wording[0].position === OUT ? "result" : "argument";
}

// Plain numbers keep their names too, so that in 2 · x the 2 is "the other factor"; only an exponent that has to be a
// number is one. By a member of a list, the derivative is made of that member and the result (javascript.py checks it).
function localWording(row, args, position) {
  if (row.given) return row.given.latex[position]; // a row without JavaScript, as Python has written it
  const size = args.length / row.arity;
  const group = row.many ? Math.floor(position / size) : position;
  const constants = Array.from({ length: row.arity }, (_, each) => (row.fixed.includes(each) ? args[each].data : null));
  const place = (slot) => (row.many && slot.position !== OUT ? slot.position * size + (position % size) : slot.position);
  const wording = derivatives(row, constants, "latex")[group];
  return wording.map((piece) => (typeof piece === "string" ? piece : { ...piece, position: place(piece) }));
}

// v · v becomes v²; but not in a / v · v.
function squared(wording) {
  const pieces = [...wording];
  for (let index = 0; index + 2 < pieces.length; index++) {
    const [first, sign, second] = pieces.slice(index, index + 3);
    const isPair = typeof first !== "string" && sign === " \\cdot " && first.position === second?.position;
    if (isPair) pieces.splice(index, 3, { ...first, inBrackets: true, isSquared: true });
  }
  return pieces;
}

function raisedTo({ isSquared }, item) {
  return isSquared ? { group: [item, { raised: ["2"] }] } : item;
}

// "local: the other factor x1", "local derivative of + is 1", "local derivative of tanh: 1 − 0.4621² ≈ 0.7864".
function localWords(graph, step, local) {
  const { row, args, data, partials } = graph.nodes[step.user_node];
  const number = numbered(partials[step.position]);
  const op = row.symbol;
  if (local.kind === "constant") {
    const isSame = new Set(partials).size === 1;
    return { key: isSame ? "local_constant" : "local_constant_by", places: { op, number, role: nounOf(row, args.length, step.position) } };
  }
  if (local.kind === "result") return { key: "local_result", places: { name: named(step.user_node) } };
  if (local.kind === "argument") return otherWords(graph, step, local);
  const numbers = args.map((arg) => arg.data);
  const write = (slot) => raisedTo(slot, numbered(slot.position === OUT ? data : numbers[slot.position], slot.inBrackets));
  const items = withoutBrackets(typeset(local.wording, write));
  const sign = ` ${relationOfLocal(row, numbers, data, step.position, partials[step.position])} `;
  return { key: "local_formula", places: { op, formula: { group: [...items, sign, number] } } };
}

function otherWords(graph, { user_node, position }, local) {
  const { row, args } = graph.nodes[user_node];
  const place = local.wording[0].position;
  const [own, other] = [position, place].map((each) => nounOf(row, args.length, each));
  const key = own.role.noun === other.role.noun ? "local_other" : "local_argument";
  const noun = { role: { noun: other.role.noun, number: 0 } };
  return { key, places: { noun, name: inSlot(graph, graph.args[user_node][place], { inBrackets: false }) } };
}

function nounOf(row, count, position) {
  return { role: roles(row, count)[position] };
}

// What an edge does, in one sentence

function edgeSentence(graph, step, local) {
  const [user, argument] = [named(step.user_node), named(step.argument_node)];
  const role = roleOf(graph, step);
  const places = { user, argument, moved: inRole("in_its_role_alone", role, user, argument), local: numbered(step.partial) };
  const kink = kinkAt(graph.nodes[step.user_node], step.position);
  if (kink && step.upstream !== 0) return { key: "say_kink", places: { ...places, ...kink } };
  if (step.contribution === 0) {
    const number = numbered(graph.nodes[step.argument_node].data);
    const stopped = { user, argument: inRole("in_its_role", role, user, argument), number };
    return { key: stopReason(graph, step, local), places: stopped };
  }
  const which = step.user_node === graph.nodes.length - 1 ? "_output" : "";
  if (!Number.isFinite(step.partial)) return { key: "say_not_finite", places };
  if (step.partial === 1) return { key: `say_same${which}`, places };
  if (step.partial === -1) return { key: `say_opposite${which}`, places };
  return { key: `say_edge${which}`, places: { ...places, change: changeBy(step.partial, nameOfTimes(graph, step, local)) } };
}

// Where the slope jumps, both slopes; {left, right}, or null. The row says whether it has such places at all.
function kinkAt({ row, args, data }, position) {
  const numbers = args.map((arg) => arg.data);
  if (!row.kinks.length || !Number.isFinite(numbers[position])) return null;
  const h = NEAR * Math.max(1, Math.abs(numbers[position]));
  const slope = (move) => (evaluate(row, numbers.with(position, numbers[position] + move)) - data) / move;
  const [left, right] = [slope(-h), slope(h)];
  const isJump = Math.abs(left) > STEEP || Math.abs(right) > STEEP; // of a step, which is flat on both sides
  if (isJump || Math.abs(left - right) <= 1e-3 * Math.max(Math.abs(left), Math.abs(right), 1e-3)) return null;
  return { left: numbered(Number(left.toPrecision(6))), right: numbered(Number(right.toPrecision(6))) };
}

// How much one number changes when another does, so many times as much; with the name of that factor, if it has one.
function changeBy(factor, name = null) {
  const [times, size] = [numbered(factor), numbered(Math.abs(factor))];
  if (show(Math.abs(factor)) === "1") return { key: factor > 0 ? "change_same" : "change_same_against", places: {} };
  const places = { size, times: name ? { group: [name, " = ", times] } : times };
  return { key: factor > 0 ? "change" : name ? "change_against_as" : "change_against", places };
}

// A local derivative that is the number of a node is called by its name too: x1 = −2.
function nameOfTimes(graph, step, local) {
  if (local.kind !== "argument") return null;
  const node = graph.args[step.user_node][local.wording[0].position];
  return graph.nodes[node].isConstant ? null : named(node);
}

function inRole(key, role, user, argument) {
  return role ? { key, places: { role: { role }, argument, user } } : argument;
}

const STOPS = { relu: "stop_relu", maximum: "stop_choice", minimum: "stop_choice" };

// Why a contribution is 0.
function stopReason(graph, step, local) {
  const { row, args } = graph.nodes[step.user_node];
  if (step.upstream === 0) return "stop_upstream";
  if (step.partial !== 0) return "stop_tiny";
  if (STOPS[row.name]) return STOPS[row.name];
  if (local.kind === "constant") return "stop_flat";
  if (local.kind === "argument") {
    const place = local.wording[0].position;
    const isSame = nounOf(row, args.length, place).role.noun === nounOf(row, args.length, step.position).role.noun;
    return isSame ? "stop_factor" : "stop_weight";
  }
  return row.flat.length ? "stop_saturated" : "stop_local";
}
