"""Can every input be read, typed, dragged and put back, and does the whole page follow as Python computes it?"""

import os
import random

import pytest
import random_graphs
from browser import needs_browser
from lab import lesson
from page_in_node import in_node, needs_node

from tinygrad_edu import DomainError, Value, chain_rule, nn, parse
from tinygrad_edu.functions import dot, exp
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import RULES, rule
from tinygrad_edu.viz.page.engine import nodes

RANDOM_PAGES = 40 if os.environ.get("CI") else 6  # each is a page of its own


def field(name):
    return f'#panel-inputs [aria-label="value of {name}"]'


def slider(name):
    return f'#panel-inputs [aria-label="{name}, by dragging"]'


def says(lab, name):
    """What stands below an input, if it is wrong."""
    return lab.text(f"#{lab.page.get_attribute(field(name), 'aria-describedby')}")


def go(lab, position):
    """To a position, from wherever the focus is: in a field, the arrow keys move in its text."""
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.step_to(position)


# Groups and their order

KINDS = """
    import { graphFrom } from "./engine/recompute.js";
    import { groupsOf } from "./lab/kinds.js";
    console.log(JSON.stringify(given.map((sent) => {
      const graph = graphFrom(sent);
      return groupsOf(graph).map(([kind, leaves]) => [kind, leaves.map((leaf) => graph.names[leaf])]);
    })));
"""


def two_layers():
    """The sum of the inputs of a small network, in no order."""
    counts = {"t": 2, "w": 12, "i": 2, "b": 2}
    names = [f"{stem}{number}" for stem, count in counts.items() for number in range(1, count + 1)]
    random.Random(0).shuffle(names)
    return sum((Value(1.0, label=name) for name in names), Value(0.0, label="x"))


@needs_node
def test_inputs_are_in_groups_and_sorted_as_people_count():
    x, y, a, c = (Value(1.0, label=name) for name in ("x", "y", "a", "c"))
    w = Value(2.0, label="w")
    cases = [
        lesson(), two_layers(), nn.MLP(2, [2, 1], seed=0)([x, c]), dot([a, c], [y, x]), ((w * x - y) ** 2), (w * y - a),
        Value(2.0), parse("dot([权重1, 权重2], [x, 1])", 权重1=1, 权重2=2, x=3),
        parse("x * b2 + target", x=1, b2=2, target=3),
    ]  # fmt: skip
    found = [dict(groups) for groups in in_node(KINDS, [nodes(Graph(case)) for case in cases])]
    assert found[0] == {"inputs": ["x", "y", "z"]}
    assert found[1] == {
        "inputs": ["i1", "i2", "x"], "weights": [f"w{i}" for i in range(1, 13)],
        "biases": ["b1", "b2"], "targets": ["t1", "t2"],
    }  # fmt: skip
    assert found[2]["weights"][:2] == ["l1.n1.w1", "l1.n1.w2"]
    assert found[2]["biases"] == ["l1.n1.b", "l1.n2.b", "l2.n1.b"]
    assert found[3] == {"inputs": ["x", "y"], "weights": ["a", "c"]}
    assert found[4] == {"inputs": ["x"], "weights": ["w"], "targets": ["y"]}
    assert found[5] == {"weights": ["w"], "others": ["a", "y"]}
    assert found[6] == {"inputs": ["v1"]}
    assert found[7] == {"inputs": ["x"], "weights": ["权重1", "权重2"]}
    assert found[8] == {"inputs": ["x"], "biases": ["b2"], "targets": ["target"]}


@needs_node
def test_every_leaf_is_in_one_group():
    values = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=4, steps=6))[1] for seed in range(30)]
    for value, groups in zip(values, in_node(KINDS, [nodes(Graph(value)) for value in values]), strict=True):
        names = [name for _, own in groups for name in own]
        assert sorted(names) == sorted(Graph(value).name(leaf) for leaf in Graph(value).leaves)


@needs_node
def test_a_slider_reaches_as_far_to_both_sides_to_a_round_number_beyond_its_own():
    program = """
        import { moveOf, reachOf, widened } from "./lab/sliders.js";
        const sliderOf = (x) => [reachOf(x), moveOf(reachOf(x)), widened(reachOf(x), 10 * x + 1)];
        console.log(JSON.stringify(given.map(sliderOf)));
    """
    numbers = [0, 2, -3, 0.2, 6.88137, 1e9, 1e-7, 0.5, -1e300, 12345, 5e-324]
    numbers += [random.Random(seed).uniform(-1, 1) * 10 ** (seed - 10) for seed in range(20)]
    for number, (reach, move, wider) in zip(numbers, in_node(program, numbers), strict=True):
        assert reach > abs(number)
        assert f"{reach:.0e}"[0] in "125"
        assert abs(number) < 1e-300 or reach <= 5.001 * abs(number) or reach == 2
        assert move == pytest.approx(reach / 100)
        assert wider >= abs(10 * number + 1)
    assert [reach for reach, *_ in in_node(program, [0, 2, -3, 0.2, 6.88137])] == [2, 5, 10, 0.5, 20]


