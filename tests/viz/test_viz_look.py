"""Does every picture take a theme and a language, and is all of it in them?"""

import inspect
import io
import random
import re
import string
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from contrast import contrast
from PIL import Image

import tinygrad_edu
from tinygrad_edu import nn, parse, viz
from tinygrad_edu.errors import OptionError
from tinygrad_edu.functions import dot
from tinygrad_edu.steps.sentences import LANGUAGES
from tinygrad_edu.viz.look import WORDS
from tinygrad_edu.viz.page.strings import TABLE
from tinygrad_edu.viz.style import DARK, LIGHT, THEMES

X = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [-1.0, 2.0]]
Y = [0, 1, 0, 1]
HISTORY = nn.History([3.0, 1.0, 0.5], [0.5, 0.75, 1.0], [4.0, 2.0, 3.0], [0.4, 0.6, 0.5], stopped="no progress")
CODE = {"backward", "max_nodes", "tanh", "relu", "linear", "dot", "add", "np", "None", "axis"}  # not translated


def graph(label="f"):
    f = parse("q = x + y; h = dot([q, x], [z, 2]); g = tanh(h)", x=-2, y=5, z=-4)
    f.label = label
    return f


def swept():
    f = graph()
    f.backward()
    return f


def model():
    made = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    nn.mse_loss([made(x) for x in X], Y).backward()
    return made


def program():
    made = model()
    return tinygrad_edu.compile(nn.mse_loss([made(x) for x in X], Y), wrt=made.parameters())


DRAWINGS = {
    "the graph before the sweep": lambda **look: viz.draw(graph(), **look),
    "the graph": lambda **look: viz.draw(swept(), **look),
    "with dots opened": lambda **look: viz.draw(swept(), detail="full", **look),
    "a summary": lambda **look: viz.draw(swept(), max_nodes=2, **look),
    "a program": lambda **look: viz.draw(program(), **look),
    "a network": lambda **look: viz.draw_network(model(), **look),
    "a network at work": lambda **look: viz.draw_network(
        nn.MLP(2, [30, 3, 1], seed=0), inputs=[1, 2], strongest=9, highlight=(1, 1), **look
    ),
    "a crowd": lambda **look: viz.draw_network(nn.MLP(9, [9, 1], seed=0), **look),
    "a step": lambda **look: viz.sweep(swept(), **look)[7],
    "the end of a sweep": lambda **look: viz.sweep(swept(), **look)[-1],
}
FIGURES = {
    "the boundary": lambda **look: viz.plot_decision_boundary(model(), X, Y, **look),
    "the history": lambda **look: viz.plot_history(HISTORY, **look),
    "neurons": lambda **look: viz.plot_neurons(model(), X, Y, **look),
    "parameters": lambda **look: viz.plot_parameters(model(), **look),
    "activations": lambda **look: viz.plot_activations(model(), X, **look),
}
every_drawing = pytest.mark.parametrize("drawn", DRAWINGS.values(), ids=DRAWINGS)
every_figure = pytest.mark.parametrize("plotted", FIGURES.values(), ids=FIGURES)


def texts_in(svg):
    """What is written, and what is said where a pointer rests."""
    root = ElementTree.fromstring(svg)
    title = "{http://www.w3.org/1999/xlink}title"
    written = ["".join(each.itertext()) for each in root.iter() if each.tag.endswith(("text", "title"))]
    return [*written, *(each.attrib[title] for each in root.iter() if title in each.attrib)]


def texts_of(figure):
    from matplotlib.text import Text

    figure.canvas.draw()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def words_in(text):
    return set(re.findall(r"(?<![\w.])[A-Za-z_]{3,}", text)) - CODE


# The table


def test_every_text_has_the_same_places_in_every_language():
    for key, row in WORDS.items():
        assert len(row) == len(LANGUAGES)
        places = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in row]
        assert all(each == places[0] for each in places), key


def test_the_page_and_the_pictures_use_the_same_words():
    of_pictures = dict(WORDS.values())
    shared = {english: chinese for english, chinese in TABLE.values() if english in of_pictures}
    for english in ("input", "output", "layer {layer}", "loss", "weights and biases", "Play", "Pause"):
        assert of_pictures[english] == shared[english]
    assert of_pictures["epoch"] == "轮次"  # on the page, where there is no room for two, 轮
    assert shared["epoch"] == "轮"


