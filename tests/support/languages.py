"""A compiled program, run in another language: JAX, or JavaScript in node.

    other = InLanguage(program, "javascript")     is called as the program is, and has its parameters and outputs

Nothing but the text of the program is used. All programs in JavaScript run in one process of node.
"""

import contextlib
import functools
import json
import math
import shutil
import subprocess

import numpy as np
import pytest

import tinygrad_edu

LANGUAGES = ("numpy", "jax", "javascript")
SERVER = r"""
const lines = require("readline").createInterface({input: process.stdin});
const plain = (x) => typeof x === "number" ? (Number.isFinite(x) ? x : String(x)) : Array.from(x, plain);
const number = (x) => typeof x === "string" ? Number(x) : x;
const programs = new Map();
lines.on("line", (line) => {
  try {
    const {name, source, args} = JSON.parse(line);
    if (source) programs.set(name, new Function(`"use strict"; ${source}; return program;`)());
    console.log(JSON.stringify(plain(programs.get(name)(...args.map((each) => Float64Array.from(each, number))))));
  } catch (error) {
    console.log(JSON.stringify({error: String(error)}));
  }
});
"""


@functools.cache
def jax64():
    """JAX in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def skip_without(language):
    """Skip a test if the language cannot be run here."""
    if language == "jax":
        pytest.importorskip("jax", reason="JAX is not installed (pip install 'tinygrad_edu[jax]')")
    if language == "javascript" and shutil.which("node") is None:
        pytest.skip("node is not installed")


@functools.cache
def node():
    command = [shutil.which("node"), "-e", SERVER]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def asked_of_node(name, source, args):
    """What a program gives in node, which knows it by its name from the second time on."""
    numbers = [[each if math.isfinite(each) else _said(each) for each in np.ravel(arg).tolist()] for arg in args]
    process = node()
    process.stdin.write(json.dumps({"name": name, "source": source, "args": numbers}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if isinstance(answer, dict):
        raise RuntimeError(answer["error"])  # noqa: TRY004 (whatever node says)
    return answer


def _said(number):
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


class InLanguage:
    """The text of a program, as a program."""

    def __init__(self, program, language):
        self.program, self.language = program, language
        self.source = program.source_for(language)
        self.outputs = program.outputs
        if language == "jax":
            names = {}
            jax = jax64()
            exec(self.source, names)
            self.function = jax.jit(names["program"])

    def __getattr__(self, name):
        return getattr(self.program, name)

    def __setattr__(self, name, given):
        if name == "parameters":
            self.program.parameters = given
        else:
            super().__setattr__(name, given)

    def __call__(self, *inputs):
        with contextlib.suppress(FloatingPointError):
            self.program(*inputs)  # so that it keeps the inputs, and the shape of the outputs
        arrays = self._arrays(inputs)
        run = self._in_jax if self.language == "jax" else self._in_node
        loss, gradient, *outputs = run(self.program.parameters, *arrays)
        if outputs:
            self.outputs = np.array(outputs[0], dtype=float).reshape(self.program.outputs.shape)
        return float(loss), np.array(gradient, dtype=float)

    def _arrays(self, inputs):
        """The arrays that the text is a function of, beside P."""
        if not hasattr(self.program, "arguments"):
            return [self.program._last.inputs]  # the inputs of the last call, which a text does not keep
        return [
            np.asarray(array, dtype=int if argument.classes else float)
            for array, argument in zip(inputs, self.program.arguments, strict=True)
        ]

    def _in_jax(self, *arrays):
        return self.function(*map(jax64().numpy.asarray, arrays))

    def _in_node(self, *arrays):
        source, self.sent = None if hasattr(self, "sent") else self.source, True
        return [
            np.array(each, dtype=float) if isinstance(each, list) else float(each)
            for each in asked_of_node(str(id(self)), source, arrays)
        ]


honest = tinygrad_edu.compile


def compile_to(language):
    """Let every program that is compiled from now on be one in this language."""
    tinygrad_edu.compile = (
        honest if language == "numpy" else lambda *args, **options: InLanguage(honest(*args, **options), language)
    )


@contextlib.contextmanager
def compiling_to(language):
    """The same for a while."""
    compile_to(language)
    try:
        yield
    finally:
        compile_to("numpy")
