"""Do the contestants of the benchmark compute the same, and does its table say what was measured?"""

import importlib.util
import math
from pathlib import Path

import pytest

from tinygrad_edu import Value

ROOT = Path(__file__).parents[2]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import training_step

    return training_step


def test_all_contestants_have_the_same_losses(benchmark):
    results = benchmark.measure(repeats=2, steps=2, data=benchmark.samples(n=6))
    first, *others = [result.losses for result in results]
    assert len(first) == 6  # one step of each turn is not timed
    assert first[-1] < first[0]
    for losses in others:
        assert losses == pytest.approx(first, rel=1e-9)
    assert all(second > 0 for result in results for second in result.seconds)


def test_a_contestant_with_other_losses_is_not_reported(benchmark):
    one, other, _ = benchmark.CONTESTANTS
    # private, because no contestant has other losses
    with pytest.raises(ArithmeticError, match=r"has the loss 1.1, and the first one 1.0"):
        benchmark._check_losses([benchmark.Measured(one, [1.0], [1.0]), benchmark.Measured(other, [1.0], [1.1])])


def test_the_table_has_the_ratios_of_every_round(benchmark):
    slow, fast, _ = benchmark.CONTESTANTS
    measured = [benchmark.Measured(slow, [1.0, 1.2, 1.1], []), benchmark.Measured(fast, [0.1, 0.2, 0.1], [])]
    header, _, first, second = benchmark.table(measured).splitlines()
    assert header.startswith("| one training step | time (median) | times as fast")
    assert first == "| a closure for every operation | 1100.0 ms | 1 |  |"
    assert second == "| tinygrad_edu, every × and + a node | 100.0 ms | 10.0 (6.0 to 11.0) | 4 |"


def test_the_closure_engine_computes_the_right_gradients(benchmark):
    """It is what the ratios are against, so it must do the whole work, and right."""
    numbers = []
    for number in (benchmark.closures.Value, Value):
        x, y = number(0.7), number(-1.3)
        f = (x * y + 2 - x * x).relu() + (3 * x - y) * -1
        f.backward()
        numbers.append((f.data, x.grad, y.grad))
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-15)
    assert math.isclose(numbers[0][0], (0.7 * -1.3 + 2 - 0.49) - (2.1 + 1.3))


def test_compiled_steps_and_steps_by_hand_have_the_same_losses(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import compiled

    ours = {name: compiled.CONTESTANTS[name] for name in ("NumPy by hand", "tinygrad_edu.compile")}
    monkeypatch.setattr(compiled, "CONTESTANTS", ours)
    for task in (compiled.moons(), compiled.digits()):
        small = task._replace(batches=[(X[:20], Y[:20]) for X, Y in task.batches[:3]])
        results = compiled.measure(small, rounds=2, steps=50)  # losses that differ by 1e-9 are an error there
        assert [len(result.losses) for result in results] == [101, 101]
        assert results[1].losses[-1] < results[1].losses[0]
        assert "| tinygrad_edu.compile |" in compiled.table(results)


def test_the_compiled_network_classifies_digits(monkeypatch):
    pytest.importorskip("sklearn", reason="scikit-learn, which has the images, is not installed")
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import digits

    assert digits.train().accuracy >= 0.96


def test_growth_is_measured_and_reported(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import growth

    monkeypatch.setattr(growth, "POINTS", (2,))
    found = growth.measure(rounds=1)
    assert [each.edges for each in found[:2]] == [4, 1500]
    assert found[3].edges > found[2].edges > 1000  # written out, and with weighted sums
    assert growth.table(found).count("\n") == 5


@pytest.mark.long
def test_compiling_costs_the_same_for_few_samples_and_for_many(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import samples

    monkeypatch.setattr(samples, "FEWEST", 1)
    monkeypatch.setattr(samples, "WORK", 1)
    found = [samples.measure(count) for count in (100, 2000)]  # another loss than by hand is an error there
    assert found[1].memory < 1.5 * found[0].memory
    assert samples.table(found).count("\n") == 4
    is_there = importlib.util.find_spec("jax") is not None
    assert [each.jax is not None and each.jax > 0 for each in found] == [is_there] * 2
