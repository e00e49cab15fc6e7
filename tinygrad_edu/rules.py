"""What does every operation compute, and what is its derivative?

One table, with one row for each operation, laid out like a formula sheet. Nothing else in the package restates a
derivative. A row reads

    rule(name, forward, partial, ...)         one partial derivative ∂out/∂argument for each argument

    tanh = rule("tanh", math.tanh, lambda x, out: 1 - out * out)

`forward` works on floats. A partial is a constant, or a function of all arguments and of the result: tanh′ is
1 - tanh²(x), which is 1 - out·out. It is written in ordinary arithmetic and the table's own functions, and two kinds of
value flow through it:

    floats  give a number, the local derivative that `backward()` multiplies by the upstream gradient;
    Values  give a graph, which `grad()` can differentiate again, and which prints as a formula.

So a partial has no `if` and no `math.` in it (conditions are operations too: `step`, `sign`, `greater`), and a partial
that is constant is a plain float, so that sweeps and printers can see it. None means that the row gives no derivative
by this argument, which therefore has to be a plain number. To add an operation, add a row.

The keywords after the partials can be skipped in a first reading: how the operation is written for people (`symbol`,
`text`, `latex`) and for other programs (`numpy`, `javascript`, `onnx`, `torch`), and facts about it. One of these is
`kinks={(arguments): (partials)}`: at a kink the slope jumps, and these are the partials taken there by convention.

Names to know: `rule`, `RULES`. What a row can do is in `rule.py`, and the forward functions that Python's `math` lacks
are in `floats.py`. Read next: `value.py`.
"""

from __future__ import annotations

import math
import operator

from tinygrad_edu import floats
from tinygrad_edu.rule import AS_TEXT, DOT, EXPONENT, FRACTION, POWER, PRODUCT, RAISED, SIGN, SUM, Rule, domain, rule
from tinygrad_edu.rule import RULES as RULES

# A NaN (x != x) is inside every domain: it goes through to the result, where it is seen. 1e999 is infinity everywhere.
POSITIVE = domain("x > 0", "(x > 0) | (x != x)", "log(maximum(x, 1e-12)), if a tiny positive number is meant")
NOT_NEGATIVE = domain("x >= 0", "(x >= 0) | (x != x)", "sqrt(maximum(x, 0)), if rounding made it negative")
FINITE = domain("a finite x", "(x != 1e999) & (x != -1e999)", "maximum(x, ...) or minimum(x, ...), to keep it finite")
DIVISOR = domain("y != 0", "y != 0", "x / (y + 1e-12), if y is never negative", pole=True)
FIXED_POWER = domain(
    "x >= 0, unless the exponent y is whole, and x != 0, if y is negative",
    "(x > 0) | ((y % 1 == 0) & ((x != 0) | (y >= 0))) | ((x == 0) & (y > 0)) | (x != x) | (y != y)",
    "abs(x) ** y, if only the size matters",
)
FREE_POWER = domain(
    "x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it",
    "(x > 0) | ((x == 0) & (y > 0)) | (x != x) | (y != y)",
    "x ** 3 with a plain number, if the exponent is constant",
)
TINY = 5e-324  # the smallest float above 0: log(x + TINY) is finite at x = 0, so that 0ʸ · log(0) is its limit, 0
SQRT_TAU = math.sqrt(2 * math.pi)
ERF_SLOPE = 2 / math.sqrt(math.pi)
SQRT_2 = math.sqrt(2)

# A partial may use a row further down, or its own: the names it may use are declared here for the type checker.
absolute: Rule
cos: Rule
elu: Rule
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
add = rule("add", operator.add, 1.0,  1.0, symbol="+", text="{} + {}", binding=SUM, latex="{} + {}",
           roles=("term", "term"), neutral=(0.0, 0.0), numpy=AS_TEXT, javascript=AS_TEXT)
sub = rule("sub", operator.sub, 1.0, -1.0, symbol="−", text="{} - {}", binding=SUM, latex="{} - {}",
           roles=("minuend", "subtrahend"), neutral=(None, 0.0), numpy=AS_TEXT, javascript=AS_TEXT)
neg = rule("neg", operator.neg, -1.0,      symbol="−", text="-{}",     binding=SIGN, latex="-{}",
           numpy=AS_TEXT, javascript=AS_TEXT)
mul = rule("mul", operator.mul, lambda x, y, out: y,     lambda x, y, out: x,
           symbol="×", text="{} * {}", binding=PRODUCT, latex=r"{} \cdot {}",
           roles=("factor", "factor"), neutral=(1.0, 1.0), numpy=AS_TEXT, javascript=AS_TEXT)
