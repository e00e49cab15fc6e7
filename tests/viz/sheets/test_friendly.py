"""Are the numbers of variants small, different, the same for a seed, and away from kinks, poles and huge numbers?"""

import math

import pytest
import random_graphs

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.rules import RULES
from tinygrad_edu.text.inputs import with_numbers as some_numbers
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.viz.sheets.friendly import LARGEST, SMALLEST, effort, variants


def inputs(f):
    return tuple(leaf.data for leaf in Graph(f).leaves)


def made(text):
    return parse(text, **some_numbers(text, {}))


def test_thirty_are_different_and_all_products_short():
    found = variants(made("q = x + y; f = q * z"), 30, seed=1)
    assert len({inputs(f) for f in found}) == 30
    for f in found:
        numbers = [node.data for node in Graph(f).nodes] + list(gradient_numbers(f).values())
        assert all(4 * number == int(4 * number) and 0 < abs(number) < 100 for number in numbers)
        assert to_text(f) == "q = x + y; f = q * z"


def test_a_seed_gives_the_same_sheets_and_more_begin_with_the_same():
    f = made("f = sigmoid(w * x + b)")
    one, again, more = (list(map(inputs, variants(f, count))) for count in (5, 5, 35))
    assert one == again == more[:5]
    assert one != list(map(inputs, variants(f, 5, seed=2)))


def test_names_that_are_kept_keep_their_numbers():
    f = parse("f = w * x + b", w=7, x=2.25, b=1)
    assert {leaf.data for g in variants(f, 8, keep=["x"]) for leaf in Graph(g).leaves if leaf.label == "x"} == {2.25}
    with pytest.raises(OptionError, match=r"write instead: +keep='x'"):
        variants(f, 8, keep=["xx"])


@pytest.mark.parametrize(
    "text", ["(y - tanh(w * x + b)) ** 2", "sigmoid(w * x) * y", "erf(x * y)", "gelu(x * y)", "exp(x * y)"]
)
def test_no_gradient_is_lost_in_a_saturated_neuron(text):
    for f in variants(made(text), 30, seed=1):
        gradients = gradient_numbers(f)
        assert all(abs(gradients[leaf]) >= SMALLEST for leaf in Graph(f).leaves)


@pytest.mark.parametrize(
    "text", ["log(x - y)", "sqrt(x)", "x / (y - z)", "relu(x * y)", "abs(x - y)", "maximum(x, y)", "x ** y", "1 / x",
             "exp(x * y)", "step(x - y)", "log(x) / log(y)", "leaky_relu(x - 1, y)", "sqrt(x - y)",
             "logsumexp([x, y, x])"]
)  # fmt: skip
def test_poles_kinks_and_borders_are_avoided(text):
    """A kink is where differences from the left and the right disagree: found here without the row that says so."""
    for f in variants(made(text), 20, seed=3):
        graph = Graph(f)
        truth = gradient_numbers(f)
        assert all(math.isfinite(number) and abs(number) <= LARGEST for number in [*truth.values(), f.data])
        for leaf in graph.leaves:
            h = 1e-6
            left, right = (graph.recompute({leaf: leaf.data + move})[f] for move in (-h, h))
            assert (f.data - left) / h == pytest.approx(truth[leaf], rel=1e-3, abs=1e-3)
            assert (right - f.data) / h == pytest.approx(truth[leaf], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1000000 * x", "none of .* because a number is beyond 1000"),
        ("abs(x - x)", "has a kink or a jump"),
        ("exp(exp(10 + x * x))", "none of"),
        ("0.00001 * x", "smaller than 0.001"),
        ("log(x - 60)", r"log\(x\) needs x > 0"),
        ("1 / (40 - x)", "smaller than|beyond"),
    ],
)
def test_where_there_are_none_it_says_why(text, reason):
    with pytest.raises(OptionError, match=reason) as caught:
        variants(parse(text, x=70.5 if "60" in text else 0.5), 80)
    assert "variants=80" not in str(caught.value)


def test_too_many_and_none_are_refused():
    for count in (0, -1, 201):
        with pytest.raises(SizeError, match="1 to 200 sheets"):
            variants(made("x * y"), count)
    with pytest.raises(OptionError, match="no inputs"):
        variants(Value.of(2.0) * 3.0, 2)


def test_one_input_has_as_many_as_there_are_small_numbers():
    assert len({inputs(f) for f in variants(made("f = x * x"), 40)}) == 40
    with pytest.raises(OptionError, match=r"only \d+ of"):
        variants(made("f = x * x"), 200)


@pytest.mark.long
def test_random_graphs_over_every_row_get_variants_or_a_reason():
    seen, refused, made_of = set(), 0, 0
    for seed in range(40):
        f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=5))[1]
        try:
            found = variants(f, 3, seed=seed)
        except OptionError as error:
            reasons = str(error)
            refused += "left out because" in reasons
            continue
        made_of += 1
        seen |= {node.op for g in found for node in Graph(g).nodes if node.args}
        for g in found:
            trace = chain_rule(g)
            asked = [step.after for step in trace.edges] + [node.data for node in Graph(g).nodes if node.args]
            assert all(math.isfinite(number) and abs(number) <= 2 * LARGEST for number in asked)
            gradients = [abs(number) for number in trace.gradients.values()]
            assert all(number == 0 or number >= SMALLEST for number in gradients)
    assert refused + made_of == 40
    assert refused < 20
    assert len(seen) > 0.7 * len(RULES)


def test_effort_counts_digits():
    assert [effort(number) for number in (0.5, 12, 125, 1 / 3, -4)] == [0, 1, 4, 4, 0]
    assert effort(0.0066928509) > effort(1 / 3)
