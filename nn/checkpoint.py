"""How does a model outlive the program that trained it?

    save(model, "model.json")        readable: sizes, activations, W and b of every layer
    save(model, "model.npz")         the same as NumPy arrays, smaller
    model = load("model.json")

Every number comes back as it was, to the last bit. A file is written whole or not at all, states the version of its
format, and is read without executing anything: no pickle.

Names to know: `save`, `load`, `Checkpoint`. Read next: `export.py`.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import reprlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from tinygrad_edu.errors import FileError, TinygradError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.layers import MLP
from tinygrad_edu.nn.training.samples import Floats
from tinygrad_edu.show import counted, printable

FORMAT = "tinygrad_edu model"
VERSION = 1
SUFFIXES = (".json", ".npz")
MOST_NEURONS = 100_000  # of a layer in a file
MOST_PARAMETERS = 4_000_000  # of all layers together: some 600 MB of Values
MOST_TEXT = 16_000_000  # characters of the text about a model
MOST_HEADER = 10_000  # bytes before the numbers of an array; NumPy writes 128
NOT_FINITE = ("inf", "-inf", "nan")  # JSON has no such numbers: they are strings
DAMAGED = (ValueError, OSError, EOFError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)

FilePath = str | os.PathLike[str]


@dataclass
class Checkpoint:
    """A model, and what else is in its file.

    Attributes:
        model: the network.
        about: what was saved about it, in the types of JSON: strings, numbers, lists, dictionaries.
    """

    model: MLP
    about: dict[str, Any] = field(default_factory=dict)


def save(model: MLP, path: FilePath, *, about: Mapping[str, Any] | None = None) -> Path:
    """Write a model into a file, in the format that its suffix names: ".json" or ".npz".

    Args:
        model: a network.
        path: the path of the file; an existing file is replaced when the new one is complete.
        about: what else to keep with it, in the types of JSON: where its data came from, how it was trained.

    Returns:
        The path.

    Raises:
        FileError: if the name has another suffix, if the model cannot be built again or is larger than `load` accepts,
            or if `about` cannot be written as JSON.
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
        raise FileError(f"save with about={about!r}", f"that cannot be written as JSON: {error}") from None
    if path.suffix not in SUFFIXES:
        _refuse_suffix(path)
    wrong = _too_large(list(model.sizes))
    if wrong:
        raise FileError(f"save of {model!r}", wrong, instead="a smaller network")
    write_whole(path, _as_json(model, told) if path.suffix == ".json" else _as_npz(model, told))
    return path


def load(path: FilePath) -> MLP:
    """The model in a file.

    Raises:
        FileError: if the file does not hold a model, or a damaged one, or one of a newer version.
        OSError: if it cannot be read.
    """
    return read(path).model


def read(path: FilePath) -> Checkpoint:
    """The model in a file, and what was saved about it.

    Raises:
        FileError: if the file does not hold a model, or a damaged one, or one of a newer version.
        OSError: if it cannot be read.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        _refuse_suffix(path)
    content = path.read_bytes()
    head, matrices = _from_json(path, content) if path.suffix == ".json" else _from_npz(path, content)
    about = head.get("about") or {}
    if not isinstance(about, dict):
        raise _wrong(path, "its `about` is not a JSON object")
    return Checkpoint(_built(path, head, matrices), about)


def _refuse_suffix(path: Path) -> NoReturn:
    raise FileError(
        f"a model in {path.name!r}", "its name ends in .json or .npz", instead=f"{path.with_suffix('.json').name!r}"
    )


def _too_large(sizes: list[int]) -> str:
    """What is wrong with the sizes of a network that is too large for a file; "" if nothing is."""
    if max(sizes) > MOST_NEURONS:
        return f"a layer of {counted(max(sizes), 'neuron')} is not accepted: a file holds up to {MOST_NEURONS:,}"
    parameters = sum((nin + 1) * nout for nin, nout in pairwise(sizes))
    if parameters > MOST_PARAMETERS:
        return f"{counted(parameters, 'parameter')} are not accepted: a file holds up to {MOST_PARAMETERS:,}"
    return ""


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
    """Each row of W on a line of its own, so that a learner can read it."""
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
    """The number, or one of NOT_FINITE where JSON has no number."""
    return number if math.isfinite(number) else str(number)


def _as_npz(model: MLP, about: dict[str, Any]) -> bytes:
    text = json.dumps(_head(model, about))
    if len(text) > MOST_TEXT:
        wrong = f"they are {len(text):,} characters in JSON, and load accepts {MOST_TEXT:,}"
        raise FileError("save with about=…", wrong, instead="a separate file for long texts")
    arrays = {"model": np.array(text)}
    for number, (W, b) in enumerate(weights_of(model), start=1):
        arrays |= {f"W{number}": W, f"b{number}": b}
    buffer = io.BytesIO()
    with _archive(buffer) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", content.getvalue())
    return buffer.getvalue()


@contextlib.contextmanager
def _archive(buffer: io.BytesIO) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive that is finished if all went well, and otherwise abandoned.

    ZipFile finishes it in any case, and complains about the member that Ctrl-C has left open: a ValueError, in which
    the Ctrl-C would be lost.
    """
    archive = zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)
    try:
        yield archive
        archive.close()
    finally:
        archive.fp = None  # as close() leaves it: there is nothing more to write


# What is made of it

Shape = tuple[int, ...]
Matrices = list[tuple[Floats, Floats]]


