"""Stories of money: a few clients, every cent written out."""

from dataclasses import replace

import numpy as np
import pytest

from hand import HIGHEST, LOWEST, Story, lines
from iopsim.cohort import draw
from iopsim.deck import CARDS, Purpose, name_word
from iopsim.engines.reference import simulate
from iopsim.measures.money import MEASURES
from iopsim.measures.view import View
from iopsim.money import Ledger, settle
from iopsim.money.ledger import Account
from iopsim.record import Record
from iopsim.rulebook import Rulebook, write
from iopsim.rulebook.money import Cost, Service

PUBLIC = {
    "share": 1.0,
    "rates": {"session_usd": 150.0, "assessment_usd": 100.0},
    "denied_share": 0.0,
    "payment_weeks": 1,
    "late_share": 0.0,
}
PRIVATE = {
    "share": 0.0,
    "rates": {"session_usd": 200.0, "assessment_usd": 160.0},
    "denied_share": 0.1,
    "copay_usd": 20.01,
    "deductible_usd": 250.0,
    "client_pays_share": 0.5,
    "payment_weeks": 2,
    "late_share": 0.1,
    "late_weeks": 1,
}
SELF_PAY = {
    "share": 0.0,
    "rates": {"session_usd": 150.0, "assessment_usd": 100.0},
    "denied_share": 0.0,
    "late_share": 0.0,
    "deductible_usd": 100_000.0,
    "client_pays_share": 0.4,
    "scale_share": {"low": 1.0},
    "scale_pays": {"low": 0.3333},
}
PRICES = {
    "weeks": 4,
    "payers.public": PUBLIC,
    "payers.private": PRIVATE,
    "payers.self_pay": SELF_PAY,
    "referrals.self.payers": {"public": 1.0},
    "referrals.hospital.payers": {"private": 1.0},
    "referrals.residential.payers": {"self_pay": 1.0},
    "money.charge_markup": 1.5,
    "money.start_up_usd": 1000.0,
    "money.pre_opening_weeks": 1,
    "money.fixed_usd_per_week": 100.0,
    "money.supplies_usd_per_client_week": 5.55,
    "money.drug_screens_per_client_week": 1,
    "money.drug_screen_cost_usd": 3.1,
    "rooms.hall": {"seats": 20, "usd_per_night": 40.0},
    "groups.evening.room": "hall",
    "levers.transport.on": True,
    "levers.transport.start_up_usd": 50.0,
    "levers.transport.usd_per_session": 12.0,
    "staff.counselor": {
        "people": 1,
        "caseload": "none",
        "duties": ["groups"],
        "wage_usd_per_hour": 10.01,
        "hours_per_week": 40.0,
        "fringe_share": 0.25,
        "hire_usd": 300.0,
        "pre_opening_weeks": 2,
        "leave_weeks_per_year": 0,
    },
}


def claim_cards(story: Story, source: str, day: int, service: Service, *, denied: int = -1, late: int = -1) -> None:
    """Let the first four claims of a client's service be accepted and paid in time, but for one denied and one late."""
    for place in range(CARDS):
        card = LOWEST if place in (2 * denied, 2 * late + 1) and (denied, late) != (-1, -1) else HIGHEST
        story.deck.put(Purpose.CLAIM, name_word(source), day << 32, place, card, about=service << 32)
        story.deck.put(Purpose.CLAIM, name_word(source), day << 32, place, HIGHEST, about=service << 32 | 1)


def tell(story: Story) -> tuple[Record, Rulebook, Ledger]:
    book = write(story.scenario)
    cohort = draw(book, story.deck)
    record = simulate(book, cohort)
    return record, book, settle(record, book, cohort)


def dollars(cents: np.ndarray) -> list[float]:
    return [amount / 100 for amount in cents.tolist()]


def report(view: View) -> dict[str, tuple[int, int]]:
    return {measure.name: measure.compute(view) for measure in MEASURES}


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


def test_a_program_that_has_clients_already_pays_nothing_for_its_opening() -> None:
    found = {}
    for count, where in ((0, "program"), (1, "waitlist"), (1, "program")):
        book = write(Story({**PRICES, "present.old": {"source": "self", "where": where, "count": count}}).scenario)
        spent = {cost: int(book.money.planned[cost].sum()) for cost in (Cost.HIRING, Cost.START_UP)}
        before = int(book.money.planned[:, : -book.money.first_week or None].sum()) if book.money.first_week else 0
        found[count, where] = (book.money.first_week, spent[Cost.HIRING], spent[Cost.START_UP] > 0, before > 0)
    assert found[0, "program"] == found[1, "waitlist"] == (-2, 30000, True, True)
    assert found[1, "program"] == (0, 0, False, False)


