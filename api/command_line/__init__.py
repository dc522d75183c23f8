"""The command line: `qian`. Its commands call the same use cases as every other door, under a staff token."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from api.command_line.app import run

    sys.exit(run(sys.argv[1:]))
