"""Build the guide, warnings as errors: `python docs/build.py [folder]`, by default docs/_build/html.

The English pages are in the folder, and the Chinese ones in `zh` below it. A page is translated whole: a text of it
without a translation, such as one that was changed, is an error. `NOT_YET` lists the pages that are not; what a
catalogue of theirs has is Chinese, the rest is English. Docstrings are English everywhere.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

HERE = Path(__file__).parent
CATALOGUES = HERE / "locale" / "zh_CN" / "LC_MESSAGES"
NOT_YET = ("edge_values", "performance", "reliability")
NO_WORDS = re.compile(  # formulas, numbers, code
    r"\$.*\$|[^A-Za-z]*|BP\d|.*\\(begin|frac|sigma).*|(\{lab\})?`[^`]*`", re.DOTALL
)


def build(builder: str, language: str, target: Path) -> int:
    """Run Sphinx once, in a separate process because it remembers languages; return the exit code."""
    trees = str(HERE / "_build" / f"doctrees-{builder}-{language}")
    options = ["-W", "--keep-going", "-q", "-b", builder, "-d", trees]
    settings = ["-D", f"language={language}", "-A", "languages=1"]
    command = [sys.executable, "-m", "sphinx", *options, *settings, str(HERE), str(target)]
    return subprocess.run(command, check=False).returncode


def texts_of(template: Path) -> list[str]:
    """The texts of a page that have words in them, without those of docstrings."""
    with template.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    own = (str(message.id) for message in messages if any(place.endswith(".md") for place, _ in message.locations))
    return [text for text in own if not NO_WORDS.fullmatch(text)]


def translations_of(page: str) -> dict[str, str]:
    """What the catalogue of a page has, by the English text; nothing if there is no catalogue."""
    catalogue = CATALOGUES / f"{page}.po"
    if not catalogue.exists():
        return {}
    with catalogue.open("rb") as file:
        return {
            str(message.id): str(message.string) for message in read_po(file) if message.string and not message.fuzzy
        }


def untranslated(templates: Path) -> Iterator[tuple[str, str]]:
    """The pages that should be Chinese, and their texts that are not."""
    for template in sorted(templates.rglob("*.pot")):
        page = template.relative_to(templates).with_suffix("").as_posix()
        known = translations_of(page)
        if page not in NOT_YET:
            yield from ((page, text) for text in texts_of(template) if text not in known)


def main() -> int:
    """Build both languages; the exit code is that of the first failure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "_build" / "html"
    templates = HERE / "_build" / "gettext"
    runs = (("html", "en", folder), ("html", "zh_CN", folder / "zh"), ("gettext", "en", templates))
    for builder, language, target in runs:
        if code := build(builder, language, target):
            return code
    missing = list(untranslated(templates))
    for page, text in missing:
        print(f"{page} is not Chinese here; add it to its catalogue in docs/locale: {text}", file=sys.stderr)
    print(f"open {folder / 'index.html'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
