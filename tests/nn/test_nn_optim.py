"""Do the optimizers step as their formulas and as PyTorch do?"""

import copy
import pickle

import numpy as np
import pytest

from tinygrad_edu import GradientWarning, Value, nn
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn import schedules


def test_a_step_is_the_learning_rate_times_the_gradient():
    w, b = Value(1.0), Value(-2.0)
    optimizer = nn.SGD([w, b], lr=0.5)
    (3 * w + b * b).backward()
    optimizer.step()
    assert (w.data, b.data) == (1.0 - 0.5 * 3, -2.0 - 0.5 * -4)


def test_momentum_repeats_the_last_steps():
    w = Value(0.0)
    optimizer = nn.SGD([w], lr=1.0, momentum=0.5)
    seen = []
    for _ in range(4):
        optimizer.zero_grad()
        (2 * w).backward()
        optimizer.step()
        seen.append(w.data)
    assert seen == [-2.0, -5.0, -8.5, -12.25]  # velocities 2, 3, 3.5, 3.75


def test_a_step_leaves_the_graph_before_it_as_it_was():
    w = Value(2.0)
    loss = w * w
    optimizer = nn.SGD([w], lr=1.0)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    with pytest.warns(GradientWarning, match="again on a graph whose numbers have changed"):
        loss.backward()
    assert (w.data, w.grad) == (-2.0, 4.0)


def test_a_parameter_without_a_gradient_is_not_moved():
    used, unused = Value(1.0), Value(1.0)
    optimizer = nn.SGD([used, unused], lr=0.1, momentum=0.9, weight_decay=0.5)
    (2 * used).backward()
    optimizer.step()
    assert (used.data, unused.data) == (1.0 - 0.1 * 2.5, 1.0)


def test_a_parameter_listed_twice_is_moved_once():
    w = Value(1.0)
    optimizer = nn.SGD([w, w], lr=0.1)
    (2 * w).backward()
    optimizer.step()
    assert w.data == 1.0 - 0.1 * 2


def test_zero_grad_resets_and_leaves_accumulate_without_it():
    w = Value(1.0)
    optimizer = nn.SGD([w], lr=0.1)
    (2 * w).backward()
    (2 * w).backward()
    assert w.grad == 4.0
    optimizer.zero_grad()
    assert not w.has_grad


def test_the_learning_rate_may_change_during_training():
    w = Value(0.0)
    optimizer = nn.SGD([w], lr=1.0)
    (2 * w).backward()
    optimizer.lr = 0.25
    optimizer.step()
    assert w.data == -0.5


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"lr": 0.0}, "a learning rate is above 0"),
        ({"lr": -0.1}, "a learning rate is above 0"),
        ({"lr": float("nan")}, "a learning rate is above 0"),
        ({"lr": float("inf")}, "a learning rate is above 0, and finite"),
        ({"lr": 0.1, "weight_decay": float("inf")}, "a weight decay is 0 or more, and finite"),
        ({"lr": 0.1, "momentum": 1.0}, "momentum is 0 or more, below 1"),
        ({"lr": 0.1, "momentum": -0.5}, "momentum is 0 or more, below 1"),
        ({"lr": 0.1, "nesterov": True}, "it needs a momentum above 0"),
        ({"lr": 0.1, "weight_decay": -1e-4}, "a weight decay is 0 or more"),
    ],
)
def test_a_number_out_of_its_range_is_refused(options, wrong):
    with pytest.raises(OptionError, match=wrong):
        nn.SGD([Value(1.0)], **options)


def test_no_parameters_are_refused_with_what_to_write():
    with pytest.raises(OptionError, match=r"nothing to train\n.*SGD\(model.parameters\(\)\)"):
        nn.SGD([])


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"betas": (0.9, 1.0)}, "both are 0 or more, below 1"),
        ({"eps": -1.0}, "eps is 0 or more"),
        ({"max_norm": 0.0}, "the limit of a gradient is above 0"),
        ({"max_value": -1.0}, "the limit of a gradient is above 0"),
    ],
)
def test_adam_refuses_a_number_out_of_its_range(options, wrong):
    with pytest.raises(OptionError, match=wrong):
        nn.Adam([Value(1.0)], **options)


def test_parameters_that_are_not_values_are_refused_with_what_to_write():
    with pytest.raises(OptionError, match=r"SGD of floats such as 1.0\n(.*\n)*.*SGD\(program.parameters\)"):
        nn.SGD([1.0, 2.0])
    with pytest.raises(OptionError, match=r"it moves Values, or an array of numbers"):
        nn.SGD(3.0)
    with pytest.raises(SizeError, match=r"shape \(2, 2\) and type float64"):
        nn.SGD(np.zeros((2, 2)))


