"""Does the card say of every step what Python says, in a page whose parts stay where they are?"""

import json
import math
import random
import re
from decimal import Decimal

import pytest
import random_graphs
from browser import needs_browser
from lab import SCHEMES, SIZES
from page_in_node import in_node, needs_node
from several_places import TIES, slope_alone, tied

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.functions import dot, erf
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep
from tinygrad_edu.viz.page.engine import nodes

LONG = {"weight_of_the_first_feature": -1.23456789, "value_of_the_first_feature": 1 / 3}
GRAPHS = {
    "lesson": lambda: parse("q = x + y; f = q * z", x=-2, y=5, z=-4),
    "neuron": lambda: parse("z = w0*x0 + w1*x1 + w2; f = sigmoid(z)", w0=2, x0=-1, w1=-3, x1=-2, w2=-3),
    "twice": lambda: parse("a = w * x; f = relu(a + w) * a + w", w=2, x=-0.75),
    "relu off": lambda: parse("h = relu(a); f = h * w", a=-3, w=2),
    "tie": lambda: parse("m = maximum(x, y); f = m * m + x", x=2, y=2),
    "dot of 6": lambda: parse(
        "a = dot([w1, w2, w3, w4, w5, w6], [x1, x2, x3, x4, x5, x6]); f = tanh(a)",
        **{f"w{i}": 0.1234567 * i - 0.5 for i in range(1, 7)}, **{f"x{i}": 1 / i for i in range(1, 7)},
    ),
    "long names": lambda: parse(
        "predicted_probability = sigmoid(weight_of_the_first_feature * value_of_the_first_feature); "
        "cross_entropy_loss = -log(predicted_probability)", **LONG,
    ),
    "many operations": lambda: parse(
        "u = x / y; g = gelu(u) + u ** 3; f = sqrt(g * g + 1) ** w", x=-2.5, y=0.3, w=-1.5
    ),
}  # fmt: skip


# What an equals sign may say


def exactly(products, result):
    """The same from Python's decimal numbers, which are exact here."""
    total = sum(math.prod(Decimal(show(factor)) for factor in factors) for factors in products)
    return "=" if total == Decimal(show(result)) else "≈"


@needs_node
def test_an_equals_sign_stands_only_where_the_shown_numbers_are_equal():
    rng = random.Random(0)
    cases = [
        ([[0.002489], [0.001316]], 0.003804),
        ([[0.5, 3.0]], 1.5),
        ([[1 / 3, 3.0]], 1.0),
        ([[0.1], [0.2]], 0.1 + 0.2),
    ]
    for _ in range(400):
        numbers = [rng.choice([rng.randint(-9, 9), rng.uniform(-2, 2), 10.0 ** rng.randint(-12, 12)]) for _ in range(4)]
        products = [numbers[:2], [numbers[2]]] if rng.random() < 0.5 else [[numbers[0], numbers[1]]]
        cases.append((products, math.fsum(math.prod(factors) for factors in products)))
    program = """
        import { relation } from "./lab/decimals.js";
        console.log(JSON.stringify(given.map(([products, result]) => relation(products, result))));
    """
    found = in_node(program, cases)
    assert found == [exactly(*case) for case in cases]
    assert found[:4] == ["≈", "=", "≈", "="]
    assert {"=", "≈"} == set(found)


@needs_node
def test_an_operation_is_an_equation_only_if_it_gives_the_shown_result():
    program = """
        import { rowOf } from "./engine/rows.js";
        import { relationOfRow } from "./lab/decimals.js";
        console.log(JSON.stringify(given.map(([name, args, out]) => relationOfRow(rowOf(name), args, out))));
    """
    cases = [
        ("add", [0.1, 0.2], 0.1 + 0.2), ("add", [-2.1, 2], -2.1 + 2), ("add", [1000, 1e-10], 1000 + 1e-10),
        ("relu", [-3], 0), ("tanh", [1], math.tanh(1)), ("exp", [0], 1), ("div", [1, 3], 1 / 3), ("div", [1, 4], 0.25),
        ("maximum", [1 / 3, 0], 1 / 3), ("dot", [0.5, 2, 4, 1], 4.0),
    ]  # fmt: skip
    assert in_node(program, cases) == ["=", "=", "≈", "=", "≈", "=", "≈", "=", "=", "="]


