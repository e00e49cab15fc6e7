"""Does the formula box compute what is typed, and explain what is wrong at its place?"""

import re

import page_engine
import pytest
from browser import needs_browser
from lab import SIZES, Lab, lesson
from page_in_node import in_node, needs_node

from tinygrad_edu import Value, chain_rule, nn, parse
from tinygrad_edu.errors import ExpressionError
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.show import show
from tinygrad_edu.viz.page.menu import EXAMPLES

pytestmark = needs_browser


def write(lab, text):
    """Replace the formula, as somebody does who selects it all and pastes another."""
    lab.page.focus("#formula")
    lab.page.keyboard.press("Control+A")
    lab.page.keyboard.insert_text(text)
    settle(lab)


def settle(lab):
    """Wait until the graph is that of the formula: one that is slow to draw waits for a pause in the typing."""
    lab.page.wait_for_selector("#formula-box:not([aria-busy])")


def has_mistake(lab):
    """Not whether the words are seen: those of what is not finished yet come after a pause."""
    return lab.page.get_attribute("#formula", "aria-invalid") == "true"


def inputs_of(lab):
    """The number of each input, as its field in the panel shows it; by name."""
    rows = lab.page.locator("#panel-inputs .input-row").all()
    return {row.locator(".name").get_attribute("title"): number_in(row) for row in rows}


def number_in(row):
    return float(row.locator("input[type=text]").input_value().replace("−", "-"))


def give(lab, name, number):
    """Type a number for an input."""
    field = lab.page.get_by_label(f"value of {name}", exact=True)
    field.focus()
    lab.page.keyboard.press("Control+A")
    lab.page.keyboard.insert_text(number)


def names_and_values(lab):
    """What the boxes show at the end: (value, gradient) by the name of the node."""
    lab.page.locator("#position").focus()
    lab.page.keyboard.press("End")
    boxes = lab.boxes().values()
    return {box["name"].split(" = ")[0]: (box["value"], box["gradient"]) for box in boxes if box["gradient"]}


def test_the_box_shows_the_formula_of_the_graph(lab):
    assert lab.page.input_value("#formula") == "q = x + y; f = q * z"
    assert not has_mistake(lab)


def test_graph_steps_and_panels_follow_every_key(lab):
    write(lab, "")
    for letter, count in zip("a*b+c", [1, None, 3, None, 5], strict=True):
        lab.page.keyboard.type(letter)
        settle(lab)
        assert has_mistake(lab) == (count is None)
        if count:
            assert lab.page.locator("#scene .box").count() == count
    assert sorted(inputs_of(lab)) == ["a", "b", "c"]
    numbers = inputs_of(lab)
    f = parse("f = a * b + c", **numbers)
    gradients = gradient_numbers(f)
    shown = names_and_values(lab)
    for node in Graph(f).leaves:
        assert shown[node.label] == (show(node.data), f"∂ {show(gradients[node])}")


def test_what_is_missing_gets_a_number_of_its_own_and_keeps_it_while_the_formula_grows(lab):
    write(lab, "a * b")
    first = inputs_of(lab)
    assert len(set(first.values())) == 2
    give(lab, "a", "7.5")
    write(lab, "(a * b + c) * ")  # wrong for a while
    write(lab, "(a * b + c) * d")
    assert inputs_of(lab)["a"] == 7.5
    assert inputs_of(lab)["b"] == first["b"]
    assert len(set(inputs_of(lab).values())) == 4


def test_a_number_by_hand_stays_where_the_formula_makes_it_too(lab):
    write(lab, "x = 2; f = x * y")
    give(lab, "x", "5")
    write(lab, "x = 2; f = x * y + 1")
    assert inputs_of(lab)["x"] == 5
    write(lab, "x = 3; f = x * y + 1")
    assert inputs_of(lab)["x"] == 3


