"""How is a built guide added to the site, beside its other versions? `python docs/publish.py GUIDE SITE VERSION`

SITE/0.1.0/          the guide of a release, in both languages, with its lab and its playground
SITE/dev/            that of the main branch
SITE/versions.json   their names, the newest release first: what the switch in the sidebar reads
SITE/index.html      leads to the newest release, or to dev before the first

A guide takes the place of an older build of the same version; the other versions stay as they are.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

DEV = "dev"
NAME = re.compile(r"\d+(\.\d+)*\w*|dev")  # of the folder of a version
FRONT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>tinygrad_edu</title>
<meta http-equiv="refresh" content="0; url={version}/index.html">
<a href="{version}/index.html">tinygrad_edu</a>
</html>
"""


def publish(guide: Path, site: Path, version: str) -> list[str]:
    """Put a guide into the folder of its version, in place of an older build; return all versions."""
    if not NAME.fullmatch(version):
        raise SystemExit(f"publish.py: {version!r} is not a version: write 0.1.0, or {DEV} for the main branch")
    if not (guide / "index.html").is_file():
        raise SystemExit(f"publish.py: there is no guide in {guide}: write python docs/build.py {guide}")
    shutil.rmtree(site / version, ignore_errors=True)
    shutil.copytree(guide, site / version)
    versions = versions_of(site)
    (site / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    (site / "index.html").write_text(FRONT.format(version=versions[0]), encoding="utf-8")
    (site / ".nojekyll").touch()  # GitHub leaves out folders such as _static otherwise
    return versions


def versions_of(site: Path) -> list[str]:
    """The names of the folders with a guide, newest first and dev last."""
    names = [folder.name for folder in site.iterdir() if NAME.fullmatch(folder.name)]
    return sorted(names, key=_age, reverse=True)


def _age(version: str) -> tuple[bool, list[int], bool, str]:
    """1.10 is newer than 1.9, and a release newer than its candidate: 1.0 than 1.0rc1."""
    numbers = re.match(r"[\d.]*", version)
    digits = numbers[0] if numbers else ""
    return version != DEV, [int(part) for part in digits.split(".") if part], digits == version, version


if __name__ == "__main__":
    print(*publish(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].removeprefix("v")), sep="\n")
