"""How does a number remember how it was made?

A `Value` is one number. Arithmetic on Values gives Values, and each result keeps

    data       the number
    rule       the row of the rule table that made it; `op` is its name
    args       the Values it was made from, in order
    partials   the local derivative ∂self/∂arg for each of them, as a number, taken at the moment of the operation

so a finished expression *is* its computation graph, and since the partials are stored, changing a parameter later
cannot corrupt the gradient of a pass that was made before. A Value that was not computed is a *leaf*.

Names to know: `Value`, `apply`. Who writes down an operation, and in which blocks nothing is recorded, is in
`recorder.py`. Read next: `backprop.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import nan
from typing import TYPE_CHECKING, Any, SupportsFloat, Union

from tinygrad_edu import copying, rules
from tinygrad_edu.age import NEVER, NOT_COMPUTED, mark_changed
from tinygrad_edu.errors import GraphError, NumberError, OptionError
from tinygrad_edu.real_number import real
from tinygrad_edu.recorder import Open, now, recorder
from tinygrad_edu.recorder import no_grad as no_grad
from tinygrad_edu.recorder import recording as recording
from tinygrad_edu.rule import CALL, CONSTANT, Rule
from tinygrad_edu.show import in_brackets, show

if TYPE_CHECKING:
    from tinygrad_edu.viz import Drawing

HALVES = re.compile("[\ud800-\udfff]")  # of characters that take two (surrogates): files and screens cannot hold one
Number = Union["Value", SupportsFloat]  # what may stand on either side of an operator


class Value:
    """One number that remembers how it was made.

    Args:
        data: a real number: int, float, or a NumPy scalar. Inside, it is always a Python float.
        label: a name for drawings, steps and messages.

    Raises:
        NumberError: (a TypeError) if `data` is not a real number.
        OptionError: (a ValueError) if `label` is not a string.

    >>> x, y, z = Value(-2, label="x"), Value(5, label="y"), Value(-4, label="z")
    >>> f = (x + y) * z
    >>> f.data
    -12.0
    >>> f.backward()
    >>> x.grad, y.grad, z.grad
    (-4.0, -4.0, 3.0)

    Two Values are equal only if they are the same node (so a Value can be a member of a set); `<`, `<=`, `>` and `>=`
    compare the numbers.
    """

    __slots__ = ("_at", "_data", "_grad", "_label", "_since", "args", "partials", "rule")

    __array_ufunc__ = None  # NumPy leaves `np.float64(2) * value` and `array * value` to us

    _data: float
    _grad: float
    _label: str
    _at: float  # of a leaf: the number at which its gradient was computed
    _since: float  # of a leaf: when its number was set; of a computed node: the last such time that it knows of
    rule: Rule | None
    args: tuple[Value, ...]
    partials: tuple[float, ...]

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        self._data = as_float(data)
        self._grad = NOT_COMPUTED
        self._label = label if label == "" else _text(label)
        self._since = NEVER
        self.rule = None
        self.args = ()
        self.partials = ()

    @property
    def data(self) -> float:
        """The number. Setting it on a leaf, as a training step does, does not change graphs that were made before."""
        return self._data

    @data.setter
    def data(self, data: SupportsFloat) -> None:
        before, self._data = self._data, as_float(data)
        if self._data != before:
            mark_changed(self)

    @property
    def grad(self) -> float:
        """The gradient, as the last sweeps left it; 0.0 before any sweep. Setting it to 0 or None resets it."""
        return self._grad

    @grad.setter
    def grad(self, grad: SupportsFloat | None) -> None:
        number = 0.0 if grad is None else as_float(grad)
        self._grad = number if number else NOT_COMPUTED
        self._at = self._data

    @property
    def label(self) -> str:
        """The name in drawings, steps and messages."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = _text(label)

    @property
    def op(self) -> str:
        """The name of the operation that made this Value; empty for a leaf."""
        return self.rule.name if self.rule and self.args else ""

    @property
    def is_constant(self) -> bool:
        """Whether this is a plain number written into an expression, like the 2 in `2 * x`."""
        return self.rule is CONSTANT

    @property
    def has_grad(self) -> bool:
        """Whether a sweep has computed `grad` since it was last set to zero."""
        return self._grad is not NOT_COMPUTED

    def zero_grad(self) -> None:
        """Reset the gradient. Leaves accumulate over sweeps, so a training step begins with this."""
        self._grad = NOT_COMPUTED

    def backward(self) -> None:
        """The sweep: put ∂self/∂node into the `grad` of every node this Value depends on. See `backprop.backward`."""
        from tinygrad_edu.backprop import backward  # the sweeps build on Value, so Value imports them late

        backward(self)

    # micrograd's names for the same things, as read-only views

    @property
    def _prev(self) -> set[Value]:
        return set(self.args)

    @property
    def _op(self) -> str:
        if not self.rule or not self.args:
            return ""
        if self.rule is rules.power:
            return f"**{show(self.args[1].data)}"
        return self.rule.text.strip("{} ") if self.rule.binding is not CALL else self.rule.symbol

    # Arithmetic. The reflected forms have a plain number on the left.

    def __add__(self, other: Number) -> Value:
        return _binary(rules.add, self, other)

    def __radd__(self, other: Number) -> Value:
        return _binary(rules.add, as_value(other), self)

    def __sub__(self, other: Number) -> Value:
        return _binary(rules.sub, self, other)

    def __rsub__(self, other: Number) -> Value:
        return _binary(rules.sub, as_value(other), self)

    def __mul__(self, other: Number) -> Value:
        return _binary(rules.mul, self, other)

    def __rmul__(self, other: Number) -> Value:
        return _binary(rules.mul, as_value(other), self)

    def __truediv__(self, other: Number) -> Value:
        return _binary(rules.div, self, other)

    def __rtruediv__(self, other: Number) -> Value:
        return _binary(rules.div, as_value(other), self)

    def __pow__(self, exponent: Number) -> Value:
        is_fixed = not isinstance(exponent, Value) or exponent.is_constant
        return _binary(rules.power if is_fixed else rules.pow_, self, exponent)

    def __rpow__(self, base: Number) -> Value:
        return _binary(rules.pow_, as_value(base), self)

    def __neg__(self) -> Value:
        return _unary(rules.neg, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return _unary(rules.absolute, self)

    # The functions of the table as methods

    def exp(self) -> Value:
        """e ** x."""
        return _unary(rules.exp, self)

    def log(self) -> Value:
        """The natural logarithm; raises a DomainError at and below 0."""
        return _unary(rules.log, self)

    def sqrt(self) -> Value:
        """The square root; raises a DomainError below 0."""
        return _unary(rules.sqrt, self)

    def sin(self) -> Value:
        """The sine, of an angle in radians."""
        return _unary(rules.sin, self)

    def cos(self) -> Value:
        """The cosine, of an angle in radians."""
        return _unary(rules.cos, self)

    def erf(self) -> Value:
        """The error function."""
        return _unary(rules.erf, self)

    def tanh(self) -> Value:
        """The hyperbolic tangent, between -1 and 1."""
        return _unary(rules.tanh, self)

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-x)), between 0 and 1."""
        return _unary(rules.sigmoid, self)

    def relu(self) -> Value:
        """x where it is positive, else 0. Its derivative at 0 is taken as 0."""
        return _unary(rules.relu, self)

    def leaky_relu(self, slope: Number = rules.leaky_relu.defaults[0]) -> Value:
        """x where it is positive, else slope · x."""
        return _binary(rules.leaky_relu, self, slope)

    def elu(self, alpha: Number = rules.elu.defaults[0]) -> Value:
        """x where it is positive, else alpha · (exp(x) - 1)."""
        return _binary(rules.elu, self, alpha)

    def softplus(self) -> Value:
        """log(1 + exp(x)), a smooth relu."""
        return _unary(rules.softplus, self)

    def silu(self) -> Value:
        """x · sigmoid(x), also called swish."""
        return _unary(rules.silu, self)

    def gelu(self) -> Value:
        """x · Φ(x), where Φ is the cumulative distribution function of the standard normal distribution."""
        return _unary(rules.gelu, self)

    def abs(self) -> Value:
        """The absolute value. Its derivative at 0 is taken as 0."""
        return _unary(rules.absolute, self)

    def maximum(self, other: Number) -> Value:
        """The larger of two. At a tie each gets half of the gradient."""
        return _binary(rules.maximum, self, other)

    def minimum(self, other: Number) -> Value:
        """The smaller of two. At a tie each gets half of the gradient."""
        return _binary(rules.minimum, self, other)

    def step(self) -> Value:
        """1 where this is positive, else 0; flat, so its derivative is 0."""
        return _unary(rules.step, self)

    def sign(self) -> Value:
        """-1, 0 or 1; flat, so its derivative is 0."""
        return _unary(rules.sign, self)

    def greater(self, other: Number) -> Value:
        """1 where this is greater than the other, a half at a tie, else 0; flat, so its derivative is 0."""
        return _binary(rules.greater, self, other)

    # Reading it as a number

    def __float__(self) -> float:
        return self._data

    def __lt__(self, other: Number) -> bool:
        return self._data < as_float(other)

    def __le__(self, other: Number) -> bool:
        return self._data <= as_float(other)

    def __gt__(self, other: Number) -> bool:
        return self._data > as_float(other)

    def __ge__(self, other: Number) -> bool:
        return self._data >= as_float(other)

    def __bool__(self) -> bool:
        raise NumberError(
            f"bool({self!r}), as in `if value:` or `value and ...`",
            "a Value is a node of a graph, and neither true nor false",
            instead="value > 0 or value.data != 0 to ask about its number, value is not None to ask for its presence",
        )

    def __repr__(self) -> str:
        grad = show(self.grad) if self.has_grad else "—"
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={show(self._data)}, grad={grad}{label})"

    def __str__(self) -> str:
        """The expression this Value stands for: `parse(str(v))` builds the same function again."""
        from tinygrad_edu.text.printing import summary

        return summary(self)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else str(self)

    def latex(self) -> str:
        """The expression this Value stands for, as LaTeX."""
        from tinygrad_edu.text.printing import to_latex

        return to_latex(self)

    def _repr_svg_(self) -> str:
        """What a notebook shows: the graph."""
        return self._drawing()._repr_svg_()

    def _drawing(self) -> Drawing:
        from tinygrad_edu import viz

        return viz.draw(self)

    def __copy__(self) -> Value:
        """A separate node with the same arguments."""
        return copying.shallow(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copying.deepcopy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return copying.reduced(self)

    def apply_rule(self, rule: Rule, args: tuple[Number, ...], check: bool = True) -> Value:
        """What a rule gives if a Value is among its arguments: `rule.Rule` asks this."""
        return apply(rule, args, check)


_new = Value.__new__


def _node(data: float, rule: Rule, args: tuple[Value, ...], partials: tuple[float, ...], since: float) -> Value:
    """A computed Value; `__init__`, which checks the number, is for those that users make."""
    node = _new(Value)
    node._data = data
    node._grad = NOT_COMPUTED
    node._label = ""
    node._since = since
    node.rule = rule
    node.args = args
    node.partials = partials
    return node


def apply(rule: Rule, args: tuple[Number, ...], check: bool = True) -> Value:
    """Record one operation: compute the result and the local derivatives, and remember the arguments.

    `_unary` and `_binary` do what `record` does, written out for one and two arguments, where most of the time goes.

    >>> apply(rules.mul, (Value(3.0), 5.0)).partials
    (5.0, 3.0)
    """
    return record(rule, tuple([as_value(arg) for arg in args]), check)


def record(rule: Rule, values: tuple[Value, ...], check: bool = True) -> Value:
    """The same for arguments that are known to be Values, and of the right number."""
    if rule.fixed:
        _check_fixed(rule, values)
    numbers = [value._data for value in values]
    if check and rule.domain is not None:
        _check(rule, values, numbers)
    here = now()
    node = _node if here.block is None else recorder(here.block, _node)
    if node is None:
        return Value(rule.evaluate(numbers))
    if not check and rule.domain is not None and not rule.domain.holds(*numbers):
        return node(
            rule.evaluate(numbers), rule, values, (nan,) * len(values), here.change
        )  # there is no derivative outside the domain
    out, partials = rule.linearize(numbers)
    return node(out, rule, values, partials, here.change)


def record_lists(rule: Rule, lefts: Iterable[tuple[Value, ...]], right: tuple[Value, ...]) -> list[Value]:
    """`record` for an operation on two lists, once for each left list: a layer's weighted sums of the same inputs.

    It is written out, because weighted sums are half of a network's forward pass.
    """
    ys = [value._data for value in right]
    slope_x, slope_y = rule.slopes
    nodes = []
    here = now()
    node = _node if here.block is None else recorder(here.block, _node)
    for left in lefts:
        xs = [value._data for value in left]
        out = rule.forward(xs, ys)
        if node is None:
            nodes.append(Value(out))
        else:
            partials = (*slope_x(xs, ys, out), *slope_y(xs, ys, out))
            nodes.append(node(out, rule, left + right, partials, here.change))
    return nodes


def _unary(rule: Rule, arg: Value) -> Value:
    x = arg._data
    if rule.domain is not None:
        _check(rule, (arg,), (x,))
    out = rule.forward(x)
    here = now()
    if here.block is not None:
        return Value(out) if here.is_off else _inside(here.block, here.change, out, rule, (arg,))
    node = _new(Value)
    node._data = out
    node._grad = NOT_COMPUTED
    node._label = ""
    node._since = here.change
    node.rule = rule
    node.args = (arg,)
    node.partials = rule.constants or (rule.slopes[0](x, out),)
    return node


def _binary(rule: Rule, left: Value, right: Number) -> Value:
    if type(right) is not Value:
        right = as_value(right)
    x, y = left._data, right._data
    if rule.domain is not None:
        _check(rule, (left, right), (x, y))
    out = rule.forward(x, y)
    here = now()
    if here.block is not None:
        return Value(out) if here.is_off else _inside(here.block, here.change, out, rule, (left, right))
    partials = rule.constants
    if not partials:
        slope_x, slope_y = rule.slopes
        partials = slope_x(x, y, out), slope_y(x, y, out)
    node = _new(Value)
    node._data = out
    node._grad = NOT_COMPUTED
    node._label = ""
    node._since = here.change
    node.rule = rule
    node.args = left, right
    node.partials = partials
    return node


def _inside(block: Open, since: float, out: float, rule: Rule, args: tuple[Value, ...]) -> Value:
    """A result inside a block, where nothing records, or a watcher does."""
    node = recorder(block, _node)
    if node is None:
        return Value(out)
    return node(out, rule, args, rule.local_derivatives([arg._data for arg in args], out), since)


def _check(rule: Rule, args: tuple[Value, ...], numbers: Any) -> None:
    """Raise a DomainError, with the names and the history of the arguments, if they are outside the domain."""
    if rule.domain is None or rule.domain.holds(*numbers):
        return
    names = [_name(arg, generic, rule) for arg, generic in zip(args, "xy", strict=False)]
    origins = [
        f"{generic} is {arg!r}"
        for generic, name, arg in zip("xy", names, args, strict=False)
        if name == generic and not arg.label
    ]
    rule.check(numbers, names, "; ".join(origins))


def _check_fixed(rule: Rule, args: tuple[Value, ...]) -> None:
    for position in rule.fixed:
        if not args[position].is_constant:
            raise GraphError(
                f"{rule.name} with {args[position]!r} as argument {position + 1}",
                "this argument has no derivative, so it has to be a plain number",
                instead=rule.signature + ", which takes Values on both sides",
            )


def _name(arg: Value, generic: str, rule: Rule) -> str:
    """What to call an argument in a message: its label, or its expression if that is short."""
    if arg.is_constant and not arg.label:
        return in_brackets(arg._data)
    text = arg.label or str(arg)
    if ";" in text or len(text) > 40:
        return generic
    return f"({text})" if arg.args and not arg.label and rule.binding is not CALL else text


def _text(label: object) -> str:
    if isinstance(label, str):
        return str(label) if label.isascii() else HALVES.sub("\N{REPLACEMENT CHARACTER}", label)
    raise OptionError(
        f"the label {label!r} of a Value", f"a label is a string, not {type(label).__name__}", instead='label="x1"'
    )


def as_value(number: Number) -> Value:
    """A Value as it is; a plain number as a constant.

    >>> as_value(2).is_constant
    True
    """
    if isinstance(number, Value):
        return number
    value = Value(number)
    value.rule = CONSTANT
    return value


def as_float(number: Any) -> float:
    """The number of a Value, or any real number, as a Python float."""
    return number._data if isinstance(number, Value) else real(number)
