"""What if the disk is full, somebody presses Ctrl-C, a file is half there, a package or a terminal is missing?

Each gives a sentence, and earlier files stay whole.
"""

import contextlib
import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu import Value, chain_rule, detect_anomaly, nn, no_grad, viz
from tinygrad_edu.cli import main
from tinygrad_edu.errors import FileError, MissingError, TinygradError
from tinygrad_edu.files import write_whole
from tinygrad_edu.recorder import now

ROOT = Path(__file__).parent.parent
OURS = tuple(str(ROOT / folder) + os.sep for folder in ("tinygrad_edu", "nn", "viz"))


OPEN = Path.open


def command(*arguments, folder, **environment):
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tinygrad_edu", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


def hidden(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".")]


# A disk that is full


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["draw", "x * y", "x=1", "y=2", "-o", "f.svg"], "f.svg"),
        (["draw", "x * y", "x=1", "y=2", "-o", "f.png"], "f.png"),
        (["step", "x * y", "x=1", "y=2", "--html", "f.html"], "f.html"),
        (["worksheet", "x * y", "x=1", "y=2", "-o", "f.html"], "f.html"),
        (["train", "moons", "--epochs", "1"], "network.svg"),
        (["lesson", "circuit", "-o", "."], "circuit.svg"),
    ],
)
def test_a_disk_that_is_full(tmp_path, arguments, file, monkeypatch, capsys):
    old = tmp_path / file
    old.write_text("as it was")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "pathlib.Path.open",
        lambda path, mode="r", *rest, **named: Full(path, mode) if "x" in mode else OPEN(path, mode, *rest, **named),
    )
    code = main(arguments)
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert code == 1
    assert f"{file}: No space left on device" in said
    assert old.read_text() == "as it was"
    assert not hidden(tmp_path)


class Full:
    """A file that takes a little, and no more."""

    def __init__(self, path, mode):
        self.file = open(path, mode)  # noqa: PTH123, SIM115 (Path.open is this class for the moment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self, content):
        self.file.write(content[:100])
        raise OSError(28, "No space left on device")


def test_a_model_and_a_film_on_a_full_disk(tmp_path, monkeypatch):
    model = nn.MLP(2, [3, 1], seed=0)
    path = nn.save(model, tmp_path / "m.json")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    for name in ("m.json", "n.npz"):
        with pytest.raises(OSError, match="No space left"):
            nn.save(model, tmp_path / name)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["m.json"]


@pytest.mark.parametrize("target", ["/proc/f.svg", "no/such/folder/f.svg", "."])
def test_a_place_where_nothing_can_be_written(tmp_path, target):
    done = command("draw", "x * y", "x=1", "y=2", "-o", target, folder=tmp_path)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.startswith(b"tinygrad-edu draw: ")


