"""Is what repeats written as a loop, and is the loop right in value, gradient and outputs, at numbers that are new?"""

import cProfile
import math
import pickle
import pstats

import families
import languages
import numpy as np
import pytest
import recurrent_graphs
from sampling import long_case, sample

import tinygrad_edu
from tinygrad_edu import Value, nn, viz
from tinygrad_edu.functions import dot

IN_JAX = [("jax", range(first, first + 4)) for first in (0, 4, 8, 12)]


def lines_of(source):
    return [line for line in source.splitlines()[1:] if line]


def compiled(name):
    loss, wrt = families.families[name]()
    return tinygrad_edu.compile(loss, wrt=wrt)


def iterated(steps, function, *numbers):
    """x, f(x), f(f(x)) …, with parameters of the given numbers after x."""
    leaves = [Value(number) for number in numbers]
    x, *others = leaves
    seen = []
    for _ in range(steps):
        x = function(x, *others)
        seen.append(x)
    return leaves, seen


@pytest.mark.parametrize("group", sample(range(6)))
def test_a_loop_put_together_at_random_gives_what_its_graph_gives_at_numbers_it_has_not_seen(group):
    assert [wrong for seed in range(group, 240, 6) if (wrong := recurrent_graphs.wrong(seed))] == []


@pytest.mark.parametrize("seed", [640, 1245, 1859, 3932, 6885])  # each was wrong once, for a reason of its own
def test_a_loop_that_was_wrong_once_stays_right(seed):
    assert recurrent_graphs.wrong(seed) == ""


@pytest.mark.parametrize(("language", "seeds"), [("javascript", range(16)), *map(long_case, IN_JAX)])
def test_a_loop_is_right_in_other_languages(language, seeds):
    languages.skip_without(language)
    with languages.compiling_to(language):
        assert [wrong for seed in seeds if (wrong := recurrent_graphs.wrong(seed))] == []


def test_a_loop_is_traced_once_in_jax_and_is_a_loop_in_javascript():
    program = compiled("iterated_sine")
    assert program.source_for("jax").count(" = fori_loop(0, 100, ") == 2
    javascript = program.source_for("javascript")
    assert "for (let t = 0; t < 100; t++) {" in javascript
    assert "for (let t = 99; t >= 0; t--) {" in javascript


def test_a_derivation_says_for_which_steps_its_lines_hold():
    lines = compiled("iterated_sine").latex().splitlines()
    assert r"&\text{for } t = 0,\, 1,\, \ldots,\, 99 \\" in lines
    assert r"s_{1}^{(t + 1)} &= k_{1}^{(t)} \cdot a + b \\" in lines


def test_many_of_the_random_losses_have_a_loop():
    losses = [recurrent_graphs.recurrent_loss(seed) for seed in range(20)]
    sources = [tinygrad_edu.compile(each.loss, wrt=each.parameters, inputs=each.inputs).source for each in losses]
    assert sum("for t in range" in source for source in sources) > 5


def test_an_iteration_is_one_loop_each_way():
    (x, a), seen = iterated(50, lambda x, a: (a * x).sin(), 0.5, 1.3)
    program = tinygrad_edu.compile(seen[-1], wrt=[x, a])
    seen[-1].backward()
    assert program.source.count("for t in range(50):") == program.source.count("for t in reversed(range(50)):") == 1
    assert len(lines_of(program.source)) < 25
    assert program() == (pytest.approx(seen[-1].data), pytest.approx([x.grad, a.grad]))


@pytest.mark.parametrize(("steps", "is_loop"), [(7, False), (8, True)])
def test_a_few_steps_are_written_out(steps, is_loop):
    leaves, seen = iterated(steps, lambda x, a: (a * x).sin(), 0.5, 1.3)
    assert ("for t in" in tinygrad_edu.compile(seen[-1], wrt=leaves).source) == is_loop


def test_a_program_with_a_loop_takes_other_parameters_and_other_inputs():
    weight, inputs = Value(0.4), [Value(0.1 * n) for n in range(12)]

    def loss_at(w, xs):
        h = Value(0.0)
        for x in xs:
            h = (w * h + x).tanh()
        return h * h

    program = tinygrad_edu.compile(loss_at(weight, inputs), wrt=[weight], inputs=inputs)
    others = [math.sin(n) for n in range(12)]
    program.parameters = [-0.7]
    w = Value(-0.7)
    right = loss_at(w, list(map(Value, others)))
    right.backward()
    assert "for t in range(12)" in program.source
    assert program(others) == (pytest.approx(right.data), pytest.approx([w.grad]))
    assert pickle.loads(pickle.dumps(program))(others) == program(others)


