"""Does the check name the mistake in an engine, in whichever style it is written, and blame no right one?

All mistakes, one by one, and pairs of them are in `python -m tests.long engines`.
"""

import functools
import importlib.util
import json
import random
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from sampling import sample

from tinygrad_edu import Value, check_engine
from tinygrad_edu.checks.engines import running
from tinygrad_edu.checks.engines.adapter import Names, names_of
from tinygrad_edu.checks.engines.bugs import can_be_planted, planted, right_engine
from tinygrad_edu.checks.engines.course import begin
from tinygrad_edu.checks.engines.diagnosis import Simulated
from tinygrad_edu.checks.engines.loading import loaded
from tinygrad_edu.checks.engines.mistakes import KINDS, MISTAKES
from tinygrad_edu.checks.engines.probes import CHAPTERS, GUIDE, PROBES
from tinygrad_edu.checks.engines.process import MEMORY, check_file
from tinygrad_edu.checks.engines.reference import RIGHT, ROWS, built
from tinygrad_edu.checks.engines.running import OutOfTime, limited
from tinygrad_edu.errors import FileError, NumberError, OptionError

ROOT = Path(__file__).parents[2]
STYLES = ROOT / "tests" / "support" / "engines"
NAMES = [mistake.name for mistake in MISTAKES]
STYLES_OF_RIGHT = sorted(file.stem for file in STYLES.glob("*.py"))


PLANTABLE = [mistake for mistake in MISTAKES if can_be_planted(mistake)]


def mixed(cases):
    """In another order, so that the first few are of all kinds."""
    return random.Random(1).sample(cases, len(cases))


def engine(source):
    """The class in the text of an engine."""
    space = {"__name__": "learner"}
    exec(source, space)
    return space["Value"]


def names(report):
    return [mistake["name"] for mistake in report.mistakes]


@functools.cache
def report_of(name):
    """What is said of an engine with this mistake."""
    return check_engine(engine(planted(by_name(name))))


def by_name(name):
    return MISTAKES[NAMES.index(name)]


# Right engines


@pytest.mark.parametrize("style", STYLES_OF_RIGHT)
def test_no_right_engine_is_blamed(style):
    found = loaded(STYLES / f"{style}.py")
    report = check_engine(found.value, functions=found.functions)
    assert (names(report), report.missing, report.ok, report.is_complete) == ([], [], True, True)


@pytest.mark.parametrize("rung", ["one_closures", "two_partials"])
def test_the_ladders_engines_are_right_and_not_complete(rung):
    found = loaded(ROOT / "examples" / "ladder" / f"{rung}.py")
    report = check_engine(found.value)
    assert names(report) == []
    assert "pow" in report.missing


def test_this_packages_engine_and_the_example_are_right():
    assert check_engine(Value).is_complete
    assert check_engine(engine(right_engine())).is_complete


def test_a_right_design_computes_what_this_package_computes():
    """All numbers and gradients of all probes in which right engines do not differ."""
    right = Simulated(RIGHT)
    for probe in PROBES:
        if not probe.choice:
            space = {"Value": Value}
            exec(probe.code, space)
            for name, (data, grad) in right.seen(probe).numbers.items():
                assert space[name].data == pytest.approx(data), probe
                if probe.compares(name):
                    assert space[name].grad == pytest.approx(grad), probe


# The table


def test_every_mistake_has_its_kind_a_page_and_differs_from_a_right_engine():
    assert len(MISTAKES) >= 40
    right = Simulated(RIGHT)
    for mistake in MISTAKES:
        assert mistake.kind in KINDS
        assert mistake.page in CHAPTERS
        assert (ROOT / GUIDE.format(mistake.page)).is_file()
        wrong = Simulated(mistake.change(RIGHT))
        assert any(not wrong.seen(probe).agrees(right.seen(probe)) for probe in PROBES if not probe.choice), (
            mistake.name
        )


