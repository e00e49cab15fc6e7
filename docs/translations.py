"""What does the Chinese guide say where the English says this, and does it still when a figure is measured again?

`untranslated(templates)` lists the texts of the guide that no catalogue has, in Chinese; a page is translated whole.
`complete(templates, folder)` writes the catalogues as the build reads them. A text that differs from one that is
translated in nothing but its figures takes that translation, with its own figures: what is measured again stays
Chinese. A figure that has another form there (1.39 million is 139 万) is not guessed, and the text is untranslated.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

CATALOGUES = Path(__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES"
FIGURE = re.compile(r"\d+(?:[.,]\d+)*|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
NAMES = r"Python|NumPy|PyTorch|JAX|MyGrad|HIPS autograd|micrograd|tinygrad_edu(\.\w+)?|LSTM|GRU|\w+Error"
UNITS = r"ms|kB|MB"
NO_WORDS = re.compile(  # formulas, letters, numbers and their units, names, code
    rf"\$.*\$|([^A-Za-z]|\b[A-Za-z]\b|(?<=\d)e(?=-?\d)|(?<=µ)s|\b(inf|nan|{UNITS})\b)*|{NAMES}|BP\d|.*\\(begin|frac|sigma).*|(\{{lab\}})?`[^`]*`",
    re.DOTALL,
)


def read(path: Path) -> Catalog:
    """A template or a catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def texts_of(template: Path) -> list[str]:
    """The texts of a page that have words in them, without those of docstrings."""
    messages = (message for message in read(template) if message.id)
    own = (str(message.id) for message in messages if any(place.endswith(".md") for place, _ in message.locations))
    return [text for text in own if not NO_WORDS.fullmatch(text)]


def translations_of(page: str) -> dict[str, str]:
    """What the catalogue of a page has, by the English text; nothing if there is no catalogue."""
    path = CATALOGUES / f"{page}.po"
    messages = [message for message in read(path) if message.id and message.string] if path.exists() else []
    return {str(message.id): str(message.string) for message in messages if not message.fuzzy}


def with_figures(text: str, old: str, translation: str) -> str | None:
    """The translation of `old`, with the figures of `text`; None where it is not clear which goes where.

    >>> with_figures("3 of 40 pass", "2 of 30 pass", "30 个中有 2 个通过")
    '40 个中有 3 个通过'
    >>> with_figures("1.41 million", "1.39 million", "139 万")
    """
    pairs = set(zip(FIGURE.findall(old), FIGURE.findall(text), strict=True))
    new, had, has = dict(pairs), Counter(FIGURE.findall(old)), Counter(FIGURE.findall(translation))
    changed = (before for before, after in pairs if before != after)
    if len(new) < len(pairs) or any(had[figure] != has[figure] for figure in changed):
        return None
    return FIGURE.sub(lambda figure: new.get(figure[0], figure[0]), translation)


def carried(template: Path, known: dict[str, str]) -> dict[str, str]:
    """The texts of a page whose translation follows from one that differs in figures alone."""
    shapes: dict[str, list[str]] = {}
    for old in known:
        shapes.setdefault(FIGURE.sub("0", old), []).append(old)
    found = {}
    for text in texts_of(template):
        candidates = () if text in known else shapes.get(FIGURE.sub("0", text), ())
        translations = (with_figures(text, old, known[old]) for old in candidates)
        if (translation := next(filter(None, translations), None)) is not None:
            found[text] = translation
    return found


def pages_of(templates: Path) -> Iterator[tuple[str, Path]]:
    """The pages of the guide, each with its template."""
    for template in sorted(templates.rglob("*.pot")):
        yield template.relative_to(templates).with_suffix("").as_posix(), template


def untranslated(templates: Path) -> Iterator[tuple[str, str]]:
    """The pages, and their texts that are not Chinese."""
    for page, template in pages_of(templates):
        known = translations_of(page)
        known |= carried(template, known)
        yield from ((page, text) for text in texts_of(template) if text not in known)


def complete(templates: Path, folder: Path) -> None:
    """Write the catalogues of the guide, each with what follows from it, and that of the theme, into a folder."""
    target = folder / "zh_CN" / "LC_MESSAGES"
    shutil.copytree(CATALOGUES, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.mo"))
    for page, template in pages_of(templates):
        if found := carried(template, translations_of(page)):
            _add(target / f"{page}.po", found)


def _add(path: Path, found: dict[str, str]) -> None:
    catalogue = read(path)
    for text, translation in found.items():
        catalogue.add(text, translation)
    with path.open("wb") as file:
        write_po(file, catalogue)
