"""Does a training in a terminal say how good it is, compared with what, and what to do next?"""

import contextlib
import csv
import io
import random
import re
import shlex

import numpy as np
import pytest
from sampling import sample
from tables import write_table

from tinygrad_edu import nn
from tinygrad_edu.cli.main import main
from tinygrad_edu.cli.outcome import outcome
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.progress import bar, seen
from tinygrad_edu.show import show


@pytest.fixture
def pets(tmp_path):
    """A table whose first column counts the rows, and whose last follows from the sizes."""
    return write_pets(tmp_path)


def write_pets(folder):
    source = random.Random(1)
    rows = []
    for number in range(1, 121):
        height, weight = source.gauss(5, 1), source.gauss(3, 1)
        kind = "cat" if height > weight + 1.2 else "dog"
        rows.append([number, f"{height:.2f}", f"{weight:.2f}", source.choice(["red", "blue"]), kind])
    return write_table(folder / "pets.csv", ["id", "height", "weight", "colour", "kind"], rows)


QUICK = "--hidden 8 --epochs 15 --lr 0.03"
SHORT = "--hidden 8 --epochs 1"  # where it does not matter what was learned


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """The bytes of a network that learned from the table."""
    folder = tmp_path_factory.mktemp("learned")
    write_pets(folder)
    with contextlib.chdir(folder):
        assert main(shlex.split(f"train pets.csv {QUICK} --save pets.json")) == 0
    return (folder / "pets.json").read_bytes()


@pytest.fixture
def model(pets, learned, tmp_path):
    """The network in a file beside its table."""
    (tmp_path / "pets.json").write_bytes(learned)


@pytest.fixture
def undrawn(monkeypatch):
    """A training that draws nothing beside its report: its pictures take longer than it does."""

    def no_pictures(options, samples):
        options.output.mkdir(exist_ok=True)
        return []

    monkeypatch.setattr("tinygrad_edu.cli.training._pictures", no_pictures)  # private: there is no option for it


# What is said afterwards


def test_a_score_stands_beside_what_a_guess_would_reach(typed, pets):
    code, out, err = typed(f"train pets.csv {QUICK} --save pets.json")
    assert code == 0
    said = re.search(r"24 rows held out: accuracy (.*) %; a guess, always (\w+), would reach (.*) %", out)
    table = nn.read_csv("pets.csv")
    _, unseen, _, kinds = nn.train_test_split(np.arange(120), table.cells("kind"), test_size=0.2, seed=0)
    assert float(said[3]) == pytest.approx(100 * np.mean(np.array(kinds) == said[2]), abs=0.05)
    found = nn.TableModel.load("pets.json").predict(table).found
    right = np.mean([found[row] == kind for row, kind in zip(unseen, kinds, strict=True)])
    assert float(said[1]) == pytest.approx(100 * right, abs=0.05)
    counts = [[int(number) for number in re.findall(r" (\d+) ", line)] for line in out.splitlines() if " %" in line]
    assert sum(map(sum, [row[:2] for row in counts if len(row) == 2])) == 24
    assert "note: id counts the rows and says nothing about kind" in err


def test_no_better_than_guessing_is_said_in_words(typed, undrawn, pets):
    assert "no better than guessing" in typed(f"train pets.csv {QUICK} --without id height weight")[1]
    assert "no better than guessing" not in typed(f"train pets.csv {QUICK} --without id")[1]


def test_a_number_that_is_worse_than_its_mean_is_said(typed, undrawn, tmp_path):
    source = random.Random(2)
    xs, ys = ([draw() for _ in range(60)] for draw in (source.random, lambda: source.gauss(0, 1)))
    write_table(tmp_path / "noise.csv", ["x", "y"], zip(xs, ys, strict=True))
    out = typed("train noise.csv --epochs 100 --lr 0.05 --hidden 16")[1]
    assert "% of the variance explained (R²); a guess, always the mean" in out
    assert "no better than guessing" in out
    assert "-0.0 %" not in out


