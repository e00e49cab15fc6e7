"""Down to the scalars and up to the formulas, in the page: in Chromium, beside what Python computes."""

import pytest
from browser import needs_browser
from ground import Ground
from lab import SIZES

pytestmark = needs_browser
SETTINGS = {
    "data": {"name": "moons", "n": 60},
    "batch_size": 12,
    "network": {"layers": [{"size": 3, "activation": "tanh"}, {"size": 2, "activation": "relu"}]},
}


@pytest.fixture
def ground(browser):
    found = Ground(browser, **SETTINGS)
    found.train(batches=3)
    yield found
    assert found.close() == []


def open_tab(ground, name):
    ground.page.click(f"#play-tab-{name}")


def choose_neuron(ground, layer, neuron):
    """Counted from 1."""
    ground.page.click(f"#net-parts .tile[data-key='n{layer}.{neuron - 1}']")


def number(text):
    return float(text.replace("−", "-").split("=")[-1])


def contributions(ground):
    rows = ground.page.locator(".contribution-row").all()
    return [
        (row.locator("span").first.text_content(), number(row.locator(".contribution").text_content())) for row in rows
    ]


def lab(ground):
    """What the lab shows of its step."""
    page = ground.page
    return {
        "room": page.get_attribute("html", "data-room"),
        "names": page.text_content("#formulas [data-row=names]"),
        "words": page.text_content(".opened-words"),
        "which": page.text_content(".opened-which"),
        "phase": page.text_content("#phase"),
        "active": page.locator("#scene .box.active .name").all_text_contents(),
    }


def test_a_neuron_shows_its_contributions_the_largest_first_and_their_mean(ground):
    choose_neuron(ground, 1, 2)
    open_tab(ground, "chain")
    rows = contributions(ground)
    assert len(rows) == 12
    sizes = [abs(each) for _, each in rows]
    assert sizes == sorted(sizes, reverse=True)
    mean = number(ground.page.text_content(".chain-mean strong"))
    assert mean == pytest.approx(sum(each for _, each in rows) / 12, abs=2e-3)
    ground.page.click("#one-batch")  # the gradient of that batch
    ground.settled()
    open_tab(ground, "neuron")
    shown = ground.page.locator(".weight-row .weight-gradient").all_text_contents()
    assert number(shown[-1]) == pytest.approx(mean, abs=2e-3)


def test_a_click_on_a_contribution_looks_at_that_sample_and_its_chain_rule(ground):
    choose_neuron(ground, 1, 1)
    open_tab(ground, "chain")
    row = ground.page.locator(".contribution-row").nth(4)
    name, value = row.locator("span").first.text_content(), row.locator(".contribution").text_content()
    row.click()
    assert ground.page.text_content(".chain-which") == name
    assert row.get_attribute("aria-pressed") == "true"
    result = ground.page.locator(".chain-formula .number").last.text_content()
    assert number(result) == pytest.approx(number(value), rel=2e-2, abs=1e-6)


def test_by_keyboard_alone_from_a_neuron_to_one_of_its_weights_in_the_lab_and_back(ground):
    page = ground.page
    page.focus("#net-parts .tile[data-key='n2.0']")
    page.keyboard.press("Enter")
    page.focus("#play-tab-neuron")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "play-tab-chain"
    page.focus(".chain-weight")
    page.keyboard.press("w")  # the first that begins with it
    ground.settled()
    assert "w₁₁⁽²⁾" in page.text_content(".chain-formula [data-row=names]")
    page.focus(".chain-open")
    page.keyboard.press("Enter")
    page.wait_for_selector("#scene .box.active")
    assert "w₁₁⁽²⁾" in lab(ground)["names"]
    page.focus(".opened-back")
    page.keyboard.press("Enter")
    assert page.input_value(".chain-weight") == "0"
    assert page.evaluate("document.activeElement.className") == "chain-open"


