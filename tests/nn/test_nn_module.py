"""Does a module find its parameters, and give each its name?"""

from collections import deque
from types import MappingProxyType

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import OptionError


def test_the_names_of_a_network_say_where_a_parameter_is():
    names = [name for name, _ in nn.MLP(2, [2, 1]).named_parameters()]
    assert names == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.w.1",
        "layers.0.neurons.0.b",
        "layers.0.neurons.1.w.0",
        "layers.0.neurons.1.w.1",
        "layers.0.neurons.1.b",
        "layers.1.neurons.0.w.0",
        "layers.1.neurons.0.w.1",
        "layers.1.neurons.0.b",
    ]


def test_the_names_of_a_large_network_differ():
    model = nn.MLP(3, [12, 11, 2])
    named = dict(model.named_parameters())
    assert len(named) == 12 * 4 + 11 * 13 + 2 * 12
    assert named["layers.1.neurons.10.w.7"] is model.layers[1].neurons[10].w[7]
    assert list(named.values()) == model.parameters()
    assert len({parameter.label for parameter in model.parameters()}) == len(named)


class Twice(nn.Module):
    """A module of one's own: the same neuron, then a scale."""

    def __init__(self):
        self.neuron = nn.Neuron(1, activation="tanh", seed=0)
        self.again = self.neuron
        self.scales = {"a": Value(2.0), "b": (Value(3.0),)}
        self.last = self.scales["a"] * 1.0  # a result, and no parameter
        self.name = "twice"

    def __call__(self, x):
        return self.neuron([self.again(x)]) * self.scales["a"]


def test_a_custom_module_needs_no_list_of_parameters():
    module = Twice()
    assert [name for name, _ in module.named_parameters()] == ["neuron.w.0", "neuron.b", "scales.a", "scales.b.0"]
    assert repr(module) == "Twice(4 parameters)"


def test_zero_grad_resets_every_gradient():
    module = Twice()
    module([0.5]).backward()
    assert [p.has_grad for p in module.parameters()] == [True, True, True, False]
    module.zero_grad()
    assert not any(p.has_grad for p in module.parameters())


def test_a_module_without_outputs_says_what_is_missing():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has to define __call__"):
        Empty()([1.0])


# Where parameters may be


class Holder(nn.Module):
    """Whatever it is given, as an attribute."""

    def __init__(self, inside):
        self.inside = inside


def names(inside):
    return [name for name, _ in Holder(inside).named_parameters()]


def test_parameters_in_arrays_of_numpy_are_found():
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], dtype=object)
    module = Holder(W)
    assert names(W) == ["inside.0.0", "inside.0.1", "inside.1.0", "inside.1.1"]
    assert module.parameters() == W.ravel().tolist()
    assert names(np.array(Value(1.0), dtype=object)) == ["inside.0"]
    assert names(np.array([nn.Neuron(1, seed=0)], dtype=object)) == ["inside.0.w.0", "inside.0.b"]
    assert names(np.arange(4.0)) == []


def test_parameters_in_an_array_are_trained():
    class Line(nn.Module):
        def __init__(self):
            self.w = np.array([Value(0.0), Value(0.0)], dtype=object)

        def __call__(self, x):
            return self.w[0] * x[0] + self.w[1]

    line = Line()
    nn.fit(line, [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], loss="mse", epochs=300)
    assert [p.data for p in line.w] == pytest.approx([2.0, 1.0], abs=1e-3)


@pytest.mark.parametrize("kind", [set, frozenset])
def test_parameters_in_a_set_are_refused(kind):
    for inside in (kind([Value(1.0)]), [kind([nn.Neuron(1)])]):
        with pytest.raises(OptionError, match="a set has no order") as caught:
            Holder(inside).parameters()
        assert "the parameters in inside" in str(caught.value)
        assert "a list of them" in str(caught.value)
    assert names(kind(["red", "blue"])) == []  # of words it may be one


def test_parameters_in_other_containers_are_named_by_their_place():
    assert names(deque([Value(1.0), Value(2.0)])) == ["inside.0", "inside.1"]
    assert names(MappingProxyType({"a": Value(1.0)})) == ["inside.a"]


def test_modules_in_a_circle_are_walked_once():
    one, other = nn.Neuron(1, seed=0), nn.Neuron(1, seed=1)
    one.friend, other.friend, one.myself = other, [one], one
    one.rows = rows = []
    rows.append(rows)
    found = [name for name, _ in one.named_parameters()]
    assert found == ["w.0", "b", "friend.w.0", "friend.b"]
    assert "4 parameters" in nn.Module.__repr__(one)
    one.zero_grad()
    one.load_state_dict(one.state_dict())


def test_modules_may_be_nested_deeply():
    module = Holder(Value(1.0))
    for _ in range(3000):
        module = Holder(module)
    assert len(module.parameters()) == 1