def test_staff_who_start_later_are_paid_beforehand_in_a_running_program_too() -> None:
    later = {**PRICES["staff.counselor"], "first_week": 1, "pre_opening_weeks": 3}
    book = write(Story({**PRICES, "staff.aide": later, "present.old": {"source": "self"}}).scenario)
    assert book.money.first_week == -2
    assert (book.money.planned[Cost.CLINICAL_PAYROLL, :4] > 0).tolist() == [True, True, True, False]


def billed_days(changes: dict[str, object], *, cut_short: bool = False) -> list[int]:
    """Days of the sessions billed for Ann, who comes on days 0, 1, 2, 7, 8, 9 and 14."""
    story = Story({"weeks": 4, "payers.public": PUBLIC, **changes})
    story.client("Ann", "Mon 4 Jan")
    if cut_short:
        story.deck.put(Purpose.CUT_SHORT, name_word("self"), 0, 0, HIGHEST)
    claims = tell(story)[2].claims
    return claims.day[claims.service == Service.SESSION].tolist()


def test_all_sessions_are_billed_if_nothing_speaks_against_it() -> None:
    assert billed_days({}) == [0, 1, 2, 7, 8, 9, 14]


def test_a_session_cut_short_bills_nothing() -> None:
    assert billed_days({"attendance.cut_short_probability": 0.1}, cut_short=True) == [1, 2, 7, 8, 9, 14]


def test_nothing_is_billed_before_the_contract() -> None:
    assert billed_days({"payers.public": {**PUBLIC, "contract_week": 1}}) == [7, 8, 9, 14]


def test_nothing_is_billed_after_the_last_session_granted_though_the_client_stays() -> None:
    granted = {"authorized_sessions": 4, "review_denied_probability": 1.0, "when_coverage_ends": "unpaid"}
    assert billed_days({"payers.public": {**PUBLIC, **granted}}) == [0, 1, 2, 7]


def test_sessions_before_the_contract_do_not_count_as_granted() -> None:
    granted = {"authorized_sessions": 3, "review_denied_probability": 1.0, "when_coverage_ends": "unpaid"}
    assert billed_days({"payers.public": {**PUBLIC, **granted, "contract_week": 1}}) == [7, 8, 9]


def test_nothing_is_billed_for_a_night_that_is_cancelled() -> None:
    assert billed_days({"groups.evening.smallest_census": 2}) == []


def test_nothing_is_billed_for_an_assessment_that_is_free() -> None:
    for free in (False, True):
        story = Story({"payers.public": PUBLIC, "money.assessment_is_free": free})
        story.client("Ann", "Mon 4 Jan")
        claims = tell(story)[2].claims
        assert (Service.ASSESSMENT in claims.service) is not free


def test_what_is_not_paid_by_the_end_is_outstanding() -> None:
    story = Story({"weeks": 2, "payers.public": {**PUBLIC, "payment_weeks": 1}})
    story.client("Ann", "Mon 4 Jan")
    ledger = tell(story)[2]
    assert ledger.total(Account.RECEIVABLE) == 3 * 15_000
    assert ledger.postings[Account.RECEIVABLE].tolist()[-2:] == [3 * 15_000 + 10_000, -10_000]


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


def test_a_session_is_paid_by_the_level_of_the_client_s_phase() -> None:
    levels = {"phases.intensive.level": "2.5", "phases.step_down.level": "1"}
    story = Story({"payers.public": PUBLIC, **levels})
    story.client("Ann", "Mon 4 Jan")
    record, _, ledger = tell(story)
    moved, claims = int(record.moves.day[0]), ledger.claims
    sessions = claims.service == Service.SESSION
    assert moved in claims.day[sessions].tolist(), "she has come on the evening of the day on which she moved"
    assert set(claims.allowed[sessions & (claims.day < moved)].tolist()) == {28477}
    assert set(claims.allowed[sessions & (claims.day >= moved)].tolist()) == {5290}


def test_who_pays_alone_owes_everything_at_once_and_nothing_is_denied() -> None:
    pays = {**PUBLIC, "self_pay": True, "denied_share": 1.0, "client_pays_share": 0.5}
    story = Story({"payers.public": pays})
    story.client("Ann", "Mon 4 Jan")
    claims = tell(story)[2].claims
    assert len(claims) and claims.denied.sum() == claims.payer_owes.sum() == 0
    assert claims.client_owes.tolist() == claims.allowed.tolist()
    assert claims.client_pays.sum() == claims.allowed.sum() // 2


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


