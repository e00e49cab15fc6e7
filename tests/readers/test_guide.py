"""Does the guide have what it promises: a picture for each function, a live page in each lesson, Chinese words?"""

import importlib
import json
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from PIL import Image

import tinygrad_edu
from tinygrad_edu import nn, viz
from tinygrad_edu.terminal.words import WORDS
from tinygrad_edu.text.mistakes import MISTAKES
from tinygrad_edu.viz.page.slips import CHINESE
from tinygrad_edu.viz.page.strings import TABLE
from tinygrad_edu.viz.style import DARK, LIGHT

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page.relative_to(DOCS).with_suffix("").as_posix()
    for page in DOCS.rglob("*.md")
    if not {"_build", "locale"} & set(page.parts)
)
LESSONS = [page for page in PAGES if page.startswith("lessons/") and page != "lessons/index"]


def text_of(page):
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


@pytest.fixture
def docs_modules(monkeypatch):
    """The modules of docs/ and docs/_ext, by name."""
    pytest.importorskip("sphinx", reason="Sphinx is not installed (pip install 'tinygrad_edu[docs]')")
    monkeypatch.syspath_prepend(DOCS)
    monkeypatch.syspath_prepend(DOCS / "_ext")
    return importlib.import_module


# The gallery


@pytest.mark.parametrize("name", [name for name in viz.__all__ if name[0].islower()])
def test_the_gallery_shows_every_function_of_viz(name):
    assert f"viz.{name}" in text_of("gallery")


def test_every_picture_of_the_gallery_is_made_by_a_line_of_it():
    gallery = text_of("gallery")
    shown = re.findall(r"\]\(pictures/gallery/(\S+)\)", gallery)
    code = "".join(re.findall(r"```python\n(.*?)```", gallery, flags=re.DOTALL))
    made = [name for name in re.findall(r'"([\w.]+)"', code) if name.endswith((".svg", ".png", ".gif"))]
    assert sorted(shown) == sorted(made)
    assert all((DOCS / "pictures" / "gallery" / name).stat().st_size > 1000 for name in shown)


# Pictures in the theme and the language of the page

WITHOUT_FORMS = {"benchmarks.png"}  # made by a measurement


def pictures_of(page):
    """The files of the pictures of a page."""
    found = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text_of(page))
    return {(DOCS / page).parent.joinpath(address).resolve() for address in found}


DRAWN = sorted({file for page in PAGES for file in pictures_of(page) if file.name not in WITHOUT_FORMS})


def form_of(picture, form):
    return picture.with_suffix(f"{form}{picture.suffix}")


@pytest.mark.parametrize("picture", DRAWN, ids=[file.name for file in DRAWN])
def test_every_picture_of_the_guide_is_there_light_and_dark_and_in_chinese(picture):
    for form, theme in (("", LIGHT), (".dark", DARK), (".zh_CN", LIGHT), (".dark.zh_CN", DARK)):
        file = form_of(picture, form)
        if file.suffix == ".svg":
            assert f'fill="{theme.paper}"' in file.read_text(encoding="utf-8")
        else:
            with Image.open(file) as image:
                corner = image.convert("RGB").getpixel((1, 1))
            assert (max(corner) < 64) if theme is DARK else (min(corner) > 224), file.name
    chinese = [form_of(picture, form).read_bytes() for form in (".zh_CN", ".dark.zh_CN")]
    assert not {picture.read_bytes(), form_of(picture, ".dark").read_bytes()} & set(chinese)


@pytest.mark.parametrize("picture", [file for file in DRAWN if file.suffix == ".svg"], ids=lambda file: file.name)
def test_the_forms_of_a_drawing_differ_in_colours_and_words_alone(picture):
    light, dark = (
        re.sub("#[0-9a-f]{6}", "#", form_of(picture, form).read_text(encoding="utf-8")) for form in ("", ".dark")
    )
    assert light == dark
    said = form_of(picture, ".zh_CN").read_text(encoding="utf-8")
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search(r">(local|grad|data|output|layer) ", said)


