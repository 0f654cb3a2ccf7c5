"""The finding in one sentence, for whoever reads no further; it says no more than the intervals do."""

from __future__ import annotations

from iopsim.report.numbers import Reading
from iopsim.report.subject import Subject

HALF, NEAR = 0.5, 0.1
"""A share, and how far from it an interval may reach that is still said to be about that."""


def lead(subject: Subject) -> str:
    """Return what happens in a sentence; nothing of a batch, of one replication, or where nobody comes.

    Parameters
    ----------
    subject : Subject
    """
    if subject.outcome is not None or subject.nobody_comes or subject.result.replications == 1:
        return ""
    measures = subject.measures
    parts = [
        part
        for part in (_access(measures["started_in_time_share"]), _seats(measures["ever_full_share"]), _money(subject))
        if part
    ]
    if not parts:
        return ""
    said = ", and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
    return f"{said[0].upper()}{said[1:]}."


def _access(one: Reading) -> str:
    if not one.sure:
        return ""
    if one.summary.high < HALF:
        return "fewer than half of the people referred start in time"
    if one.summary.low > HALF:
        return "more than half of the people referred start in time"
    if one.summary.low >= HALF - NEAR and one.summary.high <= HALF + NEAR:
        return "about half of the people referred start in time"
    return "whether more than half of the people referred start in time cannot be told"


def _seats(one: Reading) -> str:
    if not one.sure:
        return ""
    if one.summary.high == 0.0:
        return "the groups do not fill"
    if one.summary.low > HALF:
        return "the groups fill at some time" if one.summary.mean < 1.0 else "the groups fill"
    return "the groups seldom fill" if one.summary.high < HALF else "whether the groups fill is a matter of luck"


def _money(subject: Subject) -> str:
    margin = subject.measures["margin_usd"]
    if not subject.pays or not margin.sure:
        return ""
    if margin.summary.high < 0.0:
        return "the program costs more than it earns"
    if margin.summary.low > 0.0:
        return "the program earns more than it costs"
    return "whether the program covers its cost cannot be told"
