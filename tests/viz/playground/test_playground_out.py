"""Does the Python that the page writes do the same in a fresh interpreter, and does nn.load read its model?"""

import ast
import subprocess
import sys

import pytest
from playground import in_node, largest, needs_node
from sampling import sample
from test_playground_training import BASE, OPTIMIZERS, drawn

from tinygrad_edu import nn
from tinygrad_edu.nn.training.objectives import TASKS

PROGRAM = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
const { modelJson, pythonOf } = await from("playground/out");
const seen = ({ points, given }) => Float64Array.from(points.X.slice(0, 3).flatMap(given));
return data.map(({ settings, ways }) => {
  const training = trainingOf(checked(settings));
  for (const way of ways) training[way]();
  const { history, samples, parameters, program } = training;
  return {
    python: pythonOf(training.recipe),
    model: modelJson(training.settings, parameters),
    epochs: history.loss,
    steps: history.step_loss,
    P: parameters,
    X: samples.points.X.slice(0, 3).map(samples.given),
    outputs: program.forward(parameters, seen(samples)).outputs,
    stopped: training.stopped,
  };
});
"""
END = "\nprint(*[parameter.data for parameter in model.parameters()])\n"


def ran(script, folder):
    """The numbers that a script prints, line by line, in a fresh interpreter."""
    path = folder / "script.py"
    path.write_text(script + END, encoding="utf-8")
    found = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False, cwd=folder)
    assert found.returncode == 0, found.stderr + script
    lines = [line for line in found.stdout.splitlines() if not line.startswith("History")]
    return [float(line) for line in lines[:-1]], [float(number) for number in lines[-1].split()]


def cases():
    """One for each loss and optimizer; own points, features, a part of an epoch, and steps of one sample."""
    for number, loss in enumerate(TASKS):
        for kind, optimizer in OPTIMIZERS.items():
            data = {"name": "saddle"} if loss == "mse" else {"name": "blobs", "classes": 3 if number == 4 else 2}
            settings = BASE | {"data": data | {"n": 24, "seed": 4}, "loss": loss, "optimizer": optimizer}
            yield pytest.param(settings, ["epoch", "epoch"], id=f"{loss} {kind}")
    yield pytest.param(BASE, ["epoch", "batch", "batch"], id="a part of an epoch")
    yield pytest.param(BASE, ["sample", "batch", "sample", "epoch", "epoch", "sample"], id="samples")
    yield pytest.param(BASE, [], id="nothing yet")
    for seed in (0, 3, 4, 8, 11, 13):
        yield pytest.param(drawn(seed), ["epoch", "epoch", "batch"], id=f"drawn {seed}")


@needs_node
@pytest.mark.parametrize(("settings", "ways"), sample(cases(), few=2))
def test_the_script_gives_the_losses_and_the_parameters_of_the_page(settings, ways, tmp_path):
    (found,) = in_node(PROGRAM, {"settings": settings, "ways": ways})
    assert found["stopped"] is None
    losses, P = ran(found["python"], tmp_path)
    assert largest(P, found["P"]) < 1e-9
    alone = steps_alone(found["python"])
    whole = len(losses) - alone
    seen = found["epochs"][:whole] + found["steps"][len(found["steps"]) - alone :]
    assert largest(seen, losses) < 1e-9
    assert bool(ways) == bool(losses)


def steps_alone(script):
    """How many steps a script takes one by one."""
    calls = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call)]
    return sum(
        len(eval(ast.unparse(call.args[0])))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "train"
    )


@needs_node
def test_the_file_of_the_model_is_one_that_load_reads(tmp_path):
    settings = [drawn(seed) for seed in range(12)]
    answers = in_node(PROGRAM, *({"settings": each, "ways": ["epoch"]} for each in settings))
    for each, found in zip(settings, answers, strict=True):
        path = tmp_path / "model.json"
        path.write_text(found["model"], encoding="utf-8")
        model = nn.load(path)
        assert [parameter.data for parameter in model.parameters()] == found["P"]
        assert largest(nn.predict(model, found["X"]).ravel(), found["outputs"]) < 1e-12
        assert [layer.activation for layer in model.layers[:-1]] == [
            layer["activation"] for layer in each["network"]["layers"]
        ]


@needs_node
def test_numbers_that_json_lacks_are_strings_in_the_file(tmp_path):
    program = """
    const { checked } = await from("playground/settings");
    const { modelJson } = await from("playground/out");
    const settings = checked({ loss: "hinge", network: { layers: [] } });
    return modelJson(settings, Float64Array.of(Infinity, NaN, -Infinity));
    """
    path = tmp_path / "model.json"
    path.write_text(in_node(program), encoding="utf-8")
    assert repr([parameter.data for parameter in nn.load(path).parameters()]) == "[inf, nan, -inf]"