def test_the_dark_form_of_a_picture_stands_beside_it(docs_modules, tmp_path):
    """As Sphinx builds it: both are in the page, each hidden in the theme of the other; a single one stays as it is."""
    pytest.importorskip("furo", reason="furo is not installed (pip install 'tinygrad_edu[docs]')")
    (tmp_path / "conf.py").write_text(
        f"import sys; sys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'dark_pictures']\nhtml_theme = 'furo'\n"
    )
    (tmp_path / "index.md").write_text("# Page\n\n![two](f.svg)\n\n![one](g.svg)\n")
    for name in ("f.svg", "f.dark.svg", "f.zh_CN.svg", "f.dark.zh_CN.svg", "g.svg"):
        (tmp_path / name).write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    for language, end in (("en", ""), ("zh_CN", ".zh_CN")):
        command = [sys.executable, "-m", "sphinx", "-W", "-q", "-D", f"language={language}", ".", f"out-{language}"]
        subprocess.run([*command, "-d", f"trees-{language}"], check=True, cwd=tmp_path)
        page = (tmp_path / f"out-{language}" / "index.html").read_text(encoding="utf-8")
        images = {
            re.search(r'src="_images/([^"]+)"', each)[1]: (re.findall(r"only-\w+", each), 'alt="two"' in each)
            for each in re.findall(r"<img [^>]+>", page)
        }
        both = {f"f{end}.svg": (["only-light"], True), f"f.dark{end}.svg": (["only-dark"], True)}
        assert images == {**both, "g.svg": ([], False)}


# The reference


def listed():
    """What the reference lists: single names, and modules as a whole."""
    pages = "".join(text_of(page) for page in PAGES if page.startswith("reference/"))
    return (
        re.findall(r"^\.\. auto(?:function|class):: (\S+)$", pages, flags=re.MULTILINE),
        re.findall(r"^\.\. automodule:: (\S+)$", pages, flags=re.MULTILINE),
    )


def test_the_reference_has_every_public_name():
    public = {f"tinygrad_edu.{name}" for name in tinygrad_edu.__all__ if name not in ("nn", "viz")}
    public |= {f"tinygrad_edu.{room}.{name}" for room, of in (("nn", nn), ("viz", viz)) for name in of.__all__}
    names, modules = listed()
    inside = {f"tinygrad_edu.{name}" for name in ("TinygradError", "DomainError", "GradientWarning")}
    tables = {"tinygrad_edu.nn.Module", "tinygrad_edu.nn.datasets", "tinygrad_edu.nn.schedules"}
    assert public - set(names) - set(modules) - inside - tables == set()
    assert "tinygrad_edu.errors" in modules


def test_the_reference_has_no_internal_name():
    names, modules = listed()
    assert not [name for name in names + modules if any(part.startswith("_") for part in name.split("."))]
    assert len(names) == len(set(names))
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert getattr(importlib.import_module(module), attribute).__doc__, name
    for name in modules:
        of = importlib.import_module(name)
        own = [each for each in vars(of).values() if getattr(each, "__module__", "") == name]
        assert all(each.__doc__ for each in own if not each.__name__.startswith("_")), name


# The lessons


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_a_live_page_and_its_exercises_have_solutions(lesson):
    text = text_of(lesson)
    assert re.search(r"```\{live\} \w+\n```", text)
    exercises = text.split("## Now you")[1]
    assert exercises.index("- ") < exercises.index("::::{dropdown} Solutions")


