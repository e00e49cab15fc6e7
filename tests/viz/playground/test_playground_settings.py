"""Do settings go from Python into the page, through a link and back? Is what cannot be used refused with a reason?"""

import json
import random
import re

import numpy as np
import pytest
from playground import in_node, largest, needs_node
from test_playground_training import BASE, drawn

from tinygrad_edu import nn, viz
from tinygrad_edu.errors import DrawingError, NumberError, OptionError, SizeError, TinygradError
from tinygrad_edu.nn import schedules
from tinygrad_edu.nn.layers import activations
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.viz.page.engine import FOLDER
from tinygrad_edu.viz.page.playground import settings as python_side
from tinygrad_edu.viz.page.playground.settings import data_of_table, settings_of
from tinygrad_edu.viz.page.strings import TABLE

CHECKED = """
const { checked } = await from("playground/settings");
return data.map((settings) => {
  try { return { settings: checked(settings) }; } catch (error) {
    if (error.kind !== "PlaygroundError") throw error;
    return { key: error.key, places: error.places };
  }
});
"""
LINKS = """
const { checked, fromLink, toLink } = await from("playground/settings");
return data.map((settings) => {
  const all = checked(settings);
  const link = toLink(all);
  return { link, all, back: checked(fromLink(`#${link}`)) };
});
"""
X = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
Y = [1, 1, 0, 0]


def model_of(*sizes, **options):
    return nn.MLP(2, list(sizes), activation="tanh", seed=0, **options)


# Links


@needs_node
def test_a_link_says_what_differs_and_nothing_else():
    plain, other = in_node(LINKS, {}, {"loss": "hinge", "network": {"layers": [{"size": 3, "activation": "relu"}]}})
    assert plain["link"] == ""
    assert other["link"] == "network.layers=3relu&loss=hinge"


@needs_node
def test_settings_of_all_kinds_come_back_from_their_link():
    cases = [drawn(seed) for seed in range(60)] + [BASE]
    cases += [
        {"hidden": ["lr", "loss"], "data": {"name": "own", "points": {"X": X, "y": Y, "names": ["a=b#%", "红&"]}}}
    ]
    for found in in_node(LINKS, *cases):
        assert found["back"] == found["all"], found["link"]


@needs_node
@pytest.mark.parametrize("link", ["network.layers=4", "data.n=many", "network.parameters=[1,", "seed=%E0%A4%A"])
def test_a_part_of_a_link_that_cannot_be_read_is_named(link):
    program = """
    const { fromLink } = await from("playground/settings");
    try { return fromLink(data[0]); } catch (error) { return { key: error.key, places: error.places }; }
    """
    assert in_node(program, f"#loss=hinge&{link}") == {"key": "play_link", "places": {"part": link}}


# What is refused in the page

