"""With which lines does the page compute a network, whatever its sizes, depth and activations?

With the compiler's. A few networks are compiled here, and their programs taken apart, line by line, as data:

    weights        W and b out of P, and their part of the gradient       by the place of the layer, and its sizes
    affine         Z = I @ W.T + b, dI = dZ @ W, db, dW                   by its sizes
    activation     A and dZ                                               for each of them
    loss           from the outputs to the loss, and dO                   for each of them, and its outputs

What stands for a size or a name is a slot, ⟨size⟩ or ⟨W⟩, which the page fills in when it puts a network together; only
a size of 1 makes other formulas than any other. Every line is there as NumPy, to be read, and as a function in
JavaScript, to be run. They stand in the module `lines.js`, which this file writes:

    python -m tinygrad_edu.viz.page.playground.lines

Names to know: `pieces`, `module`. Read next: `loss_graphs.py`.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import tinygrad_edu
from tinygrad_edu.compiler.formulas import Formula, Name, Number, View
from tinygrad_edu.compiler.languages.javascript import JavaScriptPrinter
from tinygrad_edu.compiler.languages.latex import LaTeXPrinter
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.languages.printer import ATOM, Written
from tinygrad_edu.compiler.layout import Index, Move, Reshape
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Line, Part, Source
from tinygrad_edu.nn.init import source as random_source
from tinygrad_edu.nn.layers import LINEAR, MLP, activations
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.text.helpers import JAVASCRIPT
from tinygrad_edu.viz.page.engine import FOLDER

FILE = "playground/lines.js"
MOST_CLASSES = 10
WIDE, OTHER = 17, 12  # sizes that stand for any other than 1, and are no number of classes
ROWS = 20
STAGES = ("leaves", "forward", "loss", "slopes", "backward", "sums", "parts")
SIZES = ("inputs", "size", "row", "from", "to", "last", "stop", "bias")
BIAS = 1.5  # of all neurons: above 0 stays what log and sqrt are taken of


class Slot(int):
    """A size or a place that is printed as a slot.

    >>> Slot(9, "size"), Slot(9, "size") + 1
    (⟨size⟩, 10)
    """

    name: str

    def __new__(cls, number: int, name: str) -> Slot:
        """A number, and what it is called."""
        slot = super().__new__(cls, number)
        slot.name = name
        return slot

    def __repr__(self) -> str:
        return f"⟨{self.name}⟩"

    __str__ = __repr__


class Network(NamedTuple):
    """A network to compile.

    Attributes:
        sizes: of the inputs and of all layers.
        activations: of all layers.
        loss: the name of a loss.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str

    def program(self) -> Source:
        """The formulas of its loss and gradient, for any number of samples."""
        model = MLP(self.sizes[0], self.sizes[1:], activation=list(self.activations[:-1]), output=self.activations[-1])
        random = random_source(0)
        for layer in model.layers:
            for neuron in layer.neurons:
                neuron.b.data = BIAS
                for weight in neuron.w:
                    weight.data = random.uniform(-0.1, 0.1)
        X = np.array([[random.uniform(0.5, 1.0) for _ in range(self.sizes[0])] for _ in range(ROWS)])
        task = TASKS[self.loss]
        y = np.array(task.targets([label % max(2, self.sizes[-1]) for label in range(ROWS)]))
        y = y if self.loss == "cross_entropy" else y.astype(float)

        def loss(xs: Any, targets: Any) -> Any:
            return task.loss([model(x) for x in xs], targets)

        return tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(X, y)).formulas

    def layer(self, number: int) -> Layer:
        """A layer, counted from 1."""
        counts = [size * (inputs + 1) for inputs, size in zip(self.sizes, self.sizes[1:], strict=False)]
        begins = list(accumulate(counts, initial=0))
        here = self.sizes[number - 1], self.sizes[number], begins[number - 1], begins[number]
        return Layer(number, self.activations, *here, number == len(self.activations))


