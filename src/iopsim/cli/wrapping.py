"""Messages on stderr: broken between words for a terminal, whatever stands in them."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

NARROWEST = 40
"""Columns below which a message is broken no further."""

USUAL = 80
"""Columns of a terminal that does not say how many it has."""


def wrapped(said: str) -> str:
    """Return a message broken between words for a terminal; elsewhere each problem stays on one line."""
    if "COLUMNS" in os.environ:
        columns = shutil.get_terminal_size().columns
    elif sys.stderr.isatty():
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    else:
        return said
    wrapper = textwrap.TextWrapper(
        max(NARROWEST, columns or USUAL), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(wrapper.fill(line) for line in said.split("\n"))
