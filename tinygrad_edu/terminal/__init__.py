"""How is the chain rule stepped through in a terminal?

outline.py   a graph drawn in text, with one step marked
stepper.py   what is seen at each step, and where the keys lead
keyboard.py  keys, sizes and colours of a terminal
"""
