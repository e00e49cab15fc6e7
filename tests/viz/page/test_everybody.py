"""Can everybody use the page: by keyboard alone, with a screen reader, in Chinese, on any screen?"""

import json
import os
import re
from pathlib import Path

import pytest
from browser import needs_browser
from lab import Lab, lesson

from tinygrad_edu import chain_rule, parse

pytestmark = needs_browser
AXE = os.environ.get("AXE_CORE", "")
needs_axe = pytest.mark.skipif(
    not Path(AXE).is_file(), reason="axe-core is not here: npm install axe-core, AXE_CORE=its axe.min.js"
)


def twice():
    return parse("a = w * x; f = relu(a + w) * a + w", w=2, x=-0.75)


def complaints_of_axe(lab):
    found = lab.page.evaluate("() => axe.run()")
    return [[each["id"], each["impact"], [n["html"][:160] for n in each["nodes"][:3]]] for each in found["violations"]]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_axe_finds_no_violation(browser, scheme, width):
    lab = Lab(browser, twice(), color_scheme=scheme, bypass_csp=True)
    lab.resize(width, 844)
    lab.page.add_script_tag(path=AXE)
    found = {}
    for tab in lab.page.locator("[role=tab]").all():
        lab.page.keyboard.press("ArrowRight")
        tab.click()
        lab.page.evaluate("() => document.activeElement.blur()")
        found[tab.get_attribute("id")] = complaints_of_axe(lab)
    lab.page.locator("[role=tab]").first.click()
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.page.keyboard.press("End")
    found["the end"] = complaints_of_axe(lab)
    lab.page.fill("#formula", "f = 2x")
    found["a mistake"] = complaints_of_axe(lab)
    if width == 390:
        lab.page.click("#more")
        found["tools"] = complaints_of_axe(lab)
    lab.page.click("#examples-button")
    found["examples"] = complaints_of_axe(lab)
    lab.page.keyboard.press("Escape")
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.page.keyboard.press("?")
    found["keys"] = complaints_of_axe(lab)
    assert {where: list_ for where, list_ in found.items() if list_} == {}, json.dumps(found, indent=1)


def reached_by_tab(lab, most=80):
    """What the focus reaches, in order, until it comes round."""
    reached = []
    for _ in range(most):
        lab.page.keyboard.press("Tab")
        reached.append(lab.page.evaluate("() => document.activeElement?.closest('[id]')?.id ?? ''"))
    return reached


def test_the_page_works_by_keyboard_alone(browser):
    lab = Lab(browser, twice())
    reached = reached_by_tab(lab)
    wanted = {
        "formula",
        "examples-button",
        "share",
        "present",
        "theme",
        "language",
        "tab-inputs",
        "next",
        "play",
        "last",
    }
    wanted |= {"position", "speed", "keys-button"}
    assert wanted <= set(reached)
    assert reached.index("formula") < reached.index("tab-inputs") < reached.index("position")
    lab.page.focus("#examples-button")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")  # the first example
    assert lab.page.input_value("#formula") == "q = x + y; f = q * z"
    lab.page.focus("#tab-inputs")
    tabs = lab.page.locator("[role=tab]").count()
    for key, place in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("End", tabs - 1),
        ("ArrowRight", 0),
        ("ArrowLeft", tabs - 1),
    ]:
        lab.page.keyboard.press(key)
        assert lab.page.locator("[role=tab]").nth(place).get_attribute("aria-selected") == "true"
    lab.page.focus("#next")
    for _ in range(len(chain_rule(lesson())) + 1):
        lab.page.keyboard.press("Enter")
    assert lab.page.is_disabled("#next")
    assert lab.page.evaluate("() => document.activeElement.id") == "position"  # the focus is not lost
    assert lab.close() == []


IS_SEEN = """() => {
  const found = document.activeElement;
  if (found === document.body) return true;
  const parts = [found, found.closest("#formula-field"), found.querySelector(".frame")].filter(Boolean);
  return parts.map((part) => getComputedStyle(part)).some(({ outlineStyle, outlineWidth, strokeWidth }) => {
    return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1) || Number.parseFloat(strokeWidth) >= 2;
  });
}"""


def test_the_focus_is_seen_wherever_it_is(browser):
    lab = Lab(browser, lesson())
    for _ in range(40):
        lab.page.keyboard.press("Tab")
        seen = lab.page.evaluate(IS_SEEN)
        assert seen, lab.page.evaluate("() => document.activeElement.outerHTML")[:200]
    assert lab.close() == []


ENGLISH = {"Home", "End", "relu", "ReLU", "lab", "tanh", "sigmoid", "Esc", "Space", "Shift", "step", "English", "CS",
           "Softplus", "softplus", "exp", "log", "sin", "max", "SVG", "PNG", "LaTeX", "JSON", "QR", "GIF"}  # fmt: skip


def test_the_chinese_page_has_no_english_words(browser):
    lab = Lab(browser, twice(), lang="zh")
    words = set()
    for tab in lab.page.locator("[role=tab]").all():
        tab.click()
        words |= set(re.findall(r"[A-Za-z]{3,}", lab.page.inner_text("body")))
    lab.page.evaluate("() => document.activeElement.blur()")
    for _ in range(len(chain_rule(twice())) + 1):
        words |= set(re.findall(r"[A-Za-z]{3,}", lab.page.inner_text("body")))
        lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("?")
    words |= set(re.findall(r"[A-Za-z]{3,}", lab.page.inner_text("#keys")))
    lab.page.keyboard.press("Escape")
    labels = lab.page.evaluate(
        "() => [...document.querySelectorAll('[aria-label]')].map((part) => part.getAttribute('aria-label')).join(' ')"
    )
    words |= set(re.findall(r"[A-Za-z]{3,}", labels))
    assert words - ENGLISH == set()
    assert lab.page.get_attribute("html", "lang") == "zh-Hans"
    assert lab.close() == []


def test_the_language_changes_all_that_is_said(browser):
    lab = Lab(browser, twice())
    lab.step_to(6)
    lab.page.click("#language")
    assert lab.page.get_attribute("html", "lang") == "zh-Hans"
    assert lab.text("#language") == "English"
    other = Lab(browser, twice(), lang="zh", address="#step=6")
    for part in ("#side", "#transport", "#bar"):
        assert lab.page.inner_text(part) == other.page.inner_text(part)
    assert lab.page.title() == other.page.title()
    assert lab.close() == other.close() == []


def test_light_and_dark_are_chosen_and_kept(browser):
    lab = Lab(browser, lesson(), color_scheme="light")
    paper = "() => getComputedStyle(document.querySelector('#bar')).backgroundColor"
    light = lab.page.evaluate(paper)
    seen = {}
    for _ in range(3):
        lab.page.click("#theme")
        seen[lab.page.evaluate("() => document.documentElement.dataset.theme ?? 'system'")] = lab.page.evaluate(paper)
    assert list(seen) == ["light", "dark", "system"]
    assert seen["light"] == seen["system"] == light
    assert seen["dark"] != light
    lab.page.click("#theme")
    lab.page.click("#theme")
    lab.page.reload()
    assert lab.page.evaluate(paper) == seen["dark"]
    lab.page.click("#theme")
    assert lab.close() == []


def test_on_paper_the_graph_and_the_step_are_printed_and_no_button(browser):
    lab = Lab(browser, lesson(), address="#step=5")
    lab.page.emulate_media(media="print")
    assert lab.page.locator("#scene .box").first.is_visible()
    assert lab.page.is_visible("#card")
    assert lab.page.locator("#transport, #tools, #tabs").filter(visible=True).count() == 0
    assert lab.close() == []
