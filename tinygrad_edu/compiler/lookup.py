"""How are rows taken from a table by index?

A function of samples that looks a row up asks a label for its row of Y, which is 1 for its class and 0 elsewhere, so
what it computes is Y @ W. That is as many products as there are rows in W. The same numbers, without a product, are

    Y @ W      W[y]                     Y.T @ dZ      add_rows(dZ, y, 10)

and an infinite row that no label asks for is not multiplied by 0.

Names to know: `looked_up`. Read next: `batch.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

from tinygrad_edu.compiler.formulas import AddRows, Formula, MatMul, Name, OneHot, TakeRows, View
from tinygrad_edu.compiler.layout import Reshape, Turn
from tinygrad_edu.compiler.source import Part, Source, changed_lines


def looked_up(source: Source) -> Source:
    """The program with rows taken by index, where it multiplies by rows that are made of labels."""
    made = {line.name: line.formula for line in source.leaves if isinstance(line.formula, OneHot)}
    if not made:
        return source
    found = replace(
        source,
        lines=changed_lines(source.lines, lambda formula: _changed(formula, made)),
        loss=_changed(source.loss, made),
        gradient=tuple(Part(part.target, _changed(part.formula, made)) for part in source.gradient),
        outputs=None if source.outputs is None else _changed(source.outputs, made),
    )
    read = {formula.name for formula in found.formulas if isinstance(formula, Name)}
    return replace(found, leaves=tuple(line for line in found.leaves if line.name not in {*made} - read))


def _changed(formula: Formula, made: Mapping[str, OneHot]) -> Formula:
    found = copy.copy(formula)
    found.parts = tuple(_changed(part, made) for part in formula.parts)
    if not isinstance(found, MatMul):
        return found
    left, right = found.parts
    labels = _labels(left, made)
    if labels is not None and len(right.shape) == 2:
        return TakeRows(right, labels)
    labels = _labels(_turned(left), made)
    if labels is not None and len(labels.shape) == 1:
        return AddRows(right, labels, left.shape[0])
    labels = _labels(right, made)
    if labels is not None and len(labels.shape) == 1 and len(left.shape) == 2:
        return _turned(AddRows(_turned(left), labels, right.shape[1]))
    return found


def _turned(formula: Formula) -> Formula:
    """The transpose of a formula."""
    if not isinstance(formula, View) or formula.moves[-1] != Turn():
        return View(formula, (Turn(),))
    return View(formula.parts[0], formula.moves[:-1]) if len(formula.moves) > 1 else formula.parts[0]


def _labels(formula: Formula, made: Mapping[str, OneHot]) -> Formula | None:
    """The labels of which an array of rows is made, in its shape; None if it is none."""
    if isinstance(formula, Name):
        return made[formula.name].parts[0] if formula.name in made else None
    if not isinstance(formula, View) or not isinstance(formula.parts[0], Name) or formula.parts[0].name not in made:
        return None
    whole = made[formula.parts[0].name]
    if any(not isinstance(move, Reshape) or move.shape[-1] != whole.classes for move in formula.moves):
        return None
    return View(whole.parts[0], [Reshape(move.shape[:-1]) for move in formula.moves if isinstance(move, Reshape)])
