"""Do the plots show what they are given?"""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from sampling import sample

from tinygrad_edu import nn, viz
from tinygrad_edu.errors import DrawingError, SizeError
from tinygrad_edu.viz.look import Look
from tinygrad_edu.viz.plots import new_axes, scatter
from tinygrad_edu.viz.style import LIGHT, MARKERS, PAGE

PLAYGROUND = Path(viz.__file__).parent / "page" / "assets" / "playground"


@pytest.fixture
def line():
    """Class 1 where x1 > 0."""
    model = nn.MLP(2, [1])
    model.layers[0].neurons[0].w[0].data, model.layers[0].neurons[0].w[1].data = 1.0, 0.0
    return model


def boundary(figure):
    """The points of the black line."""
    (lines,) = [c for c in figure.axes[0].collections if len(getattr(c, "levels", ())) == 1]
    return np.concatenate([path.vertices for path in lines.get_paths()])


def test_the_boundary_is_where_the_prediction_changes(line):
    X, y = [[-1.0, 0.0], [1.0, 1.0], [2.0, -1.0]], [0, 1, 1]
    figure = viz.plot_decision_boundary(line, X, y)
    assert np.allclose(boundary(figure)[:, 0], 0.0, atol=1e-9)
    assert figure.axes[0].get_title() == "accuracy 100 %, 3 points"
    moved = viz.plot_decision_boundary(line, X, y, threshold=0.5)
    assert np.allclose(boundary(moved)[:, 0], 0.5, atol=0.05)


def test_after_a_sigmoid_the_boundary_is_at_one_half():
    model = nn.MLP(2, [1], output="sigmoid")
    model.layers[0].neurons[0].w[0].data, model.layers[0].neurons[0].w[1].data = 3.0, 0.0
    figure = viz.plot_decision_boundary(model, [[-1.0, 0.0], [1.0, 1.0]], [0, 1])
    assert np.allclose(boundary(figure)[:, 0], 0.0, atol=0.05)


def test_classes_have_their_own_colours_and_markers(line):
    figure = viz.plot_decision_boundary(line, [[-1.0, 0.0], [1.0, 1.0]], [0, 1])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["class 0", "class 1"]


def colours_of_classes(figure):
    """In the order of the legend."""
    return [to_hex(handle.get_facecolor()[0]) for handle in figure.axes[0].get_legend().legend_handles]


def test_class_1_is_blue_as_a_positive_number_is_in_the_playground_too(line):
    figure = viz.plot_decision_boundary(line, [[-1.0, 0.0], [1.0, 1.0]], [0, 1])
    assert colours_of_classes(figure) == [LIGHT.negative, LIGHT.positive]
    source = (PLAYGROUND / "colours.js").read_text(encoding="utf-8")
    names = re.findall(r'"([\w-]+)"', re.search(r"CLASS_COLOURS = \[(.*)\]", source)[1])
    assert LIGHT.classes == tuple(PAGE[name][0] for name in names)
    assert MARKERS[:4] == ("^", "o", "s", "D")  # as CORNERS of plane_view.js: a triangle, a circle, a square, a diamond


@pytest.mark.parametrize(
    ("labels", "numbers"), [([0, 2], [0, 2]), ([1, 1], [1]), ([-1, 1], [0, 1]), ([0.0, 1.0], [0, 1])]
)
def test_points_have_the_colours_of_their_classes_though_others_are_absent(labels, numbers):
    axes = new_axes(3, 3)
    scatter(axes[0], np.zeros((2, 2)), np.array(labels), Look())
    assert colours_of_classes(axes[0].figure) == [LIGHT.classes[number] for number in numbers]


def test_several_outputs_are_several_regions():
    model = nn.MLP(2, [3], seed=0)
    X, y = nn.datasets.blobs(n=9, classes=3)
    figure = viz.plot_decision_boundary(model, X, y)
    assert len(figure.axes[0].get_legend().get_texts()) == 3


