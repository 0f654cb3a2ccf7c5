"""Parts of a Record: parts that make the whole, and measures that know whose facts they count."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iopsim
from everything import EVERYTHING as CROWDED
from everything import RETURNS
from iopsim.measures import costs, subset
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import DIMENSIONS, partitions, split
from iopsim.measures.view import View
from iopsim.money import settle
from iopsim.record import TABLES
from iopsim.scenario.load import load
from strategies import run, scenarios

PLAIN = str(Path(__file__).parent / "plain.toml")
TRAITS = {
    "traits.employed": {"share": 0.5},
    "traits.mandated": {"share": 0.4, "attendance_odds_ratio": 3.0, "dropout_hazard_ratio": 0.3},
}
PAYERS = {"payers.medicaid": {"share": 0.6}, "payers.insurer": {"share": 0.4, "copay_usd": 20.0, "payment_weeks": 3}}
PLACES = {
    "plain": {**TRAITS, "weeks": 60},
    "payers": {**TRAITS, **PAYERS, "weeks": 60, "after.return_probability": 0.5},
    "a tight step-down": {
        **TRAITS,
        "weeks": 60,
        "groups.evening.serves": ["intensive"],
        "groups.after": {"nights": ["Thu", "Mon"], "seats": 1, "serves": ["step_down"], "first_week": 8},
        "waitlist.limit": 5,
        "assessment.slots_per_day": 1,
        "staff.counselor.caseload": 8,
        "phases.intensive.planned_weeks": 4,
    },
    "the whole clinic": {
        **CROWDED,
        **RETURNS,
        "weeks": 70,
        "after.relapse_scale_days": 10.0,
        "phases.intensive.level": "2.1",
        "groups.evening.hours": 3.0,
        "leaving.early_probability": 0.4,
    },
    "nobody": {f"referrals.{name}.per_week": 0.0 for name in ("self", "court", "health_care", "inpatient")},
}
EVERYTHING = ("source", "trait", "payer")
SINCE = (0, 7 * 20)
"""The opening view, and a mature one."""


@pytest.fixture(scope="module", params=PLACES)
def clinic(request):
    return run(PLACES[request.param], seed=2)


@pytest.fixture(scope="module")
def ledger(clinic):
    return settle(clinic.record, clinic.book, clinic.cohort)


def everybody(record):
    return np.ones(len(record.clients), dtype=bool)


def column(name):
    return [measure.name for measure in CATALOGUE].index(name)


def answers(view):
    return [measure.compute(view) for measure in CATALOGUE]


# --------------------------------------------------------------------------------------- part of a record


def test_the_part_that_is_everybody_is_the_record(clinic, ledger):
    record, book = clinic.record, clinic.book
    part = subset.of(record, everybody(record))
    for name, values in record.columns().items():
        assert part.columns()[name].dtype == values.dtype
        assert np.array_equal(part.columns()[name], values), name
    for since in SINCE:
        assert answers(View(part, book, since, ledger)) == answers(View(record, book, since, ledger))


def test_the_part_that_is_nobody_has_seats_and_no_clients(clinic):
    record = clinic.record
    part = subset.of(record, np.zeros(len(record.clients), dtype=bool))
    assert (
        len(part.clients) == len(part.appointments.client) == len(part.sessions.client) == len(part.moves.client) == 0
    )
    assert np.array_equal(part.nights.seats, record.nights.seats)
    assert part.nights.scheduled.sum() == part.nights.attended.sum() == 0


def test_every_row_of_a_part_is_a_row_of_the_whole_about_the_same_client(clinic):
    record = clinic.record
    who = record.clients.traits & 1 == 1
    part, members = subset.of(record, who), np.flatnonzero(who)
    for table in named(record):
        whole = [tuple(row) for row in np.column_stack([*columns(getattr(record, table)).values()]).tolist()]
        mine = columns(getattr(part, table))
        mine["client"] = members[mine["client"]]
        rows = [tuple(row) for row in np.column_stack([*mine.values()]).tolist()]
        place = list(mine).index("client")
        assert rows == [row for row in whole if who[row[place]]]
    mine, whole = columns(part.clients), columns(record.clients)
    first, renumbered = whole.pop("first")[who], mine.pop("first")
    assert np.array_equal(renumbered >= 0, who[first])
    assert np.array_equal(members[renumbered[who[first]]], first[who[first]])
    assert all(np.array_equal(mine[name], whole[name][who]) for name in whole)


def columns(table):
    return {field.name: getattr(table, field.name) for field in fields(table)}


def test_a_part_of_a_part_is_the_part_of_both(clinic):
    record = clinic.record
    one, other = record.clients.traits & 1 == 1, record.clients.source % 2 == 0
    twice, once = subset.of(subset.of(record, one), other[one]), subset.of(record, one & other)
    assert all(np.array_equal(values, once.columns()[name]) for name, values in twice.columns().items())


# --------------------------------------------------------------------------------------------------- laws

PEAKS = {"census_peak", "waitlist_peak"}
"""The fullest day of one group need not be that of another."""


def the_parts_make_the_whole(view):
    """Numerators of groups add up; so do denominators, unless they are the program's and then the same for all."""
    parts = partitions(view.book, EVERYTHING)
    facts, first = split(view, parts), 0
    for part in parts:
        groups = facts[first : first + len(part.groups), 0]
        first += len(part.groups)
        for place, measure in enumerate(CATALOGUE):
            above, below = groups[:, place].T.tolist()
            if not measure.by_group:
                assert above == below == [0] * len(part.groups)
                continue
            numerator, denominator = measure.compute(view)
            if measure.per_program:
                assert set(below) == {denominator}, measure.name
            else:
                assert sum(below) == denominator, measure.name
            if measure.name in PEAKS:
                assert max(above) <= numerator <= sum(above), measure.name
            else:
                assert sum(above) == numerator, measure.name