def test_what_every_step_gives_can_be_asked_for():
    leaves, seen = iterated(20, lambda x, a: (a * x).sin(), 0.5, 1.3)
    program = tinygrad_edu.compile(seen[-1], wrt=leaves, outputs=seen)
    program()
    assert program.outputs == pytest.approx([each.data for each in seen])


def test_a_step_may_read_the_step_before_the_last():
    x = [Value(0.3), Value(0.5)]
    leaves = list(x)
    for _ in range(20):
        x.append((x[-1] * 0.9 - 0.5 * x[-2]).sin())
    program = tinygrad_edu.compile(x[-1], wrt=leaves)
    x[-1].backward()
    assert "for t in range(" in program.source
    assert program()[1] == pytest.approx([leaf.grad for leaf in leaves])


def test_a_step_that_is_not_like_the_others_is_no_part_of_the_loop():
    (x,) = leaves = [Value(0.5)]
    for step in range(40):
        x = x.sin() + 0.1 if step != 20 else x.cos()
    program = tinygrad_edu.compile(x, wrt=leaves)
    x.backward()
    assert program.source.count("in range(") == 2
    assert "np.cos(s1[20])" in program.source
    assert program()[1] == pytest.approx([leaves[0].grad])


def test_a_prediction_of_every_step_is_one_product_behind_the_loop():
    program = compiled("rnn_that_predicts_every_step")
    forward, _, _ = program.source.partition("loss =")
    loop = [line for line in forward.splitlines() if line.startswith("        ")]
    assert loop == ["        H1[t + 1] = np.tanh(t1[t] + W_2 @ H1[t] + p)"]


def test_a_recurrent_network_reads_as_in_the_book():
    source = compiled("rnn_20").source
    assert "t1 = X @ W.T" in source
    assert "H1[t + 1] = np.tanh(t1[t] + W_2 @ H1[t] + p)" in source
    assert "for t in reversed(range(20)):" in source
    assert "dW = dt1.T @ X" in source


def test_a_recurrent_network_over_a_batch_is_a_matrix_product_in_each_step():
    assert "H1[t + 1] = np.tanh(t2[t] + H1[t] @ W_2.T + p)" in compiled("rnn_over_a_batch").source


def test_the_weights_of_inputs_stay_apart_from_those_of_states_in_one_weighted_sum():
    source = compiled("rnn_with_one_dot").source
    assert "H1[t + 1] = np.tanh(X[t] @ W.T + H1[t] @ W_2.T + p)" in source


def test_a_deep_network_of_equal_layers_is_a_loop_over_its_layers():
    model = nn.MLP(4, [4] * 10 + [1], seed=0)
    rng = np.random.default_rng(0)
    loss = nn.mse_loss([model(x) for x in rng.normal(size=(6, 4))], rng.normal(size=6))
    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    loss.backward()
    assert "k1[t] = H1[t] @ t1[t].T + W_2[t]" in program.source
    assert program()[1] == pytest.approx([leaf.grad for leaf in model.parameters()])


def test_what_every_step_computes_alike_from_parameters_is_computed_once():
    (x, k), seen = iterated(20, lambda x, k: x - 0.01 * k * x.sin(), 0.5, 9.81)
    k.label = "k"
    lines = tinygrad_edu.compile(seen[-1], wrt=[x, k]).source.splitlines()
    assert [line for line in lines if "0.01 * k" in line] == ["    t1 = 0.01 * k"]


def test_a_loop_is_no_longer_for_more_steps():
    def length(steps):
        loss, wrt = families.rnn(steps)
        return len(tinygrad_edu.compile(loss, wrt=wrt).lines)

    assert length(20) == length(40)


MOST_LINES = {"lotka_volterra": 110, "causal_attention": 110}  # four slopes a step; a sum of another length a row


@pytest.mark.parametrize("name", sample(families.families, few=16))
def test_a_family_of_losses_stays_readable_and_right(name):
    loss, wrt = families.families[name]()
    program = tinygrad_edu.compile(loss, wrt=wrt)
    loss.backward()
    value, gradient = program()
    assert len(lines_of(program.source)) <= MOST_LINES.get(name, 80)
    assert value == pytest.approx(loss.data, rel=1e-9)
    assert gradient == pytest.approx([leaf.grad for leaf in wrt], rel=1e-8, abs=1e-8)


def test_the_heat_equation_moves_all_inner_points_at_once():
    program = compiled("heat_equation")
    assert "for t in range(100):" in program.source
    assert "H1[t + 1] = H1[t] + r * k1[t]" in program.source


