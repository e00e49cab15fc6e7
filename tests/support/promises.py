"""What does a row of the rule table promise, and how is each promise checked against an independent truth?

Each promise is a function of a Rule that raises AssertionError, with the reason, if the row breaks it. `test_rules.py`
asks every row for every promise; `test_the_tests.py` breaks rows on purpose and sees them rejected. A new row is tested
by standing in the table: there is no test code to write for it.

The oracles: the complex step (exact to rounding, where the NumPy template takes complex numbers), central differences
with Richardson's extrapolation elsewhere, one-sided differences at kinks, and the *order* of the central difference:
halve h and its error must fall by 4, which no wrong derivative passes.
"""

from __future__ import annotations

import math
import random
from itertools import product

import numpy as np
from matplotlib.mathtext import MathTextParser

from tinygrad_edu import DomainError, Value, grad, parse
from tinygrad_edu.rule import CALL
from tinygrad_edu.text import helpers as preludes
from tinygrad_edu.text.printing import to_latex, to_text
from tinygrad_edu.value import as_value

SPECIAL = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, math.inf, -math.inf)
NAMESPACE = {}
exec(preludes.NUMPY, NAMESPACE)


def arity(rule):
    """How many arguments to call it with: three to a group, if it takes any number."""
    return 3 * len(rule.partials) if rule.many else len(rule.partials)


def inside(rule, args):
    return rule.domain is None or bool(rule.domain.holds(*args))


def points(rule, count=40):
    """Arguments inside the domain and away from kinks; every third with whole numbers, for the powers."""
    rng = random.Random(rule.name)
    found = []
    for attempt in range(100 * count):
        args = tuple(rng.uniform(-3, 3) for _ in range(arity(rule)))
        if attempt % 3 == 0 and not rule.kinks:
            args = (args[0], *(float(round(arg)) for arg in args[1:]))
        if inside(rule, args) and not (rule.kinks and near_kink(args)):
            found.append(args)
        if len(found) == count:
            return found
    raise AssertionError(f"{rule.name}: hardly a point is inside its domain")


def near_kink(args):
    """The kinks of the table lie where an argument is 0 or two are equal."""
    return any(abs(arg) < 0.05 for arg in args) or any(abs(a - b) < 0.05 for i, a in enumerate(args) for b in args[:i])


def differentiated(rule):
    """The positions that have a derivative: all but those of plain numbers."""
    return [position for position in range(arity(rule)) if position not in rule.fixed]


def moved(args, position, by):
    return (*args[:position], args[position] + by, *args[position + 1 :])


def numpy_value(rule, args):
    """The NumPy template, on floats or complex numbers."""
    names = [f"a{i}" for i in range(len(args))]
    source = rule.fill(rule.numpy, names)
    with np.errstate(all="ignore"):
        return eval(source, dict(NAMESPACE), {n: np.asarray(a)[()] for n, a in zip(names, args, strict=True)})


def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def slope(rule, args, position):
    """∂rule/∂argument from the function alone: by the complex step where that works, else by differences."""
    if not rule.kinks:
        try:
            return numpy_value(rule, moved(args, position, 1e-20j)).imag / 1e-20, 1e-13
        except (TypeError, AttributeError, np.exceptions.ComplexWarning):
            pass  # the template has no complex form

    def f(x):
        return rule.evaluate((*args[:position], x, *args[position + 1 :]))

    x, h = args[position], 1e-3
    coarse, fine, finest = (central(f, x, h / 2**k) for k in range(3))
    first, second = (4 * fine - coarse) / 3, (4 * finest - fine) / 3
    return (16 * second - first) / 15, 1e-10


# The promises


def has_right_partials(rule):
    """Every partial equals the slope of the function."""
    for args in points(rule):
        partials = rule.local_derivatives(args, rule.evaluate(args))
        assert len(partials) == arity(rule), f"{rule.name}: {len(partials)} partials for {arity(rule)} arguments"
        for position in differentiated(rule):
            expected, tolerance = slope(rule, args, position)
            error = abs(partials[position] - expected)
            assert error <= tolerance * max(1.0, abs(expected)), (
                f"{rule.name}: partial {position} at {args} is {partials[position]}, the slope is {expected}"
            )


