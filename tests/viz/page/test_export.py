"""Does what is saved from the page stand alone, and say what Python says?"""

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from browser import needs_browser
from lab import Lab
from page_engine import expression
from page_in_node import in_node, needs_node
from PIL import Image
from several_places import TIES, tied

from tinygrad_edu import Trace, Value, chain_rule, parse
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.viz import style
from tinygrad_edu.viz.drawing import rasterized
from tinygrad_edu.viz.page.engine import nodes
from tinygrad_edu.viz.page.menu import EXAMPLES
from tinygrad_edu.viz.page.strings import strings

SVG = "{http://www.w3.org/2000/svg}"
DRIVER = """
import { parse } from "./engine/parsing.js";
import { graphFrom } from "./engine/recompute.js";
import { chainRule, traceLatex } from "./engine/steps.js";
import { traceJson } from "./engine/trace_json.js";
const answer = ({ text, values, nodes }) => {
  const graph = nodes ? graphFrom(nodes) : parse(text, values);
  const steps = chainRule(graph);
  return { json: traceJson(graph, steps), latex: traceLatex(steps) };
};
console.log(JSON.stringify(given.map(answer)));
"""


def written_by_the_page(cases):
    """The trace as JSON and as LaTeX, as the page's engine writes it."""
    return in_node(DRIVER, cases)


# Text and data, against Python

EXACT = {
    "q = x + y; f = q * z": {"x": -2, "y": 5, "z": -4},
    "x * x - x / y": {"x": 3, "y": 7},
    "-(a * 1e300) * 1e10 - 2 * -b": {"a": 1, "b": 0.0},
    "dot([a, b, a], [1, 2, a]) + relu(-a) * 1e-300": {"a": 0.1, "b": -0.0},
    "权重 * x_1 + 1e22 * x2 - 123456789012345680": {"权重": 1 / 3, "x_1": 2.5, "x2": -1e-7},
    "x": {"x": 16.0},
}


@needs_node
def test_data_and_latex_are_letter_for_letter_those_of_python():
    """Where both compute the same numbers, as they do with sums, products and quotients."""
    cases = [{"text": text, "values": values} for text, values in EXACT.items()]
    for case, found in zip(cases, written_by_the_page(cases), strict=True):
        trace = chain_rule(parse(case["text"], **case["values"]))
        assert found["json"] == trace.to_json()
        assert found["latex"] == trace.latex


@needs_node
@pytest.mark.parametrize("name", TIES)
def test_a_node_at_several_places_has_its_roles_in_data_and_latex(name):
    (found,) = written_by_the_page([{"nodes": nodes(Graph(tied(name)))}])
    assert found == {"json": chain_rule(tied(name)).to_json(), "latex": chain_rule(tied(name)).latex}


@needs_node
def test_the_data_of_any_expression_is_read_by_python_as_the_same_trace():
    cases = [expression(seed) for seed in range(150)]
    equal = 0
    for case, found in zip(cases, written_by_the_page(cases), strict=True):
        expected, read = chain_rule(parse(case["text"], **case["values"])), Trace.from_json(found["json"])
        assert [node._replace(data=0) if hasattr(node, "_replace") else node.name for node in read.nodes] == [
            node.name for node in expected.nodes
        ]
        assert [type(step) for step in read] == [type(step) for step in expected]
        numbers = [[float(edge.after) for edge in trace.edges] for trace in (read, expected)]
        np.testing.assert_allclose(*numbers, rtol=1e-9, atol=1e-12)
        if read == expected:
            equal += 1
            assert (found["json"], found["latex"]) == (expected.to_json(), expected.latex)
    assert equal > 25  # the others differ in the last bit of a sine, say


@needs_node
def test_inf_and_nan_are_written_as_python_does():
    x = Value(0.0, label="x")
    for f in (x.sqrt() * 2, x.sqrt() * x * 0.0):
        (found,) = written_by_the_page([{"nodes": nodes(Graph(f))}])
        assert found["json"] == chain_rule(f).to_json()
        assert any(text in found["json"] for text in ('"inf"', '"nan"'))


# Pictures, in a browser

GRAPHS = {
    "lesson": ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4}),
    "shared": ("a = w * x; t = tanh(a); f = t * w", {"w": 2, "x": -0.5}),
}


@pytest.fixture
def open_lab(opened):
    """Open the page of the graph of this name."""

    def open_lab(name="lesson", **options):
        text, values = GRAPHS[name]
        return opened(parse(text, **values), **options)

    return open_lab


def saved(lab, button, tmp_path):
    """The name and the bytes of the file that a button of the menu saves."""
    open_menu(lab)
    with lab.page.expect_download() as download:
        lab.page.click(button)
    path = tmp_path / "saved"
    download.value.save_as(path)
    return download.value.suggested_filename, path.read_bytes()


def open_menu(lab):
    if not lab.page.evaluate("document.getElementById('saving').matches(':popover-open')"):
        if lab.page.is_visible("#more"):
            lab.page.click("#more")
        lab.page.click("#save")
        lab.page.wait_for_selector("#saving .export-row")


AS_SVG, AS_PNG = "#saving button:text-is('SVG')", "#saving button:text-is('PNG')"


def texts_of(svg):
    """Its texts, with a hyphen for each minus."""
    return ["".join(each.itertext()).replace("−", "-") for each in ET.fromstring(svg).iter(f"{SVG}text")]


@needs_browser
@pytest.mark.parametrize("name", GRAPHS)
def test_a_picture_has_every_number_of_the_stage_and_the_words_of_the_step(open_lab, tmp_path, name):
    lab = open_lab(name)
    trace = chain_rule(parse(GRAPHS[name][0], **GRAPHS[name][1]))
    for position in (0, 2, len(trace.forward) + 1, len(trace.forward) + 3, len(trace) + 1):
        lab.page.keyboard.press("Escape")
        lab.step_to(position)
        file, svg = saved(lab, AS_SVG, tmp_path)
        assert file == f"f-step-{position:02}.svg"
        found = texts_of(svg)
        for box in lab.boxes().values():
            assert {text for text in box.values() if text} <= set(found)
        if 0 < position <= len(trace):
            assert re.sub(r"\s", "", str(trace[position - 1])) in re.sub(r"\s", "", "".join(found))
            assert any(f"step {position} of {len(trace)}" in text for text in found)
    assert "∂f/∂" in found[-1]


@needs_browser
def test_a_picture_needs_nothing_of_the_page(open_lab, tmp_path):
    lab = open_lab("shared")
    lab.step_to(7)
    svg = saved(lab, AS_SVG, tmp_path)[1].decode()
    root = ET.fromstring(svg)
    allowed = {"svg", "title", "g", "rect", "path", "circle", "text", "tspan", "line", "polygon"}
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= allowed
    assert not re.search(r"class=|style=|id=|href|var\(|color-mix|url\(|data-|currentcolor|aria", svg)
    colors = [each.get(name) for each in root.iter() for name in ("fill", "stroke") if each.get(name)]
    assert all(re.fullmatch(r"#[0-9a-f]{6}|none", color) for color in colors)
    assert {style.POSITIVE, style.NEGATIVE, style.PAPER} <= set(colors)
    assert all(each.get("font-family") and each.get("font-size") for each in root.iter(f"{SVG}text"))


@needs_browser
def test_another_program_draws_the_picture_as_the_browser_does(open_lab, tmp_path):
    """The PNG of the browser against one that Python makes of the SVG: the same size, and nearly the same pixels."""
    lab = open_lab("shared")
    lab.step_to(8)
    svg = saved(lab, AS_SVG, tmp_path)[1].decode()
    file, png = saved(lab, AS_PNG, tmp_path)
    assert file == "f-step-08.png"
    pictures = [
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int) for data in (png, rasterized(svg, 2))
    ]
    assert pictures[0].shape == pictures[1].shape
    size = [int(ET.fromstring(svg).get(side)) for side in ("height", "width")]
    assert pictures[0].shape[:2] == tuple(2 * side for side in size)
    assert (pictures[0].min(axis=2) < 200).mean() > 0.05  # not blank
    assert np.abs(pictures[0] - pictures[1]).mean() < 3


@needs_browser
def test_the_width_of_a_png_is_chosen(open_lab, tmp_path):
    lab = open_lab()
    widths = []
    for scale in ("1", "2", "4"):
        open_menu(lab)
        lab.page.select_option("#saving select", scale)
        said = lab.page.eval_on_selector("#saving select", "(select) => select.selectedOptions[0].textContent")
        widths.append(Image.open(io.BytesIO(saved(lab, AS_PNG, tmp_path)[1])).width)
        assert said == f"{widths[-1]} px"
    assert widths[1:] == [2 * widths[0], 4 * widths[0]]


