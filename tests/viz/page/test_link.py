"""Does a link hold the whole page, and is a wrong one explained?"""

import json
import math

import page_engine
import pytest
from browser import needs_browser
from hypothesis import given, settings
from hypothesis import strategies as some
from lab import Lab, lesson
from page_in_node import in_node, needs_node
from test_formula import give, inputs_of, write

from tinygrad_edu import Value, chain_rule, parse


def address_of(lab):
    """The link that Share offers."""
    lab.page.click("#share")
    link = lab.page.input_value("#shared input")
    lab.page.keyboard.press("Escape")
    return link


def state_of(lab):
    """All that a reader sees of the state."""
    return {
        "formula": lab.page.input_value("#formula"),
        "inputs": inputs_of(lab),
        "position": lab.position,
        "boxes": lab.boxes(),
        "lang": lab.page.get_attribute("html", "lang"),
        "tab": lab.page.get_attribute("[role=tab][aria-selected=true]", "id"),
        "line": lab.text("#line"),
    }


@needs_browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_link_opens_the_same_state_in_a_new_page(browser, lang):
    lab = Lab(browser, lesson())
    write(lab, "步 = 2 * x; # and 50 % & more\nf = 步 * w ** 2 + tab")
    give(lab, "x", "1/3")
    give(lab, "w", "-1e-7")
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.step_to(5)
    if lang == "zh":
        lab.page.click("#language")
    lab.page.locator("[role=tab]").nth(1).click()
    link, expected = address_of(lab), state_of(lab)
    assert lab.close() == []
    other = Lab(browser, lesson(), lang="en")
    other.page.goto("about:blank")
    other.page.goto(link)
    other.page.wait_for_selector("#scene .box")
    assert state_of(other) == expected
    assert other.page.is_hidden("#notice")
    assert other.close() == []


@needs_browser
def test_the_address_follows_the_state_and_can_be_read(browser):
    lab = Lab(browser, lesson())
    assert "#" not in lab.page.url
    lab.step_to(3)
    lab.page.wait_for_function("() => location.hash.includes('step')")
    assert lab.page.url.endswith("#f=q+=+x+%2B+y;+f+=+q+*+z&x=-2&y=5&z=-4&step=3")
    lab.page.evaluate("() => { location.hash = '#step=2'; }")
    lab.page.wait_for_function("() => document.getElementById('card').dataset.position === '2'")
    lab.step_to(0)
    lab.page.wait_for_function("() => !location.hash.includes('step')")
    assert lab.page.url.split("/")[-1].rstrip("#") == "f.html"
    assert lab.close() == []


@needs_browser
def test_a_link_of_a_graph_from_python_says_what_is_different(browser):
    f = Value(2.0, label="my x") * Value(3.0, label="step")
    lab = Lab(browser, f)
    give(lab, "step", "5")
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.step_to(1)
    link = address_of(lab)
    assert link.endswith("#.step=5&lang=en&step=1")
    lab.page.goto("about:blank")
    lab.page.goto(link)
    lab.page.wait_for_selector("#scene .box")
    assert inputs_of(lab) == {"my x": 2, "step": 5}
    assert lab.position == 1
    assert lab.close() == []


@needs_browser
def test_an_old_link_to_a_step_works(browser):
    lab = Lab(browser, lesson(), address="#step=3")
    assert lab.position == 3
    assert lab.page.is_hidden("#notice")
    assert lab.close() == []


LAST = len(chain_rule(lesson())) + 1
BAD = {
    "#step=999": "wants step 999, and the last is 8",
    "#step=-1": "step has to be a whole number, and not -1",
    "#nothing": "a part that is not read: nothing",
    "#f=%E0%A4%A": "a part that is not read",
    "#f=2x&step=3": "The formula of the link is wrong",
    "#f=": "The formula of the link is wrong",
    "#f=log(x)&x=-1": "The formula of the link is wrong",
    "#x=two": "x needs a number, and not two",
    "#q=3": "a number for q, which is not an input here",
    "#tab=nothing": "no panel nothing",
    "#lang=fr": "no language fr",
    "#=&&=3&f": "a part that is not read",
    "#" + "a" * 5000: "a part that is not read: aaaaaaaa",
    "#<img src=x onerror=alert(1)>=1": "<img src needs a number",
}


@needs_browser
@pytest.mark.parametrize("address", BAD, ids=lambda address: address[:20])
def test_a_link_that_cannot_be_read_is_explained(browser, address):
    lab = Lab(browser, lesson(), address=address)
    assert BAD[address] in lab.text("#notice")
    assert lab.page.locator("#scene .box").count() == 5
    assert lab.position == (LAST if "999" in address else 0)
    lab.page.click("#notice button")
    assert lab.page.is_hidden("#notice")
    lab.page.keyboard.press("ArrowLeft")
    assert lab.close() == []


