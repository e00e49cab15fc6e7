"""Does `tinygrad-edu lab` write the page for any formula, with numbers for what has none?"""

import json
import re

import pytest


def data_of(path):
    page = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="page">(.*?)</script>', page, flags=re.DOTALL)[1])


def numbers_of(data):
    """The numbers of the leaves of the graph that the page opens with, by name."""
    kinds = [kind for kind in enumerate(data["sent"]["rule"]) if kind[1] < 0]
    labels = [data["sent"]["labels"].get(str(node), "") for node, _ in kinds]
    return {label: number for label, number in zip(labels, data["sent"]["numbers"], strict=True) if label}


def test_without_a_formula_the_page_begins_with_the_first_example(run, tmp_path):
    code, out, err = run("lab")
    assert (code, err) == (0, "")
    assert out.split()[:2] == ["wrote", "lab.html"]
    assert "without a number" not in out
    data = data_of(tmp_path / "lab.html")
    assert data["text"] == "q = x + y; f = q * z"
    assert numbers_of(data) == {"x": -2, "y": 5, "z": -4}


def test_the_page_has_the_formula_as_it_was_typed(run, tmp_path):
    text = "z = w·x + b   # a neuron\nf = sigmoid(z)"
    run("lab", text, "x=2", "w=-1", "b=0.5", "-o", "neuron.html", "--lang", "zh")
    data = data_of(tmp_path / "neuron.html")
    assert (data["text"], data["lang"]) == (text, "zh")
    assert numbers_of(data) == {"w": -1, "x": 2, "b": 0.5}


def test_an_input_without_a_number_gets_one_and_that_is_said(run, tmp_path):
    code, out, _ = run("lab", "log(w * x) + b", "b=2")
    assert code == 0
    assert "without a number on the command line: w=3 x=0.5; change them in the page" in out
    assert numbers_of(data_of(tmp_path / "lab.html")) == {"w": 3, "x": 0.5, "b": 2}


def test_an_output_without_a_name_is_called_f_if_that_is_free(run, tmp_path):
    run("lab", "x * y")
    assert "f" in data_of(tmp_path / "lab.html")["sent"]["labels"].values()
    run("lab", "x * f")
    assert sorted(data_of(tmp_path / "lab.html")["sent"]["labels"].values()) == ["f", "x"]


def test_a_name_that_the_formula_does_not_have_is_noted(run):
    code, _, err = run("lab", "x * y", "q=3")
    assert (code, err) == (0, "note: q makes no difference to the result\n")


def test_open_shows_the_page_in_a_browser(run, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert "open it in a browser" not in run("lab", "x * y", "--open")[1]
    assert opened == [(tmp_path / "lab.html").as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert "no browser was found here: open lab.html in one" in run("lab", "--open")[1]


def test_a_formula_may_begin_with_a_minus(run, tmp_path):
    assert run("lab", "-x * y")[0] == 0
    assert data_of(tmp_path / "lab.html")["text"] == "-x * y"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["2x"], "write instead:  2 * x"),
        (["2 * pi * x"], "pi has no value"),
        (["log(x)", "x=-1"], "log(x) needs x > 0"),
        (["x * y", "x"], "it has to be a name, = and a number"),
        (["x * y", "x=1", "x=2"], "two numbers for x"),
        (["x", "-o", "lab.pdf"], "write instead:  -o lab.html"),
        (["x", "-o", "missing/lab.html"], "there is no such folder"),
        (["x", "--lang", "de"], "the choices are en, zh"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_an_error_is_a_sentence_and_writes_nothing(run, tmp_path, arguments, message):
    code, _, err = run("lab", *arguments)
    assert code == 1
    assert message in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_in_chinese_the_terminal_says_it_in_chinese_too(run, tmp_path):
    for line in (
        ["lab", "x * y"],
        ["playground"],
        ["worksheet", "x * y", "x=1", "y=2"],
        ["step", "x * y", "x=1", "y=2"],
    ):
        option = "--html" if line[0] == "step" else "-o"
        for _ in range(2):
            code, said, errors = run(*line, option, "f.html", "--lang", "zh")
            assert (code, errors) == (0, "")
            assert "写入 f.html" in said
            assert re.findall("[a-z]{3,}", re.sub(r"--\S+ \S+\.html|f\.html", "", said)) == []
