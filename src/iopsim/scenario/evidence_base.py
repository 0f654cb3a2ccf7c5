"""The evidence base: every packaged default with its range, its source and its grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from iopsim.evidence import Source, sources
from iopsim.scenario.defaults import defaults
from iopsim.scenario.shape import Leaf, at


class Default(NamedTuple):
    """One packaged default and what stands behind it.

    Parameters
    ----------
    path : str
        Dotted path, such as ``groups.*.seats``; ``*`` stands for every entry of a collection.
    value : object
        As `tomllib` reads it.
    low, high : float or None
        Range of plausible values, in `unit`; None for a choice.
    unit : str
        Unit of the number; empty for what is not a number.
    source : str
        Id of ``evidence.toml``; empty for a choice.
    grade : str
        ``primary``, ``secondary``, ``derived`` or ``assumed``; empty for a choice, such as a list of weekdays or
        ``"none"``, for which there is nothing to cite.
    """

    path: str
    value: object
    low: float | None
    high: float | None
    unit: str
    source: str
    grade: str

    @property
    def table(self) -> str:
        """The path without its last name; empty at the top of the file."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition(".")[2]


@cache
def default_values() -> tuple[Default, ...]:
    """Return every packaged default, in the order of ``defaults.toml``.

    Returns
    -------
    tuple of Default
        Numbers and choices.
    """
    return tuple(_values(defaults(), ()))


def about(word: str, grade: str = "") -> tuple[tuple[Default, ...], Mapping[str, Source]]:
    """Return the part of the evidence base that speaks of something.

    Parameters
    ----------
    word : str
        A part of a path or the id of a source, in small or capital letters; empty for everything.
    grade : str
        Only defaults of this grade; empty for all.

    Returns
    -------
    tuple of tuple of Default and mapping of str to Source
        The defaults, and by id the sources that they name. With nothing asked for, every source; with a word, also
        those that have it in their citation.
    """
    found = tuple(default for default in default_values() if _speaks_of(default, word) and grade in ("", default.grade))
    named = {default.source for default in found}
    return found, {
        name: source
        for name, source in sources().items()
        if name in named or (not grade and word.lower() in f"{name} {source.citation}".lower())
    }


def known_words() -> Sequence[str]:
    """Return the words that `about` surely finds: names of tables and keys, and ids of sources."""
    names = {part: None for default in default_values() for part in default.path.split(".") if part != "*"}
    return (*names, *sources())


def _speaks_of(default: Default, word: str) -> bool:
    return word.lower() in default.path.lower() or word.lower() == default.source.lower()


def _values(table: Mapping[str, object], key: tuple[str, ...]) -> Iterator[Default]:
    for name, value in table.items():
        inner = (*key, name)
        leaf = at(inner)
        if isinstance(leaf, Leaf):
            yield _default(".".join(inner), leaf, value)
        elif isinstance(value, Mapping):
            yield from _values(value, inner)


def _default(path: str, leaf: Leaf, value: object) -> Default:
    behind: Mapping[str, Any] = value if isinstance(value, Mapping) else {"value": value}
    unit = leaf.unit if behind["value"] != "none" else ""
    source, grade = str(behind.get("source", "")), str(behind.get("grade", ""))
    return Default(path, behind["value"], behind.get("low"), behind.get("high"), unit, source, grade)
