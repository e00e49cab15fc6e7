"""Do sheets hold what they ask for and no more, fit their paper, and take any name and any expression?"""

import itertools
import re
import shutil
import subprocess

import pytest
import random_graphs
from browser import launched, needs_browser, new_page
from sampling import sample

from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.errors import DrawingError, MissingError, OptionError
from tinygrad_edu.rules import RULES
from tinygrad_edu.viz.sheets.sheet import COLUMNS, HEIGHT, LEAST_LETTER, WIDTH, Sheet, blanks_of

NASTY = ["a_b", "#x", "$m$", "\\frac", "100%", "*bold*", "[y]", "<b>", "@cite", "`code`", "//", "权重", "ε̂", 'q"uote',
         "~", "=head", "name", "sheet", "w" * 90, "→", "_", "{", "x^2", "&amp;", "𝜃", "\u202eabc"]  # fmt: skip

typst = pytest.importorskip("typst", reason="typst, which makes PDFs, is not installed")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed")


def network():
    net, x = nn.MLP(2, [2, 2], activation="tanh", seed=0), [Value(1.0, label="x1"), Value(-2.0, label="x2")]
    first, second = net(x)
    return (first - 1) ** 2 + (second + 1) ** 2


GRAPHS = {
    "lesson": lambda: parse("f = (x + y) * z", x=-2, y=5, z=-4),
    "neuron": lambda: parse("f = sigmoid(w0*x0 + w1*x1 + b)", w0=2, x0=-1, w1=-3, x1=-2, b=-3),
    "twice": lambda: parse("u = w * x; f = u * w", w=2, x=3),
    "network": network,
}


