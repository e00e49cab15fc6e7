"""Is the graph of one sample, which the page makes, the one that Python records? Node runs the page's module."""

import math
import random

import numpy as np
import pytest
from playground import in_node, needs_node
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.nn.layers import activations
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.text.printing import to_latex

pytestmark = needs_node
LOSSES = tuple(TASKS)
GRAPHS = """
const { graphOfSample, gradientOf } = await from("playground/scalars");
const { gradients } = await from("engine/graph");
return data[0].map(({ network, P, x, target }) => {
  const graph = graphOfSample(network, P, x, target);
  const all = gradients(graph);
  const nodes = graph.nodes.map(({ row, data, isConstant }, number) =>
    [row?.name ?? "", isConstant, graph.args[number], data, all[number]]);
  const names = graph.parameters.map((node) => graph.names[node]);
  return { nodes, names, gradient: gradientOf(graph), groups: graph.groups };
});
"""


def network(inputs, layers, loss):
    """As the page has it; a layer of Python, or (inputs, neurons, activation)."""
    rows = [(*each.sizes, each.activation) if isinstance(each, nn.Layer) else each for each in layers]
    names = ("inputs", "size", "activation")
    return {"inputs": inputs, "layers": [dict(zip(names, row, strict=True)) for row in rows], "loss": loss}


class Drawn:
    """A network and a sample, drawn at random; some numbers are 0, equal, or large."""

    def __init__(self, loss, activation, seed):
        self.random = random.Random(f"{loss} {activation} {seed}")
        self.is_positive = activation in ("log", "sqrt")  # which are defined there alone
        self.loss = loss
        self.inputs = self.random.choice([1, 1, 2, 3, 7])
        hidden = [self.random.choice([1, 1, 2, 3, 5]) for _ in range(self.random.randint(0, 3))]
        outputs = {"cross_entropy": self.random.randint(2, 10), "mse": self.random.choice([1, 1, 2, 10])}.get(loss, 1)
        output = "sigmoid" if loss == "bce" else self.random.choice(["linear", activation])
        self.model = nn.MLP(self.inputs, [*hidden, outputs], activation=activation, output=output, seed=seed)
        for parameter in self.model.parameters():
            parameter.data = self.number()
        self.X = [[self.number() for _ in range(self.inputs)] for _ in range(self.random.choice([1, 2, 5]))]
        self.Y = [self.target(outputs) for _ in self.X]

    def number(self):
        found = self.random.choice([0.0, 1.0, -1.0, -0.5, 0.5, *(self.random.uniform(-1.5, 1.5) for _ in range(9))])
        return abs(found) + 0.1 if self.is_positive else found

    def target(self, outputs):
        if self.loss == "mse":
            return self.number() if outputs == 1 else [self.number() for _ in range(outputs)]
        return self.random.choice({"hinge": [-1.0, 1.0], "cross_entropy": range(outputs)}.get(self.loss, [0, 1]))

    def value(self, samples=slice(1)):
        """The loss of one sample, as Python records it; of one term, which need not be divided by 1."""
        X, Y = self.X[samples], self.Y[samples]
        count = len(X) * (len(Y[0]) if isinstance(Y[0], list) else 1)
        return TASKS[self.loss].loss([self.model(x) for x in X], Y, "sum" if count == 1 else "mean")

    @property
    def network(self):
        return network([f"x{i + 1}" for i in range(self.inputs)], self.model.layers, self.loss)

    def sent(self, sample=0):
        return {"network": self.network, "P": self.P, "x": self.X[sample], "target": self.Y[sample]}

    @property
    def P(self):
        return [parameter.data for parameter in self.model.parameters()]


def drawn(loss, activation, seed):
    """The same, where all that is computed is defined; None if that is nowhere near."""
    for attempt in range(40):
        found = Drawn(loss, activation, 100 * seed + attempt)
        try:
            for sample in range(len(found.X)):
                found.value(slice(sample, sample + 1))
        except TinygradError:
            continue
        return found
    return None