def test_who_has_no_duties_and_no_caseload_is_other_payroll() -> None:
    clerk = {"people": 1, "caseload": "none", "duties": [], "wage_usd_per_hour": 20.0, "leave_weeks_per_year": 0}
    carries = {**clerk, "caseload": 10}
    for role, other in ((clerk, 4 * 80000), (carries, 0)):
        pay = {"hours_per_week": 40.0, "fringe_share": 0.0, "pre_opening_weeks": 0}
        told = report_of(Story({**PRICES, "staff.clerk": {**role, **pay}}))
        assert told["other_payroll_usd"] == (other, 1)
        assert told["clinical_payroll_usd"][0] + other == 300300 + 4 * 80000


INTERIM = {"interim": {"offered": "everybody", "after_days": 2, "usd_per_week": 7.0}}
"""Interim services at a dollar a day."""


def test_interim_services_begin_so_many_days_after_the_request_assessed_by_then_or_not() -> None:
    story = Story(INTERIM)
    story.client("Ann", "Mon 4 Jan", can_come_in=(8,))
    story.client("Bob", "Mon 4 Jan", can_come_in=(9,), misses=9, rebooks=0)
    assert story.diary("attends", "moves", "due", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for Tue 12 Jan
        Mon 4 Jan  Bob: referred by self, booked for Wed 13 Jan
        Tue 12 Jan  Ann: assessed, placed here, ready today, admitted to evening
        Wed 13 Jan  Bob: no-show, lost
    """)
    assert interim_days(story) == {0: 5 + 5, 1: 1 + 2}


def test_interim_services_of_a_client_are_right_to_half_a_cent() -> None:
    story = Story({"interim": {"offered": "everybody", "after_days": 0, "usd_per_week": 20.0}})
    story.client("Ann", "Mon 4 Jan", can_come_in=(4,))
    story.client("Bob", "Mon 4 Jan", can_come_in=(11,))
    assert tell(story)[2].spent_on(Cost.INTERIM).sum() == 1143 + 3143  # 4 and 11 days at $2.857 each


def test_rides_are_not_paid_for_sessions_by_video_and_video_only_for_these() -> None:
    groups = {
        "groups.evening": {"nights": ["Mon", "Tue", "Wed"], "seats": 3, "serves": ["intensive"]},
        "groups.online": {"nights": ["Thu"], "seats": 3, "serves": ["step_down"], "video": True},
    }
    for lever, sessions in (("transport", 6), ("child_care", 6), ("video", 1), ("reminders", 7)):
        free = {"start_up_usd": 0.0, "usd_per_week": 0.0, "usd_per_client_week": 0.0}
        story = Story({**groups, f"levers.{lever}": {**free, "on": True, "usd_per_session": 5.0}})
        story.client("Ann", "Mon 4 Jan")
        assert tell(story)[2].spent_on(Cost.LEVERS).sum() == 500 * sessions, lever


def test_whose_call_is_lost_or_screened_out_has_no_interim_services() -> None:
    at_once = {"interim.offered": "everybody", "interim.after_days": 0, "interim.usd_per_week": 7.0}
    story = Story({**at_once, "calls.lost_probability": 0.1, "calls.screened_out_probability": 0.1})
    story.client("Ann", "Mon 4 Jan", call_lost=True)
    story.client("Bob", "Mon 4 Jan", screened_out=True)
    story.client("Cyd", "Mon 4 Jan", can_come_in=(1,))
    assert story.exits()["Ann"] == "call_lost" and story.exits()["Bob"] == "screened_out"
    assert interim_days(story) == {0: 1}


def test_who_is_elsewhere_first_has_no_interim_services_there() -> None:
    story = Story({**INTERIM, "placement.this_program": 0.5, "placement.residential.share": 0.1})
    story.client("Ann", "Mon 4 Jan", can_come_in=(4,), away=("residential", 20), ready_in=3)
    assert story.diary("attends", "moves", "due", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for Fri 8 Jan
        Fri 8 Jan  Ann: assessed, placed in residential first, goes away
        Thu 28 Jan  Ann: comes back, ready Sun 31 Jan
        Mon 1 Feb  Ann: admitted to evening
    """)
    assert interim_days(story) == {0: 2, 3: 4}


def test_who_waits_at_the_opening_has_interim_services_so_many_days_after_it() -> None:
    waiting = {"present.old": {"source": "self", "where": "waitlist", "count": 1}, "groups.evening.first_week": 2}
    assert interim_days(Story({**INTERIM, **waiting})) == {0: 5, 1: 7}


def report_of(story: Story) -> dict[str, tuple[int, int]]:
    record, book, ledger = tell(story)
    return report(View(record, book, ledger=ledger))


def interim_days(story: Story) -> dict[int, int]:
    """Days of interim services, at a dollar each, in each week of the run that has any."""
    ledger = tell(story)[2]
    spent = ledger.spent_on(Cost.INTERIM).tolist()
    return {week: cents // 100 for week, cents in enumerate(spent, start=ledger.first_week) if cents}
