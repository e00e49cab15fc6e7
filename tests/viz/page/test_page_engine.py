"""Does the page's engine give what Python gives: the graph, every step, every text, every error? Node runs it."""

import json
import math
import random

import page_engine
import pytest
import random_graphs
from browser import Watched, launched, needs_browser
from page_in_node import in_node, needs_node

from tinygrad_edu import Value, chain_rule, grad, nn, parse
from tinygrad_edu.errors import DomainError, StaleGraphError
from tinygrad_edu.functions import dot, exp, logsumexp, sqrt
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import PRODUCT, Domain, Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import show
from tinygrad_edu.steps import wording
from tinygrad_edu.text.javascript import table_source
from tinygrad_edu.viz.page import engine

XY = {"x": 1.0, "y": 2.0}


def same(cases):
    error, differ, found = page_engine.report(cases)
    assert differ == []
    assert error <= page_engine.TOLERANCE
    return found


# Expressions


@needs_node
def test_random_expressions_over_all_rows_have_the_same_numbers_steps_and_texts():
    found = same([page_engine.expression(seed) for seed in range(300)])
    assert {node["op"] for each in found for node in each["nodes"]} == {"", *RULES}
    assert sum(len(each["steps"]) for each in found) > 9000


RIGHT = (
    "x", "2", "-2", "2; x", "q = 1; q", "q = 2 ** -1\nx * q", "a = x; b = a", "x # a comment", "x; ; y;\n",
    "x \\\n + y", "(x +\n  y)", "\tx + y", "a = x\n  b = a - 2", "x·y×y⋅x−1÷2", "（x＋y）＊2", "ｘ + y", "inf", "nan",
    "-inf + x", "- -x", "+x", "+-+x", "x - -y", "x ** -y", "x ** +2", "2 ** -x ** 2", "-x ** 2", "2 ** 3 ** 2",
    "x ** (1/3)", "x ** 0", "x ** 1", "(x - 1) ** 3", "(x - 1) ** 1", "1 ** x", "x ** x ** x", "1e16 * x", "1e22 * x",
    "1e-5 * x", "123456.789 * x", "0.1 + 0.2 + x", "x * 1_000 + 0x1F + 0b11 + 0o17", ".5 * x + 5. * x",
    "9999999999999999 * x", "5e-324 * x", "tanh(x,)", "dot([x,], [y])", "dot([-x, x + y], [--y, 2])", "logsumexp([x])",
    "max(x, y) + min(x, y) + maximum(x, x)", "leaky_relu(-x)", "leaky_relu(-x, y)", "elu(-x, 2)", "x * x + x * x",
    "v1 = x * y; v1 + x * 2", "step = x; step * 2", "μ = x; \N{MICRO SIGN} * 2", "ﬁ = x; fi",
    "w_1 = x; w__2 = w_1 * y; 学习率 = w__2", "__proto__ = x; __proto__ * 2", "constructor = x; constructor",
    "sin(1e308 * x)", "exp(710 * x)", "log(x) + log(x) * 0", "abs(-0.0 * x)", "+".join("x" * 1001), "-" * 100 + "x",
    "(" * 100 + "x" + ")" * 100, "q = x\n" + "".join(f"q{i} = -x * 2\n" for i in range(300)),
)  # fmt: skip


@needs_node
def test_what_can_be_written_is_read_in_the_same_way():
    found = same([{"text": text, "values": XY} for text in RIGHT])
    assert [text for text, each in zip(RIGHT, found, strict=True) if "error" in each] == []


