"""How strong are the tests? Change the source in one place, and see whether a test notices.

The changes are those of cosmic-ray (`pip install cosmic-ray`): another operator, another number, a condition turned
round, a loop that does nothing. Which tests run a line is found once, with coverage; of a mutant, only those are run.
A change that cannot change what the program does is no mutant: see `Meaning`. Survivors are written, as diffs, to
mutants.txt.
"""

import ast
import contextlib
import difflib
import importlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARTS = {"tinygrad_edu": Path("tinygrad_edu"), "nn": Path("tinygrad_edu/nn")}  # where mutants are made
OTHERS = {"viz": Path("tinygrad_edu/viz"), "examples/lessons": Path("tinygrad_edu/lessons")}  # what else is needed
LEFT_OUT = (
    "test_browser",
    "test_card",
    "test_check",
    "test_downhill",
    "test_everybody",
    "test_export",
    "test_formula",
    "test_inputs",
    "test_lab",
    "test_link",
    "test_nudge",
    "test_order",
    "test_lab_paths",
    "test_player",
    "test_predict",
    "test_lab_size",
    "test_stage",
    "test_transport",
    "test_javascript",
    "test_package",
    "test_docs",
    "test_notebook",
    "test_the_tests",
)
MOST_SECONDS, MOST_TESTS = 25.0, 400  # of the tests of one mutant
CONTROLS = 20  # selections of tests that are run on the source as it is, where all have to pass
QUIET = "ignore::pytest.PytestAssertRewriteWarning"  # what was imported before is not to be rewritten
OPTIONS = ("-n0", "--dist=no", "-m", "not browser", "-p", "no:cacheprovider", "--rootdir", str(ROOT))
OPTIONS += ("-c", str(ROOT / "setup.cfg"))
HANGS = 240  # seconds, after which a mutant counts as noticed: many times MOST_SECONDS, for a busy machine
LARGE = (  # what the tests import beside the packages: once, and not for every mutant
    "graphviz", "hypothesis", "IPython", "jsonschema", "matplotlib.mathtext", "numpy", "onnxruntime", "PIL.Image",
    "pytest", "sklearn.utils.estimator_checks", "torch",
)  # fmt: skip
UNUSED = (
    *("VariableReplacer", "VariableInserter", "ExceptionReplacer"),  # they need names to be told
    *("_Is_Eq", "_IsNot_NotEq"),  # what is asked for its identity here (None, a rule, a node) defines no equality
)


def laid_out(folder):
    """The packages as they are installed, in a folder."""
    for source, target in (PARTS | OTHERS).items():
        shutil.copytree(
            ROOT / source, folder / target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=False)
    return folder


# Which tests run which line


class Durations:
    """A plugin of pytest: for each test its seconds of CPU, which other work on the machine does not lengthen."""

    def __init__(self):
        self.of = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        start = sum(os.times()[:4])  # of this process and of those that it waited for
        result = yield
        self.of[item.nodeid] = sum(os.times()[:4]) - start
        return result