@pytest.mark.parametrize("mistake", sample(PLANTABLE[::11], few=8), ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_named(mistake):
    report = check_engine(engine(planted(mistake)))
    assert [(found["name"], found["kind"], found["operation"]) for found in report.mistakes] == [
        (mistake.name, mistake.kind, mistake.operation)
    ]


def test_every_mistake_can_be_planted_and_shows():
    for mistake in filter(can_be_planted, MISTAKES):
        assert planted(mistake) != right_engine(), mistake.name
        compile(planted(mistake), mistake.name, "exec")


# The same mistakes in other styles, as a learner would make them: what is written, and what would be right

PLANTED = [
    ("closures", "other.grad = self.data * out.grad", "other.grad += self.data * out.grad", "overwrites", "mul"),
    ("closures", "other.grad = out.grad", "other.grad += out.grad", "overwrites", "add"),
    ("closures", "(1 - self.data**2) * out.grad", "(1 - t**2) * out.grad", "local derivative", "tanh"),
    (
        "closures",
        "other * self.data ** other * out.grad",
        "other * self.data ** (other - 1) * out.grad",
        "local derivative",
        "pow",
    ),
    (
        "closures",
        "self.grad += self.data * out.grad  # exp",
        "self.grad += out.data * out.grad",
        "local derivative",
        "exp",
    ),
    ("closures", "self.grad += (1 - t**2)\n", "self.grad += (1 - t**2) * out.grad\n", "upstream forgotten", "tanh"),
    ("closures", "for v in topo:", "for v in reversed(topo):", "order", None),
    ("closures", "        for v in", "        self.grad = 1\n        for v in", "seed", None),
    ("closures", "self.grad += 1\n        for", "self.grad = 1\n        for", "seed", None),
    ("closures", "return self - other\n", "return other + (-self)\n", "wrong result", "rsub"),
    ("closures", "return other - self\n", "return other + (-self)\n", "operator missing", "rsub"),
    ("closures", "def __rmull__", "def __rmul__", "operator missing", "rmul"),
    (
        "closures",
        "if v.data not in visited:\n                visited.add(v.data)",
        "if v not in visited:\n                visited.add(v)",
        "identity",
        None,
    ),
    ("closures", "for v in topo: v.grad = 0\n        self.grad = 1", "self.grad = 1", "zeroing", None),
    ("closures", "", "            other.grad += self.data * out.grad\n", "argument forgotten", "mul"),
    ("edges", "((self, 1.0), (other, 1.0)))  # -", "((self, 1.0), (other, -1.0)))", "local derivative", "sub"),
    (
        "edges",
        "((self, other.value), (other, other.value))",
        "((self, other.value), (other, self.value))",
        "local derivative",
        "mul",
    ),
    ("edges", "((self, 1.0),))", "((self, -1.0),))", "local derivative", "neg"),
    (
        "edges",
        "(other, self.value / other.value**2)",
        "(other, -self.value / other.value**2)",
        "local derivative",
        "div",
    ),
    (
        "edges",
        "parent.gradient = node.gradient * local",
        "parent.gradient += node.gradient * local",
        "overwrites",
        None,
    ),
    ("edges", "parent.gradient += local", "parent.gradient += node.gradient * local", "upstream forgotten", None),
    (
        "edges",
        "return Node(s, ((x, s * (1 + s)),))",
        "return Node(s, ((x, s * (1 - s)),))",
        "local derivative",
        "sigmoid",
    ),
    (
        "edges",
        "return Node(max(0.0, x.value), ((x, 1.0),))",
        "return Node(max(0.0, x.value), ((x, 1.0 if x.value > 0 else 0.0),))",
        "local derivative",
        "relu",
    ),
    ("edges", "return self / as_node(other)", "return as_node(other) / self", "wrong result", "rtruediv"),
    (
        "edges",
        "elif node.value not in seen:\n            seen.add(node.value)",
        "elif id(node) not in seen:\n            seen.add(id(node))",
        "identity",
        None,
    ),
    ("operations", "return g * a, g * b", "return g * b, g * a", "local derivative", "mul"),
    ("operations", "return b, a", "return g * b, g * a", "upstream forgotten", "mul"),
    ("operations", "return g / b, g * a / b**2", "return g / b, -g * a / b**2", "local derivative", "div"),
    ("operations", "return (g * a,)", "return (g / a,)", "local derivative", "log"),
    (
        "operations",
        "return (self.n * a ** (self.n - 1),)",
        "return (g * self.n * a ** (self.n - 1),)",
        "upstream forgotten",
        "pow",
    ),
    ("operations", "return (g * out * (1 - out),)\n", "return (g * (1 - out**2),)\n", "local derivative", "tanh"),
    ("operations", "arg.grad = g", "arg.grad = g if arg.grad is None else arg.grad + g", "overwrites", None),
    ("operations", "self.grad = self.data", "self.grad = 1.0", "seed", None),
    ("operations", "run(Sub(), self, other)", "run(Sub(), other, self)", "wrong result", "rsub"),
    ("recursion", "arg.backward(self.grad * local)", "arg.backward(upstream * local)", "order", None),
    ("recursion", "arg.backward(local)", "arg.backward(upstream * local)", "upstream forgotten", None),
    ("recursion", "self.grad = upstream", "self.grad += upstream", "overwrites", None),
    ("recursion", "(1 - self.data**2,)", "(1 - t**2,)", "local derivative", "tanh"),
]


@pytest.mark.parametrize(("style", "wrong", "right", "kind", "operation"), sample(mixed(PLANTED), 8))
def test_a_mistake_is_named_in_the_style_of_a_learner(style, wrong, right, kind, operation, tmp_path):
    source = (STYLES / f"{style}.py").read_text(encoding="utf-8")
    changed = source.replace(right, wrong, 1)
    assert changed != source
    (tmp_path / "engine.py").write_text(changed, encoding="utf-8")
    found = loaded(tmp_path / "engine.py")
    report = check_engine(found.value, functions=found.functions)
    assert (report.mistakes[0]["kind"], report.mistakes[0]["operation"]) == (kind, operation), str(report)


def test_mistakes_in_three_operations_are_all_named():
    chosen = ("pow: no factor n", "tanh: input for output", "rsub swapped")
    design = RIGHT
    for name in chosen:
        design = by_name(name).change(design)
    assert sorted(names(check_engine(built(design)))) == sorted(chosen)


# Mistakes that are not in the table


def with_local(op, local):
    return built(RIGHT.with_operation(op, local=local))


INVENTED = {
    "tanh, 0.9 of it": with_local("tanh", lambda args, out: (0.9 * (1 - out**2),)),
    "mul, plus one": with_local("mul", lambda args, out: (args[1] + 1, args[0])),
    "add, halves": with_local("add", lambda args, out: (0.5, 0.5)),
    "pow, always cubes": with_local("pow", lambda args, out: (3 * args[0] ** 2,)),
    "div, by itself": with_local("div", lambda args, out: (1 / args[0], -args[0] / args[1] ** 2)),
    "exp, of half": with_local("exp", lambda args, out: (out / 2,)),
    "log, base": with_local("log", lambda args, out: (1 / (2 * args[0]),)),
    "sigmoid, squared": with_local("sigmoid", lambda args, out: (out**2,)),
    "relu, leaks": with_local("relu", lambda args, out: (1.0 if args[0] > 0 else 0.01,)),
    "neg, twice": with_local("neg", lambda args, out: (-2.0,)),
}


@pytest.mark.parametrize("invented", sample(INVENTED))
def test_a_mistake_that_is_not_in_the_table_is_told_truly(invented):
    """The operation is right, the program shows it, and the numbers said are those of the engine."""
    (found, *_) = check_engine(INVENTED[invented]).mistakes
    assert found["operation"] == invented.partition(",")[0]
    assert found["name"] not in NAMES
    assert found["expected"] != found["found"]
    space = {"Value": INVENTED[invented]}
    exec(found["expression"], space)
    for name, (data, grad) in found["found"].items():
        assert (space[name].data, space[name].grad) == (data, grad)


METHODS = [
    "__add__",
    "__mul__",
    "__neg__",
    "__sub__",
    "__pow__",
    "__truediv__",
    "exp",
    "log",
    "tanh",
    "sigmoid",
    "relu",
]


@pytest.mark.parametrize("method", sample(METHODS, few=3))
def test_an_operation_that_lets_only_gradients_above_0_through_is_caught(method):
    before, start, rest = right_engine().partition(f"    def {method}(")
    own, end, after = rest.partition("        return out")
    assert own.count("+= out.grad")
    text = before + start + own.replace("+= out.grad", "+= max(out.grad, 0.0)") + end + after
    (found, *_) = check_engine(engine(text)).mistakes
    assert found["expected"] != found["found"]


def test_a_relu_that_opens_at_1_is_caught():
    text = right_engine().replace("float(self.data > 0)", "float(self.data > 1)")
    (found,) = check_engine(engine(text)).mistakes
    assert found["operation"] == "relu"


SWEEPS = {  # sweeps that are wrong in a way of their own: what is changed, and what is said
    "right alone, wrong in a chain": (
        "out.grad * other.data",
        "out.grad ** 2 * other.data",
        "with something behind it",
    ),
    "wrong where shared": (
        "self.grad += out.grad\n",
        "self.grad += out.grad if self.grad == 0 else 2 * out.grad\n",
        "Where every Value is used once",
    ),
    "stops": ("        self.grad = 1.0\n", "        self.grad = 1.0\n        [][3]\n", "stops with IndexError"),
}


@pytest.mark.parametrize("name", sample(SWEEPS))
def test_of_a_sweep_that_no_row_describes_only_what_is_certain_is_said(name):
    right, wrong, said = SWEEPS[name]
    source = right_engine().replace(right, wrong)
    assert source != right_engine()
    report = check_engine(engine(source))
    assert not report.ok
    assert not {mistake["name"] for mistake in report.mistakes} & set(NAMES)
    assert said in " ".join(mistake["sentence"] for mistake in report.mistakes), str(report)
    assert not any(mistake["operation"] for mistake in report.mistakes)


IN_STYLES = {  # not in the table either: style, what is right, what is written, kind and operation, what is said
    "a gradient is shared with the node it came from": (
        "arrays",
        {
            "            parent.grad = parent.grad + vjp(node.grad)": "            if parent.grad == 0:\n"
            "                parent.grad = np.asarray(vjp(node.grad))\n            else:\n"
            "                parent.grad += vjp(node.grad)"
        },
        ("unknown", None, "here u gets 2 where 1 is right, its own"),
    ),
    "contributions are kept by number": (
        "pullbacks",
        {
            "{id(self): 1.0}": "{self.data: 1.0}",
            "arrived.pop(id(node))": "arrived.pop(node.data, 0.0)",
            "arrived[id(x)] = arrived.get(id(x), 0.0) + part": "arrived[x.data] = arrived.get(x.data, 0.0) + part",
        },
        ("identity", None, "two different Values have the same number: here x, y"),
    ),
    "gradients are clipped": (
        "slots",
        {"node.grad += g": "g = max(-10.0, min(10.0, g))\n            node.grad += g"},
        ("unknown", None, "with something behind it, d gets -10 where -14.22 is right"),
    ),
    "numbers are rounded": (
        "mixin",
        {"self.data, self.grad = data, 0.0": "self.data, self.grad = round(data, 1), 0.0"},
        ("wrong result", None, "a number is kept as it is given"),
    ),
    "relu opens at 3": (
        "mixin",
        {"(int(a > 0),)": "(int(a > 3),)"},
        ("local derivative", "relu", "Alone, it gives 0 for d, where 1 is right"),
    ),
    "what was visited is never forgotten": (
        "pullbacks",
        {"self._walk(set())": "self._walk()", "def _walk(self, seen):": "def _walk(self, seen=set()):"},
        ("unknown", None, "run again, gives other numbers"),
    ),
    "operators bound late": (
        "mixin",
        {"is_operator else name, _operator(name))": "is_operator else name, lambda *args: args[0].apply(name, *args))"},
        ("wrong result", None, "The same error stops *, -, **, /"),
    ),
    "one edge for two uses": (
        "pulling",
        {"for user, local in mine)": "for user, local in dict(mine).items())"},
        ("unknown", None, "here a gets 1 where 2 is right, the sum over all paths"),
    ),
    "a pullback that gives one number for two": (
        "pullbacks",
        {"return a - b, lambda g: (g, -g)": "return a - b, lambda g: -g"},
        ("unknown", "sub", "stops with TypeError: 'float' object is not iterable"),
    ),
    "upstream is added": (
        "recursion",
        {"arg.backward(upstream * local)": "arg.backward(upstream + local)"},
        ("unknown", None, "Neither + nor * sends the right gradients"),
    ),
}


@pytest.mark.parametrize("invented", sample(IN_STYLES))
def test_of_an_invented_mistake_in_any_style_nothing_untrue_is_said(invented):
    style, changes, (kind, operation, said) = IN_STYLES[invented]
    source = (STYLES / f"{style}.py").read_text(encoding="utf-8")
    for right, wrong in changes.items():
        assert right in source
        source = source.replace(right, wrong)
    space = {"__name__": "learner"}
    exec(source, space)
    value = space.get("Value") or space["Tensor"]
    report = check_engine(value, functions={name: thing for name, thing in space.items() if callable(thing)})
    (first, *others) = report.mistakes
    assert (first["kind"], first["operation"]) == (kind, operation), str(report)
    assert said in first["sentence"]
    assert {one["kind"] for one in others} <= {"unknown", "wrong result"}, str(report)


@pytest.mark.parametrize(
    ("added", "name"),
    [
        ("arg.backward()\n            arg.grad += self.grad * local", "every node begins with 1, then adds"),
        ("arg.grad += self.grad * local\n            arg.backward()", "every node begins with 1"),
    ],
)
def test_a_backward_that_calls_itself_and_begins_with_1_each_time_is_one_mistake(added, name):
    source = (STYLES / "recursion.py").read_text(encoding="utf-8")
    source = source.replace("upstream=1.0", "").replace("self.grad += upstream", "self.grad = 1.0")
    report = check_engine(engine(source.replace("arg.backward(upstream * local)", added)))
    assert names(report) == [name], str(report)


def test_one_error_in_many_operations_is_told_once():
    source = (STYLES / "closures.py").read_text(encoding="utf-8")
    source = source.replace("= set(_children)", "= set(_children) if _children == () else sett(_children)")
    (mistake,) = check_engine(engine(source)).mistakes
    assert mistake["operation"] is None
    assert mistake["operations"] == ["add", "mul", *mistake["operations"][2:]]
    assert str(check_engine(engine(source))).count("NameError") == 2  # in the sentence and under the program


def test_only_one_line_of_the_text_says_where_a_mistake_is():
    """The text and the notebook say it in the same words."""
    report = report_of("mul overwrites")
    assert "1. overwrites, in mul" in str(report)
    assert "1. overwrites, in mul" in report._repr_html_()


def test_a_wrong_result_is_never_called_a_wrong_gradient():
    for operation in ROWS:
        if operation not in ("add", "mul"):
            report = check_engine(built(RIGHT.with_operation(operation, forward=lambda *args: 0.123 + sum(args))))
            assert {(found["kind"], found["operation"]) for found in report.mistakes} == {("wrong result", operation)}


# Choices


def test_choices_are_notes_and_no_mistakes():
    slope = built(RIGHT.with_operation("relu", local=lambda args, out: (float(args[0] >= 0),)))
    report = check_engine(slope)
    assert report.ok
    assert any("relu" in note and "1 there" in note for note in report.notes)
    micrograd = loaded(STYLES / "closures.py").value
    told = " ".join(check_engine(micrograd).notes)
    assert "second backward()" in told
    assert "2,000 additions" in told


@pytest.mark.parametrize(
    ("style", "right", "changed", "said"),
    [
        ("pullbacks", "", "", "gradients of inner nodes are not kept"),
        ("mixin", "ready.append(arg)\n", "ready.append(arg)\n            node.args = ()\n", "does not add the same"),
        (
            "mixin",
            "nodes = self.below()\n",
            "nodes = self.below()\n        if self.args and hasattr(self, 'spent'):\n"
            "            raise RuntimeError('the graph is gone')\n        self.spent = True\n",
            "is refused, as PyTorch does: RuntimeError: the graph is gone",
        ),
    ],
)
def test_what_pytorch_does_as_well_is_no_mistake(style, right, changed, said):
    source = (STYLES / f"{style}.py").read_text(encoding="utf-8")
    report = check_engine(engine(source.replace(right, changed, 1)))
    assert (names(report), report.ok) == ([], True), str(report)
    assert said in " ".join(report.notes)


# What is not there yet


def test_what_is_not_there_yet_is_no_mistake(tmp_path):
    (tmp_path / "engine.py").write_text(
        "class Value:\n    def __init__(self, data):\n        self.data, self.grad = data, 0.0\n"
        "    def __add__(self, other):\n        return Value(self.data + other.data)\n"
    )
    report = check_engine(loaded(tmp_path / "engine.py").value)
    assert report.ok
    assert not report.is_complete
    assert "backward" in report.missing
    assert "Next: Multiplication" in str(report)
    assert [chapter["tried"] for chapter in json.loads(report.to_json())["chapters"]] == [4, 2, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("right", "wrong", "operation", "said"),
    [
        ("self.data + other.data", "self.data + othr.data", "add", "NameError: name 'othr' is not defined"),
        ("math.exp(self.data)", "maths.exp(self.data)", "exp", "NameError: name 'maths' is not defined"),
        ("reversed(order)", "order.reverse()", None, "'NoneType' object is not iterable"),
    ],
)
def test_a_method_that_is_stopped_by_an_error_is_not_called_missing(right, wrong, operation, said):
    report = check_engine(engine(right_engine().replace(right, wrong)))
    assert not report.ok
    assert operation not in report.missing
    assert "backward" not in report.missing or operation == "add"
    (mistake, *_) = [one for one in report.mistakes if said in str(one["sentence"])]
    assert mistake["operation"] == operation


def test_an_operation_that_is_not_written_is_missing_though_the_sweep_is():
    report = check_engine(engine(right_engine().replace("def __add__", "def plus")))
    assert "add" in report.missing
    assert report.ok, str(report)


def test_a_stub_that_says_so_is_not_there_yet():
    source = right_engine().replace("out = Value(self.data / other.data, (self, other))", "raise NotImplementedError")
    report = check_engine(engine(source))
    assert report.ok
    assert "div" in report.missing


def test_the_stubs_of_the_course_ask_for_the_first_chapter(tmp_path):
    paths = begin(tmp_path / "mine")
    assert [path.name for path in paths] == ["engine.py", "README.md"]
    with pytest.raises(OptionError, match=r"self\.data = data in __init__"):
        check_engine(loaded(paths[0]).value)
    with pytest.raises(FileError, match="not overwritten"):
        begin(tmp_path / "mine")


# How an engine spells things


def test_names_are_guessed_where_one_is_plausible_and_asked_for_where_two_are():
    assert names_of(loaded(STYLES / "edges.py").value, {}) == Names("value", "gradient", "backprop")

    class Two:
        def __init__(self, number):
            self.value = self.val = number
            self.grad = 0

    with pytest.raises(OptionError, match=r"check_engine\(Two, data='value'\)"):
        check_engine(Two)
    assert check_engine(Two, data="val").ok


@pytest.mark.parametrize(("what", "near"), [("data", "data"), ("grad", "grad"), ("backward", "backward")])
def test_a_name_that_is_given_and_not_there_is_said_before_anything_is_judged(what, near):
    value = loaded(STYLES / "closures.py").value
    with pytest.raises(OptionError, match=f"{near}l") as caught:
        check_engine(value, **{what: f"{near}l"})
    assert f"{what}={near!r}" in str(caught.value)


def test_names_that_look_like_missing_ones_and_a_missing_gradient_are_notes():
    source = right_engine().replace("def __add__", "def _add_").replace("def backward", "def bakward")
    told = check_engine(engine(source.replace("        self.grad = 0.0\n", ""))).notes
    assert [note.partition(".")[0] for note in told] == [
        "there is a method _add_",
        "there is a method bakward",
        "a new Value has no attribute grad yet",
    ]
    old = check_engine(engine(right_engine().replace("def __truediv__", "def __div__"))).notes
    assert "`__truediv__`" in old[0]
    assert not any("there is a method" in note for note in check_engine(engine(right_engine())).notes)


def test_one_function_is_enough_to_be_sent_on_to_training():
    source = right_engine()
    source = (
        source[: source.index("    def exp")] + source[source.index("    def tanh") : source.index("    def sigmoid")]
    )
    source += "    def __radd__" + right_engine().partition("    def __radd__")[2]
    report = check_engine(engine(source))
    assert {"exp", "relu"} <= set(report.missing)
    assert "Next: Training" in report.next_step()


def test_a_local_derivative_is_named_even_where_the_sweep_is_unfinished():
    """As in the course: nothing is added up or sent on yet."""
    source = right_engine().replace("+=", "=").replace("out.grad * other.data", "out.grad * self.data", 1)
    source = source.replace("other.grad = out.grad * self.data", "other.grad = out.grad * other.data", 1)
    report = check_engine(engine(source.replace("reversed(order)", "[self]")))
    assert "mul: its own argument" in names(report), str(report)


def test_an_instance_or_a_function_is_not_a_class():
    with pytest.raises(NumberError, match="the class is checked"):
        check_engine(Value(1.0))


# The report


def test_the_report_prints_raises_and_is_data():
    report = report_of("mul overwrites")
    told = json.loads(report.to_json())
    assert told["ok"] is False
    assert [chapter["chapter"] for chapter in told["chapters"]] == list(CHAPTERS)
    (mistake,) = told["mistakes"]
    assert {"kind", "operation", "expression", "expected", "found", "hint", "link"} <= mistake.keys()
    assert mistake["expected"]["a"][1] == 5.0
    with pytest.raises(AssertionError, match="overwrites"):
        report.raise_for_mistakes()
    check_engine(Value).raise_for_mistakes()
    assert mistake["sentence"] not in report.text(shows="only hints")
    assert "Solution:" in report.text(shows="solution")
    assert "Solution:" not in report.text()
    assert "<pre>" in report._repr_html_()


@pytest.mark.parametrize("width", [40, 78])
def test_no_line_of_the_report_is_wider_than_the_terminal(width):
    for name in ("mul overwrites", "compared by value", "rsub missing"):
        text = report_of(name).text(width=width)
        assert max(map(len, text.splitlines())) <= width + 2, text


# A file may do anything

FILES = {
    "syntax": ("class Value\n    pass", "Python cannot read line 1"),
    "package": ("import no_such_package", "imports no_such_package, which is not installed"),
    "leaves": ("import sys\nsys.exit(3)", "leaves Python when it is imported"),
    "ends": ("import os\nos._exit(5)", "ended Python itself, with exit code 5"),
    "raises": ("1 / 0", "stops with ZeroDivisionError: division by zero in line 1"),
    "recurses": ("def f():\n    return f()\nf()", "calls itself without end"),
    "no class": ("x = 1", "it has no class"),
    "two classes": (
        "class A:\n    def backward(self): ...\nclass B:\n    def backward(self): ...",
        "its class may be A, B",
    ),
    "no number": ("class Value:\n    def __init__(self, x): self.q = x", "keeps 3.5 nowhere"),
    "wrong call": ("class Value:\n    pass", "Value(3.5) stops with TypeError"),
    "memory": ("x = bytearray(1 << 40)", "MemoryError"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_checked_gets_its_sentence(name, tmp_path):
    source, sentence = FILES[name]
    (tmp_path / "engine.py").write_text(source)
    outcome = check_file(tmp_path / "engine.py")
    assert outcome.code == 2
    assert sentence in outcome.text
    assert "Traceback" not in outcome.text
    assert outcome.data["ok"] is False


@pytest.mark.parametrize("name", ["syntax", "package", "leaves", "raises", "recurses", "no class", "two classes"])
def test_a_file_that_cannot_be_loaded_is_a_file_error(name, tmp_path):
    source, sentence = FILES[name]
    (tmp_path / "engine.py").write_text(source)
    with pytest.raises(FileError) as caught:
        loaded(tmp_path / "engine.py")
    assert sentence in str(caught.value)


@pytest.mark.long
def test_loops_and_floods_end_within_the_limits(tmp_path, monkeypatch):
    (tmp_path / "flood.py").write_text(
        "class Value:\n    def __init__(self, x):\n        self.data, self.grad = x, 0.0\n        print('x' * 100000)\n"
        "    def __add__(self, other):\n        while True:\n            pass\n"
    )
    outcome = check_file(tmp_path / "flood.py")
    assert (outcome.code, outcome.data["mistakes"][0]["kind"]) == (1, "wrong result")
    assert "does not end" in outcome.text


def test_what_python_itself_takes_of_the_memory_is_no_part_of_the_limit(tmp_path):
    pytest.importorskip("resource", reason="this system has no limits of memory")
    (tmp_path / "engine.py").write_text("import resource\nraise ValueError(resource.getrlimit(resource.RLIMIT_AS)[0])")
    limit = int(re.search(r"ValueError: (\d+)", check_file(tmp_path / "engine.py").text)[1])
    assert limit > MEMORY + 10_000_000


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that sends a signal")
def test_a_limit_of_time_leaves_that_of_the_caller_as_it_was():
    """Such as the one that pytest-timeout sets for a test that calls check_engine."""
    fired = []
    old = signal.signal(signal.SIGALRM, lambda *_: fired.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 3600)
        with pytest.raises(OutOfTime), limited(0.01):
            time.sleep(5)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        assert 0 < left < 3600
        with limited(1):
            pass
        signal.raise_signal(signal.SIGALRM)
        assert fired == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that sends a signal")
def test_only_the_time_counts_in_which_a_probe_computes(monkeypatch):
    """Not that in which it waits for its turn: an engine is as right on a machine that has much else to do."""
    clock = Clock()
    monkeypatch.setattr(running, "time", clock)
    with limited(0.01):
        clock.wait_for_looks(5)
    with pytest.raises(OutOfTime), limited(0.01):
        clock.computed += 0.01
        clock.wait_for_looks(100)
    assert clock.looks < 100
    with pytest.raises(OutOfTime), limited(0.01):
        clock.passed += 0.01 * running.PATIENCE
        clock.wait_for_looks(100)


class Clock:
    """Time that passes only where a test says so; it counts how often somebody asks how much a process has computed."""

    def __init__(self):
        self.computed, self.passed, self.looks = 100.0, 200.0, 0

    def process_time(self):
        self.looks += 1
        return self.computed

    def monotonic(self):
        return self.passed

    def wait_for_looks(self, count):
        self.looks = 0
        while self.looks < count:
            time.sleep(0.001)


def test_a_sweep_without_end_is_said_at_once_and_once(tmp_path):
    resource = pytest.importorskip("resource", reason="this system does not say how long a process computed")
    source = right_engine().replace("        visit(self)\n", "        visit(self)\n        while True: pass\n")
    (tmp_path / "engine.py").write_text(source)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    outcome = check_file(tmp_path / "engine.py")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 30  # seconds of computing
    assert outcome.code == 1
    assert [mistake["sentence"] for mistake in outcome.data["mistakes"]] == [
        "This program does not end: it was stopped after 2 seconds."
    ]


def test_what_a_file_prints_or_defines_does_not_reach_the_report(tmp_path):
    source = (STYLES / "closures.py").read_text(encoding="utf-8")
    (tmp_path / "engine.py").write_text(f"print('noise')\n{source}\nif __name__ == '__main__':\n    1 / 0\n")
    outcome = check_file(tmp_path / "engine.py")
    assert outcome.code == 0
    assert "noise" not in outcome.text


def test_a_module_beside_the_file_can_be_imported(tmp_path):
    (tmp_path / "helper_of_mine.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "engine.py").write_text("from helper_of_mine import double\n" + (STYLES / "closures.py").read_text())
    assert check_file(tmp_path / "engine.py").code == 0
    assert importlib.util.find_spec("helper_of_mine") is None
    assert "helper_of_mine" not in sys.modules


def test_a_module_beside_the_file_comes_before_one_of_python_with_its_name(tmp_path):
    (tmp_path / "colorsys.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "engine.py").write_text("from colorsys import double\n" + (STYLES / "closures.py").read_text())
    assert check_file(tmp_path / "engine.py").code == 0
