"""Does SGD step as its formula and as PyTorch do?"""

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import OptionError


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
    loss.backward()
    assert (w.data, w.grad) == (-2.0, 4.0)


def test_what_no_sweep_has_reached_stays_as_it_is():
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


def test_zero_grad_forgets_and_leaves_accumulate_without_it():
    w = Value(1.0)
    optimizer = nn.SGD([w], lr=0.1)
    (2 * w).backward()
    (2 * w).backward()
    assert w.grad == 4.0
    optimizer.zero_grad()
    assert not w.has_grad


def test_the_learning_rate_may_change_on_the_way():
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
        ({"lr": 0.1, "momentum": 1.0}, "momentum is 0 or more, below 1"),
        ({"lr": 0.1, "momentum": -0.5}, "momentum is 0 or more, below 1"),
        ({"lr": 0.1, "nesterov": True}, "it looks ahead along the momentum"),
        ({"lr": 0.1, "weight_decay": -1e-4}, "a weight decay is 0 or more"),
    ],
)
def test_a_number_out_of_its_range_is_refused(options, wrong):
    with pytest.raises(OptionError, match=wrong):
        nn.SGD([Value(1.0)], **options)


def test_no_parameters_are_refused_with_what_to_write():
    with pytest.raises(OptionError, match=r"nothing to train\n.*SGD\(model.parameters\(\)\)"):
        nn.SGD([])


@pytest.mark.torch
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"weight_decay": 0.1},
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    ],
    ids=str,
)
def test_fifty_steps_equal_pytorchs(options):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: `pip install torch` to compare with it")
    start = np.random.default_rng(0).normal(size=3).tolist()
    ours, theirs = [Value(number) for number in start], torch.tensor(start, dtype=torch.float64, requires_grad=True)
    mine = nn.SGD(ours, lr=0.03, **options)
    other = torch.optim.SGD([theirs], lr=0.03, **options)

    def valley(x, y, z):
        return (x - 1) ** 2 + 5 * (y - x * x) ** 2 + (x * y - z) ** 2

    for _ in range(50):
        mine.zero_grad()
        valley(*ours).backward()
        mine.step()
        other.zero_grad()
        valley(*theirs).backward()
        other.step()
        assert [p.data for p in ours] == pytest.approx(theirs.tolist(), rel=1e-12, abs=1e-12)
