"""Results on disk: a folder with the numbers, the scenario, the charts and the provenance; whole or not at all.

The same run gives the same bytes, whoever ran it with however many workers: no file tells a time, a path or a
number of processes. A run that stopped where it was precise enough is that of as many replications: its manifest alone
says more, and which engine simulated.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import math
import platform
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple
from importlib.metadata import version
from pathlib import Path

import numpy as np

import iopsim
from iopsim.experiments.assumptions import ASSUMPTIONS, assumption_rows
from iopsim.experiments.batch_tables import csv_text, fractions_file, tables_of
from iopsim.experiments.engine import compilers
from iopsim.experiments.equity import COLUMNS
from iopsim.experiments.ignorance import input_rows, spread_rows
from iopsim.experiments.result import F64, Result
from iopsim.experiments.uncertainty import Inputs
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import MONEY, MONTHLY, WAYS_OUT_NAMES, WEEKLY
from iopsim.scenario import Resolved, resolved_toml
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import changed
from iopsim.stats.intervals import band
from iopsim.store.folder import FORMAT, MANIFEST

RESULTS = Path("results")

TABLES = "tables"
"""Where the Parquet files of a run are."""

PACKAGES = ("numpy", "scipy", "simpy", "holidays", "matplotlib", "pyarrow")
"""Packages whose version may matter to the bytes of a result."""

LONGEST_SLUG = 40


def run_key(
    scenario: Scenario,
    seed: int,
    replications: int,
    warm_up: int | None = None,
    inputs: Inputs | None = None,
    by: Collection[str] = (),
) -> str:
    """Return the hash of what a run depends on, 64 hexadecimal digits.

    Parameters
    ----------
    scenario : Scenario
    seed, replications : int
    warm_up : int or None
        Weeks before the mature view; None for the opening view.
    inputs : Inputs or None
        Inputs that are drawn.
    by : collection of str
        By what clients are told apart: some of `iopsim.measures.partition.DIMENSIONS`, in any order.
    """
    parts = [scenario.hash, str(seed), str(replications), iopsim.__version__]
    if warm_up is not None:
        parts.append(f"warm-up {warm_up}")
    if inputs is not None:
        parts.append(f"inputs {inputs.hash}")
    if by:
        parts.append(f"by {', '.join(sorted(set(by)))}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def default_folder(scenario: Scenario, key: str) -> Path:
    """Return the folder of a run for which none was named: results/, the scenario's name, ten digits of the key."""
    return folder_of(scenario.name, key)


