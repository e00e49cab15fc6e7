"""Is an answer judged in Python as the page judges it, answer by answer, and is every mistake told in words?"""

import random
import re

import pytest
import random_graphs
from page_in_node import evaluated, judged, needs_node
from sampling import sample

from tinygrad_edu import chain_rule, parse
from tinygrad_edu.show import show
from tinygrad_edu.steps.judging import FORWARD_MISTAKES, MISTAKES, Verdict, explained, judge, judge_local, read_answer
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep

TYPED = [
    "-4", "−4", " + 4 ", "(-4)", "-(4)", "1/3", "1/(-3)", "-(1/3)", "-1,5", ".5", "2.", "1e-3", "1E3", "1,500",
    "1,234,567.5", "inf", "-∞", "NaN", "1 2", "", "two", "1/0", "1/2/3", "--4", "1e999", "0x10", "/", "()", "1..2",
    "1,2,3", "e5",
    ".", "0", "-0", "0.0", "٣", "1_0", "n", "b", "1e-999", "1,5/2", "1,500/3", "(1)(2)", "²", "+inf/2", "0.000",
    "( − 4 )", "-1/3", "0,3333", "+3", "1e400", "0/5", "1_000", "1/1e-320", "1/inf", "inf/2",
    "≈2", "~2", "'2", "=2", '"2 "', "“2”", "½", "-1½", "−¾", "1 1/2", "-2 3/4", "1 000", "1 000/2", "1'000,5",
    "1.234,5", "1 2/2", "3 5/2", "u = 6", "2*3 = 6", "=2=", "50 %", "-1,5%", "%", "½%", "１．５", "－２",
    "2\u200e", "\ufeff2", "6÷4", "1,5 %/2", "'", "=", "≈", "2'", "1'2", "\u00a02\u00a0", "1\u202f000", "2\n", "a\n=2",
]  # fmt: skip


@needs_node
def test_a_text_is_read_as_on_the_page():
    script = "given.map((text) => judge.readAnswer(text).map(({ number, digits, unit }) => [number, digits, unit]))"
    found = evaluated("judge", script, TYPED)
    mine = [[list(map(plain, reading)) for reading in read_answer(text)] for text in TYPED]
    assert mine == [[list(map(plain, reading)) for reading in readings] for readings in found]


def plain(number):
    """A number that came as JSON or from Python, as one text: JSON has no -0, and 10 ** -4 is no 1e-4 in JavaScript."""
    return f"{float(number) + 0.0:.14g}"


def answers_to(trace, source):
    """Right, wrong in each usual way, and other answers to every question: [position, text]."""
    numbers = [node.data for node in trace.nodes] + [edge.partial for edge in trace.edges]
    found = []
    for position, step in enumerate(trace):
        if isinstance(step, SeedStep):
            continue
        truth = step.out if step.phase == "forward" else step.after
        made = [truth, -truth, 2 * truth, truth + 1, truth * 1.01, truth * 1.001, *source.sample(numbers, 3)]
        if step.phase == "backward":
            made += [step.upstream, step.partial, step.contribution, step.before - step.contribution, step.before]
            made += [step.upstream + step.partial, step.before + step.upstream]
        texts = [text for each in made for text in (repr(each), f"{each:.2g}", f"{each:.3g}", show(each))]
        found += [[position, text] for text in texts]
    return found


@needs_node
@pytest.mark.parametrize("first", sample([0, 1000]))
def test_an_answer_is_judged_as_on_the_page(first):
    """On random graphs, on each row at 0, and where numbers are inf: verdict and mistake, for every answer."""
    fs = [
        random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1] for seed in range(first, first + 25)
    ]
    fs += [
        parse(text, **{name: 0.0 for name in "xy" if name in text.replace("exp", "").replace("max", "")})
        for text in AT_ZERO
    ]
    source, cases = random.Random(first), []
    for f in fs:
        trace = chain_rule(f)
        cases.append((f, trace, answers_to(trace, source)))
    page = judged((f, answers) for f, _, answers in cases)
    seen = set()
    for (_, trace, answers), theirs in zip(cases, page, strict=True):
        for (position, text), their in zip(answers, theirs, strict=True):
            verdict = judge(trace, trace[position], read_answer(text))
            assert list(verdict) == their, (str(trace[position]), text)
            seen.add(verdict.mistake)
    assert len(seen) > 10
    assert sum(len(answers) for _, _, answers in cases) > 2000


AT_ZERO = [
    "f = x * x", "f = relu(x) * y", "f = exp(x) * exp(x)", "f = abs(x) + y * x", "f = sigmoid(x) * tanh(y)",
    "f = x ** 2 + x", "f = maximum(x, y) * x", "f = sqrt(x)", "f = cos(x) / exp(y)",
    "f = dot([x, y], [y, x])", "f = -x - y - x",
]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_mistake_is_told_in_words(lang):
    trace = chain_rule(parse("q = x * y; f = q * x", x=2, y=3))
    told = [explained(trace.edges[-1], mistake.key, lang) for mistake in MISTAKES]
    told += [explained(trace.forward[0], mistake.key, lang) for mistake in FORWARD_MISTAKES]
    told += [explained(trace.edges[0], None, lang), explained(trace.forward[0], None, lang)]
    assert not any(re.search(r"[{}]", each) for each in told)
    assert len(set(told)) >= len(told) - 1  # the sign is wrong on both ways


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("f = x / y", "1/7", Verdict("right")),
        ("f = x / y", "0,143", Verdict("right")),
        ("f = x / y", "-1/7", Verdict("wrong", "sign")),
        ("f = x / y", "-2/49", Verdict("wrong", "other")),
        ("f = x / y", "100", Verdict("wrong")),
        ("f = tanh(x)", "-3", Verdict("wrong", "output")),  # 1 - x² for 1 - t²
        ("f = log(x)", "-1/2", Verdict("wrong", "sign")),
    ],
)
def test_a_local_derivative_alone_is_judged(text, answer, expected):
    trace = chain_rule(parse(text, **{name: number for name, number in {"x": 2, "y": 7}.items() if name in text[4:]}))
    assert judge_local(trace, trace.edges[0], read_answer(answer)) == expected


def test_a_step_whose_mistakes_leave_the_domain_is_judged_all_the_same():
    trace = chain_rule(parse("f = log(x) / y", x=0.5, y=1))
    for step in trace:
        if isinstance(step, EdgeStep | ForwardStep):
            assert judge(trace, step, read_answer("77")) == Verdict("wrong")
