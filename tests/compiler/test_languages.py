"""Does a program compute in every language what its scalar graph computes?

The truth is the graph: of the batch itself, or of what learners write, at numbers that the program has not seen. A few
cases in JAX, which takes its time to compile them, and some hundreds in JavaScript; any number with
`python -m tests.long structured --language jax`.
"""

import importlib.util
import math
import random
import re
from pathlib import Path
from xml.etree import ElementTree

import learners
import learners_losses  # noqa: F401  (puts its families into learners.families)
import numpy as np
import pytest
import sample_losses
import structured_check
from languages import InLanguage, compiling_to, skip_without
from sampling import long_case, sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.compiler.formulas import Apply, Dot, MatMul, Name, Number, RowDots, Sum, View
from tinygrad_edu.compiler.languages.latex import LaTeXPrinter
from tinygrad_edu.compiler.layout import Index, Turn
from tinygrad_edu.errors import GraphError, OptionError
from tinygrad_edu.functions import logsumexp
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, mul, neg, power

OTHERS = ("jax", "javascript")
SAMPLES = (1, 2, 3, 17, 256)
TOLERANCE = 1e-10


@pytest.fixture(params=OTHERS)
def language(request):
    skip_without(request.param)
    return request.param


# What people write


@pytest.mark.parametrize(
    ("name", "seeds"),
    sample(
        [("jax", range(2)), ("javascript", range(15)), ("jax", range(2, 6)), ("javascript", range(15, 100))],
        few=2,
    ),
)
def test_a_program_in_another_language_computes_what_its_graph_computes(name, seeds):
    skip_without(name)
    with compiling_to(name):
        failures = [failure for seed in seeds if (failure := structured_check.tried(seed)[1])]
    if failures:
        pytest.fail(str(min(failures, key=lambda failure: len(str(failure)))), pytrace=False)


@pytest.mark.parametrize(
    ("name", "families"),
    sample(
        [
            *[("javascript", slice(0, None, 3)), ("jax", slice(0, None, 32))],
            *[("javascript", slice(1, None, 3)), ("javascript", slice(2, None, 3)), ("jax", slice(16, None, 32))],
        ],
        few=2,
    ),
)
def test_what_learners_write_says_in_another_language_what_its_scalars_say(name, families):
    skip_without(name)
    with compiling_to(name):
        verdicts = [learners.check(family, 0) for family in list(learners.families)[families]]
    assert sum(verdict.found == "right" for verdict in verdicts) > len(verdicts) / 2
    assert not [str(verdict) for verdict in verdicts if verdict.failed]


def test_a_program_that_is_wrong_in_a_language_is_noticed(language, monkeypatch):
    """The check runs the text, and nothing else."""
    monkeypatch.setitem(
        tinygrad_edu.compiler.compiled.LANGUAGES,
        language,
        lambda: Spoiled(honest[language]()),
    )
    with compiling_to(language):
        verdict = learners.check("logistic_regression", 0)
    assert verdict.failed


honest = dict(tinygrad_edu.compiler.compiled.LANGUAGES)


class Spoiled:
    def __init__(self, printer):
        self.printer = printer

    def program(self, source):
        return self.printer.program(source).replace(" + ", " - ")


# Any number of samples


@pytest.mark.parametrize(("seed", "compiled_with"), sample([(1, 3), (0, 1), (2, 30)]))
@pytest.mark.parametrize("name", sample(sample_losses.FAMILIES, few=10))
def test_functions_of_samples_hold_in_javascript_for_any_number_of_them(name, seed, compiled_with):
    skip_without("javascript")
    with compiling_to("javascript"):
        problem = sample_losses.drawn(name, seed)
        program, wrong = sample_losses.wrong_sizes(problem, compiled_with, (1, 2, 3, 17, 40))
        assert not wrong, program.source


LOSSES = {
    "hinge": (nn.hinge_loss, lambda rng, m: rng.choice([-1.0, 1.0], m)),
    "mse": (nn.mse_loss, lambda rng, m: rng.normal(size=m)),
    "bce": (nn.binary_cross_entropy_with_logits, lambda rng, m: rng.choice([0.0, 1.0], m)),
    "classes": (nn.cross_entropy, lambda rng, m: rng.integers(0, 3, m)),
}


