"""What can be said of an engine that makes no mistake of the table?

Only what its numbers allow: which argument of which operation gets a wrong contribution, whether an operation is right
alone and wrong with something behind it, whether only a Value that is used twice is wrong.

Names to know: `fact`. Read next: `diagnosis.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from tinygrad_edu.checks.engines.mistakes import SYMBOLS, Mistake
from tinygrad_edu.checks.engines.probes import Probe
from tinygrad_edu.checks.engines.running import Seen, is_close
from tinygrad_edu.show import listed, show

Look = Callable[[Probe], Seen]


def fact(need: str, wrong: Sequence[Probe], seen: Look, right: Look, *, is_forward: bool) -> tuple[Mistake, Probe]:
    """What is certain, in the form of a row of the table, and the probe that shows it.

    Args:
        need: the operation that came new, "backward" or "training".
        wrong: the probes on which the engine differs from a right one.
        seen: what the engine makes of a probe.
        right: what a right engine makes of it.
        is_forward: whether they are about results alone.
    """
    probe = min(wrong, key=lambda one: (_uses_twice(one), len(one.code)))
    if seen(probe).error:
        return _stops(need, probe, seen(probe), is_forward), probe
    if is_forward:
        return _wrong_result(need, probe, seen(probe), right(probe)), probe
    running = [one for one in wrong if not seen(one).error]
    if need == "backward" and all(_equal(right(one).numbers) and not is_alone(one) for one in running):
        return _wrong_where_equal(running[0], seen, right), running[0]
    for belongs, say in WAYS:
        if fitting := [one for one in running if belongs(one)]:
            return say(need, fitting, seen, right), fitting[0]
    return _wrong_where_shared(need, probe, seen, right), probe


def is_alone(probe: Probe) -> bool:
    """Whether a probe is a sweep of one operation, whose arguments are different Values."""
    return probe.lines.count("\n") == 1 and probe.sweeps == 1 and not _uses_twice(probe)


def _row(kind: str, need: str, sentence: str, hint: str, page: str) -> Mistake:
    operation = need if need in SYMBOLS else None
    what = need or ("number" if page == "numbers" else "sweep")
    return Mistake(f"{what}: {kind}", kind, operation, lambda design: design, sentence, hint, hint, page)


def _stops(need: str, probe: Probe, found: Seen, is_forward: bool) -> Mistake:
    what = f"`{probe.lines.splitlines()[0]}`" if is_forward else "This program"
    kind = "wrong result" if is_forward else "unknown"
    if found.error == "endless":
        sentence, hint = f"{what} does not end: {found.message}.", "Who calls whom, and when does it stop?"
    else:
        sentence, hint = f"{what} stops with {found.message}.", "Run the program above by itself."
    return _row(kind, need, sentence, hint, probe.chapter)


def _wrong_result(need: str, probe: Probe, found: Seen, expected: Seen) -> Mistake:
    name = next((name for name in expected.numbers if not _same(found, expected, name, 0)), "u")
    line, right = probe.lines.splitlines()[0], show(expected.numbers[name][0])
    numbers = f"{name} is {_of(found, name, 0)} where {right} is right"
    if name not in found.numbers:
        sentence = f"After `{line}`, {name} is no Value; its number should be {right}."
        hint = "What does the method return?"
    elif not need:
        sentence = f"After `{line}`, {numbers}: a number is kept as it is given."
        hint = "What does __init__ do with the number?"
    elif f"{name} =" not in probe.lines:
        sentence = f"Afterwards the argument {numbers}; only the result should be new."
        hint = "Which numbers may an operation change?"
    else:
        sentence = f"The result is wrong before any gradient is: {numbers}."
        hint = "Compute it by hand, and print what the method sees."
    return _row("wrong result", need, sentence, hint, probe.chapter)


def _wrong_begin(_need: str, probes: Sequence[Probe], seen: Look, _right: Look) -> Mistake:
    """Where the sweep begins: the gradient of the output is wrong, and every argument's may be right."""
    found = seen(probes[0])
    output = _output(probes[0])
    sentence = f"The output's own gradient is {_of(found, output, 1)} afterwards, where 1 is right."
    hint = "What is the derivative of the output by itself, and what may change it during the sweep?"
    return _row("seed", "", sentence, hint, "backward")


def _wrong_alone(need: str, probes: Sequence[Probe], seen: Look, right: Look) -> Mistake:
    """What an operation sends to its arguments where nothing else is in the program."""
    found, expected = seen(probes[0]), right(probes[0])
    if not _same(found, expected, _output(probes[0]), 1):
        return _wrong_begin(need, probes, seen, right)
    operations = {_operation(need, probe) for probe in probes}
    if len(operations) > 1:
        name, given, due = _first_wrong(probes[0], seen, right)
        numbers = " with a plain number" if need == "number" else ""
        sentence = (
            f"Neither + nor *{numbers} sends the right gradients, each alone: here {name} gets {given}, where {due} is "
            "right. Other operations are looked at when these two are right."
        )
        hint = "What do the two have in common? Each argument gets upstream · local derivative."
        return _row("unknown", "", sentence, hint, "backward")
    return _wrong_operation(operations.pop(), probes[0], found, expected)


