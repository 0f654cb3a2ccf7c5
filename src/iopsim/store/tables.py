"""Tables: facts as a reader of Parquet wants them - one row a replication, a week, a month - and back as whole numbers.

Of a replication that failed there is a row without values in `measures` and `fractions`, and none elsewhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iopsim.events import Activity
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.measures.measure import CENTS
from iopsim.measures.partition import Partition
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.measures.series import MONEY, MONTHLY, WAYS_OUT_NAMES, WEEKLY
from iopsim.record import I64, NEVER, Exit
from iopsim.store.part import Part

if TYPE_CHECKING:
    import pyarrow as pa

CLIENT_DAYS = {name for name in WEEKLY if not name.startswith(("seats", "nights", "minutes"))}
"""Weekly series that are counted in client-days and told as clients per day."""

NAMED = {"source": "sources", "payer": "payers", "group": "groups"}
"""Columns of numbers that stand for names of the scenario."""


ENDS = ("numerator", "denominator")

WHOSE = ("", "others_")
"""Of a group of clients, and of everybody else."""

SPENT = "spent_usd"
"""Of a run without payers: what was spent up to the end of a week."""

OF_A_ROLE = {name: f"{name}_client_days" if "carr" in name else f"{name}_minutes" for name in STAFF}
"""Columns of the table of staff, with their units."""

LAST_DATE = np.datetime64("9999-12-31", "D")
"""What lies beyond it - a relapse of one who is as good as cured - has no date."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the facts of a point are about: its calendar and its names.

    Parameters
    ----------
    opening : datetime.date
    since : int
        First day that counts, days since the opening; a whole number of weeks.
    weeks : int
        Weeks of the run.
    has_payers : bool
        Without payers what comes in cannot be told.
    partitions : tuple of Partition
        By what clients are told apart.
    names : mapping of str to sequence of str
        ``sources``, ``payers``, ``groups``, ``nights`` (of the week) and ``roles``, in the order of the numbers of the
        Record.
    """

    opening: datetime.date
    since: int
    weeks: int
    has_payers: bool
    partitions: tuple[Partition, ...]
    names: Mapping[str, Sequence[str]]

    def week_start(self, week: int) -> datetime.date:
        """Return the first day of a week; week 0 begins at the opening."""
        return self.opening + datetime.timedelta(weeks=week)

    def months(self, n: int) -> list[datetime.date]:
        """Return the first days of n calendar months, from that of the first day that counts on."""
        first = self.opening + datetime.timedelta(days=self.since)
        months = [divmod(first.month - 1 + k, 12) for k in range(n)]
        return [datetime.date(first.year + years, index + 1, 1) for years, index in months]


def tables(part: Part, frame: Frame) -> Iterator[tuple[str, pa.Table]]:
    """Return the tables of a part, each with its name; the same names for every part of a point that has facts.

    Parameters
    ----------
    part : Part
    frame : Frame
        Of its point.
    """
    yield "measures", measures(part)
    yield "fractions", fractions(part)
    if part.facts is None:
        return
    numbers = np.array(part.numbers, dtype=np.int64)
    yield "weekly", weekly(part.facts, numbers, frame)
    yield "money", money(part.facts, numbers, frame)
    yield "waits", waits(part.facts, numbers, frame)
    yield "retention", retention(part.facts, numbers)
    yield "nights", nights(part.facts, numbers, frame)
    yield "staff", staff(part.facts, numbers, frame)
    if frame.partitions:
        yield "groups", groups(part.facts, numbers, frame)
    for name, columns in part.tables.items():
        yield name, _kept(name, columns, frame)


def measures(part: Part) -> pa.Table:
    """Return a row for each replication and a column for each measure, in its unit; no value where it is undefined."""
    import pyarrow as pa  # slow to import

    rows = _fractions(part)
    columns = {m.name: pa.array(m.values(rows[:, k]), from_pandas=True) for k, m in enumerate(CATALOGUE)}
    return pa.table({"replication": np.arange(part.first, part.last), **columns})


def fractions(part: Part) -> pa.Table:
    """Return the same exactly: numerator and denominator of each measure, money in cents; undefined over 0."""
    import pyarrow as pa  # slow to import

    rows = _fractions(part)
    columns = {f"{m.name}_{end}": rows[:, k, at] for k, m in enumerate(CATALOGUE) for at, end in enumerate(ENDS)}
    return pa.table({"replication": np.arange(part.first, part.last), **columns})


def weekly(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication and week, which counts from 1, the opening.

    Clients per day, seat-nights, group nights and minutes, as in `iopsim.measures.series.WEEKLY`.
    """
    first = frame.since // 7
    columns = {
        name: facts.weekly[:, k, :].reshape(-1) / (7 if name in CLIENT_DAYS else 1) for k, name in enumerate(WEEKLY)
    }
    return _by_week(numbers, range(first, first + facts.weekly.shape[2]), frame, columns)