# The local derivative, written as the rule says it

AS_PYTHON = """
    import { graphFrom } from "./engine/recompute.js";
    import { localOf } from "./lab/words.js";
    const joined = (items) => items.map(text).join("");
    function text(item) {
      if (typeof item === "string") return item.replaceAll("·", "*").replaceAll("−", "-");
      if ("name" in item) return `n${item.name}`;
      if ("number" in item) return `(${item.number})`;
      if ("over" in item) return `((${joined(item.over)}) / (${joined(item.under)}))`;
      if ("raised" in item) return ` ** (${joined(item.raised)})`;
      if ("root" in item) return `sqrt(${joined(item.root)})`;
      if ("group" in item) return joined(item.group);
      return item.brackets === "||" ? `abs(${joined(item.inside)})` : `(${joined(item.inside)})`;
    }
    console.log(JSON.stringify(given.map((sent) => {
      const graph = graphFrom(sent);
      return graph.args.flatMap((args, user) => args.map((_, position) => {
        return [user, position, joined(localOf(graph, user, position).items), localOf(graph, user, position).kind];
      }));
    })));
"""
WRITTEN = {"ln(": "log(", "σ(": "sigmoid(", "max(": "maximum(", "min(": "minimum("}


def value_of(text, numbers):
    """What Python computes for a text that stands on the card."""
    text = re.sub(r"\be \*\* \(", "exp(", text)
    for written, read in WRITTEN.items():
        text = text.replace(written, read)
    return parse(text, **{name: numbers[name] for name in set(re.findall(r"\bn\d+\b", text))}).data


@needs_node
def test_every_local_derivative_on_the_card_has_the_value_of_the_rule():
    values = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=9))[1] for seed in range(60)]
    x, y = Value(0.7, label="x"), Value(-1.3, label="y")
    values += [x / y * x, erf(x) ** 2, dot([x, y, x], [y, 2.0, x]), x**y, 1 / (x * x)]
    seen = set()
    for value, found in zip(values, in_node(AS_PYTHON, [nodes(Graph(value)) for value in values]), strict=True):
        graph = Graph(value)
        numbers = {f"n{number}": node.data for number, node in enumerate(graph.nodes)}
        for user, position, text, kind in found:
            node = graph.nodes[user]
            seen.add((node.op, kind))
            said, true = value_of(text, numbers), node.partials[position]
            if math.isfinite(true) and node.rule.name not in ("silu", "gelu"):
                assert math.isclose(said, true, rel_tol=2e-3, abs_tol=1e-3), (node.op, text, said, true)
    assert {op for op, _ in seen} >= set(RULES) - {"greater", "step", "sign"}
    kinds = [("add", "constant"), ("mul", "argument"), ("exp", "result"), ("tanh", "formula"), ("dot", "argument")]
    assert set(kinds) <= seen


@needs_node
def test_while_a_gradient_is_asked_for_the_card_holds_no_number_and_no_local_derivative():
    program = """
        import { graphFrom } from "./engine/recompute.js";
        import { storeOf } from "./lab/store.js";
        import { cardOf } from "./lab/words.js";
        const { state } = storeOf(graphFrom(given));
        const asked = state.steps.flatMap((step, index) => {
          const card = () => cardOf({ ...state, position: index + 1, asked: step.argument_node });
          return step.phase === "backward" ? [card()] : [];
        });
        console.log(JSON.stringify(asked));
    """
    f = GRAPHS["twice"]()
    cards = in_node(program, nodes(Graph(f)))
    assert len(cards) == len(chain_rule(f).edges)
    for card in cards:
        assert (card["sentences"], card["sum"], card["uses"]) == ([], None, None)
        assert [row["name"] for row in card["rows"]] == ["names"]
        assert "number" not in json.dumps(card["rows"])


# Every step of the page is the trace's


def plain(text):
    """A text of the page as Python writes it: fractions in one line, a hyphen for the minus, digits on the line."""
    text = text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    return re.sub(r"\s+", " ", text.replace(" over ", "/").replace("−", "-")).strip()


def row(lab, name, part=""):
    found = lab.page.query_selector(f'#formulas [data-row="{name}"]{part}')
    return plain(found.text_content()) if found else None


