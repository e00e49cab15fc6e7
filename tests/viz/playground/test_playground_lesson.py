"""Do the links of the guide open the playground as they say, and does it show the numbers of the lesson?"""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from browser import needs_browser
from ground import Ground
from playground import in_node, needs_node

from tinygrad_edu import nn
from tinygrad_edu.viz.page.playground.settings import CONTROLS

DOCS = Path(__file__).parents[3] / "docs"
LESSON = (DOCS / "lessons" / "playground.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "playground.md").read_text(encoding="utf-8")
CHINESE = DOCS / "locale" / "zh_CN" / "LC_MESSAGES" / "lessons" / "playground.po"
LINKS = re.findall(r"\(play:(\S+)\)", LESSON)
LINE, RATE, VANISH = LINKS
READ = """
const { checked, fromLink } = await from("playground/settings");
return data[0].map((link) => { const found = fromLink(link); return { found, settings: checked(found) }; });
"""


def hidden_in(link):
    return set(re.search(r"hidden=([\w,]+)", link)[1].split(","))


def samples(data):
    X, y = data(n=100, seed=0)
    X, _, y, _ = nn.train_test_split(X, y, test_size=0.2, seed=0)
    return X, y


def network(inputs, layers, activation="tanh"):
    return nn.MLP(inputs, [*layers, 1], activation=activation, init="xavier", seed=0)


# What the guide writes


@needs_node
def test_every_link_of_the_guide_is_read_whole():
    (example,) = re.findall(r"playground\.html#playground&(\S+)", HOW_TO)
    rows = re.findall(r"`((?:data|network|optimizer|inputs|loss|batch_size)[\w.]*=[^`]*)`", HOW_TO)
    assert len(rows) > 12
    found = in_node(READ, [*LINKS, example, *rows])
    assert all(each["found"] for each in found)
    assert [layer["size"] for layer in found[2]["settings"]["network"]["layers"]] == [4] * 6
    assert found[3]["settings"]["hidden"] == ["loss", "schedule", "weight_decay"]


def test_the_guide_names_every_control_that_can_be_hidden():
    (names,) = re.findall(r"What can be hidden: (.*?)\. From Python", HOW_TO, flags=re.DOTALL)
    assert sorted(re.findall(r"`(\w+)`", names)) == sorted(CONTROLS)
    for link in LINKS:
        assert hidden_in(link) <= set(CONTROLS)


def test_the_chinese_lesson_has_the_same_links():
    text = re.sub(r'"\n"', "", CHINESE.read_text(encoding="utf-8"))
    for link in LINKS:
        assert text.count(f"(play:{link})") == 2  # in the English and in the Chinese text


# What they open


@needs_browser
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("link", LINKS, ids=["line", "rate", "vanish"])
def test_a_link_hides_what_it_names_and_nothing_else(browser, link, lang):
    with_all = Ground(browser, address=f"#playground&{link.split('&hidden=')[0]}", lang=lang)
    there = with_all.controls()
    assert with_all.close() == []
    ground = Ground(browser, address=f"#playground&{link}", lang=lang)
    assert ground.controls() == there - hidden_in(link) - {"more"}  # the button, as all behind it are named
    assert ground.notes() == ""
    assert ground.close() == []


@needs_browser
def test_one_neuron_is_a_line_and_a_hidden_one_does_not_bend_it(browser):
    X, y = samples(nn.datasets.circles)
    ground = Ground(browser, address=f"#playground&{LINE}")
    for layers in ([], [1], [4]):
        if layers == [1]:
            ground.page.click("[data-control=layers] button >> nth=1")
        for _ in range(3 if layers else 0):  # of the four neurons of a new layer three go, and come back
            ground.page.click(f".head-size button >> nth={int(layers == [4])}")
        ground.train(epochs=100)
        model = network(2, layers)
        nn.fit(model, X, y, loss="bce_with_logits", optimizer=nn.Adam(model.parameters(), lr=0.03), epochs=100)
        assert ground.figures()["accuracy"] == f"{int(100 * nn.accuracy(model, X, y))} %", layers
    assert ground.close() == []


@needs_browser
def test_a_learning_rate_is_slow_or_right_or_too_large(browser):
    X, y = samples(nn.datasets.saddle)
    ground = Ground(browser, address=f"#playground&{RATE}")
    assert ground.value("lr") == "0.01"
    losses = []
    for rate in (0.01, 0.1, 0.3):
        ground.page.click("#again")
        ground.give("lr", str(rate))
        ground.train(epochs=20)
        model = network(2, [8])
        nn.fit(model, X, y, loss="mse", optimizer=nn.SGD(model.parameters(), lr=rate), epochs=20)
        losses.append(float(ground.figures()["loss"]))
        assert losses[-1] == pytest.approx(nn.mse_loss([model(x) for x in X], y).data, rel=5e-3)
    assert all(small < large for large, small in pairwise(losses))
    ground.page.click("#again")
    ground.give("lr", "1")
    ground.train(epochs=17)
    assert ground.notes().startswith("Stopped in batch 134: the loss, mse, became inf")
    assert ground.close() == []


@needs_browser
def test_a_gradient_vanishes_on_its_way_through_six_sigmoids(browser):
    X, y = samples(nn.datasets.moons)
    ground = Ground(browser, address=f"#playground&{VANISH}")
    for activation in ("sigmoid", "tanh"):
        for layer in range(6):
            ground.page.select_option(f".net-head select >> nth={layer}", activation)
        ground.train(batches=1)
        model = network(2, [4] * 6, activation)
        nn.binary_cross_entropy_with_logits([model(x) for x in X], y).backward()
        for tile, neuron in ((2, model.layers[0].neurons[0]), (22, model.layers[5].neurons[0])):
            ground.page.click(f".tile >> nth={tile}")
            ground.settled()
            shown = ground.page.locator(".weight-gradient").all_text_contents()[-len(neuron.parameters()) :]
            found = [float(text.replace("−", "-")) for text in shown]
            assert found == pytest.approx([each.grad for each in neuron.parameters()], rel=0.02)
    assert ground.close() == []
