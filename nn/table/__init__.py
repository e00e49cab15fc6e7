"""How does a network learn from a table of rows and columns?

reading.py  a CSV file as columns
meant.py    the cells of it that are numbers to a person only
model.py    a network together with what it has to know about the columns
"""
