"""How fast is a compiled program, compared with NumPy by hand and other packages? `python -m benchmarks.compiled`.

Every contestant makes the same training steps, each as it is commonly written in its package: loss, gradient, update,
in float64, on the CPU. They take turns in one process; the number to look at is the ratio to NumPy by hand. The losses
on the way have to agree to 1e-9, or nothing is reported. A package that is not installed is left out.

    moons     MLP(2, [16, 16, 1]), relu, hinge loss and L2, 100 points, full batch
    digits    64-32-10, relu, softmax cross-entropy, mini-batches of 100

Names to know: `Task`, `CONTESTANTS`, `measure`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import math
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.functions import dot, logsumexp

Array = npt.NDArray[np.float64]
Step = Callable[[int], float]  # number of the batch -> loss before the update
LEARNING_RATE = 0.1


class Task(NamedTuple):
    """A network, batches of data, and a loss."""

    name: str
    sizes: list[int]
    batches: list[tuple[Array, Array]]  # X: points × features; Y: points × outputs, ±1 or one-hot
    is_hinge: bool
    alpha: float  # of the L2 term


def moons() -> Task:
    """Two moons in one batch."""
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    return Task("moons", [2, 16, 16, 1], [(X, (2.0 * y - 1)[:, None])], is_hinge=True, alpha=1e-4)


def digits() -> Task:
    """Images of 8 × 8 pixels between 0 and 1, of ten digits; made at random where scikit-learn is not installed."""
    try:
        X, y = importlib.import_module("sklearn.datasets").load_digits(return_X_y=True)
    except ModuleNotFoundError:
        rng = np.random.default_rng(0)
        X, y = rng.integers(0, 17, (1797, 64)), rng.integers(0, 10, 1797)
    X, Y = X / 16.0, np.eye(10)[y]
    batches = [(X[start : start + 100], Y[start : start + 100]) for start in range(0, 1700, 100)]
    return Task("digits", [64, 32, 10], batches, is_hinge=False, alpha=0.0)


def start_weights(task: Task) -> list[Array]:
    """W1, b1, W2, b2 …, the same for every contestant."""
    rng = np.random.default_rng(0)
    pairs = zip(task.sizes, task.sizes[1:], strict=False)
    return [each for n, m in pairs for each in (rng.normal(size=(m, n)) * math.sqrt(2 / n), np.zeros(m))]


# The contestants: from a task, a function that makes a step


def by_hand(task: Task) -> Step:
    """NumPy, the backward pass derived on paper."""
    params = start_weights(task)
    layers = len(params) // 2

    def step(number: int) -> float:
        X, Y = task.batches[number % len(task.batches)]
        A, Zs = [X], []
        for layer in range(layers):
            Zs.append(A[-1] @ params[2 * layer].T + params[2 * layer + 1])
            A.append(np.maximum(Zs[-1], 0) if layer < layers - 1 else Zs[-1])
        if task.is_hinge:
            margin = 1 - Y * A[-1]
            loss = np.maximum(margin, 0).mean() + task.alpha * sum((p * p).sum() for p in params)
            dZ = -Y * (margin > 0) / len(X)
        else:
            top = A[-1].max(axis=1, keepdims=True)
            exps = np.exp(A[-1] - top)
            sums = exps.sum(axis=1, keepdims=True)
            loss = (np.log(sums) + top - (A[-1] * Y).sum(axis=1, keepdims=True)).mean()
            dZ = (exps / sums - Y) / len(X)
        gradients: list[Array] = []
        for layer in reversed(range(layers)):
            gradients[:0] = [dZ.T @ A[layer], dZ.sum(axis=0)]
            if layer:
                dZ = dZ @ params[2 * layer] * (Zs[layer - 1] > 0)
        for p, gradient in zip(params, gradients, strict=True):
            p -= LEARNING_RATE * (gradient + 2 * task.alpha * p if task.alpha else gradient)
        return float(loss)

    return step


def compiled(task: Task) -> Step:
    """The scalar graph, compiled once, and new numbers for each batch."""
    X, Y = task.batches[0]
    xs, ys = ([[Value(number) for number in row] for row in table] for table in (X, Y))
    model = nn.MLP(task.sizes[0], task.sizes[1:], seed=0)
    for layer, W, b in zip(model.layers, *[iter(start_weights(task))] * 2, strict=True):
        for neuron, row, bias in zip(layer.neurons, W, b, strict=True):
            for weight, number in zip([*neuron.w, neuron.b], [*row, bias], strict=True):
                weight.data = number
    outputs = [_listed(model(x)) for x in xs]
    if task.is_hinge:
        losses = [(1 - y[0] * out[0]).relu() for out, y in zip(outputs, ys, strict=True)]
    else:
        losses = [logsumexp(out) - dot(out, y) for out, y in zip(outputs, ys, strict=True)]
    loss = sum(losses, Value(0.0)) / len(X)
    if task.alpha:
        loss = loss + task.alpha * sum((p * p for p in model.parameters()), Value(0.0))
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), inputs=[xs, ys])
    inputs = [np.concatenate([X.ravel(), Y.ravel()]) for X, Y in task.batches]

    def step(number: int) -> float:
        value, gradient = program(inputs[number % len(inputs)])
        program.parameters -= LEARNING_RATE * gradient
        return value

    return step


def _listed(outputs: Any) -> list[Value]:
    return outputs if isinstance(outputs, list) else [outputs]


def array_loss(xp: Any, task: Task, params: Any, X: Any, Y: Any) -> Any:
    """The loss, in any package that looks like NumPy."""
    A = X
    for layer in range(len(params) // 2):
        A = A @ params[2 * layer].T + params[2 * layer + 1]
        A = xp.maximum(A, 0) if layer < len(params) // 2 - 1 else A
    if task.is_hinge:
        return xp.mean(xp.maximum(1 - Y * A, 0)) + task.alpha * sum(xp.sum(p * p) for p in params)
    top = xp.max(A, axis=1, keepdims=True)
    return xp.mean(xp.log(xp.sum(xp.exp(A - top), axis=1)) + top[:, 0] - xp.sum(A * Y, axis=1))


def hips_autograd(task: Task) -> Step:
    """HIPS autograd."""
    from autograd import numpy as anp
    from autograd import value_and_grad

    params = start_weights(task)
    both = value_and_grad(lambda params, X, Y: array_loss(anp, task, params, X, Y))

    def step(number: int) -> float:
        loss, gradients = both(params, *task.batches[number % len(task.batches)])
        for p, gradient in zip(params, gradients, strict=True):
            p -= LEARNING_RATE * gradient
        return float(loss)

    return step


def mygrad(task: Task) -> Step:
    """MyGrad."""
    import mygrad as mg

    params = [mg.tensor(p) for p in start_weights(task)]

    def step(number: int) -> float:
        loss = array_loss(mg, task, params, *task.batches[number % len(task.batches)])
        loss.backward()
        for p in params:
            p.data -= LEARNING_RATE * p.grad
        return float(loss)

    return step


def pytorch(task: Task) -> Step:
    """PyTorch, eager, one thread."""
    import torch

    torch.set_num_threads(1)
    params = [torch.tensor(p, requires_grad=True) for p in start_weights(task)]
    batches = [(torch.tensor(X), torch.tensor(Y)) for X, Y in task.batches]
    optimizer = torch.optim.SGD(params, lr=LEARNING_RATE)

    def step(number: int) -> float:
        X, Y = batches[number % len(batches)]
        A = X
        for layer in range(len(params) // 2):
            A = torch.nn.functional.linear(A, params[2 * layer], params[2 * layer + 1])
            A = torch.relu(A) if layer < len(params) // 2 - 1 else A
        if task.is_hinge:
            loss = torch.relu(1 - Y * A).mean() + task.alpha * sum((p * p).sum() for p in params)
        else:
            loss = torch.nn.functional.cross_entropy(A, Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def jax_jit(task: Task) -> Step:
    """JAX, the whole step jitted, on the CPU."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    def update(params: Any, X: Any, Y: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda params: array_loss(jnp, task, params, X, Y))(params)
        return loss, [p - LEARNING_RATE * gradient for p, gradient in zip(params, gradients, strict=True)]

    params = [jnp.array(p) for p in start_weights(task)]
    batches = [(jnp.array(X), jnp.array(Y)) for X, Y in task.batches]

    def step(number: int) -> float:
        nonlocal params
        loss, params = update(params, *batches[number % len(batches)])
        return float(loss)

    return step


