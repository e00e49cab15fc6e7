"""How do texts become graphs, and graphs texts?

parsing.py     an expression, as people type it, as a graph
nesting.py     how deeply a text is nested, before Python parses it
printing.py    a graph as an expression, or as LaTeX
helpers.py     the functions that NumPy and JavaScript lack
javascript.py  a row of the rule table as JavaScript
"""
