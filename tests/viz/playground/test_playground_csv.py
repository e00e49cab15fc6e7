"""Does the page read a table as nn.read_csv does, and refuse what that refuses?"""

import random

import numpy as np
import pytest
from playground import in_node, largest, needs_node
from test_playground_out import ran

from tinygrad_edu import nn
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.nn.preprocessing import Standardizer
from tinygrad_edu.nn.table.model import Target

PROGRAM = """
const { pointsOfTable, tableFrom } = await from("playground/csv");
const { checked } = await from("playground/settings");
const attempt = (made) => {
  try { return made(); } catch (error) {
    if (error.kind !== "PlaygroundError") throw error;
    return { key: error.key, places: error.places };
  }
};
return data.map((text) => attempt(() => {
  const table = tableFrom(text);
  return { table, data: attempt(() => checked({ data: pointsOfTable(table) }).data) };
}));
"""
TEXTS = {
    "names and classes": "a,b,side\n1,2,left\n3,4,right\n5,6,left\n7,8,right\n",
    "no names": "1,2,0\n3,4,1\n5,6,0\n7,8,1\n",
    "semicolons and decimal commas": "a;b;c\n1,5;2;0\n2,5;3;1\n3,5;1;0\n4;4;1\n",
    "tabs, a mark of order, Windows lines": "\ufeffx\ty\tk\r\n1\t2\t0\r\n2\t1\t1\r\n3\t3\t0\r\n4\t1\t1\r\n",
    "quotes": 'a,"b ""quoted"", and a comma",k\n1,"2",x\n3,"4",y\n5,6,x\n7,8,"y"\n',
    "a line within quotes": 'a,k\n1,"two\nlines"\n2,one\n3,one\n4,"two\nlines"\n',
    "words as inputs": "size,colour,k\n1,red,0\n2,blue,1\n3,红,0\n4,red,1\n",
    "numbers to predict": "a,b,c\n1,2,0.5\n2,3,1.5\n3,1,-2\n4,4,8.25\n",
    "blank lines and spaces": "\n a , k \n\n 1 , 0 \n 2 , 1 \n\n 3 , 0 \n 4 , 1 \n\n",
    "a name that is a number": "2019,kind\nred,0\nblue,1\nred,0\nblue,1\n",
    "a line that says the separator": "sep=;\na,b;k\n1;0\n2;1\n3;0\n4;1\n",
    "empty columns of a spreadsheet": "a,k,,\n1,0,,\n2,1,,\n3,0,,\n4,1\n",
    "bars": "a|k\n1|0\n2|1\n3|0\n4|1",
    "signs and powers": "a,b,k\n+1.,-.5,0\n1e3,2E-2,1\n0,1,0\n-0,3,1\n",
}
WRONG = {
    "play_csv_empty": "  \n\n",
    "play_csv_binary": "a,b\n1,\0\n",
    "play_csv_quote": 'a,b\n"1,2\n',
    "play_csv_no_rows": "a,b\n",
    "play_csv_no_name": "a,,b\n1,2,3\n4,5,6\n",
    "play_csv_twice": "a,a\n1,2\n3,4\n",
    "play_csv_length": "a,b\n1,2\n3\n",
    "play_csv_first": "red,1\nblue,2\ngreen,3\n",
}
WRONG_POINTS = {
    "play_csv_missing": "a,k\n1,0\n,1\n3,0\n4,1\n",
    "play_csv_word": "a,k\n1,0\n2,1\nthree,0\n4,1\n",
    "play_csv_classes": "a,k\n1,left\n2,left\n3,left\n4,left\n",
    "play_csv_one_column": "k\n0\n1\n0\n1\n",
}


@pytest.fixture
def in_python(tmp_path):
    """What nn makes of a text: (table, columns, targets)."""

    def read(text):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        table = nn.read_csv(path)
        target = Target.of(table, table.names[-1])
        columns = []
        for name in table.names[:-1]:
            numbers = table.numbers(name)
            words = sorted(set(table.cells(name))) if numbers is None else []
            columns += [numbers] if numbers is not None else [
                np.array([float(cell == word) for cell in table.cells(name)]) for word in words
            ]  # fmt: skip
        return table, np.column_stack(columns), target(table), target

    return read


