"""What learners write, compiled, says what the scalars say: the first of forty seeds of `.ci/run`."""

import learners
import learners_losses  # noqa: F401  (puts its families into learners.families)
import pytest
from sampling import sample


@pytest.mark.parametrize("name", sample(learners.families, few=80))
def test_a_compiled_loss_equals_its_scalars_at_other_numbers(name):
    verdict = learners.check(name, 0)
    assert not verdict.failed, str(verdict)


@pytest.mark.parametrize("name", learners.families)
def test_the_scalar_gradients_agree_with_differences(name):
    errors = [error for error in (learners.slope_error(name, seed) for seed in range(2)) if error is not None]
    assert errors
    assert max(errors) < 1e-6


@pytest.mark.parametrize("name", learners.families)
def test_a_seed_gives_the_same_loss_again(name):
    """The truth at other numbers is the loss written again there, so nothing but the numbers may change."""
    first, second = (learners.write(name, 0, lambda place, role, low, high: 0.75 * low + 0.25 * high) for _ in range(2))
    assert str(first.loss) == str(second.loss)
    assert first.gradient == second.gradient
    elsewhere = learners.write(name, 0, lambda place, role, low, high: 0.7 * low + 0.3 * high)
    assert [node.op for node in in_order(elsewhere.loss)] == [node.op for node in in_order(first.loss)]


def in_order(loss):
    found, stack = [], [loss]
    while stack and len(found) < 2000:
        node = stack.pop()
        found.append(node)
        stack.extend(node.args)
    return found


def test_a_program_with_other_results_is_noticed(monkeypatch):
    """One that is right where it was made, and wrong elsewhere, as programs were."""
    honest = learners.tinygrad_edu.compile

    class Liar:
        def __init__(self, *args, **options):
            self.program = honest(*args, **options)
            self.calls = 0

        def __getattr__(self, name):
            return getattr(self.program, name)

        def __setattr__(self, name, given):
            object.__setattr__(self.program if name == "parameters" else self, name, given)

        def __call__(self, *inputs):
            value, gradient = self.program(*inputs)
            self.calls += 1
            return (value, gradient) if self.calls == 1 else (value, gradient * (1 + 1e-6))

    monkeypatch.setattr(learners.tinygrad_edu, "compile", Liar)
    verdicts = [learners.check("logistic_regression", seed) for seed in range(20)]
    assert sum(verdict.found == "WrongError" for verdict in verdicts) >= 15
