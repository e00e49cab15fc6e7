"""Is a graph in which nothing has a partner written as scalars, quickly, and is the program right at new numbers?"""

import cProfile
import dataclasses
import math
import pickle
import pstats
import random
from collections import Counter

import irregular_graphs
import languages
import numpy as np
import pytest
import structured_check
from sampling import long_case, sample

import tinygrad_edu
from tinygrad_edu import DomainError, Value, nn, parse
from tinygrad_edu.compiler import singly
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.patterns import Filled
from tinygrad_edu.functions import logsumexp
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.rule import RULES, Rule

KINDS = sorted(irregular_graphs.GRAPHS)


@pytest.fixture
def everything_singly(monkeypatch):
    """Whatever the graph is like, it is written scalar by scalar."""
    for name, number in {"MANY": 0, "FEW": math.inf, "MOST_ARGUMENTS": math.inf, "SHARE": 0}.items():
        monkeypatch.setattr(singly, name, number)


def is_scalar_by_scalar(program):
    return isinstance(program.formulas.lines, Filled)


def eager(loss, leaves, numbers):
    """Value and gradient of a graph at other numbers, node by node."""
    graph = Graph(loss)
    found = graph.recompute(dict(zip(leaves, numbers, strict=True)))
    partials = [
        node.rule.local_derivatives([found[arg] for arg in node.args], found[node]) if node.args else ()
        for node in graph.nodes
    ]
    gradients = dict(zip(graph.nodes, gradients_in(graph, partials), strict=True))
    return found[loss], [gradients.get(leaf, 0.0) for leaf in leaves]


def differs(program, loss, wrt, numbers):
    """How far value and gradient are from those of the graph, beside the largest gradient."""
    program.parameters = numbers
    (value, gradient), (right, slopes) = program(), eager(loss, wrt, numbers)
    return max(abs(value - right), np.abs(gradient - slopes).max()) / max(1.0, np.abs(slopes).max())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [700, 2500])
@pytest.mark.parametrize("seed", sample(range(3)))
def test_a_graph_without_partners_is_right_at_numbers_it_has_not_seen(kind, size, seed):
    loss, wrt = irregular_graphs.GRAPHS[kind](size, seed)
    program = tinygrad_edu.compile(loss, wrt=wrt)
    assert is_scalar_by_scalar(program)
    for number in range(3):
        numbers = np.random.default_rng(number).uniform(-1, 1, len(wrt))
        assert differs(program, loss, wrt, numbers) < 1e-9


def test_a_formula_in_which_no_two_operations_are_alike_is_written_at_once():
    program = tinygrad_edu.compile(parse("q = x + y; f = tanh(q) * z", x=-2, y=5, z=-4))
    assert is_scalar_by_scalar(program)
    assert [f"{line.name} = {NumPyPrinter().text(line.formula)}" for line in program.lines] == [
        "t1 = np.tanh(x + y)",
        "loss = t1 * z",
        "t2 = z * (1 - t1 * t1)",
    ]


@pytest.mark.parametrize("text", ["x * y + y * z", "x * x", "x * y + z * y - x", "tanh(x) + tanh(y)"])
def test_what_arrays_or_a_rule_say_in_fewer_words_is_written_as_ever(text):
    """A sum of products, two operations of a kind, an operation on a number and itself."""
    numbers = {name: number for name, number in zip("xyz", (0.5, 1.5, -0.7), strict=True) if name in text}
    assert not is_scalar_by_scalar(tinygrad_edu.compile(parse(text, **numbers)))


@pytest.mark.parametrize("seed", range(40))
def test_small_graphs_of_different_operations_are_right_at_numbers_they_have_not_seen(seed):
    rng = random.Random(seed)
    leaves = [Value(rng.choice([0.0, 1.0, -1.0, rng.uniform(-2, 2)]), label=rng.choice(LABELS)) for _ in range(4)]
    loss, operations = leaves[0], rng.sample(SMOOTH, rng.randint(1, len(SMOOTH)))
    for operation in operations:
        loss = operation(loss, rng.choice(leaves[1:]))
    program = tinygrad_edu.compile(loss, wrt=leaves)
    assert is_scalar_by_scalar(program)
    for _ in range(3):
        assert differs(program, loss, leaves, [rng.uniform(-1, 1) for _ in leaves]) < 1e-9


