"""A scalar autograd engine for learning backpropagation.

    from tinygrad_edu import Value, parse, chain_rule, explain, grad, no_grad, gradcheck, nn, viz

    Value           a number that remembers how it was made          value.py
    parse           a text as a graph of Values                      text/parsing.py
    chain_rule      the sweep, one application at a time             steps/chain_rule.py
    explain         one gradient, as a sum over paths                steps/paths.py
    grad            the gradient as a graph of its own               backprop.py
    no_grad         a block in which nothing is recorded             blocks.py
    detect_anomaly  where the first inf or NaN came from             checks/anomaly.py
    compile         the graph of a loss as a NumPy program           compiler/
    gradcheck       the gradient against differences                 checks/gradcheck.py
    check_engine    the mistakes in an engine of your own            checks/engines/
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

from tinygrad_edu.packages import name_missing_parts

if TYPE_CHECKING:
    from tinygrad_edu import nn as nn
    from tinygrad_edu import viz as viz
    from tinygrad_edu.blocks import no_grad as no_grad
    from tinygrad_edu.checks.anomaly import detect_anomaly as detect_anomaly
    from tinygrad_edu.checks.engines.report import check_engine as check_engine
    from tinygrad_edu.checks.gradcheck import gradcheck as gradcheck
    from tinygrad_edu.compiler import compile as compile
    from tinygrad_edu.errors import DomainError as DomainError
    from tinygrad_edu.errors import GradientWarning as GradientWarning
    from tinygrad_edu.errors import TinygradError as TinygradError
    from tinygrad_edu.guards import grad as grad
    from tinygrad_edu.steps.chain_rule import chain_rule as chain_rule
    from tinygrad_edu.steps.paths import explain as explain
    from tinygrad_edu.steps.trace import Trace as Trace
    from tinygrad_edu.text.parsing import parse as parse
    from tinygrad_edu.value import Value as Value

name_missing_parts()

__version__ = "0.1.0"

_HOME = {
    "DomainError": "errors",
    "GradientWarning": "errors",
    "TinygradError": "errors",
    "Trace": "steps.trace",
    "Value": "value",
    "chain_rule": "steps.chain_rule",
    "check_engine": "checks.engines.report",
    "compile": "compiler",
    "detect_anomaly": "checks.anomaly",
    "explain": "steps.paths",
    "grad": "guards",
    "gradcheck": "checks.gradcheck",
    "nn": "",
    "no_grad": "blocks",
    "parse": "text.parsing",
    "viz": "",
}  # where each public name stands; it is imported when it is first used

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    """A public name, imported from where it stands: a reader of `value.py` alone need not wait for all the rest."""
    if name not in _HOME:
        raise AttributeError(f"module 'tinygrad_edu' has no attribute {name!r}")
    if not _HOME[name]:  # a package
        return importlib.import_module(f"tinygrad_edu.{name}")
    return getattr(importlib.import_module(f"tinygrad_edu.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """What a notebook completes."""
    return sorted({*globals(), *_HOME})
