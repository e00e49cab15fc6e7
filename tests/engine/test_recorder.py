"""Who records, and where? Blocks in functions of all kinds, generators and tasks; and what is made inside of them."""

import asyncio
import contextlib
import contextvars
import gc

import pytest

from tinygrad_edu import Value, chain_rule, detect_anomaly, grad, gradcheck, no_grad, parse
from tinygrad_edu.blocks import recording
from tinygrad_edu.errors import AnomalyError
from tinygrad_edu.recorder import now
from tinygrad_edu.rules import RULES
from tinygrad_edu.steps import wording
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.javascript import table_source

x = Value(3.0, label="x")


def is_recorded():
    return (x * x).args == (x, x)


@pytest.fixture(autouse=True)
def nothing_is_left_open():
    yield
    assert is_recorded()
    assert now().block is None


# What needs a graph of its own


@pytest.fixture
def forgetful():
    """No formulas of rows are cached. (The cache is private, and so is clearing it.)"""
    wording._kept_local_derivatives.cache_clear()
    yield
    wording._kept_local_derivatives.cache_clear()


@pytest.mark.parametrize("row", [row for row in RULES.values() if not row.many], ids=lambda row: row.name)
def test_formulas_first_built_inside_no_grad_equal_those_built_outside(row, forgetful):
    constants = [0.5 if position in row.fixed else None for position in range(len(row.partials))]
    with no_grad():
        inside = wording.local_derivatives(row, constants), table_source([row])
    kept = wording.local_derivatives(row, constants)
    wording._kept_local_derivatives.cache_clear()
    assert (kept, table_source([row])) == (wording.local_derivatives(row, constants), inside[1])
    assert inside[0] == kept


def test_steps_described_inside_no_grad_name_their_functions(forgetful):
    f = Value(2.0, label="x").sin()
    with no_grad():
        inside = str(chain_rule(f).steps[-1])
    assert "cos(x)" in inside
    assert str(chain_rule(Value(1.0, label="x").sin()).steps[-1]).startswith("∂v1/∂x: ∂v1/∂v1 · cos(x)")


def test_partials_are_graphs_inside_no_grad_too():
    with no_grad():
        graphs = partial_graphs(RULES["sin"], [None])
    assert graphs.partials[0].op == "cos"


def test_a_gradient_and_its_check_inside_no_grad():
    with no_grad():
        assert gradcheck(lambda a: a.sin() * a, [0.7]).ok
        (dy,) = grad(_squared(), [x])
        assert str(dy) == "2 * x"


def _squared():
    with recording():
        return x**2


def test_arithmetic_in_a_text_is_arithmetic():
    with no_grad():
        f = parse("x * y", x=2, y=3)
    assert (f.data, f.args) == (6.0, ())


# Blocks in blocks


def test_the_innermost_block_decides():
    with no_grad():
        assert not is_recorded()
        with recording():
            assert is_recorded()
            with no_grad():
                assert not is_recorded()
            assert is_recorded()
        assert not is_recorded()


def test_no_grad_pauses_detect_anomaly_until_recording():
    big = Value(1000.0)
    with detect_anomaly(), no_grad():
        assert big.exp().data == float("inf")
        with recording(), pytest.raises(AnomalyError):
            big.exp()
    with no_grad(), detect_anomaly():
        assert big.exp().args == ()


def test_one_block_can_be_entered_again():
    block = no_grad()
    with block:
        with block:
            assert not is_recorded()
        assert not is_recorded()
    assert is_recorded()
    with block:
        assert not is_recorded()


def test_a_block_that_ends_with_an_error_restores_the_recorder():
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    assert is_recorded()


# Generators


def suspended_inside():
    with no_grad():
        yield is_recorded()
        yield is_recorded()
    yield is_recorded()


def test_a_suspended_generator_keeps_its_block_to_itself():
    found = []
    for inside in suspended_inside():
        found.append(inside)
        assert is_recorded()
    assert found == [False, False, True]


def test_generators_may_end_in_any_order():
    first, second = suspended_inside(), suspended_inside()
    with no_grad():
        assert [next(first), next(second)] == [False, False]
        first.close()
        assert not is_recorded()
    assert is_recorded()
    with no_grad():
        assert [next(second), next(second)] == [False, False]  # and its own block ends in the middle of this one
        assert not is_recorded()
    assert is_recorded()


def test_a_generator_that_is_dropped_leaves_nothing_open():
    generator = suspended_inside()
    next(generator)
    assert now().block is not None
    del generator
    gc.collect()
    assert now().block is None


