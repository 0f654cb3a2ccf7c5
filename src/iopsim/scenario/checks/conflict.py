"""What a rule finds, and how rules of all parts of the file say the same things."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from iopsim.scenario.fields import Delay
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import LONGEST, nearest, plain, short, written


class Conflict(NamedTuple):
    """Values that do not go together.

    Parameters
    ----------
    keys : tuple of tuple
        Addresses of the values, the most likely culprit first.
    found : str
        What was found.
    said : str
        What is allowed.
    hint : str
        Nearest known name, or empty.
    path : tuple of str or int
        Address to name; empty for the address of the culprit.
    """

    keys: tuple[Key, ...]
    found: str
    said: str
    hint: str = ""
    path: Key = ()


Conflicts = Iterator[Conflict]
Rule = Callable[[Scenario, str], Conflicts]


def unknown(what: str, name: str, known: Iterable[str], key: Key) -> Conflict:
    """Say that a name is none of the file's.

    Parameters
    ----------
    what : str
        What it should be the name of, such as ``phase``; with an s, the table.
    name : str
        The name.
    known : iterable of str
        Names of the file.
    key : tuple of str or int
        Where it stands.
    """
    names = ", ".join(dotted((one,)) for one in known)
    said = f"the {what}s of this file are {names}" if names else f"this file has no {what}s; add [{what}s.{name}]"
    return Conflict((key,), short(written(name)), said, nearest(name, known))


def possible_delay(delay: Delay, key: Key) -> Conflicts:
    """Check that a delay has a mean that its median allows."""
    keys: tuple[Key, ...] = ((*key, "mean_days"), (*key, "median_days"))
    found = f"median_days = {plain(delay.median_days)} and mean_days = {plain(delay.mean_days)}"
    if delay.mean_days < delay.median_days:
        yield Conflict(keys, found, "mean_days must be at least median_days")
    elif delay.mean_days > 0 and delay.median_days == 0:
        yield Conflict(keys[::-1], found, "median_days must be above 0; for no delay write 0 for both")


def sum_to_one(shares: Mapping[Key, float], said: str, path: Key) -> Conflicts:
    """Check that shares of one whole sum to 1.

    Parameters
    ----------
    shares : mapping of tuple to float
        Share by address.
    said : str
        What is allowed.
    path : tuple of str or int
        Table to name.
    """
    total = math.fsum(shares.values())
    if abs(total - 1.0) > 1e-9:
        whole = plain(round(total, 9))
        found = " + ".join(plain(share) for share in shares.values()) + f" = {whole}"
        yield Conflict(tuple(shares), found if len(found) <= LONGEST else f"a sum of {whole}", said, path=path)


def named(names: Iterable[str]) -> str:
    """Write names as a list in words, as a file would write them."""
    return ", ".join(dotted((name,)) for name in names)
