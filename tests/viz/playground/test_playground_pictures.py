"""Do the pictures show what the network computes? Compared, place by place, with the same training in Python."""

import base64
import json
import os
import random
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from browser import needs_browser
from ground import Ground
from PIL import Image
from playground import in_node, needs_node

from tinygrad_edu import nn

pytestmark = [needs_browser, needs_node]
AXE = os.environ.get("AXE_CORE", "")
needs_axe = pytest.mark.skipif(not Path(AXE).is_file(), reason="axe-core is not here: AXE_CORE=its axe.min.js")
EPOCHS = 30
SURE = 0.5  # a number nearer to 0 is too pale to have a colour


@pytest.fixture(scope="module")
def trained():
    """The points, and the network that the usual settings of the page make of them."""
    points, labels = nn.datasets.moons(n=100, noise=0.1, seed=0)
    X, _, y, _ = nn.train_test_split(points, labels, test_size=0.2, seed=0)
    model = nn.MLP(2, [4, 4, 1], activation="tanh", init="xavier", seed=0)
    optimizer = nn.Adam(model.parameters(), lr=0.03)
    nn.fit(model, X, y, loss="bce_with_logits", optimizer=optimizer, epochs=EPOCHS, progress=False)
    return points, model


def plane_of(points):
    return in_node('const { planeOf } = await from("playground/plane"); return planeOf(data[0]);', points.tolist())


def places(points, plane, count=200):
    """Places of the picture, from 0 to 1, with the point of the plane that each is; none near a point of the data."""
    rng = random.Random(0)
    found = []
    while len(found) < count:
        right, down = rng.uniform(0.03, 0.97), rng.uniform(0.03, 0.97)
        x = plane["left"] + right * (plane["right"] - plane["left"])
        y = plane["top"] - down * (plane["top"] - plane["bottom"])
        if np.abs(points - [x, y]).max(axis=1).min() > 0.12:
            found.append((right, down, [x, y]))
    return found


def picture_of(ground, selector, index=0):
    """Whether a place of a canvas, from 0 to 1, is more blue than orange."""
    address = ground.page.locator(selector).nth(index).evaluate("(each) => each.toDataURL()")
    picture = Image.open(BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")

    def is_blue(right, down):
        red, _, blue = picture.getpixel((int(right * picture.width), int(down * picture.height)))
        return blue > red

    return is_blue


def test_the_decision_has_the_colour_of_what_the_network_says(browser, trained):
    points, model = trained
    ground = Ground(browser)
    ground.train(epochs=EPOCHS)
    is_blue = picture_of(ground, "#plane")
    compared = 0
    for right, down, x in places(points, plane_of(points)):
        says = np.tanh(model(x).data / 2)
        if abs(says) > SURE:
            assert is_blue(right, down) == (says > 0), x
            compared += 1
    assert compared > 100
    assert ground.close() == []


@pytest.mark.parametrize("neuron", range(4))
def test_a_neuron_shows_what_it_makes_of_the_plane(browser, trained, neuron):
    points, model = trained
    ground = Ground(browser)
    ground.train(epochs=EPOCHS)
    unit = model.layers[0].neurons[neuron]
    is_blue = picture_of(ground, ".tile canvas", 2 + neuron)
    compared = 0
    for right, down, x in places(points, plane_of(points)):
        activation = unit(x).data
        if abs(activation) > SURE:
            assert is_blue(right, down) == (activation > 0), x
            compared += 1
    assert compared > 50
    assert ground.close() == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["laptop", "tablet", "phone"])
def test_axe_finds_no_violation(browser, scheme, size):
    ground = Ground(browser, size=size, context={"color_scheme": scheme, "bypass_csp": True})
    ground.page.add_script_tag(path=AXE)
    found = {}
    for name in ("moons", "yinyang", "waves") if scheme == "light" else ("yinyang",):  # three have all that there is
        ground.page.click(f"[data-name={name}]")
        ground.train(epochs=2)
        ground.page.click(".tile >> nth=3")
        for tab in ground.page.locator("#play-tabs [role=tab]:visible").all():
            tab.click()
            found[name, tab.get_attribute("id")] = violations(ground)
    ground.page.click("#more-button")
    found["more settings"] = violations(ground)
    ground.page.keyboard.press("Escape")
    ground.page.click("[data-name=own]")
    found["a table"] = violations(ground)
    assert {str(where): each for where, each in found.items() if each} == {}, json.dumps(list(found.values()), indent=1)


def violations(ground):
    found = ground.page.evaluate("() => axe.run()")["violations"]
    return [[each["id"], [node["html"][:160] for node in each["nodes"][:3]]] for each in found]
