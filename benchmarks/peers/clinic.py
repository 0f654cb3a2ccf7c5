"""The clinic that every peer can express, as numbers, and what each tells of a replication of it.

Poisson referrals to one assessor, an assessment a day; 60 % are placed here and wait for one of 24 seats, first come,
first served, with exponential patience; they stay until they drop out, at a constant hazard, or 16 weeks are over.
Who has dropped out is gone; who has stayed goes on to one of 15 step-down seats, and keeps the old seat until one is
free. At five referrals a week, three are placed here, for whom 28.6 seats would be needed: the clinic is full.

Times are days from the opening, when nobody is there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

WEEK = 7.0
RUN_DAYS = 104 * WEEK
REFERRALS_PER_DAY = 5 / WEEK
ASSESSORS = 1
ASSESSMENT_DAYS = 1.0
PLACED_HERE = 0.6
PATIENCE_DAYS = 6 * WEEK
"""Mean of an exponential distribution."""
SEATS = 24
DROPOUT_DAYS = 14 * WEEK
"""Mean of an exponential distribution; a stay is that or the planned one, whichever is shorter."""
PLANNED_DAYS = 16 * WEEK
STEP_DOWN_SEATS = 15
STEP_DOWN_DAYS = 8 * WEEK


@dataclass
class Told:
    """What a replication tells: clients counted up to the end of the run, and means over its days."""

    referred: float = 0.0
    assessed: float = 0.0
    reneged: float = 0.0
    admitted: float = 0.0
    dropped_out: float = 0.0
    completed: float = 0.0
    """Who has finished step-down."""
    waitlist: float = 0.0
    """Mean number of clients on it."""
    census: float = 0.0
    """Mean number of the 24 seats taken."""
    step_down_census: float = 0.0
    days_waited: float = 0.0
    """Mean from assessment to admission, of those admitted."""

    def numbers(self) -> dict[str, float]:
        """Return all by name."""
        return asdict(self)


def mean_taken(stays: list[tuple[float, float | None]]) -> float:
    """Return how many were there in the mean over the run, from when each came and left; None is not yet."""
    return sum((RUN_DAYS if end is None else end) - begin for begin, end in stays) / RUN_DAYS
