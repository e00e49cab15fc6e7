"""How does a network that learned from a table answer questions about new rows?

    model = TableModel.train(read_csv("iris.csv"), target="species", hidden=[8])
    model.save("iris.json")
    TableModel.load("iris.json").predict(read_csv("new.csv"))

A network takes numbers and gives numbers. What they mean (which column, on which scale, which class) is kept here,
beside the network, and in its file.

Names to know: `TableModel`, `Target`. Read next: `nn/checkpoint.py`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.nn.checkpoint import Checkpoint, read, save
from tinygrad_edu.nn.layers import MLP
from tinygrad_edu.nn.optim import SGD, Adam, AdamW, Optimizer
from tinygrad_edu.nn.preprocessing import Standardizer, train_test_split
from tinygrad_edu.nn.table.meant import check_numbers
from tinygrad_edu.nn.table.reading import Column, Encoding, Table
from tinygrad_edu.nn.training.callbacks import Callback, Training
from tinygrad_edu.nn.training.fit import accuracy, fit, predict, r_squared, score, shares_of
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.samples import place_not_finite
from tinygrad_edu.show import counted, listed, printable, show

FEW = 10  # different whole numbers in a target: they are classes
MISSING_WAYS = ("drop", "mean", "error")  # what becomes of empty cells
ABOUT = "table"  # the name under which all of it is kept in a model's file

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """What is to be predicted.

    Attributes:
        name: the name of its column.
        classes: the names of the classes, in order; empty for a number.
        mean: the mean of the numbers that were trained on.
        scale: their standard deviation.
    """

    name: str
    classes: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, table: Table, name: str, *, task: str | None = None, rows: NDArray[np.int64] | None = None) -> Target:
        """A target for a column of a table: words, and up to ten different whole numbers, are classes.

        Args:
            table: the table to learn from.
            name: the name of the column.
            task: "classes" or "numbers", to decide otherwise.
            rows: those that mean and standard deviation of numbers come from; by default all.

        Raises:
            OptionError: if there is no such column or task.
            FileError: if a cell cannot be used, or there is only one class.
        """
        if task not in (None, "classes", "numbers"):
            raise unknown("task", task, ["classes", "numbers"])
        cells = _as_cells(table, name)
        if task is None:
            task = "classes" if _are_classes(cells) else "numbers"
        if task == "numbers":
            return cls._of_numbers(table, name, cells, rows)
        classes = tuple(map(str, sorted(set(cells))))
        if len(classes) < 2 or 2 * len(classes) > len(table):
            few_or_many = "is too few" if len(classes) < 2 else "are too many"
            raise FileError(
                f"the column {name!r} of {table.source}, to be predicted",
                f"{counted(len(classes), 'different cell')} in {counted(len(table), 'row')} {few_or_many} for classes",
                instead=f"one of the columns\n{table.described()}",
            )
        return cls(name, classes)

    @classmethod
    def _of_numbers(cls, table: Table, name: str, cells: list[Any], rows: NDArray[np.int64] | None) -> Target:
        if isinstance(cells[0], str):
            raise FileError(f"the column {name!r} of {table.source}", "it has words where numbers were")
        numbers = np.array(cells, dtype=float)
        standard = Standardizer.of((numbers if rows is None else numbers[rows])[:, None])
        return cls(name, (), float(standard.mean[0]), float(standard.scale[0]))

    @property
    def outputs(self) -> int:
        """How many outputs a network needs: one for two classes or a number, else one for each class."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def loss(self) -> str:
        """The name of the loss."""
        if not self.classes:
            return "mse"
        return "cross_entropy" if len(self.classes) > 2 else "bce_with_logits"

    def __call__(self, table: Table) -> NDArray[Any]:
        """The column as classes, whole numbers from 0; or as numbers of mean 0 and standard deviation 1.

        Raises:
            FileError: if there is a class that was not there in training.
        """
        cells = _as_cells(table, self.name)
        if not self.classes:
            return (np.array(cells, dtype=float) - self.mean) / self.scale
        new = next((cell for cell in map(str, cells) if cell not in self.classes), None)
        if new is not None:
            raise FileError(
                f"{new!r} in column {self.name!r} of {table.source}",
                "there was no such class in training",
                instead=listed(self.classes),
            )
        return np.array([self.classes.index(str(cell)) for cell in cells])


