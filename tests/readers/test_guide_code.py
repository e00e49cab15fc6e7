"""Can the code of the guide be run: in the playground, which trains the same, or in the notebook of a page?"""

import doctest
import importlib
import json
import random
import re
from pathlib import Path

import pytest
from playground import in_node, largest, needs_node
from sampling import sample

from tinygrad_edu import nn
from tinygrad_edu.cli.main import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROGRAM = """
const { trainingOf } = await from("playground/training");
const { checked, fromLink } = await from("playground/settings");
return data.map(({ link, epochs }) => {
  const settings = checked(fromLink(link.replace("#playground&", "")));
  const training = trainingOf(settings);
  for (let i = 0; i < epochs; i++) training.epoch();
  return { settings, history: training.history, P: training.parameters, stopped: training.stopped };
});
"""


@pytest.fixture(autouse=True)
def _extensions(monkeypatch):
    monkeypatch.syspath_prepend(DOCS / "_ext")


def linked(*blocks):
    """The links of the trainings of a page with these blocks."""
    trainings = importlib.import_module("trainings")
    reader = trainings.Reader()
    return [trainings.link(found) for block in blocks for found in reader.trainings_in(block)]


def in_the_page(link, epochs):
    (found,) = in_node(PROGRAM, {"link": link, "epochs": epochs})
    assert found["stopped"] is None
    return found


# Trainings


def any_training(seed):
    """A block of Python that trains something that the playground has, with an optimizer of its own."""
    pick = random.Random(seed)
    name = pick.choice(["moons", "circles", "xor", "spirals", "flower", "saddle", "waves"])
    loss = "mse" if name in ("saddle", "waves") else pick.choice(["hinge", "bce_with_logits", "mse"])
    sizes = [pick.randint(1, 6) for _ in range(pick.randint(0, 3))]
    optimizer = pick.choice(
        [
            f"nn.SGD(net.parameters(), lr=0.0{pick.randint(1, 9)}, momentum={pick.choice([0.0, 0.5])})",
            f"nn.Adam(net.parameters(), lr={pick.choice([0.01, 1e-3])}, schedule=nn.schedules.cosine(20))",
            "nn.AdamW(net.parameters(), weight_decay=0.1, max_norm=0.5)",
        ]
    )
    split = f"A, A2, b, b2 = nn.train_test_split(A, b, test_size=0.25, seed={pick.randint(0, 9)})"
    lines = [
        "from tinygrad_edu import nn",
        f"A, b = nn.datasets.{name}({pick.randint(20, 60)}, seed={pick.randint(0, 9)})",
        *[split] * pick.randint(0, 1),
        f"net = nn.MLP(2, {[*sizes, 1]}, activation={pick.choice(['tanh', 'relu'])!r}, seed={seed})",
        f"steps = {optimizer}",
        f"history = nn.fit(net, A, b, loss={loss!r}, optimizer=steps, epochs=2, "
        f"batch_size={pick.choice([None, 1, 7, 10])}, seed={pick.randint(0, 9)})",
    ]
    prompt = pick.choice(["", ">>> "])
    return "\n".join(prompt + line for line in lines)


@needs_node
@pytest.mark.parametrize("seed", sample(range(40), 6))
def test_the_playground_trains_what_a_block_trains(seed):
    block = any_training(seed)
    (link,) = linked(block)
    names = {}
    exec(block.replace(">>> ", ""), names)
    found = in_the_page(link, 2)
    assert largest(names["history"].loss, found["history"]["loss"]) < 1e-9
    assert largest([value.data for value in names["net"].parameters()], found["P"]) < 1e-9