def check_same(found, read):
    table, X, y, target = read
    assert tuple(found["table"]["names"]) == table.names
    assert [tuple(row) for row in found["table"]["rows"]] == list(table.rows)
    assert tuple(found["table"]["lines"]) == table.lines
    data = found["data"]
    assert data["task"] == ("classes" if target.classes else "numbers")
    assert largest(X, data["points"]["X"]) < 1e-12
    assert largest(y * target.scale + target.mean, data["points"]["y"]) <= 1e-12 * np.abs(data["points"]["y"]).max()
    if target.classes:
        assert tuple(data["points"]["target"]["classes"]) == target.classes


@needs_node
def test_tables_of_all_kinds_are_read_as_nn_reads_them(in_python):
    for name, found in zip(TEXTS, in_node(PROGRAM, *TEXTS.values()), strict=True):
        assert "table" in found, (name, found)
        check_same(found, in_python(TEXTS[name]))


@needs_node
@pytest.mark.parametrize("key", [*WRONG, *WRONG_POINTS])
def test_what_nn_refuses_is_refused_under_a_name_of_its_own(key, in_python):
    text = (WRONG | WRONG_POINTS)[key]
    (found,) = in_node(PROGRAM, text)
    assert found.get("data", found)["key"] == key
    if key != "play_csv_one_column":
        with pytest.raises((TinygradError, ValueError)):
            in_python(text)


def drawn(seed):
    """A table of cells of many kinds; some of them are not tables."""
    draw = random.Random(seed)
    delimiter = draw.choice(",;\t|")
    columns, rows = draw.randint(1, 4), draw.randint(1, 7)
    kinds = [draw.choice(["number", "whole", "word", "mixed"]) for _ in range(columns)]
    cells = {
        "number": lambda: repr(draw.gauss(0, 100)),
        "whole": lambda: str(draw.randint(0, 3)),
        "word": lambda: draw.choice(["red", "blue", "甲", "x y", 'a "b"']),
        "mixed": lambda: draw.choice(["1", "red", "", "?", "nan", "2.5", "1e400", "--", "#N/A"]),
    }

    def quoted(cell):
        needs = any(character in cell for character in f'{delimiter}"') or draw.random() < 0.1
        return '"' + cell.replace('"', '""') + '"' if needs else cell

    lines = [delimiter.join(quoted(cells[kind]()) for kind in kinds) for _ in range(rows)]
    if draw.random() < 0.7:
        lines = [delimiter.join(quoted(name) for name in draw.sample(["a", "b", "列", "c d", "e"], columns)), *lines]
    if draw.random() < 0.1:
        lines.append("1")
    if draw.random() < 0.2:
        lines = [line + 2 * delimiter for line in lines]
    if draw.random() < 0.2:
        lines = [draw.choice([f"sep={delimiter}", f'"sep={delimiter}"', f"SEP={delimiter} "]), *lines]
    return draw.choice(["\n", "\r\n"]).join(lines) + draw.choice(["", "\n"])


@needs_node
def test_random_tables_are_read_or_refused_as_nn_does(in_python):
    texts = [drawn(seed) for seed in range(500)]
    readings = 0
    for text, found in zip(texts, in_node(PROGRAM, *texts), strict=True):
        try:
            read = in_python(text)
        except (TinygradError, ValueError):
            assert "key" in found or "key" in found["data"], text
            continue
        assert "table" in found and "points" in found["data"], (text, found)  # noqa: PT018
        check_same(found, read)
        readings += 1
    assert readings > 60


