"""How does a scalar graph become the matrix formulas of the textbooks?

    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    print(program.source)                       Z1 = X @ W1.T + b1 …  dW1 = dZ1.T @ X

The compiler knows nothing about layers. It works from the scalars alone:

    scalars.py      number the nodes; recognize sums and weighted sums
    arrays.py       scalars in arrays
    groups.py       nodes computed in the same way become one array, ordered so that their arguments are views
    gradient.py     the gradient of every scalar, collected in the same order
    layout.py       where the elements of a view are in an array
    formulas.py     an array operation as data: a tree of nodes that know their shapes
    views.py        a selection of scalars as a view of an array
    expressions.py  an array as a formula of other arrays
    printer.py      a formula as NumPy
    names.py        the names that textbooks give to the arrays
    emit.py         the arrays as lines of a program
    memory.py       what is kept for the backward pass
    explain.py      the scalars behind each line
    proof.py        the program checked against its graph, at two points
    program.py      the resulting function

Names to know: `compile`, `Program`. Read in the order above.
"""

from tinygrad_edu.compiler.program import Program, compile

__all__ = ["Program", "compile"]
