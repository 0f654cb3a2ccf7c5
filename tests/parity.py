"""Whether two engines give the same bits; where they do not, in which columns, and in which rows first."""

from collections.abc import Iterator, Mapping

import numpy as np

from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.record import Record

SHOWN = 4
"""Places in which a column differs, of which the message tells."""

BY_MEASURE = ("numerators", "denominators")


def differences(found: Mapping[str, np.ndarray], wanted: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Yield a line for each column in which the compiled engine has another value, shape or type."""
    assert list(found) == list(wanted)
    for name, column in found.items():
        other = wanted[name]
        if (column.shape, column.dtype) != (other.shape, other.dtype):
            yield f"{name}: {column.dtype}{column.shape}, not {other.dtype}{other.shape}"
        elif not np.array_equal(column, other):
            places = np.argwhere(column != other)
            first = [f"{_said(name, place)}: {column[*place]}, not {other[*place]}" for place in places[:SHOWN]]
            yield f"{name} in {len(places)} places, first {'; '.join(first)}"


def _said(name: str, place: np.ndarray) -> str:
    """Return a place in words: of facts by measure, the name of the measure."""
    return CATALOGUE[place[1]].name if name in BY_MEASURE else str(place.tolist())


def assert_same_record(found: Record, wanted: Record) -> None:
    """Hold a Record of the compiled engine to that of the reference engine."""
    differ = list(differences(found.columns(), wanted.columns()))
    assert not differ, "\n".join(["", *differ])
    assert found.days == wanted.days


def assert_same_facts(found: Facts, wanted: Facts) -> None:
    """Hold facts by the compiled engine to those by the reference engine."""
    differ = list(differences(found.columns(), wanted.columns()))
    assert not differ, "\n".join(["", *differ])