def money(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication and week, 0 and less before the opening: dollars, cash at its end.

    Without payers it is what was spent up to its end, and the cost of the week.
    """
    n = facts.money.shape[2]
    cash, revenue, cost = (facts.money[:, k, :].reshape(-1) / CENTS for k in range(len(MONEY)))
    told = {"cash_usd": cash, "revenue_usd": revenue} if frame.has_payers else {SPENT: -cash}
    told["cost_usd"] = cost
    return _by_week(numbers, range(frame.weeks - n, frame.weeks), frame, told)


def waits(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication and month of referral: clients, and sums of days over those who came."""
    import pyarrow as pa  # slow to import

    n = facts.monthly.shape[2]
    columns = {name: facts.monthly[:, k, :].reshape(-1) for k, name in enumerate(MONTHLY)}
    months = pa.array(frame.months(n) * len(numbers), pa.date32())
    return pa.table({"replication": np.repeat(numbers, n), "month": months, **columns})


def retention(facts: Facts, numbers: I64) -> pa.Table:
    """Return a row for each replication and week since admission: clients gone by each way out, and all admitted."""
    import pyarrow as pa  # slow to import

    n = facts.retention.shape[2]
    columns = {name: facts.retention[:, k, :].reshape(-1) for k, name in enumerate((*WAYS_OUT_NAMES, "admitted"))}
    weeks = np.tile(np.arange(n), len(numbers))
    return pa.table({"replication": np.repeat(numbers, n), "week": weeks, **columns})


def nights(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication, group night of the week and week: seat-nights held, enrolled and attended.

    And the number of nights cancelled.
    """
    columns = {name: facts.nights[:, k].reshape(-1) for k, name in enumerate(NIGHTS)}
    return _by_name_and_week("night", frame.names["nights"], facts.nights.shape[3], numbers, frame, columns)


def staff(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication, role and week: minutes of work and client-days of the caseload."""
    columns = {OF_A_ROLE[name]: facts.staff[:, k].reshape(-1) for k, name in enumerate(STAFF)}
    return _by_name_and_week("role", frame.names["roles"], facts.staff.shape[3], numbers, frame, columns)


def groups(facts: Facts, numbers: I64, frame: Frame) -> pa.Table:
    """Return a row for each replication and group of clients: numerators and denominators, and those of all others."""
    import pyarrow as pa  # slow to import

    told = [(part.name, group) for part in frame.partitions for group in part.groups]
    rows, n = facts.groups, len(numbers)
    columns: dict[str, object] = {
        "replication": np.repeat(numbers, len(told)),
        "partition": [name for name, _ in told] * n,
        "group": [group for _, group in told] * n,
    }
    for (where, whose), (k, measure), (at, end) in product(enumerate(WHOSE), enumerate(CATALOGUE), enumerate(ENDS)):
        if measure.by_group:
            columns[f"{whose}{measure.name}_{end}"] = rows[:, :, where, k, at].reshape(-1)
    return pa.table(columns)


def restored(arm: Mapping[str, pa.Table], partitions: Sequence[Partition] = ()) -> Facts:
    """Return the facts that were written as tables; what failed has no row.

    Parameters
    ----------
    arm : mapping of str to pyarrow.Table
        `fractions`, `weekly`, `money`, `waits`, `retention`, `nights` and `staff`, and `groups` where clients were told
        apart; whole.
    partitions : sequence of Partition
        By what they were told apart.
    """
    told = np.array(arm["weekly"]["replication"].unique().to_numpy(), dtype=np.int64)
    n = len(told)
    rows = np.isin(arm["fractions"]["replication"].to_numpy(), told)
    measured = fractions_of(arm["fractions"])[rows]
    by_week = np.stack([_exact(arm["weekly"][s], 7 if s in CLIENT_DAYS else 1).reshape(n, -1) for s in WEEKLY], axis=1)
    weeks = by_week.shape[2]
    months = np.stack([_exact(arm["waits"][name], 1).reshape(n, -1) for name in MONTHLY], axis=1)
    left = [_exact(arm["retention"][name], 1).reshape(n, -1) for name in (*WAYS_OUT_NAMES, "admitted")]
    by_night = [_exact(arm["nights"][name], 1).reshape(n, -1, weeks) for name in NIGHTS]
    by_role = [_exact(arm["staff"][OF_A_ROLE[name]], 1).reshape(n, -1, weeks) for name in STAFF]
    return Facts(
        numerators=np.ascontiguousarray(measured[..., 0]),
        denominators=np.ascontiguousarray(measured[..., 1]),
        weekly=by_week,
        monthly=months,
        retention=np.stack(left, axis=1),
        money=_money_of(arm["money"], n),
        nights=np.stack(by_night, axis=1),
        staff=np.stack(by_role, axis=1),
        groups=_groups_of(arm["groups"], n) if partitions else np.empty((n, 0, 2, len(CATALOGUE), 2), dtype=np.int64),
    )


def fractions_of(table: pa.Table) -> I64:
    """Return numerators and denominators of a table of fractions; shape (replications, measures, 2)."""
    ends = [np.stack([table[f"{m.name}_{end}"].to_numpy() for m in CATALOGUE], axis=1) for end in ENDS]
    return np.asarray(np.stack(ends, axis=-1), dtype=np.int64)


def _money_of(table: pa.Table, n: int) -> I64:
    if SPENT in table.column_names:
        spent, cost = (_exact(table[name], CENTS).reshape(n, -1) for name in (SPENT, "cost_usd"))
        return np.stack([-spent, np.zeros_like(cost), cost], axis=1)
    return np.stack([_exact(table[f"{name}_usd"], CENTS).reshape(n, -1) for name in MONEY], axis=1)


def _groups_of(table: pa.Table, n: int) -> I64:
    found = np.zeros((table.num_rows, 2, len(CATALOGUE), 2), dtype=np.int64)
    for (where, whose), (k, measure), (at, end) in product(enumerate(WHOSE), enumerate(CATALOGUE), enumerate(ENDS)):
        if measure.by_group:
            found[:, where, k, at] = table[f"{whose}{measure.name}_{end}"].to_numpy()
    return found.reshape(n, -1, *found.shape[1:])


def _exact(column: pa.ChunkedArray, factor: int) -> I64:
    return np.asarray(np.rint(column.to_numpy() * factor), dtype=np.int64)


def _fractions(part: Part) -> I64:
    """Return numerators and denominators of every replication of a part, 0 where it failed."""
    rows = np.zeros((len(part), len(CATALOGUE), 2), dtype=np.int64)
    if part.facts is not None:
        at = np.array(part.numbers) - part.first
        rows[at, :, 0], rows[at, :, 1] = part.facts.numerators, part.facts.denominators
    return rows


def _by_week(
    numbers: I64, weeks: range, frame: Frame, columns: Mapping[str, NDArray[np.float64] | NDArray[np.int64]]
) -> pa.Table:
    import pyarrow as pa  # slow to import

    dates = pa.array([frame.week_start(week) for week in weeks] * len(numbers), pa.date32())
    called = np.tile(np.arange(weeks.start, weeks.stop) + 1, len(numbers))
    return pa.table({"replication": np.repeat(numbers, len(weeks)), "week": called, "date": dates, **columns})


def _by_name_and_week(
    what: str, names: Sequence[str], weeks: int, numbers: I64, frame: Frame, columns: Mapping[str, I64]
) -> pa.Table:
    """Return a row for each replication, name and week of those that count."""
    import pyarrow as pa  # slow to import

    n = len(numbers)
    called = np.arange(frame.weeks - weeks, frame.weeks)
    dates = np.datetime64(frame.opening, "D") + 7 * called
    told = {
        "replication": np.repeat(numbers, len(names) * weeks),
        what: _words(np.tile(np.repeat(np.arange(len(names)), weeks), n), names),
        "week": np.tile(called + 1, n * len(names)),
        "date": pa.array(np.tile(dates, n * len(names)), pa.date32()),
    }
    return pa.table({**told, **{name: values.astype(np.int32) for name, values in columns.items()}})


def _kept(name: str, columns: Mapping[str, I64], frame: Frame) -> pa.Table:
    """Return a table of the Record with names for numbers, dates for days, and no value for what did not happen."""
    import pyarrow as pa  # slow to import

    told: dict[str, pa.Array] = {"replication": pa.array(columns["replication"])}
    if name == "clients":
        told["client"] = pa.array(_counted(columns["replication"]))
    for column, values in columns.items():
        if column != "replication":
            told[column] = _told(column, values, frame)
    return pa.table(told)


def _told(column: str, values: I64, frame: Frame) -> pa.Array:
    import pyarrow as pa  # slow to import

    if column in NAMED:
        return _words(values, frame.names[NAMED[column]])
    if column == "exit":
        return _words(values, [place.name.lower() for place in Exit])
    if column == "activity":
        return _words(values, [activity.name.lower() for activity in Activity])
    if column == "day" or column.endswith("_day"):
        opening = np.datetime64(frame.opening, "D")
        never = (values == NEVER) | (values > (LAST_DATE - opening).astype(np.int64))
        return pa.array(opening + np.where(never, 0, values).astype("timedelta64[D]"), mask=never)
    return pa.array(values)


def _words(numbers: I64, names: Sequence[str]) -> pa.Array:
    """Return names for numbers; none for -1, nor where there are no names."""
    import pyarrow as pa  # slow to import

    known = (numbers >= 0) & (numbers < len(names))
    index = pa.array(np.where(known, numbers, 0).astype(np.int32), mask=~known)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(names), pa.string()))


def _counted(replications: I64) -> I64:
    """Return the place of each row within its replication, from 0."""
    begins = np.searchsorted(replications, replications)
    return np.asarray(np.arange(len(replications)) - begins, dtype=np.int64)
