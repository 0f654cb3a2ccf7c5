"""Keys that a person may expect in a file, and what they are called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iopsim.scenario.lines import Key
from iopsim.scenario.words import nearest

SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "referrals": {"rate": "per_week", "number": "per_week", "phase": "enters", "starts_in": "enters"},
    "assessment": {"days": "weekdays", "slots": "slots_per_day", "capacity": "slots_per_day"},
    "waitlist": {"capacity": "limit", "size": "limit", "longest": "limit", "dropout": "renege_per_day"},
    "admission": {"days": "weekdays"},
    "phases": {
        "duration": "planned_weeks",
        "length": "planned_weeks",
        "nights": "nights_per_week",
        "sessions": "nights_per_week",
        "weeks": "planned_weeks",
    },
    "groups": {
        "capacity": "seats",
        "clients": "seats",
        "days": "nights",
        "duration": "hours",
        "length": "hours",
        "opens": "first_week",
        "phase": "serves",
        "phases": "serves",
        "places": "seats",
        "size": "seats",
        "time": "start",
        "weekdays": "nights",
    },
    "attendance": {"rate": "probability", "share": "probability"},
    "staff": {"clients": "caseload", "count": "people", "number": "people"},
}
"""By table, the key that another word stands for."""

UNITS = {"per", "day", "days", "hour", "hours", "week", "weeks"}
"""Words in many keys; to share one says nothing."""


def meant(parent: Key, name: str, known: Iterable[str]) -> str:
    """Return the key of a table that another word for it, or a slip, most likely stands for.

    Parameters
    ----------
    parent : tuple of str or int
        Address of the table, such as ``groups.evening``.
    name : str
        What the person wrote.
    known : iterable of str
        Keys of the table.

    Returns
    -------
    str
        Empty when nothing is like it.
    """
    keys = tuple(known)
    other = SYNONYMS.get(str(parent[0]), {}).get(name.lower(), "") if parent else ""
    return other if other in keys else nearest(name, keys)


def sharing_a_word(name: str, known: Iterable[str]) -> str:
    """Return the key that shares most words with a name, the first of equals.

    Parameters
    ----------
    name : str
        What the person wrote, such as ``show_up``.
    known : iterable of str
        Keys of the table.

    Returns
    -------
    str
        Empty when none shares a word that tells something.
    """
    words = set(name.lower().split("_")) - UNITS
    shared = {key: len(words & set(key.lower().split("_"))) for key in known}
    best = max(shared, key=lambda key: shared[key], default="")
    return best if best and shared[best] else ""