LABELS = ["", "x", "t1", "dt1", "loss", "权重", "gradient", "np", "dx", "a b"]
SMOOTH = [
    lambda x, y: x + y,
    lambda x, y: y * x,
    lambda x, y: x - y,
    lambda x, y: y - x.tanh(),
    lambda x, y: (x / 3).sin(),
    lambda x, y: x.cos() / 2,
    lambda x, y: -x,
    lambda x, y: x / (2 + y.sin()),
    lambda x, y: (x / 5) ** 3,
    lambda x, y: (x.tanh() / 4).exp(),
    lambda x, y: x * 0.0,
    lambda x, y: x * 1.0,
    lambda x, y: x.sigmoid(),
]


def test_a_rule_of_the_reader_keeps_the_function_that_its_template_calls(monkeypatch):
    monkeypatch.setattr(singly, "MANY", 0)
    rule = Rule("size", abs, lambda x, out: RULES["sign"](x), numpy="abs({})")
    x = Value(-0.3, label="abs")
    program = tinygrad_edu.compile(rule(x))
    assert is_scalar_by_scalar(program)
    assert program() == (0.3, np.array([-1.0]))


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("group", range(4))
def test_losses_of_all_operations_written_scalar_by_scalar_give_what_their_graphs_give(group):
    for seed in range(group, 60, 4):
        _, failure = structured_check.tried(seed)
        assert failure is None, str(failure)


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_the_text_is_that_of_the_formulas(seed):
    loss = structured_check.tried_case(random.Random(seed)).loss
    try:
        source = tinygrad_edu.compile(loss).formulas
    except DomainError:
        return
    if isinstance(source.lines, Filled):
        assert NumPyPrinter().program(source) == NumPyPrinter().program(as_formulas(source))


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_thousands_of_lines_is_that_of_the_formulas(kind):
    source = tinygrad_edu.compile(*irregular_graphs.GRAPHS[kind](3000, 1)).formulas
    assert NumPyPrinter().program(source) == NumPyPrinter().program(as_formulas(source))


def as_formulas(source):
    return dataclasses.replace(source, lines=tuple(source.lines))


@pytest.mark.parametrize(
    ("language", "kind"),
    [*(("javascript", kind) for kind in KINDS), *map(long_case, (("jax", kind) for kind in KINDS))],
)
def test_it_is_right_in_other_languages(language, kind):
    languages.skip_without(language)
    loss, wrt = irregular_graphs.GRAPHS[kind](600, 5)
    program = tinygrad_edu.compile(loss, wrt=wrt)
    value, gradient = languages.InLanguage(program, language)()
    assert is_scalar_by_scalar(program)
    assert value == pytest.approx(loss.data, rel=1e-9)
    assert gradient == pytest.approx(program()[1], rel=1e-9, abs=1e-12)


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("count", sample([2, 65, 63, 64, 66, 128, 129, 4096, 4097, 4161], few=2))
def test_a_sum_of_any_number_of_terms_is_written_and_read(count):
    """A leaf that so many operations use: its gradient has a term for each; some are taken away."""
    x = Value(0.3, label="x")
    leaves = [Value(0.001 * number, label=f"k{number}") for number in range(count)]
    terms = [x * leaf if number % 3 else -(x * leaf) for number, leaf in enumerate(leaves)]
    loss = terms[0].sin()
    for term in terms[1:]:
        loss = loss + term.sin()
    program = tinygrad_edu.compile(loss, wrt=[x, *leaves])
    assert is_scalar_by_scalar(program)
    assert differs(program, loss, [x, *leaves], np.linspace(-1, 1, count + 1)) < 1e-12
    source = program.formulas
    assert NumPyPrinter().program(source) == NumPyPrinter().program(as_formulas(source))


