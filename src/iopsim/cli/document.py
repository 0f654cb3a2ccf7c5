"""The document that `--json` prints."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import iopsim
from iopsim.experiments.documents import engines, mature, precision, uncertain
from iopsim.experiments.equity import COLUMNS
from iopsim.experiments.ignorance import spread_rows
from iopsim.experiments.result import Result
from iopsim.measures.catalogue import CATALOGUE


def document(result: Result, folder: Path | None) -> str:
    """Return a result as one JSON document; what cannot be told is null.

    Parameters
    ----------
    result : Result
    folder : Path or None
        Where the files went.
    """
    content = {
        "scenario": result.scenario.name,
        "scenario_hash": result.scenario.hash,
        "seed": result.seed,
        "replications": result.replications,
        "weeks": result.scenario.weeks,
        **mature(result),
        **uncertain(result),
        **precision(result),
        **engines(result),
        "iopsim": iopsim.__version__,
        "measures": [
            {
                "name": measure.name,
                "label": measure.label,
                "unit": measure.unit,
                **{key: _known(value) for key, value in asdict(result.measures[measure.name]).items()},
            }
            for measure in CATALOGUE
        ],
        "bottlenecks": [
            {
                "resource": found.resource,
                "tightest_in": found.tightest_in,
                "first_week": None if found.first_week is None else found.first_week + 1,
                "worst_week": found.worst_week + 1,
                "held_back": found.held_back,
                "weeks": found.weeks,
                "mean": found.mean,
                "median": found.median,
                "without_assessors": found.without_assessors,
            }
            for found in result.bottlenecks
        ],
        **_by_group(result),
        **_luck_and_ignorance(result),
        "out": None if folder is None else str(folder),
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _by_group(result: Result) -> dict[str, object]:
    """Return the measures by group; nothing, if that was not asked for."""
    if not result.partitions:
        return {}
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in result.equity.rows())
    return {"equity": [{key: _told(value) for key, value in row.items()} for row in rows]}


def _luck_and_ignorance(result: Result) -> dict[str, object]:
    """Return luck and ignorance of each measure; nothing where no inputs are drawn."""
    if result.ignorance is None:
        return {}
    heads, *rows = spread_rows(result.ignorance)
    return {"spreads": [{str(key): _told(value) for key, value in zip(heads, row, strict=True)} for row in rows]}


def _told(value: str | float) -> str | float | None:
    return value or None if isinstance(value, str) else _known(value)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
