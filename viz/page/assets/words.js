// How is a step put into words? In pieces, so that a name or a number can be coloured like the node it comes from:
// a text, {text, node}, {over, under} for ∂over/∂under, or {key, places} for a string of the table. `plain` makes one
// line of them. Where a node stands at several places of one operation, its role there tells them apart: ∂v/∂(first factor).

function nameOf(page, node) {
  return page.trace.nodes[node].name;
}

// A name as it is written in a formula: in brackets, if it is not one word.
function asWord(name) {
  return /^[\p{L}\p{N}\p{M}_.]+$/u.test(name) || /^(-?(\d[\d.]*(e-?\d+)?|inf)|nan)$/.test(name) ? name : `[${name}]`;
}

function named(page, node) {
  return { text: asWord(nameOf(page, node)), node };
}

function numbered(number, node, brackets = false) {
  const text = show(number);
  return { text: brackets ? inBrackets(text) : text, node };
}

function ratio(over, under, role = "") {
  return { over, under, role };
}

// The local derivative along the edge of a step.
function local(step) {
  return ratio(step.user_node, step.argument_node, step.role);
}

function underName(page, { under, role }) {
  return role ? `(${role})` : nameOf(page, under);
}

// A wording of the rule table, with names or numbers in its slots.
function filled(page, wording, node, write) {
  const args = page.trace.nodes[node].args;
  return wording.map((piece) => {
    if (typeof piece === "string") return piece;
    const [position, brackets] = piece;
    return write(position < 0 ? node : args[position], brackets);
  });
}

function operationOf(page, node) {
  return page.operations[page.operation[node]];
}

function inNames(page, wording, node) {
  return filled(page, wording, node, (at) => named(page, at));
}

function inNumbers(page, wording, node, values) {
  return filled(page, wording, node, (at, brackets) => numbered(values[at], at, brackets));
}

function plain(page, pieces) {
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return "over" in piece ? `∂${nameOf(page, piece.over)}/∂${underName(page, piece)}` : piece.text;
    })
    .join("");
}

// The layers of a step: [name of the layer, pieces].
function layers(page, step, values) {
  if (step.phase === "forward") return forwardLayers(page, step, values);
  if (step.phase === "seed") return [["names", [ratio(step.node, step.node)]], ["result", [numbered(1, step.node)]]];
  return edgeLayers(page, step, values);
}

function forwardLayers(page, step, values) {
  const wording = operationOf(page, step.node).formula;
  return [
    ["names", [named(page, step.node), " = ", ...inNames(page, wording, step.node)]],
    ["numbers", inNumbers(page, wording, step.node, values)],
    ["result", [numbered(values[step.node], step.node)]],
  ];
}

function edgeLayers(page, step, values) {
  const [user, argument, output] = [step.user_node, step.argument_node, page.trace.nodes.length - 1];
  const wording = operationOf(page, user).partials[step.position];
  const upstream = numbered(step.upstream, user, true);
  const isShared = step.to_come > 0 || !step.is_first;
  const rule = [ratio(output, user), " · "];
  const product = [upstream, " · ", numbered(step.partial, singleNode(page, wording, user), true)];
  const substituted = [upstream, " · ", ...inNumbers(page, wording, user, values)];
  const numbers = wording.length > 1 ? [...substituted, " = ", ...product] : product;
  const found = [
    ["names", [ratio(output, argument), isShared ? " += " : " = ", ...rule, local(step)]],
    ["symbols", [...rule, ...(wording.length ? inNames(page, wording, user) : [local(step)])]],
    ["numbers", numbers],
    [isShared ? "contribution" : "result", [numbered(step.contribution, argument)]],
  ];
  if (isShared) found.push(["sum", sumPieces(step, argument)]);
  return found;
}

function sumPieces(step, argument) {
  const contribution = numbered(step.contribution, argument, true);
  return [numbered(step.before, argument), " + ", contribution, " = ", numbered(step.after, argument)];
}

// The node whose number is the local derivative, if there is one: ∂(x·y)/∂x is the number of y.
function singleNode(page, wording, user) {
  const slot = wording.length === 1 ? wording[0] : null;
  if (!slot || typeof slot === "string") return undefined;
  return slot[0] < 0 ? user : page.trace.nodes[user].args[slot[0]];
}

// The whole step in one line, as Python prints it.
function oneLine(page, step, values) {
  const name = (node) => nameOf(page, node);
  if (step.phase === "seed") return `∂${name(step.node)}/∂${name(step.node)} = 1`;
  if (step.phase === "forward") {
    const [[, names], [, numbers], [, result]] = forwardLayers(page, step, values);
    const formula = plain(page, names.slice(2));
    return `${name(step.node)} = ${formula} = ${plain(page, numbers)} = ${plain(page, result)}`;
  }
  const symbols = plain(page, edgeLayers(page, step, values)[1][1]);
  const old = step.is_first ? "" : `${show(step.before)} + `;
  const product = `${inBrackets(show(step.upstream))} · ${inBrackets(show(step.partial))}`;
  const gradient = `∂${step.output}/∂${step.argument}`;
  return `${gradient}: ${show(step.before)} + ${symbols} = ${old}${product} = ${show(step.after)}`;
}

// What happens in a step, in sentences: [key of the string table, what to fill in].
function sentences(page, step, values) {
  if (step.phase === "forward") return [["say_forward", { node: named(page, step.node) }]];
  if (step.phase === "seed") return [["say_seed", { node: named(page, step.node) }]];
  return [edgeSentence(page, step, values), ...sumSentence(page, step)];
}

function edgeSentence(page, step, values) {
  const user = named(page, step.user_node);
  const argument = named(page, step.argument_node);
  const times = numbered(step.partial, undefined, false);
  const number = numbered(values[step.argument_node], step.argument_node);
  const inRole = (key) => (step.role ? { key, places: { role: step.role, argument, user } } : argument);
  if (step.contribution === 0) return [stopReason(page, step, values), { user, argument: inRole("in_its_role"), number }];
  const moved = inRole("in_its_role_alone");
  if (step.partial === 1) return ["say_same", { user, moved }];
  if (step.partial === -1) return ["say_opposite", { user, moved }];
  return ["say_edge", { user, argument, moved, local: times }];
}

const STOPS = {
  relu: "stop_relu",
  step: "stop_flat",
  sign: "stop_flat",
  greater: "stop_flat",
  maximum: "stop_choice",
  minimum: "stop_choice",
  mul: "stop_factor",
  dot: "stop_weight",
  tanh: "stop_saturated",
  sigmoid: "stop_saturated",
  softplus: "stop_saturated",
  exp: "stop_saturated",
};

// Why a contribution is 0.
function stopReason(page, step) {
  if (step.upstream === 0) return "stop_upstream";
  return STOPS[page.trace.nodes[step.user_node].op] ?? "stop_local";
}

function sumSentence(page, step) {
  const argument = named(page, step.argument_node);
  if (step.to_come > 0) return [["say_more", { argument, count: String(step.to_come) }]];
  return step.is_first ? [] : [["say_complete", { argument }]];
}