def the_others_are_all_but_the_group(view):
    facts = split(view, partitions(view.book, EVERYTHING))
    place = column("referrals")
    assert (facts[:, :, place, 0].sum(axis=1) == CATALOGUE[place].compute(view)[0]).all()


@pytest.mark.parametrize("since", SINCE)
def test_groups_add_up_to_the_whole(clinic, ledger, since):
    view = View(clinic.record, clinic.book, since, ledger)
    the_parts_make_the_whole(view)
    the_others_are_all_but_the_group(view)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(changes=scenarios(), paid=st.sampled_from([{}, PAYERS]), seed=st.integers(0, 2**32), data=st.data())
def test_groups_add_up_to_the_whole_in_any_scenario_and_view(changes, paid, seed, data):
    told = run({**changes, **paid}, seed=seed)
    since = 7 * data.draw(st.integers(0, told.book.weeks - 1))
    view = View(told.record, told.book, since, settle(told.record, told.book, told.cohort))
    the_parts_make_the_whole(view)
    the_others_are_all_but_the_group(view)


def named(record):
    """The names of the tables that say whom a row is about."""
    return [name for name in TABLES if "client" in getattr(record, name).__slots__]


def nameless(record):
    """The names of the tables that do not, beside those that are counted again."""
    return [name for name in TABLES if name not in (*named(record), "clients", "nights")]


def test_a_measure_by_group_looks_at_nothing_of_which_the_record_does_not_know_whose_it_is(clinic, ledger):
    record, book = clinic.record, clinic.book
    assert nameless(record) == ["intake", "posts", "staff"]
    emptied = {
        table: type(rows)(*(values[:0] for values in columns(rows).values()))
        for table in nameless(record)
        for rows in [getattr(record, table)]
    }
    without = View(replace(record, **emptied), book, ledger=ledger.of(everybody(record)))  # and without costs
    whole = View(record, book, ledger=ledger)
    for measure in CATALOGUE:
        if measure.by_group:
            ours, theirs = measure.compute(without), measure.compute(whole)
            below = 0 if measure.per_program else 1  # what is the program's is the same for every group
            assert ours[: 1 + below] == theirs[: 1 + below], measure.name


def test_what_is_not_told_by_group_is_the_program_s_own():
    assert {measure.name for measure in CATALOGUE if not measure.by_group} == {
        "ever_full_share",
        "weeks_until_full",
        "held_back_without_assessors",
        "held_back_by_seats",
        "held_back_by_caseload",
        "held_back_by_both",
        "group_opened_share",
        "weeks_until_group_opened",
        "hired_share",
        "weeks_until_hired",
        "notice_weeks",
        "notices",
        "nights_cancelled_share",
        "nights_without_staff_share",
        "nights_covered_share",
        "nights_short_share",
        "hours_used_share",
        "hours_short",
        "overtime_hours",
        "posts_vacant_share",
        "cost_usd",
        *(part.name for part in costs.PARTS),
        "margin_usd",
        "margin_last_year_usd",
        "broken_even_share",
        "weeks_until_broken_even",
        "weeks_until_operating_margin",
        "cash_hole_usd",
        "weeks_until_cash_hole",
        "cash_falling_share",
        "cost_per_completion_usd",
        "cost_per_client_week_usd",
        "cost_per_session_usd",
    }


# -------------------------------------------------------------------------------------------- partitions


def test_every_client_is_in_one_group_of_each_partition(clinic):
    record, book = clinic.record, clinic.book
    parts = partitions(book, ("traits", "payers", "source", "trait"))
    assert [part.dimension for part in parts] == sorted((part.dimension for part in parts), key=list(DIMENSIONS).index)
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        number = part.number(record)
        assert number.shape == (len(record.clients),)
        assert set(number.tolist()) <= set(range(len(part.groups)))


def test_with_is_with_and_without_is_without():
    told = run({**PLACES["plain"], "traits.employed": {"share": 1.0}, "traits.mandated": {"share": 0.0}})
    employed, mandated = partitions(told.book, ["trait"])
    assert (employed.name, employed.called("with")) == ("trait employed", "with trait employed")
    assert {employed.groups[g] for g in employed.number(told.record).tolist()} == {"with"}
    assert {mandated.groups[g] for g in mandated.number(told.record).tolist()} == {"without"}


@pytest.mark.parametrize("pays", ["medicaid", "insurer"])
def test_a_payer_s_clients_are_those_it_pays_for(pays):
    shares = {f"payers.{name}.share": float(name == pays) for name in ("medicaid", "insurer")}
    told = run({**PLACES["payers"], **shares})
    (part,) = partitions(told.book, ["payer"])
    assert part.called(pays) == f"payer {pays}"
    assert {part.groups[g] for g in part.number(told.record).tolist()} == {pays}


def test_where_nobody_pays_there_are_no_groups_by_payer():
    assert partitions(run(PLACES["plain"]).book, ["payer"]) == ()


@pytest.mark.parametrize("by", ["payor", ("source", "colour"), ("",)])
def test_clients_are_not_told_apart_by_what_nobody_knows(by):
    with pytest.raises(ValueError, match=r"clients are not told apart by '.*'; by source, trait or payer"):
        iopsim.simulate(load(PLAIN, {"weeks": 2}), 1, by=by)
