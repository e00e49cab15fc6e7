"""Does the picture of a graph say what the graph says?"""

import os
import random
import subprocess
import sys

import pytest
from test_viz_drawing import node_texts, texts

import tinygrad_edu
from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.errors import GraphError, OptionError, SizeError
from tinygrad_edu.functions import dot
from tinygrad_edu.viz import style


def lesson():
    return parse("q = x + y; f = q * z", x=-2, y=5, z=-4)


def arrows(source):
    return [line.strip().split(" [")[0] for line in source.splitlines() if " -> " in line]


def test_before_the_sweep_gradients_are_shown_as_unknown():
    found = texts(viz.draw(lesson()).svg())
    assert found.count("grad —") == 5
    assert "grad 0" not in found
    assert [text for text in found if text.startswith("local")] == ["local 1", "local 1", "local -4", "local 3"]
    assert "—: not computed yet; call backward()" in found


def test_after_the_sweep_every_edge_has_its_contribution():
    f = lesson()
    f.backward()
    found = texts(viz.draw(f).svg())
    assert sorted(text for text in found if text.startswith("grad")) == [
        "grad -4",
        "grad -4",
        "grad -4",
        "grad 1",
        "grad 3",
    ]
    assert sorted(text for text in found if " · " in text and "=" in text and "gradient" not in text) == [
        "(-4) · 1 = -4",
        "(-4) · 1 = -4",
        "1 · (-4) = -4",
        "1 · 3 = 3",
    ]
    assert {"q = x + y", "data 3", "f = q * z", "data -12"} <= set(found)


def test_a_gradient_of_zero_is_shown_as_zero():
    x = Value(-1.0, label="x")
    y = x.relu()
    y.backward()
    assert "grad 0" in texts(viz.draw(y).svg())


def test_both_edges_of_a_square_are_drawn():
    x = Value(3.0, label="x")
    y = x * x
    y.backward()
    drawing = viz.draw(y)
    assert arrows(drawing.source) == ["n0 -> n1op", "n0 -> n1op", "n1op -> n1"]
    assert texts(drawing.svg()).count("1 · 3 = 3") == 2
    assert "grad 6" in texts(drawing.svg())


def test_colour_is_by_sign_and_never_alone():
    f = lesson()
    f.backward()
    source = viz.draw(f).source
    negative = [line for line in source.splitlines() if style.NEGATIVE in line]
    assert len(negative) == 3
    assert all("style=dashed" in line for line in negative)
    assert style.LIGHT.tint(-4.0, 4.0) in source
    assert "blue, solid: positive" in source


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    """In a process whose sets and dictionaries of strings have another order."""
    program = (
        "from tinygrad_edu import parse, viz; f = parse('q = x + y; f = q * z + x * tanh(y)', x=-2, y=5, z=-4); "
        "f.backward(); svg = viz.draw(f).svg()"
    )
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    other = subprocess.run(
        [sys.executable, "-c", f"{program}; print(svg)"],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    ).stdout.decode()
    here = {}
    exec(program, here)
    assert other == f"{here['svg']}\n"


def test_a_weighted_sum_is_one_node_or_opened():
    ws, xs = [Value(2.0, label="w1"), Value(3.0, label="w2")], [Value(10.0, label="x1"), Value(100.0, label="x2")]
    s = dot(ws, xs)
    s.label = "s"
    s.backward()
    closed, opened = viz.draw(s), viz.draw(s, detail="full")
    assert len(arrows(closed.source)) == 5
    assert "s = w·x, 2 terms" in texts(closed.svg())
    found = texts(opened.svg())
    assert found.count("×") == 2
    assert found.count("+") == 1
    assert {"w1 * x1", "data 20", "w2 * x2", "data 300", "data 320"} <= set(found)
    assert len(arrows(opened.source)) == 4 + 2 + 2 + 1
    assert found.count("1 · 10 = 10") == 1  # into w1, along the opened edge


def test_constants_are_drawn_without_gradients():
    f = parse("2 * x + 1", x=3)
    f.backward()
    found = texts(viz.draw(f).svg())
    assert {"2", "1"} <= set(found)
    assert len([text for text in found if text.startswith("grad ")]) == 3


def test_a_single_leaf_can_be_drawn():
    assert node_texts(viz.draw(Value(2.0)).svg()) == ["v1", "data 2", "grad —"]


def test_a_graph_too_large_to_read_is_summarized():
    x = Value(0.5, label="x")
    y = x
    for _ in range(5000):
        y = y * x
    found = node_texts(viz.draw(y).svg())
    assert found[0] == "5,001 nodes, 10,000 edges: too many to read"
    assert "5,000 × mul" in found
    assert len(arrows(viz.draw(parse("x * y", x=1, y=2), max_nodes=1).source)) == 0


def test_labels_of_very_many_edges_are_left_to_the_tooltips():
    xs = [Value(float(i), label=f"x{i}") for i in range(40)]
    drawing = viz.draw(dot(xs, xs))
    assert not any(text.startswith("local") for text in texts(drawing.svg())[:-2])
    assert "local 39" in drawing.source


