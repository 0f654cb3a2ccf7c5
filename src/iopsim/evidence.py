"""The sources that stand behind the numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

GRADES = ("primary", "secondary", "derived", "assumed")
"""How good the evidence for a value is, best first."""

FOLLOWED = {
    "V1": "seen in the primary source",
    "V2": "seen in a secondary source",
    "D": "derived by arithmetic from sources",
    "M": "commonly quoted, not verified",
    "NF": "looked for, not found",
    "J": "judgement",
}
"""How far a source may have been followed, in words."""

UNVERIFIED = ("M", "NF", "J")
"""How far a source was followed when a value that leans on it is still an assumption."""


class Source(NamedTuple):
    """One source: what to cite, and how far it was followed.

    Parameters
    ----------
    citation : str
        The reference in words.
    conf : str
        How far it was followed: a key of `FOLLOWED`.
    """

    citation: str
    conf: str


@cache
def sources() -> Mapping[str, Source]:
    """Return every source that the package knows, by its id.

    Returns
    -------
    mapping of str to Source
        Read-only; in the order of ``evidence.toml``.
    """
    table = tomllib.loads(files("iopsim").joinpath("evidence.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: Source(entry["citation"], entry["conf"]) for key, entry in table.items()})
