"""What does the playground open with?

The settings are one plain JSON that the page, a link and Python give to each other; `settings.js` has the names and the
defaults. Here they are written for a model, data and an optimizer as they are at present.

Names to know: `settings_of`, `data_of`, `data_of_table`. Read next: `view.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import NumberError, OptionError, SizeError
from tinygrad_edu.nn import datasets
from tinygrad_edu.nn.init import is_count
from tinygrad_edu.nn.layers import MLP, form_of
from tinygrad_edu.nn.optim import SGD, Adam, AdamW, Optimizer
from tinygrad_edu.nn.schedules import form_of as schedule_form
from tinygrad_edu.nn.table.model import Target
from tinygrad_edu.nn.table.reading import Column, Table
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.nn.training.samples import as_floats, at, place_not_finite
from tinygrad_edu.show import are, counted
from tinygrad_edu.viz.page.playground.lines import MOST_CLASSES

ASKED = "viz.playground"
DATA = (*datasets.PLANE, *datasets.SURFACES)
MOST = {"points": 5000, "columns": 64, "layers": 8, "size": 64}  # as in settings.js
CONTROLS = (
    *("loss", "optimizer", "lr", "momentum", "schedule", "schedule_steps", "weight_decay", "batch_size", "betas"),
    *("warm_up", "schedule_factor", "schedule_end", "order_seed", "layers", "neurons", "activation", "inputs", "init"),
    *("seed", "data", "points", "n", "noise", "classes", "validation", "data_seed", "split_seed", "standardize"),
    *("plane", "rewind", "pace"),
)  # as in settings.js: what a lesson can hide
OPTIMIZERS: dict[type[Optimizer], str] = {SGD: "sgd", Adam: "adam", AdamW: "adamw"}
Settings = dict[str, Any]
Loss = str | Callable[..., Any]


def settings_of(
    model: MLP | None = None,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    data: str | None = None,
    loss: Loss | None = None,
    optimizer: Optimizer | None = None,
    batch_size: int | None = 10,
    seed: int = 0,
    hide: Sequence[str] = (),
) -> Settings:
    """What differs from the defaults of the page. See `playground` for the arguments and errors.

    >>> settings_of(data="xor", seed=3)
    {'data': {'name': 'xor'}, 'seed': 3}
    """
    name = _loss_name(loss)
    found: Settings = {}
    points = data_of(X, y, name) if X is not None or y is not None else _named(data)
    if points:
        found["data"] = points
    if model is not None:
        found["network"] = _network(model)
        name = name or _loss_of(model, points)
        _check_fit(model, points, name)
    if name is not None:
        found["loss"] = name
    if optimizer is not None:
        found["optimizer"] = _optimizer(optimizer)
    if batch_size is not None and not is_count(batch_size):
        raise OptionError(
            f"{ASKED}(batch_size={batch_size!r})", "a batch has a sample or more", instead="batch_size=10"
        )
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**32:
        raise OptionError(
            f"{ASKED}(seed={seed!r})", "a seed is a whole number from 0 on, below 2**32", instead="seed=0"
        )
    found |= {} if batch_size == 10 else {"batch_size": batch_size and int(batch_size)}
    found |= {"seed": int(seed)} if seed else {}
    return found | _hidden(hide)


def _hidden(hide: Sequence[str]) -> Settings:
    if isinstance(hide, str):
        raise OptionError(f"{ASKED}(hide={hide!r})", "it is a list of controls", instead=f"hide=[{hide!r}]")
    for name in hide:
        if name not in CONTROLS:
            raise unknown("hide", name, CONTROLS, call=f"{ASKED}({{}})")
    return {"hidden": list(hide)} if hide else {}


def _named(data: str | None) -> Settings:
    if data is None:
        return {}
    if data not in DATA:
        raise unknown("data", data, list(DATA))
    return {"name": data}


def _loss_name(loss: Loss | None) -> str | None:
    """The name of one of nn's losses, which may be given as a function."""
    if loss is None or loss in TASKS:
        return loss
    named = next((name for name, task in TASKS.items() if task.loss is loss), None)
    if named is not None:
        return named
    if callable(loss):
        name = getattr(loss, "__name__", "a function")
        raise OptionError(f"{ASKED}(loss={name})", "the page has the losses of nn", instead=f"loss one of {[*TASKS]}")
    raise unknown("loss", loss, list(TASKS))


# Data


