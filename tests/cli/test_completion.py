"""Does Tab complete commands, options and their choices, in a shell that reads the script?"""

import shutil
import subprocess
import sys

import pytest

from tinygrad_edu.cli.completion import SHELLS, script
from tinygrad_edu.cli.main import COMMANDS, _parser, main
from tinygrad_edu.errors import MissingError

pytest.importorskip("shtab", reason="shtab, which makes the scripts, is not installed")
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


def completed(tmp_path, *words):
    """What bash offers for the last of these words."""
    path = tmp_path / "completion.bash"
    path.write_text(script(_parser(), "bash"), encoding="utf-8")
    line = " ".join(f"'{word}'" for word in words)
    asked = f"""
        source {path}
        COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}
        $(complete -p tinygrad-edu | sed 's/.*-F \\([^ ]*\\).*/\\1/') tinygrad-edu
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    found = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True, cwd=tmp_path)
    return set(found.stdout.split())


@needs_bash
def test_commands_options_choices_and_files_are_completed(tmp_path):
    (tmp_path / "pets.csv").touch()
    assert completed(tmp_path, "tinygrad-edu", "") >= set(COMMANDS)
    assert completed(tmp_path, "tinygrad-edu", "tr") == {"train"}
    assert {"--epochs", "--hidden"} <= completed(tmp_path, "tinygrad-edu", "train", "moons", "--")
    assert completed(tmp_path, "tinygrad-edu", "train", "moons", "--ep") == {"--epochs"}
    assert completed(tmp_path, "tinygrad-edu", "draw", "x", "--detail", "") == {"op", "full"}
    assert completed(tmp_path, "tinygrad-edu", "train", "pe") == {"pets.csv"}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_for_each_shell(shell, capsys):
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert "worksheet" in out


def test_an_unknown_shell_gets_the_nearest(capsys):
    assert main(["completion", "bsh"]) == 1
    assert "write instead:  tinygrad-edu completion bash" in capsys.readouterr().err


def test_without_shtab_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(MissingError, match=r'pip install "tinygrad_edu\[completion\]"'):
        script(_parser(), "bash")
