"""How does a scalar graph become the matrix formulas of the textbooks?

    program = tinygrad_edu.compile(loss, wrt=model.parameters())
    print(program.source)                       Z1 = X @ W1.T + b1 …  dW1 = dZ1.T @ X

The compiler knows nothing about layers. It works from the scalars alone:

    scalars.py      number the nodes; recognize sums and weighted sums
    arrays.py       scalars in arrays
    ragged.py       rows of different lengths in one table
    recurrences.py  what repeats, step after step
    retiming.py     where a step begins and ends
    own_input.py    what each step computes for itself
    loops.py        a loop over time, and what it takes and gives
    branches.py     samples that go different ways, and on together
    alike.py        nodes that are computed in the same way
    taking_out.py   the graph without what is a loop
    order.py        the order of scalars in their array, so that arguments are views, and sums are matrix products
    tables.py       leaves that form one array
    groups.py       all of them put into arrays
    gradient.py     the gradient of every scalar, collected in the same order
    layout.py       where the numbers of a view stand in an array
    formulas.py     an array operation as data: a tree that knows its shape
    views.py        a choice of scalars as a view of an array
    expressions.py  an array as a formula of others
    names.py        what the arrays are called in textbooks
    source.py       a whole program as data
    patterns.py     thousands of lines of a few kinds
    loop_lines.py   a loop over time as lines
    emit.py         the arrays as lines
    slopes.py       the chain rule along one edge, as a pattern
    singly.py       a graph in which nothing has a partner, scalar by scalar
    pipeline.py     from a graph to its program, through all of these
    memory.py       what is kept for the backward pass
    explain.py      the scalars that a line stands for
    proof.py        the program compared with its graph, at two points
    padding.py      rows that count nothing, so that devices share the samples evenly
    devices.py      a program in JAX, on one device or on all of them
    kept_memory.py  memory that is used again in the next call
    compiled.py     the function that comes out
    samples.py      a function of samples, traced
    sizes.py        what depends on the number of samples m
    unify.py        two programs for two numbers of samples are one for any number
    simplify.py     the same formulas in fewer words
    lookup.py       rows of a table by index
    batch.py        a program for any number of samples
    program.py      the door: a graph, or a function of samples
    languages/      a program as NumPy, JAX, JavaScript and LaTeX

Names to know: `compile`, `Program`, `BatchProgram`. Read in the order above.
"""

from tinygrad_edu.compiler.batch import BatchProgram
from tinygrad_edu.compiler.program import Program, compile

__all__ = ["BatchProgram", "Program", "compile"]
