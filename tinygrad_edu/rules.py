"""What does every operation compute, and what is its derivative?

One table, at the end of this file: one row for each operation, laid out like a formula sheet. Nothing else in the
package restates a derivative. A row reads

    rule(name, forward, partial, ...)         one partial derivative ∂out/∂argument for each argument

    tanh = rule("tanh", math.tanh, lambda x, out: 1 - out * out)

`forward` works on floats. A partial is written in ordinary arithmetic and the table's own functions, and two kinds
of value flow through it:

    floats  give a number, the local derivative that `backward()` multiplies by the upstream gradient;
    Values  give a graph, which `grad()` can differentiate again, and which prints as a formula.

So a partial has no `if` and no `math.` in it (conditions are operations too: `step`, `sign`, `greater`), and a partial
that is constant is a plain float, so that sweeps and printers can see it. None stands for an argument that has to be a
plain number, and so has no derivative. To add an operation is to add a row.

Names to know: `rule`, `Rule`, `RULES`. Read next: `value.py`, where numbers start to remember how they were made.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from tinygrad_edu import floats
from tinygrad_edu.errors import DomainError, NumberError, PoleError, SizeError
from tinygrad_edu.show import show

if TYPE_CHECKING:
    from tinygrad_edu.value import Number, Value

RULES: dict[str, Rule] = {}

Partial = Callable[..., Any] | float | None


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


class Domain(NamedTuple):
    """Where an operation is defined, and what to say elsewhere.

    `holds` takes the arguments as floats, or as arrays of them.
    """

    words: str
    holds: Callable[..., bool]
    instead: str
    pole: bool = False


class Rule:
    """One operation: a row of the table, and a function of floats or Values.

    >>> tanh(0.0), exp(0.0)
    (0.0, 1.0)
    >>> tanh.local_derivatives((0.5,), math.tanh(0.5))
    (0.7864477329659274,)

    `many` marks an operation of any number of arguments, which come in as many equal groups as there are
    partials: `dot` has the groups ws and xs. Its forward and its partials take whole groups, and a partial gives one
    derivative for each member of its group.
    """

    __slots__ = (
        "binding",
        "constants",
        "defaults",
        "domain",
        "fixed",
        "forward",
        "javascript",
        "kinks",
        "latex",
        "latex_binding",
        "many",
        "name",
        "note",
        "numpy",
        "partials",
        "slopes",
        "symbol",
        "text",
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
        javascript: str | None = None,
        binding: Binding = CALL,
        latex_binding: Binding | None = None,
        domain: Domain | None = None,
        defaults: tuple[float, ...] = (),
        kinks: dict[tuple[float, ...], tuple[float, ...]] | None = None,
        many: bool = False,
        note: str = "",
    ) -> None:
        slots = ", ".join("[{}]" if many else "{}" for _ in partials)
        infix = binding is not CALL
        self.name = name
        self.forward = forward
        self.partials = partials
        self.constants = tuple(p for p in partials if isinstance(p, float)) if self._is_linear(partials, many) else None
        self.slopes = tuple(partial if callable(partial) else _constant(partial) for partial in partials)
        self.fixed = tuple(position for position, partial in enumerate(partials) if partial is None)
        self.symbol = symbol or name
        self.text = text or f"{name}({slots})"
        self.latex = latex or rf"\operatorname{{{{{name}}}}}\left({slots.replace('[', '').replace(']', '')}\right)"
        self.numpy = numpy or (f"({self.text})" if infix else f"np.{name}({slots})")
        self.javascript = javascript or (f"({self.text})" if infix else f"Math.{name}({slots})")
        self.binding = binding
        self.latex_binding = latex_binding or binding
        self.domain = domain
        self.defaults = defaults
        self.kinks = kinks or {}
        self.many = many
        self.note = note

    @staticmethod
    def _is_linear(partials: tuple[object, ...], many: bool) -> bool:
        return not many and all(isinstance(partial, float) for partial in partials)

    @overload
    def __call__(self, *args: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *args: Number) -> Value: ...
    def __call__(self, *args: Any) -> Any:
        """A float for floats; a Value if one of the arguments is one. Outside the domain, a DomainError."""
        for arg in args:
            if type(arg) is not float:
                return self._apply(args, check=True)
        if len(args) != len(self.partials):
            return self._apply(args, check=True)
        if self.domain is not None:  # the rest is _apply for floats, written out: partials call it at every step
            self.check(args)
        return self.forward(*args)

    def unchecked(self, *args: Any) -> Any:
        """The same without a look at the domain. A partial uses it where a slope may be vertical, and then gets inf."""
        return self._apply(args, check=False)

    def _apply(self, args: tuple[Any, ...], check: bool) -> Any:
        """Floats are computed here; any other argument says itself what becomes of a rule applied to it."""
        args = self.complete(args)
        for arg in args:
            if not isinstance(arg, float | int):
                return self._apply_to(arg, args, check)
        if check:
            self.check(args)
        return self.evaluate(args)

    def _apply_to(self, arg: Any, args: tuple[Any, ...], check: bool) -> Any:
        apply_rule = getattr(arg, "apply_rule", None)
        if apply_rule is not None:
            return apply_rule(self, args, check)
        raise NumberError(
            f"{self.name} of {arg!r}",
            f"{type(arg).__name__} is neither a number nor a Value",
            instead=f"{self.name}(Value(...)) for one number at a time",
        )

    @property
    def signature(self) -> str:
        """How it is written, with the names of the formula sheet.

        >>> log.signature, div.signature, dot.signature
        ('log(x)', 'x / y', 'dot([x1, x2], [y1, y2])')
        """
        return self.text.format(*("x1, x2", "y1, y2") if self.many else "xy")

    @property
    def takes(self) -> str:
        """How many arguments, in words."""
        count, least = len(self.partials), len(self.partials) - len(self.defaults)
        if self.many:
            return f"{self.name} takes {count} list{'s of the same length' if count > 1 else ''}, not empty"
        some = f"{least} or {count}" if self.defaults else f"{count}"
        return f"{self.name} takes {some} argument{'s' if count > 1 else ''}"

    @property
    def is_unary(self) -> bool:
        """Whether it can be called with one argument, as an activation is."""
        return not self.many and len(self.partials) - len(self.defaults) == 1

    def complete(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with the defaults of those left out.

        >>> leaky_relu.complete((3.0,))
        (3.0, 0.01)
        """
        missing = len(self.partials) - len(args)
        if self.many and args and len(args) % len(self.partials) == 0:
            return args
        if self.many or not 0 <= missing <= len(self.defaults):
            raise SizeError(f"{self.name} of {len(args)} argument(s)", self.takes, instead=self.signature)
        return args + self.defaults[len(self.defaults) - missing :]

    def grouped(self, args: Sequence[Any]) -> Sequence[Any]:
        """The arguments as forward and partials take them: one by one, or in equal groups.

        >>> dot.grouped((1, 2, 10, 20))
        [(1, 2), (10, 20)]
        """
        if not self.many:
            return args
        size = len(args) // len(self.partials)
        return [args[start : start + size] for start in range(0, len(args), size)]

    def evaluate(self, args: Sequence[float]) -> float:
        """The result on floats, by IEEE arithmetic."""
        return self.forward(*self.grouped(args))

    def local_derivatives(self, args: Sequence[Any], out: Any) -> tuple[Any, ...]:
        """∂out/∂argument for every argument: numbers for floats, graphs for Values.

        >>> mul.local_derivatives((3.0, 5.0), 15.0)
        (5.0, 3.0)
        """
        return self._partials_at(self.grouped(args), out)

    def linearize(self, args: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The result and the local derivatives together: all that a node of a graph records.

        >>> mul.linearize((3.0, 5.0))
        (15.0, (5.0, 3.0))
        """
        groups = self.grouped(args)
        out = self.forward(*groups)
        return out, self._partials_at(groups, out)

    def _partials_at(self, groups: Sequence[Any], out: Any) -> tuple[Any, ...]:
        found: list[Any] = [slope(*groups, out) for slope in self.slopes]
        return tuple(reduce(operator.add, found)) if self.many else tuple(found)

    def check(self, args: Sequence[float], names: Sequence[str] = ("x", "y"), origin: str = "") -> None:
        """Raise the DomainError that explains itself, if the arguments are outside the domain.

        >>> log.check([-2.0], ["a"])
        Traceback (most recent call last):
        ...
        tinygrad_edu.errors.DomainError: log(a) at a = -2
          what is wrong:  log(x) needs x > 0
          write instead:  log(maximum(x, 1e-12)), if a tiny positive number is meant
        """
        if self.domain is None or self.domain.holds(*args):
            return
        pole = self.domain.pole or math.isinf(self.evaluate(args))
        places = [f"{name} = {show(arg)}" for name, arg in zip(names, args, strict=False) if name != show(arg)]
        raise (PoleError if pole else DomainError)(
            self.text.format(*names) + (" at " + ", ".join(places) if places else ""),
            f"{self.signature} needs {self.domain.words}",
            origin=origin,
            instead=self.domain.instead,
        )

    def __repr__(self) -> str:
        return f"<rule {self.signature}>"

    def __reduce__(self) -> tuple[Callable[[str], Rule], tuple[str]]:
        return _find, (self.name,)


def _constant(number: float | None) -> Callable[..., float]:
    """A constant partial as a function, so that all partials can be called alike."""
    return lambda *args: number or 0.0


def _find(name: str) -> Rule:
    return CONSTANT if name == CONSTANT.name else RULES[name]


def rule(name: str, forward: Callable[..., float], *partials: Partial, **row: Any) -> Rule:
    """Add a row to the table; see `Rule` for what may stand in it."""
    if name in RULES:
        raise ValueError(f"there is a rule called {name!r} already: choose another name")
    RULES[name] = Rule(name, forward, *partials, **row)
    return RULES[name]


CONSTANT = Rule("constant", float)  # the rule of a plain number written into an expression: no arguments, no row

POSITIVE = Domain("x > 0", lambda x: x > 0, "log(maximum(x, 1e-12)), if a tiny positive number is meant")
NOT_NEGATIVE = Domain("x >= 0", lambda x: x >= 0, "sqrt(maximum(x, 0)), if rounding made it negative")
FINITE = Domain("a finite x", lambda x: abs(x) != inf, "maximum(x, ...) or minimum(x, ...), to keep it finite")
DIVISOR = Domain("y != 0", lambda x, y: y != 0, "x / (y + 1e-12), if y is never negative", pole=True)
FIXED_POWER = Domain(
    "x >= 0, unless the exponent y is whole, and x != 0, if y is negative",
    lambda x, y: (x > 0) | ((y % 1 == 0) & ((x != 0) | (y >= 0))) | ((x == 0) & (y > 0)) | (x != x),
    "abs(x) ** y, if only the size matters",
)
FREE_POWER = Domain(
    "x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it",
    lambda x, y: (x > 0) | ((x == 0) & (y > 0)) | (x != x),
    "x ** 3 with a plain number, if the exponent is constant",
)
TINY = 5e-324  # the smallest float above 0: log(maximum(x, TINY)) is finite at 0, so that 0 · log(0) is 0
SQRT_TAU = math.sqrt(2 * math.pi)
ERF_SLOPE = 2 / math.sqrt(math.pi)
SQRT_2 = math.sqrt(2)

# A partial may use a row further down, or its own: the names it may use are declared here for the type checker.
absolute: Rule
cos: Rule
greater: Rule
log: Rule
maximum: Rule
minimum: Rule
pow_: Rule
power: Rule
sigmoid: Rule
sign: Rule
step: Rule

# fmt: off
# ── Arithmetic ────────────────────────────────────────────────────────────────────────────────────────────────────────
add = rule("add", operator.add, 1.0,  1.0, symbol="+", text="{} + {}", binding=SUM, latex="{} + {}")
sub = rule("sub", operator.sub, 1.0, -1.0, symbol="−", text="{} - {}", binding=SUM, latex="{} - {}")
neg = rule("neg", operator.neg, -1.0,      symbol="−", text="-{}",     binding=SIGN, latex="-{}")
mul = rule("mul", operator.mul, lambda x, y, out: y,     lambda x, y, out: x,
           symbol="×", text="{} * {}", binding=PRODUCT, latex=r"{} \cdot {}")
div = rule("div", floats.div,   lambda x, y, out: 1 / y, lambda x, y, out: -out / y,
           symbol="÷", text="{} / {}", binding=PRODUCT, latex=r"\frac{{{}}}{{{}}}",
           latex_binding=FRACTION, domain=DIVISOR,
           note="-out/y for the textbook's -x/y²: y² can overflow")

# ── Powers: a constant exponent n must never meet a logarithm; an exponent that is a Value must ───────────────────────
power = rule("power", floats.power, lambda x, n, out: n * power.unchecked(x, n - absolute(sign(n))), None,
             symbol="xⁿ", text="{} ** {}", binding=POWER, latex="{}^{{{}}}", latex_binding=RAISED,
             javascript="Math.pow({}, {})", domain=FIXED_POWER,
             note="n - |sign n| is n - 1, but 0 at n = 0: x⁰ is flat, also at x = 0")
pow_ = rule("pow", floats.power, lambda x, y, out: y * pow_.unchecked(x, y - 1),
            lambda x, y, out: out * log(maximum(x, TINY)),
            symbol="xʸ", text="{} ** {}", binding=POWER, latex="{}^{{{}}}", latex_binding=RAISED,
            javascript="Math.pow({}, {})", domain=FREE_POWER, note="maximum(x, TINY) makes 0ʸ·log 0 the limit 0")
sqrt = rule("sqrt", floats.sqrt, lambda x, out: div.unchecked(0.5, out),
            symbol="√", latex=r"\sqrt{{{}}}", domain=NOT_NEGATIVE, note="the slope at 0 is vertical: inf")

# ── Exponentials, logarithms, waves ───────────────────────────────────────────────────────────────────────────────────
exp = rule("exp", floats.exp, lambda x, out: out,     latex="e^{{{}}}", latex_binding=EXPONENT)
log = rule("log", floats.log, lambda x, out: 1 / x,   latex=r"\ln\left({}\right)", domain=POSITIVE)
sin = rule("sin", floats.sin, lambda x, out: cos(x),  latex=r"\sin\left({}\right)", domain=FINITE)
cos = rule("cos", floats.cos, lambda x, out: -sin(x), latex=r"\cos\left({}\right)", domain=FINITE)
erf = rule("erf", math.erf,   lambda x, out: ERF_SLOPE * exp(-x * x),
           numpy="erf({})", javascript="erf({})")

# ── Activations ───────────────────────────────────────────────────────────────────────────────────────────────────────
tanh = rule("tanh", math.tanh, lambda x, out: 1 - out * out,
            latex=r"\tanh\left({}\right)", note="loses digits beyond |x| = 5, never raises")
sigmoid = rule("sigmoid", floats.sigmoid, lambda x, out: out * sigmoid(-x),
               symbol="σ", latex=r"\sigma\left({}\right)", numpy="(1 / (1 + np.exp(-{})))",
               javascript="(1 / (1 + Math.exp(-{})))", note="σ(x)·σ(-x) for σ·(1 - σ), which loses digits near 1")
relu = rule("relu", floats.relu, lambda x, out: step(x),
            symbol="ReLU", numpy="np.maximum({}, 0.0)", javascript="Math.max({}, 0)", kinks={(0.0,): (0.0,)})
leaky_relu = rule("leaky_relu", floats.leaky_relu,
                  lambda x, slope, out: step(x) + (1 - step(x)) * slope, lambda x, slope, out: minimum(x, 0.0),
                  symbol="leaky ReLU", defaults=(0.01,), numpy="np.where({0} > 0, {0}, {1} * {0})",
                  javascript="({0} > 0 ? {0} : {1} * {0})", kinks={(0.0, 0.01): (0.01, 0.0)})
elu = rule("elu", floats.elu,
           lambda x, alpha, out: step(x) + (1 - step(x)) * alpha * exp(minimum(x, 0.0)),
           lambda x, alpha, out: exp(minimum(x, 0.0)) - 1,
           symbol="ELU", defaults=(1.0,), numpy="np.where({0} > 0, {0}, {1} * np.expm1(np.minimum({0}, 0.0)))",
           javascript="({0} > 0 ? {0} : {1} * Math.expm1({0}))", kinks={(0.0, 0.5): (0.5, 0.0)})
softplus = rule("softplus", floats.softplus, lambda x, out: sigmoid(x),
                numpy="np.logaddexp(0.0, {})",
                javascript="(Math.max({0}, 0) + Math.log1p(Math.exp(-Math.abs({0}))))")
silu = rule("silu", floats.silu, lambda x, out: sigmoid(x) * (1 + x * sigmoid(-x)),
            symbol="SiLU", numpy="({0} / (1 + np.exp(-{0})))", javascript="({0} / (1 + Math.exp(-{0})))")
gelu = rule("gelu", floats.gelu,
            lambda x, out: 0.5 * (1 + erf(x / SQRT_2)) + x * exp(-x * x / 2) / SQRT_TAU,
            symbol="GELU", numpy="(0.5 * {0} * (1 + erf({0} / np.sqrt(2))))",
            javascript="(0.5 * {0} * (1 + erf({0} / Math.SQRT2)))", note="the exact one, x·Φ(x)")

# ── Corners and their derivatives ─────────────────────────────────────────────────────────────────────────────────────
absolute = rule("abs", abs, lambda x, out: sign(x), symbol="|x|", latex=r"\left|{}\right|", kinks={(0.0,): (0.0,)})
maximum = rule("maximum", floats.maximum, lambda x, y, out: greater(x, y), lambda x, y, out: greater(y, x),
               symbol="max", latex=r"\max\left({}, {}\right)", javascript="Math.max({}, {})",
               kinks={(1.0, 1.0): (0.5, 0.5)}, note="a tie shares: a half each")
minimum = rule("minimum", floats.minimum, lambda x, y, out: greater(y, x), lambda x, y, out: greater(x, y),
               symbol="min", latex=r"\min\left({}, {}\right)", javascript="Math.min({}, {})",
               kinks={(1.0, 1.0): (0.5, 0.5)}, note="a tie shares: a half each")
step = rule("step", floats.step, 0.0, numpy="({} > 0) * 1.0", javascript="({} > 0 ? 1 : 0)", kinks={(0.0,): (0.0,)})
sign = rule("sign", floats.sign, 0.0, kinks={(0.0,): (0.0,)})
greater = rule("greater", floats.greater, 0.0, 0.0,
               symbol=">", numpy="(({0} > {1}) * 0.5 + ({0} >= {1}) * 0.5)",
               javascript="(({0} > {1}) * 0.5 + ({0} >= {1}) * 0.5)", kinks={(1.0, 1.0): (0.0, 0.0)})

# ── Of any number of arguments ────────────────────────────────────────────────────────────────────────────────────────
dot = rule("dot", floats.dot, lambda ws, xs, out: xs, lambda ws, xs, out: ws,
           many=True, symbol="w·x", latex=r"\left({}\right) \cdot \left({}\right)",
           numpy="np.add.reduce(np.multiply([{}], [{}]))", javascript="dot([{}], [{}])",
           note="a neuron's weighted sum as one node")
logsumexp = rule("logsumexp", floats.logsumexp, lambda xs, out: [exp(x - out) for x in xs],
                 many=True, symbol="log Σ exp", numpy="np.logaddexp.reduce([{}])",
                 javascript="logsumexp([{}])", note="its partials are the softmax")
# fmt: on
