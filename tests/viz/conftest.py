"""Which tests of the page need a browser, and what launches it for them?

They are marked `browser`, and but for a few, as they take long, `long`.
"""

from pathlib import Path

import pytest
from browser import REASON, launched

HERE = Path(__file__).parent
PAGES = (HERE / "page", HERE / "playground")
BY_DEFAULT = ("test_lab.py",)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        reasons = [mark.kwargs.get("reason") for mark in item.iter_markers("skipif")]
        if REASON in reasons and any(page in item.path.parents for page in PAGES):
            item.add_marker(pytest.mark.browser)
            if item.path.name not in BY_DEFAULT:
                item.add_marker(pytest.mark.long)


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser
