"""Does .ci/tested run a test in a browser once more when it failed, and nothing else, and say so?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sampling import sample

TESTED = Path(__file__).parents[2] / ".ci" / "tested"
SETTINGS = "[pytest]\nmarkers =\n    browser: in a browser\n"
BEGIN = "import pathlib, pytest\n"
IN_A_BROWSER = "@pytest.mark.browser\n"
RIGHT = "def test_right(): pass\n"
WRONG = "def test_wrong(): assert False\n"
LATE = """def test_late():
    seen = pathlib.Path("seen")
    was_here = seen.exists()
    seen.touch()
    assert was_here
"""
MANY = '@pytest.mark.parametrize("number", range(6))\n' + LATE.replace("test_late()", "test_late(number)").replace(
    '"seen"', 'f"seen {number}"'
)


@pytest.mark.parametrize(
    ("tests", "code", "again"),
    sample(
        [
            (IN_A_BROWSER + LATE + RIGHT, 0, ["passed only when run again: test_it.py::test_late\n"]),
            (IN_A_BROWSER + LATE + WRONG, 1, []),
            (LATE, 1, []),
            (IN_A_BROWSER + WRONG, 1, []),
            (IN_A_BROWSER + MANY, 1, []),
            (RIGHT, 0, []),
            ("no Python", 2, []),
        ],
        few=1,
    ),
)
def test_what_passes_only_when_run_again_is_in_a_browser_and_is_named(tmp_path, tests, code, again):
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "test_it.py").write_text(BEGIN + tests)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment = {**plain, "RUN_AGAIN": str(tmp_path / "again")}
    command = [sys.executable, str(TESTED)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout
    file = tmp_path / "again"
    assert ([file.read_text()] if file.exists() else []) == again
    assert ("passed only when run again" in done.stdout) == bool(again)
