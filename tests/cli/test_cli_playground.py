"""Does `tinygrad-edu playground` write the page that trains, for data sets and for tables?"""

import json

import pytest

from tinygrad_edu.viz.page.playground.settings import DATA

TABLE = "length,colour,kind\n1.5,red,a\n2.5,blue,b\n3.5,red,a\n4.5,blue,b\n5.5,red,c\n6.5,red,c\n"


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(text.partition('<script type="application/json" id="page">')[2].partition("</script>")[0])


def test_without_a_name_the_page_begins_with_moons(run, tmp_path):
    code, out, err = run("playground")
    assert (code, err) == (0, "")
    assert out.split()[:2] == ["wrote", "playground.html"]
    data = data_of(tmp_path / "playground.html")
    assert (data["room"], data["lang"]) == ("playground", "en")
    assert data["settings"]["data"] == {"name": "moons"}


def test_every_data_set_of_the_page_has_a_name_on_the_command_line(run, tmp_path):
    for name in DATA:
        assert run("playground", name, "-o", f"{name}.html", "--lang", "zh")[0] == 0
        data = data_of(tmp_path / f"{name}.html")
        assert (data["settings"]["data"]["name"], data["lang"]) == (name, "zh")


def test_a_table_is_in_the_page_with_a_line_about_it(run, tmp_path):
    (tmp_path / "flowers.csv").write_text(TABLE, encoding="utf-8")
    code, out, _ = run("playground", "flowers.csv")
    assert code == 0
    assert "flowers.csv: 6 rows; length, colour=blue, colour=red → kind" in out
    points = data_of(tmp_path / "playground.html")["settings"]["data"]["points"]
    assert points["y"] == [0, 1, 0, 1, 2, 2]
    assert points["target"] == {"name": "kind", "classes": ["a", "b", "c"]}
    run("playground", "flowers.csv", "--target", "length")
    data = data_of(tmp_path / "playground.html")["settings"]["data"]
    assert (data["task"], data["points"]["target"]["name"]) == ("numbers", "length")
    assert data["points"]["y"] == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]  # the page standardizes them


GAPS = "id,length,colour,kind\n1,1.5,red,a\n2,,blue,b\n3,3.5,?,a\n4,4.5,blue,b\n5,5.5,blue,a\n6,6.5,red,\n7,1,red,b\n"


@pytest.mark.parametrize(
    ("options", "lengths", "blues", "said"),
    [
        ("--missing drop", [1.5, 4.5, 5.5, 1], [0, 1, 1, 0], "--missing drop: 3 rows left out"),
        (
            "--missing mean",
            [1.5, 3.2, 3.5, 4.5, 5.5, 1],  # 3.2: the mean of the other five
            [0, 1, 1, 1, 1, 0],
            "--missing mean: 1 row left out, 2 rows filled",
        ),
        ("--missing drop --without length", None, [0, 1, 1, 1, 0], "--missing drop: 2 rows left out"),
    ],
)
def test_a_table_with_gaps_can_be_opened(typed, tmp_path, options, lengths, blues, said):
    (tmp_path / "gaps.csv").write_text(GAPS, encoding="utf-8")
    code, _, err = typed("playground gaps.csv")
    assert (code, "write instead:  --missing drop, or --missing mean" in err) == (1, True)
    assert typed("playground gaps.csv --without length colour --target id")[0] == 1  # of what is used, kind has a gap
    code, _, err = typed(f"playground gaps.csv {options}")
    assert (code, said in err) == (0, True)
    points = data_of(tmp_path / "playground.html")["settings"]["data"]["points"]
    columns = dict(zip(points["names"], zip(*points["X"], strict=True), strict=True))
    assert columns["colour=blue"] == tuple(blues)
    assert columns.get("length") == (pytest.approx(tuple(lengths)) if lengths else None)


def test_a_column_that_counts_the_rows_is_noted_and_can_be_left_out(typed, tmp_path):
    rows = "".join(f"{n},{n * n % 7},{'ab'[n % 2]}\n" for n in range(9))
    (tmp_path / "t.csv").write_text(f"id,x,kind\n{rows}", encoding="utf-8")
    assert "note: id counts the rows and says nothing about kind" in typed("playground t.csv")[2]
    code, out, err = typed("playground t.csv --without id")
    assert (code, err, "t.csv: 9 rows; x → kind" in out) == (0, "", True)
    code, _, err = typed("playground t.csv --without id x")
    assert (code, "it would have one column" in err) == (1, True)
    assert "write instead:  --without id" in typed("playground t.csv --without Id")[2]


@pytest.mark.parametrize("command", ["train", "playground"])
def test_a_column_that_is_empty_is_left_out_with_an_option(typed, tmp_path, command):
    rows = "".join(f"{n},,{'ab'[n % 2]}\n" for n in range(9))
    (tmp_path / "t.csv").write_text(f"x,my note,kind\n{rows}", encoding="utf-8")
    code, _, err = typed(f"{command} t.csv --missing mean")
    assert (code, 'write instead:  --without "my note"' in err, "TableModel" in err) == (1, True, False)


@pytest.mark.parametrize("option", ["--missing drop", "--without x", "--target y"])
@pytest.mark.parametrize("command", ["train", "playground"])
def test_an_option_for_a_table_is_not_lost_on_a_data_set(typed, command, option):
    code, _, err = typed(f"{command} moons {option}")
    assert (code, f"write instead:  tinygrad-edu {command} table.csv {option}" in err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["moonz"], "write instead:  tinygrad-edu playground moons\n"),
        (
            ["moons", "--target", "x"],
            "--target is for a table\n  write instead:  tinygrad-edu playground table.csv --target x\n",
        ),
        (["none.csv"], "none.csv"),
        (["flowers.csv", "--target", "size"], "its columns are"),
        (["moons", "-o", "page.pdf"], "write instead:  -o page.html"),
        (["one.csv"], "one column"),
    ],
)
def test_what_cannot_be_a_page_is_refused_with_what_to_write(run, tmp_path, arguments, said):
    (tmp_path / "flowers.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "one.csv").write_text("k\n0\n1\n0\n1\n", encoding="utf-8")
    code, out, err = run("playground", *arguments)
    assert code == 1
    assert said in err
    assert "Traceback" not in out + err
    assert not list(tmp_path.glob("*.html"))