class Layer(NamedTuple):
    """A layer of a network that is compiled: its number, its sizes, and where its parameters begin and end."""

    number: int
    activations: tuple[str, ...]
    inputs: int
    size: int
    begin: int
    end: int
    is_last: bool

    @property
    def activation(self) -> str:
        """The name of its activation."""
        return self.activations[self.number - 1]

    @property
    def form(self) -> str:
        """Which of its two sizes are 1: "n1" for many inputs and one neuron."""
        return _one_or_many(self.inputs) + _one_or_many(self.size)

    @property
    def keys(self) -> dict[str, str]:
        """The names of its pieces."""
        place = "only" if self.is_last and self.number == 1 else "last" if self.is_last else "middle"
        place = "first" if self.number == 1 and not self.is_last else place
        return {
            "weights": f"weights {place} {self.form}",
            "affine": f"affine {self.form}",
            "activation": f"{self.activation} {_one_or_many(self.size)}",
        }

    @property
    def names(self) -> dict[str, str]:
        """The names in its lines, and what they are called in a piece."""
        n = self.number
        before = "X" if n == 1 else _output(n - 1, self.activations)
        own = {f"{name}{n}": f"⟨{name}⟩" for name in ("W", "b", "Z", "A", "dW", "db", "dZ", "dA")}
        return own | {before: "⟨I⟩", f"d{before}": "⟨dI⟩"}

    @property
    def shapes(self) -> dict[int, Slot]:
        """The sizes in the shapes of its arrays."""
        return _slots({"inputs": self.inputs, "size": self.size})

    @property
    def places(self) -> dict[int, Slot]:
        """The sizes and places in what is taken out of P, or put into the gradient."""
        places = {"last": self.end - 1, "bias": self.begin + self.inputs, "from": self.begin, "to": self.end}
        row = {"row": self.inputs + 1} if self.form == "nn" else {}  # else it is 2, or there is one row
        return _slots(places | row) | self.shapes


def _one_or_many(size: int) -> str:
    return "1" if size == 1 else "n"


def _slots(numbers: Mapping[str, int]) -> dict[int, Slot]:
    """Slots by the number that they stand for; 0 and 1 stand for themselves."""
    return {number: Slot(number, name) for name, number in numbers.items() if number > 1}


def _output(number: int, names: Sequence[str]) -> str:
    """What the output of a layer is called: a layer without activation has no other than Z."""
    return f"{'Z' if names[number - 1] == LINEAR else 'A'}{number}"


def networks() -> list[Network]:
    """What is compiled: every activation in a layer of one and of many neurons, and every loss."""
    nonlinear = [name for name in activations() if name != LINEAR]
    deep = [(name, size) for name in nonlinear for size in (WIDE, 1)]
    layers = [*deep, ("tanh", 1), ("tanh", OTHER), ("tanh", WIDE), (LINEAR, 1)]
    found = [Network((OTHER, *(size for _, size in layers)), tuple(name for name, _ in layers), "mse")]
    for loss, output in (("hinge", LINEAR), ("mse", LINEAR), ("bce", "sigmoid"), ("bce_with_logits", LINEAR)):
        found.append(Network((OTHER, WIDE, 1), ("tanh", output), loss))
    shapes = ((1, WIDE), (OTHER, 1), (1, 1))
    found += [Network((inputs, hidden, 1), ("tanh", LINEAR), "mse") for inputs, hidden in shapes]
    ends = [(1, 3), *((WIDE, classes) for classes in range(2, MOST_CLASSES + 1))]
    found += [Network((OTHER, *end), ("tanh", LINEAR), "cross_entropy") for end in ends]
    for inputs in (OTHER, 1):
        found += [Network((inputs, 1), (LINEAR,), "mse"), Network((inputs, 3), (LINEAR,), "cross_entropy")]
    return found


# Taking a program apart


class Printed(NamedTuple):
    """A line of a piece, in all its forms; in each of them sizes and names are slots.

    Attributes:
        name: what it computes; "gradient" for a part of it.
        reads: the names that it reads.
        shape: the sizes of the array.
        numpy: the line in NumPy.
        latex: the line as a book writes it.
        statements: the same in JavaScript.
        depends_on_m: whether the number of samples is in it.
    """

    name: str
    reads: tuple[str, ...]
    shape: tuple[str, ...]
    numpy: str
    latex: str
    statements: tuple[str, ...]
    depends_on_m: bool


Piece = dict[str, list[Printed]]


def pieces() -> dict[str, Piece]:
    """Every piece by its name, with its lines by stage."""
    found: dict[str, Piece] = {}
    for network in networks():
        for (key, _), piece in _taken_apart(network).items():
            known = found.setdefault(key, {})
            for stage, lines in piece.items():  # the first layer of a network has no lines back to its inputs
                assert known.setdefault(stage, lines) == lines, (network, key, known[stage], lines)
    return dict(sorted(found.items()))


def _taken_apart(network: Network) -> dict[tuple[str, int], Piece]:
    """The pieces of one network by their names and the numbers of their layers."""
    source = network.program()
    found: dict[tuple[str, int], Piece] = defaultdict(lambda: defaultdict(list))
    temporary: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)  # the names t1, t2 … in each piece
    for key, stage, layer, line in _placed(network, source):
        place = key, layer.number
        if isinstance(line, Line) and _is_temporary(line.name):
            temporary[place][line.name] = f"⟨t{len(temporary[place]) + 1}⟩"
        sizes = _sizes_of(key, layer, line)
        names = layer.names | temporary[place] | (_loss_names(network) if _is_loss(key) else {})
        found[place][stage].append(_printed(source, _with_slots(line, sizes, names)))
    return {place: dict(piece) for place, piece in found.items()}


