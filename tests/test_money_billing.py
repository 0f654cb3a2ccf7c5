"""Stories of money: what is billed, who owes it, and what the program pays for in special cases."""

from hand import Story, lines
from hand_deck import HIGHEST
from iopsim.deck import Purpose, name_word
from iopsim.measures.view import View
from iopsim.money.ledger import Account
from iopsim.rulebook import write
from iopsim.rulebook.money import Cost, Service
from money_clinic import PRICES, PUBLIC, report, tell


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