ACTIVATIONS = (("tanh", 0.0), ("relu", 0.01), ("sigmoid", 0.01), ("gelu", 0.0))
COMBINATIONS = [(kind, *activation) for kind in sorted(LOSSES) for activation in ACTIVATIONS]
EACH_ONCE = COMBINATIONS[::5]  # every loss and every activation


@pytest.mark.parametrize(
    ("kind", "activation", "decay", "language", "sizes"),
    [
        *((*case, "javascript", SAMPLES) for case in COMBINATIONS),
        *((*case, "jax", SAMPLES[::3]) for case in EACH_ONCE),
        *(long_case((*case, "jax", SAMPLES)) for case in COMBINATIONS),
    ],
    indirect=["language"],
)
def test_one_program_for_any_number_of_samples_holds_in_every_language(kind, activation, decay, language, sizes):
    loss, targets = LOSSES[kind]
    model = nn.MLP(3, [4, 3 if kind == "classes" else 1], activation=activation, seed=1)

    def function(xs, ys):
        total = loss([model(x) for x in xs], ys)
        return total + decay * sum(p * p for p in model.parameters()) if decay else total

    rng = np.random.default_rng(0)
    batch = rng.normal(size=(30, 3)), targets(rng, 30)
    other = InLanguage(tinygrad_edu.compile(function, wrt=model.parameters(), batch=batch), language)
    for samples in sizes:
        batch = rng.normal(size=(samples, 3)), targets(rng, samples)
        right = by_hand(function, model.parameters(), batch)
        assert_near(other(*batch), right)


def by_hand(function, parameters, batch):
    """The loss and its gradient, from one scalar graph of the whole batch."""
    X, y = batch
    loss = function([[Value(number) for number in row] for row in X.tolist()], y.tolist())
    for parameter in parameters:
        parameter.zero_grad()
    loss.backward()
    return loss.data, np.array([parameter.grad for parameter in parameters])


def assert_near(found, right):
    (value, gradient), (loss, slopes) = found, right
    scale = max(1.0, abs(loss), np.abs(slopes).max(initial=0.0))
    assert abs(value - loss) <= TOLERANCE * scale
    np.testing.assert_allclose(gradient, slopes, rtol=TOLERANCE, atol=TOLERANCE * scale)


# Corners of a language


def in_both(loss, language, **options):
    program = tinygrad_edu.compile(loss, **options)
    return program(), InLanguage(program, language)()


@pytest.mark.parametrize(
    "name",
    sample(
        ["new", "m", "i", "jnp", "this", "Math", "let", "array", "sum", "each", "j", "k", "s1", "Float64Array"], few=4
    ),
)
def test_a_label_may_be_a_word_of_the_language(name, language):
    xs = [Value(number, label="") for number in (0.5, -1.0, 2.0)]
    w = Value(1.5, label=name)
    found, other = in_both(sum((w * x).tanh() for x in xs), language, wrt=[w, *xs])
    assert_near(other, found)


def test_minus_a_minus_is_no_decrement(language):
    x = Value(0.5, label="x")
    found, other = in_both(neg(neg(x.exp())).log() - neg(neg(x)), language)
    assert_near(other, found)


@pytest.mark.parametrize("number", [math.inf, -math.inf, -0.0, 1e-300, 5e-324, 1e300])
def test_every_number_can_be_a_constant(number, language):
    x, y = Value(0.25, label="x"), Value(number)
    found, other = in_both(x.maximum(y) + (x * 2).minimum(y), language, wrt=[x])
    assert repr(found[0]) == repr(other[0])
    assert found[1].tolist() == other[1].tolist()


def test_outputs_come_third(language):
    w, xs = Value(0.5, label="w"), [Value(number) for number in (1.0, 2.0, -1.0)]
    outputs = [[product, product.tanh()] for product in (w * x for x in xs)]
    program = tinygrad_edu.compile(sum(b for _, b in outputs), wrt=[w], outputs=outputs)
    other = InLanguage(program, language)
    other()
    np.testing.assert_allclose(other.outputs, [[node.data for node in row] for row in outputs], rtol=1e-15)


def test_a_parameter_that_the_loss_does_not_depend_on_has_a_gradient_of_0(language):
    x, unused, y = Value(0.5, label="x"), Value(1.0, label="unused"), Value(2.0, label="y")
    found, other = in_both(x * y, language, wrt=[x, unused, y])
    assert other[1].tolist() == found[1].tolist() == [2.0, 0.0, 0.5]
    found, other = in_both(x * y, language, wrt=[unused])
    assert other[1].tolist() == found[1].tolist() == [0.0]