WRONG = (
    "", ";;", "# x", "2x", "x y", "2 x y", "x²", "2²", "(x + y)²", "sin(x)²", "²x", "x⁻¹²", "x^2", "½x", "1¾", "√x",
    "√(x)", "∞", "|x|", "ln(x)", "log10(x)", "σ(x)", "tan(x)", "pow(x, 2)", "add(x, y)", "add", "sin", "sin x",
    "sin 2", "exp(x) y", "2sin(x)", "2(x + y)", "x(y + 1)", "(x)(y)", "xy", "yx", "xyx", "yy", "e", "e ** x", "pi * x",
    "πx", "foo(x)", "maximun(x, y)", "tahn(x)", "x +", "+", "x +* y", "x * * y", "* x", "x***y", "(x", "((x)", "x)",
    "(x))", "(x]", "[x)", "x(", "2(", "()", "tanh()", "tanh(,)", "tanh(x, y)", "max(x)", "min(x, y, 3)",
    "leaky_relu()", "leaky_relu(x, 1, 2)", "maximum(x,, y)", "tanh(x=2)", "tanh(*x)", "dot()", "dot([], [])",
    "dot(x, y)", "dot([x], [x, y])", "dot([x] [y])", "dot([x] + 1, [y])", "dot([[x]], [y])", "dot([x], [y], 2)",
    "logsumexp([])", "logsumexp(x)", "[x]", "x[0]", "x ** [1]", "[", "]", "(", ")", "x, y", "1,5 * x", "1 2", "1.2.3",
    "1..2", "1j", "1__0", "0xg", "0b2", "0o8", "1e999", "0x" + "f" * 300, "x = 1; x = 2; x", "x = y", "q = ", "= x",
    "a = b = x", "2 = x", "x == y", "q, r = x, y", "inf = x", "x += 1", "x := 2", "x < y", "x <= y", "x ≤ y", "x != y",
    "x <> y", "x if x else y", "not x", "lambda: x", "import os", "True", "None", "x is y", "x and y", "x && y",
    "x || y", "x & y", "~x", "!x", "x!", "x // y", "x % y", "x @ y", "x << 1", "x.data", "x.", "'text'", '"text',
    "f'{x}'", "`x`", "x?", "x $ y", "{x}", "x: y", "x -> y", "\\", "x \\ y", "x + \u200by", "\ufeffx", "x\0",
    "\u202ex * z", "x + \U0001f600", "𝐱(x)", "ﬁ(x)", "中 * x", "x + 中(y)", "constructor", "constructor(x)",
    "__proto__(x)", "toString * 2", "f(x) = x", "x ** ", "a = x + 1\nb = a $ 2\nb", "a = x\r\n\tb = a + zz\r\nb",
    "  x +\n  zz", "(x; y", "(x\n zz)", "log(-1)", "log(0)", "log(x - 2)", "log(-x)", "log(x - y - 0.5)",
    "q = x - y; log(q)", "log(q)", "1/0", "0/0", "x / 0", "x / (y - 2)", "sqrt(-x)", "sqrt(x - 1 - y)", "(-8) ** (1/3)",
    "0 ** -1", "(x - 3) ** y", "(x - 3) ** 0.5", "(x - 1) ** -1", "sin(inf)", "cos(x * inf)", "log(dot([x], [-1]))",
    "a = x - 1; b = a * a + a; log(b * b)", "log(x - 10 + " + " * ".join("x" * 30) + ")",
    "log(x * 0 - (y + y * y + y * y * y + y * y * y * y))", "x" * 60, "x" * 60 + "(2)",
    "y + " * 40 + "zz" + " + y" * 40, "tahn(" * 3, "x" * 100_001, "-" * 101 + "x", "x" + " ** x" * 101,
    "(" * 101 + "x" + ")" * 101, "relu(" * 101, "x" + " + x" * 1001, "relu(" * 99 + "x" + " + x" * 950 + ")" * 99,
    "x " * 102, "not " * 101 + "x", f"tanh({'x, ' * 60}x)",
)  # fmt: skip


@needs_node
def test_slips_get_the_same_errors():
    assert len(set(WRONG)) == len(WRONG) > 200
    found = same([{"text": text, "values": XY} for text in WRONG])
    assert [text for text, each in zip(WRONG, found, strict=True) if "error" not in each] == []


@needs_node
def test_five_hundred_damaged_expressions_get_the_same_errors():
    found = same([page_engine.damaged(seed) for seed in range(650)])
    assert sum("error" in each for each in found) > 500
    assert sum("error" not in each for each in found) > 20