@needs_node
def test_what_the_command_trains_the_playground_trains(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (
        "moons",
        "xor --points 40 --noise 0.2 --validation 0.25 --optimizer sgd --lr 0.05 --batch 8 --seed 3",
    ):
        command = f"train {words} --hidden 4 3 --activation tanh --epochs 2"
        assert main([*command.split(), "--save", "m.json"]) == 0
        (link,) = linked(f"    tinygrad-edu {command} --save m.json")
        trained = nn.TableModel.load("m.json").network
        assert largest([value.data for value in trained.parameters()], in_the_page(link, 2)["P"]) < 1e-9


@needs_node
def test_without_an_optimizer_the_page_begins_with_that_of_fit():
    block = "X, y = nn.datasets.moons()\nmodel = nn.MLP(2, [8, 1], seed=0)\nhistory = nn.fit(model, X, y, epochs=30)"
    (link,) = linked(block)
    names = {"nn": nn}
    exec(block, names)
    found = in_the_page(link, 30)
    assert found["settings"]["optimizer"]["momentum"] == 0.9
    assert found["history"]["loss"][0] == pytest.approx(names["history"].loss[0], rel=0.02)
    assert found["history"]["accuracy"][-1] == pytest.approx(names["history"].accuracy[-1], abs=0.03)


@pytest.mark.parametrize(
    "block",
    [
        "history = nn.fit(model, X, y)",
        "X, y = nn.datasets.moons()\nnn.fit(MyOwn(), X, y)",
        "X, y = nn.datasets.moons()\nnn.fit(nn.MLP(2, [4, 1], seed=0), 1e200 * X, y)",
        "X, y = nn.datasets.digits()\nnn.fit(nn.MLP(64, [10], seed=0), X, y, loss='cross_entropy')",
        "X, y = nn.datasets.moons()\nnn.fit(nn.MLP(2, [4, 1], seed=0), X, y, loss=mine)",
        "X, y = nn.datasets.moons()\nX, Z, y, z = nn.train_test_split(X, y)\nnn.fit(nn.MLP(2, [4, 1]), Z, z)",
        "X, y = nn.datasets.moons()\nnn.fit(nn.MLP(2, [65, 1], seed=0), X, y)",
        "X, y = nn.datasets.moons()\nX = 2 * X\nnn.fit(nn.MLP(2, [4, 1], seed=0), X, y)",
        "tinygrad-edu train flowers.csv --target species",
        "tinygrad-edu train: the column 'Species' of flowers.csv",
        "no Python at all (",
    ],
)
def test_what_the_playground_does_not_have_gets_no_link(block):
    assert linked(block) == []


def test_a_network_that_is_trained_already_gets_no_second_link():
    first = "X, y = nn.datasets.moons()\nmodel = nn.MLP(2, [4, 1], seed=0)\n_ = nn.fit(model, X, y)"
    assert len(linked(first, "_ = nn.fit(model, X, y)")) == 1
    assert len(linked(first, "model = nn.MLP(2, [4, 1], seed=1)\n_ = nn.fit(model, X, y)")) == 2


# Notebooks


def fenced(page):
    """The Python blocks of a page."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def code_of(block):
    """The code of a block: without prompts, outputs and what only the tests read."""
    lines = block.splitlines()
    typed = [line[4:] for line in lines if line[:4] in (">>> ", "... ")] or lines
    return [re.sub(r"\s*# doctest:.*", "", line) for line in typed if line.strip()]


PYTHON = [
    page.relative_to(DOCS).with_suffix("").as_posix()
    for folder in ("lessons", "how-to", ".")
    for page in sorted((DOCS / folder).glob("*.md"))
]


@pytest.mark.parametrize("page", [page for page in PYTHON if fenced(page)])
def test_the_cells_of_a_notebook_are_the_code_of_its_page(page):
    pytest.importorskip("docutils", reason="docutils is not installed (pip install 'tinygrad_edu[docs]')")
    code_cells = importlib.import_module("notebooks").code_cells
    for block in fenced(page):
        cells = [*code_cells(block)]
        lines = [line for cell in cells for line in cell["source"].splitlines() if line.strip()]
        assert lines == code_of(block)
        fails = ["raises-exception" in cell["metadata"].get("tags", []) for cell in cells]
        assert sum(fails) == block.count("Traceback (most recent call last)")
        shown = [example for example in doctest.DocTestParser().get_examples(block) if example.want]
        assert len(cells) - len(shown) in (0, 1)


SEVERAL = """\
>>> x = 1
>>> x
1
>>> print(x)
1
>>> 1 / 0
Traceback (most recent call last):
ZeroDivisionError: …
>>> y = 2
"""


def test_a_cell_has_one_result_at_its_end():
    pytest.importorskip("docutils", reason="docutils is not installed (pip install 'tinygrad_edu[docs]')")
    cells = [*importlib.import_module("notebooks").code_cells(SEVERAL)]
    assert [cell["source"] for cell in cells] == ["x = 1\nx", "print(x)", "1 / 0", "y = 2"]
    assert [cell["metadata"] for cell in cells] == [{}, {}, {"tags": ["raises-exception"]}, {}]
    assert json.dumps(cells)
