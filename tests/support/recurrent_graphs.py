"""Losses that go through time, put together at random.

A step is drawn once, and taken again and again: of some states, of what is the same in every step and of what is not;
now and then of the step before the last one, over several sequences, with a step that is not like the others, or with a
prediction of every step in the loss. All comes from a seed; so the same loss can be made again at other numbers, and
the truth at any point is the scalar graph itself.
"""

import functools
import operator
import random
from typing import NamedTuple

import numpy as np

import tinygrad_edu
from tinygrad_edu import Value
from tinygrad_edu.functions import dot, logsumexp


class Loss(NamedTuple):
    loss: Value
    parameters: list[Value]
    inputs: list[Value]
    outputs: list[Value]


def recurrent_loss(seed, numbers=None):
    """A loss; with numbers, a random generator of those of its leaves."""
    return _Maker(random.Random(f"recurrent {seed}"), numbers or random.Random(f"numbers {seed}")).loss()


class _Maker:
    def __init__(self, choices, numbers):
        self.choices, self.numbers = choices, numbers
        self.parameters, self.inputs = [], []

    def chance(self, probability):
        return self.choices.random() < probability

    def parameter(self):
        self.parameters.append(Value(self.numbers.uniform(-1.0, 1.0)))
        return self.parameters[-1]

    def each_step(self, kind):
        """What is another one in each step."""
        if kind == "input":
            self.inputs.append(Value(self.numbers.uniform(-1.0, 1.0)))
            return self.inputs[-1]
        if kind == "parameter":
            return self.parameter()
        if kind == "one of a few":
            return self.choices.choice(self.few)
        return round(self.choices.uniform(-1.0, 1.0), 2) if kind == "number" else 0.5

    def loss(self):
        choices = self.choices
        size, steps, sequences = choices.randint(1, 3), choices.randint(5, 14), choices.choice([1, 1, 1, 2, 3])
        self.few = [self.parameter() for _ in range(3)]
        fixed = [self.parameter() for _ in range(choices.randint(1, 4))]
        matrix = [[self.parameter() for _ in range(size)] for _ in range(size)]
        kinds = [choices.choice(["input", "parameter", "one of a few", "number", "half"]) for _ in range(2)]
        plan = _Plan(choices, size)
        strange = choices.randrange(steps) if self.chance(0.2) else None
        ends, seen = [], []
        start = [choices.choice(["parameter", "zero", "number"]) for _ in range(size)]
        for _ in range(sequences):
            state = [
                {"parameter": self.parameter, "zero": lambda: Value(0.0), "number": lambda: 0.3}[s]() for s in start
            ]
            before = state
            for step in range(steps):
                given = [self.each_step(kind) for kind in kinds]
                after = plan.step(state, before, fixed, matrix, given)
                if step == strange:
                    after = [(value * 0.5).sin() for value in after]
                before, state = state, after
                if plan.is_seen:
                    seen.append((plan.seen(state) - given[0]) ** 2)
            ends += state
        total = functools.reduce(operator.add, seen, Value(0.0)) if seen else Value(0.0)
        if seen and self.chance(0.3):
            total = -functools.reduce(operator.sub, seen, Value(0.0))
        loss = total + sum((_value(end) * 0.7 - 0.1) ** 2 for end in ends)
        outputs = choices.choice([[], ends, ends[:1], seen[:3]])
        return Loss(_value(loss), self.parameters, self.inputs, [_value(each) for each in outputs])


def _value(number):
    return number if isinstance(number, Value) else Value(number)


class _Plan:
    """What one step does, drawn once."""

    def __init__(self, choices, size):
        self.size = size
        self.is_seen = choices.random() < 0.4
        self.has_before = choices.random() < 0.25
        self.has_matrix = choices.random() < 0.5
        self.operations = [
            (choices.choice(OPERATIONS), choices.randrange(100), choices.randrange(100), choices.randrange(100))
            for _ in range(choices.randint(1, 7))
        ]
        self.ends = [(choices.choice(ENDS), choices.randrange(100), choices.randrange(100)) for _ in range(size)]

    def step(self, state, before, fixed, matrix, given):
        pool = [_value(each) for each in state]
        if self.has_matrix:
            pool += [dot(row, pool[: self.size]) for row in matrix]
        pool += [*(map(_value, before) if self.has_before else ()), *fixed, *given]
        for operation, *places in self.operations:
            chosen = [pool[place % len(pool)] for place in places]
            pool.append(operation(*chosen))
        values = [_value(pool[-1 - index % len(self.operations)]) for index in range(self.size)]
        return [
            end(value, pool[one % len(pool)], _value(state[place]))
            for place, (value, (end, one, _)) in enumerate(zip(values, self.ends, strict=True))
        ]

    def seen(self, state):
        return state[0] * 0.5 if self.size == 1 else dot(state, [0.5] * self.size)


OPERATIONS = [
    lambda a, b, c: a * b,
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: a * b + c,
    lambda a, b, c: a * 1.0 + b * 0.0,
    lambda a, b, c: _value(a).sin(),
    lambda a, b, c: _value(a).sigmoid(),
    lambda a, b, c: _value(a) ** 2,
    lambda a, b, c: logsumexp([_value(a), _value(b), _value(c)]),
    lambda a, b, c: _value(a) / (2 + _value(b) ** 2),
    lambda a, b, c: a + b + c,
    lambda a, b, c: 2 * a - b,
]
ENDS = [
    lambda value, other, old: value.tanh(),
    lambda value, other, old: (value + other).tanh(),
    lambda value, other, old: old + 0.1 * value.tanh(),
    lambda value, other, old: 0.9 * old + 0.1 * value.sin(),
    lambda value, other, old: (old - 0.2 * value).sin(),
]


def wrong(seed):
    """What the program of a loss says wrong, at its own numbers and at others; nothing if it is right."""
    made = recurrent_loss(seed)
    program = tinygrad_edu.compile(made.loss, wrt=made.parameters, inputs=made.inputs, outputs=made.outputs)
    for numbers in (None, random.Random(f"elsewhere {seed}")):
        point = recurrent_loss(seed, numbers)
        point.loss.backward()
        program.parameters = [leaf.data for leaf in point.parameters]
        value, gradient = program([leaf.data for leaf in point.inputs])
        right = [leaf.grad if leaf.has_grad else 0.0 for leaf in point.parameters]
        for found, truth in (
            (value, point.loss.data),
            (gradient, right),
            (program.outputs, [o.data for o in point.outputs]),
        ):
            if not np.allclose(found, truth, rtol=1e-9, atol=1e-9):
                return f"{seed}: {found} for {truth}\n{program.source}"
    return ""
