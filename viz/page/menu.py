"""Which formulas does the page offer, and what is there to see in each?

A row for each: its title, the formula, numbers for its inputs, and one line that says what to look at, in each
language of the page.

Names to know: `EXAMPLES`, `FIRST`, `examples_in`. Read next: `picture.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tinygrad_edu.steps.sentences import LANGUAGES


class Example(NamedTuple):
    """A formula of the menu.

    Attributes:
        title: what it is, in each language.
        text: the formula, in the grammar of `parse`.
        values: a number for each input.
        see: what there is to see, in each language.
    """

    title: tuple[str, str]
    text: str
    values: Mapping[str, float]
    see: tuple[str, str]


EXAMPLES = {
    "circuit": Example(
        ("(x + y) · z", "(x + y) · z"),
        "q = x + y; f = q * z",
        {"x": -2, "y": 5, "z": -4},
        (
            "+ passes its gradient on to both arguments; · gives each factor the other one.",
            "+ 把梯度原样传给两个参数；· 给每个因子的是另一个因子。",
        ),
    ),
    "neuron": Example(
        ("A sigmoid neuron", "一个 sigmoid 神经元"),
        "z = w0 * x0 + w1 * x1 + w2; f = sigmoid(z)",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
        (
            "From CS231n: σ scales everything behind it by σ · (1 − σ) = 0.1966.",
            "出自 CS231n：σ 后面的一切都乘以 σ · (1 − σ) = 0.1966。",
        ),
    ),
    "twice": Example(
        ("w used twice", "w 用了两次"),
        "u = w * x; f = u * w",
        {"w": 2, "x": 3},
        (
            "Two contributions arrive at w, one from each place where it is used; they add up.",
            "w 用在两处，每一处都传来一个贡献，它们相加。",
        ),
    ),
    "network": Example(
        ("A 2-2-2 network", "2-2-2 网络"),
        "h1 = sigmoid(w1 * i1 + w2 * i2 + b1); h2 = sigmoid(w3 * i1 + w4 * i2 + b1); "
        "o1 = sigmoid(w5 * h1 + w6 * h2 + b2); o2 = sigmoid(w7 * h1 + w8 * h2 + b2); "
        "E = 0.5 * (t1 - o1) ** 2 + 0.5 * (t2 - o2) ** 2",
        {
            "w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5, "w8": 0.55,
            "i1": 0.05, "i2": 0.1, "b1": 0.35, "b2": 0.6, "t1": 0.01, "t2": 0.99,
        },
        (
            "Worked by hand in a well-known post: ∂E/∂w5 = 0.08217. Errors of both outputs meet at h1 and h2.",
            "一篇有名的博文里手算过：∂E/∂w5 = 0.08217。两个输出的误差在 h1 和 h2 汇合。",
        ),
    ),
    "softplus": Example(
        ("Softplus", "Softplus"),
        "f = log(1 + exp(x))",
        {"x": 1},
        (
            "Three local derivatives multiply to sigmoid(x): the slope of softplus is the sigmoid.",
            "三个局部导数的乘积是 sigmoid(x)：softplus 的斜率就是 sigmoid。",
        ),
    ),
    "diamond": Example(
        ("A diamond", "菱形"),
        "u = x ** 2; a = sin(u); b = 3 * u; f = a * b",
        {"x": 1.5},
        (
            "Two paths part at u and meet again: u waits for both before it passes its gradient on.",
            "两条路径在 u 分开又汇合：u 要等两个贡献都到了，才能把梯度传下去。",
        ),
    ),
    "saturated": Example(
        ("A saturated neuron", "饱和的神经元"),
        "z = w * x + b; f = tanh(z)",
        {"w": 4, "x": 2, "b": 1},
        (
            "tanh is flat at z = 9: almost nothing gets through, and the weight hardly learns.",
            "tanh 在 z = 9 处几乎是平的：梯度几乎传不过去，权重几乎学不到东西。",
        ),
    ),
    "vanishing": Example(
        ("A vanishing chain", "消失的链"),
        "a = sigmoid(w1 * x); b = sigmoid(w2 * a); c = sigmoid(w3 * b); d = sigmoid(w4 * c); f = sigmoid(w5 * d)",
        {"w1": 1, "x": 2, "w2": 0.8, "w3": -1, "w4": 0.9, "w5": 1.2},
        (
            "Each sigmoid multiplies by at most 1/4: what is left at w1 is very small.",
            "每个 sigmoid 至多乘以 1/4：到 w1 时所剩无几。",
        ),
    ),
}  # fmt: skip
FIRST = EXAMPLES["circuit"]  # what the page begins with, if nothing else is asked for


def examples_in(lang: str) -> list[dict[str, Any]]:
    """The rows with their titles and lines in one language.

    >>> examples_in("en")[0]["title"]
    '(x + y) · z'
    """
    column = LANGUAGES.index(lang)
    return [
        {"title": each.title[column], "text": each.text, "values": each.values, "see": each.see[column]}
        for each in EXAMPLES.values()
    ]
