"""Laws of the ledger: every cent goes from one account to another, and each sum over parts is the same sum."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iopsim.measures import money as measures
from iopsim.money import Ledger, settle
from iopsim.money.ledger import Account
from iopsim.record import Night
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
    "scale_share": {"low": 0.4},
    "scale_pays": {"low": 0.35},
}
READMISSIONS = {
    "weeks": 60,
    "phases.intensive.planned_weeks": 4,
    "phases.intensive.individual_per_week": 1,
    "after.return_probability": 1.0,
    "after.relapse_scale_days": 10.0,
    "after.return_days": 3.0,
    "money.drug_screens_per_client_week": 1,
    "payers.one": PAYER,
}


def settled(changes: Mapping[str, object], seed: int = 1) -> tuple[Run, Ledger]:
    told = run(changes, seed=seed)
    return told, settle(told.record, told.book, told.cohort)


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
    report = measures.revenue_usd.compute(told.record, told.book, ledger)[0]
    by_client = [int(earned[claims.client == who].sum()) for who in range(len(told.record.clients))]
    by_service = [int(earned[claims.service == service].sum()) for service in Service]
    held = list(zip(nights.day[nights.status == Night.HELD], nights.night[nights.status == Night.HELD], strict=True))
    by_night = [int(earned[(claims.day == day) & (claims.night == night)].sum()) for day, night in held]
    assert sum(by_client) == sum(by_service) == int(ledger.revenue.sum()) == report
    assert sum(by_night) == by_service[Service.SESSION]
    week = claims.day // 7
    for at, revenue in enumerate(ledger.revenue.tolist(), start=ledger.first_week):
        assert revenue == int(earned[week == at].sum())
    if ledger.bills:
        of = {m.name: m.compute(told.record, told.book, ledger)[0] for m in measures.MEASURES}
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


def test_the_story_of_readmissions_has_what_it_is_for() -> None:
    told, ledger = settled(READMISSIONS)
    episode = told.record.clients.episode[ledger.claims.client]
    assert episode.max() == 2, "nobody is billed in a third episode"
    assert len(ledger.claims) < len(ledger.services), "coverage never ends"
    assert ledger.claims.denied.any() and (ledger.claims.client_owes > ledger.claims.client_pays).any()


def test_without_payers_only_costs_are_known() -> None:
    told, ledger = settled({"weeks": 10})
    assert not ledger.bills and not len(ledger.claims)
    known = {m.name for m in measures.MEASURES if m.compute(told.record, told.book, ledger)[1]}
    assert known <= {"cost_usd", "cost_per_completion_usd", "cost_per_client_week_usd", "cost_per_session_usd"}
    assert "cost_usd" in known and measures.cost_usd.compute(told.record, told.book, ledger)[0] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"phases.intensive.individual_per_week": 2, "staff.counselor.turnover_per_year": 0.0},
        {"money.drug_screens_per_client_week": 2},
        {"money.assessment_is_free": True},
        {"payers.two": {**PAYER, "share": 0.0}},
    ],
    ids=["individual sessions", "drug screens", "a free assessment", "another payer"],
)
def test_another_service_moves_no_other_claims_luck(change: Mapping[str, object]) -> None:
    plain = {
        "weeks": 40,
        "staff.counselor.turnover_per_year": 0.0,
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
