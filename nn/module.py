"""What do a neuron, a layer and a network have in common?

They own parameters, possibly nested, and those have names: `layers.0.neurons.3.w.1` is the second weight of
the fourth neuron of the first layer. A `Module` finds them by looking at its own attributes, so a subclass only has to
assign its Values and other Modules, or lists, tuples, dicts and NumPy arrays of them, to `self`. A set will not do: it
has no order, and so its members would have no names.

Names to know: `Module`. Read next: `layers.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import numpy as np

from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.show import counted, printable
from tinygrad_edu.value import Value, as_float


class Module:
    """Something with parameters.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.shifts = Value(2.0), [Value(1.0), Value(3.0)]
    >>> [name for name, _ in Line().named_parameters()]
    ['slope', 'shifts.0', 'shifts.1']
    """

    def __call__(self, x: Any) -> Any:
        """The outputs for one sample. Every kind of module defines what they are."""
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(self, x): the outputs for a sample")

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """(name, Value) pairs, in the order in which the attributes were assigned; a shared Value appears once.

        Raises:
            OptionError: if there are parameters in a set, which has no order.
        """
        seen: dict[int, object] = {}  # by identity, and kept alive: Python may reuse the id of what is gone
        left: list[tuple[str, object]] = [("", self)]
        while left:
            name, thing = left.pop()
            if id(thing) in seen:
                continue
            if isinstance(thing, Value):
                if not thing.args:  # a result kept as an attribute is not a parameter
                    seen[id(thing)] = thing
                    yield name, thing
            elif members := list(_members(name, thing)):
                seen[id(thing)] = thing
                left.extend((f"{name}.{key}" if name else str(key), inside) for key, inside in reversed(members))

    def parameters(self) -> list[Value]:
        """The Values to train."""
        return [value for _, value in self.named_parameters()]

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by name.

        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.shift = Value(2.0), Value(1.0)
        >>> Line().state_dict()
        {'slope': 2.0, 'shift': 1.0}
        """
        return {name: value.data for name, value in self.named_parameters()}

    def load_state_dict(self, numbers: Mapping[str, float]) -> None:
        """Load numbers that `state_dict` gave. Either all of them are taken, or none.

        Raises:
            SizeError: if the names are not exactly those of the parameters.
            NumberError: if a number is not a real number.
        """
        parameters = dict(self.named_parameters())
        missing, strange = parameters.keys() - numbers.keys(), numbers.keys() - parameters.keys()
        if missing or strange:
            raise SizeError(
                f"load_state_dict of {counted(len(numbers), 'number')} into {self!r}",
                "; ".join(
                    f"{counted(len(names), 'name')} {what}, such as {printable(min(names))}"
                    for names, what in ((missing, "of parameters without a number"), (strange, "of no parameter"))
                    if names
                ),
                instead="the state_dict of a model of the same sizes",
            )
        floats = {name: as_float(number) for name, number in numbers.items()}
        for name, number in floats.items():
            parameters[name].data = number

    def zero_grad(self) -> None:
        """Reset all gradients: leaves accumulate, so every training step begins with this."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({counted(len(self.parameters()), 'parameter')})"


def _members(name: str, thing: object) -> Iterable[tuple[object, object]]:
    """The parts that may hold parameters, each with its name or number."""
    if isinstance(thing, list | tuple | deque):
        return enumerate(thing)
    if isinstance(thing, Module):
        return vars(thing).items()
    if isinstance(thing, str | int | float):  # most attributes; the checks that follow are slower
        return ()
    if isinstance(thing, Mapping):
        return thing.items()
    if isinstance(thing, np.ndarray):
        return enumerate(thing if thing.ndim else [thing.item()]) if thing.dtype == object else ()
    if isinstance(thing, Set) and any(isinstance(each, Value | Module) for each in thing):
        raise OptionError(
            f"the parameters in {name}, a {type(thing).__name__}",
            "a set has no order, so its members would have different names in every run",
            instead="a list of them",
        )
    return ()
