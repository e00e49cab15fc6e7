"""Does the page put together the program that the compiler finds for a whole network?"""

import random
import re

import numpy as np
import pytest
from playground import in_node, largest, needs_node
from sampling import sample

import tinygrad_edu
from tinygrad_edu.compiler.formulas import Name
from tinygrad_edu.compiler.languages.latex import LaTeXPrinter
from tinygrad_edu.nn import MLP
from tinygrad_edu.nn.layers import activations
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.viz.page.engine import FOLDER
from tinygrad_edu.viz.page.playground import lines

PROGRAM = """
const { programOf } = await from("playground/program");
return data.map(({ layers, loss, P, X, y }) => {
  const program = programOf(layers, loss);
  const [flatX, flatY] = [Float64Array.from(X.flat()), Float64Array.from(y)];
  const [value, gradient, outputs] = program.run(Float64Array.from(P), flatX, flatY);
  const seen = program.forward(Float64Array.from(P), flatX);
  const arrays = program.arrays(Float64Array.from(P), flatX, flatY);
  return {
    source: program.source,
    value,
    gradient,
    outputs,
    ahead: seen.outputs,
    activations: seen.activations,
    arrays: Object.fromEntries([...arrays].map(([name, { shape, numbers }]) => [name, [shape, [...numbers]]])),
    lines: program.lines.map(({ run, sizes, ...line }) => line),
  };
});
"""
LOSSES = [*TASKS]
DOMAINS = {"log", "sqrt"}  # of numbers above 0 alone


class Network:
    """A network with its data, in Python and as a case for the page."""

    def __init__(self, seed, loss=None, names=None, inputs=None, hidden=None, outputs=None):
        draw = random.Random(seed)
        self.loss = loss or draw.choice(LOSSES)
        self.inputs = inputs or draw.choice([1, 2, 3, 5])
        hidden = [draw.choice([1, 2, 3, 7]) for _ in range(draw.randrange(4))] if hidden is None else hidden
        names = names or [draw.choice([name for name in activations() if name not in DOMAINS]) for _ in hidden]
        output = "sigmoid" if self.loss == "bce" else draw.choice(["linear", "linear", "tanh"])
        self.outputs = outputs or (draw.choice([2, 3, 4, 10]) if self.loss == "cross_entropy" else 1)
        sizes = [*hidden, self.outputs]
        self.model = MLP(self.inputs, sizes, activation=names, output=output, init="xavier", seed=seed)
        for parameter in self.model.parameters():
            parameter.data += draw.uniform(-0.3, 0.3)
        self.samples = draw.choice([1, 2, 5, 12])
        self.X = np.random.default_rng(seed).normal(size=(self.samples, self.inputs))
        self.y = self._labels(draw)

    def _labels(self, draw):
        if self.loss == "mse":
            return [draw.gauss(0, 1) for _ in range(self.samples)]
        return [draw.randrange(max(2, self.outputs)) for _ in range(self.samples)]

    def targets(self, labels):
        return TASKS[self.loss].targets(labels)

    def case(self):
        layers = [
            {"inputs": layer.sizes[0], "size": layer.sizes[1], "activation": layer.activation}
            for layer in self.model.layers
        ]
        P = [parameter.data for parameter in self.model.parameters()]
        return {"layers": layers, "loss": self.loss, "P": P, "X": self.X.tolist(), "y": self.targets(self.y)}

    def compiled(self):
        """The program for the whole, found at many samples."""
        X = np.random.default_rng(1).uniform(0.5, 1, size=(20, self.inputs))
        labels = [number % max(2, self.outputs) for number in range(20)]
        y = np.array(self.targets(labels), dtype=int if self.loss == "cross_entropy" else float)
        task = TASKS[self.loss]
        return tinygrad_edu.compile(
            lambda xs, ys: task.loss([self.model(x) for x in xs], ys), wrt=self.model.parameters(), batch=(X, y)
        )

    def in_python(self):
        """Loss, gradient and activations, scalar by scalar."""
        for parameter in self.model.parameters():
            parameter.grad = 0.0
        outputs = [self.model(x) for x in self.X]
        loss = TASKS[self.loss].loss(outputs, self.targets(self.y))
        loss.backward()
        flat = [each for output in outputs for each in (output if isinstance(output, list) else [output])]
        return loss.data, [p.grad for p in self.model.parameters()], [each.data for each in flat]