@pytest.mark.parametrize("loss", LOSSES)
def test_the_graph_of_a_sample_is_pythons_node_by_node(loss):
    cases = [drawn(loss, activation, seed) for activation in activations() for seed in range(3)]
    cases = [case for case in cases if case is not None]
    assert {layer.activation for case in cases for layer in case.model.layers} == set(activations())
    for case, found in zip(cases, in_node(GRAPHS, [case.sent() for case in cases]), strict=True):
        graph = Graph(case.value())
        expected = [
            [node.op or "", node.is_constant, list(graph.arguments[number])] for number, node in enumerate(graph.nodes)
        ]
        assert [each[:3] for each in found["nodes"]] == expected
        assert [each[3] for each in found["nodes"]] == pytest.approx([node.data for node in graph.nodes], rel=1e-12)
        gradients = gradients_in(graph)
        variable = [number for number, node in enumerate(graph.nodes) if not node.is_constant]
        assert [found["nodes"][number][4] for number in variable] == pytest.approx(
            [gradients[number] for number in variable], rel=1e-12, abs=1e-15
        )


@pytest.mark.parametrize("loss", LOSSES)
def test_its_parameters_are_those_of_the_model_under_their_labels_and_in_their_order(loss):
    case = drawn(loss, "tanh", 1)
    (found,) = in_node(GRAPHS, [case.sent()])
    labels = [parameter.label for parameter in case.model.parameters()]
    assert found["names"] == labels
    parts = {label.rpartition(".")[0] for label in labels}
    assert set(found["groups"]) == parts
    assert sum(len(members) for members in found["groups"].values()) == len(labels)
    case.value().backward()
    assert found["gradient"] == pytest.approx([parameter.grad for parameter in case.model.parameters()], rel=1e-12)


MEAN = """
const { contributionsTo, gradientOf, graphOfSample } = await from("playground/scalars");
return data[0].map(({ network, P, X, Y }) => {
  const gradientAt = (x, y) => {
    const graph = graphOfSample(network, P, x, y);
    return [graph.nodes.at(-1).data, gradientOf(graph)];
  };
  return P.map((_, place) => contributionsTo(place, gradientAt, X, Y));
});
"""


@pytest.mark.parametrize("loss", sample(LOSSES))
def test_the_mean_of_the_contributions_to_each_parameter_is_its_gradient_in_the_compiled_program(loss):
    cases = [case for seed in range(6) for name in ("tanh", "relu", "sigmoid") if (case := drawn(loss, name, seed))]
    assert len(cases) > 10
    sent = [{"network": case.network, "P": case.P, "X": case.X, "Y": case.Y} for case in cases]
    for case, found in zip(cases, in_node(MEAN, sent), strict=True):
        task = TASKS[loss]
        program = tinygrad_edu.compile(
            lambda xs, ys, model=case.model, loss=task.loss: loss([model(x) for x in xs], ys),
            wrt=case.model.parameters(),
            batch=(case.X, case.Y),
        )
        _, gradient = program(case.X, case.Y)
        alone = [program([x], [y]) for x, y in zip(case.X, case.Y, strict=True)]
        np.testing.assert_allclose([each["mean"] for each in found], gradient, rtol=1e-12, atol=1e-14)
        for place, each in enumerate(found):
            entries = sorted(each["entries"], key=lambda entry: entry["index"])
            sizes = [abs(entry["gradient"]) for entry in each["entries"]]
            assert sizes == sorted(sizes, reverse=True)
            losses = [float(value) for value, _ in alone]
            assert [entry["loss"] for entry in entries] == pytest.approx(losses, rel=1e-12, abs=1e-14)
            right = [slopes[place] for _, slopes in alone]
            np.testing.assert_allclose([entry["gradient"] for entry in entries], right, rtol=1e-12, atol=1e-14)