def test_while_the_formula_is_wrong_the_last_graph_stays(lab):
    before = lab.boxes()
    write(lab, "q = x + y; f = q * * z")
    assert lab.boxes() == before
    assert lab.page.locator("#formula-marks .slip").text_content() == "*"
    assert lab.text("#formula-words").startswith("a number or a name is missing before *")
    lab.page.click("#next")
    assert lab.position == 1
    lab.page.focus("#formula")
    lab.page.keyboard.press("Escape")
    assert lab.page.input_value("#formula") == "q = x + y; f = q * z"
    assert not has_mistake(lab)


WRONG = ["x +* 3", "2x", "x y", "x²", "sin x", "ln(x)", "(x + y", "x)", "|x|", "½ * x", "f(x, y)", "x ^ 2", "x == y",
         "maximum(x)", "inf = 3", "q = x; q = y", "lambda", "x[0]", "dot([x], [y, 1])", "'x'", "1,5 * x", "2 * pi",
         "x = ", "1e999", "log(0 - 1)"]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_marked_and_explained_as_in_the_terminal(lab, text):
    write(lab, text)
    with pytest.raises((ExpressionError, ValueError)) as caught:
        parse(text, **dict.fromkeys(("x", "y", "f"), 2.0) if "f(" not in text else {"x": 2.0, "y": 2.0})
    said = str(caught.value)
    (wrong,) = re.findall("what is wrong:  (.*)", said.replace("`", ""))
    assert lab.text("#formula-words").startswith(wrong) or f"not defined: {wrong}." in lab.text("#formula-words")
    marked = len(re.findall(r"(?m)^ +(\^+)$", said)[0]) if "^" in said.split("what is")[0] else len(text)
    assert len("".join(lab.page.locator("#formula-marks .slip").all_text_contents())) == marked


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_mistake_is_explained_in_the_language_of_the_page(browser, lang):
    lab = Lab(browser, lesson(), lang=lang)
    for text in WRONG:
        write(lab, text)
        has_chinese = re.search("[\u4e00-\u9fff]", lab.text("#formula-words")) is not None
        assert has_chinese == (lang == "zh"), text
    assert lab.close() == []


FIXES = {
    "2x": "2 * x",
    "f = 2x + y": "f = 2 * x + y",
    "(x)(y)": "(x) * (y)",
    "x y": "x * y",
    "x² + y": "x ** 2 + y",
    "x⁻¹": "x ** -1",
    "ln(u)": "log(u)",
    "tahn(x)": "tanh(x)",
    "sin x": "sin(x)",
    "x ^ 2": "x ** 2",
    "(x + y": "(x + y)",
    "q = (x + y; f = q * z": "q = (x + y); f = q * z",
    "x + y)": "x + y",
    "|x - y| * 2": "abs(x - y) * 2",
    "√u + 1": "sqrt(u) + 1",
    "√(x + 9)": "sqrt(x + 9)",
    "½ * x": "(1/2) * x",
    "∞ * x": "inf * x",
    "x[0] * 2": "x0 * 2",
    "1,5 * x": "1.5 * x",
    "2 * pi * x": "2 * 3.141592653589793 * x",
    "w(x + 1)": "w * (x + 1)",
    "True * x": "1 * x",
    "x\u200b + y": "x + y",
}


@pytest.mark.parametrize("text", FIXES)
def test_a_slip_is_mended_by_a_button_and_by_undo_it_comes_back(lab, text):
    write(lab, text)
    button = lab.page.locator("#formula-fixes button")
    button.wait_for()
    button.click()
    settle(lab)
    assert " ".join(lab.page.input_value("#formula").split()) == FIXES[text]
    assert not has_mistake(lab)
    lab.page.keyboard.press("Control+Z")
    assert lab.page.input_value("#formula") == text


def test_what_only_the_author_knows_has_no_button(lab):
    for text in ("x +* 3", "x == y", "maximum(x)", "q = x; q = y", "lambda", "1 2", "log(-1)"):
        write(lab, text)
        assert has_mistake(lab)
        assert lab.page.locator("#formula-fixes button").count() == 0, text