def test_overfitting_is_named_with_what_stops_it(typed, undrawn, tmp_path):
    source = random.Random(5)
    rows = [[source.random(), source.random(), source.choice("ab")] for _ in range(60)]
    write_table(tmp_path / "noise.csv", ["x", "y", "z"], rows)
    out = typed("train noise.csv --epochs 60 --lr 0.05 --hidden 32")[1]
    assert re.search(r"validation loss was lowest in epoch \d+ .* overfitting; --patience 10 stops in time", out)
    out = typed("train noise.csv --epochs 60 --lr 0.05 --hidden 32 --patience 5")[1]
    assert "overfitting" not in out
    assert "stopped: val_loss was best in epoch" in out


@pytest.mark.parametrize(
    ("training", "reason"),
    [
        ([1.0, 0.9, 0.6, 0.4, 0.2, 0.1], "overfitting; --patience 10 stops in time"),
        ([1.0, 0.2, 0.6, 0.9, 0.9, 0.9], "the steps may be too large; try a smaller --lr"),  # rose, too
        ([9.0, 5.0, 4.0, 4.0, 4.0, 4.0], "the steps may be too large; try a smaller --lr"),  # and learned little
    ],
)
def test_a_rising_validation_loss_is_overfitting_only_where_the_training_loss_fell(training, reason):
    model = nn.TableModel.train(nn.Table.of_columns({"x": [0, 1, 2, 7, 8, 9] * 4, "y": [*"aaabbb"] * 4}), epochs=1)
    model.history.loss[:], model.history.val_loss[:] = training, [1.0, 0.2, 0.6, 0.9, 0.9, 0.9]
    said = list(outcome(model, "row"))[-1]
    assert said == f"the validation loss was lowest in epoch 2 (0.2), and rose to 0.9: {reason}"


def test_a_column_of_other_whole_numbers_does_not_count_the_rows(typed, undrawn, tmp_path):
    write_table(tmp_path / "t.csv", ["x", "y"], [[n * n % 17, "ab"[n % 2]] for n in range(40)])
    assert "counts the rows" not in typed("train t.csv --epochs 1 --hidden 2")[2]


@pytest.mark.parametrize(("cells", "is_same"), [("1", True), (["1", "1.0"], True), ("red", True), (["1", "2"], False)])
def test_a_column_with_the_same_in_every_row_is_noted(typed, undrawn, tmp_path, cells, is_same):
    cells = [cells] if isinstance(cells, str) else cells
    rows = [[n * n % 17, cells[n % len(cells)], "ab"[n % 3 == 0]] for n in range(40)]
    write_table(tmp_path / "t.csv", ["x", "lab site", "y"], rows)
    note = 'note: lab site has the same in every row; leave out with --without "lab site"'
    assert (note in typed("train t.csv --epochs 1 --hidden 2")[2]) == is_same
    assert "note:" not in typed("train t.csv --epochs 1 --hidden 2 --without 'lab site'")[2]


@pytest.mark.parametrize(("held_out", "is_below"), [([9.0, 9.5], True), ([1.0, 2.0], False)])
def test_what_a_variance_explained_below_0_means_is_said(held_out, is_below):
    model = nn.TableModel.train(nn.Table.of_columns({"x": [0, 1, 2, 3] * 4, "y": [1, 2, 1, 2.5] * 4}), epochs=1, test=0)
    mean = np.mean([1, 2, 1, 2.5])
    residual, spread = (sum((y - guess) ** 2 for y in held_out) for guess in (mean, np.mean(held_out)))
    model.guess, model.about["score"] = (f"{mean}", 1 - residual / spread), 0.5
    said = list(outcome(model, "row"))
    assert (1 - residual / spread < 0) == (is_below or residual > spread)
    assert any("R² is below 0 where predictions are farther off" in line for line in said) == (residual > spread)


# What to do next


@pytest.mark.parametrize("table", sample(["pets.csv --target height", "moons", "pets.csv --without id"], few=2))
def test_the_command_that_is_printed_predicts(typed, pets, table):
    out = typed(f"train {table} {QUICK} --save 'my model.json'")[1]
    command = out.split("predict with it:\n\n    tinygrad-edu ")[1].split("\n")[0]
    code, said, err = typed(command)
    assert (code, err) == (0, "")
    assert " = " in said


