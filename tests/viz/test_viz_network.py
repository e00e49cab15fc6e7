"""Does the picture of a network say what the network is?"""

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
    with pytest.raises(OptionError, match="at least 3"):
        viz.draw_network(nn.MLP(2, [1]), max_neurons=1)


def test_gradients_of_weights_are_in_the_tooltips():
    model = nn.MLP(2, [2, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert ", grad " in viz.draw_network(model).svg()
