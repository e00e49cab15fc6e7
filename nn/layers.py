"""What is a neuron, a layer, a network?

    neuron     activation(w · x + b)                 one weighted sum, one nonlinearity
    layer      neurons side by side                  all with the same inputs
    MLP        layers one after the other            a multi-layer perceptron

The signatures and meanings are micrograd's: `MLP(2, [16, 16, 1])` has relu in its hidden layers, a linear last layer,
and gives a single Value if the last layer has one neuron. Everything else is a keyword argument.

Names to know: `Neuron`, `Layer`, `MLP`. Read next: `init.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn.init import Source, initializer, is_count, source
from tinygrad_edu.nn.module import Module
from tinygrad_edu.operators import data_of
from tinygrad_edu.rule import CALL
from tinygrad_edu.rules import RULES, dot
from tinygrad_edu.show import are, counted
from tinygrad_edu.value import Number, Value, as_value

LINEAR = "linear"

Inputs = Iterable[Number] | Number
Outputs = Value | list[Value]


class Neuron(Module):
    """One unit: activation(w1·x1 + w2·x2 + … + b). The weighted sum is a single `dot` node of the graph.

    Args:
        nin: the number of inputs.
        nonlin: False for a linear neuron, as in micrograd.
        activation: the name of a function of the rule table, or "linear".
        init: the initial weights: uniform, normal, xavier, he or zeros; see `nn.init`. The bias begins at 0.
        seed: the seed of the random weights; without one they come from Python's own `random`.

    Attributes:
        w: the weights, one for each input.
        b: the bias.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron
    Neuron(2 inputs, tanh)
    >>> neuron([1.0, -2.0]).op
    'tanh'
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str = "relu",
        init: str = "uniform",
        seed: int | None = None,
    ) -> None:
        self._build(nin, activation if nonlin else LINEAR, init, source(seed), fan_out=1, prefix="")

    @classmethod
    def _of_layer(cls, nin: int, activation: str, init: str, random: Source, fan_out: int, prefix: str) -> Neuron:
        neuron = cls.__new__(cls)
        neuron._build(nin, activation, init, random, fan_out, prefix)
        return neuron

    def _build(self, nin: int, activation: str, init: str, random: Source, fan_out: int, prefix: str) -> None:
        _check_count("inputs", nin)
        weight = initializer(init)
        self.activation = activation
        self._activate = _activation(activation)
        self.w = [Value(weight(random, nin, fan_out), label=f"{prefix}w{i}") for i in range(1, nin + 1)]
        self.b = Value(0.0, label=f"{prefix}b")

    def __call__(self, x: Inputs) -> Value:
        """The neuron's output for `nin` numbers or Values.

        Raises:
            SizeError: if there are more or fewer.
        """
        values = as_inputs(x, len(self.w), self)
        return self.fire(tuple(values), data_of(values))

    def fire(self, x: tuple[Value, ...], numbers: list[float]) -> Value:
        """The output for inputs that are known to be `nin` Values, and their numbers, which a layer reads once."""
        weighted_sum = Value.record(dot, (*self.w, *x), (data_of(self.w), numbers))
        z = weighted_sum + self.b
        return z if self._activate is None else self._activate(z)

    def __repr__(self) -> str:
        return f"Neuron({counted(len(self.w), 'input')}, {self.activation})"


