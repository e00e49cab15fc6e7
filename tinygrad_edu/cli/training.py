"""How is a network trained and used from a terminal?

    tinygrad-edu train moons                             a network, its data and its decision boundary
    tinygrad-edu train iris.csv --save iris.json         the last column of a table, predicted from the others
    tinygrad-edu predict iris.json new.csv               what the network predicts for other rows

Names to know: `train_and_draw`. Read next: `outcome.py`.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tinygrad_edu.choices import nearest
from tinygrad_edu.cli.arguments import PROGRAM, OneOf, one_of, quoted
from tinygrad_edu.cli.lines import existing, say, say_files
from tinygrad_edu.cli.outcome import command_to_predict, counting_columns, outcome, warning_about
from tinygrad_edu.cli.report import Report
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.files import check_writable, make_folder
from tinygrad_edu.show import counted, listed, printable, show
from tinygrad_edu.text.typed import number_typed

if TYPE_CHECKING:
    from tinygrad_edu import nn
    from tinygrad_edu.nn.table.model import Answers

TRAIN_HELP = """\
Train a multi-layer perceptron, and draw it:

  tinygrad-edu train moons
  tinygrad-edu train spirals --hidden 16 16 --epochs 200 --plot --film f.gif
  tinygrad-edu train iris.csv --target species --save iris.json

DATA is moons, circles, xor, spirals, blobs, flower, yinyang (points in the
plane), digits (needs scikit-learn), or a table: a CSV file whose first line
names its columns. Words become classes, or inputs of 0 and 1; numbers are
standardized; a fifth of the rows is held out to test on."""
PREDICT_HELP = """\
Predict with a network that `train … --save` wrote, for a table or for one row:

  tinygrad-edu predict iris.json new.csv
  tinygrad-edu predict moons.json x1=0.5 x2=-0.2

The predictions are printed as a table with a header, and so can go to a file:

  tinygrad-edu predict iris.json new.csv > answers.csv"""
EPOCHS, TEST = 40, 0.2
FOLDER = Path("tinygrad-edu-train")  # for the pictures of a training
MODELS, FILMS, PAGES = (".json", ".npz"), (".gif", ".html"), (".html",)
SHOWN_CLASSES = 8  # of a table, where its target is described
MOST_POINTS = 1_000_000  # of a data set; a computer in a classroom has the memory and the time for so many
MOST_NEURONS, MOST_WEIGHTS = 10_000, 1_000_000  # of a layer, and between hidden layers: a weight takes 160 bytes


def add_train(parser: argparse.ArgumentParser) -> None:
    """The options of `train`."""
    add = parser.add_argument
    add("data", metavar="DATA", help="the name of a data set, or a CSV file")
    add("--points", type=_points, metavar="N", help="the size of a data set (default: 100; of digits, all)")
    add("--noise", type=float, help="the standard deviation of their noise (default: 0.1)")
    add("--target", metavar="COLUMN", help="the column of a table to predict (default: the last one)")
    add("--without", nargs="*", default=[], metavar="COLUMN", help="columns of a table to leave out")
    add("--task", action=OneOf, names=("classes", "numbers"), help="what the target is (default: as its cells look)")
    missing = "rows with an empty cell: leave them out, fill with the mean or the most frequent word, or stop (default)"
    add("--missing", action=OneOf, names=("drop", "mean", "error"), default="error", help=missing)
    held_out = "held out to test on (default: 0.2 of a table or of digits, else 0)"
    add("--validation", "--test", dest="test", type=float, metavar="FRACTION", help=held_out)
    add("--hidden", type=_neurons, nargs="*", default=[16, 16], metavar="N", help="neurons a layer (default: 16 16)")
    add("--activation", default="relu", metavar="NAME", help="of the hidden layers: relu (default), tanh, sigmoid …")
    add("--epochs", type=int, default=EPOCHS, help="passes over the data (default: %(default)s)")
    batch = "samples for each step (default: %(default)s)"
    add("--batch-size", "--batch", dest="batch", type=int, default=10, metavar="N", help=batch)
    add("--patience", type=int, metavar="N", help="stop after N epochs without a better loss, at the best epoch")
    add("--lr", type=float, default=0.01, help="the learning rate (default: %(default)s)")
    add("--optimizer", action=OneOf, names=("adam", "adamw", "sgd"), default="adam", help="(default: adam)")
    add("--seed", type=_seed, default=0, help="seed of the weights, the points and their order (default: %(default)s)")
    add("--save", type=Path, metavar="FILE", help="save the network: .json or .npz")
    add("--plot", action="store_true", help="also draw the history, and what goes on inside")
    add("--film", type=Path, metavar="FILE", help="draw the training as an animation: .gif or .html")
    add("-o", "--output", type=Path, default=FOLDER, help="folder for report and pictures (default: %(default)s)")
    add("--report", type=Path, metavar="FILE", help="the page with all of it (default: report.html in that folder)")
    add_open(parser)
    parser.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    in_folder = options.output.iterdir() if options.output.is_dir() else ()
    old = existing([options.save, options.film, options.report, *in_folder])
    say_files(train_and_draw(options), old)
    if options.open:
        open_page(_report_file(options))
        if options.film is not None and options.film.suffix == ".html":  # a GIF is part of the report
            open_page(options.film)


def _points(text: str) -> int:
    return _at_most(MOST_POINTS, "points", text)


def _neurons(text: str) -> int:
    return _at_most(MOST_NEURONS, "neurons in a layer", text)


def _at_most(most: int, things: str, text: str) -> int:
    """A whole number, refused before memory is asked for."""
    number = _whole(text)
    if number > most:
        raise argparse.ArgumentTypeError(f"{text} are too many; at most {most:,} {things} are possible: write {most}")
    return number


def _seed(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0; a seed is a whole number from 0 on: write {-number}")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid int value: {text!r}") from None


def add_predict(parser: argparse.ArgumentParser) -> None:
    """The options of `predict`."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a file that `train … --save` wrote")
    parser.add_argument("rows", nargs="+", metavar="TABLE|NAME=VALUE", help="a CSV file, or the inputs of one row")
    parser.add_argument("--with-inputs", action="store_true", help="print the rows of the table too")
    parser.set_defaults(run=_predict)


