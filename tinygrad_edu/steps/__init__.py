"""What does the sweep do, step by step?

wording.py     an operation and its local derivatives in words
chain_rule.py  the steps of a sweep
trace.py       a step, as data
paths.py       a gradient as a sum over paths
judging.py     an answer, and the mistake behind it
trace_json.py  the steps as a file
"""