@pytest.mark.usefixtures("everything_singly")
def test_names_that_a_program_uses_itself_are_given_to_nothing_else():
    labels = ["t1", "dt1", "t2", "loss", "np", "P", "gradient", "lambda", "", "权重", "x", "x", "my weight", "dx", "m"]
    leaves = [Value(0.1 * number + 0.1, label=label) for number, label in enumerate(labels)]
    loss = leaves[0].tanh()
    for leaf in leaves[1:]:
        loss = (loss * leaf).sin() + leaf.cos()
    program = tinygrad_edu.compile(loss, wrt=leaves)
    assert is_scalar_by_scalar(program)
    assert differs(program, loss, leaves, np.linspace(-1, 1, len(leaves))) < 1e-12
    names = [line.name for line in (*program.leaves, *program.lines)]
    assert max(Counter(names).values()) == 1


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("number", [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, -0.3, 3.0, 1e17, -1e300, 1e-320])
def test_a_number_in_every_place_of_an_operation_is_right(number):
    x, y = Value(0.7, label="x"), Value(1.1, label="y")
    terms = [
        x * number + y,
        number * x - y,
        number - x * y,
        x - number,
        x + number,
        (x * y).maximum(number),
        (x + y) * (number * x).relu(),
        y ** (number if abs(number) < 10 else 2.0),
        logsumexp([x, Value(number), y]),
    ]
    loss = sum(term.tanh() for term in terms) + x * 1 + (y + 0) / 1 - (x - 0)
    program = tinygrad_edu.compile(loss, wrt=[x, y])
    assert is_scalar_by_scalar(program)
    for numbers in ([0.3, 0.9], [-0.4, 1.7]):
        assert differs(program, loss, [x, y], numbers) < 1e-9


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_inf_and_nan_are_written_as_such(number):
    x = Value(0.7, label="x")
    loss = (x * 2).tanh() + Value(number) * x
    value, gradient = tinygrad_edu.compile(loss, wrt=[x])()
    loss.backward()
    assert np.array_equal([value, gradient[0]], [loss.data, x.grad], equal_nan=True)


@pytest.mark.usefixtures("everything_singly")
def test_inputs_change_and_outputs_of_every_sort_come_in_their_shape():
    w, x, unused = Value(0.5, label="w"), Value(2.0, label="x"), Value(3.0)
    y = (w * x).tanh()
    z = y * x + 4.0
    program = tinygrad_edu.compile(z.sin(), wrt=[w, unused], inputs=[x], outputs=[[y, z], [x, z]])
    assert is_scalar_by_scalar(program)
    value, gradient = program([1.5])
    right = math.tanh(0.75)
    assert value == pytest.approx(math.sin(right * 1.5 + 4))
    assert gradient == pytest.approx([math.cos(right * 1.5 + 4) * 1.5 * (1 - right**2) * 1.5, 0.0])
    assert program.outputs == pytest.approx(np.array([[right, right * 1.5 + 4], [1.5, right * 1.5 + 4]]))


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize("made", ["x * 1", "-x", "x + y - 3", "3 - x", "x * y", "x + x + x"])
def test_the_smallest_programs_are_right(made):
    x, y = Value(0.7, label="x"), Value(1.1, label="y")
    loss = eval(made, {"x": x, "y": y})
    program = tinygrad_edu.compile(loss, wrt=[x, y])
    assert differs(program, loss, [x, y], [2.0, 3.0]) == 0


@pytest.mark.usefixtures("everything_singly")
def test_what_a_program_can_be_asked_for_can_be_asked_for_here():
    x, y = Value(0.7, label="x"), Value(1.1, label="y")
    program = tinygrad_edu.compile((x * y).tanh() - (x * x).sin(), wrt=[x, y])
    again = pickle.loads(pickle.dumps(program))
    assert again() == (program()[0], pytest.approx(program()[1]))
    assert again.source == program.source
    assert "t1      1 scalar: v2 = tanh(v1)" in program.explain()
    assert "dt2     1 scalar: ∂v5/∂v3" in program.explain()
    assert [each.name for each in program.memory().kept] == ["t1", "t2"]
    assert r"\tanh\left(x \cdot y\right)" in program.latex()
    assert len(program.lines) == len(program.formulas.lines)


