"""The finding in one sentence, for whoever reads no further; it says no more than the intervals do."""

from __future__ import annotations

from markupsafe import Markup

from iopsim.experiments.seat_use import QUARTER, late_shares
from iopsim.measures.capacity import seats_taken_share
from iopsim.report.numbers import Reading, counted, fact, told_to
from iopsim.report.subject import Subject
from iopsim.stats.intervals import Summary, summarize

HALF, NEAR = 0.5, 0.05
"""A share, and how far from it an interval may reach that is still said to be about that."""


def lead(subject: Subject) -> Markup | str:
    """Return what happens in a sentence; nothing of a batch, of one replication, or where nobody comes.

    Parameters
    ----------
    subject : Subject
    """
    if subject.outcome is not None or subject.nobody_comes or subject.result.replications == 1:
        return ""
    found = (access(subject.measures["started_in_time_share"]), _seats(subject), _money(subject))
    parts = [part for part in found if part]
    if not parts:
        return ""
    if subject.result.mature_from is not None:
        parts[0] = Markup("in the mature program, {}").format(parts[0])
    told = Markup(", ").join(parts[:-1])
    said = Markup("{}, and {}").format(told, parts[-1]) if len(parts) > 1 else Markup("{}").format(parts[0])
    return said[0].upper() + said[1:] + "."


def access(one: Reading) -> str:
    """Return whether half of the people referred start in time, as far as it can be told; empty without an interval.

    Parameters
    ----------
    one : Reading
        The share who do.
    """
    if not one.sure:
        return ""
    if one.summary.high < HALF:
        return "fewer than half of the people referred start in time"
    if one.summary.low > HALF:
        return "more than half of the people referred start in time"
    if one.summary.low >= HALF - NEAR and one.summary.high <= HALF + NEAR:
        return "about half of the people referred start in time"
    return "whether more than half of the people referred start in time cannot be told"


def _seats(subject: Subject) -> Markup | str:
    weeks = min(QUARTER, len(subject.result.weeks))
    return seats(summarize(late_shares(subject.result.nights, weeks), span=seats_taken_share.span), weeks)


def seats(late: Summary, weeks: int) -> Markup | str:
    """Return how many of the seats are taken at the end of the run; empty where no group meets then.

    Parameters
    ----------
    late : Summary
        Of the share of the seats that are taken in the last weeks of a replication.
    weeks : int
        How many weeks these are.
    """
    if not late.n:
        return ""
    share = fact("seats taken in the last weeks", repr(late.mean), told_to(seats_taken_share, late, late.mean))
    last = counted("last weeks", weeks, "week") if weeks > 1 else Markup("week")
    return Markup("{} of the seats are taken in the last {}").format(share, last)


def _money(subject: Subject) -> str:
    return money(subject.measures["margin_usd"]) if subject.pays else ""


def money(margin: Reading) -> str:
    """Return whether the program covers its cost, as far as it can be told; empty without an interval.

    Parameters
    ----------
    margin : Reading
    """
    if not margin.sure:
        return ""
    if margin.summary.high < 0.0:
        return "the program costs more than it earns"
    if margin.summary.low > 0.0:
        return "the program earns more than it costs"
    return "whether the program covers its cost cannot be told"
