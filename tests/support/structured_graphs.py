"""Losses as learners write them, drawn at random: networks, recurrences, norms, and sums written in every way.

    case = structured_graph(random.Random(7))     a loss, its parameters and inputs, and in words what was built
    case.at(numbers)                              the same structure with other numbers in its leaves

A case comes from one integer and a size. The structure is drawn from the integer alone, never from a number in the
graph, so building it again at other numbers is an independent truth for whatever was made of the graph before.
Nothing in this file knows how a graph is compiled. `structured_check.py` holds a compiled program against these.

A *batch* is a list of rows, a row a list of Values or plain numbers: a vector of a sample, the state after a time
step, a line of a matrix. The grammar has parts (batch → batch), endings (batch → one number) and families, which put
them together as a chapter of a course would.

Names to know: `structured_graph`, `Case`, `FAMILIES`, `PARTS`, `ENDINGS`.
"""

import operator
import random
from functools import partial, reduce
from itertools import pairwise
from math import sqrt as root
from typing import Any, NamedTuple

from tinygrad_edu import Value, functions, grad, nn
from tinygrad_edu.backprop import topological_order
from tinygrad_edu.functions import dot, exp, log, logsumexp, maximum, minimum, sigmoid, sqrt, tanh
from tinygrad_edu.rules import RULES
from tinygrad_edu.value import as_value

NEEDS_POSITIVE = {"log", "sqrt"}
MANY = {"dot", "logsumexp"}
UNARY = sorted(name for name, rule in RULES.items() if rule.is_unary and name not in MANY)
BINARY = sorted(name for name, rule in RULES.items() if len(rule.partials) == 2 and not rule.many)
SMOOTH = ["tanh", "sigmoid", "sin", "softplus", "silu", "gelu", "relu", "exp"]
CONSTANTS = [0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 1.0, 2.0, -0.5, 0.1, 1.5, 0.25]
EXPONENTS = [2, 2, 3, 0.5, 1.5, -1, -2, 1, 0, 4, -0.5]
NAMES = """loss P I X Y W W1 W2 b b1 Z Z1 A A1 dZ1 dW1 np t1 t2 t c1 c2 i1 i2 gradient program lambda ℓ l math def x y z
    __debug__ None True class ﬁ fi ｎｐ µ μ ſ s ª a x1 x₁ x¹ 1 2w ∂ w·x ∑ e E m n p f _ __ P[0] I[0] d1 dx dw dloss len
    zeros reshape sum T exp tanh q' naïve É é return value parameters inputs erf inf nan float"""
LABELS = [*NAMES.split(), "", " ", "my weight", "a\tb", 'quote"', "back\\slash", "#", "{}", "%s", "x\ny"]

FAMILIES: dict[str, Any] = {}
PARTS: dict[str, Any] = {}
ENDINGS: dict[str, Any] = {}


class Leaf(NamedTuple):
    """What a leaf is there for ("parameter", "input" or "frozen") and where its numbers come from."""

    kind: str
    low: float
    high: float


class Case(NamedTuple):
    """A loss of known structure.

    Attributes:
        wrt: the leaves to differentiate by, or None for what `compile` takes then: all that are not inputs.
        inputs: leaves, flat or in lists, in some order.
        outputs: nodes of the graph, flat or in rows of one length.
        recipe: what was built, in words.
        leaves: every leaf that was made, also those that do not reach the loss.
        domain: what each leaf is there for, and between which numbers to draw it.
        constants: the plain numbers that were read from the graph while it was built, and stay what they were.
    """

    seed: int
    size: int
    loss: Value
    wrt: list[Value] | None
    inputs: list[Any]
    outputs: list[Any]
    recipe: list[str]
    leaves: list[Value]
    domain: list[Leaf]
    constants: list[float]

    @property
    def numbers(self):
        return [leaf.data for leaf in self.leaves]

    def at(self, numbers, constants=None):
        """The same structure with these numbers in its leaves, and the constants that it finds, or those of before."""
        return case_of(self.seed, self.size, numbers, constants)


def structured_graph(rng, size=None):
    """One case. A size from 0 to 4 bounds its vectors, samples and parts; small ones are drawn oftenest."""
    size = rng.choices(range(5), (4, 6, 4, 2, 1))[0] if size is None else size
    return case_of(rng.randrange(2**48), size)


def case_of(seed, size, numbers=None, constants=None):
    draft = Draft(seed, size, numbers, constants)
    family = draft.rng.choices(list(FAMILIES), [weight for _, weight in FAMILIES.values()])[0]
    draft.note(f"family {family}, size {size}")
    loss = finished(draft, FAMILIES[family][0](draft))
    wrt, inputs, outputs = roles(draft, loss)
    return Case(seed, size, loss, wrt, inputs, outputs, draft.notes, draft.leaves, draft.domain, draft.constants)


class Draft:
    """A case in the making: where its choices come from, and what was made so far."""

    def __init__(self, seed, size, numbers=None, constants=None):
        self.rng = random.Random(seed)
        self.size = size
        self.given, self.before = numbers, constants
        self.leaves, self.domain, self.notes, self.constants = [], [], [], []
        self.data_are = self.rng.choices(["inputs", "numbers", "frozen", "any"], (11, 5, 2, 2))[0]
        self.labels = self.rng.choices(["none", "tidy", "hostile"], (4, 3, 3))[0]
        self.shares = self.rng.random() < 0.15  # few parameters among many uses
        self.note(f"data are {self.data_are}, labels {self.labels}{', few parameters' * self.shares}")

    def note(self, text):
        self.notes.append(text)

    def pick(self, things):
        return self.rng.choice(list(things))

    def chance(self, probability):
        return self.rng.random() < probability

    def few(self, most=4):
        """A small number from 1 on."""
        return min(self.rng.choices([1, 2, 3, 4], (3, 4, 2 + self.size, self.size))[0], most, 1 + max(1, self.size))

    def leaf(self, kind, stem, low=-1.5, high=1.5):
        generic = self.rng.uniform(low, high)  # drawn in any case, so that the choices that follow stay the same
        number = generic if self.given is None else self.given[len(self.leaves)]
        value = Value(number, label=self.label(f"{stem}{len(self.leaves) + 1}"))
        self.leaves.append(value)
        self.domain.append(Leaf(kind, low, high))
        return value

    def label(self, tidy):
        hostile = self.rng.choice(LABELS)
        return {"none": "", "tidy": tidy, "hostile": hostile}[self.labels]

    def parameter(self, low=-1.5, high=1.5):
        made = [leaf for leaf, what in zip(self.leaves, self.domain, strict=True) if what == ("parameter", low, high)]
        if len(made) > 1 and self.chance(0.7 if self.shares else 0.02):
            return self.pick(made)
        return self.leaf("parameter", "w", low, high)

    def constant(self):
        """A number as it is often written: plainly, or as a Value that is not trained."""
        number = self.pick(CONSTANTS)
        return number if self.chance(0.8) else Value(number)

    def remembered(self, number):
        """A plain number that was read from the graph; in a case built again with its constants, what it was there."""
        self.constants.append(number if self.before is None else self.before[len(self.constants)])
        return self.constants[-1]

    def datum(self, low=-1.5, high=1.5):
        kind = self.data_are if self.data_are != "any" else self.pick(["inputs", "numbers", "frozen"])
        if kind == "numbers":
            return self.pick(CONSTANTS) if self.chance(0.3) else round(self.rng.uniform(low, high), 2)
        return self.leaf("input" if kind == "inputs" else "frozen", "x", low, high)

    def vector(self, length, make=None):
        make = make or self.parameter
        return [make() for _ in range(length)]

    def matrix(self, rows, columns, make=None):
        """Rows of parameters; made column by column at times, so that the order of the leaves is the transpose's."""
        if self.chance(0.25):
            return transposed([self.vector(rows, make) for _ in range(columns)])
        return [self.vector(columns, make) for _ in range(rows)]

    def data(self, rows=None, columns=None):
        rows, columns = rows or min(5, self.few() + self.chance(0.1)), columns or self.few()
        self.note(f"X: {rows} × {columns}")
        return self.matrix(rows, columns, self.datum)


