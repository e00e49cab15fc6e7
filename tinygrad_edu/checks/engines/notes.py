"""In which choices does an engine differ from others that are right as well, and what looks like a slip of the pen?

Names to know: `notes_of`, `slips_of`. Read next: `report.py`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_edu.checks.engines import reference
from tinygrad_edu.checks.engines.adapter import METHODS, PROBED, Adapter
from tinygrad_edu.checks.engines.diagnosis import Diagnosis
from tinygrad_edu.checks.engines.probes import LEAVES, PROBES
from tinygrad_edu.checks.engines.running import Seen, is_close
from tinygrad_edu.show import printable, show

PYTHON_2 = {"__div__": "__truediv__", "__rdiv__": "__rtruediv__"}  # its names
NEAR = 0.75  # of 1, how alike two names have to be
PYTHONS = tuple(
    f"__{name}__"
    for name in (  # methods that Python calls, and a check of an engine does not
        *(
            "rpow",
            "abs",
            "pos",
            "iadd",
            "isub",
            "imul",
            "itruediv",
            "ipow",
            "matmul",
            "floordiv",
            "mod",
            "float",
            "int",
        ),
        *("bool", "len", "getitem", "iter", "next", "call", "lt", "gt", "le", "ge", "getattr", "post_init"),
    )
)


def notes_of(diagnosis: Diagnosis) -> list[str]:
    """One sentence for each choice that is worth knowing."""
    seen = {probe.choice: diagnosis.seen[probe] for probe in PROBES if probe.choice and probe in diagnosis.seen}
    told = [NOTES[choice](found) for choice, found in seen.items()]
    return [note for note in told if note]


def slips_of(adapter: Adapter, missing: Iterable[str]) -> list[str]:
    """A sentence for each name of the class that looks like one that is missing, and for a gradient that is.

    >>> class Value:
    ...     def __init__(self, data):
    ...         self.data, self.grad = data, 0.0
    ...     def __rad__(self, other): ...
    >>> from tinygrad_edu.checks.engines.adapter import names_of
    >>> slips_of(Adapter(Value, names_of(Value, {})), ["radd"])
    ['there is a method __rad__. Is it `__radd__` that is meant? Python and the check look for that name.']
    """
    wanted = {_written(adapter, operation) for operation in missing}
    told = [
        f"there is a method {printable(name)}. Is it `{near}` that is meant? Python and the check look for that name."
        for name in _own_methods(adapter.value)
        if (near := _meant(name, wanted))
    ]
    return [*told, *_without_gradient(adapter)]


def _written(adapter: Adapter, operation: str) -> str:
    return adapter.names.backward if operation == "backward" else METHODS.get(operation, operation)


def _own_methods(value: type[Any]) -> list[str]:
    """What the class defines, but for what Python or the check knows by that name."""
    known = {*dir(object), *METHODS.values(), *reference.FUNCTIONS, *PYTHONS}
    return [name for name, thing in vars(value).items() if callable(thing) and name not in known]


def _meant(name: str, wanted: set[str]) -> str:
    """The missing name that this one looks like: it is the same but for underscores, or but for a letter or two."""
    bare = {one.strip("_"): one for one in wanted}
    if name in PYTHON_2 and PYTHON_2[name] in wanted:
        return PYTHON_2[name]
    near = difflib.get_close_matches(name.strip("_").lower(), bare, n=1, cutoff=NEAR)
    return bare[near[0]] if near else ""


def _without_gradient(adapter: Adapter) -> list[str]:
    name = adapter.names.grad
    if hasattr(adapter.value(PROBED), name):
        return []
    return [f"a new Value has no attribute {name} yet. Every number needs a place for its gradient: 0, at first."]


def _at_kink(seen: Seen) -> str:
    if seen.error:
        return ""
    slope = seen.numbers["u"][1]
    usual = "as most engines do" if slope == 0 else "where most engines take 0; any number from 0 to 1 can be justified"
    return f"relu has no derivative at 0; yours takes {show(slope)} there, {usual}."


def _inner(seen: Seen) -> str:
    if seen.error or seen.numbers["u"][1] or not seen.numbers["a"][1]:
        return ""
    return "gradients of inner nodes are not kept after the sweep, which saves memory (PyTorch does so, too)."


def _second_backward(seen: Seen) -> str:
    if seen.error not in ("", "missing", "endless"):
        return f"a second backward() on the same graph is refused, as PyTorch does: {seen.message}."
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
    "inner gradients": _inner,
    "second backward": _second_backward,
    "two losses on one node": _two_losses,
    "number changed after the forward pass": _changed,
    "depth": _deep,
    "many paths": _many_paths,
}