def test_a_model_that_predicts_one_class_has_no_boundary(line):
    line.layers[0].neurons[0].b.data = 100.0
    assert (
        viz.plot_decision_boundary(line, [[0.0, 0.0], [1.0, 1.0]], [1, 1]).axes[0].get_title()
        == "accuracy 100 %, 2 points"
    )


def shades(figure):
    """How far the plane's colours are from white, of shape (rows, columns)."""
    (image,) = figure.axes[0].images
    return 1 - np.asarray(image.get_array()).min(axis=2)


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_the_plane_is_pale_where_the_model_is_undecided(output):
    """The line x1 = 0 is certain far from it: at x1 = 1 the probability is 1 - e⁻²⁰."""
    model = nn.MLP(2, [1], output=output)
    model.layers[0].neurons[0].w[0].data, model.layers[0].neurons[0].w[1].data = 20.0, 0.0
    found = shades(viz.plot_decision_boundary(model, [[-1.0, 0.0], [1.0, 1.0]], [0, 1]))
    middle = found[:, found.shape[1] // 2 - 1 : found.shape[1] // 2 + 1]
    assert middle.max() < 0.3 * found[:, [0, -1]].min()
    assert np.allclose(found, found[:1])


def test_of_several_classes_the_surest_points_have_the_strongest_colour():
    model = nn.MLP(2, [3], seed=0)
    X, y = nn.datasets.blobs(n=9, classes=3)
    found = shades(viz.plot_decision_boundary(model, X, y)).ravel()
    scores = nn.predict(model, viz.plots.Plane(X, viz.plots.GRID).points)
    chances = np.sort(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True), axis=1)
    winners = scores.argmax(axis=1)
    for winner in range(3):
        margin, shade = (chances[:, 2] - chances[:, 1])[winners == winner], found[winners == winner]
        assert np.all(np.diff(shade[np.argsort(margin)]) >= -1e-12)


OUTPUTS = ((), (2,), (3,))
NUMBERS = (0.0, np.nan, 1e308, -1e308, np.inf, -np.inf)  # in a sample, each of them with one shape of outputs
SHAPED = [(NUMBERS[i], OUTPUTS[(i + turn) % 3]) for turn in range(3) for i in range(len(NUMBERS))]


@pytest.mark.parametrize(("number", "outputs"), sample(SHAPED, few=len(NUMBERS)))
def test_a_model_of_any_numbers_has_a_picture(line, number, outputs, tmp_path):
    def predictor(points):
        found = np.ones((len(points), *outputs))
        found[::7] = number
        return found

    figure = viz.plot_decision_boundary(line, [[-1.0, 0.0], [1.0, 1.0]], [0, 1], predictor=predictor)
    assert viz.save_figure(figure, tmp_path / "p.png").stat().st_size > 1000
    assert np.isfinite(shades(figure)).all()


def test_only_two_inputs_can_be_plotted():
    with pytest.raises(SizeError, match="a plane has two coordinates"):
        viz.plot_decision_boundary(nn.MLP(3, [1]), [[1.0, 2.0, 3.0]], [1])
    with pytest.raises(SizeError, match="a plane has two coordinates"):
        viz.plot_decision_boundary(nn.MLP(2, [1]), [[1.0, 2.0]], [1, 0])


def test_the_history_is_plotted():
    figure = viz.plot_history(nn.History(loss=[3.0, 1.0, 0.5], accuracy=[0.5, 0.75, 1.0]))
    loss, accuracy = figure.axes
    assert loss.lines[0].get_ydata().tolist() == [3.0, 1.0, 0.5]
    assert accuracy.lines[0].get_ydata().tolist() == [0.5, 0.75, 1.0]
    assert len(viz.plot_history(nn.History(loss=[3.0], accuracy=[float("nan")])).axes) == 1


def test_validation_is_a_dashed_line_beside_that_of_training():
    history = nn.History(loss=[3.0, 1.0], accuracy=[0.5, 0.75], val_loss=[4.0, 2.0], val_accuracy=[0.4, 0.6])
    for ax, training, validation in zip(
        viz.plot_history(history).axes, ([3.0, 1.0], [0.5, 0.75]), ([4.0, 2.0], [0.4, 0.6]), strict=True
    ):
        assert [line.get_ydata().tolist() for line in ax.lines] == [training, validation]
        assert [line.get_linestyle() for line in ax.lines] == ["-", "--"]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation", "best: epoch 2"]


