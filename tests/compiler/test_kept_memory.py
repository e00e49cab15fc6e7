"""Does a program get along with the memory that it had in its last call?"""

import os
import platform
import subprocess
import sys

import pytest
from sampling import sample

STEPS = """
import resource, statistics
import numpy as np
import tinygrad_edu
from tinygrad_edu import nn

model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
X = np.random.default_rng(0).normal(size=({samples}, 2))
program = tinygrad_edu.compile(
    lambda xs: sum(model(x) ** 2 for x in xs) / len(xs), wrt=model.parameters(), batch=(X,)
)
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    program(X)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(statistics.median([pages() for _ in range(20)][5:]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not that of Linux")
@pytest.mark.parametrize("samples", sample([3000, 30_000]))
def test_the_second_call_needs_no_more_memory_of_the_system(samples):
    assert pages_of_a_call(samples) < 50


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not that of Linux")
def test_the_switch_of_the_c_library_turns_it_off():
    assert pages_of_a_call(3000, MALLOC_TRIM_THRESHOLD_="131072") > 500


def pages_of_a_call(samples, **environment):
    """How many the system is asked for, in a process of its own, for what a process has freed before matters."""
    code = STEPS.format(samples=samples)
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return float(found.stdout)
