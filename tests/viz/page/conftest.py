"""Which tests of the page need a browser? They are marked `browser`, and but for a few, as they take long, `long`."""

from pathlib import Path

import pytest
from browser import REASON

HERE = Path(__file__).parent
BY_DEFAULT = ("test_lab.py",)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        reasons = [mark.kwargs.get("reason") for mark in item.iter_markers("skipif")]
        if HERE in item.path.parents and REASON in reasons:
            item.add_marker(pytest.mark.browser)
            if item.path.name not in BY_DEFAULT:
                item.add_marker(pytest.mark.long)