# Typing


@needs_browser
@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("1/2", 0.5, "0.5"), ("-1,5", -1.5, "−1.5"), ("1e-3", 1e-3, "0.001"), ("−2", -2, "−2"),
        ("1/3", 1 / 3, "0.3333"), (" 7 ", 7, "7"),
    ],
)  # fmt: skip
def test_a_number_can_be_typed_as_people_write_it(opened, typed, number, shown):
    lab = opened(lesson())
    lab.page.fill(field("z"), typed)
    go(lab, 4)
    assert lab.text("#line") == str(chain_rule(parse("q = x + y; f = q * z", x=-2, y=5, z=number))[3])
    lab.page.focus(field("x"))
    assert lab.page.input_value(field("z")) == shown
    lab.page.focus(field("z"))
    assert float(lab.page.input_value(field("z"))) == number
    assert lab.page.get_attribute(field("z"), "aria-invalid") == "false"


@needs_browser
def test_what_is_no_number_is_explained_at_its_field_and_changes_nothing(opened):
    lab = opened(lesson())
    go(lab, 4)
    before = lab.text("#line")
    for typed in ("two", "", "1/0", "--1", "1/2/3", "1.2.3", "nan"):
        lab.page.fill(field("z"), typed)
        assert lab.page.get_attribute(field("z"), "aria-invalid") == "true"
        assert says(lab, "z").startswith("z needs a number")
        assert lab.text("#line") == before
    assert says(lab, "x") == ""
    lab.page.focus(field("x"))
    assert lab.page.input_value(field("z")) == "nan"  # to be corrected
    lab.page.click('#panel-inputs [aria-label="Reset z to −4"]')
    assert says(lab, "z") == ""
    assert lab.page.input_value(field("z")) == "−4"


@needs_browser
def test_a_changed_input_changes_every_sentence_and_can_be_put_back(opened):
    lab = opened(lesson())
    go(lab, 4)
    lab.page.fill(field("z"), "2.5")
    assert "changes z = 2.5 times as much" in lab.text("#sentence")
    lab.page.fill(field("x"), "1")
    lab.page.click('#panel-inputs [aria-label="Reset z to −4"]')
    assert lab.text("#line") == str(chain_rule(parse("q = x + y; f = q * z", x=1, y=5, z=-4))[3])
    lab.page.click("#reset")
    assert lab.text("#line") == str(chain_rule(lesson())[3])
    assert lab.page.input_value(field("x")) == "−2"


def changed(seed):
    """A random graph, and the same with other numbers, both inside the domains; None if there is none."""
    numbers, plan = random_graphs.seeded(seed, leaves=3, steps=8)
    rng = random.Random(seed)
    others = [number * rng.uniform(0.97, 1.03) + rng.uniform(-0.02, 0.02) for number in numbers]
    try:
        return random_graphs.as_values(numbers, plan)[1], random_graphs.as_values(others, plan)[1]
    except DomainError:
        return None


@needs_browser
def test_inputs_typed_in_full_give_pythons_steps_on_random_graphs(opened):
    pairs = [pair for pair in map(changed, range(400)) if pair is not None and len(Graph(pair[0]).leaves) > 0]
    for first, second in pairs[:RANDOM_PAGES]:
        lab, before, after = opened(first), Graph(first), Graph(second)
        for leaf in before.leaves:
            number = after.nodes[before.index[leaf]].data
            lab.page.fill(f'#panel-inputs input[type="text"][data-leaf="{before.index[leaf]}"]', repr(number))
        for position, step in enumerate(chain_rule(second), start=1):
            go(lab, position)
            assert lab.text("#line") == str(step)


# Dragging


@needs_browser
def test_dragging_a_slider_is_the_same_as_typing(opened):
    lab = opened(lesson())
    lab.page.focus(slider("x"))
    lab.page.keyboard.press("Home")
    lab.page.wait_for_function(f"() => document.querySelector('{field('x')}').value === '−5'")
    go(lab, 1)
    assert lab.text("#line") == "q = x + y = -5 + 5 = 0"
    assert (lab.page.get_attribute(slider("x"), "min"), lab.page.get_attribute(slider("x"), "max")) == ("-5", "5")


@needs_browser
def test_a_slider_makes_room_for_a_number_beyond_it(opened):
    lab = opened(lesson())
    lab.page.fill(field("x"), "-70")
    assert (lab.page.get_attribute(slider("x"), "min"), lab.page.get_attribute(slider("x"), "max")) == ("-200", "200")
    assert float(lab.page.input_value(slider("x"))) == -70
    lab.page.click("#reset")
    assert lab.page.get_attribute(slider("x"), "max") == "5"


