"""Does the page of the lab open, with nothing to complain of?"""

from browser import needs_browser
from lab import Lab

from tinygrad_edu import parse

pytestmark = needs_browser


def test_the_page_opens_at_the_beginning_and_steps_to_the_end(browser):
    lab = Lab(browser, parse("q = x + y; f = q * z", x=-2, y=5, z=-4))
    assert lab.position == 0
    lab.step_to(8)
    assert lab.boxes()["n0"] == {"name": "x", "value": "-2", "gradient": "∂ -4"}
    assert lab.close() == []
