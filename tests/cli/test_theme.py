"""Does --theme dark make every picture dark that a command writes, and --lang zh a drawing Chinese?"""

import base64
import contextlib
import io
import itertools
import random
import re
import shlex

import pytest
from matplotlib.figure import Figure
from PIL import Image
from sampling import long_case, sample

from tinygrad_edu.cli.main import COMMANDS, _parser, _parsers
from tinygrad_edu.viz.style import DARK, LIGHT, THEMES

F = '"(x + y) * z" x=-2 y=5 z=-4'
QUICK = "--hidden 3 --epochs 3"


@pytest.fixture
def run(run):
    """The same for a command as it is typed, after its program."""
    return lambda line: run(*shlex.split(line))


def paper_of(path):
    """The colour in the corner of a picture, or of the background of an SVG."""
    if path.suffix in (".svg", ".tex", ".dot"):
        text = path.read_text(encoding="utf-8").lower()
        return next(theme.paper for theme in THEMES.values() if theme.paper in text or f"c{theme.paper[1:]}" in text)
    with Image.open(path) as image:
        return "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((0, 0)))


def test_every_command_with_pictures_has_the_themes_there_are():
    commands = _parser()._subparsers._group_actions[0].choices
    with_theme = {
        name: action.names
        for name, command in commands.items()
        for action in command._actions
        if "--theme" in action.option_strings
    }
    assert set(with_theme) == {"demo", "step", "draw", "train", "lesson"} <= set(COMMANDS)
    assert set(with_theme.values()) == {tuple(THEMES)}


@pytest.mark.parametrize(
    ("line", "files"),
    [
        (f"draw {F} -o f.svg", ["f.svg"]),
        (f"draw {F} -o f.png", ["f.png"]),
        (f"draw {F} -o f.dot", ["f.dot"]),
        (f"draw {F} -o f.tex", ["f.tex"]),
        (f"step {F} -o s.gif", ["s.gif"]),
        (f"step {F} --deck d.tex", ["d.tex"]),
        ("lesson circuit --all -o p", ["p/circuit.svg"]),
        long_case(
            (f"train moons {QUICK} -o p --film f.gif", ["p/network.svg", "p/network.png", "p/boundary.png", "f.gif"])
        ),
    ],
)
def test_pictures_are_light_or_dark_as_asked(run, tmp_path, line, files):
    for theme in (DARK, LIGHT):
        code, _, _ = run(f"{line} --theme {theme.name}")
        assert code == 0
        assert {paper_of(tmp_path / file) for file in files} == {theme.paper}


def test_a_wrong_theme_is_refused_with_the_nearest_one(run, tmp_path):
    code, _, err = run(f"draw {F} -o f.svg --theme drak")
    assert code == 1
    assert "the choices are light, dark" in err
    assert "--theme dark" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rest", ["", "-o f.html", "-o f.json", "-o f.tex", "--html f.html", "--latex"])
def test_where_a_theme_changes_nothing_it_is_said(run, rest):
    code, _, err = run(f"step {F} {rest} --theme dark")
    assert (code, err) == (0, "note: --theme changes nothing here: it is for -o f.gif and --deck\n")
    assert run(f"step {F} {rest}")[2] == ""


def test_a_drawing_can_be_chinese(run, tmp_path):
    assert run(f"draw {F} -o f.svg --lang zh")[0] == 0
    drawn = (tmp_path / "f.svg").read_text(encoding="utf-8")
    assert "梯度 -4" in drawn
    assert "grad" not in drawn
    code, _, err = run(f"draw {F} -o f.svg --lang de")
    assert (code, "the choices are en, zh" in err) == (1, True)


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_the_page_of_a_training_has_every_picture_for_paper_and_for_the_dark(run, tmp_path, theme):
    run(f"train moons {QUICK} --plot --film f.gif --theme {theme}")
    page = (tmp_path / "tinygrad-edu-train" / "report.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<picture>(.*?)</picture>", page)
    assert len(pictures) == page.count("<img ") == page.count("<figure") == 7
    for picture in pictures:
        forms = re.findall(r'<source media="([^"]+)" srcset="([^"]+)">', picture)
        forms += [("", address) for address in re.findall(r'<img src="([^"]+)"', picture)]
        dark = {address for media, address in forms if "dark" in media}
        assert all("screen" in media for media, address in forms if address in dark)  # paper is light
        assert {_paper(address) for address in dark} == {DARK.paper}
        assert {_paper(address) for _, address in forms if address not in dark} == {LIGHT.paper}
    assert "--theme" not in page.split("All settings")[1]


def noting(method, noted):
    """The same method, which notes on what it is called."""

    def called(self, *args, **settings):
        noted.append(self)
        return method(self, *args, **settings)

    return called


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_no_picture_is_drawn_for_nothing(run, tmp_path, monkeypatch, theme):
    """Every figure that is made is saved in a file, or shown on the page."""
    made, used = [], []
    for name, noted in (("__init__", made), ("savefig", used)):
        monkeypatch.setattr(Figure, name, noting(getattr(Figure, name), noted))
    assert run(f"train moons {QUICK} --plot --theme {theme}")[0] == 0
    assert (tmp_path / "tinygrad-edu-train" / "history.png").is_file()
    assert len(made) > 5
    assert {id(figure) for figure in made} == {id(figure) for figure in used}


