"""What is said of an engine that was checked?

    report = check_engine(Value)        progress by chapter, mistakes with the program that shows each, hints, notes
    print(report)                       as text; a notebook shows it as HTML, `report.to_json()` is for programs
    report.raise_for_mistakes()         an AssertionError with the first mistakes, for pytest and graders

Names to know: `check_engine`, `Report`. Read next: `bugs.py`.
"""

from __future__ import annotations

import html
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_edu.checks.engines.adapter import Adapter, Said, in_python, names_of
from tinygrad_edu.checks.engines.diagnosis import Diagnosis, Finding, diagnosed
from tinygrad_edu.checks.engines.notes import notes_of, slips_of
from tinygrad_edu.checks.engines.probes import CHAPTERS, GUIDE
from tinygrad_edu.checks.engines.running import is_close
from tinygrad_edu.errors import NumberError
from tinygrad_edu.show import aligned, counted, listed, printable, show

WIDTH = 78
UNBROKEN = "\N{NO-BREAK SPACE}"
OTHER_NAME = "If yours has another name, say it: {}."
WORDS = {  # what is not there yet, as one would write it
    "add": "a + b", "mul": "a * b", "backward": "backward()", "number": "a + 3", "neg": "-a", "sub": "a - b",
    "pow": "a ** 3", "div": "a / b", "radd": "3 + a", "rmul": "3 * a", "rsub": "3 - a", "rtruediv": "3 / a",
}  # fmt: skip
DONE, WRONG, WAITING = "✓", "✗", "·"
STYLE = """<style>
.tinygrad-edu-check { max-width: 45em; color: inherit; overflow-wrap: anywhere; }
.tinygrad-edu-check > div { display: flex; flex-wrap: wrap; gap: .5em 2em; align-items: flex-start; }
.tinygrad-edu-check pre { margin: 0; padding: .5em 0; max-width: 100%; overflow-x: auto; background: none;
  color: inherit; white-space: pre-wrap; }
.tinygrad-edu-check table { margin: 0; border-collapse: collapse; background: none; }
.tinygrad-edu-check :is(td, th) { padding: .15em .6em; background: none; color: inherit; text-align: left;
  font-variant-numeric: tabular-nums; }
.tinygrad-edu-check > div :is(td, th):nth-child(2), .tinygrad-edu-check > div :is(td, th):nth-child(3) {
  text-align: right; }
.tinygrad-edu-check .wrong { font-weight: bold; }
.tinygrad-edu-check h4 { margin: 1.2em 0 .4em; }
.tinygrad-edu-check details { margin-top: .6em; }
.tinygrad-edu-check code { background: none; color: inherit; }
</style>"""  # no colours of its own: it takes those of the notebook, light or dark


