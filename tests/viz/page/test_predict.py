"""Does predict mode judge rightly, name the mistake, hide the answer, and count as it says?"""

import json
import math
import random
import re
from fractions import Fraction

import page_in_node
import pytest
import random_graphs
from browser import needs_browser
from lab import lesson
from page_in_node import evaluated, needs_node, sent

from tinygrad_edu import DomainError, chain_rule, parse, viz
from tinygrad_edu.errors import FileError, GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.viz.page.predictions import LETTERS
from tinygrad_edu.viz.page.strings import TABLE


def graphs(count, **sizes):
    """Random graphs."""
    size = {"leaves": 3, "steps": 6, **sizes}
    return [random_graphs.as_values(*random_graphs.seeded(seed, **size))[1] for seed in range(count)]


def judged(f, answers):
    """[verdict, mistake] of each answer, [position, text]."""
    return page_in_node.judged([(f, answers)])[0]


# Reading an answer


READ = {
    "-4": [-4], "−4": [-4], "–4": [-4], " + 4 ": [4], "(-4)": [-4], "( − 4 )": [-4], "-(4)": [-4], "1/3": [1 / 3],
    "-1/3": [-1 / 3], "1/(-3)": [-1 / 3], "-(1/3)": [-1 / 3], "(1/3)": [1 / 3], "-1,5": [-1.5], "0,3333": [0.3333],
    ".5": [0.5], "2.": [2], "1e-3": [1e-3], "1E3": [1e3], "1,500": [1.5, 1500], "1,234,567.5": [1234567.5],
    "inf": ["Infinity"], "-∞": ["-Infinity"], "NaN": ["NaN"], "1 2": [], "": [], "two": [], "1/0": [], "1/2/3": [],
    "--4": [], "1e999": [], "0x10": [], "/": [], "()": [], "1..2": [], "1,2,3": [], "e5": [], ".": [], "1 000": [1000],
    "1 1/2": [1.5], "½": [0.5], "≈ 2": [2],
}  # fmt: skip


@needs_node
def test_an_answer_is_read_as_people_write_numbers():
    found = evaluated("judge", "given.map((text) => judge.readAnswer(text).map(({ number }) => number))", list(READ))
    assert dict(zip(READ, found, strict=True)) == READ


# How it counts


def cut_off(number, digits):
    size = 10 ** (digits - 1 - math.floor(math.log10(abs(number))))
    return math.trunc(number * size) / size


@needs_node
def test_the_right_number_is_right_however_it_is_written():
    cases = [(f, rightly_written(f)) for f in graphs(40)]
    for (f, answers), found in zip(cases, page_in_node.judged(cases), strict=True):
        told = [(f, answer) for answer, verdict in zip(answers, found, strict=True) if verdict != ["right", None]]
        assert told == []
    assert sum(len(answers) for _, answers in cases) > 2000


def rightly_written(f):
    """The right answer to each question, in many ways: [position, text]."""
    answers = []
    for index, step in enumerate(chain_rule(f)):
        if not isinstance(step, EdgeStep) or not math.isfinite(step.after) or not step.after:
            continue
        texts = [repr(step.after), f"{step.after:.3g}", f"{step.after:.2e}", f"{step.after:.5g}".replace(".", ",")]
        texts += [repr(cut_off(step.after, 3)), show(step.after).replace("-", "−"), f"({step.after!r})"]
        texts += [str(Fraction(step.after).limit_denominator(10**6))] if 1e-2 < abs(step.after) < 1e4 else []
        answers += [[index, text] for text in texts]
    return answers


@needs_node
def test_what_is_computed_from_the_shown_numbers_is_right_and_what_is_further_off_is_not():
    f = parse("s = sigmoid(x); f = s * y", x=-1.2345678, y=0.00123456)
    index, step = [(i, s) for i, s in enumerate(chain_rule(f)) if isinstance(s, EdgeStep)][-1]
    upstream, local = float(show(step.upstream)), float(show(step.partial))
    off = [step.after * 1.01, step.after * 0.99, step.after * 1.003]
    found = judged(f, [[index, repr(upstream * local)], *([index, repr(each)] for each in off)])
    assert found[0] == ["right", None]
    assert all(verdict == "wrong" for verdict, _ in found[1:])


