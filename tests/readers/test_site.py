"""Does the built guide work as a site: its links, its search, its frames, on a phone, in the dark, for everyone?

It builds the guide, about a minute, or looks at the one in the folder that GUIDE_SITE names.
"""

import functools
import http.server
import os
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import launched, needs_browser

ROOT = Path(__file__).parents[2]
AXE = os.environ.get("AXE_CORE")
WRITTEN = {"lab.html", "playground.html"}  # pages of their own, with tests of their own
TEN = (
    "index.html",
    "start.html",
    "concepts.html",
    "glossary.html",
    "gallery.html",
    "lessons/circuit.html",
    "how-to/to-pytorch.html",
    "reference/viz.html",
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


def pages_of(site):
    """Each page of the guide, read once."""
    files = [file for file in site.rglob("*.html") if file.name not in WRITTEN and file.parent.name != "live"]
    return {file: Links(file.read_text(encoding="utf-8")) for file in files}


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
    assert handle.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert handle.evaluate("document.documentElement.scrollHeight <= innerHeight")
    before = frame.locator("#card").inner_text()
    frame.locator("#stage").click(position={"x": 5, "y": 5})
    tab.keyboard.press("ArrowRight")
    handle.wait_for_function("before => document.querySelector('#card').innerText !== before", arg=before)


@needs_browser
@pytest.mark.browser
def test_an_arrow_key_beside_the_frame_does_not_lead_away(opened):
    tab = opened("lessons/circuit.html")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_timeout(500)
    assert tab.url.endswith("lessons/circuit.html")


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
@pytest.mark.parametrize("page", TEN)
def test_axe_finds_nothing_on_a_page(opened, page, scheme):
    tab = opened(page, scheme=scheme)
    tab.add_script_tag(path=AXE)
    found = tab.evaluate("axe.run(document, {iframes: false}).then(found => found.violations)")
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == []
