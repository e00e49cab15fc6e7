"""Is the page whole, safe and well-worded? What it does in a browser is in the other files of this folder."""

import html
import json
import re
from pathlib import Path

import pytest
from browser import Watched, needs_browser
from lab import Lab, lesson
from several_places import TIES, tied

from tinygrad_edu import DomainError, Value, chain_rule, nn, parse, viz
from tinygrad_edu.errors import DrawingError, GraphError, OptionError, SizeError, StaleGraphError
from tinygrad_edu.functions import dot
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import RULES, rule
from tinygrad_edu.steps.sentences import LANGUAGES
from tinygrad_edu.text.mistakes import MISTAKES
from tinygrad_edu.viz import style
from tinygrad_edu.viz.page import text_of
from tinygrad_edu.viz.page.document import ADDRESS, FOLDER, PARTS, PLAYGROUND, PLAYGROUND_STYLES, STYLES
from tinygrad_edu.viz.page.menu import EXAMPLES
from tinygrad_edu.viz.page.playground import modules as training
from tinygrad_edu.viz.page.slips import CHINESE
from tinygrad_edu.viz.page.strings import HTML_LANG, TABLE, strings

LESSON = {"x": -2, "y": 5, "z": -4}
ODD = '</script><img src=x onerror="alert(1)"> & {{title}} </title> \''


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="page">(.*?)</script>', page, flags=re.DOTALL)[1])


def test_the_page_holds_the_graph_and_needs_nothing_else():
    page = viz.player(lesson()).html()
    data = data_of(page)
    assert data["text"] == "q = x + y; f = q * z"
    assert data["sent"]["numbers"] == [-2.0, 5.0, -4.0]
    assert sorted(data["sent"]["labels"].values()) == ["f", "q", "x", "y", "z"]
    outside = re.sub(r'xmlns(:xlink)?="[^"]*"|createElementNS|"http://www.w3.org/[^"]*"', "", page)
    assert not re.search(r"https?:|//cdn|@import|<link rel=.stylesheet|fetch\(|XMLHttp|\bsrc=", outside)


def test_the_page_allows_its_own_style_and_script_and_nothing_else():
    page = viz.player(lesson()).html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert html.unescape(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert not re.search(r"<[^>]+ (style|on\w+)=", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL))


def test_the_page_is_small():
    assert len(viz.player(lesson()).html().encode()) < 1_600_000  # a third is Graphviz, a fifth the playground
    neuron = nn.Neuron(8, seed=0)(list(range(8)))
    assert len(viz.player(neuron).html().encode()) < 1_600_000


def test_the_same_graph_gives_the_same_bytes():
    assert viz.player(lesson()).html() == viz.player(lesson()).html()


def test_labels_are_escaped():
    page = viz.player(Value(1.0, label=ODD) * Value(2.0, label="y")).html()
    assert "<img" not in page
    assert page.count("</script>") == 3
    assert page.count("</title>") <= 1 + page.count("<title>")
    assert viz.player(Value(1.0, label=ODD) * 2)._repr_html_().count("<") == 2


# The formula of a graph from Python


@pytest.mark.parametrize(
    "text", ["q = x + y; f = q * z", "x * x + 1", "f = dot([x, y], [x, 2])", "f = x ** 3 / exp(y)"]
)
def test_the_box_has_the_formula_of_a_graph_that_is_one(text):
    f = parse(text, **{name: LESSON[name] for name in LESSON if name in text})
    assert text_of(Graph(f)) == text


def test_a_graph_that_no_formula_makes_again_is_called_a_graph_from_python():
    x = Value(2.0, label="x")
    assert text_of(Graph(Value(2.0, label="my x") * 3)) is None  # not a name
    assert text_of(Graph(Value(1.0, label="x") * x)) is None  # two of one name
    assert text_of(Graph(Value(1.0) * x)) is None  # an input without a name
    assert text_of(Graph(nn.MLP(2, [4, 1], seed=0)([x, x]))) is None
    long = x
    for _ in range(150):
        long = long * x
    assert text_of(Graph(long)) is None
    assert data_of(viz.player(long).html())["text"] is None


def test_a_worksheet_has_every_answer_and_escapes_labels():
    f = parse("u = w * x; f = u * w", w=2, x=0.5)
    page = viz.worksheet(f).html()
    questions, key = page.split('class="key"')
    for step in chain_rule(f).edges:
        assert html.escape(f"{step.gradient} {'+=' if step.is_shared else '='} {step.rule}") in questions
    assert "0 + 1 = 1" in key
    assert "1 + 1 = 2" in key
    assert 'class="answer"' not in questions
    assert 'class="blank"' not in key
    odd = viz.worksheet(Value(1.0, label=ODD) * 2).html()
    assert "<img" not in odd
    assert "<script" not in odd


def test_a_player_is_saved_to_a_file(tmp_path):
    assert viz.player(lesson()).save(tmp_path / "f.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert viz.worksheet(lesson()).save(tmp_path / "sheet.htm").exists()
    for made in (viz.player(lesson()), viz.worksheet(lesson())):
        with pytest.raises(DrawingError, match=r"write instead: +save\(\"\w+\.html\"\)"):
            made.save(tmp_path / "f.svg")
        with pytest.raises(FileNotFoundError):
            made.save(tmp_path / "nowhere" / "f.html")


def test_an_error_says_what_cannot_be_played():
    with pytest.raises(GraphError, match="float is not a Value"):
        viz.player(3.0)
    with pytest.raises(OptionError, match="the choices are en, zh"):
        viz.player(lesson(), lang="fr")
    with pytest.raises(OptionError, match="the choices are en, zh"):
        viz.worksheet(lesson(), lang="fr")
    f = lesson()
    f.args[1].data = 3.0
    with pytest.raises(StaleGraphError):
        viz.player(f)
    long = Value(1.0)
    for _ in range(70):
        long = long * 1.01
    with pytest.raises(SizeError, match="at most 60 can be done by hand"):
        viz.worksheet(long)


def test_a_worksheet_has_room_for_150_nodes():
    def weighted(count):
        return dot([Value(2.0, label="w"), *[1.0] * (count - 1)], [1.5] * count)

    assert "w" in viz.worksheet(weighted(70)).html()
    with pytest.raises(SizeError, match=r"a worksheet of 161 nodes\n.*there is room for 150"):
        viz.worksheet(weighted(80))


def test_a_worksheet_is_displayed_in_a_notebook():
    shown = viz.worksheet(parse("x * y", x=1, y=2))._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "sandbox" in shown


def test_a_worksheet_of_a_single_leaf_has_no_forward_exercise():
    asked = [viz.worksheet(f).html() for f in (Value(2.0, label="x"), parse("x * y", x=1, y=2))]
    assert [page.count("<h2>") for page in asked] == [2, 6]


# In a browser


@needs_browser
def test_a_single_leaf_can_be_played(browser):
    lab = Lab(browser, Value(2.0, label="x"))
    lab.step_to(2)
    assert lab.boxes()["n0"]["value"] == "2"
    assert lab.close() == []


@needs_browser
def test_at_the_border_of_a_domain_there_is_a_page_too(browser):
    lab = Lab(browser, parse("f = sqrt(x)", x=0))
    lab.step_to(4)
    assert "inf" in lab.boxes()["n0"]["gradient"]
    assert lab.close() == []
    with pytest.raises(DomainError):
        parse("sqrt(x)", x=-1)


def played_by_python_alone(lang="en"):
    """A graph with a row of the reader's own, which says nothing of JavaScript."""
    cube = rule("cube", lambda x: x * x * x, lambda x, out: 3 * x * x)
    try:
        f = cube(Value(2.0, label="x")) * Value(3.0, label="w")
        f.label = "f"
        return f, viz.player(f, lang=lang).html(), chain_rule(f)  # made while there is such a row
    finally:
        del RULES["cube"]


@needs_browser
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The inputs cannot be changed here, because"), ("zh", "这里不能改变输入，因为")]
)
def test_a_row_without_javascript_is_stepped_through_with_pythons_numbers(browser, tmp_path, lang, said):
    _, page, trace = played_by_python_alone(lang)
    watched = Watched(browser)
    (tmp_path / "f.html").write_text(page, encoding="utf-8")
    watched.page.goto((tmp_path / "f.html").as_uri())
    watched.page.wait_for_selector("#scene .box")
    for step in trace:
        watched.page.keyboard.press("ArrowRight")
        assert watched.page.text_content("#line") == str(step)
    for tab in watched.page.locator("[role=tab]").all():
        tab.click()
        panel = watched.page.locator(f"#{tab.get_attribute('aria-controls')}")
        if tab.get_attribute("id").removeprefix("tab-") in ("inputs", "nudge", "downhill", "check"):
            assert said in panel.inner_text()
            assert 'rule("cube", ..., javascript="...")' in panel.inner_text()
            assert panel.locator("input:visible").count() == 0
        else:
            assert said not in panel.inner_text()
    watched.page.fill("#formula", "f = cube(x) + 1")
    assert 'rule("cube", ..., javascript="...")' in watched.page.text_content("#formula-words")
    watched.page.fill("#formula", "f = x * 2")
    assert watched.page.get_attribute("#formula", "aria-invalid") is None
    assert watched.complaints == []
    watched.close()


