"""Does the engine agree with PyTorch on random graphs over all operations, in value and in gradient?"""

import math

import pytest
import random_graphs

from tinygrad_edu import grad
from tinygrad_edu.rules import RULES

torch = pytest.importorskip("torch", reason="PyTorch is not installed: `pip install torch` to compare with it")
pytestmark = pytest.mark.torch

GRAPHS = 4000  # a million: `python -m tests.long graphs`


def groups(name, args):
    rule = RULES[name]
    return [torch.stack(list(group)) for group in rule.grouped(args)]


def sign(x):
    return torch.sign(x).detach()


TORCH = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "power": lambda x, n: x**n,
    "pow": lambda x, y: x**y,
    "abs": torch.abs,
    "greater": lambda x, y: (x > y) * 1.0 + 0 * x,
    "step": lambda x: (x > 0) * 1.0 + 0 * x,
    "sign": lambda x: sign(x) + 0 * x,
    "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "elu": lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(torch.clamp(x, max=0.0))),
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=1000.0),
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
    "dot": lambda ws, xs: ws @ xs,
    "logsumexp": lambda xs: torch.logsumexp(xs, 0),
}


def apply_torch(name, args):
    function = TORCH.get(name) or getattr(torch, name)
    return function(*groups(name, args)) if RULES[name].many else function(*args)


def in_torch(numbers, plan):
    leaves, output = random_graphs.build(
        numbers, plan, lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True), apply_torch
    )
    gradients = torch.autograd.grad(output, leaves, allow_unused=True)
    return output.item(), [0.0 if g is None else g.item() for g in gradients]


def close(ours, theirs):
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9 * max(1.0, abs(theirs)))


def test_random_graphs_equal_torch():
    seen = set()
    for seed in range(GRAPHS):
        numbers, plan = random_graphs.seeded(seed)
        seen.update(name for name, _, _ in plan)
        leaves, output = random_graphs.as_values(numbers, plan)
        output.backward()
        value, gradients = in_torch(numbers, plan)
        assert close(output.data, value), (seed, plan)
        for leaf, gradient in zip(leaves, gradients, strict=True):
            assert close(leaf.grad, gradient), (seed, plan, leaf.grad, gradient)
    assert seen == set(RULES)


def test_random_gradient_graphs_equal_torch():
    """The same through grad(), whose result is a graph."""
    for seed in range(300):
        numbers, plan = random_graphs.seeded(seed)
        leaves, output = random_graphs.as_values(numbers, plan)
        _, gradients = in_torch(numbers, plan)
        for ours, theirs in zip(grad(output, leaves), gradients, strict=True):
            assert close(ours.data, theirs), (seed, plan)
