"""Does an animated sweep show every step, at its place and in its time, and does nothing move that does not change?"""

import base64
import io
import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from several_places import TIES, tied

from tinygrad_edu import Value, chain_rule, nn, parse, viz
from tinygrad_edu.errors import DrawingError, GraphError, OptionError, SizeError, StaleGraphError
from tinygrad_edu.functions import dot
from tinygrad_edu.show import cut, show
from tinygrad_edu.viz import quoting, style

SVG = "{http://www.w3.org/2000/svg}"
NEURON = ("f = sigmoid(w0*x0 + w1*x1 + b)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "b": -3})


def lesson():
    return parse("q = x + y; f = q * z", x=-2, y=5, z=-4)


def neuron():
    return parse(NEURON[0], **NEURON[1])


def frames_of(data):
    image = Image.open(io.BytesIO(data))
    pictures, times = [], []
    for number in range(image.n_frames):
        image.seek(number)
        pictures.append(np.asarray(image.convert("RGB")).copy())
        times.append(image.info["duration"])
    return pictures, times, image.info.get("loop")


def texts(still, role=None):
    found = [each for each in ET.fromstring(still.svg()).iter(f"{SVG}text") if role in (None, each.get("class"))]
    return [each.text for each in found]


def places(still):
    """Where each border and each text of a box stands."""
    root = ET.fromstring(still.svg())
    boxes = [group for group in root.iter(f"{SVG}g") if group.get("class") in ("box", "constant")]
    return [[(each.tag, each.get("x"), each.get("y"), each.get("width")) for each in box] for box in boxes]


# What is shown


@pytest.mark.parametrize("make", [lesson, neuron, lambda: Value(2.0, label="x"), lambda: parse("x * x", x=3)])
def test_there_is_a_picture_for_the_beginning_each_step_and_the_end(make):
    f = make()
    sweep, trace = viz.sweep(f), chain_rule(f)
    assert [still.position for still in sweep] == list(range(len(trace) + 2))
    assert [still.phase for still in sweep] == ["begin", *(step.phase for step in trace), "end"]
    assert [still.text for still in sweep[1:-1]] == [str(step) for step in trace]
    for still in sweep[1:-1]:
        assert re.sub(r"\s", "", still.text) in re.sub(r"\s", "", "".join(texts(still)))


def test_numbers_appear_when_their_step_is_done_and_not_before():
    sweep, trace = viz.sweep(lesson()), chain_rule(lesson())
    assert texts(sweep[0], "value") == ["-2", "5", "—", "-4", "—"]
    assert texts(sweep[1], "value") == ["-2", "5", "3", "-4", "—"]
    assert texts(sweep[2], "value") == ["-2", "5", "3", "-4", "-12"]
    assert texts(sweep[2], "gradient") == ["∂ —"] * 5
    assert texts(sweep[3], "gradient") == ["∂ —"] * 4 + ["∂ 1"]
    for position in range(4, 8):
        done = trace[:position].gradients
        expected = [f"∂ {show(done[node.name])}" if node.name in done else "∂ —" for node in trace.nodes]
        assert texts(sweep[position], "gradient") == expected
    assert sweep[-1].text == "∂f/∂x = -4, ∂f/∂y = -4, ∂f/∂z = 3"


def test_a_chip_says_the_local_derivative_when_it_is_known_and_then_the_contribution():
    sweep = viz.sweep(lesson())
    assert "× (-4)" not in texts(sweep[1])
    assert "× (-4)" in texts(sweep[2])
    assert "= -4" not in texts(sweep[3])
    assert "= -4" in texts(sweep[4])


def test_a_shared_node_shows_each_arrival_and_that_more_is_to_come():
    sweep = viz.sweep(parse("x * x * x", x=3))
    gradients = [texts(still, "gradient")[0] for still in sweep]
    assert list(dict.fromkeys(gradients)) == ["∂ —", "∂ 9 + …", "∂ 18 + …", "∂ 27"]


def test_the_active_box_and_arrow_stand_out_and_there_is_one_of_each():
    for still, step in zip(viz.sweep(neuron())[1:-1], chain_rule(neuron()), strict=True):
        root = ET.fromstring(still.svg())
        boxes = [group for group in root.iter(f"{SVG}g") if group.get("class") == "box"]
        strong = [index for index, box in enumerate(boxes) if box[0].get("stroke-width") == "3"]
        assert strong == [step.argument_node if step.phase == "backward" else step.node]
        chips = [group for group in root.iter(f"{SVG}g") if group.get("class") == "chip"]
        bold = [[text.text for text in chip.iter(f"{SVG}text")] for chip in chips if chip.get("font-weight")]
        if step.phase == "backward":
            (active,) = bold
            assert active[1] == f"= {show(step.contribution)}"
        else:
            assert bold == []


def test_signs_have_colours_and_dashes_and_directions_as_in_a_drawing():
    """Of the arrows that a gradient has come along: blue and solid, or orange and dashed, against the numbers."""
    root = ET.fromstring(viz.sweep(lesson())[-1].svg())
    lines = [group[0] for group in root.iter(f"{SVG}g") if group.get("class") == "arrow"]
    expected = {4: (style.NEGATIVE, True), 3: (style.POSITIVE, False)}
    assert len(lines) == 4
    for line, edge in zip(lines, chain_rule(lesson()).edges, strict=True):
        color, is_dashed = expected[abs(edge.contribution)]
        assert (line.get("stroke"), line.get("stroke-dasharray") is not None) == (color, is_dashed)
        xs = [float(pair.split(",")[0]) for pair in re.findall(r"[\d.]+,[\d.]+", line.get("d"))]
        assert xs[0] > xs[-1]


def test_nothing_moves_from_picture_to_picture():
    for make in (lesson, neuron, lambda: parse("a = w * x; t = tanh(a); f = t * w + w * w * 2", w=2, x=-0.5)):
        found = [places(still) for still in viz.sweep(make())]
        assert all(each == found[0] for each in found)


def test_every_text_fits_into_its_box_and_its_chip():
    from tinygrad_edu.viz.fonts import text_width

    sweep = viz.sweep(parse("a_long_name_of_mine = w * x / 3e5; f = exp(a_long_name_of_mine) * w", w=-1 / 3, x=1e-5))
    for still in sweep:
        for group in ET.fromstring(still.svg()).iter(f"{SVG}g"):
            if group.get("class") in ("box", "chip", "constant"):
                room = float(group[0].get("width"))
                for text in group.iter(f"{SVG}text"):
                    size = float(text.get("font-size") or group.get("font-size"))
                    bold = "bold" in (text.get("font-weight"), group.get("font-weight"))
                    assert text_width(text.text, size, bold=bold) < room, text.text


def test_texts_are_in_chinese_if_asked_for():
    sweep = viz.sweep(tied("w - w"), lang="zh")
    assert "先前向" in sweep[0].text
    assert "第 1 步" in sweep[1].heading
    assert any("∂(被减数)" in still.text for still in sweep)
    assert sweep[-1].heading == "f 的梯度"


@pytest.mark.parametrize("name", TIES)
def test_operations_with_one_node_at_several_places_are_drawn(name):
    sweep = viz.sweep(tied(name))
    assert len(sweep) == len(chain_rule(tied(name))) + 2
    assert len({still.svg() for still in sweep}) == len(sweep)


# The animation


@pytest.fixture(scope="module")
def sweep():
    """One for all tests that look into its file, which is made once."""
    return viz.sweep(lesson(), seconds=1)


def test_the_gif_shows_every_picture_for_its_time_and_begins_again(sweep):
    pictures, times, loop = frames_of(sweep._gif)  # private: the file's bytes
    assert len(pictures) == len(sweep) == 9
    assert times == [1500, 800, 800, 1000, 1000, 1000, 1000, 1000, 3000]
    assert sum(sweep.times) == pytest.approx(sum(times) / 1000)
    assert loop == 0  # for ever
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))


