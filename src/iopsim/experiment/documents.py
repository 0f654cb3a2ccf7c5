"""Results on disk: a folder with the numbers, the scenario, the charts and the provenance; whole or not at all.

The same run gives the same bytes, whoever ran it with however many workers: no file tells a time, a path or a
number of processes.
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
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from importlib.metadata import version
from pathlib import Path

import numpy as np

import iopsim
from iopsim.errors import IopsimError
from iopsim.experiment.equity import COLUMNS
from iopsim.experiment.result import F64, Result
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.measures.series import MONEY, MONTHLY, WAYS_OUT_NAMES, WEEKLY
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import band

MANIFEST = "manifest.json"
RESULTS = Path("results")

PACKAGES = ("numpy", "scipy", "simpy", "holidays", "matplotlib")
"""Packages whose version may matter to the bytes of a result."""

LONGEST_SLUG = 40

MENDING = "name a new or empty folder with --out"


def run_key(scenario: Scenario, seed: int, replications: int, warm_up: int | None = None) -> str:
    """Return the hash of what a run depends on, 64 hexadecimal digits.

    Parameters
    ----------
    scenario : Scenario
    seed, replications : int
    warm_up : int or None
        Weeks before the mature view; None for the opening view.
    """
    parts = [scenario.hash, str(seed), str(replications), iopsim.__version__]
    if warm_up is not None:
        parts.append(f"warm-up {warm_up}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def default_folder(scenario: Scenario, key: str) -> Path:
    """Return the folder of a run for which none was named: results/, the scenario's name, ten digits of the key."""
    letters = unicodedata.normalize("NFKD", scenario.name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST_SLUG].strip("-")
    return RESULTS / "-".join(part for part in (slug, key[:10]) if part)


def examine(folder: Path, key: str) -> None:
    """Make sure that a run can be saved in a folder, without leaving anything behind.

    Parameters
    ----------
    folder : Path
        New, empty, or holding this very run.
    key : str
        From `run_key`.

    Raises
    ------
    IopsimError
        If the folder holds anything else, or cannot be written to.
    """
    try:
        _refuse_other(folder, key)
        ancestor = folder.resolve()
        while not ancestor.exists():
            ancestor = ancestor.parent
        if not ancestor.is_dir():
            raise IopsimError(f"{folder}: found that {ancestor.name} is a file; {MENDING}")
        near = ancestor if ancestor != folder.resolve() else ancestor.parent
        Path(tempfile.mkdtemp(prefix=".iopsim-", dir=near)).rmdir()
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from None


def save(folder: Path, key: str, files: Mapping[str, bytes]) -> None:
    """Save a run: everything is written beside the folder first, and then takes its place.

    Parameters
    ----------
    folder : Path
        As `examine` has found it; a folder that holds this very run keeps whatever else is in it.
    key : str
        From `run_key`.
    files : mapping of str to bytes
        From `documents`.

    Raises
    ------
    IopsimError
        If the folder holds anything else by now, or cannot be written; nothing is then left behind.
    """
    target = folder.resolve()
    made = [parent for parent in target.parents if not parent.exists()]
    shell = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=target.parent))
        draft = shell / "draft"
        draft.mkdir()  # with the permissions a new folder has; its shell is private
        for name, content in files.items():
            (draft / name).write_bytes(content)
        _refuse_other(folder, key)
        if target.exists() and any(target.iterdir()):
            for name in sorted(files, key=lambda name: name == MANIFEST):
                (draft / name).replace(target / name)
        else:
            draft.replace(target)
    except OSError as error:
        _clear(shell)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise _unwritable(folder, error) from None
    finally:
        _clear(shell)


def save_picture(file: Path, content: bytes) -> None:
    """Save a picture that stands alone, whole or not at all; one of the same name is replaced.

    Parameters
    ----------
    file : Path
    content : bytes

    Raises
    ------
    IopsimError
        If the file cannot be written.
    """
    shell = None
    try:
        target = file.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=target.parent))
        draft = shell / "draft"
        draft.write_bytes(content)
        draft.replace(target)
    except (OSError, ValueError) as error:
        raise _unwritable(file, error) from None
    finally:
        _clear(shell)