# Every picture


def test_everything_that_makes_a_picture_takes_a_theme_and_a_language():
    makers = [name for name in viz.__all__ if name.startswith(("draw", "plot", "Animation", "sweep"))]
    assert len(makers) == 9
    for name in makers:
        parameters = inspect.signature(getattr(viz, name)).parameters
        assert (parameters["theme"].default, parameters["lang"].default) == ("light", "en"), name


@pytest.mark.parametrize("make", {**DRAWINGS, **FIGURES}.values(), ids={**DRAWINGS, **FIGURES})
def test_a_wrong_name_is_refused_with_the_nearest_one(make):
    with pytest.raises(OptionError, match=r"(?s)\(..., theme='Dark'\).*write instead:  theme='dark'"):
        make(theme="Dark")
    with pytest.raises(OptionError, match=r"(?s)\(..., lang='ZH'\).*write instead:  lang='zh'"):
        make(lang="ZH")


@every_drawing
def test_a_dark_drawing_has_no_light_in_it(drawn):
    svg = drawn(theme="dark").svg()
    named = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"none", "transparent"}
    assert all(color.startswith("#") for color in named), named
    assert DARK.paper in named
    only_light = {LIGHT.paper, LIGHT.ink, LIGHT.quiet, LIGHT.outline, LIGHT.positive, LIGHT.negative, LIGHT.operation}
    assert not named & only_light
    letters = set(re.findall(r'<text[^>]* fill="([^"]+)"', svg)) | set(
        re.findall(r'class="chip"[^>]* fill="([^"]+)"', svg)
    )
    assert letters
    assert all(contrast(color, DARK.paper) >= 4.5 for color in letters)


@every_drawing
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_png_of_a_drawing_is_on_its_paper_to_the_edge(drawn, theme):
    image = Image.open(io.BytesIO(drawn(theme=theme.name).png(scale=1.3))).convert("RGB")
    paper = tuple(int(theme.paper[at : at + 2], 16) for at in (1, 3, 5))
    ends = np.asarray(image)[[0, -1]][:, [0, -1]].reshape(-1, 3)
    assert {tuple(map(int, color)) for color in ends} == {paper}
    assert max(image.getcolors(image.width * image.height))[1] == paper


@every_drawing
def test_a_theme_changes_nothing_but_colours(drawn):
    light, dark = (re.sub(r"#[0-9a-f]{6}", "#", drawn(theme=theme).svg()) for theme in THEMES)
    assert light == dark


@every_drawing
def test_a_drawing_in_chinese_has_no_english_word(drawn):
    said = " ".join(texts_in(drawn(lang="zh").svg()))
    assert re.search("[\u4e00-\u9fff]", said)
    assert words_in(said) - {"loss", "summary"} == set()  # an array of the program, a node of the source
    assert words_in(" ".join(texts_in(drawn().svg())))


@every_figure
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_figure_is_in_its_theme_whatever_matplotlib_is_set_to(plotted, theme):
    import matplotlib

    with matplotlib.rc_context({"text.color": "#777777", "axes.labelcolor": "#777777", "figure.facecolor": "#777777",
                                "axes.facecolor": "#777777", "xtick.color": "#777777", "ytick.color": "#777777",
                                "legend.facecolor": "#777777", "axes.edgecolor": "#777777"}):  # fmt: skip
        figure = plotted(theme=theme.name)
        assert _hex(figure.get_facecolor()) == theme.paper
        assert {_hex(ax.get_facecolor()) for ax in figure.axes} == {theme.paper}
        assert {_hex(text.get_color()) for text in texts_of(figure)} == {theme.ink}
        frames = {_hex(spine.get_edgecolor()) for ax in figure.axes for spine in ax.spines.values()}
        assert frames == {theme.outline}


def _hex(color):
    from matplotlib.colors import to_hex

    return to_hex(color)


@every_figure
def test_a_figure_in_chinese_has_no_english_word_and_a_letter_for_each_of_its_own(plotted):
    figure = plotted(lang="zh")
    said = " ".join(text.get_text() for text in texts_of(figure))  # a letter that no font has would be a warning
    assert re.search("[\u4e00-\u9fff]", said)
    assert words_in(said) == set()
    assert words_in(" ".join(text.get_text() for text in texts_of(plotted())))


