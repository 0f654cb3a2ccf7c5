"""The entry point of `iopsim`: whatever happens, a person sees words and a script sees an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from iopsim.cli.interrupts import Interrupted, listen, noticed, stop_listening

    try:
        listen()
        from iopsim.cli.showing import app

        app()
    except (Interrupted, Exception) as error:
        stop_listening()
        stop = error if isinstance(error, Interrupted) else noticed[-1] if noticed else None
        if stop is None:
            raise
        from iopsim.cli.wrapping import wrapped

        sys.stderr.write(f"{wrapped(stop.said)}\n")
        sys.exit(stop.code)