SAME = """
const { contributionsTo, gradientOf, graphOfSample } = await from("playground/scalars");
const { programOf } = await from("playground/program");
return data[0].map(({ network, P, X, Y }) => {
  const program = programOf(network.layers, network.loss);
  const gradientAt = (x, y) => program.run(Float64Array.from(P), Float64Array.from(x), Float64Array.of(y));
  const [loss, gradient] = program.run(Float64Array.from(P), Float64Array.from(X.flat()), Float64Array.from(Y));
  const graphs = X.map((x, sample) => graphOfSample(network, P, x, Y[sample]));
  return {
    loss, gradient,
    means: P.map((_, place) => contributionsTo(place, gradientAt, X, Y).mean),
    alone: X.map((x, sample) => gradientAt(x, Y[sample]).slice(0, 2)),
    graphs: graphs.map((graph) => [graph.nodes.at(-1).data, gradientOf(graph)]),
  };
});
"""


@pytest.mark.parametrize("loss", LOSSES)
def test_the_pages_own_program_gives_for_each_sample_what_its_scalar_graph_gives(loss):
    cases = [case for seed in range(8) for name in ("tanh", "relu", "gelu") if (case := drawn(loss, name, seed))]
    cases = [case for case in cases if not isinstance(case.Y[0], list)]  # the playground predicts one number
    assert len(cases) > 8
    sent = [{"network": case.network, "P": case.P, "X": case.X, "Y": case.Y} for case in cases]
    for found in in_node(SAME, sent):
        np.testing.assert_allclose(found["means"], found["gradient"], rtol=1e-12, atol=1e-14)
        for (value, gradient), (right, slopes) in zip(found["alone"], found["graphs"], strict=True):
            assert value == pytest.approx(right, rel=1e-12, abs=1e-14)
            np.testing.assert_allclose(gradient, slopes, rtol=1e-12, atol=1e-14)


OPENED = """
const { graphOfSample, openingOf, placeIn } = await from("playground/scalars");
const { labelOf, parameterAt } = await from("playground/network");
const { chainRule } = await from("engine/steps");
const { frameOf } = await from("lab/frame");
const { sceneOf } = await from("lab/scene");
const { storeOf } = await from("lab/store");
const { samplesOf } = await from("lab/samples");
return data[0].map(({ network, P, x, target }) => {
  const graph = graphOfSample(network, P, x, target);
  const steps = chainRule(graph);
  const sizes = [network.inputs.length, ...network.layers.map(({ size }) => size)];
  const found = [];
  for (let layer = 1; layer < sizes.length; layer++) for (let neuron = 0; neuron < sizes[layer]; neuron++)
    for (const from of [undefined, ...Array(sizes[layer - 1]).keys()]) {
      const at = { layer, neuron, from };
      const { position, opened, node } = openingOf(graph, steps, at, network);
      const step = steps[position - 1];
      const scene = sceneOf(storeOf(graph, { position, opened }).state);
      const known = frameOf({ graph, steps, position }).gradients[node];
      const { argument: arrives, to_come: left, after: gradient } = step;
      const isDrawn = !["group", "more"].includes(scene.boxOf(node).kind);
      const label = labelOf(parameterAt(network.layers, placeIn(network, at)));
      const name = graph.names[node];
      found.push({ at: [layer, neuron, from ?? null], label, name, arrives, left, gradient, known, isDrawn });
    }
  return { found, samples: samplesOf(graph) };
});
"""


@pytest.mark.parametrize("loss", sample(LOSSES))
def test_a_weight_opens_where_its_gradient_has_arrived_and_a_neuron_where_that_of_its_bias_has(loss):
    cases = [case for seed in range(4) if (case := drawn(loss, "tanh", seed))]
    wide = Drawn(loss, "relu", 1)
    outputs = wide.model.layers[-1].sizes[1]
    output = "sigmoid" if loss == "bce" else "linear"
    wide.model = nn.MLP(wide.inputs, [16, 16, outputs], activation="relu", output=output, seed=1)
    for case, found in zip([*cases, wide], in_node(OPENED, [each.sent() for each in [*cases, wide]]), strict=True):
        case.value().backward()
        slopes = {parameter.label: parameter.grad for parameter in case.model.parameters()}
        assert found["samples"] is None  # it is one sample, and no sum over several
        assert len(found["found"]) == len(slopes)
        for each in found["found"]:
            layer, neuron, source = each["at"]
            part = f"l{layer}.n{neuron + 1}"
            assert each["label"] == (f"{part}.b" if source is None else f"{part}.w{source + 1}")
            assert each["isDrawn"]
            assert (each["arrives"], each["left"]) == (each["name"], 0)
            assert each["gradient"] == each["known"]
            assert each["name"] == each["label"]
            assert each["gradient"] == pytest.approx(slopes[each["label"]], rel=1e-12, abs=1e-15)