@every_figure
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_dark_chinese_figure_is_saved(plotted, suffix, tmp_path):
    path = viz.save_figure(plotted(theme="dark", lang="zh"), tmp_path / f"f{suffix}")
    if suffix == ".png":
        with Image.open(path) as image:
            corner = image.convert("RGB").getpixel((0, 0))
        assert corner == (0x14, 0x17, 0x1B)
    elif suffix == ".svg":
        assert DARK.paper in path.read_text(encoding="utf-8")
    else:
        assert path.read_bytes().startswith(b"%PDF")


def test_axes_of_ones_own_keep_their_frame_and_letters():
    from matplotlib.figure import Figure

    ax = Figure(facecolor="#102030").add_subplot()
    ax.set_facecolor("#203040")
    figure = viz.plot_decision_boundary(model(), X, Y, ax=ax, theme="dark")
    assert (_hex(figure.get_facecolor()), _hex(ax.get_facecolor())) == ("#102030", "#203040")
    assert _hex(ax.get_legend().get_texts()[0].get_color()) == DARK.ink


# Whatever it is a picture of

LABELS = ("", "x", "x", "梯度", "#ffffff", "#14171b", "{a|b}", "grad", 'say "so" & <b>', "a" * 90, "é\n\\n", "🙂")
NUMBERS = (0.0, -0.0, 1.0, -1.0, 1e-300, -1e300, float("inf"), float("-inf"), float("nan"), 3.0, 3.0)


def any_graph(seed):
    """A graph that knows nothing of pictures: shared nodes, equal numbers, constants, names that collide."""
    chance = random.Random(seed)
    nodes = [tinygrad_edu.Value(chance.choice(NUMBERS), label=chance.choice(LABELS)) for _ in range(3)]
    for _ in range(chance.randint(0, 6)):
        one, other = chance.choice(nodes), chance.choice([*nodes, 2.0, 0.0])
        made = chance.choice(
            [one + other, one - other, one * other, one.tanh(), one.relu(), dot([one, one], [other, 1])]
        )
        made.label = chance.choice(LABELS)
        nodes.append(made)
    if chance.random() < 0.7:
        nodes[-1].backward()
    return nodes[-1]


@pytest.mark.filterwarnings("ignore")  # of what such numbers do to gradients
@pytest.mark.parametrize("seed", range(40))
def test_any_graph_is_the_same_in_the_dark_but_for_colours_of_its_theme(seed):
    graph, detail = any_graph(seed), ("op", "full")[seed % 2]
    light, dark = (viz.draw(graph, detail=detail, theme=theme, lang="zh").svg() for theme in THEMES)
    colours = re.compile('(?<=(?:fill|roke)=")#[0-9a-f]{6}(?=")')
    assert colours.sub("", light) == colours.sub("", dark)
    for svg, theme in ((light, LIGHT), (dark, DARK)):
        letters = set(re.findall('<text[^>]* fill="(#[0-9a-f]{6})"', svg))
        assert letters <= {theme.ink, theme.quiet}
        fills = set(re.findall('<(?:path|ellipse|polygon) fill="(#[0-9a-f]{6})"', svg))
        lines = set(re.findall('stroke="(#[0-9a-f]{6})"', svg))
        assert all(
            contrast(theme.ink, fill) >= 4.5 for fill in fills - lines
        )  # an arrow's head is filled with its line
        assert all(contrast(line, theme.paper) >= 3 for line in lines)


SAMPLES = {
    "one": ([[1.0, 2.0]], [0]),
    "one point many times": ([[1.0, 2.0]] * 5, [0, 1, 0, 1, 1]),
    "one class": ([[0.0, 1.0], [1.0, 0.0]], [1, 1]),
    "eight classes": ([[float(n), float(n % 3)] for n in range(8)], list(range(8))),
    "far away": ([[1e9, -1e9], [2e9, 1e9]], [0, 1]),
}


@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_any_samples_have_a_dark_chinese_picture(samples, tmp_path):
    X, y = samples
    outputs = max(y) + 1 if max(y) > 1 else 1
    network = nn.MLP(2, [2, outputs], activation="tanh", seed=0)
    for plot in (viz.plot_decision_boundary, viz.plot_neurons):
        figure = plot(network, X, y, theme="dark", lang="zh")
        assert {_hex(text.get_color()) for text in texts_of(figure)} == {DARK.ink}
        assert viz.save_figure(figure, tmp_path / "p.png").stat().st_size > 1000


