"""A browser for the tests that need one: the system's Chromium, driven by Playwright; skipped with a reason without."""

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("CHROME") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
REASON = "no Chromium was found (on Debian: apt-get install chromium)"
needs_browser = pytest.mark.skipif(BROWSER is None, reason=REASON)


@contextmanager
def launched():
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page, and everything it said or asked for that it should not."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
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
