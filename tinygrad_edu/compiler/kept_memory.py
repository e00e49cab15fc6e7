"""Why does a program keep the memory that it has freed?

Every line makes a new array, as in a book, and after the call all of them are freed. The C library of Linux then gives
the memory back to the system, page by page, and the next call has to be given it again, page by page: at ten thousand
samples that takes twice as long as all of the arithmetic. But the library learns. Once a block of up to 32 MB has been
freed, it keeps what blocks of that size leave behind, up to twice as much. So one such block is asked for and freed,
once; nothing is written into it, so it takes no memory. Other systems do not mind.

Nothing is set by that: it is what every array of 32 MB does to a process that makes and frees one, and whoever has said
what the library is to do is obeyed. With `MALLOC_TRIM_THRESHOLD_=131072` in the environment, everything is given back
after each call, as without this file.

With that, arrays that are written into again and again (`out=`) gain nothing: `python -m benchmarks.buffers`.

Names to know: `keep_freed_memory`. Read next: `compiled.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

LARGEST = 2**25  # bytes: the largest block from which the library learns
HEADER = 2**16  # room for its own notes, and for whole pages


@cache
def keep_freed_memory() -> None:
    """Let the C library keep what is freed, from now on, for as long as this process lives."""
    np.empty(LARGEST - HEADER, dtype=np.uint8)