# Training


class Samples(NamedTuple):
    """What a network is trained on, and how it went.

    Attributes:
        model: the network, with its history.
        X: its inputs, the encoded columns.
        y: the targets, as the loss takes them.
        thing: what a sample is called.
        row: the inputs of one sample, as they are typed.
        source: what the data are called.
        columns: for each column its name, what it is for, and what is in it.
    """

    model: nn.TableModel
    X: Any
    y: Any
    thing: str
    row: dict[str, str]
    source: str
    columns: list[tuple[str, str, str]]

    @property
    def is_plane(self) -> bool:
        """Whether there are two inputs, and classes, so that the plane can be drawn."""
        return self.X.shape[1] == 2 and bool(self.model.target.classes)


Film = Callable[[Any, Any], list[Any]]  # (X, y) -> the callbacks of a training


def train_and_draw(options: argparse.Namespace) -> list[Path]:
    """Train a network on data, print how well it does, and draw it.

    Returns:
        The files that were written.
    """
    from tinygrad_edu.nn.table.reading import is_table

    films: list[Any] = []
    _check_options(options)

    def film(X: Any, y: Any) -> list[Any]:
        from tinygrad_edu import viz

        if options.film is not None:
            films.append(viz.Animation(X, y))
        return films

    samples = (_of_table if is_table(options.data) else _of_data_set)(options, film)
    if samples.model.history.interrupted:
        _stop(options, samples.model)
    said = [samples.model.history.summary, *outcome(samples.model, samples.thing)]
    for line in said:
        say(f"  {line}")
    files = [] if options.save is None else [_saved(samples.model, options.save, options)]  # first: drawing may fail
    pictures = list(_pictures(options, samples))
    files += [file for picture in pictures for file in picture.files]
    files += [film.save(options.film) for film in films]
    files.insert(0, _report(options, samples, said, pictures).save(_report_file(options)))
    if options.save is not None:
        print(f"  predict with it:\n\n    {command_to_predict(samples.model, options.save, samples.row)}\n")
    return files


def _stop(options: argparse.Namespace, model: nn.TableModel) -> NoReturn:
    """After Ctrl-C: the file keeps what it held, and the network, half trained, gets a file of its own."""
    said = f"stopped after {counted(model.history.epochs, 'epoch')} of {options.epochs}"
    if options.save is not None:
        said += f"; {options.save} was not written"
        if model.history.epochs:
            said += f", the network as it is now is in {_saved(model, _beside(options.save), options)}"
    raise KeyboardInterrupt(said)


def _saved(model: nn.TableModel, path: Path, options: argparse.Namespace) -> Path:
    """The file that a network was saved in; its folder is made, if it is the one of the pictures."""
    if path.parent == options.output:
        make_folder(options.output)
    return model.save(path)


