"""What if the disk is full, the user presses Ctrl-C, a file is truncated, a package or a terminal is missing?

Each gives a message of one sentence, and earlier files stay intact.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sampling import sample

from tinygrad_edu import Value, chain_rule, detect_anomaly, nn, no_grad, viz
from tinygrad_edu.cli.main import main
from tinygrad_edu.errors import FileError, TinygradError
from tinygrad_edu.files import write_whole
from tinygrad_edu.recorder import now

ROOT = Path(__file__).parents[2]
OURS = tuple(str(ROOT / folder) + os.sep for folder in ("tinygrad_edu", "nn", "viz"))


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
        (["train", "moons", "--epochs", "1", "-o", "."], "network.svg"),
        (["lesson", "circuit", "-o", "."], "circuit.svg"),
    ],
)
def test_a_full_disk_is_reported_and_leaves_files_intact(tmp_path, arguments, file, monkeypatch, capsys):
    old = tmp_path / file
    old.write_text("as it was")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    code = main(arguments)
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert code == 1
    assert f"{file}\n  what is wrong:  No space left on device" in said
    assert old.read_text() == "as it was"
    assert not hidden(tmp_path)


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_model_and_an_animation_on_a_full_disk(tmp_path, monkeypatch):
    model = nn.MLP(2, [3, 1], seed=0)
    path = nn.save(model, tmp_path / "m.json")
    before = path.read_bytes()

    monkeypatch.setattr("os.fsync", full)
    for name in ("m.json", "n.npz"):
        with pytest.raises(OSError, match="No space left"):
            nn.save(model, tmp_path / name)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["m.json"]


@pytest.mark.parametrize("target", ["/proc/f.svg", "no/such/folder/f.svg", "."])
def test_an_unwritable_place_is_named(tmp_path, monkeypatch, capsys, target):
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "x * y", "x=1", "y=2", "-o", target]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.startswith("tinygrad-edu draw: ")


def test_a_read_only_folder_is_named(tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    with pytest.raises(PermissionError, match=r"f\.svg"):
        viz.draw(Value(1.0) * 2).save(tmp_path / "f.svg")
    assert not list(tmp_path.iterdir())


# Ctrl-C at any moment


class Interrupted:
    """Raises KeyboardInterrupt at the n-th line that runs inside the block: of this package's code, or of any.

    With `again`, once more so many lines later; and as another exception, if that is what a signal makes.
    """

    def __init__(self, at, files=OURS, again=None, error=KeyboardInterrupt):
        self.left = at
        self.files = files
        self.again = again
        self.error = error
        self.happened = False

    def __enter__(self):
        self.before = sys.gettrace()  # of coverage, where it is measured
        sys.settrace(self.look)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def look(self, frame, event, _):
        file = frame.f_code.co_filename
        if not file.startswith(self.files) or frame.f_code.co_name == "__del__" or file == __file__:
            return None  # raised in our own __exit__, it would end the tracer of coverage for all later tests
        if event == "line" and not self.happened:
            self.left -= 1
            if self.left < 0:
                self.happened = self.again is None
                self.left, self.again = (self.again or 0) - 1, None
                raise self.error
        return self.look


def lines_of(action, files=OURS):
    """How many lines an action runs."""
    counter = Interrupted(10**9, files)
    with counter:
        action()
    return 10**9 - counter.left


@pytest.mark.parametrize(
    ("backend", "moments"), sample([("scalar", 20), ("numpy", 4), ("scalar", 40), ("numpy", 40)], few=2)
)
def test_ctrl_c_at_any_line_of_fit_leaves_everything_consistent(backend, moments):
    X, y = nn.datasets.blobs(n=6, seed=0)

    def prepared():
        model = nn.MLP(2, [2, 1], seed=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1)

        def train():
            return nn.fit(
                model, X, y, optimizer=optimizer, epochs=2, batch_size=3, validation_data=(X, y), backend=backend,
                progress=False,
            )  # fmt: skip

        return model, optimizer, train

    total = lines_of(prepared()[2])
    chosen = {*range(0, total, max(1, total // moments)), *range(total - moments, total)}  # and all of the end
    for at in sorted(chosen):
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
        nn.fit(model, X, y, optimizer=optimizer, epochs=1, progress=False, backend=backend)  # and on it goes


@pytest.mark.parametrize("block", [no_grad, detect_anomaly])
def test_ctrl_c_at_any_line_of_a_block_restores_the_recorder(block):
    def within():
        with block():
            pass

    for at in range(lines_of(within)):
        with Interrupted(at) as interrupted, contextlib.suppress(KeyboardInterrupt):
            within()
        assert interrupted.happened
        assert (Value(1.0) * 2).args, at
        assert now().block is None, at


@pytest.fixture
def quick_disk(monkeypatch):
    """Nothing waits for the disk: for tests that save hundreds of times."""
    monkeypatch.setattr("os.fsync", lambda file: None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_line_of_save_leaves_the_old_file_or_the_new_one(tmp_path, quick_disk):
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
def test_ctrl_c_inside_zipfile_and_numpy_is_still_ctrl_c(tmp_path, quick_disk):
    old, new = nn.MLP(1, [1], seed=0), nn.MLP(1, [1], seed=1)
    path = nn.save(old, tmp_path / "model.npz")
    total = lines_of(lambda: nn.save(new, path), files="")
    interrupted = 0
    for at in range(0, total, 3):
        nn.save(old, path)
        try:
            with Interrupted(at, files=""):
                nn.save(new, path)
        except KeyboardInterrupt:
            interrupted += 1
        assert nn.load(path).state_dict() in (old.state_dict(), new.state_dict()), at
        assert not hidden(tmp_path), at
    assert interrupted > total / 3 - 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("again", [None, 1, 2, 3, 4, 5])
def test_ctrl_c_while_a_file_is_written_leaves_no_other_file(tmp_path, again, error):
    total = lines_of(lambda: write_whole(tmp_path / "f", b"new"))
    assert total > 20
    for at in range(total):
        (tmp_path / "f").write_bytes(b"old")
        with Interrupted(at, again=again, error=error), contextlib.suppress(error):
            write_whole(tmp_path / "f", b"new")
        assert (tmp_path / "f").read_bytes() in (b"old", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["f"], at


def test_ctrl_c_in_train_keeps_the_old_file_and_offers_the_new_network_in_another(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("m.json").write_text("old")

    def interrupt_in_the_third(history, _):
        if history.epochs == 3:
            signal.raise_signal(signal.SIGINT)
        return ""

    monkeypatch.setattr("tinygrad_edu.nn.training.progress.seen", interrupt_in_the_third)
    code = main(["train", "moons", "--points", "20", "--epochs", "9", "--save", "m.json", "--plot", "--film", "m.gif"])
    assert code == 130
    assert "stopped after 3 epochs of 9; m.json was not written, the network as it is now is in m.stopped.json" in (
        capsys.readouterr().err
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.json", "m.stopped.json"]
    assert Path("m.json").read_text() == "old"
    assert nn.TableModel.load("m.stopped.json").network.sizes == (2, 16, 16, 1)


@pytest.mark.parametrize(
    ("save", "said"),
    [(["--save", "m.json"], "stopped after 0 epochs of 40; m.json was not written\n"), ([], "after 0 epochs of 40\n")],
)
def test_ctrl_c_before_the_first_epoch_writes_nothing(tmp_path, monkeypatch, capsys, save, said):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_edu.nn.training.fit._epoch", interrupt)  # private: no public name begins an epoch
    assert main(["train", "moons", "--points", "20", *save]) == 130
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_model_that_cannot_be_saved_is_not_trained_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_edu.nn.table.model.fit", lambda *_, **__: pytest.fail("it was trained"))
    assert main(["train", "moons", "--save", "missing/m.json"]) == 1
    assert "missing\n  what is wrong:  there is no such folder to write into" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_drawn_does_not_lose_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("network.svg").mkdir()
    assert main(["train", "moons", "--points", "20", "--epochs", "1", "--save", "m.json", "-o", "."]) == 1
    assert "network.svg\n  what is wrong:  this is a folder" in capsys.readouterr().err
    assert nn.TableModel.load("m.json").network.sizes == (2, 16, 16, 1)


# Where a file goes


needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions, links and pipes")


def test_a_disk_that_breaks_is_named(tmp_path, monkeypatch, capsys):
    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", broken)
    assert main(["draw", "x", "x=1", "-o", "f.svg"]) == 1
    assert capsys.readouterr().err == "tinygrad-edu draw: f.svg\n  what is wrong:  Input/output error\n"
    assert not list(tmp_path.iterdir())


def test_a_file_in_place_of_a_folder_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("f").write_text("old")
    for arguments in (["lesson", "circuit"], ["demo"], ["train", "moons"]):
        assert main([*arguments, "-o", "f"]) == 1
        assert (
            "f\n  what is wrong:  this is a file, where a folder is wanted\n  write instead:  "
            in capsys.readouterr().err
        )
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


# Signals, and streams that are closed: in processes, as a shell runs them


@needs_posix
def test_sigterm_while_a_file_is_written_leaves_no_other_file(tmp_path):
    (tmp_path / "f.html").write_text("old")
    program = """
