"""How does a model outlive the program that trained it?

    save(model, "model.json")        readable: sizes, activations, W and b of every layer
    save(model, "model.npz")         the same as NumPy arrays, smaller
    model = load("model.json")

Every number comes back as it was, to the last bit. A file is written whole or not at all, says which version of this
format it has, and is read without executing anything: no pickle.

Names to know: `save`, `load`, `Checkpoint`. Read next: `export.py`.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.errors import FileError, TinygradError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.layers import MLP

FORMAT = "tinygrad_edu model"
VERSION = 1
SUFFIXES = (".json", ".npz")
MOST_NEURONS = 100_000  # of a file that is believed
DAMAGED = (ValueError, OSError, EOFError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)

Floats = NDArray[np.float64]
FilePath = str | os.PathLike[str]


@dataclass
class Checkpoint:
    """A model, and what else is in its file.

    Attributes:
        model: the network.
        about: what was told about it, in the terms of JSON: texts, numbers, lists, dictionaries.
    """

    model: MLP
    about: dict[str, Any] = field(default_factory=dict)


def save(model: MLP, path: FilePath, *, about: Mapping[str, Any] | None = None) -> Path:
    """Write a model into a file: ".json" or ".npz" at the end of its name says how.

    Args:
        model: a network.
        path: of the file; one that is there already is replaced when the new one is complete.
        about: what else to keep with it, in the terms of JSON: where its data came from, how it was trained.

    Returns:
        The path.

    Raises:
        FileError: if the name has another suffix, the model is none that can be built again, or `about` is no JSON.
        OSError: if the file cannot be written.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "model.json"
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> load(save(model, path)).state_dict() == model.state_dict()
    True
    """
    path = Path(path)
    if type(model) is not MLP:
        raise FileError(
            f"save of {model!r}",
            "a file can hold an MLP, which is built again from its sizes and activations",
            instead="json.dump(model.state_dict(), file), and model.load_state_dict(json.load(file))",
        )
    try:
        told = json.loads(json.dumps(dict(about or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise FileError(f"save with about={about!r}", f"that is no JSON: {error}") from None
    if path.suffix not in SUFFIXES:
        _refuse_suffix(path)
    write_whole(path, _as_json(model, told) if path.suffix == ".json" else _as_npz(model, told))
    return path


def load(path: FilePath) -> MLP:
    """The model in a file.

    Raises:
        FileError: if the file holds no model, a damaged one, or one of a newer version.
        OSError: if it cannot be read.
    """
    return read(path).model


def read(path: FilePath) -> Checkpoint:
    """The model in a file, and what was told about it.

    Raises:
        FileError: if the file holds no model, a damaged one, or one of a newer version.
        OSError: if it cannot be read.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        _refuse_suffix(path)
    content = path.read_bytes()
    head, matrices = _from_json(path, content) if path.suffix == ".json" else _from_npz(path, content)
    return Checkpoint(_built(path, head, matrices), head.get("about") or {})


def _refuse_suffix(path: Path) -> NoReturn:
    raise FileError(
        f"a model in {path.name!r}", "its name ends in .json or .npz", instead=f"{path.with_suffix('.json').name!r}"
    )


def _wrong(path: Path, wrong: str) -> FileError:
    return FileError(f"the model in {path.name!r}", wrong, instead="a file that nn.save wrote, copied as a whole")


# What a file says


def _head(model: MLP, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "sizes": list(model.sizes),
        "activation": model.activation,
        "output": model.output,
        "about": about,
    }


def weights_of(model: MLP) -> list[tuple[Floats, Floats]]:
    """(W, b) of every layer: W with a row for each neuron, of shape (neurons, inputs), and b of shape (neurons,).

    >>> [(W.shape, b.shape) for W, b in weights_of(MLP(2, [3, 1]))]
    [((3, 2), (3,)), ((1, 3), (1,))]
    """
    return [
        (
            np.array([[weight.data for weight in neuron.w] for neuron in layer.neurons]),
            np.array([neuron.b.data for neuron in layer.neurons]),
        )
        for layer in model.layers
    ]


