"""What if an optional package, or a part of this one, is not installed?"""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu
from tinygrad_edu import errors, nn, packages
from tinygrad_edu.errors import MissingError
from tinygrad_edu.packages import needed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("torch", lambda folder: nn.to_torch(nn.MLP(1, [1]))),
        ("onnx", lambda folder: nn.to_onnx(nn.MLP(1, [1]), folder / "m.onnx")),
        ("sklearn", lambda folder: nn.datasets.digits()),
        ("sklearn", lambda folder: importlib.import_module("tinygrad_edu.nn.sklearn")),
    ],
)
def test_a_missing_package_is_named(package, use, monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "tinygrad_edu.nn.sklearn", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(package), *sys.meta_path])
    with pytest.raises(MissingError, match=r"pip install"):
        use(tmp_path)
    importlib.invalidate_caches()


class Missing:
    """An importer that does not find one package."""

    def __init__(self, package):
        self.package = package

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_missing_dependency_of_a_package_is_reported_unchanged(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError("No module named 'deeper'", name="deeper")

    monkeypatch.setattr("importlib.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="deeper"):
        needed("torch", "a test")


@pytest.mark.parametrize(
    "program",
    ["import tinygrad_edu.nn", "from tinygrad_edu import viz", "import tinygrad_edu; tinygrad_edu.nn", "-m"],
)
def test_a_clone_that_is_not_installed_says_how_to_install_it(tmp_path, program):
    shutil.copytree(ROOT / "tinygrad_edu", tmp_path / "tinygrad_edu", ignore=shutil.ignore_patterns("__pycache__"))
    arguments = ["-m", "tinygrad_edu"] if program == "-m" else ["-c", program]
    # without site-packages, and so without the installation that the tests have
    found = subprocess.run([sys.executable, "-S", *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 1
    assert f"Python found tinygrad_edu in {tmp_path / 'tinygrad_edu'}, which is not installed" in found.stderr
    assert f"  write instead:  pip install -e {tmp_path}" in found.stderr
    assert ("Traceback" in found.stderr) == (program != "-m")


def test_a_missing_installation_is_reported_with_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    packages.name_missing_parts()
    *_, last = sys.meta_path
    assert last.find_spec("somebody.elses") is None
    with pytest.raises(errors.MissingError, match="pip install -e"):
        last.find_spec("tinygrad_edu.lessons")
    sys.meta_path.insert(0, last)
    for name in ("cli.main", "cli.lesson", "cli.training", "cli", "lessons"):
        monkeypatch.delitem(sys.modules, f"tinygrad_edu.{name}", raising=False)
    for name in ("cli", "lessons"):
        monkeypatch.delattr(tinygrad_edu, name, raising=False)
    assert importlib.import_module("tinygrad_edu.__main__").main() == 1
    assert capsys.readouterr().err.startswith(
        "tinygrad-edu: import tinygrad_edu.lessons\n  what is wrong:  Python found"
    )


def test_a_part_of_a_package_is_found_and_another_name_is_what_to_install(monkeypatch):
    assert needed("os.path", "paths").sep
    with pytest.raises(MissingError, match=r"magic\n.*needs the package the-wand, .*\n.*pip install the-wand"):
        needed("no_such_wand.spells", "magic", package="the-wand")
