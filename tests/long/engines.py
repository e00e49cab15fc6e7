"""Every mistake of the table, planted in the text of an engine, and mistakes in pairs: are they named?"""

import itertools
import random

from tinygrad_edu import check_engine
from tinygrad_edu.checks.engines.bugs import can_be_planted, planted
from tinygrad_edu.checks.engines.diagnosis import Simulated
from tinygrad_edu.checks.engines.mistakes import MISTAKES
from tinygrad_edu.checks.engines.probes import PROBES
from tinygrad_edu.checks.engines.reference import RIGHT, built

ENOUGH = 0.8  # of the pairs, of which at least one mistake is named


def names(value):
    return [mistake["name"] for mistake in check_engine(value).mistakes]


def class_in(source):
    space = {"__name__": "learner"}
    exec(source, space)
    return space["Value"]


def not_named():
    """The mistakes that are planted and not named, or not they alone."""
    chosen = [mistake for mistake in MISTAKES if can_be_planted(mistake)]
    return len(chosen), [one.name for one in chosen if names(class_in(planted(one))) != [one.name]]


def alike():
    """Mistakes that no probe tells apart."""
    seen = {one.name: Simulated(one.change(RIGHT)) for one in MISTAKES}
    telling = [probe for probe in PROBES if not probe.choice]
    pairs = itertools.combinations(seen, 2)
    return [
        pair for pair in pairs if all(seen[pair[0]].seen(probe).agrees(seen[pair[1]].seen(probe)) for probe in telling)
    ]


def pairs_named(count, first):
    """Of pairs of mistakes: how many have at least one named, and how many both."""
    draw = random.Random(first)
    at_least_one = both = 0
    for _ in range(count):
        one, other = draw.sample(MISTAKES, 2)
        found = names(built(other.change(one.change(RIGHT))))
        at_least_one += bool({one.name, other.name} & set(found))
        both += {one.name, other.name} <= set(found)
    return at_least_one, both


def main(count, first):
    planted_count, failed = not_named()
    print(f"{planted_count} mistakes planted one by one, {len(failed)} not named: {failed}")
    same = alike()
    print(f"{len(MISTAKES)} mistakes, {len(same)} pairs that compute the same: {same}")
    one, both = pairs_named(count, first)
    print(f"{count} pairs: of {one} at least one is named, of {both} both")
    return 0 if not failed and not same and one >= ENOUGH * count else 1
