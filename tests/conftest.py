"""What is set up once for all tests?"""

import gc


def pytest_collection_finish() -> None:
    """Leave what was imported, a million objects, out of all later garbage collections: they are much quicker."""
    gc.collect()
    gc.freeze()
