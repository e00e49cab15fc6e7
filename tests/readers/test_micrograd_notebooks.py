"""Do micrograd's two public notebooks run with only their import lines changed, and give their own numbers?

The cells are those of the notebooks (MIT licence, Andrej Karpathy), with the pictures left out. The data of the first
one comes from scikit-learn there; `make_moons` below draws the same points with NumPy alone.
"""

import random

import numpy as np
import pytest
from graphviz import Digraph

from tinygrad_edu import Value, nn
from tinygrad_edu.nn import MLP

# What the notebook shows as its output, as far as rounding leaves it the same: the order in which sums are added up
# differs, and a step size of 1.0 makes the last digits grow with every step.
PUBLISHED = [
    (0.8958441028683222, 50.0),
    (1.7235905336972022, 81.0),
    (0.7429006313851131, 77.0),
    (0.7705641260584198, 82.0),
    (0.3692793385976538, 84.0),
    (0.313545481918522, 86.0),
]


def make_moons(n_samples, noise):
    """scikit-learn's function of this name, with NumPy's global random numbers."""
    angle = np.linspace(0, np.pi, n_samples // 2)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 1 - np.sin(angle) - 0.5])
    order = np.arange(n_samples)
    np.random.shuffle(order)
    X, y = np.concatenate([upper, lower])[order], np.repeat([0, 1], n_samples // 2)[order]
    return X + np.random.normal(scale=noise, size=X.shape), y


@pytest.fixture
def demo():
    """The first cells of demo.ipynb: the data, and the model."""
    np.random.seed(1337)
    random.seed(1337)
    X, y = make_moons(n_samples=100, noise=0.1)
    y = y * 2 - 1  # make y be -1 or 1
    model = MLP(2, [16, 16, 1])  # 2-layer neural network
    return X, y, model


def loss_of(X, y, model, batch_size=None):
    """The cell of demo.ipynb that defines the loss, with its global names as arguments."""
    # inline DataLoader :)
    if batch_size is None:
        Xb, yb = X, y
    else:
        ri = np.random.permutation(X.shape[0])[:batch_size]
        Xb, yb = X[ri], y[ri]
    inputs = [list(map(Value, xrow)) for xrow in Xb]

    # forward the model to get scores
    scores = list(map(model, inputs))

    # svm "max-margin" loss
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]  # noqa: B905
    data_loss = sum(losses) * (1.0 / len(losses))
    # L2 regularization
    alpha = 1e-4
    reg_loss = alpha * sum((p * p for p in model.parameters()))  # noqa: UP034
    total_loss = data_loss + reg_loss

    # also get accuracy
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]  # noqa: B905
    return total_loss, sum(accuracy) / len(accuracy)


def optimize(X, y, model, steps):
    """The training cell of demo.ipynb."""
    seen = []
    for k in range(steps):
        # forward
        total_loss, acc = loss_of(X, y, model)

        # backward
        model.zero_grad()
        total_loss.backward()

        # update (sgd)
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad

        seen.append((total_loss.data, acc * 100))
    return seen


def test_the_demo_trains_to_its_published_numbers(demo):
    X, y, model = demo
    seen = optimize(X, y, model, steps=len(PUBLISHED))
    assert [accuracy for _, accuracy in seen] == [accuracy for _, accuracy in PUBLISHED]
    assert [loss for loss, _ in seen] == pytest.approx([loss for loss, _ in PUBLISHED], rel=1e-9)


def test_the_data_are_the_two_moons_of_the_published_run(demo):
    """Without noise they are half circles; with it, both classes have their fifty points, near them."""
    X, y, _ = demo
    centre = np.where(y[:, None] == -1, [0.0, 0.0], [1.0, 0.5])
    assert np.bincount(y + 1).tolist() == [50, 0, 50]
    assert np.abs(np.hypot(*(X - centre).T) - 1).max() < 0.4


