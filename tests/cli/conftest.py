"""What runs a command for the tests of the command line?"""

import shlex

import pytest

from tinygrad_edu.cli.main import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; give exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def typed(run):
    """The same for a command as it is typed, after its program."""
    return lambda line: run(*shlex.split(line))
