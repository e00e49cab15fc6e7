"""Does the player do in a browser what it promises? Every test reads the page and compares it with Python."""

import json
import math
import os
import random
import re
from pathlib import Path

import pytest
import random_graphs
from browser import Watched, launched, needs_browser
from several_places import TIES, slope_alone, tied

from tinygrad_edu import DomainError, Value, chain_rule, parse, viz
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep

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


def layer(page, name):
    return text(page, f'[data-layer="{name}"] .formula')


def box(page, index):
    return boxes(page)[f"lr-n{index}"]


def boxes(page):
    """What the box of every node shows, by its id: [value, gradient]."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[id^="lr-n"], [id^="tb-n"]')].map(
          (box) => [box.id, [".value", ".gradient"].map((role) => box.querySelector(role)?.textContent ?? null)]))"""
    )


# Every number on the page is the trace's


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_step_of_the_page_equals_the_trace_forwards_and_backwards(show_player, name):
    f = expression(name)
    trace = chain_rule(f)
    page = show_player(f)
    for position in [*range(len(trace)), *reversed(range(len(trace) - 1))]:
        while int(re.search(r"\d+", text(page, "#count"))[0]) - 1 != position:
            ahead = int(re.search(r"\d+", text(page, "#count"))[0]) - 1 < position
            page.keyboard.press("ArrowRight" if ahead else "ArrowLeft")
        assert text(page, "#count") == f"step {position + 1} of {len(trace)}"
        assert text(page, "#line") == str(trace[position])
        check_card(page, trace[position])
        check_picture(page, trace, position)


def check_card(page, step):
    match step:
        case ForwardStep():
            assert layer(page, "names") == f"{step.name} = {step.formula}"
            assert layer(page, "numbers") == step.numbers
            assert layer(page, "result") == show(step.out)
        case SeedStep():
            assert layer(page, "result") == "1"
        case EdgeStep():
            assert layer(page, "names") == f"{step.gradient} {'+=' if step.is_shared else '='} {step.rule}"
            assert layer(page, "symbols") == step.rule_with_symbol
            assert layer(page, "numbers").endswith(step.product)
            check_result(page, step)


def check_result(page, step):
    if not step.is_shared:
        assert layer(page, "result") == show(step.after)
        return
    assert layer(page, "contribution") == show(step.contribution)
    contribution = show(step.contribution)
    bracketed = f"({contribution})" if contribution.startswith("-") else contribution
    assert layer(page, "sum") == f"{show(step.before)} + {bracketed} = {show(step.after)}"
    assert text(page, '[data-layer="sum"] .status') == step.status


def check_picture(page, trace, position):
    """Both layouts show what is known after a step, and — where nothing is."""
    done = trace.steps[: position + 1]
    values = {step.node for step in done if isinstance(step, ForwardStep)}
    gradients = {len(trace.nodes) - 1: (1.0, 0)} if any(isinstance(step, SeedStep) for step in done) else {}
    gradients |= {step.argument_node: (step.after, step.to_come) for step in done if isinstance(step, EdgeStep)}
    found = boxes(page)
    for index, node in enumerate(trace.nodes):
        if node.is_constant:
            continue
        value = show(node.data) if index in values or not node.args else "—"
        gradient, to_come = gradients.get(index, (None, 0))
        shown = "—" if gradient is None else show(gradient) + (" …" if to_come else "")
        assert found[f"lr-n{index}"] == found[f"tb-n{index}"] == [value, shown]


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


# Live inputs


def set_inputs(page, numbers):
    page.evaluate(
        """(numbers) => {
          for (const [node, number] of numbers) {
            const field = document.querySelector(`#input-rows input[data-node="${node}"]`);
            field.value = number;
            field.dispatchEvent(new Event("input"));
          }
        }""",
        numbers,
    )


def numbers_on_page(page):
    """(value, gradient) of every node after the last step, with all their digits."""
    found = page.evaluate(
        """() => {
          if (!document.getElementById("last").disabled) document.getElementById("last").click();
          return [...document.querySelectorAll('[id^="lr-n"]')]
              .map((group) => [Number(group.id.slice(4)), [group.dataset.value, group.dataset.gradient]]);
        }"""
    )
    return dict(found)


def changed(seed):
    """A random graph, and the same with other numbers, both inside the domains; None if there is none."""
    numbers, plan = random_graphs.seeded(seed, leaves=3, steps=8)
    rng = random.Random(seed)
    others = [number * rng.uniform(0.97, 1.03) + rng.uniform(-0.02, 0.02) for number in numbers]
    try:
        return random_graphs.as_values(numbers, plan)[1], random_graphs.as_values(others, plan)[1]
    except DomainError:
        return None


RANDOM_PAGES = 200 if os.environ.get("CI") else 20  # each is a page of its own


def test_live_inputs_equal_python_on_random_expressions(show_player, tmp_path):
    pairs = [pair for pair in map(changed, range(400)) if pair is not None and len(Graph(pair[0]).leaves) > 0][
        :RANDOM_PAGES
    ]
    assert len(pairs) == RANDOM_PAGES
    seen = set()
    page = show_player(pairs[0][0])
    for first, second in pairs:
        page.goto(viz.player(first).save(tmp_path / "live.html").as_uri())
        check_live(page, first, second)
        seen |= {node.op for node in Graph(first).nodes}
    assert seen >= set(RULES)


