"""Does the built guide work as a site: its links, its search, its frames, on a phone, in the dark, for everyone?

It builds the guide, about a minute, or looks at the one in the folder that GUIDE_SITE names.
"""

import contextlib
import functools
import html
import http.server
import importlib
import json
import os
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import launched, needs_browser
from ground import DRAWN, PATIENCE
from kernels import executed
from playground import in_node, needs_node

ROOT = Path(__file__).parents[2]
AXE = os.environ.get("AXE_CORE")
WRITTEN = {"lab.html", "playground.html"}  # pages of their own, with tests of their own
LISTENED_TO = (
    "index.html",
    "start.html",
    "concepts.html",
    "glossary.html",
    "gallery.html",
    "lessons/circuit.html",
    "how-to/to-pytorch.html",
    "reference/viz.html",
    "live/worksheet.html",
    "how-to/training.html",
    "zh/index.html",
    "zh/lessons/planar.html",
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("sphinx", reason="Sphinx is not installed (pip install 'tinygrad_edu[docs]')")
    if os.environ.get("GUIDE_SITE"):
        return Path(os.environ["GUIDE_SITE"])
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, str(ROOT / "docs" / "build.py"), str(folder)], check=True)
    return folder


class Links(HTMLParser):
    """Where a page leads, and the places in it that have a name."""

    def __init__(self, text):
        super().__init__()
        self.found, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        self.found += [attributes[name] for name in ("href", "src") if attributes.get(name)]


def files_of(site):
    """Each page of the guide, such as lessons/playground.html; not what is written beside them."""
    beside = {folder / name for folder in (site, site / "zh") for name in WRITTEN}
    return [file for file in site.rglob("*.html") if file not in beside and file.parent.name != "live"]


def pages_of(site):
    """Each page of the guide, read once."""
    return {file: Links(file.read_text(encoding="utf-8")) for file in files_of(site)}


def test_every_link_inside_the_site_leads_somewhere(site):
    pages = pages_of(site)
    assert len(pages) > 80
    broken = []
    for file, links in pages.items():
        for link in links.found:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            lost = target in pages and parts.fragment and unquote(parts.fragment) not in pages[target].ids
            if not target.exists() or lost:
                broken.append((str(file.relative_to(site)), link))
    assert broken == []


def test_both_languages_have_the_lab_the_playground_and_every_live_page(site):
    for folder in (site, site / "zh"):
        names = {file.name for file in (folder / "live").iterdir()}
        assert names == {f"{name}.html" for name in ("planar", "per_sample", "layers", "playground", "worksheet")}
        assert all((folder / name).stat().st_size > 1e5 for name in WRITTEN)
    assert 'lang="zh' in (site / "zh" / "lab.html").read_text(encoding="utf-8")[:500]


def test_chinese_pages_speak_chinese(site):
    assert "链式法则" in (site / "zh" / "concepts.html").read_text(encoding="utf-8")
    assert 'id="term-gradient"' in (site / "zh" / "glossary.html").read_text(encoding="utf-8")


BLOCKS = set(re.findall(r"\w+", "p li td th h1 h2 h3 h4 dt dd div figcaption summary caption button label"))
NO_PROSE = {"code", "pre", "math", "script", "style", "svg", "dl.py"}
WITHOUT_END = {"br", "img", "input", "meta", "link", "hr", "source", "wbr"}


