"""How is a program written as JAX?

As NumPy, called `jnp`, with two differences: what is assigned to its places there is laid together here, for an array
of JAX never changes; and a new array is made of the type of the parameters, so that the program computes in float64 or
in float32 as they do. A loop over time is a `fori_loop`, so that it is traced once, however many steps it has. The text
is complete: its constants stand above the function.

Names to know: `JAXPrinter`. Read next: `javascript.py`.
"""

from __future__ import annotations

import re
from itertools import count

from tinygrad_edu.compiler.formulas import AddRows, Along, Eye, Fill, Formula, MaskedMatMul, Name, Number, OneHot, Zeros
from tinygrad_edu.compiler.languages.numpy import INDENT, NumPyPrinter
from tinygrad_edu.compiler.languages.printer import ATOM, Written, literal
from tinygrad_edu.compiler.names import OPEN_WORD, SAMPLES
from tinygrad_edu.compiler.source import Line, Numbers, Part, Put, Repeat, Source
from tinygrad_edu.errors import GraphError
from tinygrad_edu.rule import PRODUCT, Rule

PRELUDE = "import jax.numpy as jnp\n"
LOOP = "from jax.lax import fori_loop\n"
SPECIAL = ("erf",)  # functions that templates mention, and jax.numpy does not have
NUMPY = re.compile(r"\bnp\.")  # in a row's template
WIDTH = 100  # of a line, from which on each block of the gradient has one of its own


