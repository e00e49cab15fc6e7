"""Build the guide, warnings as errors: `python docs/build.py [folder]`, by default docs/_build/html.

The English pages are in the folder, and the Chinese ones in `zh` below it: the lessons are translated, the rest is
English there too. A text of a lesson without a translation, such as one that was changed, is an error.
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
NO_WORDS = re.compile(r"\$.*\$|[^A-Za-z]*|BP\d|.*\\(begin|frac|sigma).*", re.DOTALL)  # formulas and numbers


def build(builder: str, language: str, target: Path) -> int:
    """Run Sphinx once, in a separate process because it remembers languages; return the exit code."""
    trees = str(HERE / "_build" / f"doctrees-{builder}-{language}")
    options = [
        "-W",
        "--keep-going",
        "-q",
        "-b",
        builder,
        "-D",
        f"language={language}",
        "-A",
        "languages=1",
        "-d",
        trees,
    ]
    return subprocess.run([sys.executable, "-m", "sphinx", *options, str(HERE), str(target)], check=False).returncode


def untranslated(templates: Path) -> Iterator[str]:
    """The texts of lessons without a translation."""
    for catalogue in sorted(CATALOGUES.rglob("*.po")):
        with catalogue.open("rb") as file:
            known = {message.id: message.string for message in read_po(file) if not message.fuzzy}
        with (templates / catalogue.relative_to(CATALOGUES).with_suffix(".pot")).open("rb") as file:
            texts = [str(message.id) for message in read_po(file) if message.id]
        yield from (text for text in texts if not known.get(text) and not NO_WORDS.fullmatch(text))


def main() -> int:
    """Build both languages; the exit code is that of the first failure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "_build" / "html"
    templates = HERE / "_build" / "gettext"
    runs = (("html", "en", folder), ("html", "zh_CN", folder / "zh"), ("gettext", "en", templates))
    for builder, language, target in runs:
        if code := build(builder, language, target):
            return code
    missing = list(untranslated(templates))
    for text in missing:
        print(f"not in the Chinese catalogues of {CATALOGUES.relative_to(HERE.parent)}: {text}", file=sys.stderr)
    print(f"open {folder / 'index.html'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