def check_card(lab, step, output):
    assert lab.text("#line") == str(step)
    shown = lab.page.locator("#card > :not(#in-one-line):not([hidden])").all_text_contents()
    assert not re.search(r"-\d", " ".join(shown)), "a hyphen for a minus"
    assert "0 + " not in lab.text("#sum") or not step.is_first  # only after a contribution that was 0
    match step:
        case ForwardStep():
            assert row(lab, "result", " .number") == show(step.out)
            assert row(lab, "result", " .sign") in ("=", "≈")
        case SeedStep():
            assert row(lab, "result") == f"∂{step.output}/∂{step.output}=1"
        case EdgeStep():
            check_edge(lab, step, output)


def check_edge(lab, step, output):
    names = row(lab, "names").replace("upstream", "").replace("local", "")
    sign = "+=" if step.is_shared else "="
    if step.user == output and not step.role:
        assert names.startswith(f"{step.gradient}{sign}∂{output}/∂{output} · ")
        assert row(lab, "symbols") is None
    else:
        assert names == f"{step.gradient}{sign}{step.rule}"
        assert row(lab, "symbols").startswith(f"=∂{output}/∂{step.user} · ")
    relation = exactly([[step.upstream, step.partial]], step.contribution)
    assert row(lab, "numbers") == f"={step.product} {relation} {show(step.contribution)}"
    assert row(lab, "local").startswith("local")
    check_sum(lab, step)


def check_sum(lab, step):
    said = plain(lab.text("#sum"))
    status = f"{step.to_come} more to come" if step.to_come else "complete"
    assert said.startswith(status)
    if not step.is_shared:
        assert said == f"complete{step.argument} is used once"
    elif step.is_first:
        assert said == f"{status}{show(step.after)} so far"
    else:
        contribution = (
            f"({show(step.contribution)})" if show(step.contribution).startswith("-") else show(step.contribution)
        )
        relation = exactly([[step.before], [step.contribution]], step.after)
        assert said == f"{status}{show(step.before)} + {contribution} {relation} {show(step.after)}"


@needs_browser
@pytest.mark.parametrize("name", ["lesson", "neuron", "twice", "relu off", "tie"])
def test_every_step_of_the_card_equals_the_trace_forwards_and_backwards(opened, name):
    f = GRAPHS[name]()
    trace = chain_rule(f)
    lab = opened(f)
    for position in [*range(1, len(trace) + 1), *range(len(trace) - 1, 0, -1)]:
        lab.step_to(position)
        assert lab.text("#count") == f"step {position} of {len(trace)}"
        check_card(lab, trace[position - 1], f.label)


@needs_browser
@pytest.mark.parametrize("seed", range(4))
def test_every_step_of_a_random_graph_equals_the_trace(opened, seed):
    f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=6))[1]
    trace = chain_rule(f)
    lab = opened(f)
    output = Graph(f).name(f)
    for position in range(1, len(trace) + 1):
        lab.step_to(position)
        check_card(lab, trace[position - 1], output)


@needs_browser
@pytest.mark.parametrize("name", TIES)
def test_an_argument_used_twice_is_named_by_its_role(opened, name):
    f = tied(name)
    trace = chain_rule(f)
    lab = opened(f)
    for position in range(3, len(trace) + 1):
        step = trace[position - 1]
        lab.step_to(position)
        check_card(lab, step, "f")
        assert tells_the_truth(plain(lab.text("#sentence")), f, step), lab.text("#sentence")


def tells_the_truth(sentence, f, step):
    """Whether it says of one argument, and of no more than that, how the result answers."""
    said = f"the {step.role} {step.argument} of f" if step.role else step.argument
    if "kink" in sentence:
        return f"by {said}{' alone' * bool(step.role)} jumps from 0 to 1." in sentence and step.partial == 0.5
    slope = slope_alone(f, step.position)
    said_alone = said + " alone" * bool(step.role)
    times = re.match(
        rf"When {said_alone} changes a little, f changes (?:\w+ = )?(\S+) times as much(, the other way)?", sentence
    )
    if times:
        return math.isclose(float(times[1]) * (-1 if times[2] else 1), slope, rel_tol=1e-3)
    sames = {1: f"f moves one for one with {said} alone. ", -1: f"f moves against {said} alone, one for one. "}
    return sentence.startswith(sames.get(round(slope, 6), "never"))


# What it says


