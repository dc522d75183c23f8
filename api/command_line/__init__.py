"""The command line: `qian`. Its commands call the same use cases as every other door, under a staff token."""

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # to look for garbage among what is being loaded, all of which stays, takes a fifth of the start
    from api.command_line.app import run

    gc.freeze()
    gc.enable()
    sys.exit(run(sys.argv[1:]))
