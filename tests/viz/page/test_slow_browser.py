"""Is a page as late as SLOW_BROWSER says: with all that comes by itself, in the order in which it would come?"""

import pytest
from browser import needs_browser, new_page

pytestmark = needs_browser
LATE = {
    "a timer": "new Promise((done) => setTimeout(done))",
    "a frame": "new Promise(requestAnimationFrame)",
    "an observer": "new Promise((done) => new ResizeObserver(done).observe(document.body))",
    "an event": """new Promise((done) => {
      addEventListener("hashchange", done, { once: true });
      location.hash += "x";
    })""",
    "a promise": "new Response('x').text()",
}
FIVE_TIMES = """async () => {
  const begin = performance.now();
  for (let time = 0; time < 5; time++) await (%s);
  window.taken = performance.now() - begin;
}"""


@pytest.fixture
def page(browser, tmp_path):
    """An empty page, with what comes by itself up to 400 ms late."""
    (tmp_path / "page.html").write_text("<!doctype html><body>x", encoding="utf-8")
    page = new_page(browser, slow="1,400,7")
    page.goto((tmp_path / "page.html").as_uri())
    yield page
    page.context.close()


@pytest.mark.parametrize("kind", LATE)
def test_what_comes_by_itself_is_late(page, kind):
    """With a bound from below alone: a machine may be as slow as it likes."""
    page.evaluate(f"() => void ({FIVE_TIMES % LATE[kind]})()")
    assert page.wait_for_function("window.taken").json_value() > 500


def test_it_comes_in_its_order_and_what_is_cleared_in_the_meantime_never(page):
    page.evaluate(
        """() => {
          window.came = [];
          for (let number = 0; number < 5; number++) setTimeout(() => came.push(number));
          setTimeout(() => clearTimeout(timer));
          const timer = setTimeout(() => came.push("timer"));
          requestAnimationFrame(() => cancelAnimationFrame(frame));
          const frame = requestAnimationFrame(() => came.push("frame"));
          const ticks = setInterval(() => came.push("tick"));
          setTimeout(() => [clearInterval(ticks), setTimeout(() => (window.end = came.length), 300)], 50);
        }"""
    )
    assert page.wait_for_function("window.end").json_value() == page.evaluate("came.length")
    assert [each for each in page.evaluate("came") if each != "tick"] == [0, 1, 2, 3, 4]
    assert "tick" in page.evaluate("came")


def test_an_error_in_what_is_late_is_said_and_holds_up_nothing(page):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(
        """() => {
          setTimeout(() => { throw new Error("of a timer"); });
          setTimeout(() => (window.next = true));
        }"""
    )
    page.wait_for_function("window.next")
    assert errors == ["of a timer"]