WRONG = {
    "play_unknown": [{"dta": {}}, {"data": {"nn": 3}}, {"network": {"layer": []}}, {"optimizer": {"lrr": 1}}],
    "play_choice": [
        {"data": {"name": "moon"}}, {"loss": "mean"}, {"optimizer": {"name": "sdg"}}, {"inputs": ["x3"]},
        {"optimizer": {"schedule": "cos"}}, {"network": {"init": "one"}}, {"network": {"output": "softmax"}},
        {"network": {"layers": [{"size": 3, "activation": "tan"}]}}, {"hidden": ["los"]},
        {"data": {"name": "own", "points": {"X": X, "y": Y, "names": ["a", "b"]}}, "inputs": ["x1^2"]},
    ],
    "play_no_input": [{"inputs": []}],
    "play_range": [
        {"data": {"n": 10**9}}, {"data": {"noise": -1}}, {"data": {"validation": 1.5}}, {"optimizer": {"lr": 0}},
        {"optimizer": {"lr": -0.1}},
        {"optimizer": {"betas": [0.9, 1]}}, {"optimizer": {"schedule_end": -1}},
        {"optimizer": {"lr": None}}, {"optimizer": {"momentum": 1}}, {"seed": -1},
        {"network": {"layers": [{"size": 0, "activation": "tanh"}]}}, {"batch_size": 0}, {"data": {"classes": 99}},
    ],
    "play_whole": [{"data": {"n": 2.5}}, {"batch_size": 1.5}, {"seed": "1"}, {"optimizer": {"warm_up": 0.5}}],
    "play_hidden": [{"hidden": "lr"}],
    "play_betas": [{"optimizer": {"betas": 3}}, {"optimizer": {"betas": [0.9]}}],
    "play_layers": [{"network": {"layers": [{"size": 1, "activation": "tanh"}] * 9}}],
    "play_no_points": [
        {"data": {"name": "own"}}, {"data": {"name": "own", "points": {"X": [], "y": []}}},
        {"data": {"name": "own", "points": {"X": X, "y": [1]}}}, {"data": {"name": "own", "points": {"X": 3, "y": 3}}},
    ],
    "play_many_points": [{"data": {"name": "own", "points": {"X": [[0]] * 5001, "y": [0] * 5001}}}],
    "play_columns": [{"data": {"name": "own", "points": {"X": [[]], "y": [0]}}}],
    "play_row": [
        {"data": {"name": "own", "points": {"X": [[0, 1], [1]], "y": [0, 1]}}},
        {"data": {"name": "own", "points": {"X": [[0, 1], [1, None]], "y": [0, 1]}}},
    ],
    "play_label": [
        {"data": {"name": "own", "points": {"X": X, "y": [0, 1, 2, -1]}}},
        {"data": {"name": "own", "points": {"X": X, "y": [0, 1, 2, 10]}}},
        {"data": {"name": "own", "points": {"X": X, "y": [0, 1, 2, 0.5]}}},
    ],
    "play_number": [{"data": {"name": "own", "points": {"X": X, "y": [0, 1, 2, "a"]}, "task": "numbers"}}],
    "play_loss_numbers": [{"data": {"name": "waves"}, "loss": "hinge"}],
    "play_loss_classes": [{"data": {"name": "yinyang"}, "loss": "hinge"}],
    "play_bce_output": [{"loss": "bce", "network": {"output": "tanh"}}],
    "play_parameters": [{"network": {"parameters": [1, 2]}}, {"network": {"parameters": [None] * 37}}],
}  # fmt: skip


@needs_node
@pytest.mark.parametrize("key", WRONG)
def test_settings_that_cannot_be_used_are_refused_by_name(key):
    for found in in_node(CHECKED, *WRONG[key]):
        assert found.get("key") == key, found


@needs_node
def test_every_refusal_is_a_sentence_in_both_languages_with_the_places_it_is_given():
    cases = [case for every in WRONG.values() for case in every]
    for found in in_node(CHECKED, *cases):
        for text in TABLE[found["key"]]:
            assert set(found["places"]) >= {part.split("}")[0] for part in text.split("{")[1:]}, found
        assert all(isinstance(place, str) for place in found["places"].values()), found


def test_the_refusals_of_tables_and_links_are_in_both_languages():
    sources = [(FOLDER / f"playground/{name}.js").read_text(encoding="utf-8") for name in ("csv", "settings")]
    keys = {part.split('"')[0] for source in sources for part in source.split('refusal("')[1:]}
    assert len(keys) > 20
    assert keys <= set(TABLE)


# From Python


@needs_node
def test_a_model_and_its_data_open_as_they_are():
    model = model_of(3, 1)
    nn.fit(model, X, Y, epochs=3, loss="hinge", progress=False)
    found = settings_of(model, X, Y, loss=nn.hinge_loss, optimizer=nn.SGD(model.parameters(), lr=0.2, momentum=0.5))
    program = """
    const { checked } = await from("playground/settings");
    const { trainingOf } = await from("playground/training");
    const training = trainingOf(checked(data[0]));
    const first = { P: [...training.parameters], loss: training.evaluate("train").loss };
    for (let i = 0; i < 5; i++) training.epoch();
    return { first, P: training.parameters, loss: training.history.loss };
    """
    answer = in_node(program, json.loads(json.dumps(found)))
    assert answer["first"]["P"] == [value.data for value in model.parameters()]
    history = nn.fit(
        model, X, Y, loss="hinge", optimizer=nn.SGD(model.parameters(), lr=0.2, momentum=0.5), epochs=5, progress=False
    )
    assert largest(history.loss, answer["loss"]) < 1e-9
    assert largest([value.data for value in model.parameters()], answer["P"]) < 1e-9


