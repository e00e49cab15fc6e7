"""tinygrad_edu.viz"""

if __name__ != "tinygrad_edu.viz":
    raise ImportError("write `from tinygrad_edu import viz`: a bare import from here is a second copy of every class")
