"""The compiled measures and series are the plain ones, number for number."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iopsim
import test_subset
from compiled_ledger import ledger_of
from everything import EVERYTHING, RETURNS
from iopsim import measures
from iopsim.engines.compiled.rows import rows_of
from iopsim.experiments.work import view_of
from iopsim.jit import struct_of
from iopsim.measures import compiled
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.compiled_rows import room_of
from iopsim.measures.facts import Facts, measures_alone, reduce
from iopsim.measures.view import View
from iopsim.rulebook import Rulebook, write
from money_strategies import paid_scenarios
from strategies import PLAIN, scenarios
from strategies_whole import whole_scenarios

PROGRAMS = sorted(path.stem for path in Path("scenarios").glob("*.toml"))
ANYTHING = -77
"""What stands in a place before it is filled in."""

HIRING = {
    "weeks": 60,
    "traits": {},
    "assessment.slots_per_day": 1,
    "assessment.overbooking": 0.5,
    "staff.counselor.people": 1,
    "staff.counselor.caseload": 8,
    "staff.counselor.duties": ["groups", "individual", "assessment"],
    "staff.counselor.hire_when_caseload": 3,
    "staff.counselor.hire_after_weeks": 1,
    "staff.counselor.hire_lead_weeks": 2,
    "staff.counselor.most_hires": 2,
    "staff.counselor.turnover_per_year": 1.0,
}
"""Assessors who are hired on a trigger, so that the diary of those who are always there grows."""

WORLDS = {
    **{f"subset: {name}": changes for name, changes in test_subset.PLACES.items()},
    "everything": {**EVERYTHING, **RETURNS},
    "open access": {**EVERYTHING, "assessment.open_access": True},
    "hiring": HIRING,
}


class Compiled:
    """What replications of a plan are reduced in, one after the other."""

    def __init__(self, book: Rulebook, since: int) -> None:
        self.book, self.since = book, since
        self.view, self.room = compiled.view_of(book, struct_of(book), since), room_of(book)

    def facts(self, *views: View, series: bool = True) -> Facts:
        """Reduce some replications."""
        facts = compiled.facts_room(self.book, self.since, len(views), series=series)
        for column in facts.columns().values():
            column[...] = ANYTHING
        filled, reduced = struct_of(facts), compiled.reduce if series else compiled.reduce_measures
        for k, view in enumerate(views):
            reduced(self.view, rows_of(view.record), ledger_of(view), self.room, filled, k)
        return facts


def assert_same(facts: Facts, views: list[View]) -> None:
    """Hold facts against those of the plain code."""
    for k, view in enumerate(views):
        for (name, column), wanted in zip(facts.columns().items(), reduce(view), strict=True):
            if name in ("numerators", "denominators"):
                differ = [
                    measure.name
                    for measure, had, should in zip(CATALOGUE, column[k], wanted, strict=True)
                    if had != should
                ]
                assert not differ, differ
            assert column[k].shape == wanted.shape and np.array_equal(column[k], wanted), name


def assert_alike(book: Rulebook, seed: int, replications: int) -> None:
    """Reduce some replications in one room, from the opening on and from a later day."""
    opening = [view_of(book, seed, replication) for replication in range(replications)]
    for since in sorted({0, 7 * min(1, book.weeks - 1), 7 * (book.weeks // 2)}):
        views = [View(one.record, book, since, one.ledger) for one in opening]
        assert_same(Compiled(book, since).facts(*views), views)


@lru_cache
def book_of(program: str) -> Rulebook:
    return write(iopsim.load(f"scenarios/{program}.toml"))


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_programs_that_are_shipped_come_to_the_same_facts(program: str) -> None:
    assert_alike(book_of(program), 3, 2)


@pytest.mark.parametrize("world", WORLDS)
def test_worlds_in_which_much_or_nothing_happens_come_to_the_same_facts(world: str) -> None:
    assert_alike(write(iopsim.load(PLAIN, WORLDS[world])), 2, 3)


@settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(changes=st.one_of(scenarios(), whole_scenarios(), paid_scenarios()), seed=st.integers(0, 9))
def test_any_program_comes_to_the_same_facts(changes: dict[str, object], seed: int) -> None:
    assert_alike(write(iopsim.load(PLAIN, changes)), seed, 1)


def test_the_room_grows_and_keeps_nothing_of_a_larger_replication() -> None:
    few = {f"referrals.{name}.per_week": 0.2 for name in ("self", "court", "health_care", "inpatient")}
    small, large = (write(iopsim.load(PLAIN, {"weeks": 60, **changes})) for changes in (few, {}))
    room = Compiled(large, 0)
    views = [View((one := view_of(book, 1, 0)).record, large, 0, one.ledger) for book in (small, large, small)]
    assert len(views[0].record.clients) < len(views[1].record.clients) // 3
    assert_same(room.facts(*views), views)


def test_measures_alone_are_those_of_all_facts_and_nothing_else_is_stored() -> None:
    book = book_of("palmetto")
    views = [view_of(book, 1, replication) for replication in range(2)]
    alone, whole = Compiled(book, 0).facts(*views, series=False), Compiled(book, 0).facts(*views)
    wanted = measures_alone(np.stack([whole.numerators, whole.denominators], axis=-1))
    for name, column in alone.columns().items():
        assert column.size == 0 or name in ("numerators", "denominators")
        assert column.ndim == getattr(wanted, name).ndim
    assert np.array_equal(alone.numerators, whole.numerators)
    assert np.array_equal(alone.denominators, whole.denominators)


def test_assessors_hired_on_a_trigger_are_there_in_the_diary_that_is_kept_once_more() -> None:
    book = write(iopsim.load(PLAIN, HIRING))
    view = view_of(book, 2, 0)
    assert compiled.triggers.hired_share.compute(view) == (1, 1)
    place = CATALOGUE.index(measures.capacity.held_back_without_assessors)
    facts = Compiled(book, 0).facts(view)
    assert 0 < facts.numerators[0, place] == CATALOGUE[place].compute(view)[0]
