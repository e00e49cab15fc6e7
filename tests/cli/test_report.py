"""Is the page of a training whole by itself, readable, right in its numbers, and safe whatever the cells are?"""

import base64
import html
import io
import random
import re

import numpy as np
import pytest
from browser import Watched, launched, needs_browser
from PIL import Image
from sampling import sample
from tables import write_table

from tinygrad_edu import nn


@pytest.fixture
def table(tmp_path):
    """Rows with gaps, and names that HTML could take for its own."""
    source = random.Random(2)
    rows = []
    for number in range(90):
        x = source.gauss(0, 1)
        rows.append([f"{x:.3f}" if number % 11 else "", source.choice(["<i>", "b"]), "hoch" if x > 0 else "tief & <b>"])
    write_table(tmp_path / "t.csv", ["a<b", "farbe & 色", "z"], rows)
    return tmp_path


ALL_ARE = """(theme) => [...document.querySelectorAll('main picture')].every((picture) => {
    const [image, ...sources] = [picture.querySelector('img'), ...picture.querySelectorAll('source')];
    const of = (isDark) => sources.filter((each) => each.media.includes('dark') === isDark).map((each) => each.srcset);
    const shown = theme === 'dark' ? of(true) : [image.src, ...of(false)];
    return image.complete && shown.includes(image.currentSrc);
})"""  # which of the forms is seen
SMALLEST = """() => Promise.all([...document.querySelectorAll('main picture img')].map(async (image) => {
    if (!image.currentSrc.startsWith('data:image/svg')) return Infinity;
    const svg = new DOMParser().parseFromString(atob(image.currentSrc.split(',')[1]), 'image/svg+xml');
    const sizes = [...svg.querySelectorAll('text')].map((text) => parseFloat(text.getAttribute('font-size')));
    return (Math.min(...sizes) / 0.75) * (image.clientWidth / image.naturalWidth);
})).then((sizes) => Math.min(...sizes))"""  # pixels of the smallest letters of a drawing, as they are on the screen
BESIDE = """() => [...document.querySelectorAll('figure .scroll')]
    .filter((frame) => frame.scrollWidth > frame.clientWidth).map((frame) => frame.ariaLabel)"""
QUICK = "--hidden 6 --epochs 12"