def test_parameters_that_are_not_values_are_named_by_type_and_first_element():
    with pytest.raises(OptionError, match="strs such as 'w'"):
        nn.Adam([Value(1.0), "w", 3], lr=0.1)


def test_a_custom_optimizer_defines_how_numbers_move():
    with pytest.raises(NotImplementedError, match="has to define moved"):
        nn.Optimizer([Value(1.0)], 0.1).step()


def test_values_hold_their_gradients_and_an_array_is_passed_one():
    with pytest.raises(SizeError, match=r"they hold their gradients themselves"):
        nn.SGD([Value(1.0)]).step([1.0])
    with pytest.raises(SizeError, match=r"step of 2 numbers with a gradient of shape \(3,\)"):
        nn.SGD(np.zeros(2)).step([1.0, 2.0, 3.0])
    with pytest.raises(SizeError, match=r"optimizer.step\(gradient\)"):
        nn.SGD(np.zeros(2)).step()


def test_an_array_is_moved_in_place_as_values_are():
    for make in (nn.SGD, nn.Adam, nn.AdamW):
        w, v = Value(1.0), Value(-2.0)
        numbers = np.array([1.0, -2.0])
        ours, arrays = make([w, v], lr=0.1, weight_decay=0.1), make(numbers, lr=0.1, weight_decay=0.1)
        for _ in range(5):
            ours.zero_grad()
            (w * w + 3 * v).backward()
            arrays.step([w.grad, v.grad])
            ours.step()
            assert numbers.tolist() == [w.data, v.data]


def test_an_array_of_parameters_has_no_gradients_to_reset():
    numbers = np.array([1.0, 2.0])
    optimizer = nn.SGD(numbers, lr=0.5)
    optimizer.zero_grad()
    optimizer.step([2.0, 0.0])
    assert numbers.tolist() == [0.0, 2.0]


def test_adam_starts_its_averages_when_a_parameter_first_has_a_gradient():
    early, late, alone = Value(1.0), Value(1.0), Value(1.0)
    both, one = nn.Adam([early, late], lr=0.1), nn.Adam([alone], lr=0.1)
    early.grad = 1.0
    both.step()
    assert late.data == 1.0
    late.grad = alone.grad = 0.3
    both.step()
    one.step()
    assert late.data == alone.data


def valley(x, y, z):
    return (x - 1) ** 2 + 5 * (y - x * x) ** 2 + (x * y - z) ** 2


