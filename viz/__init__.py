"""Pictures of graphs, networks and trainings.

    viz.draw(f).save("f.svg")                           the gradient graph of a Value
    viz.player(f).save("f.html")                        the chain rule, stepped in a browser
    viz.worksheet(f).save("sheet.html")                 the same as a sheet to print, with an answer key
    viz.draw_network(model)                             a network, its weights by colour and width
    viz.plot_decision_boundary(model, X, y)             what it learned

Read in this order: style, drawing, graph, network, plots; then the package player.
"""

if __name__ != "tinygrad_edu.viz":
    raise ImportError("write `from tinygrad_edu import viz`: a bare import from here is a second copy of every class")

from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import draw
from tinygrad_edu.viz.network import draw_network
from tinygrad_edu.viz.player import Player, player
from tinygrad_edu.viz.player.worksheet import Worksheet, worksheet
from tinygrad_edu.viz.plots import plot_decision_boundary, plot_history, save_figure

__all__ = [
    "Drawing",
    "Player",
    "Worksheet",
    "draw",
    "draw_network",
    "player",
    "plot_decision_boundary",
    "plot_history",
    "save_figure",
    "worksheet",
]