@needs_node
def test_the_columns_of_a_table_are_standardized_by_the_part_that_is_trained_on():
    program = """
    const { pointsOfTable, tableFrom } = await from("playground/csv");
    const { checked } = await from("playground/settings");
    const { samplesOf } = await from("playground/training");
    const samples = samplesOf(checked({ data: { ...pointsOfTable(tableFrom(data[0])), validation: 0.25 } }));
    return { rows: samples.train.rows, X: samples.train.X, other: samples.validation.X };
    """
    draw = random.Random(0)
    X = np.array([[draw.gauss(50, 20), draw.gauss(0, 1e-3)] for _ in range(20)])
    text = "a,b,k\n" + "".join(f"{a!r},{b!r},{n % 2}\n" for n, (a, b) in enumerate(X.tolist()))
    found = in_node(program, text)
    scale = Standardizer.of(X[found["rows"]])
    assert largest(scale(X[found["rows"]]).ravel(), found["X"]) < 1e-12
    assert largest(scale(np.delete(X, found["rows"], axis=0)).ravel(), found["other"]) < 1e-12


UNITS = """
const { pointsOfTable, tableFrom } = await from("playground/csv");
const { checked } = await from("playground/settings");
const { trainingOf } = await from("playground/training");
const { pythonOf } = await from("playground/out");
const { withPoint } = await from("playground/editing");
return data.map(({ text, validation, split_seed }) => {
  const table = { ...pointsOfTable(tableFrom(text)), validation, split_seed };
  const settings = checked({ data: table, network: { layers: [] } });
  const training = trainingOf(settings);
  training.epoch();
  const { train, validation: other } = training.samples;
  const added = withPoint({ settings }, [0.5, 0.5], 0.5).data.points.y.at(-1);
  const losses = training.history.loss;
  return { rows: train.rows, y: train.targets, other: other.targets, python: pythonOf(training.recipe), losses, added };
});
"""
UNIT = {
    "prices": lambda draw: draw.gauss(250_000, 80_000),
    "a few far away": lambda draw: draw.choice([1.5, 2.5, 1e6 + 0.5]),
    "of many sizes": lambda draw: 10.0 ** draw.uniform(-20, 0),
    "beyond squares": lambda draw: 1e200 * draw.gauss(0, 1),
    "constant": lambda draw: 0.1,
}


@needs_node
@pytest.mark.parametrize("kind", UNIT)
@pytest.mark.parametrize("validation", [0, 0.2, 0.6])
def test_numbers_to_predict_are_standardized_by_the_rows_trained_on_as_nn_does(kind, validation, tmp_path):
    draw = random.Random(kind)
    y = [UNIT[kind](draw) for _ in range(25)]
    text = "a,b,y\n" + "".join(f"{draw.gauss(5, 2)!r},{draw.gauss(0, 1)!r},{each!r}\n" for each in y)
    (found,) = in_node(UNITS, {"text": text, "validation": validation, "split_seed": 3})
    path = tmp_path / "table.csv"
    path.write_text(text)
    rows = np.array(found["rows"])
    if validation:
        seen, *_ = nn.train_test_split(np.arange(25), y, test_size=validation, seed=3)
        assert sorted(rows) == sorted(seen)
    target = Target.of(nn.read_csv(path), "y", rows=rows)
    wanted = target(nn.read_csv(path))
    assert largest(wanted[rows], found["y"]) < 1e-9
    assert largest(np.delete(wanted, rows), found["other"]) < 1e-9 * max(1.0, np.abs(wanted).max())
    assert found["added"] == pytest.approx(target.mean + 0.5 * target.scale, rel=1e-9)


@needs_node
@pytest.mark.parametrize("kind", ["prices", "of many sizes"])
def test_the_script_of_a_table_of_numbers_gives_the_losses_of_the_page(kind, tmp_path):
    draw = random.Random(kind)
    text = "a,b,y\n" + "".join(f"{draw.gauss(5, 2)!r},{draw.gauss(0, 1)!r},{UNIT[kind](draw)!r}\n" for _ in range(25))
    (found,) = in_node(UNITS, {"text": text, "validation": 0.2, "split_seed": 3})
    assert "nn.Standardizer.of(y.reshape(-1, 1))" in found["python"]
    losses, _ = ran(found["python"], tmp_path)
    assert largest(losses, found["losses"]) < 1e-9
