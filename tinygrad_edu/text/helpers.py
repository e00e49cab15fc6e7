"""Which helpers do the templates of the rule table need that their target does not have?

A row's `numpy` and `javascript` templates are one expression each; the few functions they name that NumPy and
JavaScript lack are defined here, once for each target, as source text.

Read next: `javascript.py`.
"""

from __future__ import annotations

NUMPY = """\
import math
import numpy as np
erf = np.vectorize(math.erf, otypes=[float])
def matmul_where(mask, left, right):  # left @ right, of what the mask chooses on the left
    found = np.where(mask, left, 0) @ right
    if np.isfinite(found).all():
        return found
    return np.where(mask[:, :, None], left[:, :, None] * right, 0).sum(axis=1)  # without 0 * inf, which is NaN
def add_rows(rows, labels, count):  # total[labels[i]] += rows[i]
    total = np.zeros((count, *rows.shape[1:]))
    np.add.at(total, labels, rows)
    return total
"""

JAVASCRIPT = """\
function erf(x) {  // the series of erf(x)·exp(x²), whose terms all have the same sign
  const z = x * x;
  if (z > 36) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; term !== 0 && n < 200; n++) sum += term *= 2 * z / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-z) * sum;
}
function dot(ws, xs) {
  return ws.reduce((sum, w, i) => sum + w * xs[i], 0);
}
function power(x, y) {  // as in IEEE 754: 1 ** anything is 1, and so is (-1) ** ±Infinity
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}
function logsumexp(xs) {
  const top = xs.reduce((most, x) => Math.max(most, x), -Infinity);
  return Number.isFinite(top) ? top + Math.log(xs.reduce((sum, x) => sum + Math.exp(x - top), 0)) : top;
}
"""
JAVASCRIPT_FUNCTIONS = {
    text.partition("(")[0]: f"function {text}" for text in JAVASCRIPT.split("function ")[1:]
}  # each by its name