def test_an_output_of_a_constant_inside_a_step_is_right():
    """What is multiplied by 1 is what it was: a node of a step may stand for another one."""
    (x,), seen = iterated(12, lambda x: (x * 1.0 + 0.2).sin(), 0.5)
    squares = [each * 1.0 for each in seen]
    program = tinygrad_edu.compile(sum(squares), wrt=[x], outputs=squares)
    program()
    assert program.outputs == pytest.approx([each.data for each in seen])


def test_memory_explanation_and_drawing_know_the_arrays_of_a_loop():
    program = compiled("iterated_sine")
    kept = {each.name for each in program.memory().kept}
    assert kept == {"s1", "k1"}
    assert "s1" in program.explain()
    assert "ds1" in program.explain()
    assert "a loop of 100 steps" in viz.draw(program).source


def test_a_domain_error_inside_a_loop_says_which_line_it_is():
    (x, a), seen = iterated(10, lambda x, a: (x * a + 1).log() + 1, 1.0, 0.5)
    program = tinygrad_edu.compile(seen[-1], wrt=[x, a], check=True)
    program.parameters = [1.0, -5.0]
    with pytest.raises(tinygrad_edu.errors.DomainError, match=r"np\.log"):
        program()


def test_two_sequences_one_after_the_other_are_two_loops():
    w, x = Value(0.7), Value(0.3)
    for _ in range(15):
        x = (w * x + 0.1).tanh()
    for _ in range(12):
        x = (x / (1 + w * w)).sin() + 0.3 * w
    program = tinygrad_edu.compile(x, wrt=[w])
    x.backward()
    assert program.source.count("for t in range(") == 2
    assert program()[1] == pytest.approx([w.grad])


@pytest.mark.parametrize("steps", [4, 20])
@pytest.mark.parametrize("loss_of", [lambda p, q: p.exp() * q.tanh(), lambda p, q: p.exp() + 3 * q.tanh()])
def test_two_sequences_that_give_the_same_number_here_stay_two(loss_of, steps):
    """The numbers of what a loop gives are those of one point, and say nothing of others."""

    def loss_at(x, a, y, b, scale):
        for _ in range(steps):
            x, y = (x * a).sin(), (y * b).sin()
        factor = scale.sin()
        return loss_of(x * factor, y * factor)

    leaves = [Value(number) for number in (0.5, 0.9, 0.5, 0.9, 0.3)]
    program = tinygrad_edu.compile(loss_at(*leaves), wrt=leaves)
    others = [Value(number) for number in (0.5, 0.9, -0.4, 1.1, 0.7)]
    right = loss_at(*others)
    right.backward()
    program.parameters = [leaf.data for leaf in others]
    assert program() == (pytest.approx(right.data), pytest.approx([leaf.grad for leaf in others]))


# Sums


def test_what_is_taken_away_again_and_again_is_one_sum():
    weights = [Value(0.1), Value(-0.2)]
    rng = np.random.default_rng(0)
    total = 0.0
    for row in rng.normal(size=(30, 2)).tolist():
        total -= dot(weights, row).sigmoid().log()
    program = tinygrad_edu.compile(total, wrt=weights)
    total.backward()
    assert "loss = -np.log(" in program.source
    assert len(program.lines) < 6
    assert program() == (pytest.approx(total.data), pytest.approx([w.grad for w in weights]))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -0.0, 0.0])
def test_a_sum_with_what_is_taken_away_keeps_inf_and_nan(number):
    terms = [Value(number), Value(2.0), Value(1.0), Value(3.0)]
    total = terms[0] - terms[1] - terms[2] - terms[3] + 1.0
    with np.errstate(invalid="ignore"):
        value, gradient = tinygrad_edu.compile(total, wrt=terms)()
    assert value == pytest.approx(total.data, nan_ok=True)
    assert gradient.tolist() == [1.0, -1.0, -1.0, -1.0]


def test_a_short_difference_stays_as_it_is_written():
    a, b, c = (Value(number, label=name) for number, name in ((1.0, "a"), (2.0, "b"), (3.0, "c")))
    assert "loss = a - b + c" in tinygrad_edu.compile(a - b + c, wrt=[a, b, c]).source


def test_a_layer_whose_input_is_scaled_keeps_its_product():
    source = compiled("network_with_scaled_layer").source
    assert "t2 = 0.5 * t1  " in source
    assert "t3 = np.tanh(t2 @ W_2.T)" in source


def test_a_chain_of_operations_takes_time_in_proportion():
    """Counted in calls, not in seconds: twice as long a graph without repetition, about twice the work."""

    def calls(n):
        rng = np.random.default_rng(n)
        x = start = Value(0.5)
        for kind in rng.integers(0, 3, n).tolist():
            x = [x.sin, x.tanh, (x * 0.9 + start).cos][kind]()
        return counted_calls(lambda: tinygrad_edu.compile(x, wrt=[start]))

    assert calls(800) < 2.4 * calls(400)


