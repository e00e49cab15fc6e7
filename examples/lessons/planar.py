"""What does one hidden layer learn, and why is db a sum?

400 points of a flower, a hidden layer of tanh, a sigmoid at the end, binary cross-entropy, gradient descent on all
points at once: the planar classifier of deeplearning.ai's "Neural Networks and Deep Learning", week 3.

In the course each column of X is a sample, X has the shape (2, 400), and Z1 = W1 X + b1. Here, as in most libraries,
each row is a sample, and X has the shape (400, 2). Each is the transpose of the other, and the numbers are the same.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

import tinygrad_edu
from tinygrad_edu import nn, viz
from tinygrad_edu.compiler import Program
from tinygrad_edu.lessons.against import print_measured, print_verdicts, title, verdict
from tinygrad_edu.lessons.ideas import Idea, print_files, show_all
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.plots import new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[Any]  # 0 and 1, integers or floats
LR = 1.2


def init(hidden: int, seed: int = 2) -> nn.MLP:
    """A 2-hidden-1 network: small random weights, so that tanh is not flat, and biases of 0.

    The sigmoid of the output is inside the loss, which gets the logits Z2.
    """
    random = np.random.RandomState(seed)
    model = nn.MLP(2, [hidden, 1], activation="tanh")
    for layer in model.layers:
        for neuron in layer.neurons:
            for weight in neuron.w:
                weight.data = 0.01 * random.randn()
    return model


def loss(model: nn.MLP, X: Floats, y: Labels) -> tinygrad_edu.Value:
    """The cost J: -(1/m) Σ [y log a + (1 - y) log(1 - a)], with a = σ(z)."""
    return nn.binary_cross_entropy_with_logits([model(x) for x in X], y)


def compiled(model: nn.MLP, X: Floats, y: Labels) -> Program:
    """Forward, loss and backward as one program."""
    return tinygrad_edu.compile(loss(model, X, y), wrt=model.parameters())


def train(model: nn.MLP, X: Floats, y: Labels, iterations: int) -> list[float]:
    """Gradient descent on all samples at once. Returns the cost before each step, and at the end."""
    program = compiled(model, X, y)
    costs = []
    for _ in range(iterations):
        cost, gradient = program()
        program.parameters -= LR * gradient
        costs.append(cost)
    program.write_back()
    return [*costs, program()[0]]


def predict(model: nn.MLP, X: Floats) -> npt.NDArray[np.bool_]:
    """Class 1 where a > ½, which is where z > 0."""
    return nn.predict(model, X) > 0


def accuracy_of(hidden: int, iterations: int = 5000) -> float:
    """Per cent of the flower's points on the right side, after training."""
    X, y = nn.datasets.flower()
    model = init(hidden)
    train(model, X, y, iterations)
    return 100 * float(np.mean(predict(model, X) == y))


# The formulas of the course, and what is often printed instead


class Book:
    """as in the course, but with a sample in each row"""

    def __init__(self, layers: Sequence[tuple[Floats, Floats]], X: Floats, y: Labels) -> None:
        (self.W1, self.b1), (self.W2, self.b2) = layers
        self.X, self.y, self.m = X, y[:, None], len(X)

    def slope(self, A: Floats) -> Floats:
        return 1 - A**2  # tanh'(Z), from A = tanh(Z)

    def share(self) -> float:
        return 1 / self.m

    def db(self, dZ: Floats) -> Floats:
        return np.asarray(self.share() * np.sum(dZ, axis=0))

    def db2(self, dZ: Floats) -> Floats:
        return self.db(dZ)

    def output_delta(self, A: Floats) -> Floats:
        return A - self.y  # of the sigmoid and the cross-entropy together: the slope of the sigmoid cancels

    def gradients(self) -> dict[str, npt.ArrayLike]:
        """The gradient of the cost by W1, b1, W2 and b2, in their shapes."""
        A1 = np.tanh(self.X @ self.W1.T + self.b1)
        A2 = 1 / (1 + np.exp(-(A1 @ self.W2.T + self.b2)))
        dZ2 = self.output_delta(A2)
        dZ1 = dZ2 @ self.W2 * self.slope(A1)
        dW1, dW2 = self.share() * dZ1.T @ self.X, self.share() * dZ2.T @ A1
        return {"dW1": dW1, "db1": self.db(dZ1), "dW2": dW2, "db2": self.db2(dZ2)}


class WithoutAxis(Book):
    """db1 = 1/m np.sum(dZ1), one number for all neurons"""

    def db(self, dZ: Floats) -> Floats:
        return np.full(dZ.shape[1], self.share() * np.sum(dZ))


class OneNumber(Book):
    """db2 = 1/m np.sum(dZ2), without axis: a number where a vector is meant"""

    def db2(self, dZ: Floats) -> Floats:
        return np.asarray(self.share() * np.sum(dZ))


class SlopeOfTheOutput(Book):
    """dZ1 = W2ᵀ dZ2 * g'(Z1), g' of the output's sigmoid for f' of tanh"""

    def slope(self, A: Floats) -> Floats:
        up, down = np.sqrt(1 + A), np.sqrt(1 - A)  # from A = tanh(Z): σ(Z) = up / (up + down), without inf at A = 1
        return np.asarray(up * down / (up + down) ** 2)


class SlopeBesideCrossEntropy(Book):
    """dZ2 = (A2 - Y) * g'(Z2), the delta of a squared error beside cross-entropy"""

    def output_delta(self, A: Floats) -> Floats:
        return np.asarray((A - self.y) * A * (1 - A))


class WithoutShare(Book):
    """the 1/m forgotten"""

    def share(self) -> float:
        return 1.0


class SlopeOfA(Book):
    """1 - np.tanh(A1)**2, the derivative at A1 for that at Z1"""

    def slope(self, A: Floats) -> Floats:
        return np.asarray(1 - np.tanh(A) ** 2)


MISTAKES = (WithoutAxis, WithoutShare, SlopeOfA, SlopeOfTheOutput, SlopeBesideCrossEntropy, OneNumber)


def by_the_engine(model: nn.MLP, X: Floats, y: Labels) -> dict[str, npt.ArrayLike]:
    """The same, found by the sweep over the graph of scalars."""
    model.zero_grad()
    loss(model, X, y).backward()
    found: dict[str, npt.ArrayLike] = {}
    for number, layer in enumerate(model.layers, start=1):
        found[f"dW{number}"] = [[w.grad for w in neuron.w] for neuron in layer.neurons]
        found[f"db{number}"] = [neuron.b.grad for neuron in layer.neurons]
    return found


def accuracy_with(book: type[Book], hidden: int = 4, iterations: int = 5000) -> float:
    """Per cent of the points on the right side after gradient descent with the gradients of a book, mistaken or not."""
    X, y = nn.datasets.flower()
    layers = [(W.copy(), b.copy()) for W, b in nn.weights_of(init(hidden))]
    for _ in range(iterations):
        gradients = book(layers, X, y).gradients()
        for number, (W, b) in enumerate(layers, start=1):
            W -= LR * np.asarray(gradients[f"dW{number}"])
            b -= LR * np.asarray(gradients[f"db{number}"])
    (W1, b1), (W2, b2) = layers
    Z2 = np.tanh(X @ W1.T + b1) @ W2.T + b2
    return 100 * float(np.mean((Z2[:, 0] > 0) == y))


def shares_of_b1(model: nn.MLP, X: Floats, y: Labels) -> Floats:
    """What every sample contributes to ∂J/∂b1 of the first hidden neuron: dZ1 of the sample, divided by m."""
    alone = [by_the_engine(model, X[i : i + 1], y[i : i + 1]) for i in range(len(X))]
    return np.array([np.ravel(found["db1"])[0] for found in alone]) / len(X)


def plot_costs(costs: Sequence[float], look: Look) -> Figure:
    """The cost over all iterations, and its end, enlarged."""
    left, right = new_axes(9.0, 3.2, 1, 2, look)
    for ax, start in ((left, 0), (right, 6000)):
        ax.plot(range(start, len(costs)), costs[start:], color=look.theme.positive, linewidth=1)
        ax.set(xlabel=look.say("iteration"), ylabel=look.say("cost"))
        ax.grid(color=look.theme.faint, alpha=0.3)
        ax.spines[["top", "right"]].set_visible(False)
    right.set_title(look.say("too_long"), fontsize="medium")
    return cast("Figure", left.figure)


@functools.cache
def trained() -> tuple[nn.MLP, list[float]]:
    """A network of four hidden units after 7000 iterations, and its costs."""
    model = init(4)
    return model, train(model, *nn.datasets.flower(), 7000)


@functools.cache
def young() -> nn.MLP:
    """A network of four hidden units after 100 iterations: its gradients are not small yet."""
    model = init(4)
    train(model, *nn.datasets.flower(), 100)
    return model