# ── Sums, in the ways they are written ────────────────────────────────────────────────────────────────────────────────


def transposed(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def added_up(xs):
    total = 0
    for x in xs:
        total += x
    return total


def subtracted(xs):
    total = Value(0.0)
    for x in xs:
        total -= x
    return -total


def in_halves(xs):
    return xs[0] if len(xs) == 1 else in_halves(xs[: len(xs) // 2]) + in_halves(xs[len(xs) // 2 :])


def with_signs(xs):
    """x1 - (-x2) - (-x3) …"""
    return reduce(operator.sub, [xs[0], *(-x for x in xs[1:])])


SUMS = {
    "sum": sum,
    "+=": added_up,
    "-=": subtracted,
    "+": lambda xs: reduce(operator.add, xs),
    "+ from the right": lambda xs: reduce(lambda total, x: x + total, reversed(xs)),
    "halves": in_halves,
    "- -": with_signs,
    "dot with ones": lambda xs: dot(xs, [1.0] * len(xs)),
    "from 1": lambda xs: sum(xs, 1.0) - 1,
    "half twice": lambda xs: 2 * sum(x / 2 for x in xs),
}
DOTS = {
    "dot": dot,
    "dot, x first": lambda ws, xs: dot(xs, ws),
    "sum of w*x": lambda ws, xs: sum(w * x for w, x in zip(ws, xs, strict=True)),
    "sum of x*w": lambda ws, xs: sum(x * w for w, x in zip(ws, xs, strict=True)),
    "w*x + w*x": lambda ws, xs: reduce(operator.add, map(operator.mul, ws, xs)),
    "-= w*x": lambda ws, xs: subtracted(list(map(operator.mul, ws, xs))),
    "- w*-x": lambda ws, xs: reduce(operator.sub, [-w * x for w, x in zip(ws, xs, strict=True)], 0.0),
}


def summed(draft, xs):
    """One sum, written in one of the ways."""
    return SUMS[draft.pick(SUMS)](list(xs))


def a_sum(draft):
    """A way to sum, to be used several times."""
    return SUMS[draft.pick(["sum", "sum", "+=", *SUMS])]


def a_dot(draft):
    return DOTS[draft.pick(["dot", *DOTS])]


def function(name):
    """A row of the table on numbers or Values; what needs a positive number gets one."""
    apply = RULES[name]
    return (lambda z: apply(z * z + 0.3)) if name in NEEDS_POSITIVE else apply


def on_all(f, batch):
    return [[f(z) for z in row] for row in batch]


def positive(draft):
    """A way to make any number positive."""
    return draft.pick(
        [
            lambda z: z * z + 0.5,
            lambda z: z**2 + 1,
            exp,
            lambda z: functions.softplus(z) + 0.1,
            lambda z: sigmoid(z) + 0.2,
            lambda z: abs(z) + 0.3,
            lambda z: maximum(z, 0.2),
        ]
    )


# ── Parts: batch → batch ──────────────────────────────────────────────────────────────────────────────────────────────


def part(f):
    PARTS[f.__name__] = f
    return f


@part
def affine(draft, batch):
    """W x + b, by dot or written out, with the bias first, last, as a weight of the input 1, or left out."""
    nin, nout = len(batch[0]), draft.few()
    bias = draft.pick(["last", "last", "first", "as input", "none", "shared", "by hand"])
    way, weights = a_dot(draft), draft.matrix(nout, nin + (bias == "as input"))
    if bias == "as input":
        one = draft.pick([1.0, Value(1.0), 1])
        return [[way(ws, [*row, one]) for ws in weights] for row in batch]
    rows = [[way(ws, row) for ws in weights] for row in batch]
    biases = [draft.parameter()] * nout if bias == "shared" else draft.vector(nout)
    if bias == "none":
        return rows
    if bias == "first":
        return [[b + z for b, z in zip(biases, row, strict=True)] for row in rows]
    return [[z + b for b, z in zip(biases, row, strict=True)] for row in rows]


@part
def layer(draft, batch):
    """A layer of `nn`, its weights drawn like all others."""
    activation = draft.pick([*SMOOTH, "linear", "linear"])
    made = nn.Layer(len(batch[0]), draft.few(), activation=activation, seed=0)
    for neuron in made.neurons:
        neuron.w, neuron.b = draft.vector(len(neuron.w)), draft.parameter()
    outputs = [made(row) for row in batch]
    return [row if isinstance(row, list) else [row] for row in outputs]


@part
def by_columns(draft, batch):
    """x W, with W as a list of rows, read by column."""
    weights, way = draft.matrix(len(batch[0]), draft.few()), a_dot(draft)
    return [[way(column, row) for column in transposed(weights)] for row in batch]


@part
def activated(draft, batch):
    return on_all(function(draft.pick(SMOOTH if draft.chance(0.7) else UNARY)), batch)


@part
def any_function(draft, batch):
    name = draft.pick(UNARY)
    draft.note(f"  {name}")
    return on_all(function(name), batch)


@part
def two_arguments(draft, batch):
    """Every operation of two arguments, with a constant, a parameter, or the next number in the row."""
    name = draft.pick(BINARY)
    draft.note(f"  {name}")
    if name == "power":
        return powers(draft, batch)
    apply, base = RULES[name], positive(draft)
    if name == "pow":
        exponent = draft.parameter()
        return on_all(lambda z: apply(base(z), exponent), batch)
    other = draft.pick([draft.constant, draft.parameter])()
    if draft.chance(0.3):
        other = None
    safe = base if name == "div" else (lambda z: z)
    swap = draft.chance(0.3) and name not in ("leaky_relu", "elu")
    return [
        [
            apply(other if other is not None else row[k - 1], safe(z))
            if swap or name == "div"
            else apply(z, other if other is not None else row[k - 1])
            for k, z in enumerate(row)
        ]
        for row in batch
    ]


@part
def powers(draft, batch):
    exponent, base = draft.pick(EXPONENTS), positive(draft)
    draft.note(f"  ** {exponent}")
    return on_all(lambda z: z**exponent if exponent in (0, 1, 2, 3, 4) else base(z) ** exponent, batch)


@part
def shifted(draft, batch):
    """A constant or a parameter, added, taken away, multiplied, or divided by."""
    by = draft.pick([draft.constant, draft.parameter])()
    safe = draft.pick([2.0, 4, 3.0, Value(2.0)])
    return on_all(
        draft.pick(
            [
                lambda z: z + by,
                lambda z: by + z,
                lambda z: z - by,
                lambda z: by - z,
                lambda z: z * by,
                lambda z: by * z,
                lambda z: -z,
                lambda z: 1 - z,
                lambda z: z * (1 - z),
                lambda z: z / safe,
                lambda z: 2 * z - 1,
                lambda z: z + z,
                lambda z: z * z,
            ]
        ),
        batch,
    )


@part
def divided(draft, batch):
    way, by = positive(draft), draft.pick([draft.constant, draft.parameter])()
    return on_all(draft.pick([lambda z: by / way(z), lambda z: z / way(z), lambda z: 1 / way(z)]), batch)


@part
def softmax(draft, batch):
    """Written out, with the largest number taken away, or by logsumexp; of rows, or of columns."""
    way = a_softmax(draft, log_softmax)
    return by_row_or_column(draft, way, batch)


def a_softmax(draft, *others):
    """A way to write it, to be used several times."""
    way = draft.pick([softmax_plain, softmax_shifted, softmax_by_logsumexp, *others])
    draft.note(f"  {way.__name__}")
    return partial(way, draft)


def by_row_or_column(draft, f, batch):
    return [f(row) for row in batch] if draft.chance(0.7) else transposed([f(row) for row in transposed(batch)])


def softmax_plain(draft, zs):
    es = [exp(z) for z in zs]
    return [e / sum(es) for e in es]


def softmax_shifted(draft, zs):
    """With the largest number taken away, as a constant: it is what it was, also when the numbers change."""
    top = draft.remembered(max(float(z) for z in zs))
    es = [exp(z - top) for z in zs]
    total = sum(es)
    return [e / total for e in es]


def softmax_by_logsumexp(draft, zs):
    total = logsumexp(zs)
    return [exp(z - total) for z in zs]


def log_softmax(draft, zs):
    total = logsumexp(zs)
    return [z - total for z in zs]


@part
def normalized(draft, batch):
    """Layer norm or unit length of rows, batch norm of columns, with and without what is learned."""
    total, eps = a_sum(draft), draft.pick([1e-5, 0.1, 0.5, 1e-2])
    way = draft.pick([centered, standardized, of_unit_length, of_unit_sum])
    draft.note(f"  {way.__name__}")
    batch = by_row_or_column(draft, lambda row: way(row, total, eps), batch)
    if draft.chance(0.4):
        gain, bias = draft.vector(len(batch[0])), draft.vector(len(batch[0]))
        batch = [[g * z + b for g, z, b in zip(gain, row, bias, strict=True)] for row in batch]
    return batch


def centered(zs, total, eps):
    mean = total(zs) / len(zs)
    return [z - mean for z in zs]


def standardized(zs, total, eps):
    zs = centered(zs, total, eps)
    spread = sqrt(total([z * z for z in zs]) / len(zs) + eps)
    return [z / spread for z in zs]


def of_unit_length(zs, total, eps):
    length = sqrt(total([z**2 for z in zs]) + eps)
    return [z / length for z in zs]


def of_unit_sum(zs, total, eps):
    sizes = [abs(z) + eps for z in zs]
    return [z / total(sizes) for z in zs]


@part
def sliced(draft, batch):
    start, n = draft.rng.randrange(len(batch[0])), len(batch[0])
    take = draft.pick(
        [
            slice(start, None),
            slice(None, start + 1),
            slice(None, None, -1),
            slice(None, None, 2),
            slice(start, start + 1),
        ]
    )
    return [row[take] for row in batch] if n > 1 else batch


@part
def reordered(draft, batch):
    """Rows or columns turned round, rotated, doubled, or with a constant beside them."""
    k, one = draft.rng.randrange(3), draft.constant()
    return draft.pick(
        [
            lambda: batch[::-1],
            lambda: batch[k % len(batch) :] + batch[: k % len(batch)],
            lambda: [row[k % len(row) :] + row[: k % len(row)] for row in batch],
            lambda: [[*row, one] for row in batch],
            lambda: [[one, *row] for row in batch],
            lambda: [[*row, row[0]] for row in batch],
            lambda: batch[: max(1, len(batch) - 1)],
            lambda: [[row[0], row[-1]] for row in batch],
            lambda: transposed(batch),
        ]
    )()


@part
def along(draft, batch):
    """Running sums, running products, differences of neighbours, and a convolution."""
    way = draft.pick([running_sums, running_products, differences, blended, convolved(draft)])
    draft.note(f"  {way.__name__}")
    return by_row_or_column(draft, way, batch)


def running_sums(zs):
    return [sum(zs[: k + 1]) for k in range(len(zs))]


def running_products(zs):
    return [reduce(operator.mul, zs[: k + 1]) for k in range(len(zs))]


def differences(zs):
    return [b - a for a, b in pairwise(zs)] or zs


def blended(zs):
    """Exponential smoothing."""
    out = [zs[0]]
    for z in zs[1:]:
        out.append(0.9 * out[-1] + 0.1 * z)
    return out


def convolved(draft):
    kernel = draft.vector(draft.few(3))

    def convolution(zs):
        width = min(len(kernel), len(zs))
        return [dot(kernel[:width], zs[k : k + width]) for k in range(len(zs) - width + 1)]

    return convolution


@part
def residual(draft, batch):
    inner = PARTS[draft.pick(["activated", "shifted", "softmax", "normalized", "affine", "scaled"])](draft, batch)
    return combined(operator.add, inner, batch)


@part
def scaled(draft, batch):
    """By a parameter for each column, for each row, or for all."""
    which = draft.pick(["columns", "rows", "all"])
    weights = draft.vector({"columns": len(batch[0]), "rows": len(batch), "all": 1}[which])
    if which == "columns":
        return [[w * z for w, z in zip(weights, row, strict=True)] for row in batch]
    return [[z * weights[i % len(weights)] for z in row] for i, row in enumerate(batch)]


@part
def gated(draft, batch):
    """g · z + (1 - g) · u, with a gate of its own or one shared by all."""
    gate = on_all(sigmoid, affine_to(draft, batch, len(batch[0]))) if draft.chance(0.6) else [[draft.parameter()]]
    other = on_all(tanh, affine_to(draft, batch, len(batch[0])))
    kept, new = combined(operator.mul, batch, gate), combined(operator.mul, other, on_all(lambda g: 1 - g, gate))
    return combined(operator.add, kept, new)


def affine_to(draft, batch, nout):
    way, weights, biases = a_dot(draft), draft.matrix(nout, len(batch[0])), draft.vector(nout)
    return [[way(ws, row) + b for ws, b in zip(weights, biases, strict=True)] for row in batch]


def combined(f, left, right):
    """Elementwise, where what is too small is used again: one row for all samples, one column for all."""
    return [
        [f(z, right[i % len(right)][k % len(right[i % len(right)])]) for k, z in enumerate(row)]
        for i, row in enumerate(left)
    ]


@part
def polynomial(draft, batch):
    """c0 + c1 z + c2 z², by powers or by Horner's rule, with coefficients for all or for each column."""
    degree, horner = draft.few(3), draft.chance(0.5)
    tables = [draft.vector(degree + 1, draft.pick([draft.parameter, draft.constant]))]
    if draft.chance(0.5):
        tables += [draft.vector(degree + 1) for _ in batch[0][1:]]

    def value_at(cs, z):
        if horner:
            return reduce(lambda total, c: total * z + c, reversed(cs))
        return sum(c * z**k for k, c in enumerate(cs))

    return [[value_at(tables[k % len(tables)], z) for k, z in enumerate(row)] for row in batch]


@part
def outer(draft, batch):
    """All products of two numbers of a row; or of the row and a parameter vector."""
    other = draft.vector(draft.few(3)) if draft.chance(0.5) else None
    return [[a * b for a in row[:3] for b in (other or row[:3])] for row in batch]


@part
def gram(draft, batch):
    """X Xᵀ or Xᵀ X."""
    rows, way = (batch if draft.chance(0.6) else transposed(batch))[:4], a_dot(draft)
    return [[way(a, b) for b in rows] for a in rows]


@part
def distances(draft, batch):
    """Between all pairs of rows, squared, rooted, or as a kernel; or to some centres."""
    centres = draft.matrix(draft.few(3), len(batch[0])) if draft.chance(0.4) else batch[:4]
    total, way = a_sum(draft), draft.pick([lambda d: d, lambda d: sqrt(d + 0.1), lambda d: exp(-d / 2)])
    return [[way(total([(a - b) ** 2 for a, b in zip(x, c, strict=True)])) for c in centres] for x in batch[:4]]


@part
def attention(draft, batch):
    """Every row a mixture of all rows, or of those before it."""
    batch, size, causal = batch[:4], draft.few(2), draft.chance(0.4)
    one_map = draft.chance(0.2)
    queries = affine_to(draft, batch, size)
    keys = queries if one_map else affine_to(draft, batch, size)
    values = draft.pick([lambda: batch, lambda: affine_to(draft, batch, draft.few(2))])()
    way, turn = a_softmax(draft), a_dot(draft)
    out = []
    for i, q in enumerate(queries):
        seen = i + 1 if causal else len(batch)
        weights = way([turn(q, k) / root(size) for k in keys[:seen]])
        out.append([turn(weights, [v[d] for v in values[:seen]]) for d in range(len(values[0]))])
    return out


@part
def patterned(draft, batch):
    """A matrix with a pattern: symmetric, Toeplitz, diagonal, triangular, rank one, or with some constants in it."""
    n, way = len(batch[0]), a_dot(draft)
    name = draft.pick(PATTERNS)
    draft.note(f"  {name}")
    weights = PATTERNS[name](draft, n)
    rows = [[way(ws, row) for ws in weights] for row in batch]
    return [[way(ws, row) for ws in transposed(weights)] for row in rows] if draft.chance(0.3) else rows


def symmetric(draft, n):
    ws = draft.matrix(n, n)
    return [[ws[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]


def toeplitz(draft, n):
    ws = draft.vector(2 * n - 1)
    return [[ws[n - 1 + i - j] for j in range(n)] for i in range(n)]


def circulant(draft, n):
    ws = draft.vector(n)
    return [[ws[(j - i) % n] for j in range(n)] for i in range(n)]


def diagonal(draft, n):
    ws, empty = draft.vector(n), draft.pick([0.0, Value(0.0)])
    return [[ws[i] if i == j else empty for j in range(n)] for i in range(n)]


def triangular(draft, n):
    ws = draft.matrix(n, n)
    return [[ws[i][j] if j <= i else 0.0 for j in range(n)] for i in range(n)]


def rank_one(draft, n):
    us, vs = draft.vector(n), draft.vector(n)
    return [[u * v for v in vs] for u in us]


def with_constants(draft, n):
    return draft.matrix(n, n, lambda: draft.constant() if draft.chance(0.4) else draft.parameter())


def doubled(draft, n):
    ws = draft.matrix(n, n)
    return ws + ws[::-1]


def rotation(draft, n):
    angle = draft.parameter()
    c, s = functions.cos(angle), functions.sin(angle)
    return [[c if i == j else s if (i + j) % 2 else 0.0 if i > j else -s for j in range(n)] for i in range(n)]


PATTERNS = {
    f.__name__: f
    for f in (symmetric, toeplitz, circulant, diagonal, triangular, rank_one, with_constants, doubled, rotation)
}


@part
def tied(draft, batch):
    """An autoencoder: encoded by W, decoded by Wᵀ."""
    weights, way, bend = draft.matrix(draft.few(3), len(batch[0])), a_dot(draft), function(draft.pick(SMOOTH))
    codes = [[bend(way(ws, row)) for ws in weights] for row in batch]
    return [[way(ws, code) for ws in transposed(weights)] for code in codes]


@part
def masked(draft, batch):
    """Some numbers times 0, the others times 1 or 2, for each sample or for all: dropout, padding."""
    keep = [[draft.pick([0.0, 1.0, 2.0, 0, 1]) for _ in batch[0]] for _ in (batch if draft.chance(0.5) else [0])]
    return combined(operator.mul, batch, keep)


@part
def pooled(draft, batch):
    """The mean, the largest, the sum or the norm over samples, or over neighbours."""
    way = draft.pick(
        [
            lambda zs: sum(zs) / len(zs),
            lambda zs: reduce(maximum, zs),
            sum,
            lambda zs: sqrt(sum(z * z for z in zs) + 0.1),
            logsumexp,
        ]
    )
    if draft.chance(0.5):
        return [[way(list(column)) for column in transposed(batch)]]
    return [[way(row[k : k + 2]) for k in range(max(1, len(row) - 1))] for row in batch]


@part
def experts(draft, batch):
    """Maps, mixed by a softmax gate."""
    count, nout = draft.rng.randint(2, 3), draft.few(2)
    gates = list(map(a_softmax(draft), affine_to(draft, batch, count)))
    each = [affine_to(draft, batch, nout) for _ in range(count)]
    return [[sum(g * each[e][i][k] for e, g in enumerate(gates[i])) for k in range(nout)] for i in range(len(batch))]


@part
def simulated(draft, batch):
    """Position and speed of a spring, a few steps of time, with one stiffness and one friction for all."""
    stiffness, friction, dt = draft.parameter(), draft.parameter(), draft.pick([0.1, 0.5, 1.0])
    out = []
    for row in batch:
        x, v = row[0], row[-1]
        for _ in range(draft.size + 1):
            v = v - dt * (stiffness * x + friction * v)
            x = x + dt * v
        out.append([x, v])
    return out


@part
def looked_up(draft, batch):
    """Rows of a table of parameters, picked by tokens, beside or in place of the rows."""
    words = draft.matrix(draft.rng.randint(1, 3), draft.few(3))
    chosen = [draft.pick(words) for _ in batch]
    return chosen if draft.chance(0.4) else [row + word for row, word in zip(batch, chosen, strict=True)]


@part
def descended(draft, batch):
    """A few steps of gradient descent on w, written out in the graph: ½ (w·x - t)² for every row."""
    way, rate, ws = a_dot(draft), draft.pick([0.1, draft.parameter()]), draft.vector(len(batch[0]))
    for row in batch[:3]:
        error = way(ws, row) - draft.datum()
        ws = [w - rate * error * x for w, x in zip(ws, row, strict=True)]
    return [ws]


@part
def recurrent(draft, batch):
    """The rows as time steps of one sequence."""
    return sequences(draft, [batch])[0]


def sequences(draft, batches):
    """What a cell makes of several sequences, with shared weights: all states, or the last."""
    cell, size = draft.pick([rnn, rnn, gru, lstm, scalar_recurrence]), draft.few(3)
    draft.note(f"  {cell.__name__} of {len(batches)} sequences of {len(batches[0])} steps, {size} units")
    all_states, start = draft.chance(0.4), draft.pick(["zeros", "Value zeros", "learned"])
    step, size = cell(draft, len(batches[0][0]), size)
    state = {"zeros": lambda: [0.0] * size, "Value zeros": lambda: [Value(0.0)] * size}.get(
        start, lambda: draft.vector(size)
    )()
    return [run(step, state, batch, all_states) for batch in batches]


def run(step, state, rows, all_states):
    memory, states = [0.0] * len(state), []
    for row in rows:
        state, memory = step(row, state, memory)
        states.append(state)
    return states if all_states else states[-1:]


def rnn(draft, nin, size):
    bend, way = function(draft.pick(SMOOTH)), a_dot(draft)
    joint = draft.chance(0.4)  # one matrix for the input and the state side by side
    wide = draft.matrix(size, nin + size)
    biases = draft.vector(size) if draft.chance(0.7) else [0.0] * size

    def step(x, h, memory):
        if joint:
            return [bend(way(ws, [*x, *h]) + b) for ws, b in zip(wide, biases, strict=True)], memory
        return [bend(way(ws[:nin], x) + way(ws[nin:], h) + b) for ws, b in zip(wide, biases, strict=True)], memory

    return step, size


def gru(draft, nin, size):
    parts = [(draft.matrix(size, nin + size), draft.vector(size)) for _ in range(3)]
    way = a_dot(draft)

    def maps(which, xs, bend):
        return [bend(way(ws, xs) + b) for ws, b in zip(*parts[which], strict=True)]

    def step(x, h, memory):
        update, reset = maps(0, [*x, *h], sigmoid), maps(1, [*x, *h], sigmoid)
        new = maps(2, [*x, *(r * each for r, each in zip(reset, h, strict=True))], tanh)
        return [(1 - z) * old + z * n for z, old, n in zip(update, h, new, strict=True)], memory

    return step, size


def lstm(draft, nin, size):
    parts = [(draft.matrix(size, nin + size), draft.vector(size)) for _ in range(4)]
    way = a_dot(draft)

    def maps(which, xs, bend):
        return [bend(way(ws, xs) + b) for ws, b in zip(*parts[which], strict=True)]

    def step(x, h, memory):
        xs = [*x, *h]
        forget, into, out, new = maps(0, xs, sigmoid), maps(1, xs, sigmoid), maps(2, xs, sigmoid), maps(3, xs, tanh)
        memory = [f * c + i * n for f, c, i, n in zip(forget, memory, into, new, strict=True)]
        return [o * tanh(c) for o, c in zip(out, memory, strict=True)], memory

    return step, size


def scalar_recurrence(draft, nin, size):
    """h = bend(a · h + b · x), number by number, with one a and one b."""
    a, b, bend = draft.parameter(), draft.parameter(), function(draft.pick(["tanh", "sigmoid", "sin"]))

    def step(x, h, memory):
        return [bend(a * h[k] + b * x[k]) for k in range(len(x))], memory

    return step, nin


# ── Endings: batch → one number ───────────────────────────────────────────────────────────────────────────────────────


def ending(f):
    ENDINGS[f.__name__] = f
    return f


@ending
def total(draft, batch):
    rows, whole = a_sum(draft), a_sum(draft)
    return draft.pick(
        [
            lambda: whole([rows(row) for row in batch]),
            lambda: whole([z for row in batch for z in row]),
            lambda: whole([rows(column) for column in transposed(batch)]),
            lambda: whole([rows(row) for row in batch]) / len(batch),
        ]
    )()


@ending
def squares(draft, batch):
    rows, whole = a_sum(draft), a_sum(draft)
    square = draft.pick([lambda z: z * z, lambda z: z**2, lambda z: 0.5 * z**2])
    return whole([rows([square(z) for z in row]) for row in batch])


@ending
def norms(draft, batch):
    """Of the rows or of the columns, with and without a number that keeps the root away from 0."""
    eps, rows, whole = draft.pick([0.0, 0.0, 0.1, 1e-3]), a_sum(draft), a_sum(draft)
    lines = batch if draft.chance(0.5) else transposed(batch)
    power = draft.pick([sqrt, lambda s: s**0.5, lambda s: log(1 + s), lambda s: s**1.5, lambda s: 1 / (1 + s)])
    square = draft.pick([lambda z: z * z, lambda z: z**2])
    return whole([power(rows([square(z) for z in line]) + eps) for line in lines])


@ending
def squared_sums(draft, batch):
    lines = batch if draft.chance(0.5) else transposed(batch)
    f, rows = function(draft.pick([*SMOOTH, "abs", "cos"])), a_sum(draft)
    power = a_power(draft)
    return summed(draft, [power(f(rows(line))) for line in lines])


def a_power(draft):
    return draft.pick([lambda s: s**2, lambda s: s * s, lambda s: s, lambda s: s * (1 - s)])


@ending
def product(draft, batch):
    """A likelihood: the product over samples, of a row's number or of its product."""
    way, f = draft.pick([sum, lambda row: reduce(operator.mul, row), lambda row: row[0]]), positive(draft)
    factors = [way([sigmoid(z) for z in row]) if draft.size > 1 else f(way(row)) for row in batch]
    whole = reduce(operator.mul, factors)
    return draft.pick([lambda: whole, lambda: -log(whole * whole + 0.1), lambda: 1 - whole])()


@ending
def extremes(draft, batch):
    flat = [z for row in batch for z in row]
    f, whole = draft.pick([maximum, minimum]), a_sum(draft)
    return draft.pick(
        [
            lambda: reduce(f, flat) + 0 * flat[0],
            lambda: whole([reduce(f, row) * 2 for row in batch]),
            lambda: logsumexp(flat),
            lambda: whole([logsumexp(row) for row in batch]),
            lambda: whole([logsumexp([z, 0.0]) for z in flat]),
            lambda: whole([logsumexp([2 * z for z in row]) for row in transposed(batch)]),
        ]
    )()


@ending
def squared_error(draft, batch):
    targets = draft.matrix(len(batch), len(batch[0]), draft.datum)
    if draft.chance(0.5):
        return nn.mse_loss(batch, targets, draft.pick(["mean", "sum"]), scale=draft.pick([1.0, 0.5]))
    rows, whole, way = a_sum(draft), a_sum(draft), draft.pick([lambda d: d * d, lambda d: d**2, abs, huber])
    errors = [[way(z - t) for z, t in zip(row, ts, strict=True)] for row, ts in zip(batch, targets, strict=True)]
    return whole([rows(row) for row in errors]) / draft.pick([1, 2, len(batch)])


def huber(d):
    return minimum(abs(d), 1.0) * (abs(d) - 0.5 * minimum(abs(d), 1.0))


@ending
def binary(draft, batch):
    """Logits or probabilities with labels 0 and 1, as plain numbers or as data."""
    zs = [row[0] for row in batch] if draft.chance(0.7) else [z for row in batch for z in row]
    ts = [draft.pick([0, 1, 1.0, 0.0]) for _ in zs] if draft.chance(0.7) else [draft.datum(0.05, 0.95) for _ in zs]
    zs = [as_value(z) for z in zs]
    way = draft.pick(["logits", "logits", "probabilities", "written", "softplus"])
    if draft.chance(0.5) and way == "logits":
        ts = [draft.pick([0, 1]) for _ in zs]
        return nn.binary_cross_entropy_with_logits(zs, ts, draft.pick(["mean", "sum"]))
    if way == "probabilities":
        ts = [draft.pick([0, 1]) for _ in zs]
        return nn.binary_cross_entropy([z.sigmoid() for z in zs], ts, draft.pick(["mean", "sum"]))
    if way == "softplus":
        return summed(draft, [functions.softplus(-(2 * t - 1) * z) for z, t in zip(zs, ts, strict=True)]) / len(zs)
    ps = [sigmoid(z) for z in zs]
    return -sum(t * log(p) + (1 - t) * log(1 - p) for p, t in zip(ps, ts, strict=True)) / len(zs)


@ending
def classes(draft, batch):
    """Cross-entropy by index, by shares, or written out from a softmax."""
    batch = [[as_value(z) for z in (row if len(row) > 1 else [*row, 0.0])] for row in batch]
    right = [draft.rng.randrange(len(row)) for row in batch]
    way = a_softmax(draft)
    shares = [[float(k == t) for k in range(len(row))] for row, t in zip(batch, right, strict=True)]
    if draft.chance(0.4):
        return nn.cross_entropy(batch, draft.pick([right, shares]), draft.pick(["mean", "sum"]))
    if draft.chance(0.5):
        return summed(draft, [-log(way(row)[t]) for row, t in zip(batch, right, strict=True)]) / len(batch)
    return -sum(
        sum(t * log(p) for t, p in zip(ts, way(row), strict=True)) for row, ts in zip(batch, shares, strict=True)
    )


@ending
def hinge(draft, batch):
    zs = [as_value(row[-1]) for row in batch]
    sides = [draft.pick([-1, 1]) for _ in zs]
    if draft.chance(0.5):
        return nn.hinge_loss(zs, sides, draft.pick(["mean", "sum"]))
    way = draft.pick([lambda m: maximum(0, m), functions.relu, lambda m: functions.relu(m) ** 2])
    return summed(draft, [way(1 - t * z) for z, t in zip(zs, sides, strict=True)])


@ending
def quadratic(draft, batch):
    """xᵀ A x for every row, with a matrix or its triangle."""
    n, whole = len(batch[0]), a_sum(draft)
    matrix, way = draft.matrix(n, n), a_dot(draft)
    if draft.chance(0.3):
        return whole([x[i] * matrix[i][j] * x[j] for x in batch for i in range(n) for j in range(i + 1)])
    return whole([way(x, [way(row, x) for row in matrix]) for x in batch])


@ending
def crossed(draft, batch):
    """A product of sums of products, or rows by their neighbours."""
    way = a_dot(draft)
    return draft.pick(
        [
            lambda: reduce(operator.mul, [sum(row) for row in batch[:3]]),
            lambda: sum(way(a, b) for a, b in pairwise(batch)) + way(batch[-1], batch[0]),
            lambda: sum(sum(z * sum(row) for z in row) for row in batch),
            lambda: sum(row[0] * row[-1] - row[-1] for row in batch),
            lambda: sum(a * b for a, b in pairwise([z for row in batch for z in row])) - batch[0][0],
        ]
    )()


@ending
def mixture(draft, batch):
    """The logarithm of a sum of normal densities, one bell for each centre."""
    centres, width = draft.matrix(draft.few(3), len(batch[0])), draft.pick([1.0, draft.parameter()])
    shape = width * width + 0.5
    terms = [
        logsumexp([-sum((x - c) ** 2 for x, c in zip(row, centre, strict=True)) / (2 * shape) for centre in centres])
        for row in batch
    ]
    return -summed(draft, terms)


@ending
def shortest_way(draft, batch):
    """Dynamic programming over the rows: the best, or the soft best, of all ways from the first to the last."""
    best = draft.pick([lambda zs: reduce(minimum, zs), lambda zs: reduce(maximum, zs), logsumexp])
    n = len(batch[0])
    moves = draft.matrix(n, n) if draft.chance(0.5) else [[0.0] * n] * n
    costs = batch[0]
    for row in batch[1:]:
        costs = [best([costs[j] + moves[j][k] for j in range(n)]) + row[k] for k in range(n)]
    return best(costs)


@ending
def determinant(draft, batch):
    """Of the corner of two rows and columns, or what stands in its place, and of its inverse."""
    (a, b), (c, d) = [(row[0], row[-1]) for row in (batch[0], batch[-1])]
    det = a * d - b * c
    return draft.pick([lambda: det, lambda: det**2, lambda: (a + d) / (det * det + 1), lambda: log(det * det + 1)])()


@ending
def one_number(draft, batch):
    row = draft.pick(batch)
    return draft.pick(row)


# ── Families ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def family(weight):
    def enter(f):
        FAMILIES[f.__name__] = f, weight
        return f

    return enter


def ended(draft, batch):
    """One ending, or two of the same batch together."""
    first = an_ending(draft, batch)
    if not draft.chance(0.15):
        return first
    second = an_ending(draft, batch)
    return draft.pick([operator.add, operator.sub, operator.mul])(first, second)


def an_ending(draft, batch):
    name = draft.pick(ENDINGS)
    draft.note(f"ending {name}")
    return ENDINGS[name](draft, batch)


def taken(draft, name, batch):
    """One part, refused where it makes the batch too large to stay quick."""
    draft.note(f"{name} of {len(batch)} × {len(batch[0])}")
    made = PARTS[name](draft, batch)
    limit = 6 + 4 * draft.size
    return [row[:5] for row in made[:5]] if sum(map(len, made)) > limit else made


@family(10)
def mixed(draft):
    """Any parts after one another, each on any batch that was made before, and sometimes two together."""
    batches = [draft.data()]
    for _ in range(draft.rng.randint(1, 2 + draft.size)):
        batch = batches[-1] if draft.chance(0.75) else draft.pick(batches)
        made = taken(draft, draft.pick(PARTS), batch)
        if draft.chance(0.2):
            f = draft.pick([operator.add, operator.mul, operator.sub, maximum, minimum])
            made = combined(f, made, draft.pick(batches))
        batches.append(made)
    return ended(draft, batches[-1])


@family(5)
def network(draft):
    """Layers, a loss, and perhaps a penalty."""
    batch, first = draft.data(), len(draft.leaves)
    for _ in range(draft.rng.randint(1, 1 + draft.size)):
        batch = taken(draft, draft.pick(["affine", "affine", "layer", "by_columns"]), batch)
        if draft.chance(0.7):
            batch = taken(draft, draft.pick(["activated", "activated", "activated", "normalized", "softmax"]), batch)
    loss = ended(draft, batch)
    weights = [leaf for leaf, what in zip(draft.leaves, draft.domain, strict=True) if what.kind == "parameter"]
    return penalized(draft, loss, weights) if weights and draft.chance(0.3) and first >= 0 else loss


def penalized(draft, loss, weights):
    rate = draft.pick([0.01, 0.5, 1.0])
    way = draft.pick([lambda w: w * w, lambda w: w**2, abs, lambda w: 0.5 * w**2])
    draft.note("penalty")
    return loss + rate * summed(draft, [way(w) for w in weights])


@family(5)
def sequence(draft):
    """A cell over one or several sequences, read out and compared."""
    steps, columns = draft.few(), draft.few(2)
    batches = [draft.data(steps, columns) for _ in range(draft.pick([1, 1, draft.few(3)]))]
    rows = [row for states in sequences(draft, batches) for row in states]
    if draft.chance(0.6):
        rows = taken(draft, draft.pick(["affine", "layer", "by_columns"]), rows)
    return ended(draft, rows)


@family(6)
def formula(draft):
    """One formula of few parameters and the columns of a sample, for every sample."""
    rows = draft.data() if draft.chance(0.7) else [[draft.parameter()]]
    names = [draft.parameter() for _ in range(draft.few())]
    depth = draft.rng.randint(1, 2 + draft.size // 2)
    shape = template(draft, depth, len(names) + len(rows[0]))
    draft.note(f"formula {described(shape)}, of {len(names)} parameters, then the columns of X")
    terms = [evaluated(shape, [*names, *row]) for row in rows]
    finish = a_power(draft) if draft.chance(0.4) else (lambda s: s)
    terms = [finish(term) for term in terms]
    return summed(draft, terms) / draft.pick([1, 2, len(terms)]) if draft.chance(0.9) else reduce(operator.mul, terms)


def template(draft, depth, count):
    """A tree: a number of a variable, ("c", constant), or an operation with its arguments."""
    if depth == 0 or draft.chance(0.12):
        return ("c", draft.pick(CONSTANTS)) if draft.chance(0.25) else ("v", draft.rng.randrange(count))
    name = draft.pick(["+", "+", "-", "*", "*", "sum", "sum", "f", "dot", "**", "/", "lse", "max"])
    arguments = {"f": 1, "**": 1, "sum": draft.rng.randint(2, 3), "dot": 4, "lse": draft.rng.randint(1, 2)}.get(name, 2)
    extra = {"f": draft.pick([*SMOOTH, "abs", "log", "cos"]), "**": draft.pick([2, 3, 2, 0, 1])}.get(name, 0)
    return (name, extra, *(template(draft, depth - 1, count) for _ in range(arguments)))


COMBINE = {
    "+": lambda extra, a, b: a + b,
    "-": lambda extra, a, b: a - b,
    "*": lambda extra, a, b: a * b,
    "/": lambda extra, a, b: a / (b * b + 1),
    "max": lambda extra, a, b: maximum(a, b),
    "f": lambda extra, a: function(extra)(a),
    "**": lambda extra, a: a**extra,
    "sum": lambda extra, *args: sum(args),
    "dot": lambda extra, a, b, c, d: dot([a, b], [c, d]),
    "lse": lambda extra, *args: logsumexp(args),
}


def evaluated(shape, variables):
    if shape[0] == "c":
        return shape[1]
    if shape[0] == "v":
        return variables[shape[1]]
    return COMBINE[shape[0]](shape[1], *(evaluated(each, variables) for each in shape[2:]))


def described(shape):
    if shape[0] in ("c", "v"):
        return f"{shape[1]:g}" if shape[0] == "c" else f"v{shape[1]}"
    name = {"f": shape[1], "**": f"power{shape[1]}"}.get(shape[0], shape[0])
    return f"{name}({', '.join(map(described, shape[2:]))})"


@family(3)
def products_of_sums(draft):
    """(a·2 + b·x)(c·2 + d·x) and its kin: sums of two or three products, multiplied or taken from one another."""
    leaves = [draft.pick([draft.parameter, draft.parameter, draft.datum])() for _ in range(draft.rng.randint(2, 5))]
    pool = [*leaves, *(draft.constant() for _ in range(2))]
    way, width = a_dot(draft), draft.rng.randint(1, 3)

    def factor():
        return way([draft.pick(pool) for _ in range(width)], [draft.pick(pool) for _ in range(width)])

    count = draft.rng.randint(1, 3 + draft.size)
    factors = [factor() for _ in range(count)]
    if draft.chance(0.4):
        factors = list(map(function(draft.pick(SMOOTH)), factors))
    f = draft.pick([operator.mul, operator.add, operator.sub, maximum])
    return reduce(f, factors) * draft.pick([1, 2.0, leaves[0], 1]) + draft.pick([0.0, 1, leaves[-1]])


@family(4)
def webs(draft):
    """Layers of sums of products whose factors are any leaves or sums before them: few numbers, many products."""
    pool = [draft.pick([draft.parameter, draft.parameter, draft.datum])() for _ in range(draft.rng.randint(1, 4))]
    pool += [draft.constant() for _ in range(draft.rng.randrange(2))]
    batch = [pool]
    for _ in range(draft.rng.randint(1, 2 + draft.size // 2)):
        way, width, count = a_dot(draft), draft.rng.randint(1, 3), draft.rng.randint(1, 3 + draft.size)
        left, right = draft.pick([(pool, pool), (pool, batch[0]), (batch[0], batch[0])])
        sums = [way(draft.rng.choices(left, k=width), draft.rng.choices(right, k=width)) for _ in range(count)]
        f = function(draft.pick(SMOOTH)) if draft.chance(0.5) else (lambda z: z)
        batch = on_all(f, [sums])
        pool = pool + batch[0] if draft.chance(0.3) else pool
    rows = [batch[0]] if draft.chance(0.7) else [[z] for z in batch[0]]
    return ended(draft, rows)


@family(2)
def siamese(draft):
    """One map on two batches, which are then compared."""
    left = draft.data()
    right = draft.matrix(len(left), len(left[0]), draft.datum)
    width = len(left)
    both = taken(draft, draft.pick(["affine", "layer", "by_columns", "patterned", "tied"]), (left + right)[: 2 * width])
    width = len(both) // 2 or 1
    compare = draft.pick([operator.sub, operator.mul, lambda a, b: (a - b) ** 2, maximum])
    return ended(draft, combined(compare, both[:width], both[-width:]))


@family(2)
def second_order(draft):
    """A loss with the gradient of another one inside: its length, or a step along it."""
    loss = as_value(FAMILIES[draft.pick(["network", "formula", "products_of_sums", "rules"])][0](draft))
    leaves = [leaf for leaf in draft.leaves if leaf in set(topological_order(loss))][:4]
    if not leaves:
        return loss
    draft.note("gradient inside")
    slopes = list(grad(loss, leaves))
    return draft.pick(
        [
            lambda: sum(g * g for g in slopes),
            lambda: loss + 0.1 * summed(draft, [g**2 for g in slopes]),
            lambda: dot(slopes, leaves),
            lambda: sum((w - 0.1 * g) ** 2 for w, g in zip(leaves, slopes, strict=True)),
        ]
    )()


@family(2)
def rules(draft):
    """Every operation of the table on a few leaves: of one kind, or parameters and data mixed."""
    leaves = [draft.pick([draft.parameter, draft.datum])() for _ in range(draft.rng.randint(2, 6))]
    half = len(leaves) // 2
    name = draft.pick(RULES)
    draft.note(f"rule {name} of {len(leaves)} leaves")
    if name == "dot":
        return a_power(draft)(dot(leaves[:half], leaves[half : 2 * half]))
    if name == "logsumexp":
        return a_power(draft)(logsumexp(draft.pick([leaves, leaves[:1], [2 * z for z in leaves], leaves + leaves])))
    batch = [leaves] if draft.chance(0.5) else [[leaf] for leaf in leaves]
    f = (lambda z: function(name)(z)) if name in UNARY else None
    batch = on_all(f, batch) if f else two_arguments(draft, batch)
    return ended(draft, batch)


@family(1)
def hardly_anything(draft):
    """A single leaf, a constant, one operation."""
    w = draft.parameter()
    return draft.pick(
        [
            lambda: w,
            lambda: Value(2.0) * 3,
            lambda: draft.datum() * w,
            lambda: w * 1,
            lambda: w + 0,
            lambda: 0 * w,
            lambda: w - w,
            lambda: w * w * w,
            lambda: 1 - w,
            lambda: -w,
            lambda: (Value(2.0) * 3.0 + Value(4.0) * 3.0) * w,
            lambda: w**0,
            lambda: function(draft.pick(UNARY))(w),
            lambda: as_value(2.0),
            lambda: dot([w], [w]),
            lambda: logsumexp([w]),
            lambda: w / (1 + exp(w)),
        ]
    )()


# ── From a number to a case ───────────────────────────────────────────────────────────────────────────────────────────


def finished(draft, loss):
    """The loss as a Value, and at times one more operation on it."""
    if not isinstance(loss, Value):
        loss = loss * draft.parameter()
    if draft.chance(0.1):
        w = draft.parameter()
        loss = draft.pick(
            [
                lambda: loss * 0.5,
                lambda: w * loss,
                lambda: loss + w,
                lambda: loss - 1,
                lambda: loss * loss,
                lambda: -loss,
            ]
        )()
    if draft.labels == "hostile":
        for node in topological_order(loss):
            if node.args and draft.chance(0.1):
                node.label = draft.pick(LABELS)
    return loss


def roles(draft, loss):
    """(wrt, inputs, outputs): parameters in some order, perhaps not all; inputs flat, in rows, shuffled."""
    kinds = [(leaf, what.kind) for leaf, what in zip(draft.leaves, draft.domain, strict=True)]
    parameters = [leaf for leaf, kind in kinds if kind == "parameter"]
    inputs = [leaf for leaf, kind in kinds if kind == "input"]
    wrt = draft.pick([parameters] * 4 + [None, shuffled(draft, parameters), some(draft, parameters)])
    if inputs and draft.chance(0.1):
        given = draft.pick(inputs)  # data to differentiate by, as saliency maps do
        inputs = [leaf for leaf in inputs if leaf is not given]
        wrt = wrt if wrt is None else [given, *wrt]
    inputs = draft.pick(
        [lambda: inputs, lambda: inputs, lambda: shuffled(draft, inputs), lambda: some(draft, inputs)]
    )()
    draft.note(f"wrt {'None' if wrt is None else len(wrt)} of {len(parameters)}, inputs {len(inputs)}")
    return wrt, in_rows(draft, inputs), outputs_of(draft, loss)


def shuffled(draft, things):
    return draft.rng.sample(things, len(things))


def some(draft, things):
    return draft.rng.sample(things, draft.rng.randint(0, len(things)))


def in_rows(draft, things):
    """Flat, or in rows of one length, or in columns of these."""
    widths = [width for width in range(1, len(things) + 1) if len(things) % width == 0]
    if not widths or draft.chance(0.4):
        return things
    width = draft.pick(widths)
    rows = [things[k : k + width] for k in range(0, len(things), width)]
    return draft.pick([rows, transposed(rows)])


def outputs_of(draft, loss):
    if draft.chance(0.6):
        return []
    nodes = [node for node in topological_order(loss) if not node.is_constant]
    return in_rows(draft, [draft.pick(nodes) for _ in range(draft.rng.randint(1, 6))]) if nodes else []