def test_a_folder_that_may_not_be_written(tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    with pytest.raises(PermissionError, match=r"f\.svg"):
        viz.draw(Value(1.0) * 2).save(tmp_path / "f.svg")
    assert not list(tmp_path.iterdir())


# Ctrl-C at any moment


class Interrupted:
    """Raises KeyboardInterrupt at the n-th line of this package's code that runs inside the block."""

    def __init__(self, at):
        self.left = at
        self.happened = False

    def __enter__(self):
        self.before = sys.gettrace()  # whoever measures coverage
        sys.settrace(self.look)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def look(self, frame, event, _):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line" and not self.happened:
            self.left -= 1
            if self.left < 0:
                self.happened = True
                raise KeyboardInterrupt
        return self.look


def lines_of(action):
    """How many lines an action runs."""
    counter = Interrupted(10**9)
    with counter:
        action()
    return 10**9 - counter.left


@pytest.mark.parametrize("compiled", [False, True])
def test_ctrl_c_at_any_moment_of_fit(compiled):
    X, y = nn.datasets.blobs(n=6, seed=0)

    def prepared():
        model = nn.MLP(2, [2, 1], seed=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1)

        def train():
            return nn.fit(
                model, X, y, optimizer=optimizer, epochs=2, batch_size=3, validation_data=(X, y), compiled=compiled,
                progress=False,
            )  # fmt: skip

        return model, optimizer, train

    total = lines_of(prepared()[2])
    moments = {*range(0, total, max(1, total // 60)), *range(total - 60, total)}  # and all of the end
    for at in sorted(moments):
        model, optimizer, train = prepared()
        history = None
        try:
            with Interrupted(at):
                history = train()
        except KeyboardInterrupt:
            pass  # before the first epoch, or after the last one
        assert all(np.isfinite(parameter.data) for parameter in model.parameters()), at
        assert isinstance(optimizer.parameters, list), at
        assert optimizer.parameters == model.parameters(), at
        if history is not None and history.interrupted:
            lengths = {
                len(numbers) for numbers in (history.loss, history.accuracy, history.val_loss, history.val_accuracy)
            }
            assert len(lengths) == 1, at
        nn.fit(model, X, y, optimizer=optimizer, epochs=1, progress=False, compiled=compiled)  # and on it goes


@pytest.mark.parametrize("block", [no_grad, detect_anomaly])
def test_ctrl_c_at_any_moment_of_a_block_leaves_nothing_on(block):
    def within():
        with block():
            pass

    for at in range(lines_of(within)):
        with Interrupted(at) as interrupted, contextlib.suppress(KeyboardInterrupt):
            within()
        assert interrupted.happened
        assert (Value(1.0) * 2).args, at
        assert now().block is None, at


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_moment_of_save(tmp_path):
    old, new = nn.MLP(2, [2, 1], seed=0), nn.MLP(2, [2, 1], seed=1)
    for suffix in (".json", ".npz"):
        path = nn.save(old, tmp_path / f"model{suffix}")
        total = lines_of(lambda path=path: nn.save(new, path))
        for at in range(total):
            nn.save(old, path)
            with Interrupted(at) as interrupted, contextlib.suppress(KeyboardInterrupt):
                nn.save(new, path)
            assert interrupted.happened
            assert nn.load(path).state_dict() in (old.state_dict(), new.state_dict()), at
            assert not hidden(tmp_path), at


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_while_a_file_is_written_leaves_nothing_else(tmp_path):
    total = lines_of(lambda: write_whole(tmp_path / "f", b"new"))
    for at in range(total):
        (tmp_path / "f").write_bytes(b"old")
        with Interrupted(at), contextlib.suppress(KeyboardInterrupt):
            write_whole(tmp_path / "f", b"new")
        assert (tmp_path / "f").read_bytes() in (b"old", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["f"], at


# A file that is half there


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_model_cut_off_anywhere(tmp_path, suffix):
    whole = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / f"m{suffix}").read_bytes()
    path = tmp_path / f"cut{suffix}"
    for size in range(0, len(whole) - 2, max(1, len(whole) // 200)):
        path.write_bytes(whole[:size])
        with pytest.raises(FileError, match="what is wrong:"):
            nn.load(path)


def test_a_trace_cut_off_anywhere():
    from tinygrad_edu import Trace

    whole = chain_rule(Value(2.0, label="x") * 3).to_json()
    for size in range(0, len(whole) - 1, 7):
        with pytest.raises(TinygradError):
            Trace.from_json(whole[:size])


# Packages that are not there


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("torch", lambda folder: nn.to_torch(nn.MLP(1, [1]))),
        ("onnx", lambda folder: nn.to_onnx(nn.MLP(1, [1]), folder / "m.onnx")),
        ("sklearn", lambda folder: nn.datasets.digits()),
        ("sklearn", lambda folder: importlib.import_module("tinygrad_edu.nn.sklearn")),
    ],
)
def test_a_package_that_is_missing_is_named(package, use, monkeypatch, tmp_path):
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


# Terminals


NARROW, PLAIN, ASCII, DUMB = (
    {"COLUMNS": "40"},
    {"LANG": "C", "LC_ALL": "C"},
    {"PYTHONIOENCODING": "ascii"},
    {"TERM": "dumb"},
)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        *((["step", "tanh(x * y)", "x=1", "y=2"], environment) for environment in (NARROW, PLAIN, ASCII, DUMB)),
        (["train", "moons", "--epochs", "2"], NARROW | ASCII | DUMB),
        (["lesson", "by_hand"], ASCII),
        (["predict", "m.json", "x1=0", "x2=1"], PLAIN),
        (["--help"], NARROW),
    ],
)
def test_any_terminal_and_none(tmp_path, arguments, environment):
    model = nn.TableModel.train(
        nn.Table.of_columns({"x1": [0, 1] * 4, "x2": [0, 0, 1, 1] * 2, "c": ["a", "b"] * 4}),
        hidden=[2], epochs=1, test=0, progress=False,
    )  # fmt: skip
    model.save(tmp_path / "m.json")
    done = command(*arguments, folder=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_stepping_by_keys_without_a_terminal(tmp_path):
    done = command("step", "x * y", "x=1", "y=2", "--interactive", folder=tmp_path)
    assert done.returncode == 0  # the first step is shown, and nobody presses a key
    assert b"quit" in done.stdout
    assert done.stderr == b""
