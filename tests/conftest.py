"""What is set up once for all tests?

Every run draws the same, whatever the order of the tests and the process that has them: in Hypothesis, and from
`random` and NumPy where a test gives no seed. With `pytest --hypothesis-profile=search`, Hypothesis draws anew.
"""

import gc
import random
import signal

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from terminals import terminal as terminal

# No test is wrong because it is slow: a machine may have other things to do.
AT_ANY_PACE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("search", AT_ANY_PACE)
settings.register_profile("same", AT_ANY_PACE, derandomize=True)
settings.load_profile("same")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Seed what draws without a seed, before the first fixture of the test."""
    random.seed(item.nodeid)
    np.random.seed(0)


def pytest_collection_finish() -> None:
    """Leave what was imported, a million objects, out of all later garbage collections; and have few of them.

    They took a fifteenth of all the time: most tests make graphs, which end without them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_configure():
    """A shell that starts pytest in the background has it ignore Ctrl-C; the tests of Ctrl-C do not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
