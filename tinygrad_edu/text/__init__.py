"""How do texts become graphs, and graphs texts?

parsing.py     an expression, as people type it, as a graph
reading.py     the text of it as instructions, from left to right
mistakes.py    what can be wrong with it, and what to write instead
typed.py       a number that a person typed
spreadsheet.py the text that a spreadsheet wrote
printing.py    a graph as an expression, or as LaTeX
helpers.py     the functions that NumPy and JavaScript lack
javascript.py  a row of the rule table as JavaScript
"""