def pages(path):
    """The text of each page, and its size in points."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Page size: +([\d.]+) x ([\d.]+)", info)
    return text.split("\f")[:-1], tuple(float(side) for side in found.groups())


def inked(path, page):
    """The bounding box of what is printed on a page, in points from the left and the top."""
    from PIL import Image, ImageChops

    stem = path.with_suffix("")
    which = ["-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run(["pdftoppm", "-r", "72", "-png", *which, path, stem], check=True)
    picture = Image.open(f"{stem}.png").convert("L")
    return ImageChops.difference(picture, Image.new("L", picture.size, 255)).getbbox()


# What is blank


def asked(blank):
    sheet = Sheet(GRAPHS["twice"](), blanks=blanks_of(blank))
    return sheet, set(sheet.asked)


def test_each_level_asks_for_its_columns():
    values, local = {"u", "f"}, {"local ∂f/∂u", "local ∂f/∂w", "local ∂u/∂w", "local ∂u/∂x"}
    gradients = {"∂f/∂u", "∂f/∂w part 1", "∂f/∂w", "∂f/∂x"}
    levels = {"easy": gradients, "medium": local | gradients, "hard": values | local | gradients, "all": None}
    for level, columns in levels.items():
        assert asked(level)[1] == (columns or levels["hard"])
    assert asked("values")[1] == values
    assert asked("values, gradients")[1] == values | gradients
    for wrong in ("value", "", "hard,", "gradient"):
        with pytest.raises(OptionError, match="the choices are values, local, gradients, easy"):
            blanks_of(wrong)


@pytest.mark.parametrize("blank", ["easy", "medium", "hard", "values", "local", "values,local", "values,gradients"])
def test_a_sheet_gives_no_answer_away(blank):
    """The answers are large primes, so that each is found wherever it stands."""
    f = parse("u = w * x; f = u * w", w=101, x=103)
    local = ["u = 10403"]
    answers = {"values": ["10403", "1050703"], "local": local, "gradients": ["20806", "10201"]}
    for made in (viz.worksheet(f, blank=blank).html(), viz.worksheet(f, blank=blank, lang="zh").html()):
        questions, key = made.split('<section class="key')
        columns = blanks_of(blank)
        for column in columns:
            assert not any(answer in questions for answer in answers[column]), column
            assert all(answer in key for answer in answers[column]), column
        given = set(COLUMNS[: max(map(COLUMNS.index, columns))]) - columns
        assert all(answers[column][-1] in questions for column in given if "values" not in columns)


# Variants


def test_each_variant_has_its_number_its_numbers_and_its_key():
    sheets = viz.worksheet(GRAPHS["lesson"](), variants=30, seed=1)
    page = sheets.html()
    for number, sheet in enumerate(sheets.sheets, start=1):
        assert page.count(f"<h1>Sheet {number}: Worksheet") == 1
        assert page.count(f"<h1>Sheet {number}: Answer key") == 1
        assert page.count(f"</strong> {sheet.given}.") == 2
    assert repr(sheets).startswith("<Worksheet of 30 sheets, each with 2 operations and 4 applications")
    assert page == viz.worksheet(GRAPHS["lesson"](), variants=30, seed=1).html()


def test_every_variant_has_a_code_that_opens_the_page_with_its_numbers():
    sheets = viz.worksheet(GRAPHS["lesson"](), variants=4, seed=1, page="https://a.org/lab.html")
    for sheet, link in zip(sheets.sheets, sheets.links, strict=True):
        assert link == viz.link(sheet.value, "https://a.org/lab.html", lang="en")
        assert all(f"{name}={number:g}" in link for name, number in sheet.numbers.items())
    assert len(set(sheets.links)) == 4
    assert sheets.html().count('class="code"') == 4


def test_a_key_goes_into_a_file_of_its_own(tmp_path):
    sheets = viz.worksheet(GRAPHS["twice"](), variants=2)
    sheets.save(tmp_path / "sheets.html", key=tmp_path / "key.html")
    questions, key = ((tmp_path / name).read_text(encoding="utf-8") for name in ("sheets.html", "key.html"))
    assert ("Answer key" in questions, "Answer key" in key) == (False, True)
    assert ('class="blank"' in questions, 'class="blank"' in key) == (True, False)
    with pytest.raises(DrawingError, match="that is the file of the sheets"):
        sheets.save(tmp_path / "a.pdf", key=tmp_path / "a.pdf")
    with pytest.raises(DrawingError, match=r"save\(\"sheet.html\"\) or save\(\"sheet.pdf\"\)"):
        sheets.save(tmp_path / "a.pdf", key=tmp_path / "a.doc")
    assert not (tmp_path / "a.pdf").exists()


# On paper


PAPERS = {"a4": (595.28, 841.89), "letter": (612, 792)}
TURNS = [pair for papers in (PAPERS, reversed(PAPERS)) for pair in zip(GRAPHS, itertools.cycle(papers), strict=False)]


@needs_poppler
@pytest.mark.parametrize(("name", "paper"), sample(TURNS, few=len(GRAPHS)))
def test_a_pdf_fits_its_paper_and_no_page_is_nearly_empty(name, paper, tmp_path):
    path = viz.worksheet(GRAPHS[name](), paper=paper).save(tmp_path / "sheet.pdf")
    texts, found = pages(path)
    assert found == pytest.approx(PAPERS[paper], abs=0.1)
    for number, text in enumerate(texts, start=1):
        left, top, right, bottom = inked(path, number)
        assert min(left, top, found[0] - right, found[1] - bottom) > 28  # a centimetre
        assert len(text.split()) > 15, f"page {number} has only {text!r}"
    assert sum("Answer key" in text for text in texts) >= 1


@needs_poppler
def test_thirty_sheets_are_a_page_each_with_their_keys_behind_them(tmp_path):
    options = {"variants": 30, "seed": 1, "page": "https://a.org/lab.html"}
    path = viz.worksheet(GRAPHS["lesson"](), **options).save(tmp_path / "w.pdf")
    texts, _ = pages(path)
    for number in range(1, 31):
        assert f"Sheet {number}: Worksheet" in texts[number - 1]
        assert any(re.search(rf"Sheet {number}: Answer key", text) for text in texts[30:])
    assert len(texts) < 45
    again = viz.worksheet(GRAPHS["lesson"](), **options).save(tmp_path / "v.pdf")
    assert path.read_bytes() == again.read_bytes()


@needs_poppler
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lesson", {}),
        ("twice", {"variants": 7, "paper": "letter"}),
        ("neuron", {"blank": "easy", "lang": "zh"}),
        ("network", {}),
    ],
)
def test_the_pages_of_the_keys_are_those_on_which_they_are_printed(name, options, tmp_path):
    made = viz.worksheet(GRAPHS[name](), **options)
    texts, _ = pages(made.save(tmp_path / "w.pdf"))
    first, last = made.key_pages
    heading = "答案" if options.get("lang") == "zh" else "Answer key"
    assert last == len(texts)
    assert [heading in text for text in texts[: first - 1]] == [False] * (first - 1)
    assert heading in texts[first - 1]
    made.save(tmp_path / "w.pdf", key=tmp_path / "k.pdf")
    assert made.key_pages is None


@needs_poppler
@needs_browser
@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("name", GRAPHS)
def test_a_page_printed_by_a_browser_fits_a4_and_letter(name, tmp_path):
    made = viz.worksheet(GRAPHS[name]()).save(tmp_path / "sheet.html")
    with launched() as browser:
        page = new_page(browser)
        page.goto(made.as_uri())
        for paper in ("A4", "Letter"):
            path = tmp_path / f"{paper}.pdf"
            page.pdf(path=path, format=paper)
            texts, size = pages(path)
            for number, text in enumerate(texts, start=1):
                left, top, right, bottom = inked(path, number)
                assert min(left, top, size[0] - right, size[1] - bottom) > 28
                assert len(text.split()) > 15, f"page {number} has only {text!r}"


FILLS = "() => [...document.querySelectorAll('.circuit rect')].map(box => getComputedStyle(box).fill)"
LAB = "https://example.org/lab.html"
LETTERS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), sizes = [];
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const zoom = element.closest("text")?.getScreenCTM().a ?? 1;
        if (walker.currentNode.data.trim() && element.closest("title, style") === null)
            sizes.push(zoom * parseFloat(getComputedStyle(element).fontSize));
    }
    return sizes;
}"""  # in pixels as they are seen, in pictures too


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("name", sample(GRAPHS))
def test_no_letter_of_a_page_is_too_small_on_a_screen_a_phone_and_paper(name, tmp_path):
    made = viz.worksheet(GRAPHS[name](), page=None if name == "network" else LAB).save(tmp_path / "sheet.html")
    with launched() as browser:
        for width, media, least in ((1280, "screen", 13), (390, "screen", 13), (703, "print", 12)):  # 12 px are 9 pt
            page = new_page(browser, viewport={"width": width, "height": 900})
            page.emulate_media(media=media)
            page.goto(made.as_uri())
            sizes = page.evaluate(LETTERS)
            assert set(page.evaluate(FILLS)) == (set() if name == "network" else {"rgb(255, 255, 255)"})
            assert len(sizes) > 50
            assert min(sizes) > least - 0.05  # sizes of pictures are rounded
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.skipif(shutil.which("pdftohtml") is None, reason="poppler-utils are not installed")
@pytest.mark.parametrize("name", GRAPHS)
def test_no_letter_of_a_pdf_is_too_small(name, tmp_path):
    path = viz.worksheet(GRAPHS[name](), page=None if name == "network" else LAB).save(tmp_path / "f.pdf")
    command = ["pdftohtml", "-xml", "-zoom", "3", "-stdout", path]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sizes = [int(size) / 3 for size in re.findall(r'<fontspec .*?size="(\d+)"', found)]
    assert len(sizes) > 4
    assert min(sizes) >= LEAST_LETTER