@needs_browser
def test_it_works_inside_a_frame_of_a_notebook(browser):
    watched = Watched(browser)
    watched.page.set_content(viz.player(lesson())._repr_html_())
    frame = watched.page.frame_locator("iframe")
    frame.locator("#scene .box").first.wait_for()
    frame.locator("#next").click()
    assert frame.locator("#card").get_attribute("data-position") == "1"
    frame.locator("#theme").click()
    frame.locator("#share").click()
    assert "player(f).save" in frame.locator("#shared").text_content()
    assert frame.locator("#shared input").input_value().startswith("#f=q+=+x+%2B+y;")
    assert watched.complaints == []
    watched.close()


@needs_browser
def test_a_label_is_text_everywhere(browser):
    label = "</script><img src=x onerror=\"document.title='broken'\">"
    x, y = Value(2.0, label=label), Value(3.0, label="{{title}}$&\\`${1}")
    lab = Lab(browser, x * y + x)
    lab.page.keyboard.press("End")
    assert lab.page.locator("img").count() == 0
    assert lab.page.title() != "broken"
    assert label in lab.page.text_content("#panels")
    assert lab.close() == []


@needs_browser
@pytest.mark.parametrize("gone", ["WebAssembly", "DecompressionStream"])
def test_without_webassembly_the_steps_are_all_there(browser, gone, tmp_path):
    watched = Watched(browser)
    watched.page.add_init_script(f"delete globalThis.{gone}")
    watched.page.goto(viz.player(lesson()).save(tmp_path / "f.html").as_uri())
    watched.page.wait_for_selector("#stage[data-reason]")
    assert "cannot run WebAssembly" in watched.page.text_content("#stage")
    watched.page.keyboard.press("ArrowRight")
    assert watched.page.text_content("#line") == str(chain_rule(lesson())[0])
    watched.page.click("#language")
    assert "WebAssembly" in watched.page.text_content("#stage")
    assert watched.complaints == []
    watched.close()


@needs_browser
def test_without_javascript_the_page_says_so(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(viz.player(lesson(), lang="zh").save(tmp_path / "f.html").as_uri())
    assert "JavaScript" in page.inner_text("noscript, .banner")
    context.close()


# Words


def test_every_string_has_the_same_placeholders_in_every_language():
    for key, row in TABLE.items():
        assert len(row) == len(LANGUAGES), key
        places = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in row]
        assert all(found == places[0] for found in places), key
        assert all(text.strip() for text in row), key
    assert set(HTML_LANG) == set(LANGUAGES)


def test_every_slip_in_a_formula_has_its_words_in_every_language():
    assert CHINESE.keys() == MISTAKES.keys()
    for key, rows in MISTAKES.items():
        for english, chinese in zip(rows, CHINESE[key], strict=True):
            known = {*re.findall(r"\{(\w+)\}", english), "count"}  # the page counts arguments itself
            assert set(re.findall(r"\{(\w+)\}", chinese)) <= known, key


def test_every_example_is_a_formula_and_says_what_there_is_to_see():
    for key, example in EXAMPLES.items():
        assert len(chain_rule(parse(example.text, **example.values)).edges) >= 2, key
        assert min(map(len, example.see)) > 10, key
    assert next(iter(EXAMPLES.values())).text == "q = x + y; f = q * z"


PAGE_FOLDER = Path(__file__).parents[3] / "viz" / "page"


def sources():
    seen = [ADDRESS, *(f"lab/{name}.js" for name in PARTS), *(f"playground/{name}.js" for name in PLAYGROUND)]
    printing = ("playground/lines.js", "playground/out.js")  # formulas, and Python for the reader to keep
    computing = [source for path, source in training().items() if path not in printing]
    scripts = "".join([*((FOLDER / name).read_text(encoding="utf-8") for name in seen), *computing])
    pages = ("lab/lab.html", "playground/playground.html")
    template = "".join((FOLDER / name).read_text(encoding="utf-8") for name in pages)
    python = "".join(
        path.read_text(encoding="utf-8") for path in PAGE_FOLDER.parent.rglob("*.py") if path.stem != "strings"
    )
    return scripts, template, python