def test_it_opens_in_the_lab_at_the_step_in_which_the_gradient_arrives_and_leads_back(ground):
    choose_neuron(ground, 2, 1)
    open_tab(ground, "chain")
    page = ground.page
    sample, mean = page.text_content(".chain-which"), page.text_content(".chain-mean strong")
    before = page.input_value("#formula")
    page.click(".chain-open")
    page.wait_for_selector("#scene .box.active")
    seen = lab(ground)
    assert (seen["room"], seen["phase"], seen["which"]) == ("lab", "Backward", sample)
    assert "b₁⁽²⁾" in seen["names"]
    assert mean in seen["words"]
    assert "one of 12 contributions" in seen["words"]
    assert any("b₁⁽²⁾" in name for name in seen["active"])
    page.click(".opened-back")
    assert page.get_attribute("html", "data-room") == "playground"
    assert page.text_content(".chain-which") == sample
    page.click("#rooms [data-to=lab]")
    assert page.input_value("#formula") == before
    assert page.locator("#opened").is_hidden()


def test_the_next_sample_is_at_the_same_step_and_other_numbers_are_said(ground):
    choose_neuron(ground, 1, 1)
    open_tab(ground, "chain")
    page = ground.page
    page.click(".chain-open")
    page.wait_for_selector("#scene .box.active")
    first, count = lab(ground), page.text_content("#count")
    page.click("#opened [aria-label^='The next']")
    second = lab(ground)
    assert second["which"] != first["which"]
    assert (second["names"], page.text_content("#count")) == (first["names"], count)
    field = page.locator("#panels .input-row input[type=text]").first
    field.fill("7")
    field.press("Enter")
    assert "other numbers" in page.text_content(".opened-words")


def test_in_the_lab_a_typed_formula_is_no_sample_any_more(ground):
    choose_neuron(ground, 1, 1)
    open_tab(ground, "chain")
    ground.page.click(".chain-open")
    ground.page.fill("#formula", "f = x * y")
    ground.page.press("#formula", "Enter")
    ground.page.wait_for_function("document.getElementById('opened').hidden")


LINES = """() => [...document.querySelectorAll(".program-line")].map((line) =>
  [line.querySelector("code, .line-math").textContent, line.querySelector(".line-shape").textContent])"""


def test_every_line_stands_with_the_shape_it_has_today(ground):
    open_tab(ground, "formulas")
    shapes = dict(ground.page.evaluate(LINES))
    assert shapes["Z1 = X @ W1.T + b1"] == "12 × 3"
    assert shapes["A2 = np.maximum(Z2, 0.0)"] == "12 × 2"
    assert shapes["dW2 = dZ2.T @ A1"] == "2 × 3"
    ground.give("batch_size", "5")
    assert dict(ground.page.evaluate(LINES))["Z1 = X @ W1.T + b1"] == "5 × 3"
    ground.page.click(".program-way")
    assert "Z1 = X W1⊤ + b1⊤" in [" ".join(text.split()) for text, _ in ground.page.evaluate(LINES)]


def test_a_line_lights_its_part_of_the_network_and_a_neuron_its_lines(ground):
    open_tab(ground, "formulas")
    page = ground.page
    page.hover(".program-line:has-text('A1 = np.tanh(Z1)')")
    ground.settled()
    assert page.locator(".tile.is-lit").count() == 3
    page.hover("#net-parts .tile[data-key='n2.0']")
    ground.settled()
    lit = page.locator(".program-line.is-lit code").all_text_contents()
    assert [text.split(" = ")[0] for text in lit] == ["Z2", "A2", "dA2", "dZ2", "db2", "dW2", "W2", "b2"]


def test_the_numbers_of_a_line_are_read_one_by_one_with_the_arrow_keys(ground):
    open_tab(ground, "formulas")
    page = ground.page
    page.focus(".program-line[aria-selected=true]")
    page.keyboard.press("Home")
    assert page.text_content(".array-title").startswith("Z1")
    page.focus(".numbers-body")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    text = page.text_content(".numbers-readout")
    assert text.startswith("Z1[1, 1] = ")
    assert "z₂⁽¹⁾" in text
    cell = page.text_content(".numbers-body td.is-here")
    assert number(text.split(" · ")[0]) == pytest.approx(number(cell), rel=1e-2)
    assert page.get_attribute(".numbers-readout", "role") == "status"