def test_the_source_for_numpy_is_the_source():
    program = tinygrad_edu.compile(Value(2.0, label="x").tanh())
    assert program.source_for("numpy") == program.source


def test_an_unknown_language_is_refused_with_those_that_are_known():
    program = tinygrad_edu.compile(Value(2.0, label="x").tanh())
    with pytest.raises(OptionError) as caught:
        program.source_for("typescript")
    assert str(caught.value).splitlines() == [
        "program.source_for(language='typescript')",
        "  what is wrong:  the choices are numpy, jax, javascript",
        "  write instead:  language='javascript'; or program.latex(), for a derivation",
    ]


def test_a_row_of_lists_says_what_it_is_in_jax_itself():
    """NumPy takes a list of arrays there, and JAX does not."""
    row = Rule(
        "longest", max, lambda xs, out: [float(x is out) for x in xs], many=True, numpy="np.maximum.reduce([{}])"
    )
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    program = tinygrad_edu.compile(logsumexp([x, y]) + row(x, y) * 0 + x, wrt=[x])
    with pytest.raises(GraphError, match="jax="):
        program.source_for("jax")


def test_jax_assigns_nothing_and_lays_the_gradient_of_a_layer_as_columns():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    loss = nn.mse_loss([model([1.0, x]) for x in (0.5, 2.0, 3.0)], [0.0, 1.0, 2.0])
    text = tinygrad_edu.compile(loss, wrt=model.parameters()).source_for("jax")
    assert "] = " not in text
    assert "jnp.column_stack([dW1, db1]).ravel()" in text


# The derivation


