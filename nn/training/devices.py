"""How is a step computed on all devices?

By JAX: the program for batches of any size is compiled once more, and every device gets all parameters and some of the
samples (see `tinygrad_edu/compiler/devices.py`). The step of the optimizer is that of `optim.py`, on the array of
parameters, as it is without devices.

Names to know: `OnDevices`. Read next: `backends.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.compiler import BatchProgram
from tinygrad_edu.compiler.devices import Shared
from tinygrad_edu.errors import CompileError
from tinygrad_edu.nn.training.programs import on_numpy
from tinygrad_edu.nn.training.samples import Floats
from tinygrad_edu.show import show

FEW = 64  # samples on which JAX is compared with NumPy
TOLERANCE = 1e-9


class OnDevices:
    """A program, run by JAX on all devices of this process.

    The first call compares it with NumPy, on samples that the devices do not divide if there are such.
    """

    def __init__(self, program: BatchProgram) -> None:
        self.in_numpy = on_numpy(program)
        self.shared = Shared(program.formulas, 'fit(..., backend="jax")')
        self.is_compared = False

    def __call__(self, parameters: Floats, *arrays: NDArray[Any]) -> tuple[float, Floats, Floats]:
        """The loss, the gradient and the outputs."""
        if not self.is_compared:
            self._compare(parameters, arrays)
            self.is_compared = True
        return self.shared(parameters, *arrays)

    def _compare(self, parameters: Floats, arrays: tuple[NDArray[Any], ...]) -> None:
        samples = min(len(arrays[0]), FEW)
        if samples > 1 and samples % len(self.shared.devices) == 0:
            samples -= 1
        few = [array[:samples] for array in arrays]
        found, right = self.shared(parameters, *few), self.in_numpy(parameters, *few)
        if not all(map(_agree, map(np.asarray, found), map(np.asarray, right))):
            raise CompileError(
                'fit(..., backend="jax")',
                f"JAX gives the loss {show(found[0])} where NumPy gives {show(right[0])}, or another gradient",
                instead='backend="numpy", and a report with this model: it is a bug of the compiler',
            )


def _agree(found: Floats, right: Floats) -> bool:
    """Whether numbers are the same but for rounding; where some are not finite, the order of additions decides."""
    scale = max(1.0, float(np.abs(right).max(initial=0.0)))
    is_finite = np.isfinite(right).all() and np.isfinite(found).all()
    return not is_finite or bool(np.allclose(found, right, rtol=TOLERANCE, atol=TOLERANCE * scale))
