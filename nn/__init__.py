"""Neurons, layers and networks on the engine, and how they learn.

    model = nn.MLP(2, [16, 16, 1], seed=0)
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    history = nn.fit(model, X, y, loss="hinge")

Read in this order: module, layers, embedding, losses, optim, training; then init and datasets.
"""

if __name__ != "tinygrad_edu.nn":
    raise ImportError("write `from tinygrad_edu import nn`: a bare import from here is a second copy of every class")

import importlib
from typing import Any

from tinygrad_edu.nn import datasets, schedules
from tinygrad_edu.nn.checkpoint import Checkpoint, load, read, save, weights_of
from tinygrad_edu.nn.embedding import embedding
from tinygrad_edu.nn.export import to_onnx, to_torch
from tinygrad_edu.nn.layers import MLP, Layer, Neuron
from tinygrad_edu.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import SGD, Adam, AdamW, Optimizer, clip_grad_norm, clip_grad_value
from tinygrad_edu.nn.preprocessing import Standardizer, train_test_split
from tinygrad_edu.nn.table.model import TableModel
from tinygrad_edu.nn.table.reading import Table, read_csv
from tinygrad_edu.nn.training.callbacks import Callback, EarlyStopping, Training
from tinygrad_edu.nn.training.fit import accuracy, fit, predict, predict_proba, score
from tinygrad_edu.nn.training.history import History

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "Standardizer",
    "Table",
    "TableModel",
    "Training",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm",
    "clip_grad_value",
    "cross_entropy",
    "datasets",
    "embedding",
    "fit",
    "hinge_loss",
    "load",
    "mse_loss",
    "predict",
    "predict_proba",
    "read",
    "read_csv",
    "save",
    "schedules",
    "score",
    "to_onnx",
    "to_torch",
    "train_test_split",
    "weights_of",
]


def __getattr__(name: str) -> Any:
    """`nn.sklearn` is imported when it is first used: it needs scikit-learn."""
    if name == "sklearn":
        return importlib.import_module("tinygrad_edu.nn.sklearn")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
