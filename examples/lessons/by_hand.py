"""Are the published numbers of a network worked by hand right?

Two inputs, two hidden and two output neurons, all sigmoid, with every intermediate number on paper: Matt Mazur, "A step
by step backpropagation example" (2015). The biases are never trained there, and all gradients of a round are taken
before any weight is moved.

Then a smaller network whose two biases are shared by several neurons, where two readings of the same page give two
gradients, and the engine says which one is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu
from tinygrad_edu import Value, chain_rule, nn, parse, viz
from tinygrad_edu.lessons.ideas import Idea, print_files, show_all
from tinygrad_edu.show import in_brackets, show

INPUTS, TARGETS = (0.05, 0.10), (0.01, 0.99)
WEIGHTS = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)
BIASES = (0.35, 0.60)
OWN_BIASES = (0.35, 0.35, 0.60, 0.60)  # of h1, h2, o1, o2: each begins with the number of the page
LR = 0.5


class Network(NamedTuple):
    """The network after a forward pass: parameters, hidden units, outputs, and the error E.

    There are two biases, one for each layer, as on the page; or four, one for each neuron.
    """

    w: list[Value]
    b: list[Value]
    h: tuple[Value, Value]
    o: tuple[Value, Value]
    E: Value


def forward(weights: tuple[float, ...] = WEIGHTS, biases: tuple[float, ...] = BIASES) -> Network:
    """The page, from net_h1 to E = Σ ½ (target - out)²."""
    w = [Value(number, label=f"w{i}") for i, number in enumerate(weights, start=1)]
    b = [Value(number, label=f"b{i}") for i, number in enumerate(biases, start=1)]
    i1, i2 = INPUTS
    b_h1, b_h2, b_o1, b_o2 = b if len(b) == 4 else (b[0], b[0], b[1], b[1])
    h1 = (w[0] * i1 + w[1] * i2 + b_h1).sigmoid()
    h2 = (w[2] * i1 + w[3] * i2 + b_h2).sigmoid()
    o1 = (w[4] * h1 + w[5] * h2 + b_o1).sigmoid()
    o2 = (w[6] * h1 + w[7] * h2 + b_o2).sigmoid()
    for name, value in (("h1", h1), ("h2", h2), ("o1", o1), ("o2", o2)):
        value.label = name
    E = nn.mse_loss([o1, o2], TARGETS, reduction="sum", scale=0.5)
    return Network(w, b, (h1, h2), (o1, o2), E)


def one_round() -> list[float]:
    """All eight weights after one update."""
    network = forward()
    network.E.backward()
    return [w.data - LR * w.grad for w in network.w]


def rounds(count: int, *, train_biases: bool = False, biases: tuple[float, ...] = BIASES) -> NDArray[np.float64]:
    """The parameters after many rounds: w1 … w8, and the biases if they are trained."""
    network = forward(biases=biases)
    program = tinygrad_edu.compile(network.E, wrt=[*network.w, *(network.b if train_biases else [])])
    for _ in range(count):
        _, gradient = program()
        program.parameters -= LR * gradient
    return program.parameters


def after(parameters: NDArray[np.float64]) -> Network:
    """The network with the parameters of some round."""
    numbers = tuple(parameters.tolist())
    return forward(numbers[:8], numbers[8:] or BIASES)


def old_script(count: int) -> NDArray[np.float64]:
    """The mistake behind the widely copied 0.291027924: the hidden deltas are taken with w5 … w8 after their update."""
    return _mistaken(count, _paths_of_new_weights)


def one_path(count: int) -> NDArray[np.float64]:
    """The mistake of only one of two outputs on the way to w1 … w4."""
    return _mistaken(count, _path_through_o1)


Upstream = Callable[[Network, list[float]], tuple[float, float]]  # of a network and the new w5 … w8: ∂E/∂h1, ∂E/∂h2


def _mistaken(count: int, upstream: Upstream) -> NDArray[np.float64]:
    numbers = list(WEIGHTS)
    for _ in range(count):
        numbers = _mistaken_round(forward(tuple(numbers)), upstream)
    return np.array(numbers)


def _mistaken_round(network: Network, upstream: Upstream) -> list[float]:
    network.E.backward()
    new = [w.data - LR * w.grad for w in network.w[4:]]  # w5 … w8
    deltas = [g * h.partials[0] for g, h in zip(upstream(network, new), network.h, strict=True)]
    old = [w.data for w in network.w[:4]]
    gradients = [delta * i for delta in deltas for i in INPUTS]
    return [w - LR * g for w, g in zip(old, gradients, strict=True)] + new


def _paths_of_new_weights(network: Network, new: list[float]) -> tuple[float, float]:
    """With w5 … w8 too early: this is not ∂E/∂h of any network."""
    d1, d2 = (o.args[0].grad for o in network.o)  # δ = ∂E/∂net of both outputs
    return d1 * new[0] + d2 * new[2], d1 * new[1] + d2 * new[3]


def _path_through_o1(network: Network, _: list[float]) -> tuple[float, float]:
    d1 = network.o[0].args[0].grad
    return d1 * network.w[4].data, d1 * network.w[5].data


# The 1-2-1 network with shared biases

SMALL = {"w1": 0.1, "w2": -0.2, "w3": 0.3, "w4": 0.4, "b1": 0.35, "b2": 0.6}
OUTPUT = "o = sigmoid(w3 * h1 + w4 * h2 + b2)"
HALF, SQUARE = "L = (1 - o) ** 2 / 2", "L = (1 - o) ** 2"  # what the notes compute, and what is called MSE
READINGS = {
    "b1 in both hidden neurons": "h2 = sigmoid(w2 * x + b1)",
    "b2 in the second one":      "h2 = sigmoid(w2 * x + b2)",
}  # fmt: skip


def shared_biases(
    second: str, numbers: Mapping[str, float] | None = None, *, output: str = OUTPUT, loss: str = HALF
) -> Value:
    """L = ½ (y - o)² for y = 1, with one of the readings of the second hidden neuron.

    Args:
        second: the line of the second hidden neuron.
        numbers: of parameters, for those of the page.
        output: the line of the output neuron.
        loss: the line of the loss.
    """
    lines = ("h1 = sigmoid(w1 * x + b1)", second, output, loss)
    return parse("; ".join(lines), **{"x": 0.5, **SMALL, **(numbers or {})})


def three_biases() -> Value:
    """The third reading: each of the three neurons has a bias of its own."""
    own = {"b2": -0.1, "b3": 0.6}
    return shared_biases("h2 = sigmoid(w2 * x + b2)", own, output="o = sigmoid(w3 * h1 + w4 * h2 + b3)")


def as_printed(L: Value) -> dict[str, float]:
    """The gradients as the notes write them, whatever the second neuron's bias is: dw1 … dw4, db1, db2."""
    numbers, delta = {node.name: node.data for node in chain_rule(L).nodes}, deltas(L)
    return {
        "w1": delta["h1"] * numbers["x"], "w2": delta["h2"] * numbers["x"],
        "w3": delta["o"] * numbers["h1"], "w4": delta["o"] * numbers["h2"],
        "b1": delta["h1"] + delta["h2"], "b2": delta["o"],
    }  # fmt: skip


