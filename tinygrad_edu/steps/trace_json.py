"""How is a trace kept in a file, and read back?

As JSON that any program can read; `docs/trace.md` describes it, and `docs/trace.schema.json` is its schema:

    {"format": "tinygrad_edu trace", "version": 2, "nodes": [...], "steps": [...]}

Numbers come back exactly as they were; inf and NaN, which JSON does not have, are written as strings. What is read is
checked first: a damaged file raises a TraceError that says where, and nothing in it is ever executed.

Names to know: `dumps`, `loads`. Read next: `checks/numeric_slope.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from tinygrad_edu.errors import TraceError
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Node, SeedStep, Step, Trace

FORMAT = "tinygrad_edu trace"
VERSION = 2
READABLE = (1, VERSION)  # in version 1 there were no roles; they follow from the nodes
PHASES = {kind.phase: kind for kind in (ForwardStep, SeedStep, EdgeStep)}
DERIVED = ("contribution", "after")  # numbers of a backward step that readers need, and that follow from the others


def dumps(trace: Trace, indent: int | None = None) -> str:
    """A trace as JSON text.

    >>> from tinygrad_edu import Value, chain_rule
    >>> trace = chain_rule(Value(2.0, label="x") * 3.0)
    >>> loads(dumps(trace)) == trace
    True
    """
    return json.dumps(as_data(trace), indent=indent, ensure_ascii=False, allow_nan=False)


def as_data(trace: Trace) -> dict[str, Any]:
    """A trace as dictionaries, lists, strings and numbers."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "nodes": [_record(node) for node in trace.nodes],
        "steps": [_step_record(step) for step in trace.steps],
    }


def records() -> dict[str, list[tuple[str, str]]]:
    """The fields of a node and of each kind of step, in order, with what they hold: for a writer in another language.

    >>> records()["seed"]
    [('node', 'whole'), ('output', 'text')]
    """
    kinds = {"node": Node, **PHASES}
    found = {name: [(field.name, HOLDS[get_type_hints(kind)[field.name]]) for field in fields(kind)]
             for name, kind in kinds.items()}  # fmt: skip
    found[EdgeStep.phase] += [(name, HOLDS[float]) for name in DERIVED]
    return found


def loads(text: str) -> Trace:
    """The trace in a JSON text.

    Raises:
        TraceError: if the text does not hold a trace, or one of another version, or a damaged one.

    >>> loads("[]")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.TraceError: reading a trace
      what is wrong:  it does not begin with "format": "tinygrad_edu trace"
      write instead:  the text that chain_rule(f).to_json() gave
    """
    data = _parsed(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _damaged(f'it does not begin with "format": "{FORMAT}"')
    version = data.get("version")
    if type(version) is not int or version not in READABLE:
        raise _damaged(f"its version is {version!r}, and this program reads {' and '.join(map(str, READABLE))}")
    nodes = [_read(Node, node, f"nodes[{index}]") for index, node in enumerate(_list(data, "nodes"))]
    listed = map(_with_empty_role, _list(data, "steps")) if version == 1 else _list(data, "steps")
    steps = [_read_step(step, f"steps[{index}]") for index, step in enumerate(listed)]
    trace = Trace(nodes, steps)
    _check_nodes(trace)
    _check_steps(trace)
    if version == 1:
        return trace.with_roles()
    _check_roles(trace)
    return trace


# Writing


def _step_record(step: Step) -> dict[str, Any]:
    record = {"phase": step.phase, **_record(step)}
    if isinstance(step, EdgeStep):
        record |= {name: plain(getattr(step, name)) for name in DERIVED}
    return record


def _record(thing: Node | Step) -> dict[str, Any]:
    return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}


def plain(item: object) -> object:
    """A number as JSON can hold it: inf and NaN as strings."""
    return str(item) if isinstance(item, float) and not math.isfinite(item) else item


# Reading


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(f"this is not JSON: {error}") from None


def _list(data: Mapping[str, object], name: str) -> list[object]:
    found = data.get(name)
    if not isinstance(found, list):
        raise _damaged(f'"{name}" is not a list')
    return found


def _with_empty_role(data: object) -> object:
    return {**data, "role": ""} if isinstance(data, dict) else data


def _read_step(data: object, where: str) -> Step:
    phase = data.get("phase") if isinstance(data, dict) else None
    kind = PHASES.get(phase) if isinstance(phase, str) else None
    if kind is None:
        raise _damaged(f'the "phase" of {where} is not one of {", ".join(PHASES)}')
    step: Step = _read(kind, data, where)
    if isinstance(step, EdgeStep):
        _check_derived(step, data, where)
    return step