def _as_json(model: MLP, about: dict[str, Any]) -> bytes:
    """A row of W on a line of its own, so that a learner can read it."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in _head(model, about).items()]
    layers = ",\n".join(_layer_as_json(W, b) for W, b in weights_of(model))
    body = ",\n".join([*lines, f'  "layers": [\n{layers}\n  ]'])
    return f"{{\n{body}\n}}\n".encode()


def _layer_as_json(W: Floats, b: Floats) -> str:
    rows = ",\n".join(f"      {_row_as_json(row)}" for row in W)
    return f'    {{"W": [\n{rows}],\n     "b": {_row_as_json(b)}}}'


def _row_as_json(row: Floats) -> str:
    return json.dumps([_out(number) for number in row.tolist()])


def _out(number: float) -> float | str:
    """JSON has no inf and no nan: they are texts."""
    return number if math.isfinite(number) else str(number)


def _as_npz(model: MLP, about: dict[str, Any]) -> bytes:
    arrays = {"model": np.array(json.dumps(_head(model, about)))}
    for number, (W, b) in enumerate(weights_of(model), start=1):
        arrays |= {f"W{number}": W, f"b{number}": b}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


# What is made of it

Matrices = list[tuple[Any, Any]]


def _from_json(path: Path, content: bytes) -> tuple[dict[str, Any], Matrices]:
    head = _head_in(path, content)
    layers = head.get("layers")
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise _wrong(path, "it has no list of layers")
    return head, [(layer.get("W"), layer.get("b")) for layer in layers]


def _from_npz(path: Path, content: bytes) -> tuple[dict[str, Any], Matrices]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except DAMAGED as error:
        raise _wrong(path, f"it is no archive of NumPy arrays, or a damaged one: {error}") from None
    text = arrays.pop("model", np.array(""))
    head = _head_in(path, str(text).encode())
    layers = len(arrays) // 2
    return head, [(arrays.get(f"W{number}"), arrays.get(f"b{number}")) for number in range(1, layers + 1)]


def _head_in(path: Path, content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"it is no JSON, or a damaged one: {error}") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _wrong(path, f"it does not say that it is a {FORMAT}")
    version = head.get("version")
    if version != VERSION:
        raise _wrong(path, f"it has version {version!r} of the format, and this package reads version {VERSION}")
    return head


def _built(path: Path, head: dict[str, Any], matrices: Matrices) -> MLP:
    sizes = head.get("sizes")
    if not isinstance(sizes, list) or len(sizes) < 2 or not all(_is_size(size) for size in sizes):
        raise _wrong(path, f"its sizes are {sizes!r}, and should be two or more whole numbers from 1")
    if len(matrices) != len(sizes) - 1:
        raise _wrong(path, f"it has {len(matrices)} layers with W and b, and sizes of {len(sizes) - 1}")
    layers = [_layer(path, number, sizes, *pair) for number, pair in enumerate(matrices, start=1)]
    try:
        model = MLP(sizes[0], sizes[1:], activation=head.get("activation", ""), output=head.get("output", ""), seed=0)
    except TinygradError as error:
        raise _wrong(path, str(error)) from None
    for layer, (W, b) in zip(model.layers, layers, strict=True):
        for neuron, row, bias in zip(layer.neurons, W.tolist(), b.tolist(), strict=True):
            neuron.b.data = bias
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = number
    return model


def _is_size(size: object) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and 1 <= size <= MOST_NEURONS


def _layer(path: Path, number: int, sizes: list[int], W: Any, b: Any) -> tuple[Floats, Floats]:
    shapes = ((sizes[number], sizes[number - 1]), (sizes[number],))
    found = []
    for name, numbers, shape in zip(("W", "b"), (W, b), shapes, strict=True):
        try:
            array = np.asarray(numbers).astype(np.float64)
        except (TypeError, ValueError):
            raise _wrong(path, f"{name} of layer {number} is not made of numbers") from None
        if array.shape != shape:
            raise _wrong(path, f"{name} of layer {number} has the shape {array.shape}, and should have {shape}")
        found.append(array)
    return found[0], found[1]
