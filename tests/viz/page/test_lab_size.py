"""What is drawn of a graph of any size? Scenes keep their promises for graphs drawn at random; node runs them."""

import itertools
import json
import random
import re
from pathlib import Path

import pytest
import random_graphs
from browser import needs_browser
from lab import Lab
from page_in_node import evaluated, in_node, needs_node, sent
from sampling import sample

from tinygrad_edu import Value, chain_rule, nn, parse, viz
from tinygrad_edu.errors import SizeError
from tinygrad_edu.functions import dot, logsumexp
from tinygrad_edu.graph import Graph
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.text.printing import latex_name
from tinygrad_edu.viz.page.engine import FOLDER, nodes

SCENES = Path(__file__).parents[2] / "support/lab_scenes.mjs"
SMALL = {"boxes": 12, "deep": 5, "broad": 4, "easy": {"boxes": 8, "deep": 3, "broad": 3}}
LOSSES = (nn.mse_loss, nn.hinge_loss, nn.binary_cross_entropy_with_logits)


def case(value, **more):
    return {"nodes": nodes(Graph(value)), **more}


def network(random, samples=1, outputs=1):
    sizes = [random.randint(1, 12) for _ in range(random.randint(1, 3))]
    return nn.MLP(random.randint(1, 20), [*sizes, outputs], activation=random.choice(["relu", "tanh"]), seed=0)


def loss_over_samples(random, samples):
    """Of a network, with data that are Values or plain numbers, and perhaps a penalty."""
    model, loss = network(random), random.choice(LOSSES)
    make = random.choice([float, Value])
    data = [[make(random.uniform(-1, 1)) for _ in range(model.sizes[0])] for _ in range(samples)]
    targets = [1.0 if loss is not nn.hinge_loss else random.choice([-1.0, 1.0]) for _ in data]
    found = loss([model(x) for x in data], targets)
    return found + 1e-3 * sum(p * p for p in model.parameters()) if random.random() < 0.5 else found


def by_hand(random, points, make=Value):
    """A loss over points, written out, with shared w and b."""
    w, b = Value(0.5, label="w"), Value(-0.2, label="b")
    pairs = [(make(random.uniform(-1, 1)), make(random.uniform(-1, 1))) for _ in range(points)]
    return sum((w * x + b - y) ** 2 for x, y in pairs) / points


def chain(length):
    y = Value(0.5, label="x")
    for _ in range(length):
        y = y.tanh()
    return y


def karpathy(random, samples):
    """Networks of scalars without a label, and a sum of squared errors."""
    sizes = (3, 4, 4, 1)
    layers = [
        [([Value(random.uniform(-1, 1)) for _ in range(m)], Value(0.0)) for _ in range(n)]
        for m, n in itertools.pairwise(sizes)
    ]
    total = 0
    for _ in range(samples):
        x = [random.uniform(-1, 1) for _ in range(3)]
        for layer in layers:
            x = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for w, b in layer]
        total = total + (x[0] - 1.0) ** 2
    return total


def recurrent(random, times):
    cell = nn.Layer(3, 2, activation="tanh", seed=0)
    state = [Value(0.0), Value(0.0)]
    for _ in range(times):
        state = cell([random.uniform(-1, 1), *state])
    return (state[0] + state[1]) ** 2


def wide(count):
    values = [Value(0.1 * i, label=f"x{i}") for i in range(count)]
    return sum(values[1:], values[0])


def wide_operation(count):
    """Of operations, and not of leaves: most of its arguments cannot be drawn."""
    x = Value(0.3, label="x")
    return logsumexp([(x * (0.1 * i)).tanh() for i in range(count)])


def graphs(seed):
    """Of every kind one, of random sizes."""
    chance = random.Random(seed)
    ws = [Value(0.1, label=f"w{i}") for i in range(chance.randint(2, 60))]
    return [
        loss_over_samples(chance, 1),
        loss_over_samples(chance, chance.randint(2, 12)),
        by_hand(chance, chance.randint(1, 40), chance.choice([Value, float])),
        chain(chance.randint(1, 300)),
        karpathy(chance, chance.choice([1, 4])),
        recurrent(chance, chance.randint(1, 12)),
        wide(chance.randint(2, 200)),
        wide_operation(chance.randint(20, 90)),
        parse(
            f"dot([{', '.join(w.label for w in ws)}], [{', '.join(w.label for w in ws[::-1])}])",
            **{w.label: 0.1 for w in ws},
        ),
        random_graphs.as_values(*random_graphs.seeded(seed))[1],
        random_graphs.as_values(*random_graphs.seeded(seed + 1000))[1] * loss_over_samples(chance, 3),
    ]


