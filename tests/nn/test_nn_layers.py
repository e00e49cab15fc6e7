"""Do neurons, layers and networks compute what their formulas say, and explain what they cannot take?"""

import math
import random

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import NumberError, OptionError, SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.nn.layers import activations
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import counted

SAMPLE = [0.5, -1.5]


def weighted_sum(neuron, x):
    return sum(w.data * each for w, each in zip(neuron.w, x, strict=True)) + neuron.b.data


def matrices(model):
    """(W, b, activation) of each layer, as arrays."""
    for layer in model.layers:
        W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        yield W, np.array([neuron.b.data for neuron in layer.neurons]), layer.activation


@pytest.mark.parametrize("name", [name for name in activations() if name in RULES])
def test_every_activation_is_the_function_of_the_table(name):
    neuron = nn.Neuron(2, activation=name, seed=1)
    neuron.b.data = 3.0  # a weighted sum above 0, where log and sqrt are defined too
    out = neuron(SAMPLE)
    assert neuron.activation == name
    assert out.data == pytest.approx(RULES[name](weighted_sum(neuron, SAMPLE)), rel=1e-15)
    assert out.op == name


def test_the_activations_are_the_functions_of_one_number():
    assert {"relu", "tanh", "sigmoid", "leaky_relu", "elu", "softplus", "silu", "gelu", "sin"} < set(activations())
    assert not {"add", "neg", "power", "dot", "maximum", "logsumexp"} & set(activations())


def test_a_linear_neuron_is_its_weighted_sum():
    for neuron in (nn.Neuron(2, nonlin=False, seed=1), nn.Neuron(2, activation="linear", seed=1)):
        assert neuron.activation == "linear"
        assert neuron(SAMPLE).data == weighted_sum(neuron, SAMPLE)
        assert neuron(SAMPLE).op == "add"


def test_a_neuron_is_three_operations_whatever_its_size():
    for nin in (1, 2, 50):
        graph = Graph(nn.Neuron(nin, activation="tanh", seed=0)([1.0] * nin))
        assert [node.op for node in graph if node.op] == ["dot", "add", "tanh"]


def test_the_gradient_of_a_neuron_is_that_of_its_formula():
    neuron = nn.Neuron(2, activation="tanh", seed=3)
    x = [Value(0.5), Value(-1.5)]
    neuron(x).backward()
    slope = 1 - math.tanh(weighted_sum(neuron, SAMPLE)) ** 2
    assert [w.grad for w in neuron.w] == pytest.approx([slope * 0.5, slope * -1.5], rel=1e-14)
    assert neuron.b.grad == pytest.approx(slope, rel=1e-14)
    assert [each.grad for each in x] == pytest.approx([slope * w.data for w in neuron.w], rel=1e-14)


def test_a_network_is_matrix_products_and_activations():
    model = nn.MLP(3, [4, 5, 2], activation="tanh", output="sigmoid", seed=0)
    a = x = np.array([0.3, -0.7, 1.1])
    bends = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
    for W, b, activation in matrices(model):
        a = bends[activation](W @ a + b)
    assert [out.data for out in model(x)] == pytest.approx(a.tolist(), rel=1e-14)


def test_each_hidden_layer_may_have_an_activation_of_its_own():
    names = ["tanh", "relu", "linear"]
    model = nn.MLP(2, [4, 3, 5, 2], activation=names, output="sigmoid", init="xavier", seed=1)
    assert [layer.activation for layer in model.layers] == [*names, "sigmoid"]
    plain = nn.MLP(2, [4, 3, 5, 2], activation="tanh", init="xavier", seed=1)
    assert [p.data for p in model.parameters()] == [p.data for p in plain.parameters()]
    A = np.array(SAMPLE)
    for W, b, name in matrices(model):
        Z = W @ A + b
        A = Z if name == "linear" else np.array([RULES[name](z) for z in Z.tolist()])
    assert [out.data for out in model(SAMPLE)] == pytest.approx(A, rel=1e-12)


@pytest.mark.parametrize(("names", "hidden"), [(["tanh"], 0), ([], 1), (["tanh", "relu"], 1), (["tanh"], 2)])
def test_a_list_of_activations_has_one_for_each_hidden_layer(names, hidden):
    with pytest.raises(SizeError, match="there is one for each hidden layer, and here"):
        nn.MLP(2, [3] * hidden + [1], activation=names)


def test_relu_inside_and_linear_at_the_end_as_in_micrograd():
    model = nn.MLP(2, [16, 16, 1])
    assert [layer.activation for layer in model.layers] == ["relu", "relu", "linear"]
    assert (model.activation, model.output, model.sizes) == ("relu", "linear", (2, 16, 16, 1))
    assert len(model.parameters()) == 337


def test_parameters_come_neuron_by_neuron_weights_then_bias():
    layer = nn.Layer(2, 2)
    first, second = layer.neurons
    assert layer.parameters() == [*first.w, first.b, *second.w, second.b]


def test_one_output_is_a_value_and_more_are_a_list():
    assert isinstance(nn.MLP(2, [3, 1])(SAMPLE), Value)
    assert isinstance(nn.Layer(2, 1)(SAMPLE), Value)
    assert [type(out) for out in nn.MLP(2, [3, 2])(SAMPLE)] == [Value, Value]
    assert isinstance(nn.MLP(2, [1, 1, 1])(SAMPLE), Value)  # a layer of one neuron inside, too