def _beside(path: Path) -> Path:
    """moons.json → moons.stopped.json"""
    return path.with_suffix(f".stopped{path.suffix}")


def _check_options(options: argparse.Namespace) -> None:
    """Check before the training what would otherwise fail after it, or in words that are not those of the command."""
    from tinygrad_edu.nn.layers import activations

    one_of("--activation", options.activation, activations())
    for option, number, is_right, wrong, instead in _ranges(options):
        if number is not None and not is_right:
            raise OptionError(f"{option} {_plain(number)}", wrong, instead=f"{option} {instead}")
    weights = sum(one * other for one, other in pairwise(options.hidden))
    if weights > MOST_WEIGHTS:
        raise OptionError(
            f"--hidden {' '.join(map(str, options.hidden))}",
            f"that makes {weights:,} weights, and at most {MOST_WEIGHTS:,} are possible",
            instead="--hidden 16 16",
        )
    _check_suffix(options.save, MODELS)
    _check_suffix(options.film, FILMS)
    _check_suffix(options.report, PAGES)
    _check_folder(options.output)
    for path in (options.save, options.film, options.report):
        if path is not None and (path.parent.exists() or path.parent != options.output):
            check_writable(path)


def _check_folder(path: Path) -> None:
    """Check that pictures can be written there, without making the folder: the data may turn out to be wrong."""
    if path.exists():
        make_folder(path)  # which says so, if it is a file
    else:
        check_writable(next(parent for parent in path.parents if parent.exists()) / path.name)


def _ranges(options: argparse.Namespace) -> list[tuple[str, Any, bool, str, str]]:
    """(option, number, whether it can be, what it has to be, a number that can be)."""
    whole, hidden = "it has to be a whole number of at least 1", options.hidden
    lr, noise, test = options.lr, options.noise, options.test
    return [
        ("--epochs", options.epochs, options.epochs >= 1, whole, str(EPOCHS)),
        ("--batch-size", options.batch, options.batch >= 1, whole, "10"),
        ("--patience", options.patience, (options.patience or 0) >= 1, whole, "10"),
        ("--hidden", hidden, all(size >= 1 for size in hidden), f"each layer: {whole}", "16 16"),
        ("--lr", lr, 0 < lr < math.inf, "a learning rate is above 0, and finite", "0.01"),
        ("--noise", noise, noise is not None and 0 <= noise < math.inf, "a standard deviation is 0 or more", "0.1"),
        (
            "--validation",
            test,
            test is not None and 0 <= test < 1,
            "it is the fraction to test on: from 0 to below 1",
            "0.2",
        ),
    ]


def _check_held_out(fraction: float, count: int, thing: str) -> None:
    """Refuse to hold out so few, or so many, that there is nothing to test on, or to train on."""
    held_out = round(fraction * count)
    if fraction and not 0 < held_out < count:
        raise OptionError(
            f"--validation {show(fraction)} of {counted(count, thing)}",
            f"that is {counted(held_out, thing)} to test on, and {count - held_out} to train on",
            instead="--validation 0.5" if count > 1 else "--validation 0",
        )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else show(value)


def _check_suffix(path: Path | None, suffixes: tuple[str, ...]) -> None:
    if path is not None and path.suffix not in suffixes:
        raise OptionError(
            f"a file called {str(path)!r}",
            f"its name ends in {' or '.join(suffixes)}",
            instead=str(path.with_suffix(suffixes[0]) if path.name else f"model{suffixes[0]}"),
        )


def _training(options: argparse.Namespace, callbacks: list[Any]) -> dict[str, Any]:
    from tinygrad_edu import nn

    if options.patience is not None:
        callbacks.append(nn.EarlyStopping(patience=options.patience))
    return {
        "seed": options.seed,
        "lr": options.lr,
        "optimizer": options.optimizer,
        "epochs": options.epochs,
        "batch_size": options.batch,
        "callbacks": callbacks,
        "progress": True,
    }