@needs_browser
@pytest.mark.parametrize(
    ("f", "position", "said"),
    [
        (lambda: GRAPHS["relu off"](), 6, "Nothing passes: h is a ReLU that is off. Its input a = -3 is not above 0"),
        (lambda: tied("w * w", w=0.0), 3, "the other factor is 0, so f stays 0 whatever the first factor w of f is."),
        (lambda: tied("dot([w, w], [w, x])", x=0.0), 4, "the second weight w of f is multiplied by 0 in f"),
        (lambda: parse("f = step(x) * y", x=2, y=3), 6, "is flat in x, it only jumps"),
        (lambda: parse("m = maximum(x, y); f = 2 * m", x=2, y=3), 5, "m takes its number from elsewhere, so x makes"),
        (lambda: parse("t = tanh(x); f = 2 * t", x=400), 5, "t is so far out on its curve that its slope rounds to 0"),
        (lambda: parse("h = relu(x); f = 2 * h", x=0), 5, "its slope by x jumps from 0 to 1. By convention its local"),
        (lambda: parse("s = sqrt(x); f = 2 * s", x=0), 5, "The local derivative of s by x is inf here"),
        (lambda: parse("a = x * 1e-200; f = a * 1e-200", x=1), 5, "so small that it rounds to 0"),
    ],
)  # fmt: skip
def test_the_card_says_why_nothing_passes(opened, f, position, said):
    lab = opened(f())
    lab.step_to(position)
    assert said in plain(lab.text("#sentence"))


@needs_browser
@pytest.mark.parametrize(
    ("text", "values", "position", "said"),
    [
        ("f = (x + y) * z", {"x": -2, "y": 5, "z": -4}, 6, "local derivative of + is 1"),
        ("f = (x - y) * z", {"x": -2, "y": 5, "z": -4}, 7, "local derivative of −, subtrahend: −1"),
        ("f = (x * y) + z", {"x": -2, "y": 5, "z": -4}, 6, "local: the other factor y"),
        ("f = 2 * x + y", {"x": -2, "y": 5}, 6, "local: the other factor 2"),
        ("f = dot([w], [x]) + 1", {"w": 2, "x": 3}, 5, "local: the input x"),
        ("e1 = exp(x); f = e1 * e1", {"x": 0.5}, 6, "local: the result e1 itself"),
        ("t = tanh(x); f = t + 1", {"x": 1.5}, 5, "local derivative of tanh: 1 − 0.90512 ≈ 0.1807"),
        ("t = x ** 3; f = t + 1", {"x": 2}, 5, "local derivative of xⁿ: 3 · 22 = 12"),
    ],
)  # fmt: skip
def test_the_local_derivative_is_always_named(opened, text, values, position, said):
    lab = opened(parse(text, **values))
    lab.step_to(position)
    assert plain(lab.text('[data-row="local"] .right')) == plain(said)


@needs_browser
def test_a_sum_says_approximately_where_rounding_shows(opened):
    lab = opened(parse("a = x * y; f = a + x * z", x=1.0, y=0.00248866, z=0.00131551))
    trace = chain_rule(parse("a = x * y; f = a + x * z", x=1.0, y=0.00248866, z=0.00131551))
    position = next(
        i for i, step in enumerate(trace) if isinstance(step, EdgeStep) and step.argument == "x" and not step.is_first
    )
    lab.step_to(position + 1)
    assert "≈ 0.003804" in lab.text("#sum")
    assert lab.page.evaluate("() => getComputedStyle(document.querySelector('.status')).whiteSpace") == "nowrap"


# The beginning and the end


@needs_browser
def test_the_beginning_says_what_will_happen(opened):
    lab = opened(GRAPHS["lesson"]())
    said = lab.page.locator(".plan li").all_text_contents()
    assert [re.findall(r"\d+", each) for each in said] == [["2"], ["1"], ["4"]]
    assert lab.text("#phase") == "What will happen"
    assert lab.page.is_hidden("#in-one-line")


