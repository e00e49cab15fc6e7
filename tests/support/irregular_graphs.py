"""Random graphs of any size in which hardly any operation has a partner, and nothing repeats.

loss, wrt = graph(1000, seed=0)     for each graph in GRAPHS
"""

import random

from tinygrad_edu import Value

UNARY = (
    Value.tanh,
    Value.sin,
    Value.cos,
    Value.sigmoid,
    lambda x: (x * 0.5).softplus(),
    lambda x: x * x,
    lambda x: x.relu() + 0.1 * x,
)
BINARY = (
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x - y,
    lambda x, y: x / (y * y + 1),
)
LEAVES = 20
WIDTH = 50  # of the last so many numbers any may be used next


def leaves(rng, count=LEAVES):
    return [Value(rng.uniform(-1, 1), label=f"w{number}") for number in range(count)]


def network(size, seed=0):
    """So many operations, each of some that came shortly before."""
    rng = random.Random(seed)
    wrt = leaves(rng)
    nodes = list(wrt)
    for _ in range(size):
        x, y = rng.choice(nodes[-WIDTH:]), rng.choice(nodes[-WIDTH:])
        y = Value(rng.uniform(0.5, 1.5)) if rng.random() < 0.3 else y
        function = rng.choice([*UNARY, *BINARY])
        nodes.append((function(x) if function in UNARY else function(x, y)).tanh())
    return sum(nodes[-WIDTH:]).tanh(), wrt


def tree(size, seed=0):
    """An expression of about so many operations, in which every number is used once."""
    rng = random.Random(seed)
    wrt = leaves(rng)
    level = [rng.choice(wrt) if rng.random() < 0.5 else Value(rng.uniform(-1, 1)) for _ in range(size // 2)]
    while len(level) > 1:
        x, y = level.pop(rng.randrange(len(level))), level.pop(rng.randrange(len(level)))
        both = rng.choice(BINARY)(x, y)
        level.append(rng.choice(UNARY)(both) if rng.random() < 0.5 else both)
    return level[0], wrt


def line(size, seed=0):
    """So many operations, one after the other."""
    rng = random.Random(seed)
    x, a, b = wrt = [Value(number, label=name) for number, name in ((0.5, "x"), (0.9, "a"), (0.1, "b"))]
    kinds = (
        lambda: x.sin(),
        lambda: x.tanh(),
        lambda: x * a,
        lambda: x + b,
        lambda: x - a * b,
        lambda: x * rng.uniform(0.9, 1.1),
    )
    for _ in range(size):
        x = rng.choice(kinds)()
    return x, wrt


GRAPHS = {"network": network, "tree": tree, "line": line}