def check_live(page, first, second):
    before, after = Graph(first), Graph(second)
    set_inputs(page, [[before.index[leaf], repr(after.nodes[before.index[leaf]].data)] for leaf in before.leaves])
    gradients = gradient_numbers(second)
    assert page.text_content("#problem") == ""
    for index, (value, gradient) in numbers_on_page(page).items():
        node = after.nodes[index]
        if node.is_constant:
            continue
        assert math.isclose(float(value), node.data, rel_tol=1e-12, abs_tol=1e-12), after.formula(node)
        assert math.isclose(float(gradient), gradients[node], rel_tol=1e-12, abs_tol=1e-12), after.formula(node)


def test_a_changed_input_changes_every_sentence(show_player):
    page = show_player(expression("lesson"), "#step=4")
    assert text(page, "#line") == "∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4"
    page.fill('#input-rows [aria-label="value of z"]', "2.5")
    assert text(page, "#line") == "∂f/∂q: 0 + ∂f/∂f · z = 1 · 2.5 = 2.5"
    assert "changes 2.5 times as much" in text(page, "#sentence")
    page.fill('#input-rows [aria-label="value of z"]', "two")
    assert "z needs a number" in text(page, "#problem")
    page.click("#reset")
    assert text(page, "#problem") == ""
    assert text(page, "#line") == "∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4"


def test_dragging_a_slider_is_the_same_as_typing(show_player):
    page = show_player(expression("lesson"))
    slider = page.locator('#input-rows input[type="range"]').first
    slider.focus()
    page.keyboard.press("Home")
    assert page.input_value('#input-rows [aria-label="value of x"]') == "-6"
    assert numbers_on_page(page)[0][0] == "-6"


def test_outside_a_domain_the_page_says_so_and_keeps_its_numbers(show_player):
    page = show_player(parse("f = log(x) / y", x=2, y=3), "#step=3")
    before = text(page, "#line")
    page.fill('#input-rows [aria-label="value of x"]', "-1")
    assert text(page, "#problem") == "log(x) is not defined here: log(x) needs x > 0."
    assert text(page, "#line") == before
    page.fill('#input-rows [aria-label="value of x"]', "1")
    page.fill('#input-rows [aria-label="value of y"]', "0")
    assert "needs y != 0" in text(page, "#problem")


# One node at several places of an operation


@pytest.mark.parametrize("name", TIES)
def test_an_argument_used_twice_is_named_by_its_role(show_player, name):
    f = tied(name)
    trace = chain_rule(f)
    page = show_player(f, "#step=3")
    seen = set()
    for position in range(2, len(trace)):
        step = trace[position]
        assert text(page, "#line") == str(step)
        check_card(page, step)
        seen.add(layer(page, "names").partition(" · ")[2])
        assert tells_the_truth(text(page, "#sentence"), f, step)
        page.keyboard.press("ArrowRight")
    assert len(seen) == len(trace.edges)
    page.click("#check-panel summary")
    assert page.locator("#check-edges td:first-child").all_text_contents() == [step.local for step in trace.edges]
    assert page.locator('[data-verdict="wrong"]').count() == 0


def tells_the_truth(sentence, f, step):
    """Whether it says of one argument, and of no more than that, how the result answers."""
    said = f"the {step.role} {step.argument} of f" if step.role else step.argument
    slope = slope_alone(f, step.position)
    times = re.match(rf"When {said}{' alone' * bool(step.role)} changes a little, f changes (\S+) times as", sentence)
    if times:
        return math.isclose(float(times[1]), slope, rel_tol=1e-3)
    sames = {1: f"f moves one for one with {said} alone: ", -1: f"f moves against {said} alone, one for one: "}
    return sentence.startswith(sames.get(round(slope, 6), "never"))


def test_a_weight_of_a_zero_input_is_explained_as_one_term_of_a_sum(show_player):
    page = show_player(tied("dot([w, w], [w, x])", x=0.0), "#step=4")  # f is w · w, and does not stay 0
    said = "Nothing passes: the second weight w of f is multiplied by 0 in f, so it makes no difference there."
    assert text(page, "#sentence").startswith(said)


def test_a_place_with_zero_local_derivative_is_named(show_player):
    page = show_player(tied("w * w", w=0.0), "#step=3")
    said = "Nothing passes: the other factor is 0, so f stays 0 whatever the first factor w of f is."
    assert text(page, "#sentence").startswith(said)


def test_roles_are_translated_to_chinese(show_player):
    page = show_player(tied("w ** w", w=2.0), "#step=4", lang="zh")
    assert layer(page, "names") == "∂f/∂w += ∂f/∂f · ∂f/∂(指数)"
    assert text(page, "#sentence").startswith("f 里只有指数 w 变化一点，f 变化它的 2.773 倍。")


# Nudge


def test_nudge_shows_the_predicted_and_the_actual_change(show_player):
    page = show_player(parse("f = x ** 2 + 3 * y", x=3, y=1))
    page.click("#nudge-panel summary")
    page.fill("#nudge-size", "0.1")
    assert text(page, "#nudge-predicted") == "6 · 0.1 = 0.6"
    assert text(page, "#nudge-actual") == "0.61"
    assert "good to 1.6 %" in text(page, "#nudge-verdict")
    page.fill("#nudge-size", "2")
    assert "off by" in text(page, "#nudge-verdict")
    page.select_option("#nudge-leaf", label="y")
    assert "exact" in text(page, "#nudge-verdict")


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