def _is_loss(key: str) -> bool:
    return key.split()[0] in TASKS


def _sizes_of(key: str, layer: Layer, line: Line | Part) -> dict[int, Slot]:
    """The slots for numbers in a line; a loss has none, as it is there for each number of outputs."""
    if _is_loss(key):
        return {}
    if not key.startswith("weights"):
        return layer.shapes
    names = {line.name} if isinstance(line, Line) else {*line.formula.names()}
    is_bias = not names.isdisjoint({f"b{layer.number}", f"db{layer.number}"})
    return layer.places | ({layer.end: Slot(layer.end, "stop")} if is_bias else {})


def _loss_names(network: Network) -> dict[str, str]:
    output = _output(len(network.activations), network.activations)
    return {output: "⟨O⟩", f"d{output}": "⟨dO⟩"}


def _is_temporary(name: str) -> bool:
    return name[0] == "t" and name[1:].isdigit()


Placed = tuple[str, str, Layer, Line | Part]


def _placed(network: Network, source: Source) -> Iterator[Placed]:
    """Each line, with the piece, the stage and the layer that it belongs to."""
    layers = [network.layer(number) for number in range(1, len(network.sizes))]
    loss = f"{network.loss} {network.sizes[-1]}"
    owners = _owners(layers, loss)
    for line in source.leaves:
        key, _, layer = owners.get(line.name, (loss, "", layers[-1]))
        key = f"samples {_one_or_many(network.sizes[0])}" if line.name == "m" else key
        yield key, "leaves", layers[0] if line.name == "m" else layer, line
    names = [line.name for line in source.lines]
    for number, line in enumerate(source.lines):
        if line.name in owners:
            key, stage, layer = owners[line.name]
        elif number <= names.index("loss"):
            key, stage, layer = loss, "loss", layers[-1]
        else:
            key, stage, layer = _reader(source, number, owners)
        yield key, stage, layer, line
    for part in source.gradient:
        (name,) = part.formula.names()
        _, _, layer = owners[name]
        yield layer.keys["weights"], "parts", layer, part


def _owners(layers: Sequence[Layer], loss: str) -> dict[str, tuple[str, str, Layer]]:
    """For each name that a network gives its lines the piece and the stage that it belongs to."""
    found: dict[str, tuple[str, str, Layer]] = {}
    for layer in layers:
        keys, n = layer.keys, layer.number
        stages = {"W": "leaves", "b": "leaves"}
        found |= {f"{name}{n}": (keys["weights"], stage, layer) for name, stage in stages.items()}
        stages = {"Z": "forward", "db": "sums", "dW": "sums"}
        found |= {f"{name}{n}": (keys["affine"], stage, layer) for name, stage in stages.items()}
        if layer.activation != LINEAR:
            stages = {"A": "forward", "dZ": "backward"}
            found |= {f"{name}{n}": (keys["activation"], stage, layer) for name, stage in stages.items()}
        if n > 1:
            found[f"d{_output(n - 1, layer.activations)}"] = (keys["affine"], "backward", layer)
    last = layers[-1]
    found[f"d{_output(last.number, last.activations)}"] = (loss, "backward", last)
    return found


def _reader(source: Source, number: int, owners: Mapping[str, tuple[str, str, Layer]]) -> tuple[str, str, Layer]:
    """Where a line without a name of its own belongs to: the piece of the first line that reads it."""
    name = source.lines[number].name
    for line in source.lines[number + 1 :]:
        if name in line.reads:
            if line.name in owners:
                key, _, layer = owners[line.name]
                return key, "slopes", layer
            name = line.name
    raise AssertionError(name)


# Slots


def _with_slots(line: Line | Part, sizes: Mapping[int, Slot], names: Mapping[str, str]) -> Line | Part:
    if isinstance(line, Part):
        return Part(_filled(line.target, sizes, names), _filled(line.formula, sizes, names))
    return line._replace(name=names.get(line.name, line.name), formula=_filled(line.formula, sizes, names))


def _filled(formula: Formula, sizes: Mapping[int, Slot], names: Mapping[str, str]) -> Formula:
    """A copy with slots for sizes and names; formulas are no deeper than a line is long."""
    found = copy.copy(formula)
    found.parts = tuple(_filled(part, sizes, names) for part in formula.parts)
    found.shape = tuple(_slot(size, sizes) for size in formula.shape)
    if isinstance(found, Name):
        found.name = names.get(found.name, found.name)
    if isinstance(found, View):
        found.moves = tuple(_move(move, sizes) for move in found.moves)
    return found


def _slot(size: int, sizes: Mapping[int, Slot]) -> int:
    return size if isinstance(size, Size) else sizes.get(size, size)


def _move(move: Move, sizes: Mapping[int, Slot]) -> Move:
    if isinstance(move, Reshape):
        return Reshape(tuple(_slot(size, sizes) for size in move.shape))
    if isinstance(move, Index):
        return Index(tuple(_entry(entry, sizes) for entry in move.entries))
    return move


def _entry(entry: int | slice | None, sizes: Mapping[int, Slot]) -> int | slice | None:
    if isinstance(entry, slice):
        return slice(*(_entry(part, sizes) for part in (entry.start, entry.stop, entry.step)))
    return entry if entry is None else _slot(entry, sizes)


# Printing


class SlotPrinter(LaTeXPrinter):
    """LaTeX in which a slot for a name stays one."""

    def _name(self, formula: Name) -> Written:
        return (formula.name, ATOM) if formula.name.startswith("⟨") else super()._name(formula)


def _printed(source: Source, line: Line | Part) -> Printed:
    alone = replace(source, leaves=(), lines=(), loss=Number(0.0), gradient=(), outputs=None)
    alone = replace(alone, lines=(line,)) if isinstance(line, Line) else replace(alone, gradient=(line,))
    javascript, numpy, latex = JavaScriptPrinter(), NumPyPrinter(), SlotPrinter()
    javascript.rename(_with_read_names(alone))
    names = tuple(dict.fromkeys(line.formula.names()))
    sizes = [size for formula in line.formula.walk() for size in formula.shape]
    depends = SAMPLES in names or any(isinstance(size, Size) for size in sizes)
    if isinstance(line, Part):
        _, *statements = javascript.part(line)
        texts = numpy.assignment(line), f"{latex.text(line.target)} = {latex.text(line.formula)}"
        return Printed("gradient", (*names, "gradient"), (), *texts, tuple(statements), depends)
    depends = depends and line.name != SAMPLES
    _, *statements = javascript.line(line)
    named = latex.text(Name(line.name, line.shape))
    texts = f"{line.name} = {numpy.expression(line.formula)}", f"{named} = {latex.text(line.formula)}"
    return Printed(line.name, names, tuple(map(str, line.shape)), *texts, tuple(statements), depends)


def _with_read_names(source: Source) -> Source:
    """The same with every name that it reads as an argument: so each is known to the printer, as it is."""
    names = dict.fromkeys(name for formula in source.formulas for name in formula.names())
    return replace(source, arguments=tuple(Name(name, ()) for name in [*names, "gradient"]))


# The module

ABOUT = """\
// The lines of a network, printed by the compiler: viz/page/playground/lines.py says how, and writes this file.
// ⟨…⟩ is a slot for a size or a name; `run` computes the line from the sizes and from what the line reads.
"""


def module() -> str:
    """The text of `lines.js`."""
    shown = ",\n".join(f"  {json.dumps(key)}: {_piece_text(piece)}" for key, piece in pieces().items())
    return f"{ABOUT}\n{JAVASCRIPT}\nexport const PIECES = {{\n{shown},\n}};\n"


def _piece_text(piece: Piece) -> str:
    stages = [f"    {stage}: [\n{''.join(map(_line_text, piece[stage]))}    ],\n" for stage in STAGES if stage in piece]
    return f"{{\n{''.join(stages)}  }}"


def _line_text(line: Printed) -> str:
    facts = {"name": line.name, "reads": line.reads, "shape": line.shape}
    facts |= {"numpy": line.numpy, "latex": line.latex}
    shown = "".join(f"        {key}: {json.dumps(fact, ensure_ascii=False)},\n" for key, fact in facts.items())
    return f"      {{\n{shown}{_function_text(line)}      }},\n"


def _function_text(line: Printed) -> str:
    """The statements as a function, in which each slot is a name."""
    text = "".join(f"          {statement}\n" for statement in line.statements)
    sizes = [size for size in SIZES if f"⟨{size}⟩" in text] + [SAMPLES] * line.depends_on_m
    reads = [name for name in line.reads if name != SAMPLES]
    end = "" if line.name == "gradient" else f"          return {line.name};\n"
    head = f"run({{ {', '.join(sizes)} }}, [{', '.join(reads)}])" if sizes else f"run(_, [{', '.join(reads)}])"
    return f"        {head} {{\n{text}{end}        }},\n".replace("⟨", "").replace("⟩", "")


if __name__ == "__main__":
    Path(str(FOLDER / FILE)).write_text(module(), encoding="utf-8")
