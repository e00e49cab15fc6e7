"""Pictures of graphs, networks and trainings.

    viz.draw(f).save("f.svg")                           the gradient graph of a Value
    viz.draw_network(model)                             a network, its weights by colour and width
    viz.plot_decision_boundary(model, X, y)             what it learned

Read in this order: style, drawing, graph, network, plots.
"""

if __name__ != "tinygrad_edu.viz":
    raise ImportError("write `from tinygrad_edu import viz`: a bare import from here is a second copy of every class")

from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import draw
from tinygrad_edu.viz.network import draw_network
from tinygrad_edu.viz.plots import plot_decision_boundary, plot_history, save_figure

__all__ = ["Drawing", "draw", "draw_network", "plot_decision_boundary", "plot_history", "save_figure"]