@needs_node
@pytest.mark.parametrize("seed", sample(range(6), few=2))
def test_scenes_of_random_graphs_hold_every_node_and_every_edge_and_the_active_step(seed):
    cases = [case(value, room=SMALL) if seed % 2 else case(value) for value in graphs(seed)]
    found = in_node(SCENES, cases)
    assert [each["problems"] for each in found] == [[]] * len(cases)
    assert min(each["looked"] for each in found) > 2


# What a reader sees

SCENE = """
    import {{ graphFrom }} from "./engine/recompute.js";
    import {{ goTo, storeOf }} from "./lab/store.js";
    import {{ sceneOf }} from "./lab/scene.js";
    const store = storeOf(graphFrom({sent}));
    const found = [];
    for (const [position, opened] of {looks}) {{
      goTo(store, position);
      store.change({{ opened: new Set(opened) }});
      const {{ boxes, frames, isWhole, key }} = sceneOf(store.state);
      const shown = boxes.map(({{ kind, title, group }}) => ({{ kind, title, group }}));
      found.push({{ shown, frames: frames.map(({{ name }}) => name), isWhole, key, sample: store.state.sample }});
    }}
    console.log(JSON.stringify(found));
"""


def drawn(value, *looks):
    """The scenes at some positions, with some groups open."""
    sent = json.dumps(nodes(Graph(value)))
    return in_node(SCENE.format(sent=sent, looks=json.dumps(looks)))


def titles(scene, kind="group"):
    return [title(box["title"]) for box in scene["shown"] if box["kind"] == kind]


def title(said):
    if "text" in said:
        return said["text"]
    return said["key"].removeprefix("size_") + " " + " ".join(map(str, said.get("places", {}).values()))


@needs_node
def test_a_layer_opens_to_its_neurons_and_a_neuron_to_its_scalars():
    x = [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    folded, layer, neuron = drawn(nn.MLP(2, [16, 16, 1], seed=0)(x), [0, []], [0, ["l1"]], [0, ["l1", "l1.n3"]])
    assert sorted(titles(folded)) == ["layer 1", "layer 2", "neuron 1"]
    assert titles(folded, "leaf") == ["x₁", "x₂"]
    assert len(titles(layer)) == 8 + 1 + 2
    assert "run 9 16" in titles(layer)
    assert layer["frames"] == ["l1"]
    inside = [title(box["title"]) for box in neuron["shown"] if box["group"] == "l1.n3"]
    assert inside[:2] + inside[3:4] == ["w₃₁⁽¹⁾", "w₃₂⁽¹⁾", "b₃⁽¹⁾"]
    assert len(inside) == 3 + 3  # the weighted sum, the sum with the bias, the activation


@needs_node
@pytest.mark.parametrize("width", [9, 16, 17, 30])
def test_an_open_layer_shows_the_neurons_around_the_step_and_the_others_as_runs(width):
    """At every step in the layer its neuron is drawn; no column is higher than eight neurons and a box for each run."""
    x = [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    f = nn.MLP(2, [width, 1], seed=0)(x)
    positions = range(0, len(chain_rule(f)) + 2, 7)
    scenes = drawn(f, *([position, ["l1"]] for position in positions))
    for position, scene in zip(positions, scenes, strict=True):
        numbers = [int(each) for title in titles(scene) for each in re.findall(r"^neuron (\d+)$", title)]
        runs = [tuple(map(int, re.findall(r"\d+", title))) for title in titles(scene) if title.startswith("run")]
        covered = sorted([*set(numbers), *(each for first, last in runs for each in range(first, last + 1))])
        assert set(covered) == set(range(1, width + 1)), position
        assert max(last - first + 1 for first, last in runs) <= 8
        assert len(numbers) <= 8 + 1  # the output's neuron is one, too


def of_a_learner(sizes, *, samples, label, start, product):
    """Networks as learners write them, without labels: their weights by layer and neuron, and a sum of losses."""
    rng = random.Random(str((sizes, samples, start)))
    layers = [
        [([Value(rng.uniform(-1, 1)) for _ in range(m)], Value(rng.uniform(-1, 1))) for _ in range(n)]
        for m, n in itertools.pairwise(sizes)
    ]
    total = 0
    for _ in range(samples):
        x = [Value(rng.uniform(-1, 1)) if label else rng.uniform(-1, 1) for _ in range(sizes[0])]
        for layer in layers:
            x = [product(w, x, b, start).tanh() for w, b in layer]
        total = total + (sum(x[1:], x[0]) - 1.0) ** 2
    return layers, total


def in_a_sum(w, x, b, start):
    products = [wi * xi for wi, xi in zip(w, x, strict=True)]
    return sum(products) + b if start == 0 else sum(products, b)


def as_a_dot(w, x, b, start):
    return dot(w, x) + b


@needs_node
@pytest.mark.parametrize("product", [in_a_sum, as_a_dot])
@pytest.mark.parametrize("start", sample([0, "bias"]))
@pytest.mark.parametrize(
    ("sizes", "samples", "label"),
    [
        ((3, 4, 4, 1), 1, False),
        ((3, 4, 4, 1), 6, False),
        ((2, 5, 1), 1, True),
        ((4, 9, 2), 3, False),
        ((2, 2, 3), 1, True),
        ((2, 5, 1), 6, True),  # the data, too, are Values without labels
        ((3, 4, 4, 1), 3, True),
        ((4, 4, 2), 4, True),  # as many samples as neurons and inputs
    ],
)
def test_the_neurons_of_a_network_without_labels_are_found_by_its_shape(sizes, samples, label, start, product):
    layers, f = of_a_learner(sizes, samples=samples, label=label, start=start, product=product)
    number = {id(node): place for place, node in enumerate(Graph(f).nodes)}
    wanted = {
        f"l{depth}.n{place}": sorted(number[id(each)] for each in [*w, b])
        for depth, layer in enumerate(layers, start=1)
        for place, (w, b) in enumerate(layer, start=1)
    }
    found = dict(evaluated("neurons", "[...neurons.neuronsOf(graphOf(given))]", sent(f)))
    layers_of = {part: part.split(".")[0] for part in wanted}
    assert {(layers_of[part], tuple(leaves)) for part, leaves in wanted.items()} == {
        (part.split(".")[0], tuple(sorted(leaves))) for part, leaves in found.items()
    }


@needs_node
def test_a_network_without_labels_folds_into_neurons():
    _, f = of_a_learner((3, 4, 4, 1), samples=1, label=False, start=0, product=in_a_sum)
    (scene,) = drawn(f, [0, []])
    neurons = [each for each in titles(scene) if each.startswith("neuron")]
    assert sorted(neurons) == ["neuron 1"] * 3 + ["neuron 2"] * 2 + ["neuron 3"] * 2 + ["neuron 4"] * 2


@needs_node
@pytest.mark.parametrize("product", [in_a_sum, as_a_dot])
def test_a_loss_over_data_that_are_values_without_labels_is_entered_by_its_samples(product):
    _, f = of_a_learner((2, 5, 1), samples=20, label=True, start=0, product=product)
    (scene,) = drawn(f, [0, []])
    assert titles(scene, "more") == ["other_samples 19"]
    assert sorted(titles(scene)) == sorted(
        [*(f"neuron {number}" for number in (1, 1, 2, 3, 4, 5)), "loss_of 1", "sum_samples 20"]
    )


@needs_node
def test_where_the_weights_are_not_clear_nothing_is_called_a_neuron():
    xs, ys = ([Value(0.1 * i) for i in range(1, 5)] for _ in range(2))
    graphs = {
        "two vectors": dot(xs, ys),
        "inputs that could be weights": sum(dot(xs[:2], ys[i : i + 2]) for i in range(3)),
        "a penalty": sum(x * x for x in xs) + sum(y * y for y in ys) + dot(xs, ys),
        "labelled": parse("a = w1*x1 + w2*x2; b = w3*x1 + w4*x2; c = w5*a + w6*b; c", **dict.fromkeys(
            ["w1", "w2", "w3", "w4", "w5", "w6", "x1", "x2"], 0.5)),
    }  # fmt: skip
    for name, f in graphs.items():
        assert evaluated("neurons", "[...neurons.neuronsOf(graphOf(given))]", sent(f)) == [], name


@needs_node
def test_a_sum_of_itself_again_and_again_is_read_once():
    v = Value(1.0)
    for _ in range(400):
        v = v + v
    assert evaluated("neurons", "[...neurons.neuronsOf(graphOf(given))]", sent(v)) == []


@needs_node
def test_among_random_graphs_without_labels_no_leaf_is_in_two_neurons():
    graphs = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=8, steps=40))[1] for seed in range(60)]
    found = evaluated(
        "neurons", "given.map((nodes) => [...neurons.neuronsOf(graphOf(nodes)).values()])", list(map(sent, graphs))
    )
    for neurons in found:
        leaves = [leaf for neuron in neurons for leaf in neuron]
        assert len(leaves) == len(set(leaves))


@needs_node
def test_a_small_network_is_drawn_neuron_by_neuron():
    (scene,) = drawn(nn.MLP(3, [4, 4, 1], seed=0)([Value(0.1 * i, label=f"x{i}") for i in range(1, 4)]), [0, []])
    assert len(titles(scene)) == 9
    assert len(scene["shown"]) == 12


@needs_node
@pytest.mark.parametrize("make", [Value, float], ids=["Values", "constants"])
def test_a_loss_by_hand_is_entered_by_its_samples(make):
    value = by_hand(random.Random(0), 50, make)
    (first, later) = drawn(value, [0, []], [200, []])
    assert titles(first, "more") == titles(later, "more") == ["other_samples 49"]
    assert titles(first) == ["sum_samples 50"]
    assert {"w", "b"} <= set(titles(first, "leaf"))
    assert later["sample"] > 0


@needs_node
def test_a_penalty_is_no_sample():
    model = nn.MLP(2, [3, 1], seed=0)
    xs = [[0.1 * i, 1.0] for i in range(5)]
    loss = nn.mse_loss([model(x) for x in xs], [1.0] * 5) + 0.01 * sum(p * p for p in model.parameters())
    (scene,) = drawn(loss, [0, []])
    assert titles(scene, "more") == ["other_samples 4"]
    assert "penalty" in [each.strip() for each in titles(scene)]


@needs_node
def test_outputs_that_share_hidden_neurons_are_no_samples():
    hidden = "; ".join(f"h{i} = tanh(w{i} * x + b{i})" for i in range(12))
    outputs = " + ".join("(" + " + ".join(f"h{i} * v{i}{k}" for i in range(12)) + f" - y{k})**2" for k in range(3))
    names = set(re.findall(r"[a-z]\d+|x", hidden + outputs)) - {f"h{i}" for i in range(12)}
    (scene,) = drawn(parse(f"{hidden}; {outputs}", **dict.fromkeys(names, 0.5)), [0, []])
    assert not [each for each in titles(scene, "more") if "other" in each]


@needs_node
def test_terms_of_one_sample_are_one_sample():
    model = nn.MLP(2, [3, 2], seed=0)
    outputs = [model([0.1 * i, 1.0]) for i in range(6)]
    (scene,) = drawn(nn.mse_loss(outputs, [[1.0, 0.0]] * 6), [0, []])
    assert titles(scene, "more") == ["other_samples 5"]


@needs_node
def test_thirty_leaves_of_one_operation_are_drawn_eight_by_eight():
    ws, xs = ([f"{letter}{i}" for i in range(1, 16)] for letter in "wx")
    value = parse(f"dot([{', '.join(ws)}], [{', '.join(xs)}])", **dict.fromkeys([*ws, *xs], 0.5))
    first, later = drawn(value, [0, []], [4, []])
    assert titles(first) == ["w₁ … w₈", "w₉ … w₁₅", "x₁ … x₈", "x₉ … x₁₅"]
    assert titles(later, "leaf") == [f"w{digit}" for digit in "₁₂₃₄₅₆₇₈"]  # around the one that the step is about


@needs_node
@pytest.mark.parametrize("make", [lambda: chain(600), lambda: wide(300)], ids=["chain", "sum"])
def test_the_picture_stands_still_for_some_steps(make):
    value = make()
    scenes = drawn(value, *[[position, []] for position in range(100, 160)])
    assert len({scene["key"] for scene in scenes}) <= 60 / 2
    assert max(len(scene["shown"]) for scene in scenes) <= 32


@needs_node
def test_a_graph_of_forty_nodes_is_drawn_whole():
    (scene,) = drawn(parse("q = x + y; f = q * z", x=1, y=2, z=3), [0, []])
    assert scene["isWhole"]
    assert {box["kind"] for box in scene["shown"]} == {"leaf", "operation"}


# The numbers behind it

