"""Does the animation of a training show its epochs, and leave the model as it was?"""

import io
import itertools

import numpy as np
import pytest
from browser import Watched, launched, needs_browser
from PIL import Image

from tinygrad_edu import nn, viz
from tinygrad_edu.errors import DrawingError, GraphError, OptionError
from tinygrad_edu.viz import style
from tinygrad_edu.viz.animation import DPI, SIZE, draw_weights
from tinygrad_edu.viz.gif import smaller
from tinygrad_edu.viz.plots import new_axes

X, y = nn.datasets.moons(n=20, noise=0.1, seed=0)


@pytest.fixture(scope="module")
def animation():
    animation = viz.Animation(X, y, frames=5)
    nn.fit(nn.MLP(2, [4, 1], seed=0), X, y, epochs=7, callbacks=[animation])
    return animation


def test_as_many_epochs_are_shown_as_asked_the_first_and_the_last_among_them(animation):
    assert [frame.epoch for frame in animation.frames] == [1, 3, 4, 5, 7]
    numbers = [frame.numbers for frame in animation.frames]
    assert numbers[-1] == [p.data for p in animation.model.parameters()]
    assert len({tuple(each) for each in numbers}) == 5


@pytest.mark.parametrize(("frames", "epochs"), [(2, 1), (2, 2), (2, 40), (3, 2), (9, 9), (10, 11), (7, 100), (4, 333)])
def test_the_epochs_shown_are_evenly_spaced(frames, epochs):
    animation = viz.Animation(X[:4], y[:4], frames=frames)
    nn.fit(nn.MLP(2, [1], seed=0), X[:4], y[:4], epochs=epochs, callbacks=[animation])
    shown = [frame.epoch for frame in animation.frames]
    assert len(shown) == min(frames, epochs)
    assert (shown[0], shown[-1]) == (1, epochs)
    gaps = np.diff(shown)
    assert len(gaps) == 0 or max(gaps) <= 2 * min(gaps) + 1


def test_a_gif_has_a_picture_for_each_and_the_model_stays_as_it_is(animation, tmp_path):
    before = animation.model.state_dict()
    image = Image.open(io.BytesIO(animation.save(tmp_path / "film.gif").read_bytes()))
    assert image.n_frames == 5
    pictures = []
    for number in range(5):
        image.seek(number)
        pictures.append(np.asarray(image.convert("RGB")).copy())
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))
    assert animation.model.state_dict() == before
    assert [file.name for file in tmp_path.iterdir()] == ["film.gif"]


@pytest.mark.long
@needs_browser
def test_the_page_plays_and_steps_back(animation, tmp_path):
    path = animation.save(tmp_path / "film.html")
    with launched() as browser:
        watched = Watched(browser)
        _look_at(watched.page, path)
        assert watched.complaints == []


def _look_at(page, path):
    page.goto(path.as_uri())
    assert page.inner_text("#said").startswith("epoch 1, loss ")
    sources = []
    for epoch in (1, 3, 4, 5, 7):
        assert page.inner_text("#said").startswith(f"epoch {epoch}, ")
        sources.append(page.get_attribute("#picture", "src"))
        page.press("#frame", "ArrowRight")
    assert len(set(sources)) == 5
    page.click("#play")
    page.get_by_text("epoch 7").wait_for()
    assert page.inner_text("#play") == "Play"
    assert page.evaluate("picture.decode().then(() => picture.naturalWidth)") == 800


def test_the_pictures_of_the_page_are_pngs(animation):
    picture = animation.pictures()[0]
    assert Image.open(io.BytesIO(picture)).format == "PNG"


def test_invalid_animation_arguments_are_refused(animation, tmp_path):
    with pytest.raises(DrawingError, match=r"an animation in 'film.mp4'\n.*it is a .gif, a .webp or an .html"):
        animation.save(tmp_path / "film.mp4")
    with pytest.raises(DrawingError, match="an animation without epochs"):
        viz.Animation(X, y).save(tmp_path / "film.gif")
    with pytest.raises(OptionError, match="at least two pictures"):
        viz.Animation(X, y, frames=1)
    with pytest.raises(GraphError, match="only an MLP has layers to draw"):
        nn.fit(nn.Neuron(2), X, y, callbacks=[viz.Animation(X, y)])


def test_paper_keeps_its_colour_beside_a_larger_area_that_is_nearly_the_same():
    image = Image.new("RGB", (40, 40), "#ffffff")
    for row in range(4, 40):
        for column in range(40):
            image.putpixel((column, row), (248, 251, 252 - row % 3))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    assert Image.open(io.BytesIO(smaller(buffer.getvalue()))).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_webp_has_the_pictures_of_the_gif_in_less_room(animation, tmp_path):
    files = [animation.save(tmp_path / f"f.{suffix}") for suffix in ("gif", "webp")]
    gif, webp = (Image.open(io.BytesIO(file.read_bytes())) for file in files)
    assert (webp.format, webp.n_frames, webp.size) == ("WEBP", gif.n_frames, gif.size)
    for number in range(gif.n_frames):
        gif.seek(number)
        webp.seek(number)
        one, other = (np.asarray(image.convert("RGB"), dtype=float) for image in (gif, webp))
        assert np.abs(one - other).mean() < 4
    assert (tmp_path / "f.webp").stat().st_size < (tmp_path / "f.gif").stat().st_size


def test_the_same_training_in_the_dark_has_the_same_epochs_on_dark_paper(animation):
    dark = animation.in_theme("dark")
    light, night = (Image.open(io.BytesIO(one.pictures()[-1])).convert("RGB") for one in (animation, dark))
    assert (light.getpixel((0, 0)), night.getpixel((0, 0))) == ((255, 255, 255), (0x14, 0x17, 0x1B))
    assert [frame.epoch for frame in dark.frames] == [frame.epoch for frame in animation.frames]
    with pytest.raises(OptionError, match="theme='drak'"):
        animation.in_theme("drak")


def test_letters_of_an_animation_are_13_pixels_at_least():
    sizes = [label.get_fontsize() for ax in new_axes(*SIZE, columns=2) for label in ax.get_xticklabels()]
    assert min(sizes) * DPI / 72 >= 13


def test_of_many_weights_all_but_the_forty_largest_are_pale_as_in_the_drawing():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    (ax,) = new_axes(4, 4)
    draw_weights(ax, model)
    _, middle, _ = ax.collections[:3]
    assert len(middle.get_linewidths()) == 256
    assert sum(width == style.THINNEST / 2 for width in middle.get_linewidths()) >= 216
    assert middle.get_linewidths()[-1] == max(middle.get_linewidths())
