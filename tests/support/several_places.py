"""Operations that use one node at several places: what every reader of a step has to tell apart."""

from collections.abc import Callable
from typing import NamedTuple

from tinygrad_edu import Value
from tinygrad_edu.functions import dot, logsumexp, maximum


class Tie(NamedTuple):
    """An operation on w and x, and what w is called along each of its edges."""

    make: Callable[[Value, Value], Value]
    roles: list[str]


TIES = {
    "w * w":                Tie(lambda w, x: w * w, ["first factor", "second factor"]),
    "w + w":                Tie(lambda w, x: w + w, ["first term", "second term"]),
    "w - w":                Tie(lambda w, x: w - w, ["minuend", "subtrahend"]),
    "w / w":                Tie(lambda w, x: w / w, ["dividend", "divisor"]),
    "w ** w":               Tie(lambda w, x: w**w, ["base", "exponent"]),
    "maximum(w, w)":        Tie(lambda w, x: maximum(w, w), ["first argument", "second argument"]),
    "dot([w, w], [w, x])":  Tie(lambda w, x: dot([w, w], [w, x]), ["first weight", "second weight", "first input"]),
    "logsumexp([w, w])":    Tie(lambda w, x: logsumexp([w, w]), ["first argument", "second argument"]),
}  # fmt: skip


def tied(name: str, w: float = 1.5, x: float = -0.5) -> Value:
    """The output f of one of these, at some numbers."""
    f = TIES[name].make(Value(w, label="w"), Value(x, label="x"))
    f.label = "f"
    return f


def slope_alone(f: Value, position: int, h: float = 1e-5) -> float:
    """How f, one operation, answers when the argument at one position moves alone: a central difference."""

    def moved(by: float) -> float:
        return f.rule.evaluate([arg.data + (by if place == position else 0) for place, arg in enumerate(f.args)])

    return (moved(h) - moved(-h)) / (2 * h)
