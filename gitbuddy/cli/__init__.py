"""The command line: thin click commands over `wiring`. Nothing heavy is imported before a command needs it.

May import everything. `main` is the only place that turns errors into exit codes.
"""

from __future__ import annotations

import gc
import os
import sys

from gitbuddy import __version__


def main() -> None:
    """Entry point of `git-buddy`."""
    if sys.argv[1:] == ["--version"]:
        print(f"git-buddy {__version__}")  # noqa: T201 - answered before anything is imported
        return
    if sys.argv[1:2] in (["fix-lint"], ["hook"]):
        gc.disable()  # a hook is over before there is anything to collect
        from gitbuddy.cli.quick import nothing_to_do

        try:
            if nothing_to_do(sys.argv[1:]):
                os._exit(0)  # nothing was printed, and taking everything apart again is a tenth of all that we cost
        except KeyboardInterrupt:
            sys.exit(130)
        gc.enable()
    from gitbuddy.cli.root import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))
