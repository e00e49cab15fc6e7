"""How does a network learn from data?

samples.py     the numbers that can be learned from
objectives.py  what a loss expects of labels, and when a prediction is right
history.py     what a training saw
callbacks.py   what is called after every epoch
programs.py    compiled programs for batches of any size
devices.py     the same in JAX, on all devices
backends.py    one step, scalar by scalar or compiled
predictor.py   the outputs for very many samples
progress.py    a progress bar
fit.py         all of it together
"""
