"""A table in a file, for tests that learn from one."""

import csv


def write_table(path, names, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return path