@needs_browser
def test_a_picture_is_light_on_white_unless_asked_otherwise(open_lab, tmp_path):
    pictures = {}
    for scheme in ("light", "dark"):
        lab = open_lab("shared", color_scheme=scheme)
        lab.step_to(7)
        pictures[scheme] = saved(lab, AS_SVG, tmp_path)[1]
    assert pictures["light"] == pictures["dark"]
    assert lab.page.evaluate("document.documentElement.dataset.theme") is None  # as it was
    lab.page.check("#saving label:nth-of-type(2) input")
    dark = saved(lab, AS_SVG, tmp_path)[1].decode()
    assert f'fill="{style.PAGE["paper"][1]}"' in dark
    lab.page.check("#saving label:nth-of-type(1) input")
    clear = saved(lab, AS_SVG, tmp_path)[1].decode()
    assert len(list(ET.fromstring(dark).iterfind(f"{SVG}rect"))) == 1
    assert not list(ET.fromstring(clear).iterfind(f"{SVG}rect"))
    alpha = np.asarray(Image.open(io.BytesIO(saved(lab, AS_PNG, tmp_path)[1])).convert("RGBA"))[..., 3]
    assert (alpha[0, 0], alpha.max()) == (0, 255)


@needs_browser
def test_a_picture_is_of_the_whole_stage_at_rest_however_the_reader_looks_at_it(open_lab, tmp_path):
    lab = open_lab("shared")
    lab.step_to(8)
    still = saved(lab, AS_SVG, tmp_path)[1]
    lab.page.keyboard.press("Escape")
    lab.page.mouse.move(300, 450)
    view = lab.page.get_attribute("#scene", "viewBox")
    lab.page.mouse.wheel(0, -600)
    lab.page.wait_for_function("(view) => document.getElementById('scene').getAttribute('viewBox') !== view", arg=view)
    zoomed = saved(lab, AS_SVG, tmp_path)[1]
    assert [ET.fromstring(svg).get("viewBox") for svg in (zoomed, still)] == [ET.fromstring(still).get("viewBox")] * 2


@needs_browser
@pytest.mark.parametrize("shown", [0, 300, 800])  # ms: at once, on the way, and while it is added
def test_a_picture_that_is_saved_while_a_contribution_moves_is_that_of_the_end_of_its_way(open_lab, tmp_path, shown):
    still, moving = open_lab("shared"), open_lab("shared", reduced_motion="no-preference")
    moving.stop_the_clock()
    for lab in (still, moving):
        lab.step_to(8)
    moving.page.clock.run_for(shown)
    assert saved(moving, AS_SVG, tmp_path)[1] == saved(still, AS_SVG, tmp_path)[1]


@needs_browser
def test_an_odd_label_is_text_in_the_picture(browser, tmp_path):
    odd = "</text><script>alert(1)</script> & \x07 <b>"
    lab = Lab(browser, Value(2.0, label=odd) * Value(3.0, label='y"'))
    lab.step_to(1)
    _, svg = saved(lab, AS_SVG, tmp_path)
    assert "script" not in {each.tag.removeprefix(SVG) for each in ET.fromstring(svg).iter()}
    assert any("alert(1)" in text for text in texts_of(svg))
    assert lab.close() == []


# Text, in a browser


@needs_browser
def test_text_and_data_are_saved_and_copied(open_lab, tmp_path):
    lab = open_lab(permissions=["clipboard-read", "clipboard-write"])
    trace = chain_rule(parse(GRAPHS["lesson"][0], **GRAPHS["lesson"][1]))
    lab.step_to(5)
    expected = {
        "f-step-05.txt": str(trace[4]),
        "f-step-05.tex": trace[4].latex,
        "f.tex": trace.latex,
        "f.json": trace.to_json(),
    }
    for number, (name, text) in enumerate(expected.items()):
        file, data = saved(lab, f"#saving button:text-is('File') >> nth={number}", tmp_path)
        assert (file, data.decode()) == (name, text)
        lab.page.click(f"#saving button:text-is('Copy') >> nth={number}")
        lab.page.wait_for_selector("#saving .out :text('Copied.')")
        assert lab.page.evaluate("navigator.clipboard.readText()") == text


