"""What is the gradient of one sample, and how do samples add up?

A network of any list of sizes, sigmoid everywhere, the cost ½ ‖a - y‖² of one sample. `backprop(x, y)` gives
(nabla_b, nabla_w) in the shapes of biases and weights; a mini-batch of m samples takes a step of η / m times their sum.
After network.py of Michael Nielsen's "Neural Networks and Deep Learning", chapters 1 and 2.

There x and a are columns, of shape (n, 1). Here they are vectors of n numbers; in both, W has a row for each neuron.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

import tinygrad_edu
from tinygrad_edu import Value, nn, viz
from tinygrad_edu.lessons.against import print_measured, print_verdicts, title, verdict
from tinygrad_edu.lessons.ideas import Idea, print_files, show_all
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.plots import new_axes, shades_of_ink

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]
Nabla = tuple[list[Floats], list[Floats]]  # by the biases, and by the weights, of every layer


class Network:
    """Sigmoid neurons, layer by layer.

    Args:
        sizes: the number of inputs, of neurons in every hidden layer, and of outputs.
        seed: the seed of the weights and biases, which are normally distributed.
    """

    def __init__(self, sizes: Sequence[int], seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.sizes = list(sizes)
        self.model = nn.MLP(sizes[0], sizes[1:], activation="sigmoid", output="sigmoid")
        self.set(
            [random.normal(size=(m, n)) for n, m in pairwise(sizes)], [random.normal(size=m) for m in self.sizes[1:]]
        )
        self.program, self.output = self._compiled()

    def set(self, weights: Sequence[Floats], biases: Sequence[Floats]) -> None:
        """Load weights, with a row for each neuron, and biases."""
        for layer, W, b in zip(self.model.layers, weights, biases, strict=True):
            for neuron, row, bias in zip(layer.neurons, W, np.ravel(b), strict=True):
                neuron.b.data = float(bias)
                for weight, number in zip(neuron.w, row, strict=True):
                    weight.data = float(number)
        if hasattr(self, "program"):
            self.program.parameters = [parameter.data for parameter in self.model.parameters()]

    def _compiled(self) -> tuple[tinygrad_edu.compiler.Program, int]:
        """Forward and backward of one sample, as a program: x and y are its inputs."""
        x, y = ([Value(0.0) for _ in range(size)] for size in (self.sizes[0], self.sizes[-1]))
        a = self.model(x)
        outputs = [a] if isinstance(a, Value) else a
        cost = nn.mse_loss(outputs, y, reduction="sum", scale=0.5)
        return tinygrad_edu.compile(cost, wrt=self.model.parameters(), inputs=[x, y], outputs=outputs), len(outputs)

    def feedforward(self, x: Sequence[float]) -> Floats:
        """The outputs for one sample."""
        self.program([*x, *[0.0] * self.output])
        return self.program.outputs

    def backprop(self, x: Sequence[float], y: Sequence[float]) -> Nabla:
        """The gradient of the cost of one sample: nabla_b and nabla_w, layer by layer."""
        _, gradient = self.program([*x, *y])
        return self._in_layers(gradient)

    def _in_layers(self, gradient: Floats) -> Nabla:
        """A vector of all parameters, neuron by neuron, weights before bias, as biases and weights of every layer."""
        nabla_b, nabla_w, start = [], [], 0
        for n, m in pairwise(self.sizes):
            table = gradient[start : start + m * (n + 1)].reshape(m, n + 1)
            nabla_w.append(table[:, :n])
            nabla_b.append(table[:, n])
            start += m * (n + 1)
        return nabla_b, nabla_w

    def update_mini_batch(self, batch: Sequence[tuple[Floats, Floats]], eta: float) -> None:
        """W ← W - (η / m) Σ nabla, over the m samples of a mini-batch."""
        self.program.parameters -= eta / len(batch) * self._total(batch)

    def _total(self, batch: Sequence[tuple[Floats, Floats]]) -> Floats:
        return sum((self.program([*x, *y])[1] for x, y in batch), start=np.zeros(len(self.program.parameters)))

    def SGD(
        self, data: Sequence[tuple[Floats, Floats]], epochs: int, mini_batch_size: int, eta: float, seed: int = 0
    ) -> None:
        """Stochastic gradient descent, with every epoch in a new order."""
        random, samples = np.random.default_rng(seed), list(data)
        for _ in range(epochs):
            order = random.permutation(len(samples))
            for start in range(0, len(order), mini_batch_size):
                self.update_mini_batch([samples[i] for i in order[start : start + mini_batch_size]], eta)

    def evaluate(self, data: Sequence[tuple[Floats, Floats]]) -> int:
        """How many samples have their largest output at the right place."""
        return sum(int(self.feedforward(x.tolist()).argmax() == y.argmax()) for x, y in data)


class Book:
    """as in the book: the four equations of its chapter 2

    BP1   δ[L] = (a[L] - y) * σ'(z[L])               BP3   nabla_b[l] = δ[l]
    BP2   δ[l] = W[l+1]ᵀ δ[l+1] * σ'(z[l])           BP4   nabla_w[l] = δ[l] a[l-1]ᵀ
    """

    def __init__(self, weights: Sequence[Floats], biases: Sequence[Floats], eta: float = 3.0) -> None:
        self.weights, self.biases, self.eta = weights, biases, eta

    def sigmoid(self, z: Floats) -> Floats:
        return 1 / (1 + np.exp(-z))

    def sigmoid_prime(self, z: Floats) -> Floats:
        return self.sigmoid(z) * (1 - self.sigmoid(z))

    def output_delta(self, a: Floats, y: Floats, zs: list[Floats]) -> Floats:
        return (a - y) * self.sigmoid_prime(zs[-1])

    def output(self, x: Floats) -> Floats:
        """What the network says about a sample."""
        for W, b in zip(self.weights, self.biases, strict=True):
            x = self.sigmoid(W @ x + b)
        return x

    def backprop(self, x: Floats, y: Floats) -> Nabla:
        """As in network.py; columns are vectors here."""
        activations, zs = [x], []
        for W, b in zip(self.weights, self.biases, strict=True):
            zs.append(W @ activations[-1] + b)
            activations.append(self.sigmoid(zs[-1]))
        delta = self.output_delta(activations[-1], y, zs)
        nabla_b, nabla_w = [delta], [np.outer(delta, activations[-2])]
        for l in range(2, len(self.weights) + 1):  # noqa: E741 (the book's letter)
            delta = self.weights[-l + 1].T @ delta * self.sigmoid_prime(zs[-l])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.outer(delta, activations[-l - 1]))
        return nabla_b, nabla_w

    def update(self, total: Floats, m: int) -> Floats:
        """What a parameter changes by, given the sum of its gradients over a mini-batch."""
        return -self.eta / m * total

    def on(self, x: Floats, y: Floats) -> dict[str, npt.ArrayLike]:
        """The gradient of one sample by name; and what b1 changes by, for a mini-batch of this sample, twice."""
        nabla_b, nabla_w = self.backprop(x, y)
        return named(nabla_b, nabla_w) | {"update of b1": self.update(2 * nabla_b[0], 2)}


class WrongSign(Book):
    """sigmoid(z) = 1 / (1 + exp(z))"""

    def sigmoid(self, z: Floats) -> Floats:
        return 1 / (1 + np.exp(z))


class AllButLast(Book):
    """sigmoid_prime(zs[:-1]) for sigmoid_prime(zs[-1])"""

    def output_delta(self, a: Floats, y: Floats, zs: list[Floats]) -> Floats:
        return self.sigmoid_prime(zs[:-1]) * (a - y)  # type: ignore[arg-type]


class AsPrinted(WrongSign, AllButLast):
    """both of these lines, as they are printed together"""


class Xrange(Book):
    """for l in xrange(2, num_layers), the range of Python 2"""

    def backprop(self, x: Floats, y: Floats) -> Nabla:
        for _ in xrange(2, len(self.weights) + 1):  # type: ignore[name-defined]  # noqa: F821
            pass
        return super().backprop(x, y)


class Unnamed(Book):
    """self.weight for self.weights"""

    def backprop(self, x: Floats, y: Floats) -> Nabla:
        return Book(self.weight, self.biases).backprop(x, y)  # type: ignore[attr-defined]


class WithoutShare(Book):
    """the step without η/m"""

    def update(self, total: Floats, m: int) -> Floats:
        return -total


MISTAKES = (WrongSign, AllButLast, AsPrinted, Xrange, Unnamed, WithoutShare)


def named(nabla_b: Sequence[Floats], nabla_w: Sequence[Floats]) -> dict[str, npt.ArrayLike]:
    """nabla_b1, nabla_w1, nabla_b2 …"""
    pairs = enumerate(zip(nabla_b, nabla_w, strict=True), start=1)
    return {name: found for i, (b, w) in pairs for name, found in ((f"nabla_b{i}", b), (f"nabla_w{i}", w))}


def digits() -> tuple[list[tuple[Floats, Floats]], list[tuple[Floats, Floats]]]:
    """Images of 8 × 8 pixels, four fifths to train on and one to test, with targets of ten numbers, one of them 1."""
    X, X_test, y, y_test = nn.train_test_split(*nn.datasets.digits(), test_size=0.2)
    one_hot = np.eye(10)
    return (
        list(zip(X, one_hot[y], strict=True)),
        list(zip(X_test, one_hot[y_test], strict=True)),
    )


def read_with(book: type[Book], seed: int = 0, sizes: Sequence[int] = (64, 30, 10), epochs: int = 10) -> float:
    """Per cent of the test digits that are read after training with the gradients of a book, mistaken or not.

    Mini-batches of 10 and η = 3, as the book has it.

    Raises:
        TypeError, ValueError, NameError, AttributeError: if the book does not run.
    """
    random, (training, test) = np.random.default_rng(seed), digits()
    weights = [random.normal(size=(m, n)) for n, m in pairwise(sizes)]
    biases = [random.normal(size=m) for m in sizes[1:]]
    it = book(weights, biases)
    for _ in range(epochs):
        order = random.permutation(len(training))
        for start in range(0, len(order), 10):
            _step(it, [training[i] for i in order[start : start + 10]])
    read = [int(it.output(x).argmax() == y.argmax()) for x, y in test]
    return 100 * float(np.mean(read))


def _step(book: Book, batch: Sequence[tuple[Floats, Floats]]) -> None:
    """One step of gradient descent, on the sum of the gradients of a mini-batch."""
    found = [book.backprop(x, y) for x, y in batch]
    for numbers, side in ((book.biases, 0), (book.weights, 1)):
        for layer, number in enumerate(numbers):
            number += book.update(np.sum([nabla[side][layer] for nabla in found], axis=0), len(batch))


def plot_misread(network: Network, data: Sequence[tuple[Floats, Floats]], look: Look) -> Figure:
    """The images that the network takes for another digit: up to twelve of them."""
    read = [(x, int(y.argmax()), int(network.feedforward(x.tolist()).argmax())) for x, y in data]
    wrong = [sample for sample in read if sample[1] != sample[2]][:12]
    axes = new_axes(7.2, 3.2, 2, 6, look)
    for ax in axes:
        ax.set_axis_off()
    for ax, (x, right, said) in zip(axes, wrong, strict=False):
        ax.imshow(x.reshape(8, 8), cmap=shades_of_ink(look.theme))
        ax.set_title(look.say("read_as", right=right, said=said), fontsize="small")
    return cast("Figure", axes[0].figure)


SAMPLE = (np.array([0.5, -1.0]), np.array([1.0]))


def show_sample() -> str:
    """The gradient of one sample; the answer is the shape of nabla_w of the first layer."""
    x, y = SAMPLE
    nabla_b, nabla_w = Network([2, 3, 1]).backprop(x.tolist(), y.tolist())
    for number, (b, W) in enumerate(zip(nabla_b, nabla_w, strict=True), start=1):
        print(f"layer {number}: nabla_b {b.round(6).tolist()}\n         nabla_w {W.round(6).tolist()}")
    return "{} x {}".format(*nabla_w[0].shape)


def show_books() -> float:
    """The equations of the book, and what is printed elsewhere; the answer is how many do not run."""
    network, (x, y) = Network([2, 3, 1]), SAMPLE
    nabla_b, nabla_w = network.backprop(x.tolist(), y.tolist())
    print("checked against the engine:")
    layers = nn.weights_of(network.model)
    weights, biases = [W for W, _ in layers], [b for _, b in layers]
    before = biases[0]
    network.update_mini_batch([(x, y), (x, y)], 3.0)
    network.program.write_back()
    engine = named(nabla_b, nabla_w) | {"update of b1": nn.weights_of(network.model)[0][1] - before}
    books = {title(book): partial(book(weights, biases).on, x, y) for book in (Book, *MISTAKES)}
    print_verdicts(engine, books)
    return sum(verdict(engine, formulas).startswith("does not run") for formulas in books.values())


@functools.cache
def reader() -> tuple[Network, list[int]]:
    """64-30-10 after ten epochs on the digits, and how many it read after each."""
    training, test = digits()
    network, read = Network([64, 30, 10]), []
    for epoch in range(1, 11):
        network.SGD(training, 1, 10, 3.0, seed=epoch)
        read.append(network.evaluate(test))
    return network, read


def show_digits() -> str:
    """The digits, epoch by epoch; the answer is whether nine of ten are read in the end."""
    print("64-30-10 on the digits, mini-batches of 10, η = 3:")
    (_, test), (_, read) = digits(), reader()
    for epoch, count in enumerate(read, start=1):
        print(f"   epoch {epoch:>2}: {count} of {len(test)}")
    return "yes" if read[-1] >= 0.9 * len(test) else "no"


def show_trainings() -> float:
    """What training comes to with each mistake; the answer is what the wrong sigmoid reads."""
    trainings = {title(book): [partial(read_with, book, seed) for seed in range(3)] for book in (Book, *MISTAKES)}
    print_measured("read after 10 epochs with each of them, from three starts", trainings)
    return round(read_with(WrongSign), 1)


IDEAS = (
    Idea(
        "One sample",
        "A 2-3-1 network: two inputs, three hidden neurons, one output. backprop(x, y) gives nabla_b and "
        "nabla_w, in the shapes of biases and weights; W has a row for each neuron.",
        "What is the shape of nabla_w of the first layer, such as 2 x 3?",
        show_sample,
    ),
    Idea(
        "What is printed elsewhere",
        "The four equations of the book, and six lines as they are printed in copies of it: a sign, an index, "
        "xrange, a name. Some give wrong numbers, and some stop with an error.",
        "How many of the seven do not run at all?",
        show_books,
    ),
    Idea(
        "The digits",
        "Images of 8 × 8 pixels, 64-30-10, sigmoid everywhere, mini-batches of 10, η = 3, ten epochs. "
        "Guessing reads one of ten.",
        "Are at least nine of ten read in the end, yes or no?",
        show_digits,
    ),
    Idea(
        "Training with each of them",
        "With sigmoid(z) = 1 / (1 + exp(z)) every layer has the wrong sign, the output layer and every second "
        "one before.",
        "How many per cent of the digits are read then, about?",
        show_trainings,
    ),
)


def pictures(folder: Path, *, theme: str = "light", lang: str = "en") -> list[Path]:
    """The digits that are misread."""
    figure = plot_misread(reader()[0], digits()[1], look_of("pictures", theme, lang))
    return [viz.save_figure(figure, folder / "per_sample.png", dpi=110)]


def main(folder: Path | None = None) -> None:
    """One sample; the mistakes; then the digits."""
    show_all(IDEAS)
    if folder is not None:
        print_files(pictures(folder))


if __name__ == "__main__":
    main(Path())
