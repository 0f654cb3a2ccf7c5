"""The entry point of `iopsim`: whatever happens, a person sees words and a script sees an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from iopsim.cli.interrupts import Interrupted, listen, stop_listening

    try:
        listen()
        from iopsim.cli.commands import app

        app()
    except Interrupted as stop:
        stop_listening()
        sys.stderr.write(f"{stop.said}\n")
        sys.exit(stop.code)