div = rule("div", floats.div,   lambda x, y, out: 1 / y, lambda x, y, out: -out / y,
           symbol="÷", text="{} / {}", binding=PRODUCT, latex=r"\frac{{{}}}{{{}}}", latex_binding=FRACTION,
           roles=("dividend", "divisor"), neutral=(None, 1.0), numpy=AS_TEXT, javascript=AS_TEXT,
           domain=DIVISOR, note="-out/y for the textbook's -x/y²: y² can overflow")

# ── Powers: the exponent is a plain number n, or it is a Value y, by which the derivative has log(x) in it ────────────
power = rule("power", floats.power, lambda x, n, out: n * power(x, n - absolute(sign(n)), check=False), None,
             symbol="xⁿ", text="{} ** {}", binding=POWER, latex="{}^{{{}}}", latex_binding=RAISED,
             roles=("base", "exponent"), neutral=(None, 1.0), numpy=AS_TEXT, javascript="power",
             domain=FIXED_POWER, note="n - |sign n| is n - 1, but 0 at n = 0: x⁰ is flat, also at x = 0")
pow_ = rule("pow", floats.power, lambda x, y, out: y * pow_(x, y - 1, check=False),
            lambda x, y, out: out * log(x + TINY, check=False),
            symbol="xʸ", text="{} ** {}", binding=POWER, latex="{}^{{{}}}", latex_binding=RAISED,
            roles=("base", "exponent"), neutral=(None, 1.0), numpy=AS_TEXT, javascript="power",
            domain=FREE_POWER, note="x + TINY makes 0ʸ·log 0 the limit 0")
sqrt = rule("sqrt", floats.sqrt, lambda x, out: div(0.5, out, check=False),
            symbol="√", latex=r"\sqrt{{{}}}", numpy="np.sqrt", javascript="Math.sqrt", onnx="Sqrt",
            domain=NOT_NEGATIVE, note="the slope at 0 is vertical: inf")

# ── Exponentials, logarithms, waves ───────────────────────────────────────────────────────────────────────────────────
exp = rule("exp", floats.exp, lambda x, out: out,     latex="e^{{{}}}", latex_binding=EXPONENT, flat=(0.0,),
           numpy="np.exp", javascript="Math.exp", onnx="Exp")
log = rule("log", floats.log, lambda x, out: 1 / x,   latex=r"\ln\left({}\right)", domain=POSITIVE,
           numpy="np.log", javascript="Math.log", onnx="Log")
sin = rule("sin", floats.sin, lambda x, out: cos(x),  latex=r"\sin\left({}\right)", domain=FINITE,
           numpy="np.sin", javascript="Math.sin", onnx="Sin")
cos = rule("cos", floats.cos, lambda x, out: -sin(x), latex=r"\cos\left({}\right)", domain=FINITE,
           numpy="np.cos", javascript="Math.cos", onnx="Cos")
erf = rule("erf", math.erf,   lambda x, out: ERF_SLOPE * exp(-x * x), flat=(-1.0, 1.0), numpy="erf", javascript="erf")

# ── Activations ───────────────────────────────────────────────────────────────────────────────────────────────────────
tanh = rule("tanh", math.tanh, lambda x, out: 1 - out * out,
            latex=r"\tanh\left({}\right)", flat=(-1.0, 1.0), note="loses digits beyond |x| = 5, never raises",
            numpy="np.tanh", javascript="Math.tanh", onnx="Tanh", torch="Tanh()")
sigmoid = rule("sigmoid", floats.sigmoid, lambda x, out: out * sigmoid(-x),
               symbol="σ", latex=r"\sigma\left({}\right)", flat=(0.0, 1.0),
               note="σ(x)·σ(-x) for σ·(1 - σ), which loses digits near 1",
               numpy="(1 / (1 + np.exp(-{})))", javascript="(1 / (1 + Math.exp(-{})))",
               onnx="Sigmoid", torch="Sigmoid()")
relu = rule("relu", floats.relu, lambda x, out: step(x), symbol="ReLU", kinks={(0.0,): (0.0,)}, flat=(0.0,),
            numpy="np.maximum({}, 0.0)", javascript="Math.max({}, 0)", onnx="Relu", torch="ReLU()")
leaky_relu = rule("leaky_relu", floats.leaky_relu,
                  lambda x, slope, out: step(x) + (1 - step(x)) * slope, lambda x, slope, out: minimum(x, 0.0),
                  symbol="leaky ReLU", defaults=(0.01,), kinks={(0.0, 0.01): (0.01, 0.0)},
                  numpy="np.where({0} > 0, {0}, {1} * {0})", javascript="({0} > 0 ? {0} : {1} * {0})",
                  onnx="Max({0}, Mul({0}, {1}))", torch="LeakyReLU({1})")