def by_the_engine(L: Value) -> dict[str, float]:
    """The same, found by the sweep."""
    gradients = chain_rule(L).gradients
    return {name: gradients[name] for name in SMALL}


def small_rounds(
    second: str, gradients: Callable[[Value], dict[str, float]], count: int = 100, lr: float = LR
) -> float:
    """L after many rounds of the loop of the notes: each parameter minus η times its gradient."""
    numbers = dict(SMALL)
    for _ in range(count):
        found = gradients(shared_biases(second, numbers))
        numbers = {name: number - lr * found[name] for name, number in numbers.items()}
    return shared_biases(second, numbers).data


def deltas(L: Value) -> dict[str, float]:
    """δ = ∂L/∂net of the three neurons, from which a derivation by hand is built."""
    trace = chain_rule(L)
    nets = {node.name: node.args[0] for node in trace.nodes if node.name in ("h1", "h2", "o")}
    return {name: trace.gradients[trace.nodes[net].name] for name, net in nets.items()}


def show_forward() -> float:
    """The forward pass; the answer is the error E."""
    network = forward()
    h1, o1 = network.h[0], network.o[0]
    print(f"net_h1 {show(h1.args[0].data, 9)}   out_h1 {show(h1.data, 9)}")
    print(f"out_o1 {show(o1.data, 9)}   out_o2 {show(network.o[1].data, 9)}   E {show(network.E.data, 9)}")
    return network.E.data


