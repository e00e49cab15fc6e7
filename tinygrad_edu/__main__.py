"""`python -m tinygrad_edu` is `tinygrad-edu`."""

import sys

from tinygrad_edu.errors import MissingError
from tinygrad_edu.process import run


def main() -> int:
    """Run the command of this process, and return its exit code."""
    try:
        from tinygrad_edu.cli import main as cli
    except MissingError as error:  # a copy of the source that is not installed
        print(f"tinygrad-edu: {error}", file=sys.stderr)
        return 1
    return run(cli.main)


if __name__ == "__main__":
    sys.exit(main())
