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

from tinygrad_edu.compiler.formulas import AddRows, Apply, Formula, MatMul, Name, OneHot, TakeRows, View
from tinygrad_edu.compiler.layout import Reshape, Turn
from tinygrad_edu.compiler.source import Line, Part, Put, Source, changed_lines
from tinygrad_edu.rules import neg


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
    return _upright(replace(found, leaves=tuple(line for line in found.leaves if line.name not in {*made} - read)))


def _upright(source: Source) -> Source:
    """The program with W[y] for W.T[y], where whoever reads a transpose turns it again."""
    lines = (*source.leaves, *source.lines)
    turned = {line.name for line in lines if isinstance(line.formula, View) and line.formula.moves[-1] == Turn()}
    whole = {part.name for part in _roots(source) if isinstance(part, Name)}
    inside = {
        part.name for each in source.formulas for part in each.parts if isinstance(part, Name) and not _turns(each)
    }
    turned -= whole | inside

    def change(formula: Formula) -> Formula:
        found = copy.copy(formula)
        found.parts = tuple(map(change, formula.parts))
        if isinstance(found, View) and isinstance(found.parts[0], Name) and found.parts[0].name in turned:
            name = Name(found.parts[0].name, found.parts[0].shape[::-1])
            return View(name, found.moves[1:]) if len(found.moves) > 1 else name
        return found

    def line_of(line: Line) -> Line:
        return line._replace(formula=_turned(line.formula)) if line.name in turned else line

    return replace(
        source,
        leaves=tuple(map(line_of, source.leaves)),
        lines=tuple(map(line_of, changed_lines(source.lines, change))),
        loss=change(source.loss),
        gradient=tuple(Part(part.target, change(part.formula)) for part in source.gradient),
        outputs=None if source.outputs is None else change(source.outputs),
    )


def _roots(source: Source) -> list[Formula]:
    """The formulas that stand alone."""
    puts = [each for repeat in source.loops for each in (*repeat.before, *repeat.body)]
    parts = [part.formula for part in source.gradient]
    targets = [each.target for each in puts if isinstance(each, Put)]
    return [*(line.formula for line in source.lines), source.loss, *parts, *source.asked, *targets]


def _turns(formula: Formula) -> bool:
    return isinstance(formula, View) and formula.moves[0] == Turn()


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
    if isinstance(formula, Apply) and formula.rule is neg:
        return Apply(neg, (_turned(formula.parts[0]),))
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
