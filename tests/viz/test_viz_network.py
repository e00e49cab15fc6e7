"""Does the picture of a network say what the network is?"""

import re

import pytest
from test_viz_drawing import texts

from tinygrad_edu import nn, viz
from tinygrad_edu.errors import GraphError, OptionError, SizeError
from tinygrad_edu.viz import style


def test_every_weight_is_a_line_and_every_neuron_a_circle():
    drawing = viz.draw_network(nn.MLP(2, [16, 16, 1], seed=0))
    assert drawing.source.count(" -> ") == 2 * 16 + 16 * 16 + 16
    assert drawing.source.count("shape=circle") == 2 + 16 + 16 + 1
    found = texts(drawing.svg())
    assert {"input", "layer 1", "layer 2", "16 × relu", "output", "1 × linear", "x1", "x2"} <= set(found)


def test_the_sign_of_a_weight_is_its_colour_and_its_dashes():
    model = nn.Neuron(2, activation="tanh")
    model.w[0].data, model.w[1].data, model.b.data = 2.0, -1.0, 0.5
    source = viz.draw_network(model).source
    lines = {line.split(" -> ")[0].strip(): line for line in source.splitlines() if " -> " in line}
    assert style.POSITIVE in lines["n0_0"]
    assert "style=solid" in lines["n0_0"]
    assert style.NEGATIVE in lines["n0_1"]
    assert "style=dashed" in lines["n0_1"]
    assert "b 0.5" in source
    assert "w1 = 2" in source


def test_a_sample_shows_activations_and_gradients_and_leaves_no_trace():
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    before = [(p.data, p.has_grad) for p in model.parameters()]
    found = texts(viz.draw_network(model, inputs=[0.5, -1.0]).svg())
    out = model([0.5, -1.0])
    assert f"a {out.data:.2g}" in found
    assert {"x 0.5", "x -1", "∂ 1"} <= set(found)
    assert [(p.data, p.has_grad) for p in model.parameters()] == before


def test_several_outputs_have_activations_but_no_gradient():
    found = texts(viz.draw_network(nn.MLP(2, [2], seed=0), inputs=[1, 2]).svg())
    assert sum(text.startswith("a ") for text in found) == 2
    assert not any(text.startswith("∂") for text in found)


SIZES = [[1], [3, 1], [4, 4, 2], [5, 1], [8, 8, 1], [9, 1], [16, 16, 1], [40, 64, 10], [1, 30, 1, 7], [8] * 7]


