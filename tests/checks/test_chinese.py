"""Is every chapter of the course in Chinese, with its code as it is, in the words of the guide?"""

import importlib
import re
from pathlib import Path

import pytest

from tinygrad_edu.checks.engines.chinese import catalogue, in_chinese
from tinygrad_edu.checks.engines.course import README, STUBS, begin, chapter
from tinygrad_edu.checks.engines.probes import CHAPTERS

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")
CODE = re.compile(r"^ {4}.*$", re.MULTILINE)


@pytest.mark.parametrize("solution", ["folded", "shown", "left out"])
@pytest.mark.parametrize("page", CHAPTERS)
def test_every_chapter_is_chinese_and_keeps_its_code_and_its_links(page, solution):
    english, chinese = (chapter(page, solution=solution, lang=lang) for lang in ("en", "zh"))
    assert CODE.findall(chinese) == CODE.findall(english)
    assert re.findall(r"\]\((.*?)\)", chinese) == re.findall(r"\]\((.*?)\)", english)
    assert chinese.count("\n\n") == english.count("\n\n")  # as many paragraphs
    prose = CODE.sub("", chinese).splitlines()
    assert [line for line in prose if re.search(r"[A-Za-z]{2,} [a-z]{2,}", line) and not CHINESE.search(line)] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_catalogues_are_read_as_babel_reads_them(page, monkeypatch):
    pytest.importorskip("babel", reason="Babel is not installed (pip install 'tinygrad_edu[docs]')")
    monkeypatch.syspath_prepend(ROOT / "docs")
    assert catalogue(page) == importlib.import_module("translations").translations_of(f"course/{page}")


def test_a_text_without_a_translation_stays_as_it_is():
    for page in CHAPTERS:
        text = (ROOT / "docs" / "course" / f"{page}.md").read_text(encoding="utf-8")
        assert in_chinese(text, {}) == text


def test_marks_cells_and_code_keep_their_place():
    known = {
        "a point": "一点",
        "a cell": "一格",
        "a title": "标题",
        "said": "引文",
        "folded": "收起",
        "a point that goes on": "两行",
    }
    text = (
        "# a title\n\n- a point\n- a point that\n  goes on\n\n| a cell | b |\n|---|---|\n\n> said\n\n    a point\n\n"
        "```py\na point\n```\n\n```{dropdown} folded\n    a cell\n\na cell\n```\na point\n"
    )
    assert in_chinese(text, known) == (
        "# 标题\n\n- 一点\n- 两行\n\n| 一格 | b |\n|---|---|\n\n> 引文\n\n    a point\n\n"
        "```py\na point\n```\n\n```{dropdown} 收起\n    a cell\n\n一格\n```\n一点\n"
    )


def test_the_files_of_a_chinese_course_say_the_same(tmp_path):
    english, chinese = (begin(tmp_path / lang, lang) for lang in ("en", "zh"))
    assert [path.name for path in english] == [path.name for path in chinese]
    code = [re.sub(r'#.*|""".*"""', "", path.read_text(encoding="utf-8")) for path in (english[0], chinese[0])]
    assert code[0] == code[1]
    links = [re.findall(r"\((.*?)\)", path.read_text(encoding="utf-8")) for path in (english[1], chinese[1])]
    assert links[0] == links[1] == [f"chapters/{page}.md" for page in CHAPTERS]
    assert set(STUBS) == set(README) == {"en", "zh"}
    comments = re.findall("#.*", chinese[0].read_text(encoding="utf-8"))
    assert len(comments) == 7
    assert all(CHINESE.search(line) for line in comments)
