"""`iopsim schema`: what an editor needs to know about scenario files."""

from __future__ import annotations

import sys

from iopsim.scenario.schema import schema_text


def schema() -> None:
    """Print the JSON Schema of scenario files."""
    sys.stdout.write(schema_text())
