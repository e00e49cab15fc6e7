"""Who writes down how a number was made?

    with no_grad():           no recorder: results are plain leaves
    with recording():         the ordinary recorder, also inside an outer `no_grad`
    with detect_anomaly():    a watching one, which checks every number that it writes down

One switch says who it is: a ContextVar with what holds `now`, in this thread or asynchronous task. If no block is
open, that is the ordinary recorder: `value.py` asks only this, once in every operation. Each block is also a
decorator, for all four kinds of function: plain, `async`, generators, and `async` generators.

A block belongs to the code inside it. A generator may be suspended there, and its caller is not inside; but the block
of a context manager that was written as a generator is meant for the code that entered it. `_owner` distinguishes the
two.

Names to know: `no_grad`, `recording`, `Block`. Read next: `age.py`.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from tinygrad_edu.rule import Rule
    from tinygrad_edu.value import Value

Recorder = Callable[[float, "Rule", "tuple[Value, ...]", "tuple[float, ...]", float], "Value"]
Function = TypeVar("Function", bound=Callable[..., Any])


class Watcher(Protocol):
    """A recorder that checks what it writes down, and the sweeps."""

    def record(
        self, data: float, rule: Rule, args: tuple[Value, ...], partials: tuple[float, ...], since: float
    ) -> Value:
        """The node of a result."""

    def look_at_sweep(self, output: Value) -> None:
        """Called before an output is swept."""


class Open(NamedTuple):
    """An open block.

    Attributes:
        records: whether results are written down inside; None leaves it to the blocks around.
        watcher: the watching recorder; None leaves it to the blocks around.
        owner: the generator that the block belongs to, or None.
        outer: the block around this one.
        key: the same for all copies of this record, and for no others.
    """

    records: bool | None
    watcher: Watcher | None
    owner: FrameType | None
    outer: Open | None
    key: object

    @property
    def is_on(self) -> bool:
        """Whether the code that runs now is inside: a suspended frame has no caller."""
        return self.owner is None or self.owner.f_back is not None


class Now:
    """What holds for the code that runs now.

    Attributes:
        block: the innermost block that is open, or None.
        change: when a number was last set, by a clock; 0.0 if that has not happened (see `age.py`).
        is_off: whether nothing is recorded, as far as can be known without looking at the frames.
    """

    __slots__ = ("block", "change", "is_off")

    def __init__(self, block: Open | None = None, change: float = 0.0) -> None:
        self.block = block
        self.change = change
        self.is_off = block is not None and block.records is False and block.owner is None


_now: ContextVar[Now] = ContextVar("now", default=Now())  # noqa: B039 (it is replaced, and never changed)
now = _now.get


def note_change(time: float) -> None:
    """Store the time at which a number was last set."""
    _now.set(Now(now().block, time))


def recorder(block: Open, ordinary: Recorder) -> Recorder | None:
    """What records inside a block: the ordinary recorder, a watcher, or nothing (None)."""
    found = _innermost_with("records", block)
    if found is not None and not found.records:
        return None
    watched = _innermost_with("watcher", block)
    return ordinary if watched is None or watched.watcher is None else watched.watcher.record


def watcher() -> Watcher | None:
    """The recorder that checks the sweeps."""
    found = _innermost_with("watcher", now().block)
    return None if found is None else found.watcher


def _innermost_with(field: str, block: Open | None) -> Open | None:
    """The innermost block that sets a field and that contains the code that runs now."""
    while block is not None and (getattr(block, field) is None or not block.is_on):
        block = block.outer
    return block


class Block:
    """A `with` block, or a decorator, inside which another recorder is used."""

    records: bool | None = None

    def __init__(self) -> None:
        self._opened: list[Generator[None]] = []

    def _watcher(self) -> Watcher | None:
        """The watching recorder inside."""
        return None

    def __enter__(self) -> None:
        opened = _opened(self.records, self._watcher(), _owner(sys._getframe(1)))
        self._opened.append(opened)
        next(opened)

    def __exit__(self, *_: object) -> None:
        next(self._opened.pop(), None)

    def __call__(self, function: Function) -> Function:
        """The function, with each call in a block of its own."""
        wrap = next(wrap for is_such, wrap in _WRAPPERS if is_such(function))
        wrapped: Any = functools.wraps(function)(wrap(type(self), function))
        return cast("Function", wrapped)


class no_grad(Block):  # noqa: N801 (read as a word: `with no_grad():`)
    """Inside the block, results are plain leaves: they do not remember how they were made.

    It saves the time and the memory of a graph where only numbers are wanted. It holds for the current thread or
    asynchronous task alone. It is also a decorator, `@no_grad()`; in a generator, it does not hold for the caller while
    the generator is suspended. `grad` and `compile`, whose purpose is a graph, make one here too; `parse` only does
    arithmetic, and gives a leaf.

    >>> from tinygrad_edu import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.args
    (9.0, ())
    """

    records = False


class recording(Block):  # noqa: N801 (as above)
    """Inside the block, results remember how they were made, even inside an outer `no_grad`.

    It is for code that needs a graph wherever it is called: the partials of a row, a program, a training.

    >>> from tinygrad_edu import Value
    >>> x = Value(3.0)
    >>> with no_grad(), recording():
    ...     y = x * x
    >>> y.args == (x, x)
    True
    """

    records = True


def _opened(records: bool | None, watcher: Watcher | None, owner: FrameType | None) -> Generator[None]:
    """Open a block; the next step closes it. So does Ctrl-C in any line, and the garbage collector if it is dropped."""
    block = Open(records, watcher, owner, now().block, key=object())
    try:
        try:
            _now.set(Now(block, now().change))
            yield
        finally:
            _now.set(Now(_without(block), now().change))
    finally:  # Ctrl-C may come in the line above
        _now.set(Now(_without(block), now().change))


def _without(block: Open) -> Open | None:
    """The open blocks without this one, which need not be the innermost: generators close theirs at any time."""
    inner, outer = [], now().block
    while outer is not None and outer.key is not block.key:
        inner.append(outer)
        outer = outer.outer
    if outer is None:  # opened in another thread or task
        return now().block
    rest = outer.outer
    for each in reversed(inner):
        rest = each._replace(outer=rest)
    return rest


# Whose block it is

_GENERATOR = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


def _owner(frame: FrameType | None) -> FrameType | None:
    """The generator that opens a block for itself alone, if it is one that does.

    Only a suspended frame has no `f_back`: so a generator shows whether it runs, or has called what runs. If contextlib
    drives it, it is a context manager, whose `yield` stands for the body of a `with` block somewhere else, and the
    block stays open for that. A coroutine needs no owner: while it is suspended, so is its task, and a task has a
    context of its own.
    """
    while frame is not None and _is_of_contextlib(frame):  # an ExitStack opens it for its caller
        frame = frame.f_back
    driver = frame
    while driver is not None and driver.f_code.co_flags & _GENERATOR:
        driver = driver.f_back
    return None if driver is frame or (driver is not None and _is_of_contextlib(driver)) else frame


def _is_of_contextlib(frame: FrameType) -> bool:
    return frame.f_code.co_filename == contextlib.__file__


# Decorators


def _plain(block: type[Block], function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **named: Any) -> Any:
        with block():
            return function(*args, **named)

    return wrapped


def _coroutine(block: type[Block], function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapped(*args: Any, **named: Any) -> Any:
        with block():
            return await function(*args, **named)

    return wrapped


def _generator(block: type[Block], function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **named: Any) -> Generator[Any, Any, Any]:
        with block():
            return (yield from function(*args, **named))

    return wrapped


def _async_generator(block: type[Block], function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapped(*args: Any, **named: Any) -> AsyncGenerator[Any, Any]:
        with block():
            async with contextlib.aclosing(function(*args, **named)) as generator:
                step = generator.__anext__()
                while True:
                    try:
                        item = await step
                    except StopAsyncIteration:
                        return
                    try:  # what `yield from` does, which an async generator cannot
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 (it is passed on, whatever it is)
                        step = generator.athrow(error)
                    else:
                        step = generator.asend(sent)

    return wrapped


_Wrap = Callable[[type[Block], Callable[..., Any]], Callable[..., Any]]
_WRAPPERS: tuple[tuple[Callable[[object], bool], _Wrap], ...] = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.isgeneratorfunction, _generator),
    (lambda function: True, _plain),
)