@needs_browser
def test_a_number_that_is_typed_in_the_frame_of_a_move_holds(opened):
    lab = opened(lesson())
    lab.page.evaluate(
        """(selectors) => [["5", selectors[0]], ["1.5", selectors[1]]].forEach(([text, selector]) => {
          const field = document.querySelector(selector);
          field.value = text;
          field.dispatchEvent(new Event("input"));
        })""",
        [slider("x"), field("x")],
    )
    lab.rest()
    assert lab.page.input_value(field("x")) == "1.5"
    assert float(lab.page.input_value(slider("x"))) == 1.5


@needs_browser
def test_many_moves_within_a_frame_are_computed_once(opened):
    lab = opened(lesson())
    count = lab.page.evaluate(
        """(selector) => new Promise((resolve) => {
          const [slider, line] = [document.querySelector(selector), document.getElementById("sentence")];
          let changes = 0;
          new MutationObserver(() => (changes += 1)).observe(line, { childList: true });
          for (let number = -5; number <= 5; number += 0.1) {
            slider.value = number;
            slider.dispatchEvent(new Event("input"));
          }
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(changes)));
        })""",
        slider("x"),
    )
    assert count == 1
    assert float(lab.page.input_value(slider("x"))) == 5


# Outside a domain


@needs_browser
def test_outside_a_domain_the_input_says_so_and_the_page_keeps_its_numbers(opened):
    lab = opened(parse("f = log(x) / y", x=2, y=3))
    go(lab, 3)
    before = lab.text("#line")
    lab.page.fill(field("x"), "-1")
    assert says(lab, "x") == "log(x) is not defined here: log(x) needs x > 0. The page keeps the last numbers."
    assert lab.page.get_attribute(field("x"), "aria-invalid") == "true"
    assert says(lab, "y") == ""
    assert lab.text("#line") == before
    lab.page.fill(field("x"), "1")
    assert says(lab, "x") == ""
    lab.page.fill(field("y"), "0")
    assert "needs y != 0" in says(lab, "y")
    assert lab.page.get_attribute(field("x"), "aria-invalid") == "false"


@needs_browser
def test_a_slider_goes_out_of_a_domain_and_back(opened):
    lab = opened(parse("f = sqrt(x)", x=2))
    lab.page.focus(slider("x"))
    lab.page.keyboard.press("Home")
    lab.page.wait_for_function("() => document.querySelector('#panel-inputs .wrong:not(:empty)')")
    assert "needs x >= 0" in says(lab, "x")
    lab.page.keyboard.press("End")
    lab.page.wait_for_function("() => !document.querySelector('#panel-inputs .wrong:not(:empty)')")
    assert lab.page.input_value(field("x")) == "5"


# Hundreds of inputs, and none


@needs_browser
def test_of_hundreds_of_inputs_a_few_are_made_and_all_can_be_found(opened):
    model = nn.MLP(2, [16, 16, 1], seed=0)
    lab = opened(model([0.5, -1.0]))
    lines = lab.page.locator("#panel-inputs .input-row")
    assert lines.count() == 16
    headings = lab.page.locator("#panel-inputs h3").all_text_contents()
    assert headings == ["weights (304)", "biases (33)"]
    lab.page.click("#panel-inputs .more-inputs >> nth=0")
    assert lines.count() == 40
    lab.page.fill("#find-input", "l2.n16.w1")
    names = lab.page.locator("#panel-inputs .input-row .name")
    assert [each.get_attribute("title") for each in names.all()] == [f"l2.n16.w{i}" for i in (1, *range(10, 17))]
    lab.page.fill("#find-input", "nothing like it")
    assert "No input has such a name" in lab.text("#input-groups")


@needs_browser
def test_a_graph_without_inputs_says_so(opened):
    lab = opened(exp(Value.of(2.0)))
    assert (
        "There are no inputs" in lab.text("#input-groups") or lab.page.locator("#panel-inputs .input-row").count() == 1
    )


@needs_browser
@pytest.mark.parametrize(("lang", "said"), [("en", "The inputs cannot be changed here"), ("zh", "这里不能改变输入")])
def test_with_a_row_without_javascript_the_inputs_say_what_is_missing(opened, lang, said):
    cube = rule("cube", lambda x: x * x * x, lambda x, out: 3 * x * x)
    try:
        lab = opened(cube(Value(2.0, label="x")), lang=lang)
        assert said in lab.text("#input-groups")
        assert 'rule("cube", ..., javascript="...")' in lab.text("#input-groups")
        go(lab, 3)
        assert "12" in lab.text('[data-row="numbers"]')
    finally:
        del RULES["cube"]


@needs_browser
def test_every_field_and_slider_has_a_name(opened):
    lab = opened(lesson())
    found = lab.page.locator("#panel-inputs").aria_snapshot()
    for name in ("x", "y", "z"):
        assert f'textbox "value of {name}"' in found
        assert f'slider "{name}, by dragging"' in found
