"""How is a loss written in many ways, and how is its program checked against the scalars?

A family, such as "logistic regression", is a function of a `Writer`. It asks the writer for sizes, numbers, and ways to
write a sum, a square or a product, and returns the loss. All of that comes from a seed: the same seed writes the same
loss again, at other numbers. So the truth at any point is the scalar graph itself, built again at that point.

`check` compiles one loss at some numbers (random, zero, equal, …), and asks for the same value, gradient and outputs as
the scalars have at two other points. It uses nothing of the compiler but what the guide tells.

The families stand in learners_losses.py; `python -m tests.long learners` tries as many as you like.
"""

import functools
import itertools
import operator
import random
import warnings
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

import tinygrad_edu
from tinygrad_edu import Value
from tinygrad_edu.errors import CompileError
from tinygrad_edu.functions import dot

TOLERANCE = 1e-9  # relative to the larger of 1 and the right number
KINDS = ["random", "zero", "equal", "zero parameters", "equal parameters", "signs", "few"]
CLASHES = "loss W X P I np t1 c1 dZ1 gradient out l ℓ lambda"  # with names that a printed program shows, or with Python
LABELS = ["", "w{}", "x_{}", "α{}", *CLASHES.split(" ")]

families = {}


def family(function):
    families[function.__name__] = function
    return function