def test_the_demo_takes_mini_batches(demo):
    X, y, model = demo
    state = np.random.get_state()
    total_loss, accuracy = loss_of(X, y, model, batch_size=10)
    np.random.set_state(state)
    ri = np.random.permutation(100)[:10]
    scores = forward_in_numpy(model, X[ri])
    squares = sum(p.data**2 for p in model.parameters())
    assert total_loss.data == pytest.approx(np.maximum(0, 1 - y[ri] * scores).mean() + 1e-4 * squares, rel=1e-12)
    assert accuracy == np.mean((y[ri] > 0) == (scores > 0))


def test_the_last_cell_of_the_demo_asks_for_a_mesh(demo):
    X, _, model = demo
    h = 0.5
    x_min, x_max = X[:, 0].min() - 1, X[:, 0].max() + 1
    y_min, y_max = X[:, 1].min() - 1, X[:, 1].max() + 1
    xx, yy = np.meshgrid(np.arange(x_min, x_max, h), np.arange(y_min, y_max, h))
    Xmesh = np.c_[xx.ravel(), yy.ravel()]
    inputs = [list(map(Value, xrow)) for xrow in Xmesh]
    scores = list(map(model, inputs))
    Z = np.array([s.data > 0 for s in scores])
    Z = Z.reshape(xx.shape)
    assert np.array_equal(Z.ravel(), forward_in_numpy(model, Xmesh) > 0)


def test_the_demo_says_what_the_model_is(demo, capsys):
    _, _, model = demo
    print(model)
    print("number of parameters", len(model.parameters()))
    assert capsys.readouterr().out.endswith("number of parameters 337\n")


def forward_in_numpy(model, X):
    """The same network as three matrix products."""
    A = X
    for layer in model.layers:
        W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        Z = A @ W.T + [neuron.b.data for neuron in layer.neurons]
        A = np.maximum(0, Z)
    return Z[:, 0]


# trace_graph.ipynb


def trace(root):
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root, format="svg", rankdir="LR"):
    """
    format: png | svg | ...
    rankdir: TB (top to bottom graph) | LR (left to right)
    """
    assert rankdir in ["LR", "TB"]
    nodes, edges = trace(root)
    dot = Digraph(format=format, graph_attr={"rankdir": rankdir})  # , node_attr={'rankdir': 'TB'})

    for n in nodes:
        label = "{ data %.4f | grad %.4f }" % (n.data, n.grad)  # noqa: UP031 (the notebook's own)
        dot.node(name=str(id(n)), label=label, shape="record")
        if n._op:
            dot.node(name=str(id(n)) + n._op, label=n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))

    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)

    return dot


def boxes(dot):
    """The labels of all boxes, sorted."""
    return sorted(line.split('"')[1] for line in dot.body if "shape=record" in line)


def test_the_very_simple_example_draws():
    # a very simple example
    x = Value(1.0)
    y = (x * 2 + 1).relu()
    y.backward()
    dot = draw_dot(y)
    assert boxes(dot) == [
        "{ data 1.0000 | grad 1.0000 }",  # the constant 1
        "{ data 1.0000 | grad 2.0000 }",  # x
        "{ data 2.0000 | grad 1.0000 }",  # the constant 2
        "{ data 2.0000 | grad 1.0000 }",  # x * 2
        "{ data 3.0000 | grad 1.0000 }",
        "{ data 3.0000 | grad 1.0000 }",
    ]
    assert all(f"label={op}" in dot.source or f'label="{op}"' in dot.source for op in ("*", "+", "ReLU"))
    assert dot.source.count(" -> ") == 3 + 5  # an edge behind each operation, and one for each argument


def test_the_simple_neuron_draws():
    # a simple 2D neuron
    random.seed(1337)
    n = nn.Neuron(2)
    x = [Value(1.0), Value(-2.0)]
    y = n(x)
    y.backward()
    dot = draw_dot(y)
    random.seed(1337)
    w1, w2 = random.uniform(-1, 1), random.uniform(-1, 1)
    z = w1 - 2 * w2
    assert z > 0
    expected = [(1.0, w1), (-2.0, w2), (w1, 1.0), (w2, -2.0), (0.0, 1.0), (z, 1.0), (z, 1.0), (z, 1.0)]
    assert boxes(dot) == sorted(f"{{ data {data:.4f} | grad {grad:.4f} }}" for data, grad in expected)
    assert dot.source.count(" -> ") == 3 + 4 + 2 + 1
