"""Stories of money: the books of a few clients, every cent written out.

What is billed, owed and paid in special cases is in test_money_billing.py.
"""

from dataclasses import replace

import numpy as np
import pytest

from hand import Story
from iopsim.measures.view import View
from iopsim.money import Ledger
from iopsim.money.ledger import Account
from iopsim.record import Record
from iopsim.rulebook import Rulebook
from iopsim.rulebook.money import Cost, Service
from money_clinic import PRICES, claim_cards, dollars, report, tell


@pytest.fixture(scope="module")
def clinic() -> tuple[Record, Rulebook, Ledger]:
    """Ann comes 3 + 3 + 1 times, Ben 2 + 2 + 2 times, Cleo once."""
    story = Story(PRICES)
    story.client("Ann", "Mon 4 Jan")
    story.client("Ben", "Tue 5 Jan", "hospital", absent=[(2, 1, True)])
    story.client("Cleo", "Mon 11 Jan", "residential")
    claim_cards(story, "hospital", 1, Service.SESSION, denied=2, late=3)
    claim_cards(story, "hospital", 1, Service.ASSESSMENT)
    return tell(story)


def test_every_claim_is_shared_out_to_the_cent(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    claims = clinic[2].claims
    money = (claims.charge, claims.allowed, claims.denied, claims.client_owes, claims.client_pays, claims.payer_owes)
    rows = [
        (who, Service(service).name.lower(), day, *amounts, week)
        for who, service, day, *amounts, week in zip(
            claims.client.tolist(),
            claims.service.tolist(),
            claims.day.tolist(),
            *map(dollars, money),
            claims.payer_pays_week.tolist(),
            strict=True,
        )
    ]
    ann, ben, cleo = 0, 1, 2
    assert rows == [
        # who, what, day, charged, allowed, denied, client owes, client pays, payer owes and when
        (ann, "session", 0, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 1),
        (ann, "assessment", 0, 150.0, 100.0, 0.0, 0.0, 0.0, 100.0, 1),
        (ann, "session", 1, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 1),
        (ann, "session", 2, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 1),
        (ann, "session", 7, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 2),
        (ann, "session", 8, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 2),
        (ann, "session", 9, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 2),
        (ann, "session", 14, 225.0, 150.0, 0.0, 0.0, 0.0, 150.0, 3),
        # Ben: copayment 20.01, then 250.00 of deductible; half of what is owed is ever paid, to the cent
        (ben, "session", 1, 300.0, 200.0, 0.0, 200.0, 100.0, 0.0, 2),  # 20.01 + 179.99; 70.01 of deductible left
        (ben, "assessment", 1, 240.0, 160.0, 0.0, 70.01, 35.01, 89.99, 2),  # half of 270.01 is 135.005, so 135.01
        (ben, "session", 2, 300.0, 200.0, 0.0, 20.01, 10.0, 179.99, 2),  # half of 290.02 is 145.01
        (ben, "session", 8, 300.0, 200.0, 200.0, 0.0, 0.0, 0.0, 3),  # denied
        (ben, "session", 9, 300.0, 200.0, 0.0, 20.01, 10.01, 179.99, 4),  # half of 310.03 is 155.02; paid late
        (ben, "session", 14, 300.0, 200.0, 0.0, 20.01, 10.0, 179.99, 4),
        (ben, "session", 15, 300.0, 200.0, 0.0, 20.01, 10.01, 179.99, 4),
        # Cleo: a third of the rate, and pays 40 % of it
        (cleo, "session", 7, 225.0, 50.0, 0.0, 50.0, 20.0, 0.0, 7),
        (cleo, "assessment", 7, 150.0, 33.33, 0.0, 33.33, 13.33, 0.0, 7),
    ]


def test_the_accounts_hold_what_the_claims_and_the_bills_say(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    ledger = clinic[2]
    assert ledger.first_week == -2
    assert {account.name: ledger.total(account) / 100 for account in Account} == {
        "CASH": -3773.21,  # 1,628.34 paid in, 5,401.55 paid out
        "RECEIVABLE": 539.97,  # three times 179.99
        "BILLED": -4140.0,
        "NOT_ALLOWED": 1546.67,  # of 4,140.00, 2,593.33 is allowed
        "DENIED": 200.0,
        "UNCOLLECTED": 225.02,  # Ben 175.02, Cleo 50.00
    }
    # weeks               -2      -1      0       1       2       3
    assert {cost.name: dollars(ledger.postings[len(Account) + cost]) for cost in Cost} == {
        "CLINICAL_PAYROLL": [500.5, 500.5, 500.5, 500.5, 500.5, 500.5],
        "COVER": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "HIRING": [300.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "ROOMS": [0.0, 0.0, 120.0, 120.0, 80.0, 0.0],  # nobody is due on the last Wednesday
        "FIXED": [0.0, 100.0, 100.0, 100.0, 100.0, 100.0],
        "START_UP": [1000.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "LEVERS": [50.0, 0.0, 60.0, 72.0, 36.0, 0.0],  # 5, 6 and 3 sessions attended
        "SUPPLIES": [0.0, 0.0, 11.1, 16.65, 11.1, 0.0],  # 2, 3 and 2 weeks of treatment begun
        "DRUG_SCREENS": [0.0, 0.0, 6.2, 9.3, 6.2, 0.0],
        "INTERIM": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "OTHER_PAYROLL": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    }


def test_weeks_earn_cost_and_leave_cash(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    ledger = clinic[2]
    assert dollars(ledger.revenue) == [0.0, 0.0, 964.99, 673.33, 529.99, 0.0]
    assert dollars(ledger.cost) == [1850.5, 600.5, 797.8, 818.45, 733.8, 600.5]
    paid_in = [0.0, 0.0, 145.01, 593.34, 739.99, 150.0]
    steps = [round(100 * (came - went)) for came, went in zip(paid_in, dollars(ledger.cost), strict=True)]
    assert ledger.cash.tolist() == np.cumsum(steps).tolist()


def test_the_report_says_the_same(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    record, book, ledger = clinic
    told = report(View(record, book, ledger=ledger))
    cost = 540155
    assert told == {
        "billed_usd": (414000, 1),
        "allowed_usd": (259333, 1),
        "denied_usd": (20000, 1),
        "uncollected_usd": (22502, 1),
        "revenue_usd": (216831, 1),
        "collected_usd": (162834, 1),
        "late_usd": (17999, 1),  # Ben's fourth session
        "outstanding_usd": (53997, 1),
        "cost_usd": (cost, 1),
        "clinical_payroll_usd": (300300, 1),
        "other_payroll_usd": (0, 1),
        "cover_usd": (0, 1),
        "hiring_usd": (30000, 1),
        "rooms_usd": (32000, 1),
        "fixed_usd": (50000, 1),
        "start_up_usd": (100000, 1),
        "levers_usd": (21800, 1),
        "supplies_usd": (3885, 1),
        "drug_screens_usd": (2170, 1),
        "interim_usd": (0, 1),
        "margin_usd": (216831 - cost, 1),
        "margin_last_year_usd": (0, 0),
        "broken_even_share": (0, 1),
        "weeks_until_broken_even": (0, 0),
        "weeks_until_operating_margin": (0, 0),
        "cash_hole_usd": (cost - 162834, 1),
        "weeks_until_cash_hole": (4, 1),
        "cash_falling_share": (1, 1),
        "cost_per_completion_usd": (cost, 3),
        "cost_per_client_week_usd": (cost, 7),
        "revenue_per_client_week_usd": (216831, 7),
        "cost_per_session_usd": (cost, 14),
    }


def test_a_mature_view_reports_the_weeks_that_count_and_nothing_that_began_with_the_opening(
    clinic: tuple[Record, Rulebook, Ledger],
) -> None:
    record, book, ledger = clinic
    cost, earned = 215275, 120332
    assert report(View(record, book, 7, ledger)) == {
        "billed_usd": (247500, 1),
        "allowed_usd": (148333, 1),
        "denied_usd": (20000, 1),
        "uncollected_usd": (8001, 1),  # Ben 30.01, Cleo 50.00
        "revenue_usd": (earned, 1),
        "collected_usd": (148333, 1),  # 819.98 of it for services of the opening week
        "late_usd": (17999, 1),  # Ben's fourth session
        "outstanding_usd": (53997, 1),
        "cost_usd": (cost, 1),
        "clinical_payroll_usd": (150150, 1),
        "other_payroll_usd": (0, 1),
        "cover_usd": (0, 1),
        "hiring_usd": (0, 1),
        "rooms_usd": (20000, 1),
        "fixed_usd": (30000, 1),
        "start_up_usd": (0, 1),
        "levers_usd": (10800, 1),
        "supplies_usd": (2775, 1),
        "drug_screens_usd": (1550, 1),
        "interim_usd": (0, 1),
        "margin_usd": (earned - cost, 1),
        "margin_last_year_usd": (0, 0),
        "broken_even_share": (0, 0),
        "weeks_until_broken_even": (0, 0),
        "weeks_until_operating_margin": (0, 0),
        "cash_hole_usd": (0, 0),
        "weeks_until_cash_hole": (0, 0),
        "cash_falling_share": (0, 0),
        "cost_per_completion_usd": (cost, 3),
        "cost_per_client_week_usd": (cost, 5),
        "revenue_per_client_week_usd": (earned, 5),
        "cost_per_session_usd": (cost, 9),
    }


def test_each_client_has_accounts_of_their_own_without_costs(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    ben = clinic[2].of(np.array([False, True, False]))
    assert {account.name: ben.total(account) / 100 for account in Account} == {
        "CASH": 445.01,  # the payer's 89.99 + 179.99, and half of the 350.05 that Ben owes
        "RECEIVABLE": 539.97,
        "BILLED": -2040.0,
        "NOT_ALLOWED": 680.0,
        "DENIED": 200.0,
        "UNCOLLECTED": 175.02,
    }
    assert set(ben.claims.client.tolist()) == {0} and not ben.cost.any()


BREAK_EVEN = {
    # cash in each week from two before the opening; week that breaks even, week of the deepest hole (None: never)
    "never": ([-5, -5, 1, 1, 1], None, 0),
    "once and for all": ([-5, -5, 4, 4, 4], 3, 0),
    "not for good": ([-5, -5, 12, -4, 3], 3, 0),
    "by nothing": ([-5, -5, -5, 15, 0], 2, 1),
    "never in need": ([0, 0, 1, 1, 1], 1, None),
}


@pytest.mark.parametrize(("flows", "even", "hole"), BREAK_EVEN.values(), ids=BREAK_EVEN)
def test_a_program_breaks_even_when_cash_is_never_negative_again(
    clinic: tuple[Record, Rulebook, Ledger], flows: list[int], even: int | None, hole: int | None
) -> None:
    record, book, ledger = clinic
    postings = np.zeros((len(Account) + len(Cost), len(flows)), dtype=np.int64)
    postings[Account.CASH] = flows
    told = report(View(record, book, ledger=replace(ledger, postings=postings)))
    assert told["broken_even_share"] == (int(even is not None), 1)
    assert told["weeks_until_broken_even"] == ((even, 1) if even else (0, 0))
    assert told["weeks_until_cash_hole"] == ((hole, 1) if hole is not None else (0, 0))
    assert told["cash_hole_usd"] == (-min(0, *np.cumsum(flows).tolist()), 1)


def test_a_quarter_pays_for_itself_in_the_week_that_ends_it(clinic: tuple[Record, Rulebook, Ledger]) -> None:
    record, book, ledger = clinic
    postings = np.zeros((len(Account) + len(Cost), 22), dtype=np.int64)
    postings[Account.BILLED, 2:] = -np.arange(20)  # week k of the run, from 1, earns k - 1 ...
    postings[len(Account) + Cost.FIXED] = 8  # ... and costs 8, so that weeks 3 to 15 are the first 13 that pay
    told = report(View(record, book, ledger=replace(ledger, postings=postings)))
    assert told["weeks_until_operating_margin"] == (15, 1)


FALLING = {
    # cash in each week; whether there is less of it at the end than 13 weeks before
    "falling all the time": ([-5] * 20, 1),
    "falling again, though not yet as low as at first": ([-9] * 2 + [1] * 10 + [-1] * 8, 1),
    "as much as 13 weeks before": ([-5] * 7 + [-1] * 6 + [0] + [1] * 6, 0),
    "lowest lately, and rising": ([-5] * 10 + [20] * 10, 0),
    "a short run": ([-5, 1, 1], 1),
}


@pytest.mark.parametrize(("flows", "falls"), FALLING.values(), ids=FALLING)
def test_cash_is_still_falling_if_it_is_lower_than_a_quarter_before(
    clinic: tuple[Record, Rulebook, Ledger], flows: list[int], falls: int
) -> None:
    record, book, ledger = clinic
    postings = np.zeros((len(Account) + len(Cost), len(flows)), dtype=np.int64)
    postings[Account.CASH] = flows
    told = report(View(record, book, ledger=replace(ledger, postings=postings)))
    assert told["cash_falling_share"] == (falls, 1)