class JAXPrinter(NumPyPrinter):
    """Writes formulas as JAX.

    >>> from tinygrad_edu.compiler.formulas import Apply, Name
    >>> from tinygrad_edu.rules import relu
    >>> JAXPrinter().text(Apply(relu, (Name("Z", (5, 3)),)))
    'jnp.maximum(Z, 0.0)'
    """

    module = "jnp"
    has_lists = False  # a loop is traced, with arrays that are handed on from step to step

    def template(self, rule: Rule) -> str:
        """That of JAX; else that of NumPy, if it is computed element by element.

        Raises:
            GraphError: if a row of lists has none of its own: JAX takes an array where NumPy takes a list.
        """
        if rule.jax is not None:
            return rule.jax
        if rule.many:
            raise GraphError(
                f"{rule.signature} in JAX",
                f"the row {rule.name} has no jax=, and its numpy= takes a list, which JAX does not",
                instead=f'rule("{rule.name}", ..., jax="..."), with jnp.stack([{{}}]) for each list',
            )
        return NUMPY.sub("jnp.", super().template(rule))

    def rows(self, rule: Rule) -> str:
        """That of NumPy, with jnp for np."""
        return NUMPY.sub("jnp.", super().rows(rule))

    def mentioned(self, source: Source) -> set[str]:
        """The names that the templates of a program mention, those for all rows of an array included."""
        of_rows = {self.rows(formula.rule) for formula in source.formulas if isinstance(formula, Along)}
        return super().mentioned(source).union(*map(OPEN_WORD.findall, of_rows))

    def program(self, source: Source) -> str:
        """The function, and the constants that it needs."""
        constants = "".join(f"{name} = {self._constant(numbers)}\n" for name, numbers in self.data(source).items())
        return "\n".join(part for part in (self.imports(source), constants, self.function(source)) if part)

    def imports(self, source: Source) -> str:
        """What stands above everything else."""
        mentioned = self.mentioned(source)
        loop = LOOP if source.loops else ""
        special = "".join(f"from jax.scipy.special import {name}\n" for name in SPECIAL if name in mentioned)
        return PRELUDE + loop + special

    def function(self, source: Source) -> str:
        """The function alone, which `data` completes."""
        return super().program(source)

    def data(self, source: Source) -> dict[str, Numbers]:
        """The constants of a program, by their names; with the order of the gradient, if it has one."""
        is_ordered = source.gradient and source.blocks is None
        return {**source.data, **({_order_of(source): source.order} if is_ordered else {})}

    def gradient(self, source: Source) -> list[str]:
        """One statement: the parts of the gradient in their order, or chosen from all of them by an index."""
        if not source.gradient:
            return [f"gradient = jnp.zeros({source.parameters}, P.dtype)"]
        if source.blocks is None:
            parts = [*(f"jnp.ravel({self.text(part.formula)})" for part in source.gradient), "jnp.zeros(1, P.dtype)"]
            return _laid("gradient = jnp.concatenate([", parts, f"])[{_order_of(source)}]")
        blocks = [self._block(block) for block in source.blocks]
        return [f"gradient = {blocks[0]}"] if len(blocks) == 1 else _laid("gradient = jnp.concatenate([", blocks, "])")

    # Loops over time

    def _loop(self, repeat: Repeat) -> list[str]:
        """A function of the step and of all that the loop fills, which gives that again."""
        self.counter = t = repeat.counter
        arrays = ", ".join(array.name for array in repeat.arrays)
        several = f"{arrays}," if len(repeat.arrays) == 1 else arrays
        turned = [f"{t} = {repeat.steps - 1} - {t}"] if repeat.is_backward else []
        steps = [f"{several} = arrays", *turned, *map(self._step, repeat.body), f"return {several}"]
        return [
            *self._before(repeat),
            f"def step({t}, arrays):",
            *(f"{INDENT}{step}" for step in steps),
            f"{several} = fori_loop(0, {repeat.steps}, step, ({several}))",
        ]

    def _step(self, each: Line | Put) -> str:
        if isinstance(each, Line):
            return super()._step(each)
        text, target = self.expression(each.formula), each.target
        if isinstance(target, Name):
            return f"{target.name} = {target.name} + {self.text(each.formula, PRODUCT.level)}"
        (array,) = target.parts
        place = self.text(target).removeprefix(self.text(array))
        return f"{self.text(array)} = {self.text(array)}.at{place}.{'add' if each.is_added else 'set'}({text})"

    def _zeros(self, formula: Zeros) -> Written:
        return f"jnp.zeros({formula.shape}, P.dtype)", ATOM

    def _block(self, block: tuple[Part, ...]) -> str:
        """A part, or several that are columns of one matrix: the weights and the biases of a layer."""
        if len(block) == 1:
            return f"jnp.ravel({self.text(block[0].formula)})"
        return f"jnp.column_stack([{', '.join(self.text(part.formula) for part in block)}]).ravel()"

    def _constant(self, numbers: Numbers) -> str:
        return f"jnp.array({literal(numbers, self.text)})"

    def _maskedmatmul(self, formula: MaskedMatMul) -> Written:
        mask, left, right = (self.text(part, ATOM) for part in formula.parts)
        return f"jnp.where({mask}[:, :, None], {left}[:, :, None] * {right}, 0).sum(axis=1)", ATOM

    def _addrows(self, formula: AddRows) -> Written:
        rows, labels = map(self.text, formula.parts)
        return f"jnp.zeros({formula.shape}, P.dtype).at[{labels}].add({rows})", ATOM

    def _eye(self, formula: Eye) -> Written:
        return f"jnp.eye({formula.shape[0]}, dtype=P.dtype)", ATOM

    def _onehot(self, formula: OneHot) -> Written:
        return f"jnp.eye({formula.classes}, dtype=P.dtype)[{self.text(formula.parts[0])}]", ATOM

    def _fill(self, formula: Fill) -> Written:
        (of,) = formula.parts
        if of.shape or _is_whole(of):
            return super()._fill(formula)
        return f"jnp.full({formula.shape}, {self.text(of)}, P.dtype)", ATOM


def _is_whole(formula: Formula) -> bool:
    """Whether a number is made of whole ones alone, as the places of an index are."""
    if isinstance(formula, Number):
        return isinstance(formula.number, int)
    if isinstance(formula, Name):
        return formula.name == SAMPLES
    return all(map(_is_whole, formula.parts))


def _laid(begin: str, parts: list[str], end: str) -> list[str]:
    """A list in one line, or with one line for each entry."""
    line = f"{begin}{', '.join(parts)}{end}"
    return [line] if len(line) <= WIDTH else [begin, *(f"    {part}," for part in parts), end]


def _order_of(source: Source) -> str:
    """The name of the order of the gradient: the first free one of an index."""
    taken = {*source.data, *(line.name for line in (*source.leaves, *source.lines))}
    return next(name for number in count(1) if (name := f"i{number}") not in taken)