def _check_derived(step: EdgeStep, data: object, where: str) -> None:
    assert isinstance(data, dict)
    for name in DERIVED:
        found, right = _field(data, name, _float, where), getattr(step, name)
        if not _is_same(found, right):
            raise _damaged(f"{where}: {name} is {found}, but the other numbers give {right}")


def _read(kind: type[Any], data: object, where: str) -> Any:
    """One record; every field has to be there, in its type."""
    if not isinstance(data, dict):
        raise _damaged(f"{where} is not an object")
    return kind(*[_field(data, name, read, where) for name, read in FIELDS[kind]])


def _field(data: Mapping[str, object], name: str, read: Callable[[Any], Any], where: str) -> Any:
    found = data.get(name)
    try:
        return read(found)
    except (TypeError, ValueError, OverflowError):
        raise _damaged(f"{where}: {name!r} is {str(found)[:40]!r}") from None


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(item: Any) -> Any:
        if type(item) is not kind:
            raise TypeError
        return item

    return read


def _float(item: Any) -> float:
    if type(item) is str and item not in ("inf", "-inf", "nan"):
        raise ValueError
    if type(item) not in (str, int, float):
        raise TypeError
    return float(item)


def _positions(item: Any) -> tuple[int, ...]:
    if type(item) is not list or any(type(each) is not int for each in item):
        raise TypeError
    return tuple(item)


HOLDS: dict[object, str] = {str: "text", int: "whole", bool: "truth", float: "number", tuple[int, ...]: "wholes"}
READERS: dict[object, Callable[[Any], Any]] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _float,
    tuple[int, ...]: _positions,
}
FIELDS = {
    kind: [(field.name, READERS[get_type_hints(kind)[field.name]]) for field in fields(kind)]
    for kind in (Node, *PHASES.values())
}  # of each record, in order, with what reads them


# Checking


def _check_nodes(trace: Trace) -> None:
    if not trace.nodes:
        raise _damaged("it has no nodes")
    for index, node in enumerate(trace.nodes):
        if not all(0 <= arg < index for arg in node.args):
            raise _damaged(f"nodes[{index}]: an argument does not come before it")


def _check_steps(trace: Trace) -> None:
    """Every step refers to existing nodes, by their names, and each edge continues where the previous ones ended."""
    gradients: dict[int, float] = {}
    for index, step in enumerate(trace.steps):
        where = f"steps[{index}]"
        for position, name in _named(step):
            if not 0 <= position < len(trace.nodes) or trace.nodes[position].name != name:
                raise _damaged(f"{where}: there is no node {position} called {name!r}")
        if isinstance(step, SeedStep):
            gradients[step.node] = 1.0
        if isinstance(step, EdgeStep):
            _check_edge(trace, step, gradients, where)


def _named(step: Step) -> list[tuple[int, str]]:
    match step:
        case ForwardStep(node=node, name=name):
            return [(node, name)]
        case SeedStep(node=node, output=output):
            return [(node, output)]
    return [(step.user_node, step.user), (step.argument_node, step.argument)]


def _check_edge(trace: Trace, step: EdgeStep, gradients: dict[int, float], where: str) -> None:
    args = trace.nodes[step.user_node].args
    if not 0 <= step.position < len(args) or args[step.position] != step.argument_node:
        raise _damaged(f"{where}: {step.argument} is not argument {step.position} of {step.user}")
    for name, node in (("upstream", step.user_node), ("before", step.argument_node)):
        found = getattr(step, name)
        left = gradients.get(node, found)  # a part of a trace begins anywhere
        if not _is_same(found, left):
            raise _damaged(f"{where}: {name} is {found}, but the steps before it give {left}")
    gradients[step.argument_node] = step.after


def _check_roles(trace: Trace) -> None:
    """An argument has a role where it stands at several positions, and nowhere else."""
    for index, step in enumerate(trace.steps):
        if isinstance(step, EdgeStep):
            roles = trace.roles.get(step.user_node)
            is_shared = bool(roles and roles[step.position])
            if bool(step.role) != is_shared:
                times = "several positions" if is_shared else "one position"
                raise _damaged(f"steps[{index}]: role is {step.role!r}, and {step.argument} stands at {times}")


def _is_same(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)


def _damaged(wrong: str) -> TraceError:
    return TraceError("reading a trace", wrong, instead="the text that chain_rule(f).to_json() gave")