FORMULAS = """
const { lossLatex } = await from("playground/scalars");
return data[0].map(({ network, target }) => lossLatex(network, target));
"""


def test_the_loss_as_a_formula_is_that_of_pythons_graph():
    y, p = Value(0.5, label="y"), Value(0.5, label="ŷ")
    many = [Value(0.5, label=f"ŷ{i}") for i in (1, 2, 3)]
    right = {
        ("hinge", 1, 1.0): nn.hinge_loss([p], [Value(1.0, label="y")], "sum"),
        ("mse", 1, 0.5): nn.mse_loss([p], [y], "sum"),
        ("bce", 1, 1): nn.binary_cross_entropy([p], [1], "sum"),
        ("bce", 1, 0): nn.binary_cross_entropy([p], [0], "sum"),
        ("bce_with_logits", 1, 0): nn.binary_cross_entropy_with_logits([p], [y], "sum"),
        ("cross_entropy", 3, 2): nn.cross_entropy([many], [2], "sum"),
    }
    sent = [
        {"network": network(["x"], [(1, outputs, "linear")], loss), "target": target} for loss, outputs, target in right
    ]
    assert in_node(FORMULAS, sent) == [to_latex(value) for value in right.values()]


REFUSED = """
const { graphOfSample } = await from("playground/scalars");
return data[0].map(({ network, P, x, target }) => {
  try { return graphOfSample(network, P, x, target).nodes.length; } catch (error) { return error.message; }
});
"""


def test_a_network_that_does_not_fit_is_refused():
    case = Drawn("hinge", "tanh", 0).sent()
    wrong = [
        {**case, "P": case["P"][1:]},
        {**case, "x": [*case["x"], 1.0]},
        {**case, "network": {**case["network"], "loss": "huber"}},
    ]
    parameters, inputs, loss = in_node(REFUSED, wrong)
    assert parameters == f'play_parameters {{"count":"{len(case["P"])}"}}'
    assert f'"count":"{len(case["x"])}"' in inputs
    assert "huber" in loss


def test_what_is_not_defined_is_nan_and_no_error():
    logarithm = network(["x1"], [(1, 1, "log")], "mse")
    (found,) = in_node(GRAPHS, [{"network": logarithm, "P": [1.0, 0.0], "x": [-1.0], "target": 0.0}])
    assert math.isnan(found["nodes"][-1][3])
    assert all(math.isnan(each) for each in found["gradient"])


def test_a_labelled_input_that_looks_like_a_parameter_stays_an_input():
    odd = network(["l1.n1.w1", "L"], [(2, 1, "linear")], "mse")
    (found,) = in_node(GRAPHS, [{"network": odd, "P": [1.0, 2.0, 3.0], "x": [4.0, 5.0], "target": 1.0}])
    assert found["gradient"] == [2 * 16 * 4, 2 * 16 * 5, 2 * 16]


def test_every_loss_and_number_of_outputs_that_the_page_opens_was_traced():
    case = {"P": [0.0] * 2, "x": [1.0]}
    pairs = [("cross_entropy", count) for count in range(2, 11)] + [("mse", count) for count in range(1, 11)]
    networks = [network(["x1"], [(1, count, "linear")], loss) for loss, count in pairs]
    sent = [
        {**case, "network": each, "P": [0.0] * 2 * count, "target": target}
        for each, (loss, count) in zip(networks, pairs, strict=True)
        for target in (range(count) if loss == "cross_entropy" else [[1.0] * count])
    ]
    found = in_node(GRAPHS, sent)
    assert len(found) == sum(range(2, 11)) + 10
    assert [each["nodes"][-1][0] for each in found].count("sub") == sum(range(2, 11))
