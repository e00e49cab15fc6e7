"""How is one network trained by many machines? Start the same command on each, with another number.

    python examples/many_machines.py                                                  this machine alone
    python examples/many_machines.py --at localhost:9911 --processes 2 --number 0     the first of two, and in another
    python examples/many_machines.py --at localhost:9911 --processes 2 --number 1     terminal the second

Every process compiles the same program from a few samples, and reads only its own rows of the data. At each step every
device computes the loss and the gradient of its rows; what crosses the network is the sum of these gradients, as many
numbers as there are parameters. So all processes make the same step, and none has to tell the others.
"""

from __future__ import annotations

import argparse
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType

import tinygrad_edu
from tinygrad_edu import nn

SAMPLES = 104  # of all processes together; the devices have to divide them
LEARNING_RATE = 0.02


def main() -> None:
    """Train, and say how it went."""
    asked = options()
    start(asked)
    X, y = nn.datasets.moons(n=SAMPLES, noise=0.1, seed=0)
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    parameters, losses = train(model, X, y, asked.steps)
    if asked.save and jax.process_index() == 0:
        np.save(asked.save, parameters)
    print(
        f"process {jax.process_index() + 1} of {jax.process_count()}, {jax.local_device_count()} of "
        f"{jax.device_count()} devices: the loss fell from {losses[0]:.4f} to {losses[-1]:.4f}"
    )


def start(asked: argparse.Namespace) -> None:
    """Let the processes find each other, before JAX is used for anything else."""
    jax.config.update("jax_num_cpu_devices", asked.devices)
    if asked.processes > 1:
        jax.distributed.initialize(asked.at, num_processes=asked.processes, process_id=asked.number)


def train(model: nn.MLP, X: Any, y: Any, steps: int) -> tuple[Any, list[float]]:
    """Full-batch steps. Returns the parameters, and the loss before each step."""
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.hinge_loss([model(x) for x in xs], ys), wrt=model.parameters(), batch=(X[:8], 2.0 * y[:8] - 1)
    )
    mesh = jax.make_mesh((jax.device_count(),), ("data",), axis_types=(AxisType.Auto,))
    by_row, everywhere = jax.NamedSharding(mesh, jax.P("data")), jax.NamedSharding(mesh, jax.P())
    step = jax.jit(program.to_jax(), in_shardings=(everywhere, by_row, by_row), out_shardings=everywhere)
    mine = rows()
    batch = [jax.make_array_from_process_local_data(by_row, array[mine]) for array in (X, 2.0 * y - 1)]
    optimizer = nn.SGD(program.parameters, lr=LEARNING_RATE, momentum=0.9)
    losses = []
    for _ in range(steps):
        loss, gradient = step(program.parameters, *batch)
        optimizer.step(np.asarray(gradient))
        losses.append(float(loss))
    program.write_back()
    return program.parameters, losses


def rows() -> slice:
    """The samples of this process: with data that is large, it would read no others."""
    each = SAMPLES // jax.process_count()
    return slice(jax.process_index() * each, (jax.process_index() + 1) * each)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", default="localhost:9911", help="where process 0 listens, host:port")
    parser.add_argument("--processes", type=int, default=1, help="how many there are")
    parser.add_argument("--number", type=int, default=0, help="which of them this is, from 0 on")
    parser.add_argument("--devices", type=int, default=1, help="into how many devices the processor is divided")
    parser.add_argument("--steps", type=int, default=50, help="of the training")
    parser.add_argument("--save", default="", help="a file for the parameters, .npy")
    return parser.parse_args()


if __name__ == "__main__":
    main()
