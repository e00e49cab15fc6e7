"""Does one get from step to step by buttons, keys, the timeline, playing, and swiping?"""

import pytest
from browser import needs_browser
from lab import SIZES, Lab, lesson

from tinygrad_edu import Value, chain_rule, parse

pytestmark = needs_browser
LAST = len(chain_rule(lesson())) + 1


def slider(lab):
    """What the timeline says to a screen reader: (number, words)."""
    field = lab.page.locator("#position")
    return int(field.input_value()), field.get_attribute("aria-valuetext")


def filled(lab):
    """How far each segment is filled, by its phase."""
    return lab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".segment")].map((segment) => {
          const [part, all] = [segment.querySelector("i"), segment.firstChild].map((each) => each.offsetWidth);
          return [segment.dataset.phase, part / all];
        }))"""
    )


def test_the_buttons_go_a_step_or_to_the_ends(lab):
    assert (lab.page.is_disabled("#first"), lab.page.is_disabled("#back")) == (True, True)
    lab.page.click("#next")
    assert lab.position == 1
    lab.page.click("#last")
    assert lab.position == LAST
    assert (lab.page.is_disabled("#next"), lab.page.is_disabled("#last")) == (True, True)
    lab.page.click("#back")
    lab.page.click("#first")
    assert lab.position == 0


def test_no_two_buttons_look_the_same(lab):
    icons = lab.page.locator("#moves button").evaluate_all("(all) => all.map((button) => button.innerHTML)")
    assert len(set(icons)) == 5
    labels = [button.get_attribute("aria-label") for button in lab.page.locator("#moves button").all()]
    assert len(set(labels)) == 5


def test_the_keys_go_a_step_or_to_the_ends(lab):
    for key, position in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", LAST), ("Home", 0)]:
        lab.page.keyboard.press(key)
        assert lab.position == position
    lab.page.focus("#formula")
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("ArrowLeft")
    assert lab.position == 0  # they move the caret


def test_the_timeline_is_a_slider_with_a_segment_for_each_phase(lab):
    steps = chain_rule(lesson())
    widths = lab.page.evaluate(
        "() => [...document.querySelectorAll('.segment')].map((s) => s.getBoundingClientRect().width)"
    )
    sizes = [len(steps.forward), 1, len(steps.edges) + 1]  # and the end
    assert widths == pytest.approx([sum(widths) * size / sum(sizes) for size in sizes], rel=1e-3)
    assert slider(lab) == (0, "the beginning")
    assert list(filled(lab).values()) == pytest.approx([0, 0, 0], abs=0.01)
    lab.step_to(4)
    assert slider(lab) == (4, "Backward, step 4 of 7")
    assert list(filled(lab).values()) == pytest.approx([1, 1, 1 / 5], abs=0.02)
    lab.page.keyboard.press("End")
    assert slider(lab) == (LAST, "the end")
    assert list(filled(lab).values()) == pytest.approx([1, 1, 1], abs=0.02)


def test_the_timeline_is_clicked_dragged_and_moved_by_keys(lab):
    box = lab.page.locator("#position").bounding_box()

    def at(position):
        return box["x"] + 3 + (box["width"] - 6) * position / LAST, box["y"] + box["height"] / 2

    for position in (5, 2, LAST, 0):
        lab.page.mouse.click(*at(position))
        assert lab.position == position
    lab.page.mouse.down()
    lab.page.mouse.move(*at(3), steps=6)
    assert lab.position == 3
    lab.page.mouse.up()
    lab.page.focus("#position")
    lab.page.keyboard.press("ArrowRight")
    assert lab.position == 4


def test_the_head_stands_where_the_filled_part_ends(lab):
    lab.step_to(5)
    end = lab.page.evaluate(
        """() => [...document.querySelectorAll(".segment i")].map((i) => i.getBoundingClientRect())
          .filter(({ width }) => width > 0).at(-1).right"""
    )
    box = lab.page.locator("#position").bounding_box()
    assert end == pytest.approx(box["x"] + 3 + (box["width"] - 6) * 5 / LAST, abs=3)


def test_it_plays_to_the_end_at_a_speed_and_pauses(opened):
    lab = opened(lesson())
    lab.stop_the_clock()
    lab.page.select_option("#speed", "4")
    lab.page.locator("#legend").click(force=True)
    lab.page.evaluate("() => document.activeElement.blur()")
    lab.page.keyboard.press(" ")
    assert lab.page.get_attribute("#play", "aria-label") == "Pause"
    assert lab.position == 1
    lab.page.clock.run_for(450)
    assert lab.position == 2
    lab.page.click("#play")
    lab.page.clock.run_for(5_000)
    assert lab.position == 2
    lab.page.click("#play")
    lab.page.clock.run_for(60_000)
    assert lab.position == LAST
    assert lab.page.get_attribute("#play", "aria-label") == "Play"
    lab.page.click("#play")  # from the beginning again
    assert lab.position == 1
    lab.page.click("#back")
    assert lab.page.get_attribute("#play", "aria-label") == "Play"


def test_a_question_mark_shows_the_keys(lab):
    lab.page.keyboard.press("?")
    dialog = lab.page.locator("#keys[open]")
    for word in ("←", "Home", "Space", "Play or pause"):
        assert word in dialog.text_content()
    lab.page.keyboard.press("ArrowRight")
    assert lab.position == 0
    lab.page.keyboard.press("Escape")
    assert lab.page.is_hidden("#keys")


def test_a_digit_opens_a_panel_and_a_slash_goes_to_the_formula(lab):
    tabs = lab.page.locator("#tabs [role=tab]")
    for digit in range(min(tabs.count(), 9), 0, -1):
        lab.page.keyboard.press(str(digit))
        assert tabs.nth(digit - 1).get_attribute("aria-selected") == "true"
    lab.page.keyboard.press("/")
    assert lab.page.evaluate("() => document.activeElement.id") == "formula"
    assert lab.page.input_value("#formula") == "q = x + y; f = q * z"


def test_on_a_phone_the_controls_are_large_and_stay_at_the_bottom(browser):
    lab = Lab(browser, lesson(), size="phone", has_touch=True)
    for _ in range(LAST):
        for button in lab.page.locator("#moves button, #more, #speed").all():
            box = button.bounding_box()
            assert box["width"] >= 44
            assert box["height"] >= 43.9
        transport = lab.page.locator("#transport").bounding_box()
        assert transport["y"] + transport["height"] == pytest.approx(844, abs=1)
        lab.page.tap("#next")
    assert lab.close() == []


SWIPE = """([from, to, down]) => {
  const card = document.getElementById("card");
  const at = (x, y) => new Touch({ identifier: 1, target: card, clientX: x, clientY: y });
  const [begin, end] = [at(from, 500), at(to, 500 + down)];
  card.dispatchEvent(new TouchEvent("touchstart", { bubbles: true, touches: [begin], changedTouches: [begin] }));
  card.dispatchEvent(new TouchEvent("touchend", { bubbles: true, touches: [], changedTouches: [end] }));
}"""


def test_swiping_the_card_goes_a_step(browser):
    lab = Lab(browser, lesson(), size="phone", has_touch=True)
    for swipe, position in [
        ([300, 100, 10], 1),
        ([300, 100, -10], 2),
        ([100, 300, 0], 1),
        ([200, 180, 0], 1),
        ([300, 200, 90], 1),
    ]:
        lab.page.evaluate(SWIPE, swipe)
        assert lab.position == position, swipe
    assert lab.close() == []


@pytest.mark.parametrize("size", [*SIZES, "landscape"])
def test_nothing_of_the_frame_moves_overlaps_or_leaves_the_window(browser, size):
    f = parse("a = w1 * x1 + w2 * x2 + b; f = tanh(a)", w1=-3, x1=2, w2=1, x2=0, b=6.9)
    lab = Lab(browser, f, size="laptop" if size == "landscape" else size)
    if size == "landscape":
        lab.resize(844, 390)
    frame = """() => ["bar", "formula-box", "stage", "side", "transport", "timeline", "moves"].map((id) => {
      const { left, top, right, bottom } = document.getElementById(id).getBoundingClientRect();
      return [left, top, right, bottom];
    })"""
    before = lab.page.evaluate(frame)
    width, height = lab.page.viewport_size["width"], lab.page.viewport_size["height"]
    for left, top, right, bottom in before:
        assert left >= 0
        assert top >= 0
        assert right <= width + 0.5
        assert bottom <= height + 0.5
    for _ in range(30):
        lab.page.keyboard.press("ArrowRight")
        assert lab.page.evaluate(frame) == before
    assert lab.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert lab.close() == []


def test_a_leaf_alone_has_a_timeline_too(browser):
    lab = Lab(browser, Value(2.0, label="x"))
    assert list(filled(lab)) == ["seed"]
    lab.page.keyboard.press("End")
    assert lab.position == 2
    assert lab.close() == []