def boxes(svg):
    """The width of the picture, and for each text its middle, its size and itself: in the SVG's own units."""
    width = float(re.search(r'<svg width="([\d.]+)pt"', svg)[1])
    found = re.findall(r'<text[^>]* x="([-\d.]+)" [^>]*font-size="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    return width, [(float(x), float(size), text) for x, size, text in found]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("inputs", [1, 2, 7, 30])
def test_no_letter_is_below_13_pixels_and_from_top_to_bottom_it_fits_a_phone(sizes, lang, inputs):
    model = nn.MLP(inputs, sizes, seed=0)
    for options in ({}, {"inputs": [0.25] * inputs}):
        for direction, most in (("LR", 96 * (2.6 * len(sizes) + 1.5)), ("TB", 354)):
            width, letters = boxes(viz.draw_network(model, direction=direction, lang=lang, **options).svg())
            assert min(size for _, size, _ in letters) / 0.75 >= 13
            assert width / 0.75 <= max(most, 350)


@pytest.mark.parametrize(("direction", "most"), [("LR", 8), ("TB", 4)])
def test_small_circles_show_the_bias_as_a_shade_and_as_a_number_in_the_tooltip(direction, most):
    for size in (most, most + 1):
        model = nn.MLP(2, [size, 1], seed=0)
        model.layers[0].neurons[0].b.data, model.layers[0].neurons[1].b.data = 2.0, -2.0
        drawing = viz.draw_network(model, direction=direction)
        is_large = size == most
        assert ("b -2" in texts(drawing.svg())) == is_large
        assert any("shade: sign and size of the bias" in text for text in texts(drawing.svg())) != is_large
        fills = dict(re.findall(r"\b(n1_[01]) \[.*?fillcolor=\"(#\w+)\"", drawing.source, flags=re.DOTALL))
        shades = (style.LIGHT.paper,) * 2 if is_large else (style.LIGHT.tint(2, 2), style.LIGHT.tint(-2, 2))
        assert (fills["n1_0"], fills["n1_1"]) == shades
        assert "bias -2" in drawing.source


def test_from_top_to_bottom_layers_lie_below_each_other_and_every_weight_is_drawn():
    model = nn.MLP(3, [12, 5, 2], seed=0)
    source = viz.draw_network(model, direction="TB").source
    places = {
        name: (float(x), float(y)) for name, x, y in re.findall(r'\b(n\d+_\d+) \[.*?pos="([-\d.]+),([-\d.]+)!"', source)
    }
    rows = [{y for name, (_, y) in places.items() if name.startswith(f"n{layer}_")} for layer in range(4)]
    assert [len(row) for row in rows] == [1] * 4
    heights = [row.pop() for row in rows]
    assert heights == sorted(heights, reverse=True)
    assert source.count(" -> ") == 3 * 12 + 12 * 5 + 5 * 2
    with pytest.raises(OptionError, match=r"(?s)direction='BT'.*write instead:  direction='LR'"):
        viz.draw_network(model, direction="BT")


def test_wide_layers_are_elided_with_a_count():
    drawing = viz.draw_network(nn.MLP(30, [64, 10], seed=0), max_neurons=8)
    found = texts(drawing.svg())
    assert {"23 more", "57 more", "3 more", "x30"} <= set(found)
    assert drawing.source.count("shape=circle") == 3 * 7


def test_a_layer_can_be_drawn_and_other_objects_are_refused():
    assert viz.draw_network(nn.Layer(2, 3)).source.count(" -> ") == 6
    with pytest.raises(GraphError, match="only an MLP, a Layer or a Neuron"):
        viz.draw_network([1, 2])
    with pytest.raises(SizeError, match="it takes 2 inputs, and here are 3"):
        viz.draw_network(nn.MLP(2, [1]), inputs=[1, 2, 3])
    with pytest.raises(OptionError, match=r"(?s)at least 3.*instead:  max_neurons=16"):
        viz.draw_network(nn.MLP(2, [1]), max_neurons=1)


def test_gradients_of_weights_are_in_the_tooltips():
    model = nn.MLP(2, [2, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert ", grad " in viz.draw_network(model).svg()


def lines_of(source):
    return {line.split(" [")[0].strip(): line for line in source.splitlines() if " -> " in line}


def test_of_many_weights_the_forty_largest_are_not_pale():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    lines = lines_of(viz.draw_network(model).source)
    weights = sorted(
        (abs(w.data), f"n1_{start} -> n2_{target}")
        for target, neuron in enumerate(model.layers[1].neurons)
        for start, w in enumerate(neuron.w)
    )
    pale = {name for name, line in lines.items() if "penwidth=0.40" in line and name.startswith("n1_")}
    assert pale >= {name for _, name in weights[:-40]}
    assert not pale & {name for _, name in weights[-20:]}


def test_the_strongest_weights_alone_can_be_drawn_and_it_says_so():
    drawing = viz.draw_network(nn.MLP(2, [16, 16, 1], seed=0), strongest=10)
    assert len(lines_of(drawing.source)) == 30
    assert any("the 10 largest are drawn" in text for text in texts(drawing.svg()))
    assert not any("pale" in text for text in texts(drawing.svg()))
    with pytest.raises(OptionError, match="at least one weight"):
        viz.draw_network(nn.MLP(2, [1]), strongest=0)


def test_a_highlighted_neuron_keeps_its_weights_and_the_others_are_pale():
    source = viz.draw_network(nn.MLP(2, [5, 4, 1], seed=0), highlight=(2, 3)).source
    clear = {name for name, line in lines_of(source).items() if "penwidth=0.40" not in line}
    assert clear == {f"n1_{start} -> n2_2" for start in range(5)} | {"n2_2 -> n3_0"}
    assert [line.split()[0] for line in source.splitlines() if "penwidth=3" in line] == ["n2_2"]


@pytest.mark.parametrize("asked", [(0, 1), (3, 1), (1, 4), (1, 0), (1,), "1", 5])
def test_a_neuron_that_is_not_there_cannot_be_highlighted(asked):
    with pytest.raises(OptionError, match=r"there are layer 1 of 3 neurons, layer 2 of 1 neuron"):
        viz.draw_network(nn.MLP(2, [3, 1]), highlight=asked)