@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("data", ["moons", "yinyang", "saddle"])
def test_both_panes_are_there_for_every_kind_of_data_and_nothing_is_wider_than_its_pane(browser, data, lang, size):
    wide = {"layers": [{"size": 16, "activation": "tanh"}, {"size": 16, "activation": "relu"}]}
    ground = Ground(browser, size=size, lang=lang, data={"name": data}, network=wide, batch_size=100)
    choose_neuron(ground, 2, 16)
    for tab in ("chain", "formulas"):
        open_tab(ground, tab)
        box = ground.page.evaluate(
            "(id) => { const each = document.getElementById(id); return [each.scrollWidth, each.clientWidth]; }",
            f"play-panel-{tab}",
        )
        assert box[0] <= box[1] + 1, tab
    ground.page.click("#play-tab-chain")
    ground.page.click(".chain-open")
    ground.page.wait_for_selector("#scene .box.active")
    assert ground.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ground.close() == []


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_in_a_panel_is_wider_than_the_panel(browser, size, lang):
    ground = Ground(browser, size=size, lang=lang, **SETTINGS)
    ground.train(batches=9)
    choose_neuron(ground, 1, 3)
    for name in ("neuron", "chain", "formulas", "rival", "code"):
        open_tab(ground, name)
        ground.settled()
        wide = ground.page.evaluate(
            "() => { const { scrollWidth, clientWidth } = document.getElementById('play-panels');"
            " return scrollWidth - clientWidth; }"
        )
        assert wide <= 0, name
    open_tab(ground, "chain")
    ground.settled()
    tops = [each.bounding_box()["y"] for each in ground.page.locator(".chain-head > *").all()]
    assert max(tops) - min(tops) < 12  # in one row
    assert ground.close() == []


def test_a_whole_sample_opens_by_a_button_and_leads_back(ground):
    open_tab(ground, "chain")
    page = ground.page
    opener = page.text_content(".sample-open")
    assert page.is_visible(".chain-open") is False
    page.click(".sample-open")
    page.wait_for_selector("#scene .box")
    assert page.get_attribute("html", "data-room") == "lab"
    assert page.text_content(".opened-which").removeprefix("sample ") in opener
    assert "The loss of one sample" in page.text_content(".opened-words")
    assert page.get_attribute("#card", "data-position") == "0"
    page.click(".opened-back")
    assert page.evaluate("document.activeElement.className") == "sample-open"


@pytest.mark.parametrize("what", ["weight", "bias", "sample"])
def test_a_link_opens_what_is_opened_at_its_step(browser, ground, what):
    page, figures = ground.page, ground.figures()
    if what != "sample":
        choose_neuron(ground, 1, 2)
    open_tab(ground, "chain")
    if what == "weight":
        page.select_option(".chain-weight", "1")
    page.click(".sample-open" if what == "sample" else ".chain-open")
    page.wait_for_selector("#scene .box")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.click("#share")
    address = page.input_value("#shared input").partition("#")[2]
    page.keyboard.press("Escape")
    seen, position = page.text_content(".opened-words"), page.get_attribute("#card", "data-position")
    page.wait_for_function("(address) => location.hash === `#${address}`", arg=address)
    assert f"@{position}" in address
    other = Ground(browser, address=f"#{address}", room="lab", **SETTINGS)
    other.page.wait_for_selector("#scene .box")
    assert other.page.get_attribute("html", "data-room") == "lab"
    assert other.page.text_content(".opened-words") == seen
    assert other.page.get_attribute("#card", "data-position") == position
    other.page.click(".opened-back")
    assert other.figures() == figures
    assert other.close() == []