@needs_node
def test_too_few_digits_are_no_answer():
    f = parse("f = x / 3", x=2)
    index = next(i for i, s in enumerate(chain_rule(f)) if isinstance(s, EdgeStep))
    verdicts = judged(f, [[index, text] for text in ("1/3", "0.3333", "0.333", ".33", "0.3", "0.4", "0.34", "3")])
    assert [verdict for verdict, _ in verdicts] == ["right"] * 3 + ["rough"] * 2 + ["wrong"] * 3


# Each mistake has its name


def wrong_results(graph, steps, step):
    """What each mistake gives, made here in Python's own way: [mistake, number]."""
    rule, args = graph.nodes[step.user_node].rule, [arg.data for arg in graph.nodes[step.user_node].args]
    out, position = graph.nodes[step.user_node].data, step.position
    edges = [each for each in steps if isinstance(each, EdgeStep)]
    complete = sum(each.contribution for each in edges if each.argument_node == step.argument_node)
    before = [each.after for each in edges if each.argument_node == step.user_node][:-1]
    swapped = [out if index == position else arg for index, arg in enumerate(args)]
    textbook = [args[0] * (1 - args[0])] if rule.name == "sigmoid" else []
    confused = [
        local_at(rule, *given, position)
        for given in ((args, args[position]), (swapped, out), (swapped, args[position]))
    ]
    adds = [("twice", 2 * step.contribution), ("sign", -step.contribution), ("upstream", step.partial)]
    adds += [("output", step.upstream * local) for local in [*confused, *textbook]]
    adds += [("local", step.upstream), ("plus", step.upstream + step.partial)]
    adds += [("quotient", step.upstream / step.partial)] if step.partial else []
    adds += [("early", each * step.partial) for each in before]
    adds += [("early", each.contribution * step.partial) for each in edges if each.argument_node == step.user_node][:-1]
    adds += [
        ("other", step.upstream * local)
        for index, local in enumerate(graph.nodes[step.user_node].partials)
        if index != position
    ]
    gives = [("sign", -step.after), ("value", args[position]), ("value", out)]
    gives += [("ahead", complete)] if step.to_come else []
    if not step.is_first:
        gives += [
            ("path", step.contribution),
            ("path", step.before),
            ("bracket", (step.before + step.upstream) * step.partial),
        ]
        gives += adds
    return [
        (key, number)
        for key, number in [*((key, step.before + number) for key, number in adds), *gives]
        if math.isfinite(number)
    ]


def local_at(rule, args, out, position):
    try:
        return rule.local_derivatives(args, out)[position]
    except DomainError:
        return math.nan


def is_near(one, other):
    return abs(one - other) <= 5e-3 * abs(other)


@needs_node
def test_each_mistake_is_named_on_random_expressions():
    cases = [(f, wrongly_answered(f)) for f in graphs(60, steps=8)]
    answers = [(f, [[index, f"{number:.9e}"] for index, _, number, _ in asked]) for f, asked in cases]
    seen = set()
    for (_, asked), found in zip(cases, page_in_node.judged(answers), strict=True):
        for (index, key, number, same), (verdict, mistake) in zip(asked, found, strict=True):
            assert verdict == "wrong", (index, key, number)
            assert mistake in same, (index, key, number, mistake, same)
            seen |= {key} if mistake == key else set()
    assert seen == set(LETTERS) - {"right", "shown", "open", "wrong", "swapped", "operation", "argument"}


def wrongly_answered(f):
    """(position, mistake, its number, all mistakes that give this number) for each mistake in each question."""
    graph, steps = Graph(f), list(chain_rule(f))
    asked = []
    for index, step in enumerate(steps):
        if not isinstance(step, EdgeStep) or not math.isfinite(step.after):
            continue
        wrong = wrong_results(graph, steps, step)
        scale = max(abs(step.before), abs(step.contribution), abs(step.after))
        told = [(key, number) for key, number in wrong if abs(number - step.after) > 0.02 * scale]
        asked += [(index, key, number, {k for k, other in wrong if is_near(number, other)}) for key, number in told]
    return asked


@needs_node
def test_a_number_of_no_usual_kind_is_not_named():
    f = parse("f = x * y + y", x=2, y=3)
    index = next(i for i, s in enumerate(chain_rule(f)) if isinstance(s, EdgeStep) and s.argument == "x")
    assert judged(f, [[index, "17"], [index, "-0.123"]]) == [["wrong", None]] * 2