def show_w5() -> float:
    """The three factors of ∂E/∂w5; the answer is their product."""
    network = swept()
    h1, o1, w5 = network.h[0], network.o[0], network.w[4]
    print("∂E/∂w5 = ∂E/∂out_o1 · ∂out_o1/∂net_o1 · ∂net_o1/∂w5")
    factors = (o1.grad, o1.partials[0], h1.data)
    print(f"       = {' · '.join(show(number, 9) for number in factors)} = {show(w5.grad, 9)}")
    return w5.grad


def show_w1() -> float:
    """The paths to out_h1, and ∂E/∂w1; the answer is how many paths there are."""
    network = swept()
    h1, w1 = network.h[0], network.w[0]
    paths = [o.args[0].grad * w.data for o, w in zip(network.o, (network.w[4], network.w[6]), strict=True)]
    print("∂E/∂out_h1 = δ_o1 · w5 + δ_o2 · w7, the paths through both outputs")
    print(f"           = {show(paths[0], 8)} + {in_brackets(paths[1], 8)} = {show(h1.grad, 8)}")
    print(f"∂E/∂w1     = {show(h1.grad, 8)} · {show(h1.partials[0], 8)} · {INPUTS[0]} = {show(w1.grad, 6)}")
    return len(paths)


def show_round() -> float:
    """All weights after one round; the answer is the new w5."""
    print("after one round:")
    weights = one_round()
    for start in (0, 4):
        print("  ", *(f"w{i + 1} {weights[i]:.9f} " for i in range(start, start + 4)))
    return weights[4]


def show_rounds() -> str:
    """Ten thousand rounds in five ways; the answer is whether training with the old script's mistake works."""
    ends = {}
    for name, parameters in (
        ("biases fixed, as on the page", rounds(10_000)),
        ("biases trained, shared", rounds(10_000, train_biases=True)),
        ("a bias for each neuron, trained", rounds(10_000, train_biases=True, biases=OWN_BIASES)),
        (OLD_SCRIPT, old_script(10_000)),
        ("one of two paths to w1 … w4", one_path(10_000)),
    ):
        end = ends[name] = after(parameters)
        print(f"10,000 rounds, {name}: E {end.E.data:.9g}, outputs {end.o[0].data:.9f}, {end.o[1].data:.9f}")
    return "yes" if ends[OLD_SCRIPT].E.data < forward().E.data / 100 else "no"


def show_readings() -> str:
    """The small network with its two readings; the answer is the bias whose printed gradient is wrong in the second."""
    print("the 1-2-1 network with shared biases:\n")
    for name, second in READINGS.items():
        _print_reading(name, second)
    _print_three_biases()
    _print_square()
    L = shared_biases(READINGS["b2 in the second one"])
    engine, printed = by_the_engine(L), as_printed(L)
    wrong = [name for name in engine if abs(engine[name] - printed[name]) > 1e-9]
    return "both" if len(wrong) > 1 else "".join(wrong)


