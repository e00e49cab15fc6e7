"""What is a row of the rule table?

A `Rule` is one operation: how it computes, its partial derivatives, where it is defined, and how it is written for
people, NumPy and JavaScript. It can be called like a function, with floats or with Values. The rows themselves are in
`rules.py`; this file says what a row can do.

Names to know: `Rule`, `rule`, `RULES`, `Domain`, `domain`, `Binding`. Read next: `floats.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from tinygrad_edu.errors import DomainError, GraphError, PoleError, SizeError
from tinygrad_edu.real_number import real
from tinygrad_edu.show import counted, show

if TYPE_CHECKING:
    from tinygrad_edu.value import Number, Value

RULES: dict[str, Rule] = {}

Partial = Callable[..., Any] | float | None
Linearize = Callable[..., tuple[float, tuple[float, ...]]]


class Binding(NamedTuple):
    """How tightly an infix operation binds, and how tightly each argument must to go without parentheses."""

    level: int
    needs: tuple[int, ...]


SUM = Binding(1, (1, 2))
PRODUCT = Binding(2, (2, 3))
SIGN = Binding(3, (3,))
POWER = Binding(4, (5, 3))
CALL = Binding(5, ())
FRACTION = Binding(3, (0, 0))  # the LaTeX forms enclose some of their arguments themselves
RAISED = Binding(4, (5, 0))
EXPONENT = Binding(4, (0,))
DOT = Binding(2, ())


AS_TEXT = "({text})"  # a template that is the row's text, in parentheses


class Domain(NamedTuple):
    """Where an operation is defined, and what to advise elsewhere.

    `holds` takes the arguments as floats, or as arrays of them. `javascript` is the same as a JavaScript function of
    the list of arguments; None if the row does not say it.
    """

    words: str
    holds: Callable[..., bool]
    instead: str
    pole: bool = False
    javascript: str | None = None


def domain(words: str, condition: str, instead: str, *, pole: bool = False) -> Domain:
    """A domain whose condition on x and y is text in what Python, NumPy and JavaScript have in common.

    That is arithmetic, comparisons in parentheses, and `|` and `&` between them.

    >>> unit = domain("0 <= x <= 1", "(x >= 0) & (x <= 1)", "minimum(maximum(x, 0), 1)")
    >>> unit.holds(0.5), unit.holds(2.0), unit.javascript
    (True, False, '([x, y]) => (x >= 0) & (x <= 1)')
    """
    holds = eval(f"lambda x, y=None: {condition}")  # noqa: S307 (text of a row, which is a program of its own)
    return Domain(words, holds, instead, pole, f"([x, y]) => {condition}")


class Rule:
    """One operation: a row of the table, and a function of floats or Values.

    >>> from tinygrad_edu.rules import exp, tanh
    >>> tanh(0.0), exp(0.0)
    (0.0, 1.0)
    >>> tanh.local_derivatives((0.5,), math.tanh(0.5))
    (0.7864477329659274,)

    `many` marks an operation of any number of arguments, in as many equal groups as there are partials: `dot` has the
    groups ws and xs. Its forward function and its partials take whole groups, and a partial gives one derivative for
    each member of its group.

    `defaults` are the last arguments, if they are left out. `kinks` says which partials are taken, by convention, at
    arguments where the slope jumps: {(0.0,): (0.0,)} for relu.

    `roles` says what each argument, or each member of a group, is to the operation: a factor, a divisor. It tells the
    arguments of `w * w` apart, which are one node.

    `numpy`, `javascript` and `onnx` are templates like `text`, or the bare name of a function of the same arguments; a
    row without one cannot be written there. `jax` is one too, of a row that takes lists; others use `numpy` with jnp
    for np. Of an operation on one list, `rows` is how both write it for every row of an array. `torch` makes the module
    of that activation. A row that is 1 where a condition holds, else 0 (or NaN), may give that `condition` as NumPy
    writes it, to stand as a factor. `flat` holds the results near which its slope is 0, and `neutral` for each of two
    arguments the number with which the result is the other one.
    """

    __slots__ = (
        "binding",
        "condition",
        "constants",
        "defaults",
        "domain",
        "fixed",
        "flat",
        "forward",
        "javascript",
        "jax",
        "kinks",
        "latex",
        "latex_binding",
        "linearize",
        "many",
        "name",
        "neutral",
        "note",
        "numpy",
        "onnx",
        "partials",
        "roles",
        "rows",
        "slopes",
        "symbol",
        "text",
        "torch",
    )

    def __init__(
        self,
        name: str,
        forward: Callable[..., float],
        *partials: Partial,
        symbol: str | None = None,
        text: str | None = None,
        latex: str | None = None,
        numpy: str | None = None,
        condition: str = "",
        javascript: str | None = None,
        jax: str | None = None,
        onnx: str | None = None,
        torch: str | None = None,
        binding: Binding = CALL,
        latex_binding: Binding | None = None,
        domain: Domain | None = None,
        defaults: tuple[float, ...] = (),
        kinks: dict[tuple[float, ...], tuple[float, ...]] | None = None,
        many: bool = False,
        roles: tuple[str, ...] = (),
        flat: tuple[float, ...] = (),
        neutral: tuple[float | None, ...] = (),
        rows: str = "",
        note: str = "",
    ) -> None:
        slots = ", ".join("[{}]" if many else "{}" for _ in partials)
        self.name = name
        self.forward = forward
        self.partials = partials
        self.constants = tuple(p for p in partials if isinstance(p, float)) if self._is_linear(partials, many) else None
        self.slopes: tuple[Callable[..., Any], ...] = tuple(
            partial if callable(partial) else _constant(partial) for partial in partials
        )
        self.fixed = tuple(position for position, partial in enumerate(partials) if partial is None)
        self.symbol = symbol or name
        self.text = text or f"{name}({slots})"
        upright, arguments = name.replace("_", r"\_"), slots.replace("[", "").replace("]", "")
        self.latex = latex or rf"\operatorname{{{{{upright}}}}}\left({arguments}\right)"
        self.numpy = _template(numpy, self.text, slots)
        self.condition = condition
        self.javascript = _template(javascript, self.text, slots)
        self.jax = _template(jax, self.text, slots)
        self.onnx = _template(onnx, self.text, slots)
        self.torch = torch
        self.binding = binding
        self.latex_binding = latex_binding or binding
        self.domain = domain
        self.defaults = defaults
        self.kinks = kinks or {}
        self.many = many
        self.roles = roles or ("argument",) * len(partials)
        self.flat = flat
        self.neutral = neutral
        self.rows = rows
        self.note = note
        self.linearize = _linearize(self)

    @staticmethod
    def _is_linear(partials: tuple[object, ...], many: bool) -> bool:
        return not many and all(isinstance(partial, float) for partial in partials)

    @overload
    def __call__(self, *args: float, check: bool = ...) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *args: Number, check: bool = ...) -> Value: ...
    def __call__(self, *args: Any, check: bool = True) -> Any:
        """A float for floats; a Value if one of the arguments is a Value.

        Args:
            *args: the arguments; those that have a default may be left out.
            check: whether to raise a DomainError outside the domain. A partial does without where a slope may be
                vertical, and then gets inf.
        """
        if len(args) != len(self.partials):
            args = self.complete(args)
        for arg in args:
            if type(arg) is not float:
                return self._apply(args, check)
        if check and self.domain is not None and not self.domain.holds(*args):
            raise self.outside_domain(args)
        return self.forward(*args) if not self.many else self.evaluate(args)

    def _apply(self, args: tuple[Any, ...], check: bool) -> Any:
        """A Value among the arguments decides what applying a rule to it means; all others are numbers."""
        for arg in args:
            apply_rule = getattr(arg, "apply_rule", None)
            if apply_rule is not None:
                return apply_rule(self, args, check)
        return self(*map(real, args), check=check)

    @property
    def signature(self) -> str:
        """How it is written, in the names of the formula sheet.

        >>> from tinygrad_edu.rules import div, dot, log
        >>> log.signature, div.signature, dot.signature
        ('log(x)', 'x / y', 'dot([x1, x2], [y1, y2])')
        """
        return self.text.format(*("x1, x2", "y1, y2") if self.many else "xy")

    @property
    def takes(self) -> str:
        """How many arguments it takes, in words."""
        count, least = len(self.partials), len(self.partials) - len(self.defaults)
        if self.many:
            return f"{self.name} takes {counted(count, 'list')}{' of the same length' if count > 1 else ''}, not empty"
        return f"{self.name} takes {f'{least} or ' if self.defaults else ''}{counted(count, 'argument')}"

    @property
    def is_unary(self) -> bool:
        """Whether it can be called with one argument, as an activation is."""
        return not self.many and len(self.partials) - len(self.defaults) == 1

    def complete(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, completed by the defaults of those left out.

        >>> from tinygrad_edu.rules import leaky_relu
        >>> leaky_relu.complete((3.0,))
        (3.0, 0.01)
        """
        missing = len(self.partials) - len(args)
        if self.many and args and len(args) % len(self.partials) == 0:
            return args
        if self.many or not 0 <= missing <= len(self.defaults):
            raise SizeError(f"{self.name} of {counted(len(args), 'argument')}", self.takes, instead=self.signature)
        return args + self.defaults[len(self.defaults) - missing :]

    def grouped(self, args: Sequence[Any]) -> Sequence[Any]:
        """The arguments as forward and partials take them: one by one, or in equal groups.

        >>> from tinygrad_edu.rules import dot
        >>> dot.grouped((1, 2, 10, 20))
        [(1, 2), (10, 20)]
        """
        if not self.many:
            return args
        size = len(args) // len(self.partials)
        return [args[start : start + size] for start in range(0, len(args), size)]

    def fill(self, template: str, args: Sequence[str]) -> str:
        """One of its templates, with the arguments filled in.

        >>> from tinygrad_edu.rules import div, dot
        >>> div.fill(div.text, ["a", "b"]), dot.fill(dot.text, ["w1", "w2", "x1", "x2"])
        ('a / b', 'dot([w1, w2], [x1, x2])')
        """
        groups = self.grouped(args)
        return template.format(*(", ".join(group) for group in groups) if self.many else groups)

    def needed(self, column: str) -> str:
        """A template that something cannot do without.

        >>> Rule("cube", lambda x: x**3, lambda x, out: 3 * x * x).needed("numpy")
        Traceback (most recent call last):
        ...
        tinygrad_edu.errors.GraphError: cube(x), to be computed elsewhere
          what is wrong:  the row cube has no numpy=
          write instead:  rule("cube", ..., numpy="..."), with {} for each argument
        """
        template: str | None = getattr(self, column)
        if template is None:
            raise GraphError(
                f"{self.signature}, to be computed elsewhere",
                f"the row {self.name} has no {column}=",
                instead=f'rule("{self.name}", ..., {column}="..."), with {{}} for each argument',
            )
        return template

    def evaluate(self, args: Sequence[float]) -> float:
        """The result for floats, in IEEE 754 arithmetic."""
        return self.forward(*self.grouped(args))

    def local_derivatives(self, args: Sequence[Any], out: Any) -> tuple[Any, ...]:
        """∂out/∂argument for every argument: numbers for floats, graphs for Values.

        >>> from tinygrad_edu.rules import mul
        >>> mul.local_derivatives((3.0, 5.0), 15.0)
        (5.0, 3.0)
        """
        groups = self.grouped(args)
        found = [slope(*groups, out) for slope in self.slopes]
        return tuple(chain.from_iterable(found)) if self.many else tuple(found)

    def outside_domain(self, args: Sequence[float], names: Sequence[str] = ("x", "y"), origin: str = "") -> DomainError:
        """The error for arguments outside the domain: a PoleError where the result would be infinite.

        >>> from tinygrad_edu.rules import log
        >>> print(log.outside_domain([-2.0], ["a"]))
        log(a) at a = -2
          what is wrong:  log(x) needs x > 0
          write instead:  log(maximum(x, 1e-12)), if a tiny positive number is meant
        """
        assert self.domain is not None
        pole = self.domain.pole or math.isinf(self.evaluate(args))
        places = [f"{name} = {show(arg)}" for name, arg in zip(names, args, strict=False) if name != show(arg)]
        return (PoleError if pole else DomainError)(
            self.text.format(*names) + (" at " + ", ".join(places) if places else ""),
            f"{self.signature} needs {self.domain.words}",
            origin=origin,
            instead=self.domain.instead,
        )

    def __repr__(self) -> str:
        return f"<rule {self.signature}>"

    def __reduce__(self) -> tuple[Callable[[str], Rule], tuple[str]]:
        return _find, (self.name,)


def _linearize(row: Rule) -> Linearize:
    """A function that gives the result and the local derivatives together: all that a node of a graph records.

    Every operation runs it, so there is one for each number of arguments.
    """
    forward, constants = row.forward, row.constants
    if constants is not None:
        return lambda *args: (forward(*args), constants)
    match row.slopes, row.many:
        case (slope,), False:
            return lambda x: (out := forward(x), (slope(x, out),))
        case (slope_x, slope_y), False:
            return lambda x, y: (out := forward(x, y), (slope_x(x, y, out), slope_y(x, y, out)))
        case (slope_x, slope_y), True:
            return lambda xs, ys: (out := forward(xs, ys), (*slope_x(xs, ys, out), *slope_y(xs, ys, out)))
    join = chain.from_iterable if row.many else iter
    return lambda *args: (out := forward(*args), tuple(join(slope(*args, out) for slope in row.slopes)))


def _template(column: str | None, text: str, slots: str) -> str | None:
    """A column as a template: a bare name is that of a function of all arguments."""
    if column is None:
        return None
    return column.replace("{text}", text) if "{" in column else f"{column}({slots})"


def _constant(number: float | None) -> Callable[..., float]:
    """A constant partial as a function, so that all partials can be called in the same way."""
    return lambda *args: number or 0.0


def _find(name: str) -> Rule:
    return CONSTANT if name == CONSTANT.name else RULES[name]


def rule(name: str, forward: Callable[..., float], *partials: Partial, **row: Any) -> Rule:
    """Add a row to the table; see `Rule` for what it may hold."""
    if name in RULES:
        raise ValueError(f"there is a rule called {name!r} already: choose another name")
    RULES[name] = Rule(name, forward, *partials, **row)
    return RULES[name]


CONSTANT = Rule("constant", float)  # the rule of a plain number written into an expression: no arguments, no row