def test_live_pages_are_those_of_the_lessons(docs_modules):
    live = docs_modules("live")
    names = {name for page in PAGES for name in re.findall(r"```\{live\} (\w+)", text_of(page))}
    assert names == set(live.PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_formula_of_a_page_opens_in_the_lab(page, docs_modules):
    """What `parse` reads in Python, the link opens; only a formula that is wrong on purpose has no link."""
    live = docs_modules("live")
    blocks = re.findall(r"```(?:python|text)?\n(.*?)```", text_of(page), flags=re.DOTALL)
    for formula in [formula for block in blocks for formula in live.formulas_in(block)]:
        link = live._linked(formula)  # private: the page of the guide is made with it
        assert link is None or link.startswith("#f=")
    for text in re.findall(r"\{lab\}`(.*?)`", text_of(page)):
        formula, *numbers = re.split(r", (?=\w+=)", text)
        values = {name: float(number) for name, _, number in (part.partition("=") for part in numbers)}
        assert viz.link(formula, numbers=values)


def test_the_usage_of_a_command_is_no_formula(docs_modules):
    live = docs_modules("live")
    commands = re.findall("`(tinygrad-edu .*?)`", text_of("reference/terminal"))
    assert any("EXPRESSION" in command for command in commands)
    assert [formula for command in commands for formula in live.formulas_in(command)] == []


# The translation


def test_every_page_is_chinese(docs_modules):
    catalogues = docs_modules("translations").CATALOGUES
    chinese = {path.relative_to(catalogues).with_suffix("").as_posix() for path in catalogues.rglob("*.po")}
    assert chinese - {"sphinx"} == set(PAGES)  # which is the theme


def template(folder, page, texts):
    """A template as Sphinx writes it, with the texts of a page and that of a docstring."""
    path = folder / f"{page}.pot"
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = [json.dumps(text, ensure_ascii=False) for text in texts]
    own = "".join(f'\n#: ../../{page}.md:1\nmsgid {text}\nmsgstr ""\n' for text in quoted)
    other = '\n#: ../../x.py:docstring of x:1\nmsgid "A docstring."\nmsgstr ""\n'
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n' + own + other, encoding="utf-8")


def test_a_page_that_loses_a_sentence_is_reported(docs_modules, tmp_path):
    translations = docs_modules("translations")
    known = next(iter(translations.translations_of("start")))
    template(tmp_path, "start", [known, "A sentence that is new.", "`code()`", "3.14", "1e-300, nan", "46 ms", "$x$"])
    assert list(translations.untranslated(tmp_path)) == [("start", "A sentence that is new.")]


def test_a_figure_that_is_measured_again_keeps_its_sentence_chinese(docs_modules, tmp_path):
    translations = docs_modules("translations")
    text = "At first, 10 % and 7 % of the losses were refused or wrong (602 of 6,000; 1,105 of 15,700)."
    old = next(old for old in translations.translations_of("reliability") if old.startswith(text))
    template(tmp_path, "reliability", [old.replace("602 of 6,000", "611 of 6,100"), "12.34 (5.67 to 8.9)"])
    template(tmp_path, "performance", ["0.55 (0.44 to 0.66)"])
    translations.complete(tmp_path, tmp_path)
    written = (tmp_path / "zh_CN" / "LC_MESSAGES" / "reliability.po").read_text(encoding="utf-8")
    assert "611 / 6,100" in written
    assert "602 / 6,000" in written  # as it is in the catalogue
    assert list(translations.untranslated(tmp_path)) == [("reliability", "12.34 (5.67 to 8.9)")]
    assert "0.55（0.44 到 0.66）" in (tmp_path / "zh_CN" / "LC_MESSAGES" / "performance.po").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "old", "translation", "expected"),
    [
        ("3 of 40 pass", "2 of 30 pass", "30 个中有 2 个通过", "40 个中有 3 个通过"),
        ("2 of 1 pass", "1 of 2 pass", "2 个中有 1 个通过", "1 个中有 2 个通过"),
        ("1,200 in 0.5 s, to 10⁻⁹", "900 in 1.5 s, to 10⁻¹⁰", "900 个用 1.5 s，到 10⁻¹⁰", "1,200 个用 0.5 s，到 10⁻⁹"),
        ("5 of 5", "4 of 4", "4 个中 4 个", "5 个中 5 个"),
        ("4 of 5", "4 of 4", "4 个中 4 个", None),  # which of the two is the 5?
        ("1.41 million, 3 wrong", "1.39 million, 3 wrong", "139 万，3 个出错", None),
        ("1.39 million, 0 wrong", "1.39 million, 3 wrong", "139 万，3 个出错", "139 万，0 个出错"),
        ("7 with a 2", "6 with a 2", "6 个，其中 6 个有 2", None),  # one figure there is of the translation's own
    ],
)
def test_a_translation_takes_new_figures_or_none(docs_modules, text, old, translation, expected):
    assert docs_modules("translations").with_figures(text, old, translation) == expected


def test_the_glossary_uses_the_words_of_the_table(docs_modules):
    translations = docs_modules("translations")
    table = (translations.CATALOGUES.parent / "terms.md").read_text(encoding="utf-8")
    rows = [re.findall(r"[^|]+", line) for line in table.splitlines() if line.startswith("| ")][1:]
    words = {english.strip().split(",")[0]: chinese.strip() for english, chinese in rows}
    glossary = translations.translations_of("glossary")
    terms = re.findall(r"^([a-z][\w -]+)$", text_of("glossary").split(":sorted:")[1], flags=re.MULTILINE)
    assert len(terms) == 37
    for term in set(terms) & set(words):
        assert glossary[term] in words[term], term