def test_a_formula_outside_a_domain_is_computed_as_soon_as_the_numbers_allow_it(lab):
    write(lab, "f = x * y")
    give(lab, "x", "-1")
    write(lab, "f = log(x) * y")
    assert lab.text("#formula-words") == (
        "log(x) at x = -1 is not defined: log(x) needs x > 0. "
        "Write instead: log(maximum(x, 1e-12)), if a tiny positive number is meant"
    )
    give(lab, "x", "3")
    settle(lab)
    assert not has_mistake(lab)
    assert any(box["name"].endswith("log(x)") for box in lab.boxes().values())


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        ("log(x)", "log(x) 在 x = -2 处没有定义：log(x) 要求 x > 0。", "log(maximum(x, 1e-12))，如果本来是很小的正数"),
        ("sqrt(x)", "sqrt(x) 要求 x >= 0。", "sqrt(maximum(x, 0))，如果只是舍入使它成了负数"),
        ("x ** 0.5", "x ** y 要求 x >= 0（除非指数 y 是整数）", "abs(x) ** y，如果只在乎大小"),
        ("x ** y", "因为对指数的导数里有 log(x)", "x ** 3，写成普通的数，如果指数是常数"),
        ("y / (x + 2)", "x / y 要求 y != 0。", "x / (y + 1e-12)，如果 y 从不为负"),
    ],
)
def test_in_chinese_a_formula_outside_a_domain_is_explained_without_english(opened, text, wrong, instead):
    lab = opened(lesson(), lang="zh")  # with x = -2
    write(lab, f"f = {text} + z")
    words = lab.text("#formula-words")
    assert wrong in words
    assert words.endswith(instead)
    assert not re.search(r"\b(at|if|is|needs|with|or|and)\b", words)


PLACES = """() => {
  const problem = document.getElementById("formula-problem");
  const words = problem.getBoundingClientRect();
  const offset = Number.parseFloat(getComputedStyle(problem, "::before").left);
  const mark = document.querySelector("#formula-marks .slip").getBoundingClientRect();
  const { left, right, bottom } = mark;
  return { caret: words.left + offset + 6, top: words.top, left, right, bottom, end: words.right, window: innerWidth };
}"""
FRAME = """() => ["stage", "side", "transport"].map((id) => {
  return JSON.stringify(document.getElementById(id).getBoundingClientRect());
})"""


def test_the_words_point_at_the_place_and_move_nothing(browser):
    for size in SIZES:
        lab = Lab(browser, lesson(), size=size)
        before = lab.page.evaluate(FRAME)
        for text in ("f = x * y + z ^ 2", "f = " + " + ".join(f"weight{i} * x{i}" for i in range(9)) + " ^ 2"):
            write(lab, text)
            place = lab.page.evaluate(PLACES)
            assert place["left"] - 12 <= place["caret"] <= place["right"] + 12, (size, text, place)
            assert place["bottom"] <= place["top"]
            assert place["end"] <= place["window"]
            assert lab.page.evaluate(FRAME) == before
        assert lab.close() == []


COLOURED = ["w1*x1 + b", "权重 * 输入 + μ", "f = w\n# a comment\n* x", "a" * 60 + " + b", "  x  ", "w * x ^", ""]


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_coloured_text_lies_exactly_on_the_field(browser, size):
    lab = Lab(browser, lesson(), size=size)
    for text in COLOURED:
        write(lab, text)
        assert lab.text("#formula-marks").removesuffix("\u00a0") == lab.page.input_value("#formula")
        field, marks = (
            lab.page.evaluate(f"() => document.getElementById('{name}').scrollHeight")
            for name in ("formula", "formula-marks")
        )
        assert field == marks
        fonts = "(all) => [...new Set(all.map((part) => getComputedStyle(part).fontSize))]"
        assert len(lab.page.locator("#formula, #formula-marks, #formula-marks *").evaluate_all(fonts)) == 1
    write(lab, "f = w1 * x1 + q0")
    kinds = lab.page.evaluate(
        "() => [...document.querySelectorAll('#formula-marks b')].map((b) => [b.textContent, b.className])"
    )
    assert dict(kinds) == {"w1": "weight", "x1": "input", "q0": "input"}
    assert lab.close() == []