def show_costs() -> float:
    """The cost as it falls; the answer is where it begins."""
    _, costs = trained()
    for iteration in (0, 1000, 2000, 7000):
        print(f"cost after {iteration:>5} iterations  {costs[iteration]:.12f}")
    return costs[0]


def show_accuracies() -> float:
    """How well 1 to 5 hidden units do; the answer is the least number that reaches 90 %."""
    print("hidden units  accuracy after 5000 iterations")
    found = {hidden: accuracy_of(hidden) for hidden in (1, 2, 3, 4, 5)}
    for hidden, per_cent in found.items():
        print(f"{hidden:>12}  {per_cent:>6.2f} %")
    return next(hidden for hidden, per_cent in found.items() if per_cent >= 90)


def show_sum() -> str:
    """What five samples contribute to one bias; the answer is what db does with them."""
    X, y = nn.datasets.flower()
    few = slice(0, 400, 80)
    shares = shares_of_b1(young(), X[few], y[few])
    print("Why is db a sum? One bias, five samples, and each has a path of its own from b1 to the cost:")
    print("  ", " + ".join(in_brackets(share) for share in shares), "=", show(float(shares.sum())))
    whole = float(np.ravel(by_the_engine(young(), X[few], y[few])["db1"])[0])
    print("   db1 of the engine, all five at once:", show(whole))
    return "sum" if np.isclose(shares.sum(), whole) else "other"


def show_books() -> float:
    """The formulas and what is printed instead; the answer is how many are right."""
    X, y = nn.datasets.flower()
    print("checked against the engine:")
    layers, right = nn.weights_of(young()), by_the_engine(young(), X, y)
    books = {title(book): book(layers, X, y).gradients for book in MISTAKES}
    books = {"as in the course": Book(layers, X, y).gradients, **books}
    print_verdicts(right, books)
    return sum(verdict(right, formulas) == "right" for formulas in books.values())


def show_trainings() -> str:
    """What training comes to with each mistake; the answer is whether the lost axis is seen in it."""
    trainings = {title(book): [partial(accuracy_with, book)] for book in (Book, *MISTAKES)}
    print_measured("and trained for 5000 iterations with each of them", trainings, "{:.2f} %")
    return "yes" if abs(accuracy_with(Book) - accuracy_with(WithoutAxis)) > 0.5 else "no"


IDEAS = (
    Idea(
        "The cost, before anything is learned",
        "400 points of a flower, a hidden layer of four tanh, a sigmoid at the end. The weights are small and "
        "the biases 0, so every point is predicted to be ½, and the cost of a prediction of ½ is -log ½.",
        "What is the cost before the first step, about?",
        show_costs,
    ),
    Idea(
        "How many hidden units?",
        "Each hidden unit draws one soft line through the plane. The flower has petals of two colours.",
        "From how many hidden units on are 90 % of the points on the right side?",
        show_accuracies,
    ),
    Idea(
        "Why is db a sum?",
        "One bias b1 is used by every sample, and from each sample a path of its own leads from b1 to the cost.",
        "What becomes of the contributions of the samples: their sum, or the largest?",
        show_sum,
    ),
    Idea(
        "What is often printed instead",
        "The formulas of the course, and six versions with a mistake in each, on the same numbers as the engine.",
        "How many of the seven are right?",
        show_books,
    ),
    Idea(
        "Does a falling cost prove anything?",
        "db1 = 1/m np.sum(dZ1), without an axis, gives one number for all neurons: a wrong gradient.",
        "Is that seen in the accuracy after 5000 iterations, yes or no?",
        show_trainings,
    ),
)


def pictures(folder: Path, *, theme: str = "light", lang: str = "en") -> list[Path]:
    """The boundary, the cost of 10,000 iterations, and what each neuron sees."""
    X, y = nn.datasets.flower()
    model, _ = trained()
    figures = {
        "planar": viz.plot_decision_boundary(model, X, y, theme=theme, lang=lang),
        "planar-cost": plot_costs(train(init(4), X, y, 10_000), look_of("pictures", theme, lang)),
        "planar-neurons": viz.plot_neurons(model, X, y, theme=theme, lang=lang),
    }
    return [viz.save_figure(figure, folder / f"{name}.png", dpi=110) for name, figure in figures.items()]


def main(folder: Path | None = None) -> None:
    """Train, look, and answer the question."""
    show_all(IDEAS)
    if folder is not None:
        print_files(pictures(folder))


if __name__ == "__main__":
    main(Path())
