"""Which tests of the playground need a browser? They are marked `browser`; those that need node alone are not."""

from pathlib import Path

import pytest
from browser import REASON

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        reasons = [mark.kwargs.get("reason") for mark in item.iter_markers("skipif")]
        if HERE in item.path.parents and REASON in reasons:
            item.add_marker(pytest.mark.browser)
