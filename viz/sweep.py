"""How does a sweep look in motion?

    sweep = viz.sweep(f)
    sweep.save("sweep.gif")             forward, the seed, and backward, edge by edge, as an animation
    sweep.save("deck.tex")              the same as slides in LaTeX
    sweep[5].save("step.svg")           one of its pictures, also as .png and .tex
    sweep                               shown by a notebook

One picture for each position: the beginning, every operation forward, the seed, every application of the chain rule
backward, and the end. Blue is positive, orange and dashed negative; what is not reached yet is dashed and "—".

Names to know: `sweep`, `Sweep`. Read next: `viz/page/strings.py`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import overload

from tinygrad_edu.errors import DrawingError, OptionError, SizeError
from tinygrad_edu.files import check_writable, write_whole
from tinygrad_edu.show import counted, cut, show
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.sentences import role_in, sentence
from tinygrad_edu.steps.trace import Step, Trace
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz.deck import Slide, deck
from tinygrad_edu.viz.drawing import Picture, rasterized
from tinygrad_edu.viz.fonts import wrapped
from tinygrad_edu.viz.gif import gif, watched
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.page.frame import Frame
from tinygrad_edu.viz.page.picture import Circuit, element, whole
from tinygrad_edu.viz.page.strings import strings
from tinygrad_edu.viz.style import FONTS

SECONDS = 1.5  # for which an application of the chain rule is shown
PAUSES = {"begin": 1.5, "forward": 0.8, "seed": 1.0, "backward": 1.0, "end": 3.0}  # as many times longer
SHORTEST, LONGEST = 0.05, 60.0  # seconds; below that, browsers play a GIF as slowly as they like
MOST_NODES, MOST_EDGES = 60, 90  # more take long to lay out, and cannot be read
ROOM = (1600, 1200)  # pixels of an animation
USUAL_WIDTH, LARGEST_SCALE, SMALLEST_SCALE = 960, 1.6, 0.75  # at 0.75, letters are 9 pixels high
LAYOUTS = (("LR", 32.0), ("LR", 20.0), ("TB", 20.0))
MARGIN = 24.0
HEADING, CAPTION, LINE = 17.0, 16.0, 24.0  # sizes of letters, and the height of a line, in pixels
NARROWEST = 520.0  # the caption has to be read
MOST_LISTED = 12  # numbers of the gradient at the end
MOST_LINES = 4  # of a caption
LONGEST_TITLE = 40  # characters of the formula in the title of a slide
BAR = 6.0  # the height of the bar that shows how far the sweep is


def sweep(
    value: Value,
    *,
    lang: str = "en",
    theme: str = "light",
    seconds: float = SECONDS,
    width: int | None = None,
    backward_only: bool = False,
) -> Sweep:
    """The whole sweep as an animation: a picture for each step, forward and backward.

    Args:
        value: the output of the graph; its `backward()` need not have been called.
        lang: "en" for English, "zh" for Simplified Chinese.
        theme: "light", or "dark" for a dark page or a dark room.
        seconds: for which an application of the chain rule is shown. An operation takes a little less, and the end is
            shown three times as long before the animation begins again.
        width: of the animation, in pixels; by default as large as the graph needs, at most 960 if that can be read.
        backward_only: whether to begin with every number known, at the seed.

    Raises:
        GraphError: if `value` is not a Value.
        StaleGraphError: if a number changed after the graph was made.
        SizeError: if the graph is too large to be read in an animation, or in one of this width.
        OptionError: if there is no such language or theme, or if `seconds` is out of range.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> sweep(x * y)
    <Sweep of 6 pictures, 12.4 seconds: .save('sweep.gif'), [2].save('step.svg')>
    """
    return Sweep(value, lang, seconds, width, theme=theme, backward_only=backward_only)


@dataclass(frozen=True)
class Still(Picture):
    """One picture of a sweep, with what is said below it.

    Attributes:
        position: 0 is the beginning, i is after the step i of the trace, and the last one is the end.
        phase: "begin", "forward", "seed", "backward" or "end".
        heading: where in the sweep this is.
        text: the step in names and numbers.
    """

    sweep: Sweep
    position: int
    phase: str
    heading: str
    text: str

    @property
    def paper(self) -> str:
        """The colour that it is drawn on."""
        return self.sweep.theme.paper

    def svg(self) -> str:
        """The picture as SVG text, which needs nothing else."""
        return self.sweep.draw(self)

    def __repr__(self) -> str:
        return f"<Still {self.position}: {self.text}>"


class Sweep(Sequence[Still]):
    """A sweep as a sequence of pictures: saved as a GIF, shown by notebooks."""

    def __init__(
        self,
        value: Value,
        lang: str,
        seconds: float,
        width: int | None,
        *,
        theme: str = "light",
        backward_only: bool = False,
    ) -> None:
        look = look_of("sweep", theme, lang)
        self.theme, self.lang = look
        self.texts = strings(look.lang)
        if not SHORTEST <= seconds <= LONGEST:
            wrong = f"a picture is shown for {SHORTEST:g} to {LONGEST:g} seconds"
            raise OptionError(f"sweep(seconds={seconds!r})", wrong, instead=f"seconds={SECONDS:g}")
        self.trace = chain_rule(value).with_roles(partial(role_in, look.lang))
        self.formula = to_text(value)
        self.seconds = seconds
        self.is_backward_only = backward_only
        self.circuit = _circuit(self.trace, look)
        self.scale = _scale(self.size, width)

    @cached_property
    def stills(self) -> tuple[Still, ...]:
        """The pictures, in order."""
        steps = self.trace.steps
        first = len(self.trace.forward) if self.is_backward_only else 0
        begin = Still(self, first, "begin", self.formula, self._say(f"sweep_{'backward' if first else 'begin'}"))
        last = Still(self, len(steps) + 1, "end", self._say("sweep_end"), self._gradient())
        return (begin, *(self._still(index + 1, step) for index, step in enumerate(steps) if index >= first), last)

    def _still(self, position: int, step: Step) -> Still:
        places = {"phase": self.texts[f"phase_{step.phase}"], "step": str(position), "steps": str(len(self.trace))}
        return Still(self, position, step.phase, self.texts["sweep_step"].format(**places), str(step))

    def _say(self, key: str) -> str:
        return self.texts[key].format(output=self.trace.output.name)

    def _gradient(self) -> str:
        output, gradients = self.trace.output.name, self.trace.gradients
        listed = [f"∂{output}/∂{leaf.name} = {show(gradients.get(leaf.name, 0.0))}" for leaf in self.trace.leaves]
        shown, more = ", ".join(listed[:MOST_LISTED]), len(listed) - MOST_LISTED
        return shown if more <= 0 else self.texts["sweep_more"].format(gradients=shown, count=more)

    @overload
    def __getitem__(self, index: int) -> Still: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Still, ...]: ...
    def __getitem__(self, index: int | slice) -> Still | tuple[Still, ...]:
        return self.stills[index]

    def __len__(self) -> int:
        return len(self.stills)

    def __iter__(self) -> Iterator[Still]:
        return iter(self.stills)

    @property
    def times(self) -> list[float]:
        """How many seconds each picture is shown."""
        return [self.seconds * PAUSES[still.phase] for still in self.stills]

    # Saving and showing

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the animation to a .gif file, on a terminal with a progress bar, or slides to a .tex file.

        The file appears whole or not at all.

        Returns:
            The path of the file.

        Raises:
            DrawingError: if the suffix is another one: one picture of the sweep is saved as .svg or .png.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".gif", ".tex"):
            asked, wrong = f"a sweep in {path.name!r}", "a sweep is an animation, a .gif, or slides, a .tex"
            raise DrawingError(asked, wrong, instead='save("sweep.gif"), or sweep[-1].save("step.svg") for one picture')
        check_writable(path)
        write_whole(path, self._gif if path.suffix.lower() == ".gif" else self.deck().encode())
        return path

    def deck(self) -> str:
        """The sweep as slides in LaTeX (Beamer), a step on each: the graph, the formula, and what the step does."""
        return deck(self.formula, map(self._slide, self.stills), self.theme)

    def _slide(self, still: Still) -> Slide:
        graph = whole(self.circuit.size, self._graph(still))
        if still.phase in ("begin", "end"):
            return Slide(self.texts["graph"].format(expression=cut(self.formula, LONGEST_TITLE)), graph, "", still.text)
        step = self.trace.steps[still.position - 1]
        return Slide(still.heading, graph, step.latex, sentence(self.trace, step, self.lang))

    @cached_property
    def _gif(self) -> bytes:
        pictures = [rasterized(still.svg(), self.scale, self.theme.paper) for still in watched(self.stills, "drawing")]
        return gif(pictures, [round(1000 * time) for time in self.times])

    def _repr_html_(self) -> str:
        """What a notebook shows: the animation."""
        image = base64.b64encode(self._gif).decode()
        return f'<img src="data:image/gif;base64,{image}" alt="{escape(self.formula)}" style="max-width: 100%">'

    def __repr__(self) -> str:
        length = f"{counted(len(self), 'picture')}, {show(sum(self.times), 3)} seconds"
        return f"<Sweep of {length}: .save('sweep.gif'), [2].save('step.svg')>"

    # Drawing

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height of the pictures in pixels, before scaling."""
        height = self.circuit.size[1]
        lines = max(len(self._lines(still)) for still in self.stills)
        return self._width, height + 3 * MARGIN + HEADING + lines * LINE + BAR

    @property
    def _width(self) -> float:
        return max(NARROWEST, self.circuit.size[0]) + 2 * MARGIN

    def draw(self, still: Still) -> str:
        """One picture as SVG text."""
        width, height = self.size
        shift = (width - self.circuit.size[0]) / 2
        placed = element("g", {"transform": f"translate({shift:.1f},{MARGIN:.0f})"}, self._graph(still))
        paper = element("rect", {"width": width, "height": height, "fill": self.theme.paper})
        parts = (element("title", {}, still.text), paper, placed, *self._caption(still), *self._bar(still))
        return whole(self.size, *parts)

    def _graph(self, still: Still) -> str:
        is_about_a_step = still.phase not in ("begin", "end")
        step = self.trace.steps[still.position - 1] if is_about_a_step else None
        frame = Frame(self.trace, still.position, step, self.theme)
        return self.circuit.svg(frame.boxes(), frame.arrows())

    def _lines(self, still: Still) -> list[str]:
        return wrapped(still.text, self._width - 2 * MARGIN, CAPTION, MOST_LINES)

    def _caption(self, still: Still) -> Iterator[str]:
        top = self.circuit.size[1] + 2 * MARGIN + HEADING
        written = {"x": MARGIN, "font-family": FONTS, "fill": self.theme.ink}
        (heading,) = wrapped(still.heading, self._width - 2 * MARGIN, HEADING, 1, bold=True)
        yield element("text", {**written, "y": top, "font-size": HEADING, "font-weight": "bold"}, heading)
        for number, line in enumerate(self._lines(still), start=1):
            yield element("text", {**written, "y": top + number * LINE, "font-size": CAPTION}, line)

    def _bar(self, still: Still) -> Iterator[str]:
        """Where in the sweep this is: a bar with a part for each phase."""
        width, height = self.size
        counts = [len(self.trace.forward), 1, len(self.trace.edges)]
        each = (width - 2 * MARGIN) / max(1, sum(counts))
        before = 0
        for count in filter(None, counts):
            place = {"x": MARGIN + before * each, "y": height - MARGIN / 2 - BAR, "height": BAR, "rx": BAR / 2}
            done = min(count, max(0, still.position - before))
            yield element("rect", {**place, "width": count * each - 3, "fill": self.theme.operation})
            yield element("rect", {**place, "width": max(0.0, done * each - 3), "fill": self.theme.outline})
            before += count