def test_a_frame_of_the_gif_is_the_picture_itself(sweep):
    """Its few colours are near the true ones, and white is white."""
    pictures, *_ = frames_of(sweep._gif)
    for still, found in zip(sweep, pictures, strict=True):
        true = np.asarray(Image.open(io.BytesIO(still.png(sweep.scale))).convert("RGB"))
        assert found.shape == true.shape
        assert np.abs(found.astype(int) - true).mean() < 1.5
        assert (found[(true == 255).all(axis=2)] == 255).all()


def test_a_backward_sweep_begins_with_every_number_known():
    whole, backward = viz.sweep(lesson()), viz.sweep(lesson(), backward_only=True)
    assert [still.phase for still in backward] == ["begin", "seed", *["backward"] * 4, "end"]
    assert texts(backward[0], "value") == texts(whole[-1], "value")
    assert texts(backward[0], "gradient") == ["∂ —"] * 5
    assert texts(backward[-1]) == texts(whole[-1])


@pytest.mark.long
def test_sizes_are_sensible(tmp_path):
    data = viz.sweep(neuron()).save(tmp_path / "f.gif").read_bytes()
    assert 20_000 < len(data) < 250_000
    assert 900 < Image.open(io.BytesIO(data)).width <= 1600
    data = viz.sweep(lesson(), width=600).save(tmp_path / "f.gif").read_bytes()
    assert Image.open(io.BytesIO(data)).width == pytest.approx(600, abs=1)