def test_several_lines_are_several_statements(lab):
    write(lab, "q = x + y")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type("f = q * z")
    settle(lab)
    assert not has_mistake(lab)
    assert lab.page.locator("#scene .box").count() == 5
    before = lab.page.evaluate("() => document.getElementById('bar').offsetHeight")
    lab.page.click("#next")
    assert lab.page.evaluate("() => document.getElementById('bar').offsetHeight") == before


def test_a_space_more_keeps_the_step(lab):
    lab.step_to(4)
    write(lab, "q = x+y; f  =  q * z")
    assert lab.position == 4
    write(lab, "q = x+y; f  =  q * z * 2")
    assert lab.position == 0


# Where drawing takes long


SLOW = """() => {  // it waits for a pause in the typing from 50 ms on
  const { replaceChildren } = Element.prototype;
  Element.prototype.replaceChildren = function (...parts) {
    const until = performance.now() + (this.id === "formula-marks" ? 60 : 0);
    while (performance.now() < until);
    return replaceChildren.apply(this, parts);
  };
}"""
AT_ONCE = """(typed) => typed.map(([label, text]) => {
  const field = document.querySelector(`[aria-label="${label}"]`) ?? document.getElementById("formula");
  field.value = text;
  field.dispatchEvent(new Event("input"));
  return document.getElementById("formula-box").ariaBusy;
})"""


def typed_at_once(lab, *typed):
    """Type texts into the formula, or into the field of a label, faster than the page draws; whether it was busy."""
    lab.page.evaluate(SLOW)
    return lab.page.evaluate(AT_ONCE, [each if isinstance(each, tuple) else ("formula", each) for each in typed])


def test_a_mistake_ends_the_wait_for_a_pause(lab):
    assert typed_at_once(lab, "a * b", "a * b + c", "a * b + c *") == [None, "true", None]
    assert has_mistake(lab)
    assert sorted(inputs_of(lab)) == ["a", "b"]


def test_a_number_that_is_typed_during_the_wait_stays(lab):
    assert typed_at_once(lab, "a * b", "a * b + c", ("value of a", "7"), ("value of b", "1/2"))[1:] == ["true"] * 3
    settle(lab)
    numbers = inputs_of(lab)
    assert (numbers["a"], numbers["b"], len(numbers)) == (7, 0.5, 3)


def test_a_link_that_is_followed_during_the_wait_stays(lab):
    assert typed_at_once(lab, "a * b", "a * b + c")[-1] == "true"
    lab.page.evaluate("location.hash = '#step=2'")
    lab.page.wait_for_selector("#card[data-position='2']")
    settle(lab)
    assert lab.position == 2
    assert lab.page.input_value("#formula") == "q = x + y; f = q * z"
    assert sorted(inputs_of(lab)) == ["x", "y", "z"]


# Examples


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_examples_are_loaded_with_their_numbers_and_undone_with_the_numbers_of_before(browser, lang):
    lab = Lab(browser, lesson(), lang=lang)
    for index, example in enumerate(EXAMPLES.values()):
        lab.page.click("#examples-button")
        entry = lab.page.locator(".example").nth(index)
        assert example.see[lang == "zh"] in entry.text_content()
        entry.click()
        settle(lab)
        assert lab.page.is_hidden("#examples")
        assert lab.page.input_value("#formula") == example.text
        f = parse(example.text, **example.values)
        assert lab.text("#count") is not None
        assert len(Graph(f).leaves) == len(inputs_of(lab))
        assert inputs_of(lab) == {leaf.label: leaf.data for leaf in Graph(f).leaves}
    for example in [*EXAMPLES.values()][-2::-1]:
        lab.page.focus("#formula")
        lab.page.keyboard.press("Control+Z")
        settle(lab)
        assert lab.page.input_value("#formula") == example.text
        assert inputs_of(lab) == {name: float(number) for name, number in example.values.items()}
    assert lab.close() == []


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [("f = 1 + tanh", "tanh(x)：tanh 是函数", "is a function"), ("f = qqqq(x, 2)", "下面之一：", "one of")],
)
def test_in_chinese_the_advice_is_chinese_too(opened, text, said, not_said):
    lab = opened(lesson(), lang="zh")
    write(lab, text)
    words = lab.text("#formula-problem")
    assert said in words
    assert not_said not in words


