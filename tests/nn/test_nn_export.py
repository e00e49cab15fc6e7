"""Does a model give the same outputs in PyTorch and in ONNX Runtime?"""

import sys

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.errors import MissingError, OptionError
from tinygrad_edu.rules import RULES

X = np.random.default_rng(0).normal(size=(40, 3)) * 3


def outputs(model):
    found = nn.predict(model, X)
    return found.reshape(len(X), -1)


def exported_to(column):
    return [name for name, row in RULES.items() if getattr(row, column)]


def networks(names):
    return [
        *[pytest.param(nn.MLP(3, [4, 2], activation=name, seed=1), id=name) for name in names],
        pytest.param(nn.MLP(3, [5, 4, 1], activation="tanh", output="sigmoid", seed=0), id="3-5-4-1"),
        pytest.param(nn.MLP(3, [1], seed=0), id="3-1"),
    ]


@pytest.mark.torch
@pytest.mark.parametrize("model", networks(exported_to("torch")))
def test_pytorch_gives_the_same_outputs_and_gradients(model):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    other = nn.to_torch(model)
    assert isinstance(other, torch.nn.Sequential)
    assert np.allclose(other(torch.from_numpy(X)).detach().numpy(), outputs(model), rtol=1e-12, atol=1e-12)
    other(torch.from_numpy(X[:1])).sum().backward()
    out = model(X[0])
    (sum(out) if isinstance(out, list) else out).backward()
    theirs = np.concatenate(
        [np.column_stack([part.weight.grad, part.bias.grad]).ravel() for part in other if hasattr(part, "weight")]
    )
    assert np.allclose([p.grad for p in model.parameters()], theirs, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("model", networks([name for name in exported_to("onnx") if name not in ("log", "sqrt")]))
def test_onnx_runtime_gives_the_same_outputs(model, tmp_path):
    pytest.importorskip("onnx", reason="the package onnx is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    path = nn.to_onnx(model, tmp_path / "m.onnx")
    (found,) = runtime.InferenceSession(path.read_bytes()).run(None, {"X": X})
    assert found.shape == (40, model.sizes[-1])
    assert np.allclose(found, outputs(model), rtol=1e-12, atol=1e-12)


def test_an_activation_that_the_other_engine_lacks_is_refused(tmp_path):
    pytest.importorskip("onnx", reason="the package onnx is not installed")
    with pytest.raises(OptionError, match=r"a network with gelu for ONNX\n.*linear, .* tanh, sigmoid, relu, .* sign\n"):
        nn.to_onnx(nn.MLP(1, [2, 1], activation="gelu"), tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.torch
def test_an_activation_without_a_pytorch_module_is_refused():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    with pytest.raises(OptionError, match="a network with erf for PyTorch"):
        nn.to_torch(nn.MLP(1, [2, 1], activation="erf"))


@pytest.mark.parametrize(("package", "call"), [("torch", nn.to_torch), ("onnx", lambda m: nn.to_onnx(m, "m.onnx"))])
def test_without_the_package_the_error_says_what_to_install(monkeypatch, package, call):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingError, match=rf"needs the package {package}, which is not installed\n.*pip install {package}"
    ):
        call(nn.MLP(1, [1]))
