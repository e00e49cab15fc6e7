"""Is a size taken for the number of samples, or a constant for one by it, because they happen to be the same?"""

import pytest
from coincidences import composed
from sample_losses import by_hand, differs
from sampling import sample

import tinygrad_edu
from tinygrad_edu.errors import GraphError

SIZES = (1, 2, 3, 5, 7, 11, 13, 17, 30)  # those that are traced are among them
EACH = 8  # losses in a test
REFUSED = {
    8,
    15,
    24,
    29,
    57,
    63,
}  # have no program so far, as where a smallest number treats the first samples otherwise


@pytest.mark.parametrize("part", sample(range(12)))
def test_losses_with_numbers_that_happen_to_be_sizes(part):
    """A loss that is computed alike for all samples has a program, and it is right at every number of them."""
    for seed in range(EACH * part, EACH * (part + 1)):
        some = composed(seed)
        try:
            program = tinygrad_edu.compile(some.function, wrt=some.parameters, batch=some.batch((1, 7, 30)[seed % 3]))
        except GraphError:
            assert seed in REFUSED
            continue
        for samples in (size for size in SIZES if size >= program.least):
            arrays = some.batch(samples)
            assert not differs(program(*arrays), by_hand(some, arrays)), (seed, samples, program.source)