@pytest.mark.parametrize("name", GRAPHS)
def test_the_letters_of_a_picture_can_be_read_and_it_fits(name):
    sheet = viz.worksheet(GRAPHS[name]()).sheets[0]
    figure = sheet.figure(has_answers=False)
    assert figure.letter >= LEAST_LETTER
    assert figure.width <= WIDTH + 0.01
    assert figure.height <= HEIGHT + 0.01
    assert sheet.is_map == (name == "network")


def test_all_variants_have_the_same_kind_of_picture_however_wide_their_numbers_are():
    sheets = viz.worksheet(parse("f = exp(w1 * x1 + b1)", w1=1, x1=1, b1=1), variants=12, seed=1).sheets
    shapes = [sheet.figure(has_answers=False) for sheet in sheets]
    assert len({figure.height > figure.width for figure in shapes}) == 1
    alone = [viz.worksheet(sheet.value).sheets[0].figure(has_answers=False) for sheet in sheets]
    assert len({figure.height > figure.width for figure in alone}) == 2


def test_a_graph_too_large_for_a_picture_says_so(tmp_path):
    xs = [Value(float(n), label=f"a_long_name_{n}") for n in range(1, 31)]
    f = sum(xs[1:], xs[0])
    sheet = viz.worksheet(f, blank="values")
    assert "too large for a picture" in sheet.html()
    assert sheet.save(tmp_path / "f.pdf").exists()
    assert sheet.sheets[0].figure(has_answers=True) is None


# Anything


@needs_poppler
@pytest.mark.parametrize("names", sample(NASTY[first::3] for first in range(3)))
@pytest.mark.parametrize("lang", sample(["en", "zh"]))
def test_any_name_is_shown_as_it_is(lang, names, tmp_path):
    for name in names:
        f = Value(2.0, label=name) * Value(3.0, label="y")
        sheets = viz.worksheet(f, lang=lang, variants=2)
        texts, _ = pages(sheets.save(tmp_path / "f.pdf"))
        squeezed = re.sub(r"\s", "", "".join(texts))
        if name.isascii() or name == "权重":
            assert name[:20] in squeezed, name
        assert "<b>" not in sheets.html(), name
        assert ("姓名" if lang == "zh" else "Name") in squeezed


@pytest.mark.long
def test_random_graphs_over_every_row_give_a_sheet(tmp_path):
    seen = set()
    for seed in range(25):
        f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=6))[1]
        sheets = viz.worksheet(f)
        seen |= {node.op for node in sheets.sheets[0].trace.nodes if node.args}
        assert sheets.save(tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")
        assert len(sheets.sheets[0].asked) == len(set(sheets.sheets[0].asked))
    assert len(seen) > len(RULES) / 2


@pytest.mark.parametrize("number", [1e300, -1e-300, float("inf"), float("nan"), 0.0, 123456789.123])
def test_any_number_gives_a_sheet(number, tmp_path):
    f = Value(number, label="x") * Value(1.5, label="y")
    assert viz.worksheet(f).save(tmp_path / "f.pdf").exists()


def test_without_typst_a_pdf_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    monkeypatch.setattr("tinygrad_edu.packages.importlib.import_module", _missing)
    with pytest.raises(MissingError, match=r"pip install 'tinygrad_edu\[pdf\]'"):
        viz.worksheet(GRAPHS["twice"]()).save(tmp_path / "f.pdf")
    assert list(tmp_path.iterdir()) == []


def _missing(name):
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_options_that_do_not_fit_are_refused():
    f = GRAPHS["twice"]()
    for options, message in [({"paper": "a5"}, "the choices are a4, letter"), ({"keep": ["w"]}, "only variants draw")]:
        with pytest.raises(OptionError, match=message):
            viz.worksheet(f, **options)
