"""Pictures of graphs, networks and trainings.

    viz.draw(f).save("f.svg")                           the gradient graph of a Value
    viz.sweep(f).save("sweep.gif")                      the chain rule on it, step by step, as an animation
    viz.player(f).save("f.html")                        the same, stepped through in a browser
    viz.link(f, "https://example.org/lab.html")         a link to the page with this formula; viz.qr_code draws it
    viz.playground(model, X, y).save("playground.html") a network that trains in a browser
    viz.worksheet(f).save("sheet.html")                 the same as a sheet to print, with an answer key
    viz.worksheet(f, variants=30, seed=1).save("w.pdf") thirty of them, each with numbers of its own
    viz.grade("answers.csv", sheets)                    the marks for what comes back, and the mistakes behind them
    viz.read_predictions(code, f)                       what a student predicted there
    viz.draw_network(model)                             a network, with weights as colours and widths
    viz.plot_decision_boundary(model, X, y)             what the network learned
    viz.plot_neurons(model, X, y)                       what each of its neurons sees
    viz.Animation(X, y)                                 how it learned that: a callback of nn.fit

Pictures are for paper, or with `theme="dark"` for the dark, and with `lang="zh"` Chinese; a page asks its reader.

Read in this order: style, look, drawing, graph, network, plots, activations, animation, sweep; then the package page.
"""

if __name__ != "tinygrad_edu.viz":
    raise ImportError("write `from tinygrad_edu import viz`: a bare import from here is a second copy of every class")

from tinygrad_edu.viz.activations import plot_activations, plot_neurons, plot_parameters
from tinygrad_edu.viz.animation import Animation
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import draw
from tinygrad_edu.viz.network import draw_network
from tinygrad_edu.viz.page import Player, player
from tinygrad_edu.viz.page.link import link, qr_code
from tinygrad_edu.viz.page.playground.view import Playground, playground
from tinygrad_edu.viz.page.predictions import Predictions, read_predictions
from tinygrad_edu.viz.plots import plot_decision_boundary, plot_history, save_figure
from tinygrad_edu.viz.sheets.grade import Grades, grade
from tinygrad_edu.viz.sheets.worksheet import Worksheet, worksheet
from tinygrad_edu.viz.sweep import Sweep, sweep

__all__ = [
    "Animation",
    "Drawing",
    "Grades",
    "Player",
    "Playground",
    "Predictions",
    "Sweep",
    "Worksheet",
    "draw",
    "draw_network",
    "grade",
    "link",
    "player",
    "playground",
    "plot_activations",
    "plot_decision_boundary",
    "plot_history",
    "plot_neurons",
    "plot_parameters",
    "qr_code",
    "read_predictions",
    "save_figure",
    "sweep",
    "worksheet",
]