def test_predictions_are_printed_beside_their_inputs(typed, pets, model):
    plain = list(csv.reader(io.StringIO(typed("predict pets.json pets.csv")[1])))
    wide = list(csv.reader(io.StringIO(typed("predict pets.json pets.csv --with-inputs")[1])))
    given = list(csv.reader(pets.read_text().splitlines()))
    assert [row[5:] for row in wide[1:]] == plain[1:]
    assert [row[:5] for row in wide] == given
    assert len(set(wide[0])) == len(wide[0])  # so that the answers are a table, too
    assert wide[0][5:] == ["predicted kind", *plain[0][1:]]


def test_a_number_of_a_row_may_be_typed_as_a_fraction(typed, model):
    row = "predict pets.json id=1 weight=3 colour=red"
    assert typed(f"{row} height=11/2") == typed(f"{row} height=5.5")
    assert typed(f"{row} height=11/2")[0] == 0


@pytest.mark.parametrize(("height", "meant"), [("5,5", "5.5"), ("tall", ""), ("1/0", ""), ("nan", ""), ("inf", "")])
def test_what_is_no_number_is_shown_beside_one_that_is(typed, model, height, meant):
    code, _, err = typed(f"predict pets.json id=1 weight=3 colour=red height={height}")
    assert (code, f"tinygrad-edu predict: height={height}\n" in err) == (1, True)
    instead = re.search(r"write instead:  (height=(.*))\n", err)
    assert instead[2] == meant or not meant
    assert typed(f"predict pets.json id=1 weight=3 colour=red {instead[1]}")[0] == 0


def test_all_missing_columns_of_a_table_are_named(typed, model, tmp_path):
    write_table(tmp_path / "new.csv", ["height", "size"], [[1, 2]])
    code, _, err = typed("predict pets.json new.csv")
    assert (code, "these columns are missing: id, weight, colour" in err) == (1, True)


# Files


def test_pictures_go_into_one_folder_and_nothing_is_replaced_without_a_word(typed, pets, tmp_path):
    line = f"train pets.csv {SHORT} --save pets.json"
    first = typed(line)[1]
    assert "in place of" not in first
    assert {path.name for path in tmp_path.iterdir()} == {"pets.csv", "pets.json", "tinygrad-edu-train"}
    again = [each for each in typed(line)[1].splitlines() if "wrote" in each]
    assert len(again) == 4
    assert all(each.endswith(", in place of an older one") for each in again)
    assert "in place of" not in typed(f"{line} -o elsewhere --save other.json")[1]
    assert typed("draw x x=1")[1].count("in place of") == 0
    assert typed("draw x x=1")[1].count("in place of") == 1


@pytest.mark.long
def test_a_model_and_a_film_may_go_into_the_folder_that_is_made(typed, tmp_path):
    code, _, err = typed(f"train moons {QUICK} -o out --save out/m.json --film out/f.html")
    assert (code, "wrong" in err) == (0, False)
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"m.json", "f.html", "network.svg"}


def test_a_training_that_cannot_begin_leaves_no_folder(typed, tmp_path):
    for line in ("train moons --target y", "train nothing.csv", "train moons --epochs 0", "train mons"):
        assert typed(line)[0] == 1
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").touch()
    assert "this is a file, where a folder is wanted" in typed("train moons -o out")[2]


# Empty cells


@pytest.fixture
def gaps(pets, tmp_path):
    """The same table with gaps: two rows without a height, one without a colour, one without a kind."""
    names, *rows = csv.reader(pets.read_text().splitlines())
    for row, place in ((3, 1), (7, 1), (7, 3), (20, 4)):
        rows[row][place] = ""
    return write_table(tmp_path / "gaps.csv", names, rows)