def _wrong_operation(operation: str, probe: Probe, found: Seen, expected: Seen) -> Mistake:
    wrong = [name for name in expected.numbers if not _same(found, expected, name, 1)]
    fine = [name for name in expected.numbers if name not in wrong and name != _output(probe)]
    each = [f"{_of(found, name, 1)} for {name}, where {show(expected.numbers[name][1])} is right" for name in wrong]
    also = f" For {listed(fine)} it is right." if fine else ""
    is_forgotten = fine and all(found.numbers.get(name, (0, 0))[1] == 0 for name in wrong)
    kind = "argument forgotten" if is_forgotten else "local derivative"
    hint = "When that argument grows by a little, by how much does the result grow?"
    return _row(kind, operation, f"Alone, it gives {'; '.join(each)}.{also}", hint, probe.chapter)


def _wrong_in_a_chain(need: str, probes: Sequence[Probe], seen: Look, right: Look) -> Mistake:
    name, found, expected = _first_wrong(probes[0], seen, right)
    sentence = f"Alone it is right; with something behind it, {name} gets {found} where {expected} is right."
    hint = "The contribution is a product: the gradient of the result times the local derivative."
    return _row("unknown", need, sentence, hint, "chains")


def _wrong_after_all(_need: str, probes: Sequence[Probe], seen: Look, right: Look) -> Mistake:
    """Every operation is right; what several sweeps leave together is not."""
    name, found, expected = _first_wrong(probes[0], seen, right)
    sentence = f"After this program the gradient of {name} is {found}, where {expected} is right."
    hint = "Go through it line by line, and print the gradient after each. From which line on is it wrong?"
    return _row("unknown", "", sentence, hint, "training")


def _wrong_where_shared(need: str, probe: Probe, seen: Look, right: Look) -> Mistake:
    name, found, expected = _first_wrong(probe, seen, right)
    why = "its own" if name == _output(probe) else "the sum over all paths from it to the output"
    sentence = (
        f"Where every Value is used once, all is right; here {name} gets {found} where {expected} is right, {why}."
    )
    hint = "When is the gradient of a Value that is used twice complete, and who may pass it on?"
    return _row("unknown", need, sentence, hint, "used-twice")


def _wrong_where_equal(probe: Probe, seen: Look, right: Look) -> Mistake:
    name, found, expected = _first_wrong(probe, seen, right)
    same = _equal(right(probe).numbers)
    sentence = (
        f"Only programs go wrong in which two different Values have the same number: here {listed(same)}. {name} gets "
        f"{found} where {expected} is right."
    )
    return _row("identity", "", sentence, "By what does the sweep tell one Value from another?", "used-twice")


def unsteady(probe: Probe, name: str, before: Seen, after: Seen) -> Mistake:
    """The same program gave other numbers when it was run again."""
    sentence = (
        f"The same program, run again, gives other numbers: {name} got {_of(before, name, 1)}, then "
        f"{_of(after, name, 1)}. They depend on something besides the program: on what an earlier sweep left behind, "
        "say, or on the order of a set."
    )
    hint = "Which lists, sets or counters are older than the sweep? A default argument is made only once."
    return _row("unknown", "", sentence, hint, probe.chapter)


def _first_wrong(probe: Probe, seen: Look, right: Look) -> tuple[str, str, str]:
    """The first name in the order of the sweep whose gradient is wrong: its gradient found, and the right one."""
    found, expected = seen(probe), right(probe)
    name = next(name for name in reversed(list(expected.numbers)) if not _same(found, expected, name, 1))
    return name, _of(found, name, 1), show(expected.numbers[name][1])


def _same(found: Seen, expected: Seen, name: str, which: int) -> bool:
    return name in found.numbers and is_close(found.numbers[name][which], expected.numbers[name][which])


def _of(found: Seen, name: str, which: int) -> str:
    return show(found.numbers[name][which]) if name in found.numbers else "nothing"


def _output(probe: Probe) -> str:
    return probe.lines.split(".backward()")[0].split("\n")[-1].strip()


def _operation(need: str, probe: Probe) -> str:
    if need in SYMBOLS:
        return need
    return next((name for name in ("mul", "add") if name in probe.needs), need)


def _uses_twice(probe: Probe) -> bool:
    """Whether a name stands at two places to the right of an equals sign."""
    used = [part for line in probe.lines.split("\n") for part in _names(line.partition("=")[2])]
    return len(used) != len(set(used))


def _names(text: str) -> list[str]:
    return [
        part
        for part in text.replace("(", " ").replace(")", " ").replace(".", " ").replace("-", " ").split()
        if len(part) == 1 and part.isalpha()
    ]


def _equal(numbers: Mapping[str, tuple[float, float]]) -> list[str]:
    """Names whose numbers are the same."""
    pairs = ([one, other] for one, other in combinations(numbers, 2) if numbers[one][0] == numbers[other][0])
    return next(pairs, [])


Say = Callable[[str, Sequence[Probe], Look, Look], Mistake]
WAYS: tuple[tuple[Callable[[Probe], bool], Say], ...] = (  # from the simplest program on
    (lambda probe: probe.chapter == "training", _wrong_after_all),
    (lambda probe: probe.lines.count("\n") == 0, _wrong_begin),
    (is_alone, _wrong_alone),
    (lambda probe: not _uses_twice(probe), _wrong_in_a_chain),
)