def _of_data_set(options: argparse.Namespace, film: Film) -> Samples:
    import numpy as np

    from tinygrad_edu import nn
    from tinygrad_edu.nn.table.model import Target
    from tinygrad_edu.nn.table.reading import Encoding

    for name in ("target", "task"):
        if getattr(options, name) is not None:
            raise OptionError(f"--{name} with {options.data}", "that is for a table", instead="train table.csv …")
    is_plane = options.data in nn.datasets.PLANE
    points = (100 if is_plane else None) if options.points is None else options.points
    noise = (0.1 if is_plane else 0.0) if options.noise is None else options.noise
    one_of("", options.data, nn.datasets.DATASETS, f"{PROGRAM} train")
    try:
        X, y = nn.datasets.load(options.data, n=points, noise=noise, seed=options.seed)
    except OptionError as error:
        raise OptionError(f"--points {points}", error.wrong, instead="--points 100") from None
    names = [f"{'x' if is_plane else 'p'}{number}" for number in range(1, X.shape[1] + 1)]
    target = Target("class", tuple(str(label) for label in np.unique(y)))
    network = nn.MLP(len(names), [*options.hidden, target.outputs], activation=options.activation, seed=options.seed)
    say(f"  {options.data}: {counted(len(X), 'point' if is_plane else 'image')}; {described(network)}")
    model = nn.TableModel(network, Encoding.plain(names), target, {"data": options.data})
    _check_film(options, is_plane)
    test = (0.0 if is_plane else TEST) if options.test is None else options.test
    seen, unseen = (X, y), None
    _check_held_out(test, len(X), "point" if is_plane else "image")
    if test:
        X_seen, X_unseen, y_seen, y_unseen = nn.train_test_split(X, y, test_size=test, seed=options.seed)
        seen, unseen = (X_seen, y_seen), (X_unseen, y_unseen)
    model.learn(*seen, unseen, **_training(options, film(X, y)))
    row = {name: show(number) for name, number in zip(names, X[0].tolist(), strict=True)}
    columns = [(name, "input", f"numbers from {show(low)} to {show(high)}") for name, low, high in _ranges_of(names, X)]
    columns.append((target.name, "what is predicted", f"classes: {listed(target.classes)}"))
    return Samples(model, X, y, "point" if is_plane else "image", row, options.data, columns)


def _ranges_of(names: list[str], X: Any) -> Iterator[tuple[str, float, float]]:
    for name, column in zip(names, X.T, strict=True):
        yield name, float(column.min()), float(column.max())


def _of_table(options: argparse.Namespace, film: Film) -> Samples:
    from tinygrad_edu import nn

    for name in ("points", "noise"):
        if getattr(options, name) is not None:
            raise OptionError(f"--{name} with {options.data}", "that is for a data set", instead="train moons …")
    table = nn.read_csv(options.data)
    for option, name in [("--target", options.target), *(("--without", name) for name in options.without)]:
        _check_column(table, option, name)
    table = _usable_rows(table, options)
    test = TEST if options.test is None else options.test
    _check_held_out(test, len(table), "row")
    callbacks: list[Any] = []

    def begin(model: nn.TableModel, X: Any, y: Any) -> None:
        names = ", ".join(model.encoding.inputs)
        say(printable(f"  {table.source}: {counted(len(table), 'row')}; {names} → {_described_target(model)}"))
        say(f"  {described(model.network)}, {counted(round(test * len(table)), 'row')} held out")
        counting = counting_columns(
            table.filled(model.encoding.fills), [column.name for column in model.encoding.columns]
        )
        if counting:
            say(f"  {warning_about(counting, model.target.name)}", sys.stderr)
        _check_film(options, X.shape[1] == 2 and bool(model.target.classes))
        callbacks.extend(film(X, y))

    model = nn.TableModel.train(
        table,
        target=options.target,
        without=[name for name in options.without if name in table.names],
        task=options.task,
        hidden=options.hidden,
        activation=options.activation,
        test=test,
        missing=options.missing,
        begin=begin,
        **_training(options, callbacks),
    )
    row = dict(zip(table.names, table.filled(model.encoding.fills).rows[0], strict=True))
    columns = [(name, _used_as(model, name), table.content(name)) for name in table.names]
    return Samples(model, model.encoding(table), model.target(table), "row", row, table.source, columns)


def _used_as(model: nn.TableModel, name: str) -> str:
    """What a column is for."""
    if name == model.target.name:
        return "what is predicted"
    if name not in [column.name for column in model.encoding.columns]:
        return "left out"
    fill = model.encoding.fills.get(name)
    if fill is None:
        return "input"
    return f"input; an empty cell is read as {show(float(fill)) if _is_number(fill) else fill}"


def _is_number(text: str) -> bool:
    return number_typed(text) is not None