class Prose(HTMLParser):
    """The texts of a page that are neither code, nor a formula, nor from a docstring."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words, self.inside = [], [], []
        self.feed(text)
        self.end()

    def end(self):
        self.found.append(" ".join("".join(self.words).split()))
        self.words = []

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS:
            self.end()
        if tag not in WITHOUT_END:
            of_python = tag == "dl" and (dict(attrs).get("class") or "").startswith("py")
            self.inside.append("dl.py" if of_python else tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.end()
        if self.inside:
            self.inside.pop()

    def handle_data(self, data):
        if not NO_PROSE & set(self.inside):
            self.words.append(data)


def test_no_sentence_of_a_chinese_page_is_english(site, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    is_name = importlib.import_module("translations").NO_WORDS.fullmatch
    chinese = re.compile("[\u4e00-\u9fff]")
    left, seen = [], 0
    for page in sorted((site / "zh").rglob("*.html")):
        if page.name in WRITTEN or {"live", "_modules", "reference"} & set(page.parts):  # reference has docstrings
            continue
        texts = Prose(page.read_text(encoding="utf-8")).found
        seen += sum(bool(chinese.search(text)) for text in texts)
        english = (text for text in texts if re.search(r"[A-Za-z]{2,} [a-z]{2,}", text) and not chinese.search(text))
        left += [(page.name, text) for text in english if not is_name(text)]
    assert seen > 2000
    assert left == []


# Code

BLOCK = re.compile(
    r'<div class="highlight-(\w+) notranslate">.*?<pre>(.*?)</pre></div>\s*</div>\s*(<p class="[^>]*>.*?</p>)?',
    re.DOTALL,
)
TO_READ = {  # blocks that are no code to run: what they are
    "compile": {"function program": "printed by Python", "t8 = t7": "lines of a program"},
    "how-to/playground": {"model = nn.load": "of a file that the page saves", "playground.html#": "a link"},
    "how-to/tables": {"length,width": "a table"},
    "how-to/teaching": {"Ada (sheet 1)": "printed by a command"},
    "trace": {"{": "a file", "const trace": "JavaScript, of that file"},
}


def blocks_of(page):
    """(language, text, what stands below it) of each block of code; texts are taken out of their tags."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(language, html.unescape(re.sub(r"<[^>]*>", "", text)), below) for language, text, below in found]


@pytest.mark.parametrize("language", [".", "zh"])
def test_every_block_of_code_can_be_run_or_says_where(site, language):
    pages = [*(site / language).glob("*.html"), *(site / language / "lessons").glob("*.html")]
    pages += (site / language / "how-to").glob("*.html")
    counted = 0
    for page in pages:
        name = page.relative_to(site / language).with_suffix("").as_posix()
        for _, text, below in blocks_of(page) if name != "design" else ():  # a plan of the folders
            counted += 1
            begins = [begin for begin in TO_READ.get(name, ()) if text.startswith(begin)]
            assert ("in-the-lab" in below) != bool(begins), (name, text[:80])
    assert counted > 120


@pytest.mark.parametrize("language", [".", "zh"])
def test_what_is_marked_as_python_is_in_the_notebook_of_its_page(site, language):
    counted = 0
    for notebook in (site / language).rglob("*.ipynb"):
        page = notebook.with_suffix(".html")
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        lines = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"].splitlines()]
        for marked, text, below in blocks_of(page):
            if marked == "python":
                typed = [line[4:] for line in text.splitlines() if line[:4] in (">>> ", "... ")] or text.splitlines()
                assert {line.partition("  # doctest")[0] for line in typed if line.strip()} <= set(lines)
                assert f'href="{notebook.name}"' in below
                counted += 1
    assert counted > 80


EXAMPLE = re.compile(
    r'<div class="(?:doctest )?highlight-default notranslate">.*?<pre>(.*?)</pre></div>\s*</div>\s*'
    r'(<p class="[^>]*>.*?</p>)?',
    re.DOTALL,
)
REFERENCE = ("engine", "nn", "training", "viz")


@pytest.mark.parametrize("language", [".", "zh"])
def test_every_example_of_a_docstring_is_in_the_notebook_of_its_page_and_its_formulas_open_in_the_lab(site, language):
    counted = opened = 0
    for name in REFERENCE:
        page = site / language / "reference" / f"{name}.html"
        cells = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
        lines = {line for cell in cells if cell["cell_type"] == "code" for line in cell["source"].splitlines()}
        for block, below in EXAMPLE.findall(page.read_text(encoding="utf-8")):
            text = html.unescape(re.sub(r"<[^>]*>", "", block))
            if not text.startswith(">>> "):
                continue
            typed = [line[4:].partition("  # doctest")[0] for line in text.splitlines() if line[:4] in (">>> ", "... ")]
            assert {line for line in typed if line.strip()} <= lines
            assert f'href="{name}.ipynb"' in below
            counted += 1
            opened += "lab.html#" in below
    assert counted > 60
    assert opened >= 3