OLD_SCRIPT = "the old script"
IDEAS = (
    Idea(
        "The page, forward",
        "i1 = 0.05, i2 = 0.10, w1 = 0.15, w2 = 0.20, w3 = 0.25, w4 = 0.30, b1 = 0.35 into the sigmoids h1 and "
        "h2; then w5 = 0.40, w6 = 0.45, w7 = 0.50, w8 = 0.55, b2 = 0.60 into o1 and o2, which should be 0.01 "
        "and 0.99. E = Σ ½ (target - out)², and out_o1 = 0.7514, out_o2 = 0.7729.",
        "What is E?",
        show_forward,
    ),
    Idea(
        "One weight of the output layer",
        "∂E/∂w5 is a product of three: ∂E/∂out_o1 = out_o1 - 0.01 = 0.7414, the slope of the sigmoid out_o1 · "
        "(1 - out_o1) = 0.1868, and ∂net_o1/∂w5 = out_h1 = 0.5933.",
        "What is ∂E/∂w5?",
        show_w5,
    ),
    Idea(
        "One weight of the hidden layer",
        "w1 moves out_h1, and out_h1 goes into o1 and into o2.",
        "Over how many paths does ∂E/∂out_h1 come?",
        show_w1,
    ),
    Idea(
        "One round",
        "Every weight is moved by -0.5 times its gradient, all at once. w5 is 0.40, and ∂E/∂w5 = 0.08217.",
        "What is w5 afterwards?",
        show_round,
    ),
    Idea(
        "Ten thousand rounds",
        "A widely copied script moves w5 … w8 first, and takes the hidden deltas with the moved weights. That "
        "is not the gradient of any error.",
        "Does its error fall below a hundredth of what it was all the same, yes or no?",
        show_rounds,
    ),
    Idea(
        "Biases that are shared",
        "In a 1-2-1 network the notes print db1 = δ_h1 + δ_h2 and db2 = δ_o, but write b2 into the second "
        "hidden neuron too. The engine knows which bias stands where.",
        "Which of the printed gradients are wrong then: b1, b2 or both?",
        show_readings,
    ),
)


def swept() -> Network:
    """The network of the page after both passes."""
    network = forward()
    network.E.backward()
    return network


def pictures(folder: Path, *, theme: str = "light", lang: str = "en") -> list[Path]:
    """The network of the page, drawn."""
    return [viz.draw(swept().E, theme=theme, lang=lang).save(folder / "by_hand.svg")]


def main(folder: Path | None = None) -> None:
    """The page, line by line; then ten thousand rounds; then the question of the shared biases."""
    show_all(IDEAS)
    if folder is not None:
        print_files(pictures(folder))


def _print_reading(name: str, second: str) -> None:
    L = shared_biases(second)
    print(f"  {name}: L {show(L.data, 9)}")
    for way, found in (("engine", by_the_engine(L)), ("as printed", as_printed(L))):
        print(f"    {way:<11}", *(f"d{name} {show(number, 6):>10}" for name, number in found.items()))
    ends = [small_rounds(second, gradients) for gradients in (by_the_engine, as_printed)]
    print(f"    L after 100 rounds: {show(ends[0], 6)}, and with those printed {show(ends[1], 6)}\n")


def _print_three_biases() -> None:
    L = three_biases()
    found, delta = chain_rule(L).gradients, deltas(L)
    print(f"  a bias for each neuron: L {show(L.data, 9)}")
    print("    engine     ", *(f"d{name} {show(found[name], 9)}" for name in ("b1", "b2", "b3")))
    print("    δ          ", *(f"{name:>3} {show(delta[name], 9)}" for name in ("h1", "h2", "o")), "\n")


def _print_square() -> None:
    second = READINGS["b1 in both hidden neurons"]
    half, square = (by_the_engine(shared_biases(second, loss=loss)) for loss in (HALF, SQUARE))
    print(
        "  L called MSE, which has no ½: every gradient is twice as large, and is not the one that is printed with it"
    )
    print(f"    db2 of ½ (y - o)² {show(half['b2'], 9)}, of (y - o)² {show(square['b2'], 9)}")
    fast = small_rounds(second, by_the_engine, lr=2 * LR)
    print(f"    training goes as with a learning rate twice as large: L after 100 rounds {show(fast, 6)}")


if __name__ == "__main__":
    main(Path())