def _usable_rows(table: nn.Table, options: argparse.Namespace) -> nn.Table:
    """The rows that --missing leaves; of columns that are left out, gaps do not matter."""
    target = table.names[-1] if options.target is None else options.target
    used = [name for name in table.names if name == target or name not in options.without]
    if options.missing == "error":
        for name in used:
            try:
                table.cells(name)
            except FileError as error:
                raise error.with_instead("--missing drop, or --missing mean") from None
        return table
    whole = table.without_gaps(used)
    kept = whole if options.missing == "drop" else table.without_gaps([target])
    if not len(kept):
        wrong = "no row is left: " + ("each has an empty cell" if options.missing == "drop" else f"{target} is empty")
        raise OptionError(f"--missing {options.missing}", wrong, instead="--without, with the columns that are empty")
    said = [f"{counted(len(table) - len(kept), 'row')} left out"] if len(kept) < len(table) else []
    said += [f"{counted(len(kept) - len(whole), 'row')} filled"] if len(kept) > len(whole) else []
    say(f"  --missing {options.missing}: {', '.join(said) or 'no cell is empty'}", sys.stderr)
    return kept


def _check_column(table: nn.Table, option: str, name: str | None) -> None:
    """Check that a table has a column; the nearest one is what to write instead."""
    try:
        if name is not None:
            table.place_of(name)
    except OptionError as error:
        close = nearest(str(name), table.names)
        raise error.with_instead(f"{option} {printable(quoted(close[0]))}" if close else "") from None


def _described_target(model: nn.TableModel) -> str:
    target = model.target
    if not target.classes:
        return f"{target.name}, a number"
    return f"{target.name}: {listed(target.classes, SHOWN_CLASSES)}"


def _check_film(options: argparse.Namespace, is_plane: bool) -> None:
    if options.film is not None and not is_plane:
        raise OptionError("--film", "an animation shows the plane: it needs two inputs and classes", instead="--plot")


class _Picture(NamedTuple):
    """A picture: its files, its title, what is seen in it, and the picture itself for the report."""

    files: list[Path]
    title: str
    said: str
    shown: Any


def _pictures(options: argparse.Namespace, samples: Samples) -> Iterator[_Picture]:
    """Every picture, saved."""
    from tinygrad_edu import viz

    folder, network = make_folder(options.output), samples.model.network
    drawing = viz.draw_network(network)
    files = [drawing.save(folder / "network.svg"), drawing.save(folder / "network.png")]
    yield _Picture(files, "The network", "Blue weights are positive, orange and dashed ones negative.", drawing.svg())
    figures: list[tuple[str, str, str, Any]] = []
    if samples.is_plane:
        figure = viz.plot_decision_boundary(network, samples.X, samples.y)
        figures.append(("boundary", "The plane as it divides it", f"{figure.axes[0].get_title()}.", figure))
    if options.plot:
        figures += _inside(samples)
    for name, title, said, figure in figures:
        yield _Picture([viz.save_figure(figure, folder / f"{name}.png")], title, said, figure)


def _inside(samples: Samples) -> Iterator[tuple[str, str, str, Any]]:
    """What --plot draws besides: name, title, what is seen, figure."""
    from tinygrad_edu import viz

    network = samples.model.network
    yield "history", "The history", "Loss and accuracy over the epochs.", viz.plot_history(samples.model.history)
    yield "parameters", "Its parameters", "How large the weights and biases are.", viz.plot_parameters(network)
    activations = viz.plot_activations(network, samples.X)
    yield "activations", "Its activations", "What the neurons give for the data.", activations
    if samples.is_plane:
        neurons = viz.plot_neurons(network, samples.X, samples.y)
        yield "neurons", "What each neuron sees", "Where in the plane it is active.", neurons


def _report_file(options: argparse.Namespace) -> Path:
    report: Path | None = options.report
    return options.output / "report.html" if report is None else report


def _report(options: argparse.Namespace, samples: Samples, said: list[str], pictures: list[_Picture]) -> Report:
    """The page with all of it."""
    model, has_film = samples.model, options.film is not None and options.film.suffix == ".gif"
    held_out = 0 if not model.history.val_loss or model.tested is None else len(model.tested[1])
    rows = f"{samples.source}: {counted(len(samples.X), samples.thing)}"
    rows += f", {counted(held_out, samples.thing)} of them held out to test on." if held_out else ", all trained on."
    return Report(
        title=f"Predicting {model.target.name} from {samples.source}",
        model=model,
        thing=samples.thing,
        said=said,
        data=samples.columns,
        rows=f"{rows} The network is {described(model.network)}.",
        settings=_settings(options, TEST if held_out else 0.0, is_table=samples.thing == "row"),
        command=" ".join([PROGRAM, *map(quoted, getattr(options, "typed", ["train", options.data]))]),
        predict="" if options.save is None else command_to_predict(model, options.save, samples.row),
        file=options.save,
        pictures=[
            (picture.title, picture.said, picture.shown) for picture in pictures if picture.title != "The history"
        ],
        film=options.film if has_film else None,
    )


