"""Does the room of the playground show what trains, and does every control do its one visible thing?"""

import itertools
import re

import pytest
from browser import needs_browser
from ground import Ground
from lab import SIZES

from tinygrad_edu import nn
from tinygrad_edu.viz.page.playground.settings import CONTROLS, data_of_table, settings_of

pytestmark = needs_browser


@pytest.fixture
def ground(browser):
    opened = Ground(browser)
    yield opened
    assert opened.close() == []


def loss_of(ground):
    return float(ground.figures()["loss"].replace("−", "-"))


# Rooms


def test_one_page_has_the_lab_and_the_playground(browser):
    ground = Ground(browser, room="lab")
    page = ground.page
    page.wait_for_selector("#scene .box")
    assert page.is_visible("#formula")
    assert not page.is_visible("#plane")
    page.click("#rooms [data-to=playground]")
    ground.train(epochs=1)
    assert page.is_visible("#plane")
    assert not page.is_visible("#formula")
    assert not page.is_visible("#transport")
    before = ground.figures()
    page.click("#rooms [data-to=lab]")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#card", "data-position") == "1"
    page.click("#rooms [data-to=playground]")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("ArrowRight")  # the playground's own: one batch
    page.click("#rooms [data-to=lab]")
    assert page.get_attribute("#card", "data-position") == "1"
    page.click("#rooms [data-to=playground]")
    assert ground.figures()["epoch"] == before["epoch"]
    assert ground.figures()["loss"] != before["loss"]
    assert ground.close() == []


def test_the_language_of_one_room_is_that_of_the_other(ground):
    ground.page.click("#language")
    ground.settled()
    assert ground.page.get_attribute("html", "lang") == "zh-Hans"
    for selector in ("#one-epoch", ".figure span", ".head-name", "[data-control=lr] .field-label", "#network-legend"):
        assert re.search(r"[\u4e00-\u9fff]", ground.page.text_content(selector)), selector


# Training


def test_an_epoch_is_as_many_batches_as_there_are_and_the_same_start_is_the_same(ground):
    first = ground.figures()
    ground.train(epochs=2)
    after = ground.figures()
    assert after["epoch"] == "2"
    assert loss_of(ground) < float(first["loss"])
    ground.page.click("#again")
    assert ground.figures() == first
    ground.train(batches=2 * 8)  # 80 points are trained on, 10 at a time
    assert ground.figures() == after


def test_play_trains_until_pause(ground):
    ground.page.click("#run")
    ground.page.wait_for_function("() => Number(document.querySelector('[data-figure=epoch] b').textContent) >= 2")
    assert ground.page.get_attribute("#run", "aria-label") == "Pause"
    ground.page.click("#run")
    ground.settled()
    before = ground.figures()
    ground.page.wait_for_timeout(200)
    assert ground.figures() == before


COUNTED = """() => {
    const Thread = window.Worker;
    window.made = 0;
    window.Worker = class extends Thread { constructor(...given) { super(...given); window.made += 1; } };
}"""


@pytest.mark.parametrize("has_worker", [True, False], ids=["worker", "no worker"])
def test_fast_trains_in_one_worker_or_where_there_is_none_in_the_page(ground, has_worker):
    page = ground.page
    page.evaluate(COUNTED if has_worker else "() => { window.Worker = undefined; window.made = 0; }")
    page.select_option("#pace", "fast")
    for epoch in (20, 40):
        page.click("#run")
        page.wait_for_function(f"() => Number(document.querySelector('[data-figure=epoch] b').textContent) >= {epoch}")
        page.click("#run")
        ground.settled()
        before = ground.figures()
        page.wait_for_timeout(150)
        assert ground.figures() == before
    assert page.evaluate("() => window.made") == (1 if has_worker else 0)
    moment = int(page.input_value("#moment"))
    page.locator("#moment").fill("3")
    early = ground.figures()
    page.locator("#moment").fill(str(moment))
    assert ground.figures() == before
    page.click("#again")
    ground.train(batches=3)
    assert ground.figures() == early


def test_a_curve_of_a_long_training_is_as_short_as_is_seen_and_marks_where_a_setting_changed(browser):
    ground = Ground(browser, address="#playground&steps=b300(optimizer.lr=0.1)b301")
    path = ground.page.get_attribute(".play-curve .line.step", "d")
    places = [tuple(map(float, place.split())) for place in path.removeprefix("M").split("L")]
    assert 100 < len(places) <= 242
    now, changed = (
        [float(line.get_attribute("x1")) for line in ground.page.locator(f".play-curve .{name}").all()]
        for name in ("now", "change")
    )
    assert len(changed) == 2  # one in each curve
    assert places[-1][0] == pytest.approx(now[0], abs=0.06)
    first = places[0][0]
    assert (changed[0] - first) / (now[0] - first) == pytest.approx(300 / 601, abs=0.01)
    assert ground.close() == []


def test_rewind_goes_to_any_moment(ground):
    seen = [ground.figures()]
    for _ in range(5):
        ground.train(batches=1)
        seen.append(ground.figures())
    for moment in (3, 0, 5, 1):
        ground.page.locator("#moment").fill(str(moment))
        assert ground.figures() == seen[moment]


WATCHED = """() => {
    window.seen = [];
    const look = () => {
        const now = document.querySelector(".phase.is-now")?.dataset.phase;
        const moment = document.getElementById("moment").getAttribute("aria-valuetext");
        if (now && seen.at(-1)?.[0] !== now) seen.push([now, moment]);
    };
    const phases = document.getElementById("phases");
    new MutationObserver(look).observe(phases, { subtree: true, attributeFilter: ["class"] });
}"""  # by the page itself: whoever asks it now and then may miss a phase


