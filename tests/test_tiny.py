"""Read me first: the engine in twelve tests, one minute.

Each test is one idea, in the order in which they build on each other.
"""

import math

from tinygrad_edu import Value, chain_rule, grad, gradcheck, nn, parse


def test_1_a_value_is_a_number():
    x = Value(3.0)
    assert x.data == 3.0
    assert float(x) == 3.0


def test_2_arithmetic_on_values_gives_values_that_remember_how_they_were_made():
    x, y = Value(-2.0), Value(5.0)
    q = x + y
    assert q.data == 3.0
    assert q.op == "add"
    assert q.args == (x, y)


def test_3_each_edge_has_a_local_derivative():
    """How fast the result changes with one argument while the other stands still."""
    q, z = Value(3.0), Value(-4.0)
    f = q * z
    assert f.partials == (-4.0, 3.0)  # ∂f/∂q = z, ∂f/∂z = q


def test_4_the_chain_rule_multiplies_along_a_path():
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    f = (x + y) * z
    f.backward()
    assert f.grad == 1.0
    assert z.grad == 3.0  # ∂f/∂z = x + y
    assert x.grad == -4.0 * 1.0  # ∂f/∂q · ∂q/∂x
    assert y.grad == -4.0 * 1.0


def test_5_and_adds_over_paths():
    """In x·x there are two ways from x to the output, and each contributes x."""
    x = Value(3.0)
    y = x * x
    y.backward()
    assert x.grad == 3.0 + 3.0


def test_6_every_step_can_be_read():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    assert [str(step) for step in chain_rule(f)][3] == "∂f/∂q: ∂f/∂f · z = 1 · (-4) = -4"


def test_7_a_gradient_says_how_the_output_moves():
    """Move x by a little, and f moves by the gradient times that little."""
    x = Value(0.5)
    f = x.tanh()
    f.backward()
    little = 1e-6
    assert math.isclose(math.tanh(0.5 + little) - math.tanh(0.5), x.grad * little, rel_tol=1e-5)
    assert gradcheck(f).ok


def test_8_leaves_accumulate_over_sweeps_until_zero_grad():
    x = Value(3.0)
    y = x**3
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0
    x.zero_grad()
    y.backward()
    assert x.grad == 27.0


def test_9_the_gradient_is_a_graph_too():
    x = Value(2.0, label="x")
    (dx,) = grad(x**3, [x])
    (ddx,) = grad(dx, [x])
    assert str(dx) == "3 * x ** 2"
    assert (dx.data, ddx.data) == (12.0, 12.0)


def test_10_a_neuron_is_a_weighted_sum_a_bias_and_an_activation():
    neuron = nn.Neuron(2, activation="tanh")
    w1, w2, b = neuron.parameters()
    w1.data, w2.data, b.data = -3.0, 1.0, 6.8813735870195432
    assert math.isclose(neuron([2.0, 0.0]).data, math.tanh(-3.0 * 2.0 + 1.0 * 0.0 + b.data))


def test_11_a_network_is_layers_of_neurons():
    network = nn.MLP(2, [4, 4, 1])
    assert len(network.parameters()) == (2 * 4 + 4) + (4 * 4 + 4) + (4 * 1 + 1)
    assert isinstance(network([1.0, -1.0]), Value)


def test_12_learning_is_walking_down_the_gradient():
    w = Value(0.0)
    for _ in range(50):
        loss = (w * 2.0 - 6.0) ** 2  # smallest at w = 3
        w.zero_grad()
        loss.backward()
        w.data -= 0.1 * w.grad
    assert math.isclose(w.data, 3.0)
