"""Which mistakes does one make in an engine, and what do they do?

One table, with one row for each mistake: what it changes in a right engine, how it is said in a sentence, and a hint
that does not give the line away. A mistake is recognized by what it computes (`diagnosis.py`), so a row needs no
description of how it looks: to add a mistake, add a row.

Names to know: `Mistake`, `MISTAKES`. Read next: `probes.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from tinygrad_edu.checks.engines import reference
from tinygrad_edu.checks.engines.reference import Design

KINDS = (
    "overwrites",
    "local derivative",
    "argument forgotten",
    "upstream forgotten",
    "order",
    "seed",
    "identity",
    "operator missing",
    "wrong result",
    "zeroing",
    "unknown",
)
SYMBOLS = {
    "add": "+", "mul": "*", "neg": "-a", "sub": "-", "pow": "**", "div": "/", "radd": "3 + a", "rmul": "3 * a",
    "rsub": "4 - a", "rtruediv": "4 / a", "exp": "exp", "log": "log", "tanh": "tanh", "sigmoid": "sigmoid",
    "relu": "relu",
}  # fmt: skip
ORDINALS = ("first", "second")
NAMES = {op: "a, n" if op == "pow" else "a, b" if count == 2 else "a" for op, count in reference.ARGUMENTS.items()}


@dataclass(frozen=True)
class Mistake:
    """A row of the table.

    Attributes:
        name: what to call it: "mul overwrites".
        kind: one of `KINDS`.
        operation: the operation that is wrong, or None if it is the sweep.
        change: from a right design to one with this mistake.
        sentence: what is wrong.
        hint: where to look, without the line to write.
        solution: what the line has to do.
        page: the page of the guide that explains it.
        text: what a wrong result or wrong local derivatives are, in Python: of the numbers a and b, or a and n, and
            out.
    """

    name: str
    kind: str
    operation: str | None
    change: Callable[[Design], Design]
    sentence: str
    hint: str
    solution: str
    page: str
    text: str = ""


def _at_arguments(what: str, *places: tuple[str, int]) -> Callable[[Design], Design]:
    """The change of what happens to some arguments of operations."""
    return lambda design: replace(design, **{what: getattr(design, what) | set(places)})


def _all_of(*operations: str) -> list[tuple[str, int]]:
    return [(op, at) for op in operations for at in range(reference.ARGUMENTS[op])]


TWO = [(op, at) for op, at in _all_of(*reference.ROWS) if reference.ARGUMENTS[op] == 2]


def _local(operation: str, text: str) -> Callable[[Design], Design]:
    partials = eval(f"lambda {NAMES[operation]}, out: ({text},)", {"math": math})  # noqa: S307 (our own table)
    return lambda design: design.with_operation(operation, local=lambda args, out: partials(*args, out))


def _result(operation: str, text: str) -> Callable[[Design], Design]:
    forward = eval(f"lambda {NAMES[operation]}: {text}", {"math": math})  # noqa: S307 (our own table)
    return lambda design: design.with_operation(operation, forward=forward)


def _reflected(operation: str, how: str) -> Callable[[Design], Design]:
    return lambda design: replace(design, reflected=MappingProxyType({**design.reflected, operation: how}))


def _sweep(**changes: Any) -> Callable[[Design], Design]:
    return lambda design: replace(design, **changes)


# fmt: off
OVERWRITES = [
    Mistake("every operation overwrites", "overwrites", None, _at_arguments("overwrites", *_all_of(*reference.ROWS)),
            "Every contribution replaces the gradient that is there, so of a Value that is used twice only one use "
            "counts.",
            "A Value may be used more than once. What has to happen to the contributions of its uses?",
            "Add to the gradient, `+=`, in every operation.", "used-twice"),
    *(Mistake(f"{op} overwrites", "overwrites", op, _at_arguments("overwrites", *_all_of(op)),
              f"The contribution of {SYMBOLS[op]} replaces the gradient that is there, where it has to be added to it.",
              f"Look at how {op} writes to the gradient of its arguments. What if something stands there already?",
              f"In {op}: `+=` in place of `=`.", "used-twice")
      for op in reference.ROWS),
    *(Mistake(f"{op} overwrites its {ORDINALS[at]} argument", "overwrites", op, _at_arguments("overwrites", (op, at)),
              f"The contribution of {SYMBOLS[op]} to its {ORDINALS[at]} argument replaces the gradient that is there.",
              f"Look at the two lines of {op} that write a gradient. Do both do the same?",
              f"In {op}: `+=` for both arguments.", "used-twice")
      for op, at in TWO),
]

FORGOTTEN = [
    Mistake(f"{op} forgets its {ORDINALS[at]} argument", "argument forgotten", op,
            _at_arguments("forgotten", (op, at)),
            f"{SYMBOLS[op]} sends nothing to its {ORDINALS[at]} argument.",
            f"{SYMBOLS[op]} has two arguments. Which of them gets a contribution?",
            f"In {op}: add upstream · local derivative to the gradient of both arguments.", "backward")
    for op, at in TWO
]

UPSTREAM = [
    Mistake("no operation multiplies by the upstream gradient", "upstream forgotten", None,
            _at_arguments("without_upstream", *_all_of(*reference.ROWS)),
            "Local derivatives are passed on as they are: the gradient of the result itself has no part in it.",
            "The derivative of the output by an argument is a product. What is its other factor?",
            "Multiply each local derivative by the gradient of the result.", "chains"),
    *(Mistake(f"{op} forgets the upstream gradient", "upstream forgotten", op, _at_arguments("without_upstream",
              *_all_of(op)),
              f"{SYMBOLS[op]} passes its local derivative on as it is, without the gradient of its own result.",
              f"In {op}: the contribution is a product of two numbers. Which one is missing?",
              f"In {op}: multiply by the gradient of the result.", "chains")
      for op in reference.ROWS),
    *(Mistake(f"{op} forgets the upstream gradient for its {ORDINALS[at]} argument", "upstream forgotten", op,
              _at_arguments("without_upstream", (op, at)),
              f"{SYMBOLS[op]} passes its local derivative on as it is to its {ORDINALS[at]} argument.",
              f"Look at the two lines of {op} that write a gradient. Is the gradient of the result in both?",
              f"In {op}: multiply by the gradient of the result, for both arguments.", "chains")
      for op, at in TWO),
]


def _wrong_local(op: str, name: str, text: str, sentence: str, hint: str, solution: str) -> Mistake:
    page = "functions" if op in reference.FUNCTIONS else "backward" if op in ("add", "mul") else "operations"
    return Mistake(f"{op}: {name}", "local derivative", op, _local(op, text), sentence, hint, solution, page, text)


LOCAL = [
    _wrong_local("add", "the derivative of ×", "b, a",
                 "The local derivatives of + are those of ×.",
                 "When a grows by a little, by how much does a + b grow?",
                 "Both local derivatives of + are 1."),
    _wrong_local("add", "minus for the second", "1.0, -1.0",
                 "The second argument of + gets the wrong sign.", "When b grows, does a + b grow or shrink?",
                 "Both local derivatives of + are 1."),
    _wrong_local("mul", "its own argument", "a, b",
                 "In a * b each factor gets itself as its local derivative, where it should get the other one.",
                 "When a grows by 1, by how much does a * b grow? Does that depend on a, or on b?",
                 "∂(a·b)/∂a = b, and ∂(a·b)/∂b = a."),
    _wrong_local("mul", "the derivatives of +", "1.0, 1.0",
                 "The local derivatives of × are those of +.", "When a grows by 1, by how much does a * b grow?",
                 "∂(a·b)/∂a = b, and ∂(a·b)/∂b = a."),
    _wrong_local("mul", "b for both", "b, b",
                 "Both factors of a * b get b as their local derivative.", "What is the derivative of a * b by b?",
                 "∂(a·b)/∂b = a."),
    _wrong_local("mul", "a for both", "a, a",
                 "Both factors of a * b get a as their local derivative.", "What is the derivative of a * b by a?",
                 "∂(a·b)/∂a = b."),
    _wrong_local("mul", "the product", "out, out",
                 "Each factor gets the product itself as its local derivative.",
                 "The derivative of a * b by a: is a still in it?", "∂(a·b)/∂a = b."),
    _wrong_local("neg", "plus", "1.0", "The local derivative of -a has the wrong sign.",
                 "When a grows, does -a grow or shrink?", "The local derivative of -a is -1."),
    _wrong_local("sub", "plus for the second", "1.0, 1.0",
                 "The second argument of a - b gets a contribution of the wrong sign.",
                 "When b grows, does a - b grow or shrink?", "∂(a - b)/∂b = -1."),
    _wrong_local("sub", "minus for the first", "-1.0, 1.0",
                 "The two arguments of a - b have each other's sign.", "When a grows, does a - b grow or shrink?",
                 "∂(a - b)/∂a = 1, and ∂(a - b)/∂b = -1."),
    _wrong_local("sub", "minus for both", "-1.0, -1.0",
                 "The first argument of a - b gets the wrong sign.", "When a grows, does a - b grow or shrink?",
                 "∂(a - b)/∂a = 1."),
    _wrong_local("pow", "the exponent is not reduced", "n * out",
                 "In the derivative of a ** n the exponent stays n.", "What is the exponent in the derivative of a³?",
                 "The derivative of aⁿ is n · aⁿ⁻¹."),
    _wrong_local("pow", "no factor n", "a ** (n - 1)",
                 "The factor n is missing in the derivative of a ** n.",
                 "What stands in front in the derivative of a³?",
                 "The derivative of aⁿ is n · aⁿ⁻¹."),
    _wrong_local("pow", "the derivative of a square", "2 * a",
                 "Every power gets the derivative of a square.", "2·a is right for a². What about a³?",
                 "The derivative of aⁿ is n · aⁿ⁻¹."),
    _wrong_local("pow", "n times a", "n * a",
                 "a ** n gets n · a: the exponent is used as a factor, and no power is left.",
                 "n · a is right for n = 2 alone. What about a³?", "The derivative of aⁿ is n · aⁿ⁻¹."),
    _wrong_local("pow", "n - 1 in front", "(n - 1) * a ** (n - 1)",
                 "The factor in the derivative of a ** n is n - 1.", "Which number comes down in front, n or n - 1?",
                 "The derivative of aⁿ is n · aⁿ⁻¹."),
    _wrong_local("div", "no minus", "1 / b, a / b ** 2",
                 "The divisor gets the wrong sign.", "When b grows, does a / b grow or shrink (a and b positive)?",
                 "∂(a / b)/∂b = -a / b²."),
    _wrong_local("div", "b is not squared", "1 / b, -a / b",
                 "In the derivative of a / b by b, b is not squared.",
                 "Write a / b as a · b⁻¹. What is its derivative by b?",
                 "∂(a / b)/∂b = -a / b²."),
    _wrong_local("div", "no a", "1 / b, -1 / b ** 2",
                 "In the derivative of a / b by b, a is missing.",
                 "Write a / b as a · b⁻¹. What is its derivative by b?",
                 "∂(a / b)/∂b = -a / b²."),
    _wrong_local("div", "the derivatives of ×", "b, a",
                 "The local derivatives of a / b are those of a * b.",
                 "When a grows by 1, by how much does a / b grow?",
                 "∂(a / b)/∂a = 1 / b, and ∂(a / b)/∂b = -a / b²."),
    _wrong_local("div", "b for the dividend", "b, -a / b ** 2",
                 "The first argument of a / b gets b, where it should get 1 / b.",
                 "When a grows by 1, by how much does a / b grow?", "∂(a / b)/∂a = 1 / b."),
    _wrong_local("exp", "its input", "a",
                 "exp passes on its input, where its derivative is its output.",
                 "Which function is its own derivative?",
                 "The derivative of exp(a) is exp(a): the output."),
    _wrong_local("exp", "1", "1.0", "exp passes the gradient on unchanged.",
                 "Which function is its own derivative?", "The derivative of exp(a) is exp(a): the output."),
    _wrong_local("exp", "exp of the output", "math.exp(out)",
                 "The derivative of exp takes exp of the output: once too often.",
                 "The result of exp is stored already. Is there anything left to compute?",
                 "The derivative of exp(a) is exp(a): the output."),
    _wrong_local("exp", "a power's rule", "a * out",
                 "The derivative of exp has the input as an additional factor.",
                 "Which function is its own derivative?",
                 "The derivative of exp(a) is exp(a): the output."),
    _wrong_local("log", "its input", "a", "log passes on its input, where its derivative is 1 / input.",
                 "What is the derivative of ln a?", "The derivative of log(a) is 1 / a."),
    _wrong_local("log", "1 / output", "1 / out", "The derivative of log divides by the output, not by the input.",
                 "1 divided by what: by a, or by log(a)?", "The derivative of log(a) is 1 / a."),
    _wrong_local("log", "minus", "-1 / a", "The derivative of log has the wrong sign.",
                 "When a grows, does log(a) grow or shrink?", "The derivative of log(a) is 1 / a."),
    _wrong_local("log", "1", "1.0", "log passes the gradient on unchanged.", "What is the derivative of ln a?",
                 "The derivative of log(a) is 1 / a."),
    _wrong_local("tanh", "input for output", "1 - a ** 2",
                 "The derivative of tanh uses its input where the output belongs.",
                 "In 1 - t²: is t what went into tanh, or what came out?",
                 "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "not squared", "1 - out", "In the derivative of tanh the output is not squared.",
                 "Check at a = 0: how steep is tanh there? And far out to the left?",
                 "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "plus", "1 + out**2", "The derivative of tanh has a plus where a minus belongs.",
                 "Far out tanh is flat. What has to come out there?",
                 "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "no 1 -", "out**2", "The derivative of tanh is t²: the `1 -` is missing.",
                 "How steep is tanh at 0?", "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "sigmoid's", "out * (1 - out)", "The derivative of tanh is that of sigmoid.",
                 "t · (1 - t) belongs to another function. How steep is tanh at 0?",
                 "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "minus", "out**2 - 1", "The derivative of tanh has the wrong sign.",
                 "When a grows, does tanh(a) grow or shrink?", "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("tanh", "1", "1.0", "tanh passes the gradient on unchanged.", "How steep is tanh far out?",
                 "The derivative of tanh is 1 - t², t the output."),
    _wrong_local("sigmoid", "input for output", "a * (1 - a)",
                 "The derivative of sigmoid uses its input where the output belongs.",
                 "In s · (1 - s): is s what went into sigmoid, or what came out?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("sigmoid", "plus", "out * (1 + out)", "The derivative of sigmoid has a plus where a minus belongs.",
                 "Far out to the right sigmoid is flat. What has to come out there?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("sigmoid", "only s", "out", "In the derivative of sigmoid the factor 1 - s is missing.",
                 "Far out to the right sigmoid is flat. What has to come out there?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("sigmoid", "only 1 - s", "1 - out", "In the derivative of sigmoid the factor s is missing.",
                 "Far out to the left sigmoid is flat. What has to come out there?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("sigmoid", "tanh's", "1 - out**2", "The derivative of sigmoid is that of tanh.",
                 "1 - s² belongs to another function. How steep is sigmoid at 0?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("sigmoid", "minus", "out * (out - 1)", "The derivative of sigmoid has the wrong sign.",
                 "When a grows, does sigmoid(a) grow or shrink?",
                 "The derivative of sigmoid is s · (1 - s), s the output."),
    _wrong_local("relu", "always open", "1.0", "relu lets the gradient through where it is off, below 0.",
                 "How steep is relu left of 0?", "The derivative of relu is 1 above 0 and 0 below."),
    _wrong_local("relu", "inverted", "float(a <= 0)", "relu lets the gradient through below 0, and stops it above.",
                 "On which side is relu flat?", "The derivative of relu is 1 above 0 and 0 below."),
    _wrong_local("relu", "its output", "out", "relu passes on its output as its local derivative.",
                 "How steep is relu at 3? And at 5?", "The derivative of relu is 1 above 0 and 0 below."),
    _wrong_local("relu", "never open", "0.0", "relu stops every gradient.", "How steep is relu right of 0?",
                 "The derivative of relu is 1 above 0 and 0 below."),
]

SWEEP = [
    Mistake("pre-order", "order", None, _sweep(order=reference.pre_order),
            "A node passes its gradient on as soon as it is reached, before all of its users have contributed.",
            "A node with two users: when is its gradient complete? Who has to wait for whom?",
            "Sort topologically: append a node after its arguments, then go through the list backwards.",
            "used-twice"),
    Mistake("breadth first", "order", None, _sweep(order=reference.breadth_first),
            "The sweep goes level by level, so a node with a short and a long path to the output passes its gradient "
            "on before the long path has arrived.",
            "A node with a short and a long path to the output: when is its gradient complete?",
            "Sort topologically: append a node after its arguments, then go through the list backwards.",
            "used-twice"),
    Mistake("only the output", "order", None, _sweep(order=lambda output: [output]),
            "Only the last operation sends gradients to its arguments; they do not send them on. So it is when the "
            "sweep stops there, or goes through the order forwards, from the leaves, where no gradient is yet.",
            "After the output: which node is next, and does it know its gradient by then?",
            "Go through all nodes, from the output to the leaves: `reversed(order)`.", "chains"),
    Mistake("each path, the running sum", "order", None, _sweep(order=reference.for_each_path_depth_first),
            "A node is visited once for each path to it, and passes on its whole gradient so far each time, so that "
            "earlier contributions are passed on again.",
            "When a node is reached for the second time, what part of its gradient has been passed on before?",
            "Visit every node once, after all of its users; remember which were visited.", "used-twice"),
    Mistake("each arrival, the sum so far", "order", None, _sweep(passes="its sum so far"),
            "Whenever a contribution arrives at a node, the node sends its whole gradient on, so that what arrived "
            "earlier is sent again.",
            "When a second contribution arrives, what part of the gradient has been sent on before?",
            "Send on only what has just arrived; or visit every node once, after all of its users.", "used-twice"),
    *(Mistake(name, "seed", None, _sweep(passes=passes),
              f"backward() is called again for every argument, and sets its gradient to 1 each time: {what_is_left}.",
              "Your backward() does two things: it begins a sweep, and it passes gradients on. Which of them happens "
              "once only?",
              "Set the gradient of the output to 1 outside of what calls itself: only there a sweep begins.", "chains")
      for name, passes, what_is_left in (
          ("every node begins with 1", "1 again, last", "what has arrived there is lost, and every gradient ends as 1"),
          ("every node begins with 1, then adds", "1 again",
           "what had arrived there before is lost, and only the last contribution is added to that 1"))),
    Mistake("the output's gradient is not kept", "seed", None, _sweep(keeps="all but the output"),
            "The sweep begins with 1, but the output itself does not keep it: its own gradient stays 0.",
            "What is the derivative of the output by itself, and where can it be read afterwards?",
            "Store the 1 with which the sweep begins as the gradient of the output.", "backward"),
    Mistake("each path, level by level", "order", None, _sweep(order=reference.for_each_path),
            "A node is visited once for each path to it, level by level, and passes on its whole gradient each time.",
            "How often does a node with two users pass its gradient on?",
            "Visit every node once, after all of its users; remember which were visited.", "used-twice"),
    Mistake("no seed", "seed", None, _sweep(seed=lambda old, data: old),
            "The output's own gradient is never set, so every gradient stays 0.",
            "What is the derivative of the output by itself?", "Begin with a gradient of 1 at the output.",
            "backward"),
    Mistake("the seed is the output", "seed", None, _sweep(seed=lambda old, data: data),
            "The sweep begins with the number of the output, where it should begin with 1.",
            "What is the derivative of the output by itself?", "Begin with a gradient of 1 at the output.",
            "backward"),
    Mistake("the seed is -1", "seed", None, _sweep(seed=lambda old, data: -1.0),
            "The sweep begins with -1, so every gradient has the wrong sign.",
            "What is the derivative of the output by itself?", "Begin with a gradient of 1 at the output.",
            "backward"),
    Mistake("the seed is 2", "seed", None, _sweep(seed=lambda old, data: 2.0),
            "The sweep begins with 2, so every gradient is twice what it should be.",
            "What is the derivative of the output by itself?", "Begin with a gradient of 1 at the output.",
            "backward"),
    Mistake("the seed is added", "seed", None, _sweep(seed=lambda old, data: old + 1.0),
            "A second backward() adds 1 to the gradient of the output, where it should set it to 1.",
            "After backward() was called twice, what is the derivative of the output by itself?",
            "Set the gradient of the output to 1; do not add to it.", "training"),
    Mistake("compared by value", "identity", None, _sweep(same=lambda node: node.data),
            "Two different Values with equal numbers count as one: one of them is never visited.",
            "How does the sweep know that it has visited a node? What if another node has the same number?",
            "Compare nodes by identity (`is`, `id`), not by their numbers: look at __eq__ and __hash__.",
            "used-twice"),
    Mistake("everything is zeroed", "zeroing", None, _sweep(begin=lambda nodes: _zero(nodes)),
            "backward() sets the gradients of leaves back to 0, so those of two losses do not add up.",
            "A weight may be used by two losses. What should the second backward() leave standing?",
            "Zero the gradients between training steps, outside of backward().", "training"),
]


def _zero(nodes: Sequence[Any]) -> None:
    for node in nodes:
        node.grad = 0.0


def _wrong_result(op: str, name: str, text: str, sentence: str, hint: str, solution: str, page: str) -> Mistake:
    return Mistake(name, "wrong result", op, _result(op, text), sentence, hint, solution, page, text)


RESULTS = [
    _wrong_result("sub", "sub swapped", "b - a",
                  "a - b computes b - a.", "Try 5 - 2 by hand.", "self.data - other.data, in this order.",
                  "operations"),
    _wrong_result("sub", "sub adds", "a + b",
                  "a - b computes a + b.", "Try 5 - 2 by hand.", "self.data - other.data.", "operations"),
    _wrong_result("div", "div swapped", "b / a",
                  "a / b computes b / a.", "Try 6 / 2 by hand.", "self.data / other.data, in this order.",
                  "operations"),
    _wrong_result("div", "div floors", "a // b",
                  "a / b drops what is behind the point.", "Try 7 / 2 by hand.", "`/`, not `//`.", "operations"),
    _wrong_result("pow", "pow multiplies", "a * n",
                  "a ** n computes a * n.", "Try 3 ** 2 by hand.", "self.data ** n.", "operations"),
    _wrong_result("neg", "neg does nothing", "a",
                  "-a computes a.", "Try -(3) by hand.", "-self.data.", "operations"),
    _wrong_result("add", "add multiplies", "a * b",
                  "a + b computes a * b.", "Try 3 + 4 by hand.", "self.data + other.data.", "addition"),
    _wrong_result("mul", "mul adds", "a + b",
                  "a * b computes a + b.", "Try 3 * 4 by hand.", "self.data * other.data.", "multiplication"),
    _wrong_result("sigmoid", "sigmoid of -a", "1 / (1 + math.exp(a))",
                  "sigmoid falls where it should rise: the sign of its exponent is wrong.",
                  "What should sigmoid of a large positive number be close to?", "1 / (1 + exp(-a)).", "functions"),
    _wrong_result("log", "log to base 10", "math.log10(a)",
                  "log computes the logarithm to base 10; the natural one is meant.", "What is log(e)?",
                  "math.log.", "functions"),
    _wrong_result("relu", "relu is the absolute value", "abs(a)",
                  "relu of a negative number is positive.", "What should relu(-3) be?", "max(0, a).", "functions"),
    _wrong_result("tanh", "tanh is sigmoid", "1 / (1 + math.exp(-a))",
                  "tanh computes sigmoid.", "What should tanh(0) be?", "math.tanh.", "functions"),
]

REFLECTED = [
    *(Mistake(f"{op} missing", "operator missing", op, _reflected(op, "missing"),
              f"{SYMBOLS[op]} fails: Python asks the number first, which knows nothing of your class, and then looks "
              "for a reflected operator.",
              f"Python tries ({SYMBOLS[op][0]}).__{op[1:]}__(a) first. What does it look for when that fails?",
              f"Define __{op}__.", "operations")
      for op in ("radd", "rmul", "rsub", "rtruediv")),
    *(Mistake(f"{op} endless", "operator missing", op, _reflected(op, "endless"),
              f"{SYMBOLS[op]} calls itself without end.",
              "The reflected operator hands the number back to Python as it came. Who is asked next?",
              f"In __{op}__, make the number a Value first.", "operations")
      for op in ("radd", "rmul", "rsub", "rtruediv")),
    *(Mistake(f"{op} swapped", "wrong result", op, _reflected(op, "swapped"),
              f"{SYMBOLS[op]} is computed the other way round.",
              f"For {SYMBOLS[op]} Python calls a's method, with 4 as the other. Which of them comes first in the "
              "formula?",
              f"In __{op}__, the other one comes first.", "operations")
      for op in ("rsub", "rtruediv")),
    Mistake("numbers are not wrapped", "operator missing", None, _sweep(wraps=False),
            "a + 3 fails: the operators know Values alone, no plain numbers.",
            "What is `other` in a + 3? Has it a data attribute?",
            "Make `other` a Value first, if it is none.", "operations"),
]
# fmt: on

MISTAKES: tuple[Mistake, ...] = (
    *SWEEP, *OVERWRITES, *UPSTREAM, *FORGOTTEN, *LOCAL, *RESULTS, *REFLECTED,
)  # fmt: skip
