"""Make the pictures of the README and the guide: `python docs/make_pictures.py` (the player's needs a Chromium).

Those of the gallery are made by the lines that stand in it.
"""

import contextlib
import importlib
import re
from pathlib import Path

import tinygrad_edu
from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.compiler import Program
from tinygrad_edu.lessons import LESSONS

FOLDER = Path(__file__).parent / "pictures"
LESSON_PICTURES = Path(__file__).parent / "lessons" / "pictures"
GALLERY = Path(__file__).parent / "gallery.md"


def lesson() -> Value:
    """The circuit f = (x + y) · z, after the sweep."""
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    f.backward()
    return f


def neuron() -> Value:
    """One neuron with two inputs, opened into its products, after the sweep."""
    one = nn.Neuron(2, activation="tanh")
    for parameter, number in zip(one.parameters(), (-3.0, 1.0, 6.8814), strict=True):
        parameter.data = number
    out = one([Value(2.0, label="x1"), Value(0.0, label="x2")])
    out.label = "out"
    out.backward()
    return out


def program() -> Program:
    """The 3-4-3-1 network of docs/compile.md, compiled."""
    model = nn.MLP(3, [4, 3, 1], activation="tanh", seed=0)
    xs = [[Value(0.1 * (row + column)) for column in range(3)] for row in range(5)]
    loss = nn.binary_cross_entropy_with_logits([model(x) for x in xs], [0, 1, 1, 0, 1])
    return tinygrad_edu.compile(loss, wrt=model.parameters(), inputs=xs)


def gallery() -> None:
    """Run the lines of the gallery in the folder of its pictures."""
    folder = FOLDER / "gallery"
    folder.mkdir(exist_ok=True)
    names: dict[str, object] = {}
    with contextlib.chdir(folder):
        for block in re.findall(r"```python\n(.*?)```", GALLERY.read_text(encoding="utf-8"), flags=re.DOTALL):
            exec(block, names)  # noqa: S102 (the guide's own lines)
    viz.sweep(lesson(), width=640, lang="zh").save(folder / "sweep.zh_CN.gif")  # beside the English one
    for page in folder.glob("*.html"):  # the build of the guide writes these, in both languages
        page.unlink()


def main() -> None:
    """Draw them all."""
    gallery()
    viz.draw(program()).save(FOLDER / "program.svg")
    viz.draw(lesson()).save(FOLDER / "circuit.svg")
    viz.draw(neuron(), detail="full").save(FOLDER / "neuron.svg")
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    model = nn.MLP(2, [8, 8, 1], seed=3)
    nn.fit(model, X, y, epochs=60)
    viz.draw_network(model).save(FOLDER / "network.svg")
    viz.save_figure(viz.plot_decision_boundary(model, X, y), FOLDER / "boundary.png", dpi=110)
    LESSON_PICTURES.mkdir(exist_ok=True)
    for name in LESSONS:
        importlib.import_module(f"tinygrad_edu.lessons.{name}").main(LESSON_PICTURES)


if __name__ == "__main__":
    main()