def test_a_long_label_is_cut_and_whole_in_the_tooltip():
    drawing = viz.draw(Value(1.0, label="x" * 100))
    assert node_texts(drawing.svg())[0] == "x" * 39 + "…"
    assert "x" * 100 in drawing.svg()


def test_nan_and_infinity_can_be_drawn():
    x = Value(float("inf"), label="x")
    y = x * 0.0
    y.backward()
    assert {"data inf", "data nan", "grad 0"} <= set(texts(viz.draw(y).svg()))
    z = Value(0.0, label="z").sqrt()
    z.backward()
    assert "grad inf" in texts(viz.draw(z).svg())


def test_nan_has_the_tint_of_zero():
    assert style.LIGHT.tint(float("nan"), 1.0) == style.LIGHT.tint(0.0, 1.0)


def test_wrong_options_are_named():
    f = lesson()
    with pytest.raises(OptionError, match="the choices are op, full"):
        viz.draw(f, detail="all")
    with pytest.raises(OptionError, match="the choices are LR, TB"):
        viz.draw(f, direction="up")
    with pytest.raises(GraphError, match="float is not a Value"):
        viz.draw(3.0)


def test_a_graph_can_be_drawn_from_top_to_bottom():
    assert "rankdir=TB" in viz.draw(lesson(), direction="TB").source


def test_a_leaf_that_is_used_very_often_can_be_laid_out():
    """Graphviz' own search for the best places would go on for minutes."""
    x = Value(1.01, label="x")
    y = x
    for _ in range(80):
        y = y * x
    svg = viz.draw(y).svg()
    assert svg.count('class="node"') == 81 + 80
    assert svg.count('class="edge"') == 2 * 80 + 80


def test_a_compiled_program_is_drawn_as_its_arrays():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    loss = nn.mse_loss([model([0.5, 1.0]), model([1.0, -1.0])], [0, 1])
    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    drawing = viz.draw(program)
    for line in (*program.leaves, *program.lines):
        assert line.name in drawing.source
    svg = drawing.svg()
    assert svg.count('class="node"') == len(program.leaves) + len(program.lines)
    assert "A1 @ W2.T + b2" in svg
    assert viz.draw(program, direction="LR").source != drawing.source


def test_a_program_too_long_to_lay_out_is_refused_before_graphviz_starts():
    x, rng = Value(0.5, label="x"), random.Random(0)
    for _ in range(160):  # in no order that a loop could repeat
        x = rng.choice([Value.tanh, Value.sin, Value.sigmoid])(x)
    program = tinygrad_edu.compile(x)
    lines = len(program.leaves) + len(program.lines)
    assert lines > 150
    with pytest.raises(SizeError, match=f"a drawing of a program of {lines} lines") as caught:
        viz.draw(program)
    assert f"print(program.source), or viz.draw(program, max_nodes={2 * lines})" in str(caught.value)
    assert viz.draw(program, max_nodes=2 * lines).source.count("label=") == lines
    with pytest.raises(SizeError):
        viz.draw(program, max_nodes=2 * lines - 2)


@pytest.mark.parametrize(("detail", "most"), [("op", 20), ("full", 6)])
def test_few_nodes_with_very_many_edges_are_a_summary(detail, most):
    x = Value(0.5, label="x")
    for edges, is_whole in ((most * 10, True), (most * 10 + 2, False)):
        y = dot([x] * (edges // 2), [x] * (edges // 2))
        source = viz.draw(y, detail=detail, max_nodes=10).source
        assert ("too many to read" in source) != is_whole
        assert (f"2 nodes, {edges} edges" in source) != is_whole


def chain(length):
    x = Value(0.5, label="x")
    for _ in range(length):
        x = x.tanh()
    return x


def test_a_long_graph_runs_from_top_to_bottom_unless_it_is_asked_otherwise():
    assert "rankdir=LR" in viz.draw(chain(6)).source
    assert "rankdir=TB" in viz.draw(chain(7)).source
    assert "rankdir=LR" in viz.draw(chain(7), direction="LR").source
    assert "rankdir=TB" in viz.draw(chain(2), direction="TB").source


def test_a_graph_that_is_broader_than_long_runs_from_left_to_right():
    ends = [chain(8) for _ in range(10)]
    assert "rankdir=LR" in viz.draw(dot(ends, ends)).source
    assert "rankdir=TB" in viz.draw(dot(ends[:8], ends[:8])).source


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (2.0, "blue, solid: positive · stronger and thicker: larger"),
        (-2.0, "blue, solid: positive · orange, dashed: negative · stronger and thicker: larger"),
        (0.0, "blue, solid: positive · stronger and thicker: larger"),
    ],
)
def test_the_legend_explains_the_colours_that_are_there(x, said):
    value = Value(x, label="x")
    f = value * value * 3
    f.backward()
    assert said in texts(viz.draw(f).svg())
