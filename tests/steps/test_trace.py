"""Is a trace what it promises: laws of the sweep, words that read back, and a file that survives or complains?"""

import copy
import json
import math
import re
from pathlib import Path

import jsonschema
import promises
import pytest
import random_graphs
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from sampling import sample
from several_places import TIES, tied

from tinygrad_edu import Trace, Value, chain_rule, parse
from tinygrad_edu.errors import TraceError
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.rules import RULES
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.value import as_value

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "trace.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

MATHEMATICS = MathTextParser("path")

seeds = st.integers(0, 10**6)


def random_value(seed, **size):
    return random_graphs.as_values(*random_graphs.seeded(seed, **size))[1]


# Laws of the sweep


@given(seeds)
@settings(max_examples=60)
def test_contributions_into_a_node_sum_to_its_gradient(seed):
    f = random_value(seed)
    graph, gradients, trace = Graph(f), gradient_numbers(f), chain_rule(f)
    sums = dict.fromkeys(range(len(graph)), 0.0) | {len(graph) - 1: 1.0}
    for step in trace.edges:
        sums[step.argument_node] += step.contribution
        assert step.after == sums[step.argument_node]
    for index, node in enumerate(graph.nodes):
        if not node.is_constant:
            assert sums[index] == gradients[node]
            assert trace.gradients.get(graph.name(node), 0.0) == gradients[node]


@given(seeds)
@settings(max_examples=60)
def test_a_gradient_is_complete_before_it_is_passed_on_and_every_edge_occurs_once(seed):
    f = random_value(seed)
    graph, trace = Graph(f), chain_rule(f)
    complete = {len(graph) - 1: 1.0}
    for step in trace.edges:
        assert step.upstream == complete[step.user_node]
        if step.is_complete:
            complete[step.argument_node] = step.after
    walked = [(step.user_node, step.position) for step in trace.edges]
    edges = {(graph.index[e.user], e.position) for e in graph.edges if not e.argument.is_constant}
    assert len(walked) == len(set(walked))
    assert set(walked) == edges


@given(seeds)
@settings(max_examples=40)
def test_forward_steps_describe_every_operation_in_order(seed):
    f = random_value(seed)
    graph, trace = Graph(f), chain_rule(f)
    assert [graph.nodes[step.node] for step in trace.forward] == [node for node in graph.nodes if node.args]
    assert [(node.name, node.data) for node in trace.nodes] == [(graph.name(node), node.data) for node in graph.nodes]
    assert trace.output.data == f.data
    assert {leaf.name for leaf in trace.leaves} == {graph.name(leaf) for leaf in graph.leaves}


# Words


def one_operation(rule):
    args = promises.points(rule, 1)[0]
    values = [as_value(a) if i in rule.fixed else Value(a, label=f"x{i}") for i, a in enumerate(args)]
    out = rule(*values)
    out.label = "out"
    return out, {f"x{i}": a for i, a in enumerate(args) if i not in rule.fixed}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_sentence_of_every_row_contains_its_numbers(rule):
    """The formula and the symbol of each step are expressions that compute what the step says."""
    out, numbers = one_operation(rule)
    trace = chain_rule(out)
    assert math.isclose(parse(trace.forward[0].formula, **numbers).data, out.data, rel_tol=1e-12)
    for step in trace.edges:
        if step.symbol:
            found = parse(step.symbol, **numbers, out=out.data).data
            assert math.isclose(found, step.partial, rel_tol=5e-3, abs_tol=1e-4), (step.symbol, step.partial)
        else:
            assert step.partial in (1.0, -1.0, 0.0)


@pytest.mark.parametrize("name", TIES)
def test_the_latex_of_an_argument_used_twice_is_valid(name):
    for step in chain_rule(tied(name)):
        MATHEMATICS.parse(f"${step.latex}$")


@pytest.mark.parametrize("rule", sample(RULES.values(), few=10), ids=lambda rule: rule.name)
def test_the_latex_of_every_row_is_valid(rule):
    for step in chain_rule(one_operation(rule)[0]):
        MATHEMATICS.parse(f"${step.latex}$")
        assert step._repr_latex_() == f"${step.latex}$"