def _from_json(path: Path, content: bytes) -> tuple[dict[str, Any], Matrices]:
    head = _head_in(path, content)
    layers = head.get("layers")
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise _wrong(path, "it has no list of layers")
    shapes = _shapes_in(path, head, len(layers))
    return head, [
        (_from_lists(path, f"W of {name}", layer.get("W"), W), _from_lists(path, f"b of {name}", layer.get("b"), b))
        for layer, (name, W, b) in zip(layers, shapes, strict=True)
    ]


def _from_npz(path: Path, content: bytes) -> tuple[dict[str, Any], Matrices]:
    """Only the members that a model has are read, and only if they are as large as its sizes say."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            head = _head_in(path, _text_in(path, archive))
            layers = len([name for name in archive.namelist() if name.startswith("W")])
            return head, [
                (
                    _from_member(path, f"W of {name}", archive, f"W{number}", W),
                    _from_member(path, f"b of {name}", archive, f"b{number}", b),
                )
                for number, (name, W, b) in enumerate(_shapes_in(path, head, layers), start=1)
            ]
    except TinygradError:
        raise
    except DAMAGED as error:
        raise _wrong(path, f"it is not an archive of NumPy arrays, or is damaged: {printable(str(error))}") from None


def _from_lists(path: Path, name: str, rows: Any, shape: Shape) -> Floats:
    try:
        array = np.array(_numbers_in(rows), dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise _wrong(path, f"{name} is not made of numbers, each of them a float") from None
    _check_shape(path, name, array.shape, shape)
    return array


def _numbers_in(cell: Any) -> Any:
    """Lists of numbers as floats; null, true, and numbers beyond the largest float are refused."""
    if isinstance(cell, list):
        return [_numbers_in(each) for each in cell]
    if isinstance(cell, str) and cell in NOT_FINITE:
        return float(cell)
    if type(cell) not in (int, float) or not math.isfinite(float(cell)):
        raise TypeError
    return float(cell)


def _from_member(path: Path, name: str, archive: zipfile.ZipFile, member: str, shape: Shape) -> Floats:
    with _opened(path, name, archive, member, 8 * math.prod(shape)) as file:
        found, is_fortran, dtype = _header(file)
        if dtype.kind not in "fiu" or dtype.itemsize > 8:
            raise _wrong(path, f"{name} is not made of numbers, each of them a float: its type is {dtype}")
        _check_shape(path, name, found, shape)
        numbers = np.frombuffer(file.read(), dtype, count=math.prod(shape))
    return numbers.reshape(shape, order="F" if is_fortran else "C").astype(np.float64)


def _text_in(path: Path, archive: zipfile.ZipFile) -> bytes:
    """The text about a model, which NumPy writes with 4 bytes for each character."""
    with _opened(path, "its text", archive, "model", 4 * MOST_TEXT) as file:
        shape, _, dtype = _header(file)
        if dtype.kind != "U" or shape:
            raise _wrong(path, f"it does not say that it is a {FORMAT}")
        return str(np.frombuffer(file.read(), dtype, count=1)[0]).encode()


def _opened(path: Path, name: str, archive: zipfile.ZipFile, member: str, most: int) -> IO[bytes]:
    """A member, if it is not too large: a small archive can hold gigabytes of zeros."""
    info = archive.getinfo(f"{member}.npy")
    if info.file_size > most + MOST_HEADER:
        raise _wrong(path, f"{name} has {info.file_size:,} bytes, and should have {most:,} at most")
    return archive.open(info)


def _header(file: IO[bytes]) -> tuple[Shape, bool, np.dtype[Any]]:
    """The shape of an array, whether its columns come first, and its type: the header before its numbers."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, is_fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are not read")
    return shape, is_fortran, dtype


def _check_shape(path: Path, name: str, found: Shape, shape: Shape) -> None:
    if found != shape:
        raise _wrong(path, f"{name} has the shape {found}, and should have {shape}")


def _head_in(path: Path, content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"it is not JSON, or is damaged: {error}") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _wrong(path, f"it does not say that it is a {FORMAT}")
    version = head.get("version")
    if version != VERSION:
        raise _wrong(
            path, f"it has version {reprlib.repr(version)} of the format, and this package reads version {VERSION}"
        )
    return head


def _shapes_in(path: Path, head: dict[str, Any], layers: int) -> list[tuple[str, Shape, Shape]]:
    """For each layer its name and the shapes of W and b, by the sizes in the head of a file."""
    sizes = head.get("sizes")
    if not isinstance(sizes, list) or len(sizes) < 2 or not all(_is_size(size) for size in sizes):
        raise _wrong(path, f"its sizes are {reprlib.repr(sizes)}, and should be two or more whole numbers from 1")
    if layers != len(sizes) - 1:
        raise _wrong(path, f"it has {layers} layers with W and b, and sizes of {len(sizes) - 1}")
    wrong = _too_large(sizes)
    if wrong:
        raise _wrong(path, f"its sizes are {reprlib.repr(sizes)}, and {wrong}")
    return [(f"layer {number}", (nout, nin), (nout,)) for number, (nin, nout) in enumerate(pairwise(sizes), start=1)]


def _built(path: Path, head: dict[str, Any], matrices: Matrices) -> MLP:
    sizes = head["sizes"]
    try:
        model = MLP(sizes[0], sizes[1:], activation=head.get("activation", ""), output=head.get("output", ""), seed=0)
    except TinygradError as error:
        raise _wrong(path, str(error)) from None
    for layer, (W, b) in zip(model.layers, matrices, strict=True):
        for neuron, row, bias in zip(layer.neurons, W.tolist(), b.tolist(), strict=True):
            neuron.b.data = bias
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = number
    return model


def _is_size(size: object) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and size >= 1
