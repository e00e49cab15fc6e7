"""In which languages can a program be written?

A program is data (`source.py`): formulas, and where the parts of the gradient belong. A language is one class that has
a method for each kind of formula, and one for a whole program.

    printer.py      what they have in common
    numpy.py        NumPy, which is what runs when a program is called
    jax.py          JAX: the same without assignments into arrays
    javascript.py   JavaScript, number by number
    latex.py        a derivation, forward and backward
"""