def test_in_chinese_arguments_are_counted_without_an_english_word(opened):
    lab = opened(lesson(), lang="zh")
    write(lab, "f = maximum(x, y, z)")
    assert "自变量个数不对，这里有 3 个" in lab.text("#formula-problem")
    assert not re.search(r"\b(takes|here|are)\b", lab.text("#formula-words"))


# Graphs from Python


def test_a_graph_without_a_formula_says_its_size_and_typing_replaces_it(browser):
    x = Value(0.5, label="x")
    lab = Lab(browser, nn.MLP(2, [2, 1], seed=0)([x, x * 2]))
    count = len(Graph(nn.MLP(2, [2, 1], seed=0)([x, x * 2])).nodes)
    assert lab.page.input_value("#formula") == ""
    assert f"{count} nodes from Python" in lab.page.get_attribute("#formula", "placeholder")
    first = lab.boxes()
    write(lab, "a * b")
    assert lab.page.locator("#scene .box").count() == 3
    write(lab, " ")
    assert lab.boxes() == first
    assert lab.close() == []


@pytest.mark.parametrize("size", ["phone", "tablet"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_stands_in_an_empty_box_has_room_in_it(opened, lang, size):
    graph = nn.MLP(2, [16, 16, 1], seed=0)([Value(0.5), Value(1.0)])
    of_python, typed = opened(graph, size=size, lang=lang), opened(lesson(), size=size, lang=lang)
    typed.page.fill("#formula", "")
    for lab in (of_python, typed):
        room = lab.page.evaluate(
            """() => {
              const field = document.getElementById("formula");
              const style = getComputedStyle(field);
              const pen = document.createElement("canvas").getContext("2d");
              pen.font = `${style.fontSize} ${style.fontFamily}`;
              const inside = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
              return [pen.measureText(field.placeholder).width, inside, field.placeholder.length];
            }"""
        )
        assert room[2] > 0
        assert room[0] <= room[1]
    of_python.resize(1440, 900)
    assert "Python" in of_python.page.get_attribute("#formula", "placeholder")


# Random formulas: the page and Python agree on all they say of a typed text


def typed(texts):
    """For each typed text what the page makes of it: the steps, or the words of the mistake."""
    return in_node(
        """
        import { graphOfText } from "./lab/typed.js";
        import { fixOf, fixed } from "./lab/fixes.js";
        import { withInputs } from "./engine/inputs.js";
        import { chainRule, stepText } from "./engine/steps.js";
        console.log(JSON.stringify(given.map((text) => {
          try {
            return { steps: chainRule(graphOfText(text)).map(stepText), values: [...withInputs(text, new Map())] };
          } catch (error) {
            if (!error.kind) throw error;
            const fix = fixOf(text, error);
            return { error: error.message, fix: fix && fixed(text, fix) };
          }
        })));
    """,
        texts,
    )


@needs_node
def test_random_formulas_are_typed_as_they_are_parsed_and_no_fix_makes_another_mistake_of_the_same_place():
    texts = [page_engine.expression(seed, steps=1 + seed % 9)["text"] for seed in range(150)]
    texts += [page_engine.damaged(seed)["text"] for seed in range(600)]
    fixes = 0
    for text, found in zip(texts, typed(texts), strict=True):
        if "error" in found:
            fixes += found["fix"] is not None and found["fix"] != text
            continue
        f = parse(text, **dict(found["values"]))
        if not f.label and all(node.label != "f" for node in Graph(f).nodes):
            f.label = "f"
        assert len(found["steps"]) == len(chain_rule(f))
    assert fixes > 30
