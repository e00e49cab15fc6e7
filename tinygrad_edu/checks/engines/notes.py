"""In which choices does an engine differ from others that are right as well?

Names to know: `notes_of`. Read next: `report.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from tinygrad_edu.checks.engines.diagnosis import Diagnosis
from tinygrad_edu.checks.engines.probes import LEAVES, PROBES
from tinygrad_edu.checks.engines.running import Seen, is_close
from tinygrad_edu.show import show


def notes_of(diagnosis: Diagnosis) -> list[str]:
    """One sentence for each choice that is worth knowing."""
    seen = {probe.choice: diagnosis.seen[probe] for probe in PROBES if probe.choice and probe in diagnosis.seen}
    told = [NOTES[choice](found) for choice, found in seen.items()]
    return [note for note in told if note]


def _at_kink(seen: Seen) -> str:
    if seen.error:
        return ""
    slope = seen.numbers["u"][1]
    usual = "as most engines do" if slope == 0 else "where most engines take 0; any number from 0 to 1 can be justified"
    return f"relu has no derivative at 0; yours takes {show(slope)} there, {usual}."


def _second_backward(seen: Seen) -> str:
    if seen.error or is_close(seen.numbers["a"][1], 2 * LEAVES["b"] * LEAVES["c"]):
        return ""
    if is_close(seen.numbers["a"][1], 3 * LEAVES["b"] * LEAVES["c"]):
        return (
            "a second backward() on the same graph adds to the gradients of inner nodes as well, and passes the sums "
            "on (so in micrograd): leaves get too much. Training makes a new graph at every step, so it is not seen "
            "there."
        )
    return "a second backward() on the same graph does not add the same gradients once more."


def _two_losses(seen: Seen) -> str:
    first, second = LEAVES["b"] * LEAVES["c"], LEAVES["b"] * LEAVES["d"]
    if seen.error or is_close(seen.numbers["a"][1], first + second):
        return ""
    return "two losses that share an inner node do not add up to the gradient of their sum: inner gradients are kept."


def _changed(seen: Seen) -> str:
    if seen.error:
        return ""
    is_stored = is_close(seen.numbers["b"][1], LEAVES["a"])
    when = "the numbers of the forward pass" if is_stored else "today's numbers"
    return f"if a number is changed between forward pass and backward(), yours computes local derivatives from {when}."


def _deep(seen: Seen) -> str:
    if seen.error != "endless":  # another error is no matter of depth
        return ""
    return (
        "a chain of 2,000 additions stops with "
        f"{seen.message.partition(':')[0]}: the sweep recurses. A loop with a list of its own has no such limit."
    )


def _many_paths(seen: Seen) -> str:
    if seen.error != "endless":
        return ""
    return "sixteen doublings f = f + f take too long: the time grows with the number of paths, not with that of nodes."


NOTES: dict[str, Callable[[Seen], str]] = {
    "relu at 0": _at_kink,
    "second backward": _second_backward,
    "two losses on one node": _two_losses,
    "number changed after the forward pass": _changed,
    "depth": _deep,
    "many paths": _many_paths,
}
