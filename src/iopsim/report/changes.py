"""In what plans differ: each setting in words, with its value in every plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from iopsim.experiments.path_words import setting_words, words_of
from iopsim.report.inert import inert
from iopsim.report.numbers import NARROW
from iopsim.report.subject import Subject
from iopsim.scenario.differences import NOT_THERE, Difference, differences

MOST_PLANS = 6
"""Plans that a table has columns for."""

MOST_SETTINGS = 2
"""Settings that the short description of a plan names."""

LONGEST = 60
"""Signs of a value that are shown."""


@dataclass(frozen=True)
class Change:
    """A setting that is not the same in every plan.

    Parameters
    ----------
    path : str
        Dotted path.
    words : str
        What it is.
    values : tuple of str
        As they are read, one for each plan, the baseline's first; a dash where a plan has none.
    """

    path: str
    words: str
    values: tuple[str, ...]


def changes(subject: Subject) -> tuple[Change, ...]:
    """Return all in which the plans of a batch differ.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    tuple of Change
        Empty for a run, and for points of a design, whose levels say it.
    """
    outcome = subject.outcome
    if outcome is None or any(plan.levels for plan in outcome.batch.plans):
        return ()
    return tuple(_change(one) for one in differences([subject.opened.plan(arm) for arm in outcome.arms]))


def description(found: Sequence[Change], place: int, most: int | None = None) -> str:
    """Return what a plan changes, such as ``Seats on each night (evening): 14 instead of 12``; empty if nothing.

    Parameters
    ----------
    found : sequence of Change
    place : int
        Of the plan, the baseline at 0.
    most : int, optional
        Settings that are named; without, all are.
    """
    own = [one for one in found if one.values[place] != one.values[0]]
    named = own if most is None or len(own) <= most else own[:most]
    parts = [f"{one.words}: {one.values[place]} instead of {one.values[0]}" for one in named]
    if len(named) < len(own):
        parts.append(f"and {len(own) - len(named)}{NARROW}more")
    return "; ".join(parts)


def fewest(found: Sequence[Change], most: int) -> tuple[Change, ...]:
    """Return as many changes as there is room for, by turns of each plan, so that none is left out for another.

    Parameters
    ----------
    found : sequence of Change
    most : int

    Returns
    -------
    tuple of Change
        In their order.
    """
    plans = range(1, len(found[0].values)) if found else ()
    own = [[at for at, one in enumerate(found) if one.values[place] != one.values[0]] for place in plans]
    turns = dict.fromkeys(at for turn in zip_longest(*own) for at in turn if at is not None)
    return tuple(found[at] for at in sorted(list(turns)[:most]))


def _change(one: Difference) -> Change:
    meaning = inert(words_of(one.path).meaning)
    values = (inert(text if text == NOT_THERE else setting_words(text, one.unit), LONGEST) for text in one.texts)
    return Change(inert(one.path), f"{meaning[:1].upper()}{meaning[1:]}", tuple(values))
