"""What does the playground need of Python?

The network trains in the page, with what is printed here: the loss of one sample as a graph (`loss_graphs`).
"""