def test_gaps_stop_a_training_unless_it_is_said_what_to_do(typed, undrawn, gaps):
    code, _, err = typed(f"train gaps.csv {SHORT}")
    assert (code, "write instead:  --missing drop, or --missing mean" in err) == (1, True)
    code, out, err = typed(f"train gaps.csv {SHORT} --missing drop")
    assert (code, "117 rows" in out, "--missing drop: 3 rows left out" in err) == (0, True, True)
    code, out, err = typed(f"train gaps.csv {SHORT} --missing mean")
    assert (code, "119 rows" in out, "--missing mean: 1 row left out, 2 rows filled" in err) == (0, True, True)


def test_gaps_in_columns_that_are_left_out_do_not_matter(typed, undrawn, gaps):
    code, out, _ = typed(f"train gaps.csv {SHORT} --without height colour kind --target weight")
    assert (code, "120 rows" in out) == (0, True)


def test_what_fills_a_gap_comes_from_the_rows_trained_on_as_in_scikit_learn(gaps):
    """Against SimpleImputer and StandardScaler, fitted to the training rows."""
    impute = pytest.importorskip("sklearn.impute")
    scale = pytest.importorskip("sklearn.preprocessing")
    table = nn.read_csv(gaps).without_gaps(["kind"])
    model = nn.TableModel.train(table, missing="mean", hidden=[2], epochs=1)
    seen, unseen, _, _ = nn.train_test_split(np.arange(len(table)), table.cells("kind"), test_size=0.2, seed=0)
    heights = np.array([[float(row[1] or "nan")] for row in table.rows])
    imputer = impute.SimpleImputer().fit(heights[seen])
    filled = imputer.transform(heights)
    scaler = scale.StandardScaler().fit(filled[seen])
    place = model.encoding.inputs.index("height")
    assert model.encoding(table)[:, place] == pytest.approx(scaler.transform(filled)[:, 0], abs=1e-12)
    assert float(model.encoding.fills["height"]) == pytest.approx(imputer.statistics_[0], abs=1e-12)
    words = [table.rows[row][3] for row in seen if table.rows[row][3]]
    assert model.encoding.fills["colour"] == max(sorted(set(words)), key=words.count)
    assert len(unseen) == round(0.2 * len(table))


def test_held_out_rows_do_not_change_what_is_learned(tmp_path):
    """With other numbers in the rows held out, and gaps in others, the network is the same to the last bit."""
    source = random.Random(3)
    rows = [[source.gauss(0, 1), source.gauss(0, 1), "ab"[number % 2]] for number in range(60)]
    seen, unseen, _, _ = nn.train_test_split(np.arange(60), [row[2] for row in rows], test_size=0.2, seed=0)
    rows[seen[0]][0] = ""
    trained = []
    for factor in (1, 1000):
        for row in unseen:
            rows[row][0] = factor * source.gauss(0, 1)
        table = nn.read_csv(write_table(tmp_path / "t.csv", ["x", "y", "z"], rows))
        trained.append(nn.TableModel.train(table, missing="mean", hidden=[3], epochs=2))
    one, other = ([parameter.data for parameter in model.network.parameters()] for model in trained)
    assert one == other
    assert trained[0].encoding == trained[1].encoding


@pytest.mark.parametrize("seed", sample(range(6), 2))
def test_held_out_numbers_do_not_change_the_scale_of_what_is_predicted(tmp_path, seed):
    """Against StandardScaler, fitted to the training rows: with any numbers held out, the same is learned."""
    scale = pytest.importorskip("sklearn.preprocessing")
    source = random.Random(seed)
    rows = [[source.gauss(0, 1), source.gauss(50, 20)] for _ in range(source.randint(20, 60))]
    seen, unseen, _, _ = nn.train_test_split(np.arange(len(rows)), [y for _, y in rows], test_size=0.2, seed=0)
    trained = []
    for factor in (1, 1e6):
        for row in unseen:
            rows[row][1] = factor * source.gauss(50, 20)
        table = nn.read_csv(write_table(tmp_path / "t.csv", ["x", "y"], rows))
        trained.append(nn.TableModel.train(table, hidden=[3], epochs=3))
    one, other = trained
    assert [each.data for each in one.network.parameters()] == [each.data for each in other.network.parameters()]
    scaler = scale.StandardScaler().fit([[rows[row][1]] for row in seen])
    assert (one.target.mean, one.target.scale) == (other.target.mean, other.target.scale)
    assert (one.target.mean, one.target.scale) == pytest.approx((scaler.mean_[0], scaler.scale_[0]), rel=1e-12)