@needs_node
def test_whatever_python_sends_the_page_takes():
    draw = random.Random(5)
    sent = [settings_of(data=name) for name in python_side.DATA]
    for seed in range(60):
        classes = draw.choice([2, 3])
        loss = draw.choice(["cross_entropy"] if classes == 3 else [*TASKS, None])
        columns, n = draw.choice([1, 2, 7]), draw.choice([4, 11])
        y = [draw.gauss(0, 1) for _ in range(n)] if loss == "mse" else [number % classes for number in range(n)]
        if loss == "hinge":
            y = [2 * label - 1 for label in y]
        points = np.random.default_rng(seed).normal(size=(n, columns))
        hidden = [draw.choice([1, 4]) for _ in range(draw.randrange(3))]
        outputs = classes if loss == "cross_entropy" else 1
        output = "sigmoid" if loss == "bce" else "linear"
        names = [draw.choice(activations()) for _ in hidden]
        model = nn.MLP(columns, [*hidden, outputs], activation=names, output=output, seed=seed)
        schedule = draw.choice(
            [None, schedules.step(7, 0.5), schedules.linear(9), schedules.cosine(8, 0.1), schedules.warm_up(3)]
        )
        kind = draw.choice([nn.SGD, nn.Adam, nn.AdamW])
        optimizer = kind(model.parameters(), lr=0.01, schedule=schedule, max_norm=draw.choice([None, 1.0]))
        size = draw.choice([None, 3, 10])
        sent.append(settings_of(model, points, y, loss=loss, optimizer=optimizer, batch_size=size, seed=seed))
    for settings, found in zip(sent, in_node(CHECKED, *json.loads(json.dumps(sent))), strict=True):
        assert "settings" in found, (settings, found)


@needs_node
@pytest.mark.parametrize(
    "schedule",
    [
        schedules.constant(), schedules.step(3, factor=0.5), schedules.linear(5), schedules.linear(6, end=0.2),
        schedules.cosine(9), schedules.cosine(4, end=0.3), schedules.warm_up(4),
        schedules.warm_up(5, then=schedules.linear(6)),
        schedules.warm_up(3, then=schedules.step(2)), schedules.warm_up(5, then=schedules.cosine(6)),
    ],
)  # fmt: skip
def test_a_schedule_of_python_is_the_same_in_the_page(schedule):
    model = model_of(1)
    found = settings_of(model, optimizer=nn.SGD(model.parameters(), lr=1.0, schedule=schedule))
    program = """
    const { checked } = await from("playground/settings");
    const { factorAt } = await from("playground/schedules");
    const { optimizer } = checked(data[0]);
    return Array.from({ length: 20 }, (_, n) => factorAt(n, optimizer));
    """
    assert largest([schedule(n) for n in range(20)], in_node(program, found)) < 1e-15


def strange_layer():
    model = model_of(3, 1)
    model.layers[0].neurons[0].fire = lambda x, numbers: x[0]
    return model


def own_schedule():
    return nn.SGD(model_of(1).parameters(), schedule=lambda n: 1.0)