def documents(
    result: Result, scenario_toml: str, charts: Mapping[str, bytes], changes: Mapping[str, object] | None = None
) -> dict[str, bytes]:
    """Return every file of a result by name.

    Parameters
    ----------
    result : Result
    scenario_toml : str
        The resolved scenario, so that the run can be repeated from the folder alone.
    charts : mapping of str to bytes
    changes : mapping of str to object, optional
        By dotted path, the values that were changed and do not come from the file.

    Returns
    -------
    dict of str to bytes
        The manifest last; it names the others with their SHA-256.
    """
    files = {
        "scenario.toml": scenario_toml.encode(),
        "measures.csv": _csv(_measures(result)),
        "replications.csv": _csv(_replications(result)),
        "weekly.csv": _csv(_weekly(result)),
        "money.csv": _csv(_money(result)),
        "waits.csv": _csv(_waits(result)),
        "retention.csv": _csv(_retention(result)),
        **_by_group(result),
        **charts,
    }
    manifest = {
        "scenario": result.scenario.name,
        "scenario_hash": result.scenario.hash,
        **({"changes": changes} if changes else {}),
        "seed": result.seed,
        "replications": result.replications,
        "opening": result.scenario.opening.isoformat(),
        "weeks": result.scenario.weeks,
        **({"by": sorted({part.dimension for part in result.partitions})} if result.partitions else {}),
        **mature(result),
        "run_key": run_key(result.scenario, result.seed, result.replications, result.warm_up),
        "iopsim": iopsim.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return {**files, MANIFEST: (json.dumps(manifest, indent=2, default=str) + "\n").encode()}


def mature(result: Result) -> dict[str, int | str]:
    """Return what a document says of a mature view; nothing of an opening view."""
    if result.mature_from is None or result.warm_up is None:
        return {}
    return {"warm_up_weeks": result.warm_up, "mature_from": result.mature_from.isoformat()}


Cell = str | int | float | datetime.date
Rows = Iterable[Sequence[Cell]]


def _measures(result: Result) -> Rows:
    yield "name", "label", "unit", "mean", "low", "high", "p10", "p90", "n", "undefined", "skewness"
    for measure in CATALOGUE:
        yield measure.name, measure.label, measure.unit, *astuple(result.measures[measure.name])


def _replications(result: Result) -> Rows:
    """Every measure of every replication; its value is numerator / denominator, undefined over 0. Money is in cents."""
    yield "replication", "name", "unit", "numerator", "denominator"
    above, below = result.facts.numerators.tolist(), result.facts.denominators.tolist()
    for replication in range(result.replications):
        for column, measure in enumerate(CATALOGUE):
            yield replication, measure.name, _exact(measure), above[replication][column], below[replication][column]


def _exact(measure: Measure) -> str:
    """Return the unit in which a measure is a whole number over a whole number."""
    return "cents" if measure.unit == "usd" else measure.unit


def _by_group(result: Result) -> dict[str, bytes]:
    """Return the files of the measures by group; none, if that was not asked for."""
    if not result.partitions:
        return {}
    return {
        "equity.csv": _csv([COLUMNS, *result.equity.rows()]),
        "equity_replications.csv": _csv(_group_replications(result)),
    }


def _group_replications(result: Result) -> Rows:
    """Every measure of every group and replication, as in `_replications`, and the same of all other clients."""
    yield "replication", "partition", "group", "name", "unit", "numerator", "denominator", "others_num", "others_den"
    columns = [(column, measure.name, _exact(measure)) for column, measure in enumerate(CATALOGUE) if measure.by_group]
    groups = result.equity.groups()
    for replication, facts in enumerate(result.facts.groups.tolist()):
        for (part, group), (mine, others) in zip(groups, facts, strict=True):
            for column, name, unit in columns:
                yield replication, part.name, group, name, unit, *mine[column], *others[column]


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


def _refuse_other(folder: Path, key: str) -> None:
    """Refuse a folder that holds anything but this very run."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise IopsimError(f"{folder}: found a file; {MENDING}")
    if not any(folder.iterdir()):
        return
    held = _held(folder / MANIFEST)
    if held.get("run_key") != key:
        what = "files that are no results of this run"
        if {"scenario_hash", "seed", "replications"} <= set(held):
            run = (
                f"scenario {str(held['scenario_hash'])[:10]}, seed {held['seed']}, {held['replications']} replications"
            )
            if "warm_up_weeks" in held:
                run += f", mature after {held['warm_up_weeks']} weeks"
            what = f"other results ({run})"
        raise IopsimError(f"{folder}: found a folder with {what}; {MENDING}")


def _held(manifest: Path) -> Mapping[str, object]:
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _unwritable(folder: Path, error: Exception) -> IopsimError:
    reason = getattr(error, "strerror", None) or str(error)
    return IopsimError(f"{folder}: found that it cannot be written ({reason}); nothing was written there")


def _clear(shell: Path | None) -> None:
    if shell is not None:
        shutil.rmtree(shell, ignore_errors=True)
