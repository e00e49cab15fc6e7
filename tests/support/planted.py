"""A program for any number of samples whose gradient is wrong somewhere: is it compared with the scalars there?

Mistakes are planted in the formulas after they were found: in one element of one part of the gradient, in what one
sample gives to one line of the backward pass, or in the whole gradient for one number of samples.

    for mistake in mistakes(source): mistake.says, mistake.source
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.formulas import Apply, Name, Number, Range, View
from tinygrad_edu.compiler.layout import Index
from tinygrad_edu.compiler.sizes import M, Size
from tinygrad_edu.compiler.source import Part
from tinygrad_edu.rules import add, exp, mul, power, sub

SIZE = 1e-4  # of a mistake, relative to what is right
FIRST_SAMPLES = 12  # that are wrong, one by one; and the last one


class Mistake(NamedTuple):
    """What is wrong, in words; and the program."""

    says: str
    source: object


def mistakes(source):
    """The same program, wrong in one place after the other."""
    for place, part in enumerate(source.gradient):
        for element in range(part.formula.size):
            yield Mistake(f"element {element} of part {place}", _with_element(source, place, element))
    backward = {name for line in source.lines for name in (f"d{line.name}",)}
    for line in source.lines:
        if line.name in backward and line.shape and isinstance(line.shape[0], Size):
            for sample in (*range(FIRST_SAMPLES), None):
                yield Mistake(f"sample {sample} of {line.name}", _with_sample(source, line, sample))


def wrong_for(source, samples):
    """The program with a gradient that is too large for so many samples, and right for any other number."""
    factor = _once_more_at(M, Number(float(samples)))
    return replace(source, gradient=tuple(Part(each.target, _times(each.formula, factor)) for each in source.gradient))


def _with_element(source, place, element):
    part = source.gradient[place]
    factors = np.ones(part.formula.size)
    factors[element] += SIZE
    shape = tuple(map(int, part.formula.shape))
    wrong = Part(part.target, _times(part.formula, Name("wrong", shape)))
    parts = (*source.gradient[:place], wrong, *source.gradient[place + 1 :])
    return replace(source, gradient=parts, data=source.data | {"wrong": factors.reshape(shape)})


def _with_sample(source, line, sample):
    """A line in which the numbers of one sample are a little too large; of the last one if it is None."""
    where = Apply(sub, (M, Number(1.0))) if sample is None else Number(float(sample))
    factor = _once_more_at(Range(line.shape[0]), where)
    columns = (Index((slice(None), *[None] * (len(line.shape) - 1))),)
    wrong = line._replace(formula=_times(line.formula, View(factor, columns)))
    return replace(source, lines=tuple(wrong if each is line else each for each in source.lines))


def _once_more_at(places, where):
    """A factor of 1 that is a little larger where places are at a place."""
    far = Apply(power, (Apply(sub, (places, where)), Number(2.0)))
    there = Apply(exp, (_times(Number(-1e3), far),))
    return Apply(add, (Number(1.0), _times(Number(SIZE), there)))


def _times(one, other):
    return Apply(mul, (one, other))