CONTESTANTS: dict[str, tuple[str, Callable[[Task], Step]]] = {
    "NumPy by hand":         ("numpy",        by_hand),
    "tinygrad_edu.compile":  ("tinygrad_edu", compiled),
    "PyTorch, eager":        ("torch",        pytorch),
    "JAX, jit":              ("jax",          jax_jit),
    "HIPS autograd":         ("autograd",     hips_autograd),
    "MyGrad":                ("mygrad",       mygrad),
}  # fmt: skip


class Measured(NamedTuple):
    """What one contestant did: seconds to get ready, seconds a step in each round, and the losses."""

    name: str
    ready: float
    seconds: list[float]
    losses: list[float]


def measure(task: Task, rounds: int, steps: int) -> list[Measured]:
    """Let all installed contestants take turns."""
    runners: list[tuple[Measured, Step]] = []
    for name, (package, prepare) in CONTESTANTS.items():
        if importlib.util.find_spec(package) is not None:
            start = time.perf_counter()
            step = prepare(task)
            runners.append((Measured(name, time.perf_counter() - start, [], [step(0)]), step))
    for turn in range(rounds):
        for result, step in runners:
            begin = 1 + turn * steps
            start = time.perf_counter()
            losses = [step(number) for number in range(begin, begin + steps)]
            result.seconds.append((time.perf_counter() - start) / steps)
            result.losses.extend(losses)
    results = [result for result, _ in runners]
    _check_losses(results)
    return results


def _check_losses(results: list[Measured]) -> None:
    for result in results[1:]:
        for number, (ours, theirs) in enumerate(zip(results[0].losses, result.losses, strict=True)):
            if not math.isclose(ours, theirs, rel_tol=1e-9):
                raise ArithmeticError(f"step {number}: {result.name} has the loss {theirs}, by hand it is {ours}")


def table(results: list[Measured]) -> str:
    """The results as a Markdown table: how many times as long as NumPy by hand, round by round."""
    lines = [
        "| a step | times as long as by hand: median (lowest to highest) | µs | ready after |",
        "|---|---:|---:|---:|",
    ]
    for result in results:
        ratios = [mine / hand for mine, hand in zip(result.seconds, results[0].seconds, strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        micros = 1e6 * statistics.median(result.seconds)
        lines.append(f"| {result.name} | {spread} | {micros:.0f} | {result.ready:.2f} s |")
    return "\n".join(lines)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compiled")
    parser.add_argument("--rounds", type=int, default=11, help="in which every contestant has a turn (default: 11)")
    parser.add_argument("--steps", type=int, default=100, help="training steps in a turn (default: 100)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, float64, {options.rounds} rounds\n")
    for task in (moons(), digits()):
        print(f"{task.name}: {'-'.join(map(str, task.sizes))}, batches of {len(task.batches[0][0])}\n")
        print(table(measure(task, options.rounds, options.steps)), "\n")


if __name__ == "__main__":
    main()
