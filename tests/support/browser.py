"""A browser for the tests that need one: the system's Chromium, driven by Playwright; skipped with a reason without.

A test has to pass on a machine that has much else to do. With SLOW_BROWSER=8 in the environment every page runs eight
times slower, and its timers, frames, events and promises come late, each by up to 80 ms, as chance has it (late.js).
SLOW_BROWSER=1,200,7 runs as fast as usual, is up to 200 ms late, and draws from the seed 7.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("CHROME") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
REASON = "no Chromium was found (on Debian: apt-get install chromium)"
SLOW = os.environ.get("SLOW_BROWSER", "")
USUAL_SLOWNESS = ("1", "80", "0")
PATIENCE = 120_000  # ms that a test waits for what does not come, on a machine that may have much else to do
LATE = Path(__file__).with_name("late.js")
needs_browser = pytest.mark.skipif(BROWSER is None, reason=REASON)


@contextmanager
def launched():
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS, timeout=PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser, slow=SLOW, **options):
    """A page in a context of its own; `slow` says how many times slower, how many ms late, and of which seed."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    if not slow:
        return context.new_page()
    given = slow.split(",")
    times, most, seed = map(float, (*given, *USUAL_SLOWNESS[len(given) :]))
    context.set_default_timeout(PATIENCE * times)
    context.add_init_script(f"((most, seed) => {{\n{LATE.read_text(encoding='utf-8')}\n}})({most}, {seed});")
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
    return page


class Watched:
    """A page, and everything it said or asked for that it should not."""

    def __init__(self, browser, **options):
        self.page = new_page(browser, **options)
        self.context = self.page.context
        self.complaints = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)

    def _request(self, request):
        if not request.url.startswith(("file:", "data:", "about:", "blob:")):
            self.complaints.append(f"asked for {request.url}")

    def handed_over(self):
        """What it complained of since the last time."""
        complaints, self.complaints[:] = list(self.complaints), []
        return complaints

    def close(self):
        self.context.close()
