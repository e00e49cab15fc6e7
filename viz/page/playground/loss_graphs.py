"""What is the loss of one sample, as a graph?

The page opens a network down to its scalars. It makes the weighted sums and the activations by itself, as `nn.Layer`
does, from rows of the table; what the loss does with the outputs is traced here from `nn`'s own functions, once for
each number of outputs, and stated nowhere else. Where the form depends on the target, there is a graph for each one.

Names to know: `loss_graphs`, `module`. Read next: `settings.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tinygrad_edu.graph import Graph
from tinygrad_edu.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.engine import nodes

MOST_OUTPUTS = 10  # of a network whose scalars the page opens: one for each digit
ALONE = "sum"  # of one term, which need not be divided by 1
SOMEWHERE = 0.5  # a prediction that every loss is defined at


def module() -> str:
    """The graphs as a module of the page, which no file holds: `playground/losses.js`."""
    return f"export const LOSSES = {json.dumps(loss_graphs())};\n"


def loss_graphs() -> dict[str, dict[str, Any]]:
    """For each loss its graphs, as the page's engine reads them; see `nodes`.

    In each graph the leaf p1 is the first output of the network, and t1 the first target. Its key is the number of
    outputs, and where the form of the graph depends on the target, the target too: "3 0" is class 0 of three.

    >>> hinge = loss_graphs()["hinge"]["1"]
    >>> hinge["rules"], list(hinge["labels"].values())
    (['mul', 'sub', 'relu'], ['t1', 'p1'])
    >>> [key for key in loss_graphs()["cross_entropy"] if key.startswith("3")]
    ['3 0', '3 1', '3 2']
    """
    found = {"hinge": hinge_loss, "bce_with_logits": binary_cross_entropy_with_logits}
    return {
        **{name: {"1": _sent(loss([_output(1)], [_target(1)], ALONE))} for name, loss in found.items()},
        "mse": {str(count): _sent(_squared_error(count)) for count in range(1, MOST_OUTPUTS + 1)},
        "bce": {f"1 {target}": _sent(binary_cross_entropy([_output(1)], [target], ALONE)) for target in (0, 1)},
        "cross_entropy": dict(_of_classes()),
    }


def _squared_error(count: int) -> Value:
    """Of one sample: the mean over its outputs, if it has several."""
    targets = [_target(number) for number in range(1, count + 1)]
    return mse_loss([_outputs(count)], [targets], ALONE if count == 1 else "mean")


def _of_classes() -> Iterator[tuple[str, dict[str, Any]]]:
    for count in range(2, MOST_OUTPUTS + 1):
        for target in range(count):
            yield f"{count} {target}", _sent(cross_entropy([_outputs(count)], [target], ALONE))


def _outputs(count: int) -> list[Value]:
    return [_output(number) for number in range(1, count + 1)]


def _output(number: int) -> Value:
    return Value(SOMEWHERE, label=f"p{number}")


def _target(number: int) -> Value:
    return Value(1.0, label=f"t{number}")


def _sent(loss: Value) -> dict[str, Any]:
    return nodes(Graph(loss))
