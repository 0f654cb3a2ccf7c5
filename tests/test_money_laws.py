"""Laws of the ledger: every cent goes from one account to another, and each sum over parts is the same sum."""

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iopsim.measures import costs, subset
from iopsim.measures import money as measures
from iopsim.measures.partition import DIMENSIONS, partitions
from iopsim.measures.view import View
from iopsim.money import Ledger, settle
from iopsim.money.claims import Claims
from iopsim.money.ledger import Account
from iopsim.record import CAME, NEVER, Exit, Night
from iopsim.rulebook.money import Cost, Service
from money_strategies import paid_scenarios
from money_twin import Twin
from strategies import Run, run

LAW = settings(derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

PAYER = {
    "share": 1.0,
    "denied_share": 0.2,
    "copay_usd": 12.5,
    "deductible_usd": 400.0,
    "client_pays_share": 0.333,
    "authorized_sessions": 6,
    "review_sessions": 4,
    "review_denied_probability": 0.3,
    "when_coverage_ends": "unpaid",
    "coverage_loss_per_week": 0.02,
    "scale_share": {"low": 0.4, "other": 0.6},
    "scale_pays": {"low": 0.35, "other": 1.0},
}
READMISSIONS = {
    "weeks": 60,
    "phases.intensive.planned_weeks": 4,
    "phases.intensive.individual_per_week": 1,
    "staff.counselor.duties": ["individual"],
    "after.return_probability": 1.0,
    "after.relapse_scale_days": 10.0,
    "after.return_days": 3.0,
    "money.drug_screens_per_client_week": 1,
    "payers.one": PAYER,
}


def settled(changes: Mapping[str, object], seed: int = 1) -> tuple[Run, Ledger]:
    told = run(changes, seed=seed)
    return told, settle(told.record, told.book, told.cohort)


def rows_of(table: Any, which: np.ndarray) -> Any:
    return replace(table, **{field.name: getattr(table, field.name)[which] for field in fields(table)})


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_what_one_account_gives_another_receives(changes: Mapping[str, object], seed: int) -> None:
    _, ledger = settled(changes, seed)
    assert ledger.postings.dtype == np.int64
    assert not ledger.postings.sum(axis=0).any()
    assert (ledger.postings[len(Account) :] >= 0).all()
    assert ledger.cash[-1] == ledger.total(Account.CASH)
    assert ledger.total(Account.RECEIVABLE) >= 0


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_no_cent_of_a_claim_is_lost(changes: Mapping[str, object], seed: int) -> None:
    told, ledger = settled(changes, seed)
    claims = ledger.claims
    assert (claims.allowed == claims.denied + claims.client_owes + claims.payer_owes).all()
    assert (claims.client_pays <= claims.client_owes).all()
    assert (claims.allowed <= claims.charge).all()
    for column in (claims.denied, claims.client_pays, claims.payer_owes):
        assert (column >= 0).all()
    deductible = told.book.money.deductible[told.record.clients.payer] if ledger.bills else None
    if deductible is not None:
        copay = told.book.money.copay[told.record.clients.payer[claims.client], claims.service]
        beyond = np.maximum(claims.client_owes - copay, 0)
        owed = np.zeros(len(told.record.clients), dtype=np.int64)
        np.add.at(owed, claims.client, beyond)
        assert (owed <= deductible).all()


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_clients_services_nights_and_weeks_add_up_to_the_report(changes: Mapping[str, object], seed: int) -> None:
    told, ledger = settled(changes, seed)
    claims, nights = ledger.claims, told.record.nights
    earned = claims.client_pays + claims.payer_owes
    view = View(told.record, told.book, ledger=ledger)
    report = measures.revenue_usd.compute(view)[0]
    by_client = [int(earned[claims.client == who].sum()) for who in range(len(told.record.clients))]
    by_service = [int(earned[claims.service == service].sum()) for service in Service]
    held = list(zip(nights.day[nights.status == Night.HELD], nights.night[nights.status == Night.HELD], strict=True))
    by_night = [int(earned[(claims.day == day) & (claims.night == night)].sum()) for day, night in held]
    assert sum(by_client) == sum(by_service) == int(ledger.revenue.sum()) == report
    assert sum(by_night) == by_service[Service.SESSION]
    week = claims.day // 7
    for at, revenue in enumerate(ledger.revenue.tolist(), start=ledger.first_week):
        assert revenue == int(earned[week == at].sum())
    parts = [part.compute(view) for part in costs.PARTS]
    assert len(parts) == len(Cost)
    assert sum(above for above, _ in parts) == measures.cost_usd.compute(view)[0] == int(ledger.cost.sum())
    if ledger.bills:
        of = {m.name: m.compute(view)[0] for m in measures.MEASURES}
        assert of["collected_usd"] + of["outstanding_usd"] == of["revenue_usd"]
        assert of["revenue_usd"] + of["denied_usd"] + of["uncollected_usd"] == of["allowed_usd"] <= of["billed_usd"]
        assert of["margin_usd"] == of["revenue_usd"] - of["cost_usd"]
        assert of["collected_usd"] - of["cost_usd"] == ledger.cash[-1]


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_the_ledger_agrees_with_its_naive_twin(changes: Mapping[str, object], seed: int) -> None:
    told, ledger = settled(changes, seed)
    twin = Twin(told.scenario, told.book, told.cohort, told.record)
    c = ledger.claims
    columns = (
        c.client, c.day, c.service, c.charge, c.allowed, c.denied, c.client_owes, c.client_pays, c.payer_owes,
        c.payer_pays_week,
    )  # fmt: skip
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == twin.claims
    assert ledger.first_week == twin.first_week
    spent = {
        (cost.name.lower(), ledger.first_week + week): cents
        for cost in Cost
        for week, cents in enumerate(ledger.postings[len(Account) + cost].tolist())
        if cents
    }
    assert spent == twin.costs


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32), late=st.booleans())
@example(changes=READMISSIONS, seed=1, late=False)
@example(changes=READMISSIONS, seed=1, late=True)
def test_the_accounts_of_groups_add_up_to_those_of_the_program(
    changes: Mapping[str, object], seed: int, late: bool
) -> None:
    told, ledger = settled(changes, seed)
    record, since = told.record, 7 * (told.record.days // 14) if late else 0
    accounts = ledger.postings[: len(Account)].copy()
    accounts[Account.CASH] += ledger.cost
    for part in partitions(told.book, tuple(DIMENSIONS)):
        number = part.number(record)
        each = [number == group for group in range(len(part.groups))]
        views = [View(subset.of(record, who), told.book, since, ledger.of(who)) for who in each]
        postings = np.array([view.accounts.postings for view in views])
        assert (postings[:, : len(Account)].sum(axis=0) == accounts).all()
        assert not postings.sum(axis=1).any() and not postings[:, len(Account) :].any()
        for table in ("claims", "services", "client_weeks"):
            rows = getattr(ledger, table)
            for who, view in zip(each, views, strict=True):
                mine, of_all = getattr(view.accounts, table), who[rows.client]
                for column in rows.__slots__:
                    whole, some = getattr(rows, column)[of_all], getattr(mine, column)
                    assert (np.flatnonzero(who)[some] == whole if column == "client" else some == whole).all()
        for measure in (measure for measure in measures.MEASURES if measure.by_group):
            above, below = zip(*(measure.compute(view) for view in views), strict=True)
            whole = measure.compute(View(record, told.book, since, ledger))
            assert sum(above) == whole[0], measure.name
            assert (set(below) == {whole[1]}) if measure.per_program else sum(below) == whole[1], measure.name


SUMMED = {"billed_usd", "allowed_usd", "denied_usd", "uncollected_usd", "revenue_usd", "collected_usd", "margin_usd"}
"""Measures that sum something over the weeks that count, beside costs."""
SINCE_THE_OPENING = {
    "broken_even_share", "weeks_until_broken_even", "weeks_until_operating_margin", "cash_hole_usd",
    "weeks_until_cash_hole", "cash_falling_share",
}  # fmt: skip


@LAW
@given(changes=paid_scenarios(), seed=st.integers(0, 2**32))
@example(changes=READMISSIONS, seed=1)
def test_a_mature_view_lacks_what_the_weeks_before_it_hold_and_nothing_else(
    changes: Mapping[str, object], seed: int
) -> None:
    told, ledger = settled(changes, seed)
    record, opening, claims = told.record, -ledger.first_week, ledger.claims
    views = [View(record, told.book, 7 * week, ledger) for week in range(record.days // 7)]
    of = [{m.name: m.compute(view) for m in measures.MEASURES} for view in views]
    of.append({name: (0, below) for name, (_, below) in of[-1].items()})
    sessions, clients = record.sessions, record.clients
    attended, completed = np.isin(sessions.attendance, CAME), clients.exit == Exit.COMPLETED
    for week, (now, later) in enumerate(pairwise(of)):
        lost = {name: now[name][0] - later[name][0] for name in now}
        columns = slice(0 if week == 0 else opening + week, opening + week + 1)
        cost = int(ledger.cost[columns].sum())
        assert sum(lost[part.name] for part in costs.PARTS) == lost["cost_usd"]
        assert lost["cost_usd"] == lost["cost_per_session_usd"] == lost["cost_per_completion_usd"] == cost
        assert all(now[name] == (0, 0) for name in SINCE_THE_OPENING) or not week
        assert now["outstanding_usd"] == of[0]["outstanding_usd"]
        assert (now["margin_last_year_usd"] == of[0]["margin_last_year_usd"]) or record.days // 7 - week < 52
        if not ledger.bills:
            assert all(now[name] == (0, 0) for name in SUMMED)
            continue
        here = claims.day // 7 == week
        assert lost["billed_usd"] == claims.charge[here].sum()
        assert lost["allowed_usd"] == claims.allowed[here].sum()
        assert lost["denied_usd"] == claims.denied[here].sum()
        assert lost["uncollected_usd"] == (claims.client_owes - claims.client_pays)[here].sum()
        assert lost["revenue_usd"] == (claims.client_pays + claims.payer_owes)[here].sum()
        assert lost["margin_usd"] == lost["revenue_usd"] - cost
        paid = claims.client_pays[here].sum() + claims.payer_owes[claims.payer_pays_week == week].sum()
        assert lost["collected_usd"] == paid
    for week, now in enumerate(of[:-1]):
        assert now["cost_per_session_usd"][1] == (attended & (sessions.day >= 7 * week)).sum()
        assert now["cost_per_completion_usd"][1] == (completed & (clients.exit_day >= 7 * week)).sum()
        assert now["cost_per_client_week_usd"][1] == (ledger.client_weeks.day >= 7 * week).sum()


def test_the_story_of_readmissions_has_what_it_is_for() -> None:
    told, ledger = settled(READMISSIONS)
    episode = told.record.clients.episode[ledger.claims.client]
    assert episode.max() == 2, "nobody is billed in a third episode"
    assert len(ledger.claims) < len(ledger.services), "coverage never ends"
    assert ledger.claims.denied.any() and (ledger.claims.client_owes > ledger.claims.client_pays).any()


def test_without_payers_only_costs_are_known() -> None:
    told, ledger = settled({"weeks": 10})
    assert not ledger.bills and not len(ledger.claims)
    view = View(told.record, told.book, ledger=ledger)
    known = {m.name for m in measures.MEASURES if m.compute(view)[1]}
    known -= {part.name for part in costs.PARTS}
    assert known <= {"cost_usd", "cost_per_completion_usd", "cost_per_client_week_usd", "cost_per_session_usd"}
    assert "cost_usd" in known and measures.cost_usd.compute(view)[0] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"phases.intensive.individual_per_week": 2, "staff.counselor.duties": ["individual"]},
        {"money.drug_screens_per_client_week": 2},
        {"money.assessment_is_free": True},
        {"payers.two": {**PAYER, "share": 0.0}},
    ],
    ids=["individual sessions", "drug screens", "a free assessment", "another payer"],
)
def test_another_service_moves_no_other_claims_luck(change: Mapping[str, object]) -> None:
    plain = {
        "weeks": 40,
        "payers.one": {"share": 1.0, "denied_share": 0.5, "late_share": 0.5},
    }
    if "payers.two" in change:
        change = {"payers.two": {"share": 0.0}}
    (_, before), (_, after) = settled(plain), settled({**plain, **change})

    def luck(ledger: Ledger) -> dict[tuple[int, int], tuple[bool, int]]:
        claims, some = ledger.claims, ledger.claims.service == Service.SESSION
        columns = (claims.client, claims.day, claims.denied > 0, claims.payer_pays_week)
        rows = zip(*(column[some].tolist() for column in columns), strict=True)
        return {(client, day): (denied, week) for client, day, denied, week in rows}

    assert len(luck(before)) > 200
    assert luck(before) == luck(after)


def test_an_episode_in_which_nobody_has_a_claim_moves_no_other_claims_luck() -> None:
    told, _ = settled({**READMISSIONS, "money.drug_screens_per_client_week": 0, "payers.one.late_share": 0.3})
    clients, sessions, visits = told.record.clients, told.record.sessions, told.record.visits
    second = clients.episode == 1
    silent = replace(
        told.record,
        clients=replace(clients, assessed_day=np.where(second, NEVER, clients.assessed_day)),
        sessions=rows_of(sessions, ~second[sessions.client]),
        visits=rows_of(visits, ~second[visits.client]),
    )
    before, after = (settle(record, told.book, told.cohort).claims for record in (told.record, silent))
    assert set(clients.episode[after.client].tolist()) == {0, 2}
    others = ~second[before.client]
    for name in Claims.__slots__:
        assert np.array_equal(getattr(before, name)[others], getattr(after, name)), name
