"""Where does a model that has outgrown this engine go?

Into a bigger one: `to_torch` gives the same network as a `torch.nn.Sequential`, `to_onnx` a file that ONNX Runtime and
others run. Both are float64, and give the same outputs.

Names to know: `to_torch`, `to_onnx`. Read next: `sklearn.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu.errors import OptionError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.checkpoint import weights_of
from tinygrad_edu.nn.layers import LINEAR, MLP
from tinygrad_edu.packages import needed

TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "relu":       ("ReLU",      {}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    "elu":        ("ELU",       {}),
    "softplus":   ("Softplus",  {"threshold": 50}),
    "silu":       ("SiLU",      {}),
    "gelu":       ("GELU",      {}),
    "tanh":       ("Tanh",      {}),
    "sigmoid":    ("Sigmoid",   {}),
}  # fmt: skip

ONNX: dict[str, str] = {
    "relu":       "{A} = Relu ({Z})",
    "tanh":       "{A} = Tanh ({Z})",
    "sigmoid":    "{A} = Sigmoid ({Z})",
    "exp":        "{A} = Exp ({Z})",
    "log":        "{A} = Log ({Z})",
    "sqrt":       "{A} = Sqrt ({Z})",
    "sin":        "{A} = Sin ({Z})",
    "cos":        "{A} = Cos ({Z})",
    "abs":        "{A} = Abs ({Z})",
    "sign":       "{A} = Sign ({Z})",
    "leaky_relu": "{A}s = Constant <value = double {{0.01}}> ()  {A}l = Mul ({Z}, {A}s)  {A} = Max ({Z}, {A}l)",
    "elu":        "{A}o = Constant <value = double {{1.0}}> ()   {A}z = Constant <value = double {{0.0}}> ()"
                  "  {A}m = Min ({Z}, {A}z)  {A}e = Exp ({A}m)  {A}d = Sub ({A}e, {A}o)"
                  "  {A}r = Relu ({Z})  {A} = Add ({A}r, {A}d)",
    "softplus":   "{A}o = Constant <value = double {{1.0}}> ()  {A}b = Abs ({Z})  {A}n = Neg ({A}b)  {A}e = Exp ({A}n)"
                  "  {A}s = Add ({A}o, {A}e)  {A}l = Log ({A}s)  {A}r = Relu ({Z})  {A} = Add ({A}r, {A}l)",
    "silu":       "{A}s = Sigmoid ({Z})  {A} = Mul ({Z}, {A}s)",
}  # as ONNX Runtime computes them with float64: it has no Elu, Softplus or LeakyRelu of that type  # fmt: skip


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
            name, options = _found(TORCH, layer.activation, "PyTorch")
            parts.append(getattr(torch.nn, name)(**options))
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
    lines, A = [], "X"
    for number, layer in enumerate(model.layers, start=1):
        is_last = number == len(model.layers)
        Z, next_A = f"Z{number}", "Y" if is_last else f"A{number}"
        lines.append(f"{Z} = Gemm <transB = 1> ({A}, W{number}, b{number})")
        template = "{A} = Identity ({Z})" if layer.activation == LINEAR else _found(ONNX, layer.activation, "ONNX")
        lines.append(template.format(Z=Z, A=next_A))
        A = next_A
    shapes = f"(double[N, {model.sizes[0]}] X) => (double[N, {model.sizes[-1]}] Y)"
    body = "\n".join(lines)
    return f'<ir_version: 8, opset_import: ["" : 13], producer_name: "tinygrad_edu">\nMLP {shapes} {{\n{body}\n}}'


def _found(table: dict[str, Any], activation: str, where: str) -> Any:
    if activation not in table:
        raise OptionError(
            f"a network with {activation} for {where}",
            f"the activations that can go there are {', '.join([LINEAR, *table])}",
            instead="activation='tanh'",
        )
    return table[activation]
