"""Does a link hold the whole page, and is a wrong one explained?"""

import html
import io
import json
import math
import re
from random import Random

import page_engine
import pytest
import segno
from browser import Watched, needs_browser
from hypothesis import given, settings
from hypothesis import strategies as some
from lab import Lab, lesson
from page_in_node import in_node, needs_node
from PIL import Image
from sampling import sample
from test_formula import give, inputs_of, write

from tinygrad_edu import Value, chain_rule, parse, viz
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.text.inputs import with_numbers
from tinygrad_edu.viz.page.document import read
from tinygrad_edu.viz.page.link import MODES, PANELS, WORDS, address, last_position, link


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
    lab.page.wait_for_function("() => location.hash.endsWith('&step=3')")
    assert lab.page.evaluate("location.hash") == "#f=q+=+x+%2B+y;+f+=+q+*+z&x=-2&y=5&z=-4&step=3"
    lab.page.evaluate("() => { location.hash = '#step=2'; }")
    lab.page.wait_for_function("() => document.getElementById('card').dataset.position === '2'")
    lab.step_to(0)
    lab.page.wait_for_function("() => !location.hash.includes('step')")
    assert lab.page.evaluate("location.href").split("/")[-1].rstrip("#") == "f.html"
    assert lab.close() == []


@needs_browser
def test_a_link_is_followed_even_if_the_address_of_the_page_is_written_just_then(browser):
    lab = Lab(browser, lesson())
    lab.page.evaluate("() => { location.hash = '#step=5'; history.replaceState(null, '', '#step=1'); }")
    lab.page.wait_for_selector("#card[data-position='5']")
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
    "#mode=guess": "no mode guess",
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


@needs_browser
@pytest.mark.parametrize("values", [False, True], ids=["gradients", "numbers too"])
def test_predict_mode_is_in_the_link_and_answers_are_not(browser, values):
    lab = Lab(browser, lesson())
    lab.page.click("#tab-predict")
    lab.page.set_checked("#quiz-values", values)
    lab.page.click("#quiz-start")
    first = lab.position
    link = address_of(lab)
    assert link.endswith(f"&tab=predict&mode=predict{'-all' if values else ''}&lang=en&step={first}")
    lab.page.click("#quiz-show")
    lab.page.click("#quiz-next")
    lab.page.click("#share")
    assert "it asks from the first question on" in lab.text("#shared")
    lab.page.goto("about:blank")
    lab.page.goto(link)
    lab.page.wait_for_selector("#scene .box")
    assert lab.position == first
    assert lab.page.is_visible("#quiz-answer")
    assert lab.page.is_visible("#quiz-stop")
    assert "0 right" in lab.text("#quiz-score")
    lab.page.keyboard.press("Escape")
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.page.keyboard.press("End")
    assert lab.position == first
    assert lab.close() == []


@needs_browser
def test_a_link_beyond_a_question_waits_for_its_answer(browser):
    lab = Lab(browser, lesson(), address="#mode=predict&step=7")
    assert lab.position == 4
    assert lab.page.is_visible("#quiz-answer")
    assert [box["gradient"] for box in lab.boxes().values()].count("∂ ?") == 1
    assert lab.close() == []


@needs_browser
def test_a_link_opens_the_presentation(browser):
    lab = Lab(browser, lesson(), address="#mode=present&step=4")
    assert lab.page.get_attribute("html", "data-presenting") is not None
    assert lab.page.is_hidden("#tabs")
    lab.page.keyboard.press("Escape")
    lab.page.wait_for_function("() => !location.hash.includes('mode')")
    assert lab.page.is_visible("#tabs")
    assert lab.close() == []


# The link that Python writes


def test_a_link_says_what_the_page_opens_with():
    f = lesson()
    assert link(f) == "#f=q+=+x+%2B+y;+f+=+q+*+z&x=-2&y=5&z=-4"
    assert link(f, "https://a.org/lab.html#step=1", step=LAST).endswith(f"/lab.html#{link(f)[1:]}&step={LAST}")
    assert link("2 * w", mode="present,predict").endswith("&tab=predict&mode=predict,present")
    assert link("log(a * b)", numbers={"a": 7}) == "#f=log(a+*+b)&a=7&b=2"
    assert viz.player(Value(2.0, label="my x") * 3).link(panel="check", lang="zh") == "#tab=check&lang=zh"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: link(lesson(), step=9), "the positions 0 (the beginning) to 8 (the end)"),
        (lambda: link(lesson(), step=-1), "the positions 0"),
        (lambda: link(lesson(), step=True + 0.5), "the positions 0"),
        (lambda: link(lesson(), panel="quiz"), "the choices are inputs, predict"),
        (lambda: link(lesson(), mode="predikt"), "write instead:  mode='predict'"),
        (lambda: link(lesson(), mode="predict,predict-all"), 'write instead:  mode="predict-all"'),
        (lambda: link(lesson(), lang="fr"), "the choices are en, zh"),
        (lambda: link("x + y", numbers={"z": 1}), "z is not an input of it; its inputs are x, y"),
        (lambda: link("x +"), "what is wrong"),
        (lambda: link(Value(2.0, label="my x") * 3), 'viz.player(f).link("https://…/f.html")'),
        (lambda: viz.worksheet(lesson(), page="lab.html"), "an address on the web"),
        (lambda: viz.qr_code("https://a.org/" + "x" * 1260), "a QR code of 1,274 bytes"),
    ],
)
def test_a_link_that_cannot_be_is_refused(make, message):
    with pytest.raises(TinygradError, match=re.escape(message)):
        make()