class Writer:
    """Writes one loss, out of a seed, at given numbers of its leaves.

    Args:
        seed: of every choice. What is chosen never depends on a number of a leaf.
        number: a function of the place of a leaf, its role, and its range, that gives its number.
    """

    def __init__(self, seed, number):
        self.choices = random.Random(seed)
        self.number = number
        self.leaves, self.roles = [], []
        self.named = []
        self.labels = self.pick([[""], [""], [self.pick(LABELS)], LABELS])

    # Choices

    def chance(self, probability=0.5):
        return self.choices.random() < probability

    def pick(self, options):
        return options[self.choices.randrange(len(options))]

    def size(self, low=1, high=4):
        return self.choices.randint(low, high)

    def uniform(self, low=-2.0, high=2.0):
        return round(self.choices.uniform(low, high), 3)

    # Leaves

    def leaf(self, role, low, high):
        place = len(self.leaves)
        leaf = Value(self.number(place, role, low, high), label=self.pick(self.labels).format(place))
        self.leaves.append(leaf)
        self.roles.append(role)
        return leaf

    def parameter(self, low=-1.5, high=1.5):
        return self.leaf("parameter", low, high)

    def parameters(self, n, low=-1.5, high=1.5):
        """A list of parameters; now and then all of them are one."""
        if n > 1 and self.chance(0.07):
            return [self.parameter(low, high)] * n
        return [self.parameter(low, high) for _ in range(n)]

    def matrix(self, rows, columns, low=-1.5, high=1.5):
        """Rows of parameters; now and then the matrix is symmetric, or its rows are one."""
        if rows == columns > 1 and self.chance(0.07):
            full = [[self.parameter(low, high) for _ in range(columns)] for _ in range(rows)]
            return [[full[min(i, j)][max(i, j)] for j in range(columns)] for i in range(rows)]
        if self.chance(0.05):
            return [self.parameters(columns, low, high)] * rows
        return [[self.parameter(low, high) for _ in range(columns)] for _ in range(rows)]

    def constant(self, low=-2.0, high=2.0):
        """A number that never changes, of whatever type people write."""
        number = self.uniform(low, high)
        kind = self.choices.randrange(4)
        if kind == 0 and low <= round(number) <= high:
            return round(number)
        return [number, float(number), np.float64(number), Value(number)][kind]

    def vector(self, n, low=-2.0, high=2.0):
        """Numbers that are no parameters: inputs, or constants, or 0 and 1 and -1."""
        return self.data(1, n, low, high)[0]

    def data(self, rows, columns, low=-2.0, high=2.0):
        """Samples in rows: inputs, or constants, or 0 and 1 and -1; rows may come again."""
        kind = self.pick(["inputs", "inputs", "inputs", "floats", "integers", "Values", "constants", "array"])
        make = {
            "inputs": lambda: self.leaf("input", low, high),
            "floats": lambda: self.uniform(low, high),
            "integers": lambda: self.pick([n for n in (-1, 0, 1, 2) if low <= n <= high] or [self.uniform(low, high)]),
            "Values": lambda: Value(self.uniform(low, high)),
            "constants": lambda: self.constant(low, high),
            "array": lambda: np.float64(self.uniform(low, high)),
        }[kind]
        table = [[make() for _ in range(columns)] for _ in range(rows)]
        if rows > 1 and self.chance(0.15):
            table[-1] = table[0]
        if rows > 1 and self.chance(0.05):
            table = [table[0]] * rows
        return np.array(table) if kind == "array" and self.chance() else table

    def bits(self, n, choices=(0, 1)):
        """Targets, such as 0 and 1 for each sample; now and then as inputs."""
        if self.chance(0.25):
            return [self.leaf("input", min(choices), max(choices)) for _ in range(n)]
        if self.chance(0.2):
            return [self.pick(choices)] * n
        return [self.pick(choices) for _ in range(n)]

    def one_hot(self, index, n):
        if self.chance(0.2):
            return [self.leaf("input", 0.0, 1.0) for _ in range(n)]
        return [self.pick([1, 1.0]) if i == index else self.pick([0, 0.0]) for i in range(n)]

    def keep(self, nodes):
        """Remember nodes as possible outputs, and give them back."""
        self.named.append(nodes)
        return nodes

    # Ways to write the same

    def sum(self, terms):
        terms = list(terms)
        return self.pick(SUMS)(terms)

    def mean(self, terms):
        terms = list(terms)
        n = len(terms)
        kind = self.choices.randrange(4)
        if kind == 0:
            return self.sum(terms) / n
        if kind == 1:
            return self.sum(terms) * (1 / n)
        if kind == 2:
            return 1.0 / n * self.sum(terms)
        return self.sum(term / n for term in terms)

    def square(self, x):
        return self.pick(SQUARES)(x)

    def times(self, x, y):
        return x * y if self.chance() else y * x

    def minus(self, x, y):
        return self.pick(DIFFERENCES)(x, y)

    def over(self, x, y):
        return self.pick(QUOTIENTS)(x, y)

    def dot(self, xs, ys):
        """Σ xᵢ yᵢ, in one of the ways that people write it."""
        xs, ys = list(xs), list(ys)
        kind = self.choices.randrange(6)
        if kind == 0:
            return dot(xs, ys)
        if kind == 1:
            return np.dot(objects(xs), objects(ys))
        if kind == 2:
            return sum(map(operator.mul, xs, ys))
        if kind == 3:
            return objects(xs) @ objects(ys)
        return self.sum(self.times(x, y) for x, y in zip(xs, ys, strict=True))

    def times_vector(self, A, x):
        """A x, as a list."""
        if self.chance(0.25):
            return list(objects(A) @ objects(x))
        if self.chance(0.2):
            return list(objects(x) @ objects(A).T)
        return [self.dot(row, x) for row in A]

    def product(self, A, B):
        """The matrix product A B, as lists."""
        if self.chance(0.3):
            return (objects(A) @ objects(B)).tolist()
        if self.chance(0.2):
            return np.dot(objects(B).T, objects(A).T).T.tolist()
        columns = list(zip(*B, strict=True))
        return [[self.dot(row, column) for column in columns] for row in A]

    def transpose(self, A):
        return objects(A).T.tolist() if self.chance() else [list(column) for column in zip(*A, strict=True)]

    def norm2(self, xs):
        return self.dot(xs, xs) if self.chance() else self.sum(self.square(x) for x in xs)

    def distance2(self, xs, ys):
        return self.norm2([self.minus(x, y) for x, y in zip(xs, ys, strict=True)])

    def error(self, predictions, targets):
        """A squared error, a mean or a sum, halved or not."""
        terms = [self.square(self.minus(p, t)) for p, t in zip(predictions, targets, strict=True)]
        return self.pick([lambda: self.mean(terms), lambda: self.sum(terms), lambda: 0.5 * self.sum(terms)])()

    def softmax(self, zs):
        zs = [value(z) for z in zs]
        if self.chance(0.3):
            total = tinygrad_edu.functions.logsumexp(zs)
            return [(z - total).exp() for z in zs]
        exps = list(np.exp(objects(zs))) if self.chance(0.3) else [exp(z) for z in zs]
        if self.chance(0.3):
            inverse = 1 / self.sum(exps)
            return [e * inverse for e in exps]
        total = self.sum(exps)
        return [e / total for e in exps]

    def activation(self, x):
        name = self.pick(["tanh", "sigmoid", "relu", "softplus", "sin", "silu", "gelu", "elu", "leaky_relu", "erf"])
        return [getattr(value(number), name)() for number in x]