def converges_to_its_partials(rule):
    """The order test: halving h divides the error of the central difference by 4."""
    for args, position in product(points(rule, 12), differentiated(rule)):
        partial = rule.local_derivatives(args, rule.evaluate(args))[position]

        def f(x, args=args, position=position):
            return rule.evaluate((*args[:position], x, *args[position + 1 :]))

        x = args[position]
        h = 0.01 * min(1.0, abs(x)) if rule.domain else 0.01
        coarse, fine = abs(central(f, x, h) - partial), abs(central(f, x, h / 2) - partial)
        noise = 1e-11 * max(1.0, abs(partial), abs(f(x))) / max(abs(x), 0.1) ** 2
        assert coarse <= noise or 3.5 < coarse / fine < 4.5, (
            f"{rule.name}: the central difference at {args} does not converge to partial {position}"
        )


def has_partials_between_the_sides_at_kinks(rule):
    """At a kink the partial is the value chosen in the row, and lies between the one-sided slopes."""
    h = 1e-6
    assert rule.kinks, f"{rule.name}: a row without kinks"
    for args, chosen in rule.kinks.items():
        here = rule.evaluate(args)
        partials = rule.local_derivatives(args, here)
        assert partials == chosen, f"{rule.name}: at the kink {args} the partials are {partials}, not {chosen}"
        for position in range(len(args)):
            left = (here - rule.evaluate(moved(args, position, -h))) / h
            right = (rule.evaluate(moved(args, position, h)) - here) / h
            low, high = sorted((left, right))
            if max(abs(low), abs(high)) > 1e5:  # a jump, not a bend: flat on both sides of it
                low, high = min(low, 0.0), max(high, 0.0)
            assert low - 1e-5 <= partials[position] <= high + 1e-5, f"{rule.name}: at {args}, outside the two sides"


def differentiates_twice(rule):
    """`grad` of a partial equals the slope of that partial."""
    for args in points(rule, 8):
        values = [as_value(arg) if i in rule.fixed else Value(arg) for i, arg in enumerate(args)]
        first = grad(rule(*values), values)
        numbers = rule.local_derivatives(args, rule.evaluate(args))
        assert [float(g) for g in first] == list(numbers), f"{rule.name}: grad and the local derivatives disagree"
        for i, k in product(differentiated(rule), repeat=2):
            second = float(grad(first[i], [values[k]])[0])

            def partial(x, i=i, k=k, args=args):
                there = (*args[:k], x, *args[k + 1 :])
                return rule.local_derivatives(there, rule.evaluate(there))[i]

            h = 1e-4 * min(1.0, abs(args[k]) + 1e-3)
            expected = (4 * central(partial, args[k], h / 2) - central(partial, args[k], h)) / 3
            assert abs(second - expected) <= 1e-6 * max(1.0, abs(expected)), (
                f"{rule.name}: the second derivative ({i}, {k}) at {args} is {second}, the slope is {expected}"
            )


def has_a_right_numpy_template(rule):
    """The template equals forward, on numbers and on whole arrays."""
    where = points(rule)
    for args in where:
        assert math.isclose(numpy_value(rule, args), rule.evaluate(args), rel_tol=1e-13, abs_tol=1e-15), (
            f"{rule.name}: the NumPy template differs from forward at {args}"
        )
    columns = [np.array(column) for column in zip(*where, strict=True)]
    together = numpy_value(rule, columns)
    assert np.allclose(together, [rule.evaluate(args) for args in where], rtol=1e-13, atol=1e-15), (
        f"{rule.name}: the NumPy template differs from forward on arrays"
    )