def test_slow_motion_shows_the_four_phases_in_turn(browser):
    ground = Ground(browser)
    ground.page.evaluate(WATCHED)
    ground.page.select_option("#pace", "slow")
    ground.page.click("#run")
    ground.page.wait_for_function("() => seen.length >= 5")
    seen = ground.page.evaluate("() => seen.slice(0, 5)")
    assert [phase for phase, _ in seen] == ["forward", "loss", "backward", "update", "forward"]
    assert seen[-1][1] == "batch 1, epoch 0"
    assert ground.close() == []


def test_what_happened_is_said_once(ground):
    ground.train(epochs=1)
    figures = ground.figures()
    assert ground.spoken() == f"Epoch 1: {figures['accuracy']} right, loss {figures['loss']}."


# Controls


ANEW = {
    "loss": "hinge",
    "init": "he",
    "seed": "3",
    "n": "60",
    "noise": "0.3",
    "data_seed": "5",
    "validation": "0.4",
}
ON_THE_WAY = {
    "lr": "0.7",
    "momentum": "0.5",
    "weight_decay": "0.3",
    "batch_size": "16",
    "optimizer": "sgd",
    "schedule": "cosine",
}


@pytest.mark.parametrize(("control", "value"), ANEW.items())
def test_what_is_another_start_says_so_before_and_begins_there(ground, control, value):
    mark = f"[data-control={control}] .anew"
    assert not ground.page.is_visible(mark)
    before = ground.figures()
    ground.train(epochs=4)
    trained = ground.figures()
    assert ground.page.is_visible(mark)
    assert "begin again" in ground.page.get_attribute(f"[data-control={control}]", "title")
    ground.give(control, value)
    assert ground.value(control) == value
    assert ground.figures()["epoch"] == "0"
    assert "begins again" in ground.spoken()
    begun = ground.figures()
    ground.train(epochs=4)
    assert (begun, ground.figures()) != (before, trained)


@pytest.mark.parametrize(("control", "value"), ON_THE_WAY.items())
def test_what_needs_no_other_start_holds_from_this_moment_on(ground, control, value):
    if control == "momentum":
        ground.give("optimizer", "sgd")  # which alone has one
    old = ground.value(control)
    ground.train(epochs=3)
    seen = ground.figures()
    ground.train(epochs=2)
    as_before = ground.figures()
    ground.page.locator("#moment").fill(str(3 * 8))
    assert ground.figures() == seen
    ground.give(control, value)
    assert ground.figures() == seen
    assert not ground.page.is_visible(f"[data-control={control}] .anew")
    ground.train(epochs=2)
    changed = ground.figures()
    assert changed["epoch"] == "5"
    assert changed != as_before
    ground.page.locator("#moment").fill("3")
    assert ground.value(control) == old  # that of then
    ground.page.locator("#moment").fill(ground.page.get_attribute("#moment", "max"))
    assert (ground.value(control), ground.figures()) == (value, changed)


def test_back_to_the_start_keeps_what_is_set_now(ground):
    ground.train(epochs=2)
    ground.give("lr", "0.1")
    ground.train(epochs=1)
    ground.page.click("#again")
    ground.settled()
    assert ground.value("lr") == "0.1"
    assert ground.figures()["epoch"] == "0"
    ground.train(epochs=1)
    assert ground.address() == "#playground&optimizer.lr=0.1&steps=b8"


def test_a_number_is_stepped_by_its_buttons_and_by_arrows(ground):
    ground.give("lr", "0.1")
    ground.page.click("[data-control=lr] button >> nth=1")
    assert ground.value("lr") == "0.3"
    ground.page.focus("[data-control=lr] input")
    ground.page.keyboard.press("ArrowDown")
    ground.page.keyboard.press("ArrowDown")
    assert ground.value("lr") == "0.03"


@pytest.mark.parametrize("typed", ["", "x", "1e", "--1", "nan"])
def test_what_is_no_number_changes_nothing_and_is_marked(ground, typed):
    before = ground.figures()
    ground.give("lr", typed)
    assert ground.page.get_attribute("[data-control=lr] input", "aria-invalid") == "true"
    assert ground.figures() == before


@pytest.mark.parametrize(
    ("control", "value"), [("lr", "-1"), ("batch_size", "0"), ("validation", "2"), ("noise", "-3")]
)
def test_a_number_out_of_range_is_explained_and_nothing_changes(ground, control, value):
    before, old = ground.figures(), ground.value(control)
    ground.give(control, value)
    note = ground.notes()
    assert len(note) > 20
    assert ground.figures() == before
    ground.give(control, old)
    assert ground.notes() == ""


def test_layers_neurons_and_inputs_change_the_network(ground):
    names = ground.names()
    assert names[:2] == ["x₁", "x₂"]
    assert names[-1] == "ŷ"
    ground.page.click("[data-control=layers] button >> nth=1")
    ground.settled()
    assert "a₁⁽³⁾" in ground.names()
    ground.page.click("[data-control=neurons] >> nth=0 >> button >> nth=1")
    ground.settled()
    assert len(ground.names()) == len(names) + 4 + 1
    ground.page.click(".idle-input >> nth=0")
    ground.settled()
    assert ground.names()[:3] == ["x₁", "x₂", "x₁²"]
    ground.page.click(".tile >> nth=0")
    ground.settled()
    assert ground.names()[:2] == ["x₂", "x₁²"]
    for layer in range(3, 0, -1):
        ground.page.click("[data-control=layers] button >> nth=0")
        ground.settled()
        assert f"a₁⁽{'⁰¹²³'[layer]}⁾" not in ground.names()
    assert ground.names() == ["x₂", "x₁²", "ŷ"]  # a single neuron: a line
    ground.train(epochs=1)


