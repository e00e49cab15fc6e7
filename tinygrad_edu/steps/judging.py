"""Is a predicted number right, and if not, which mistake is behind it?

    judge(trace, step, read_answer("-4"))               Verdict("right")
    judge(trace, step, read_answer("4"))                Verdict("wrong", "sign")

Each usual mistake is made here on purpose, and what comes out is compared with the answer. The page judges in the same
way (`assets/lab/judge.js`), and a test compares the two, answer by answer.

Names to know: `judge`, `judge_local`, `read_answer`, `explained`. Read next: `trace_json.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import show
from tinygrad_edu.steps.sentences import say
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Trace
from tinygrad_edu.text.reading import INFIX
from tinygrad_edu.text.typed import on_keyboard

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
DOTTED = re.compile(r"[-+]?\d{1,3}(\.\d{3})+,\d*", re.ASCII)
SPACED = re.compile(r"[-+]?\d{1,3}([\s'’]\d{3})+([.,]\d*)?", re.ASCII)
TWO_NUMBERS = re.compile(r"\d\s+\d", re.ASCII)
PERCENT = re.compile(r"^([-+]?[\d.,]+)%$", re.ASCII)
BEFORE = re.compile(r"""^(.*[=≈≃≅])?[\s~∼'’"“”]*|[\s'’"“”]+$""", re.DOTALL)
NAMED = re.compile(r"([-+]?)(inf|infinity|∞|nan)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"([-+]?)\(([^()]*)\)")

FEWEST_DIGITS = 3
CLOSE = 2e-3  # of the number: as far as the four digits that are shown carry through a product
CANCELLED = 1e-4  # of what was added up: where that nearly cancels, four digits carry no further


class Reading(NamedTuple):
    """A number that was typed: its significant digits as written, and one unit in the last place, 0 if it is exact."""

    number: float
    digits: float = math.inf
    unit: float = 0.0


class Verdict(NamedTuple):
    """An answer is right, rough (right as far as it goes, with too few digits), or wrong by a usual mistake."""

    said: str  # "right", "rough", "wrong"
    mistake: str | None = None


# Reading an answer


def read_answer(text: str) -> list[Reading]:
    """The numbers that a text can mean; none, if it is no number.

    >>> [reading.number for reading in read_answer("(−2)")], [reading.number for reading in read_answer("1,500")]
    ([-2.0], [1.5, 1500.0])
    >>> read_answer("1/4"), read_answer("two")
    ([Reading(number=0.25, digits=inf, unit=0.0)], [])
    >>> [read_answer(text)[0].number for text in ("≈ 2", "'2", "=2", "u = 2", "1½", "1 000", "50 %")]
    [2.0, 2.0, 2.0, 2.0, 1.5, 1000.0, 0.5]
    """
    parts = [_unwrapped(part) for part in _unwrapped(_number_alone(text)).split("/")]
    if len(parts) == 1:
        return _readings(parts[0])
    if len(parts) > 2:
        return []
    pairs = product(*map(_readings, parts))
    numbers = [over.number / under.number for over, under in pairs if under.number]
    return [Reading(number) for number in numbers if math.isfinite(number)]


def _number_alone(text: str) -> str:
    """Without what stands before a number, a spreadsheet's mark of a text, and spaces; "" for two numbers."""
    plain = BEFORE.sub("", on_keyboard(text))
    if SPACED.fullmatch(plain):
        plain = re.sub(r"[\s'’]", "", plain)
    if TWO_NUMBERS.search(plain):
        return ""
    return PERCENT.sub(r"\1e-2", re.sub(r"\s", "", plain))


def _unwrapped(text: str) -> str:
    """(-2), and -(1/3) too, without the brackets around all of it."""
    found = IN_BRACKETS.fullmatch(text)
    if found is None:
        return text
    sign, inner = found.groups()
    if sign == "-" and inner.startswith("-"):
        return inner[1:]
    return ("-" if sign == "-" else "") + inner


def _readings(text: str) -> list[Reading]:
    if named := NAMED.fullmatch(text):
        return [Reading(math.nan if named[2].lower() == "nan" else -math.inf if named[1] == "-" else math.inf)]
    if DOTTED.fullmatch(text):
        text = text.replace(".", "")
    texts = dict.fromkeys([text.replace(",", ".", 1), *([text.replace(",", "")] if THOUSANDS.fullmatch(text) else [])])
    found = [_as_read(each) for each in texts if NUMBER.fullmatch(each)]
    return [reading for reading in found if math.isfinite(reading.number)]


def _as_read(text: str) -> Reading:
    mantissa, _, exponent = text.lstrip("+-").lower().partition("e")
    whole, point, decimals = mantissa.partition(".")
    digits = len((whole + decimals).lstrip("0"))
    is_whole = not point and int(exponent or 0) == 0
    return Reading(float(text), digits, 0.0 if is_whole else float(f"1e{int(exponent or 0) - len(decimals)}"))


# How close is close enough?


def is_near(answer: Reading, truth: float, scale: float = 0.0, fewest: int = FEWEST_DIGITS) -> bool:
    """Whether an answer is a number, rounded or cut off to the digits that were written, or close to it.

    Args:
        answer: what was typed.
        truth: the number.
        scale: the size of what was added up to the number.
        fewest: as how many digits fewer ones are read.

    >>> is_near(Reading(0.33, 2, 0.01), 1 / 3), is_near(Reading(0.333, 3, 0.001), 1 / 3)
    (False, True)
    """
    number, digits, unit = answer
    if not math.isfinite(truth) or not math.isfinite(number):
        return number == truth or (math.isnan(number) and math.isnan(truth))
    gap = abs(number - truth)
    if gap <= max(CLOSE * abs(truth), CANCELLED * scale):
        return True
    last = unit if digits >= fewest else _unit(number, fewest)
    is_cut_off = abs(number) <= abs(truth) and number * truth > 0 and gap < last
    return is_cut_off or gap <= (last / 2) * (1 + 1e-9)


def _unit(number: float, digits: int) -> float:
    """One in the last of so many significant digits; 0 has none."""
    return 10.0 ** (math.floor(math.log10(abs(number))) + 1 - digits) if number else 0.0


def _is_rough(answer: Reading, truth: float) -> bool:
    """0.33 for 1/3: rounded rightly, but to too few digits to tell."""
    number, digits, unit = answer
    return digits < FEWEST_DIGITS and unit > 0 and number != 0 and abs(number - truth) <= unit / 2


# The mistakes


Asked = TypeVar("Asked")


class _Edge(NamedTuple):
    """A question on the way back, with what its mistakes are made of."""

    step: EdgeStep
    truth: float
    from_shown: float
    local_from_shown: float
    scale: float
    complete: float  # the whole gradient of the argument
    running: list[float]  # gradients of the user before it was complete
    others: list[float]  # local derivatives by other arguments
    confused: list[float]  # local derivatives with input and output exchanged
    values: list[float]  # of the way forward

    @property
    def before(self) -> float:
        """What had been added up already."""
        return self.step.before


class _Forward(NamedTuple):
    """A question on the way forward."""

    rule: Rule | None
    args: list[float]
    truth: float
    from_shown: float
    scale: float = 0.0
    before: float = 0.0


class _Mistake(NamedTuple, Generic[Asked]):
    """A mistake: the wrong contributions that it adds, and the wrong results that it gives."""

    key: str
    adds: Callable[[Asked], Sequence[float]] = lambda _: ()
    gives: Callable[[Asked], Sequence[float]] = lambda _: ()


# The more specific come first: where two mistakes give the same number, that is the one to be named.
# fmt: off
MISTAKES: tuple[_Mistake[_Edge], ...] = (
    _Mistake("path",     gives=lambda e: [] if e.step.is_first else [e.step.contribution, e.before]),
    _Mistake("ahead",    gives=lambda e: [e.complete] if e.step.to_come else []),
    _Mistake("twice",    adds=lambda e: [2 * e.step.contribution]),
    _Mistake("sign",     adds=lambda e: [-e.step.contribution], gives=lambda e: [-e.step.after]),
    _Mistake("output",   adds=lambda e: [e.step.upstream * local for local in e.confused]),
    _Mistake("upstream", adds=lambda e: [e.step.partial]),
    _Mistake("local",    adds=lambda e: [e.step.upstream]),
    _Mistake("early",    adds=lambda e: [upstream * e.step.partial for upstream in e.running]),
    _Mistake("other",    adds=lambda e: [e.step.upstream * local for local in e.others]),
    _Mistake("bracket",  gives=lambda e: [] if e.step.is_first else [(e.before + e.step.upstream) * e.step.partial]),
    _Mistake("plus",     adds=lambda e: [e.step.upstream + e.step.partial]),
    _Mistake("quotient", adds=lambda e: [e.step.upstream / e.step.partial] if e.step.partial else []),
    _Mistake("value",    gives=lambda e: e.values),
)
FORWARD_MISTAKES: tuple[_Mistake[_Forward], ...] = (
    _Mistake("swapped",   gives=lambda f: _results([f.rule], f.args[::-1])),
    _Mistake("sign",      gives=lambda f: [-f.truth]),
    _Mistake("operation", gives=lambda f: _results(INFIX.values(), f.args)),
    _Mistake("argument",  gives=lambda f: f.args),
)
# fmt: on


def judge(trace: Trace, step: ForwardStep | EdgeStep, answers: Sequence[Reading]) -> Verdict:
    """Whether what was typed is the number of a step, and if not, the usual mistake that gives it.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("q = x + y; f = q * z", x=-2, y=5, z=-4))
    >>> [judge(trace, trace[3], read_answer(text)).mistake for text in ("-4", "4", "3", "17")]
    [None, 'sign', 'other', None]
    """
    asked = _forward(trace, step) if isinstance(step, ForwardStep) else _edge(trace, step)
    return _verdict(answers, (asked.truth, asked.from_shown), _wrong_results(asked), asked.scale)


def judge_local(trace: Trace, step: EdgeStep, answers: Sequence[Reading]) -> Verdict:
    """The same for the local derivative of a step alone, which a worksheet asks for.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("f = x * y", x=2, y=-5))
    >>> judge_local(trace, trace.edges[0], read_answer("-5")), judge_local(trace, trace.edges[0], read_answer("2"))
    (Verdict(said='right', mistake=None), Verdict(said='wrong', mistake='other'))
    """
    asked = _edge(trace, step)
    wrong = (("sign", [-step.partial]), ("output", asked.confused), ("other", asked.others), ("value", asked.values))
    return _verdict(answers, (step.partial, asked.local_from_shown), wrong)


def _verdict(
    answers: Sequence[Reading],
    truths: Sequence[float],
    wrong: Iterable[tuple[str, Sequence[float]]],
    scale: float = 0.0,
) -> Verdict:
    """The first of the truths is the number, and the others are as good; of the wrong results, the first counts."""
    if any(is_near(answer, truth, scale) for answer in answers for truth in truths):
        return Verdict("right")
    if any(_is_rough(answer, truths[0]) for answer in answers):
        return Verdict("rough")
    results = [(key, list(filter(math.isfinite, numbers))) for key, numbers in wrong]
    for fewest in (FEWEST_DIGITS, FEWEST_DIGITS - 1):  # also of a mistake in two digits
        for key, numbers in results:
            if any(is_near(answer, number, 0.0, fewest) for answer in answers for number in numbers):
                return Verdict("wrong", key)
    return Verdict("wrong")


def explained(step: ForwardStep | EdgeStep, mistake: str | None, lang: str = "en") -> str:
    """What is told of a wrong answer: the mistake that gives it, or how to begin.

    >>> from tinygrad_edu import chain_rule, parse
    >>> step = chain_rule(parse("f = x * y", x=2, y=3))[2]
    >>> explained(step, "sign"), explained(step, None)
    ('The sign is wrong.', 'Begin with the product: upstream gradient · local derivative.')
    """
    if isinstance(step, ForwardStep):
        key = f"mistake_forward_{mistake}" if mistake else "predict_unknown_value"
        return say(lang, key, node=step.name, formula=step.formula)
    places = {
        "argument": step.argument, "user": step.user, "gradient": f"∂{step.output}/∂{step.user}",
        "local": step.local, "upstream": show(step.upstream), "before": show(step.before),
    }  # fmt: skip
    return say(lang, f"mistake_{mistake}" if mistake else "predict_unknown", **places)


def _wrong_results(asked: _Edge | _Forward) -> Iterator[tuple[str, list[float]]]:
    """What each mistake gives; at a shared node, the wrong contributions also without what was there before."""
    if isinstance(asked, _Forward):
        yield from ((one.key, list(one.gives(asked))) for one in FORWARD_MISTAKES)
        return
    for one in MISTAKES:
        yield one.key, [*(asked.before + more for more in one.adds(asked)), *one.gives(asked)]
    if asked.before:
        yield from ((one.key, list(one.adds(asked))) for one in MISTAKES)


def _forward(trace: Trace, step: ForwardStep) -> _Forward:
    node = trace.nodes[step.node]
    args = [trace.nodes[index].data for index in node.args]
    rule = RULES.get(node.op)
    return _Forward(rule, args, step.out, rule.evaluate([*map(_as_shown, args)]) if rule else step.out)


def _edge(trace: Trace, step: EdgeStep) -> _Edge:
    user = trace.nodes[step.user_node]
    args, rule, at = [trace.nodes[index].data for index in user.args], RULES.get(user.op), step.position
    shown = locals_of(rule, [*map(_as_shown, args)], _as_shown(user.data), step.partial)[at]
    received = [edge for edge in trace.edges if edge.argument_node == step.user_node]
    into = [edge for edge in trace.edges if edge.argument_node == step.argument_node]
    local = locals_of(rule, args, user.data, step.partial)
    return _Edge(
        step,
        truth=step.after,
        from_shown=_as_shown(step.before) + _as_shown(step.upstream) * shown,
        local_from_shown=shown,
        scale=max(abs(step.before), abs(step.contribution)),
        complete=into[-1].after,
        running=[number for edge in received[:-1] for number in (edge.after, edge.contribution)],
        others=[*local[:at], *local[at + 1 :]],
        confused=_confused(rule, args, user.data, at),
        values=[args[at], user.data],
    )


def _confused(rule: Rule | None, args: list[float], out: float, at: int) -> list[float]:
    """The local derivative with the output in place of the input, the input in place of the output, or both."""
    if rule is None:
        return []
    x, swapped = args[at], [*args[:at], out, *args[at + 1 :]]
    found = [locals_of(rule, given, result)[at] for given, result in ((args, x), (swapped, out), (swapped, x))]
    return found + ([x * (1 - x)] if rule.name == "sigmoid" else [])  # σ·(1 - σ) with the input put in


def locals_of(rule: Rule | None, args: Sequence[float], out: float, known: float = math.nan) -> list[float]:
    """∂out/∂argument for every argument, in IEEE 754 arithmetic: 1 / 0 is inf, as it is on the page."""
    if rule is None:
        return [known] * len(args)  # of a row that this process does not have
    with np.errstate(all="ignore"):
        found = rule.local_derivatives([*map(np.float64, args)], np.float64(out))
        return [float(number) for number in found]


def _results(rules: Iterable[Rule | None], args: Sequence[float]) -> list[float]:
    """What operations of two arguments give."""
    return [rule.evaluate(args) for rule in rules if rule is not None] if len(args) == 2 else []


def _as_shown(number: float) -> float:
    return float(show(number))
