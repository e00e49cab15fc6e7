"""Random expression graphs over every operation, built twice from one recipe: from Values, and from PyTorch tensors.

A recipe is a list of (rule name, argument indices); indices point at earlier numbers, so nodes are shared. A step that
would leave a domain or grow too large is left out while the recipe is drawn.
"""

import math
import random

from tinygrad_edu import DomainError, Value
from tinygrad_edu.rules import RULES

LARGEST = 50.0
AWAY = 1e-3  # from kinks and jumps, and from the borders of domains


def recipe(rng, leaves=4, steps=12):
    """(numbers of the leaves, steps) of a random graph."""
    numbers = [rng.uniform(-2, 2) for _ in range(leaves)]
    values = [Value(number) for number in numbers]
    plan = []
    while len(plan) < steps:
        rule = rng.choice(list(RULES.values()))
        count = 2 * len(rule.partials) if rule.many else len(rule.partials)
        picks = [rng.randrange(max(0, len(values) - 6), len(values)) for _ in range(count)]
        fixed = rng.choice([2.0, 3.0, -1.0, 0.5, 1.5]) if rule.fixed else None
        args = [values[i] for i in picks[: count - len(rule.fixed)]] + ([fixed] if rule.fixed else [])
        try:
            out = rule(*args)
        except DomainError:
            continue
        if is_tame(rule, args, out):
            values.append(out)
            plan.append((rule.name, picks, fixed))
    return numbers, plan


def is_tame(rule, args, out):
    """Whether two ways to compute may be expected to agree to many digits here."""
    numbers = [float(arg) for arg in args]
    steep = any(abs(partial) > LARGEST for partial in out.partials)
    near_kink = rule.kinks and (any(abs(x) < AWAY for x in numbers) or abs(numbers[0] - numbers[-1]) < AWAY)
    near_border = rule.domain is not None and any(abs(x) < AWAY for x in numbers)
    lost_digits = rule.name in ("gelu", "erf") and abs(numbers[0]) > 4
    return (
        math.isfinite(out.data)
        and abs(out.data) < LARGEST
        and not (steep or near_border or lost_digits)
        and (not near_kink or (len(numbers) == 1 and abs(numbers[0]) > AWAY))
    )


def build(numbers, plan, leaf, apply_one):
    """Follow a recipe; the output is the sum of the last few numbers, so that most of the graph matters."""
    values = [leaf(number) for number in numbers]
    leaves = list(values)
    for name, picks, fixed in plan:
        args = [values[i] for i in picks]
        if fixed is not None:
            args[-1] = fixed
        values.append(apply_one(name, args))
    output = values[-1]
    for value in values[-4:-1]:
        output = output + value
    return leaves, output


def as_values(numbers, plan):
    return build(numbers, plan, Value, lambda name, args: RULES[name](*args))


def seeded(seed, **size):
    return recipe(random.Random(seed), **size)
