"""Do the tables for those who come from micrograd or go to PyTorch say the truth, line by line?"""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def rows_of(page):
    """The rows of the first table of a page: what it is, and the code of both sides."""
    table = (HOW_TO / page).read_text(encoding="utf-8").split("\n## ")[1]
    lines = [line for line in table.splitlines() if line.startswith("| ") and "`" in line]
    cells = [re.split(r"(?<=`) \| |^\| | \| (?=`)| \|$", line)[1:-1] for line in lines]
    return [(name, *(code.strip("`") for code in codes)) for name, *codes in cells]


def result_of(code, names):
    """Run a line; the number of its last expression, or of the name that it sets, or None if it sets no number."""
    tree = ast.parse(code)
    *_, last = tree.body
    if isinstance(last, ast.Expr):
        tree.body.pop()
        exec(compile(tree, code, "exec"), names)
        return eval(compile(ast.Expression(last.value), code, "eval"), names)
    exec(compile(tree, code, "exec"), names)
    target = last.targets[0] if isinstance(last, ast.Assign) else None
    return names[target.id] if isinstance(target, ast.Name) else None


def numbers_in(result):
    """The numbers of a result, whatever holds them; none for a model or an optimizer."""
    if hasattr(result, "detach"):
        result = result.detach().numpy()
    if type(result).__name__ == "Value":
        result = result.data
    if isinstance(result, list | tuple):
        return [number for each in result for number in numbers_in(each)]
    numeric = isinstance(result, int | float | np.ndarray | np.generic)
    return [float(number) for number in np.ravel(result)] if numeric else []


def agreeing(rows, left, right):
    """Run both sides of all rows in order, and count those that gave numbers to compare."""
    compared = 0
    for name, one, other in rows:
        found, expected = numbers_in(result_of(one, left)), numbers_in(result_of(other, right))
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15), name
        compared += bool(found)
    return compared


def test_every_line_from_micrograd_gives_the_same_number():
    pytest.importorskip("micrograd", reason="micrograd is not installed (pip install 'tinygrad_edu[bench]')")
    rows = rows_of("from-micrograd.md")
    assert len(rows) == 15
    assert agreeing(rows, {"random": __import__("random")}, {"random": __import__("random")}) == 10


@pytest.mark.torch
def test_every_line_to_pytorch_gives_the_same_numbers():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    page = (HOW_TO / "to-pytorch.md").read_text(encoding="utf-8")
    begin = page.split("```python\n")[1].partition("```")[0]
    left, right = {}, {}
    for names in (left, right):
        exec(begin, names)
    rows = rows_of("to-pytorch.md")
    assert len(rows) == 24
    assert agreeing(rows, left, right) == 19


@pytest.mark.torch
def test_what_differs_from_pytorch_does():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from tinygrad_edu import Value

    x, t = Value(3.0), torch.tensor(3.0, requires_grad=True)
    assert (x.grad, t.grad, t.dtype) == (0, None, torch.float32)
    f, g = x * x, t * t
    f.backward()
    g.backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert g.grad is None
    assert f.grad == 1
    f.backward()
    assert x.grad == 12
    with pytest.raises(RuntimeError, match="retain_graph"):
        g.backward()
    pairs = torch.nn.functional.mse_loss
    with pytest.warns(UserWarning, match="target size"):
        assert pairs(torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, 1.0])) == 0.5


def test_what_differs_from_micrograd_does():
    pytest.importorskip("micrograd", reason="micrograd is not installed (pip install 'tinygrad_edu[bench]')")
    import micrograd.engine

    import tinygrad_edu

    swept = {}
    for engine in (micrograd.engine, tinygrad_edu):
        a = engine.Value(3.0)
        f = a * a * a
        f.backward()
        f.backward()
        chain = engine.Value(1.0)
        for _ in range(3000):
            chain = chain + 1
        try:
            chain.backward()
            long = True
        except RecursionError:
            long = False
        swept[engine] = (a.grad, hasattr(a, "exp"), long)
    assert swept == {micrograd.engine: (72.0, False, False), tinygrad_edu: (54.0, True, True)}
