"""How does a network learn from data?

samples.py     numbers that can be learned from
objectives.py  what a loss asks of labels, and when an answer is right
history.py     what was seen
callbacks.py   who is asked after every epoch
backends.py    one step, scalar by scalar or compiled
predictor.py   the outputs for very many samples
progress.py    a bar
fit.py         all of it together
"""