@needs_browser
@pytest.mark.parametrize("name", ["neuron", "tie", "relu off"])
def test_the_end_gives_the_gradient_as_a_vector_and_the_largest_influence(opened, name):
    f = GRAPHS[name]()
    lab = opened(f)
    lab.step_to(len(chain_rule(f)) + 1)
    graph, gradients = Graph(f), gradients_in(Graph(f))
    true = {graph.name(leaf): gradients[graph.index[leaf]] for leaf in graph.leaves}
    shown = [plain(each) for each in lab.page.locator(".vector li").all_text_contents()]
    assert sorted(shown) == sorted(f"∂f/∂{leaf}{show(gradient)}" for leaf, gradient in true.items())
    largest = max(true, key=lambda leaf: abs(true[leaf]))
    said = plain(lab.text("#sentence"))
    size, other = show(abs(true[largest])), ", the other way" if true[largest] < 0 else ""
    change = "by the same amount" if size == "1" else f"{size} times as much"
    expected = f"{largest} has the largest influence: when it changes a little, f changes {change}{other}."
    assert said.startswith(expected if true[largest] else "Every gradient is 0")
    lab.page.click('#try button:visible:has-text("Other inputs")')
    assert lab.page.get_attribute("#tab-inputs", "aria-selected") == "true"


@needs_browser
def test_a_leaf_alone_and_three_hundred_leaves_read_well(opened):
    lab = opened(Value(2.0, label="x"))
    assert "x is an input itself" in lab.text("#sentence")
    lab.step_to(2)
    assert plain(lab.text(".vector li")) == "∂x/∂x1"
    xs = [Value(0.001 * i, label=f"x{i}") for i in range(300)]
    lab = opened(dot(xs, [float(i) for i in range(300)]))
    lab.page.keyboard.press("End")
    assert "x299 has the largest influence" in plain(lab.text("#sentence"))
    assert lab.page.locator(".vector li").count() == 100
    assert "there are 200 more" in lab.text("#card .more")


@needs_browser
def test_inputs_of_the_same_influence_share_the_first_place(opened):
    ones = [Value(1.0, label=name) for name in "pqruvz"]
    few, many = opened(ones[0] * ones[1]), opened(dot(ones[:3], ones[3:]))
    for lab, named in ((few, "p, q share"), (many, "6 inputs share")):
        lab.page.keyboard.press("End")
        assert lab.text("#sentence").startswith(f"{named} the largest influence")
        assert lab.text("#sentence").endswith("changes by the same amount, up or down.")


@needs_browser
@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("x + 3", "When x changes a little, f changes by the same amount: the", "x 变化一点，f 变化同样多：梯度"),
        ("3 - x", "f changes by the same amount, the other way: the gradient", "f 反向变化同样多：梯度"),
        ("-2.5 * x", "f changes 2.5 times as much, the other way: the gradient", "f 反向变化它的 2.5 倍：梯度"),
        ("4 * x", "f changes 4 times as much: the gradient is one number.", "f 变化它的 4 倍：梯度是一个数。"),
        ("step(x) * 2", "Every gradient is 0: no small change of an input changes f here.", "f 都不变"),
    ],
)
def test_the_end_says_how_much_the_output_changes_as_a_person_would(opened, text, en, zh):
    lab = opened(parse(f"f = {text}", x=1))
    lab.page.keyboard.press("End")
    assert en in plain(lab.text("#sentence"))
    lab.page.click("#language")
    assert zh in plain(lab.text("#sentence")).replace(" ", " ")


# How it looks and how it is heard

MEASURE = """(keys) => {
  const card = document.getElementById("card");
  const box = (id) => {
    const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join(" ");
  };
  const said = (each) => `${each.id || each.className}: ${each.textContent}`;
  const isCut = (each) => {
    const style = getComputedStyle(each);
    const isWide = style.overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
    const isHigh = style.overflowY !== "visible" && each.scrollHeight > each.clientHeight + 1;
    const canBeRead = each.tabIndex === 0 || each.title || each.classList.contains("spoken");
    return (isWide || isHigh) && each.clientWidth > 1 && !canBeRead && style.display !== "inline";
  };
  const isSmall = (each) => {
    const own = [...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const isText = own && each.offsetParent && !each.closest("sup, sub, .spoken");
    return isText && parseFloat(getComputedStyle(each).fontSize) < 12.9;
  };
  return ["Home", ...keys].map((key) => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const parts = [...card.querySelectorAll("*")];
    return {
      step: card.dataset.kind, card: box("card"), formulas: box("formulas"),
      inside: card.scrollHeight - card.clientHeight,
      clipped: parts.filter(isCut).map(said), small: parts.filter(isSmall).map(said),
    };
  });
}"""


