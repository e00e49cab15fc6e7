"""Is the sentence about a step the one that the page says, in both languages, and is what it says true?"""

import re
from pathlib import Path
from string import Formatter

import pytest
import random_graphs
from page_in_node import in_node, needs_node
from several_places import TIES, tied

from tinygrad_edu import chain_rule, parse
from tinygrad_edu.checks.engines.course import begin, chapter
from tinygrad_edu.errors import OptionError
from tinygrad_edu.graph import Graph
from tinygrad_edu.steps.sentences import (
    LANGUAGES,
    SENTENCES,
    caution,
    check_language,
    language_of,
    role_in,
    sentence,
)
from tinygrad_edu.viz.look import look_of
from tinygrad_edu.viz.page.engine import nodes
from tinygrad_edu.viz.page.strings import strings

CARDS = """
    import { graphFrom } from "./engine/recompute.js";
    import { storeOf } from "./lab/store.js";
    import { cardOf } from "./lab/words.js";
    console.log(JSON.stringify(given.map((sent) => {
      const { state } = storeOf(graphFrom(sent));
      return state.steps.map((_, index) => cardOf({ ...state, position: index + 1, asked: null }).sentences[0].key);
    })));
"""
AT_EDGES = [
    ("relu(x)", {"x": 0}), ("abs(x) * y", {"x": 0, "y": 2}), ("sqrt(x)", {"x": 0}), ("maximum(x, y)", {"x": 1, "y": 1}),
    ("h = relu(a); f = h * w", {"a": -3, "w": 2}), ("x * y * z", {"x": 0, "y": 2, "z": 3}), ("step(x)", {"x": 0}),
    ("dot([w, v], [x, y])", {"w": 0, "v": 1, "x": 2, "y": 0}), ("tanh(x)", {"x": 900}),
    ("minimum(x, y) - x", {"x": 1, "y": 3}),
    ("leaky_relu(x)", {"x": 0}), ("x ** 2", {"x": 0}), ("exp(x) * 1e-300 * y", {"x": -700, "y": 1e-20}),
]  # fmt: skip


def graphs():
    yield from (parse(text, **numbers) for text, numbers in AT_EDGES)
    yield from (tied(name) for name in TIES)
    yield from (random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=9))[1] for seed in range(40))


def pattern(key, lang):
    """What a sentence looks like, whatever is filled in."""
    return "".join(
        re.escape(text) + (".+" if name else "") for text, name, *_ in Formatter().parse(SENTENCES[key][lang])
    )


@needs_node
def test_every_sentence_is_the_one_of_the_page_in_both_languages():
    made, seen = list(graphs()), set()
    for value, keys in zip(made, in_node(CARDS, [nodes(Graph(value)) for value in made]), strict=True):
        for step, key in zip(trace := chain_rule(value), keys, strict=True):
            seen.add(key)
            for column, lang in enumerate(LANGUAGES):
                assert re.fullmatch(pattern(key, column), sentence(trace, step, lang)), (str(step), key)
    assert seen >= {key for key in SENTENCES if key.startswith(("say_", "stop_"))} - {"stop_local", "stop_tiny"}


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("relu(x)", 0, "slope by x jumps from 0 to 1. By convention its local derivative is 0."),
        ("abs(x)", 0, "slope by x jumps from -1 to 1. By convention its local derivative is 0."),
        ("leaky_relu(x)", 0, "slope by x jumps from 0.01 to 1."),
        ("sqrt(x)", 0, "is inf here: the curve is vertical"),
        ("relu(x)", 1, ""), ("abs(x)", -2, ""), ("sqrt(x)", 4, ""), ("step(x)", 0, ""), ("relu(x)", -1, ""),
    ],
)  # fmt: skip
def test_a_convention_and_a_vertical_slope_are_said_and_nothing_else(text, number, said):
    trace = chain_rule(parse(f"f = {text}", x=number))
    found = caution(trace, trace.edges[0])
    assert said in found
    assert bool(found) == bool(said)


def test_a_name_is_given_with_the_number_it_stands_for():
    trace = chain_rule(parse("a = w * x; f = a + b", w=2, x=-0.75, b=1))
    said = [sentence(trace, step) for step in trace.edges]
    assert said[0] == "f moves one for one with a. f is the output, whose own gradient is 1: so a gets 1."
    assert said[2].startswith("When w changes a little, a changes 0.75 times as much, the other way (x = -0.75).")
    assert said[3].startswith("When x changes a little, a changes w = 2 times as much.")


@pytest.mark.parametrize(
    ("text", "x", "en", "zh"),
    [
        ("3 * x", 1, "f changes 3 times as much.", "f 变化它的 3 倍。"),
        ("x / -4", 1, "f changes 0.25 times as much, the other way.", "f 反向变化它的 0.25 倍。"),
        ("1.00000001 * x", 1, "f changes by the same amount.", "f 变化同样多。"),
        ("x * -0.99999999", 1, "f changes by the same amount, the other way.", "f 反向变化同样多。"),
        ("x ** 2", -1.5, "f changes 3 times as much, the other way.", "f 反向变化它的 3 倍。"),
    ],
)
def test_a_factor_is_said_as_a_person_would(text, x, en, zh):
    trace = chain_rule(parse(f"f = {text}", x=x))
    assert sentence(trace, trace.edges[0]).startswith(f"When x changes a little, {en}")
    assert sentence(trace, trace.edges[0], "zh").startswith(f"x 变化一点，{zh}")


def test_a_node_at_several_places_is_called_by_its_place():
    trace = chain_rule(parse("f = w * w", w=3))
    assert "the second factor w of f alone changes a little" in sentence(trace, trace.edges[1])
    zh = trace.with_roles(lambda role: role_in("zh", role))
    assert "f 里只有第 2 个因子 w" in sentence(zh, zh.edges[1], "zh")


LANG_NAMES = {
    "zh": [
        "zh",
        "cn",
        "CN",
        "zh-CN",
        "zh_CN",
        "zh_TW",
        "zh-Hans",
        "zh_CN.UTF-8",
        "Chinese",
        "中文",
        "简体中文",
        " zh ",
    ],
    "en": ["en", "EN", "english", "English", "en-US", "en_GB.UTF-8", "英文", "eng"],
}


@pytest.mark.parametrize(("lang", "name"), [(lang, name) for lang, names in LANG_NAMES.items() for name in names])
def test_a_language_is_known_by_its_other_names(lang, name):
    assert language_of(name) == lang
    if name not in LANGUAGES:
        for called in (
            lambda: strings(name),
            lambda: look_of("draw", "light", name),
            lambda: chapter("1", lang=name),
            lambda: begin(Path("nowhere"), name),
        ):
            with pytest.raises(OptionError, match=f"write instead:  lang='{lang}'"):
                called()


@pytest.mark.parametrize("name", ["de", "", "fr", "zhen", "ench", "!", "x" * 500])
def test_another_language_is_not_taken_for_one_of_these(name):
    assert language_of(name) is None
    with pytest.raises(OptionError, match="the choices are en, zh"):
        check_language(name)