@needs_node
def test_an_error_knows_its_place_in_the_text():
    texts = ["q = x + y\nf = log(q - 9) * 2", "x + yy", "2 * (x", "x +  "]
    found = page_engine.run([{"text": text, "values": XY} for text in texts])
    places = [(each["error"]["place"]["start"], each["error"]["place"]["end"]) for each in found]
    marked = [text[start:end] for text, (start, end) in zip(texts, places, strict=True)]
    assert marked == ["log(q - 9)", "yy", "(", ""]
    assert places[-1] == (3, 3)


@needs_node
def test_the_inputs_of_a_text_are_the_names_that_it_does_not_make():
    program = """
        import { inputsOf } from "./engine/inputs.js";
        const texts = ["q = w * x + b; f = sigmoid(q) - q * inf", "x = 2; x * \\u00b5", ""];
        console.log(JSON.stringify(texts.map(inputsOf)));
    """
    assert in_node(program) == [["w", "x", "b"], ["μ"], []]


@needs_node
def test_numbers_are_shown_as_python_shows_them():
    rng = random.Random(0)
    numbers = [0.0, -0.0, 0.1 + 0.2, 64203.0, 1 / 3, 2.5e-7, 1234.5678, 1e9, 123456789.5, 9999.96, 0.99996, 1e-5, 1e300]
    numbers += [k / 16 + j for k in range(16) for j in (0, 1, 1000)]  # ties, which Python rounds to even
    numbers += [rng.uniform(-1, 1) * 10 ** rng.uniform(-12, 12) for _ in range(300)]
    numbers += [math.inf, -math.inf, math.nan, 5e-324, 1.7e308]
    program = f"""
        import {{ asNumber, show }} from "./numbers.js";
        const numbers = {json.dumps([x if math.isfinite(x) else str(x) for x in numbers])}.map(asNumber);
        console.log(JSON.stringify(numbers.map((x) => [show(x), show(x, 8), show(x, 1)])));
    """
    assert in_node(program) == [[show(x), show(x, 8), show(x, 1)] for x in numbers]


# Wordings


def arguments_of(row):
    """For an operation of each row the plain numbers among its arguments, or None, in several ways."""
    sizes = [len(row.partials) * size for size in (1, 2, 3, 20)] if row.many else [len(row.partials)]
    for count in sizes:
        for numbers in ([None], [2.0, None], [None, -3.0], [None, 0.5, None], [None, 1.0]):
            constants = [numbers[position % len(numbers)] for position in range(count)]
            is_fixed = all(constants[position] is not None for position in row.fixed)
            if is_fixed and None in constants:
                yield constants


def as_json(wordings):
    """Wordings as the engine has them."""
    return [
        [piece if isinstance(piece, str) else {"position": piece[0], "inBrackets": piece[1]} for piece in words]
        for words in wordings
    ]


@needs_node
def test_operations_and_local_derivatives_have_the_same_wordings_slot_by_slot():
    cases = [(row, constants) for row in RULES.values() for constants in arguments_of(row)]
    program = f"""
        import {{ derivatives, operation }} from "./engine/wording.js";
        import {{ rowOf }} from "./engine/rows.js";
        const words = ([name, constants]) => ["text", "latex"].flatMap((kind) => {{
          return [operation(rowOf(name), constants.length, kind), ...derivatives(rowOf(name), constants, kind)];
        }});
        console.log(JSON.stringify({json.dumps([(row.name, constants) for row, constants in cases])}.map(words)));
    """
    expected = [
        as_json(
            words
            for latex in (False, True)
            for words in (
                wording.operation(row, len(constants), latex=latex),
                *wording.local_derivatives(row, constants, latex=latex),
            )
        )
        for row, constants in cases
    ]
    assert {row.name for row, _ in cases} == set(RULES)
    assert in_node(program) == expected


# Graphs made in Python


def labelled_twice():
    a, b, c = Value(1.0, label="a"), Value(2.0, label="a"), Value(3.0)
    made = a * b + c * 2 + (a - b) * Value(4.0, label="v1")
    made.label = "a b"
    return made


def with_everything():
    xs = [Value(x, label=f"x{i}") for i, x in enumerate((0.5, -1.0, 2.0))]
    return dot(xs, xs) + logsumexp([xs[0], xs[0], *xs]) + exp(xs[0]) ** xs[1] + xs[2] ** 3 + Value(math.inf) * 0.0


