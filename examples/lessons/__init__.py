"""Five lessons on backpropagation, each a short program to read from top to bottom.

    circuit       the chain rule on f = (x + y) · z, and on a neuron, gate by gate
    by_hand       a network of six neurons, every number of a page worked by hand, then ten thousand rounds
    planar        one hidden layer, 400 points of a flower, and why db is a sum
    per_sample    the gradient of one sample at a time, for any list of sizes, and digits
    layers        dZ, dW and db of a deep network, and what has to be kept for them

Each is made of ideas (`ideas.py`). `tinygrad-edu lesson` lists them, and tells one idea after the other; their pages
are in docs/lessons.
"""

LESSONS = ("circuit", "by_hand", "planar", "per_sample", "layers")