@pytest.mark.parametrize(
    "history",
    [
        nn.History(),
        nn.History([1.0], [0.5]),
        nn.History([float("nan")] * 2, [float("nan")] * 2),
        nn.History([float("inf"), 1.0], [0.0, 1.0], [0.0, 0.0], [float("nan")] * 2, interrupted=True),
    ],
    ids=["none", "one", "nan", "inf"],
)
@pytest.mark.filterwarnings("ignore:Attempting to set identical")
def test_any_history_has_a_chinese_title(history):
    title = viz.plot_history(history, theme="dark", lang="zh").axes[0].get_title()
    assert re.search("[\u4e00-\u9fff]$|%$|[\\d.]$|nan$|inf$", title)
    assert words_in(title) <= {"nan", "inf"}
    assert not re.search("[，：]$", title)


# Motion


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_an_animation_is_in_its_theme_and_language(theme, tmp_path):
    animation = viz.Animation(X, Y, frames=2, theme=theme.name, lang="zh")
    nn.fit(nn.MLP(2, [2, 1], seed=0), X, Y, epochs=2, callbacks=[animation])
    with Image.open(animation.save(tmp_path / "f.gif")) as image:
        assert image.n_frames == 2
        corner = image.convert("RGB").getpixel((1, 1))
    assert contrast("#{:02x}{:02x}{:02x}".format(*corner), theme.paper) < 1.05
    page = animation.save(tmp_path / "f.html").read_text(encoding="utf-8")
    assert f'<html lang="zh-Hans" data-theme="{theme.name}">' in page
    assert "第 2 轮，损失" in page
    assert words_in(re.sub(r"(?s)<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", page)) == set()
    assert not re.search(r"@[A-Z_]+@", page)
    for option in ({"theme": "drak"}, {"lang": "cn"}):
        with pytest.raises(OptionError, match=r"Animation\(\.\.\., "):
            viz.Animation(X, Y, **option)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_sweep_as_a_gif_is_in_its_theme(theme, tmp_path):
    with Image.open(viz.sweep(parse("x * y", x=2, y=3), theme=theme.name, lang="zh").save(tmp_path / "s.gif")) as image:
        corner = image.convert("RGB").getpixel((0, 0))
    assert contrast("#{:02x}{:02x}{:02x}".format(*corner), theme.paper) < 1.05


def test_the_slides_of_a_sweep_are_in_its_theme():
    deck = viz.sweep(parse("x * y", x=2, y=3), theme="dark").deck()
    assert LIGHT.ink[1:].upper() not in deck
    assert rf"\definecolor{{paper}}{{HTML}}{{{DARK.paper[1:].upper()}}}" in deck
    assert r"\setbeamercolor{background canvas}{bg=paper}" in deck
    assert "setbeamercolor" not in viz.sweep(parse("x * y", x=2, y=3)).deck()


# Letters


def test_chinese_letters_in_a_png_do_not_depend_on_the_fonts_of_the_system():
    """A serif font of the system would be taken first, where there is one."""
    import resvg_py

    from tinygrad_edu.viz.fonts import font_files

    drawing = viz.draw(swept(), lang="zh")
    bare = resvg_py.svg_to_bytes(
        svg_string=drawing.svg(), dpi=96, zoom=2, background="white", skip_system_fonts=True, font_files=font_files()
    )
    pictures = [np.asarray(Image.open(io.BytesIO(bytes(png)))) for png in (bare, drawing.png(scale=2))]
    assert np.array_equal(*pictures)


def test_the_page_around_a_dark_drawing_in_latex_is_dark(tmp_path):
    for theme in THEMES.values():
        document = viz.draw(swept(), theme=theme.name).save(tmp_path / "f.tex").read_text(encoding="utf-8")
        assert (rf"\pagecolor[HTML]{{{theme.paper[1:].upper()}}}" in document) == (theme is DARK)


def test_the_files_of_a_dark_drawing_are_dark_in_every_format(tmp_path):
    drawing = viz.draw(swept(), theme="dark")
    for suffix, colour in ((".svg", DARK.paper), (".dot", DARK.paper), (".tex", DARK.paper[1:].upper())):
        assert colour in Path(drawing.save(tmp_path / f"f{suffix}")).read_text(encoding="utf-8")
    with Image.open(drawing.save(tmp_path / "f.png")) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (0x14, 0x17, 0x1B)