def _as_cells(table: Table, name: str) -> list[Any]:
    """The cells of a column as numbers, whole ones as int; or as words."""
    numbers = table.numbers(name)
    if numbers is None:
        return list(table.cells(name))
    return [int(number) if number.is_integer() else number for number in numbers.tolist()]


def _are_classes(cells: list[Any]) -> bool:
    if isinstance(cells[0], str):
        return True
    return all(isinstance(cell, int) for cell in cells) and len(set(cells)) <= FEW


@dataclass
class Answers:
    """What a network predicts for some rows.

    Attributes:
        found: the class, or the number, for each.
        shares: the probability of each class, of shape (rows, classes); None for numbers.
    """

    found: list[Any]
    shares: Floats | None = None


@dataclass
class TableModel:
    """A network, and what its inputs and outputs are in a table.

    Attributes:
        network: the MLP.
        encoding: the columns that it takes.
        target: the column that it predicts.
        about: what else is kept in its file: the table it learned from, and its `score` on the rows held out (on all
            rows, if test=0): the accuracy, or for numbers R².
        history: the history of its training.
        tested: the inputs and targets that its score is of; None before a training, and after `load`.
        guess: what always the same answer would reach: the class that was most frequent in training, and what fraction
            of `tested` it is; for numbers their mean in training, and its R².

    >>> table = Table.of_columns({"x": [0, 1, 2, 7, 8, 9] * 4, "size": (["small"] * 3 + ["large"] * 3) * 4})
    >>> model = TableModel.train(table, hidden=[4], test=0)
    >>> model.predict(Table.of_columns({"x": [1.5, 7.5]})).found
    ['small', 'large']
    """

    network: MLP
    encoding: Encoding
    target: Target
    about: dict[str, Any] = field(default_factory=dict)
    history: History = field(default_factory=History)
    tested: tuple[Floats, NDArray[Any]] | None = field(default=None, repr=False, compare=False)
    guess: tuple[str, float] = ("", 0.0)

    @classmethod
    def train(
        cls,
        table: Table,
        *,
        target: str | None = None,
        without: Sequence[str] = (),
        task: str | None = None,
        hidden: Sequence[int] = (16, 16),
        activation: str = "relu",
        test: float = 0.2,
        missing: str = "error",
        seed: int = 0,
        begin: Callable[[TableModel, Floats, NDArray[Any]], object] = lambda *_: None,
        **training: Any,
    ) -> TableModel:
        """Learn to predict one column of a table from the others.

        Args:
            table: the rows to learn from.
            target: the column to predict; by default the last one.
            without: columns to leave out.
            task: "classes" or "numbers"; by default as the column looks.
            hidden: the number of neurons of each hidden layer.
            activation: the activation of the hidden layers.
            test: the fraction of rows that is held out to test on; 0 to train on all rows.
            missing: what becomes of empty cells: "error" refuses them; "drop" leaves their rows out; "mean" reads the
                mean of the column in the rows trained on, or its most frequent word there, now and in predictions. A
                row without a target is left out by both.
            seed: the seed of the weights, the order and the choice of rows.
            begin: called before the training, with the model, its inputs and its targets.
            training: `lr`, `optimizer`, `epochs`, `batch_size`, `callbacks`, `progress`: see `learn`.

        Raises:
            OptionError: if there is no such column or way, or nothing to learn from.
            FileError: if a cell cannot be used.
        """
        name = table.names[-1] if target is None else target
        for other in (name, *without):
            table.place_of(other)
        left_out = {name, *without}
        inputs = [column for column in table.names if column not in left_out]
        check_numbers(table, [name, *inputs])
        table = _usable(table, missing, inputs, name)
        goal = Target.of(table, name, task=task)
        if not inputs:
            asked, wrong = f"{table.source} without its other columns", "there is nothing left to learn from"
            raise OptionError(asked, wrong, instead=f"a table with a column besides {printable(name)}")
        seen, unseen = _held_back(goal(table), test, seed)
        goal = Target.of(table, name, task=task, rows=seen)  # what is held out has no say in its scale
        y = goal(table)
        code = Encoding.of(table, inputs, rows=seen, is_filled=missing == "mean")
        network = MLP(len(code.inputs), [*hidden, goal.outputs], activation=activation, seed=seed)
        model = cls(network, code, goal, {"data": table.source})
        X = code(table)
        begin(model, X, y)
        model.learn(X[seen], y[seen], (X[unseen], y[unseen]) if len(unseen) else None, seed=seed, **training)
        return model

    def learn(
        self,
        X: Floats,
        y: NDArray[Any],
        validation_data: tuple[Floats, NDArray[Any]] | None = None,
        *,
        seed: int = 0,
        lr: float = 0.01,
        optimizer: str = "adam",
        epochs: int = 100,
        batch_size: int | None = 32,
        callbacks: Iterable[Callback | Callable[[Training], object]] = (),
        progress: bool | None = None,
    ) -> History:
        """Train the network on inputs and targets; `history` shows how it went.

        Args:
            X: inputs, as the encoding makes them.
            y: targets, as the target makes them.
            validation_data: inputs and targets that are only evaluated.
            seed: the seed of the order.
            lr: the learning rate.
            optimizer: "adam", "adamw" or "sgd", which has a momentum of 0.9.
            epochs: passes over the data.
            batch_size: samples a step.
            callbacks: see `fit`.
            progress: see `fit`.
        """
        self.history = fit(
            self.network,
            X,
            y,
            loss=self.target.loss,
            optimizer=_optimizer(optimizer, self.network, lr),
            epochs=epochs,
            batch_size=batch_size,
            validation_data=validation_data,
            callbacks=callbacks,
            seed=seed,
            progress=progress,
        )
        self.tested = (X, y) if validation_data is None else validation_data
        way = accuracy if self.target.classes else score
        self.about["score"] = way(self.network, *self.tested)
        if self.target.classes:
            most = int(np.bincount(y).argmax())
            self.guess = self.target.classes[most], float(np.mean(self.tested[1] == most))
        else:
            self.guess = show(self.target.mean), r_squared(np.zeros_like(self.tested[1]), self.tested[1])
        return self.history

    def confusion(self) -> NDArray[np.int64]:
        """How often each class of `tested`, a row, was taken for which, a column.

        Raises:
            OptionError: if there are no classes, or it was not trained just now.

        >>> table = Table.of_columns({"x": [0, 1, 2, 7, 8, 9] * 4, "size": (["small"] * 3 + ["large"] * 3) * 4})
        >>> TableModel.train(table, hidden=[4], test=0).confusion().tolist()
        [[12, 0], [0, 12]]
        """
        if self.tested is None or not self.target.classes:
            raise OptionError(
                "confusion() of this model", "it needs classes, and a training", instead="model.learn(X, y)"
            )
        X, y = self.tested
        shares = shares_of(self.network, predict(self.network, X))
        counts = np.zeros((len(self.target.classes),) * 2, dtype=np.int64)
        np.add.at(counts, (y, shares.argmax(axis=1)), 1)
        return counts

    # Asking

    def predict(self, table: Table) -> Answers:
        """The prediction for each row: a class and the probabilities of all, or a number.

        Raises:
            OptionError: if an input is missing.
            FileError: if a cell cannot be used, or the prediction for a row is inf or NaN.
        """
        outputs = predict(self.network, self.encoding(table))
        self._check_outputs(table, outputs)
        if not self.target.classes:
            return Answers((outputs * self.target.scale + self.target.mean).tolist())
        shares = shares_of(self.network, outputs)
        return Answers([self.target.classes[index] for index in shares.argmax(axis=1)], shares)

    def _check_outputs(self, table: Table, outputs: Floats) -> None:
        place = place_not_finite(outputs)
        if place is not None:
            is_whole = all(math.isfinite(parameter.data) for parameter in self.network.parameters())
            raise FileError(
                f"the prediction for {table.place(place[0])}",
                "the row has numbers far beyond those of the training, and the prediction is not finite"
                if is_whole
                else "the network has weights that are inf or NaN, and so is every prediction",
                instead="a row like those of the training" if is_whole else "a network that is trained again",
            )

    # Files

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it into a file; see `nn.save`, whose files `nn.load` reads as well."""
        columns = [
            {"name": column.name, "standard": column.standard, "words": column.words, "fill": column.fill}
            for column in self.encoding.columns
        ]
        target = {
            "name": self.target.name,
            "classes": self.target.classes,
            "mean": self.target.mean,
            "scale": self.target.scale,
        }
        return save(self.network, path, about={**self.about, ABOUT: {"inputs": columns, "target": target}})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TableModel:
        """Read it from a file.

        Raises:
            FileError: if the file does not hold a model, or one without the names of its columns.
            OSError: if it cannot be read.
        """
        file = read(path)
        try:
            model = _from_about(file)
        except FileError as error:
            raise _wrong(path, str(error)) from None
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            raise _wrong(path, "it does not say which columns its inputs and outputs are") from None
        sizes = (len(model.encoding.inputs), model.target.outputs)
        if sizes != (file.model.sizes[0], file.model.sizes[-1]):
            raise _wrong(path, f"its columns make {sizes[0]} inputs and {sizes[1]} outputs, and its network has others")
        return model


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"adam": Adam, "adamw": AdamW, "sgd": partial(SGD, momentum=0.9)}


def _optimizer(name: str, network: MLP, lr: float) -> Optimizer:
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name](network.parameters(), lr=lr)


def _usable(table: Table, missing: str, inputs: Sequence[str], target: str) -> Table:
    """The rows that can be learned from.

    Raises:
        OptionError: if there is no such way.
        FileError: if no row is left.
    """
    if missing not in MISSING_WAYS:
        raise unknown("missing", missing, MISSING_WAYS)
    if missing == "error":
        return table
    kept = table.without_gaps([target] if missing == "mean" else [*inputs, target])
    if not len(kept):
        wrong = f"the column {target!r} is empty in every row" if missing == "mean" else "every row has an empty cell"
        raise FileError(f"{table.source} with missing={missing!r}", wrong, instead="other columns, or another way")
    return kept


def _held_back(y: NDArray[Any], test: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which rows are trained on, and which are held out."""
    rows = np.arange(len(y))
    if not test:
        return rows, rows[:0]
    seen, unseen, _, _ = train_test_split(rows, y, test_size=test, seed=seed)
    return seen, unseen


