"""What is seen at each step, and where do the keys lead?

A `Stepper` is a trace and a position in it. Keys move the position, and `frame` is what is seen there, as lines of
text; it knows nothing about terminals, so it can be tested without one.

Names to know: `Stepper`. Read next: `keyboard.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tinygrad_edu.errors import GraphError
from tinygrad_edu.show import cells, in_brackets, plural, show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep, Step, Trace
from tinygrad_edu.terminal.outline import (
    NUMBER_WIDTH,
    UNICODE,
    Signs,
    beginning,
    in_ascii,
    outline,
    printable,
    shortened,
    window,
)

HELP = "n next  b back  g first  G last  j jump  p play  + - speed  q quit"
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)  # steps a second
NARROWEST, WIDEST = 40, 80
LOWEST_GRAPH = 3  # lines of the graph that are always seen


class Stepper:
    """A trace, a position in it, and what the keys do.

    Args:
        trace: all steps of a graph.
        title: the text above them.
        signs: the characters for lines and arrows.

    Raises:
        GraphError: if there is no step.

    >>> from tinygrad_edu import chain_rule, parse
    >>> stepper = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x * y")
    >>> stepper.press("next")
    >>> stepper.position
    1
    """

    def __init__(self, trace: Trace, title: str, signs: Signs = UNICODE) -> None:
        if not trace:
            raise GraphError(
                "stepping through an empty part of a trace", "there is no step to show", instead="trace[:]"
            )
        self.trace = trace
        self.title = title
        self.signs = signs
        self.position = 0
        self.typed: str | None = None  # the number of a jump, while it is being typed
        self.note = ""
        self.is_playing = False
        self.has_quit = False
        self.speed = SPEEDS.index(1.0)

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.trace.steps[self.position]

    @property
    def is_at_end(self) -> bool:
        """Whether there is no next step."""
        return self.position == len(self.trace) - 1

    # Keys

    def press(self, key: str) -> None:
        """Do what a key means; see `HELP`."""
        self.note = ""
        if self.typed is not None:
            self._type(key)
            return
        was_playing, self.is_playing = self.is_playing, False
        if key not in _ACTIONS:
            self.note = f"{key!r} is not a key here. {HELP}"
        elif not (was_playing and key == "play"):
            _ACTIONS[key](self)
            self.is_playing |= was_playing and key in ("faster", "slower")

    def go(self, position: int) -> None:
        """Show another step; beyond the ends, the nearest one."""
        self.position = max(0, min(len(self.trace) - 1, position))

    def tick(self) -> None:
        """One step forward, while playing."""
        self.go(self.position + 1)
        self.is_playing = not self.is_at_end

    def _type(self, key: str) -> None:
        assert self.typed is not None
        if key.isdecimal():
            self.typed += key
        elif key == "back":  # the backspace key
            self.typed = self.typed[:-1]
        elif key == "next":  # the enter key
            self._jump(self.typed)
            self.typed = None
        else:
            self.typed = None

    def _jump(self, typed: str) -> None:
        if typed and len(typed) < 10 and 1 <= int(typed) <= len(self.trace):
            self.go(int(typed) - 1)
        else:
            self.note = f"there is no step {typed or 'without a number'}: they go from 1 to {len(self.trace)}"

    # Pictures

    def frame(self, width: int = 80, height: int = 24) -> list[tuple[str, bool]]:
        r"""What is seen at this step, as lines, each with whether it stands out.

        >>> from tinygrad_edu import chain_rule, parse
        >>> stepper = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x * y")
        >>> stepper.go(2)
        >>> print("\n".join(line for line, _ in stepper.frame(width=60)))
        f = x * y
        backward, step 3 of 4
                         value   gradient
        f = x * y            6          1
        ├─▶ x                2          3
        └── y                3          —
        <BLANKLINE>
        names    ∂f/∂x = ∂f/∂f · ∂f/∂x
        symbols  ∂f/∂f · y
        numbers  1 · 3
        result   3
        <BLANKLINE>
        n next  b back  g first  G last  j jump  p play  + - speed
        q quit
        """
        width = max(NARROWEST, min(WIDEST, width))
        keys = _wrapped("", self._keys(), width)
        layers = [_wrapped(*text, width) for text in self._card()]
        card = _limited(layers, height - len(keys) - 5 - LOWEST_GRAPH, width)
        title = shortened(self.title, width)
        room = max(LOWEST_GRAPH, height - len(card) - len(keys) - 5)
        rows = outline(self.trace, self.position, width=width - 1, signs=self.signs)
        columns = "".join(f"{name:>{NUMBER_WIDTH}}" for name in ("value", "gradient"))
        columns = columns.rjust(max(cells(row.text) for row in rows))
        head = [(title, False), (self._heading(), True), (columns, False)]
        middle = [(row.text, row.is_active) for row in window(rows, room, self.signs)]
        lines = [*head, *middle, ("", False), *((line, False) for line in card), ("", False)]
        return self._in_signs([*lines, *((line, False) for line in keys)])

    def _in_signs(self, lines: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
        return lines if self.signs is UNICODE else [(in_ascii(line), stands_out) for line, stands_out in lines]

    def _heading(self) -> str:
        return f"{self.step.phase}, step {self.position + 1} of {len(self.trace)}"

    def _keys(self) -> str:
        if self.typed is not None:
            return f"jump to step: {self.typed}_   (Enter goes there, q or Esc stays)"
        if self.note:
            return self.note
        return f"playing, {_a_second(self.speed)}; any key stops" if self.is_playing else HELP

    def _card(self) -> list[tuple[str, str]]:
        """The texts about the step: (name of the layer, text)."""
        match self.step:
            case ForwardStep() as step:
                return [
                    ("names", f"{step.name} = {step.formula}"),
                    ("numbers", step.numbers),
                    ("result", show(step.out)),
                ]
            case SeedStep() as step:
                return [("names", str(step)), ("", "The way back begins here: the output changes as much as itself.")]
            case EdgeStep() as step:
                return self._edge_card(step)

    def _edge_card(self, step: EdgeStep) -> list[tuple[str, str]]:
        is_sum = "+=" if step.is_shared else "="
        rows = [("names", f"{step.gradient} {is_sum} {step.rule}")]
        if step.symbol:
            rows.append(("symbols", step.rule_with_symbol))
        rows += [("numbers", step.product), ("result", show(step.contribution))]
        if step.is_shared:
            terms = f"{show(step.before)} + {in_brackets(step.contribution)}"
            rows.append(("sum", f"{terms} = {show(step.after)}, {step.status}"))
        if step.contribution == 0:
            rows.append(("", f"Nothing passes: {self._why_nothing(step)} is 0."))
        return rows

    @staticmethod
    def _why_nothing(step: EdgeStep) -> str:
        if step.upstream == 0:
            return f"∂{step.output}/∂{step.user}"
        return f"the local derivative of {step.user}" + (f" by its {step.role}" if step.role else "")


def _wrapped(layer: str, text: str, width: int) -> list[str]:
    """A text as lines beside the name of its layer, each one column narrower than the terminal."""
    indent = " " * 9 if layer else ""
    lines = [""]
    for piece in _pieces(text, width - 1 - len(indent)):
        longer = f"{lines[-1]} {piece}" if lines[-1] else piece
        if cells(longer) < width - len(indent):
            lines[-1] = longer
        else:
            lines.append(piece)
    first, *rest = (line.rstrip() for line in lines)
    return [layer.ljust(len(indent)) + first, *(indent + line for line in rest)]


def _pieces(text: str, room: int) -> Iterator[str]:
    """The words of a text; a word that does not fit a line is split."""
    for word in printable(text).split(" "):
        while cells(word) > room:
            part = beginning(word, room)
            yield part
            word = word[len(part) :]
        yield word


def _limited(layers: list[list[str]], room: int, width: int) -> list[str]:
    """The layers in at most so many lines, one line each if need be; the longest are cut first."""
    most = max(map(len, layers))
    while most > 1 and sum(min(len(lines), most) for lines in layers) > room:
        most -= 1
    return [line for lines in layers for line in _cut_after(lines, most, width)]


def _cut_after(lines: list[str], most: int, width: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], shortened(lines[most - 1] + " …", width)]


def _change_speed(stepper: Stepper, by: int) -> None:
    stepper.speed = max(0, min(len(SPEEDS) - 1, stepper.speed + by))
    stepper.note = _a_second(stepper.speed)


def _a_second(speed: int) -> str:
    return f"{SPEEDS[speed]:g} {plural(SPEEDS[speed], 'step')} a second"


def _ask(stepper: Stepper) -> None:
    stepper.typed = ""


def _quit(stepper: Stepper) -> None:
    stepper.has_quit = True


def _play(stepper: Stepper) -> None:
    stepper.is_playing = not stepper.is_at_end


_ACTIONS: dict[str, Callable[[Stepper], None]] = {
    "next":   lambda stepper: stepper.go(stepper.position + 1),
    "back":   lambda stepper: stepper.go(stepper.position - 1),
    "first":  lambda stepper: stepper.go(0),
    "last":   lambda stepper: stepper.go(len(stepper.trace) - 1),
    "jump":   _ask,
    "play":   _play,
    "faster": lambda stepper: _change_speed(stepper, 1),
    "slower": lambda stepper: _change_speed(stepper, -1),
    "quit":   _quit,
}  # fmt: skip