@given(seeds)
@settings(max_examples=20)
def test_the_latex_of_a_trace_has_a_line_for_each_step(seed):
    trace = chain_rule(random_value(seed))
    first, *lines, last = trace.latex.split("\n")
    assert (first, last) == (r"\begin{align*}", r"\end{align*}")
    assert [line.removesuffix(r" \\").replace("&", "") for line in lines] == [step.latex for step in trace]
    assert all(line.endswith(r" \\") for line in lines[:-1])
    assert not lines[-1].endswith(r"\\")
    assert all(line.count("&") == 1 for line in lines)


def test_the_latex_of_the_lesson():
    trace = chain_rule(parse("q = x + y; f = q * z", x=-2, y=5, z=-4))
    assert trace[0].latex == "q = x + y = -2 + 5 = 3"
    assert trace[2].latex == r"\frac{\partial f}{\partial f} = 1"
    assert trace.edges[0].latex == (
        r"\frac{\partial f}{\partial q} = \frac{\partial f}{\partial f} \cdot \frac{\partial f}{\partial q} = "
        r"\frac{\partial f}{\partial f} \cdot z = 1 \cdot \left(-4\right) = -4"
    )
    assert trace._repr_latex_().startswith(r"$\begin{aligned}q &= x + y")
    long = Value(1.0)
    for _ in range(100):
        long = long * 1.01
    assert chain_rule(long)._repr_latex_() is None


def test_a_label_that_is_not_a_word_stays_one_symbol():
    f = Value(2.0, label="a - b") * Value(3.0, label="</script>")
    trace = chain_rule(f)
    assert trace.forward[0].formula == "[a - b] * [</script>]"
    assert [step.symbol for step in trace.edges] == ["[</script>]", "[a - b]"]
    assert not any("<" in step.latex for step in trace)


def test_contributions_still_to_come_are_announced():
    steps = chain_rule(parse("y = x * x", x=3)).edges
    assert [step.status for step in steps] == ["1 more to come", "complete"]
    assert [step.is_shared for step in steps] == [True, True]


# As JSON


@pytest.mark.parametrize("part", sample(range(3)))
@given(seed=seeds)
@settings(max_examples=20)
def test_a_trace_is_restored_exactly_and_fits_the_schema(part, seed):
    trace = chain_rule(random_value(seed))
    text = trace.to_json()
    VALIDATOR.validate(json.loads(text))
    assert Trace.from_json(text) == trace
    assert hash(Trace.from_json(text)) == hash(trace)
    part = trace[3:]
    assert Trace.from_json(part.to_json(indent=1)) == part


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -0.0, 5e-324, 1.7e308, 0.1])
def test_unusual_numbers_and_labels_are_restored(number):
    x = Value(number, label="</script>\u2028学习\"'\\")
    trace = chain_rule((x + 1.0) * x)
    text = trace.to_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    VALIDATOR.validate(json.loads(text))
    again = Trace.from_json(text)
    assert repr(again.steps) == repr(trace.steps)
    assert math.copysign(1.0, again.nodes[0].data) == math.copysign(1.0, number)


@pytest.mark.parametrize("name", TIES)
def test_a_file_keeps_the_roles_of_an_argument_used_twice(name):
    trace = chain_rule(tied(name))
    data = json.loads(trace.to_json())
    VALIDATOR.validate(data)
    backward = [step for step in data["steps"] if step["phase"] == "backward"]
    assert [step["role"] for step in backward if step["argument"] == "w"] == TIES[name].roles
    assert [step["role"] for step in backward if step["argument"] == "x"] == [""] * name.count("x]")
    assert Trace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize("name", TIES)
def test_a_file_of_version_1_is_read_and_its_roles_are_derived(name):
    trace = chain_rule(tied(name))
    data = json.loads(trace.to_json()) | {"version": 1}
    for step in data["steps"]:
        step.pop("role", None)
    assert Trace.from_json(json.dumps(data)) == trace


