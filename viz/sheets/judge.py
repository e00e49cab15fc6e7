"""Is an answer right, and if not, which mistake is behind it?

    judge_step(trace, trace.edges[0], readings("1/3"))        Verdict("wrong", "sign")

The same judgment as the page's in predict mode (`assets/lab/judge.js`): each usual mistake is made here on purpose, and
what comes out is compared with the answer. An answer may be rounded or cut off, to three digits at least.

Names to know: `readings`, `is_near`, `judge_step`, `judge_local`, `Verdict`. Read next: `friendly.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import RULES, div, sigmoid
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Trace
from tinygrad_edu.text.reading import INFIX

NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
NAMED = re.compile(r"([-+]?)(inf|infinity|∞|nan)", re.IGNORECASE)
FEWEST_DIGITS = 3
CLOSE = 2e-3  # of the number: as far as four digits carry through a product
CANCELLED = 1e-4  # of what was added up: where that nearly cancels, four digits carry no further


class Reading(NamedTuple):
    """A number that was written, with as many significant digits; `unit` is one in the last place, 0 if exact."""

    number: float
    digits: float
    unit: float


class Verdict(NamedTuple):
    """What is to be said of an answer.

    Attributes:
        said: "right", "rough" (right as far as it goes, but with too few digits) or "wrong".
        mistake: a key of `predictions.LETTERS`, such as "sign"; None for a mistake of no usual kind.
    """

    said: str
    mistake: str | None = None


# Reading an answer


def readings(text: str) -> list[Reading]:
    """The numbers that an answer can mean; none if it is no number, two where a comma may be a point or thousands.

    >>> [each.number for each in readings("-1,5")], [each.number for each in readings("1,500")], readings("two")
    ([-1.5], [1.5, 1500.0], [])
    >>> readings("1/4"), readings("0.330")
    ([Reading(number=0.25, digits=inf, unit=0.0)], [Reading(number=0.33, digits=3, unit=0.001)])
    """
    plain = _unwrapped(re.sub(r"\s", "", re.sub("[−–]", "-", text)))
    parts = [_unwrapped(part) for part in plain.split("/")]
    if len(parts) > 2:
        return []
    if len(parts) == 1:
        return _read(plain)
    pairs = ((over.number, under.number) for over in _read(parts[0]) for under in _read(parts[1]))
    quotients = (x / y for x, y in pairs if y)
    return [Reading(each, math.inf, 0.0) for each in quotients if math.isfinite(each)]


def _unwrapped(text: str) -> str:
    """(−2), and −(1/3) too, without the brackets around all of it."""
    found = re.fullmatch(r"([-+]?)\(([^()]*)\)", text)
    if found is None:
        return text
    sign, inner = found.groups()
    return inner[1:] if sign == "-" and inner.startswith("-") else ("-" if sign == "-" else "") + inner


def _read(text: str) -> list[Reading]:
    if named := NAMED.fullmatch(text):
        number = math.nan if named[2].lower() == "nan" else math.inf
        return [Reading(-number if named[1] == "-" else number, math.inf, 0.0)]
    texts = dict.fromkeys([text.replace(",", ".", 1), *([text.replace(",", "")] if THOUSANDS.fullmatch(text) else [])])
    found = [_plain(each) for each in texts if NUMBER.fullmatch(each)]
    return [each for each in found if math.isfinite(each.number)]


def _plain(text: str) -> Reading:
    mantissa, _, exponent = text.lstrip("+-").lower().partition("e")
    whole, point, decimals = mantissa.partition(".")
    digits = len((whole + decimals).lstrip("0"))
    is_whole = not point and int(exponent or 0) == 0
    return Reading(float(text), digits, 0.0 if is_whole else _power_of_ten(int(exponent or 0) - len(decimals)))


def _power_of_ten(exponent: int) -> float:
    return float(f"1e{exponent}")


# How close is close enough?


def is_near(answer: Reading, truth: float, scale: float = 0.0, fewest: int = FEWEST_DIGITS) -> bool:
    """Whether an answer is a number: rounded or cut off to the digits that were written, or close to it.

    Args:
        answer: as it was read.
        truth: the number.
        scale: the size of what was added up to it.
        fewest: digits that count as written: 1.3 is 1.30.

    >>> [is_near(readings(text)[0], 2 / 3) for text in ("2/3", "0.667", "0.666", "0.6667", "0.66", "0.7")]
    [True, True, True, True, False, False]
    """
    number, digits, unit = answer
    if not (math.isfinite(truth) and math.isfinite(number)):
        return number == truth or (math.isnan(number) and math.isnan(truth))
    gap = abs(number - truth)
    if gap <= max(CLOSE * abs(truth), CANCELLED * scale):
        return True
    last = unit if digits >= fewest else _last_place(number, fewest)
    is_cut_off = abs(number) <= abs(truth) and number * truth > 0 and gap < last
    return is_cut_off or gap <= last / 2 * (1 + 1e-9)


def _last_place(number: float, digits: int) -> float:
    return _power_of_ten(math.floor(math.log10(abs(number))) + 1 - digits) if number else 0.0


def _is_rough(answer: Reading, truth: float) -> bool:
    """0.33 for 1/3: rounded rightly, but to too few digits to tell."""
    number, digits, unit = answer
    return digits < FEWEST_DIGITS and unit > 0 and number != 0 and abs(number - truth) <= unit / 2


# The mistakes: each with what comes out when it is made. The more specific come first: where two give the same number,
# that is the one to be named.


@dataclass(frozen=True)
class _Edge:
    """An application of the chain rule, with all that can be mistaken for something else."""

    step: EdgeStep
    rule: Rule
    args: list[float]
    out: float
    complete: float
    running: list[float]  # gradients of the user that were not complete yet

    @classmethod
    def of(cls, trace: Trace, step: EdgeStep) -> _Edge:
        node = trace.nodes[step.user_node]
        received = trace.edges_from.get(step.user_node, [])[:-1]
        running = [number for each in received for number in (each.after, each.contribution)]
        complete = trace.gradients[step.argument]
        return cls(step, RULES[node.op], _arguments(trace, step.user_node), node.data, complete, running)

    @property
    def from_shown(self) -> float:
        """The result of the numbers as they are shown, each rounded."""
        shown = locals_of(self.rule, [_as_shown(arg) for arg in self.args], _as_shown(self.out))
        local = shown[self.step.position] if shown else math.nan
        return _as_shown(self.step.before) + _as_shown(self.step.upstream) * local

    @property
    def others(self) -> list[float]:
        """The local derivatives by the other arguments."""
        found = locals_of(self.rule, self.args, self.out)
        return [each for position, each in enumerate(found) if position != self.step.position]

    @property
    def confused(self) -> list[float]:
        """The local derivative with the output in place of the input, the input in place of the output, or both."""
        place, x = self.step.position, self.args[self.step.position]
        swapped = [self.out if position == place else arg for position, arg in enumerate(self.args)]
        cases = ((self.args, x), (swapped, self.out), (swapped, x))
        found = [local[place] for args, out in cases if (local := locals_of(self.rule, args, out))]
        return [*found, *([x * (1 - x)] if self.rule is sigmoid else [])]  # as textbooks write σ′, in the output


_EDGE_ADDS: tuple[tuple[str, Callable[[_Edge], Iterable[float]]], ...] = (
    ("twice", lambda edge: [2 * edge.step.contribution]),
    ("sign", lambda edge: [-edge.step.contribution]),
    ("output", lambda edge: [edge.step.upstream * local for local in edge.confused]),
    ("upstream", lambda edge: [edge.step.partial]),
    ("local", lambda edge: [edge.step.upstream]),
    ("early", lambda edge: [upstream * edge.step.partial for upstream in edge.running]),
    ("other", lambda edge: [edge.step.upstream * local for local in edge.others]),
    ("plus", lambda edge: [edge.step.upstream + edge.step.partial]),
    ("quotient", lambda edge: [evaluated(div, [edge.step.upstream, edge.step.partial])]),
)  # other contributions than the right one
_EDGE_GIVES: tuple[tuple[str, Callable[[_Edge], Iterable[float]]], ...] = (
    ("path", lambda edge: [] if edge.step.is_first else [edge.step.contribution, edge.step.before]),
    ("ahead", lambda edge: [edge.complete] if edge.step.to_come else []),
    ("sign", lambda edge: [-edge.step.after]),
    ("bracket", lambda edge: [] if edge.step.is_first else [_sum_first(edge.step)]),
    ("value", lambda edge: [edge.args[edge.step.position], edge.out]),
)  # other results
_ORDER = ("path", "ahead", "twice", "sign", "output", "upstream", "local", "early", "other", "bracket", "plus",
          "quotient", "value")  # fmt: skip


def _sum_first(step: EdgeStep) -> float:
    return (step.before + step.upstream) * step.partial


def _wrong_results(edge: _Edge) -> list[tuple[str, list[float]]]:
    """What each mistake gives; at a shared node, also with a path forgotten."""
    adds = {key: list(made(edge)) for key, made in _EDGE_ADDS}
    gives = {key: list(made(edge)) for key, made in _EDGE_GIVES}
    before = edge.step.before
    results = [(key, [before + one for one in adds.get(key, [])] + gives.get(key, [])) for key in _ORDER]
    alone = [(key, adds[key]) for key in _ORDER if key in adds] if before else []
    return results + alone


def _wrong_values(rule: Rule, args: list[float], out: float) -> list[tuple[str, list[float]]]:
    """The same on the way forward."""
    pair = len(args) == 2
    rows = dict.fromkeys(INFIX.values())
    return [
        ("swapped", [evaluated(rule, args[::-1])] if pair else []),
        ("sign", [-out]),
        ("operation", [evaluated(row, args) for row in rows] if pair else []),
        ("argument", args),
    ]


# Judging


def judge_step(trace: Trace, step: ForwardStep | EdgeStep, answers: Sequence[Reading]) -> Verdict:
    """Whether an answer is the result of a step, and if not, which usual mistake gives it.

    Args:
        trace: the whole sweep.
        step: one of it: an operation, or an application of the chain rule, whose result is the gradient so far.
        answers: the numbers that the answer can mean; see `readings`.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("f = x * y", x=2, y=-5))
    >>> judge_step(trace, trace.edges[0], readings("-5"))
    Verdict(said='right', mistake=None)
    >>> judge_step(trace, trace.edges[0], readings("-4"))
    Verdict(said='wrong', mistake='plus')
    """
    if isinstance(step, ForwardStep):
        rule, args = RULES[step.op], _arguments(trace, step.node)
        truths = [step.out, evaluated(rule, [_as_shown(arg) for arg in args])]
        return judge(answers, truths, _wrong_values(rule, args, step.out))
    edge = _Edge.of(trace, step)
    scale = max(abs(step.before), abs(step.contribution))
    return judge(answers, [step.after, edge.from_shown], _wrong_results(edge), scale)


def judge_local(trace: Trace, step: EdgeStep, answers: Sequence[Reading]) -> Verdict:
    """The same for the local derivative alone.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("f = x * y", x=2, y=-5))
    >>> judge_local(trace, trace.edges[0], readings("-5")), judge_local(trace, trace.edges[0], readings("2"))
    (Verdict(said='right', mistake=None), Verdict(said='wrong', mistake='other'))
    """
    edge = _Edge.of(trace, step)
    shown = locals_of(edge.rule, [_as_shown(arg) for arg in edge.args], _as_shown(edge.out))
    truths = [step.partial, *([shown[step.position]] if shown else [])]
    wrong = [
        ("sign", [-step.partial]),
        ("output", edge.confused),
        ("other", edge.others),
        ("value", [edge.args[step.position], edge.out]),
    ]
    return judge(answers, truths, wrong)


def judge(
    answers: Sequence[Reading], truths: Sequence[float], wrong: Sequence[tuple[str, list[float]]], scale: float = 0.0
) -> Verdict:
    """A verdict on an answer.

    Args:
        answers: the numbers that it can mean.
        truths: the right number, and others that are as good.
        wrong: what each mistake gives, the more specific first.
        scale: the size of what was added up.
    """

    def is_any(numbers: Iterable[float], scale: float = 0.0, fewest: int = FEWEST_DIGITS) -> bool:
        return any(is_near(answer, number, scale, fewest) for number in numbers for answer in answers)

    if is_any(truths, scale):
        return Verdict("right")
    if any(_is_rough(answer, truths[0]) for answer in answers):
        return Verdict("rough")
    finite = [(key, [number for number in numbers if math.isfinite(number)]) for key, numbers in wrong]
    for fewest in (FEWEST_DIGITS, FEWEST_DIGITS - 1):  # also of a mistake in two digits
        for key, numbers in finite:
            if is_any(numbers, fewest=fewest):
                return Verdict("wrong", key)
    return Verdict("wrong")


# Rows of the table, outside their domains too


def _arguments(trace: Trace, node: int) -> list[float]:
    return [trace.nodes[arg].data for arg in trace.nodes[node].args]


def _as_shown(number: float) -> float:
    return float(show(number)) if math.isfinite(number) else math.nan  # such a number is no answer from the page


def evaluated(rule: Rule, args: Sequence[float]) -> float:
    """The result of a row for any numbers; NaN outside its domain."""
    try:
        return float(rule.evaluate(args))
    except (ArithmeticError, ValueError):  # outside its domain
        return math.nan


def locals_of(rule: Rule, args: Sequence[float], out: float) -> list[float]:
    """The local derivatives of a row for any numbers; none where they cannot be computed."""
    try:
        return [float(each) for each in rule.local_derivatives(args, out)]
    except (ArithmeticError, ValueError):
        return []
