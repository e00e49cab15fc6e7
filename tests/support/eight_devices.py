"""A script for the tests: what does training on eight devices give, beside NumPy?

    python eight_devices.py few      or: more

It prints JSON.
"""

import json
import sys

import jax

jax.config.update("jax_num_cpu_devices", 8)

import numpy as np  # noqa: E402

import tinygrad_edu  # noqa: E402
from tinygrad_edu import Value, nn  # noqa: E402
from tinygrad_edu.compiler.devices import Shared  # noqa: E402

X, y = nn.datasets.moons(n=103, noise=0.1, seed=0)
X_val, y_val = nn.datasets.moons(n=21, noise=0.1, seed=1)
classes = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


class Own(nn.Module):
    """A model of a user: a line and a parabola."""

    def __init__(self):
        self.line = nn.MLP(2, [1], seed=1)

    def __call__(self, x):
        return self.line(x) + 0.1 * self.line(x) ** 2


def spread(outputs, targets):
    """A loss in which every sample meets every other: by the variance of the errors."""
    errors = [output - target for output, target in zip(outputs, targets, strict=True)]
    middle = sum(errors) / len(errors)
    return sum((error - middle) ** 2 for error in errors) / len(errors) + middle * middle


class Polynomial(nn.Module):
    """A model whose program lays powers of its input beside each other, so that its rows cannot be weighed."""

    def __init__(self):
        self.weights = [Value(0.1), Value(0.2), Value(-0.3)]

    def __call__(self, x):
        return sum(weight * x[0] ** power for power, weight in enumerate(self.weights))


def mlp(outputs=1):
    return nn.MLP(2, [8, outputs], activation="tanh", seed=0)


MORE = {
    "all 103 samples": (mlp, y, {"batch_size": None, "epochs": 50}),
    "batches of 1": (mlp, y, {"batch_size": 1, "epochs": 1}),
    "a loss over all samples": (mlp, y.astype(float), {"loss": spread, "batch_size": 50, "epochs": 5}),
    "a model of one's own": (Own, y.astype(float), {"loss": "mse", "epochs": 5, "batch_size": None}),
}
FEW = {
    "batches of 10, the last of 3": (mlp, y, {"batch_size": 10, "epochs": 5}),
    "classes": (lambda: mlp(3), classes, {"loss": "cross_entropy", "epochs": 5, "batch_size": 32}),
    "Adam, and validation": (
        mlp,
        y,
        {
            "optimizer": lambda model: nn.AdamW(model.parameters(), lr=0.01, max_norm=1.0),
            "epochs": 5,
            "validation_data": (X_val, y_val),
        },
    ),
    "rows that have no weights": (Polynomial, y.astype(float), {"loss": "mse", "batch_size": 40, "epochs": 5}),
}


def fitted(make, labels, options, backend):
    model = make()
    optimizer = options.get("optimizer", lambda _: None)(model)
    history = nn.fit(model, X, labels, **{**options, "optimizer": optimizer}, backend=backend)
    numbers = [history.loss, history.accuracy, history.val_loss, history.val_accuracy]
    return [np.nan_to_num(each).tolist() for each in numbers], [parameter.data for parameter in model.parameters()]


def looked_at(model):
    """(devices, whether they share any number of samples, sums over devices in a step)."""
    batch = X, 2.0 * y - 1
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.hinge_loss([model(x) for x in xs], ys), wrt=model.parameters(), batch=batch
    )
    shared = Shared(program.formulas, "a test")
    sums = shared.text(program.parameters, *batch).count(" all-reduce(")
    return len(shared.devices), shared.is_weighed, sums


if __name__ == "__main__":
    fits = FEW if sys.argv[1] == "few" else MORE
    found = {name: [fitted(*case, backend) for backend in ("numpy", "jax")] for name, case in fits.items()}
    looks = {"a network": looked_at(mlp()), "a polynomial": looked_at(Polynomial())}
    print(json.dumps({"fits": found, "looks": looks, "is 64 bits": jax.config.jax_enable_x64}))
