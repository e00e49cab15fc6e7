"""Does everything that takes a graph take a long one, and copy it as it is? A million: `python -m tests.long size`."""

import copy
import gc
import io
import pickle
import sys
import threading

import pytest

import tinygrad_edu
from tinygrad_edu import GradientWarning, Value, chain_rule, explain, grad, gradcheck, nn, viz
from tinygrad_edu.checks.anomaly import first_anomaly
from tinygrad_edu.graph import Graph

SIZE = 2000  # nodes: twice as many as Python lets calls be nested


def chain(size=SIZE):
    x = Value(0.5, label="x")
    y = x
    for _ in range(size // 2):
        y = (y + x) * 0.5
    return x, y


def tree(size=SIZE):
    x = Value(0.5, label="x")
    level = [x * (1 + number * 1e-6) for number in range(size // 3)]
    while len(level) > 1:
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) & ~1 :]
    return x, level[0]


FUNCTIONS = {
    "backward": lambda y, x: y.backward(),
    "grad": lambda y, x: grad(y, [x])[0].data,
    "grad twice": lambda y, x: grad(grad(y, [x])[0], [x])[0].data,
    "chain_rule": lambda y, x: len(chain_rule(y)),
    "as JSON": lambda y, x: len(chain_rule(y).to_json()),
    "explain": lambda y, x: explain(y, x).count,
    "gradcheck": lambda y, x: gradcheck(y).ok or 1 / 0,
    "draw": lambda y, x: viz.draw(y).svg(),
    "svg": lambda y, x: y._repr_svg_(),
    "player": lambda y, x: repr(viz.player(y)),
    "repr": lambda y, x: repr(y),
    "str": lambda y, x: str(y),
    "latex": lambda y, x: y.latex(),
    "copy": lambda y, x: copy.copy(y),
    "deepcopy": lambda y, x: copy.deepcopy(y),
    "pickle": lambda y, x: pickle.loads(pickle.dumps(y)),
    "graph": lambda y, x: (repr(Graph(y)), Graph(y).leaves, Graph(y).validate()),
    "anomaly": lambda y, x: first_anomaly(y),
}


@pytest.mark.parametrize("make", [chain, tree])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_recurses_over_a_graph(make, name):
    x, y = make()
    before = sys.getrecursionlimit()
    FUNCTIONS[name](y, x)
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize("make", [chain, tree])
def test_compile_does_not_recurse_either(make):
    x, y = make(3000)
    assert tinygrad_edu.compile(y, wrt=[x])()[1][0] == pytest.approx(grad(y, [x])[0].data)


# Copies


def shape(values):
    """A graph as numbers: what each node is, and which earlier nodes it was made from."""
    order = {}
    for value in values:
        for node in Graph(value).nodes:
            order.setdefault(node, len(order))
    return [
        (node.data, node.grad, node.has_grad, node.label, node.rule, node.partials, [order[arg] for arg in node.args])
        for node in order
    ], [order[value] for value in values]


WAYS = {
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {number}": lambda thing, number=number: pickle.loads(pickle.dumps(thing, number))
        for number in range(6)
    },
    "pickle in Python": lambda thing: pickle._loads(pickle._dumps(thing)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_is_the_same_graph(way):
    x, w = Value(0.3, label="x"), Value(-2.0, label="w")
    h = (w * x + 1).tanh()
    y = h * h + x**2
    y.backward()
    w.data = -1.0  # its gradient is of another number now
    for things in ([y], [x, y], [y, x], [h, y], [y, h, w, y]):
        again = WAYS[way](things)
        assert shape(again) == shape(things)
        assert not {id(node) for node in Graph(again[0]).nodes} & {id(node) for node in Graph(things[0]).nodes}
    again = WAYS[way](y)
    with pytest.warns(GradientWarning, match="numbers have changed since: v1 = w"):  # of the copy as of the graph
        again.backward()
    assert {node.label: node.grad for node in Graph(again).leaves}["x"] == pytest.approx(2 * x.grad)


def test_a_shallow_copy_has_the_same_arguments():
    x = Value(2.0, label="x")
    y = x * x
    again = copy.copy(y)
    assert again is not y
    assert (again.args, again.data, again.rule) == (y.args, y.data, y.rule)


@pytest.mark.parametrize("way", WAYS)
def test_a_model_is_copied_with_its_parameters_shared(way):
    model = nn.MLP(2, [3, 1], seed=0)
    loss = nn.mse_loss([model([1.0, 2.0])], [0.5])
    again, other = WAYS[way]((model, loss))
    other.backward()
    assert all(parameter.has_grad for parameter in again.parameters())
    assert again.state_dict() == model.state_dict()


class Weight(Value):
    """A subclass with an attribute."""

    def __init__(self, data, label="", layer=None):
        super().__init__(data, label)
        self.layer = layer


class Frozen(Value):
    """A subclass with a slot."""

    __slots__ = ("reason",)


class Guarded(Value):
    """A subclass that says itself what is kept of it."""

    def __getstate__(self):
        return {"kept": self.layer}

    def __setstate__(self, state):
        self.layer = ("again", state["kept"])


@pytest.mark.parametrize("way", [*WAYS.values(), copy.copy], ids=[*WAYS, "copy"])
def test_attributes_of_a_subclass_are_kept(way):
    weight, frozen, guarded, bare = Weight(2.0, "w", layer=[3]), Frozen(4.0), Guarded(5.0), Frozen(1.0)
    frozen.reason, guarded.layer = "a test", 1
    cases = (
        (weight, lambda v: v.layer == [3]),
        (frozen, lambda v: v.reason == "a test"),
        (guarded, lambda v: v.layer == ("again", 1)),
        (bare, lambda v: not hasattr(v, "reason")),
    )
    for value, found in cases:
        again = way(value)
        assert found(again)
        assert (type(again), again.data, again.label) == (type(value), value.data, value.label)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_attributes_of_a_subclass_are_kept_inside_a_graph(way):
    weight = Weight(2.0, layer=1)
    y = (weight * 3.0).tanh()
    weight.layer = {"graph": y}
    again, w = way((y, weight))
    assert again.args[0].args[0] is w
    assert w.layer["graph"] is again


@pytest.mark.parametrize(
    "first", [lambda w, v: w + v, lambda w, v: v * w, lambda w, v: w.maximum(v), lambda w, v: 2 / w]
)
def test_a_subclass_computes_as_a_value_does(first):
    w, v = Weight(2.0, layer=1), Value(3.0)
    plain = Value(2.0)
    ours, theirs = first(w, v), first(plain, v)
    ours.backward()
    theirs.backward()
    assert (ours.data, w.grad) == (theirs.data, plain.grad)


class Unwilling:
    def __reduce__(self):
        raise ValueError("no")


class Full:
    """A file with room for so many bytes."""

    def __init__(self, room):
        self.room = room

    def write(self, content):
        self.room -= len(content)
        if self.room < 0:
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("dump", [pickle.dump, pickle._dump], ids=["in C", "in Python"])
def test_a_pickle_works_after_one_that_failed(dump):
    _, y = chain()
    with pytest.raises(ValueError, match="no"):
        pickle.dumps([y, Unwilling()])
    size = len(pickle.dumps(y))
    for room in (0, size // 3, size - 10):
        with pytest.raises(OSError, match="No space"):
            dump(y, Full(room))
        assert shape([pickle.loads(pickle.dumps(y))]) == shape([y])
    y.label = "later"
    assert pickle.loads(pickle.dumps(y)).label == "later"


def test_a_pickler_reuses_the_nodes_it_has_written():
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    x = Value(2.0)
    y = x * 3.0
    pickler.dump(y)
    pickler.dump((x, y + x))
    file.seek(0)
    unpickler = pickle.Unpickler(file)
    first = unpickler.load()
    leaf, second = unpickler.load()
    assert second.args == (first, leaf)


def test_a_pickle_leaves_nothing_behind():
    _, y = chain(1000)
    before = memory()
    for _ in range(20):
        pickle.dumps(y)
    assert memory() - before < 100_000


def memory():
    gc.collect()
    return sum(map(sys.getsizeof, gc.get_objects()))


def test_threads_can_pickle_separate_graphs():
    wrong = []

    def work(seed):
        x = Value(float(seed))
        y = x
        for _ in range(2000):
            y = y + x
        for _ in range(5):
            if pickle.loads(pickle.dumps(y)).data != y.data:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
