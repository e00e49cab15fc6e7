"""How does a network learn from a table of rows and columns?

reading.py  a CSV file as columns
model.py    a network together with what it has to know about the columns
"""