FRAMES = """
    import {{ graphFrom }} from "./engine/recompute.js";
    import {{ chainRule, sweepBehind }} from "./engine/steps.js";
    import {{ frameOf }} from "./lab/frame.js";
    import {{ signsAt }} from "./lab/overview.js";
    const graph = graphFrom({sent});
    const steps = chainRule(graph);
    const found = [];
    for (let position = 0; position <= steps.length + 1; position++) {{
      const {{ values, gradients, toCome }} = frameOf({{ graph, steps, position }});
      found.push({{ values: [...values], gradients: [...gradients], toCome: [...toCome],
        signs: [...signsAt(graph, sweepBehind(steps), position)] }});
    }}
    console.log(JSON.stringify(found));
"""


def same(found, expected):
    assert [number is None for number in found] == [number is None for number in expected]
    numbers = [number or 0.0 for number in expected]
    assert [number or 0.0 for number in found] == pytest.approx(numbers, rel=1e-12, abs=1e-15)


@needs_node
@pytest.mark.parametrize("seed", range(8))
def test_what_is_known_at_each_position_is_what_the_steps_before_it_say(seed):
    value = random_graphs.as_values(*random_graphs.seeded(seed))[1]
    frames = in_node(FRAMES.format(sent=json.dumps(nodes(Graph(value)))))
    graph, trace = Graph(value), chain_rule(value)
    uses = [len(graph.uses(node)) for node in graph.nodes]
    values, gradients, to_come = [None if node.args else node.data for node in graph.nodes], [None] * len(graph), uses
    assert len(frames) == len(trace) + 2
    for step, frame in zip([None, *trace, None], frames, strict=True):
        if isinstance(step, ForwardStep):
            values[step.node] = step.out
        elif isinstance(step, EdgeStep):
            gradients[step.argument_node], to_come[step.argument_node] = step.after, step.to_come
        elif step is not None:
            gradients[step.node] = 1.0
        signs = [0 if g is None else 1 if g > 0 else 2 if g < 0 else 3 for g in gradients]
        same(frame["values"], values)
        same(frame["gradients"], gradients)
        assert frame["toCome"] == to_come
        assert frame["signs"] == signs


@needs_node
def test_names_are_set_as_mathematics():
    program = """
        import { latexName, mathName } from "./engine/printing.js";
        const names = ["l1.n1.w2", "l2.n12.w3", "l2.n3.b", "n1.w2", "x1", "loss",
          "v12", "x_1", "2.5", "权重1", "inf", "w"];
        console.log(JSON.stringify([names.map(mathName), names.slice(0, 6).map(latexName)]));
    """
    names, latex = in_node(program)
    assert names == ["w₁₂⁽¹⁾", "w₁₂,₃⁽²⁾", "b₃⁽²⁾", "w₁₂", "x₁", "loss", "v₁₂", "x_1", "2.5", "权重₁", "inf", "w"]
    assert latex == [latex_name(name) for name in ["l1.n1.w2", "l2.n12.w3", "l2.n3.b", "n1.w2", "x1", "loss"]]


@needs_node
def test_a_list_that_is_made_when_it_is_read_is_an_array():
    program = """
        import { lazyList } from "./engine/lazy.js";
        let made = 0;
        const list = lazyList(100000, (index) => ({ index, place: ++made }));
        const isKept = list[7] === list[7] && list.at(-1) === list[99999] && made === 2;
        const indices = list.slice(2, 4).map(({ index }) => index);
        const read = [list.length, indices, list.find(({ index }) => index === 3).index];
        const small = lazyList(3, (index) => index * index);
        const outside = [small[3] ?? null, small[-1] ?? null];
        const all = [[...small], small.concat([9]), Object.keys(small), small.includes(4), ...outside];
        console.log(JSON.stringify([isKept, read, all, small, Array.isArray(small)]));
    """
    every = [[0, 1, 4], [0, 1, 4, 9], ["0", "1", "2"], True, None, None]
    assert in_node(program) == [True, [100000, [2, 3], 3], every, [0, 1, 4], True]


def test_a_hundred_thousand_edges_are_sent_in_a_megabyte():
    graph = Graph(wide(33_000))
    assert len(json.dumps(nodes(graph), separators=(",", ":"))) < 2e6


def test_a_page_that_would_be_too_large_says_so_before_it_is_made():
    value = chain(300)
    with pytest.raises(SizeError) as caught:
        viz.player(value, max_edges=299)
    assert "301 nodes and 300 edges" in str(caught.value)
    assert "player(f, max_edges=300)" in str(caught.value)
    assert viz.player(value, max_edges=300).size == (300, 300)


# In a browser


