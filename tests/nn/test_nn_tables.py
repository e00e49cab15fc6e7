"""Does a table in a file become a network that answers about other rows, or a sentence that says why not?"""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import sample
from work import growth

from tinygrad_edu import nn
from tinygrad_edu.errors import FileError, OptionError, TinygradError
from tinygrad_edu.nn.table.model import Target
from tinygrad_edu.nn.table.reading import Column, Encoding, Table, is_table, read_csv
from tinygrad_edu.show import show


@pytest.fixture
def write(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def sides(n=60, seed=0):
    """Points with a size, a colour, and the side they are on."""
    random = np.random.default_rng(seed)
    x, colour = random.normal(size=n), random.choice(["red", "blue"], n)
    side = ["right" if (number > 0) == (c == "red") else "left" for number, c in zip(x, colour, strict=True)]
    return Table.of_columns({"x": (100 + 20 * x).tolist(), "colour": colour, "side": side})


def test_a_network_has_two_hidden_layers_of_16_unless_others_are_asked_for():
    assert nn.TableModel.train(sides(), epochs=1, test=0, progress=False).network.sizes == (3, 16, 16, 1)


def test_a_model_may_have_much_to_say_of_its_columns(tmp_path):
    table = Table.of_columns({"x" * 3000: [0, 1] * 4, "class": ["a", "b"] * 4})
    model = nn.TableModel.train(table, hidden=[2], epochs=1, test=0, progress=False)
    assert nn.TableModel.load(model.save(tmp_path / "m.npz")).encoding == model.encoding


# Reading


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ("a,b\n1,2\n3,4\n", ("a", "b"), (("1", "2"), ("3", "4"))),
        ("1,2\n3,4", ("x1", "x2"), (("1", "2"), ("3", "4"))),
        ("a;b\r\n1,5;x\r\n", ("a", "b"), (("1.5", "x"),)),
        ("a\tb\n1\t2\n\n\n3\t4\n", ("a", "b"), (("1", "2"), ("3", "4"))),
        ("\ufeffa,b\n1,2\n", ("a", "b"), (("1", "2"),)),
        ('a,b\n"1, 2",3\n', ("a", "b"), (("1, 2", "3"),)),
        ("name\nx\ny\n", ("name",), (("x",), ("y",))),
        (" a , b \n 1 , 2 \n", ("a", "b"), (("1", "2"),)),
        ("sep=;\na,b;c\n1;2\n", ("a,b", "c"), (("1", "2"),)),
        ("a,b,,\n1,2,,\n3,,,\n", ("a", "b"), (("1", "2"), ("3", ""))),
        ("列\tb\r\n1,5\t甲\r\n".encode("utf-16"), ("列", "b"), (("1.5", "甲"),)),
    ],
)
def test_valid_csv_is_read(write, text, names, rows):
    table = read_csv(write(text))
    assert (table.names, table.rows) == (names, rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n3\n", "line 3 has 1 cell, and there are 2 columns"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 cells, and there are 2 columns"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        (b"a,b\n\xff\xfe,2\n", "it is not in UTF-8; it may be in Windows-1252"),
        (b"a,b\n\x00,2\n", "a byte 0"),
        (",b\n1,2\n", r"column 1 has no name[^\n]*\n.*index=False"),
        ('a,b\n"1,2\n', "unexpected end of data"),
    ],
)
def test_invalid_csv_is_refused(write, text, message):
    with pytest.raises(FileError, match=message):
        read_csv(write(text))


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_give_a_table_or_an_error_that_says_why(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    try:
        outcome = nn.TableModel.train(read_csv(path), hidden=[2], epochs=1, progress=False)
    except TinygradError as error:
        outcome = str(error)
    assert isinstance(outcome, nn.TableModel) or "what is wrong:" in outcome


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.text("abcxyz ,;\"'", min_size=1).map(str.strip)), min_size=1))
@settings(max_examples=100)
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows):
    rows = [(number, word or "e") for number, word in rows]
    path = tmp_path_factory.mktemp("round") / "round.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("number", "word"), *rows])
    table = read_csv(path)
    assert [float(cell) for cell, _ in table.rows] == [number for number, _ in rows]
    assert [cell for _, cell in table.rows] == [word for _, word in rows]