def test_a_long_chain_runs_from_top_to_bottom():
    chain = viz.sweep(parse("tanh(" * 9 + "x" + ")" * 9, x=0.5))
    assert chain.circuit.direction == "TB"
    assert viz.sweep(neuron()).circuit.direction == "LR"


# Files and notebooks


def test_a_sweep_and_its_pictures_are_saved(sweep, tmp_path):
    assert sweep.save(str(tmp_path / "f.GIF")).read_bytes().startswith(b"GIF89a")
    assert sweep[4].save(tmp_path / "step.svg").read_text(encoding="utf-8") == sweep[4].svg()
    image = Image.open(io.BytesIO(sweep[-1].save(tmp_path / "step.png").read_bytes()))
    assert image.size == pytest.approx([2 * round(side) for side in sweep.size], abs=3)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["f.GIF", "step.png", "step.svg"]


def test_a_picture_needs_nothing_else():
    svg = viz.sweep(lesson())[4].svg()
    assert not re.search(r"class=\"[^\"]*\" style|url\(|href|<style|var\(--|currentColor", svg)
    assert "font-family" in svg


def test_a_notebook_shows_the_animation():
    shown = viz.sweep(parse("f = x * y", x=1, y=2))._repr_html_()
    data = re.fullmatch(r'<img src="data:image/gif;base64,([^"]+)" alt="f = x \* y" style="max-width: 100%">', shown)[1]
    assert len(frames_of(base64.b64decode(data))[0]) == 6
    assert repr(viz.sweep(lesson())[4]) == "<Still 4: ∂f/∂q: ∂f/∂f · z = 1 · (-4) = -4>"
    assert viz.sweep(lesson())[4]._repr_svg_().startswith("<svg")


# What is refused


def test_a_graph_too_large_to_be_read_is_refused():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    with pytest.raises(SizeError, match=r"a sweep of \d+ nodes, .*\n.*at most 60 nodes.*\n.*viz.player\(f\)"):
        viz.sweep(model([1.0, 2.0]))
    x = Value(0.5, label="x")
    with pytest.raises(SizeError, match=r"2 nodes, 200 edges"):
        viz.sweep(dot([x] * 100, [x] * 100))
    for _ in range(25):
        x = x.tanh()
    with pytest.raises(SizeError, match=r"it needs [\d,]+ × [\d,]+ pixels, and there is room for 1,600 × 1,200"):
        viz.sweep(x)


def test_invalid_sweep_arguments_are_refused(tmp_path):
    with pytest.raises(GraphError, match="float is not a Value"):
        viz.sweep(3.0)
    with pytest.raises(OptionError, match="the choices are en, zh"):
        viz.sweep(lesson(), lang="fr")
    for seconds in (0, -1, float("nan"), 1e9):
        with pytest.raises(OptionError, match=r"0\.05 to 60 seconds\n.*seconds=1\.5"):
            viz.sweep(lesson(), seconds=seconds)
    for width in (0, -5, 100, 10_000):
        with pytest.raises(SizeError, match=r"this one can be read from \d+ to [\d,]+ pixels\n.*width=960"):
            viz.sweep(lesson(), width=width)
    for name in ("f.png", "f", "f.mp4"):
        with pytest.raises(DrawingError, match=r"a sweep is an animation.*\n.*sweep\[-1\]\.save"):
            viz.sweep(lesson()).save(tmp_path / name)
    with pytest.raises(DrawingError, match="no such format"):
        viz.sweep(lesson())[0].save(tmp_path / "f.bmp")
    with pytest.raises(FileNotFoundError):
        viz.sweep(lesson()).save(tmp_path / "nowhere" / "f.gif")
    f = lesson()
    f.args[1].data = 3.0
    with pytest.raises(StaleGraphError):
        viz.sweep(f)
    assert list(tmp_path.iterdir()) == []


# Anything


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()), st.floats(width=64))
def test_any_label_and_any_number_are_drawn(label, number):
    """As text, never as markup; and one picture differs from the next."""
    f = Value(number, label=label) * 2.0 + Value(1.0, label="b")
    sweep = viz.sweep(f)
    for still in sweep:
        assert texts(still, "name")[0] == quoting.visible(re.sub(r"\r\n|\r|\n", " ", cut(label, 22)))
