"""`iopsim init`: a commented file to start from."""

from __future__ import annotations

import shlex
import sys

from iopsim.cli.console import plain
from iopsim.scenario import write_starter


def init(new: str) -> None:
    """Write a scenario file to start from.

    Parameters
    ----------
    new : str
        A file that does not exist yet.

    Raises
    ------
    IopsimError
        If it exists, or cannot be written.
    """
    name = shlex.quote(plain(str(write_starter(new))))
    sys.stdout.write(f"wrote {name}\nnext: iopsim check {name}\n")
