"""What is each array called?

What a textbook calls it: W1 and b1 for the parameters of the first layer, Z1 for its weighted sums, A1 for its
activations, dZ1 for the gradient of Z1.

Names to know: `names_of`. Read next: `source.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from keyword import iskeyword, kwlist
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace, key_of
from tinygrad_edu.compiler.scalars import Scalars
from tinygrad_edu.graph import Names
from tinygrad_edu.rule import CALL
from tinygrad_edu.rules import add, dot, softplus

PARAMETER_LABEL = re.compile(r"l(\d{1,9})\.n\d+\.(w\d+|b)", re.ASCII)  # as nn.Layer labels its parameters
LOSS = "loss"
SAMPLES = "m"  # what the number of samples is called
RESERVED = frozenset(
    {
        "P",
        "I",
        "np",
        "jnp",
        "math",
        "erf",
        "matmul_where",
        "add_rows",
        "logsumexp",
        "fori_loop",
        "gradient",
        "program",
        "len",
        "range",
        "reversed",
        "step",
        "arrays",
    }
)  # what else a program mentions
OPEN_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")  # a name in a row's template that no dot stands before


class Named(NamedTuple):
    """The names of the arrays that have one, by index; and those of scalars of several arrays, by their numbers."""

    of: dict[int, str]
    together: dict[bytes, str]


def names_of(workspace: Workspace, scalars: Scalars, output: int, gradient: Ids) -> Named:
    """What arrays are called, and gradients that are parts of several."""
    forward = [array for array in workspace.arrays if array.first < len(scalars.rule)]
    names = GivenNames(_mentioned(workspace))
    layers: dict[int, str] = {}
    last = int(workspace.where[output])
    if last != NOWHERE and workspace.arrays[last].size == 1:
        names.of[last] = LOSS
    tables = [array for array in workspace.arrays if array.kind == "table"]
    for array, name in zip(tables, scalars.tables, strict=True):
        names.give(array, name)
    names.reserve(reserved_for(scalars.tables))
    for array in forward:
        _name_leaf(array, scalars, names, layers)
    for array in forward:
        _name_computed(workspace, array, names, layers)
    for array in forward:
        _name_gradient(workspace, array, gradient, names)
    return Named(names.of, names.together)


def _mentioned(workspace: Workspace) -> set[str]:
    """The names that the operations of a program use: `abs`, if the template of a user's row is abs({})."""
    templates = {rule.numpy for rule in {array.rule for array in workspace.arrays} if rule is not None and rule.numpy}
    return {word for template in templates for word in OPEN_WORD.findall(template)}


class GivenNames:
    """The name of each array, by its index: all different, and different from the names that a program uses itself.

    A derived name has to be valid too: the gradient of `el` cannot be called `del`.
    """

    def __init__(self, mentioned: set[str]) -> None:
        self.of: dict[int, str] = {}
        self.together: dict[bytes, str] = {}
        self._free = Names({*RESERVED, LOSS, *kwlist, *mentioned})

    def give(self, array: Array, name: str) -> None:
        """Give an array this name, or, if the name is taken, the name with the first free number appended."""
        self.of[array.number] = self._new(name)

    def give_together(self, scalars: Ids, name: str) -> None:
        """Give scalars of several arrays, in their shape, a name in the same way."""
        self.together[key_of(scalars)] = self._new(name)

    def _new(self, name: str) -> str:
        is_taken = self.is_taken(name)
        self._free.taken.add(name)
        return self._free.after(f"{name}_", 2) if is_taken else name

    def reserve(self, names: Iterable[str]) -> None:
        """Let nothing be called so any more."""
        self._free.taken.update(names)

    def is_taken(self, name: str) -> bool:
        """Whether something already has this name."""
        return name in self._free.taken


def reserved_for(tables: Collection[str]) -> set[str]:
    """What a program of any number of samples needs besides: its number m, and y for the labels of which Y is made."""
    return {SAMPLES, *map(str.lower, tables)} if tables else set()


def identifier(label: str) -> str:
    """A label as a Python identifier, normalized as Python itself does (NFKC); "" if it cannot be one.

    >>> identifier("ℓ"), identifier("x1"), identifier("lambda"), identifier("my weight")
    ('l', 'x1', '', '')
    """
    name = unicodedata.normalize("NFKC", label)
    return name if name.isidentifier() and not iskeyword(name) and name != "__debug__" else ""


def _name_leaf(array: Array, scalars: Scalars, names: GivenNames, layers: dict[int, str]) -> None:
    if array.kind not in ("parameter", "input") or array.number in names.of:
        return
    labels = [scalars.labels[scalar] for scalar in array.ids.reshape(-1).tolist()]
    found = [PARAMETER_LABEL.fullmatch(label) for label in labels]
    kinds = {(match[1], match[2][0]) for match in found if match}
    if len(kinds) == 1 and all(found):
        ((layer, letter),) = kinds
        names.give(array, ("W" if letter == "w" else "b") + layer)
        layers[array.number] = layer
    else:
        own = identifier(labels[0]) if len(labels) == 1 else ""
        names.give(array, own or _letter(array, names))


def _letter(array: Array, names: GivenNames) -> str:
    """X and then Y for inputs, W for a matrix of parameters, p for a vector of them."""
    if array.kind == "input":
        return "Y" if names.is_taken("X") else "X"
    return "W" if array.ids.ndim == 2 else "p"


def _name_computed(workspace: Workspace, array: Array, names: GivenNames, layers: dict[int, str]) -> None:
    """Z for a weighted sum and its bias, A for a function of Z."""
    if array.args is None or array.rule is None:
        return
    sources = workspace.sources(array)
    found = {layers[number] for number in sources if number in layers}
    if len(found) != 1:
        return
    (layer,) = found
    if array.rule is dot or array.rule is add:
        layers[array.number] = layer
        name = f"Z{layer}" if array.rule is add else ""
    else:
        name = f"A{layer}" if _is_activation(array, layer, sources, names, layers) else ""
    if name and array.number not in names.of:
        names.give(array, name)


def _is_activation(array: Array, layer: str, sources: list[int], names: GivenNames, layers: dict[int, str]) -> bool:
    """Whether an array is a function of Z, and not the softplus of the logits, which is part of a loss."""
    rule = array.rule
    if rule is None or rule.binding is not CALL or not rule.is_unary or len(sources) != 1:
        return False
    is_loss = rule is softplus and layer == max(layers.values(), key=int)
    return names.of.get(sources[0], "").startswith("Z") and not is_loss


def _name_gradient(workspace: Workspace, array: Array, gradient: Ids, names: GivenNames) -> None:
    if array.number not in names.of:
        return
    scalars = gradient[array.ids]
    if scalars.size == 0 or (scalars == NOWHERE).any():
        return
    holder = workspace.array_of(scalars)
    is_same = holder is not None and (workspace.place[scalars] == np.arange(scalars.size).reshape(scalars.shape)).all()
    if holder is not None and is_same and holder.number not in names.of and holder.size == scalars.size:
        names.give(holder, f"d{names.of[array.number]}")
    elif holder is None and workspace.where[scalars].min() != NOWHERE:
        names.give_together(scalars, f"d{names.of[array.number]}")