def covered(folder, rooms=()):
    """For each file and line the tests that run it, and for each test its seconds."""
    script = (
        "import sys, json, pytest; from pathlib import Path; folder, root, told = sys.argv[1:4];"
        "sys.path[:] = [folder, *filter(None, sys.path), root];"
        "from tests.long.mutants import Durations, LEFT_OUT, OPTIONS; plugin = Durations();"
        "pytest.main([*OPTIONS, '-q', '--cov=' + folder, '--cov-branch', '--cov-context=test', '--cov-report=',"
        " *['--ignore=%s' % path for path in Path(root, 'tests').rglob('*.py') if path.stem in LEFT_OUT],"
        " *[f'{root}/tests/{room}' for room in sys.argv[4:] or ['']]], [plugin]);"
        "Path(told).write_text(json.dumps(plugin.of))"
    )
    durations = folder / "durations.json"
    environment = {**os.environ, "PYTHONPATH": str(folder), "COVERAGE_FILE": str(folder / ".coverage")}
    arguments = [sys.executable, "-c", script, str(folder), str(ROOT), str(durations), *rooms]
    subprocess.run(arguments, cwd=folder, env=environment, check=True)
    from coverage import CoverageData

    data = CoverageData(str(folder / ".coverage"))
    data.read()
    lines = {
        str(Path(file).relative_to(folder)): {
            line: [context.rpartition("|")[0] for context in contexts if context]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    return lines, json.loads(durations.read_text())


# Mutants


def mutants_of(file):
    """(operator, occurrence, line) of all that can be changed in a file."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    tree = get_ast(file.read_text(encoding="utf-8"))
    found = []
    for name in operator_names():
        if not name.endswith(UNUSED):
            operator, occurrence = get_operator(name)(), 0
            for node in ast_nodes(tree):
                for start, _ in operator.mutation_positions(node):
                    found.append((name, occurrence, start[0]))
                    occurrence += 1
    return found


class Meaning(ast.NodeTransformer):
    """Takes out of a program what means nothing when it runs, and writes in one way what means the same:

    - annotations and docstrings, and the bare * of a signature, which looks like a product;
    - `strict=` of zip, an assertion that never fails, and `frozen=` of a dataclass, which nothing assigns to;
    - the -1 of `reshape`, which NumPy also knows as -2.
    """

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        return self._without_docstring(node)

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        return self._without_docstring(node)

    def visit_Module(self, node):
        return self.visit_ClassDef(node)

    def visit_arguments(self, node):
        self.generic_visit(node)
        node.kwonlyargs, node.posonlyargs = [*node.posonlyargs, *node.args, *node.kwonlyargs], []
        node.kw_defaults, node.defaults = [*node.defaults, *filter(None, node.kw_defaults)], []
        node.args = []
        return node

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in ("strict", "frozen")]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "reshape":
            node.args = [ast.Constant(-1) if ast.unparse(arg) in ("-1", "-2", "~1") else arg for arg in node.args]
        return node

    def _without_docstring(self, node):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body[0] = ast.Pass()
        return node


def meaning(source):
    return ast.dump(Meaning().visit(ast.parse(source)))


def mutated(source, name, occurrence):
    """The changed source; None if the change means nothing."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    changed = mutate_code(source, get_operator(name)(), occurrence)
    if changed is None:
        return None
    try:
        return changed if meaning(changed) != meaning(source) else None
    except SyntaxError:
        return None


def tests_for(lines, seconds, file, line):
    """The tests that run a line, first those in a file named after its file, and those of what readers see.

    A line may also run on import, or in a process that a test starts: after those come all tests of its name.
    """
    mine = lines.get(file, {})
    tests = Counter(mine.get(line, ()))
    path = Path(file)
    name = path.parent.name if path.stem == "__init__" else path.stem

    def is_named(test):
        return any(part in Path(test.partition("::")[0]).stem for part in (name, "golden"))

    if not tests:
        tests = Counter(test for others in mine.values() for test in others)
    tests.update({test: 0 for test in seconds if is_named(test) and test not in tests})

    def promise(test):
        return (seconds.get(test, 1.0) > 2, not tests[test], not is_named(test), -tests[test], seconds.get(test, 1.0))

    chosen, total = [], 0.0
    for test in sorted(tests, key=promise):
        total += seconds.get(test, 1.0)
        if chosen and (total > MOST_SECONDS or len(chosen) == MOST_TESTS):
            break
        chosen.append(test)
    return chosen


# Trying one


_folder = None


def begin():
    """A worker has packages of its own to change; what is large is imported once, and inherited by each trial."""
    global _folder
    _folder = laid_out(Path(tempfile.mkdtemp(prefix="mutants-")))
    sys.dont_write_bytecode = True
    for name in LARGE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def tried(file, name, occurrence, tests):
    """ "killed", "survived" or "nothing", and the change."""
    path = _folder / file
    source = path.read_text(encoding="utf-8")
    changed = mutated(source, name, occurrence)
    if changed is None:
        return "nothing", ""
    diff = "\n".join(difflib.unified_diff(source.splitlines(), changed.splitlines(), file, name, lineterm="", n=1))
    if not tests:
        return "survived", diff
    path.write_text(changed, encoding="utf-8")
    for old in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        old.unlink()  # it may look as old as the change
    try:
        return ("survived" if passes(tests) else "killed"), diff
    finally:
        path.write_text(source, encoding="utf-8")


def passes(tests):
    """Whether tests pass on the source as it is now, in a process of their own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
            os.chdir(_folder)  # where a process that a test starts finds the package
            os.environ["PYTHONPATH"] = str(_folder)
            sys.path.insert(0, str(_folder))
            code = int(pytest.main([*OPTIONS, "-x", "-q", "-W", QUIET, *[f"{ROOT}/{test}" for test in tests]]))
        finally:
            os._exit(code)
    end = time.monotonic() + HANGS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def places():
    """(file, (operator, occurrence, line)) of every change, in all files."""
    for source, target in PARTS.items():
        for path in sorted((ROOT / source).rglob("*.py")):
            for mutant in mutants_of(path):
                yield str(target / path.relative_to(ROOT / source)), mutant


def main(count, first, inside="", outside=("nowhere",), rooms=()):
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = laid_out(Path(name))
        with contextlib.redirect_stdout(io.StringIO()):
            lines, seconds = covered(folder, rooms)
    every = [place for place in places() if place[0].startswith(inside) and not place[0].startswith(tuple(outside))]
    print(f"{len(every):,} places to change; {sum(map(len, lines.values())):,} lines are run by tests", flush=True)
    random.Random(first).shuffle(every)
    told, by_file = Counter(), defaultdict(Counter)
    with ProcessPoolExecutor(os.cpu_count(), initializer=begin) as pool, Path("mutants.txt").open("w") as report:
        controls = [tests_for(lines, seconds, file, line) for file, (_, _, line) in every[-CONTROLS:]]
        controls = list(filter(None, controls))
        failing = [tests for tests, is_sound in zip(controls, pool.map(passes, controls), strict=True) if not is_sound]
        if failing:
            sys.exit(f"{len(failing)} of {CONTROLS} selections of tests fail on the source as it is, as {failing[0]}")
        jobs = {
            pool.submit(tried, file, operator, occurrence, tests_for(lines, seconds, file, line)): file
            for file, (operator, occurrence, line) in every[: int(count * 1.6)]
        }
        for job, file in jobs.items():
            result, diff = job.result()
            if result != "nothing":
                told[result] += 1
                by_file[file][result] += 1
                print(f"\r{told.total():,} of {count:,}, {told['survived']} survived", end="", flush=True)
            if result == "survived":
                report.write(diff + "\n\n")
                report.flush()
            if told.total() == count:
                break
        pool.shutdown(wait=False, cancel_futures=True)
    minutes, score = (time.perf_counter() - start) / 60, 100 * told["killed"] / told.total()
    print(f"\n{told.total():,} mutants, {told['killed']:,} noticed: {score:.1f} %, {minutes:.0f} minutes")
    for file, results in sorted(by_file.items(), key=lambda item: -item[1]["survived"]):
        print(f"  {file:<40} {results['survived']} of {results.total()} survived") if results["survived"] else None