def _settings(options: argparse.Namespace, validation: float, *, is_table: bool) -> dict[str, str]:
    """Every option of the training with its value, as it was typed or by default."""
    names = {"test": "validation", "batch": "batch-size"}
    left_out = {
        *(() if is_table else ("missing",)),
        "run",
        "command",
        "typed",
        "open",
        "output",
        "report",
        "save",
        "film",
        "plot",
        "data",
    }
    found = {names.get(name, name): value for name, value in vars(options).items() if name not in left_out}
    found["validation"] = validation if options.test is None else options.test
    return {f"--{name}": _plain(value) for name, value in found.items() if value not in (None, [])}


def described(network: nn.MLP) -> str:
    """A network in a few words."""
    sizes = "-".join(str(size) for size in network.sizes)
    return f"a {sizes} network of {counted(len(network.parameters()), 'parameter')}"


# Predicting


def _predict(options: argparse.Namespace) -> None:
    from tinygrad_edu import nn

    _check_suffix(options.model, MODELS)
    model = nn.TableModel.load(options.model)
    if all("=" in row for row in options.rows):
        _say_answer(model, model.predict(_one_row(model, options.model, options.rows)))
        return
    if len(options.rows) > 1:
        raise OptionError(
            f"{' '.join(options.rows)!r}", "it has to be one table, or the inputs of one row", instead="x1=0.5"
        )
    table = nn.read_csv(options.rows[0])
    _check_inputs(model, table)
    answers = model.predict(table)
    target, classes = model.target.name, model.target.classes
    said = printable if sys.stdout.isatty() else str  # a file gets the names as they are
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names, rows = (table.names, table.rows) if options.with_inputs else ((), [()] * len(table))
    writer.writerow([*map(said, names), said(target), *(f"P({said(name)})" for name in classes)])
    for index, (row, found) in enumerate(zip(rows, answers.found, strict=True)):
        shares = [] if answers.shares is None else [f"{share:.4f}" for share in answers.shares[index]]
        writer.writerow([*map(said, row), said(found) if classes else repr(found), *shares])


def _check_inputs(model: nn.TableModel, table: nn.Table) -> None:
    """Check that a table has a column for each input; all that are missing are named."""
    wanted = [column.name for column in model.encoding.columns]
    missing = [name for name in wanted if name not in table.names]
    if missing:
        wrong = f"{'this column is' if len(missing) == 1 else 'these columns are'} missing: {listed(missing)}"
        raise OptionError(f"the table {table.source}", wrong, instead=f"a table with the columns {listed(wanted)}")


def _one_row(model: nn.TableModel, file: Path, assignments: Sequence[str]) -> nn.Table:
    from tinygrad_edu import nn

    wanted = [column.name for column in model.encoding.columns]
    given = {name: [value] for name, value in (_assigned(text, wanted) for text in assignments)}
    unknown, missing = [name for name in given if name not in wanted], [name for name in wanted if name not in given]
    if unknown or missing:
        said = [f"missing: {listed(missing)}"] if missing else []
        said += [f"not one of its inputs: {listed(unknown)}"] if unknown else []
        row = {name: given.get(name, ["…"])[0] for name in wanted}
        raise OptionError("the inputs of one row", "; ".join(said), instead=command_to_predict(model, file, row))
    return nn.Table.of_columns(given, "the row")


def _assigned(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The name and the value in NAME=VALUE; the name of a column may hold an = too, or what is not printable."""
    shown = {printable(name): name for name in names}
    pairs = [(text[:at].strip(), text[at + 1 :].strip()) for at, letter in enumerate(text) if letter == "="]
    return next(((shown[name], value) for name, value in reversed(pairs) if name in shown), pairs[0])


def _say_answer(model: nn.TableModel, answers: Answers) -> None:
    found = answers.found[0]
    print(f"{printable(model.target.name)} = {printable(found) if model.target.classes else show(found)}")
    if answers.shares is not None:
        for name, share in zip(model.target.classes, answers.shares[0], strict=True):
            print(f"  P({printable(name)}) = {share:.4f}")