def pytorch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: `pip install torch` to compare with it")


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {}),
        ("SGD", {"momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "nesterov": True}),
        ("SGD", {"weight_decay": 0.1}),
        ("SGD", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
        ("Adam", {}),
        ("Adam", {"betas": (0.8, 0.95), "eps": 1e-4}),
        ("Adam", {"betas": (0.3, 0.4)}),
        ("Adam", {"weight_decay": 0.1}),
        ("AdamW", {"weight_decay": 0.01}),
        ("AdamW", {"weight_decay": 0.3, "betas": (0.5, 0.9)}),
    ],
    ids=str,
)
@pytest.mark.parametrize("clip", [{}, {"max_norm": 0.5}, {"max_value": 0.2}], ids=str)
def test_fifty_steps_equal_pytorchs(name, options, clip):
    torch = pytorch()
    start = np.random.default_rng(0).normal(size=3).tolist()
    ours, theirs = [Value(number) for number in start], torch.tensor(start, dtype=torch.float64, requires_grad=True)
    array = np.array(start)
    mine = getattr(nn, name)(ours, lr=0.03, **options, **clip)
    program = getattr(nn, name)(array, lr=0.03, **options, **clip)
    other = getattr(torch.optim, name)([theirs], lr=0.03, **options)
    for _ in range(50):
        mine.zero_grad()
        valley(*ours).backward()
        gradient = [p.grad for p in ours]
        program.step(gradient)
        mine.step()
        theirs.grad = torch.tensor(gradient, dtype=torch.float64)  # the same: it is the step that is compared
        if "max_norm" in clip:
            torch.nn.utils.clip_grad_norm_([theirs], **clip)
        if "max_value" in clip:
            torch.nn.utils.clip_grad_value_([theirs], clip["max_value"])
        other.step()
        assert [p.data for p in ours] == pytest.approx(theirs.tolist(), rel=1e-12, abs=1e-12)
        assert array.tolist() == [p.data for p in ours]


@pytest.mark.torch
@pytest.mark.parametrize("name", ["constant", "step", "linear", "cosine", "warm_up"])
def test_fifty_learning_rates_equal_pytorchs(name):
    torch = pytorch()
    rates = torch.optim.lr_scheduler
    ours, theirs = {
        "constant": (schedules.constant(0.3, steps=7), lambda o: rates.ConstantLR(o, 0.3, 7)),
        "step": (schedules.step(8, factor=0.5), lambda o: rates.StepLR(o, 8, 0.5)),
        "linear": (schedules.linear(30, 1.0, 0.2), lambda o: rates.LinearLR(o, 1.0, 0.2, 30)),
        "cosine": (schedules.cosine(50, end=0.1), lambda o: rates.CosineAnnealingLR(o, 50, 0.1 * 0.05)),
        "warm_up": (
            schedules.warm_up(10, then=schedules.step(15), start=0.2),
            lambda o: rates.SequentialLR(o, [rates.LinearLR(o, 0.2, 1.0, 10), rates.StepLR(o, 15)], [10]),
        ),
    }[name]
    start = [0.5, -0.5, 1.0]
    values, tensor = [Value(number) for number in start], torch.tensor(start, dtype=torch.float64, requires_grad=True)
    mine, other = nn.SGD(values, lr=0.05, schedule=ours), torch.optim.SGD([tensor], lr=0.05)
    schedule = theirs(other)
    for _ in range(50):
        assert mine.current_lr == pytest.approx(other.param_groups[0]["lr"], rel=1e-12)
        mine.zero_grad()
        valley(*values).backward()
        mine.step()
        other.zero_grad()
        valley(*tensor).backward()
        other.step()
        schedule.step()
        assert [p.data for p in values] == pytest.approx(tensor.tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("most", [0.5, 1e6])
def test_clipping_equals_pytorchs(most):
    torch = pytorch()
    values, tensor = [Value(1.0), Value(2.0)], torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    for x in (values, tensor):
        (x[0] * x[1] * 3).backward()
    assert nn.clip_grad_norm(values, most) == pytest.approx(float(torch.nn.utils.clip_grad_norm_([tensor], most)))
    assert [x.grad for x in values] == pytest.approx(tensor.grad.tolist(), rel=1e-12)
    nn.clip_grad_value(values, 0.1)
    torch.nn.utils.clip_grad_value_([tensor], 0.1)
    assert [x.grad for x in values] == pytest.approx(tensor.grad.tolist(), rel=1e-12)


@pytest.mark.parametrize("make", [schedules.step, schedules.linear, schedules.cosine, schedules.warm_up])
def test_a_schedule_of_no_steps_is_refused(make):
    with pytest.raises(OptionError, match="a schedule has at least one step"):
        make(0)


def test_an_optimizer_whose_parameters_were_replaced_by_fewer_raises():
    values = [Value(1.0), Value(2.0), Value(3.0)]
    optimizer = nn.Adam(values, lr=0.1)
    optimizer.parameters = values[:2]
    with pytest.raises(SizeError, match=r"step of 2 parameters\n.*this Adam was made for 3 parameters"):
        optimizer.step()


# Copies


@pytest.mark.parametrize(
    "schedule",
    [
        None,
        schedules.constant(0.5, steps=3),
        schedules.step(2, factor=0.5),
        schedules.linear(6),
        schedules.cosine(6),
        schedules.warm_up(3, then=schedules.cosine(4)),
    ],
)
@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.AdamW])
@pytest.mark.parametrize("copied", [lambda thing: pickle.loads(pickle.dumps(thing)), copy.deepcopy])
def test_a_copied_optimizer_continues_as_the_original_would(make, schedule, copied):
    options = {"momentum": 0.9} if make is nn.SGD else {}

    def steps(values, optimizer, count):
        for _ in range(count):
            optimizer.zero_grad()
            sum((value - 3) ** 2 for value in values).backward()
            optimizer.step()

    values = [Value(1.0), Value(-2.0)]
    optimizer = make(values, lr=0.1, schedule=schedule, **options)
    steps(values, optimizer, 3)
    others, other = copied((values, optimizer))
    assert other.parameters == others
    steps(values, optimizer, 4)
    steps(others, other, 4)
    assert [value.data for value in others] == [value.data for value in values]
    assert other.current_lr == optimizer.current_lr


def test_a_schedule_says_its_name_and_numbers_and_can_be_made_again():
    falling = [schedules.step(7), schedules.linear(9, start=0.5), schedules.cosine(8, end=0.1)]
    for schedule in (*falling, schedules.constant(0.2, 5)):
        name, numbers = schedules.form_of(schedule)
        again = getattr(schedules, name)(*numbers.values())
        assert [again(n) for n in range(12)] == [schedule(n) for n in range(12)]
        warm = schedules.warm_up(3, then=schedule, start=0.2)
        assert schedules.form_of(warm) == (name, {"warm_up": 3, "warm_up_start": 0.2, **numbers})


def test_a_schedule_of_ones_own_has_no_name():
    own = schedules.warm_up(3, then=lambda n: 1.0)
    assert [schedules.form_of(schedule) for schedule in (lambda n: 1.0, own, None)] == [None, None, None]