@pytest.mark.long
def test_the_module_of_lines_is_what_the_compiler_prints():
    text = (FOLDER / lines.FILE).read_text(encoding="utf-8")
    assert text == lines.module(), "python -m tinygrad_edu.viz.page.playground.lines writes it"


@needs_node
def test_random_networks_have_the_formulas_of_the_compiler_and_the_numbers_of_their_scalars():
    networks = [Network(seed) for seed in range(120)]
    assert {network.loss for network in networks} == set(LOSSES)
    for network, found in zip(networks, in_node(PROGRAM, *(each.case() for each in networks)), strict=True):
        loss, gradient, outputs = network.in_python()
        assert found["value"] == pytest.approx(loss, rel=1e-12, abs=1e-12), network.model
        assert largest(gradient, found["gradient"]) < 1e-12, network.model
        assert largest(outputs, found["outputs"]) < 1e-12
        assert found["ahead"] == found["outputs"]


@needs_node
@pytest.mark.parametrize("chunk", sample(range(4)))
def test_random_networks_have_the_lines_of_the_compiler(chunk):
    networks = [Network(seed) for seed in range(1000 + 8 * chunk, 1008 + 8 * chunk)]
    for network, found in zip(networks, in_node(PROGRAM, *(each.case() for each in networks)), strict=True):
        assert found["source"] == network.compiled().source, network.model


@needs_node
@pytest.mark.parametrize("loss", sample(LOSSES, few=2))
def test_the_lines_stand_as_in_the_derivation_of_the_compiler(loss):
    networks = [Network(seed, loss) for seed in range(5)]
    for network, found in zip(networks, in_node(PROGRAM, *(each.case() for each in networks)), strict=True):
        rows = network.compiled().latex().split(" \\\\\n")
        derivation = [row.split(" && ")[0].replace(" &= ", " = ") for row in rows if " &= " in row]
        lines = [line["latex"] for line in found["lines"] if line["kind"] == "line" or line["name"] == "Y"]
        shown = [re.sub("⟨(\\w+)⟩", lambda name: LaTeXPrinter().text(Name(name[1], ())), line) for line in lines]
        assert sorted(shown) == sorted(each.removesuffix("\n\\end{aligned}") for each in derivation), network.model


@needs_node
@pytest.mark.parametrize("name", sample(activations(), few=4))
def test_every_activation_has_the_lines_and_numbers_of_its_row(name):
    if name == "linear":
        networks = [Network(3, "hinge", [name, name], 2, [3, 2]), Network(4, "mse", [name], 1, [1])]
    else:
        networks = [Network(3, "hinge", [name, "tanh"], 2, [3, 2]), Network(4, "mse", ["tanh", name], 2, [3, 1])]
    if name in DOMAINS:
        for network in networks:
            for layer in network.model.layers:
                for neuron in layer.neurons:
                    neuron.b.data = 4.0
    for network, found in zip(networks, in_node(PROGRAM, *(each.case() for each in networks)), strict=True):
        loss, gradient, _ = network.in_python()
        assert found["value"] == pytest.approx(loss, rel=1e-12)
        assert largest(gradient, found["gradient"]) < 1e-12
        assert found["source"] == network.compiled().source


@needs_node
def test_every_array_has_the_shape_and_the_numbers_of_numpy():
    networks = [Network(seed) for seed in range(50, 80)]
    for network, found in zip(networks, in_node(PROGRAM, *(each.case() for each in networks)), strict=True):
        arrays, m = found["arrays"], network.samples
        A = network.X
        for number, layer in enumerate(network.model.layers, start=1):
            W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
            b = np.array([neuron.b.data for neuron in layer.neurons])
            shape, numbers = arrays[f"Z{number}"]
            assert shape == [m, len(W)]
            assert largest(A @ W.T + b, np.reshape(numbers, shape)) < 1e-12
            A = np.reshape(found["activations"][number - 1], (m, len(W)))
        for line in found["lines"]:
            if line["kind"] != "part":
                shape, numbers = arrays[line["name"]]
                assert shape == [m if size == "m" else size for size in line["shape"]], line
                assert len(numbers) == np.prod(shape, dtype=int), line
        phases = [line["phase"] for line in found["lines"] if line["kind"] != "leaf"]
        assert phases == sorted(phases, key=["forward", "loss", "backward"].index)
        assert all(1 <= line["layer"] <= len(network.model.layers) for line in found["lines"])
