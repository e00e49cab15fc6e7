"""Does data flow one way through the house, from the engine up to the command line?

A room imports rooms below it. What is imported later, inside a function, is listed here: Value's front door, the
command line, which waits with what takes long, and two files that read each other.
"""

import ast
import functools
from pathlib import Path

from tinygrad_edu.rules import RULES

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "text", "steps", "checks", "terminal", "compiler", "nn", "viz", "cli")  # from the ground up
OPEN_DOORS = ("tinygrad_edu", "tinygrad_edu.__main__")  # the package itself names what stands in its rooms
LATE = {
    ("value", "guards"),
    ("manners", "text.printing"),
    ("manners", "viz"),
    ("copying", "backprop"),
    ("copying", "value"),
    ("steps.trace", "steps.paths"),
    ("steps.trace", "steps.trace_json"),
    ("viz.graph", "viz.program"),
    ("__main__", "cli.main"),
    ("cli.main", "terminal.keyboard"),
    ("cli.lab", "viz"),
    ("cli.lab", "viz.page.menu"),
    ("cli.main", "viz"),
    ("cli.playground", "nn.table.reading"),
    ("cli.playground", "viz"),
    ("cli.playground", "viz.page.playground.settings"),
    ("cli.saving", "viz"),
    ("cli.report", "nn"),
    ("cli.report", "viz"),
    ("cli.report", "viz.style"),
    ("cli.sheets", "viz"),
    ("cli.sheets", "viz.page.link"),
    ("cli.sheets", "viz.sheets.answers"),
    ("cli.sheets", "viz.sheets.friendly"),
    ("cli.sheets", "viz.sheets.grade"),
    ("cli.sheets", "viz.sheets.sheet"),
    ("cli.training", "nn"),
    ("cli.training", "nn.layers"),
    ("cli.training", "nn.table.model"),
    ("cli.tables", "nn.table.meant"),
    ("cli.tables", "nn.table.reading"),
    ("cli.training", "nn.table.reading"),
    ("cli.training", "viz"),
}


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "tinygrad_edu" else ("tinygrad_edu", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(path): path for folder in ("tinygrad_edu", "nn", "viz") for path in (ROOT / folder).rglob("*.py")}


def room_of(module):
    second = (*module.split("."), "")[1]
    return second if second in ROOMS else "engine"


@functools.cache
def tree_of(module):
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@functools.cache
def imports_of(module):
    """(module that is imported, whether inside a function), what only type checkers read left out."""
    return list(_imports_of(module))


def _imports_of(module):
    waiting = [(tree_of(module), False)]
    while waiting:
        node, is_late = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            longer = [f"{node.module}.{name}" for name in names]
            names = [name if name in FILES else str(node.module) for name in longer]
        yield from ((name, is_late) for name in names if name in FILES)
        is_late |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        waiting += [(child, is_late) for child in ast.iter_child_nodes(node)]


def test_a_room_imports_rooms_below_it():
    for module in set(FILES) - set(OPEN_DOORS):
        for name, is_late in imports_of(module):
            if not is_late:
                assert ROOMS.index(room_of(name)) <= ROOMS.index(room_of(module)), f"{module} imports {name}"


def test_the_late_imports_are_those_of_the_list():
    found = {(module, name) for module in FILES for name, is_late in imports_of(module) if is_late}
    assert {tuple(name.removeprefix("tinygrad_edu.") for name in pair) for pair in found} == LATE


def test_no_circle_among_files():
    """Following the imports that are not late, no file comes back to itself."""
    below = {module: {name for name, is_late in imports_of(module) if not is_late} for module in FILES}
    done = set(OPEN_DOORS)
    while left := set(FILES) - done:
        ready = {module for module in left if below[module] - {module} <= done}
        assert ready, f"a circle among {sorted(left)}"
        done |= ready


def test_only_the_command_line_imports_an_example():
    importers = set()
    for module in FILES:
        for node in ast.walk(tree_of(module)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            whole = [f"{node.module}.{name}" if isinstance(node, ast.ImportFrom) else name for name in names]
            importers |= {module for name in whole if {"lessons", "examples"} & set(name.split("."))}
    assert importers == {"tinygrad_edu.cli.lesson"}


def test_a_fact_of_an_operation_stands_in_its_row_and_in_no_table_beside_it():
    """No dictionary has operations, or their names, for keys; but where they are those of a learner's engine."""
    rows = {*RULES, "absolute", "pow_"}
    for module in (module for module in FILES if ".checks.engines" not in module):
        for node in ast.walk(tree_of(module)):
            keys = node.keys if isinstance(node, ast.Dict) else []
            names = {str(getattr(key, "id", getattr(key, "value", None))) for key in keys}
            assert not names or not names <= rows, f"{module}, line {node.lineno}"
