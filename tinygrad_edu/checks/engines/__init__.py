"""Is an engine of one's own right, and if not, which mistake does it make?

    reference.py    an engine that can be built with mistakes in it: what a mistake does is a change of its design
    mistakes.py     the table of mistakes: a name, the change, a sentence, a hint
    probes.py       tiny programs in the order of a course, on numbers that no two mistakes make equal
    adapter.py      how a class spells things: its numbers, its gradients, its functions
    running.py      what an engine makes of a probe: numbers, gradients, or an error
    diagnosis.py    the mistakes whose engines compute exactly what this one computes
    report.py       that, in words

Read in this order, beginning with `reference.py`.
"""
