"""How well, and how soon, does a compiled 64-32-10 network read digits? `python -m benchmarks.digits`.

The 8 × 8 images that scikit-learn ships, four fifths to train on and one to test; softmax cross-entropy, mini-batches
of 100, 20 epochs of gradient descent with momentum. Everything counts: the scalar graph, the compiler, the training.

Names to know: `train`.
"""

from __future__ import annotations

import math
import time
from typing import NamedTuple

import numpy as np

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.compiler import Program
from tinygrad_edu.functions import dot, logsumexp


class Trained(NamedTuple):
    """The result: the fraction of right answers on the held-out fifth, and the seconds for all of it."""

    accuracy: float
    seconds: float
    edges: int


def train(epochs: int = 20, batch: int = 100, rate: float = 0.3, momentum: float = 0.9, seed: int = 0) -> Trained:
    """Load, compile once, train, test."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X))
    X, Y = X[order] / 16.0, np.eye(10)[y[order]]
    held = len(X) // 5
    start = time.perf_counter()
    program, model = compiled(batch, seed)
    velocity = np.zeros(len(program.parameters))
    for _ in range(epochs):
        shuffled = held + rng.permutation(len(X) - held)
        for first in range(0, len(shuffled) - batch + 1, batch):
            chosen = shuffled[first : first + batch]
            _, gradient = program(np.concatenate([X[chosen].ravel(), Y[chosen].ravel()]))
            velocity = momentum * velocity - rate * gradient
            program.parameters += velocity
    program.write_back()
    seconds = time.perf_counter() - start
    guesses = [int(np.argmax([score.data for score in model(x)])) for x in X[:held]]
    right = np.equal(guesses, Y[:held].argmax(axis=1))
    return Trained(float(right.mean()), seconds, program.edges)


def compiled(batch: int, seed: int) -> tuple[Program, nn.MLP]:
    """The loss of one mini-batch as a program; images and one-hot targets are its inputs."""
    model = nn.MLP(64, [32, 10], seed=seed, init="he")
    xs = [[Value(0.0) for _ in range(64)] for _ in range(batch)]
    ys = [[Value(0.0) for _ in range(10)] for _ in range(batch)]
    scores = [model(x) for x in xs]
    losses = [logsumexp(score) - dot(score, y) for score, y in zip(scores, ys, strict=True)]
    loss = sum(losses, Value(0.0)) / batch
    assert math.isclose(loss.data, math.log(10), rel_tol=1e-9)  # no picture: every digit is as likely
    return tinygrad_edu.compile(loss, wrt=model.parameters(), inputs=[xs, ys]), model


if __name__ == "__main__":
    found = train()
    print(f"accuracy on the held-out fifth {100 * found.accuracy:.1f} %")
    print(f"{found.seconds:.2f} s for the graph of {found.edges:,} edges, the compiler, and 20 epochs")