import os, signal, sys
from tinygrad_edu.__main__ import main
os.fsync = lambda file: os.kill(os.getpid(), signal.SIGTERM)
sys.argv[1:] = ["step", "x", "x=1", "-o", "f.html"]
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f.html", "old")]


@needs_posix
@pytest.mark.parametrize(
    "moment", ["tinygrad_edu.value", "tinygrad_edu.backprop", "tinygrad_edu.cli.main", "numpy.linalg"]
)
def test_ctrl_c_while_the_command_starts_gives_no_traceback(tmp_path, moment):
    (tmp_path / "sitecustomize.py").write_text(f"""
import signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.default_int_handler)
""")
    done = command("lesson", "layers", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode in (130, -signal.SIGINT)  # a shell says 130 in both cases
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@needs_posix
def test_a_program_that_imports_the_package_keeps_its_signals():
    program = """
import signal
numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
before = [signal.getsignal(number) for number in numbers]
from tinygrad_edu import nn, viz
from tinygrad_edu.cli import main as cli
from tinygrad_edu.files import write_whole
assert cli.main(["step", "x", "x=1"]) == 0
assert [signal.getsignal(number) for number in numbers] == before
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0


@needs_posix
def test_a_second_ctrl_c_gives_no_traceback():
    program = """
import signal, sys
from tinygrad_edu import process
def command():
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.raise_signal(signal.SIGINT)
sys.exit(process.run(command))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


@needs_posix
def test_a_signal_that_the_shell_has_ignored_stays_ignored():
    program = """
import signal, sys
from tinygrad_edu import process
numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
for number in numbers:
    signal.signal(number, signal.SIG_IGN)
process.start_quietly()
sys.exit(process.run(lambda: sum(signal.getsignal(number) is not signal.SIG_IGN for number in numbers)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


STEP = ("step", "x * y", "x=1", "y=2")


@needs_posix
@pytest.mark.parametrize("unbuffered", sample(["", "1"]))
@pytest.mark.parametrize(
    ("arguments", "streams", "code", "said"),
    [
        (STEP, ">&-", 0, ""),
        (STEP, "<&- >&- 2>&-", 0, ""),
        ((*STEP, "-i"), "<&-", 0, ""),
        ((*STEP, "-i"), ">&-", 0, ""),
        (STEP, "| true", 0, ""),
        (STEP, ">/dev/full", 1, "tinygrad-edu: standard output: No space left on device; it is not complete\n"),
        (("--help",), ">/dev/full", 1, "tinygrad-edu: standard output: No space left on device; it is not complete\n"),
        (("step", "x", "y=1"), "2>/dev/full", 1, ""),
        (("step", "x", "y=1"), "2>&-", 1, ""),
        (("fly",), "2>&-", 2, ""),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_a_closed_or_full_output_stream_gives_no_traceback(tmp_path, arguments, streams, code, said, unbuffered):
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    line = f"set -o pipefail; {shlex.join([sys.executable, '-m', 'tinygrad_edu', *arguments])} {streams}"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (code, said)


@needs_posix
@pytest.mark.long
def test_a_closed_pipe_does_not_lose_the_network(tmp_path):
    train = f"{sys.executable} -m tinygrad_edu train moons --points 9 --hidden 2 --epochs 1 --save m.json -o ."
    line = f"set -o pipefail; {train} 2>&1 | true"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path.name for path in tmp_path.iterdir()} >= {"m.json", "network.svg", "boundary.png"}


# A file that is half there


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_truncated_model_is_refused(tmp_path, suffix):
    whole = nn.save(nn.MLP(2, [3, 1], seed=0), tmp_path / f"m{suffix}").read_bytes()
    path = tmp_path / f"cut{suffix}"
    for size in range(0, len(whole) - 2, max(1, len(whole) // 200)):
        path.write_bytes(whole[:size])
        with pytest.raises(FileError, match="what is wrong:"):
            nn.load(path)


def test_a_truncated_trace_is_refused():
    from tinygrad_edu import Trace

    whole = chain_rule(Value(2.0, label="x") * 3).to_json()
    for size in range(0, len(whole) - 1, 7):
        with pytest.raises(TinygradError):
            Trace.from_json(whole[:size])


# Terminals


NARROW, PLAIN, ASCII, DUMB = (
    {"COLUMNS": "40"},
    {"LANG": "C", "LC_ALL": "C"},
    {"PYTHONIOENCODING": "ascii"},
    {"TERM": "dumb"},
)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    sample(
        [
            (["step", "tanh(x * y)", "x=1", "y=2"], NARROW | ASCII | DUMB),
            (["predict", "m.json", "x1=0", "x2=1"], PLAIN),
            (["--help"], NARROW),
            *((["step", "tanh(x * y)", "x=1", "y=2"], environment) for environment in (NARROW, PLAIN, ASCII, DUMB)),
            (["train", "moons", "--points", "9", "--hidden", "2", "--epochs", "2"], NARROW | ASCII | DUMB),
            (["lesson", "circuit"], ASCII),
        ],
        few=3,
    ),
)
def test_the_output_is_the_same_on_any_terminal_and_on_none(tmp_path, arguments, environment):
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
    assert done.returncode == 0  # the first step is shown, and no key is pressed
    assert b"quit" in done.stdout
    assert done.stderr == b""