def test_what_a_guess_would_reach_and_what_is_predicted_are_on_the_saved_scale(typed, tmp_path):
    """R² of the mean of the training rows, on the rows held out, by hand; and predictions in the unit of the table."""
    source = random.Random(2)
    rows = [[x := source.uniform(-1, 1), 300 + 80 * x + source.gauss(0, 5)] for _ in range(50)]
    write_table(tmp_path / "t.csv", ["x", "y"], rows)
    out = typed("train t.csv --hidden 8 --epochs 40 --lr 0.03 --save t.json")[1]
    y = np.array([y for _, y in rows])
    seen, unseen, _, _ = nn.train_test_split(np.arange(50), y, test_size=0.2, seed=0)
    mean, right = y[seen].mean(), y[unseen]
    reached = 100 * (1 - np.sum((right - mean) ** 2) / np.sum((right - right.mean()) ** 2))
    said = re.search(r"10 rows held out: (.*) % of the variance .* always the mean, (.*), would reach (.*) %", out)
    assert [float(said[2]), float(said[3])] == pytest.approx([mean, reached], abs=0.06)
    found = np.array(nn.TableModel.load(tmp_path / "t.json").predict(nn.read_csv(tmp_path / "t.csv")).found)
    explained = 100 * (1 - np.sum((found[unseen] - right) ** 2) / np.sum((right - right.mean()) ** 2))
    assert float(said[1]) == pytest.approx(explained, abs=0.06)
    assert explained > 80


def test_a_training_on_points_may_stop_early(typed, tmp_path):
    code, out, _ = typed("train moons --points 20 --hidden 2 --lr 100 --epochs 30 --patience 1")
    assert (code, "stopped: loss was best in epoch" in out) == (0, True)
    assert (tmp_path / "tinygrad-edu-train" / "report.html").exists()


def test_a_gap_among_words_that_could_be_numbers_is_filled_with_the_word(typed, undrawn, tmp_path):
    words = ["1/2", "small", "1/2", "large", "tiny"]
    rows = [["" if n % 9 == 0 else words[n % 5], f"{n % 2 + n / 50}", "ab"[n % 2]] for n in range(60)]
    write_table(tmp_path / "sizes.csv", ["size", "x", "y"], rows)
    code, out, err = typed(f"train sizes.csv {SHORT} --missing mean --save sizes.json")
    assert (code, "Traceback" in err) == (0, False)
    assert "predict sizes.json size=1/2 x=0" in out
    assert "an empty cell is read as 1/2" in (tmp_path / "tinygrad-edu-train/report.html").read_text()


def test_the_command_that_is_printed_has_no_more_digits_than_a_reader_types(typed, undrawn, tmp_path):
    rows = [["" if n == 0 else f"{n / 7:.3f}", "ab"[n % 2]] for n in range(60)]
    write_table(tmp_path / "t.csv", ["x", "y"], rows)
    out = typed(f"train t.csv {SHORT} --missing mean --save t.json")[1]
    assert len(re.search(r"predict t.json x=(\S+)", out)[1]) <= 5


@pytest.mark.parametrize("name", ["gaps.json", "gaps.npz"])
def test_a_saved_network_fills_the_gaps_of_new_rows(typed, undrawn, gaps, name):
    typed(f"train gaps.csv {SHORT} --missing mean --save {name}")
    fills = nn.TableModel.load(name).encoding.fills
    assert set(fills) == {"id", "height", "weight", "colour"}
    given = [{"id": 5, "height": fills["height"], "weight": 2.5, "colour": fills["colour"]},
             {"id": 5, "height": "", "weight": 2.5, "colour": "?"}]  # fmt: skip
    answers = []
    for row in given:
        code, said, err = typed("predict " + name + " " + " ".join(f"{key}={cell}" for key, cell in row.items()))
        assert (code, err) == (0, "")
        answers.append(said)
    assert answers[0] == answers[1]


