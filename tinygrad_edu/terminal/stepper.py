"""What is seen at each step, and where do the keys lead?

A `Stepper` is a trace and a position in it. Keys move the position, and `frame` is what is seen there, as lines of
text; it knows nothing about terminals, so it can be tested without one.

In predict mode each number is asked for before it is shown. It is judged as on the page (`steps/judging.py`): the first
answer counts, a usual mistake is named, and one may try again.

Names to know: `Stepper`. Read next: `keyboard.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tinygrad_edu.errors import GraphError
from tinygrad_edu.show import cells, folded, in_brackets, show
from tinygrad_edu.steps.judging import explained, judge, read_answer
from tinygrad_edu.steps.sentences import role_in, say, sentence
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep, Step, Trace
from tinygrad_edu.terminal.outline import (
    NUMBER_WIDTH,
    UNICODE,
    Row,
    Signs,
    Span,
    in_ascii,
    outline,
    printable,
    shortened,
    window,
)
from tinygrad_edu.terminal.words import word

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)  # steps a second
NARROWEST, WIDEST = 40, 80
LOWEST_GRAPH = 3  # lines of the graph that are always seen
EASY_GRAPH = 7  # lines of the graph that a sentence leaves
LAYER = 9  # columns for the names of the layers


class Stepper:
    """A trace, a position in it, and what the keys do.

    Args:
        trace: all steps of a graph.
        title: the text above them.
        signs: the characters for lines and arrows.
        lang: the language: "en" or "zh".

    Raises:
        GraphError: if there is no step.

    >>> from tinygrad_edu import chain_rule, parse
    >>> stepper = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x * y")
    >>> stepper.press("next")
    >>> stepper.position
    1
    """

    def __init__(self, trace: Trace, title: str, signs: Signs = UNICODE, lang: str = "en") -> None:
        if not trace:
            raise GraphError(
                "stepping through an empty part of a trace", "there is no step to show", instead="trace[:]"
            )
        self.trace = trace if lang == "en" else trace.with_roles(lambda role: role_in(lang, role))
        self.title = title
        self.signs = signs
        self.lang = lang
        self.position = 0
        self.typed: str | None = None  # the number of a jump, or a prediction, while it is being typed
        self.note = ""
        self.is_playing = False
        self.is_predicting = False
        self.is_asked = False  # whether what is typed is a prediction
        self.is_corrected = False  # whether it is not the first one for this number
        self.is_explaining = True  # whether a sentence says why
        self.is_listing_keys = False
        self.has_quit = False
        self.speed = SPEEDS.index(1.0)
        self.predicted: list[bool] = []  # for each answer, whether it was right

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.trace.steps[self.position]

    @property
    def is_at_end(self) -> bool:
        """Whether there is no next step."""
        return self.position == len(self.trace) - 1

    @property
    def state(self) -> tuple[object, ...]:
        """What the picture depends on: as long as it is the same, so is the picture."""
        modes = (self.is_playing, self.is_predicting, self.is_asked, self.is_explaining, self.is_listing_keys)
        return (self.position, self.typed, self.note, self.speed, len(self.predicted), *modes)

    # Keys

    def press(self, key: str) -> None:
        """Do what a key means; see the keys in `terminal/words.py`."""
        self.note = ""
        if self.typed is not None:
            self._type(key)
            return
        self.is_listing_keys &= key == "keys"
        was_playing, self.is_playing = self.is_playing, False
        if key not in _ACTIONS:
            self.note = self._word("no_key", pressed=repr(key))
        elif not (was_playing and key == "play"):
            _ACTIONS[key](self)
            self.is_playing |= was_playing and key in ("faster", "slower")

    def go(self, position: int) -> None:
        """Show another step; beyond the ends, the nearest one."""
        self.position = max(0, min(len(self.trace) - 1, position))

    def go_on(self) -> None:
        """The next step; in predict mode, its question first."""
        before = self.position
        self.go(before + 1)
        if self.is_predicting and self.position != before and not isinstance(self.step, SeedStep):
            self.typed, self.is_asked, self.is_corrected = "", True, False

    def tick(self) -> None:
        """One step forward, while playing."""
        self.go(self.position + 1)
        self.is_playing = not self.is_at_end

    def _type(self, key: str) -> None:
        assert self.typed is not None
        if key == "back":  # the backspace key
            self.typed = self.typed[:-1]
        elif key == "next":  # the enter key
            self._enter(self.typed)
        elif key == "quit" or not (self.is_asked or key.isdecimal()):
            self._stop_typing()
        elif len(key) == 1 and key.isprintable():
            self.typed += key

    def _stop_typing(self) -> None:
        self.typed = None
        if self.is_asked:
            self.is_asked = False
            _predict(self)

    def _enter(self, typed: str) -> None:
        if self.is_asked:
            self._answer(typed)
        else:
            self.typed = None
            self._jump(typed)

    def _jump(self, typed: str) -> None:
        if typed and len(typed) < 10 and 1 <= int(typed) <= len(self.trace):
            self.go(int(typed) - 1)
        else:
            self.note = self._word("no_step" if typed else "no_number", typed=typed, last=len(self.trace))

    def _answer(self, typed: str) -> None:
        """Judge a prediction; what is not a number is asked for again, and so is a wrong one."""
        step = self.step
        assert isinstance(step, ForwardStep | EdgeStep)
        verdict = judge(self.trace, step, read_answer(typed))
        if not typed.strip():
            self._end_of_question("predict_shown", is_right=False)
        elif verdict.said == "right":
            self._end_of_question("predict_corrected" if self.is_corrected else "predict_right", is_right=True)
        elif verdict.said == "rough" or not read_answer(typed):
            self.note, self.typed = say(self.lang, "predict_rough" if read_answer(typed) else "predict_unread"), ""
        else:
            self._count(is_right=False)
            wrong = say(self.lang, "predict_wrong", answer=typed)
            self.note, self.typed = f"{wrong} {explained(step, verdict.mistake, self.lang)}", ""

    def _end_of_question(self, said: str, *, is_right: bool) -> None:
        self._count(is_right=is_right)
        self.typed, self.is_asked = None, False
        self.note = say(self.lang, said, number=show(_result(self.step)))

    def _count(self, *, is_right: bool) -> None:
        """The first answer to a question counts."""
        if not self.is_corrected:
            self.predicted.append(is_right)
        self.is_corrected = True

    # Pictures

    def frame(self, width: int = 80, height: int = 24) -> list[tuple[str, bool]]:
        r"""What is seen at this step, as lines, each with whether it stands out.

        >>> from tinygrad_edu import chain_rule, parse
        >>> stepper = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x * y")
        >>> stepper.go(2)
        >>> print("\n".join(line for line, _ in stepper.frame(width=60)))
        f = x * y
        Backward, step 3 of 4
                         value   gradient
        f = x * y            6          1
        ├─▶ x                2          3
        └── y                3          —
        <BLANKLINE>
        names    ∂f/∂x = ∂f/∂f · ∂f/∂x
        symbols  ∂f/∂f · y
        numbers  1 · 3
        result   3
        why      When x changes a little, f changes y = 3 times as
                 much. f is the output, whose own gradient is 1: so
                 x gets 3.
        <BLANKLINE>
        →/n next  ←/b back  j jump  p play  t predict  w why
        ? keys  q quit
        """
        above, below = self.parts(width, height)
        return [(row.text, row.is_active) for row in (*above, *below)]

    def parts(self, width: int, height: int) -> tuple[list[Row], list[Row]]:
        """What is seen at this step, and what stays at the foot of the screen: what was asked or done, and the keys."""
        width = max(NARROWEST, min(WIDEST, width))
        below = ["", *self._foot(width)]
        card = self._below_the_graph(width, height - len(below) - 4 - LOWEST_GRAPH)
        title = shortened(self.title, width)
        room = max(LOWEST_GRAPH, height - len(card) - len(below) - 4)
        rows = outline(self.trace, self.position, width=width - 1, signs=self.signs, is_hidden=self.is_asked)
        above = [Row(title), Row(self._heading(), is_active=True), self._columns(rows)]
        above += [*window(rows, room, self.signs), Row(""), *card]
        return self._in_signs(above), self._in_signs([Row(line) for line in below])

    def _in_signs(self, rows: list[Row]) -> list[Row]:
        return rows if self.signs is UNICODE else [row._replace(text=in_ascii(row.text)) for row in rows]

    def _columns(self, rows: list[Row]) -> Row:
        """The words above the two columns of numbers."""
        ends = next((row.spans for row in rows if row.spans), ())
        last = max(cells(row.text) for row in rows)
        apart = ends[1].end - ends[0].end if ends else NUMBER_WIDTH
        value, gradient = self._word("value"), self._word("gradient")
        left = " " * (last - apart - cells(value)) + value
        return Row(left + " " * (last - cells(left) - cells(gradient)) + gradient)

    def _heading(self) -> str:
        place = say(self.lang, "step_of", step=self.position + 1, steps=len(self.trace))
        score = self._score() if self.is_predicting and self.predicted else ""
        return self._word("comma").join(filter(None, [say(self.lang, f"phase_{self.step.phase}"), place, score]))

    def _score(self) -> str:
        return self._word("score", right=sum(self.predicted), all=len(self.predicted))

    def _foot(self, width: int) -> list[str]:
        """A line about what was typed or done, if there is one, and the keys."""
        said = self._said()
        return [*(_wrapped("", said, width) if said else []), *_side_by_side(self._word("keys"), width)]

    def _said(self) -> str:
        if self.typed is not None and self.is_asked:
            asked = self._word("answer", question=self._question(), typed=self.typed)
            return f"{self.note} {asked}" if self.note else asked
        if self.typed is not None:
            return self._word("jump", typed=self.typed)
        if self.is_playing:
            return self._word("playing", speed=self._a_second())
        return self.note

    def _question(self) -> str:
        match self.step:
            case ForwardStep() as step:
                return say(self.lang, "predict_ask_value", node=step.name, formula=step.formula)
            case EdgeStep(is_shared=True) as step:
                return say(self.lang, "predict_ask_sum", gradient=step.gradient, user=step.user)
            case EdgeStep() as step:
                return say(self.lang, "predict_ask", gradient=step.gradient)
        return ""

    def _below_the_graph(self, width: int, room: int) -> list[Row]:
        """The texts about the step, with the sentence that says why if there is room for all of it; or the keys."""
        if self.is_listing_keys:
            return _limited([_rows("", self._word(f"key_{key}"), width) for key in KEYS_LISTED], room, width)
        layers = [_rows(self._word(name), text, width, number) for name, text, number in self._card()]
        if self.is_explaining and not self.is_asked:
            why = _rows(self._word("why"), sentence(self.trace, self.step, self.lang), width)
            left = room + LOWEST_GRAPH - sum(map(len, layers)) - len(why)
            layers += [why] if left >= min(EASY_GRAPH, len(self.trace.nodes)) else []
        return _limited(layers, room, width)

    def _card(self) -> list[tuple[str, str, float]]:
        """The texts about the step: (name of the layer, text, the number that it ends with)."""
        match self.step:
            case ForwardStep() as step:
                rows = [
                    ("names", f"{step.name} = {step.formula}", math.nan),
                    ("numbers", step.numbers, math.nan),
                    ("result", show(step.out), step.out),
                ]
                return rows[:1] if self.is_asked else rows
            case SeedStep() as step:
                return [("names", str(step), 1.0)]
            case EdgeStep() as step:
                return self._asked_card(step) if self.is_asked else self._edge_card(step)

    def _asked_card(self, step: EdgeStep) -> list[tuple[str, str, float]]:
        """The rule alone, and the upstream gradient, which is known."""
        known = f"∂{step.output}/∂{step.user} = {show(step.upstream)}"
        return [("names", _names(step), math.nan), ("numbers", known, step.upstream)]

    def _edge_card(self, step: EdgeStep) -> list[tuple[str, str, float]]:
        rows = [("names", _names(step), math.nan)]
        if step.symbol:
            rows.append(("symbols", step.rule_with_symbol, math.nan))
        rows += [("numbers", step.product, math.nan), ("result", show(step.contribution), step.contribution)]
        if step.is_shared:
            rows.append(("sum", self._sum(step), math.nan))
        return rows

    def _sum(self, step: EdgeStep) -> str:
        status = say(self.lang, "complete" if step.is_complete else "to_come", count=step.to_come)
        total = f"{show(step.before)} + {in_brackets(step.contribution)} = {show(step.after)}"
        if step.is_first:
            total = say(self.lang, "sum_first", number=show(step.after))
        return f"{total}{self._word('comma')}{status}"

    def _a_second(self) -> str:
        count = SPEEDS[self.speed]
        return self._word("speed_one" if count == 1 else "speed", count=f"{count:g}")

    def _word(self, key: str, /, **places: object) -> str:
        return word(self.lang, key, **places)


def _names(step: EdgeStep) -> str:
    return f"{step.gradient} {'+=' if step.is_shared else '='} {step.rule}"


def _result(step: Step) -> float:
    """The number that a step gives; at a shared node, the sum so far."""
    match step:
        case ForwardStep(out=out):
            return out
        case EdgeStep(after=after):
            return after
    return 1.0


def _rows(layer: str, text: str, width: int, number: float = math.nan) -> list[Row]:
    """A text as rows beside the name of its layer; the number that it ends with is marked."""
    rows = [Row(line) for line in _wrapped(layer, text, width)]
    end, shown = len(rows[-1].text), show(number)
    if rows[-1].text.endswith(f" {shown}"):
        rows[-1] = rows[-1]._replace(spans=(Span(end - len(shown), end, number),))
    return rows


def _wrapped(layer: str, text: str, width: int) -> list[str]:
    """A text as lines beside the name of its layer, each one column narrower than the terminal."""
    indent = " " * LAYER if layer else ""
    first, *rest = folded(printable(text), width - 1 - len(indent))
    return [layer + " " * (len(indent) - cells(layer)) + first, *(indent + line for line in rest)]


def _side_by_side(text: str, width: int) -> list[str]:
    """Keys with what they do, as many in a line as fit; what two spaces part stays together where it can."""
    lines = [""]
    for key in text.split("  "):
        longer = f"{lines[-1]}  {key}" if lines[-1] else key
        lines[-1:] = [longer] if cells(longer) < width else [*filter(None, lines[-1:]), *folded(key, width - 1)]
    return lines


def _limited(layers: list[list[Row]], room: int, width: int) -> list[Row]:
    """The layers in at most so many lines, one line each if need be; the longest are cut first."""
    most = max(map(len, layers))
    while most > 1 and sum(min(len(rows), most) for rows in layers) > room:
        most -= 1
    return [row for rows in layers for row in _cut_after(rows, most, width)]


def _cut_after(rows: list[Row], most: int, width: int) -> list[Row]:
    if len(rows) <= most:
        return rows
    return [*rows[: most - 1], Row(shortened(f"{rows[most - 1].text} …", width))]


def _change_speed(stepper: Stepper, by: int) -> None:
    stepper.speed = max(0, min(len(SPEEDS) - 1, stepper.speed + by))
    stepper.note = stepper._a_second()


def _ask(stepper: Stepper) -> None:
    stepper.typed = ""


def _quit(stepper: Stepper) -> None:
    stepper.has_quit = True


def _play(stepper: Stepper) -> None:
    stepper.is_playing = not stepper.is_at_end


def _predict(stepper: Stepper) -> None:
    """Begin or end predict mode."""
    stepper.is_predicting = not stepper.is_predicting
    if stepper.is_predicting:
        stepper.predicted.clear()
        stepper.note = stepper._word("asking")
    elif stepper.predicted:
        stepper.note = stepper._word("not_asking", right=sum(stepper.predicted), all=len(stepper.predicted))


def _explain(stepper: Stepper) -> None:
    stepper.is_explaining = not stepper.is_explaining


def _list_keys(stepper: Stepper) -> None:
    stepper.is_listing_keys = not stepper.is_listing_keys


KEYS_LISTED = ("next", "back", "ends", "jump", "play", "predict", "why", "quit")
_ACTIONS: dict[str, Callable[[Stepper], None]] = {
    "next":    Stepper.go_on,
    "back":    lambda stepper: stepper.go(stepper.position - 1),
    "first":   lambda stepper: stepper.go(0),
    "last":    lambda stepper: stepper.go(len(stepper.trace) - 1),
    "jump":    _ask,
    "play":    _play,
    "faster":  lambda stepper: _change_speed(stepper, 1),
    "slower":  lambda stepper: _change_speed(stepper, -1),
    "predict": _predict,
    "why":     _explain,
    "keys":    _list_keys,
    "quit":    _quit,
}  # fmt: skip