def loss():
    model = nn.MLP(2, [4, 3, 1], seed=1)
    xs, ys = [[0.5, -1.0], [1.5, 2.0], [-0.3, 0.1]], [1.0, -1.0, 1.0]
    return nn.hinge_loss([model(x) for x in xs], ys)


def vertical_slope():
    x = Value(0.0, label="x")
    return grad(sqrt(x), [x])[0]


def wide():
    return dot([Value(float(i), label=f"w{i}") for i in range(40)], [0.5] * 39 + [Value(2.0)])


GRAPHS = (
    labelled_twice,
    with_everything,
    loss,
    vertical_slope,
    wide,
    lambda: Value(2.0, label="x"),
    lambda: Value(2.0),
)


@needs_node
def test_a_graph_made_in_python_has_the_same_steps():
    random = [random_graphs.as_values(*random_graphs.seeded(seed))[1] for seed in range(100)]
    same([page_engine.sent(value) for value in [make() for make in GRAPHS] + random])


@needs_node
def test_a_second_derivative_is_a_graph_like_any_other():
    x = Value(0.7, label="x")
    (slope,) = grad(nn.MLP(1, [2, 1], seed=0)([x]).tanh() * x**3, [x])
    same([page_engine.sent(slope)])


def test_a_graph_that_is_older_than_its_numbers_is_not_sent():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0
    with pytest.raises(StaleGraphError):
        engine.nodes(Graph(y))


def test_a_large_graph_is_sent_in_a_few_megabytes():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    value = nn.hinge_loss([model([0.1 * i, 1.0]) for i in range(100)], [1.0] * 100)
    graph = Graph(value)
    size = len(json.dumps(engine.nodes(graph), separators=(",", ":")))
    assert len(graph.edges) > 10_000
    assert size / len(graph.edges) < 40  # bytes: 10⁵ edges are 4 MB at most


# Other numbers

CHANGED = """
    import { parse } from "./engine/parsing.js";
    import { leavesOf } from "./engine/graph.js";
    import { recomputed, withNumbers } from "./engine/recompute.js";
    import { chainRule, stepText } from "./engine/steps.js";
    const graph = parse("q = x + y; f = log(q * z) ** 2", { x: 1, y: 2, z: 3 });
    const leaves = leavesOf(graph);
    const other = withNumbers(graph, new Map([[leaves[0], 4], [leaves[2], 0.5]]));
    let error;
    try {
      withNumbers(graph, new Map([[leaves[2], -1]]));
    } catch (found) {
      error = [found.message, graph.names[found.node]];
    }
    const numbers = recomputed(graph, new Map([[leaves[2], -1]])).map(String);
    const before = chainRule(graph).map(stepText);
    console.log(JSON.stringify({ steps: chainRule(other).map(stepText), error, numbers, before }));
"""


@needs_node
def test_a_graph_with_other_numbers_is_the_graph_of_the_same_text():
    found = in_node(CHANGED)
    text = "q = x + y; f = log(q * z) ** 2"
    assert found["steps"] == [str(step) for step in chain_rule(parse(text, x=4, y=2, z=0.5))]
    assert found["before"] == [str(step) for step in chain_rule(parse(text, x=1, y=2, z=3))]
    with pytest.raises(DomainError) as caught:
        parse(text, x=1, y=2, z=-1)
    assert found["error"] == [str(caught.value), "v2"]
    assert found["numbers"] == ["1", "2", "3", "-1", "-3", "NaN", "2", "NaN"]


# The modules


def test_every_row_has_its_javascript():
    source = table_source(RULES.values())
    assert "missing:" not in source
    assert source.count("  value: ([") == source.count("  partials: (o, [") == len(RULES)


def square(x):
    return x * x


def slope(x, out):
    return 2 * x


def by_the_first(xs, out):
    return [xs[0] for _ in xs]


