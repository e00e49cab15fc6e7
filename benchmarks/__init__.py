"""How fast is it, against what? `python -m benchmarks` measures, and prints a table of ratios."""