FORWARD = [
    ("f = x - y", "-5", ["right", None]),
    ("f = x - y", "5", ["wrong", "swapped"]),
    ("f = x / y", "3.5", ["wrong", "swapped"]),
    ("f = x / y", "14", ["wrong", "operation"]),
    ("f = x + y", "-9", ["wrong", "sign"]),
    ("f = x + y", "7", ["wrong", "argument"]),
    ("f = x + y", "100", ["wrong", None]),
    ("f = sigmoid(x)", "0.881", ["right", None]),
]


@needs_node
def test_values_on_the_way_forward_are_judged_too():
    for text, answer, expected in FORWARD:
        assert judged(parse(text, x=2, y=7), [[0, answer]]) == [expected], (text, answer)


def test_every_mistake_has_a_letter_a_name_and_a_sentence():
    keys = set(LETTERS) - {"right", "open", "wrong"}
    assert len(set(LETTERS.values())) == len(LETTERS)
    for key in keys:
        assert f"mistake_name_{key}" in TABLE
        assert key == "shown" or f"mistake_{key}" in TABLE or f"mistake_forward_{key}" in TABLE


# The order of questions, and what is counted

WALK = """
((changes) => {
  const { NEW_QUIZ, withQuestion, logged, openPosition, questionsOf, scoreOf } = quiz;
  let state = { ...stateOf(given.nodes), position: 0, quiz: null, asked: null, playing: false };
  const change = (patch) => { const before = state; state = withQuestion({ ...state, ...patch }, before); };
  const say = (said) => change({ quiz: { ...state.quiz, log: logged(state.quiz.log, state.position, said) } });
  return given.moves.map(([move, what]) => {
    if (move === "begin") change({ quiz: { ...NEW_QUIZ, values: what } });
    if (move === "go") change({ position: what });
    if (move === "say") say(what);
    if (move === "play") change({ playing: true });
    if (move === "numbers") change(stateOf(given.nodes));
    const { right, wrong, shown, all } = scoreOf(questionsOf(state));
    return [state.position, state.asked, state.isHeld, state.playing, [right, wrong, shown, all]];
  });
})()
"""
RIGHT = {"verdict": "right", "isDone": True}
WRONG = {"verdict": "wrong", "mistake": "sign", "isDone": False}


@needs_node
def test_the_first_answer_counts_and_nobody_passes_an_open_question():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    nodes = [node.label for node in Graph(f).nodes]
    q, z, x = nodes.index("q"), nodes.index("z"), nodes.index("x")
    moves = [
        ("begin", False), ("go", 3), ("go", 8), ("play", None), ("say", WRONG), ("go", 5), ("say", RIGHT), ("go", 8),
        ("say", RIGHT), ("go", 8), ("say", {"verdict": "shown", "isDone": True}), ("go", 1), ("numbers", None),
    ]  # fmt: skip
    found = evaluated("quiz", WALK, {"nodes": sent(f), "moves": moves})
    assert found == [
        [0, None, False, False, [0, 0, 0, 4]],
        [3, None, False, False, [0, 0, 0, 4]],
        [4, q, True, False, [0, 0, 0, 4]],
        [4, q, False, False, [0, 0, 0, 4]],
        [4, q, False, False, [0, 1, 0, 4]],
        [4, q, True, False, [0, 1, 0, 4]],
        [4, None, False, False, [0, 1, 0, 4]],
        [5, z, True, False, [0, 1, 0, 4]],
        [5, None, False, False, [1, 1, 0, 4]],
        [6, x, True, False, [1, 1, 0, 4]],
        [6, None, False, False, [1, 1, 1, 4]],
        [1, None, False, False, [1, 1, 1, 4]],
        [1, None, False, False, [0, 0, 0, 4]],
    ]


@needs_node
def test_with_the_values_each_forward_step_is_a_question():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    found = evaluated(
        "quiz", WALK, {"nodes": sent(f), "moves": [("begin", True), ("go", 8), ("say", RIGHT), ("go", 8)]}
    )
    assert [each[0] for each in found] == [0, 1, 1, 2]
    assert found[-1][4] == [1, 0, 0, 6]


# Handing in


def codes(f, ends, values=False):
    """The code for questions that ended so, and the result as JSON."""
    return codes_of_each([(f, ends, values)])[0]