@pytest.fixture(scope="module")
def mathml():
    """As the guide shows formulas."""
    pytest.importorskip("latex2mathml", reason="latex2mathml is not installed (pip install -e '.[docs]')")
    path = Path(__file__).parents[2] / "docs" / "_ext" / "mathml.py"
    spec = importlib.util.spec_from_file_location("mathml", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda latex: ElementTree.fromstring(module.mathml(latex, "block"))


EVERY_THIRD_FIRST = [name for start in range(3) for name in [*learners.families][start::3]]


@pytest.mark.parametrize("name", sample(EVERY_THIRD_FIRST, few=len(EVERY_THIRD_FIRST) // 9))
def test_the_derivation_of_what_learners_write_is_an_aligned_display(name, mathml):
    point = next(point for seed in range(9) if (point := learners.somewhere(name, seed, "random", random.Random(seed))))
    program = tinygrad_edu.compile(point.loss)
    latex = program.latex()
    rows = latex.splitlines()[1:-1]
    assert (latex.splitlines()[0], latex.splitlines()[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert all(row.endswith(r" \\") for row in rows[:-1])
    assert latex.count(r"\left") == latex.count(r"\right")
    assert latex.count("{") == latex.count("}")
    without_text = re.sub(r"\\text\{[^}]*\}", "", latex)
    assert without_text.isascii()
    page = mathml(latex)
    assert len(page.findall(".//{*}mtr")) == len(rows)
    assert not page.findall(".//{*}merror")
    assert "\\" not in "".join(page.itertext())
    for line in program.lines:
        assert sum(row.startswith(f"{LaTeXPrinter().text(Name(line.name, line.shape))} &= ") for row in rows) == 1


def test_a_derivation_is_written_as_in_a_book():
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.binary_cross_entropy_with_logits([model(x) for x in xs], ys),
        wrt=model.parameters(),
        batch=(rng.normal(size=(9, 3)), rng.random(9)),
    )
    assert program.latex().splitlines() == [
        r"\begin{aligned}",
        r"&\text{given}\quad X : m \times 3,\; Y : m,\; W_{1} : 4 \times 3,\; b_{1} : 4,\; W_{2} : 1 \times 4 \\",
        r"&\quad b_{2} \\",
        r"&\text{forward} \\",
        r"Z_{1} &= X\, W_{1}^{\top} + b_{1}^{\top} && m \times 4 \\",
        r"A_{1} &= \tanh\left(Z_{1}\right) && m \times 4 \\",
        r"Z_{2} &= A_{1}\, W_{2}^{\top} + b_{2} && m \times 1 \\",
        r"\mathrm{loss} &= \frac{\sum_{i} \left(\operatorname{softplus}\left(Z_{2}\right) - Y \odot Z_{2}\right)[i]}"
        r"{m} \\",
        r"&\text{backward} \\",
        r"\mathrm{d}Z_{2} &= \frac{\sigma\left(Z_{2}\right) - Y}{m} && m \times 1 \\",
        r"\mathrm{d}A_{1} &= \mathrm{d}Z_{2}\, W_{2} && m \times 4 \\",
        r"\mathrm{d}Z_{1} &= \mathrm{d}A_{1} \odot \left(1 - A_{1} \odot A_{1}\right) && m \times 4 \\",
        r"\mathrm{d}b_{2} &= \sum_{i} \mathrm{d}Z_{2}[i] \\",
        r"\mathrm{d}W_{2} &= \mathrm{d}Z_{2}^{\top}\, A_{1} && 1 \times 4 \\",
        r"\mathrm{d}b_{1} &= \sum_{i} \mathrm{d}Z_{1}[i, :] && 4 \\",
        r"\mathrm{d}W_{1} &= \mathrm{d}Z_{1}^{\top}\, X && 4 \times 3",
        r"\end{aligned}",
    ]


def test_a_derivation_gives_no_array_that_is_empty():
    latex = tinygrad_edu.compile((Value(0.5, label="β") * Value(2.0, label="x")).tanh()).latex()
    assert latex.splitlines()[1] == r"&\text{given}\quad \beta,\; x \\"


P, Q, V = Name("P", (4, 3)), Name("Q1", (3, 5)), Name("v", (3,))


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (Apply(mul, (V, P)), r"v^{\top} \odot P"),
        (MatMul(Apply(add, (P, P)), Q), r"\left(P + P\right)\, Q_{1}"),
        (MatMul(MatMul(View(P, [Turn()]), P), Q), r"P^{\top}\, P\, Q_{1}"),
        (MatMul(P, Apply(neg, (Q,))), r"P\, \left(-Q_{1}\right)"),
        (Apply(power, (View(P, [Turn()]), Number(2.0))), r"\left(P^{\top}\right)^{\odot 2}"),
        (Apply(power, (Number(3.0), Number(2.0))), "3^{2}"),
        (Apply(mul, (Number(2.0), Sum(P))), r"2 \cdot \left(\sum_{i, j} P[i, j]\right)"),
        (View(Q, [Index((slice(None), 1))]), "Q_{1}[:, 1]"),
        (Dot(P, P), r"\left\langle P,\, P \right\rangle"),
        (RowDots(P, P), r"\sum_{j} \left(P \odot P\right)[:, j]"),
        (Number(-2.5e-7), r"-2.5 \cdot 10^{-7}"),
        (Number(math.inf), r"\infty"),
    ],
)
def test_a_formula_in_latex_has_the_brackets_it_needs(formula, latex):
    assert LaTeXPrinter().text(formula) == latex


def test_javascript_is_plain_loops_that_fill_arrays_and_add_up_sums():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    X, y = np.ones((5, 2)), np.ones(5)
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.mse_loss([model(x) for x in xs], ys), wrt=model.parameters(), batch=(X, y)
    )
    text = program.source_for("javascript")
    assert "=>" not in text, "no function is called for each number"
    product = """\
  const Z1 = new Float64Array(m * 3);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 2; k++) sum += X[2 * i + k] * W1[2 * j + k];
      Z1[3 * i + j] = sum + b1[j];
    }
  }
"""
    assert product in text
    assert "  let db2 = 0;\n  for (let i = 0; i < m; i++) db2 += dZ2[i];\n" in text


def test_sums_in_one_formula_of_javascript_have_names_of_their_own():
    xs = [Value(float(n), label=f"x{n}") for n in range(6)]
    loss = sum(x.exp() for x in xs) * sum(x.sin() for x in xs) + sum(x.cos() for x in xs)
    check_in_node(tinygrad_edu.compile(loss, wrt=xs))
    named = Value(2.0, label="sum")
    check_in_node(tinygrad_edu.compile(sum((named * x).tanh() for x in xs) ** 2, wrt=[named, *xs]))


def check_in_node(program):
    skip_without("javascript")
    loss, gradient = InLanguage(program, "javascript")()
    right, slopes = program()
    assert loss == pytest.approx(right, rel=1e-12)
    assert gradient == pytest.approx(slopes, rel=1e-12, abs=1e-12)
