"""Are the losses what their formulas say, equal to PyTorch's, and clear about targets that they cannot mean?"""

import math

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import Value, gradcheck, nn
from tinygrad_edu.errors import DomainError, OptionError, SizeError

ELEMENTWISE = [nn.mse_loss, nn.hinge_loss, nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits]
ALL = [*ELEMENTWISE, nn.cross_entropy]


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# By hand


def test_the_squared_error_by_hand():
    assert nn.mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0]).data == (1 + 4) / 2
    assert nn.mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0], reduction="sum").data == 1 + 4


def test_the_hinge_by_hand():
    scores = [Value(2.0), Value(0.25), Value(-3.0), Value(1.0)]
    loss = nn.hinge_loss(scores, [1, 1, 1, -1], reduction="sum")
    assert loss.data == 0 + 0.75 + 4 + 2
    loss.backward()
    assert [score.grad for score in scores] == [0.0, -1.0, -1.0, 1.0]


def test_the_cross_entropies_by_hand():
    p, z = 0.8, math.log(0.8 / 0.2)
    for target, surprise in ((1, -math.log(0.8)), (0, -math.log(0.2)), (0.5, -math.log(0.8 * 0.2) / 2)):
        assert nn.binary_cross_entropy([Value(p)], [target]).data == pytest.approx(surprise, rel=1e-14)
        assert nn.binary_cross_entropy_with_logits([Value(z)], [target]).data == pytest.approx(surprise, rel=1e-14)
    logits = [Value(math.log(n)) for n in (1, 2, 5)]
    loss = nn.cross_entropy([logits], [2])
    assert loss.data == pytest.approx(-math.log(5 / 8), rel=1e-14)
    loss.backward()
    assert [z.grad for z in logits] == pytest.approx([1 / 8, 2 / 8, 5 / 8 - 1], rel=1e-14)


# What may stand for predictions and targets


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_nested_lists_arrays_and_single_numbers_mean_the_same(loss):
    flat = loss([Value(0.2), Value(0.9)], [1, 1]).data
    assert loss([[Value(0.2)], [Value(0.9)]], [[1], [1]]).data == flat
    assert loss([[Value(0.2), Value(0.9)]], np.array([[1, 1]])).data == flat
    assert loss((Value(p) for p in (0.2, 0.9)), np.array([1.0, 1.0])).data == flat
    assert loss([Value(0.2), Value(0.9)], np.array([[1], [1]])).data == flat  # a column: PyTorch would make 4 pairs
    assert loss(Value(0.2), 1).data == loss([0.2], [1]).data == loss([Value(0.2)], np.float64(1)).data


def test_a_target_may_be_a_value_with_a_gradient():
    p, t = Value(0.3), Value(0.6)
    nn.mse_loss([p], [t]).backward()
    assert (p.grad, t.grad) == pytest.approx((-0.6, 0.6), rel=1e-14)
    for loss in (nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits):
        assert gradcheck(loss([Value(0.3, label="p")], [Value(0.6, label="t")])).ok


@pytest.mark.parametrize("loss", ALL)
def test_a_loss_is_a_value_even_of_plain_numbers(loss):
    rows = [[0.2, 0.7]] if loss is nn.cross_entropy else [0.2]
    assert isinstance(loss(rows, [1]), Value)


@pytest.mark.parametrize("loss", ELEMENTWISE)
@pytest.mark.parametrize(
    ("predictions", "targets", "sizes"),
    [
        ([0.5, 0.5, 0.5], [1, 1], "3 predictions and 2 targets"),
        ([0.5], [], "1 predictions and 0 targets"),
        ([], [], "0 predictions and 0 targets"),
        ([[0.5, 0.5]], [[1, 1, 1]], "2 predictions and 3 targets"),
        ([[0.5, 0.5], [0.5, 0.5]], [1, 1], "2 predictions and 1 targets"),
        ([[0.5] * 3] * 2, [[1] * 2] * 3, "2 predictions and 3 targets"),
    ],
)
def test_other_sizes_are_refused_with_both(loss, predictions, targets, sizes):
    assert f"a loss of {sizes}" in message(SizeError, lambda: loss(predictions, targets))


def test_cross_entropy_refuses_other_sizes():
    assert "a loss of 1 predictions and 2 targets" in message(SizeError, lambda: nn.cross_entropy([[0.0, 1.0]], [1, 0]))
    assert "a loss of 0 predictions" in message(SizeError, lambda: nn.cross_entropy([], []))
    text = message(SizeError, lambda: nn.cross_entropy([Value(0.3)], [0]))
    assert "compares the logits of two classes or more" in text
    assert "binary_cross_entropy_with_logits" in text


@pytest.mark.parametrize("loss", ALL)
def test_an_unknown_reduction_lists_both(loss):
    rows = [[0.2, 0.7]] if loss is nn.cross_entropy else [0.2]
    text = message(OptionError, lambda: loss(rows, [1], reduction="means"))
    assert "the choices are mean, sum" in text
    assert "reduction='mean'" in text


def test_hinge_refuses_the_labels_0_and_1_with_advice():
    assert message(OptionError, lambda: nn.hinge_loss([0.3, 0.4], [1, 0])) == (
        "hinge_loss with the target 0\n"
        "  what is wrong:  its targets are -1 and 1\n"
        "  write instead:  2 * y - 1, for labels y of 0 and 1"
    )


@pytest.mark.parametrize("loss", [nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits])
@pytest.mark.parametrize("target", [-1, 1.5, math.nan])
def test_binary_cross_entropy_refuses_targets_outside_0_and_1(loss, target):
    text = message(OptionError, lambda: loss([0.3], [target]))
    assert "its targets are 0 and 1, or between" in text
    assert "(y + 1) / 2, for labels y of -1 and 1" in text


@pytest.mark.parametrize("target", [-1, 2, 0.5, math.nan, "1"])
def test_cross_entropy_refuses_targets_that_are_not_classes(target):
    text = message(OptionError, lambda: nn.cross_entropy([[0.0, 1.0]], [target]))
    assert f"cross_entropy with the target {target!r}" in text
    assert "one of the 2 classes" in text
    assert "a whole number from 0 to 1" in text


def test_cross_entropy_names_the_indices_of_its_classes():
    text = message(OptionError, lambda: nn.cross_entropy([[0.0, 1.0, 2.0, 3.0]], [[0.5, 0.5, 0.5, 0.5]]))
    assert "the index of a class, from 0 to 3" in text


@pytest.mark.parametrize(("shares", "wrong"), [([0.5, 0.2], "2 numbers, whose sum is"), ([0.5, 0.2, 0.3], "3 numbers")])
def test_cross_entropy_refuses_probabilities_of_other_classes(shares, wrong):
    assert wrong in message(OptionError, lambda: nn.cross_entropy([[Value(1.0), Value(2.0)]], [shares]))


def test_classes_may_come_as_floats_and_numpy_integers():
    expected = nn.cross_entropy([[0.0, 1.0]], [1]).data
    for target in (1.0, np.int64(1), np.float64(1), True):
        assert nn.cross_entropy([[0.0, 1.0]], [target]).data == expected
    assert nn.cross_entropy(np.array([[0.0, 1.0]]), np.array([1])).data == expected


# At the edges


def test_a_certain_and_right_prediction_has_zero_loss():
    certain = [Value(0.0), Value(1.0)]
    loss = nn.binary_cross_entropy(certain, [0, 1])
    loss.backward()
    assert loss.data == 0
    assert [p.grad for p in certain] == [0.5, -0.5]


@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("p", [0.0, 5e-324, 1e-310, 1e-300, 1e-20, 0.3, 1 - 1e-16, 1.0])
def test_targets_as_values_and_as_numbers_give_the_same_formula(p, target):
    if (p, target) not in ((0.0, 0.0), (1.0, 1.0)) and p in (0.0, 1.0):
        return_of = [
            message(DomainError, lambda t=t: nn.binary_cross_entropy([p], [t])) for t in (target, Value(target))
        ]
        assert return_of[0] == return_of[1]
    else:
        ps = [Value(p), Value(p)]
        losses = [nn.binary_cross_entropy([ps[0]], [target]), nn.binary_cross_entropy([ps[1]], [Value(target)])]
        for loss in losses:
            loss.backward()
        assert losses[0].data == pytest.approx(losses[1].data, rel=1e-15, abs=0)
        assert ps[0].grad == pytest.approx(ps[1].grad, rel=1e-15, abs=0)
        assert math.isfinite(losses[1].data)


def test_the_gradient_by_a_target_is_that_of_the_formula():
    for p in (1e-200, 0.3, 0.999):
        for target in (0.0, 0.4, 1.0):
            t = Value(target)
            nn.binary_cross_entropy([Value(p)], [t]).backward()
            assert t.grad == pytest.approx(math.log(1 - p) - math.log(p), rel=1e-12)


@pytest.mark.parametrize(("p", "target"), [(0.0, 1), (1.0, 0), (0.0, 0.5), (1.0, 0.5)])
def test_the_error_of_a_certain_and_wrong_prediction_recommends_logits(p, target):
    text = message(DomainError, lambda: nn.binary_cross_entropy([Value(p)], [target]))
    assert "what was predicted to be impossible has happened" in text
    assert "binary_cross_entropy_with_logits" in text


@pytest.mark.parametrize("p", [-0.1, 1.5])
def test_predictions_that_are_not_probabilities_are_refused(p):
    assert "a probability is between 0 and 1" in message(DomainError, lambda: nn.binary_cross_entropy([p], [1]))