def codes_of_each(cases):
    script = """given.map((given) => {
      const state = stateOf(given.nodes);
      const log = new Map();
      const questions = quiz.questionsOf({ ...state, quiz: { values: given.values, log } });
      const positions = questions.map(({ position }) => position);
      given.ends.forEach((end, index) => {
        const isMistake = !["right", "shown", "wrong", "open"].includes(end);
        const said = { verdict: isMistake ? "wrong" : end, mistake: isMistake ? end : null, answer: "7", isDone: true };
        if (end !== "open") log.set(positions[index], quiz.logged(log, positions[index], said).get(positions[index]));
      });
      const whole = { ...state, quiz: { values: given.values, log } };
      return handed_in.resultOf(whole, given.letters, { seconds: 12.5, date: "2024-01-01" });
    })"""
    given = [{"nodes": sent(f), "ends": ends, "values": values, "letters": LETTERS} for f, ends, values in cases]
    return evaluated("quiz handed_in", script, given)


@needs_node
def test_python_reads_the_code_of_the_page_back(tmp_path):
    rng = random.Random(1)
    cases = []
    for f in [parse("权重 = a * a; 权重 + 1e-3 / b", a=-0.1, b=1e300), *graphs(25)]:
        edges = [step for step in chain_rule(f) if isinstance(step, EdgeStep)]
        values = rng.random() < 0.5
        forward = [step for step in chain_rule(f) if isinstance(step, ForwardStep)] if values else []
        cases.append((f, [rng.choice(list(LETTERS)) for _ in [*forward, *edges]], values))
    for (f, ends, _), result in zip(cases, codes_of_each(cases), strict=True):
        read = viz.read_predictions(result["code"], f)
        assert read.ok
        assert [each.ended for each in read.questions] == ends
        assert [each.position for each in read.questions] == [each["step"] for each in result["questions"]]
        assert read.right == ends.count("right") == result["score"]["right"]
        file = tmp_path / "predictions.json"
        file.write_text(json.dumps(result), encoding="utf-8")
        assert str(viz.read_predictions(file, f)) == str(read)


@needs_node
def test_a_slip_in_a_code_is_found():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    code = codes(f, ["right", "path", "right", "shown"])["code"]
    assert viz.read_predictions(code.lower(), f).ok
    for index in range(len(code)):
        for other in "RSNUPA2Z7":
            slip = code[:index] + other + code[index + 1 :]
            if slip == code or "-" not in slip:
                continue
            try:
                found = viz.read_predictions(slip, f)
            except (FileError, GraphError):
                continue
            assert not found.ok
            assert "DOES NOT FIT" in str(found)
    assert not viz.read_predictions(code, parse("q = x + y; f = q * z", x=-2, y=5, z=-4.0000001)).ok
    assert not viz.read_predictions(code, parse("q = x * y; f = q * z", x=-2, y=5, z=-4)).ok


@needs_node
def test_a_result_that_was_changed_afterwards_is_refused(tmp_path):
    f = parse("f = x * y", x=2, y=3)
    result = codes(f, ["path", "right"])
    result["questions"][0] |= {"verdict": "right", "mistake": None}
    file = tmp_path / "predictions.json"
    file.write_text(json.dumps(result), encoding="utf-8")
    with pytest.raises(FileError, match="changed afterwards"):
        viz.read_predictions(file, f)
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(FileError, match="holds no result"):
        viz.read_predictions(file, f)
    with pytest.raises(FileNotFoundError):
        viz.read_predictions(tmp_path / "nowhere.json", f)