@pytest.mark.parametrize(
    ("losses", "best"),
    [([3.0, 1.0, 2.0], 2), ([float("nan"), 2.0, 1.0], 3), ([1.0, 1.0], 1), ([5.0], None), ([float("nan")] * 3, None)],
)
def test_the_epoch_of_the_lowest_validation_loss_is_marked(losses, best):
    history = nn.History([1.0] * len(losses), [0.5] * len(losses), losses, [0.5] * len(losses))
    for ax in viz.plot_history(history).axes:
        marked = [path.vertices[0, 0] for lines in ax.collections for path in lines.get_paths()]
        assert marked == ([] if best is None else [best])


def test_epochs_are_whole_numbers():
    figure = viz.plot_history(nn.History(loss=[3.0, 1.0], accuracy=[0.5, 0.5]))
    figure.canvas.draw()
    assert all(tick == round(tick) for ax in figure.axes for tick in ax.get_xticks())


def test_a_plot_can_be_drawn_into_given_axes(line):
    from matplotlib.figure import Figure

    figure = Figure()
    ax = figure.add_subplot()
    assert viz.plot_decision_boundary(line, [[0.0, 0.0], [1.0, 1.0]], [1, 1], ax=ax) is figure


def test_a_figure_is_saved_by_its_suffix(line, tmp_path):
    figure = viz.plot_history(nn.History(loss=[1.0], accuracy=[1.0]))
    assert viz.save_figure(figure, tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(DrawingError, match="the formats are"):
        viz.save_figure(figure, tmp_path / "h.xyz")
    assert [file.name for file in tmp_path.iterdir()] == ["h.png"]


NAN = float("nan")
LOSSES = {
    "one epoch": [1.0],
    "a loss that becomes NaN": [1.0, 0.5, NAN, NAN],
    "one number among NaN": [NAN, 0.5, NAN, NAN, 2.0],
    "inf": [1.0, 1e300, float("inf")],
    "NaN alone": [NAN, NAN],
    "no epoch": [],
}


@pytest.mark.parametrize("name", LOSSES)
def test_every_number_of_a_history_is_seen_and_its_epochs_are_in_one_place(name):
    losses = LOSSES[name]
    history = nn.History(loss=losses, accuracy=[0.5] * len(losses), val_loss=losses, val_accuracy=[0.25] * len(losses))
    figure = viz.plot_history(history)
    ends = {ax.get_xlim() for ax in figure.axes}
    assert len(ends) == 1
    (low, high) = ends.pop()
    assert 0.4 < low < 1 <= max(1, len(losses)) < high < max(1, len(losses)) + 0.6
    for line in figure.axes[0].get_lines():
        finite = np.isfinite(line.get_ydata())
        joined = np.flatnonzero(finite[1:] & finite[:-1])
        drawn = {*joined.tolist(), *(joined + 1).tolist(), *line.get_markevery()}
        assert drawn == set(np.flatnonzero(finite).tolist())


def test_no_two_of_many_classes_look_the_same_and_their_legend_hides_no_point():
    X = np.random.default_rng(0).normal(size=(240, 2))
    model = nn.MLP(2, [12], seed=0)
    ax = viz.plot_decision_boundary(model, X, np.arange(240) % 12).axes[0]
    looks = {
        (tuple(points.get_facecolor()[0]), points.get_paths()[0].vertices.tobytes())
        for points in ax.collections
        if points.get_label().startswith("class")
    }
    assert len(looks) == 12
    ax.figure.draw_without_rendering()
    legend, plane = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.x0 >= plane.x1
    few = viz.plot_decision_boundary(model, X, np.arange(240) % 3).axes[0]
    few.figure.draw_without_rendering()
    assert few.get_legend().get_window_extent().x1 <= few.get_window_extent().x1