def _from_about(file: Checkpoint) -> TableModel:
    told = dict(file.about)
    table = told.pop(ABOUT)
    columns = []
    for column in table["inputs"]:
        standard = column["standard"]
        numbers = None if standard is None else (float(standard[0]), float(standard[1]))
        words, fill = _words(column["words"]), column.get("fill")  # which older files do not have
        _check_fill(fill, words)
        columns.append(Column(str(column["name"]), numbers, words, fill))
    target = table["target"]
    classes = _words(target["classes"])
    if len(classes) == 1:
        raise FileError(f"its target has one class, {classes[0]!r}; it needs at least two, or no classes for a number")
    if len({column.name for column in columns}) < len(columns):
        raise FileError("two of its columns have the same name")
    goal = Target(str(target["name"]), classes, float(target["mean"]), float(target["scale"]))
    sizes = [goal.mean, goal.scale, *(number for column in columns for number in column.standard or ())]
    if not all(map(math.isfinite, sizes)) or any(column.standard and not column.standard[1] for column in columns):
        raise ValueError("a mean or a standard deviation is not a number")
    return TableModel(file.model, Encoding(tuple(columns)), goal, told)


def _check_fill(fill: Any, words: tuple[str, ...]) -> None:
    """Check that what fills a gap can be read in the column.

    Raises:
        ValueError: if it cannot.
        TypeError: if it is not a text.
    """
    if fill is not None and (fill not in words if words else not math.isfinite(float(_text(fill)))):
        raise ValueError(fill)


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError(told)
    return told


def _words(told: Any) -> tuple[str, ...]:
    """A list of strings that all differ."""
    if not isinstance(told, list) or not all(isinstance(word, str) for word in told):
        raise TypeError(told)
    if len(set(told)) < len(told):
        twice = next(word for index, word in enumerate(told) if word in told[:index])
        raise FileError(f"two of its words are {twice!r}")
    return tuple(told)


def _wrong(path: str | os.PathLike[str], wrong: str) -> FileError:
    return FileError(
        f"the model in {Path(path).name!r}",
        wrong,
        instead="a file that `tinygrad-edu train … --save` or TableModel.save wrote",
    )
