"""Are the data of the page those of nn.datasets, and its parts those of nn.preprocessing?"""

import random

import numpy as np
import pytest
from playground import in_node, largest, needs_node

from tinygrad_edu.nn import datasets
from tinygrad_edu.nn.preprocessing import Standardizer, train_test_split

NAMES = [*datasets.PLANE, *datasets.SURFACES]
SETTINGS = [(2, 0.1, 0), (3, 0.0, 5), (7, 0.25, 1), (100, 0.1, 0), (101, 0.5, 2**32 - 1), (1000, 0.05, 3)]
PROGRAM = """
const { pointsOf, DATASETS } = await from("playground/data");
return data.map((settings) => pointsOf(settings));
"""


def settings_of(name, n, noise, seed, classes=2):
    return {"name": name, "n": n, "noise": noise, "seed": seed, "classes": classes}


def cases():
    """Each data set at sizes from the smallest on; blobs with several numbers of classes."""
    plain = [(name, *numbers) for name in NAMES for numbers in SETTINGS if numbers[0] > 2 or name != "yinyang"]
    return [(*each, 2) for each in plain] + [("blobs", 11, 0.5, 4, classes) for classes in (3, 4, 10)]


@pytest.fixture(scope="module")
def found():
    return dict(zip(cases(), in_node(PROGRAM, *(settings_of(*case) for case in cases())), strict=True))


@needs_node
@pytest.mark.parametrize("case", cases())
def test_a_data_set_has_the_points_and_labels_that_nn_gives_for_its_seed(found, case):
    name, n, noise, seed, classes = case
    more = {"classes": classes} if name == "blobs" else {}
    X, y = getattr(datasets, name)(n=n, noise=noise, seed=seed, **more)
    assert largest(X, found[case]["X"]) < 2e-14
    assert largest(y, found[case]["y"]) < 2e-14
    assert found[case]["classes"] == (0 if name in datasets.SURFACES else len(set(y.tolist())))


@needs_node
def test_the_page_has_every_data_set_of_the_plane():
    names = in_node('return Object.keys((await from("playground/data")).DATASETS)')
    assert names == NAMES


SPLIT = """
const { partsOf, standardizerOf } = await from("playground/data");
return data.map(({ X, y, settings }) => {
  const parts = partsOf(settings, { X, y });
  return { ...parts, scaled: X.map(standardizerOf(parts.train.map((i) => X[i])).of) };
});
"""


def drawn_splits(count):
    """Labels of a few classes, of one alone, and numbers; shares that give halves when they are rounded."""
    draw = random.Random(7)
    for seed in range(count):
        n = draw.randint(2, 60)
        classes = draw.choice([1, 2, 3, 7, None])
        y = [draw.gauss(0, 1) if classes is None else draw.randrange(classes) for _ in range(n)]
        X = [[draw.choice([draw.gauss(0, 1), 5.0]), 3.0, draw.gauss(100, 20)] for _ in range(n)]
        share = draw.choice([0.2, 0.25, 0.5, 1.5 / n, 2.5 / n])
        if 0 < round(share * n) < n and 0 < share < 1:
            yield {"X": X, "y": y, "settings": {"validation": share, "split_seed": seed}}


@needs_node
def test_the_parts_and_the_scale_of_columns_are_those_of_nn():
    splits = list(drawn_splits(60))
    assert len(splits) > 40
    for split, found in zip(splits, in_node(SPLIT, *splits), strict=True):
        X, y = np.array(split["X"]), np.array(split["y"])
        rows = np.arange(len(X))
        share, seed = split["settings"]["validation"], split["settings"]["split_seed"]
        train, held_out, _, _ = train_test_split(rows, y, test_size=share, seed=seed)
        assert found["train"] == train.tolist()
        assert found["validation"] == held_out.tolist()
        assert largest(Standardizer.of(X[train])(X), found["scaled"]) < 1e-12


@needs_node
def test_without_a_share_or_with_one_that_leaves_a_part_empty_all_points_are_trained_on():
    cases = [
        {"X": [[0, 0]] * n, "y": [0] * n, "settings": {"validation": v, "split_seed": 0}}
        for n, v in [(4, 0), (1, 0.2), (2, 0.2), (3, 1)]
    ]
    for case, found in zip(cases, in_node(SPLIT, *cases), strict=True):
        assert (found["train"], found["validation"]) == (list(range(len(case["X"]))), [])


@needs_node
def test_features_are_functions_of_the_plane_and_columns_go_by_their_names():
    program = """
    const { inputsOf, FEATURES } = await from("playground/data");
    const inputs = inputsOf({ inputs: ["x2", ...Object.keys(FEATURES), "x1"] }, { names: ["x1", "x2"] });
    return { names: Object.keys(FEATURES), python: Object.values(FEATURES).map((each) => each.python),
             values: data[0].map(inputs.of) };
    """
    X = np.random.default_rng(0).normal(size=(5, 2))
    found = in_node(program, X.tolist())
    columns = [eval(python, {"X": X, "np": np}) for python in found["python"]]
    assert largest(np.column_stack([X[:, 1], *columns, X[:, 0]]), found["values"]) < 1e-15