@needs_browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", GRAPHS)
def test_the_card_keeps_its_place_and_clips_nothing_over_all_steps(opened, name, size):
    f = GRAPHS[name]()
    lab = opened(f, size=size)
    seen = lab.page.evaluate(MEASURE, ["ArrowRight"] * (len(chain_rule(f)) + 1))
    assert {each["step"] for each in seen} == {"begin", "forward", "seed", "backward", "end"}
    assert len({each["card"] for each in seen}) == 1
    assert len({each["formulas"] for each in seen if each["step"] not in ("begin", "end")}) == 1
    assert max(each["inside"] for each in seen) <= 0
    assert [clipped for each in seen for clipped in each["clipped"]] == []
    assert [small for each in seen for small in each["small"]] == []


@needs_browser
def test_fractions_are_read_aloud_as_fractions_and_the_sentence_is_announced(opened):
    lab = opened(GRAPHS["neuron"]())
    lab.step_to(9)
    assert lab.page.get_attribute("#sentence", "aria-live") == "polite"
    assert lab.page.locator('[data-row="names"] .fraction').first.text_content() == "∂f over ∂w₂"
    tree = lab.page.locator("#formulas").aria_snapshot()
    assert "over" in tree


@needs_browser
def test_the_step_in_one_line_can_be_copied(opened):
    lab = opened(GRAPHS["lesson"](), size="projector", permissions=["clipboard-read", "clipboard-write"])
    lab.step_to(4)
    lab.stop_the_clock()
    lab.page.click("#copy-line")
    lab.page.wait_for_selector("#copy-line:text-is('Copied')")
    lab.page.clock.run_for(1500)
    assert lab.text("#copy-line") == "Copy"
    assert lab.page.evaluate("() => navigator.clipboard.readText()") == str(chain_rule(GRAPHS["lesson"]())[3])


@needs_browser
def test_where_the_screen_is_low_the_panels_have_the_room_and_the_line_is_in_the_menu(opened):
    for size, least in (("projector", 390), ("laptop", 325), ("tablet", 210)):
        lab = opened(GRAPHS["lesson"](), size=size)
        lab.step_to(4)
        assert lab.page.locator("#panels").bounding_box()["height"] >= least
        assert lab.page.is_visible("#line") == (size == "projector")
    lab.page.click("#save")
    assert "This step, in one line" in lab.text("#saving")


@needs_browser
@pytest.mark.parametrize("width", [1024, 1200, 1440])
def test_the_longest_name_of_a_local_derivative_is_not_cut(opened, width):
    lab = opened(parse("f = (a - b) * (c / d)", a=1, b=2, c=3, d=4))
    lab.resize(width, 800)
    for _ in range(12):
        lab.page.keyboard.press("ArrowRight")
        cut = lab.page.evaluate(
            """() => [...document.querySelectorAll('[data-row="local"] > .right')].filter((each) =>
              each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1).length"""
        )
        assert cut == 0


@needs_browser
def test_an_odd_label_is_text(opened):
    label = "</script><img src=x onerror=\"document.title='broken'\">"
    lab = opened(Value(2.0, label=label) * Value(3.0, label="{{title}}$&\\`${1}"))
    lab.page.keyboard.press("End")
    assert lab.page.locator("img").count() == 0
    assert label in lab.text("#formulas")


@needs_browser
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_chinese_card_has_no_english_words(opened, scheme):
    f = GRAPHS["twice"]()
    lab = opened(f, lang="zh", color_scheme=scheme)
    words = set()
    for position in range(len(chain_rule(f)) + 2):
        lab.step_to(position)
        words |= set(re.findall(r"[A-Za-z]{3,}", lab.page.inner_text("#card > :not(#in-one-line)")))
        words |= set(re.findall(r"[A-Za-z]{3,}", " ".join(lab.page.locator("#card > *").all_inner_texts()[:3])))
    assert words <= {"relu", "ReLU", "step"}


@needs_browser
def test_roles_are_translated_to_chinese(opened):
    lab = opened(tied("w ** w", w=2.0), lang="zh")
    lab.step_to(4)
    assert lab.text('[data-row="names"]').replace(" 比 ", "/") == "∂f/∂w+=∂f/∂f上游 · ∂f/∂(指数)局部"
    assert lab.text("#sentence").startswith("f 里只有指数 w 变化一点，f 变化它的 2.773 倍。")
