"""What opens the page for its tests?"""

import pytest
from lab import Lab, lesson


@pytest.fixture
def opened(browser):
    """Open the page of a Value; afterwards there must have been no message and no request."""
    labs = []

    def opened(f, **options):
        labs.append(Lab(browser, f, **options))
        return labs[-1]

    yield opened
    assert [complaint for lab in labs for complaint in lab.close()] == []


@pytest.fixture
def page_of(opened):
    """The same, for tests that look at the page alone, as Playwright has it."""
    return lambda f, **options: opened(f, **options).page


@pytest.fixture(scope="module")
def shared(browser):
    """One page for all tests that want no other: it keeps nothing, and a new one takes time."""
    shared = Lab(browser, lesson())
    yield shared
    shared.close()


@pytest.fixture
def lab(shared):
    """The page of the lesson, as it opens."""
    shared.page.goto("about:blank")
    shared.page.goto(shared.file.as_uri())
    shared.wait_for_the_page()
    yield shared
    assert shared.watched.handed_over() == []
