"""Does text become the right graph, and does a bad text get an error that points?"""

import math
import random
import re
import subprocess
import sys

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from sampling import sample

from tinygrad_edu import Value, parse
from tinygrad_edu.errors import DomainError, ExpressionError, NumberError
from tinygrad_edu.show import cells
from tinygrad_edu.text.mistakes import in_width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x + y) * z", -12.0),
        ("q = x + y; f = q * z", -12.0),
        ("q = x + y\nq * z", -12.0),
        ("(x + y)·z", -12.0),
        ("(x + y) × z − 1", -13.0),
        ("-x ** 2", -4.0),
        ("2 ** 3 ** 2", 512.0),
        ("x ** -1", -0.5),
        ("y ** (1/2)", math.sqrt(5)),
        ("max(x, y) + min(x, y)", 3.0),
        ("leaky_relu(x)", -0.02),
        ("leaky_relu(x, 0.5)", -1.0),
        ("dot([x, y], [z, 2])", 18.0),
        ("logsumexp([0, 0])", math.log(2)),
        ("abs(x) + +y", 7.0),
        ("inf", math.inf),
        ("1e3 + 0x10", 1016.0),
    ],
)
def test_a_text_is_read_as_python_reads_it(text, expected):
    assert parse(text, x=-2, y=5, z=-4).data == expected


def test_indented_text_is_read():
    f = parse(
        """
        q = x + y
        f = q * z
        """,
        x=1,
        y=2,
        z=3,
    )
    assert f.data == 9.0


def test_names_become_labels_and_the_values_given_are_used():
    x = Value(2.0)
    f = parse("q = x * x; f = q + k", x=x, k=1)
    q, k = f.args
    assert (f.label, q.label, k.label, x.label) == ("f", "q", "k", "x")
    assert q.args == (x, x)


def test_a_number_with_a_name_is_a_leaf_and_one_without_is_a_constant():
    f = parse("w = 3; f = w * 2")
    w, two = f.args
    assert (w.label, w.is_constant, two.is_constant) == ("w", False, True)
    f.backward()
    assert w.grad == 2.0


def test_a_constant_exponent_does_not_meet_a_logarithm():
    x = Value(-2.0)
    y = parse("x ** (6 / 2)", x=x)
    y.backward()
    assert (y.op, x.grad) == ("power", 12.0)


