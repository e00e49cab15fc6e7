"""Do the files lead a reader through the source, each to the next one, until all have been read?"""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "tinygrad_edu" / "rules.py"
ENTRANCES = ("__init__.py", "__main__.py")  # of packages: lists of what is in them
SHEETS = ("rules.py", "value.py", "backprop.py")
HOUSE = ("tinygrad_edu", "nn", "viz", "examples", "benchmarks", "tests")


def sources():
    return {
        path
        for folder in ("tinygrad_edu", "nn", "viz")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in ENTRANCES
    }


def opening(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def after(path):
    """The file that the opening of another one names last; None after the last file."""
    text = " ".join(opening(path).split())
    found = re.search(r"Read next: `([^`]+)`\.$", text)
    if found is None:
        assert text.endswith("This is the last file."), path
        return None
    places = (path.parent / found[1], ROOT / "tinygrad_edu" / found[1], ROOT / found[1])
    return next(place for place in places if place.exists())


@cache
def chain():
    path, read = FIRST, []
    while path is not None and path not in read:
        read.append(path)
        path = after(path)
    return tuple(read)


def test_one_chain_leads_from_the_rules_through_every_file():
    read = chain()
    assert after(read[-1]) is None, "the chain runs in a circle"
    assert sources() - set(read) == set()


def test_the_chain_starts_with_the_three_sheets_and_reads_rooms_one_by_one():
    read = chain()
    assert tuple(path.name for path in read[:3]) == SHEETS
    rooms = [path.parent for path in read]
    changes = [room for room, before in zip(rooms[1:], rooms, strict=False) if room != before]
    assert len(changes) == len(set(rooms))  # one is entered twice: nn, before and after the rooms inside it


def test_every_file_opens_with_a_question():
    for path in sources():
        assert opening(path).split("\n")[0].endswith("?"), path


def test_the_reading_order_of_the_guide_follows_the_chain():
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    table = re.findall(r"\| \[(tinygrad_edu/[\w/]+\.py)\]", text)
    assert tuple(ROOT / file for file in table[:3]) == chain()[:3]
    order = [chain().index(ROOT / file) for file in table]
    assert order == sorted(order)


def test_the_map_of_the_guide_lists_every_room_and_every_file_of_the_engine():
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[\w/]+", text.split("```")[1]))
    rooms = {path.parent.relative_to(ROOT) for place in HOUSE for path in (ROOT / place).rglob("*.py")}
    same_as_above = {Path("tests") / room.name for room in rooms if room.parts[0] != "tests"}
    assert {f"{room.name}/" for room in rooms - same_as_above} - words == set()
    engine = {path.stem for path in (ROOT / "tinygrad_edu").glob("*.py") if path.name not in ENTRANCES}
    assert engine - words == set()