SENSES = {  # where a word of the table is used in another sense, or is a name
    "cost": {"reliability", "how-to/teaching"}, "node": {"reliability", "performance"},
    "operator": {"reliability"}, "playground": {"performance"}, "loss": {"play_link", "play_hidden"},
    "argument": {"say_forward"},
}  # fmt: skip
NOT_SAID = re.compile(r"\{\w+\}`[^`]*`|`[^`]*`|\[\S+\]\(.*?\)|\]\(.*?\)|\"[^\"]*\"|\{\w+\}|\w+\(.*?\)")  # code, names


def said_in_both_languages(translations):
    """Every text, with where it is said: in the guide, on the page, in a terminal, of a slip in a formula."""
    for page in PAGES:
        yield from ((page, *pair) for pair in translations.translations_of(page).items())
    for key, (english, chinese) in {**TABLE, **WORDS}.items():
        yield key, english, chinese
    for key, chinese in CHINESE.items():
        yield key, MISTAKES[key][0], chinese[0]


def test_a_word_of_the_table_is_translated_in_one_way_everywhere(docs_modules):
    translations = docs_modules("translations")
    table = (translations.CATALOGUES.parent / "terms.md").read_text(encoding="utf-8")
    rows = [re.findall(r"[^|]+", line) for line in table.splitlines() if line.startswith("| ")][1:]
    chinese = {
        word: [said.removesuffix(" 函数") for said in said_as.strip().split("，")]
        for words, said_as in rows
        for word in re.sub(r" \(.*\)", "", words).strip().split(", ")
    }
    assert len(chinese) > 50
    other, used = [], set()
    for place, english, translation in said_in_both_languages(translations):
        text = NOT_SAID.sub("", english)
        for word in chinese:
            if re.search(rf"\b{word}(s|es)?\b", text, re.IGNORECASE) and place not in SENSES.get(word, ()):
                used.add(word)
                if not any(said in translation for said in chinese[word]):
                    other.append((place, word, english, translation))
    assert other == []
    assert len(used) > 50


def test_the_search_takes_chinese_apart_into_pairs(docs_modules):
    chinese = docs_modules("chinese_search").SearchChinese({})
    assert chinese.split("反向传播") == ["反向", "向传", "传播"]
    assert chinese.split("一") == ["一"]
    assert chinese.split("对 Value 求导") == ["对", "求导", "Value"]
    assert chinese.split("") == []


# The site, and the package


def test_versions_stand_beside_each_other_newest_first(docs_modules, tmp_path):
    publish = docs_modules("publish").publish
    guide, site = tmp_path / "guide", tmp_path / "site"
    guide.mkdir()
    site.mkdir()
    for version in ("dev", "0.9.0", "0.10.0", "0.10.0rc1"):
        (guide / "index.html").write_text(version)
        publish(guide, site, version)
    assert json.loads((site / "versions.json").read_text()) == ["0.10.0", "0.10.0rc1", "0.9.0", "dev"]
    assert "url=0.10.0/index.html" in (site / "index.html").read_text()
    (guide / "old.html").write_text("")
    publish(guide, site, "dev")
    (guide / "old.html").unlink()
    publish(guide, site, "dev")
    assert not (site / "dev" / "old.html").exists()
    assert (site / "0.9.0" / "index.html").read_text() == "0.9.0"


@pytest.mark.parametrize("version", ["..", "0.1/../..", "", "a branch", "/tmp"])
def test_a_version_is_never_another_folder(docs_modules, tmp_path, version):
    (tmp_path / "index.html").write_text("")
    with pytest.raises(SystemExit, match="is not a version"):
        docs_modules("publish").publish(tmp_path, tmp_path / "site", version)


def test_a_release_gets_the_addresses_of_its_repository(tmp_path):
    (tmp_path / "setup.cfg").write_text((ROOT / "setup.cfg").read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "urls"), "https://example.org/a/b", "https://a.example.org/b/"]
    subprocess.run(command, cwd=tmp_path, check=True)
    found = ConfigParser(interpolation=None)
    found.read(tmp_path / "setup.cfg", encoding="utf-8")
    urls = dict(line.split(" = ") for line in found["metadata"]["project_urls"].strip().splitlines())
    assert urls["Source"] == "https://example.org/a/b"
    assert urls["Documentation"] == found["metadata"]["url"] == "https://a.example.org/b/"
    again = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert again.returncode == 1


def test_the_citation_is_of_this_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([\w-]+): (.*)$", text, flags=re.MULTILINE))
    assert fields["version"] == tinygrad_edu.__version__
    assert fields["license"] == "MIT"
    assert {"cff-version", "message", "title", "type"} <= set(fields)
