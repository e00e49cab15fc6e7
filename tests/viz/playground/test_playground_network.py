"""Does a network of the page begin with the numbers of nn.MLP?"""

import random

import pytest
from playground import in_node, largest, needs_node

from tinygrad_edu.nn import MLP
from tinygrad_edu.nn.init import INITIALIZERS

PROGRAM = """
const { countOf, firstParameters, labelOf, layersOf, nameOf, parameterAt, placeOf } = await from("playground/network");
return data.map(({ inputs, hidden, outputs, init, seed }) => {
  const layers = layersOf(hidden.map((size) => ({ size, activation: "tanh" })), inputs, outputs);
  const P = firstParameters(layers, init, seed);
  const parameters = Array.from(P, (_, place) => parameterAt(layers, place));
  return { P, count: countOf(layers), labels: parameters.map(labelOf), names: parameters.map(nameOf),
           places: parameters.map((each) => placeOf(layers, each)) };
});
"""


def drawn(count):
    draw = random.Random(3)
    for seed in range(count):
        hidden = [draw.choice([1, 2, 3, 16]) for _ in range(draw.randrange(4))]
        sizes = {"inputs": draw.choice([1, 2, 7]), "hidden": hidden, "outputs": draw.choice([1, 2, 4])}
        yield {**sizes, "init": draw.choice(list(INITIALIZERS)), "seed": seed * 977}


@needs_node
def test_a_network_begins_with_the_numbers_of_nn_for_every_way_and_seed():
    cases = list(drawn(60))
    assert {case["init"] for case in cases} == set(INITIALIZERS)
    for case, found in zip(cases, in_node(PROGRAM, *cases), strict=True):
        model = MLP(case["inputs"], [*case["hidden"], case["outputs"]], init=case["init"], seed=case["seed"])
        assert largest([value.data for value in model.parameters()], found["P"]) < 1e-14
        assert found["labels"] == [value.label for value in model.parameters()]
        assert found["places"] == list(range(found["count"]))
        assert len(set(found["names"])) == found["count"], "two parameters have one name"


@needs_node
@pytest.mark.parametrize(
    ("place", "name"), [(0, "w₁₁⁽¹⁾"), (1, "w₁₂⁽¹⁾"), (2, "b₁⁽¹⁾"), (3 * 11 + 1, "w₁₂,₂⁽¹⁾"), (36, "w₁₁⁽²⁾")]
)
def test_a_parameter_has_the_name_of_the_book(place, name):
    (found,) = in_node(PROGRAM, {"inputs": 2, "hidden": [12], "outputs": 1, "init": "zeros", "seed": 0})
    assert found["names"][place] == name
