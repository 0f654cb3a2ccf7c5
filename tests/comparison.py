"""Comparisons of the simulator with exact answers, with rules switched off by scenario values alone.

Every comparison is a z-test over independent replications of one seed, fixed before the first run. It fails when an
average lies further from the exact answer than chance would take it 7 times in a million (4.5 standard errors; where
the standard error itself is estimated from n replications, Student's quantile of the same probability). Each average is
precise enough to notice the error that its call of `assert_mean` names.
"""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, t

from iopsim.cohort import Cohort, draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import Record
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import from_toml

SEED = 20270104
Z = 4.5
FALSE_ALARM = 2 * norm.sf(Z)

PLAIN = """
name = "Nothing but the rule in question"
opening = 2027-01-04  # a Monday
weeks = 30

[calendar]
holidays = ""

[referrals.door]
per_week = 8.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
weekdays = { Mon = 1.0, Tue = 0.0, Wed = 0.0, Thu = 0.0, Fri = 0.0, Sat = 0.0, Sun = 0.0 }

[assessment]
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
slots_per_day = 500
same_day = true
show_probability_next_day = 1.0
max_rebookings = 0
client_delay = { median_days = 0.0, mean_days = 0.0 }

[placement]
this_program = 1.0
higher = 0.0
lower = 0.0
declined = 0.0

[waitlist]
renege_per_day = 0.0
ready_delay = { median_days = 0.0, mean_days = 0.0 }

[admission]
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

[phases.treatment]
nights_per_week = 1
planned_weeks = 10

[groups.evening]
nights = ["Mon"]
seats = 500

[attendance]
probability = 1.0

[absence_rule]
consecutive = "none"
total = "none"

[leaving]
early_probability = 0.0
dropout_per_week = 0.0
dropout_shape = 1.0
transfer_per_week = 0.0
incarceration_per_week = 0.0
death_per_week = 0.0
other_per_week = 0.0
"""

EVERY_WEEKDAY = {"weekdays": dict.fromkeys(("Mon", "Tue", "Wed", "Thu", "Fri"), 1.0)}
NO_TREATMENT = {"placement": {"this_program": 0.0, "higher": 0.0, "lower": 0.0, "declined": 1.0}}

Changes = Mapping[str, object]
Measured = TypeVar("Measured")

MANY = {"weeks": 10, "referrals.door.per_week": 150.0}
COURT = {"per_week": 150.0, "ramp_weeks": 0, "dispersion": 1.0}
COUNSELOR = {
    "people": 1,
    "caseload": "none",
    "duties": [],
    "sick_days_per_year": 0.0,
    "leave_weeks_per_year": 0,
    "turnover_per_year": 0.0,
}


def rulebook(changes: Changes) -> Rulebook:
    return write(from_toml(PLAIN, changes=changes))


def cohorts(book: Rulebook, blocks: int) -> list[Cohort]:
    return [draw(book, Deck(SEED, block)) for block in range(blocks)]


def each(changes: Changes, blocks: int, measure: Callable[[Record], Measured]) -> list[Measured]:
    """Simulate independent replications and measure each."""
    book = rulebook(changes)
    return [measure(simulate(book, draw(book, Deck(SEED, block)))) for block in range(blocks)]


def assert_mean(found: ArrayLike, expected: float, notices: float, spread: float | None = None) -> None:
    """Hold the mean of independent numbers to what is expected.

    Parameters
    ----------
    found : array_like
        One number for each replication, client or day.
    expected : float
        The exact mean.
    notices : float
        The error that must not escape; the numbers must be many enough for it.
    spread : float, optional
        The exact standard deviation of one number; estimated if left out.
    """
    found = np.asarray(found, dtype=float)
    deviation = found.std(ddof=1) if spread is None else spread
    most = (t.isf(FALSE_ALARM / 2, len(found) - 1) if spread is None else Z) * deviation / sqrt(len(found))
    assert most <= notices, f"{len(found)} numbers can err by {most:.4g}"
    assert abs(found.mean() - expected) <= most, f"{found.mean():.6g} instead of {expected:.6g} +- {most:.2g}"


def assert_share(happened: ArrayLike, expected: float, notices: float) -> None:
    """Hold the share of independent trials in which something happened to its probability."""
    happened = np.asarray(happened)
    if expected in (0.0, 1.0):
        assert (happened == expected).all()
    else:
        assert_mean(happened, expected, notices, spread=sqrt(expected * (1 - expected)))
