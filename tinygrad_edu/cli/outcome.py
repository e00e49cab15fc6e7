"""What is said after a training: how good is it, and compared with what?

    24 rows held out: accuracy 95.8 %; a guess, always dog, would reach 62.5 %

A score alone says little. It stands beside what guessing would reach, and if a training went wrong in one of the usual
ways (no better than a guess, overfitting, a column that only counts the rows), that is said in words.

Names to know: `outcome`, `command_to_predict`. Read next: `report.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tinygrad_edu.cli.arguments import PROGRAM, quoted
from tinygrad_edu.show import aligned, cells, counted, cut, printable, show

if TYPE_CHECKING:
    from pathlib import Path

    from tinygrad_edu import nn

MOST_CLASSES = 12  # that a table of classes has room for
LONGEST_NAME = 16  # characters of a class in it
LONGEST_SAID = 40  # characters of a class in a sentence
RISEN = 1.1  # times its lowest, from which on a loss has risen
EARLY = 0.8  # of the epochs, before which its lowest was


def outcome(model: nn.TableModel, thing: str, width: float = math.inf) -> Iterator[str]:
    """What a training came to, line by line.

    Args:
        model: the network, trained.
        thing: what a sample is called: a row, a point.
        width: columns that a table may take.
    """
    if model.tested is None:
        return
    held_out = bool(model.history.val_loss)
    size = counted(len(model.tested[1]), thing)
    where = f"{size} held out" if held_out else f"{size}, all trained on"
    score = round(100 * float(model.about["score"]), 1) + 0.0  # no -0.0
    yield from _classes(model, where, score, width) if model.target.classes else _numbers(model, where, score)
    yield from _overfitting(model)


def _classes(model: nn.TableModel, where: str, score: float, width: float) -> Iterator[str]:
    name, share = model.guess
    guess = f"always {printable(cut(name, LONGEST_SAID))}, would reach {100 * share:.1f} %"
    yield f"{where}: accuracy {score:.1f} %; a guess, {guess}"
    if score <= round(100 * share, 1):
        yield "that is no better than guessing: other columns, more epochs or another --lr may help"
    if len(model.target.classes) <= MOST_CLASSES:
        yield from _confusion(model, width)


def _confusion(model: nn.TableModel, width: float) -> list[str]:
    """A row for each class: how often it was taken for which, and how often rightly; names are cut until it fits."""
    for longest in range(LONGEST_NAME, 1, -1):
        lines = [f"  {line}" for line in _table_of_classes(model, longest)]
        if max(map(cells, lines)) <= width:
            break
    return lines


def _table_of_classes(model: nn.TableModel, longest: int) -> list[str]:
    counts = model.confusion()
    names = [cut(printable(name), longest) for name in model.target.classes]
    corner = "predicted" if longest >= len("predicted") else ""
    rows = [(corner, *(f"→ {name}" for name in names), "right")]
    for name, row, right in zip(names, counts.tolist(), counts.diagonal().tolist(), strict=True):
        share = f"{100 * right / sum(row):.1f} %" if sum(row) else "—"
        rows.append((name, *(show(count) for count in row), share))
    return aligned(rows, "<" + ">" * (len(names) + 1))


def _numbers(model: nn.TableModel, where: str, score: float) -> Iterator[str]:
    mean, explained = model.guess
    reached = round(100 * explained, 1) + 0.0  # no -0.0
    guess = f"a guess, always the mean, {mean}, would reach {reached:.1f} %"
    yield f"{where}: {score:.1f} % of the variance explained (R²); {guess}"
    if min(score, reached) < 0:
        yield f"R² is below 0 where predictions are farther off than the mean of {where} would be"
    if score <= reached:
        yield "that is no better than guessing: other columns, more epochs or another --lr may help"


def _overfitting(model: nn.TableModel) -> Iterator[str]:
    """Whether the validation loss rose: by overfitting, if that of the training went on falling, and far enough."""
    seen, losses = model.history.loss, model.history.val_loss
    if not losses or model.history.stopped:
        return
    lowest = min(losses)
    best = losses.index(lowest) + 1
    if best <= EARLY * len(losses) and losses[-1] > RISEN * lowest:
        rose = f"was lowest in epoch {best} ({show(lowest)}), and rose to {show(losses[-1])}"
        if seen[-1] < min(seen[best - 1], lowest):
            yield f"the validation loss {rose}: overfitting; --patience 10 stops in time"
        else:
            yield f"the validation loss {rose}: the steps may be too large; try a smaller --lr"


def command_to_predict(model: nn.TableModel, file: Path, row: dict[str, str]) -> str:
    """A command to paste, with the inputs of one row; behind --, if a name would be taken for an option."""
    names = [column.name for column in model.encoding.columns]
    dashes = ["--"] if any(name.startswith("-") for name in names) else []
    inputs = [quoted(printable(f"{name}={row[name]}")) for name in names]
    return " ".join([f"{PROGRAM} predict", quoted(printable(file)), *dashes, *inputs])