@needs_browser
def test_where_nothing_can_be_copied_the_link_is_there_to_copy(browser):
    lab = Lab(browser, lesson())
    lab.page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    lab.page.click("#share")
    assert "Copy it from here" in lab.text("#shared")
    chosen = lab.page.evaluate(
        "() => { const f = document.querySelector('#shared input'); return f.selectionEnd - f.selectionStart; }"
    )
    assert chosen == len(lab.page.input_value("#shared input"))
    assert lab.close() == []


@needs_browser
def test_the_link_is_copied(browser):
    lab = Lab(browser, lesson(), permissions=["clipboard-read", "clipboard-write"])
    lab.page.click("#share")
    lab.page.wait_for_selector("#shared >> text=Copied")
    assert lab.page.evaluate("() => navigator.clipboard.readText()") == lab.page.input_value("#shared input")
    assert lab.close() == []


# Writing and reading, without a page


def back_and_forth(states):
    """Each state written as an address and read again: [address, what was read]."""
    return in_node(
        """
        import { addressOf, readAddress } from "./lab/address.js";
        import { asNumber } from "./numbers.js";
        const usual = { tab: "inputs", lang: "en" };
        const results = given.map(({ names, numbers, opened, ...state }) => {
          const nodes = numbers.map((number) => ({ data: asNumber(number) }));
          const start = new Map(nodes.map((_, leaf) => [leaf, "other"]));
          const address = addressOf({ ...state, graph: { nodes, names }, start, opened: new Set(opened) }, usual);
          const found = readAddress(`#${address}`);
          const asJson = (number) => (Number.isFinite(number) ? number : String(number));
          const read = [...found.numbers].map(([name, number]) => [name, asJson(number)]);
          return [address, { ...found, numbers: read, opened: found.opened && [...found.opened] }];
        });
        console.log(JSON.stringify(results));
    """,
        states,
    )


STATES = some.fixed_dictionaries(
    {
        "text": some.none(),
        "names": some.lists(some.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True),
        "tab": some.sampled_from(["inputs", "predict", "a b&c"]),
        "lang": some.sampled_from(["en", "zh"]),
        "opened": some.lists(some.text(min_size=1, max_size=6), max_size=3, unique=True),
        "sample": some.none() | some.text(min_size=1, max_size=4),
        "position": some.integers(0, 999),
    }
)


@needs_node
@settings(max_examples=8, deadline=None)
@given(some.lists(STATES, min_size=20, max_size=20), some.randoms())
def test_whatever_is_written_into_an_address_is_read_again(states, random):
    odd = [0.1, -0.0, 1e300, 5e-324, 1 / 3, "inf", "-inf", "nan", -2.0, 123456789.123]
    states = [{**state, "numbers": [random.choice(odd) for _ in state["names"]]} for state in states]
    states = [
        state
        for state in states
        if not any("\ud800" <= letter <= "\udfff" for letter in json.dumps(state, ensure_ascii=False))
    ]
    for state, (address, found) in zip(states, back_and_forth(states), strict=True):
        assert found["unread"] == [], address
        assert [name for name, _ in found["numbers"]] == state["names"]
        for (_, read_again), number in zip(found["numbers"], state["numbers"], strict=True):
            assert float(str(read_again).replace("Infinity", "inf")) == float(number) or math.isnan(float(number))
        assert found["position"] == (state["position"] or None)
        assert found["tab"] == (None if state["tab"] == "inputs" else state["tab"])
        assert found["lang"] == (None if state["lang"] == "en" else state["lang"])
        assert (found["opened"] or []) == state["opened"]
        assert found["sample"] == state["sample"]


@needs_node
def test_every_formula_is_read_again_as_it_was():
    texts = [page_engine.expression(seed)["text"] for seed in range(200)] + [
        "x + y # 50 % & more\n;z",
        "f=1;步=f*2\t",
        "a+b",
    ]
    usual = {"names": [], "numbers": [], "tab": "inputs", "lang": "en", "opened": [], "sample": None, "position": 0}
    for text, (address, found) in zip(texts, back_and_forth([{**usual, "text": text} for text in texts]), strict=True):
        assert found["text"] == text
        assert address.isascii()
        assert not set(address) & set(' <>"#\\^`{|}')
    assert parse(texts[-1], a=1, b=2).data == 3