def test_a_network_trained_without_gaps_refuses_them_and_older_files_are_read(typed, model, tmp_path):
    older = re.sub(r', "fill": null', "", (tmp_path / "pets.json").read_text())
    assert "fill" not in older
    (tmp_path / "pets.json").write_text(older)
    assert typed("predict pets.json id=1 height=2 weight=3 colour=red")[0] == 0
    code, _, err = typed("predict pets.json id=1 height= weight=3 colour=red")
    assert (code, "the network takes a number as height" in err) == (1, True)


@pytest.mark.parametrize("fill", ['"nan"', "3", '"many"', "[]"])
def test_a_file_whose_gaps_are_filled_with_something_else_is_refused(typed, model, tmp_path, fill):
    (tmp_path / "pets.json").write_text((tmp_path / "pets.json").read_text().replace('"fill": null', f'"fill": {fill}'))
    code, _, err = typed("predict pets.json id=1 height=2 weight=3 colour=red")
    assert (code, "the model in 'pets.json'" in err) == (1, True)


@pytest.mark.parametrize(
    ("way", "cells", "said"),
    [("drop", ["", "1"], "each has an empty cell"), ("mean", ["1", "1"], "y is empty"),
     ("mean", ["", ""], "every cell that could be learned from is empty")],
)  # fmt: skip
def test_nothing_left_to_learn_from_is_said(typed, tmp_path, way, cells, said):
    goals = ["", ""] if said == "y is empty" else ["", *"abab"] if way == "drop" else [*"ababab"]
    rows = [[cells[number % 2] if way == "mean" else "", goal] for number, goal in enumerate(goals)]
    write_table(tmp_path / "t.csv", ["x", "y"], rows)
    code, _, err = typed(f"train t.csv --missing {way} --hidden 2 --epochs 1")
    assert (code, said in err, "write instead" in err) == (1, True, True)


# Options


@pytest.mark.parametrize(
    ("one", "other"),
    sample([("--batch-size 5", "--batch 5"), ("--validation 0.3", "--test 0.3"), ("--optimizer adam", "")]),
)
def test_options_have_the_names_of_elsewhere(typed, undrawn, pets, one, other):
    lines = [typed(f"train pets.csv {SHORT} {options}")[1].split("wrote")[0] for options in (one, other)]
    assert "1 epoch, loss" in lines[0]
    assert lines[0] == lines[1]


def test_each_optimizer_is_its_own(typed, undrawn, pets):
    lines = {typed(f"train pets.csv {SHORT} --optimizer {name}")[1] for name in ("adam", "sgd")}
    assert len(lines) == 2
    with pytest.raises(ValueError, match="the choices are adam, adamw, sgd"):
        nn.TableModel.train(nn.read_csv(pets), optimizer="adan", epochs=1)


# The progress line

HISTORIES = [
    History(loss=[0.1234], accuracy=[1.0]),
    History(loss=[0.1234], accuracy=[float("nan")]),
    History(loss=[0.1234], accuracy=[1.0], val_loss=[0.5], val_accuracy=[0.875]),
    History(loss=[0.1234], accuracy=[float("nan")], val_loss=[0.5], val_accuracy=[float("nan")]),
]


