"""Do the pictures of what goes on inside a network show its numbers?"""

import math

import numpy as np
import pytest

from tinygrad_edu import nn, viz
from tinygrad_edu.errors import NumberError, OptionError, SizeError

X, y = nn.datasets.moons(n=30, noise=0.1, seed=0)


def test_every_neuron_has_a_plot_of_its_activation_and_its_boundary():
    model = nn.MLP(2, [5, 1], activation="tanh", seed=0)
    first = model.layers[0].neurons[0]
    first.w[0].data, first.w[1].data, first.b.data = 2.0, 0.0, -1.0
    figure = viz.plot_neurons(model, X, y)
    assert [ax.get_title() for ax in figure.axes[:-1]] == [f"a{n} (layer 1)" for n in range(1, 6)]
    assert figure.axes[-1].get_ylabel() == "activation"
    (mesh,), (line, *_) = figure.axes[0].images, figure.axes[0].collections
    assert np.allclose(np.concatenate([path.vertices for path in line.get_paths()])[:, 0], 0.5)
    points = viz.plots.Plane(X, viz.activations.GRID).points
    assert np.allclose(mesh.get_array().ravel(), np.tanh(2 * points[:, 0] - 1))


def test_a_later_layer_is_seen_through_those_before_it():
    model = nn.MLP(2, [3, 2, 1], seed=0)
    mesh = viz.plot_neurons(model, X, y, layer=3).axes[0].images[0]
    points = viz.plots.Plane(X, viz.activations.GRID).points
    assert np.allclose(mesh.get_array().ravel(), nn.predict(model, points))


def test_a_picture_of_many_points_is_a_small_file(tmp_path):
    """Each of 4 × 1600 points as a shape of its own would be over a megabyte."""
    points, classes = nn.datasets.moons(n=1600, noise=0.1, seed=0)
    figure = viz.plot_neurons(nn.MLP(2, [4, 1], seed=0), points, classes)
    assert viz.save_figure(figure, tmp_path / "n.svg").stat().st_size < 600_000
    assert viz.save_figure(figure, tmp_path / "n.png").stat().st_size < 200_000


def test_all_axes_say_what_they_show():
    model = nn.MLP(2, [4, 1], seed=0)
    model(X[0]).backward()
    for figure in (viz.plot_parameters(model), viz.plot_activations(model, X)):
        assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


def test_no_such_layer_and_no_plane_are_refused():
    with pytest.raises(OptionError, match="the network has 2 layers"):
        viz.plot_neurons(nn.MLP(2, [3, 1]), X, y, layer=3)
    with pytest.raises(SizeError, match="a plane has two coordinates"):
        viz.plot_neurons(nn.MLP(3, [1]), X, y)


def heights(ax):
    return sum(patch.get_height() for patch in ax.patches)


def test_all_parameters_are_counted_and_their_gradients_if_there_are_any():
    model = nn.MLP(2, [4, 1], seed=0)
    assert [heights(ax) for ax in viz.plot_parameters(model).axes] == [12, 5]
    model(X[0]).backward()
    figure = viz.plot_parameters(model)
    assert [heights(ax) for ax in figure.axes] == [12, 12, 5, 5]
    weights = [p.data for p in model.layers[0].parameters()]
    assert figure.axes[0].get_title() == f"layer 1: 12 parameters, deviation {np.std(weights):.4g}"


@pytest.mark.parametrize(
    ("activation", "stuck"), [("relu", -100.0), ("tanh", 100.0), ("sigmoid", -100.0), ("elu", -100.0), ("gelu", -100.0)]
)
def test_stuck_neurons_are_counted(activation, stuck):
    model = nn.MLP(2, [4, 1], activation=activation, seed=0)
    for neuron in model.layers[0].neurons[:2]:
        neuron.b.data = stuck
    figure = viz.plot_activations(model, X)
    assert figure.axes[0].get_title() == f"layer 1, {activation}: 2 of 4 neurons stuck"
    assert figure.axes[1].get_title() == "layer 2, linear"
    assert heights(figure.axes[0]) == 4 * len(X)


@pytest.mark.parametrize("number", [0.0, 1.0, -1e-300, 1e299, 1e308, math.inf, math.nan])
def test_equal_inf_and_nan_numbers_are_drawn_or_counted(number, tmp_path):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    for parameter in model.parameters():
        parameter.data = number
    drawn, *_ = viz.plot_parameters(model).axes
    viz.save_figure(drawn.figure, tmp_path / "p.png")
    bars, texts = sum(bar.get_height() for bar in drawn.patches), [text.get_text() for text in drawn.texts]
    assert (bars, texts) == ((9, []) if abs(number) < 1e300 else (0, ["9 × inf, NaN, ≥ 1e300"]))
    viz.plot_activations(model, [[1.0, 2.0]])


@pytest.mark.parametrize("X", [[], [[]], [1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_samples_that_do_not_fit_have_no_activations(X):
    with pytest.raises(SizeError, match="X has one row for each sample, and at least one"):
        viz.plot_activations(nn.MLP(2, [3, 1]), X)


@pytest.mark.parametrize("number", [math.nan, math.inf, -1.7e308])
@pytest.mark.parametrize("plot", [viz.plot_neurons, viz.plot_decision_boundary])
def test_a_point_that_is_nowhere_is_refused(plot, number):
    with pytest.raises(NumberError, match="of them, 1 cannot be in it: inf, NaN, or beyond 1e300"):
        plot(nn.MLP(2, [3, 1]), [[0.0, number], [1.0, 2.0]], [0, 1])