ODD = Domain("0 < x < 1", lambda x: 0 < x < 1, "something else")


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        (Rule("cube", square, slope), 'rule("cube", ..., javascript="..."), with {} for each argument'),
        (Rule("odd", square, slope, javascript="({0} * {0})", domain=ODD), "domain=Domain(..., javascript="),
        (Rule("firsts", sum, by_the_first, many=True, javascript="Math.max"), "the row firsts without many=True"),
    ],
    ids=lambda part: part.name if isinstance(part, Rule) else "",
)
@needs_node
def test_a_row_that_lacks_something_says_what(row, missing):
    found = in_node(f"console.log(JSON.stringify({table_source([row])}));")
    assert missing in found[row.name]["missing"]
    assert [found[row.name][name] for name in ("value", "partials", "holds")] == [None] * 3


@needs_node
def test_a_row_of_ones_own_computes_too():
    row = Rule(
        "twice_minus", lambda x, y: 2 * x - y, 2.0, -1.0, text="{} o {}", binding=PRODUCT, javascript="(2 * {} - {})"
    )
    computed = "[row.value([5, 3]), row.partials({}, [5, 3], 7)]"
    program = f"const row = {table_source([row])}.twice_minus; console.log(JSON.stringify({computed}));"
    assert in_node(program) == [7, [2, -1]]


@needs_node
def test_one_script_holds_all_modules():
    sources = engine.modules()
    program = f"""
        const modules = {engine.script(sources)};
        const {{ parse }} = modules["engine/parsing.js"];
        const {{ chainRule, stepText }} = modules["engine/steps.js"];
        const text = chainRule(parse("q = x + y; f = q * z", {{ x: -2, y: 5, z: -4 }})).map(stepText);
        console.log(JSON.stringify([Object.keys(modules), text.at(-1)]));
    """
    assert in_node(program) == [list(sources), "∂f/∂y: ∂f/∂q · ∂q/∂y = (-4) · 1 = -4"]


IN_A_BROWSER = """async ([text, values]) => {
    const { parse } = await import("/engine/parsing.js");
    const { chainRule, stepText } = await import("/engine/steps.js");
    return chainRule(parse(text, values)).map(stepText);
}"""


@needs_browser
def test_the_modules_run_in_a_browser_as_they_are():
    sources = engine.modules()
    policy = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}

    def served(route):
        path = route.request.url.removeprefix("http://page.test/")
        kind = "text/javascript" if path in sources else "text/html"
        route.fulfill(body=sources.get(path, ""), content_type=f"{kind}; charset=utf-8", headers=policy)

    case = page_engine.expression(1)
    with launched() as browser:
        watched = Watched(browser)
        watched.page.route("http://page.test/**", served)
        watched.page.goto("http://page.test/")
        found = watched.page.evaluate(IN_A_BROWSER, [case["text"], case["values"]])
    asked = {f"asked for http://page.test/{path}" for path in ("", *sources)}
    assert found == [str(step) for step in chain_rule(parse(case["text"], **case["values"]))]
    assert set(watched.complaints) <= asked


def test_every_module_is_listed_and_opens_with_a_question():
    files = sorted((engine.FOLDER / "engine").iterdir(), key=lambda file: file.name)
    listed = {name.removeprefix("engine/") for name in engine.MODULES if name.startswith("engine/")}
    assert {file.name.removesuffix(".js") for file in files} == listed - {"rules", "grammar"}
    for file in files:
        opening = file.read_text(encoding="utf-8").split("\n\n")[0]
        assert opening.startswith("// ")
        assert "?" in opening


def test_the_engine_asks_for_nothing_from_outside():
    for path, source in engine.modules().items():
        assert not [
            word for word in ("http:", "https:", "fetch(", "XMLHttp", "eval(", "Function(") if word in source
        ], path


@needs_node
def test_numbers_are_written_in_full_as_python_writes_them():
    numbers = [
        0.1,
        1e16,
        1e15,
        123456789.123,
        1e-5,
        1e-4,
        5e-324,
        1.7976931348623157e308,
        1e22,
        -0.0,
        -2.5,
        12345678901234567.0,
        3.0,
    ]
    program = f"""
        import {{ exactly }} from "./engine/printing.js";
        console.log(JSON.stringify([{", ".join(map(repr, numbers))}, Infinity, -Infinity, NaN].map(exactly)));
    """
    written = [repr(number).removesuffix(".0") for number in numbers]
    assert in_node(program) == [*written, "inf", "-inf", "nan"]