def test_one_input_stays(ground):
    ground.page.click(".tile >> nth=0")
    ground.page.click(".tile >> nth=0")
    assert ground.names()[0] == "x₂"
    assert "one input" in ground.spoken()


def test_an_activation_is_chosen_for_each_layer(ground):
    picture = "() => [...document.querySelectorAll('.tile canvas')].map((each) => each.toDataURL())"
    before = ground.page.evaluate(picture)
    ground.page.select_option(".net-head select >> nth=1", "relu")
    ground.settled()
    after = ground.page.evaluate(picture)
    same = [one == other for one, other in zip(before, after, strict=True)]
    assert same[:6] == [True] * 6
    assert not any(same[6:])


@pytest.mark.parametrize("name", ["circles", "xor", "spirals", "blobs", "flower", "yinyang", "saddle", "waves"])
def test_every_data_set_trains(ground, name):
    ground.page.click(f"[data-name={name}]")
    before = loss_of(ground)
    ground.train(epochs=3)
    assert ground.page.get_attribute(f"[data-name={name}]", "aria-pressed") == "true"
    assert loss_of(ground) < before
    assert ("accuracy" in ground.figures()) == (name not in ("saddle", "waves"))


def test_more_than_two_classes_have_a_confusion_matrix(ground):
    assert not ground.page.is_visible("#play-tab-confusion")
    ground.page.click("[data-name=yinyang]")
    ground.page.click("#play-tab-confusion")
    ground.train(epochs=2)
    rows = ground.page.locator(".confusion tbody tr").all_inner_texts()
    counts = [[int(count) for count in re.sub(r"^is \d", "", row).split()] for row in rows]
    assert len(counts) == 3
    assert sum(map(sum, counts)) == 100
    assert [sum(row) for row in counts] == [34, 33, 33]


WORDS = (
    ["Elf", "Ork", "Zwerg"],
    ["nein", "ja"],
    ["0", "1", "2"],
    ["3", "5", "7"],
    ["北京的天气", "一个非常非常长的类别名称，长得放不下", "c"],
    ["x" * 300, "<b>&amp;</b>", "a b"],
)


def table_of(words):
    """The settings of a table whose classes have these names."""
    rows = {
        "size": [number + 0.1 * row for row in range(6) for number in range(len(words))],
        "weight": [(number * 7 + row) % 5 for row in range(6) for number in range(len(words))],
        "kind": [word for _ in range(6) for word in words],
    }
    return data_of_table(nn.Table.of_columns(rows))


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0][:8])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_classes_of_a_table_are_called_by_its_words(browser, words, size):
    ground = Ground(browser, size=size, data=table_of(words))
    page, names = ground.page, sorted(words)
    page.evaluate("() => document.querySelector('#plane').scrollIntoView()")
    tools = page.locator("#point-tools .tool[data-tool]:has(canvas)")
    assert [text.strip() for text in tools.all_inner_texts()] == names
    for tool, name in zip(tools.all(), names, strict=True):
        assert f"class {name}" in tool.get_attribute("title")
        box, row = tool.bounding_box(), page.locator("#point-row").bounding_box()
        assert box["x"] + box["width"] <= row["x"] + row["width"] + 1
    outputs = names if len(names) > 2 else names[1:]
    is_word = not all(name == str(number) for number, name in enumerate(names))
    said = page.locator(".tile-word").all_text_contents()
    assert [word.strip() for word in said] == (outputs if is_word else [])
    for tile in page.locator(".tile:has(.tile-word)").all():
        assert tile.locator(".tile-name").bounding_box()["width"] <= 140
        assert any(name in tile.get_attribute("aria-label") for name in outputs)
    if len(names) > 2:
        page.click("#play-tab-confusion")
        heads = page.locator(".confusion th")
        titles = [f"says {name}" for name in names] + [f"is {name}" for name in names]
        assert [head.get_attribute("title") for head in heads.all()] == titles
        panel, table = (page.locator(each).bounding_box() for each in ("#play-panels", ".confusion"))
        assert table["width"] <= panel["width"] + 1
    assert ground.close() == []


def test_a_class_that_was_added_beside_those_of_a_table_has_a_number(browser):
    ground = Ground(browser, data=table_of(["Elf", "Ork", "Zwerg"]))
    ground.page.click("[data-tool=more]")
    ground.settled()
    tools = ground.page.locator("#point-tools .tool:has(canvas)").all_inner_texts()
    assert [text.strip() for text in tools] == ["Elf", "Ork", "Zwerg", "3"]
    ground.page.click("[data-name=yinyang]")
    ground.settled()
    assert ground.page.locator(".tile-word").count() == 0
    assert ground.close() == []


@pytest.mark.parametrize("size", ["laptop", "tablet", "phone"])
@pytest.mark.parametrize(
    "data", [{"name": "moons"}, {"name": "blobs", "classes": 3}, table_of(["Elf", "Ork", "Zwerg"])]
)
def test_redo_stands_beside_undo(browser, size, data):
    ground = Ground(browser, size=size, data=data)
    undo, redo = (ground.page.locator(f"[data-tool={name}]").bounding_box() for name in ("undo", "redo"))
    assert undo["y"] == redo["y"]
    assert 0 < redo["x"] - undo["x"] - undo["width"] < 12
    assert ground.close() == []