def test_a_sample_may_be_numbers_an_array_or_values():
    model = nn.MLP(2, [3, 1], seed=0)
    kinds = [
        SAMPLE,
        tuple(SAMPLE),
        np.array(SAMPLE),
        np.array(SAMPLE, dtype=np.float32),
        map(Value, SAMPLE),
        iter(SAMPLE),
    ]
    assert len({model(x).data for x in kinds}) == 1
    assert model(np.array([1, 2])).data == model([1.0, 2.0]).data
    assert model(np.array([Value(1.0), Value(2.0)], dtype=object)).data == model([1.0, 2.0]).data


def test_one_input_needs_no_list():
    neuron = nn.Neuron(1, activation="tanh", seed=0)
    assert neuron(0.5).data == neuron(Value(0.5)).data == neuron(np.float64(0.5)).data == neuron([0.5]).data


def test_plain_numbers_become_constants_once_for_all_neurons():
    graph = Graph(sum(nn.Layer(2, 7, activation="tanh")(SAMPLE)))
    assert sum(node.is_constant and node.data in SAMPLE for node in graph) == 2


def test_labels_read_well_in_a_drawing():
    neuron = nn.Neuron(2)
    assert [p.label for p in neuron.parameters()] == ["w1", "w2", "b"]
    labels = [p.label for p in nn.MLP(1, [2, 1]).parameters()]
    assert labels == ["l1.n1.w1", "l1.n1.b", "l1.n2.w1", "l1.n2.b", "l2.n1.w1", "l2.n1.w2", "l2.n1.b"]


def test_a_layer_may_be_built_from_existing_neurons():
    neurons = [nn.Neuron(2, activation="tanh", seed=seed) for seed in (0, 1)]
    layer = nn.Layer.of(neurons)
    assert (layer.sizes, layer.activation, layer.neurons) == ((2, 2), "tanh", neurons)
    assert [out.data for out in layer(SAMPLE)] == [neuron(SAMPLE).data for neuron in neurons]


def test_modules_show_their_sizes_and_activations():
    assert repr(nn.Neuron(2)) == "Neuron(2 inputs, relu)"
    assert repr(nn.Layer(3, 2, activation="sigmoid")) == "Layer(3 → 2, sigmoid)"
    assert repr(nn.MLP(2, [4, 1], activation="tanh")) == "MLP(2 → 4 tanh → 1 linear, 17 parameters)"


# Wrong sizes and names


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (nn.MLP(2, [4, 1]), "MLP(2 → 4 relu → 1 linear, 17 parameters)"),
        (nn.Layer(2, 4), "Layer(2 → 4, relu)"),
        (nn.Neuron(2), "Neuron(2 inputs, relu)"),
    ],
)
def test_a_sample_of_another_size_is_refused_with_both_sizes(module, name):
    assert message(SizeError, lambda: module([1.0, 2.0, 3.0])) == (
        f"{name} of a sample of 3\n"
        "  what is wrong:  it takes 2 inputs, and here are 3\n"
        "  write instead:  a list of 2 numbers, or a network of 3 inputs"
    )
    for sample in ([], [1.0], 1.0, np.array(1.0)):
        assert "it takes 2 inputs" in message(SizeError, lambda sample=sample: module(sample))


@pytest.mark.parametrize("X", [[[1.0, 2.0], [3.0, 4.0]], np.zeros((2, 2)), np.zeros((5, 2)), [(1, 2)]])
def test_many_samples_at_once_are_refused_with_the_loop_to_write(X):
    text = message(SizeError, lambda: nn.MLP(2, [1])(X))
    assert f"of {counted(len(X), 'row')} of numbers" in text
    assert "it takes one sample of 2 inputs at a time" in text
    assert "[model(row) for row in X]" in text


def test_inputs_that_are_not_numbers_are_refused_by_name():
    assert "'b' as the number of a Value" in message(NumberError, lambda: nn.Neuron(2)([1.0, "b"]))


def test_an_unknown_name_lists_the_choices_and_the_nearest():
    text = message(OptionError, lambda: nn.MLP(2, [1], activation="rleu"))
    assert text.startswith("activation='rleu'\n  what is wrong:  the choices are linear, ")
    assert text.endswith("write instead:  activation='relu'")
    assert "activation='sigmoid'" in message(OptionError, lambda: nn.MLP(2, [1], output="sigmiod"))
    assert "init='xavier'" in message(OptionError, lambda: nn.Neuron(2, init="xaver"))


@pytest.mark.parametrize("count", [0, -1, 2.0, True, "3"])
def test_a_count_is_a_whole_number_of_at_least_one(count):
    assert f"{count!r} inputs" in message(OptionError, lambda: nn.Neuron(count))
    assert f"{count!r} neurons in a layer" in message(OptionError, lambda: nn.MLP(2, [count]))


def test_a_network_needs_at_least_one_layer():
    assert "a network has at least one layer" in message(SizeError, lambda: nn.MLP(2, []))


# Random numbers


def numbers(model):
    return [p.data for p in model.parameters()]


def test_the_same_seed_gives_the_same_network():
    assert numbers(nn.MLP(2, [3, 1], seed=7)) == numbers(nn.MLP(2, [3, 1], seed=7))
    assert numbers(nn.MLP(2, [3, 1], seed=7)) != numbers(nn.MLP(2, [3, 1], seed=8))
    assert numbers(nn.Layer(2, 3, seed=7)) == numbers(nn.MLP(2, [3], seed=7))


def test_a_seed_leaves_pythons_own_random_numbers_alone():
    random.seed(3)
    expected = random.random()
    random.seed(3)
    nn.MLP(2, [3, 1], seed=7)
    assert random.random() == expected


def test_without_a_seed_the_initial_weights_are_micrograds():
    random.seed(1337)
    model = nn.MLP(2, [2, 1])
    random.seed(1337)
    draws = iter([random.uniform(-1, 1) for _ in range(6)])
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [next(draws) for _ in neuron.w]
            assert neuron.b.data == 0.0