def _paper(address):
    head, content = address.split(",")
    data = base64.b64decode(content)
    if head in ("data:image/webp;base64", "data:image/png;base64"):
        with Image.open(io.BytesIO(data)) as image:
            return "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((0, 0)))
    background = re.search(r'(?:fill="|fill: )(#\w{6})', data.decode())  # of the first shape
    return background[1]


# --theme beside the other options


TABLE = "a,b,kind\n" + "".join(f"{n % 7},{n % 5},{'red' if n % 3 else 'blue'}\n" for n in range(24))
FOR_TABLES = {"--target", "--without", "--missing", "--task"}
FOR_DATA_SETS = {"--points", "--noise"}
EXAMPLES = {
    "--film": ["f.gif"], "--task": ["classes"], "--epochs": ["2"], "--hidden": ["3"], "--points": ["12"],
    "--target": ["kind"], "--without": ["a"], "--batch-size": ["4"],
}  # fmt: skip
OUTPUTS = {"draw": ["f.svg", "f.png", "f.dot", "f.tex"], "step": ["f.gif", "f.html", "f.json", "f.tex"]}
QUIETLY = {"--theme", "--help", "--open", "--interactive"}  # which need a browser or a terminal
LINES = {
    f"draw {F}": QUIETLY,
    f"step {F}": QUIETLY,
    "lesson circuit": QUIETLY,
    "train moons --epochs=2": QUIETLY | FOR_TABLES | {"--epochs"},
    "train t.csv --epochs=2 --target=kind": QUIETLY | FOR_DATA_SETS | {"--epochs", "--target", "--film"},
    "train t.csv --epochs=2 --film=f.gif": QUIETLY | FOR_DATA_SETS | {"--epochs", "--film", "--without"},
}  # each with the options that are not taken


def options_of(line, left_out):
    """The options of a command: of each, the ways to write it; those that exclude each other are one."""
    command = line.split()[0]
    parser = _parsers()[1][command]
    groups = [group._group_actions for group in parser._mutually_exclusive_groups]
    groups += [[action] for action in parser._actions if not any(action in group for group in groups)]
    for group in groups:
        ways = [way for action in group for way in ways_of(command, action) if way[0] not in left_out]
        if ways:
            yield [[], *ways]


def ways_of(command, action):
    """How an option is written: a choice in every way, else by an example."""
    option = max(action.option_strings, key=len, default="")
    if action.nargs == 0 or not option:
        return [[option]] if option else []
    if option == "--output":
        return [[option, name] for name in OUTPUTS.get(command, ["p"])]
    return [[option, name] for name in EXAMPLES.get(option) or getattr(action, "names", ()) or [action.example]]


def every_pair(line, left_out):
    """Lines of many options each, until each way of writing one stood beside each way of any other."""
    options, source = list(options_of(line, left_out)), random.Random(0)
    numbered = [[(place, way) for way in range(len(ways))] for place, ways in enumerate(options)]
    both = itertools.combinations(numbered, 2)
    left = {frozenset(pair) for one, other in both for pair in itertools.product(one, other)}
    while left:
        taken = sorted(source.choice(sorted(map(sorted, left))))
        for place in source.sample(range(len(options)), len(options)):
            if place not in dict(taken):
                gain = [sum(frozenset((way, other)) in left for other in taken) for way in numbered[place]]
                taken.append(numbered[place][gain.index(max(gain))])
        left -= {frozenset(pair) for pair in itertools.combinations(taken, 2)}
        yield " ".join([line, shlex.join([word for place, way in sorted(taken) for word in options[place][way]])])


PAIRS = [pair for line, left_out in LINES.items() for pair in every_pair(line, left_out)]


@pytest.mark.parametrize("number", sample(range(0, len(PAIRS), 3), few=8))
def test_a_theme_stands_beside_all_other_options(run, tmp_path, number):
    """Every picture has the paper of the theme, whatever else is asked for: one line in three, as each draws much."""
    line = PAIRS[number]
    for theme in (LIGHT, DARK) if number % 4 == 1 else (DARK,):
        folder = tmp_path / theme.name
        folder.mkdir()
        (folder / "t.csv").write_text(TABLE, encoding="utf-8")
        with contextlib.chdir(folder):
            code, _, err = run(f"{line} --theme {theme.name}")
        assert (code, "Traceback" in err) == (0, False), (line, err)
        pictures = [path for path in folder.rglob("*") if path.suffix in (".svg", ".png", ".gif", ".dot")]
        assert {paper_of(path) for path in pictures} <= {theme.paper}, line
        assert pictures or not re.match("train|draw(?!.*tex)|.*gif|lesson.*output", line), line
