"""What can be done from a terminal?

main.py      the command, and the family of steps and drawings
training.py  the family of networks: train, predict
lesson.py    the lessons, one idea at a time
"""
