"""Is the player's page whole, safe and well-worded? What it does in a browser is in test_player_browser.py."""

import html
import json
import re
from pathlib import Path

import pytest
from several_places import TIES, tied

from tinygrad_edu import DomainError, Trace, Value, chain_rule, nn, parse, viz
from tinygrad_edu.errors import DrawingError, GraphError, OptionError, SizeError, StaleGraphError
from tinygrad_edu.functions import dot
from tinygrad_edu.rule import RULES, rule
from tinygrad_edu.viz import style
from tinygrad_edu.viz.page.document import FOLDER, SCRIPTS
from tinygrad_edu.viz.page.strings import HTML_LANG, LANGUAGES, TABLE, strings

LESSON = {"x": -2, "y": 5, "z": -4}
ODD = '</script><img src=x onerror="alert(1)"> & {{title}} </title> \''


def lesson():
    return parse("q = x + y; f = q * z", **LESSON)


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="page">(.*?)</script>', page, flags=re.DOTALL)[1])


def test_the_page_holds_the_trace_and_needs_nothing_else():
    f = lesson()
    page = viz.player(f).html()
    assert Trace.from_json(json.dumps(data_of(page)["trace"])) == chain_rule(f)
    outside = re.sub(r'xmlns(:xlink)?="[^"]*"|createElementNS|"http://www.w3.org/2000/svg"', "", page)
    assert not re.search(r"https?:|//cdn|@import|<link rel=.stylesheet|fetch\(|XMLHttp|\bsrc=", outside)
    assert "Content-Security-Policy" in page


def test_the_page_is_small():
    assert len(viz.player(lesson()).html().encode()) < 150_000
    neuron = nn.Neuron(8, seed=0)(list(range(8)))
    assert len(viz.player(neuron).html().encode()) < 400_000


def test_the_same_graph_gives_the_same_bytes():
    assert viz.player(lesson()).html() == viz.player(lesson()).html()


def test_labels_are_escaped():
    page = viz.player(Value(1.0, label=ODD) * Value(2.0, label="y")).html()
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert page.count("</title>") <= 1 + page.count("<title>")
    assert viz.player(Value(1.0, label=ODD) * 2)._repr_html_().count("<") == 2


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


def test_a_single_leaf_and_a_large_graph_can_be_played():
    assert len(data_of(viz.player(Value(2.0, label="x")).html())["trace"]["steps"]) == 1
    x = Value(1.0)
    for _ in range(400):
        x = x * 1.001
    page = viz.player(x).html()
    assert "too large to draw: 801 nodes, 800 edges" in page
    assert len(data_of(page)["trace"]["steps"]) == 801
    assert repr(viz.player(x)).startswith("<Player of 400 operations")


def test_few_nodes_with_very_many_edges_are_not_drawn():
    x = Value(0.5, label="x")
    assert "too large to draw: 2 nodes, 3,002 edges" in viz.player(dot([x] * 1501, [x] * 1501)).html()
    assert "too large" not in re.sub(r"<script.*", "", viz.player(dot([x] * 5, [x] * 5)).html(), flags=re.DOTALL)


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
    assert [page.count("<h2>") for page in asked] == [4, 6]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The inputs cannot be changed here, because"), ("zh", "这里不能改变输入，因为")]
)
def test_a_row_without_javascript_is_played_but_not_changed(lang, said):
    cube = rule("cube", lambda x: x * x * x, lambda x, out: 3 * x * x)
    try:
        page = viz.player(cube(Value(2.0)), lang=lang).html()
    finally:
        del RULES["cube"]
    assert data_of(page)["can_compute"] is False
    (shown,) = re.findall(r'<p id="no-program" >(.*)</p>', page)
    assert said in shown
    assert 'rule("cube", ..., javascript="...")' in html.unescape(shown)
    assert '<div id="panels" hidden>' in page
    assert "cube(" not in re.search(r"const OPERATIONS.*", page)[0]


def test_at_the_border_of_a_domain_there_is_a_page_too():
    page = viz.player(parse("sqrt(x)", x=0)).html()
    assert data_of(page)["trace"]["steps"][-1]["partial"] == "inf"
    with pytest.raises(DomainError):
        parse("sqrt(x)", x=-1)


