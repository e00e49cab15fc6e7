"""tinygrad_edu: a scalar autograd engine to learn backpropagation with."""

from tinygrad_edu.backprop import grad
from tinygrad_edu.value import Value, no_grad

__all__ = ["Value", "grad", "no_grad"]
