"""How does work grow with what it is done for? Counted, not timed: the lines of Python that run."""

import sys


def lines_run(function, *args):
    """How many lines of Python run in a call."""
    lines = 0

    def count(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return lines


def growth(function, make, sizes):
    """How much more work the second step between three sizes, each twice the one before, adds than the first step.

    It is 2 where work grows in proportion to the size, and 4 where with its square.
    """
    function(make(sizes[0]))  # what is kept after the first time is not counted
    small, middle, large = (lines_run(function, make(size)) for size in sizes)
    return (large - middle) / max(1, middle - small)
