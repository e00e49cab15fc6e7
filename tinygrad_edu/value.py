"""How does a number remember how it was made?

A `Value` is one number. Arithmetic on Values gives Values, and each result keeps

    data       the number
    rule       the row of the rule table that made it; `op` is its name
    args       the Values it was made from, in order
    partials   the local derivative ∂self/∂arg for each of them, as a number, taken at the moment of the operation

so a finished expression *is* its computation graph. Since the partials are stored, changing a parameter later cannot
corrupt what `backward()` gives for a graph that was made before. A Value without arguments is a *leaf*: one that you
made, a plain number in an expression (its rule is then `CONSTANT`), or a result inside `no_grad`.

All operations go through `Value.record`, and that is the whole forward pass: compute the result and the local
derivatives, and write both down. What else a Value can do (`2 * x`, methods such as `tanh`, comparisons, labels,
printing, copying) it inherits from two files that a first reading can leave out.

Names to know: `Value`, `Value.record`. Read next: `backprop.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import nan
from typing import Any, SupportsFloat, Union

from tinygrad_edu import rules
from tinygrad_edu.age import NEVER, NOT_COMPUTED, mark_changed
from tinygrad_edu.manners import Manners
from tinygrad_edu.operators import Operators
from tinygrad_edu.operators import as_float as as_float
from tinygrad_edu.recorder import now, recorder
from tinygrad_edu.refusals import checked_label, outside_domain, require_plain_number
from tinygrad_edu.rule import CONSTANT, Rule

Number = Union["Value", SupportsFloat]  # what may stand on either side of an operator


class Value(Operators, Manners):
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

    _data: float
    _grad: float
    _label: str
    _at: float  # of a leaf, set by a sweep: the number at which its gradient was computed
    _since: float  # of a leaf: when its number was set; of a computed node: the last such time that it knows of
    # (these two are for the warnings of `guards.py` alone)
    rule: Rule | None
    args: tuple[Value, ...]
    partials: tuple[float, ...]

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        self._data = as_float(data)
        self._grad = NOT_COMPUTED  # a 0.0 that can be told from one that was computed
        self._label = label if label == "" else checked_label(label)
        self._since = NEVER
        self.rule = None
        self.args = ()
        self.partials = ()

    @staticmethod
    def record(rule: Rule, args: tuple[Value, ...], numbers: Sequence[Any], check: bool = True) -> Value:
        """Apply a rule to Values: the result, its local derivatives, and the arguments become a node of the graph.

        Args:
            rule: a row of the rule table.
            args: its arguments, as many as the row takes.
            numbers: theirs, as the row's forward function takes them.
            check: whether to raise a DomainError outside the domain; otherwise the derivatives are NaN there.

        >>> product = Value.record(rules.mul, (Value(3.0), Value(5.0)), (3.0, 5.0))
        >>> product.data, product.partials
        (15.0, (5.0, 3.0))
        """
        if rule.fixed:
            require_plain_number(rule, args)
        is_inside = rule.domain is None or rule.domain.holds(*numbers)
        if check and not is_inside:
            raise outside_domain(rule, args, numbers)
        here = now()  # which block the code stands in, `no_grad` say, and when a number was last set
        write = node if here.block is None else recorder(here.block, node)
        if write is None:  # inside `no_grad`
            return node(rule.forward(*numbers), None, (), (), NEVER)
        # linearize: out = forward(x, y), and then the partials at (x, y, out)
        out, partials = rule.linearize(*numbers) if is_inside else (rule.forward(*numbers), (nan,) * len(args))
        return write(out, rule, args, partials, here.change)

    @staticmethod
    def of(number: Number) -> Value:
        """A Value as it is; a plain number as a constant.

        >>> Value.of(2).is_constant
        True
        """
        if isinstance(number, Value):
            return number
        value = Value(number)
        value.rule = CONSTANT
        return value

    def apply_rule(self, rule: Rule, args: Iterable[Number], check: bool = True) -> Value:
        """What a rule gives if this Value is among its arguments: `rule(*args)` asks it."""
        values = tuple([arg if type(arg) is Value else as_value(arg) for arg in args])
        numbers = [value._data for value in values]
        return self.record(rule, values, rule.grouped(numbers) if rule.many else numbers, check)

    # Arithmetic. With a plain number on the left, as in 2 * x, see `operators.py`.

    def __add__(self, other: Number) -> Value:
        right = as_value(other)
        return self.record(rules.add, (self, right), (self._data, right._data))

    def __sub__(self, other: Number) -> Value:
        right = as_value(other)
        return self.record(rules.sub, (self, right), (self._data, right._data))

    def __mul__(self, other: Number) -> Value:
        right = as_value(other)
        return self.record(rules.mul, (self, right), (self._data, right._data))

    def __truediv__(self, other: Number) -> Value:
        right = as_value(other)
        return self.record(rules.div, (self, right), (self._data, right._data))

    def __pow__(self, exponent: Number) -> Value:
        """x ** 3 never takes a logarithm; an exponent that is a Value has a derivative, with log(x) in it."""
        right = as_value(exponent)
        return self.record(rules.power if right.is_constant else rules.pow_, (self, right), (self._data, right._data))

    def __neg__(self) -> Value:
        return self.record(rules.neg, (self,), (self._data,))

    # The gradient

    def zero_grad(self) -> None:
        """Reset the gradient. Leaves accumulate over sweeps, so a training step begins with this."""
        self._grad = NOT_COMPUTED

    def backward(self) -> None:
        """The sweep: put ∂self/∂node into the `grad` of every node this Value depends on.

        It is `backprop.backward`, after a look at what may be wrong (`guards.py`).
        """
        from tinygrad_edu.guards import backward  # the sweeps build on Value, so Value imports them late

        backward(self)

    # What a Value knows

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


def node(data: float, rule: Rule | None, args: tuple[Value, ...], partials: tuple[float, ...], since: float) -> Value:
    """A computed Value; `__init__`, which checks the number, is for those that users make."""
    made = _new(Value)
    made._data = data
    made._grad = NOT_COMPUTED
    made._label = ""
    made._since = since
    made.rule = rule
    made.args = args
    made.partials = partials
    return made


_new = Value.__new__
as_value = Value.of
