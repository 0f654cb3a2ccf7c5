"""`iopsim schema`: all that a scenario file may say, for an editor or for a person."""

from __future__ import annotations

import sys


def schema(markdown: bool) -> None:
    """Print what a scenario file may say.

    Parameters
    ----------
    markdown : bool
        As a list of tables and fields to read, in place of the JSON Schema.
    """
    if markdown:
        from iopsim.scenario.listing import listing

        sys.stdout.write(listing())
    else:
        from iopsim.scenario.schema import schema_text

        sys.stdout.write(schema_text())
