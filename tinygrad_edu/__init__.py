"""A scalar autograd engine for learning backpropagation.

    from tinygrad_edu import Value, parse, chain_rule, explain, grad, no_grad, gradcheck, nn, viz

    Value           a number that remembers how it was made          value.py
    parse           a text as a graph of Values                      text/parsing.py
    chain_rule      the sweep, one application at a time             steps/chain_rule.py
    explain         one gradient, as a sum over paths                steps/paths.py
    grad            the gradient as a graph of its own               backprop.py
    no_grad         a block in which nothing is recorded             recorder.py
    detect_anomaly  where the first inf or NaN came from             checks/anomaly.py
    compile         the graph of a loss as a NumPy program           compiler/
    gradcheck       the gradient against differences                 checks/gradcheck.py
    nn              neurons, layers, networks and their training     the package tinygrad_edu.nn
    viz             drawings of graphs and networks                  the package tinygrad_edu.viz

To read the source, begin with `rules.py`; every file ends its opening with the one to read next.
"""

from __future__ import annotations

import sys

from tinygrad_edu import process

if process.is_command(sys.orig_argv):
    process.start_quietly()  # before the other imports, which take a moment

import importlib
from typing import TYPE_CHECKING, Any

from tinygrad_edu.backprop import grad
from tinygrad_edu.checks.anomaly import detect_anomaly
from tinygrad_edu.checks.gradcheck import gradcheck
from tinygrad_edu.errors import DomainError, GradientWarning, TinygradError
from tinygrad_edu.packages import name_missing_parts
from tinygrad_edu.recorder import no_grad
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.paths import explain
from tinygrad_edu.steps.trace import Trace
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.value import Value

if TYPE_CHECKING:
    from tinygrad_edu import nn, viz
    from tinygrad_edu.compiler import compile

name_missing_parts()

__version__ = "0.1.0"
__all__ = [
    "DomainError",
    "GradientWarning",
    "TinygradError",
    "Trace",
    "Value",
    "chain_rule",
    "compile",
    "detect_anomaly",
    "explain",
    "grad",
    "gradcheck",
    "nn",
    "no_grad",
    "parse",
    "viz",
]


def __getattr__(name: str) -> Any:
    """`tinygrad_edu.nn`, `tinygrad_edu.viz` and `tinygrad_edu.compile` are imported when they are first used."""
    if name in ("nn", "viz"):
        return importlib.import_module(f"tinygrad_edu.{name}")
    if name == "compile":
        return importlib.import_module("tinygrad_edu.compiler").compile
    raise AttributeError(f"module 'tinygrad_edu' has no attribute {name!r}")