elu = rule("elu", floats.elu,
           lambda x, alpha, out: step(x) + (1 - step(x)) * alpha * exp(minimum(x, 0.0)),
           lambda x, alpha, out: elu(minimum(x, 0.0), 1.0),
           symbol="ELU", defaults=(1.0,), kinks={(0.0, 0.5): (0.5, 0.0)}, flat=(-1.0,),
           note="its slope by α is the ELU of α = 1: exp(x) - 1 would lose the digits near 0",
           numpy="np.where({0} > 0, {0}, {1} * np.expm1(np.minimum({0}, 0.0)))",
           javascript="({0} > 0 ? {0} : {1} * Math.expm1({0}))",
           onnx="Add(Relu({0}), Mul({1}, Sub(Exp(Min({0}, 0.0)), 1.0)))", torch="ELU({1})")
softplus = rule("softplus", floats.softplus, lambda x, out: sigmoid(x), flat=(0.0,),
                numpy="np.logaddexp(0.0, {})",
                javascript="(Math.max({0}, 0) + Math.log1p(Math.exp(-Math.abs({0}))))",
                onnx="Add(Relu({0}), Log(Add(1.0, Exp(Neg(Abs({0}))))))", torch="Softplus(threshold=50)")
silu = rule("silu", floats.silu, lambda x, out: sigmoid(x) * (1 + x * sigmoid(-x)), symbol="SiLU", flat=(0.0,),
            numpy="({0} / (1 + np.exp(-{0})))", javascript="({0} / (1 + Math.exp(-{0})))",
            onnx="Mul({0}, Sigmoid({0}))", torch="SiLU()")
gelu = rule("gelu", floats.gelu, lambda x, out: 0.5 * (1 + erf(x / SQRT_2)) + x * exp(-x * x / 2) / SQRT_TAU,
            symbol="GELU", flat=(0.0,), note="the exact one, x·Φ(x)",
            numpy="(0.5 * {0} * (1 + erf({0} / np.sqrt(2))))",
            javascript="(0.5 * {0} * (1 + erf({0} / Math.SQRT2)))", torch="GELU()")

# ── Corners and their derivatives ─────────────────────────────────────────────────────────────────────────────────────
absolute = rule("abs", abs, lambda x, out: sign(x), symbol="|x|", latex=r"\left|{}\right|", kinks={(0.0,): (0.0,)},
                numpy="np.abs", javascript="Math.abs", onnx="Abs")
maximum = rule("maximum", floats.maximum, lambda x, y, out: greater(x, y), lambda x, y, out: greater(y, x),
               symbol="max", latex=r"\max\left({}, {}\right)", kinks={(1.0, 1.0): (0.5, 0.5)},
               numpy="np.maximum", javascript="Math.max", note="at a tie, a half each")
minimum = rule("minimum", floats.minimum, lambda x, y, out: greater(y, x), lambda x, y, out: greater(x, y),
               symbol="min", latex=r"\min\left({}, {}\right)", kinks={(1.0, 1.0): (0.5, 0.5)},
               numpy="np.minimum", javascript="Math.min", note="at a tie, a half each")
step = rule("step", floats.step, 0.0, kinks={(0.0,): (0.0,)}, flat=(0.0, 1.0),
            numpy="np.heaviside({}, 0.0)", condition="({} > 0)",
            javascript="({0} > 0 ? 1 : {0} <= 0 ? 0 : NaN)")
sign = rule("sign", floats.sign, 0.0, kinks={(0.0,): (0.0,)}, flat=(-1.0, 0.0, 1.0),
            numpy="np.sign", javascript="Math.sign", onnx="Sign")
greater = rule("greater", floats.greater, 0.0, 0.0, symbol=">", kinks={(1.0, 1.0): (0.0, 0.0)},
               numpy="(({0} > {1}) * 0.5 + ({0} >= {1}) * 0.5)",
               javascript="(({0} > {1}) * 0.5 + ({0} >= {1}) * 0.5)")

# ── Of any number of arguments ────────────────────────────────────────────────────────────────────────────────────────
dot = rule("dot", floats.dot, lambda ws, xs, out: xs, lambda ws, xs, out: ws,
           many=True, symbol="w·x", latex=r"\left({}\right) \cdot \left({}\right)", latex_binding=DOT,
           roles=("weight", "input"), note="a neuron's weighted sum as one node", javascript="dot",
           numpy="np.add.reduce(np.multiply([{}], [{}]))", jax="(jnp.stack([{}]) * jnp.stack([{}])).sum(axis=0)")
logsumexp = rule("logsumexp", floats.logsumexp, lambda xs, out: [exp(x - out) for x in xs],
                 many=True, symbol="log Σ exp", note="its partials are the softmax", javascript="logsumexp",
                 numpy="np.logaddexp.reduce", jax="jnp.logaddexp.reduce(jnp.stack([{}]))",
                 rows="np.logaddexp.reduce({}, axis=-1)")
# fmt: on
