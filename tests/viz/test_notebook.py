"""Does a real notebook run, and show graphs, formulas and the player? With Jupyter's own kernel."""

from pathlib import Path

import nbformat
import pytest
from kernels import executed

from tinygrad_edu import Value, chain_rule, viz

NOTEBOOK = Path(__file__).parents[2] / "examples" / "chain_rule.ipynb"
REFRESH = "to renew the outputs: jupyter execute --inplace examples/chain_rule.ipynb"

pytestmark = pytest.mark.filterwarnings("ignore")  # those of Jupyter are not ours


@pytest.fixture(scope="module")
def ran():
    return executed(nbformat.read(NOTEBOOK, as_version=4))


def outputs(notebook):
    """For each code cell the last thing that it shows, as {kind: content}."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [shown(cell.outputs[-1]) if cell.outputs else {} for cell in cells]


def shown(output):
    return {"stream": output.text} if output.output_type == "stream" else dict(output.data)


def of_kind(notebook, kind):
    return [found[kind] for found in outputs(notebook) if kind in found]


def test_every_cell_runs_and_shows_its_stored_output(ran):
    written = nbformat.read(NOTEBOOK, as_version=4)
    for old, new in zip(outputs(written), outputs(ran), strict=True):
        assert old.keys() == new.keys(), REFRESH
        for kind in ("text/plain", "text/latex", "stream"):
            if "numeric" not in str(new.get(kind)):  # the last digits of errors are the machine's
                assert old.get(kind) == new.get(kind), REFRESH


def test_values_show_their_graphs_steps_their_formulas_and_the_player_its_page(ran):
    assert len(of_kind(ran, "image/svg+xml")) >= 4
    assert any(r"\frac{\partial f}{\partial q}" in latex for latex in of_kind(ran, "text/latex"))
    (page,) = of_kind(ran, "text/html")
    assert page.startswith("<iframe srcdoc=")
    assert "too many to read" in of_kind(ran, "image/svg+xml")[-1]


def test_a_label_is_text_in_a_notebook():
    label = "</script><img src=x onerror=alert(1)>$x$"
    x = Value(2.0, label=label)
    f = x * 3
    trace = chain_rule(f)
    for shown in (f._repr_svg_(), viz.player(f)._repr_html_(), trace._repr_latex_(), trace[0]._repr_latex_()):
        assert "<img" not in shown
        assert "<script" not in shown
    assert trace[-1]._repr_latex_().count("$") == 2


def test_a_value_has_only_the_graph_as_its_rich_output():
    assert not hasattr(Value, "_repr_latex_")
    assert not hasattr(Value, "_repr_html_")
