"""What readers see, to the letter: frames, outlines, programs, formulas, tables, messages.

The right texts are in tests/readers/golden; a person has read them. Their numbers are tested elsewhere, against
independent truths; here the tests compare the words, the order and the layout. After a wanted change,

    PYTHONPATH=tests/support python tests/readers/test_golden.py

rewrites them. Read the difference before you commit it.
"""

import contextlib
import inspect
import io
import os
import random
import re
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from slips import RIGHT, refused
from zoo import ZOO

import tinygrad_edu
from tinygrad_edu import Value, chain_rule, gradcheck, nn, parse
from tinygrad_edu.cli.main import _parser, main
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.graph import gradient_numbers
from tinygrad_edu.nn import init
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import aligned, cut, printable
from tinygrad_edu.terminal.outline import ASCII, outline
from tinygrad_edu.terminal.stepper import Stepper
from tinygrad_edu.text.javascript import table_source
from tinygrad_edu.text.printing import to_latex, to_text

FOLDER = Path(__file__).resolve().parent / "golden"
PAGES: dict[str, Callable[[], str]] = {}

LESSON = ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4})
NEURON = ("n = w1 * x1 + w2 * x2 + b; o = tanh(n)", {"w1": -3, "x1": 2, "w2": 1, "x2": 0, "b": 6.88137})
SHARED = ("u = a * b + a; v = u * u * a; f = exp(v / 50) + relu(-b) * u", {"a": 2, "b": 3})
DEEP = ("tanh(" * 12 + "x * y" + ")" * 12 + " * x", {"x": 0.5, "y": 1.5})


def page(make):
    PAGES[make.__name__] = make
    return make


def drawn(frame):
    """Lines, with a mark before those that stand out."""
    return "\n".join(f"{'»' if stands_out else '|'} {line}".rstrip() for line, stands_out, *_ in frame)


def stepper(text, numbers):
    f = parse(text, **numbers)
    return Stepper(chain_rule(f), to_text(f))


def section(title, text):
    return f"{'=' * 8} {title}\n\n{text}\n"


# The steps in a terminal


@page
def frames():
    """Every step of the lesson, and some of larger graphs, in terminals of several sizes."""
    parts = []
    it = stepper(*LESSON)
    for position in range(len(it.trace)):
        it.go(position)
        parts.append(section(f"lesson, step {position + 1}, 60 × 24", drawn(it.frame(60, 24))))
    for name, (text, numbers) in {"neuron": NEURON, "shared": SHARED, "deep": DEEP}.items():
        it = stepper(text, numbers)
        for (width, height), share in zip([(80, 24), (40, 16), (56, 12), (72, 30)], (0.2, 0.5, 0.75, 1.0), strict=True):
            it.go(round(share * len(it.trace)) - 1)
            title = f"{name}, step {it.position + 1}, {width} × {height}"
            parts.append(section(title, drawn(it.frame(width, height))))
    return "\n".join(parts)


@page
def keys():
    """The line below the frame, key by key."""
    it, rows = stepper(*LESSON), []
    jumps = ["jump", "3", "back", "4", "next", "jump", "x", "jump", "next", "jump", "9", "9", "next"]
    speeds = ["faster", *["slower"] * 4, *["faster"] * 5, "play", "faster", "play", "?"]
    pressed = ["next", *jumps, "jump", *"1234567890", "next", *speeds]
    for key in pressed:
        it.press(key)
        frame = [line for line, _ in it.frame(80, 24)]
        below = frame[len(frame) - frame[::-1].index("") :]
        rows.append(f"{key:<7} step {it.position + 1}, playing {it.is_playing}: {' '.join(below)}")
    return "\n".join(rows)


