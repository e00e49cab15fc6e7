"""How do texts become graphs, and graphs texts?

parsing.py     an expression, as people type it, as a graph
nesting.py     how deep a text is, before Python's parser is asked
printing.py    a graph as an expression, or as LaTeX
helpers.py     what the templates of the rule table need beside NumPy and JavaScript
javascript.py  a row of the rule table as JavaScript
"""
