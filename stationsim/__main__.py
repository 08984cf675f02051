"""The ``stationsim`` command: thin, so that ``stationsim --help`` answers at once."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # One BLAS thread: the matrices here are 2 by 2, and a thread pool costs more than it gives.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from stationsim.cli import run_command_line

        code = run_command_line(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line took over
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
