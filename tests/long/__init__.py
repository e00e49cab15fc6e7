"""What takes too long for every run of the tests: `python -m tests.long`, from the root of the repository."""
