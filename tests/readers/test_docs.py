"""Does every example in a docstring, and every piece of code in the README, say the truth?"""

import configparser
import doctest
import importlib
import re
from pathlib import Path

import pytest
from sampling import long_case

ROOT = Path(__file__).parents[2]


def modules():
    """Every module of every package that is installed."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    for line in setup["options"]["package_dir"].split("\n")[1:]:
        package, folder = line.split(" = ")
        for file in sorted((ROOT / folder).glob("*.py")):
            if file.stem != "__main__":
                yield package if file.stem == "__init__" else f"{package}.{file.stem}"


MODULES = list(modules())


@pytest.mark.parametrize("name", MODULES)
def test_the_doctests_of_a_module_pass(name, monkeypatch, tmp_path):
    """As they are printed, letter by letter: `python -m doctest` and pytest know no options of ours."""
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_no_module_is_left_out():
    parts = ("viz.sheets.grade", "cli.steps", "nn.table.reading", "lessons.circuit")
    assert {f"tinygrad_edu.{part}" for part in parts} <= set(MODULES)
    assert len(MODULES) == len(set(MODULES)) > 150


PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
TAKE_LONG = (
    "docs/how-to/pictures.md",
    "docs/how-to/many-machines.md",
    "docs/lessons/per_sample.md",
    "docs/gallery.md",
    "docs/lessons/by_hand.md",
    "docs/lessons/planar.md",
)  # seconds each: many pictures, a start of JAX, a training with each mistake


@pytest.mark.parametrize(
    "page", [long_case(page) if page in TAKE_LONG else page for page in PAGES if "_build" not in page]
)
def test_the_code_of_a_page_runs(page, monkeypatch, tmp_path):
    """All Python blocks of a page, one after the other, as a reader would type them; `>>>` blocks with their output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(ROOT / "examples" / "ladder")
    text = (ROOT / page).read_text(encoding="utf-8")
    for package, extra in (("jax", "jax"), ("torch", "torch"), ("sklearn", "sklearn")):
        if re.search(rf"^(>>> )?(import|from) {package}\b", text, flags=re.MULTILINE):
            pytest.importorskip(package, reason=f"{package} is not installed (pip install 'tinygrad_edu[{extra}]')")
    names: dict[str, object] = {}
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)):
        if block.startswith(">>>"):
            example = doctest.DocTestParser().get_doctest(block, names, f"{page}[{number}]", page, 0)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
            runner.run(example, clear_globs=False)
            names.update(example.globs)
            assert runner.failures == 0
        else:
            exec(compile(block, f"{page}[{number}]", "exec"), names)
