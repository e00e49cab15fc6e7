"""Does everything that reads a graph take twice as long for twice the graph, whatever its shape?

Work is counted, not timed: the lines of Python that run. Of three sizes, each twice the one before, the work that the
second step adds is compared with what the first one added: 2 where it grows with the graph, 4 where with its square.
"""

import copy
import pickle

import pytest
from sampling import sample
from work import growth

from tinygrad_edu import Trace, Value, chain_rule, explain, grad, gradcheck, nn, parse, viz
from tinygrad_edu.cli.steps import step_lines
from tinygrad_edu.functions import dot, logsumexp
from tinygrad_edu.graph import Graph
from tinygrad_edu.steps import paths
from tinygrad_edu.terminal.stepper import Stepper
from tinygrad_edu.text.printing import identifier, to_latex, to_text

SIZES = (20, 40, 80)  # steps of a shape
MOST = 2.6


def leaves(count, name):
    return [Value(0.1 + index / 1000, label=f"{name}{index}") for index in range(count)]


def chained(step):
    def make(size):
        x = y = Value(0.5, label="x")
        for _ in range(size):
            y = step(y, x)
        return y

    return make


SHAPES = {
    "chain": chained(lambda y, x: y.tanh()),
    "wide dot": lambda size: dot(leaves(size, "w"), leaves(size, "x")),
    "one leaf, many times": lambda size: dot([x := Value(0.5, label="x")] * size, [x] * size),
    "halves": chained(lambda y, x: (y + x) * 0.5),
    "deep net": lambda size: nn.MLP(2, [3] * (size // 10) + [1], seed=0)([0.3, 0.4]),
    "doubling": chained(lambda y, x: y + y),
    "wide dot of data": lambda size: dot(leaves(size, "w"), [1.0 + index for index in range(size)]),
    "wide softmax": lambda size: logsumexp(leaves(size, "z")),
    "many leaves": lambda size: sum(leaves(size, "a")),
    "wide net": lambda size: nn.MLP(2, [size // 4, 1], seed=0)([0.3, 0.4]),
}


def explained(y):
    trace = chain_rule(y)
    return [trace.explain(leaf.name).count for leaf in trace.leaves], str(explain(y, Graph(y).leaves[0]))


def read_back(y):
    text = to_text(y)
    return parse(text, **{identifier(leaf.label): leaf.data for leaf in Graph(y).leaves if leaf.label})


FUNCTIONS = {
    "backward": lambda y: y.backward(),
    "grad": lambda y: grad(y, Graph(y).leaves),
    "chain_rule": lambda y: str(chain_rule(y)),
    "steps as LaTeX": lambda y: [step.latex for step in chain_rule(y)],
    "JSON and back": lambda y: Trace.from_json(chain_rule(y).to_json()),
    "explain": explained,
    "str and back": read_back,
    "latex": to_latex,
    "repr": lambda y: (repr(y), str(y), repr(Graph(y))),
    "validate": lambda y: Graph(y).validate(),
    "gradcheck": lambda y: gradcheck(y, Graph(y).leaves[:1]),
    "draw": lambda y: viz.draw(y, max_nodes=10**6).source,
    "draw in full": lambda y: viz.draw(y, max_nodes=10**6, detail="full").source,
    "player": lambda y: viz.player(y).html(),
    "step": lambda y: list(step_lines(y, chain_rule(y))),
    "terminal": lambda y: Stepper(chain_rule(y), "f").frame(),
    "copy": copy.deepcopy,
    "pickle": lambda y: pickle.loads(pickle.dumps(y)),
}


@pytest.mark.parametrize("shape", sample(SHAPES, few=3))
def test_work_grows_with_the_graph(shape, monkeypatch):
    monkeypatch.setattr(paths, "LONGEST_SUM", 50)  # limits that the smallest graph reaches, or the largest does not
    monkeypatch.setattr("tinygrad_edu.viz.graph.MOST_EDGE_LABELS", 10**6)
    monkeypatch.setattr(
        "tinygrad_edu.viz.page.link.MOST_NODES", 0
    )  # only a small graph is written out as a formula, too
    found = {name: growth(function, SHAPES[shape], SIZES) for name, function in FUNCTIONS.items()}
    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio > MOST} == {}


def test_quadratic_work_is_noticed():
    def slow(y):
        nodes = Graph(y).nodes
        for _ in nodes:
            for _ in nodes:
                pass

    assert growth(slow, SHAPES["chain"], SIZES) > 3.5
