"""Do `worksheet` and `grade` make sheets for a class, take its answers, and say in their own words what is wrong?"""

import pytest

from tinygrad_edu.viz.sheets.worksheet import Worksheet

LESSON = "q = x + y; f = q * z"
CLASS = ("--variants", "30", "--seed", "1")


def test_thirty_sheets_and_their_keys_need_no_numbers(run, tmp_path):
    code, out, err = run("worksheet", LESSON, *CLASS, "-o", "sheets.html", "--key", "keys.html")
    assert (code, err) == (0, "")
    assert out.count("wrote") == 2
    page = (tmp_path / "sheets.html").read_text(encoding="utf-8")
    assert ("Sheet 30" in page, "Answer key" in page) == (True, False)
    assert "Sheet 30: Answer key" in (tmp_path / "keys.html").read_text(encoding="utf-8")


def test_a_pdf_is_written_and_one_in_place_of_another_is_said(run, tmp_path):
    pytest.importorskip("typst", reason="typst, which makes PDFs, is not installed")
    for _ in range(2):
        code, out, _ = run("worksheet", LESSON, "x=-2", "y=5", "z=-4", "-o", "sheet.pdf", "--paper", "letter")
        assert code == 0
    assert "in place of an older one" in out
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        ("letter.pdf", [], "1 sheet, and the key on page 2; --key keys.pdf keeps it apart"),
        ("keys.pdf", [], "1 sheet, and the key on page 2; --key answer-keys.pdf keeps it apart"),
        ("letter.pdf", CLASS, "30 sheets, and the key on pages 31–40; --key keys.pdf keeps it apart"),
        ("letter.pdf", ["--lang", "zh"], "1 份练习，答案在第 2 页；用 --key keys.pdf 可以另存一份"),
        ("s.htm", [], "1 sheet, and the key on the pages behind the last sheet; --key keys.htm keeps it apart"),
        ("s.html", CLASS, "30 sheets, and the key on the pages behind the last sheet; --key keys.html keeps it"),
    ],
)
def test_a_file_that_has_the_key_too_says_where_and_how_to_keep_it_apart(run, file, options, said):
    pytest.importorskip("typst", reason="typst, which makes PDFs, is not installed")
    numbers = [] if "--variants" in options else ["x=-2", "y=5", "z=-4"]
    command = ["worksheet", LESSON, *numbers, "-o", file, *options]
    assert said in run(*command)[1]
    assert "--key" not in run(*command, "--key", "apart.html")[1]


def test_answers_go_from_the_template_to_marks(run, tmp_path):
    assert run("grade", "--template", "a.csv", LESSON, *CLASS, "--blank", "easy")[0] == 0
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == "name,sheet,∂f/∂q,∂f/∂z,∂f/∂x,∂f/∂y"
    assert len(lines) == 32
    sheets = made(run, tmp_path)
    right = [sheets[1].trace.gradients[name] for name in ("q", "z", "x", "y")]
    lines[2] = "Ada,1," + ",".join(f"{-n if place == 2 else n:g}" for place, n in enumerate(right))
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    code, out, err = run("grade", "a.csv", "-o", "marks.csv")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "Ada (sheet 1): 3 / 4"
    assert "the sign was wrong" in out
    assert "the sign was wrong" in (tmp_path / "marks.csv").read_text(encoding="utf-8-sig")


def made(run, tmp_path):
    """The sheets of the same command, by number: made in Python."""
    from tinygrad_edu import parse, viz

    sheets = viz.worksheet(parse(LESSON, x=1, y=1, z=1), variants=30, seed=1, blank="easy")
    assert isinstance(sheets, Worksheet)
    return {sheet.number: sheet for sheet in sheets.sheets}


def test_a_table_without_its_first_line_needs_the_formula(run, tmp_path):
    (tmp_path / "a.csv").write_text("name,f\nAda,-12\n", encoding="utf-8")
    code, _, err = run("grade", "a.csv")
    assert (code, 'write instead:  tinygrad-edu grade a.csv "(x + y) * z"' in err) == (1, True)
    code, out, _ = run("grade", "a.csv", LESSON, "x=-2", "y=5", "z=-4")
    assert (code, out) == (0, "Ada: 1 / 1\n")


def test_a_filled_table_is_not_written_over(run, tmp_path):
    (tmp_path / "a.csv").write_text("name,f\nAda,-12\n", encoding="utf-8")
    code, _, err = run("grade", "--template", "a.csv", LESSON, *CLASS)
    assert (code, "its answers would be lost" in err) == (1, True)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "name,f\nAda,-12\n"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["worksheet", "x * y", "--variants", "201"], "write instead:  --variants 200"),
        (["worksheet", "x * y", "--variants", "two"], "--variants"),
        (["worksheet", "x * y", "x=1", "y=2", "--blank", "valus"], "write instead:  --blank values"),
        (["worksheet", "x * y", "--variants", "3", "--keep", "xx"], "write instead:  --keep x"),
        (["worksheet", "x * y", "--variants", "3", "--keep", "x"], "write instead:  x=2 --keep x"),
        (["worksheet", "x * y", "x=1", "y=2", "--keep", "x"], "write instead:  --variants 30"),
        (["worksheet", "1000000 * x", "--variants", "3"], "a number is beyond 1000"),
        (["worksheet", "x * y", "x=1", "y=2", "--key", "k.txt"], "write instead:  --key k.html"),
        (["worksheet", "x * y", "x=1", "y=2", "-o", "k.pdf", "--key", "k.pdf"], "write instead:  --key key.pdf"),
        (["worksheet", "x * y", "x=1", "y=2", "--paper", "a5"], "the choices are a4, letter"),
        (["worksheet", "x * y", "x=1"], "y has no value"),
        (["grade", "--template", "a.csv"], 'tinygrad-edu grade --template a.csv "(x + y) * z"'),
        (["grade", "--template", "a.xlsx", "x * y", "x=1", "y=2"], "write instead:  tinygrad-edu grade a.csv"),
        (["grade", "nothing.csv"], "nothing.csv"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_command(run, tmp_path, command, message):
    code, out, err = run(*command)
    assert (code in (1, 2), out) == (True, "")
    assert message in err
    assert not any(word in err for word in ("viz.", "worksheet(f", "Traceback"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lang", "guessed", "twice"),
    [
        ("en", "is read as GBK", "each has marks of its own: 王芳"),
        ("zh", "按 GBK 读取", "各自评分：王芳"),
    ],
)
def test_a_guessed_encoding_and_names_that_are_there_twice_are_said(run, tmp_path, lang, guessed, twice):
    (tmp_path / "a.csv").write_bytes("姓名;f\n王芳;-12\n李娜;12\n王芳;=-12\n".encode("gbk"))
    code, out, err = run("grade", "a.csv", LESSON, "x=-2", "y=5", "z=-4", "--lang", lang)
    assert code == 0
    assert guessed in err
    assert twice in err
    assert out.splitlines()[0] == "王芳: 1 / 1"


@pytest.mark.parametrize("suffix", [".txt", ".tsv", ".CSV"])
def test_unicode_text_of_a_spreadsheet_is_marked_as_it_is(run, tmp_path, suffix):
    run("grade", "--template", "a.csv", LESSON, "x=-2", "y=5", "z=-4", "--blank", "easy")
    command, names, _ = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    tabbed = "\r\n".join([command, names.replace(",", "\t"), "王芳\t-4\t3\t-4\t−4"])
    (tmp_path / f"b{suffix}").write_bytes(tabbed.encode("utf-16"))
    assert run("grade", f"b{suffix}") == (0, "王芳: 4 / 4\n", "")


def test_a_template_is_a_csv_file(run, tmp_path):
    code, _, err = run("grade", "--template", "a.txt", LESSON, *CLASS)
    assert (code, "tinygrad-edu grade --template a.csv" in err, list(tmp_path.iterdir())) == (1, True, [])