@needs_browser
def test_a_sample_is_chosen_and_the_overview_leads_to_a_step(browser):
    lab = Lab(browser, loss_over_samples(random.Random(2), 12))
    assert lab.text("#sample-of").strip() == "of 12 samples"
    lab.page.click("#sample-next")
    assert lab.page.input_value("#sample") == "2"
    lab.page.fill("#sample", "99")
    lab.page.press("#sample", "Enter")
    assert lab.page.input_value("#sample") == "12"
    assert lab.page.is_disabled("#sample-next")
    before = lab.position
    lab.page.click("#overview", position={"x": 100, "y": 40})
    assert lab.position != before
    assert lab.close() == []


@needs_browser
def test_of_a_long_chain_the_page_draws_what_is_around_the_step(browser):
    lab = Lab(browser, chain(300))
    lab.step_to(20)
    assert {"n20", "n19"} <= set(lab.boxes())
    more = lab.page.locator("#scene .box.more")
    assert 12 < len(lab.boxes()) <= 30  # in rows
    assert more.count() == 2
    more.last.dispatch_event("click")
    assert lab.position > 20
    lab.rest()
    drawn, every = re.findall(r"\d+", lab.text("#overview-note"))
    assert 0 < int(drawn) < int(every) == 301
    assert lab.close() == []


@needs_browser
def test_the_overview_has_the_colours_of_the_gradients(browser):
    lab = Lab(browser, by_hand(random.Random(1), 30))
    lab.page.keyboard.press("End")
    lab.rest()
    colors = lab.page.evaluate(
        """() => {
          const canvas = document.getElementById("overview");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const found = [0, 0];
          for (let at = 0; at < data.length; at += 4) {
            const [red, , blue, alpha] = data.slice(at, at + 4);
            if (alpha > 60 && blue > red + 60) found[0] += 1;
            if (alpha > 60 && red > blue + 60) found[1] += 1;
          }
          return found;
        }"""
    )
    assert min(colors) > 20  # positive ones and negative ones
    assert lab.close() == []


@needs_browser
@pytest.mark.parametrize("size", ["phone", "tablet"])
@pytest.mark.parametrize("steps", [7, 9, 12, 15])
def test_on_the_overview_of_a_small_graph_the_rings_are_around_its_nodes(browser, size, steps):
    numbers = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "b": -3}
    lab = Lab(browser, parse("f = sigmoid(w0 * x0 + w1 * x1 + b)", **numbers), size=size)
    lab.step_to(steps)
    for _ in range(4):  # so that only a part is in view
        lab.page.keyboard.press("+")
    lab.rest()
    width, height, drawn, ringed = lab.page.evaluate(
        """() => {
          const canvas = document.getElementById("overview");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const extent = (is) => {
            const found = [Infinity, Infinity, -1, -1];
            for (let at = 0; at < data.length; at += 4) {
              if (!is(data.slice(at, at + 4))) continue;
              const [x, y] = [(at / 4) % canvas.width, Math.floor(at / 4 / canvas.width)];
              [x, y].forEach((each, way) => {
                found[way] = Math.min(found[way], each);
                found[way + 2] = Math.max(found[way + 2], each);
              });
            }
            return found;
          };
          const isInk = ([red, green, blue, alpha]) => alpha > 100 && Math.max(red, green, blue) < 60;
          return [canvas.width, canvas.height, extent(([, , , alpha]) => alpha > 20), extent(isInk)];
        }"""
    )
    assert drawn[2] - drawn[0] > 0.5 * width
    assert 0 < ringed[2] - ringed[0] < 0.75 * (drawn[2] - drawn[0])
    assert 0 < ringed[1] <= ringed[3] < height - 1  # no ring is cut off
    assert lab.close() == []


def test_what_a_part_exports_is_what_the_bundle_takes_out_of_it():
    for file in (FOLDER / "lab").iterdir():
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("export ")]
        odd = [line for line in lines if not re.match(r"export (const|(async )?function) \w+", line)]
        assert odd == [], file.name


@needs_browser
def test_groups_open_and_close_by_a_click(browser):
    lab = Lab(browser, nn.MLP(2, [16, 16, 1], seed=0)([0.5, -1.0]))
    before = lab.boxes()
    lab.page.locator("#scene .box.group").filter(has_text="layer 1").click()
    assert len(lab.boxes()) == len(before) + 8
    lab.page.locator("#scene .fold").dispatch_event("click")  # it may be out of view
    assert lab.boxes() == before
    assert lab.close() == []