@pytest.mark.usefixtures("everything_singly")
@pytest.mark.parametrize(
    ("made", "lines"),
    [
        ("(x * y - x).tanh()", ["loss = np.tanh(x * y - x)"]),
        ("((x + y) * 2).sin()", ["t1 = (x + y) * 2", "loss = np.sin(t1)", "t2 = np.cos(t1) * 2"]),  # cos reads t1
        ("(x * y) * (x * y)", ["t1 = x * y"]),  # used twice
        ("(x - (x + y).tanh() - 3 * y) * 2", ["t1 = np.tanh(x + y)", "loss = (x - t1 - 3 * y) * 2"]),
        ("x - (y - x.relu())", ["loss = x - (y - np.maximum(x, 0.0))"]),
        ("1 - (x * y - x) * 2", ["loss = 1 - (x * y - x) * 2"]),
        ("((x * 2).tanh() * 3).tanh() * 5", ["dx = 5 * (1 - t2 * t2) * 3 * (1 - t1 * t1) * 2"]),
        ("(x + y) * (x - y) / 7", ["t1 = x + y", "t2 = x - y", "loss = t1 * t2 / 7"]),
    ],
)
def test_what_is_used_once_stands_in_the_line_of_its_user_unless_the_way_back_reads_it(made, lines):
    x, y = wrt = [Value(0.7, label="x"), Value(1.1, label="y")]
    loss = eval(made, {"x": x, "y": y})
    program = tinygrad_edu.compile(loss, wrt=wrt)
    assert is_scalar_by_scalar(program)
    assert set(lines) <= {line.strip() for line in program.source.splitlines()}, program.source
    assert differs(program, loss, wrt, [0.4, -1.3]) < 1e-12


@pytest.mark.usefixtures("everything_singly")
def test_a_line_holds_only_so_many_operations():
    x = Value(0.7, label="x")
    loss = x
    for number in range(40):
        loss = (loss + 0.1 * number) * 0.9 if number % 2 else (loss - 0.3) / 1.1
    program = tinygrad_edu.compile(loss, wrt=[x])
    counts = [sum(map(line.count, (" + ", " - ", " * ", " / "))) for line in program.source.splitlines()]
    assert singly.MOST_OPERATIONS <= max(counts) <= 2 * singly.MOST_OPERATIONS  # a slope may have several of them
    assert differs(program, loss, [x], [-1.9]) < 1e-12


@pytest.mark.usefixtures("everything_singly")
def test_an_output_has_a_line_even_if_it_is_used_once():
    x = Value(0.7, label="x")
    y = x * 2
    program = tinygrad_edu.compile((y + 1).tanh(), wrt=[x], outputs=[y])
    program.parameters = [0.2]
    program()
    assert program.outputs == pytest.approx([0.4])


@pytest.mark.usefixtures("everything_singly")
def test_a_domain_error_says_which_line_it_is():
    x, y = Value(0.7, label="x"), Value(1.1, label="y")
    program = tinygrad_edu.compile(x.log() * y.sin(), wrt=[x, y], check=True)
    program.parameters = [-1.0, 1.0]
    with pytest.raises(DomainError, match=r"t1 = np\.log\(x\)"):
        program()


def test_a_few_steps_that_happen_to_repeat_make_no_arrays_of_thousands_of_scalars():
    rng = random.Random(3)
    x, a = wrt = [Value(0.5, label="x"), Value(0.9, label="a")]
    for step in range(1500):
        if 700 < step < 720:
            x = (x * a).sin()
        else:
            x = rng.choice([x.tanh, x.cos, lambda x=x: x * a, lambda x=x: x + a * rng.random()])()
    program = tinygrad_edu.compile(x, wrt=wrt)
    assert is_scalar_by_scalar(program)
    assert differs(program, x, wrt, [0.4, 0.8]) < 1e-9


def test_layers_of_many_sizes_stay_layers():
    """Hundreds of arrays, of a few scalars each: they are layers all the same."""
    model = nn.MLP(5, [*random.Random(0).choices(range(5, 12), k=90), 1], activation="tanh", seed=0)
    loss = model([0.1, -0.2, 0.3, 0.4, -0.5])
    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    assert not is_scalar_by_scalar(program)
    assert program.source.count(" @ ") > 90, program


@pytest.mark.parametrize("kind", sample(KINDS))
def test_a_program_takes_time_in_proportion_to_its_graph(kind):
    """Counted in calls, not in seconds: less than 85 for an operation, however many there are."""

    def calls(size):
        loss, wrt = irregular_graphs.GRAPHS[kind](size)
        profile = cProfile.Profile()
        profile.runcall(lambda: tinygrad_edu.compile(loss, wrt=wrt))
        return pstats.Stats(profile).total_calls / len(Graph(loss))

    calls(1000)  # what is known afterwards is not found again
    few, many = calls(1000), calls(6000)
    assert many < 1.1 * few + 5
    assert many < 85