MORE_ANEW = {"order_seed": "4", "split_seed": "4", "standardize": "true"}
MORE = {"betas": "0.5", "warm_up": "20", "schedule_factor": "0.5", "schedule_end": "0.2"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_seldom_changed_is_behind_a_button(browser, lang):
    ground = Ground(browser, lang=lang, optimizer={"schedule": "step", "schedule_steps": 10})
    page = ground.page
    assert not page.is_visible("#more-fields")
    page.focus("#more-button")
    page.keyboard.press("Enter")
    assert page.is_visible("[data-control=schedule_factor]")
    assert not page.is_visible("[data-control=schedule_end]")
    labels = page.locator("#more-fields .field:visible .field-label").all_inner_texts()
    assert len(set(labels)) == len(labels) == 7
    assert all(bool(re.search(r"[\u4e00-\u9fff]", label)) == (lang == "zh") for label in labels)
    page.keyboard.press("Escape")
    assert not page.is_visible("#more-fields")
    assert ground.close() == []


@pytest.mark.parametrize(("control", "value"), {**MORE_ANEW, **MORE}.items())
def test_each_field_behind_the_button_changes_the_training(browser, control, value):
    schedule = "step" if control == "schedule_factor" else "cosine"
    ground = Ground(browser, optimizer={"schedule": schedule, "schedule_steps": 10})
    ground.train(epochs=3)
    before = ground.figures()
    ground.page.click("#more-button")
    field = ground.page.locator(f"[data-control={control}] :is(input, select)").first
    if control == "standardize":
        field.select_option(value)
    else:
        field.fill(value)
        field.press("Enter")
    ground.page.keyboard.press("Escape")
    assert ground.figures()["epoch"] == ("0" if control in MORE_ANEW else "3")
    ground.page.click("#again")
    ground.train(epochs=3)
    after = ground.figures()
    assert after["epoch"] == "3"
    assert after != before
    assert ground.close() == []


def test_hidden_controls_are_not_there(browser):
    hidden = "loss optimizer lr points inputs layers neurons activation rewind data pace"
    ground = Ground(browser, hidden=hidden.split())
    gone = [
        "[data-control=loss]",
        "[data-control=lr]",
        "#point-tools",
        ".idle-input",
        "[data-control=layers]",
        ".head-size",
    ]
    gone += [".net-head select", "#moments", "#data-sets", "#pace"]
    assert [selector for selector in gone if ground.page.locator(f"{selector}:visible").count()] == []
    assert ground.page.is_visible("[data-control=batch_size]")
    ground.page.click("#plane", position={"x": 20, "y": 20})
    assert ground.points() == 100
    ground.train(epochs=1)
    assert ground.close() == []


def test_a_weight_can_be_typed(ground):
    ground.page.click(".tile >> nth=2")
    field = ground.page.locator(".weight-row input >> nth=0")
    field.fill("2.5")
    field.press("Enter")
    ground.settled()
    assert ground.page.input_value(".weight-row input >> nth=0") == "2.5"
    assert ground.figures()["epoch"] == "0"


def test_two_runs_go_side_by_side(ground):
    ground.page.click("#play-tab-rival")
    ground.page.click("#play-panel-rival button")
    ground.give("lr", "0.001")
    assert "0.001" in ground.page.text_content("#play-panel-rival .guide")
    ground.train(epochs=4)
    ground.settled()
    kept, own = ground.page.locator("[data-figures]").all_text_contents()
    losses = [float(text.split()[-1]) for text in (kept, own)]
    assert losses[0] < losses[1] == loss_of(ground)


DARKEST = """(selector) => {
    const canvas = document.querySelector(selector);
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    const light = (at) => pixels[at] + pixels[at + 1] + pixels[at + 2];
    const darkest = (row) => {
        const sums = Array.from({ length: width }, (_, x) => light(4 * (row * width + x)));
        return sums.indexOf(Math.min(...sums)) / width;
    };
    return [0.3, 0.4, 0.5, 0.6, 0.7].map((part) => darkest(Math.round(part * height)));
}"""


def test_side_by_side_each_run_has_its_line(browser):
    points = {"X": [[-1.0, -1.0], [1.0, -1.0], [-0.9, 1.0], [1.0, 1.0]], "y": [0, 1, 0, 1], "names": ["a", "b"]}
    ground = Ground(browser, data={"name": "own", "points": points, "validation": 0}, hidden=[])
    ground.page.click("#play-tab-rival")
    ground.page.click("#play-panel-rival button")
    ground.train(epochs=20)
    ground.page.evaluate("() => document.activeElement.blur()")
    ground.settled()
    line = ground.page.evaluate(DARKEST, "#plane")
    assert all(0.3 < place < 0.7 for place in line)
    for run in ("rival", "own"):
        assert ground.page.evaluate(DARKEST, f"[data-rival={run}]") == pytest.approx(line, abs=0.02)
    assert ground.close() == []


# Points


def test_a_click_adds_a_drag_moves_and_the_tool_removes(browser):
    ground = Ground(browser, data={"validation": 0})
    before = ground.points()
    ground.page.click("#plane", position={"x": 30, "y": 30})
    ground.settled()
    assert ground.points() == before + 1
    assert "101 points" in ground.spoken()
    full = ground.pixel(30 / box(ground)["width"], 30 / box(ground)["height"])
    assert full[2] > full[0]  # class 1 is blue
    left, top = box(ground)["x"], box(ground)["y"]
    ground.page.mouse.move(left + 30, top + 30)
    ground.page.mouse.down()
    ground.page.mouse.move(left + 60, top + 50, steps=4)
    ground.page.mouse.up()
    ground.settled()
    assert ground.points() == before + 1
    ground.page.click("[data-tool=remove]")
    ground.page.click("#plane", position={"x": 60, "y": 50})
    ground.settled()
    assert ground.points() == before
    assert ground.page.get_attribute("[data-name=own]", "aria-pressed") == "true"
    assert ground.close() == []


@pytest.mark.parametrize("by", ["keys", "button"])
def test_points_that_were_added_moved_and_removed_come_back_one_by_one(browser, by):
    ground = Ground(browser, data={"validation": 0, "name": "xor"})
    page = ground.page

    def now():
        return ground.points(), page.evaluate("() => document.getElementById('plane').toDataURL()")

    keys = {"undo": "Control+z", "redo": "Control+Shift+z"}

    def take(name):
        if by == "keys":
            page.keyboard.press(keys[name])
        else:
            page.click(f"[data-tool={name}]", force=True)  # also where there is nothing
        page.mouse.move(1, 1)
        return now()

    assert page.get_attribute("[data-tool=undo]", "aria-disabled") == "true"
    seen = [now()]
    page.click("#plane", position={"x": 30, "y": 30})
    page.mouse.move(1, 1)
    seen.append(now())
    left, top = box(ground)["x"], box(ground)["y"]
    page.mouse.move(left + 30, top + 30)
    page.mouse.down()
    page.mouse.move(left + 90, top + 70, steps=5)  # five moves of one drag
    page.mouse.up()
    page.mouse.move(1, 1)
    seen.append(now())
    page.click("[data-tool=remove]")
    page.click("#plane", position={"x": 90, "y": 70})
    assert ground.points() == 100
    seen.append(now())
    for _ in range(2):
        for before in reversed(seen[:-1]):
            assert take("undo") == before
        for after in seen[1:]:
            assert take("redo") == after
        assert take("redo") == seen[-1]
    for before in reversed(seen[:-1]):
        assert take("undo") == before
    assert page.get_attribute("[data-name=xor]", "aria-pressed") == "true"
    assert page.get_attribute("[data-tool=undo]", "aria-disabled") == "true"
    assert take("undo") == seen[0]
    page.click("[data-tool='1']")
    page.click("#plane", position={"x": 30, "y": 30})
    assert page.get_attribute("[data-tool=redo]", "aria-disabled") == "true"  # another way was taken
    assert ground.close() == []


def test_other_data_end_what_can_be_taken_back(ground):
    ground.page.click("#plane", position={"x": 30, "y": 30})
    ground.give("lr", "0.1")  # nothing about the points
    assert ground.page.get_attribute("[data-tool=undo]", "aria-disabled") == "false"
    ground.page.click("[data-name=circles]")
    ground.settled()
    assert ground.page.get_attribute("[data-tool=undo]", "aria-disabled") == "true"
    ground.page.keyboard.press("Control+z")
    assert ground.page.get_attribute("[data-name=circles]", "aria-pressed") == "true"


def box(ground):
    return ground.page.locator("#plane").bounding_box()


def test_points_are_edited_by_keys(ground):
    before = ground.points()
    ground.page.keyboard.press("p")
    assert ground.page.evaluate("() => document.activeElement.id") == "plane"
    for key in ("Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "1", "Enter"):
        ground.page.keyboard.press(key)
    ground.settled()
    assert ground.points() == before + 1
    for key in ("m", "Shift+ArrowLeft", "m", "Delete"):
        ground.page.keyboard.press(key)
    ground.settled()
    assert ground.points() == before


def test_points_are_edited_by_touch(browser):
    ground = Ground(browser, size="phone", context={"has_touch": True})
    before = ground.points()
    for tool, count in (("0", before + 1), ("remove", before)):
        ground.page.locator(f"[data-tool='{tool}']").tap()
        ground.page.wait_for_selector(f"[data-tool='{tool}'][aria-pressed=true]")  # a tap is a click some time later
        ground.page.locator("#plane").tap(position={"x": 40, "y": 40})
        ground.page.wait_for_selector(f"#plane[aria-label*=': {count} points']")
    assert ground.close() == []


def test_a_third_and_a_fourth_class_can_be_added(ground):
    ground.page.click("#plane", position={"x": 20, "y": 20})
    for label in (2, 3):
        ground.page.click("[data-tool=more]")
        ground.page.click(f"[data-tool='{label}']")
        ground.page.click("#plane", position={"x": 100 + 60 * label, "y": 14})
        ground.settled()
    assert ground.names()[-4:] == ["ŷ₁", "ŷ₂", "ŷ₃", "ŷ₄"]
    assert ground.page.locator("[data-tool=more]").count() == 0
    ground.train(epochs=1)


# For everybody


def test_moons_are_learned_by_keyboard_alone(browser):
    ground = Ground(browser)
    for _ in range(150):
        ground.page.keyboard.press("Tab")
        if ground.page.evaluate("() => document.activeElement.id") == "one-epoch":
            break
    for _ in range(150):
        ground.page.keyboard.press("Enter")
        if ground.figures()["accuracy"] == "100 %":
            break
    assert ground.figures()["accuracy"] == "100 %"
    assert "100 %" in ground.spoken()
    assert ground.close() == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_cut_off_at_the_side(browser, size, lang):
    ground = Ground(browser, size=size, lang=lang)
    ground.page.click(".tile >> nth=3")
    ground.settled()
    too_wide = ground.page.evaluate(
        """() => [...document.querySelectorAll("#ground *, #training *")].filter((each) => {
            const { left, right, width } = each.getBoundingClientRect();
            return width > 0 && getComputedStyle(each).visibility !== "hidden" && (left < -1 || right > innerWidth + 1);
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )
    cut = ground.page.evaluate(
        """() => ["#ground button", "#training button", ".phase span", ".figure b", ".field-label"]
            .flatMap((each) => [...document.querySelectorAll(each)])
            .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 2)
            .filter((each) => getComputedStyle(each).display !== "inline").map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert (too_wide, cut) == ([], [])
    assert ground.close() == []


# Tables, links, Python


TYPED = "() => [...document.querySelectorAll('.weight-row input')].map((each) => each.value)"
TABLE = "a,b,c,kind\n" + "".join(f"{i / 10},{(i * 7) % 11},{(i * 3) % 5},{'xy'[i % 2]}\n" for i in range(40))


def read_in(ground, text):
    ground.page.click("[data-name=own]")
    ground.page.fill("#table-text", text)
    ground.page.click("#table .is-main")
    ground.settled()


def test_a_table_is_trained_on_with_all_its_columns(ground):
    read_in(ground, TABLE)
    assert not ground.page.is_visible("#table")
    assert ground.names()[:3] == ["a", "b", "c"]
    assert ground.points() == 40
    picture = "() => document.getElementById('plane').toDataURL()"
    before = ground.page.evaluate(picture)
    ground.page.select_option("[data-control=plane] >> nth=1 >> select", "2")  # drawn over a and c
    ground.settled()
    assert ground.page.evaluate(picture) != before
    ground.train(epochs=2)
    assert ground.figures()["epoch"] == "2"


def test_a_column_of_a_table_is_predicted_as_a_number(ground):
    ground.page.click("[data-name=own]")
    ground.page.fill("#table-text", "u,v,w\n" + "".join(f"{i / 7},{i * i % 13},{i / 3 + 0.5}\n" for i in range(30)))
    ground.page.select_option("#table-target", "u")
    ground.page.click("#table .is-main")
    ground.settled()
    assert ground.names() == ["v", "w", *ground.names()[2:]]
    assert ground.value("loss") == "mse"
    assert "accuracy" not in ground.figures()


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n3,x\n4,5\n", "a,a,b\n1,2,3\n", "a,b,kind\n1,2,x\n2,,y\n"])
def test_a_table_that_cannot_be_read_is_explained_and_nothing_changes(ground, text):
    before = ground.figures()
    read_in(ground, text)
    assert len(ground.page.text_content("#table .wrong")) > 20
    ground.page.keyboard.press("Escape")
    assert ground.figures() == before


WRONG = ["data.name=moon", "x=1", "seed=%E0", "seed={", "hidden=lr,los", "steps=b3x", "steps=b3(optimizer.lr=-1)b2"]
WRONG += ["steps=b3(loss=hinge)", "open=1.1", "open=7.1s1@0", "open=1.1s900@0"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_link_that_cannot_be_read_is_explained(browser, wrong):
    ground = Ground(browser, address=f"#playground&{wrong}")
    assert len(ground.page.text_content("#network-notes .is-bad")) > 20
    assert ground.figures()["epoch"] == "0"
    assert ground.page.get_attribute("html", "data-room") == "playground"
    assert ground.close() == []


def test_a_name_that_no_control_has_is_answered_by_the_nearest_and_all(browser):
    ground = Ground(browser, address="#playground&hidden=lr,los")
    note = ground.page.text_content("#network-notes .is-bad")
    assert "los" in note
    assert "loss, perhaps" in note
    assert all(name in note for name in CONTROLS)
    assert ground.page.is_visible("[data-control=lr]")
    assert ground.close() == []


def test_a_link_opens_the_same_training_at_the_same_moment(browser):
    ground = Ground(browser)
    ground.page.click("[data-name=xor]")
    ground.give("optimizer", "sgd")
    ground.give("lr", "0.1")
    ground.page.click(".idle-input >> nth=2")
    ground.page.select_option(".net-head select >> nth=1", "relu")
    ground.page.click("#plane", position={"x": 40, "y": 60})
    ground.train(epochs=2, samples=3)
    address, figures, names = ground.address(), ground.figures(), ground.names()
    assert ground.close() == []
    other = Ground(browser, address=address, room="lab")
    other.page.wait_for_selector("#net-parts .tile")
    assert other.names() == names
    assert other.figures() == figures
    assert other.value("lr") == "0.1"
    assert other.points() == 101
    assert other.close() == []


def test_a_link_has_what_changed_on_the_way(browser):
    ground = Ground(browser)
    ground.train(epochs=1)
    ground.give("lr", "0.3")
    ground.give("batch_size", "20")
    ground.train(batches=3, samples=1)
    ground.give("optimizer", "sgd")
    address, figures = ground.address(), ground.figures()
    assert address == ("#playground&steps=b8(optimizer.lr=0.3;batch_size=20)b3s1(optimizer.name=sgd)")
    assert ground.close() == []
    other = Ground(browser, address=address)
    assert other.figures() == figures
    assert [other.value(name) for name in ("lr", "batch_size", "optimizer")] == ["0.3", "20", "sgd"]
    other.page.locator("#moment").fill("8")
    other.page.locator("#moment").fill("7")
    assert other.value("batch_size") == "10"
    other.page.click("#play-tab-code")
    assert "optimizer.lr" not in other.page.text_content(".code")
    other.page.locator("#moment").fill("12")
    text = other.page.text_content(".code")
    assert all(part in text for part in ("optimizer.lr = 0.3", "# batches of 20", "train(3 * [20] + [1])", "nn.SGD("))
    assert other.close() == []


def test_the_address_of_the_beginning_is_short(ground):
    assert ground.address() == "#playground"
    ground.train(epochs=1)
    assert ground.address() == "#playground&steps=b8"


def test_the_script_is_that_of_this_moment(ground):
    ground.page.click("#play-tab-code")
    ground.train(epochs=3)
    text = ground.page.text_content(".code")
    assert "nn.datasets.moons(n=100" in text
    assert "epochs=3" in text
    scope = {}
    exec(compile(text, "playground.py", "exec"), scope)
    assert float(scope["history"].loss[-1]) > 0
    seen = scope["model"]
    loss = nn.binary_cross_entropy_with_logits([seen(x) for x in scope["X"]], list(map(float, scope["y"]))).data
    assert abs(loss - loss_of(ground)) <= 0.0005 * max(1, loss)


def kept(ground, number):
    with ground.page.expect_download() as found:
        ground.page.click(f".code-tools button >> nth={number}")
    return found.value.suggested_filename, found.value.path().read_bytes()


def test_the_network_and_the_plane_are_kept_as_files(ground, tmp_path):
    ground.page.click("#play-tab-code")
    ground.train(epochs=2)
    name, script = kept(ground, 1)
    assert (name, script.decode()) == ("playground.py", ground.page.text_content(".code"))
    name, model = kept(ground, 2)
    (tmp_path / name).write_bytes(model)
    loaded = nn.load(tmp_path / name)
    ground.page.click(".tile >> nth=2")
    shown = [float(text.replace("−", "-")) for text in ground.page.evaluate(TYPED)]
    first = [*loaded.layers[0].neurons[0].w, loaded.layers[0].neurons[0].b]
    assert all(abs(one - other.data) <= 0.0006 for one, other in zip(shown, first, strict=True))
    ground.page.click("#play-tab-code")
    name, picture = kept(ground, 3)
    assert name == "decision.png"
    assert picture.startswith(b"\x89PNG")


# What goes wrong is said


def test_training_stops_at_inf_or_nan_and_says_where_it_began(browser):
    layers = [{"size": 4, "activation": "relu"}, {"size": 4, "activation": "relu"}]
    ground = Ground(browser, data={"name": "waves"}, network={"layers": layers}, optimizer={"name": "sgd", "lr": 1000})
    ground.page.click("#run")
    ground.page.wait_for_selector("#network-notes .is-bad")
    note = ground.page.text_content("#network-notes .is-bad")
    assert re.search(r"became (NaN|nan|inf|−inf)", note)
    assert re.search(r"[aŷ]|loss", note)
    assert "learning rate of 100" in note
    assert ground.page.get_attribute("#run", "data-playing") == "false"
    ground.page.click("#run", force=True)
    assert ground.page.get_attribute("#run", "data-playing") == "false"
    ground.page.click("#again")
    ground.settled()
    assert ground.page.locator("#network-notes .is-bad").count() == 0
    assert ground.close() == []


def test_weights_that_were_given_stay_until_the_network_is_another(browser):
    parameters = [1, 1, 0, 0.1, 0.1, 0.5, 1, -1, 0, 1, 1, 1, 0]
    ground = Ground(browser, network={"layers": [{"size": 3, "activation": "tanh"}], "parameters": parameters})
    ground.page.click(".tile >> nth=2")
    assert ground.page.evaluate(TYPED) == ["1", "1", "0"]
    ground.give("lr", "0.1")
    ground.page.select_option(".net-head select", "relu")
    ground.settled()
    assert ground.page.evaluate(TYPED) == ["1", "1", "0"]
    ground.page.click(".head-size button >> nth=1")
    ground.settled()
    assert ground.page.evaluate(TYPED) != ["1", "1", "0"]
    assert "a₄⁽¹⁾" in ground.names()
    assert ground.close() == []


def test_a_dead_relu_is_marked_and_named(browser):
    layers = [{"size": 3, "activation": "relu"}]
    parameters = [1, 1, 0, 0.1, 0.1, -50, 1, -1, 0, 1, 1, 1, 0]  # the bias of the second neuron keeps it below 0
    ground = Ground(browser, network={"layers": layers, "parameters": parameters})
    assert ground.page.locator(".tile[data-mark=dead]").all_text_contents() == ["a₂⁽¹⁾"]
    assert ground.notes().startswith("a₂⁽¹⁾ is dead")
    assert ground.close() == []


def test_several_dead_neurons_are_counted_in_one_sentence(browser):
    layers = [{"size": 3, "activation": "relu"}]
    parameters = [1, 1, -50, 0.1, 0.1, -50, 1, -1, 0, 1, 1, 1, 0]
    ground = Ground(browser, network={"layers": layers, "parameters": parameters})
    assert ground.notes().startswith("a₁⁽¹⁾ and 1 more are dead: their slope is 0")
    assert ground.close() == []


def test_a_number_that_is_too_large_before_any_step_is_no_fault_of_the_learning_rate(browser):
    points = {"X": [[1, 2], [2, 3], [5, 1]], "y": [1e200, 0, -1e200]}
    ground = Ground(browser, data={"name": "own", "task": "numbers", "points": points, "validation": 0})
    ground.train(batches=1)
    note = ground.notes()
    assert note.startswith("Stopped in batch 1")
    assert "Scale them down" in note
    assert "learning rate" not in note
    assert ground.close() == []


def test_squared_error_has_no_accuracy_and_shows_none(ground):
    ground.give("loss", "mse")
    ground.train(epochs=1)
    assert set(ground.figures()) == {"loss", "held-out", "epoch"}
    assert ground.page.locator(".play-curve").count() == 1
    assert "NaN" not in ground.page.text_content("#data-pane")
    assert ground.spoken() == f"Epoch 1: loss {ground.figures()['loss']}."


def test_data_of_one_column_are_drawn_on_a_line_and_trained(browser):
    ground = Ground(browser, data=settings_of(X=[[1], [2], [3], [4]], y=[0, 0, 1, 1])["data"])
    assert ground.names()[0] == "x₁"
    ground.train(epochs=60)
    assert ground.figures()["accuracy"] == "100 %"
    assert ground.page.evaluate(COLOURS_IN_A_COLUMN) == 1  # the decision is the same at any height
    ground.page.click("#plane", position={"x": 30, "y": 30})
    assert ground.points() == 5
    assert ground.close() == []


COLOURS_IN_A_COLUMN = """() => {
  const canvas = document.getElementById("plane");
  const pixels = canvas.getContext("2d").getImageData(4, 0, 1, canvas.height).data;
  return new Set(Array.from({ length: canvas.height }, (_, row) => pixels.slice(4 * row, 4 * row + 3).join())).size;
}"""


@pytest.mark.parametrize("size", list(SIZES))
def test_a_wide_and_deep_network_stays_in_its_place(browser, size):
    layers = [{"size": 64, "activation": "tanh"}] * 4
    ground = Ground(browser, size=size, network={"layers": layers})
    outside = ground.page.evaluate(
        """() => {
          const room = document.getElementById("net").getBoundingClientRect();
          const places = [...document.querySelectorAll(".tile")].map((each) => each.getBoundingClientRect());
          return places.filter(({ top, bottom }) => top < room.top - 1 || bottom > room.bottom + 1).length;
        }"""
    )
    assert outside == 0
    assert ground.page.locator(".tile").count() == 2 + 4 * 64 + 1
    assert ground.close() == []


def test_a_long_name_of_a_column_is_cut_and_moves_no_picture(browser):
    names = ["a very long name indeed of a column", "b", "x1"]
    points = {"X": [[1, 2, 3], [2, 3, 4], [0, 1, 1]], "y": [1, 0, 1], "names": names}
    ground = Ground(browser, data={"name": "own", "points": points})
    lefts = ground.page.evaluate(
        "() => [...document.querySelectorAll('.tile canvas')].slice(0, 3)"
        ".map((each) => each.getBoundingClientRect().left)"
    )
    assert len({round(left) for left in lefts}) == 1
    assert ground.close() == []


def test_a_column_that_is_not_drawn_is_as_pale_as_its_number_is_small(browser):
    X = [[1, 2, 0.001], [2, -3, 0.002], [-2, 1, 0.001], [0.5, 0, 0.001]]
    ground = Ground(browser, data=settings_of(X=X, y=[1, 0, 1, 0])["data"])
    middle = """() => { const canvas = document.querySelectorAll(".tile canvas")[2];
      return [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3); }"""
    assert min(ground.page.evaluate(middle)) > 245
    assert ground.close() == []


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_letters_are_large_enough_and_none_are_cut(browser, size, lang):
    ground = Ground(browser, size=size, lang=lang, data={"name": "blobs", "classes": 4})
    ground.train(epochs=1)
    found = ground.page.evaluate(LETTERS)
    assert found["least"] >= 13
    assert found["cut"] == []
    assert ground.close() == []


LETTERS = """() => {
  const shown = (each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const hasText = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.querySelectorAll("body *")].filter((each) => hasText(each) && shown(each)
    && !each.closest("script, style, noscript, .unseen, option, .long"));
  const sizes = texts.map((each) => parseFloat(getComputedStyle(each).fontSize));
  const isCut = (each) => getComputedStyle(each).overflowX === "hidden" && each.scrollWidth > each.clientWidth + 1;
  return { least: Math.min(...sizes), cut: texts.filter(isCut).map((each) => each.textContent) };
}"""


def test_the_last_point_stays_and_says_why(browser):
    ground = Ground(browser, data={"name": "own", "points": {"X": [[0, 0]], "y": [1]}, "validation": 0})
    ground.page.click("[data-tool=remove]")
    box = ground.page.locator("#plane").bounding_box()
    ground.page.click("#plane", position={"x": box["width"] / 2, "y": box["height"] / 2})
    ground.settled()
    assert "The last point stays" in ground.notes()
    assert ground.page.get_attribute("#plane", "aria-label").startswith("The plane of the data: 1 point")
    assert ground.close() == []


def test_the_lists_above_six_layers_stand_apart(browser):
    ground = Ground(browser, network={"layers": [{"size": 4, "activation": "sigmoid"}] * 6})
    boxes = [each.bounding_box() for each in ground.page.locator(".net-head select").all()]
    assert len(boxes) == 6
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"] + 0.5
    assert ground.close() == []


def test_after_a_stop_the_remark_is_about_the_stop_alone(browser):
    settings = {"data": {"name": "saddle"}, "optimizer": {"name": "sgd", "lr": 3}}
    ground = Ground(browser, network={"layers": [{"size": 8, "activation": "tanh"}]}, **settings)
    ground.train(epochs=12)
    remarks = ground.page.locator("#network-notes .remark").all_text_contents()
    assert len(remarks) == 1
    assert remarks[0].startswith("Stopped in batch")
    assert ground.page.locator(".tile[data-mark=dead]").count() > 0  # they are marked all the same
    assert ground.close() == []


PLACES = """() => [...document.querySelectorAll(".field, .net-head > *, .tile, #data-pane > *, #training > *")]
  .filter((each) => each.checkVisibility())
  .map((each) => each.getBoundingClientRect())
  .map(({ x, y, width, height }) => [x, y, width, height].join())"""


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("name", ["moons", "saddle"])
def test_nothing_moves_when_training_begins_and_goes_on(browser, size, name):
    ground = Ground(browser, size=size, data={"name": name})
    before = ground.page.evaluate(PLACES)
    assert len(before) > 20
    for step in ({"samples": 1}, {"batches": 3}, {"epochs": 2}):
        ground.train(**step)
        assert ground.page.evaluate(PLACES) == before, step
    assert ground.close() == []


def test_the_address_of_the_room_is_the_name_of_no_part(browser):
    """A browser goes to the part that is called as the address is: a page with the room in a frame would scroll."""
    ground = Ground(browser)
    address = ground.address()
    assert address == "#playground"
    assert ground.page.locator(f"[id='{address[1:]}']").count() == 0
    assert ground.close() == []