def test_logits_of_any_size_never_overflow_nor_reach_log_0():
    for z, target, loss, slope in ((1000.0, 1, 0.0, 0.0), (-1000.0, 1, 1000.0, -1.0), (1000.0, 0, 1000.0, 1.0)):
        logit = Value(z)
        out = nn.binary_cross_entropy_with_logits([logit], [target])
        out.backward()
        assert (out.data, logit.grad) == (loss, slope)
    logits = [Value(1000.0), Value(-1000.0)]
    out = nn.cross_entropy([logits], [1])
    out.backward()
    assert (out.data, [z.grad for z in logits]) == (2000.0, [1.0, -1.0])


# PyTorch


def torch_losses():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: `pip install torch` to compare with it")
    functional = torch.nn.functional
    return torch, {
        nn.mse_loss: functional.mse_loss,
        nn.binary_cross_entropy: functional.binary_cross_entropy,
        nn.binary_cross_entropy_with_logits: functional.binary_cross_entropy_with_logits,
        nn.cross_entropy: functional.cross_entropy,
    }


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("hard", [True, False], ids=["targets 0 and 1", "targets between"])
@pytest.mark.parametrize("loss", [each for each in ELEMENTWISE if each is not nn.hinge_loss])
def test_a_loss_and_its_gradient_equal_pytorchs(loss, hard, reduction):
    torch, theirs = torch_losses()
    numbers = np.random.default_rng(0)
    predictions, targets = numbers.uniform(0.01, 0.99, (6, 3)), numbers.uniform(0, 1, (6, 3))
    if loss is not nn.binary_cross_entropy:
        predictions = 20 * predictions - 10
    if hard:
        targets = np.round(targets)
    rows = [[Value(p) for p in row] for row in predictions]
    out = loss(rows, targets, reduction=reduction)
    out.backward()
    tensor = torch.tensor(predictions, requires_grad=True)
    expected = theirs[loss](tensor, torch.tensor(targets), reduction=reduction)
    expected.backward()
    assert out.data == pytest.approx(expected.item(), rel=1e-12)
    assert np.array([[p.grad for p in row] for row in rows]) == pytest.approx(tensor.grad.numpy(), rel=1e-11, abs=1e-15)


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_compiled_cross_entropy_of_two_equals_pytorchs(reduction):
    torch, theirs = torch_losses()
    random = np.random.default_rng(3)
    predictions = np.concatenate([random.uniform(0.001, 0.999, 12), 10.0 ** -random.uniform(2, 12, 6)])
    ps, ts = [Value(0.5) for _ in predictions], [Value(0.5) for _ in predictions]
    loss = nn.binary_cross_entropy(ps, ts, reduction=reduction)
    program = tinygrad_edu.compile(loss, wrt=ps, inputs=ts)
    for targets in (np.round(random.uniform(0, 1, 18)), random.uniform(0, 1, 18), np.zeros(18), np.ones(18)):
        program.parameters = predictions
        value, gradient = program(targets)
        tensor = torch.tensor(predictions, requires_grad=True)
        expected = theirs[nn.binary_cross_entropy](tensor, torch.tensor(targets), reduction=reduction)
        expected.backward()
        assert value == pytest.approx(expected.item(), rel=1e-9)
        assert gradient == pytest.approx(tensor.grad.numpy(), rel=1e-9)


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_and_its_gradient_equal_pytorchs(reduction):
    torch, theirs = torch_losses()
    numbers = np.random.default_rng(1)
    logits, classes = numbers.normal(0, 5, (8, 4)), numbers.integers(0, 4, 8)
    rows = [[Value(z) for z in row] for row in logits]
    out = nn.cross_entropy(rows, classes, reduction=reduction)
    out.backward()
    tensor = torch.tensor(logits, requires_grad=True)
    expected = theirs[nn.cross_entropy](tensor, torch.tensor(classes), reduction=reduction)
    expected.backward()
    assert out.data == pytest.approx(expected.item(), rel=1e-12)
    assert np.array([[z.grad for z in row] for row in rows]) == pytest.approx(tensor.grad.numpy(), rel=1e-11, abs=1e-15)


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_hinge_equals_its_formula_in_pytorch(reduction):
    torch, _ = torch_losses()
    numbers = np.random.default_rng(2)
    scores, sides = numbers.normal(0, 2, 30), numbers.choice([-1, 1], 30)
    values = [Value(score) for score in scores]
    out = nn.hinge_loss(values, sides, reduction=reduction)
    out.backward()
    tensor = torch.tensor(scores, requires_grad=True)
    expected = getattr(torch.relu(1 - torch.tensor(sides) * tensor), reduction)()
    expected.backward()
    assert out.data == pytest.approx(expected.item(), rel=1e-12)
    assert [value.grad for value in values] == pytest.approx(tensor.grad.tolist(), rel=1e-12)
