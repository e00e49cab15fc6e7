"""Is it right, and where did it go wrong?

numeric_slope.py  the slope of a function, from its numbers alone
gradcheck.py      a gradient compared with it
anomaly.py        the first number that is infinite or NaN
"""
