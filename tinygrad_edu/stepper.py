"""What is seen at each step, and where do the keys lead?

A `Stepper` is a trace and a place in it. Keys move the place, and `frame` is what is seen there, as lines of text; it
knows nothing of terminals, so that it can be tested without one.

Names to know: `Stepper`. Read next: `terminal.py`, which reads the keys.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.text_graph import NUMBER_WIDTH, UNICODE, Signs, cells, in_ascii, outline, window
from tinygrad_edu.trace import EdgeStep, ForwardStep, SeedStep, Step, Trace

PHASES = {ForwardStep: "forward", SeedStep: "seed", EdgeStep: "backward"}
HELP = "n next  b back  g first  G last  j jump  p play  + - speed  q quit"
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)  # steps a second
NARROWEST, WIDEST = 40, 100


class Stepper:
    """A trace, a place in it, and what the keys do.

    Args:
        trace: all steps of a graph.
        title: what stands above them.
        signs: what lines and arrows are drawn with.

    >>> from tinygrad_edu import chain_rule, parse
    >>> stepper = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x * y")
    >>> stepper.press("next")
    >>> stepper.position
    1
    """

    def __init__(self, trace: Trace, title: str, signs: Signs = UNICODE) -> None:
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
            self.note = f"{key!r} is no key here. {HELP}"
        elif not (was_playing and key == "play"):
            _ACTIONS[key](self)
            self.is_playing |= was_playing and key in ("faster", "slower")

    def go(self, position: int) -> None:
        """Show another step; beyond the ends, the nearest one."""
        self.position = max(0, min(len(self.trace) - 1, position))

    def tick(self) -> None:
        """One step on, while playing."""
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
        card = [line for text in self._card() for line in _wrapped(*text, width)]
        keys = textwrap.wrap(self._keys(), width - 1)
        title = textwrap.shorten(self.title, width - 1, placeholder=" …")
        room = max(3, height - len(card) - len(keys) - 5)
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
        return f"{PHASES[type(self.step)]}, step {self.position + 1} of {len(self.trace)}"

    def _keys(self) -> str:
        if self.typed is not None:
            return f"jump to step: {self.typed}_   (Enter goes there, q or Esc stays)"
        if self.note:
            return self.note
        return f"playing, {SPEEDS[self.speed]:g} steps a second; any key stops" if self.is_playing else HELP

    def _card(self) -> list[tuple[str, str]]:
        """What there is to say about the step: (name of the layer, text)."""
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
        return f"∂{step.output}/∂{step.user}" if step.upstream == 0 else f"the local derivative of {step.user}"


def _wrapped(layer: str, text: str, width: int) -> list[str]:
    indent = " " * 9 if layer else ""
    return textwrap.wrap(text, width - 1, initial_indent=layer.ljust(len(indent)), subsequent_indent=indent)


def _change_speed(stepper: Stepper, by: int) -> None:
    stepper.speed = max(0, min(len(SPEEDS) - 1, stepper.speed + by))
    stepper.note = f"{SPEEDS[stepper.speed]:g} steps a second"


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