# Sizes


def _circuit(trace: Trace, look: Look) -> Circuit:
    """From left to right where that can be read, or else closer together, or else from top to bottom."""
    nodes, edges = len(trace.nodes), len(trace.edges)
    if nodes > MOST_NODES or edges > MOST_EDGES:
        size = f"{counted(nodes, 'node')}, {counted(edges, 'edge')}"
        raise _too_large(size, f"at most {MOST_NODES} nodes and {MOST_EDGES} edges can be read in an animation")
    circuits = [Circuit(trace, *layout, look) for layout in LAYOUTS]
    for circuit in circuits:
        if all(side * SMALLEST_SCALE <= room for side, room in zip(circuit.size, ROOM, strict=True)):
            return circuit
    width, height = (f"{side * SMALLEST_SCALE:,.0f}" for side in circuits[1].size)
    wrong = f"to be read, it needs {width} × {height} pixels, and there is room for {ROOM[0]:,} × {ROOM[1]:,}"
    raise _too_large(counted(nodes, "node"), wrong)


def _too_large(size: str, wrong: str) -> SizeError:
    instead = 'viz.player(f).save("f.html"), a page that shows a part at a time; or the sweep of a smaller graph'
    return SizeError(f"a sweep of {size}", wrong, instead=instead)


def _scale(size: tuple[float, float], width: int | None) -> float:
    """Pixels of the animation for each pixel of a picture."""
    largest = min(LARGEST_SCALE, *(room / side for room, side in zip(ROOM, size, strict=True)))
    if width is None:
        return max(SMALLEST_SCALE, min(largest, max(USUAL_WIDTH / size[0], 1.0)))
    narrowest, widest = round(SMALLEST_SCALE * size[0]), round(max(largest, SMALLEST_SCALE) * size[0])
    if not narrowest <= width <= widest:
        asked, wrong = f"sweep(width={width!r})", f"this one can be read from {narrowest:,} to {widest:,} pixels"
        raise SizeError(asked, wrong, instead=f"width={min(max(USUAL_WIDTH, narrowest), widest)}, or none")
    return width / size[0]
