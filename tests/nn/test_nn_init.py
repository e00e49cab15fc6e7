"""Do weights begin with the distribution that their initializer names?"""

import math

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.nn.init import INITIALIZERS

FAN_IN, FAN_OUT = 60, 100


def weights(init, **options):
    layer = nn.Layer(FAN_IN, FAN_OUT, init=init, seed=0, **options)
    assert all(neuron.b.data == 0.0 for neuron in layer.neurons)
    return np.array([w.data for neuron in layer.neurons for w in neuron.w])


@pytest.mark.parametrize(
    ("init", "limit"), [("uniform", 1.0), ("xavier", math.sqrt(6 / (FAN_IN + FAN_OUT)))], ids=["uniform", "xavier"]
)
def test_a_uniform_initializer_fills_its_interval_evenly(init, limit):
    W = weights(init)
    assert np.abs(W).max() < limit
    shares, _ = np.histogram(W / limit, bins=10, range=(-1, 1))
    assert np.allclose(shares / len(W), 0.1, atol=4 * math.sqrt(0.09 / len(W)))


@pytest.mark.parametrize(("init", "deviation"), [("normal", 1.0), ("he", math.sqrt(2 / FAN_IN))])
def test_a_normal_initializer_has_its_deviation_and_a_bell_shape(init, deviation):
    z = weights(init) / deviation
    n = len(z)
    assert abs(z.mean()) < 4 / math.sqrt(n)
    assert abs(z.std() - 1) < 4 / math.sqrt(2 * n)
    for bound, share in ((1, 0.6827), (2, 0.9545)):
        assert abs((np.abs(z) < bound).mean() - share) < 4 * math.sqrt(share * (1 - share) / n)


def test_zero_weights_make_all_neurons_learn_the_same():
    assert not weights("zeros").any()
    model = nn.MLP(2, [3, 1], init="zeros", activation="sigmoid")
    model([1.0, 2.0]).backward()
    assert len({tuple(p.grad for p in neuron.parameters()) for neuron in model.layers[0].neurons}) == 1


def test_he_keeps_the_size_of_signals_through_relu_layers():
    """Their mean square stays near 1, layer after layer: what the √2 of its formula is for (He et al., 2015)."""
    x = np.random.default_rng(0).normal(size=80)
    for seed in range(4):
        W = np.array([[w.data for w in n.w] for n in nn.Layer(80, 80, init="he", seed=seed).neurons])
        x = np.maximum(0, W @ x)
        assert 0.5 < np.mean(x**2) < 2


def test_there_is_an_initializer_for_every_name():
    assert list(INITIALIZERS) == ["uniform", "normal", "xavier", "he", "zeros"]
    for name in INITIALIZERS:
        assert len(nn.Neuron(3, init=name, seed=0).w) == 3