def test_a_generator_in_a_generator():
    def outer():
        yield from suspended_inside()
        with no_grad():
            for each in suspended_inside():
                yield each, is_recorded()

    found = []
    for each in outer():
        found.append(each)
        assert is_recorded()
    assert found == [False, False, True, (False, False), (False, False), (False, False)]


def test_recording_in_a_generator_does_not_affect_its_caller():
    def graphs():
        with recording():
            yield is_recorded()

    with no_grad():
        for inside in graphs():
            assert inside
            assert not is_recorded()


@contextlib.contextmanager
def evaluating():
    with no_grad():
        yield


@contextlib.contextmanager
def evaluating_by_another():
    yield from _evaluating()


def _evaluating():
    with contextlib.ExitStack() as stack:
        stack.enter_context(no_grad())
        yield


@pytest.mark.parametrize("evaluating", [evaluating, evaluating_by_another])
def test_a_context_manager_written_as_a_generator_affects_its_caller(evaluating):
    with evaluating():
        assert not is_recorded()
    assert is_recorded()

    @evaluating()
    def measured():
        return is_recorded()

    assert not measured()

    def user():
        with evaluating():
            yield is_recorded()

    assert not next(user())


def test_an_exit_stack_keeps_a_block_open_for_its_function():
    with contextlib.ExitStack() as stack:
        stack.enter_context(no_grad())
        assert not is_recorded()
    assert is_recorded()


# Decorators


def test_a_decorated_function_runs_inside_the_block():
    @no_grad()
    def plain(a, *, b):
        """What it does."""
        return a + b, is_recorded()

    assert plain(1, b=2) == (3, False)
    assert (plain.__name__, plain.__doc__) == ("plain", "What it does.")


def test_a_decorated_generator_runs_inside_the_block():
    @no_grad()
    def echo():
        heard = []
        while len(heard) < 2:
            heard.append((yield is_recorded()))
        return heard

    generator = echo()
    assert next(generator) is False
    assert is_recorded()
    assert generator.send("a") is False
    with pytest.raises(StopIteration) as caught:
        generator.send("b")
    assert caught.value.value == ["a", "b"]


def test_a_decorated_async_function_runs_inside_the_block():
    @no_grad()
    async def slow():
        before = is_recorded()
        await asyncio.sleep(0)
        return before, is_recorded()

    async def both():
        task = asyncio.ensure_future(slow())
        await asyncio.sleep(0)
        return is_recorded(), await task, await slow(), is_recorded()

    assert asyncio.run(both()) == (True, (False, False), (False, False), True)


def test_a_decorated_async_generator_runs_inside_the_block():
    closed = []

    @no_grad()
    async def echo():
        try:
            heard = None
            while True:
                try:
                    heard = yield heard, is_recorded()
                except KeyError as error:
                    heard = f"{error!r} was thrown"
                await asyncio.sleep(0)
        finally:
            closed.append(is_recorded())

    async def use():
        generator = echo()
        found = [await generator.__anext__(), is_recorded()]
        found += [await generator.asend("a"), is_recorded()]
        found += [await generator.athrow(KeyError("k")), is_recorded()]
        await generator.aclose()
        return found

    assert asyncio.run(use()) == [(None, False), True, ("a", False), True, ("KeyError('k') was thrown", False), True]
    assert closed == [False]

    @no_grad()
    async def two():
        yield is_recorded()
        yield is_recorded()

    async def all_of_them():
        return [(each, is_recorded()) async for each in two()]

    assert asyncio.run(all_of_them()) == [(False, True), (False, True)]


def test_a_block_in_an_async_generator_does_not_affect_its_caller():
    async def inside():
        with no_grad():
            yield is_recorded()
            await asyncio.sleep(0)
            yield is_recorded()

    async def use():
        return [(each, is_recorded()) async for each in inside()]

    @contextlib.asynccontextmanager
    async def evaluating():
        with no_grad():
            yield

    async def within():
        async with evaluating():
            return is_recorded()

    assert asyncio.run(use()) == [(False, True), (False, True)]
    assert asyncio.run(within()) is False


def test_a_task_started_inside_a_block_inherits_it():
    async def child():
        await asyncio.sleep(0)
        return is_recorded()

    async def parent():
        with no_grad():
            return await asyncio.gather(child(), child())

    assert asyncio.run(parent()) == [False, False]


def test_detect_anomaly_is_a_decorator_too():
    @detect_anomaly()
    async def broken():
        return Value(1000.0).exp()

    with pytest.raises(AnomalyError):
        asyncio.run(broken())


def test_closing_a_block_in_another_context_is_not_an_error():
    generator = suspended_inside()
    contextvars.copy_context().run(next, generator)
    generator.close()
    assert is_recorded()