def test_every_string_is_used():
    scripts, template, python = sources()
    code = re.sub(r"//.*", "", scripts)
    used = set(re.findall(r'["`.](\w+)["`]', code)) | set(re.findall(r"\b(\w+):", code))  # also the keys of tables
    used |= set(re.findall(r'data-say(?:-label)?="(\w+)"', template)) | set(re.findall(r'"(\w+)"', python))
    used |= set(re.findall(r"(?<!\{)\{\{(\w+)\}\}", template))
    used |= {words for row in RULES.values() if row.domain for words in (row.domain.words, row.domain.instead)}
    used |= {noun for row in RULES.values() for noun in row.roles}
    made = tuple(
        {*re.findall(r"`(\w{4,})\$\{", code), *re.findall(r'f"(\w{4,})\{', python)}
    )  # the beginnings of made keys
    ends = tuple(re.findall(r"\}(_\w+)`", code))
    unused = {key for key in TABLE if key not in used and not key.startswith(made) and not key.endswith(ends)}
    assert {key for key in unused if key.removesuffix("s") not in used} == set()  # a plural


def test_every_string_that_is_said_exists():
    scripts, template, _ = sources()
    said = set(re.findall(r'\b(?:say|sentence)\("(\w+)"', scripts)) | set(
        re.findall(r'data-say(?:-label)?="(\w+)"', template)
    )
    assert said - set(TABLE) == set()
    for tab in re.findall(r'name: "(\w+)", mount', scripts):
        assert {f"tab_{tab}", f"ground_tab_{tab}"} & set(TABLE)


def test_no_string_of_the_page_is_outside_the_table():
    scripts, template, _ = sources()
    text = re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]+>|\{\{\{?\w+\}?\}\}", " ", template, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", text) == []
    code = re.sub(r"//.*", "", scripts)
    found = [next(filter(None, pair), "") for pair in re.findall(r'"([^"\n]*)"|`([^`\n]*)`', code)]
    assert [text for text in found if re.search(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{2,}", text)] == []


def begun(names):
    """The classes of CSS files with which a selector begins: what it styles is wherever the class is."""
    text = re.sub(
        r"/\*.*?\*/", "", "".join((FOLDER / name).read_text(encoding="utf-8") for name in names), flags=re.DOTALL
    )
    selectors = (one.strip() for each in re.findall(r"([^{}@]+)\{", text) for one in re.split(r",(?![^(]*\))", each))
    first = [re.split(r"[\s>+~]", selector)[0] for selector in selectors]
    return {found for part in first if "#" not in part for found in re.findall(r"^\w*\.([\w-]+)", part)}


def test_no_style_of_one_room_reaches_into_the_other():
    lab, playground = (
        begun(f"lab/{name}.css" for name in STYLES),
        begun(f"playground/{name}.css" for name in PLAYGROUND_STYLES),
    )
    assert {"pill", "numbers"} <= lab
    assert "idle-input" in playground
    assert lab & playground == set()


def test_colours_are_defined_only_in_the_palette():
    for name in (*(f"lab/{name}.css" for name in STYLES), "worksheet.css"):
        text = re.sub(r"/\*.*?\*/", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        values = re.findall(r":\s*([^;{}]+)[;}]", text)
        assert [value for value in values if re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", value)] == [], name
        own = set(re.findall(r"(--[\w-]+):", text))
        used = {f"--{found}" for found in re.findall(r"var\(--([\w-]+)[,)]", text)}
        palette = {f"--{key}" for key in style.PAGE} | set(re.findall(r"(--[\w-]+):", style.variables()))
        assert used - own - palette - {"--place", "--shown", "--printed"} == set(), name


def test_a_page_holds_the_strings_of_one_language():
    assert strings("en").keys() == strings("zh").keys() == TABLE.keys()


# One node at several places of an operation

ROLES_IN_CHINESE = {
    "w * w": ["第 1 个因子", "第 2 个因子"],
    "w - w": ["被减数", "减数"],
    "dot([w, w], [w, x])": ["第 1 个权重", "第 2 个权重", "第 1 个输入"],
}


@pytest.mark.parametrize("name", ROLES_IN_CHINESE)
def test_a_worksheet_names_roles_in_its_language(name):
    for lang, roles in (("en", TIES[name].roles), ("zh", ROLES_IN_CHINESE[name])):
        sheet = viz.worksheet(tied(name), lang=lang).html()
        for role in roles:
            assert sheet.count(f"∂f/∂w += ∂f/∂f · ∂f/∂({role})") == 2  # in the questions, and in the key


def test_every_role_has_a_word_in_every_language():
    for noun in {noun for row in RULES.values() for noun in row.roles}:
        assert strings("en")[noun] == noun
        assert not re.search("[a-z]", strings("zh")[noun])
