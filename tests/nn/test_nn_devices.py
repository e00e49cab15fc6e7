"""Does training on many devices give what training in NumPy gives?

Eight devices are this machine's processor, divided: a process decides that before it uses JAX, so it is one of its own.
"""

import contextlib
import json
import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sampling import sample

from tinygrad_edu import nn
from tinygrad_edu.errors import CompileError, DivergedError, MissingError
from tinygrad_edu.nn.training import devices

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-9
REASON = "JAX is not installed (pip install 'tinygrad_edu[jax]')"
X, y = nn.datasets.moons(n=23, noise=0.1, seed=0)


@pytest.fixture(scope="module")
def jax():
    return pytest.importorskip("jax", reason=REASON)


@pytest.fixture(scope="module", params=sample(["few", "more"]))
def on_eight_devices(jax, request):
    return json.loads(ran(ROOT / "tests" / "support" / "eight_devices.py", request.param))


def ran(script, *arguments):
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800).stdout


@pytest.mark.long
def test_training_on_eight_devices_has_the_history_and_the_parameters_of_numpy(on_eight_devices):
    """Small last batches, classes, validation; and single samples, losses over all samples, models of one's own."""
    assert len(on_eight_devices["fits"]) == 4
    for name, ((history, parameters), (other, others)) in on_eight_devices["fits"].items():
        for one, two in zip(history, other, strict=True):
            np.testing.assert_allclose(two, one, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)
        np.testing.assert_allclose(others, parameters, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)
        assert history[0][-1] != history[0][0] or len(history[0]) == 1


@pytest.mark.long
def test_what_crosses_between_devices_is_one_sum_for_loss_and_gradient_together(on_eight_devices):
    assert on_eight_devices["looks"]["a network"] == [8, True, 1]


def test_rows_that_cannot_be_weighed_are_not_shared_if_the_devices_do_not_divide_them(on_eight_devices):
    assert on_eight_devices["looks"]["a polynomial"] == [8, False, 0]


def test_training_leaves_the_types_of_jax_as_they_are(on_eight_devices):
    assert on_eight_devices["is 64 bits"] is False


@pytest.mark.long
def test_two_processes_have_the_parameters_of_one_after_50_steps(jax, tmp_path):
    script = ROOT / "examples" / "many_machines.py"
    address = f"localhost:{free_port()}"
    common = [sys.executable, str(script), "--at", address, "--processes", "2", "--devices", "4"]
    processes = [
        subprocess.Popen(
            [*common, "--number", str(number), "--save", str(tmp_path / "two.npy")], stdout=subprocess.PIPE, text=True
        )
        for number in range(2)
    ]
    said = [process.communicate(timeout=1800)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert "process 2 of 2, 4 of 8 devices" in said[1]
    np.testing.assert_allclose(np.load(tmp_path / "two.npy"), alone(script), rtol=TOLERANCE, atol=TOLERANCE)


def alone(script):
    """The parameters that the same script finds in this process."""
    many_machines = runpy.run_path(str(script))
    X, y = nn.datasets.moons(n=many_machines["SAMPLES"], noise=0.1, seed=0)
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    return many_machines["train"](model, X, y, 50)[0]


def free_port():
    """A port that nobody has, and that nobody is given meanwhile: those that a system gives begin at 32768."""
    for port in range(20_000 + os.getpid() % 10_000, 32_768):
        with contextlib.suppress(OSError), socket.socket() as free:
            free.bind(("localhost", port))
            return port
    raise AssertionError("no port is free")


def test_without_jax_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingError, match=r"needs the package jax(.|\n)*pip install 'tinygrad_edu\[jax\]'"):
        nn.fit(nn.MLP(2, [1]), X, y, epochs=1, backend="jax")


def test_a_program_that_jax_computes_otherwise_is_refused_before_the_first_step(jax, monkeypatch):
    honest = devices.Shared.__call__
    monkeypatch.setattr(devices.Shared, "__call__", lambda *args: (honest(*args)[0] + 1e-6, *honest(*args)[1:]))
    model = nn.MLP(2, [3, 1], seed=0)
    before = [parameter.data for parameter in model.parameters()]
    with pytest.raises(CompileError, match='backend="numpy"'):
        nn.fit(model, X, y, epochs=1, backend="jax")
    assert [parameter.data for parameter in model.parameters()] == before


def test_a_divergence_on_devices_names_the_node_where_it_began(jax):
    with pytest.raises(DivergedError, match="too large"):
        nn.fit(nn.MLP(2, [4, 1], seed=0), 1e200 * X, y, loss="mse", epochs=3, backend="jax")