@page
def outlines():
    """Graphs as text, by width and signs."""
    parts = []
    for name, (text, numbers) in {"neuron": NEURON, "shared": SHARED, "deep": DEEP}.items():
        trace = chain_rule(parse(text, **numbers))
        for width, signs in ((80, None), (50, None), (60, ASCII)):
            options = {} if signs is None else {"signs": signs}
            rows = outline(trace, len(trace) // 2 + 2, width=width, **options)
            parts.append(section(f"{name}, {width} wide", drawn(rows)))
    return "\n".join(parts)


# Formulas


EXPRESSIONS = [
    "(x ** 2) ** 3 - (x - (y - z)) / (y * z) / x",
    "-x ** 2 + (-x) ** 2 - -y",
    "x ** -y * 2 ** x ** 0.5",
    "1e-7 * x + 250000000000 * y - 0.1",
    "exp(-x) / (1 + exp(-x)) + log(1 + x * x)",
    "maximum(x, minimum(y, z)) + logsumexp([x, y, z]) * dot([x, y], [z, 2])",
    "leaky_relu(x, 0.1) + elu(y, 2) + gelu(z) + silu(x) + softplus(y) + sigmoid(z) + sqrt(y) + abs(x)",
    "a = x * y; b = a + a; c = b * a; c / b",
    "sin(x) * cos(y) / tanh(z)",
]


@page
def formulas():
    """Expressions as text and LaTeX, and the rule table in JavaScript."""
    rows = []
    for text in EXPRESSIONS:
        f = parse(text, **{name: number for name, number in {"x": 2, "y": 3, "z": 5}.items() if name in text})
        rows += [text, f"  text        {to_text(f)}", f"  LaTeX       {to_latex(f)}"]
    return "\n".join([*rows, table_source(RULES.values())])


# Programs


@page
def programs():
    """Graphs of many shapes, compiled: each is the same as the graph, in numbers."""
    parts = []
    for name, make in ZOO.items():
        loss, wrt, inputs = make()
        program = tinygrad_edu.compile(loss, wrt=wrt, inputs=inputs)
        value, gradient = program()
        right = gradient_numbers(loss)
        assert np.isclose(value, loss.data, rtol=1e-12)
        assert np.allclose(gradient, [right.get(leaf, 0.0) for leaf in wrt], rtol=1e-9, atol=1e-12)
        parts.append(section(f"{name}. {make.__doc__}", program.source))
    return "\n".join(parts)


@page
def explanations():
    """How programs explain their lines."""
    parts = []
    for name in ("circuit", "lesson", "classes", "recurrent", "strangers", "mixed_dots"):
        loss, wrt, inputs = ZOO[name]()
        program = tinygrad_edu.compile(loss, wrt=wrt, inputs=inputs)
        parts.append(section(name, f"{program.explain()}\n\n{program.memory()}"))
    return "\n".join(parts)


# The command line


COMMANDS = [
    "step 'q = x + y; f = q * z' x=-2 y=5 z=-4",
    "step 'x * y + x * x' x=2 y=3",
    "step 'tanh(w * x + b)' w=2 x=0.5 b=-0.2",
    "step x x=1",
    "step 'f = maximum(first_number + second_number, third_number)' first_number=1 second_number=2 third_number=4",
    "step 'x + 1' x=2 y=3 z=1",
    "step 'log(x - 3)' x=2",
    "step 'x + * y' x=1 y=2",
    "step 'x' x",
    "step 'x' x=1 x=2",
    "draw x x=1 -o f.xyz",
    "train mons",
    "train moons --points 1",
    "train moons --target y",
    "train nothing.csv",
    "lesson",
    "lesson flower",
    "predict nothing.json x=1",
    "stpe",
    "step",
    "step 'x + y' x=1",
    "step 'ln(x)' x=1",
    "step 2x x=1",
    "step x x=1,5",
    "step x x=1 --lang de",
    "step x x=1 --opne",
    "step x x=1 --open",
    "draw x",
    "lab 'x +' x=1",
    "playground mons",
    "worksheet x x=1 -o f.docx",
    "worksheet x x=1 --page file:///tmp",
    "train moons --lr 0",
    "train moons --epochs 0",
    "train moons --optimizer adm",
    "train moons --activation rleu",
    "train moons --hidden 100000",
    "train moons --missing men",
    "train moons --validation 1",
    "train moons --film f.mp4",
    "train moons --report r.pdf",
    "train moons --save m.txt",
    "train moons --seed -1",
    "predict m.txt x=1",
    "lesson circuit --from 9",
    "lesson circuit --open",
    "course --chapter 12",
    "course --chapter operatins",
    "bug 9999",
    "check nothing.py",
    "completion fish",
    # Files that are not there, or are not what they should be
    "train flower.csv",
    "train flowers",
    "train .csv",
    "train nowhere/flowers.csv",
    "train flowers.csv --target size",
    "train flowers.csv --target lenght",
    "train flowers.csv --without widht",
    "train flowers.csv --points 7",
    "train gaps.csv",
    "train moons --without x1",
    "train moons --missing mean",
    "train moons -o flowers.csv",
    "train moons --save nowhere/m.json",
    "playground nothing.csv",
    "playground flower.csv",
    "playground moons --target kind",
    "playground flowers.csv --target size",
    "predict model.json x=1",
    "predict modle.json length=1",
    "predict model.json nothing.csv",
    "predict model.json gaps.csv answers.csv",
    "predict model.json answers.csv",
    "predict model.json length=1",
    "predict model.json length=long width=2",
    "predict answers.json x=1",
    "grade nothing.csv",
    "grade answer.csv",
    "grade flowers.csv",
    "grade --template new.csv",
    "grade --template answers.csv 'x * y' x=1 y=2",
    "check .",
    "check nowhere/engine.py",
    "course flowers.csv",
    "course course_begun",
    "bug 7 -o flowers.csv",
    "lesson circuit -o flowers.csv",
    "demo -o flowers.csv",
    "draw x x=1 -o nowhere/f.svg",
    "lab x -o nowhere/f.html",
    # Choices that do not fit together
    "worksheet 'x * y' --variants 201",
    "worksheet 'x * y' --variants 3 --keep z",
    "worksheet 'x * y' --variants 3 --keep x",
    "worksheet 'x * y' x=1 y=2 --keep x",
    "worksheet 'x * y' x=1 y=2 --blank valus",
    "worksheet 'x * y' x=1 y=2 -o k.pdf --key k.pdf",
    "worksheet '1000000 * x' --variants 3",
    "train moons --hidden 9999 9999",
    "train xor --points 1",
    "train digits --points 5000",
    "course",
    "course --chapter 0",
    "step 'tanh(w * X + b)' w=1 x=2 b=3",
    "step 'x * y * z' y=1",
    "step '' x=1",
    "step 'x / y' x=1 y=0",
    "step x² x=1",
    "step 'h = relu(w1 * x1 + w2 * x2 + bias); loss = (h - targt) ** 2 + 2h' w1=1 x1=1 w2=1 x2=1 bias=1 targt=1",
    "--lang zh",
    "--versoin",
    "-x",
    "train moons --p 3",
    "lesson circuit planar",
]


@page
def options():
    """The options of the commands, with their defaults."""
    parser = _parser()  # private, because the help of a command does not show the defaults
    given = ["demo", "step x", "worksheet x", "draw x", "train moons", "predict m.json t", "lesson"]
    parts = []
    for command in given:
        found = {name: value for name, value in vars(parser.parse_args(command.split())).items() if name != "run"}
        parts.append(section(command, "\n".join(f"{name:<12} {value}" for name, value in sorted(found.items()))))
    return "\n".join(parts)


class Narrow(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


def ran(command, width=None):
    """What a command says, through a pipe, or on a terminal so wide."""
    out, err = io.StringIO(), io.StringIO() if width is None else Narrow()
    terminal = {} if width is None else {"COLUMNS": str(width), "TERM": "dumb"}
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.dict(os.environ, terminal):
        try:
            code = main(shlex.split(command))
        except SystemExit as stop:
            code = stop.code
    said = out.getvalue() + "".join(f"! {line}\n" for line in err.getvalue().splitlines())
    return section(f"tinygrad-edu {command}", f"{said}exit code {code}")


def furnished():
    """The files that some commands read, in the folder where the tests run."""
    rows = [f"{n % 5},{n % 7},{'ab'[n % 2]}" for n in range(20)]
    Path("flowers.csv").write_text("\n".join(["length,width,kind", *rows]))
    Path("gaps.csv").write_text("\n".join(["length,width,kind", *rows, ",2,a"]))
    Path("answers.csv").write_text('# tinygrad-edu worksheet "x * y" x=1 y=2\nname,f\nAda,2\n')
    Path("answers.json").write_text("{}")
    nn.TableModel.train(nn.read_csv("flowers.csv"), hidden=[2], epochs=1).save(Path("model.json"))
    main(["course", "course_begun"])


@page
def commands():
    """What the command line answers."""
    with contextlib.redirect_stdout(io.StringIO()):
        furnished()
    return "\n".join(map(ran, COMMANDS))


@page
def commands_at_40_columns():
    """What the command line says of what is wrong, on a narrow terminal."""
    with contextlib.redirect_stdout(io.StringIO()):
        furnished()
    said = [(command, ran(command, width=40)) for command in COMMANDS]
    return "\n".join(text for _, text in said if not text.endswith("exit code 0\n"))


@page
def slips():
    """Every slip at every option of every command: what is wrong, and what to write instead."""
    parts = []
    for name in RIGHT:
        rows: dict[tuple[str, str, str], list[str]] = {}
        for line in (line for line in refused() if line[0] == name):
            *begin, last = line
            option, equals, value = last.partition("=")
            *_, wrong, instead = said_of(line)
            key = shlex.join([*begin, option]) + equals, wrong, instead
            rows.setdefault(key, []).append(cut(printable(value), 24))
        texts = [(typed + " | ".join(values), wrong, instead) for (typed, wrong, instead), values in rows.items()]
        parts.append(section(name, "\n".join(aligned(texts, widest=64))))
    return "\n".join(parts)


def said_of(line):
    """Exit code, what was asked, what is wrong, what to write instead."""
    with contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(line)
    asked, wrong, instead, *_ = err.getvalue().splitlines()
    return code, asked, wrong.removeprefix("  what is wrong:  "), instead.removeprefix("  write instead:  ")


# Messages


WRONG = [
    "", "x +", "(x", "x)", "x y", "2x", "x = 1; x = 2; x", "tahn(x)", "sin(x, x)", "maximum(x)", "x.y", "x[0]", "[x]",
    "lambda: x", "x if x else x", "x == 1", "'x'", "1j", "x ** [1]", "dot([x], [x, x])", "dot(x, x)", "q",
    "sin = x; sin", "x @ x", "not x", "x // 2", "x % 2", "print(x)", "x +\n  * 2", "x; y = 2",
    "a = x\nb = a\nc = tahn(b)", "f(x) = x", "√x", "1_000 * x $",
]  # fmt: skip


@page
def messages():
    """The errors for texts that are not expressions."""
    parts = []
    for text in WRONG:
        try:
            found = f"{parse(text, x=2)!r}"
        except TinygradError as error:
            found = f"{type(error).__name__}: {error}"
        parts.append(section(repr(text), found))
    return "\n".join(parts)


def names():
    """What the lines below may use."""
    x, y, net = Value(2.0, label="x"), Value(-3.0, label="y"), nn.MLP(2, [3, 1], seed=0)
    given = {"x": x, "y": y, "net": net, "X": [[1.0, 2.0], [3.0, 5.0]], "rows": list(range(6))}
    return {**vars(tinygrad_edu.functions), **given, "t": tinygrad_edu, "nn": nn, "viz": tinygrad_edu.viz, "np": np}


REFUSED = """
Value("2")
Value(1j)
Value(None)
Value([1, 2])
Value(np.zeros(3))
Value(10 ** 400)
Value(2, label=3)
x + "1"
x + [1]
x ** 1j
x < "1"
x // 2
y ** 0.5
x / 0
log(y)
sqrt(y)
log(x - 2)
y ** x
rules.power(x, y)
rules.tanh(x, y)
dot([x], [x, y])
dot([], [])
dot(x, y)
logsumexp([])
maximum(x)
tanh()
x.backward(1)
t.grad(x * y, x)
t.grad(x * y, [x, 3])
t.grad(x * y, "x")
t.chain_rule(3)
t.explain(x * y, Value(1.0))
t.explain(x * y, "z")
t.gradcheck(3)
t.gradcheck(x * y, 3)
t.gradcheck(x * y, [Value(1.0)])
t.gradcheck(Value(2.0) * 0 - Value(2.0) * 0, [])
t.parse(3)
t.parse("x", x="2")
t.compile(x * y, wrt=[x * y])
t.compile(x * y, wrt=[x], inputs=[x])
t.compile(x * y, outputs=[3])
t.compile(x * y, inputs=[x])([1, 2, 3])
nn.Neuron(0)
nn.Neuron(2.5)
nn.Neuron(2, activation="rel")
nn.Neuron(2, init="hee")
nn.Layer(2, 0)
nn.MLP(2, [])
nn.MLP(2, [3, -1])
nn.MLP(2, [3], output="softmax")
net([1.0])
net([[1.0, 2.0]])
net([1.0, "2"])
net.load_state_dict({"a": 1})
net.load_state_dict(dict(list(net.state_dict().items())[1:]))
nn.mse_loss([x], [1, 2])
nn.mse_loss([], [])
nn.mse_loss([x], [1], reduction="max")
nn.mse_loss([x], [[1]])
nn.hinge_loss([x], [0])
nn.binary_cross_entropy([x], [1])
nn.binary_cross_entropy([x * 0.2], [3])
nn.binary_cross_entropy_with_logits([x], [-1])
nn.cross_entropy([[x, y]], [2])
nn.cross_entropy([[x, y]], [[0.5, 0.6]])
nn.cross_entropy([[x, y]], [[0.5, 0.25, 0.25]])
nn.cross_entropy([x, y], [0, 1])
nn.SGD([], lr=0.1)
nn.SGD([x], lr=-1)
nn.SGD([x], lr="0.1")
nn.SGD([x], lr=0.1, momentum=1.5)
nn.SGD([x], lr=0.1, momentum=1.0)
nn.SGD([x], lr=0)
nn.SGD([x], lr=0.1, nesterov=True)
nn.SGD([x * y], lr=0.1)
nn.SGD([x, 3, "w"], lr=0.1)
nn.Adam([x], betas=(0.9, 1.0))
nn.Adam([x], betas=(1.0, 0.9))
nn.Adam([x], betas=(-0.5, 0.9))
nn.Adam([x], betas=(0.9, -0.5))
nn.Adam([x], betas=0.9)
nn.Adam([x], eps=-1)
nn.SGD([x], lr=0.1, weight_decay=-1)
nn.SGD([x], lr=0.1, max_norm=0)
nn.SGD([x], lr=0.1, schedule=3)
nn.SGD([x], lr=0.1).step([1.0])
nn.SGD(np.zeros(2, dtype=np.float32))
nn.SGD(np.zeros((2, 2)))
nn.SGD(np.zeros(2), lr=0.1).step([1.0])
nn.SGD(np.zeros(2), lr=0.1).step()
nn.clip_grad_norm([x], -1)
nn.clip_grad_value([x], 0)
nn.schedules.step(0)
nn.schedules.cosine(0)
nn.schedules.linear(-1)
nn.schedules.warm_up(0)
nn.fit(net, X, [1])
nn.fit(net, [], [])
nn.fit(net, [[1.0]], [1])
nn.fit(net, X, [1, 0], epochs=0)
nn.fit(net, X, [1, 0], epochs=2.5)
nn.fit(net, [[float("nan"), 1.0]], [1])
nn.fit(net, X, [1, 0], batch_size=0)
nn.fit(net, X, [1, 0], loss="hing")
nn.fit(net, X, [1, 7], loss="hinge")
nn.fit(net, X, [1, 7], loss="bce_with_logits")
nn.fit(net, X, [1, 0], loss="cross_entropy")
nn.fit(net, X, [1, 0], callbacks=[3])
nn.fit(net, X, [1, 0], validation_data=(X, [1]))
nn.fit(net, X, [1, 0], validation_data=3)
nn.fit(3, X, [1, 0])
nn.accuracy(net, X, [1])
nn.EarlyStopping(patience=0)
nn.EarlyStopping(monitor="los")
nn.EarlyStopping(min_delta=-1)
nn.datasets.load("moon")
nn.datasets.moons(n=1)
nn.datasets.moons(noise=-1)
nn.datasets.blobs(n=2, classes=3)
nn.datasets.digits(n=5000)
nn.train_test_split(X, [1])
nn.train_test_split(X, [1, 0], test_size=1.0)
nn.train_test_split(X, [1, 0], test_size=0.1)
nn.Standardizer.of([1.0, 2.0])
nn.Table.of_columns({"a": [1, 2], "b": [1]})
nn.Table.of_columns({"a": [1, "w", "v", 2, 3, 4]}).numbers("a")
nn.Table.of_columns({"a": [1, 2]}).numbers("b")
nn.TableModel.train(nn.Table.of_columns({"a": rows, "b": rows}), target="c")
nn.TableModel.train(nn.Table.of_columns({"a": rows, "b": rows}), target="b", without=["a"])
nn.TableModel.train(nn.Table.of_columns({"a": rows, "b": rows}), target="b", task="class")
nn.TableModel.train(nn.Table.of_columns({"a": [f"w{n}" for n in range(60)], "b": [1] * 60}), target="b")
nn.read_csv("nothing.csv")
nn.load("nothing.json")
nn.save(net, "net.txt")
nn.save(net, "net.json", about={"x": 1j})
nn.save(3, "net.json")
viz.draw(3)
viz.draw(x * y, detail="all")
viz.draw(x * y, direction="XY")
viz.draw(x * y).save("f.xyz")
viz.draw(x * y).save("nowhere/f.svg")
viz.player(3)
viz.player(x * y, lang="fr")
viz.draw_network(3)
viz.plot_decision_boundary(net, [[1.0]], [1])
viz.plot_neurons(net, X, [1, 0], layer=3)
""".strip().splitlines()


@page
def refusals():
    """The errors for what cannot be done."""
    parts = []
    for text in REFUSED:
        try:
            eval(text, names())
            parts.append(f">>> {text}\nis accepted\n")
        except Exception as error:  # noqa: BLE001 (whatever it is, it is shown)
            parts.append(f">>> {text}\n{type(error).__name__}: {error}\n")
    return "\n".join(parts)


@page
def checks():
    """Gradients compared with differences: right ones, kinks, edges, those lost in rounding, and wrong ones."""
    wrong = parse("f = tanh(x) * y", x=0.5, y=3)
    wrong.args[0].partials = (0.7,)
    graphs = {
        "right": parse("f = x * y + x ** 2", x=2, y=-3),
        "kink": parse("f = relu(x) + abs(y)", x=0, y=0),
        "edge": parse("f = sqrt(x)", x=0),
        "wrong": wrong,
        "names": Value(2.0, label="a name that is longer than the column is wide") * Value(3.0, label="y" * 30),
        "long": parse("f = " + " + ".join(f"x{i}" for i in range(15)), **{f"x{i}": i for i in range(15)}),
    }
    parts = []
    for name, f in graphs.items():
        table = [re.split(r"  +", line.strip()) for line in str(gradcheck(f)).splitlines()]
        rounded = [[*row[:3], *("…" for _ in row[3:5]), *row[5:]] for row in table]  # errors and steps are not for ever
        parts.append(section(name, "\n".join("  ".join(row) for row in rounded)))
    return "\n".join(parts)


# Numbers that a course relies on: the same seed gives the same, on every machine


@page
def data():
    """The first points of every data set, and what all of them sum to."""
    rows = []
    for name in nn.datasets.PLANE:
        for options in ({"n": 20}, {"n": 21, "noise": 0.0, "seed": 3}):
            X, y = nn.datasets.load(name, **options)
            first = ", ".join(f"({a:.6f}, {b:.6f}) {label}" for (a, b), label in zip(X[:3], y, strict=False))
            rows.append(
                f"{name:<8} {options}: {first}, … sums {np.abs(X).sum():.6f} and {(y * np.arange(len(y))).sum()}"
            )
    table = np.arange(40.0).reshape(20, 2)
    for labels in ([0, 1] * 10, [0] * 15 + [1] * 5, list(range(20))):
        _, test, _, which = nn.train_test_split(table, labels, test_size=0.3, seed=5)
        rows.append(f"held out of {labels}: {(test[:, 0] / 2).astype(int).tolist()} with {which.tolist()}")
    return "\n".join(rows)


@page
def first_weights():
    """The first weights of every initializer, and those of a network."""
    rows = []
    for name in init.INITIALIZERS:
        source = random.Random(7)
        rows.append(f"{name:<8} {[round(init.INITIALIZERS[name](source, 3, 4), 6) for _ in range(4)]}")
    for activation in ("relu", "tanh", "linear"):
        model = nn.MLP(2, [2, 1], activation=activation, seed=3)
        rows.append(f"{activation:<8} {[round(p.data, 6) for p in model.parameters()]}")
        rows.append(f"         {model!r}")
    rows.append(f"neuron   {[round(p.data, 6) for p in nn.Neuron(3, init='xavier', seed=1).parameters()]}")
    return "\n".join(rows)


# The names that others build on


@page
def signatures():
    """The public functions and classes, with their arguments and defaults."""
    rows = []
    for module in (tinygrad_edu, nn, tinygrad_edu.viz, nn.datasets, nn.schedules, tinygrad_edu.functions):
        for name in sorted(getattr(module, "__all__", own(module))):
            rows += signature(f"{module.__name__}.{name}", getattr(module, name))
    return "\n".join(rows)


def own(module):
    """The public functions of a module that has no `__all__`: those it defines, and those of the rule table."""
    things = vars(module).items()
    return [name for name, thing in things if name[0] != "_" and (name in RULES or is_from(thing, module))]


def is_from(thing, module):
    return inspect.isfunction(thing) and thing.__module__ == module.__name__


def signature(name, thing):
    if inspect.isclass(thing):
        yield f"{name}{plain(thing.__init__)}"
        ours = [base for base in reversed(thing.__mro__) if base.__module__.startswith("tinygrad_edu.")]
        for method, function in sorted({name: each for base in ours for name, each in vars(base).items()}.items()):
            if inspect.isfunction(function) and not method.startswith("_"):
                yield f"    .{method}{plain(function)}"
    elif callable(thing):
        yield f"{name}{plain(thing)}"


def plain(function):
    """The arguments without their types."""
    try:
        given = inspect.signature(function)
    except ValueError:
        return "(…)"
    arguments = [each.replace(annotation=inspect.Parameter.empty) for each in given.parameters.values()]
    return str(given.replace(parameters=arguments, return_annotation=inspect.Signature.empty))


# The test, and the way to rewrite the texts


def text_of(name):
    return PAGES[name]().rstrip() + "\n"


@pytest.mark.parametrize("name", PAGES)
def test_what_readers_see(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert text_of(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PAGES:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            (FOLDER / f"{name}.txt").write_text(text_of(name), encoding="utf-8")