def data_of(X: ArrayLike | None, y: ArrayLike | None, loss: str | None, names: Sequence[str] | None = None) -> Settings:
    """Points as settings: labels of -1 and 1 become 0 and 1; what are not whole numbers from 0 on is to be predicted.

    >>> data_of([[0, 1], [2, 3]], [-1, 1], None)["points"]
    {'X': [[0.0, 1.0], [2.0, 3.0]], 'y': [0, 1], 'names': ['x1', 'x2']}
    """
    if X is None or y is None:
        given, missing = ("X", "y") if y is None else ("y", "X")
        raise OptionError(
            f"{ASKED} with {given} and without {missing}", "points and labels go together", instead="X, y"
        )
    rows, labels = as_floats(X, ASKED), as_floats(y, ASKED, "y")
    _check_points(rows, labels)
    task = _task(labels, loss)
    columns = list(names) if names is not None else [f"x{number}" for number in range(1, rows.shape[1] + 1)]
    targets: list[float] = (
        labels.ravel().tolist() if task == "numbers" else [int(label > 0) for label in labels.ravel()]
    )
    if task == "classes" and labels.min() >= 0:
        targets = [int(label) for label in labels.ravel()]
    points = {"X": rows.tolist(), "y": targets, "names": columns}
    classes = {"classes": max(2, 1 + int(max(targets)))} if task == "classes" else {}
    return {"name": "own", "task": task, **classes, "points": points, "validation": 0}


def data_of_table(table: Table, target: str | None = None, without: Sequence[str] = ()) -> Settings:
    """The columns of a table as settings, as `csv.js` makes them: words become inputs of 0 and 1, and numbers stay.

    The page standardizes numbers, by the rows that it trains on.

    Args:
        table: what `nn.read_csv` gives.
        target: the name of the column to predict; by default the last one.
        without: the names of columns to leave out.
    """
    name = table.names[-1] if target is None else target
    to_predict = Target.of(table, name)
    columns = [(each, _inputs_of(table, each)) for each in table.names if each not in {name, *without}]
    if not columns:
        has = "has" if len(table.names) == 1 else "would have"
        raise SizeError(
            f"the playground for {table.source}",
            f"it {has} one column, and there is nothing to predict it from",
            instead="two columns or more",
        )
    names = [title for _, inputs in columns for title in inputs]
    X = np.column_stack([numbers for _, inputs in columns for numbers in inputs.values()])
    y = to_predict(table) if to_predict.classes else table.numbers(name)
    data = data_of(X, y, None if to_predict.classes else "mse", names)
    about: Settings = {"classes": list(to_predict.classes)} if to_predict.classes else {}
    return data | {
        "points": data["points"] | {"target": {"name": name, **about}},
        "standardize": True,
        "validation": 0.2,
    }


def _inputs_of(table: Table, name: str) -> dict[str, NDArray[np.float64]]:
    numbers = table.numbers(name)
    if numbers is not None:
        return {name: numbers}
    cells = np.array(table.cells(name))
    words = Column.of(table, name).words
    return {f"{name}={word}": (cells == word).astype(float) for word in words}


