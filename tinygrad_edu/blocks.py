"""How is another recorder used for a block of code?

    with no_grad():           no recorder: results are plain leaves
    with recording():         the ordinary recorder, also inside an outer `no_grad`
    with detect_anomaly():    a watching one, which checks every number that it writes down

Each block is also a decorator, for all four kinds of function: plain, `async`, generators, and `async` generators.

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
from types import FrameType
from typing import Any, TypeVar, cast

from tinygrad_edu.recorder import Now, Open, Watcher, now, set_now

Function = TypeVar("Function", bound=Callable[..., Any])


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
            set_now(Now(block, now().change))
            yield
        finally:
            set_now(Now(_without(block), now().change))
    finally:  # Ctrl-C may come in the line above
        set_now(Now(_without(block), now().change))


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
