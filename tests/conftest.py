"""What is set up once for all tests?"""

import gc
import signal

from terminals import terminal as terminal


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