def _check_points(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> None:
    if rows.ndim != 2 or labels.size != len(rows) or labels.ndim not in (1, 2) or not rows.size:
        raise SizeError(
            f"{ASKED} with X of shape {rows.shape} and y of shape {labels.shape}",
            "X has a row for each sample, and y as many labels",
            instead="X of shape (n, inputs) and y of shape (n,)",
        )
    for name, numbers in (("X", rows), ("y", labels)):
        place = place_not_finite(numbers)
        if place is not None:
            raise NumberError(
                f"{ASKED} with {numbers[place]} at {at(name, place)}",
                "a sample that is inf or NaN would make the whole network NaN",
                instead=f"{name} without the samples that are incomplete",
            )
    for count, most, thing in ((len(rows), MOST["points"], "point"), (rows.shape[1], MOST["columns"], "column")):
        if count > most:
            asked, wrong = f"a playground of {counted(count, thing)}", f"the page takes {counted(most, thing)}"
            raise SizeError(asked, wrong, instead=f"a part of them: {counted(most, thing)} or fewer")


def _task(labels: NDArray[np.float64], loss: str | None) -> str:
    """Whether labels are classes."""
    are_whole = bool((labels == np.floor(labels)).all())
    are_signs = bool(np.isin(labels, (-1.0, 1.0)).all())
    are_classes = are_signs or (are_whole and labels.min() >= 0 and labels.max() < MOST_CLASSES)
    if loss == "mse" or (loss is None and not are_classes):
        return "numbers"
    if not are_classes:
        raise OptionError(
            f"{ASKED}(loss={loss!r}) with the labels {np.unique(labels)[:4].tolist()} …",
            f"its labels are classes, whole numbers from 0 to {MOST_CLASSES - 1}, or -1 and 1",
            instead="loss='mse', for numbers",
        )
    return "classes"


# The model


def _network(model: MLP) -> Settings:
    """The layers of a network, and its parameters as they are."""
    if type(model) is not MLP or form_of(model) is None:
        raise OptionError(
            f"{ASKED} of {model!r}",
            "the page computes networks of nn.MLP, whose layers and neurons are as nn made them",
            instead="nn.MLP(2, [8, 8, 1]); or viz.player(loss), for the graph of any model",
        )
    hidden = model.layers[:-1]
    widest = max([layer.sizes[1] for layer in hidden], default=0)
    if len(hidden) > MOST["layers"] or widest > MOST["size"]:
        raise SizeError(
            f"{ASKED} of {model!r}",
            f"the page shows up to {MOST['layers']} hidden layers of up to {MOST['size']} neurons",
            instead="a smaller network; nn.fit, viz.Animation and viz.plot_neurons take any",
        )
    parameters = [float(value.data) for value in model.parameters()]
    wrong = next((value for value in model.parameters() if not np.isfinite(value.data)), None)
    if wrong is not None:
        raise NumberError(f"{ASKED} of a model with {wrong!r}", "it is inf or NaN, and trains no more")
    layers = [{"size": layer.sizes[1], "activation": layer.activation} for layer in hidden]
    return {"layers": layers, "output": model.layers[-1].activation, "parameters": parameters}


def _loss_of(model: MLP, data: Settings) -> str:
    """The loss that suits a model and its data."""
    if data.get("task") == "numbers" or data.get("name") in datasets.SURFACES:
        return "mse"
    if model.sizes[-1] > 1:
        return "cross_entropy"
    return "bce" if model.layers[-1].activation == "sigmoid" else "bce_with_logits"


def _check_fit(model: MLP, data: Settings, loss: str) -> None:
    """Check that the model takes the columns of the data, and gives what the loss takes."""
    points = data.get("points")
    columns = len(points["names"]) if points else 2
    if model.sizes[0] != columns:
        raise SizeError(
            f"{ASKED} of {model!r}",
            f"it takes {counted(model.sizes[0], 'input')}, and in the data there {are(columns, 'column')}",
            instead=f"nn.MLP({columns}, …), or the X and y that the model was trained on",
        )
    classes = _classes(data)
    outputs = classes if loss == "cross_entropy" else 1
    if model.sizes[-1] != outputs:
        raise SizeError(
            f"{ASKED}(loss={loss!r}) of {model!r}",
            f"its outputs are {model.sizes[-1]}, and this loss on these data takes {outputs}",
            instead=f"nn.MLP(…, [{', '.join(map(str, (*model.sizes[1:-1], outputs)))}])",
        )
    if loss == "bce" and model.layers[-1].activation != "sigmoid":
        raise OptionError(
            f"{ASKED}(loss='bce') of {model!r}", "its output is no probability", instead="loss='bce_with_logits'"
        )


def _classes(data: Settings) -> int:
    if "points" in data:
        return max(2, 1 + max(data["points"]["y"])) if data["task"] == "classes" else 0
    return 3 if data.get("name") == "yinyang" else 2


# The optimizer


def _optimizer(optimizer: Optimizer) -> Settings:
    """An optimizer as it was made; what it remembers of earlier steps is not taken along."""
    if type(optimizer) not in OPTIMIZERS:
        raise OptionError(
            f"{ASKED}(optimizer={optimizer!r})",
            "the page has those of nn",
            instead="optimizer=nn.Adam(model.parameters(), lr=0.01), or nn.SGD, nn.AdamW",
        )
    names = ("lr", "weight_decay", "max_norm", "max_value", "momentum", "nesterov", "betas", "eps")
    numbers = {name: getattr(optimizer, name) for name in names if hasattr(optimizer, name)}
    plain = {name: list(number) if isinstance(number, tuple) else number for name, number in numbers.items()}
    return {"name": OPTIMIZERS[type(optimizer)], **plain, **_schedule(optimizer)}


def _schedule(optimizer: Optimizer) -> Settings:
    found = schedule_form(optimizer.schedule)
    name, numbers = found or ("", {})
    is_usual = numbers.get("start", 1.0) == 1.0 and numbers.get("warm_up_start", 0.1) == 0.1
    if not found or not is_usual or (name == "constant" and numbers["steps"]):
        raise OptionError(
            f"{ASKED}(optimizer=…) with a schedule of its own",
            "the page has the schedules of nn.schedules, from a factor of 1 on, also after a warm_up",
            instead="schedule=nn.schedules.cosine(100), or step, linear, warm_up(10, then=…)",
        )
    if name == "constant":
        return {"warm_up": numbers["warm_up"]} if "warm_up" in numbers else {}
    kept = {key: numbers[key] for key in ("warm_up",) if key in numbers}
    named = {f"schedule_{key}": numbers[key] for key in ("steps", "factor", "end") if key in numbers}
    return {"schedule": name, **named, **kept}
