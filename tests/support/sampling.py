"""Which cases does every run take, and which only the long one?

    @pytest.mark.parametrize("seed", sample(range(16), 4))

`pytest` leaves out what is marked `long`, and `.ci/run` takes all of it.
"""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet  # what pytest.param makes


def sample(cases: Iterable[object], few: int = 1) -> list[object]:
    """All cases, for `parametrize`; those after the first few are marked `long`."""
    return [case if place < few else long_case(case) for place, case in enumerate(cases)]


def long_case(case: object) -> object:
    """A case for the long run alone."""
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.long])
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.long)