# Words


def test_every_string_has_the_same_placeholders_in_every_language():
    for key, row in TABLE.items():
        assert len(row) == len(LANGUAGES), key
        places = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in row]
        assert all(found == places[0] for found in places), key
        assert all(text.strip() for text in row), key
    assert set(HTML_LANG) == set(LANGUAGES)


def sources():
    scripts = "".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    template = (FOLDER / "page.html").read_text(encoding="utf-8")
    sheet = (Path(__file__).parents[2] / "viz" / "page" / "worksheet.py").read_text(encoding="utf-8")
    page = (Path(__file__).parents[2] / "viz" / "page" / "document.py").read_text(encoding="utf-8")
    return scripts, template, sheet, page


def test_every_string_is_used_and_every_used_string_exists():
    scripts, template, sheet, page = sources()
    said = set(re.findall(r'"([a-z]+_[a-z_]+)"', scripts)) | set(re.findall(r'say\("(\w+)"', scripts))
    made = {f"layer_{name}" for name in ("names", "symbols", "numbers", "result", "contribution", "sum")}
    made |= {f"check_{name}" for name in ("ok", "kink", "edge", "unclear", "wrong")}
    made |= set(re.findall(r"^  (order_\w+):", scripts, flags=re.MULTILINE))
    written = set(re.findall(r"(?<!\{)\{\{(\w+)\}\}", template)) | set(re.findall(r'"(sheet_\w+)"', sheet))
    written |= set(re.findall(r"shown\['(\w+)'\]", page))
    domains = {row.domain.words for row in RULES.values() if row.domain}
    roles = {noun for row in RULES.values() for noun in row.roles}
    used = said | made | written | domains | roles
    assert set(TABLE) <= used, f"unused: {set(TABLE) - used}"
    for key in [*made, *re.findall(r'say\("(\w+)"', scripts), *(written - {"html_lang", "expression"})]:
        assert key in TABLE, f"{key} is said, and not in the table"


def test_no_string_of_the_page_is_outside_the_table():
    scripts, template, *_ = sources()
    text = re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]+>|\{\{\{?\w+\}?\}\}", " ", template, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", text) == []
    code = re.sub(r"//.*", "", scripts)
    sentences = [
        text
        for text in re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
        if re.search(r"[A-Za-z]{3,} [a-z]{3,} ", "".join(text))
    ]
    assert sentences == []


def test_colours_are_defined_only_in_the_palette():
    for name in ("style.css", "worksheet.css"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgb\(|hsl\(", re.sub(r"#[a-z][\w-]*", "", text)), name
    names = set(re.findall(r"var\(--([\w-]+)\)", (FOLDER / "style.css").read_text(encoding="utf-8")))
    assert names - {"node", "width"} <= set(style.PAGE)


def test_a_page_holds_the_strings_of_one_language():
    assert strings("en").keys() == strings("zh").keys() == TABLE.keys()


# One node at several places of an operation

ROLES_IN_CHINESE = {
    "w * w": ["第 1 个因子", "第 2 个因子"],
    "w - w": ["被减数", "减数"],
    "dot([w, w], [w, x])": ["第 1 个权重", "第 2 个权重", "第 1 个输入"],
}


@pytest.mark.parametrize("name", ROLES_IN_CHINESE)
def test_page_and_worksheet_name_roles_in_their_language(name):
    for lang, roles in (("en", TIES[name].roles), ("zh", ROLES_IN_CHINESE[name])):
        steps = data_of(viz.player(tied(name), lang=lang).html())["trace"]["steps"]
        assert [step["role"] for step in steps if step.get("argument") == "w"] == roles
        sheet = viz.worksheet(tied(name), lang=lang).html()
        for role in roles:
            assert sheet.count(f"∂f/∂w += ∂f/∂f · ∂f/∂({role})") == 2  # in the questions, and in the key


def test_every_role_has_a_word_in_every_language():
    for noun in {noun for row in RULES.values() for noun in row.roles}:
        assert strings("en")[noun] == noun
        assert not re.search("[a-z]", strings("zh")[noun])
