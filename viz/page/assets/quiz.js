// Which mistake is behind a wrong answer? Each usual mistake is made here on purpose, and compared with the answer.

// The derivatives as textbooks write them in terms of the output: with the input in its place they are a usual mistake.
const IN_THE_OUTPUT = { sigmoid: (s) => s * (1 - s), tanh: (t) => 1 - t * t, exp: (e) => e, sqrt: (r) => 0.5 / r };

// The mistakes in a step: [key of the string table, the wrong result], the more specific first.
function mistakes(page, step, values) {
  const { upstream, partial, before, contribution, after } = step;
  const withLocal = (local) => before + upstream * local;
  return [
    ...(before !== 0 ? [["mistake_path", contribution], ["mistake_path", before]] : []),
    ["mistake_twice", after + contribution],
    ["mistake_sign", -after],
    ["mistake_sign", before - contribution],
    ...confused(page, step, values).map((local) => ["mistake_output", withLocal(local)]),
    ["mistake_upstream", before + partial],
    ["mistake_local", before + upstream],
    ...others(page, step, values).map((local) => ["mistake_other", withLocal(local)]),
    ...(before !== 0 ? [["mistake_upstream", partial], ["mistake_local", upstream]] : []),
  ];
}

// The local derivative with the output in place of the input, the input in place of the output, or both.
function confused(page, step, values) {
  const node = page.trace.nodes[step.user_node];
  const operation = OPERATIONS[page.operation[step.user_node]];
  const args = node.args.map((arg) => values[arg]);
  const [x, out] = [args[step.position], values[step.user_node]];
  const swapped = args.map((arg, position) => (position === step.position ? out : arg));
  const found = [operation.partials(args, x), operation.partials(swapped, out), operation.partials(swapped, x)];
  const textbook = IN_THE_OUTPUT[node.op];
  return [...found.map((partials) => partials[step.position]), ...(textbook ? [textbook(x)] : [])];
}

// The local derivatives by the other arguments.
function others(page, step, values) {
  const node = page.trace.nodes[step.user_node];
  const operation = OPERATIONS[page.operation[step.user_node]];
  const partials = operation.partials(node.args.map((arg) => values[arg]), values[step.user_node]);
  return partials.filter((_, position) => position !== step.position);
}

// Whether an answer is a number, to the digits that people write.
function isNear(answer, number) {
  if (!Number.isFinite(number)) return false;
  const slack = Math.max(Math.abs(number) * 2e-3, Math.abs(number) < 1e-3 ? Math.abs(number) * 1e-2 : 0, 1e-12);
  return Math.abs(answer - number) <= slack || show(answer, 3) === show(number, 3);
}

// {right, mistake}: whether the answer is right; if not, the usual mistake that gives it, or null.
function judge(page, step, values, answer) {
  if (isNear(answer, step.after)) return { right: true, mistake: null };
  const found = mistakes(page, step, values).find(([, wrong]) => isNear(answer, wrong));
  return { right: false, mistake: found ? found[0] : null };
}
