"""What is an array called?

After what it is in a textbook: W1 and b1 for the parameters of the first layer, Z1 for its weighted sums, A1 for what
its activation makes of them, dZ1 for the gradient of Z1.

Names to know: `names_of`. Read next: `emit.py`.
"""

from __future__ import annotations

import re
from keyword import iskeyword

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.scalars import Scalars
from tinygrad_edu.rule import CALL
from tinygrad_edu.rules import add, dot, softplus

PARAMETER_LABEL = re.compile(r"l(\d+)\.n\d+\.(w\d+|b)")  # as nn.Layer labels its parameters
RESERVED = frozenset({"P", "I", "np", "math", "erf", "gradient", "program"})  # what else a program mentions


def names_of(workspace: Workspace, scalars: Scalars, output: int, gradient: Ids) -> dict[int, str]:
    """Names for the arrays that have one, by number."""
    forward = [array for array in workspace.arrays if int(array.ids.max(initial=0)) < len(scalars.rule)]
    names: dict[int, str] = {}
    layers: dict[int, str] = {}
    for array in forward:
        _name_leaf(array, scalars, names, layers)
    for array in forward:
        _name_computed(workspace, array, names, layers)
    names[int(workspace.where[output])] = "loss"
    for array in forward:
        _name_gradient(workspace, array, gradient, names)
    return names


def _name_leaf(array: Array, scalars: Scalars, names: dict[int, str], layers: dict[int, str]) -> None:
    if array.kind not in ("parameter", "input"):
        return
    labels = [scalars.labels[scalar] for scalar in array.ids.reshape(-1).tolist()]
    found = [PARAMETER_LABEL.fullmatch(label) for label in labels]
    kinds = {(match[1], match[2][0]) for match in found if match}
    if len(kinds) == 1 and all(found):
        ((layer, letter),) = kinds
        _set(names, array, ("W" if letter == "w" else "b") + layer)
        layers[array.number] = layer
    elif len(labels) == 1 and labels[0].isidentifier() and not iskeyword(labels[0]):
        _set(names, array, labels[0])
    else:
        _set(names, array, _letter(array, names))


def _letter(array: Array, names: dict[int, str]) -> str:
    """X and then Y for inputs, W for a table of parameters, p for a line of them."""
    if array.kind == "input":
        return "Y" if "X" in names.values() else "X"
    return "W" if array.ids.ndim == 2 else "p"


def _name_computed(workspace: Workspace, array: Array, names: dict[int, str], layers: dict[int, str]) -> None:
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
        if array.rule is add:
            _set(names, array, f"Z{layer}")
    elif (
        array.rule.binding is CALL
        and array.rule.is_unary
        and len(sources) == 1
        and names.get(sources[0], "").startswith("Z")
    ):
        is_loss = array.rule is softplus and layer == max(layers.values(), key=int)  # of the logits, not an activation
        if not is_loss:
            _set(names, array, f"A{layer}")


def _name_gradient(workspace: Workspace, array: Array, gradient: Ids, names: dict[int, str]) -> None:
    if array.number not in names:
        return
    scalars = gradient[array.ids]
    if scalars.size == 0 or (scalars == NOWHERE).any():
        return
    holder = workspace.array_of(scalars)
    is_same = holder is not None and (workspace.place[scalars] == np.arange(scalars.size).reshape(scalars.shape)).all()
    if holder is not None and is_same and holder.number not in names and holder.ids.size == scalars.size:
        _set(names, holder, f"d{names[array.number]}")


def _set(names: dict[int, str], array: Array, name: str) -> None:
    taken = {*names.values(), *RESERVED}
    number = 2
    wanted = name
    while wanted in taken:
        wanted, number = f"{name}_{number}", number + 1
    names[array.number] = wanted