REFUSED = {
    "one without the other": (lambda: viz.playground(X=X), OptionError, "points and labels go together"),
    "rows and labels": (lambda: viz.playground(X=X, y=[1]), SizeError, "as many labels"),
    "NaN": (lambda: viz.playground(X=[[0.0], [np.nan]], y=[0, 1]), NumberError, "X[1, 0]"),
    "too many": (lambda: viz.playground(X=np.zeros((5001, 2)), y=[0, 1] * 2500 + [0]), SizeError, "5,000 points"),
    "labels": (lambda: viz.playground(X=X, y=[0, 1, 0.5, 1], loss="hinge"), OptionError, "whole numbers from 0"),
    "data": (lambda: viz.playground(data="moon"), OptionError, "moons"),
    "loss": (lambda: viz.playground(loss="hing"), OptionError, "hinge"),
    "own loss": (lambda: viz.playground(loss=lambda p, t: p), OptionError, "losses of nn"),
    "batch": (lambda: viz.playground(batch_size=0), OptionError, "a batch has a sample or more"),
    "seed": (lambda: viz.playground(seed=-1), OptionError, "from 0 on"),
    "language": (lambda: viz.playground(lang="fr"), OptionError, "zh"),
    "a layer": (lambda: viz.playground(nn.Layer(2, 1)), OptionError, "nn.MLP"),
    "strange": (lambda: viz.playground(strange_layer()), OptionError, "as nn made them"),
    "hide": (lambda: viz.playground(hide=["los"]), OptionError, "loss"),
    "hide a text": (lambda: viz.playground(hide="lr"), OptionError, "hide=['lr']"),
    "deep": (lambda: viz.playground(model_of(*[2] * 9, 1)), SizeError, "hidden layers"),
    "wide": (lambda: viz.playground(model_of(65, 1)), SizeError, "64 neurons"),
    "inputs": (lambda: viz.playground(nn.MLP(3, [1])), SizeError, "3 inputs"),
    "outputs": (lambda: viz.playground(model_of(3), X, Y, loss="hinge"), SizeError, "takes 1"),
    "bce": (lambda: viz.playground(model_of(1), X, Y, loss="bce"), OptionError, "no probability"),
    "optimizer": (lambda: viz.playground(optimizer=object()), OptionError, "those of nn"),
    "schedule": (lambda: viz.playground(optimizer=own_schedule()), OptionError, "schedules"),
    "suffix": (lambda: viz.playground().save("p.pdf"), DrawingError, "playground.html"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_page_cannot_hold_is_refused_in_python(name):
    call, error, said = REFUSED[name]
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)
    assert isinstance(caught.value, TinygradError)


def test_the_page_is_one_file_that_opens_in_the_playground(tmp_path):
    path = viz.playground(model_of(3, 1), X, Y, hide=["lr"], lang="zh").save(tmp_path / "p.html")
    text = path.read_text(encoding="utf-8")
    data = json.loads(text.partition('<script type="application/json" id="page">')[2].partition("</script>")[0])
    assert (data["room"], data["lang"]) == ("playground", "zh")
    assert data["settings"]["data"]["points"] == {"X": X, "y": Y, "names": ["x1", "x2"]}
    assert data["settings"]["hidden"] == ["lr"]


@needs_node
def test_a_table_gives_the_same_points_in_python_and_in_the_page(tmp_path):
    texts = [
        "a,colour,side\n1,red,left\n3,blue,right\n5,red,left\n7,green,right\n",
        "a,k\n1,0\n3,1\n5,2\n7,0\n2,1\n4,2\n",
        "a;b;c\n1,5;2;0,5\n2,5;3;1\n3,5;1;-4\n4;4;1,25\n",
    ]
    program = """
    const { pointsOfTable, tableFrom } = await from("playground/csv");
    return data.map((text) => pointsOfTable(tableFrom(text)));
    """
    for text, found in zip(texts, in_node(program, *texts), strict=True):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        sent = data_of_table(nn.read_csv(path))
        assert (sent["name"], sent["task"], sent["standardize"]) == (found["name"], found["task"], found["standardize"])
        assert sent["points"]["names"] == found["points"]["names"]
        assert sent.get("classes") == found.get("classes")
        assert largest(sent["points"]["X"], found["points"]["X"]) < 1e-12
        assert largest(sent["points"]["y"], found["points"]["y"]) < 1e-12
        assert sent["points"]["target"].keys() == found["points"]["target"].keys()


@pytest.mark.parametrize(("hide", "instead"), [(["loss", "schedules"], "hide='schedule'"), ("lr", "hide=['lr']")])
def test_a_control_that_is_not_there_cannot_be_hidden(hide, instead):
    with pytest.raises(OptionError, match=re.escape(f"write instead:  {instead}")):
        viz.playground(hide=hide)


@needs_node
def test_the_controls_that_can_be_hidden_are_those_of_the_page():
    program = 'const { CONTROLS } = await from("playground/settings"); return CONTROLS;'
    assert sorted(in_node(program)) == sorted(python_side.CONTROLS)