def folder_of(name: str, key: str) -> Path:
    """Return a folder under results/: a name in plain letters, ten digits of a key."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST_SLUG].strip("-")
    return RESULTS / "-".join(part for part in (slug, key[:10]) if part)


def documents(result: Result, resolved: Resolved, charts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every file of a result by name.

    Parameters
    ----------
    result : Result
    resolved : Resolved
        Its scenario with the origin of every value, so that the run can be repeated from the folder alone.
    charts : mapping of str to bytes

    Returns
    -------
    dict of str to bytes
        The manifest last; it names the others with their SHA-256.
    """
    since = 7 * (result.warm_up or 0)
    tables = tables_of(result.facts, result.scenario, since, result.partitions)
    changes = changed(resolved)
    files = {
        "scenario.toml": resolved_toml(resolved).encode(),
        ASSUMPTIONS: csv_text(assumption_rows(resolved)).encode(),
        "measures.csv": _csv(_measures(result)),
        "weekly.csv": _csv(_weekly(result)),
        "money.csv": _csv(_money(result)),
        "waits.csv": _csv(_waits(result)),
        "retention.csv": _csv(_retention(result)),
        **_by_group(result),
        **_of_ignorance(result),
        **{f"{TABLES}/{name}": content for name, content in tables.items()},
        **charts,
    }
    manifest = {
        "kind": "run",
        "format": FORMAT,
        "scenario": result.scenario.name,
        "scenario_hash": result.scenario.hash,
        **({"changes": changes} if changes else {}),
        "seed": result.seed,
        "replications": result.replications,
        "opening": result.scenario.opening.isoformat(),
        "weeks": result.scenario.weeks,
        **({"by": sorted({part.dimension for part in result.partitions})} if result.partitions else {}),
        **mature(result),
        **uncertain(result),
        **precision(result),
        **engines(result),
        "run_key": _key(result),
        "iopsim": iopsim.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        **compilers(result.engine),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return {**files, MANIFEST: (json.dumps(manifest, indent=2, default=str) + "\n").encode()}


def _key(result: Result) -> str:
    by = {part.dimension for part in result.partitions}
    return run_key(result.scenario, result.seed, result.replications, result.warm_up, _inputs(result), by)


def mature(result: Result) -> dict[str, int | str]:
    """Return what a document says of a mature view; nothing of an opening view."""
    if result.mature_from is None or result.warm_up is None:
        return {}
    return {"warm_up_weeks": result.warm_up, "mature_from": result.mature_from.isoformat()}


def uncertain(result: Result) -> dict[str, object]:
    """Return what a document says of drawn inputs; nothing where there are none."""
    found = result.ignorance
    if found is None:
        return {}
    return {
        "uncertain": {"unknowns": len(found.inputs.known), "inputs": found.inputs.hash, "refused_draws": found.refused}
    }


def precision(result: Result) -> dict[str, object]:
    """Return what a document says of a precision that was asked for; nothing where none was."""
    if result.sought is None or result.looked is None:
        return {}
    return {"precision": result.looked.described(result.sought)}


def engines(result: Result) -> dict[str, str]:
    """Return what a document says of the engine; nothing where it is not known."""
    return {"engine": result.engine, "engine_asked": result.engine_asked} if result.engine else {}


def _inputs(result: Result) -> Inputs | None:
    return None if result.ignorance is None else result.ignorance.inputs


def _of_ignorance(result: Result) -> dict[str, bytes]:
    """Return what a run with drawn inputs has beside others: the inputs, and what tells luck and ignorance apart."""
    found = result.ignorance
    if found is None:
        return {}
    refused = [(at, why) for at, (_, reasons) in enumerate(found.drawn) for why in reasons]
    return {
        "inputs.csv": _csv(input_rows(found)),
        "refused.csv": _csv([("replication", "reason"), *refused]),
        "uncertainty.csv": _csv(spread_rows(found)),
        f"{TABLES}/twins.parquet": fractions_file(found.twins),
        f"{TABLES}/fixed.parquet": fractions_file(found.fixed),
    }


Cell = str | int | float | datetime.date
Rows = Iterable[Sequence[Cell]]


def _measures(result: Result) -> Rows:
    yield "name", "label", "unit", "mean", "low", "high", "p10", "p90", "n", "undefined", "skewness"
    for measure in CATALOGUE:
        yield measure.name, measure.label, measure.unit, *astuple(result.measures[measure.name])


def _by_group(result: Result) -> dict[str, bytes]:
    """Return the measures by group; nothing, if that was not asked for."""
    return {"equity.csv": _csv([COLUMNS, *result.equity.rows()])} if result.partitions else {}


def _weekly(result: Result) -> Rows:
    """Weeks count from 1, the opening; clients are means over the days of a week, seats are seat-nights of a week."""
    series = {name: result.weekly(name) for name in WEEKLY}
    series |= {f"{name}_share": result.seat_share(name) for name in ("seats_taken", "seats_attended")}
    yield "week", "date", *_headings(series)
    for week, row in zip(result.weeks, _bands(series), strict=True):
        yield week + 1, result.week_start(week), *row


def _money(result: Result) -> Rows:
    """In dollars by week, 1 for the opening week, 0 and less before it: cash at its end, revenue and cost in it."""
    series = {name: result.money(name) for name in MONEY}
    yield "week", "date", *_headings(series)
    for week, row in enumerate(_bands(series), start=-result.weeks_before):
        yield week + 1, result.week_start(week), *row


def _waits(result: Result) -> Rows:
    """By month of referral: clients counted, clients who came within 90 days, and their mean wait."""
    series = {name: result.monthly(name) for name in MONTHLY}
    yield "month", *_headings(series)
    for month, row in zip(result.months, _bands(series), strict=True):
        yield f"{result.month_start(month):%Y-%m}", *row


def _retention(result: Result) -> Rows:
    """By week since admission: share of clients who had left by each way out, and share still in program."""
    ways = (*WAYS_OUT_NAMES, "in_program")
    series = {name: result.retention[:, row, :] for row, name in enumerate(ways)}
    yield "week", *_headings(series)
    for week, row in enumerate(_bands(series)):
        yield week, *row


def _headings(series: Iterable[str]) -> list[str]:
    return [f"{name}_{part}" for name in series for part in ("mean", "p10", "p90")]


def _bands(series: Mapping[str, F64]) -> list[list[float]]:
    """Return a row for each column of the series: mean, 10th and 90th percentile of each, one after the other."""
    bands = np.array([band(values) for values in series.values()])
    rows: list[list[float]] = bands.reshape(-1, bands.shape[-1]).T.tolist()
    return rows


def _csv(rows: Rows) -> bytes:
    """Return a table as a file: comma-separated, UTF-8, numbers in full, empty where nothing can be told."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row])
    return text.getvalue().encode()