@pytest.mark.parametrize("f", [lesson(), Value(2.0, label="x"), parse("x * x * 2", x=3)], ids=["lesson", "leaf", "w²"])
def test_the_last_position_is_one_more_than_there_are_steps(f):
    assert last_position(Graph(f)) == len(chain_rule(f)) + 1


def test_the_panels_and_modes_are_those_of_the_page():
    panels = re.search(r"const PANELS = \[(.*?)\]", read("lab/panels.js"))[1]
    assert tuple(panels.replace("Panel", "").split(", ")) == PANELS
    for name, words in (("MODES", MODES), ("WORDS", WORDS)):
        assert json.loads(re.search(rf"const {name} = (\[.*?\]);", read("lab/address.js"))[1]) == list(words)


@needs_node
def test_python_writes_the_address_that_the_page_writes():
    """For formulas, numbers, steps, panels and modes drawn at random, and names that are words of the grammar."""
    random, cases = Random(0), []
    texts = [page_engine.expression(seed)["text"] for seed in range(60)]
    for text in [*texts, "f = step * tab + mode ** 2", "步 = x * 2; 步 + lang", "open=1; open*sample + μ # & more"]:
        try:
            numbers = with_numbers(text, {})
            f = parse(text, **numbers)
        except TinygradError:
            continue
        numbers |= {name: random.choice([0.1, -2.0, 1e16, 5e-324, 1 / 3, 1e-7]) for name in list(numbers)[:1]}
        try:
            f = parse(text, **numbers)
        except TinygradError:
            continue
        case = {
            "text": text,
            "numbers": list(numbers.items()),
            "step": random.randint(0, last_position(Graph(f))),
            "panel": random.choice(PANELS),
            "mode": random.choice(["", *MODES, "predict,present", "predict-all,present"]),
            "lang": random.choice([None, "en", "zh"]),
            "opened": random.choice([[], ["l1"], ["l1.n2", "a b,c&d", "层"]]),
            "sample": random.choice([None, 0, 12]),
        }
        labels = {leaf.label for leaf in Graph(f).leaves}
        asked = {leaf: numbers[leaf] for leaf in (leaf.label for leaf in Graph(f).leaves) if leaf in numbers}
        assert labels >= set(asked)
        written = {key: case[key] for key in ("step", "panel", "mode", "lang", "opened", "sample")}
        cases.append({**case, "expected": address(Graph(f), text, asked, **written)})
    program = """
        import { addressOf } from "./lab/address.js";
        import { graphOfText } from "./lab/typed.js";
        import { leavesOf } from "./engine/graph.js";
        console.log(JSON.stringify(given.map(({ text, numbers, step, panel, mode, lang, opened, sample }) => {
          const graph = graphOfText(text, new Map(numbers));
          const start = new Map(leavesOf(graph).map((leaf) => [leaf, graph.nodes[leaf].data]));
          const quiz = mode.startsWith("predict") ? { values: mode.startsWith("predict-all") } : null;
          const state = { text, graph, start, quiz, presenting: mode.endsWith("present"), tab: panel, lang, sample };
          return addressOf({ ...state, opened: new Set(opened), position: step }, { tab: "inputs", lang: null });
        })));
    """
    assert len(cases) > 40
    for case, found in zip(cases, in_node(program, cases), strict=True):
        assert found == case["expected"], case


# QR codes


def matrix(text):
    """A code by the library that worksheets use, an independent reading of the standard."""
    code = segno.make(text, mode="byte", encoding="utf-8", error="l", micro=False, boost_error=False)
    return [list(row) for row in code.matrix]