class Layer(Module):
    """Neurons side by side, all with the same inputs.

    >>> layer = Layer(3, 2, activation="sigmoid", seed=0)
    >>> layer, len(layer.parameters())
    (Layer(3 → 2, sigmoid), 8)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: str = "relu",
        init: str = "uniform",
        seed: int | None = None,
    ) -> None:
        self._build(nin, nout, activation if nonlin else LINEAR, init, source(seed), prefix="")

    @classmethod
    def _of_network(cls, nin: int, nout: int, activation: str, init: str, random: Source, prefix: str) -> Layer:
        layer = cls.__new__(cls)
        layer._build(nin, nout, activation, init, random, prefix)
        return layer

    def _build(self, nin: int, nout: int, activation: str, init: str, random: Source, prefix: str) -> None:
        _check_count("neurons in a layer", nout)
        self.activation = activation
        self.neurons = [
            Neuron._of_layer(nin, activation, init, random, nout, prefix=f"{prefix}n{i}.") for i in range(1, nout + 1)
        ]

    @classmethod
    def of(cls, neurons: Sequence[Neuron]) -> Layer:
        """A layer of neurons that exist already."""
        layer = cls.__new__(cls)
        layer.activation = neurons[0].activation
        layer.neurons = list(neurons)
        return layer

    @property
    def sizes(self) -> tuple[int, int]:
        """(inputs, neurons)."""
        return len(self.neurons[0].w), len(self.neurons)

    def __call__(self, x: Inputs) -> Outputs:
        """The outputs of all neurons; a single Value if there is one neuron."""
        return _alone_or_all(self.fire(as_inputs(x, self.sizes[0], self)))

    def fire(self, x: Sequence[Value]) -> list[Value]:
        """The outputs for inputs that are known to be `nin` Values."""
        values, numbers = tuple(x), data_of(x)
        return [neuron.fire(values, numbers) for neuron in self.neurons]

    def __repr__(self) -> str:
        nin, nout = self.sizes
        return f"Layer({nin} → {nout}, {self.activation})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer; the last one is the number of outputs.
        activation: the activation of the hidden layers, or a list with one for each of them.
        output: the activation of the last layer.
        init: the initial weights; see `Neuron`.
        seed: the seed of the random weights.

    Raises:
        OptionError: if an activation or initializer is unknown.
        SizeError: if there is not one activation for each hidden layer.

    >>> model = MLP(3, [4, 3, 1], activation="tanh", output="sigmoid", init="xavier", seed=0)
    >>> model
    MLP(3 → 4 tanh → 3 tanh → 1 sigmoid, 35 parameters)
    >>> 0 < model([1.0, 2.0, 3.0]).data < 1
    True
    >>> MLP(2, [8, 4, 1], activation=["tanh", "relu"])
    MLP(2 → 8 tanh → 4 relu → 1 linear, 65 parameters)
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str | Sequence[str] = "relu",
        output: str = LINEAR,
        init: str = "uniform",
        seed: int | None = None,
    ) -> None:
        if not nouts:
            raise SizeError(f"MLP({nin}, [])", "a network has at least one layer", instead=f"MLP({nin}, [16, 1])")
        names = _one_for_each(activation, len(nouts) - 1)
        random = source(seed)
        self.sizes = (nin, *nouts)
        self.activation = activation if isinstance(activation, str) else names
        self.output = output
        self.layers = [
            Layer._of_network(self.sizes[i], nout, name, init, random, prefix=f"l{i + 1}.")
            for i, (nout, name) in enumerate(zip(nouts, [*names, output], strict=True))
        ]

    def __call__(self, x: Inputs) -> Outputs:
        """The outputs for one sample of `nin` numbers or Values; a single Value if there is one output.

        Raises:
            SizeError: if the sample has another size; the message names both.
        """
        values: Sequence[Value] = as_inputs(x, self.sizes[0], self)
        for layer in self.layers:
            values = layer.fire(values)
        return _alone_or_all(list(values))

    def __repr__(self) -> str:
        layers = " → ".join(f"{layer.sizes[1]} {layer.activation}" for layer in self.layers)
        return f"MLP({self.sizes[0]} → {layers}, {counted(len(self.parameters()), 'parameter')})"


def form_of(model: object) -> tuple[object, ...] | None:
    """What the graph of a network depends on beside numbers; None if some of its code or weights are of another kind.

    >>> class Bent(Layer):
    ...     def fire(self, x):
    ...         return [z if z.data > 0 else 0.1 * z for z in super().fire(x)]
    >>> model = MLP(2, [3, 1])
    >>> form_of(model) == form_of(model), form_of(model) == form_of(MLP(2, [3, 1]))
    (True, False)
    >>> model.layers[0] = Bent(2, 3)
    >>> form_of(model)
    """
    if type(model) is MLP and isinstance(model.layers, list):
        return _form(model.layers, Layer, model.sizes[0])
    if type(model) is Layer and isinstance(model.neurons, list) and not _is_altered(model):
        return _form(model.neurons, Neuron, None)
    if type(model) is Neuron and not _is_altered(model):
        return _form_of_neuron(model)
    return None


def _form(parts: list[Any], kind: type[Module], size: int | None) -> tuple[object, ...] | None:
    """The forms of all parts, if they are of one kind, and known."""
    forms = [form_of(part) if type(part) is kind else None for part in parts]
    return None if None in forms else (kind, size, *forms)


def _form_of_neuron(neuron: Neuron) -> tuple[object, ...] | None:
    """Its activation, weights and bias: a weight that was computed from others keeps its number, so it is unknown."""
    values = [*neuron.w, neuron.b]
    is_known = neuron.activation in activations() and neuron._activate == _activation(neuron.activation)
    is_plain = all(isinstance(value, Value) and not value.args for value in values)
    return (Neuron, neuron._activate, *values) if is_known and is_plain else None


def _is_altered(module: Module) -> bool:
    """Whether this one object has code of its own."""
    return "fire" in vars(module)


def activations() -> list[str]:
    """The names of all activations: every function of one argument in the rule table, and "linear".

    >>> "tanh" in activations(), "dot" in activations()
    (True, False)
    """
    return [LINEAR, *(name for name, rule in RULES.items() if rule.binding is CALL and rule.is_unary)]


def as_inputs(x: Inputs, nin: int, module: Module) -> list[Value]:
    """One sample as Values; plain numbers become constants, once for all neurons.

    Raises:
        SizeError: if the sample does not have the size that the module takes.
    """
    inputs = _listed(x)
    if inputs and isinstance(inputs[0], list | tuple):
        raise SizeError(
            f"{module!r} of {counted(len(inputs), 'row')} of numbers",
            f"it takes one sample of {counted(nin, 'input')} at a time",
            instead="[model(row) for row in X]",
        )
    if len(inputs) != nin:
        raise SizeError(
            f"{module!r} of a sample of {len(inputs)}",
            f"it takes {counted(nin, 'input')}, and here {are(len(inputs))}",
            instead=f"a list of {counted(nin, 'number')}, or a network of {counted(len(inputs), 'input')}",
        )
    return [as_value(each) for each in inputs]


def _listed(x: Inputs) -> list[Any]:
    """A sample as a list. An array becomes a list of Python floats at once, which is faster than one by one."""
    if hasattr(x, "tolist"):
        x = x.tolist()
    return list(x) if isinstance(x, Iterable) else [x]


def _alone_or_all(values: list[Value]) -> Outputs:
    return values[0] if len(values) == 1 else values


def _activation(name: str) -> Callable[[Value], Value] | None:
    """The method of Value, or the row of the table, of that name."""
    choices = activations()
    if name not in choices:
        raise unknown("activation", name, choices)
    if name == LINEAR:
        return None
    function: Callable[[Value], Value] = getattr(Value, name, RULES[name])
    return function


def _one_for_each(activation: str | Sequence[str], hidden: int) -> list[str]:
    """The names of the activations of so many hidden layers; a wrong one is refused even if there is none."""
    is_one = isinstance(activation, str) or not isinstance(activation, Sequence)
    asked: list[Any] = [activation] if is_one else list(activation)
    for name in asked:
        _activation(name)
    names = asked * hidden if is_one else asked
    if len(names) != hidden:
        raise SizeError(
            f"MLP(..., activation={names!r})",
            f"there is one for each hidden layer, and here {are(hidden, 'hidden layer')}",
            instead='activation="tanh", for all of them; the last layer has output=',
        )
    return names


def _check_count(what: str, number: int) -> None:
    if not is_count(number):
        raise OptionError(f"{number!r} {what}", "it has to be a whole number of at least 1", instead="MLP(2, [16, 1])")