def cells_of(page, title):
    """The cells of the table below a title, row by row."""
    found = page.split(html.escape(title), 1)[1].split("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in found.split("<tr>")[1:]]
    return [[html.unescape(cell) for cell in row] for row in rows]


def test_a_training_leaves_one_page_with_everything(typed, table):
    code, out, _ = typed(f"train t.csv {QUICK} --missing mean --save m.json --plot")
    page = (table / "tinygrad-edu-train" / "report.html").read_text()
    assert (code, "wrote tinygrad-edu-train/report.html" in out) == (0, True)
    for title in (
        "The data",
        "How the training went",
        "Right and wrong",
        "Pictures",
        "How to predict",
        "To do it again",
    ):
        assert f"<h2>{title}</h2>" in page
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert html.escape("tinygrad-edu train t.csv --hidden 6 --epochs 12 --missing mean --save m.json --plot") in page
    command = out.split("predict with it:\n\n    ")[1].split("\n")[0]
    assert html.escape(command) in page
    name, use, holds = cells_of(page, "What is in each column")[1]
    assert (name, use[:31], holds[-9:]) == ("a<b", "input; an empty cell is read as", "; 9 empty")
    settings = dict(cells_of(page, "All settings")[1:])
    assert (settings["--epochs"], settings["--validation"], settings["--missing"]) == ("12", "0.2", "mean")


def test_the_figures_of_each_class_are_those_of_scikit_learn(typed, table):
    metrics = pytest.importorskip("sklearn.metrics")
    typed(f"train t.csv {QUICK} --missing mean --save m.json")
    page = (table / "tinygrad-edu-train" / "report.html").read_text()
    rows = nn.read_csv(table / "t.csv")
    _, unseen, _, kinds = nn.train_test_split(np.arange(90), rows.cells("z"), test_size=0.2, seed=0)
    found = [nn.TableModel.load(table / "m.json").predict(rows).found[row] for row in unseen]
    names = ["hoch", "tief & <b>"]
    matrix = [[int(cell) for cell in row[1:]] for row in cells_of(page, "The confusion matrix")[1:]]
    assert matrix == metrics.confusion_matrix(kinds, found, labels=names).tolist()
    precision, recall, f1, count = metrics.precision_recall_fscore_support(kinds, found, labels=names, zero_division=0)
    for place, row in enumerate(cells_of(page, "Each class")[1:]):
        said = [float(cell.removesuffix(" %").replace("—", "0")) for cell in row[1:]]
        assert said == pytest.approx([count[place], 100 * recall[place], 100 * precision[place], f1[place]], abs=0.05)


def test_the_errors_of_numbers_are_in_their_own_unit(typed, tmp_path):
    source = random.Random(4)
    xs = [source.uniform(-1, 1) for _ in range(60)]
    write_table(tmp_path / "t.csv", ["x", "y"], [[x, 1000 + 500 * x] for x in xs])
    typed(f"train t.csv {QUICK} --save m.json -o out --report mine.html")
    assert not (tmp_path / "out" / "report.html").exists()
    rows = nn.read_csv(tmp_path / "t.csv")
    y = rows.numbers("y")
    seen, unseen, _, _ = nn.train_test_split(np.arange(60), y, test_size=0.2, seed=0)
    gaps = np.array(nn.TableModel.load(tmp_path / "m.json").predict(rows).found)[unseen] - y[unseen]
    found = [float(cell) for _, cell in cells_of((tmp_path / "mine.html").read_text(), "How far off")]
    guess = np.sqrt(np.mean((y[unseen] - y[seen].mean()) ** 2))
    want = [np.sqrt(np.mean(gaps**2)), np.mean(np.abs(gaps)), np.max(np.abs(gaps)), guess]
    assert found == pytest.approx(want, rel=2e-3)


def test_a_report_that_is_no_page_is_refused_before_the_training(typed, tmp_path):
    code, out, err = typed("train moons --report r.pdf")
    assert (code, out, "a page, which ends in .html or .htm\n  write instead:  --report r.html" in err) == (1, "", True)
    code, out, err = typed("train moons --report nowhere/r.html")
    assert (code, out) == (1, "")
    assert "there is no such folder" in err


@needs_browser
@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_on_a_desk_and_on_a_phone_light_and_dark(typed, tmp_path, scheme):
    typed("train moons --epochs 2 --plot --film f.gif --save m.json")  # a network of 2-16-16-1
    with launched() as browser:
        watched = Watched(browser, color_scheme=scheme)
        page = watched.page
        page.goto((tmp_path / "tinygrad-edu-train" / "report.html").as_uri())
        for width in (1920, 1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(ALL_ARE, arg=scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            sizes = page.evaluate(
                "[...document.querySelectorAll('main *')].filter((e) => e.textContent.trim())"
                ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
            )
            assert min(sizes) >= 13
            assert page.evaluate(SMALLEST) >= 13
            assert page.evaluate(BESIDE) == (["The training as an animation"] if width == 390 else [])
        assert page.evaluate("[...document.images].every((i) => i.complete && i.naturalWidth > 0 && i.alt)")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")
        page.emulate_media(media="print")
        page.wait_for_function(ALL_ARE, arg="light")
        assert watched.handed_over() == []
        watched.close()


def test_a_long_name_is_cut_in_a_table_and_whole_under_the_pointer(typed, tmp_path):
    names = [f"class {number} of which the name has no end and goes on and on" for number in range(3)]
    write_table(tmp_path / "t.csv", ["x", "y"], [[number % 3, names[number % 3]] for number in range(60)])
    typed(f"train t.csv {QUICK}")
    page = (tmp_path / "tinygrad-edu-train" / "report.html").read_text()
    heads = cells_of(page, "The confusion matrix")[0][1:]
    assert heads == [f"→ {name[:43]}…" for name in names]
    assert all(f'title="{name}"' in page for name in names)
    assert cells_of(page, "What is in each column")[-1][2].count("…") == 3


def pictures_of(page, title):
    """For each form of a picture where it is seen, and its bytes; that of the image itself is seen where "" is."""
    part = page.split(f'aria-label="{title}"')[1].split("</picture>")[0]
    found = re.findall(r'<source media="([^"]*)" srcset="data:image/([^"]*)"', part)
    found += [("", address) for address in re.findall(r'<img src="data:image/([^"]*)"', part)]
    return {media: base64.b64decode(address.split("base64,")[1]) for media, address in found}


def widths(svgs):
    """In pixels."""
    return [float(re.search(rb'<svg[^>]* width="([\d.]+)pt"', svg)[1]) / 0.75 for svg in svgs]


@pytest.mark.parametrize("hidden", sample(["16 16", "3", "8 8 8 8 8", "64 20"]))
def test_the_network_is_drawn_for_a_desk_and_for_a_phone_and_no_letter_of_it_is_below_13_pixels(typed, table, hidden):
    typed(f"train t.csv --hidden {hidden} --epochs 1 --missing mean")
    page = (table / "tinygrad-edu-train" / "report.html").read_text()
    forms = pictures_of(page, "The network")
    assert len(forms) == (2 if hidden.startswith("8") else 4)
    narrow = [svg for media, svg in forms.items() if "max-width" in media] or list(forms.values())
    assert max(widths(narrow)) <= 364 - 16  # a screen of 390 without the margins of the page and of the frame
    assert max(widths(forms.values())) <= 934
    for svg in forms.values():
        assert min(map(float, re.findall(rb'font-size="([\d.]+)"', svg))) / 0.75 >= 13
    assert "<summary>The biases as numbers</summary>" in page
    rows = cells_of(page, "From the first neuron of a layer to its last")[1:]
    assert len(rows) == len(hidden.split()) + 1


@pytest.mark.long
def test_the_animation_is_in_the_theme_of_its_reader_and_stands_still_for_who_wants_no_motion(typed, tmp_path):
    typed("train moons --hidden 3 --epochs 3 --film f.gif")
    page = (tmp_path / "tinygrad-edu-train" / "report.html").read_text()
    forms = pictures_of(page, "The training as an animation")
    images = {media: Image.open(io.BytesIO(image)) for media, image in forms.items()}
    papers = {media: image.convert("RGB").getpixel((2, 2)) for media, image in images.items()}
    for media, paper in papers.items():
        assert paper == pytest.approx((0x14, 0x17, 0x1B) if "dark" in media else (255, 255, 255), abs=8)
    moving = {media: getattr(image, "n_frames", 1) for media, image in images.items()}
    assert moving == {media: 1 if "motion" in media else 3 for media in forms}
    assert sorted("dark" in media for media in forms) == [False, False, True, True]
