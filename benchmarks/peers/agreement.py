"""Are the peers' clinics one clinic, and as theory knows it? And what does iopsim's model do otherwise?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from peers import by_design
from peers import clinic as c
from peers.in_simpy import told

LARGEST = 4.0
"""Standard errors by which nothing that is alike, or known, comes out: chance would do so once in 16,000."""

NUMBERS = list(c.Told().numbers())

LADDER = {
    "whole days": by_design.WHOLE_DAYS,
    "weekly reviews": by_design.WEEKLY_REVIEWS,
    "step-down dropout": by_design.AS_IOPSIM,
}
"""What iopsim does otherwise, one after the other; each has what comes before it too."""


def column(several: Sequence[c.Told], name: str) -> list[float]:
    """Return one number of some replications."""
    return [one.numbers()[name] for one in several]


def mean_of(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard error."""
    return fmean(values), stdev(values) / math.sqrt(len(values))


def in_words(values: Sequence[float], sign: str = "") -> str:
    """Return a mean with its 95 % interval."""
    mean, error = mean_of(values)
    return f"{mean:{sign}.2f} +- {1.96 * error:.2f}"


def equal(peers: Mapping[str, Sequence[c.Told]]) -> int:
    """Return in how many replications all peers, given the same seed, tell the same to nine digits."""
    return sum(
        all(
            math.isclose(one.numbers()[name], each[0].numbers()[name], rel_tol=1e-9) for one in each for name in NUMBERS
        )
        for each in zip(*peers.values(), strict=True)
    )


def apart(one: Sequence[c.Told], other: Sequence[c.Told], name: str) -> float:
    """Return by how many standard errors two means differ, of replications that share no random numbers."""
    (mean, error), (mean_too, error_too) = mean_of(column(one, name)), mean_of(column(other, name))
    return (mean_too - mean) / math.hypot(error, error_too)


def differences(before: Sequence[c.Told], after: Sequence[c.Told], name: str) -> list[float]:
    """Return by how much the same replications differ."""
    return [b - a for a, b in zip(column(before, name), column(after, name), strict=True)]


def from_theory(several: Sequence[c.Told]) -> dict[str, float]:
    """Return by how many standard errors a peer is from what theory knows.

    Of referrals, the mean. Of those who renege, and of those who drop out, that each day of somebody who could has the
    same hazard: their number less hazard times days has mean zero, however full the clinic is.
    """
    reneging = [one.reneged - c.RUN_DAYS * one.waitlist / c.PATIENCE_DAYS for one in several]
    dropping_out = [one.dropped_out - c.RUN_DAYS * one.census / c.DROPOUT_DAYS for one in several]
    expected = {
        "referrals": (column(several, "referred"), c.REFERRALS_PER_DAY * c.RUN_DAYS),
        "reneging for each day on the waitlist": (reneging, 0.0),
        "dropping out for each day in a seat": (dropping_out, 0.0),
    }
    return {what: (mean_of(values)[0] - truth) / mean_of(values)[1] for what, (values, truth) in expected.items()}


def designs(luck: Sequence[list[by_design.Luck]]) -> dict[str, list[c.Told]]:
    """Return what the textbook's clinic tells with iopsim's cards, and with each step from there to iopsim's model."""
    ladder = {"textbook": by_design.TEXTBOOK, **LADDER}
    return {name: [told(by_design.run(design, people)) for people in luck] for name, design in ladder.items()}
