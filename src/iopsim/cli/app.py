"""The entry point of `iopsim`: whatever happens, a person sees words and a script sees an exit code."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it."""


def main() -> None:
    """Run the command line."""
    try:
        from iopsim.cli.commands import app

        app()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was written\n")
        sys.exit(INTERRUPTED)
