"""Does a module find its parameters, and give each its name?"""

import pytest

from tinygrad_edu import Value, nn


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


def test_a_module_of_ones_own_needs_no_list_of_parameters():
    module = Twice()
    assert [name for name, _ in module.named_parameters()] == ["neuron.w.0", "neuron.b", "scales.a", "scales.b.0"]
    assert repr(module) == "Twice(4 parameters)"


def test_zero_grad_forgets_every_gradient():
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
