"""What is drawn of a graph of any size? Scenes keep their promises for graphs drawn at random; node runs them."""

import random

import lab_modules
import page_engine
import pytest
import random_graphs

from tinygrad_edu import Value, nn, parse
from tinygrad_edu.graph import Graph
from tinygrad_edu.viz.page.engine import nodes

needs_node = pytest.mark.skipif(not page_engine.HAS_NODE, reason="node, which runs the page's modules, is not installed")
SMALL = {"boxes": 12, "deep": 5, "broad": 4, "easy": {"boxes": 8, "deep": 3, "broad": 3}}
LOSSES = (nn.mse_loss, nn.hinge_loss, nn.binary_cross_entropy_with_logits)


def case(value, **more):
    return {"nodes": nodes(Graph(value)), **more}


def network(random, samples=1, outputs=1):
    sizes = [random.randint(1, 12) for _ in range(random.randint(1, 3))]
    return nn.MLP(random.randint(1, 20), [*sizes, outputs], activation=random.choice(["relu", "tanh"]), seed=0)


def loss_over_samples(random, samples):
    """Of a network, with data that are Values or plain numbers, and perhaps a penalty."""
    model, loss = network(random), random.choice(LOSSES)
    make = random.choice([float, Value])
    data = [[make(random.uniform(-1, 1)) for _ in range(model.sizes[0])] for _ in range(samples)]
    targets = [1.0 if loss is not nn.hinge_loss else random.choice([-1.0, 1.0]) for _ in data]
    found = loss([model(x) for x in data], targets)
    return found + 1e-3 * sum(p * p for p in model.parameters()) if random.random() < 0.5 else found


def by_hand(random, points, make=Value):
    """A loss over points, written out, with shared w and b."""
    w, b = Value(0.5, label="w"), Value(-0.2, label="b")
    pairs = [(make(random.uniform(-1, 1)), make(random.uniform(-1, 1))) for _ in range(points)]
    return sum((w * x + b - y) ** 2 for x, y in pairs) / points


def chain(length):
    y = Value(0.5, label="x")
    for _ in range(length):
        y = y.tanh()
    return y


def karpathy(random, samples):
    """Networks of scalars without a label, and a sum of squared errors."""
    sizes = (3, 4, 4, 1)
    layers = [[([Value(random.uniform(-1, 1)) for _ in range(m)], Value(0.0)) for _ in range(n)] for m, n in zip(sizes, sizes[1:], strict=False)]
    total = 0
    for _ in range(samples):
        x = [random.uniform(-1, 1) for _ in range(3)]
        for layer in layers:
            x = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for w, b in layer]
        total = total + (x[0] - 1.0) ** 2
    return total


def recurrent(random, times):
    cell = nn.Layer(3, 2, activation="tanh", seed=0)
    state = [Value(0.0), Value(0.0)]
    for _ in range(times):
        state = cell([random.uniform(-1, 1), *state])
    return (state[0] + state[1]) ** 2


def wide(count):
    values = [Value(0.1 * i, label=f"x{i}") for i in range(count)]
    return sum(values[1:], values[0])


def graphs(seed):
    """Of every kind one, of random sizes."""
    chance = random.Random(seed)
    ws = [Value(0.1, label=f"w{i}") for i in range(chance.randint(2, 60))]
    return [
        network(chance)([0.5] * 0) if False else loss_over_samples(chance, 1),
        loss_over_samples(chance, chance.randint(2, 12)),
        by_hand(chance, chance.randint(1, 40), chance.choice([Value, float])),
        chain(chance.randint(1, 300)),
        karpathy(chance, chance.choice([1, 4])),
        recurrent(chance, chance.randint(1, 12)),
        wide(chance.randint(2, 200)),
        parse(f"dot([{', '.join(w.label for w in ws)}], [{', '.join(w.label for w in ws[::-1])}])", **{w.label: 0.1 for w in ws}),
        random_graphs.as_values(*random_graphs.seeded(seed))[1],
        random_graphs.as_values(*random_graphs.seeded(seed + 1000))[1] * loss_over_samples(chance, 3),
    ]


@needs_node
@pytest.mark.parametrize("seed", range(6))
def test_scenes_of_random_graphs_hold_every_node_and_every_edge_and_the_active_step(seed):
    cases = [case(value, room=SMALL) if seed % 2 else case(value) for value in graphs(seed)]
    found = lab_modules.scenes(cases)
    assert [each["problems"] for each in found] == [[]] * len(cases)
    assert min(each["looked"] for each in found) > 2