def test_a_step_more_is_found_with_less_work_than_three_eager_steps():
    """Counted in calls: in the eager sweep, a call or two for each operation."""

    def calls(steps):
        loss, wrt = families.pendulum(steps)
        return counted_calls(lambda: tinygrad_edu.compile(loss, wrt=wrt))

    def eager_calls(steps):
        return counted_calls(lambda: families.pendulum(steps)[0].backward())

    calls(20)  # what is made once, in the first program of all, is no part of a step
    assert calls(300) - calls(200) < 3 * (eager_calls(300) - eager_calls(200))


def counted_calls(function):
    profile = cProfile.Profile()
    profile.runcall(function)
    return pstats.Stats(profile).total_calls


def changed_at(program, graph_of, wrt, numbers):
    """Value and gradient of a program at other numbers, and those of the graph made of them."""
    program.parameters = numbers
    for leaf, number in zip(wrt, numbers, strict=True):
        leaf.data = number
        leaf.grad = 0.0
    loss = graph_of(wrt)
    loss.backward()
    value, gradient = program()
    return np.array([value, *gradient]), np.array([loss.data, *(leaf.grad for leaf in wrt)])


def sines(wrt, steps=20):
    x, a = wrt
    for _ in range(steps):
        x = x.sin() * a
    return x


def sines_seen_at_every_step(wrt, steps=20):
    x, a = wrt
    loss = 0.0
    for step in range(steps):
        x = x.sin() * a
        loss += (x - 0.1 * step) ** 2
    return loss


def fractions_from_a_constant(wrt, steps=20):
    (a,) = wrt
    x = Value(2.0)
    for _ in range(steps):
        x = a / x + 1.0
    return x


def three_steps_ago(wrt, steps=30):
    x, a = wrt
    seen = [x, x * a, x * a * a]
    for _ in range(steps):
        seen.append((seen[-1] * a + seen[-3] * 0.5).tanh())
    return seen[-1] * seen[-2] + seen[-3]


@pytest.mark.parametrize(
    ("graph_of", "numbers", "lists"),
    [
        (sines, [0.5, 0.9], {"s1", "k1", "ds1"}),
        (sines_seen_at_every_step, [0.5, 0.9], {"k1"}),  # the loss reads all of s1 at once, and gives all of ds1
        (fractions_from_a_constant, [3.0], {"s1", "k1", "ds1"}),
        (
            three_steps_ago,
            [0.5, 0.9],
            set(),
        ),  # into ds1 several steps add, and the loss before them; s1 is read for that
    ],
)
def test_numbers_that_are_read_one_by_one_are_in_lists_and_vectors_in_arrays(graph_of, numbers, lists):
    wrt = [Value(number, label=name) for number, name in zip(numbers, "xa", strict=False)]
    program = tinygrad_edu.compile(graph_of(wrt), wrt=wrt)
    assert program.formulas.one_by_one == lists, program.source
    for name in lists:
        assert any(name in line and "[np.float64(0)] * " in line for line in lines_of(program.source))
    for scale in (1.0, 0.7, -1.3):
        found, right = changed_at(program, graph_of, wrt, [scale * number for number in numbers])
        assert found == pytest.approx(right, rel=1e-11, abs=1e-13)


def test_a_division_by_zero_in_a_loop_gives_inf_as_in_numpy():
    """Numbers of Python's own would raise a ZeroDivisionError."""

    def graph_of(wrt):
        x, a = Value(0.0), wrt[0]
        for _ in range(12):
            x = a / (1.0 - x)
        return x

    a = Value(0.2, label="a")
    program = tinygrad_edu.compile(graph_of([a]), wrt=[a])
    assert program.formulas.one_by_one, program.source
    program.parameters = [1.0]  # the second step divides by 1 - 1
    assert not np.isfinite(program()[1]).all()


def test_what_is_chosen_in_a_step_is_not_shared_between_rows():
    """np.where gives arrays of no axis, which += would change in every place they are known at."""

    def graph_of(wrt):
        x, a = wrt
        for _ in range(15):
            x = x.maximum(0.3) * a + x.abs() * 0.1
        return x * a + x

    wrt = [Value(0.5, label="x"), Value(0.9, label="a")]
    program = tinygrad_edu.compile(graph_of(wrt), wrt=wrt)
    assert program.formulas.one_by_one, program.source
    for numbers in ([0.5, 0.9], [-2.0, 0.4], [0.2, -1.1]):
        found, right = changed_at(program, graph_of, wrt, numbers)
        assert found == pytest.approx(right, rel=1e-11)
