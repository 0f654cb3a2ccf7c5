"""Runs side by side: several results folders as one outcome."""

from __future__ import annotations

from collections.abc import Sequence

from iopsim.errors import IopsimError
from iopsim.experiments.opened import Opened
from iopsim.experiments.outcome import Outcome


def side_by_side(folders: Sequence[Opened]) -> Outcome:
    """Return several runs as the arms of one outcome."""
    raise IopsimError(f"{folders[0].folder}: found single runs; compare them with `iopsim compare`")