# The first line


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x,2020\n1,2\n3,4\n", ("x", "2020")),  # a word above numbers
        ("name,2020,2021\nAnn,1,2\nBob,3,4\nAnn,5,6\n", None),  # nothing tells: both columns are of one kind
        ("name,2020,note\nAnn,1,2\nBob,3,4\n", ("name", "2020", "note")),
        ("2020,size\nlarge,1\nsmall,2\n", ("2020", "size")),
        ("2020,label\nyes,a\nno,b\n", ("2020", "label")),  # a number above words
        ("1,2,colour\n3,4,red\n5,6,blue\n", None),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n", ("x1", "x2", "x3")),  # a word that stands again
        ("7.0,versicolor\n4.9,setosa\n5.1,setosa\n6.9,versicolor\n", ("x1", "x2")),
        ("1,2\n3,4\n", ("x1", "x2")),
        ("a,b\nc,d\n", ("a", "b")),
        ("a,1\n", ("x1", "x2")),  # a line alone is a row
        ("id,?\n1,2\n3,4\n", ("id", "?")),
        ("1.5,?\n2.5,3\n3.5,4\n", None),
        ("x,1\n?,2\n1,3\n", ("x", "1")),  # a gap tells nothing
        ("1,red,x\n2,red,3\n4,blue,5\n", None),  # a row by one column, names by another
    ],
)
def test_whether_the_first_line_is_a_header_is_inferred_from_the_lines_below(write, text, names):
    path = write(text)
    if names is None:
        with pytest.raises(FileError, match="may be a row, or names of columns: '") as caught:
            read_csv(path)
        assert "write instead:  a line with names of columns" in str(caught.value)
    else:
        table = read_csv(path)
        assert table.names == names
        lines = [tuple(line.split(",")) for line in text.split()]
        assert list(table.rows) == (lines if names[0] == "x1" else lines[1:])


def test_a_column_without_a_name_is_called_by_its_number(write):
    with pytest.raises(FileError, match="column 1 has no name in its first line"):
        read_csv(write(",x,y\n0,1,2\n1,3,4\n"))  # as a data frame writes its index


@st.composite
def rows_below_a_word(draw):
    """Of three columns, one is a word above numbers and gaps; the others are anything below names of their own."""
    below = draw(
        st.lists(st.sampled_from(["1", "?", ""]), max_size=7).flatmap(lambda gaps: st.permutations(["2", *gaps]))
    )
    anything = st.lists(st.sampled_from(["1", "2.5", "c", "d", "?", ""]), min_size=len(below), max_size=len(below))
    first, *others = draw(st.lists(st.sampled_from(["1", "2.5", "c", "d", "?"]), min_size=2, max_size=2, unique=True))
    columns = [(draw(st.sampled_from("ab")), *below), (first, *draw(anything)), (*others, *draw(anything))]
    return list(zip(*draw(st.permutations(columns)), strict=True))


@pytest.mark.parametrize("part", sample(range(3)))
@given(rows=rows_below_a_word())
@settings(max_examples=100)
def test_no_word_becomes_a_row_above_numbers_alone(part, tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("first") / "first.csv"
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    try:
        found = read_csv(path).names
    except FileError as error:
        found = str(error)
    assert found == rows[0] or "what is wrong:" in found


class Cell(str):
    """A cell whose comparisons are lines of Python, so that they count as work."""

    __slots__ = ()
    __hash__ = str.__hash__

    def strip(self):
        return Cell(super().strip())

    def __eq__(self, other):
        return super().__eq__(other)


def test_the_work_for_a_table_grows_with_its_columns_and_not_with_their_square(write, monkeypatch):
    class Reader:
        def __init__(self, *args, **options):
            self.lines = reader(*args, **options)

        def __iter__(self):
            return (list(map(Cell, line)) for line in self.lines)

        @property
        def line_num(self):
            return self.lines.line_num

    def table_of(columns):
        names = ",".join(f"c{number}" for number in range(columns))
        return write("\n".join([names, *[",".join(["1", "2"] * (columns // 2))] * 3]))

    def encoded(path):
        table = read_csv(path)
        assert Encoding.of(table, table.names)(table).shape[0] == 3

    reader = csv.reader
    monkeypatch.setattr(csv, "reader", Reader)
    assert growth(encoded, table_of, (400, 800, 1600)) < 2.6


def test_an_empty_cell_and_a_word_among_numbers_are_named_with_their_lines(write):
    table = read_csv(write("a,b\n1,2\n3,oops\n\n4,5\n,6\n"))
    with pytest.raises(FileError, match=r"table.csv, line 3: 'oops' in column 'b'"):
        table.numbers("b")
    with pytest.raises(FileError, match=r"table.csv, line 6: '' in column 'a'"):
        table.numbers("a")


@pytest.mark.parametrize("cells", [["w"] * 5 + ["1"], ["1", "w"], ["1", "w", "v"]])
def test_a_column_with_more_words_than_numbers_is_a_column_of_words(cells):
    """And of two cells one may be a word."""
    assert Table.of_columns({"n": cells}).numbers("n") is None


@pytest.mark.parametrize("cells", [["w"] * words + ["1"] * (6 - words) for words in (1, 2, 3)] + [["1", "2", "w"]])
def test_a_word_in_a_column_of_numbers_is_an_error(cells):
    with pytest.raises(
        FileError, match=f"{sum(cell.isdigit() for cell in cells)} of its {len(cells)} cells are numbers"
    ):
        Table.of_columns({"n": cells}).numbers("n")


def test_the_first_wrong_cell_is_reported():
    table = Table.of_columns({"n": ["1", "2", "oops", "3", "what", "4", "5"]})
    with pytest.raises(FileError, match=r"the table, row 3: 'oops' in column 'n'\n.*5 of its 7 cells are numbers"):
        table.numbers("n")


def test_an_error_about_a_missing_column_lists_all_columns():
    with pytest.raises(OptionError, match=r"side +words: ") as caught:
        sides().numbers("Side")
    assert "x       numbers from" in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([1, 2, 3], "numbers from 1 to 3"),
        ([1, 2, "x"], "numbers from 1 to 2; 1 other"),
        (list("abcdef"), "words: a, b, c, d, e, f"),
        (list("abcdefg"), "words: a, b, c, d, e, f and 1 more"),
        (["x", "y", 1], "words: x, y, 1"),
        ([1, 2, "x", "y"], "words: 1, 2, x, y"),
    ],
)
def test_the_summary_of_a_column(cells, said):
    assert Table.of_columns({"n": cells}).described() == f"  n  {said}"


@pytest.mark.parametrize(
    ("text", "is_one"), [("moons", False), ("a.csv", True), ("./moons", True), ("data/x", True), ("mons", False)]
)
def test_what_counts_as_a_table(text, is_one):
    assert is_table(text) is is_one


# Encoding


def test_numbers_are_standardized_and_words_become_inputs():
    table = sides()
    X = Encoding.of(table, ["x", "colour"])(table)
    assert X.shape == (60, 3)
    assert np.allclose(X[:, 0].mean(), 0)
    assert np.allclose(X[:, 0].std(), 1)
    assert np.array_equal(X[:, 1] + X[:, 2], np.ones(60))


def test_words_are_one_hot_encoded():
    table = Table.of_columns({"c": ["b", "a", "b"]})
    assert Column.of(table, "c")(table).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


def test_held_out_rows_do_not_affect_the_means():
    table = sides()
    code = Encoding.of(table, ["x"], rows=np.arange(10))
    assert code.columns[0].standard[0] == pytest.approx(table.numbers("x")[:10].mean())


def test_an_unseen_word_and_a_word_in_place_of_a_number_are_errors():
    code = Encoding.of(sides(), ["x", "colour"])
    with pytest.raises(FileError, match="'green' in column 'colour'"):
        code(Table.of_columns({"x": [1.0], "colour": ["green"]}))
    with pytest.raises(FileError, match="words where numbers were"):
        code(Table.of_columns({"x": ["far"], "colour": ["red"]}))


def test_a_column_of_names_is_not_an_input():
    table = Table.of_columns({"name": [f"n{number}" for number in range(99)], "y": [0, 1, 1] * 33})
    with pytest.raises(FileError, match=r"TableModel.train\(table, without=\['name'\]\)"):
        nn.TableModel.train(table)


def test_all_columns_of_too_many_words_are_named_at_once():
    columns = {"first name": [f"n{number}" for number in range(99)], "date": [f"{number}.5." for number in range(99)]}
    table = Table.of_columns({**columns, "x": [0.5] * 99, "y": [0, 1, 1] * 33})
    with pytest.raises(FileError) as caught:
        nn.TableModel.train(table)
    assert "the columns 'first name', 'date' of the table" in str(caught.value)
    assert "TableModel.train(table, without=['first name', 'date'])" in str(caught.value)


@pytest.mark.parametrize("write", ["{:,}", "$ {:,}.50", "{} €", "{:,} %", "-{:,}"])
@pytest.mark.parametrize("target", ["income", "y"])
def test_words_that_are_meant_as_numbers_are_not_a_column_to_leave_out(write, target):
    """Thousands separators, a currency, a percent sign: the column is wanted, and says how to write it."""
    table = Table.of_columns({"income": [write.format(48_000 + 37 * n) for n in range(99)], "y": ["a", "b", "b"] * 33})
    meant = float(write.format(48_000).translate(str.maketrans("", "", ",$€% "))) / (100 if "%" in write else 1)
    with pytest.raises(FileError, match="a number has digits, a point and a minus") as caught:
        nn.TableModel.train(table, target=target)
    assert f"write instead:  {show(meant)}, and so on; or without=['income']" in str(caught.value)


def test_dates_ranges_and_plain_numbers_are_not_meant_as_other_numbers():
    for cells in ([f"2024-{n:03}" for n in range(99)], [f"{n}-{n + 5}" for n in range(99)]):
        with pytest.raises(FileError, match=r"without=\['x'\]"):
            nn.TableModel.train(Table.of_columns({"x": cells, "y": [0, 1, 1] * 33}))
    with pytest.raises(FileError, match="are too many for classes"):
        nn.TableModel.train(Table.of_columns({"y": [0, 1, 1] * 33, "x": range(99)}), task="classes")


# Targets


@pytest.mark.parametrize(
    ("cells", "task", "classes", "loss"),
    [
        (["b", "a"] * 5, None, ("a", "b"), "bce_with_logits"),
        (["1", "0", "2"] * 5, None, ("0", "1", "2"), "cross_entropy"),
        (["1.0", "0", "10"] * 5, None, ("0", "1", "10"), "cross_entropy"),
        (["1", "0", "2"] * 5, "numbers", (), "mse"),
        (["1.5", "0", "2"] * 5, None, (), "mse"),
        ([str(number) for number in range(20)] * 2, None, (), "mse"),
        ([str(number) for number in range(20)] * 2, "classes", tuple(map(str, range(20))), "cross_entropy"),
    ],
)
def test_the_kind_of_a_target_is_inferred(cells, task, classes, loss):
    target = Target.of(Table.of_columns({"y": cells}), "y", task=task)
    assert (target.classes, target.loss) == (classes, loss)


@pytest.mark.parametrize(
    ("cells", "task", "message"),
    [
        (["a"] * 9, None, "1 different cell in 9 rows"),
        (list("abcdefgh"), None, "8 different cells in 8 rows"),
        (["a", "b"] * 5, "numbers", "words where numbers were"),
        (["a", "b"] * 5, "colours", "the choices are classes, numbers"),
    ],
)
def test_unusable_targets_are_refused(cells, task, message):
    with pytest.raises(TinygradError, match=message):
        Target.of(Table.of_columns({"y": cells}), "y", task=task)


def test_a_label_unseen_in_training_is_named_with_its_file():
    target = Target.of(Table.of_columns({"c": ["a", "b"] * 3}), "c")
    with pytest.raises(FileError, match=r"'z' in column 'c' of new\.csv"):
        target(Table.of_columns({"c": ["z"]}, "new.csv"))


# The whole way


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_model_is_trained_saved_loaded_and_predicts(tmp_path, suffix):
    table = sides(200)
    model = nn.TableModel.train(table, hidden=[8], epochs=60, progress=False)
    assert model.about["score"] > 0.9
    assert model.history.val_accuracy[-1] == model.about["score"]
    again = nn.TableModel.load(model.save(tmp_path / f"model{suffix}"))
    others = sides(50, seed=1)
    mine, its = model.predict(others), again.predict(others)
    assert mine.found == its.found
    assert np.array_equal(mine.shares, its.shares)
    assert np.mean([one == right for one, right in zip(its.found, others.cells("side"), strict=True)]) > 0.9
    assert nn.load(tmp_path / f"model{suffix}").state_dict() == model.network.state_dict()


def test_predicted_numbers_are_in_the_scale_of_the_target():
    x = np.linspace(-1, 1, 80)
    table = Table.of_columns({"x": x.tolist(), "y": (5000 + 300 * x).tolist()})
    model = nn.TableModel.train(table, hidden=[8], epochs=100, progress=False)
    found = model.predict(Table.of_columns({"x": [-0.5, 0.5]})).found
    assert np.allclose(found, [4850, 5150], atol=40)
    assert model.about["score"] > 0.95


def test_columns_are_found_by_name_in_any_order():
    model = nn.TableModel.train(sides(), hidden=[4], epochs=5, progress=False)
    one = model.predict(Table.of_columns({"colour": ["red"], "other": ["?"], "x": [120.0]}))
    other = model.predict(Table.of_columns({"x": [120.0], "colour": ["red"]}))
    assert np.array_equal(one.shares, other.shares)


def test_columns_may_be_left_out():
    model = nn.TableModel.train(sides(), without=["colour"], hidden=[2], epochs=1, progress=False)
    assert model.encoding.inputs == ["x"]
    with pytest.raises(OptionError, match="its columns are"):
        nn.TableModel.train(sides(), without=["color"])
    with pytest.raises(OptionError, match="nothing left"):
        nn.TableModel.train(sides(), without=["colour", "x"])


def test_a_model_without_columns_or_with_other_columns_is_not_a_table_model(tmp_path):
    path = nn.save(nn.MLP(2, [1]), tmp_path / "plain.json")
    with pytest.raises(FileError, match="does not say which columns"):
        nn.TableModel.load(path)
    model = nn.TableModel.train(sides(), hidden=[2], epochs=1, progress=False)
    model.network = nn.MLP(5, [1])
    with pytest.raises(FileError, match="3 inputs and 1 outputs"):
        nn.TableModel.load(model.save(tmp_path / "other.json"))


def changed(path, change):
    """A file of a table model, after a change of what it says of its columns."""
    found = json.loads(path.read_text())
    change(found["about"]["table"], found)
    path.write_text(json.dumps(found))
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table, _: table["target"].update(classes=["left"]), "its target has one class, 'left'"),
        (lambda table, _: table["target"].update(classes=["left", "left"]), "two of its words are 'left'"),
        (lambda table, _: table["target"].update(classes="ab"), "does not say which columns"),
        (lambda table, _: table["target"].update(classes=["left", None]), "does not say which columns"),
        (lambda table, _: table["target"].update(classes={"left": 0, "right": 1}), "does not say which columns"),
        (lambda table, _: table["inputs"][1].update(words=["red", "red"]), "two of its words are 'red'"),
        (lambda table, _: table["inputs"][1].update(name="x"), "two of its columns have the same name"),
        (lambda table, _: table["target"].update(mean=10**400), "does not say which columns"),
        (lambda _, found: found["layers"][0]["W"][0].__setitem__(0, None), "W of layer 1 is not made of numbers"),
    ],
)
def test_an_inconsistent_table_model_file_is_refused(tmp_path, change, said):
    path = nn.TableModel.train(sides(), hidden=[2], epochs=1, progress=False).save(tmp_path / "m.json")
    with pytest.raises(FileError, match=said) as caught:
        nn.TableModel.load(changed(path, change))
    assert str(caught.value).startswith("the model in 'm.json'\n")


@pytest.mark.parametrize("numbers", [True, False])
def test_a_network_with_nan_weights_predicts_nothing(tmp_path, numbers):
    table = sides()
    target = {"target": "x"} if numbers else {}
    path = nn.TableModel.train(table, hidden=[2], epochs=1, progress=False, **target).save(tmp_path / "m.json")
    changed(path, lambda _, found: found["layers"][1]["b"].__setitem__(0, "nan"))
    with pytest.raises(FileError, match=r"the prediction for the table, row 1\n.*weights that are inf or NaN"):
        nn.TableModel.load(path).predict(table)


def test_a_row_that_overflows_is_named():
    x = np.linspace(-1, 1, 40)
    table = Table.of_columns({"x": x.tolist(), "y": (3 * x).tolist()})
    model = nn.TableModel.train(table, target="y", hidden=[2], epochs=1, progress=False)
    model.network.layers[0].neurons[0].w[0].data = 1e10
    with pytest.raises(FileError, match=r"the prediction for the table, row 2\n.*far beyond those of the training"):
        model.predict(Table.of_columns({"x": [0.5, 1e308]}))


@pytest.mark.parametrize("standard", [[], [1.0], "x", [1.0, 0.0], [1.0, "inf"], [1e999, 1.0], {}, 3])
def test_inconsistent_columns_are_not_a_table_model(tmp_path, standard):
    path = nn.TableModel.train(sides(), hidden=[2], epochs=1, progress=False).save(tmp_path / "m.json")
    with pytest.raises(FileError, match="does not say which columns"):
        nn.TableModel.load(changed(path, lambda table, _: table["inputs"][0].update(standard=standard)))
