"""How does a scalar graph become the matrix formulas of the textbooks?

    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    print(program.source)                       Z1 = X @ W1.T + b1 …  dW1 = dZ1.T @ X

Nobody tells it what a layer is. It looks at the scalars alone:

    scalars.py     number the nodes; say sums and weighted sums as what they are
    groups.py      nodes that are computed alike become an array, in an order in which arguments are views
    gradient.py    the gradient of every scalar, collected in the same order
    names.py       what the arrays are called in textbooks
    expressions.py an array as an expression of others; views.py writes the pieces
    emit.py        the arrays as lines of NumPy
    memory.py      what is kept for the backward pass
    program.py     the function that comes out, held against the graph it came from

Names to know: `compile`, `Program`. Read in the order above.
"""

from tinygrad_edu.compiler.program import Program, compile

__all__ = ["Program", "compile"]
