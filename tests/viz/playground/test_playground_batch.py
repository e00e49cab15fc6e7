"""Is the batch that the panes show the one that training takes next? Training itself says so."""

import pytest
from playground import in_node, needs_node

pytestmark = needs_node
TRAINED = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
const { batchOf, sampleOf, sampleRow } = await from("playground/batch");
const { contributionsTo, gradientOf, graphOfSample } = await from("playground/scalars");
return data[0].map((settings) => {
  const session = trainingOf(checked(settings));
  const run = { session };
  const found = [];
  const look = (step) => {
    const batch = batchOf(run);
    const isKept = batch === batchOf(run);
    const graphs = batch.X.map((x, place) => graphOfSample(batch.network, batch.P, x, batch.Y[place]));
    const means = Array.from(batch.P, (_, place) => contributionsTo(place, batch.gradientAt, batch.X, batch.Y).mean);
    const arrays = Object.fromEntries([...batch.arrays].map(([name, { shape, numbers }]) => [name, [shape, numbers]]));
    const first = sampleOf({ sample: null, run });
    const isSampleRow = JSON.stringify(sampleRow(run, first)) === JSON.stringify({ x: batch.X[0], target: batch.Y[0] });
    step();
    const { rows, X, targets, loss, gradient } = session.last;
    found.push({ isKept, isSampleRow, means, arrays, members: batch.members, Y: batch.Y, X: batch.X.flat(),
      slopes: graphs.map(gradientOf), rows, trained: { X, targets, loss, gradient } });
  };
  for (let step = 0; step < 5; step++) look(session.batch);
  session.goTo(2);
  look(session.batch);
  look(session.sample);
  look(session.batch);
  return found;
});
"""
MOONS = {
    "data": {"name": "moons", "n": 30},
    "batch_size": 7,
    "network": {"layers": [{"size": 3, "activation": "relu"}]},
}
CASES = {
    "moons": MOONS,
    "hinge": {**MOONS, "loss": "hinge", "inputs": ["x1", "x2", "x1*x2", "sin(x1)"]},
    "bce": {**MOONS, "loss": "bce", "batch_size": None},
    "three classes": {**MOONS, "data": {"name": "yinyang", "n": 40}},
    "numbers": {**MOONS, "data": {"name": "saddle", "n": 20}, "batch_size": 1},
}


@pytest.mark.parametrize("name", CASES)
def test_the_batch_is_the_one_that_is_trained_on_next(name):
    (found,) = in_node(TRAINED, [CASES[name]])
    assert len(found) == 8
    for seen in found:
        size = len(seen["rows"])
        batch, trained = seen["members"], seen["trained"]
        if size == 1 and len(batch) > 1:  # a single sample was trained on, the first of the batch
            assert seen["rows"] == batch[:1]
            continue
        assert seen["rows"] == batch
        assert (seen["X"], seen["Y"]) == (trained["X"], trained["targets"])
        assert seen["isKept"]
        assert seen["isSampleRow"]
        assert seen["means"] == pytest.approx(trained["gradient"], rel=1e-12, abs=1e-14)
        columns = zip(*seen["slopes"], strict=True)
        assert [sum(column) / size for column in columns] == pytest.approx(trained["gradient"], rel=1e-9, abs=1e-12)
        assert seen["arrays"]["loss"][1] == [trained["loss"]]
        assert seen["arrays"]["X"] == [[size, len(trained["X"]) // size], trained["X"]]
