"""Does the player do in a browser what it promises? Every test reads the page and compares it with Python."""

import json
import math
import os
import random
import re
from pathlib import Path

import pytest
from browser import Watched, launched, needs_browser

from tinygrad_edu import Value, chain_rule, gradcheck, parse, viz
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep

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


# Predict


def ask(page, typed):
    page.fill("#quiz-answer", str(typed))
    page.click("#quiz-check")
    if "✓" in text(page, "#quiz-feedback"):
        return "right"
    return page.get_attribute("#quiz-feedback [data-mistake]", "data-mistake")


def quiz(show_player, f, user, argument, position=0):
    """The page at the question about one edge."""
    trace = chain_rule(f)
    found = [i for i, s in enumerate(trace) if isinstance(s, EdgeStep) and (s.user, s.argument) == (user, argument)]
    page = show_player(f, f"#step={found[position] + 1}")
    page.click("#predict-panel summary")
    page.check("#quiz-on")
    return page, trace[found[position]]


def test_predict_hides_the_answer_and_marks_right_and_wrong(show_player):
    page, step = quiz(show_player, expression("lesson"), "q", "x")
    index = step.argument_node
    assert box(page, index)[1] == "?"
    assert text(page, "#line") == ""
    assert page.locator('[data-layer="numbers"], [data-layer="result"]').count() == 0
    assert ask(page, 17) == "unknown"
    assert ask(page, "-4") == "right"
    assert box(page, index)[1] == "-4"
    assert text(page, "#line") == str(step)
    assert text(page, "#quiz-score") == "0 right of 1"
    page.click("#quiz-next")
    assert ask(page, "-4.0") == "right"
    assert text(page, "#quiz-score") == "1 right of 2"


@pytest.mark.parametrize(
    ("user", "argument", "position", "wrong", "mistake"),
    [
        ("f", "t", 0, lambda s: s.partial + 0.0, "mistake_upstream"),
        ("t", "a", 0, lambda s: -s.after, "mistake_sign"),
        ("t", "a", 0, lambda s: s.partial, "mistake_upstream"),
        ("t", "a", 0, lambda s: s.upstream * (1 - 0.5**2), "mistake_output"),
        ("t", "a", 0, lambda s: s.upstream, "mistake_local"),
        ("t", "a", 0, lambda s: 2 * s.after, "mistake_twice"),
        ("p", "w", 1, lambda s: s.contribution, "mistake_path"),
        ("p", "w", 1, lambda s: s.before + 2 * s.contribution, "mistake_twice"),
        ("p", "w", 1, lambda s: s.before - s.contribution, "mistake_sign"),
        ("p", "w", 1, lambda s: s.before + s.partial, "mistake_upstream"),
        ("m", "u", 0, lambda s: s.upstream * 0.5, "mistake_other"),
    ],
)
def test_predict_names_the_mistake_behind_a_wrong_answer(show_player, user, argument, position, wrong, mistake):
    f = parse("a = u * 1; t = tanh(a); m = u * t; p = w * w; f = 3 * (t * 5 + m * 7 + p * 11)", u=0.5, w=1.7)
    trace = chain_rule(f)
    exists = any(isinstance(s, EdgeStep) and (s.user, s.argument) == (user, argument) for s in trace)
    user = user if exists else next(s.user for s in trace.edges if s.argument == argument)
    page, step = quiz(show_player, f, user, argument, position)
    assert ask(page, repr(wrong(step))) == mistake
    assert ask(page, repr(step.after)) == "right"


def test_predict_can_show_the_answer(show_player):
    page, step = quiz(show_player, expression("lesson"), "f", "z")
    page.click("#quiz-show")
    assert text(page, "#quiz-feedback") == "It is 3."
    assert text(page, "#line") == str(step)
    page.fill("#quiz-answer", "1", force=True) if page.is_enabled("#quiz-answer") else None
    assert page.is_disabled("#quiz-check")


# Why this order, and the gradient check


def test_a_wrong_order_reads_a_gradient_too_early(show_player):
    f = parse("u = x * x; v = u + 1; f = u * v", x=1.5)
    page = show_player(f)
    page.click("#order-panel summary")
    early = page.locator("#order-rows tr.early")
    assert early.count() == 1
    u = Graph(f).nodes[1]
    read, complete = early.locator("td").nth(2).text_content(), early.locator("td").nth(3).text_content()
    assert early.locator("td").nth(1).text_content() == "u"
    assert complete == show(gradient_numbers(f)[u])
    assert read == show(u.data + 1)
    assert "1 more to come" in early.text_content()
    assert page.locator("#lr-n1 .note-order").text_content() == "⚠ too early"
    right = show(gradient_numbers(f)[Graph(f).nodes[0]])
    assert text(page, "#order-leaves") == f"✗ gradient of x: 7.5, should be {right}".replace(
        "7.5", show(2 * 1.5 * (u.data + 1))
    )
    page.select_option("#order-choice", "order_right")
    assert page.locator("#order-rows tr.early").count() == 0
    assert text(page, "#order-leaves") == f"✓ gradient of x: {right}, correct"


def test_where_no_paths_meet_every_order_is_right(show_player):
    page = show_player(expression("lesson"))
    page.click("#order-panel summary")
    page.select_option("#order-choice", "order_depth")
    assert page.is_visible("#order-lucky")
    page.select_option("#order-choice", "order_forward")
    assert page.locator("#order-rows tr.early").count() == 1


def test_the_gradient_check_is_drawn_and_flags_kinks(show_player):
    f = parse("h = relu(x); f = h * y", x=0, y=3)
    page = show_player(f)
    page.click("#check-panel summary")
    rows = page.locator("#check-rows tr, #check-edges tr")
    verdicts = dict(zip(rows.locator("td:first-child").all_text_contents(), rows.all(), strict=True))
    assert {what: row.get_attribute("data-verdict") for what, row in verdicts.items()} == {
        "∂f/∂x": "kink", "∂f/∂y": "ok", "∂f/∂h": "ok", "∂h/∂x": "kink",
    }  # fmt: skip
    assert "two slopes, 0 and 3" in verdicts["∂f/∂x"].text_content()
    assert "∧" in page.locator("#lr-n0 .note-check").text_content()
    report = gradcheck(f)
    for check in report.checks:
        assert check.verdict == verdicts[f"∂f/∂{check.name}"].get_attribute("data-verdict")


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


def test_a_click_on_a_box_goes_to_its_step(show_player):
    page = show_player(expression("lesson"))
    page.click("#lr-n2")
    assert text(page, "#line") == "∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4"
    page.click("#lr-n2")
    assert text(page, "#line") == "q = x + y = -2 + 5 = 3"
    page.click('[data-phase="backward"]')
    assert "step 4 of" in text(page, "#count")


def test_a_dead_relu_stops_the_pulse_and_says_why(show_player):
    page = show_player(parse("h = relu(a); f = h * w", a=-3, w=2), "#step=4")
    page.keyboard.press("ArrowRight")
    assert text(page, "#line").startswith("∂f/∂w")
    page.keyboard.press("ArrowRight")
    assert "h is a ReLU that is off. Its input a = -3 is not above 0" in text(page, "#sentence")
    assert page.locator("#picture-lr .edge.stopped .stop").count() == 1


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


def test_a_narrow_screen_has_its_own_picture_without_overflow(show_player):
    page = show_player(expression("neuron"), viewport={"width": 390, "height": 844})
    assert page.is_visible("#picture-tb")
    assert page.is_hidden("#picture-lr")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