@pytest.mark.parametrize(
    ("text", "marked", "wrong", "instead"),
    [
        ("(x + yy) * x", "yy", "yy has no value", "y, or give it one: yy=1.0"),
        ("x + other", "other", "other has no value", "a value for it: other=1.0"),
        ("x ^ 2", "^", "`^` is not an operator here", "x ** 2 for a power"),
        ("x // y", "//", "this operator is not defined", "one of + - * / **"),
        ("x % y", "%", "this operator is not defined", "one of + - * / **"),
        ("2x", "2x", "there is no operator between 2 and x", "2 * x\n"),
        ("x y", "x y", "there is no operator between x and y", "x * y\n"),
        ("2(x + y)", "2(", "there is no operator between 2 and (...)", "2 * (...)\n"),
        ("(x + y)x", ")x", "there is no operator between (...) and x", "(...) * x\n"),
        ("2sin(x)", "2sin", "there is no operator between 2 and sin(...)", "2 * sin(...)\n"),
        ("1j", "1j", "there is no operator between 1 and j", "1 * j\n"),
        ("1.2.3", "1.2.3", "two numbers stand side by side", "an operator between them"),
        ("1,5 * x", ",", "a comma can only stand between the arguments", "1.5 with a point"),
        ("sin x", "sin x", "the argument of a function stands in brackets", "sin(x)\n"),
        ("x(y + 1)", "x", "there is no function x", "x * (...)\n"),
        ("xy", "xy", "xy has no value", "x * y, or give it one: xy=1.0"),
        ("x²", "²", "a power is written with **, and `²` is not read", "x ** 2\n"),
        ("(x + y)⁻¹²", "⁻¹²", "a power is written with **, and `⁻¹²` is not read", "(...) ** -12\n"),
        ("2²", "²", "a power is written with **", "2 ** 2\n"),
        ("½ * x", "½", "`½` is not read as a number", "1/2\n"),
        ("√x", "√", "`√` is not read as a function", "sqrt(x)\n"),
        ("|x|", "|", "bars are not read as brackets", "abs(x)\n"),
        ("ln(x)", "ln", "there is no function ln", "log(x), which is the natural logarithm"),
        ("σ(x)", "σ", "there is no function σ", "sigmoid(x)"),
        ("e ** x", "e", "e has no value", "exp(x) for e ** x"),
        ("pi * x", "pi", "pi has no value", "3.14159"),
        ("pow(x, 2)", "pow", "there is no function pow", "x ** y"),
        ("((x", "(", "this bracket is never closed", "the one that closes it"),
        ("tanh(", "(", "this bracket is never closed", "the one that closes it"),
        ("(x; y", "(", "this bracket is never closed", "the one that closes it"),
        ("x)", ")", "this bracket was never opened", "the one that opens it"),
        ("(x]", "]", "`]` does not close `(`", "every bracket its pair"),
        ("()", "()", "there is nothing in these brackets", ""),
        ("x +", "", "a number or a name is missing at the end", "every product needs its *"),
        ("q =  # x", "", "a number or a name is missing at the end", ""),
        ("(x + )", ")", "a number or a name is missing before `)`", ""),
        ("x +* y", "*", "a number or a name is missing before `*`", ""),
        ("maximum(, x)", ",", "a number or a name is missing before `,`", ""),
        ("", "", "there is nothing to compute", "such as (x + y) * z"),
        (" # x", "", "there is nothing to compute", ""),
        ("x < y", "<", "a comparison is not a number", "maximum(x, y)"),
        ("x == y", "==", "a comparison is not a number", "maximum(x, y)"),
        ("x ≤ y", "≤", "a comparison is not a number", "maximum(x, y)"),
        ("x if x else y", "if", "`if` is a word of Python, and not part of an expression", "numbers, names"),
        ("sin", "sin", "sin has no value", "sin(x): sin is a function"),
        ("sine(x)", "sine", "there is no function sine", "sin(...)"),
        ("add(x, y)", "add", "there is no function add", "x + y"),
        ("tanh(x, y)", "tanh(x, y)", "tanh takes 1 argument, and here are 2", "tanh(x)"),
        ("maximum(x)", "maximum(x)", "maximum takes 2 arguments, and here is 1", "maximum(x, y)"),
        ("tanh(x=2)", "=", "with its arguments in order", ""),
        ("dot([x], [x, y])", "dot([x], [x, y])", "dot takes 2 lists of the same length", "dot([x1, x2], [y1, y2])"),
        ("logsumexp([])", "logsumexp([])", "not empty", ""),
        ("dot(x, y)", "dot(x, y)", "dot takes 2 lists of the same length", "dot([x1, x2], [y1, y2])"),
        ("dot([x], [y], 2)", "dot([x], [y], 2)", "dot takes 2 lists of the same length", ""),
        ("[x]", "[", "a list can only stand inside", "one expression"),
        ("dot([x] + 1, [y])", "+", "a list can only stand inside", ""),
        ("dot([[x]], [y])", "[", "a list can only stand inside", ""),
        ("maximum([x, y])", "[", "a list can only stand inside", ""),
        ("x[0]", "[", "a name is not a list", "x0, x1"),
        ("'text'", "'text'", "'text' is not a number", "a number or a name"),
        ("True", "True", "True is not a number", "1 or 0"),
        ("1e999", "1e999", "larger than any float", ""),
        ("0x" + "f" * 300, "0xf", "larger than any float", ""),
        ("x.data", ".", "this is not part of an expression", "numbers, names"),
        ("x + \u200by", "\N{REPLACEMENT CHARACTER}", "a character here that cannot be seen, U+200B", "the line again"),
        ("x = y; x", "x", "x already has a meaning", "x2 = ..."),
        ("a = b = x", "=", "one name stands on the left", "q = x + y"),
        ("2 = x", "=", "one name stands on the left", "q = x + y"),
        ("q, r = x, y", ",", "a comma can only stand between the arguments", ""),
        ("inf = x", "inf", "inf is a number here", ""),
        ("import os", "import", "`import` is a word of Python", ""),
        ("x += 1", "+=", "only `name = expression`", ""),
        ("__import__('os').system('ls')", "'os'", "'os' is not a number", ""),
        ("(lambda: x)()", "lambda", "`lambda` is a word of Python", ""),
        ("x(y)(2)", ")(", "there is no operator between (...) and (...)", ""),
        ("q = x\nr = q + 中", "中", "中 has no value", ""),
        ("    q = x\n\tr = q + yy", "yy", "yy has no value", ""),
    ],
)
def test_the_error_marks_where_a_text_is_not_an_expression(text, marked, wrong, instead):
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1.0, y=2.0)
    message = f"{caught.value}\n"
    header, _, line, marks, *_ = message.split("\n")
    assert header == "in the expression"
    start, end = marks.index("^"), marks.rindex("^") + 1
    assert line[start:end].strip().startswith(marked[:60]) or not marked
    assert wrong in message
    assert instead in message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a = x + 1\nb = a $ 2\nb", "\n    b = a $ 2\n          ^\n"),
        ("a = x + 1\r\n\tb = a $ 2\r\nb", "\n    b = a $ 2\n          ^\n"),
        ("a = x + 1\rb = a $ 2\rb", "\n    b = a $ 2\n          ^\n"),
        ("x + 1; x +* 2", "\n    x + 1; x +* 2\n              ^\n"),
        ("x + nothing", "\n    x + nothing\n        ^^^^^^^\n"),
    ],
)
def test_the_place_is_marked_in_its_own_line(text, shown):
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1)
    assert shown in str(caught.value)


@pytest.mark.parametrize("before", [0, 10, 39, 40, 41, 70, 200])
@pytest.mark.parametrize("after", [0, 10, 30, 200])
def test_a_long_line_is_cut_around_its_mark(before, after):
    text = "x+" * (before // 2) + "tahn(x)" + "+x" * (after // 2)
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1)
    shown, mark = str(caught.value).split("\n")[2:4]
    assert len(shown) <= 70
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "tahn"
    assert shown.strip() in text


WIDTHS = range(40, 121)


def wrong_expression(source):
    """An expression that ends, somewhere, in a mistake: names of any length and script, spaces, lines."""
    names = ["x", "y", "中", "学习率", "a_rather_long_name", "é", "e\u0301", "Ｗ"]
    pieces = [source.choice(names) for _ in range(source.choice([1, 2, 5, 20, 60]))]
    wrong = source.choice(["zz", "中文名字", "x $", "2x", "(", ")", "* *", "tahn(x)", "q" * 50, "变" * 40, "the end"])
    pieces.insert(len(pieces) if wrong == "the end" else source.randrange(len(pieces) + 1), wrong)
    pieces[-1] = pieces[-1].replace("the end", "")
    text = source.choice([" + ", "+", " *\t", "  -  "]).join(pieces)
    return source.choice(["", "  ", "q = x\n\t", "中 = x; "]) + text


@pytest.mark.parametrize("seed", sample(range(400), 40))
def test_the_mark_stands_under_the_mistake_in_a_terminal_of_any_width(seed):
    """By columns, of which a Chinese character takes two; and as much of the line is shown as there is room for."""
    source = random.Random(seed)
    text = wrong_expression(source)
    values = dict.fromkeys(["x", "y", "学习率", "a_rather_long_name", "é", "W"], 1.0)
    with pytest.raises(ExpressionError) as caught:
        parse(text, **values, **({} if "中 =" in text else {"中": 1.0}))
    line, start, end = caught.value.place
    for width in source.sample(WIDTHS, 9):
        header, _, shown, mark, *rest = str(in_width(caught.value, width)).split("\n")
        assert (header, rest) == ("in the expression", str(caught.value).split("\n")[4:])
        assert max(cells(shown), cells(mark)) <= width
        assert re.fullmatch(r" {4,}\^+", mark)
        marked = under(shown, mark)
        wanted = line[start:end].replace("\t", " ")
        whole = wanted.startswith(marked.rstrip("…")) if len(wanted) > 8 else marked == wanted
        assert whole or not (marked + line[start:]).strip(), (shown, mark)
        bare = shown[4:].strip("…")
        assert bare.strip() in line.replace("\t", " ")
        assert "…" not in shown or cells(shown) >= min(width, 70) - 3


def under(shown, mark):
    """The characters of a line that stand over a mark, found column by column."""
    places = [column for column, character in enumerate(mark) if character == "^"]
    found, column = "", 0
    for character in shown:
        if places[0] <= column <= places[-1]:
            found += character
        column += cells(character)
    return found


def test_a_text_that_is_not_a_line_is_the_same_in_every_width():
    with pytest.raises(ExpressionError) as caught:
        parse("x" * 200_000)
    assert in_width(caught.value, 40) is caught.value


def test_a_mark_reaches_to_the_end_of_what_is_shown():
    wide = f"tanh({'x, ' * 60}x)"
    for before in ("", "x + " * 15):
        with pytest.raises(ExpressionError) as caught:
            parse(f"{before}{wide}", x=1)
        shown, mark = str(caught.value).rstrip().split("\n")[2:4]
        assert shown[mark.index("^") :].rstrip() == wide[: mark.count("^")].rstrip()
        assert len(mark.rstrip()) == len(shown)


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "x" + ")" * 5000, "-" * 50_000 + "x", "x+" * 50_000 + "x", "x" * 200_000]
)
def test_a_text_too_deep_or_too_long_is_refused(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1.0)
    assert len(str(caught.value)) < 500


def test_a_long_sum_is_read():
    assert parse(" + ".join(["x"] * 800), x=1.0).data == 800.0


def test_other_errors_keep_their_type():
    with pytest.raises(DomainError, match=r"log\(x - y\) at x - y = -1"):
        parse("log(x - y)", x=1, y=2)
    with pytest.raises(NumberError):
        parse("x + 1", x="one")
    with pytest.raises(ExpressionError, match="an expression is a string"):
        parse(3)


