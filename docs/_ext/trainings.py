"""Which trainings are in the code of a page, and how does the playground begin with the same?

A training is a call of `nn.fit` with an `nn.MLP` and one of the data sets that the playground has, or a command such as
`tinygrad-edu train moons` or `tinygrad-edu playground xor`. Its link says data, network, loss, optimizer and batches in
full. The network begins with the same weights, so the page trains as the code does, step by step.

Names to know: `Reader`, `link`.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from typing import Any, NamedTuple
from urllib.parse import quote

from tinygrad_edu import nn
from tinygrad_edu.cli.playground import add_playground
from tinygrad_edu.cli.training import add_train
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.nn.schedules import linear
from tinygrad_edu.nn.table.model import OPTIMIZERS
from tinygrad_edu.viz.page.playground.settings import DATA, settings_of

Settings = dict[str, Any]
COMMAND = re.compile(r"^\s*\$?\s*tinygrad-edu (train|playground)(?!\S)(.*)$", re.MULTILINE)
REMARK = re.compile(r"\s{3,}\S.*$")  # what a command does, behind it
SCHEDULES = ("constant", "step", "linear", "cosine", "warm_up")
BOTH = 2  # classes, which one output tells apart
UNKNOWN = object()  # what an expression stands for that is no part of a training


class Points(NamedTuple):
    """A data set of the playground, and whether it is the part that is trained on."""

    form: Settings
    is_trained_on: bool = True


class Network(NamedTuple):
    """An MLP as it was made, and what its weights were drawn with."""

    model: nn.MLP
    drawn: Settings

    def parameters(self) -> list[Any]:
        """As an optimizer takes them."""
        return self.model.parameters()


# What the functions of `nn` make


def network(*sizes: Any, init: str = "uniform", seed: int = 0, **options: Any) -> Network:
    """What `nn.MLP` makes; without a seed its weights are others every time, here as well."""
    return Network(nn.MLP(*sizes, init=init, seed=seed, **options), {"init": init, "seed": seed})


def points(name: str, *given: Any, **options: Any) -> tuple[Points, Points]:
    """What `nn.datasets.moons` gives, X and y.

    >>> points("moons", 50)[0].form
    {'name': 'moons', 'n': 50, 'noise': 0.1, 'seed': 0, 'validation': 0}
    """
    bound = signature(getattr(nn.datasets, name)).bind(*given, **options)
    bound.apply_defaults()
    both = Points({"name": name, **bound.arguments, "validation": 0})
    return both, both


def parts(X: Points, y: Points, *, test_size: float = 0.25, seed: int = 0) -> tuple[Points, ...]:
    """What `nn.train_test_split` gives: X to train on, X to validate with, and the same of y."""
    form = {**X.form, "validation": test_size, "split_seed": seed}
    seen, held_out = Points(form), Points(form, is_trained_on=False)
    return seen, held_out, seen, held_out


def training(model: Network, X: Points, y: Points, **options: Any) -> Settings | object:
    """What `nn.fit` trains, as settings of the playground; UNKNOWN if it is something that the page does not have."""
    if not (isinstance(model, Network) and isinstance(X, Points) and y == X and X.is_trained_on):
        return UNKNOWN
    given = {"loss": "hinge", "batch_size": 10, "seed": 0, **options}
    kept = {name: given[name] for name in ("loss", "batch_size", "seed")}
    optimizer = options.get("optimizer") or usual_optimizer(model, X, given["batch_size"], options.get("epochs", 40))
    if UNKNOWN in (*kept.values(), optimizer):
        return UNKNOWN
    try:
        found = settings_of(model.model, data=X.form["name"], optimizer=optimizer, **kept)
    except TinygradError:
        return UNKNOWN
    shape = {name: found["network"][name] for name in ("layers", "output")}
    return {**found, "data": X.form, "network": {**shape, **model.drawn}}


def usual_optimizer(model: Network, X: Points, batch_size: int | None, epochs: int) -> nn.SGD:
    """What `nn.fit` takes if nothing is said; the page lowers its rate at each step, and `fit` at each epoch."""
    samples = round(X.form["n"] * (1 - X.form["validation"]))
    steps = epochs * -(-samples // (batch_size or samples))
    return nn.SGD(model.parameters(), lr=0.05, momentum=0.9, schedule=linear(steps, end=0.1))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "MLP": network,
    "train_test_split": parts,
    "fit": training,
    **{kind.__name__: kind for kind in (nn.SGD, nn.Adam, nn.AdamW)},
    **{f"datasets.{name}": partial(points, name) for name in DATA},
    **{f"schedules.{name}": getattr(nn.schedules, name) for name in SCHEDULES},
}


# The code


class Reader:
    """Reads the blocks of a page from the first to the last, and remembers what its names stand for."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.trained: list[Network] = []
        self.found: list[Settings] = []

    def trainings_in(self, block: str) -> list[Settings]:
        r"""The settings of each training of a block; of a network only the first, which begins with its first weights.

        >>> block = '>>> X, y = nn.datasets.xor(50)\n>>> _ = nn.fit(nn.MLP(2, [4, 1], seed=0), X, y, loss="hinge")'
        >>> (found,) = Reader().trainings_in(block)
        >>> found["data"]["n"], found["network"]["layers"], found["loss"]
        (50, [{'size': 4, 'activation': 'relu'}], 'hinge')
        """
        self.found = [settings for kind, words in COMMAND.findall(block) for settings in of_command(kind, words)]
        for statement in statements_of(block):
            if isinstance(statement, ast.Assign):
                self._remember(statement.targets[0], self._value(statement.value))
            elif isinstance(statement, ast.Expr):
                self._value(statement.value)
        return self.found

    def _remember(self, target: ast.expr, value: Any) -> None:
        names = [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
        values = value if isinstance(value, tuple) and len(value) == len(names) != 1 else [value] * len(names)
        self.names.update(zip(names, values, strict=True))

    def _value(self, node: ast.expr) -> Any:
        """What an expression stands for, as far as it is a part of a training."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, UNKNOWN)
        if isinstance(node, ast.List):
            values = [self._value(each) for each in node.elts]
            return UNKNOWN if UNKNOWN in values else values
        if isinstance(node, ast.Call):
            return self._made(node)
        try:
            return ast.literal_eval(node)
        except ValueError:
            return UNKNOWN

    def _made(self, call: ast.Call) -> Any:
        """What a call gives, of a function of nn or of `model.parameters()`."""
        if isinstance(call.func, ast.Attribute) and call.func.attr == "parameters":
            return self._value(call.func.value)
        name = ast.unparse(call.func).removeprefix("nn.")
        given = [self._value(each) for each in call.args]
        named = {str(each.arg): self._value(each.value) for each in call.keywords}
        if name == "fit":
            return self._trained(given, named)
        is_known = name in FUNCTIONS and not any(value is UNKNOWN for value in (*given, *named.values()))
        return FUNCTIONS[name](*map(_plain, given), **named) if is_known else UNKNOWN

    def _trained(self, given: list[Any], named: Settings) -> object:
        settings = training(*given, **named) if len(given) == len(("model", "X", "y")) else UNKNOWN
        is_first = settings is not UNKNOWN and not any(given[0] is network for network in self.trained)
        if is_first:
            self.trained.append(given[0])
            self.found.append(settings)
        return UNKNOWN


def statements_of(block: str) -> list[ast.stmt]:
    """The statements of a block, with prompts or without; none of what is not Python."""
    lines = block.splitlines()
    typed = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
    try:
        return ast.parse("\n".join(typed or lines)).body
    except SyntaxError:
        return []


# Commands


def of_command(kind: str, words: str) -> Iterator[Settings]:
    """The settings of `tinygrad-edu playground xor` or `tinygrad-edu train moons …`; none for a table.

    >>> [found["data"] for found in of_command("playground", " spirals -o spirals.html")]
    [{'name': 'spirals'}]
    """
    parser = argparse.ArgumentParser(prog="tinygrad-edu")
    {"train": add_train, "playground": add_playground}[kind](parser)
    options, _ = parser.parse_known_args(shlex.split(REMARK.sub("", words)))
    if options.data in DATA:
        found = {"data": {"name": options.data}} if kind == "playground" else of_train(options)
        yield from [] if found is UNKNOWN else [found]


def of_train(options: argparse.Namespace) -> Any:
    """What the command trains, as `cli/training.py` makes it."""
    classes = len(set(nn.datasets.load(options.data)[1].tolist()))
    outputs, loss = (classes, "cross_entropy") if classes > BOTH else (1, "bce_with_logits")
    noise = 0.1 if options.noise is None else options.noise
    X, y = points(options.data, n=options.points or 100, noise=noise, seed=options.seed)
    if options.test:
        X, _, y, _ = parts(X, y, test_size=options.test, seed=options.seed)
    model = network(2, [*options.hidden, outputs], activation=options.activation, seed=options.seed)
    optimizer = OPTIMIZERS[options.optimizer](model.parameters(), lr=options.lr)
    batches = {"batch_size": options.batch, "seed": options.seed}
    return training(model, X, y, loss=loss, optimizer=optimizer, **batches)


# Links


def link(settings: Settings) -> str:
    """What stands behind the address of the playground, as settings.js reads it.

    >>> link({"data": {"name": "xor"}, "network": {"layers": [{"size": 3, "activation": "tanh"}]}, "batch_size": None})
    '#playground&data.name=xor&network.layers=3tanh&batch_size=null'
    """
    return "#playground" + "".join(f"&{name}={quote(text, safe='[],:')}" for name, text in _parts(settings, ""))


def _parts(settings: Settings, before: str) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        path = before + name
        if isinstance(value, dict):
            yield from _parts(value, f"{path}.")
        elif path == "network.layers":
            yield path, "-".join(f"{layer['size']}{layer['activation']}" for layer in value)
        elif value is not None or path == "batch_size":
            yield path, value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """The parameters of a network, where an optimizer takes them."""
    return value.parameters() if isinstance(value, Network) else value
