"""Are the random numbers of the page those that Python and NumPy draw for the same seed?"""

import random

import numpy as np
import pytest
from playground import in_node, largest, needs_node

SEEDS = [0, 1, 2, 42, 255, 2**31, 2**32 - 1, 2**32, 2**40 + 7, 2**53 - 1]
PROGRAM = """
const { legacyRandom, numpyRandom, pythonRandom } = await from("playground/random");
const times = (n, made) => Array.from({ length: n }, made);
return data.map((seed) => {
  const [python, numpy, legacy] = [pythonRandom(seed), numpyRandom(seed), legacyRandom(seed % 2 ** 32)];
  return {
    python: times(5, python.random),
    gauss: times(5, () => python.gauss(1, 2)),
    shuffled: [python.shuffle(times(100, (_, i) => i)), python.shuffle(times(3, (_, i) => i)), python.shuffle([])],
    uniform: times(5, () => python.uniform(-2, 3)),
    numpy: times(5, numpy.random),
    normal: times(3000, () => numpy.normal(1, 2)),
    permutation: numpy.permutation(50),
    choices: times(9, () => numpy.below(2)),
    below: times(50, () => numpy.below(1000)),
    long: numpy.permutation(1000),
    between: times(3, () => numpy.uniform(0.1, 1)),
    randn: times(101, legacy.randn),
  };
});
"""


def drawn(seed):
    python, numpy, legacy = random.Random(seed), np.random.default_rng(seed), np.random.RandomState(seed % 2**32)

    def shuffled(count):
        order = list(range(count))
        python.shuffle(order)
        return order

    return {
        "python": [python.random() for _ in range(5)],
        "gauss": [python.gauss(1, 2) for _ in range(5)],
        "shuffled": [shuffled(100), shuffled(3), shuffled(0)],
        "uniform": [python.uniform(-2, 3) for _ in range(5)],
        "numpy": numpy.random(5).tolist(),
        "normal": numpy.normal(1, 2, 3000).tolist(),
        "permutation": numpy.permutation(50).tolist(),
        "choices": numpy.choice([0, 1], 9).tolist(),
        "below": numpy.integers(0, 1000, 50).tolist(),
        "long": numpy.permutation(1000).tolist(),
        "between": numpy.uniform(0.1, 1, 3).tolist(),
        "randn": legacy.randn(101).tolist(),
    }


@pytest.fixture(scope="module")
def found():
    return dict(zip(SEEDS, in_node(PROGRAM, *SEEDS), strict=True))


@needs_node
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name", ["python", "shuffled", "uniform", "numpy", "permutation", "choices", "below", "long", "between"]
)
def test_whole_numbers_orders_and_uniform_numbers_are_the_same_to_the_last_bit(found, seed, name):
    assert found[seed][name] == drawn(seed)[name]


@needs_node
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["gauss", "normal", "randn"])
def test_normal_numbers_are_the_same_but_for_the_last_bits(found, seed, name):
    assert largest(drawn(seed)[name], found[seed][name]) < 2e-14