def check_engine(
    value: object,
    *,
    data: str | None = None,
    grad: str | None = None,
    backward: str | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Report:
    """Find the mistakes in an engine for automatic differentiation, such as a learner's own, and name them.

    The engine is run on small expressions in the order of a course. What it computes is compared with what a right
    engine computes, and with what engines compute that make a certain mistake: a mistake is named where the two agree
    in every number. Operations that are not there yet are no mistakes.

    Args:
        value: the class of its numbers, as micrograd's `Value`; it is called with a float.
        data: what it calls its number, if that cannot be guessed.
        grad: what it calls its gradient.
        backward: what it calls the method that computes gradients.
        functions: functions beside the class, such as {"exp": exp}; methods are found by themselves.

    Raises:
        NumberError: if `value` is not a class.
        OptionError: if one of its names cannot be guessed.
        Exception: whatever the class raises when it is given a number.

    >>> from tinygrad_edu import Value
    >>> check_engine(Value).ok
    True
    """
    if not isinstance(value, type):
        asked, kind = f"check_engine({value!r})", type(value).__name__
        raise NumberError(asked, f"the class is checked, not a {kind}", instead="check_engine(Value)")
    wanted = {"data": data, "grad": grad, "backward": backward}
    return report_on(value, wanted, functions)


def report_on(
    value: type[Any],
    wanted: Mapping[str, str | None],
    functions: Mapping[str, Callable[..., Any]] | None = None,
    said: Said = in_python,
) -> Report:
    """The same for any door; `said` is how one gives a name there."""
    adapter = Adapter(value, names_of(value, wanted, functions, said=said), functions)
    return Report(adapter, diagnosed(adapter), said)


@dataclass(frozen=True)
class Row:
    """A name of a probe with what was found for it: number and gradient, beside the right ones."""

    name: str
    expected: tuple[float, float]
    found: tuple[float, float] | None
    is_first: bool  # of those that differ, in the order of the sweep

    @property
    def differs(self) -> bool:
        """Whether number or gradient is another one than it should be."""
        return self.found is None or not all(map(is_close, self.expected, self.found))


class Report:
    """What was found in an engine.

    Attributes:
        ok: whether there is no mistake in what is there.
        mistakes: the mistakes, the most certain first, each with kind, operation, expression, expected, found, hint,
            link.
        notes: choices in which right engines differ.
        chapters: for each chapter its title, how many programs are right, how many could be run, how many there are.
    """

    def __init__(self, adapter: Adapter, diagnosis: Diagnosis, said: Said = in_python) -> None:
        self._adapter, self._diagnosis, self._said = adapter, diagnosis, said
        looked_for = [*diagnosis.missing, *(one.mistake.operation or "" for one in diagnosis.findings)]
        self.notes: list[str] = [*slips_of(adapter, filter(None, looked_for)), *notes_of(diagnosis)]

    @property
    def ok(self) -> bool:
        """Whether there is no mistake in what is there."""
        return not self._diagnosis.findings

    @property
    def is_complete(self) -> bool:
        """Whether it is right, and nothing is missing."""
        return self.ok and not self._diagnosis.missing

    @property
    def findings(self) -> list[Finding]:
        """The mistakes, with the probes that show them."""
        return self._diagnosis.findings

    @property
    def missing(self) -> list[str]:
        """The operations that are not there yet."""
        return self._diagnosis.missing

    @property
    def chapters(self) -> list[dict[str, Any]]:
        """How far the engine is, chapter by chapter."""
        passed = self._diagnosis.passed
        return [
            {"chapter": chapter, "title": title, **dict(zip(("right", "tried", "all"), passed[chapter], strict=True))}
            for chapter, title in CHAPTERS.items()
        ]

    @property
    def mistakes(self) -> list[dict[str, Any]]:
        """The mistakes as data, the most certain first."""
        return [self._as_data(finding) for finding in self.findings]

    def _as_data(self, finding: Finding) -> dict[str, Any]:
        mistake = finding.mistake
        different = [row for row in self.rows(finding) if row.differs]
        return {
            "kind": mistake.kind,
            "operation": mistake.operation,
            "operations": list(finding.operations),
            "name": mistake.name,
            "sentence": mistake.sentence,
            "expression": self.program(finding),
            "expected": {row.name: list(row.expected) for row in different},
            "found": {row.name: row.found and list(row.found) for row in different} or finding.found.message,
            "hint": mistake.hint,
            "link": GUIDE.format(mistake.page),
        }

    def program(self, finding: Finding) -> str:
        """The program that shows a mistake, in the words of the engine."""
        return self._adapter.in_its_words(finding.probe.code)

    def rows(self, finding: Finding) -> list[Row]:
        """The sweep beside the right one, from the output back; empty if the program was stopped by an error."""
        if finding.found.error:
            return []
        rows: list[Row] = []
        for name, expected in reversed(list(finding.expected.numbers.items())):
            found = finding.found.numbers.get(name)
            row = Row(name, expected, found, is_first=False)
            is_first = row.differs and not any(one.differs for one in rows)
            rows.append(Row(name, expected, found, is_first))
        return rows

    def to_json(self) -> str:
        """{"ok", "complete", "chapters", "mistakes", "notes"}; numbers that JSON has not are written as strings."""
        told = {
            "ok": self.ok,
            "complete": self.is_complete,
            "missing": self.missing,
            "chapters": self.chapters,
            "mistakes": self.mistakes,
            "notes": self.notes,
        }
        return json.dumps(_plain(told), ensure_ascii=False, indent=2)

    def raise_for_mistakes(self) -> None:
        """Raise an AssertionError that says the mistakes, if there are any.

        Raises:
            AssertionError: with the text of this report.
        """
        if not self.ok:
            raise AssertionError(f"\n{self}")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Report: {self.summary}>"

    @property
    def summary(self) -> str:
        """One line: whether it is right, how many mistakes, what is missing."""
        return self._unbroken_summary().replace(UNBROKEN, " ")

    def _unbroken_summary(self) -> str:
        missing = f"; not there yet: {_operations(self.missing)}" if self.missing else ""
        found = counted(len(self.findings), "mistake") if self.findings else "all that is there is right"
        return f"{found}{missing}" if missing or self.findings else "all of it is right"

    # As text

    def text(self, *, width: int = WIDTH, shows: str = "hint", chapters: Path | None = None) -> str:
        """The report as text.

        Args:
            width: of a line, in characters.
            shows: "hint" for sentences and hints, "only hints", or "solution" for what the line has to do as well.
            chapters: the folder with the chapters of the course; without one the command is named that shows a chapter.
        """
        summary = self._unbroken_summary()
        parts = [_wrapped(f"{_begun(summary)}.", width), self._progress()]
        parts += [self._finding(number, one, width, shows, chapters) for number, one in enumerate(self.findings, 1)]
        parts += [_wrapped(closing, width) for closing in self._closing(chapters)]
        return "\n\n".join(parts)

    def _closing(self, chapters: Path | None = None) -> list[str]:
        """What is said after the mistakes: notes, and what comes next."""
        parts = [f"Note: {note}" for note in self.notes]
        if "backward" in self.missing and "mul" not in self.missing:
            other = OTHER_NAME.format(self._said(self._adapter.value.__name__, "backward", "NAME"))
            parts.append(f"No method {self._adapter.names.backward} was found. {other}")
        return list(filter(None, [*parts, self.next_step(chapters)]))

    def _progress(self) -> str:
        return "\n".join(f"  {line}" for line in aligned(self._progress_cells()))

    def _progress_cells(self) -> list[tuple[str, str, str]]:
        return [
            (_mark(one), one["title"], f"{one['right']} of {one['all']}" if one["tried"] else "")
            for one in self.chapters
        ]

    def next_step(self, chapters: Path | None = None) -> str:
        """What comes next, where a mistake does not come first."""
        if not self.ok:
            return ""
        if not self.missing:
            return "Nothing is missing: this engine can train a network."
        open_chapters = [one for one in self.chapters if one["right"] < one["all"]]
        page = next((one for one in open_chapters if not _is_begun(one)), None)
        if page is None:
            return f"This is enough to train a network: one needs a function or two. {_next('training', chapters)}"
        return _next(page["chapter"], chapters)

    def _finding(self, number: int, finding: Finding, width: int, shows: str, chapters: Path | None) -> str:
        mistake = finding.mistake
        said = [] if shows == "only hints" else [_wrapped(mistake.sentence, width, "   ")]
        program = textwrap.indent(self.program(finding), "       ")
        parts = [
            _wrapped(f"{number}. {finding.title}", width),
            *said,
            program,
            textwrap.indent(self._table(finding, width - 7), "       "),
        ]
        parts.append(_wrapped(f"Hint: {mistake.hint}", width, "   "))
        if shows == "solution" and mistake.solution != mistake.hint:
            parts.append(_wrapped(f"Solution: {mistake.solution}", width, "   "))
        parts.append(_wrapped(f"More: {_where(mistake.page, chapters)}", width, "   "))
        return "\n\n".join(parts[:4]) + "\n\n" + "\n".join(parts[4:])

    def _table(self, finding: Finding, width: int = WIDTH) -> str:
        if finding.found.error:
            return _wrapped(finding.found.message, width)
        lines = aligned(self._cells(finding), "<>><")
        if max(map(len, lines)) > width:
            lines = aligned(self._cells(finding, "first"), "<>><")
        return "\n".join(lines)

    def _cells(self, finding: Finding, first: str = "differs first") -> list[tuple[str, str, str, str]]:
        """The sweep beside the right one: a head and a row for each name; empty after an error."""
        rows = self.rows(finding)
        which, title = (1, "gradient") if "backward" in finding.probe.needs else (0, "number")
        lines = [("", title, "yours", "")] if rows else []
        for row in rows:
            yours = "-" if row.found is None else show(row.found[which])
            mark = f"{WRONG} {first}" if row.is_first else WRONG if row.differs else ""
            lines.append((row.name, show(row.expected[which]), yours, mark))
        return lines

    # In a notebook

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{html.escape(_begun(self.summary))}.</strong></p>", _html_table(self._progress_cells())]
        parts += [self._html_finding(number, finding) for number, finding in enumerate(self.findings, 1)]
        parts += [f"<p>{_in_html(closing)}</p>" for closing in self._closing()]
        return f'<div class="tinygrad-edu-check">{STYLE}{"".join(parts)}</div>'

    def _html_finding(self, number: int, finding: Finding) -> str:
        mistake, cells = finding.mistake, self._cells(finding)
        numbers = _html_table(cells[1:], cells[0]) if cells else f"<pre>{html.escape(finding.found.message)}</pre>"
        return (
            f"<h4>{html.escape(f'{number}. {finding.title}')}</h4><p>{_in_html(mistake.sentence)}</p>"
            f"<div><pre>{html.escape(self.program(finding))}</pre>{numbers}</div>"
            f"<details><summary>Hint</summary><p>{_in_html(mistake.hint)}</p></details>"
            f"<p>More: <code>{html.escape(_where(mistake.page, None))}</code></p>"
        )


def _begun(text: str) -> str:
    """A text as it begins a sentence."""
    return text[0].upper() + text[1:]


def _in_html(text: str) -> str:
    """A sentence in which code stands between backticks."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", html.escape(text.replace(UNBROKEN, " ")))


def _html_table(rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> str:
    """Cells as a table; a row that is marked as wrong stands out."""
    first = f"<tr>{''.join(f'<th>{html.escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    return f"<table>{first}{''.join(map(_html_row, rows))}</table>"


def _html_row(cells: Sequence[str]) -> str:
    is_wrong = any(cell.startswith(WRONG) for cell in cells)
    inner = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f"<tr{' class=wrong' if is_wrong else ''}>{inner}</tr>"


def _next(chapter: str, chapters: Path | None) -> str:
    return f"Next: {CHAPTERS[chapter]} ({_where(chapter, chapters)})."


def _is_begun(chapter: Mapping[str, Any]) -> bool:
    """Whether it is the chapter of functions, of which one needs a few only, and there is one that is right."""
    return bool(chapter["chapter"] == "functions" and chapter["right"])


def _where(page: str, chapters: Path | None) -> str:
    """Where a chapter is read; not broken at the end of a line."""
    if chapters is not None:
        return printable(chapters / f"{page}.md")
    return f"tinygrad-edu course --chapter {page}".replace(" ", UNBROKEN)


def _mark(chapter: Mapping[str, Any]) -> str:
    if chapter["right"] < chapter["tried"]:
        return WRONG
    return DONE if chapter["right"] == chapter["all"] else WAITING


def _operations(names: Iterable[str]) -> str:
    """Operations as one would write them; none of them is broken at the end of a line."""
    return listed([WORDS.get(name, name).replace(" ", UNBROKEN) for name in names])


def _wrapped(text: str, width: int, indent: str = "") -> str:
    filled = textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return filled.replace(UNBROKEN, " ")


def _plain(thing: Any) -> Any:
    """A structure in which JSON can write every number: inf and NaN as strings."""
    if isinstance(thing, float) and (thing != thing or thing in (float("inf"), float("-inf"))):
        return str(thing)
    if isinstance(thing, dict):
        return {key: _plain(item) for key, item in thing.items()}
    return [_plain(item) for item in thing] if isinstance(thing, list | tuple) else thing
