"""`iopsim compare`: two plans or more, side by side and pair by pair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from iopsim.cli.batches import Place, measures, place, precision, report, simulate
from iopsim.cli.console import margin, paragraph, plain, screen
from iopsim.cli.options import Mistakes, with_weeks
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.errors import Problem
from iopsim.experiment.batch import Batch, Plan
from iopsim.experiment.documents import RESULTS, slug
from iopsim.experiment.plan import BOARD
from iopsim.scenario import Resolved, resolve
from iopsim.scenario.words import short

LABELLED = re.compile(r"\s*([A-Za-z0-9_-]{1,40}):\s*(.+)", re.DOTALL)
"""A change of one arm, such as ``bigger: groups.evening.seats=16``."""

BASELINE = "base"


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim compare`."""

    files: Sequence[str]
    changes: Sequence[str]
    measures: Sequence[str]
    replications: str | None
    seed: str
    weeks: str | None
    precision: Sequence[str]
    most: str | None
    stages: str
    confidence: str
    warm_up: str | None
    out: str | None
    workers: str | None
    cluster: str | None
    json: bool
    quiet: bool


def compare(order: Order) -> None:
    """Compare plans.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done.
    Interrupted
        If a person stops it.
    """
    mistakes = Mistakes()
    raise NotImplementedError