@pytest.mark.parametrize("name", REFERENCE)
def test_the_examples_of_a_page_of_the_reference_run_from_the_first_to_the_last(site, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names, counted = {"__name__": "notebook"}, 0
    for cell in json.loads((site / "reference" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            fails = "raises-exception" in cell["metadata"].get("tags", [])
            with pytest.raises(Exception) if fails else contextlib.nullcontext():
                exec(compile(cell["source"], f"{name}.ipynb", "exec"), names)
            counted += 1
    assert counted > 10


def test_the_labels_of_a_chinese_page_are_chinese_before_any_script_runs(site):
    counted = 0
    for file in files_of(site / "zh"):
        if {"_modules", "live"} & set(file.parts):
            continue
        labels = re.findall(r'aria-label="(Toggle[^"]*|打开或收起[^"]*|切换[^"]*)"', file.read_text(encoding="utf-8"))
        assert [label for label in labels if label.startswith("Toggle")] == []
        counted += len(labels)
    assert counted > 200
    english = (site / "start.html").read_text(encoding="utf-8")
    assert 'aria-label="Toggle site navigation sidebar"' in english


TRAINED = """
const { trainingOf } = await from("playground/training");
const { checked, fromLink } = await from("playground/settings");
return data[0].map((link) => {
  const training = trainingOf(checked(fromLink(link)));
  training.epoch();
  return training.stopped;
});
"""


@needs_node
def test_every_link_to_the_playground_opens_something_that_trains(site):
    links = {link.partition("#playground&")[2] for links in pages_of(site).values() for link in links.found}
    links = sorted({link.partition("&hidden=")[0] for link in links - {""}})
    assert len(links) > 10
    assert in_node(TRAINED, links) == [None] * len(links)


@pytest.mark.parametrize("page", ["lessons/circuit", "how-to/training", "zh/how-to/playground"])
def test_a_notebook_runs_from_its_first_cell_to_its_last(site, tmp_path, page):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    notebook = nbformat.read(site / f"{page}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert any(cell.get("outputs") for cell in executed(notebook, tmp_path).cells)


# In a browser, from a server


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address(site, tmp_path_factory):
    """Where the site is, as one of two versions."""
    root = tmp_path_factory.mktemp("root")
    (root / "0.1.0").symlink_to(site)
    (root / "dev").symlink_to(site)
    (root / "versions.json").write_text('["0.1.0", "dev"]')
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/0.1.0/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    with launched() as running:
        yield running


@pytest.fixture
def opened(browser, address):
    """Open a page; what it logs as an error is a failure."""
    contexts, complaints = [], []

    def open_page(page, width=1280, height=900, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.goto(address + page)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "query", "found"),
    [
        ("search.html", "upstream gradient", "upstream"),
        ("zh/search.html", "上游梯度", "上游"),
        ("zh/search.html", "向传播", "传播"),
        ("zh/search.html", "PyTorch", "PyTorch"),
    ],
)
def test_the_search_finds_and_shows_excerpts(opened, page, query, found):
    tab = opened(f"{page}?q={query}")
    tab.wait_for_selector("ul.search p.context")
    excerpts = tab.locator("ul.search p.context").all_inner_texts()
    assert any(found.lower() in excerpt.lower() for excerpt in excerpts)


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize(
    "page", ["start.html", "zh/lessons/by_hand.html", "lessons/layers.html", "lessons/per_sample.html"]
)
def test_a_frame_holds_the_page_whole_and_it_runs(opened, page):
    tab = opened(page)
    tab.locator("iframe.player").first.scroll_into_view_if_needed()
    frame = tab.frame_locator("iframe.player").first
    frame.locator("#scene .arrow").first.wait_for()
    handle = tab.locator("iframe.player").first.element_handle().content_frame()
    handle.evaluate(DRAWN)
    assert handle.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert handle.evaluate("document.documentElement.scrollHeight <= innerHeight")
    before = frame.locator("#card").inner_text()
    frame.locator("#stage").click(position={"x": 5, "y": 5})
    tab.keyboard.press("ArrowRight")
    handle.wait_for_function("before => document.querySelector('#card').innerText !== before", arg=before)


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("page", ["how-to/training.html", "zh/start.html", "gallery.html"])
def test_a_training_of_a_page_opens_in_the_playground_and_trains(opened, page):
    tab = opened(page)
    link = tab.locator('.in-the-lab a[href*="#playground&data.name=moons&data.n"]').first
    layers = re.search(r"network\.layers=([^&]*)", link.get_attribute("href"))[1]
    link.click()
    tab.wait_for_url("**/playground.html#playground*")
    tab.get_by_role("button", name=re.compile("^(epoch|轮)")).first.click()
    tab.wait_for_function("layers => location.hash.includes(layers) && location.hash.includes('steps=')", arg=layers)


@needs_browser
@pytest.mark.browser
def test_an_arrow_key_beside_the_frame_does_not_lead_away(opened):
    tab = opened("lessons/circuit.html")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_timeout(500)
    assert tab.url.endswith("lessons/circuit.html")


@needs_browser
@pytest.mark.browser
def test_a_graph_keeps_its_size_on_a_phone_and_scrolls(opened):
    tab = opened("gallery.html", width=390, height=844)
    picture = tab.locator('article img[src$="graph.svg"]').first
    picture.scroll_into_view_if_needed()
    width = picture.evaluate("image => image.decode().then(() => image.getBoundingClientRect().width)")
    box = picture.locator("xpath=..")
    assert width == pytest.approx(picture.evaluate("image => image.naturalWidth"), abs=1)
    assert width > box.evaluate("box => box.clientWidth")
    box.focus()
    assert box.get_attribute("tabindex") == "0"
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("document.activeElement.scrollLeft > 0")
    tall = tab.locator('article img.only-light[alt^="The arrays of a program"]').locator("xpath=..")
    begins, hidden = tall.evaluate("box => [box.scrollLeft, box.scrollWidth - box.clientWidth]")
    assert hidden > 50
    assert begins == pytest.approx(hidden / 2, abs=1)


@needs_browser
@pytest.mark.browser
def test_the_words_around_a_chinese_page_are_chinese(opened):
    tab = opened("zh/lessons/circuit.html", width=1440)
    around = (
        ".toc-title, .skip-to-content, .back-to-top span, .related-pages .context, .related-pages .title, .copyright"
    )
    texts = tab.locator(around).evaluate_all("parts => parts.map(part => part.textContent.trim())")
    labels = tab.locator("[aria-label]").evaluate_all("parts => parts.map(part => part.ariaLabel)")
    assert len(texts) > 5
    assert len(labels) > 8
    assert [text for text in texts + labels if not re.search("[一-龥]", text)] == []


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("page", ["how-to/from-micrograd.html", "compile.html", "lessons/by_hand.html"])
def test_a_wide_table_scrolls_inside_itself_on_a_phone(opened, page):
    tab = opened(page, width=390, height=844)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    reachable = """wrapper => {
        wrapper.scrollLeft = 1e5;
        const last = [...wrapper.querySelectorAll("tr > :last-child")];
        return last.every(cell => cell.getBoundingClientRect().right <= innerWidth + 1);
    }"""
    for wrapper in tab.locator(".table-wrapper").element_handles():
        assert wrapper.evaluate(reachable)


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("page", ["how-to/teaching.html", "how-to/elsewhere.html", "reference/terminal.html"])
def test_the_second_column_of_a_table_begins_on_the_screen_of_a_phone(opened, page):
    tab = opened(page, width=390, height=844)
    begins = "table => table.querySelector('tbody td:nth-child(2)')?.getBoundingClientRect().left ?? 0"
    lefts = [table.evaluate(begins) for table in tab.locator(".table-wrapper > table").element_handles()]
    assert len(lefts) > 0
    assert max(lefts) < 390 - 80


WIDTHS = (1920, 1440, 1320, 1024, 390)  # 1320: two sidebars, and the least room between them
WIDER = """() => [document.scrollingElement, document.querySelector(".content")]
    .filter(box => box !== null && box.scrollWidth > box.clientWidth)
    .map(box => `${box.tagName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
SMALL = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, size = parseFloat(getComputedStyle(element).fontSize);
        const seen = walker.currentNode.data.trim() && element.checkVisibility({visibilityProperty: true});
        if (seen && size > 0 && size < 12.99) found.add(`${size} ${element.tagName}.${element.className}`);
    }
    return [...found];
}"""  # letters below 13 pixels; those of a link over a whole card have no size


@pytest.fixture(scope="module")
def measured(site, address, browser):
    """What is wider than the window, and what is too small, on each page of both languages; frames stay empty."""
    tab = browser.new_page()
    tab.set_default_timeout(PATIENCE)
    for part in ("**/live/*.html", "**/lab.html*"):
        tab.route(part, lambda route: route.fulfill(body=""))
    found = {}
    for file in files_of(site):
        page = file.relative_to(site).as_posix()
        tab.goto(address + page)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            found[page, width] = tab.evaluate(f"() => [({WIDER})(), ({SMALL})()]")
    tab.close()
    assert len(found) >= 200 * len(WIDTHS)
    return found


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_window(measured, width):
    assert {page: wider for (page, at), (wider, _) in measured.items() if at == width and wider} == {}


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_no_letter_is_too_small_to_be_read(measured, width):
    assert {page: small for (page, at), (_, small) in measured.items() if at == width and small} == {}


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("page", ["gallery.html", "lessons/playground.html", "zh/gallery.html", "zh/compile.html"])
def test_a_page_shows_the_pictures_of_its_theme(opened, page):
    """That of the system, and the one that a reader chooses; in Chinese, Chinese ones."""
    seen = """() => [...document.querySelectorAll("article img")].filter((image) => image.offsetWidth)
        .map((image) => [image.currentSrc.split("/").at(-1), getComputedStyle(image).filter])"""
    for scheme in ("light", "dark"):
        for chosen in (None, "light", "dark"):
            tab = opened(page, scheme=scheme)
            if chosen:
                tab.evaluate("(theme) => (document.body.dataset.theme = theme)", chosen)
            pictures = tab.evaluate(seen)
            assert pictures
            for name, filtered in pictures:
                assert (".dark" in name) == ((chosen or scheme) == "dark")
                assert (".zh_CN" in name) == page.startswith("zh/")
                assert filtered == "none"


@needs_browser
@pytest.mark.browser
def test_a_picture_without_a_dark_form_is_turned_around(opened):
    for scheme, filtered in (("light", "none"), ("dark", "invert(0.93) hue-rotate(180deg)")):
        tab = opened("glossary.html", scheme=scheme)
        tab.evaluate("document.querySelector('article').innerHTML = '<img src=\\'data:,a.png\\' alt=\\'\\'>'")
        assert tab.locator("article img").evaluate("image => getComputedStyle(image).filter") == filtered


@needs_browser
@pytest.mark.browser
def test_another_version_opens_at_the_same_page(opened):
    tab = opened("zh/how-to/training.html")
    tab.wait_for_selector(".versions select")
    assert tab.locator(".versions option").all_inner_texts() == ["0.1.0", "dev"]
    tab.select_option(".versions select", "dev")
    tab.wait_for_url("**/dev/zh/how-to/training.html")


@needs_browser
@pytest.mark.browser
@pytest.mark.skipif(AXE is None, reason="AXE_CORE does not name axe.min.js (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", LISTENED_TO)
def test_axe_finds_nothing_on_a_page(opened, page, scheme):
    tab = opened(page, scheme=scheme)
    tab.add_script_tag(path=AXE)
    found = tab.evaluate("axe.run(document, {iframes: false}).then(found => found.violations)")
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == []
