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
    assert sum(data["points"]["y"]) == pytest.approx(0)


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