@pytest.mark.parametrize("code", ["", "-", "RR", "R?-ABCDE", "3-ABCDE", "ZZ-ABCDE"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(FileError, match="a code is letters"):
        viz.read_predictions(code, parse("f = x * y", x=2, y=3))


def test_a_code_for_another_number_of_questions_is_refused():
    with pytest.raises(GraphError, match="the code answers 4 questions, but f has 2, or 3 with the values"):
        viz.read_predictions("4R-ABCDE", parse("f = x * y", x=2, y=3))


# In the browser


def twice():
    return parse("u = w * w; f = tanh(u) * w", w=0.7)


def begin(page):
    page.click("#tab-predict")
    page.click("#quiz-start")


def answer(page, text):
    page.fill("#quiz-answer", str(text))
    page.keyboard.press("Enter")
    return page.inner_text("#quiz-feedback")


def answer_all(page, f):
    for step in chain_rule(f).edges:
        answer(page, repr(step.after))
        page.click("#quiz-next")


@needs_browser
def test_a_question_hides_what_would_give_it_away_everywhere(page_of):
    f = twice()
    page = page_of(f, size="laptop")
    page.click("#last")
    begin(page)
    for step in chain_rule(f).edges:
        page.keyboard.press("Escape")
        secret = show(step.after).replace("-", "−")
        assert page.locator(f'.box[data-id="n{step.argument_node}"] .gradient').text_content() == "∂ ?"
        assert page.inner_text("#formulas").count(secret) == 0
        assert page.is_hidden("#in-one-line")
        assert page.is_hidden("#sum")
        chips = page.locator("#scene .chip:not(.empty)").count()
        assert chips == len([each for each in chain_rule(f).edges if each is not step and is_before(f, each, step)])
        for tab in ("nudge", "downhill", "paths", "order", "check"):
            page.click(f"#tab-{tab}")
            assert "waits until all questions are answered" in page.inner_text("#panels")
            assert not any(mark in page.inner_text("#panels") for mark in ("=", secret))
        page.click("#last")
        assert page.locator(f'.box[data-id="n{step.argument_node}"] .gradient').text_content() == "∂ ?"
        assert "First answer this question" in page.inner_text("#quiz-feedback")
        assert answer(page, repr(step.after)).startswith("✓ Right")
        shown = page.locator(f'.box[data-id="n{step.argument_node}"] .gradient').text_content()
        assert secret in shown
        page.click("#quiz-next")
    page.click("#tab-check")
    assert page.locator("#check-rows tr").count() > 0


def is_before(f, one, other):
    edges = list(chain_rule(f).edges)
    return edges.index(one) < edges.index(other)


@needs_browser
def test_each_answer_is_counted_exactly_and_named(page_of):
    f = lesson()
    page = page_of(f)
    begin(page)
    score = lambda: page.inner_text("#quiz-score")  # noqa: E731
    assert score() == "0 of 4 answered: 0 right at once, 0 wrong at first, 0 shown."
    assert "another argument of f" in answer(page, 3)
    assert page.get_attribute("#quiz-feedback [data-mistake]", "data-mistake") == "other"
    assert score() == "1 of 4 answered: 0 right at once, 1 wrong at first, 0 shown."
    assert "Write a number" in answer(page, "minus four")
    assert answer(page, "−4") == "✓ Now it is right: −4."
    assert score() == "1 of 4 answered: 0 right at once, 1 wrong at first, 0 shown."
    page.click("#quiz-next")
    assert answer(page, "6/2") == "✓ Right: 3."
    page.click("#quiz-next")
    assert answer(page, "( -4 )") == "✓ Right: −4."
    page.click("#quiz-next")
    page.click("#quiz-show")
    assert page.inner_text("#quiz-feedback") == "It is −4."
    assert score() == "4 of 4 answered: 2 right at once, 1 wrong at first, 1 shown."
    page.click("#quiz-next")
    assert "Done: 2 of 4 right at once." in page.inner_text("#quiz-summary")
    assert page.inner_text('[data-mistake="other"]').startswith("1 × the local derivative by another argument")
    page.click('[data-mistake="other"] button')
    assert page.inner_text("#count") == "step 4 of 7"
    assert "✗ The first answer was 3." in page.inner_text("#quiz-feedback")
    assert page.is_visible("#card #formulas")


@needs_browser
def test_the_result_is_downloaded_and_its_code_read_by_python(page_of, tmp_path):
    f = twice()
    page = page_of(f)
    begin(page)
    edges = list(chain_rule(f).edges)
    answer(page, repr(-edges[0].after))
    answer_all(page, f)
    read = viz.read_predictions(page.inner_text("#quiz-code"), f)
    assert read.ok
    assert [each.ended for each in read.questions] == ["sign", *["right"] * (len(edges) - 1)]
    with page.expect_download() as download:
        page.click("#quiz-download")
    file = tmp_path / "predictions.json"
    download.value.save_as(file)
    assert str(viz.read_predictions(file, f)) == str(read)
    assert [each["right"] for each in json.loads(file.read_text(encoding="utf-8"))["questions"]] == pytest.approx(
        [step.after for step in edges]
    )


@needs_browser
def test_a_question_writes_names_as_the_stage_does(page_of):
    page = page_of(parse("f = tanh(w1 * x + b)", w1=2, x=0.5, b=1))
    page.click("#tab-predict")
    page.check("#quiz-values")
    page.click("#quiz-start")
    asked = []
    for right in (1, 2):
        asked.append(page.text_content("#quiz-asked .ask"))
        answer(page, right)
        page.click("#quiz-next")
    assert asked == ["What is v₁ = w₁ · x?", "What is v₂ = v₁ + b?"]


@needs_browser
def test_values_can_be_asked_as_well(page_of):
    f = lesson()
    page = page_of(f)
    page.click("#tab-predict")
    page.check("#quiz-values")
    page.click("#quiz-start")
    q = next(number for number, node in enumerate(Graph(f).nodes) if node.label == "q")
    assert page.locator(f'.box[data-id="n{q}"] .value').text_content() == "?"
    assert "3" not in page.inner_text("#card #formulas")
    assert "other operation" in answer(page, -10) or "another operation" in page.inner_text("#quiz-feedback")
    assert answer(page, 3) == "✓ Now it is right: 3."
    assert page.locator(f'.box[data-id="n{q}"] .value').text_content() == "3"
    page.click("#quiz-next")
    assert "What is f" in page.inner_text("#quiz-asked")
    assert viz.read_predictions(page.text_content("#quiz-code"), f).questions[0].ended == "operation"


@needs_browser
def test_other_numbers_are_another_exercise(page_of):
    page = page_of(lesson())
    begin(page)
    answer(page, -4)
    page.click("#tab-inputs")
    page.focus('[aria-label="value of z"]')
    page.fill('[aria-label="value of z"]', "2")
    page.click("#tab-predict")
    assert page.inner_text("#quiz-score").startswith("0 of 4 answered")
    page.click("#quiz-marks button")
    assert answer(page, 2) == "✓ Right: 2."


@needs_browser
def test_predict_works_by_keyboard_alone(page_of):
    page = page_of(lesson())
    page.focus("#tab-inputs")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-predict"
    page.focus("#quiz-start")
    page.keyboard.press("Enter")
    for text in ("-4", "3", "-4", "-4"):
        assert page.evaluate("document.activeElement.id") == "quiz-answer"
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "quiz-next"
        page.keyboard.press("Enter")
    assert "All 4 right at once." in page.inner_text("#quiz-summary")


@needs_browser
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_card_keeps_its_place_through_questions_and_answers(page_of, size):
    f = twice()
    page = page_of(f, size=size)
    begin(page)
    page.evaluate("document.getElementById('side').scrollTop = 0")
    place = lambda: page.evaluate("JSON.stringify(document.getElementById('card').getBoundingClientRect())")  # noqa: E731
    sizes = set()
    for step in chain_rule(f).edges:
        for text in ("123", repr(step.after)):
            page.fill("#quiz-answer", text)
            page.evaluate("document.getElementById('quiz-form').requestSubmit()")
            page.evaluate("document.getElementById('side').scrollTop = 0")
            sizes.add(place())
        page.click("#quiz-next")
        page.evaluate("document.getElementById('side').scrollTop = 0")
    assert len(sizes) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


TOO_WIDE = """() => [...document.querySelectorAll("#panels :not(.unseen)")]
  .filter((part) => part.clientWidth && getComputedStyle(part).display !== "inline")
  .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.outerHTML.slice(0, 99))"""


@needs_browser
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_no_panel_is_wider_than_its_place_or_cuts_a_number(page_of, size):
    f = parse("long_name = w * x + bias; f = exp(long_name) / 1e-90 - relu(x) * w", w=1.5, x=-2.25, bias=3e-7)
    page = page_of(f, size=size)
    for tab in ("predict", "downhill", "paths", "order", "check"):
        page.click(f"#tab-{tab}")
        assert page.evaluate(TOO_WIDE) == [], tab
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab


@needs_browser
def test_all_panels_speak_chinese(page_of):
    f = twice()
    page = page_of(f, lang="zh")
    words = set()
    for tab in ("downhill", "paths", "order", "check", "predict"):
        page.click(f"#tab-{tab}")
        words |= set(re.findall(r"[A-Za-z]{3,}", page.inner_text("#panels")))
    page.click("#quiz-start")
    words |= set(re.findall(r"[A-Za-z]{3,}", answer(page, 99) + page.inner_text("#panels") + page.inner_text("#quiz")))
    assert words <= {"max", "viz", "read", "predictions", "code", "Python", "tanh"}