def is_defined_in_its_domain(rule):
    """Inside the domain everything is a number: the function, and its partials away from the border."""
    for args in points(rule):
        out = rule.evaluate(args)
        assert math.isfinite(out), f"{rule.name}: the domain is too wide, at {args} the result is {out}"
        assert all(map(math.isfinite, rule.local_derivatives(args, out))), f"{rule.name}: no slope at {args}"
    for args in product(SPECIAL, repeat=min(arity(rule), 2)):
        if not rule.many and inside(rule, args) and all(map(math.isfinite, args)):
            out = rule.evaluate(args)
            partials = rule.local_derivatives(args, out)
            assert math.isfinite(out), f"{rule.name}: the domain is too wide, at {args} the result is {out}"
            assert not any(map(math.isnan, partials)), f"{rule.name}: the domain is too wide, no slope at {args}"


def refuses_what_is_outside_its_domain(rule):
    """Outside, a Value gets a DomainError that names the rule; and nothing that has a value and a slope is outside."""
    outside = [args for args in product(SPECIAL, repeat=arity(rule)) if not inside(rule, args)]
    assert outside, f"{rule.name}: a domain that leaves nothing out"
    for args in outside:
        values = [as_value(arg) if i in rule.fixed else Value(arg) for i, arg in enumerate(args)]
        for call in (lambda values=values: rule(*values), lambda args=args: rule(*args)):
            message = refusal(call)
            assert message is not None, f"{rule.name}: no DomainError at {args}"
            assert rule.signature in message, f"{rule.name}: the error does not name the rule"
        if any(map(math.isinf, args)) and len(args) > 1:
            continue  # IEEE knows a limit there, (-2) ** -inf is 0, but it is the limit of nothing
        near = [moved(args, position, step) for position in differentiated(rule) for step in (1e-6, -1e-6)]
        assert not all(math.isfinite(rule.evaluate(there)) for there in [args, *near]), (
            f"{rule.name}: the domain is too narrow, at {args} there is a result"
        )


def refusal(call):
    """The message of the DomainError that a call raises; None if it raises none."""
    try:
        call()
    except DomainError as error:
        return str(error)
    return None


def reads_and_writes_as_text(rule):
    """Its text is read back as the same operation, and its LaTeX is LaTeX."""
    args = points(rule, 1)[0]
    values = [as_value(arg) if i in rule.fixed else Value(arg, label=f"x{i}") for i, arg in enumerate(args)]
    out = rule(*values)
    again = parse(to_text(out), **{value.label: value.data for value in values if value.label})
    assert (again.op, again.data) == (rule.name, out.data), (
        f"{rule.name}: the text {to_text(out)!r} reads as {again.op}"
    )
    MathTextParser("path").parse(f"${to_latex(out)}$")
    for value in values:
        assert to_text(value) in to_text(out), f"{rule.name}: an argument is missing in {to_text(out)!r}"


def is_the_same_as_function_and_method(rule):
    """As a function of floats, of Values, and as a method of Value where there is one: the same number and node."""
    args = points(rule, 1)[0]
    values = [as_value(arg) if i in rule.fixed else Value(arg) for i, arg in enumerate(args)]
    node = rule(*values)
    assert node.rule is rule
    assert rule(*args) == node.data
    assert node.args == tuple(values)
    method = getattr(Value, rule.name, None)
    if method is not None and rule.binding is CALL:
        assert method(*values).rule is rule, f"{rule.name}: the method is another operation"
        assert method(*values).data == node.data


PROMISES = (
    has_right_partials,
    converges_to_its_partials,
    has_partials_between_the_sides_at_kinks,
    differentiates_twice,
    has_a_right_numpy_template,
    is_defined_in_its_domain,
    refuses_what_is_outside_its_domain,
    reads_and_writes_as_text,
    is_the_same_as_function_and_method,
)


def made_by(rule):
    """The promises that a row makes: those of kinks and of a domain are made by rows that have them."""
    is_made = {
        has_partials_between_the_sides_at_kinks: bool(rule.kinks),
        refuses_what_is_outside_its_domain: rule.domain is not None,
    }
    return [promise for promise in PROMISES if is_made.get(promise, True)]
