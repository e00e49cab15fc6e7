"""tinygrad_edu.nn"""

if __name__ != "tinygrad_edu.nn":
    raise ImportError("write `from tinygrad_edu import nn`: a bare import from here is a second copy of every class")
