"""Where does a model that has outgrown this engine go?

Into a bigger one: `to_torch` gives the same network as a `torch.nn.Sequential`, `to_onnx` a file that ONNX Runtime and
others run. Both are float64, and give the same outputs.

Names to know: `to_torch`, `to_onnx`. Read next: `sklearn.py`.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu.errors import OptionError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.checkpoint import weights_of
from tinygrad_edu.nn.layers import LINEAR, MLP, activations
from tinygrad_edu.packages import needed
from tinygrad_edu.rules import RULES


def to_torch(model: MLP) -> Any:
    """The same network in PyTorch: a `torch.nn.Sequential` of Linear layers and activations, float64.

    Its outputs have the shape (samples, outputs), even if there is one output.

    Raises:
        MissingError: if PyTorch is not installed.
        OptionError: if PyTorch has no module for an activation.
    """
    torch = needed("torch", "to_torch(model)")
    parts: list[Any] = []
    for layer, (W, b) in zip(model.layers, weights_of(model), strict=True):
        neurons, inputs = W.shape
        linear = torch.nn.Linear(inputs, neurons, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W))
            linear.bias.copy_(torch.from_numpy(b))
        parts.append(linear)
        if layer.activation != LINEAR:
            module = _applied("torch", layer.activation, "x", "PyTorch")
            parts.append(eval(module, dict(vars(torch.nn))))  # noqa: S307 (text of a row, which is a program of its own)
    return torch.nn.Sequential(*parts)


def to_onnx(model: MLP, path: str | os.PathLike[str]) -> Path:
    """Write the same network as an ONNX model: input `X` of shape (N, inputs), output `Y`, of (N, outputs), float64.

    Returns:
        The path. The file appears whole or not at all.

    Raises:
        MissingError: if the package onnx is not installed.
        OptionError: if an activation cannot be written with ONNX's operators for float64.
    """
    onnx = needed("onnx", "to_onnx(model, path)")
    parser, numpy_helper = needed("onnx.parser", "to_onnx"), needed("onnx.numpy_helper", "to_onnx")
    exported = parser.parse_model(_onnx_text(model))
    for number, (W, b) in enumerate(weights_of(model), start=1):
        for name, array in ((f"W{number}", W), (f"b{number}", b)):
            exported.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    onnx.checker.check_model(exported)
    write_whole(Path(path), exported.SerializeToString())
    return Path(path)


def _onnx_text(model: MLP) -> str:
    """The network in ONNX's own notation, which looks like the textbook: Z1 = Gemm (X, W1, b1), A1 = Tanh (Z1)."""
    lines: list[str] = []
    A = "X"
    for number, layer in enumerate(model.layers, start=1):
        is_last = number == len(model.layers)
        Z, next_A = f"Z{number}", "Y" if is_last else f"A{number}"
        lines.append(f"{Z} = Gemm <transB = 1> ({A}, W{number}, b{number})")
        is_linear = layer.activation == LINEAR
        call = f"Identity({Z})" if is_linear else _applied("onnx", layer.activation, Z, "ONNX")
        _write(ast.parse(call, mode="eval").body, lines, next_A)
        A = next_A
    shapes = f"(double[N, {model.sizes[0]}] X) => (double[N, {model.sizes[-1]}] Y)"
    body = "\n".join(lines)
    return f'<ir_version: 8, opset_import: ["" : 13], producer_name: "tinygrad_edu">\nMLP {shapes} {{\n{body}\n}}'


def _applied(column: str, activation: str, argument: str, engine: str) -> str:
    """An activation of an argument as another engine writes it, which is a column of its row."""
    row = RULES[activation]
    template: str | None = getattr(row, column)
    if template is None:
        there = [name for name in activations() if name == LINEAR or getattr(RULES[name], column)]
        raise OptionError(
            f"a network with {activation} for {engine}",
            f"the activations that can go there are {', '.join(there)}",
            instead="activation='tanh'",
        )
    return row.fill(template, [argument, *map(str, row.defaults)])


def _write(expression: ast.expr, lines: list[str], name: str = "") -> str:
    """Append the statements that compute a nested call of ONNX's operators; the name of its result.

    >>> lines = []
    >>> _write(ast.parse("Mul(Z1, Sigmoid(Z1))", mode="eval").body, lines, "A1")
    'A1'
    >>> lines
    ['t0 = Sigmoid (Z1)', 'A1 = Mul (Z1, t0)']
    """
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Call):
        args = ", ".join([_write(arg, lines) for arg in expression.args])
        statement = f"{ast.unparse(expression.func)} ({args})"
    else:
        statement = f"Constant <value = double {{{ast.unparse(expression)}}}> ()"
    name = name or f"t{len(lines)}"
    lines.append(f"{name} = {statement}")
    return name
