"""What can be said of an engine that makes no mistake of the table?

Only what its numbers allow: which argument of which operation gets a wrong contribution, whether an operation is right
alone and wrong with something behind it, whether only a Value that is used twice is wrong.

Names to know: `fact`. Read next: `diagnosis.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tinygrad_edu.checks.engines.mistakes import SYMBOLS, Mistake
from tinygrad_edu.checks.engines.probes import Probe
from tinygrad_edu.checks.engines.running import Seen, is_close
from tinygrad_edu.show import listed, show

Look = Callable[[Probe], Seen]


def fact(need: str, wrong: Sequence[Probe], seen: Look, right: Look, *, is_forward: bool) -> tuple[Mistake, Probe]:
    """What is certain, in the form of a row of the table, and the probe that shows it.

    Args:
        need: the operation that came new, or "backward".
        wrong: the probes on which the engine differs from a right one.
        seen: what the engine makes of a probe.
        right: what a right engine makes of it.
        is_forward: whether they are about results alone.
    """
    probe = min(wrong, key=lambda one: len(one.code))
    if seen(probe).error:
        return _stops(need, probe, seen(probe), is_forward), probe
    if is_forward:
        return _wrong_result(need, probe, seen(probe), right(probe)), probe
    alone = [one for one in wrong if len(one.lines.split("\n")) == 2]
    if alone:
        return _wrong_alone(need, alone[0], seen, right), alone[0]
    once = [one for one in wrong if not _uses_twice(one)]
    if once:
        return _wrong_in_a_chain(need, once[0], seen, right), once[0]
    return _wrong_where_shared(need, probe, seen, right), probe


def _row(kind: str, need: str, sentence: str, hint: str, page: str) -> Mistake:
    operation = need if need in SYMBOLS else None
    return Mistake(f"{need or 'sweep'}: {kind}", kind, operation, lambda design: design, sentence, hint, hint, page)


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
    elif f"{name} =" not in probe.lines:
        sentence = f"Afterwards the argument {numbers}; only the result should be new."
        hint = "Which numbers may an operation change?"
    else:
        sentence = f"The result is wrong before any gradient is: {numbers}."
        hint = "Compute it by hand, and print what the method sees."
    return _row("wrong result", need, sentence, hint, probe.chapter)


def _wrong_alone(need: str, probe: Probe, seen: Look, right: Look) -> Mistake:
    found, expected = seen(probe), right(probe)
    wrong = [name for name in expected.numbers if not _same(found, expected, name, 1)]
    fine = [name for name in expected.numbers if name not in wrong and name != _output(probe)]
    said = listed(
        [f"{_of(found, name, 1)} for {name}, where {show(expected.numbers[name][1])} is right" for name in wrong]
    )
    also = f" For {listed(fine)} it is right." if fine else ""
    is_forgotten = fine and all(found.numbers.get(name, (0, 0))[1] == 0 for name in wrong)
    kind = "argument forgotten" if is_forgotten else "seed" if _output(probe) in wrong else "local derivative"
    hint = "When that argument grows by a little, by how much does the result grow?"
    return _row(kind, _operation(need, probe), f"Alone, it gives {said}.{also}", hint, probe.chapter)


def _wrong_in_a_chain(need: str, probe: Probe, seen: Look, right: Look) -> Mistake:
    name, found, expected = _first_wrong(probe, seen, right)
    sentence = f"Alone it is right; with something behind it, {name} gets {found} where {expected} is right."
    hint = "The contribution is a product: the gradient of the result times the local derivative."
    return _row("unknown", need, sentence, hint, "chains")


def _wrong_where_shared(need: str, probe: Probe, seen: Look, right: Look) -> Mistake:
    name, found, expected = _first_wrong(probe, seen, right)
    sentence = (
        f"Where every Value is used once, all is right; here {name} gets {found} where {expected} is right, the sum "
        "over all paths from it to the output."
    )
    hint = "When is the gradient of a Value that is used twice complete, and who may pass it on?"
    return _row("unknown", need, sentence, hint, "used-twice")


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
