"""Make the pictures of the README and the guide: `python docs/make_pictures.py` (the player's needs a Chromium).

Each in four forms: f.svg, f.dark.svg, f.zh_CN.svg and f.dark.zh_CN.svg. Those of the gallery are made by the lines that
stand in it, and those of the lessons by the lessons.
"""

import contextlib
import functools
import importlib
import inspect
import itertools
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tinygrad_edu
from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.compiler import Program
from tinygrad_edu.lessons import LESSONS

FOLDER = Path(__file__).parent / "pictures"
LESSON_PICTURES = Path(__file__).parent / "lessons" / "pictures"
GALLERY = Path(__file__).parent / "gallery.md"
FORMS = {  # what is in the name of a file, for each theme and language
    (theme, lang): dark + chinese
    for (theme, dark), (lang, chinese) in itertools.product(
        (("light", ""), ("dark", ".dark")), (("en", ""), ("zh", ".zh_CN"))
    )
}


class InTheLookOf:
    """`viz`, with a theme and a language for everything that takes them.

    Args:
        look: the options.
    """

    def __init__(self, **look: str) -> None:
        self.look = look

    def __getattr__(self, name: str) -> Any:
        made = getattr(viz, name)
        taken = inspect.signature(made).parameters
        return functools.partial(made, **{option: name for option, name in self.look.items() if option in taken})


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


def gallery(folder: Path, **look: str) -> None:
    """Run the lines of the gallery in a folder; the build of the guide makes the pages."""
    names: dict[str, object] = {"viz": InTheLookOf(**look)}
    with contextlib.chdir(folder):
        for block in re.findall(r"```python\n(.*?)```", GALLERY.read_text(encoding="utf-8"), flags=re.DOTALL):
            exec(block.replace(", viz\n", "\n"), names)  # noqa: S102 (the guide's own lines)
    for page in folder.glob("*.html"):
        page.unlink()


def others(folder: Path, **look: str) -> None:
    """The pictures of the README and of the pages."""
    viz.draw(program(), **look).save(folder / "program.svg")
    viz.draw(lesson(), **look).save(folder / "circuit.svg")
    viz.draw(neuron(), detail="full", **look).save(folder / "neuron.svg")
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    model = nn.MLP(2, [8, 8, 1], seed=3)
    nn.fit(model, X, y, epochs=60)
    viz.draw_network(model, **look).save(folder / "network.svg")
    viz.save_figure(viz.plot_decision_boundary(model, X, y, **look), folder / "boundary.png", dpi=110)


def lessons(folder: Path, **look: str) -> None:
    """The pictures of the lessons."""
    for name in LESSONS:
        importlib.import_module(f"tinygrad_edu.lessons.{name}").pictures(folder, **look)


def main() -> None:
    """Draw them all."""
    for make, place in ((gallery, FOLDER / "gallery"), (others, FOLDER), (lessons, LESSON_PICTURES)):
        place.mkdir(exist_ok=True)
        for (theme, lang), form in FORMS.items():
            with TemporaryDirectory() as folder:
                make(Path(folder), theme=theme, lang=lang)
                for file in Path(folder).iterdir():
                    shutil.move(file, place / f"{file.stem}{form}{file.suffix}")


if __name__ == "__main__":
    main()