@pytest.mark.parametrize("part", sample(range(3)))
@settings(max_examples=170)
@given(text=st.text(max_size=60) | st.text(alphabet="xyz+-*/()[], =;0123456789.e\n", max_size=60))
def test_any_text_is_parsed_or_refused_with_a_reason(part, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.eval", None)
        outcome = read(text)
    assert isinstance(outcome, Value) or "what is wrong:" in outcome


def read(text):
    try:
        return parse(text, x=1.5, y=2.5, z=0.5)
    except (ExpressionError, DomainError) as error:
        return str(error)


# Depth

DEEP = [
    "-" * 90_000 + "x", "+-~" * 20_000 + "x", "not " * 20_000 + "x", "- not " * 9000 + "x", "lambda:" * 10_000 + "x",
    "x if x else " * 7000 + "x", "1if 1else " * 7000 + "x", "if x: x\n" + "elif x: x\n" * 9000,
    "**".join("x" * 30_000), "x**-" * 20_000 + "x", "x.a**" * 15_000 + "x", "2e-5**" * 15_000 + "x",
    "-\\\n" * 30_000 + "x", "(-\n" * 90 + "-" * 90 + "x" + ")" * 90, "relu(" * 20_000, "-(" * 30_000, "{" * 30_000,
    "x+" * 49_000 + "x", "x-" * 2900 + "x", "x*" * 49_000 + "x", "x" + ".a" * 40_000, "x" + "()" * 40_000,
    "x" + "[0]" * 30_000, "x<" * 30_000 + "x", "x " * 49_000, "x 'a'" * 10_000, "f'{" + "-" * 90_000 + "x}'",
    "# '\n" + "-" * 90_000 + "x", "(" * 90 + "x+" * 10_000 + "x" + ")" * 90,
    "(" * 90 + "x" + ("+x" * 300 + ")") * 90, "x*" * 900 + "x" + "+x" * 900,
]  # fmt: skip
IN_A_SMALL_STACK = """
import sys, threading
from tinygrad_edu import parse
from tinygrad_edu.errors import ExpressionError

def read(texts):
    for text in texts:
        try:
            parse(text, x=1.0)
        except ExpressionError as error:
            assert len(str(error)) < 500
            print("refused")
        else:
            print("read")

threading.stack_size(256 * 1024)
thread = threading.Thread(target=read, args=(eval(sys.stdin.read()),))
thread.start()
thread.join()
"""


def in_a_small_stack(texts):
    """What becomes of each text in a thread that has 256 kB of stack, as threads have on some systems."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_A_SMALL_STACK], input=repr(texts), capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.split()


@pytest.mark.long
def test_no_text_overflows_a_small_stack():
    assert in_a_small_stack(DEEP) == ["refused"] * len(DEEP)


def test_what_people_write_is_read_in_a_small_stack():
    texts = [
        "-" * 100 + "x", "(" * 100 + "x" + ")" * 100, "relu(" * 100 + "x" + ")" * 100, "+".join("x" * 1001),
        "x*2.5+" * 900 + "x", "-x ** -2 - " * 300 + "x", "q = x\n" + "".join(f"q{i} = -x*2\n" for i in range(2000)),
        "x  # " + "-" * 200, "dot([" + "x," * 5000 + "x], [" + "-x," * 5000 + "x])",
    ]  # fmt: skip
    assert in_a_small_stack(texts) == ["read"] * len(texts)


SHAPES = (
    "-{}", "({})", "+{}", "{}+x", "x+{}", "y-{}", "{}*z", "x/{}", "x**{}", "{}**2e-5", "({}-x)*x", "-({})*2", "y-{}/x",
    "x*-{}", "2**-{}", "abs({})", "maximum({},z)", "({})**3",
)  # fmt: skip


def drawn(seed):
    """An expression put together at random; brackets stand only where a shape has them."""
    rng = random.Random(seed)
    text = rng.choice(["x", "2.5", ".5", "1e-3", "x * y"])
    for _ in range(rng.randint(1, 12)):
        text = rng.choice(SHAPES).format(text)
    return text


def as_python_computes(text, names):
    """What Python gives for a text; None, if it is no real number there."""
    try:
        number = eval(text, {"abs": abs, "maximum": max, **names})
    except (ArithmeticError, ValueError, TypeError):  # a complex number cannot be compared
        return None
    return number if isinstance(number, float) and math.isfinite(number) else None


def test_operators_bind_as_they_do_in_python():
    names, compared = {"x": 1.5, "y": -2.5, "z": 0.5}, 0
    for seed in range(1000):
        text = drawn(seed)
        expected = as_python_computes(text, names)
        try:
            found = parse(text, **names).data
        except DomainError:
            continue  # x ** y at x = 0, say, has no derivative
        if expected is not None:
            compared += 1
            assert math.isclose(found, expected, rel_tol=1e-12), text
    assert compared > 700


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("-" * 101 + "x", "more than 100 brackets, signs and powers inside each other"),
        ("x" + " ** x" * 101, "more than 100 brackets, signs and powers inside each other"),
        ("(" * 101 + "x" + ")" * 101, "more than 100 brackets inside each other"),
        ("x" + " + x" * 1001, "more than 1,000 operators in a row"),
        ("x * (" * 10 + "x" + " * x" * 1001 + ")" * 10, "more than 1,000 operators in a row"),
        ("relu(" * 99 + "x" + " + x" * 950 + ")" * 99, "more than 1,000 operators in a row"),
    ],
)
def test_nesting_that_is_too_deep_is_named(text, wrong):
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1.0)
    assert f"what is wrong:  {wrong}\n" in str(caught.value)
    assert "write instead:  q = ...; then use q" in str(caught.value)


def test_a_hundred_brackets_and_no_more():
    assert parse("(" * 100 + "x" + ")" * 100, x=2).data == 2
    with pytest.raises(ExpressionError) as caught:
        parse("x + " + "(" * 101 + "x" + ")" * 101, x=2)
    mark = next(line for line in str(caught.value).split("\n") if set(line) == {" ", "^"})
    assert mark.count("^") == 1
    assert "more than 100 brackets inside each other" in str(caught.value)


# Names


def test_unicode_forms_of_one_letter_are_the_same_name():
    micro, mu = "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"
    for written in (micro, mu):
        for beside in (micro, mu):
            f = parse(f"{written} * 2", **{beside: 3.0})
            assert (f.data, f.args[0].label) == (6.0, mu)
    with pytest.raises(ExpressionError, match="to Python the two are one name"):
        parse("x", **{micro: 1.0, mu: 2.0, "x": 3.0})
