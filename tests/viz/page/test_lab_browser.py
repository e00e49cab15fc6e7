"""Does the player do in a browser what it promises? Every test reads the page and compares it with Python."""

import json
import math
import os
import random
import re
from pathlib import Path

import pytest
from browser import Watched, launched, needs_browser

from tinygrad_edu import Value, chain_rule, parse, viz
from tinygrad_edu.show import show

pytestmark = needs_browser

EXPRESSIONS = {
    "lesson": ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4}),
    "neuron": ("a = w1 * x1 + w2 * x2 + b; f = tanh(a)", {"w1": -3, "x1": 2, "w2": 1, "x2": 0, "b": 6.88137}),
    "twice": ("a = w * x; f = relu(a + w) * a + w", {"w": 2, "x": -0.75}),
}


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def usual(browser):
    """The page of all tests without options: a player keeps nothing in the browser, and a new page takes time."""
    watched = Watched(browser)
    yield watched
    watched.close()


@pytest.fixture
def show_player(browser, usual, tmp_path):
    """Open the player of a Value; afterwards there must have been no message and no request."""
    opened = []

    def show_player(f, address="", lang="en", **options):
        opened.append(Watched(browser, **options) if options else usual)
        file = viz.player(f, lang=lang).save(tmp_path / f"{len(opened)}.html")
        opened[-1].page.goto(file.as_uri() + address)
        return opened[-1].page

    yield show_player
    for watched in opened:
        if watched is not usual:
            watched.close()
    assert [complaint for watched in opened for complaint in watched.handed_over()] == []


def expression(name):
    text, numbers = EXPRESSIONS[name]
    return parse(text, **numbers)


def text(page, selector):
    return page.text_content(selector)


def box(page, index):
    return boxes(page)[f"lr-n{index}"]


def boxes(page):
    """What the box of every node shows, by its id: [value, gradient]."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[id^="lr-n"], [id^="tb-n"]')].map(
          (box) => [box.id, [".value", ".gradient"].map((role) => box.querySelector(role)?.textContent ?? null)]))"""
    )


def test_numbers_are_shown_as_python_shows_them(show_player):
    rng = random.Random(0)
    numbers = [0.0, -0.0, 0.1 + 0.2, 64203.0, 1 / 3, 2.5e-7, 1234.5678, 1e9, 123456789.5, 9999.96, 0.99996, 1e-5, 1e300]
    numbers += [k / 16 + j for k in range(16) for j in (0, 1, 1000)]  # ties, which Python rounds to even
    numbers += [rng.uniform(-1, 1) * 10 ** rng.uniform(-12, 12) for _ in range(300)]
    numbers += [math.inf, -math.inf, math.nan, 5e-324, 1.7e308]
    page = show_player(Value(1.0))
    script = page.evaluate("() => [...document.scripts].at(-1).textContent")
    functions = re.search(r"const DIGITS.*?(?=// A number in a trace)", script, flags=re.DOTALL)[0]
    source = ",".join(
        {math.inf: "Infinity", -math.inf: "-Infinity"}.get(x, "NaN" if x != x else repr(x)) for x in numbers
    )
    found = page.evaluate(f"() => {{ {functions}; return [{source}].map((x) => [show(x), show(x, 8), show(x, 1)]); }}")
    assert found == [[show(x), show(x, 8), show(x, 1)] for x in numbers]


# Getting about


def test_the_page_works_by_keyboard_alone(show_player):
    page = show_player(expression("neuron"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert "step 4 of" in text(page, "#count")
    page.keyboard.press("End")
    assert page.is_disabled("#next")
    page.keyboard.press("Home")
    assert "step 1 of" in text(page, "#count")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id || document.activeElement.parentElement.id"))
    wanted = {"play", "next", "last", "speed", "timeline", "predict-panel", "inputs-panel", "check-panel", "reset"}
    assert wanted <= reached
    page.focus("#lr-n0")
    page.keyboard.press("Enter")
    assert text(page, "#line").startswith("∂f/∂w1")


def test_space_plays_to_the_end(show_player):
    page = show_player(expression("lesson"), reduced_motion="reduce")
    page.clock.install()
    page.select_option("#speed", "4")
    page.focus("body")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press(" ")
    assert text(page, "#play") == "Pause"
    page.clock.run_for(60_000)
    assert text(page, "#count").startswith("step 7")
    assert text(page, "#play") == "Play"
    assert page.locator(".pulse").count() == 0


def test_the_address_holds_the_step(show_player):
    page = show_player(expression("lesson"), "#step=6")
    assert text(page, "#count") == "step 6 of 7"
    page.keyboard.press("ArrowLeft")
    assert page.url.endswith("#step=5")
    page.evaluate("() => { location.hash = '#step=2'; }")
    page.wait_for_function("() => document.getElementById('count').textContent.startsWith('step 2')")
    for odd in ("#step=999", "#step=0", "#nothing"):
        assert text(show_player(expression("lesson"), odd), "#count").startswith("step ")


# What the page is made of


def test_a_label_is_text_everywhere(show_player):
    label = "</script><img src=x onerror=\"document.title='broken'\">"
    x, y = Value(2.0, label=label), Value(3.0, label="{{title}}$&\\`${1}")
    page = show_player(x * y + x)
    page.keyboard.press("End")
    assert page.locator("img").count() == 0
    assert "broken" not in page.title()
    assert label in text(page, "#layers") or label in text(page, "#input-rows")
    assert text(page, "#input-rows").count(label) == 1


def test_it_works_inside_a_frame_of_a_notebook(browser):
    watched = Watched(browser)
    watched.page.set_content(viz.player(expression("lesson"))._repr_html_())
    frame = watched.page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#count").text_content() == "step 2 of 7"
    assert watched.complaints == []
    watched.close()


def test_the_chinese_page_has_no_english_words(show_player):
    page = show_player(expression("twice"), lang="zh")
    words = set()
    for _ in range(len(chain_rule(expression("twice")))):
        words |= set(re.findall(r"[A-Za-z]{3,}", page.inner_text("body")))
        page.keyboard.press("ArrowRight")
    assert words <= {"Home", "End", "step", "relu", "ReLU", "tinygrad_edu", "tinygrad", "edu", "max"}
    assert page.get_attribute("html", "lang") == "zh-Hans"


AXE = os.environ.get("AXE_CORE", "")


@pytest.mark.skipif(
    not Path(AXE).is_file(), reason="axe-core is not here: npm install axe-core, AXE_CORE=its axe.min.js"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_violation(show_player, scheme, width):
    page = show_player(
        expression("twice"), "#step=9", color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True
    )
    for panel in ("predict", "nudge", "order", "check"):
        page.click(f"#{panel}-panel summary")
    page.add_script_tag(path=AXE)
    for is_asked in (False, True):
        page.set_checked("#quiz-on", is_asked)
        found = page.evaluate("() => axe.run()")
        serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
        told = json.dumps([[each["id"], [n["html"][:200] for n in each["nodes"][:3]]] for each in serious], indent=1)
        assert not serious, told