@needs_browser
def test_at_the_beginning_there_is_no_step_to_write(open_lab):
    lab = open_lab()
    open_menu(lab)
    assert "Go to a step first." in lab.text("#saving")
    assert lab.page.locator("#saving button:text-is('Copy')").count() == 2


@needs_browser
def test_the_answers_are_not_given_away_while_the_reader_predicts(open_lab, tmp_path):
    lab = open_lab()
    lab.page.click("#tab-predict")
    lab.page.click("#quiz-start")
    trace = chain_rule(parse(GRAPHS["lesson"][0], **GRAPHS["lesson"][1]))
    _, svg = saved(lab, AS_SVG, tmp_path)
    asked = trace[lab.position - 1]
    assert str(asked) not in "".join(texts_of(svg))
    assert "∂ ?" in texts_of(svg)
    assert lab.page.locator("#saving button:text-is('Copy')").count() == 0
    assert lab.text("#saving").count("the answers are in it") == 4


@needs_browser
def test_the_menu_follows_the_step(open_lab, tmp_path):
    lab = open_lab()
    lab.step_to(2)
    open_menu(lab)
    lab.page.evaluate("document.getElementById('next').click()")
    assert saved(lab, AS_SVG, tmp_path)[0] == "f-step-03.svg"
    assert saved(lab, "#saving button:text-is('File') >> nth=1", tmp_path)[0] == "f-step-03.tex"


@needs_browser
def test_the_menu_follows_the_size_of_the_picture(opened):
    lab = opened(parse(EXAMPLES["network"].text, **EXAMPLES["network"].values))
    open_menu(lab)
    widths = set()
    for _ in range(12):
        lab.page.evaluate("document.getElementById('next').click()")
        said = lab.text("#saving select")
        lab.page.keyboard.press("Escape")
        open_menu(lab)
        assert said == lab.text("#saving select")
        widths.add(said)
    assert len(widths) > 1


@needs_browser
def test_in_a_notebook_texts_and_pictures_are_shown_to_be_taken_from_there(browser, tmp_path):
    """A frame as a notebook has it: no files, no clipboard, and no message about that on the console."""
    from browser import Watched

    from tinygrad_edu import viz

    f = parse(GRAPHS["lesson"][0], **GRAPHS["lesson"][1])
    (tmp_path / "notebook.html").write_text(f"<!doctype html><body>{viz.player(f)._repr_html_()}", encoding="utf-8")
    watched = Watched(browser, viewport={"width": 1400, "height": 900})
    watched.page.goto((tmp_path / "notebook.html").as_uri())
    frame = watched.page.frames[1]
    frame.wait_for_selector("#scene .box")
    frame.click("#save")
    frame.click("#saving button:text-is('Copy') >> nth=0")
    assert frame.input_value("#saving textarea") == chain_rule(f).latex
    frame.click("#saving button:text-is('File') >> nth=1")
    assert Trace.from_json(frame.input_value("#saving textarea")) == chain_rule(f)
    frame.click(AS_SVG)
    assert frame.input_value("#saving textarea").startswith("<svg")
    frame.click(AS_PNG)
    frame.wait_for_selector("#saving img")
    assert frame.eval_on_selector("#saving img", "(image) => image.decode().then(() => image.naturalWidth)") > 900
    assert watched.handed_over() == []
    watched.close()


@needs_browser
@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_menu_fits_and_speaks(open_lab, size, lang):
    lab = open_lab("shared", size=size, lang=lang)
    lab.step_to(7)
    open_menu(lab)
    text = lab.page.inner_text("#saving")
    for key in ("export_picture", "export_step_latex", "export_latex", "export_data"):
        assert strings(lang)[key] in text
    width, height = lab.page.viewport_size["width"], lab.page.viewport_size["height"]
    parts = lab.page.locator("#saving, #saving button, #saving select, #saving label")
    for index in range(parts.count()):
        box = parts.nth(index).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


@needs_browser
def test_a_derivation_that_is_too_long_is_refused_with_its_length(browser):
    x = Value(0.5, label="x")
    for _ in range(1200):
        x = x * 1.001
    try:
        lab = Lab(browser, x)
    except TinygradError:
        pytest.fail("the page refuses what it should open")
    lab.page.click("#save")
    assert "2401 steps are too many for one text: at most 2000" in lab.text("#saving")
    assert lab.close() == []