def capacities():
    """How many bytes fit into each version, from 1 to 25: table 7 of the standard, as the library has it."""
    bits = [segno.consts.SYMBOL_CAPACITY[version][segno.consts.ERROR_LEVEL_L] for version in range(1, 26)]
    return [(each - (12 if version < 10 else 20)) // 8 for version, each in enumerate(bits, start=1)]


def codes(texts):
    return in_node('import { qrOf } from "./lab/qr.js"; console.log(JSON.stringify(given.map(qrOf)));', texts)


@needs_node
@pytest.mark.parametrize("version", sample([1, 2, 7, 10, *(set(range(1, 26)) - {1, 2, 7, 10})], 4))
def test_the_code_of_the_page_is_that_of_the_library_bit_for_bit(version):
    """At its fullest and at its emptiest."""
    random = Random(version)
    sizes = [1, *(size + 1 for size in capacities())][version - 1], capacities()[version - 1]
    texts = ["".join(random.choice("abcXYZ019&=+%;#/") for _ in range(size)) for size in sizes]
    for text, code in zip(texts, codes(texts), strict=True):
        assert code == matrix(text)
        assert len(code) == 17 + 4 * version


@needs_node
def test_the_code_of_any_letters_is_that_of_the_library_and_of_too_many_there_is_none():
    texts = ["f", "https://example.org/lab.html#f=步+=+é&x=½", "\x00\x7f", link(lesson(), "https://a.org/lab.html")]
    *found, none = codes([*texts, "x" * 1274])
    assert found == [matrix(text) for text in texts]
    assert none is None


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_shows_its_link_as_a_code_dark_on_light(browser, scheme):
    lab = Lab(browser, lesson(), color_scheme=scheme)
    lab.step_to(3)
    lab.page.click("#share")
    lab.page.click("#show-code")
    picture = lab.page.locator("#code svg")
    side = int(picture.get_attribute("viewBox").split()[2])
    assert decoded(picture.screenshot(), side) == matrix(lab.page.input_value("#shared input"))
    assert "a file on this computer" in lab.text("#shared")
    assert lab.close() == []


def test_the_code_on_a_worksheet_leads_to_the_page_with_the_same_numbers(tmp_path):
    sheet = viz.worksheet(lesson(), page="https://a.org/lab.html", lang="zh")
    assert sheet.link == "https://a.org/lab.html#f=q+=+x+%2B+y;+f+=+q+*+z&x=-2&y=5&z=-4&lang=zh"
    assert viz.qr_code(sheet.link) in sheet.html()
    assert html.escape(sheet.link) in sheet.html()
    assert "<svg" in viz.qr_code("x")
    assert 'class="code"' not in viz.worksheet(lesson()).html()


@needs_browser
def test_the_code_on_a_worksheet_can_be_read(browser, tmp_path):
    sheet = viz.worksheet(lesson(), page="https://a.org/lab.html")
    watched = Watched(browser, viewport={"width": 800, "height": 1000}, device_scale_factor=2)
    watched.page.goto(sheet.save(tmp_path / "sheet.html").as_uri())
    picture = watched.page.locator(".code svg")
    side = int(picture.get_attribute("viewBox").split()[2])
    code = segno.make(sheet.link, mode="byte", encoding="utf-8", error="l", micro=False)
    assert decoded(picture.screenshot(), side) == [list(row) for row in code.matrix]
    watched.close()


def decoded(shot, side):
    """The squares of a code in a picture of it, without the quiet zone around."""
    picture = Image.open(io.BytesIO(shot)).convert("L")
    middle = [(index + 0.5) * picture.width / side for index in range(4, side - 4)]
    return [[int(picture.getpixel((int(x), int(y))) < 128) for x in middle] for y in middle]


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
        "quiz": some.sampled_from([None, {"values": False}, {"values": True}]),
        "presenting": some.booleans(),
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
    for state, (line, found) in zip(states, back_and_forth(states), strict=True):
        assert found["unread"] == [], line
        assert [name for name, _ in found["numbers"]] == state["names"]
        for (_, read_again), number in zip(found["numbers"], state["numbers"], strict=True):
            assert float(str(read_again).replace("Infinity", "inf")) == float(number) or math.isnan(float(number))
        assert found["position"] == (state["position"] or None)
        assert found["tab"] == (None if state["tab"] == "inputs" else state["tab"])
        modes = [{None: None, False: "predict", True: "predict-all"}[state["quiz"] and state["quiz"]["values"]]]
        modes = [*filter(None, modes), *(["present"] if state["presenting"] else [])]
        assert found["modes"] == (modes or None)
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
    usual |= {"quiz": None, "presenting": False}
    for text, (line, found) in zip(texts, back_and_forth([{**usual, "text": text} for text in texts]), strict=True):
        assert found["text"] == text
        assert line.isascii()
        assert not set(line) & set(' <>"#\\^`{|}')
    assert parse(texts[-1], a=1, b=2).data == 3
