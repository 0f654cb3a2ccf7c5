"""The accounts settled by compiled code are those that the plain code settles, to the cent in every week."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compiled_ledger import sessions_of, weeks_of
from everything import EVERYTHING, PRESENT, RETURNS, run_of, with_detours
from hand import Story
from iopsim.engines.compiled.rows import rows_of
from iopsim.jit import Struct, jit, struct_of
from iopsim.measures.view import View
from iopsim.money import Ledger, coverage, settle
from iopsim.money.compiled import ledger as compiled
from iopsim.money.compiled.room import first_above, ledger_room
from iopsim.record import NEVER, VisitFacts
from iopsim.rulebook.money import Cost, Service
from iopsim.scenario.load import load
from money_clinic import PRICES, PRIVATE, PUBLIC
from money_strategies import paid_scenarios
from strategies import PLAIN, Run, run
from test_money_laws import PAYER, READMISSIONS

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.toml"))

BUSY = {
    "weeks": 20,
    "groups.evening.seats": 20,
    "phases.intensive.planned_weeks": 6,
    **{f"leaving.{why}_per_week": 0.01 for why in ("transfer", "incarceration", "death", "other")},
}
"""Makes the clinic of the stories one in which there is much to bill."""

LUCK = {
    "attendance.cut_short_probability": 0.2,
    "attendance.make_up_probability": 0.5,
    "phases.intensive.level": "2.5",
    "phases.step_down.level": "1",
    "payers.public": {
        **PUBLIC,
        "contract_week": 2,
        "before_contract": "unpaid",
        "authorized_sessions": 3,
        "review_sessions": 2,
        "review_denied_probability": 0.6,
        "when_coverage_ends": "unpaid",
        "late_share": 1.0,
        "late_weeks": 3,
    },
    "payers.private": {
        **PRIVATE,
        "denied_share": 0.3,
        "late_share": 0.4,
        "coverage_loss_per_week": 0.2,
        "when_coverage_ends": "unpaid",
    },
    "present.old": {"source": "hospital", "payer": "private", "count": 6, "weeks": 1},
}
INTERIM = {"interim.offered": "everybody", "interim.after_days": 2, "interim.usd_per_week": 20.0}
LEVERS = {
    f"levers.{lever}.{what}": value
    for lever in ("transport", "video", "contingency_management")
    for what, value in {
        "on": True,
        "trait": "employed" if lever == "transport" else "",
        "usd_per_session": 7.77,
        "usd_per_client_week": 3.33,
    }.items()
}
TERMS = {**PAYER, "share": 0.7, "contract_week": 3, "before_contract": "wait", "late_share": 0.5, "copay_usd": 9.99}

CROWDED = {
    "as it is": EVERYTHING,
    "calling again": {**EVERYTHING, **RETURNS, "payers.medicaid": TERMS, "money.drug_screens_per_client_week": 2},
    "here at the opening": {**EVERYTHING, **PRESENT, **INTERIM},
    "levers": {**EVERYTHING, **LEVERS, "rooms.hall": {"seats": 500, "usd_per_night": 33.3}, "groups.late.room": "hall"},
    "family nights": {**EVERYTHING, "money.family_is_billed": True, "money.assessment_is_free": True},
}
"""Settings of the crowded clinic in which everything can happen."""


@jit
def fill_in(rows: Struct, who: Any, when: Any, granted: Any, loss_week: Any) -> None:
    for client in range(len(rows.clients)):
        me = rows.clients[client]
        me.who, me.when = who[me.first], when[me.first]
        me.covered_sessions, me.coverage_loss_week = granted[client], loss_week[client]


@jit
def opened(ledger: Struct) -> Any:
    return ledger.first_week, ledger.bills, ledger.postings, ledger.late, ledger.begun


@jit
def listed(ledger: Struct) -> Any:
    inside = ledger.inside
    return inside.who[: inside.many], inside.first, inside.end, inside.rows


@jit
def space(room: Struct) -> Any:
    inside = room.ledger.inside
    notes = len(inside.rows), len(room.singles.rows), len(room.moves.rows), len(room.singles.end)
    return notes, len(inside.who), len(inside.first), len(inside.end), len(room.words)


def with_cards(told: Run) -> Struct:
    """The rows of a record, and in those of clients what the engine knows of their cards."""
    rows = rows_of(told.record)
    fill_in(rows, told.cohort.who, told.cohort.when, *coverage.until(told.record, told.book, told.cohort))
    return rows


def assert_same(told: Run, room: Struct | None = None) -> Ledger:
    """Settle the accounts in both ways, and return them."""
    plain, deck = settle(told.record, told.book, told.cohort), told.cohort.deck
    found = compiled.settle(
        struct_of(told.book),
        with_cards(told),
        np.uint64(deck.seed),
        np.uint64(deck.replication),
        room if room is not None else ledger_room(told.book),
    )
    first_week, bills, *by_week = opened(found)
    assert (first_week, bills) == (plain.first_week, plain.bills)
    late, begun = weeks_of(View(told.record, told.book, 0, plain))
    for had, wanted in zip(by_week, (plain.postings, late, begun), strict=True):
        assert np.array_equal(had, wanted)
    assert_lists(told, *listed(found))
    return plain


def assert_lists(told: Run, who: Any, first: Any, end: Any, rows: Any) -> None:
    """Hold who was admitted, and the sessions to which each client came, against the record."""
    clients, (sessions, many) = told.record.clients, sessions_of(told.record)
    assert np.array_equal(who, np.flatnonzero(clients.admitted_day != NEVER))
    assert np.array_equal((end - first)[: len(clients)], many)
    places = [range(begin, after) for begin, after in zip(first, end, strict=True)][: len(clients)]
    found = rows[np.concatenate([np.zeros(0, dtype=np.int64), *(np.array(some, dtype=np.int64) for some in places)])]
    for column in sessions.dtype.names:
        assert np.array_equal(found[column], sessions[column]), column


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_accounts_of_a_program_are_the_same_to_the_cent(file: Path) -> None:
    scenario = load(file)
    for replication in range(2):
        assert len(assert_same(run_of(scenario, 7, replication)).claims) > 1000


@pytest.mark.parametrize("changes", CROWDED.values(), ids=CROWDED.keys())
def test_the_accounts_of_a_crowded_clinic_are_the_same(changes: Mapping[str, object]) -> None:
    scenario = with_detours(load(PLAIN, changes=changes))
    for seed in range(2):
        assert len(assert_same(run_of(scenario, 2**64 - 1 - seed)).claims) > 100


def test_so_are_those_of_payers_with_all_kinds_of_terms() -> None:
    ledgers = [assert_same(run_of(Story({**PRICES, **BUSY, **LUCK, **INTERIM}).scenario, seed)) for seed in range(4)]
    claims = [ledger.claims for ledger in ledgers]
    assert all(len(some) < len(ledger.services) for some, ledger in zip(claims, ledgers, strict=True))
    assert all(ledger.spent_on(Cost.INTERIM).any() and ledger.spent_on(Cost.ROOMS).any() for ledger in ledgers)
    assert any(some.denied.any() for some in claims)
    assert any((some.client_owes > some.client_pays).any() for some in claims)
    assert any(((some.client_owes > 0) & (some.payer_owes > 0)).any() for some in claims)
    assert {Service(kind) for some in claims for kind in some.service} >= {Service.SESSION, Service.ASSESSMENT}
    assert all(len(set(some.charge[some.service == Service.SESSION].tolist())) > 1 for some in claims)


def test_so_are_those_of_clients_in_several_episodes() -> None:
    told = run(READMISSIONS)
    assert told.record.clients.episode.max() > 1
    assert len(np.unique(assert_same(told).claims.allowed)) > 5


def test_services_of_a_day_are_billed_in_their_order_though_the_record_has_them_in_another() -> None:
    told = run({**EVERYTHING, "payers.medicaid": TERMS})
    visits = told.record.visits
    order = np.lexsort((-visits.kind, visits.day))
    turned = VisitFacts(*(getattr(visits, column)[order] for column in visits.__slots__))
    assert not np.array_equal(turned.kind, visits.kind)
    assert_same(replace(told, record=replace(told.record, visits=turned)))


def test_so_are_those_of_a_program_that_bills_nobody() -> None:
    told = run({"weeks": 30})
    ledger = assert_same(told)
    assert not ledger.bills and not len(ledger.claims) and len(ledger.client_weeks)


def test_so_are_those_of_a_program_to_which_nobody_comes() -> None:
    told = run({"weeks": 2, "payers.one": PAYER, **{f"referrals.{who}.per_week": 0.0 for who in load(PLAIN).referrals}})
    assert not len(told.record.clients)
    assert_same(told)


@settings(derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_the_accounts_are_the_same_whatever_the_scenario(changes: Mapping[str, object], seed: int) -> None:
    assert_same(run(changes, seed=seed))


def test_a_room_is_used_again_and_grows_only_for_what_is_larger() -> None:
    scenario = with_detours(load(PLAIN, changes={**EVERYTHING, **RETURNS}))
    some = [run_of(scenario, 1, replication) for replication in range(4)]
    room = ledger_room(some[0].book)
    for told in some:
        assert_same(told, room)
    needed = space(room)
    for told in (*some[::-1], *some):
        assert_same(told, room)
        assert space(room) == needed


@settings(derandomize=True, deadline=None)
@given(chance=st.floats(0.0, 1.0))
@example(chance=0.5 / 2**32)
@example(chance=np.nextafter(1.5 / 2**32, 1.0))
@example(chance=1.0 - 0.5 / 2**32)
def test_a_card_is_below_a_chance_if_and_only_if_its_number_is_below_the_first_that_is_not(chance: float) -> None:
    first = int(first_above(np.array([chance]))[0])
    assert first == 0 or Fraction(2 * first - 1, 2**33) < Fraction(chance)
    assert first == 2**32 or Fraction(2 * first + 1, 2**33) >= Fraction(chance)
