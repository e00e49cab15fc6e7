"""Do worksheets judge an answer as the page does in predict mode?"""

import math
import random

import pytest
import random_graphs
from page_in_node import evaluated, needs_node, sent

from tinygrad_edu import chain_rule, parse
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.viz.sheets.judge import Verdict, judge_local, judge_step, readings

ODD = ["-4", "−4", "( − 4 )", "-(4)", "1/3", "-1/3", "1/(-3)", "-(1/3)", "-1,5", "0,3333", ".5", "2.", "1e-3", "1,500",
       "1,234,567.5", "inf", "-∞", "NaN", "1 2", "", "two", "1/0", "1/2/3", "--4", "1e999", "0x10", "/", "()", "1..2",
       "1,2,3", "e5", ".", "+3", "1e400", "0/5", "٣", "1_000", "1/1e-320", "1/inf", "inf/2"]  # fmt: skip


@needs_node
def test_an_answer_is_read_as_the_page_reads_it():
    found = evaluated("judge", "given.map((text) => judge.readAnswer(text).map((each) => String(each.number)))", ODD)
    ours = [[math.nan if text == "NaN" else float(text.replace("Infinity", "inf")) for text in row] for row in found]
    assert [[repr(each.number) for each in readings(text)] for text in ODD] == [[repr(x) for x in row] for row in ours]


def answers_to(step, rng):
    """Right and wrong numbers, near and far, in several ways of writing."""
    steps = isinstance(step, EdgeStep)
    numbers = [step.after, step.upstream, step.partial, step.before] if steps else [step.out]
    numbers += [step.contribution, -step.after, step.upstream + step.partial] if steps else [-step.out]
    numbers += [number * rng.choice([1.001, 1.01, 2, 0.999]) for number in numbers] + [rng.uniform(-3, 3)]
    texts = [f"{number:.{rng.randint(1, 7)}g}" for number in numbers if math.isfinite(number)]
    return [*texts, repr(numbers[0]).replace(".", ","), "0", "inf"]


@needs_node
def test_every_verdict_is_that_of_the_page():
    rng, cases = random.Random(7), []
    for seed in range(60):
        f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1]
        trace = chain_rule(f)
        asked = [(n, text) for n, step in enumerate(trace) if step.phase != "seed" for text in answers_to(step, rng)]
        cases.append((trace, {"nodes": sent(f), "answers": asked}))
    script = """given.map(({ nodes, answers }) => {
      const state = stateOf(nodes);
      return answers.map(([position, text]) => {
        const { verdict, mistake } = judge.judge(state, state.steps[position], judge.readAnswer(text));
        return [verdict, mistake];
      });
    })"""
    of_the_page = evaluated("judge", script, [given for _, given in cases])
    seen = set()
    for (trace, given), said in zip(cases, of_the_page, strict=True):
        ours = [list(judge_step(trace, trace[n], readings(text))) for n, text in given["answers"]]
        assert list(zip(given["answers"], ours, strict=True)) == list(zip(given["answers"], said, strict=True))
        seen |= {mistake for _, mistake in said}
    assert {"sign", "plus", "local", "upstream", "path", "argument"} < seen


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
    assert judge_local(trace, trace.edges[0], readings(answer)) == expected


def test_a_step_whose_mistakes_leave_the_domain_is_judged_all_the_same():
    trace = chain_rule(parse("f = log(x) / y", x=0.5, y=1))
    for step in trace:
        if isinstance(step, EdgeStep | ForwardStep):
            assert judge_step(trace, step, readings("77")) == Verdict("wrong")
