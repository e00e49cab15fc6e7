"""Where do dZ, dW and db of a deep network come from, and what has to be kept for them?

A 3-4-3-1 network, tanh and a sigmoid at the end, binary cross-entropy. The general formulas of the books,

    dZ[L] = A[L] - Y                     dZ[i] = W[i+1]ᵀ dZ[i+1] * g'(Z[i])
    dW[i] = 1/m · dZ[i] A[i-1]ᵀ          db[i] = 1/m · Σ dZ[i] over the samples

are in `Book`, and `compile` finds them in a graph of scalars, which knows nothing about layers.

In the book each column is a sample; in the program each row is, and so dW1 = dZ1.T @ X. Each is the transpose of the
other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

import tinygrad_edu
from tinygrad_edu import Value, nn, viz
from tinygrad_edu.compiler import Program
from tinygrad_edu.lessons.against import print_measured, print_verdicts, title, verdict
from tinygrad_edu.lessons.ideas import Idea, print_files, show_all

Floats = npt.NDArray[np.float64]
SIZES = (3, 4, 3, 1)


def network(seed: int = 0) -> nn.MLP:
    """3-4-3-1, with small weights and biases. The sigmoid of the output is inside the loss."""
    random = np.random.default_rng(seed)
    model = nn.MLP(SIZES[0], SIZES[1:], activation="tanh")
    for parameter in model.parameters():
        parameter.data = float(random.normal(scale=0.5))
    return model


def data(m: int = 4, seed: int = 1) -> tuple[Floats, Floats]:
    """X of shape (m, 3), and labels 0 and 1."""
    random = np.random.default_rng(seed)
    return random.normal(size=(m, 3)), (random.random(m) > 0.5).astype(float)


def compiled(model: nn.MLP, X: Floats, y: Floats) -> Program:
    """J and its gradient as a program of parameters, X and Y."""
    xs = [[Value(number) for number in row] for row in X.tolist()]
    ys = [Value(number) for number in y.tolist()]
    J = nn.binary_cross_entropy_with_logits([model(x) for x in xs], ys)
    return tinygrad_edu.compile(J, wrt=model.parameters(), inputs=[xs, ys])


def by_the_engine(model: nn.MLP, X: Floats, y: Floats) -> dict[str, npt.ArrayLike]:
    """J, dW1, db1, dW2 … of the compiled program, in the shapes of the book: db is a column."""
    J, gradient = compiled(model, X, y)()
    found: dict[str, npt.ArrayLike] = {"J": J}
    start = 0
    for i, (n, neurons) in enumerate(itertools.pairwise(SIZES), start=1):
        table = gradient[start : start + neurons * (n + 1)].reshape(neurons, n + 1)  # a neuron a row, its bias last
        found[f"dW{i}"], found[f"db{i}"] = table[:, :n], table[:, n:]
        start += table.size
    return found


class Book:
    """as in the book: the general formulas, with a sample in each column

    Each step on paper is one method here.
    """

    def __init__(self, layers: Sequence[tuple[Floats, Floats]], X: Floats, y: Floats) -> None:
        self.L, self.m = len(layers), len(X)
        self.W = {i: W for i, (W, _) in enumerate(layers, start=1)}
        self.b = {i: b[:, None] for i, (_, b) in enumerate(layers, start=1)}
        self.X, self.Y = X.T, y[None, :]

    def Z(self, W: Floats, A: Floats, b: Floats) -> Floats:
        return W @ A + b

    def J(self, A: Floats) -> float:
        return float(-1 / self.m * np.sum(self.Y * np.log(A) + (1 - self.Y) * np.log(1 - A)))

    def last_dZ(self, A: Floats) -> Floats:
        return A - self.Y

    def dZ(self, i: int, following: Floats, A: Floats) -> Floats:
        return self.W[i + 1].T @ following * (1 - A**2)

    def dW(self, dZ: Floats, A: Floats) -> Floats:
        return dZ @ A.T / self.m

    def db(self, dZ: Floats) -> Floats:
        return np.asarray(np.sum(dZ, axis=1, keepdims=True) / self.m)

    def forward(self) -> dict[int, Floats]:
        """A[0] = X, A[1] …"""
        A = {0: self.X}
        for i in range(1, self.L + 1):
            Z = self.Z(self.W[i], A[i - 1], self.b[i])
            A[i] = np.tanh(Z) if i < self.L else 1 / (1 + np.exp(-Z))
        return A

    def gradients(self) -> dict[str, npt.ArrayLike]:
        """J, dW1, db1, dW2 …"""
        A = self.forward()
        found: dict[str, npt.ArrayLike] = {"J": self.J(A[self.L])}
        dZ = self.last_dZ(A[self.L])
        for i in range(self.L, 0, -1):
            dZ = dZ if i == self.L else self.dZ(i, dZ, A[i])
            found[f"dW{i}"], found[f"db{i}"] = self.dW(dZ, A[i - 1]), self.db(dZ)
        return found


class ThroughA(Book):
    """dZ[L] by way of dA[L] = (1 - Y)/(1 - A) - Y/A, the slope of J, times the slope A (1 - A) of the sigmoid"""

    def dA(self, A: Floats) -> Floats:
        return (1 - self.Y) / (1 - A) - self.Y / A

    def last_dZ(self, A: Floats) -> Floats:
        return self.dA(A) * A * (1 - A)


class WithoutBias(Book):
    """Z = W A, without b"""

    def Z(self, W: Floats, A: Floats, b: Floats) -> Floats:
        return W @ A


class WeightsTimesBias(Book):
    """Z = np.dot(W, b)"""

    def Z(self, W: Floats, A: Floats, b: Floats) -> Floats:
        return np.asarray(np.dot(W, b))


class Bracket(Book):
    """J = -1/m Σ y log ŷ + (1 - y) log(1 - ŷ), the bracket forgotten"""

    def J(self, A: Floats) -> float:
        return float(-1 / self.m * np.sum(self.Y * np.log(A)) + np.sum((1 - self.Y) * np.log(1 - A)))


class CostWithoutShare(Book):
    """J without 1/m, beside gradients that have it"""

    def J(self, A: Floats) -> float:
        return self.m * super().J(A)


class InputsForActivations(Book):
    """dW[i] = 1/m dZ[i] Xᵀ"""

    def dW(self, dZ: Floats, A: Floats) -> Floats:
        return dZ @ self.X.T / self.m


class WrongWeights(Book):
    """dZ2 = W2ᵀ dZ3 * g'(Z2)"""

    def dZ(self, i: int, following: Floats, A: Floats) -> Floats:
        return np.asarray(np.dot(self.W[2].T, following) * (1 - A**2))


class LostAxis(Book):
    """db = np.sum(dZ, axis=1) / m, without keepdims"""

    def db(self, dZ: Floats) -> Floats:
        return np.asarray(np.sum(dZ, axis=1) / self.m)


class WithoutSlope(ThroughA):
    """dZ[L] = dA[L], without the slope of the sigmoid"""

    def last_dZ(self, A: Floats) -> Floats:
        return self.dA(A)


class SlopeAsProduct(Book):
    """g'(Z) = 1 - np.dot(A, A), a product of matrices for a product of numbers"""

    def dZ(self, i: int, following: Floats, A: Floats) -> Floats:
        return np.asarray(self.W[i + 1].T @ following * (1 - np.dot(A, A)))


class KeyTwice(Book):
    """parameters["W%d" % i] = b, the key of the weights used twice"""

    def gradients(self) -> dict[str, npt.ArrayLike]:
        parameters = {f"W{i}": W for i, W in self.W.items()} | {f"W{i}": b for i, b in self.b.items()}
        self.b = {i: parameters[f"b{i}"] for i in self.b}
        return super().gradients()


MISTAKES = (
    *(WithoutBias, WeightsTimesBias, Bracket, CostWithoutShare, InputsForActivations, WrongWeights),
    *(LostAxis, WithoutSlope, SlopeAsProduct, KeyTwice),
)


def initialize(sizes: Sequence[int] = SIZES, key: str = "b%d", seed: int = 0) -> dict[str, Floats]:
    """W1, b1, W2 … by name, with the assertion inside the loop: behind it, only the last layer would be looked at.

    Args:
        sizes: the number of inputs, and of neurons in each layer.
        key: what the biases of a layer are called.
        seed: the seed of the weights.

    >>> {name: table.shape for name, table in initialize((3, 4, 1)).items()}
    {'W1': (4, 3), 'b1': (4, 1), 'W2': (1, 4), 'b2': (1, 1)}
    >>> initialize((3, 4, 1), key="W%d")
    Traceback (most recent call last):
    ...
    AssertionError: W1 has the shape (4, 1) for (4, 3)
    """
    random, parameters = np.random.default_rng(seed), {}
    for i, (n, neurons) in enumerate(itertools.pairwise(sizes), start=1):
        parameters["W%d" % i] = random.normal(scale=0.5, size=(neurons, n))  # noqa: UP031 (as it is printed)
        parameters[key % i] = np.zeros((neurons, 1))
        found = parameters["W%d" % i].shape  # noqa: UP031
        assert found == (neurons, n), f"W{i} has the shape {found} for {(neurons, n)}"
    return parameters


def cost_with(book: type[Book], iterations: int = 1000, lr: float = 1.0) -> float:
    """The true J of the 4 samples after gradient descent with the gradients of a book, mistaken or not.

    Raises:
        TypeError, ValueError, LookupError: if the book does not run.
    """
    X, y = data()
    layers = [(W.copy(), b.copy()) for W, b in nn.weights_of(network())]
    it = book(layers, X, y)
    for _ in range(iterations):
        gradients = it.gradients()
        for i in it.W:
            it.W[i] = it.W[i] - lr * np.asarray(gradients[f"dW{i}"])
            it.b[i] = it.b[i] - lr * np.asarray(gradients[f"db{i}"])
    return Book.J(it, it.forward()[it.L])


def show_program() -> str:
    """The program that the compiler finds; the answer is which gradient is a plain sum over the samples."""
    source = compiled(network(), *data()).source
    print(source)
    return "db" if "db2 = dZ2.sum(axis=0)" in source else "dW"


def show_books() -> float:
    """The general formulas, and what is printed instead; the answer is how many do not run."""
    model, (X, y) = network(), data()
    print("the general formulas, checked against the engine:")
    layers, right = nn.weights_of(model), by_the_engine(model, X, y)
    books = {title(book): book(layers, X, y).gradients for book in MISTAKES}
    books = {"as in the book": Book(layers, X, y).gradients, **books}
    print_verdicts(right, books)
    return sum(verdict(right, formulas).startswith("does not run") for formulas in books.values())


def show_trainings() -> str:
    """What training comes to with each; the answer is whether a mistake in J alone is seen in it."""
    trainings = {title(book): [partial(cost_with, book)] for book in (Book, *MISTAKES)}
    print_measured("J after 1000 iterations with each of them, learning rate 1", trainings, "{:.5f}")
    return "no" if cost_with(Bracket) == cost_with(Book) else "yes"


def show_memory() -> str:
    """What is kept for the way back; the answer is which of Z1 and A1."""
    memory = compiled(network(), *data()).memory()
    print("what is kept for the backward pass:\n")
    print(memory)
    return next(array.name for array in memory.intermediates if array.name in ("Z1", "A1") and array.is_kept)


def show_growth() -> float:
    """How that grows with the samples; the answer is how many times as much 400 samples need as 40."""
    print("samples   numbers in Z and A   kept by the program")
    kept = {m: compiled(network(), *data(m)).memory().numbers for m in (4, 40, 400)}
    for m, numbers in kept.items():
        print(f"{m:>7}   {2 * sum(SIZES[1:]) * m:>18,}   {numbers:>19,}")
    return kept[400] / kept[40]


IDEAS = (
    Idea(
        "The program that is found",
        "A 3-4-3-1 network, tanh and a sigmoid at the end, 4 samples. The graph is one of scalars and knows "
        "nothing about layers; compile finds the matrices in it. A weight meets every sample in a product; a "
        "bias is only added.",
        "Which gradient is a plain sum over the samples, dW or db?",
        show_program,
    ),
    Idea(
        "The formulas of the books",
        "dZ[i] = W[i+1]ᵀ dZ[i+1] * g'(Z[i]), dW[i] = 1/m · dZ[i] A[i-1]ᵀ, db[i] = 1/m · Σ dZ[i], and ten "
        "versions with a mistake in each. Python stops some: their shapes do not fit.",
        "How many of the eleven do not run?",
        show_books,
    ),
    Idea(
        "Training with each of them",
        "In one of them a bracket of J is forgotten, and the gradients are right.",
        "Is that seen after training, yes or no?",
        show_trainings,
    ),
    Idea(
        "What is kept",
        "On the way back dZ1 needs the slope of tanh, which is 1 - A1².",
        "Which has to be kept for that, Z1 or A1?",
        show_memory,
    ),
    Idea(
        "How it grows",
        "The forward pass keeps arrays with a row for every sample.",
        "How many times as much is kept for 400 samples as for 40?",
        show_growth,
    ),
)


def pictures(folder: Path, *, theme: str = "light", lang: str = "en") -> list[Path]:
    """The program, drawn."""
    return [viz.draw(compiled(network(), *data()), theme=theme, lang=lang).save(folder / "layers.svg")]


def main(folder: Path | None = None) -> None:
    """The program, the formulas checked against it, and the memory as the network grows."""
    show_all(IDEAS)
    if folder is not None:
        print_files(pictures(folder))


if __name__ == "__main__":
    main(Path())
