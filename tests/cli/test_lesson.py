"""Does a lesson teach: one idea at a time, a question before each result, kindly judged, and a way to go on later?"""

import importlib
import math
import re

import pytest
from sampling import sample
from terminals import needs_terminals

from tinygrad_edu.cli.lesson import verdict
from tinygrad_edu.lessons import LESSONS
from tinygrad_edu.lessons.ideas import Idea
from tinygrad_edu.show import cells

CIRCUIT = importlib.import_module("tinygrad_edu.lessons.circuit")
SIGMOID = 1 / (1 + math.exp(-1))
ASKED_ON = "Enter: (more|the next idea) |Another lesson:"


def plain(text):
    """What is seen, without colours."""
    return re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")


@needs_terminals
@pytest.mark.parametrize(
    ("columns", "lines", "colours"),
    sample([(80, 24, {}), (40, 20, {"NO_COLOR": "1"}), (80, 24, {"NO_COLOR": "1"}), (40, 20, {})], few=2),
)
def test_a_lesson_is_walked_through(terminal, columns, lines, colours):
    it = terminal("lesson", "circuit", columns=columns, lines=lines, **colours)
    answers = {1: ("-4", "Right: -4."), 2: ("0.2", "Right: 0.1966."), 3: ("2", "Not 2, but 0:"), 4: ("", "It is 3:"),
               5: ("ONE", "A number was meant"), 6: ("Yes.", "Right: yes.")}  # fmt: skip
    everything = ""
    for place, (typed, said) in answers.items():
        asked = it.wait_for(r"\n> $")
        assert f"{place} of 6: {CIRCUIT.IDEAS[place - 1].title}" in " ".join(plain(asked).split())
        assert " ".join(CIRCUIT.IDEAS[place - 1].question.split()) in " ".join(plain(asked).split())
        it.type(f"{typed}\r")
        seen = it.wait_for(ASKED_ON)
        assert said in " ".join(plain(seen).split())
        everything += asked + seen
        while not re.search("next idea|Another", seen):
            it.type("\r")
            seen = it.wait_for(ASKED_ON)
            everything += seen
        it.type("\r")
    code, after = it.finish()
    assert (code, after) == (0, it.before)
    assert "lessons/circuit" in plain(everything)
    rows = plain(everything).replace("…\r", "").splitlines()
    long = [row for row in rows if cells(row) > columns and not re.match(r" *(tinygrad-edu |/)|> ", row)]
    assert long == []
    assert ("\033[1m" in everything) == (not colours)


@needs_terminals
@pytest.mark.parametrize(("leave", "code"), [("Ctrl-C", 130), ("q\r", 0), ("\x04", 0)])
def test_leaving_says_how_to_go_on(terminal, leave, code):
    it = terminal("lesson", "circuit", "--from", "3", columns=40, lines=20)
    it.wait_for(r"3 of 6[\s\S]*> ")
    it.interrupt() if leave == "Ctrl-C" else it.type(leave)
    found, after = it.finish()
    assert (found, after) == (code, it.before)
    assert "tinygrad-edu lesson circuit --from 3\n" in plain(it.seen)
    assert "Traceback" not in it.seen


def test_through_a_pipe_all_results_come_at_once(run):
    code, out, err = run("lesson", "circuit")
    assert (code, err) == (0, "")
    assert out == run("lesson", "circuit", "--all")[1]
    assert "> " not in out
    assert out.startswith("f = (x + y) * z, forward and backward")
    assert run("lesson", "circuit", "--from", "6")[1] == out[out.index("the neuron, checked against differences") :]


@pytest.mark.parametrize("first", ["0", "-1", "7"])
def test_an_idea_that_is_not_there_is_refused_with_the_range(run, first):
    code, out, err = run("lesson", "circuit", "--from", first)
    assert (code, out, "numbered from 1 to 6" in err) == (1, "", True)


@pytest.mark.parametrize(
    ("typed", "truth", "said"),
    [
        ("-4", -4.0, "Right: -4."), ("−4", -4.0, "Right: -4."), ("-4,0", -4.0, "Right: -4."),
        ("4", -4.0, "Not 4, but -4:"),
        ("0.20", 0.1966, "Right: 0.1966."), ("1/3", 1 / 3, "Right: 0.3333."), ("0.3", 1 / 3, "Not 0.3, but 0.3333:"),
        ("inf", 1.0, "Not inf, but 1:"), ("nan", 0.0, "Not nan, but 0:"), ("  ", 1.0, "It is 1:"),
        ("Y", "yes", "Right: yes."),
        ("3 × 2", "3 x 2", "Right: 3 x 2."), ("(3, 2)", "3 x 2", "Right: 3 x 2."), ("a1", "A1", "Right: A1."),
        ("dw", "db", "Not dw, but db:"), ("\x1b[2J", "db", "Not \\x1b[2J, but db:"),
    ],
)  # fmt: skip
def test_an_answer_is_judged_kindly(typed, truth, said):
    assert verdict(typed, truth) == said


def test_the_answers_of_the_circuit_are_those_of_calculus(capsys):
    """By hand: z; σ′ = f(1 - f); the smaller argument of a maximum; x in num, σ(x) and x + y; one of three; yes."""
    truths = [idea.show() for idea in CIRCUIT.IDEAS]
    assert truths[:5] == pytest.approx([-4.0, SIGMOID * (1 - SIGMOID), 0.0, 3, 1])
    assert truths[5] == "yes"


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_made_of_ideas_with_a_question(name):
    ideas = importlib.import_module(f"tinygrad_edu.lessons.{name}").IDEAS
    assert len(ideas) >= 4
    assert all(isinstance(idea, Idea) and idea.question.endswith("?") and idea.text.endswith(".") for idea in ideas)
    assert len({idea.title for idea in ideas}) == len(ideas)
