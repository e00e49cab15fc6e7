// Is the gradient right? The central difference with several steps, as numeric_slope.py computes it: a step is trusted
// if half of it gives the same slope; a corner that no step smooths is a kink, and flagged rather than failed.

const { step: STEP, tolerance: TOLERANCE } = PAGE.check;

function checkAt(analytic, x, f) {
  const size = Math.max(1, Math.abs(x));
  const steps = [-2, -1, 0, 1, 2, 3, 4].map((power) => (STEP * size) / 10 ** power);
  const small = [0, 2].map((power) => (STEP * Math.abs(x)) / 10 ** power);
  const all = [...new Set([...steps, ...small])].sort((a, b) => b - a).filter((h) => x + h / 2 !== x);
  const slopes = all.map((h) => slopesAt(f, x, h));
  const doubt = (slope) => (Number.isNaN(slope.doubt) ? Infinity : slope.doubt);
  const best = slopes.reduce((found, slope) => (doubt(slope) < doubt(found) ? slope : found), NO_SLOPE);
  const error = Math.abs(analytic - best.numeric) / Math.max(1, Math.abs(analytic), Math.abs(best.numeric));
  const isKink = best.isKink && best.doubt <= 100 * TOLERANCE;
  const isDrowned = TOLERANCE < error && error <= best.doubt && !isKink;
  const found = { ...best, analytic, error, isKink, isClear: best.doubt <= 100 * TOLERANCE && !isDrowned };
  return { ...found, verdict: verdictOf(found) };
}

const NO_SLOPE = { numeric: NaN, left: NaN, right: NaN, isKink: false, doubt: Infinity }; // inf has no neighbours

function slopesAt(f, x, h) {
  const [middle, low, high, halfLow, halfHigh] = [f(x), f(x - h), f(x + h), f(x - h / 2), f(x + h / 2)];
  const [left, right] = [(middle - low) / h, (high - middle) / h];
  const [halfLeft, halfRight] = [(middle - halfLow) / (h / 2), (halfHigh - middle) / (h / 2)];
  const [once, twice] = [(left + right) / 2, (halfLeft + halfRight) / 2];
  const rounding = (4e-16 * Math.abs(middle)) / h;
  const [gap, halfGap] = [Math.abs(right - left), Math.abs(halfRight - halfLeft)];
  return {
    numeric: (4 * twice - once) / 3,
    left,
    right,
    isKink: halfGap > 0.75 * gap && gap > 1e-6 * Math.max(1, Math.abs(once)) + 8 * rounding,
    doubt: (Math.abs(twice - once) + rounding) / Math.max(1, Math.abs(twice)),
  };
}

function verdictOf({ analytic, left, right, error, isKink, isClear }) {
  if (Number.isFinite(left) !== Number.isFinite(right)) return "edge";
  if (!isClear && !isKink) return "unclear";
  if (!isKink) return error <= TOLERANCE ? "ok" : "wrong";
  const [low, high] = [Math.min(left, right), Math.max(left, right)];
  const slack = TOLERANCE * Math.max(1, Math.abs(low), Math.abs(high));
  return low - slack <= analytic && analytic <= high + slack ? "kink" : "wrong";
}

// A check for every leaf: the output with that leaf moved.
function leafChecks(page, steps, leaves) {
  const gradients = finalGradients(page, steps);
  return [...leaves.keys()].map((node) => {
    const moved = (x) => valueOrNothing(evaluate(page, new Map(leaves).set(node, x)));
    return { node, ...checkAt(gradients[node], leaves.get(node), moved) };
  });
}

function valueOrNothing({ values, outside }) {
  return outside < 0 ? values.at(-1) : NaN;
}

// A check for every edge: its operation alone, with that argument moved.
function edgeChecks(page, steps, values) {
  return steps.filter((step) => step.phase === "backward").map((step) => {
    const operation = OPERATIONS[page.operation[step.user_node]];
    const args = page.trace.nodes[step.user_node].args.map((arg) => values[arg]);
    const f = (x) => {
      const moved = args.map((arg, position) => (position === step.position ? x : arg));
      return operation.holds && !operation.holds(moved) ? NaN : operation.value(moved);
    };
    return { step, ...checkAt(step.partial, args[step.position], f) };
  });
}