def value(number):
    return number if isinstance(number, Value) else Value(number)


def exp(x):
    return value(x).exp()


def objects(numbers):
    return np.array(numbers, dtype=object)


def pairwise(terms):
    while len(terms) > 1:
        terms = [sum(terms[i + 1 : i + 2], start=terms[i]) for i in range(0, len(terms), 2)]
    return terms[0]


def adding_up(terms, start=0.0):
    total = start
    for term in terms:
        total += term
    return total


def taking_away(terms):
    total = 0.0
    for term in terms:
        total -= term
    return -total


def first_minus_rest(terms):
    total = terms[0]
    for term in terms[1:]:
        total -= -term
    return total


SUMS = [
    sum,
    sum,
    lambda terms: sum(reversed(terms)),
    lambda terms: functools.reduce(operator.add, terms),
    lambda terms: functools.reduce(lambda total, term: term + total, terms),
    lambda terms: np.sum(objects(terms)),
    lambda terms: objects(terms).sum(),
    lambda terms: adding_up(terms, Value(0.0)),
    lambda terms: sum(terms[: len(terms) // 2]) + sum(terms[len(terms) // 2 :]),
    lambda terms: dot([1.0] * len(terms), terms),
    lambda terms: list(itertools.accumulate(terms))[-1],
    adding_up,
    taking_away,
    first_minus_rest,
    pairwise,
]
SQUARES = [
    lambda x: x**2,
    lambda x: x * x,
    lambda x: x**2.0,
    lambda x: pow(x, 2),
    lambda x: abs(x) ** 2,
    lambda x: abs(x) * abs(x),
    lambda x: dot([x], [x]),
]
DIFFERENCES = [
    lambda x, y: x - y,
    lambda x, y: x - y,
    lambda x, y: x + -y,
    lambda x, y: -(y - x),
    lambda x, y: -y + x,
    lambda x, y: x + -1 * y,
]
QUOTIENTS = [
    lambda x, y: x / y,
    lambda x, y: x * (1 / y),
    lambda x, y: x * y**-1,
    lambda x, y: x * y ** (-1.0),
]


# What is true: the scalars


class Point(NamedTuple):
    """A loss, made at some numbers."""

    loss: Value
    leaves: list
    roles: list
    named: list
    gradient: list

    @property
    def numbers(self):
        return [leaf.data for leaf in self.leaves]


def write(name, seed, number):
    """The loss at these numbers; None where it has none, or no gradient, or very large ones."""
    writer = Writer(f"{name} {seed}", number)
    try:
        loss = families[name](writer)
        loss.backward()
    except (tinygrad_edu.TinygradError, ArithmeticError):
        return None
    gradient = [leaf.grad for leaf in writer.leaves]
    if not all(abs(found) < 1e6 for found in [loss.data, *gradient]):
        return None
    return Point(loss, writer.leaves, writer.roles, writer.named, gradient)


def drawn(kind, rng):
    """The function that gives each leaf its number."""
    same = {"parameter": rng.choice([0.5, 1.0, -1.0, 0.25]), "input": rng.choice([0.5, 1.0, -1.0])}
    few = [rng.uniform(-1.5, 1.5), rng.uniform(0.1, 1.0)]
    how, _, only = kind.partition(" ")

    def number(place, role, low, high):
        wanted = {"zero": 0.0, "equal": same[role], "signs": rng.choice([-1.0, 0.0, 1.0]), "few": rng.choice(few)}
        if how == "random" or (only and role == "input"):
            return rng.uniform(low, high)
        if low <= wanted[how] <= high:
            return wanted[how]
        return rng.uniform(low, high) if how in ("signs", "few") else (low + high) / 2

    return number


def somewhere(name, seed, kind, rng, fixed=None):
    """A point where the loss and its gradient are numbers; the leaves in `fixed`, a table by place, keep theirs."""
    for attempt in range(12):
        number = drawn(kind if attempt < 2 else "random", rng)
        point = write(name, seed, lambda place, *rest: (fixed or {}).get(place, number(place, *rest)))  # noqa: B023
        if point is not None:
            return point
    return None


def is_sharp(name, seed, point):
    """Whether the scalars' own numbers jump within a hair's breadth: a kink, or a loss of all digits."""
    rng = random.Random(seed)
    for _ in range(3):
        near = [number + 1e-12 * rng.uniform(-1, 1) for number in point.numbers]
        other = write(name, seed, lambda place, *rest: near[place])  # noqa: B023
        if other is None or not is_close([other.loss.data, *other.gradient], [point.loss.data, *point.gradient]):
            return True
    return False


def nodes_of(loss):
    seen, stack = set(), [loss]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(arg for arg in node.args if isinstance(arg, Value))
    return seen


def flat(nodes):
    return list(itertools.chain.from_iterable(map(flat, nodes))) if isinstance(nodes, list) else [nodes]


def data_of(nodes):
    return [data_of(node) for node in nodes] if isinstance(nodes, list) else nodes.data


def is_close(found, right):
    found, right = np.asarray(found, dtype=float), np.asarray(right, dtype=float)
    return found.shape == right.shape and bool(
        np.all(np.abs(found - right) <= TOLERANCE * np.maximum(1, np.abs(right)))
    )


# What is claimed: the program


@dataclass
class Verdict:
    """What became of one loss: "right", "skipped" (no point to compare at), or what went wrong."""

    name: str
    seed: int
    kind: str
    found: str = "right"
    details: str = ""
    source: str = ""
    nodes: int = 0

    def put(self, found, error, program, first, plan):
        self.found = f"{found} in compile" if program is None and found != "skipped" else found
        self.details = f"{error}\n{told(first, plan)}"
        self.source = program.source if program is not None else ""

    @property
    def failed(self):
        return self.found not in ("right", "skipped")

    def __str__(self):
        head = f"{self.name} {self.seed}, compiled at {self.kind} numbers, {self.nodes} nodes: {self.found}"
        return "\n".join(filter(None, [head, self.details, self.source]))


@dataclass
class Plan:
    """Which leaves (by their places) are parameters and which are inputs, which nodes are outputs."""

    wrt: list
    inputs: list
    output: int | None
    check: bool
    form: str

    def nested(self, numbers):
        """The inputs in a list, in a list of lists, or in an array; Values or numbers."""
        if self.form == "rows" and len(numbers) % 2 == 0:
            return [numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]]
        if self.form == "column":
            return [[number] for number in numbers]
        return numbers


def planned(point, rng):
    """Some leaves of the graph as parameters, some as inputs; all others are constants."""
    nodes = nodes_of(point.loss)
    alive = [place for place, leaf in enumerate(point.leaves) if leaf in nodes]
    wrt = [place for place in alive if point.roles[place] == "parameter"]
    inputs = [place for place in alive if point.roles[place] == "input"]
    how = rng.random()
    if how < 0.1:
        wrt, inputs = inputs, wrt
    if how > 0.4:
        rng.shuffle(wrt)
        rng.shuffle(inputs)
    if how > 0.7:
        wrt, inputs = wrt[: rng.randint(1, max(1, len(wrt)))], inputs[: rng.randint(0, len(inputs))]
    named = [place for place, kept in enumerate(point.named) if all(node in nodes for node in flat(kept))]
    output = rng.choice(named) if named and rng.random() < 0.5 else None
    return Plan(wrt, inputs, output, rng.random() < 0.1, rng.choice(["list", "rows", "column", "array"]))


def told(point, plan):
    """The loss as an expression, its numbers, and what was asked of `compile`."""
    for place, leaf in enumerate(point.leaves):
        leaf.label = leaf.label or f"{point.roles[place][0]}{place}"
    text = str(point.loss)
    names = [leaf.label for leaf in point.leaves]
    numbers = ", ".join(f"{leaf.label}={leaf.data!r}" for leaf in point.leaves)
    asked = f"wrt={[names[i] for i in plan.wrt]}, inputs={[names[i] for i in plan.inputs]}, output={plan.output}"
    return f"{text if len(text) < 3000 else '(a long expression)'}\n{numbers}\n{asked}"


class WrongError(Exception):
    """The program says something else than the scalars, at the point that is put on it."""


def compare(program, plan, point, answer):
    """Hold what the program says at a point against the scalars there."""
    found, gradient = answer
    if not is_close(found, point.loss.data):
        raise WrongError(f"the loss is {found!r} for {point.loss.data!r}")
    right = [point.gradient[place] for place in plan.wrt]
    if not is_close(gradient, right):
        raise WrongError(f"the gradient is {np.asarray(gradient).tolist()}\n             for {right}")
    if plan.output is not None:
        right = data_of(point.named[plan.output])
        if not is_close(program.outputs, right):
            raise WrongError(f"the outputs are {np.asarray(program.outputs).tolist()} for {right}")


def compare_defaults(point):
    """Without `wrt`, all leaves are parameters, in an order of the compiler's own."""
    leaves = [node for node in nodes_of(point.loss) if not node.args and not node.is_constant]
    found, gradient = tinygrad_edu.compile(point.loss)()
    if not is_close(found, point.loss.data) or not is_close(sorted(gradient), sorted(leaf.grad for leaf in leaves)):
        raise WrongError(f"without wrt: {found!r}, {sorted(gradient)} for {point.loss.data!r}")


def run(program, plan, point):
    """The program at the numbers of a point."""
    program.parameters = np.array([point.numbers[place] for place in plan.wrt])
    numbers = plan.nested([point.numbers[place] for place in plan.inputs])
    return program(np.array(numbers) if plan.form == "array" else numbers) if plan.inputs else program()


def compiled(point, plan):
    return tinygrad_edu.compile(
        point.loss,
        wrt=[point.leaves[place] for place in plan.wrt],
        inputs=plan.nested([point.leaves[place] for place in plan.inputs]),
        outputs=[] if plan.output is None else point.named[plan.output],
        check=plan.check,
    )


def compare_everywhere(program, plan, first, points):
    """The program where it was made, and at the other points. What it gave out is not touched by later calls."""
    answers = []
    for point in [first, *points]:
        try:
            answers.append((point, program() if point is first else run(program, plan, point)))
            compare(program, plan, *answers[-1])
        except WrongError as wrong:
            wrong.point = point
            raise
    for point, answer in answers:
        compare(program, replace(plan, output=None), point, answer)
    program.write_back()
    if not is_close([first.leaves[place].data for place in plan.wrt], program.parameters):
        raise WrongError("write_back wrote other numbers")


def check(name, seed):
    """A Verdict on one loss of a family."""
    rng = random.Random(f"check {name} {seed}")
    kind = rng.choice(KINDS)
    first = somewhere(name, seed, kind, rng)
    if first is None:
        return Verdict(name, seed, kind, "skipped")
    plan = planned(first, rng)
    verdict = Verdict(name, seed, kind, nodes=len(nodes_of(first.loss)))
    fixed = {place: number for place, number in enumerate(first.numbers) if place not in {*plan.wrt, *plan.inputs}}
    others = [somewhere(name, seed, "random", rng, fixed) for _ in range(2)]
    program = None
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            if rng.random() < 0.1:
                compare_defaults(first)
            program = compiled(first, plan)
            compare_everywhere(program, plan, first, [point for point in others if point is not None])
        except (WrongError, CompileError) as error:
            is_excused = is_sharp(name, seed, getattr(error, "point", first))
            verdict.put("skipped" if is_excused else type(error).__name__, error, program, first, plan)
        except Exception as error:  # noqa: BLE001
            verdict.put(type(error).__name__, error, program, first, plan)
    return verdict


def slope_error(name, seed):
    """How far the scalars' own gradient is from central differences along some direction; None if there is no point."""
    rng = random.Random(f"slope {name} {seed}")
    point = somewhere(name, seed, "random", rng)
    if point is None:
        return None
    direction = [rng.uniform(-1, 1) for _ in point.leaves]
    right = sum(slope * part for slope, part in zip(point.gradient, direction, strict=True))

    def along(t):
        return write(name, seed, lambda place, *rest: point.numbers[place] + t * direction[place])

    errors = []
    for h in (1e-3, 1e-4, 1e-5):  # at a kink, or close to a pole, the smaller one counts
        around = [along(k * h) for k in (-2, -1, 1, 2)]
        if None not in around:
            a, b, c, d = (other.loss.data for other in around)
            errors.append(abs((a - 8 * b + 8 * c - d) / (12 * h) - right) / max(1.0, abs(right)))
    return min(errors, default=None)
