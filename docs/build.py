"""Build the guide, warnings as errors: `python docs/build.py [folder]`, by default docs/_build/html.

The English pages are in the folder, and the Chinese ones in `zh` below it. A page is translated whole: a text of it
without a translation, such as one that was changed, is an error. Docstrings are English everywhere.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from translations import complete, untranslated

HERE = Path(__file__).parent
LOCALE = HERE / "_build" / "locale"  # the catalogues, with the translations that follow from them


def build(builder: str, language: str, target: Path) -> int:
    """Run Sphinx once, in a separate process because it remembers languages; return the exit code."""
    trees = str(HERE / "_build" / f"doctrees-{builder}-{language}")
    options = ["-W", "--keep-going", "-q", "-b", builder, "-d", trees]
    settings = ["-D", f"language={language}", "-D", f"locale_dirs={LOCALE}", "-A", "languages=1"]
    command = [sys.executable, "-m", "sphinx", *options, *settings, str(HERE), str(target)]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    """Build both languages; the exit code is that of the first failure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "_build" / "html"
    templates = HERE / "_build" / "gettext"
    if code := build("gettext", "en", templates):
        return code
    complete(templates, LOCALE)
    missing = list(untranslated(templates))
    for language, target in (("en", folder), ("zh_CN", folder / "zh")):
        if code := build("html", language, target):
            return code
    for page, text in missing:
        print(f"{page} is not Chinese here; add it to its catalogue in docs/locale: {text}", file=sys.stderr)
    print(f"open {folder / 'index.html'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
