"""How is a network trained and used from a terminal?

    tinygrad-edu train moons                             a network, its data and its decision boundary
    tinygrad-edu train iris.csv --save iris.json         the last column of a table, predicted from the others
    tinygrad-edu predict iris.json new.csv               what the network predicts for other rows

Names to know: `train_and_draw`. Read next: `tables.py`.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tinygrad_edu.choices import nearest
from tinygrad_edu.cli.arguments import PROGRAM, OneOf, one_of, quoted
from tinygrad_edu.cli.expressions import add_theme
from tinygrad_edu.cli.lines import existing, say, say_files, width_of
from tinygrad_edu.cli.outcome import LONGEST_SAID, command_to_predict, outcome
from tinygrad_edu.cli.report import Report, Shown, in_both
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.cli.tables import add_table_options, check_for_data_set, chosen_rows, in_options, say_notes
from tinygrad_edu.cli.values import (
    PAGE,
    Kind,
    Typed,
    check_there,
    file_name,
    folder_name,
    real,
    whole,
    words,
)
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.files import check_writable, make_folder
from tinygrad_edu.show import counted, cut, listed, printable, show
from tinygrad_edu.text.typed import number_typed

if TYPE_CHECKING:
    from tinygrad_edu import nn
    from tinygrad_edu.nn.table.model import Answers
    from tinygrad_edu.nn.table.reading import Column

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
MODEL = file_name("a saved network", (".json", ".npz"), "model.json", any_case=False)
FILM = file_name("an animation", (".gif", ".html"), "film.gif", any_case=False)
REPORT = PAGE._replace(example="report.html")
RATE = real("a number above 0, and finite", "0.01", lambda number: 0 < number < math.inf)
NOISE = real("a standard deviation: a number, 0 or more", "0.1", lambda number: 0 <= number < math.inf)
FRACTION = real("a fraction, from 0 to below 1", "0.2", lambda number: 0 <= number < 1)
ACTIVATION = words("the name of an activation", "relu")
SHOWN_CLASSES, SHOWN_INPUTS = 8, 16  # of a table, where it is described
MOST_COLUMNS = 4  # of a network, on a page: of more layers, the letters would be too small
MOST_POINTS = 1_000_000  # of a data set; a computer in a classroom has the memory and the time for so many
MOST_NEURONS, MOST_WEIGHTS = 10_000, 1_000_000  # of a layer, and between hidden layers: a weight takes 160 bytes


def add_train(parser: argparse.ArgumentParser) -> None:
    """The options of `train`."""
    add = parser.add_argument

    def typed(option: str, kind: Kind, metavar: str, said: str, **settings: Any) -> None:
        add(option, action=Typed, kind=kind, metavar=metavar, help=said, **settings)

    add("data", metavar="DATA", help="the name of a data set, or a CSV file")
    typed(
        "--points", whole(1, MOST_POINTS, example="100"), "N", "the size of a data set (default: 100; of digits, all)"
    )
    typed("--noise", NOISE, "NUMBER", "the standard deviation of their noise (default: 0.1)")
    add_table_options(parser)
    add("--task", action=OneOf, names=("classes", "numbers"), help="what the target is (default: as its cells look)")
    held_out = "held out to test on (default: 0.2 of a table or of digits, else 0)"
    add("--validation", "--test", dest="test", action=Typed, kind=FRACTION, metavar="FRACTION", help=held_out)
    neurons, sizes = whole(1, MOST_NEURONS, example="16 16"), "neurons a layer (default: 16 16)"
    add("--hidden", action=Typed, kind=neurons, nargs="*", default=[16, 16], metavar="N", help=sizes)
    typed("--activation", ACTIVATION, "NAME", "of the hidden layers: relu (default), tanh, sigmoid …", default="relu")
    epochs = whole(1, example=str(EPOCHS))
    typed("--epochs", epochs, "N", "passes over the data (default: %(default)s)", default=EPOCHS)
    batch, size = whole(1, example="10"), "samples for each step (default: %(default)s)"
    add("--batch-size", "--batch", dest="batch", action=Typed, kind=batch, default=10, metavar="N", help=size)
    patience = "stop after N epochs without a better loss, at the best epoch"
    typed("--patience", whole(1, example="10"), "N", patience)
    typed("--lr", RATE, "NUMBER", "the learning rate (default: %(default)s)", default=0.01)
    add("--optimizer", action=OneOf, names=("adam", "adamw", "sgd"), default="adam", help="(default: adam)")
    seed = "seed of the weights, the points and their order (default: %(default)s)"
    typed("--seed", whole(0, example="1"), "N", seed, default=0)
    typed("--save", MODEL, "FILE", "save the network: .json or .npz")
    add("--plot", action="store_true", help="also draw the history, and what goes on inside")
    typed("--film", FILM, "FILE", "draw the training as an animation: .gif or .html")
    folder, kind = "folder for report and pictures (default: %(default)s)", folder_name("pictures")
    add("-o", "--output", action=Typed, kind=kind, default=FOLDER, metavar="FOLDER", help=folder)
    typed("--report", REPORT, "FILE", "the page with all of it (default: report.html in that folder)")
    add_open(parser)
    add_theme(parser)
    parser.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    in_folder = options.output.iterdir() if options.output.is_dir() else ()
    old = existing([options.save, options.film, options.report, *in_folder])
    say_files(train_and_draw(options), old)
    if options.open:
        open_page(_report_file(options))
        if options.film is not None and options.film.suffix == ".html":  # a GIF is part of the report
            open_page(options.film)


def add_predict(parser: argparse.ArgumentParser) -> None:
    """The options of `predict`."""
    saved = "a file that `train … --save` wrote"
    model = MODEL._replace(example="moons.json", after=" x1=0.5 x2=-0.2")
    parser.add_argument("model", action=Typed, kind=model, metavar="MODEL", help=saved)
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
            films.append(viz.Animation(X, y, theme=options.theme))
        return films

    samples = (_of_table if is_table(options.data) else _of_data_set)(options, film)
    if samples.model.history.interrupted:
        _stop(options, samples.model)
    said = [samples.model.history.summary, *outcome(samples.model, samples.thing, width_of(sys.stdout) - 2)]
    for line in said:
        say(f"  {line}")
    files = [] if options.save is None else [_saved(samples.model, options.save, options)]  # first: drawing may fail
    pictures = list(_pictures(options, samples))
    files += [file for picture in pictures for file in picture.files]
    files += [film.save(options.film) for film in films]
    shown = [*(picture.shown for picture in pictures if picture.shown), *_film(options, films)]
    files.insert(0, _report(options, samples, said, shown).save(_report_file(options)))
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
    weights = sum(one * other for one, other in pairwise(options.hidden))
    if weights > MOST_WEIGHTS:
        raise OptionError(
            f"--hidden {' '.join(map(str, options.hidden))}",
            f"that makes {weights:,} weights, and at most {MOST_WEIGHTS:,} are possible",
            instead="--hidden 16 16",
        )
    _check_apart(options)
    _check_folder(options.output)
    for path in (options.save, options.film, options.report):
        if path is not None and (path.parent.exists() or path.parent != options.output):
            check_writable(path)


def _check_apart(options: argparse.Namespace) -> None:
    """Check that no two outputs have one name: the second would take the place of the first, without a word."""
    taken = {options.output: "--output"}
    for option in ("save", "film", "report"):
        path = getattr(options, option)
        if path in taken:
            better = quoted(printable(path.with_stem(f"{path.stem}-{option}")))
            raise OptionError(
                printable(f"--{option} {path}"), f"{taken[path]} has that name too", instead=f"--{option} {better}"
            )
        taken |= {} if path is None else {path: f"--{option}"}


def _check_folder(path: Path) -> None:
    """Check that pictures can be written there, without making the folder: the data may turn out to be wrong."""
    if path.exists():
        make_folder(path)  # which says so, if it is a file
    else:
        check_writable(next(parent for parent in path.parents if parent.exists()) / path.name)


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

    check_for_data_set(options, "train")
    is_plane = options.data in nn.datasets.PLANE
    points = (100 if is_plane else None) if options.points is None else options.points
    noise = (0.1 if is_plane else 0.0) if options.noise is None else options.noise
    _check_name(options.data, nn.datasets.DATASETS)
    try:
        X, y = nn.datasets.load(options.data, n=points, noise=noise, seed=options.seed)
    except OptionError as error:
        instead = f"--points {len(nn.datasets.load(options.data)[0])}"
        raise OptionError(f"--points {points}", error.wrong, instead=instead) from None
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
    model.learn(*seen, unseen, **_training(options, list(film(X, y))))
    row = {name: show(number) for name, number in zip(names, X[0].tolist(), strict=True)}
    columns = [(name, "input", f"numbers from {show(low)} to {show(high)}") for name, low, high in _ranges_of(names, X)]
    columns.append((target.name, "what is predicted", f"classes: {listed(target.classes)}"))
    return Samples(model, X, y, "point" if is_plane else "image", row, options.data, columns)


def _check_name(data: str, names: Collection[str]) -> None:
    """Check the name of a data set; a table without its suffix is not far."""
    table = Path(f"{data}.csv")
    if data not in names and table.is_file():
        instead = f"{PROGRAM} train {quoted(printable(table))}"
        raise OptionError(printable(data), f"that is no data set, but {printable(table)} is a table", instead=instead)
    one_of("", data, names, f"{PROGRAM} train")


def _ranges_of(names: list[str], X: Any) -> Iterator[tuple[str, float, float]]:
    for name, column in zip(names, X.T, strict=True):
        yield name, float(column.min()), float(column.max())


def _of_table(options: argparse.Namespace, film: Film) -> Samples:
    from tinygrad_edu import nn

    _check_for_table(options)
    table = chosen_rows(options, "train")
    test = TEST if options.test is None else options.test
    _check_held_out(test, len(table), "row")
    callbacks: list[Any] = []

    def begin(model: nn.TableModel, X: Any, y: Any) -> None:
        names = listed(model.encoding.inputs, SHOWN_INPUTS)
        say(printable(f"  {table.source}: {counted(len(table), 'row')}; {names} → {_described_target(model)}"))
        say(f"  {described(model.network)}, {counted(round(test * len(table)), 'row')} held out")
        names_used = [column.name for column in model.encoding.columns]
        say_notes(table.filled(model.encoding.fills), names_used, model.target.name)
        _check_film(options, X.shape[1] == 2 and bool(model.target.classes))
        callbacks.extend(film(X, y))

    with in_options():
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
    row = dict(zip(table.names, table.filled(_shown_fills(model)).rows[0], strict=True))
    columns = [(name, _used_as(model, name), table.content(name)) for name in table.names]
    return Samples(model, model.encoding(table), model.target(table), "row", row, table.source, columns)


def _check_for_table(options: argparse.Namespace) -> None:
    """Check that there is no option that only a built-in data set takes."""
    for name in ("points", "noise"):
        if getattr(options, name) is not None:
            wrong = f"--{name} makes the points of a built-in data set; a table has its rows"
            instead = f"{PROGRAM} train moons --{name} {show(getattr(options, name))}"
            raise OptionError(f"--{name} with {printable(options.data)}", wrong, instead=instead)


def _used_as(model: nn.TableModel, name: str) -> str:
    """What a column is for."""
    if name == model.target.name:
        return "what is predicted"
    if name not in [column.name for column in model.encoding.columns]:
        return "left out"
    fill = _shown_fills(model).get(name)
    return "input" if fill is None else f"input; an empty cell is read as {fill}"


def _shown_fills(model: nn.TableModel) -> dict[str, str]:
    """What fills an empty cell of each column, by its name; a number with the digits that are shown."""
    words = {column.name for column in model.encoding.columns if column.standard is None}  # 1/2 may be one
    return {name: fill if name in words else show(float(fill)) for name, fill in model.encoding.fills.items()}


def _described_target(model: nn.TableModel) -> str:
    target = model.target
    if not target.classes:
        return f"{target.name}, a number"
    return f"{target.name}: {listed([cut(name, LONGEST_SAID) for name in target.classes], SHOWN_CLASSES)}"


def _check_film(options: argparse.Namespace, is_plane: bool) -> None:
    if options.film is not None and not is_plane:
        raise OptionError("--film", "an animation shows the plane: it needs two inputs and classes", instead="--plot")


class _Picture(NamedTuple):
    """A picture: its files, and what the report shows of it, if it does not draw it by itself."""

    files: list[Path]
    shown: Shown | None


def _pictures(options: argparse.Namespace, samples: Samples) -> Iterator[_Picture]:
    """Every picture, saved."""
    from tinygrad_edu import viz

    folder = make_folder(options.output)
    yield _of_network(options, folder, samples.model.network)
    plots: list[tuple[str, str, str, Callable[..., Any]]] = []
    if samples.is_plane:
        plots.append(("boundary", "The plane as it divides it", "", _of_plane(samples, viz.plot_decision_boundary)))
    if options.plot:
        plots += _inside(samples)
    for name, title, said, plot in plots:
        figures = in_both(plot)
        file = viz.save_figure(figures[options.theme], folder / f"{name}.png")
        narrow = in_both(partial(plot, columns=2)) if name == "neurons" else None
        yield _Picture([file], Shown(title, said or f"{figures['light'].axes[0].get_title()}.", figures, narrow))
    if options.plot:  # the report draws the history by itself, and narrower
        history = viz.plot_history(samples.model.history, theme=options.theme)
        yield _Picture([viz.save_figure(history, folder / "history.png")], None)


def _of_network(options: argparse.Namespace, folder: Path, network: nn.MLP) -> _Picture:
    """The network from left to right, and for a screen without room for that from top to bottom."""
    from tinygrad_edu import viz

    drawings = in_both(partial(viz.draw_network, network))
    files = [drawings[options.theme].save(folder / f"network.{suffix}") for suffix in ("svg", "png")]
    wide, narrow = (
        {theme: drawing.svg() for theme, drawing in drawn.items()}
        for drawn in (drawings, in_both(partial(viz.draw_network, network, direction="TB")))
    )
    said = "Blue weights are positive, orange and dashed ones negative."
    is_long = len(network.sizes) > MOST_COLUMNS
    return _Picture(files, Shown("The network", said, narrow) if is_long else Shown("The network", said, wide, narrow))


def _of_plane(samples: Samples, plot: Callable[..., Any]) -> Callable[..., Any]:
    return partial(plot, samples.model.network, samples.X, samples.y)


def _inside(samples: Samples) -> Iterator[tuple[str, str, str, Callable[..., Any]]]:
    """What --plot draws of the network besides: name, title, what is seen, and what draws it in a theme."""
    from tinygrad_edu import viz

    network = samples.model.network
    parameters = partial(viz.plot_parameters, network)
    yield "parameters", "Its parameters", "How large the weights and biases are.", parameters
    activations = partial(viz.plot_activations, network, samples.X)
    yield "activations", "Its activations", "What the neurons give for the data.", activations
    if samples.is_plane:
        neurons = _of_plane(samples, viz.plot_neurons)
        yield "neurons", "What each neuron sees", "Where in the plane it is active.", neurons


def _report_file(options: argparse.Namespace) -> Path:
    report: Path | None = options.report
    return options.output / "report.html" if report is None else report


def _film(options: argparse.Namespace, films: list[Any]) -> Iterator[Shown]:
    """The animation in both themes, for a page; one with a slider is a page of its own."""
    if options.film is not None and options.film.suffix == ".gif":
        themed = in_both(lambda theme: films[0].in_theme(theme))
        moving = {theme: film.webp() for theme, film in themed.items()}
        still = {theme: film.pictures()[-1] for theme, film in themed.items()}
        yield Shown("The training as an animation", "One frame after some of the epochs.", moving, still=still)


def _report(options: argparse.Namespace, samples: Samples, said: list[str], pictures: list[Shown]) -> Report:
    """The page with all of it."""
    model = samples.model
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
        pictures=pictures,
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
        "theme",
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
    model = _loaded(options)
    if all("=" in row for row in options.rows):
        _say_answer(model, model.predict(_one_row(model, options.model, options.rows)))
        return
    table = _table_of_rows(model, options)
    answers = model.predict(table)
    target, classes = model.target.name, model.target.classes
    said = printable if sys.stdout.isatty() else str  # a file gets the names as they are
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names, rows = (table.names, table.rows) if options.with_inputs else ((), [()] * len(table))
    answer = f"predicted {target}" if target in names else target  # beside the column it was compared with
    writer.writerow([*map(said, names), said(answer), *(f"P({said(name)})" for name in classes)])
    for index, (row, found) in enumerate(zip(rows, answers.found, strict=True)):
        shares = [] if answers.shares is None else [f"{share:.4f}" for share in answers.shares[index]]
        writer.writerow([*map(said, row), said(found) if classes else repr(found), *shares])


def _loaded(options: argparse.Namespace) -> nn.TableModel:
    from tinygrad_edu import nn

    makes = "train … --save makes one", f"{PROGRAM} train moons --save {quoted(printable(options.model))}"
    others = " ".join(map(quoted, options.rows))
    check_there(options.model, options.model.suffix, f"{PROGRAM} predict", otherwise=makes, behind=others)
    try:
        return nn.TableModel.load(options.model)
    except FileError as error:
        raise error.with_instead(f"a file that `{PROGRAM} train … --save` wrote, copied as a whole") from None


def _table_of_rows(model: nn.TableModel, options: argparse.Namespace) -> nn.Table:
    """The table that is to be predicted for, with every column that the network takes."""
    from tinygrad_edu import nn

    command, (first, *others) = f"{PROGRAM} predict {quoted(printable(options.model))}", options.rows
    if others:
        asked, wrong = " ".join(map(printable, options.rows)), "it has to be one table, or the inputs of one row"
        raise OptionError(asked, wrong, instead=f"{command} {quoted(printable(first))}")
    one_row = " ".join(quoted(printable(f"{column.name}={_usual(column)}")) for column in model.encoding.columns)
    check_there(Path(first), ".csv", command, otherwise=("the inputs of one row need none", f"{command} {one_row}"))
    table = nn.read_csv(first)
    _check_inputs(model, table)
    return table


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
        row = {column.name: given.get(column.name, [_usual(column)])[0] for column in model.encoding.columns}
        raise OptionError("the inputs of one row", "; ".join(said), instead=command_to_predict(model, file, row))
    _check_words(model, given)
    return nn.Table.of_columns(given | _numbers_typed(model, given), "the row")


def _numbers_typed(model: nn.TableModel, given: dict[str, list[str]]) -> dict[str, list[str]]:
    """The numbers among the inputs of one row, which may be typed as 1/2 too; a gap that is filled stays."""
    found = {}
    for column in model.encoding.columns:
        (cell,) = given[column.name]
        number = None if column.standard is None else number_typed(cell)
        if number is not None and math.isfinite(number):
            found[column.name] = [repr(number)]
        elif column.standard is not None and column.fill is None:
            near = number_typed(cell.replace(",", ".", 1))
            meant = show(near) if near is not None and math.isfinite(near) else _usual(column)
            wrong = f"the network takes a number as {printable(column.name)}"
            instead = quoted(printable(f"{column.name}={meant}"))
            raise OptionError(printable(f"{column.name}={cell}"), wrong, instead=instead)
    return found


def _check_words(model: nn.TableModel, given: dict[str, list[str]]) -> None:
    """Check for words that are nearly those of training."""
    for column in model.encoding.columns:
        (cell,) = given[column.name]
        close = nearest(cell, column.words) if cell not in column.words else []
        if close:
            wrong = f"the network was trained with {listed(column.words, SHOWN_CLASSES)}"
            instead = quoted(printable(f"{column.name}={close[0]}"))
            raise OptionError(printable(f"{column.name}={cell}"), wrong, instead=instead)


def _usual(column: Column) -> str:
    """A cell that a column may have: the mean of its numbers, or one of its words."""
    return column.words[0] if column.standard is None else show(column.standard[0])


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