def test_the_example_of_the_page_is_true():
    page = (DOCS / "trace.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", page, flags=re.DOTALL)[1]
    trace = chain_rule(parse("f = w * x", w=2, x=3))
    assert json.loads(example) == json.loads(trace.to_json())
    assert Trace.from_json(example) == trace
    fields = set(re.findall(r'"(\w+)":', example))
    assert all(
        f"`{name}`" in page
        for name in fields - {"phase", "output", "name", "op", "data", "formula_latex", "numbers_latex"}
    )


VALID = json.loads(chain_rule(parse("u = x * x; f = u * w + 2", x=3, w=0.5)).to_json())


def places(data, here=()):
    """Every place in nested lists and dictionaries."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from places(item, (*here, key))


ODD = [None, True, -1, 0, 1, 99, 2.5, "", "x", "inf", "1e3", [], [99], {}, 10**400]


@given(st.sampled_from(list(places(VALID))), st.sampled_from(ODD) | st.just("delete"))
@settings(max_examples=400)
def test_a_damaged_trace_is_refused_or_read_correctly(place, item):
    data = copy.deepcopy(VALID)
    owner = data
    for key in place[:-1]:
        owner = owner[key]
    if item == "delete":
        del owner[place[-1]]
    else:
        owner[place[-1]] = item
    text = json.dumps(data)
    try:
        trace = Trace.from_json(text)
    except TraceError:
        with pytest.raises(TraceError, match=r"^reading a trace\n  what is wrong:  "):
            Trace.from_json(text)
    else:
        assert Trace.from_json(trace.to_json()) == trace
        str(trace)


@given(st.integers(0, len(json.dumps(VALID)) - 1))
@settings(max_examples=60)
def test_a_truncated_text_is_refused(length):
    with pytest.raises(TraceError, match="this is not JSON"):
        Trace.from_json(json.dumps(VALID)[:length])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format="other"), 'does not begin with "format"'),
        (lambda d: d.update(version=3), "its version is 3, and this program reads 1 and 2"),
        (lambda d: d.update(nodes=[]), "it has no nodes"),
        (lambda d: d.update(steps={}), '"steps" is not a list'),
        (
            lambda d: d["steps"][0].update(phase="sideways"),
            r'the "phase" of steps\[0\] is not one of forward, seed, backward',
        ),
        (lambda d: d["nodes"][1].update(args=[4]), r"nodes\[1\]: an argument does not come before it"),
        (lambda d: d["steps"][0].update(node=99), r"steps\[0\]: there is no node 99 called 'u'"),
        (lambda d: d["steps"][-1].update(position=7), r"x is not argument 7 of u"),
        (lambda d: d["steps"][-1].update(before=1.0), r"after is 3.0, but the other numbers give 2.5"),
        (lambda d: d["steps"][-1].update(before=1.0, after=2.5), "before is 1.0, but the steps before it give 1.5"),
        (lambda d: d["steps"][-1].update(upstream=1.0, contribution=3.0, after=4.5), "upstream is 1.0"),
        (lambda d: d["steps"][-1].update(symbol=3), r"steps\[\d\]: 'symbol' is '3'"),
        (lambda d: d["steps"][-1].update(role=""), "role is '', and x stands at several positions"),
        (lambda d: d["steps"][-3].update(role="first factor"), "role is 'first factor', and w stands at one position"),
        (lambda d: d["steps"][-1].pop("role"), r"steps\[\d\]: 'role' is 'None'"),
    ],
)
def test_the_error_says_what_is_damaged(change, message):
    data = copy.deepcopy(VALID)
    change(data)
    with pytest.raises(TraceError, match=message):
        Trace.from_json(json.dumps(data))


def test_only_text_is_read():
    for wrong in (None, 3, b"\xff", "[" * 100_000):
        with pytest.raises(TraceError):
            Trace.from_json(wrong)


def test_the_kinds_of_steps_are_kept():
    trace = chain_rule(parse("f = w * x", w=2, x=3))
    assert isinstance(trace[0], ForwardStep)
    assert isinstance(trace[-1], EdgeStep)
    assert trace != "a trace"
