"""Does a program compute the same as a function of JAX, and with rows that count nothing?"""

import numpy as np
import pytest
import sample_losses
from languages import skip_without
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.compiler.compiled import function_of
from tinygrad_edu.compiler.padding import weighed
from tinygrad_edu.errors import MissingError, OptionError, SizeError

TOLERANCE = 1e-12
rng = np.random.default_rng(0)
X, y = rng.normal(size=(17, 3)), rng.integers(0, 2, 17)
model = nn.MLP(3, [4, 2], activation="tanh", seed=0)


@pytest.fixture
def jax():
    skip_without("jax")
    import jax

    before = jax.config.jax_enable_x64
    yield jax
    jax.config.update("jax_enable_x64", before)


@pytest.fixture(scope="module")
def program():
    return tinygrad_edu.compile(
        lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys), wrt=model.parameters(), batch=(X, y)
    )


def test_a_step_of_jax_is_pure_and_in_float64(jax, program):
    value, gradient = program(X, y)
    step = program.to_jax()
    for function in (step, jax.jit(step)):
        loss, slopes = function(program.parameters, X, y)
        assert (loss.dtype, slopes.dtype) == ("float64", "float64")
        assert float(loss) == pytest.approx(value, rel=TOLERANCE)
        np.testing.assert_allclose(slopes, gradient, rtol=TOLERANCE, atol=TOLERANCE)


def test_a_step_of_jax_takes_any_number_of_samples(jax, program):
    step = jax.jit(program.to_jax())
    for samples in (1, 2, 16):
        np.testing.assert_allclose(
            step(program.parameters, X[:samples], y[:samples])[1], program(X[:samples], y[:samples])[1], atol=TOLERANCE
        )


def test_vmap_computes_the_step_of_many_parameters(jax, program):
    several = program.parameters + np.array([[0.0], [0.1], [-0.2]])
    losses, gradients = jax.jit(jax.vmap(program.to_jax(), (0, None, None)))(several, X, y)
    kept = program.parameters.copy()
    for parameters, loss, gradient in zip(several, losses, gradients, strict=True):
        program.parameters = parameters
        value, slopes = program(X, y)
        assert float(loss) == pytest.approx(value, rel=TOLERANCE)
        np.testing.assert_allclose(gradient, slopes, atol=TOLERANCE)
    program.parameters = kept


def test_its_gradient_is_the_one_that_jax_derives_itself(jax, program):
    step = program.to_jax()
    _, gradient = jax.jit(step)(program.parameters, X, y)
    derived = jax.jit(jax.grad(lambda parameters: step(parameters, X, y)[0]))(program.parameters)
    np.testing.assert_allclose(gradient, derived, atol=TOLERANCE)


def test_a_step_in_float32_leaves_the_types_of_jax_as_they_are(jax, program):
    jax.config.update("jax_enable_x64", False)
    step = jax.jit(program.to_jax("float32"))
    loss, gradient = step(program.parameters, X, y)
    assert (loss.dtype, gradient.dtype) == ("float32", "float32")
    assert not jax.config.jax_enable_x64
    assert float(loss) == pytest.approx(program(X, y)[0], rel=1e-6)
    jax.config.update("jax_enable_x64", True)
    assert step(program.parameters, X, y)[1].dtype == "float32"


def test_the_program_of_one_graph_takes_its_inputs_or_those_it_was_called_with(jax):
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    program = tinygrad_edu.compile((w * x - 1) ** 2, wrt=[w], inputs=[x])
    step = program.to_jax()
    assert float(step([2.0])[0]) == 25.0
    assert float(step([2.0], [1.0])[0]) == 1.0
    assert jax.jit(step)([2.0], [[1.0]])[1].tolist() == [2.0]


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        (lambda step: step(model, X), "2 arrays"),
        (lambda step: step(np.zeros(26), X[:, :2], y), r"X of shape \(17, 2\)"),
        (lambda step: step(np.zeros(25), X, y), r"P of shape \(25,\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_those_that_do(jax, program, call, wrong):
    with pytest.raises(SizeError, match=wrong) as caught:
        call(program.to_jax())
    assert "X of shape (m, 3)" in str(caught.value)


def test_a_type_that_is_not_one_of_two_is_refused(program):
    with pytest.raises(OptionError) as caught:
        program.to_jax("float16")
    assert str(caught.value).splitlines() == [
        "program.to_jax(dtype='float16')",
        "  what is wrong:  the choices are float64, float32",
        "  write instead:  dtype='float64'",
    ]


def test_without_jax_a_step_says_what_to_install(program, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jax", None)
    with pytest.raises(MissingError, match=r"pip install 'tinygrad_edu\[jax\]'"):
        program.to_jax()


# Rows that count nothing


@pytest.mark.parametrize("seed", sample(range(3)))
@pytest.mark.parametrize("name", sample(sample_losses.FAMILIES, few=4))
def test_rows_of_weight_zero_change_neither_loss_nor_gradient(name, seed):
    problem = sample_losses.drawn(name, seed)
    program = tinygrad_edu.compile(problem.function, wrt=problem.parameters, batch=problem.batch(12))
    found = weighed(program.formulas)
    assert found is not None or name in CANNOT_BE_WEIGHED
    for samples in (1, 5, 17) if found else ():
        arrays = list(map(np.asarray, problem.batch(samples)))
        value, gradient = program(*arrays)
        loss, slopes, *_ = function_of(found)(program.parameters, *with_rows(arrays, 3))
        np.testing.assert_allclose(loss, value, rtol=1e-10, atol=1e-10, err_msg=program.source)
        np.testing.assert_allclose(slopes, gradient, rtol=1e-10, atol=1e-10, err_msg=program.source)


def with_rows(arrays, more):
    """The arrays with rows more, the weights of all rows, and how many count."""
    samples = len(arrays[0])
    longer = [np.concatenate([array, array[:1].repeat(more, axis=0)]) for array in arrays]
    return [*longer, np.repeat([1.0, 0.0], [samples, more]), float(samples)]


CANNOT_BE_WEIGHED = {
    "a convolution",
    "a gated recurrent network",
    "a long sequence",
    "a mixture of gaussians",
    "a network that reads number by number",
    "a polynomial",
    "a recurrent network",
    "a set of points",
    "a spread that is learned",
    "attention",
    "features of many kinds",
    "products of all pairs of features",
    "the largest of three",
    "two of a kind",
    "users and films",
    "what comes next",
}  # not all of them, or not in every case: numbers of all samples are laid beside each other


def test_batch_normalization_is_weighed():
    """Every sample meets all others there, and by sums alone."""
    problem = sample_losses.drawn("batch normalization", 0)
    program = tinygrad_edu.compile(problem.function, wrt=problem.parameters, batch=problem.batch(12))
    assert weighed(program.formulas) is not None
