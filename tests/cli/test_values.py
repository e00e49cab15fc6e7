"""Is every slip at every option of every command explained, with something to write that is then understood?"""

import re
import shlex

import pytest
from slips import is_refused, refused, words

from tinygrad_edu.cli.lines import fitted
from tinygrad_edu.cli.main import COMMANDS, _parsers
from tinygrad_edu.show import cells

ARGPARSE = ("argument ", "invalid", "expected", "ignored explicit", "not allowed", "required", "choose from", "None")


def test_the_walk_reaches_every_option_of_every_command():
    """Of each option with a value, a missing and an empty one are refused; of each flag, any value."""
    _, parsers = _parsers()  # private, because argparse has no list of commands and options
    lines = {tuple(line) for line in refused()}
    assert len(lines) > 400
    for name, parser in parsers.items():
        for action in parser._actions:
            if not action.option_strings or action.dest in ("help", "version"):
                continue
            option = max(action.option_strings, key=len)
            if action.nargs == "*":  # which may be empty, to leave nothing out
                continue
            ends = [[f"{option}=x"]] if action.nargs == 0 else [[option], [f"{option}="], words(action) * 2]
            for end in ends:
                assert any(line[0] == name and list(line[-len(end) :]) == end for line in lines), (name, end)


def slips_at(name):
    return [line for line in refused() if line[0] == name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_slip_is_explained_in_the_words_of_the_command_line(run, name):
    for line in slips_at(name):
        code, out, err = run(*line)
        assert (code in (1, 2), out) == (True, ""), line
        head, wrong, instead, *more = err.splitlines()
        assert head.startswith(f"tinygrad-edu {name}"), err
        assert wrong.startswith("  what is wrong:  "), err
        assert instead.startswith("  write instead:  "), err
        assert all(one.startswith("  all options:    ") for one in more), err
        said = f"{wrong} {instead}"
        assert not [word for word in ARGPARSE if re.search(rf"\b{word}", said)], err
        assert not re.search(r"\w\(|\x1b|\S{80}", f"{head} {said}"), err


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_to_be_written_instead_is_understood(run, name):
    """Each advice, put in the place of what was wrong: the line is then read, or refused for another reason."""
    for line in slips_at(name):
        advice = re.search("write instead:  (.*)", run(*line)[2])[1].partition("; ")[0].partition(", or ")[0]
        written = shlex.split(advice.partition(" >> ")[0])
        if written[0] == "tinygrad-edu":
            better = written[1:] if "…" not in written else [*line[:-1], *written[written.index("…") + 1 :]]
            assert not better or "…" in written or not is_refused(better), (line, advice)
        else:
            assert written[0].startswith("-"), (line, advice)
            start = [name] if name == "course" else before_options(line)  # its folder stands in the place of a chapter
            assert not is_refused([*start, *written]), (line, advice)


def before_options(line):
    places = [place for place, word in enumerate(line) if re.match(r"--?[a-z]", word)]
    return line[: min(places)] if places else line


@pytest.mark.parametrize("width", [40, 60, 80])
def test_what_is_said_of_a_slip_fits_the_terminal(run, width):
    for line in refused()[::5]:
        for row in fitted(run(*line)[2].rstrip("\n"), width).splitlines():
            assert cells(row) <= width or " " not in row.strip() or re.match(r" *(tinygrad-edu (?!\w+: )|-)", row), row