@pytest.mark.parametrize("history", HISTORIES, ids=["classes", "numbers", "classes held out", "numbers held out"])
@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_the_progress_line_fits_with_its_epoch_its_bar_and_its_last_figure(history, width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    with bar(2, wanted=True) as advance:
        advance(history)
    (line,) = [each for each in capsys.readouterr().err.splitlines() if "epoch" in each]
    assert len(line) <= width
    assert "epoch 1/2" in line
    assert "━" in line
    assert "…" not in line
    last = history.val_accuracy or history.accuracy
    figure = "87.5 %" if history.val_loss and last[0] == last[0] else "0.5000" if history.val_loss else None
    assert figure is None or figure in line


def test_what_matters_least_goes_first():
    said = [seen(HISTORIES[2], room) for room in range(80, 10, -1)]
    assert list(dict.fromkeys(said)) == [
        "loss 0.1234  accuracy 100.0 %  validation loss 0.5000  accuracy  87.5 %",
        "accuracy 100.0 %  validation  87.5 %",
        "validation  87.5 %",
    ]


NAMES_OF_EVERY_KIND = ["a=b", "a", "--c", "-d=", "line\nbreak", 'e "f" $g', "<img src=x>", "长度"]


def test_the_command_that_is_printed_predicts_whatever_the_columns_are_called(typed, tmp_path):
    source = random.Random(3)
    rows = [[*(f"{source.gauss(0, 1):.3f}" for _ in NAMES_OF_EVERY_KIND), number % 2] for number in range(40)]
    write_table(tmp_path / "t.csv", [*NAMES_OF_EVERY_KIND, "y"], rows)
    code, out, err = typed("train t.csv --epochs 2 --hidden 3 --save m.json")
    assert code == 0, err
    command = out.split("predict with it:\n\n    tinygrad-edu ")[1].split("\n")[0]
    code, out, err = typed(command)
    assert (code, out.splitlines()[0][:4]) == (0, "y = "), err
    right = nn.TableModel.load(tmp_path / "m.json").predict(nn.read_csv(tmp_path / "t.csv"))
    assert f"P(0) = {right.shares[0][0]:.4f}" in out
    short = command.replace(" --c=", " unknown=")
    code, out, err = typed(short)
    assert (code, out) == (1, "")
    assert "missing: --c; not one of its inputs: unknown" in " ".join(err.split())


@pytest.mark.parametrize(("rows", "share", "instead"), [(2, "0.2", "0.5"), (1, "0.2", "0"), (3, "0.9", "0.5")])
def test_a_fraction_that_leaves_nothing_to_test_or_to_train_on_is_refused_as_an_option(
    typed, tmp_path, rows, share, instead
):
    write_table(tmp_path / "t.csv", ["x", "y"], [[number, number + 0.5] for number in range(rows)])
    code, out, err = typed(f"train t.csv --validation {share}")
    assert (code, out) == (1, "")
    assert f"--validation {share} of {rows} row" in err
    assert err.rstrip().endswith(f"--validation {instead}")


def test_a_table_in_another_encoding_is_told_how_to_save_it(typed, tmp_path):
    (tmp_path / "t.csv").write_bytes("长度,种类\n1,猫\n".encode("gbk"))
    code, _, err = typed("train t.csv")
    assert (code, "saved as UTF-8: in Excel, Save As, CSV UTF-8" in " ".join(err.split())) == (1, True)


@pytest.mark.parametrize(
    ("way", "plain"),
    [
        ("{:.0f}%", lambda n: n / 100),
        ("{:.1f} %", lambda n: n / 100),
        ("${:,.2f}", float),
        ("{:.2f} €", float),
        ("¥{:,.0f}", float),
        ("−{:.2f}", lambda n: -n),
        ("{:,.0f}", float),
    ],
)
def test_numbers_written_for_people_are_not_read_as_words(typed, tmp_path, way, plain):
    """The first cell that is one is named, with the number that Python makes of it."""
    numbers = [1234.0 + 7 * row for row in range(12)]
    cells = [f'"{way.format(number)}",{row % 5},{"ab"[row % 2]}' for row, number in enumerate(numbers)]
    (tmp_path / "t.csv").write_text("\n".join(["price,size,kind", *cells]), encoding="utf-8")
    code, out, err = typed("train t.csv --epochs 1 --hidden 2")
    assert (code, out) == (1, "")
    assert f"t.csv, line 2: '{way.format(1234.0)}' in column 'price'" in err
    assert f"write instead:  {show(plain(1234.0))}, and so on; or --without price" in err


def test_the_number_of_people_may_be_left_out(typed, undrawn, tmp_path):
    rows = [f"{row}%,{row % 5},{'ab'[row % 2]}" for row in range(12)]
    (tmp_path / "t.csv").write_text("\n".join(["share,size,kind", *rows]), encoding="utf-8")
    assert typed("train t.csv --epochs 1 --hidden 2 --without share")[0] == 0


@pytest.mark.parametrize("word", [lambda row: f"2024-01-{row + 1:02d}", lambda row: f"Ada {'x' * row}"])
def test_a_column_with_another_word_in_nearly_every_row_is_named(typed, undrawn, tmp_path, word):
    rows = [f"{word(row)},{row % 5},{'ab'[row % 2]}" for row in range(12)]
    (tmp_path / "t.csv").write_text("\n".join(["the day,size,kind", *rows]), encoding="utf-8")
    code, _, err = typed("train t.csv --epochs 1 --hidden 2")
    assert code == 0
    assert 'the day has another word in nearly every row; leave out with --without "the day"' in err
    assert "note:" not in typed('train t.csv --epochs 1 --hidden 2 --without "the day"')[2]


def test_names_without_end_are_cut_where_they_are_said(typed, undrawn, tmp_path):
    names = [f"c{place}" for place in range(60)]
    rows = [",".join([*(str((row * place) % 7) for place in range(60)), "ab"[row % 2] * 3000]) for row in range(12)]
    (tmp_path / "t.csv").write_text("\n".join([",".join([*names, "kind"]), *rows]), encoding="utf-8")
    code, out, _ = typed("train t.csv --epochs 1 --hidden 2")
    assert code == 0
    assert max(map(len, out.splitlines())) < 400
    assert "c15 and 44 more" in out


def test_what_a_spreadsheet_leaves_around_a_table_does_not_matter(typed, undrawn, tmp_path):
    """The same network from the table itself, and from it in UTF-16, with `sep=` and with empty columns."""
    rows = [["size", "weight", "kind"], *([str(row % 5), str(row % 3), "甲乙"[row % 2]] for row in range(12))]
    plain = "\n".join(map(",".join, rows))
    ways = {
        "plain.csv": plain.encode(),
        "wide.csv": "\r\n".join(map("\t".join, rows)).encode("utf-16"),
        "said.csv": ("sep=;\n" + plain.replace(",", ";")).encode("utf-8-sig"),
        "empty.csv": plain.replace("\n", ",,\n").encode(),
    }
    said = set()
    for name, content in ways.items():
        (tmp_path / name).write_bytes(content)
        code, out, _ = typed(f"train {name} --epochs 2 --hidden 2")
        assert code == 0
        said.add(out.replace(name, "").replace(", in place of an older one", ""))
    assert len({re.sub(r"\(\d+ kB\)", "", text) for text in said}) == 1


@pytest.mark.parametrize(
    ("options", "said", "instead"),
    [
        ("--report r.html --film r.html", "--film has that name too", "--report r-report.html"),
        ("--save m.json -o m.json", "--output has that name too", "--save m-save.json"),
    ],
)
def test_two_outputs_have_two_names(typed, tmp_path, options, said, instead):
    code, out, err = typed(f"train moons --epochs 1 --points 10 {options}")
    assert (code, out, list(tmp_path.iterdir())) == (1, "", [])
    assert said in err
    assert err.rstrip().endswith(instead)


def test_a_plane_of_fifty_classes_is_drawn_without_a_warning(typed, tmp_path):
    rows = [f"{row % 7},{row % 11},kind {row % 50}" for row in range(150)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,kind", *rows]), encoding="utf-8")
    code, _, err = typed("train t.csv --epochs 1 --hidden 2")
    assert (code, "Warning" in err) == (0, False)
    assert (tmp_path / "tinygrad-edu-train" / "boundary.png").is_file()


def test_numbers_beyond_their_squares_train_and_are_reported(typed, tmp_path):
    source = random.Random(3)
    write_table(
        tmp_path / "t.csv", ["x", "y"], [[x, x * 1e-5] for x in (source.gauss(0, 1) * 1e300 for _ in range(40))]
    )
    code, _, err = typed("train t.csv --epochs 60 --save m.json")
    assert (code, "Warning" in err) == (0, False), err
    page = (tmp_path / "tinygrad-edu-train" / "report.html").read_text()
    assert re.search(r"typical error, √ of the mean square</th><td[^>]*>\d\.\d+e29\d<", page)
    assert nn.TableModel.load(tmp_path / "m.json").about["score"] > 0.5
