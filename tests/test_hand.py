"""Each card that a story can deal means what its keyword says."""

import pytest

from hand import SAID, Story, lines
from iopsim.events import Activity
from iopsim.record import Exit, Night
from iopsim.scenario.intake import Detour

WAY_IN = ("referred", "booked", "assessed", "placed", "ready")
COUNSELOR = {"people": 1, "caseload": 10, "leave_weeks_per_year": 0}
PAYERS = {
    "payers.plan": {
        "share": 0.6,
        "authorization": {"median_days": 2.0, "mean_days": 3.0},
        "authorization_denied_probability": 0.2,
        "authorized_sessions": 3,
        "review_sessions": 2,
        "review_denied_probability": 0.25,
        "coverage_loss_per_week": 0.1,
    },
    "payers.cash": {"share": 0.4},
}


def with_detours(story: Story) -> Story:
    """Let a tenth of the clients go to each of withdrawal management and residential treatment first."""
    shares = story.scenario.placement
    detours = {
        name: Detour(**{**getattr(shares, name).model_dump(), "share": 0.1}) for name in ("withdrawal", "residential")
    }
    placement = shares.model_copy(update={"this_program": 0.5, "higher": 0.1, **detours})
    story.scenario = story.scenario.model_copy(update={"placement": placement})
    return story


def test_every_activity_has_words() -> None:
    assert set(SAID) == set(Activity)


# The way in


def test_a_call_may_be_lost_or_screened_out_and_a_referrer_may_know_of_the_wait() -> None:
    story = Story(
        {
            "calls.lost_probability": 0.2,
            "calls.screened_out_probability": 0.1,
            "referrals.self.kept_per_week_waited": 0.5,
        }
    )
    story.client("Ann", "Mon 4 Jan", call_lost=True)
    story.client("Bob", "Mon 4 Jan", screened_out=True)
    story.client("Cyd", "Mon 4 Jan", ready_in=14, leaves=1)
    story.client("Dee", "Tue 19 Jan", not_referred=True)
    story.client("Eve", "Tue 19 Jan", leaves=1)
    assert story.diary("attends", "booked", "assessed", "placed", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, call lost
        Mon 4 Jan  Bob: referred by self, screened out
        Mon 4 Jan  Cyd: referred by self, ready Mon 18 Jan
        Mon 18 Jan  Cyd: admitted to evening
        Tue 19 Jan  Dee: not referred by self
        Tue 19 Jan  Eve: referred by self, ready today, admitted to evening
    """)


def test_a_payer_authorizes_denies_grants_sessions_and_lets_go() -> None:
    story = Story(PAYERS)
    story.client("Ann", "Mon 4 Jan", authorized_in=3, covered=5)
    story.client("Bob", "Mon 4 Jan", payer="plan", denied=True, authorized_in=2)
    story.client("Cyd", "Mon 4 Jan", payer="cash")
    story.client("Dee", "Mon 4 Jan", payer="plan", loses_coverage=1, covered=21)
    assert story.diary("attends", "referred", "booked", "assessed", "placed") == lines("""
        Mon 4 Jan  Ann: ready Thu 7 Jan
        Mon 4 Jan  Bob: ready Wed 6 Jan
        Mon 4 Jan  Cyd: ready today, admitted to evening
        Mon 4 Jan  Dee: ready today, admitted to evening
        Wed 6 Jan  Bob: not authorized
        Thu 7 Jan  Ann: admitted to evening
        Mon 11 Jan  Dee: discharged, coverage ended
        Mon 18 Jan  Cyd: due in step_down, moves to step_down
        Thu 21 Jan  Ann: discharged, coverage ended
        Mon 25 Jan  Cyd: discharged, completed
    """)
    assert [story.facts(name)["payer"] for name in ("Ann", "Bob", "Cyd", "Dee")] == [0, 0, 1, 0]


@pytest.mark.parametrize(("covered", "weeks"), [(3, 1), (5, 2), (7, 3)])
def test_coverage_ends_at_the_first_review_after_the_sessions_granted(covered: int, weeks: int) -> None:
    story = Story({**PAYERS, "phases.intensive.planned_weeks": 4})
    story.client("Ann", "Mon 4 Jan", covered=covered)
    ann = story.facts("Ann")
    assert ann["exit"] == Exit.COVERAGE_ENDED
    assert ann["exit_day"] == 7 * weeks


@pytest.mark.parametrize(("contract_week", "weeks"), [(0, 2), (1, 3), (2, 4)])
def test_sessions_before_the_contract_do_not_count_as_granted(contract_week: int, weeks: int) -> None:
    payer = {**PAYERS["payers.plan"], "contract_week": contract_week, "before_contract": "unpaid"}
    story = Story({**PAYERS, "payers.plan": payer, "phases.intensive.planned_weeks": 6})
    story.client("Ann", "Mon 4 Jan", covered=5)
    ann = story.facts("Ann")
    assert ann["exit"] == Exit.COVERAGE_ENDED
    assert ann["exit_day"] == 7 * weeks


@pytest.mark.parametrize(("contract_week", "weeks"), [(0, 1), (1, 1), (3, 3)])
def test_coverage_lost_before_the_contract_ends_treatment_when_it_starts(contract_week: int, weeks: int) -> None:
    payer = {**PAYERS["payers.plan"], "contract_week": contract_week, "before_contract": "unpaid"}
    story = Story({**PAYERS, "payers.plan": payer, "phases.intensive.planned_weeks": 6})
    story.client("Ann", "Mon 4 Jan", loses_coverage=1)
    assert story.facts("Ann")["exit_day"] == 7 * weeks


def test_a_number_of_sessions_between_two_reviews_is_refused() -> None:
    with pytest.raises(AssertionError, match="not a number of sessions that reviews may come to"):
        Story(PAYERS).client("Ann", "Mon 4 Jan", covered=4)


@pytest.mark.parametrize(("missed", "ready"), [(0, "Thu 7 Jan"), (1, "Mon 11 Jan"), (2, "Thu 14 Jan")])
def test_orientations_are_missed_one_after_the_other(missed: int, ready: str) -> None:
    story = Story({"orientation.required": True})
    story.client("Ann", "Tue 5 Jan", orientations_missed=missed)
    assert story.date(story.facts("Ann")["ready_day"]) == ready


def test_clients_go_away_first_and_come_back_or_not() -> None:
    story = with_detours(Story())
    story.client("Ann", "Mon 4 Jan", away=("withdrawal", 5), leaves=1)
    story.client("Bob", "Mon 4 Jan", away=("residential", 20), leaves=1)
    story.client("Cyd", "Mon 4 Jan", away=("residential", 20), comes_back=False)
    story.client("Dee", "Fri 12 Feb", away=("residential", 60))
    assert story.diary("attends", "referred", "booked", "assessed") == lines("""
        Mon 4 Jan  Ann: placed in withdrawal first, goes away
        Mon 4 Jan  Bob: placed in residential first, goes away
        Mon 4 Jan  Cyd: placed in residential first
        Sat 9 Jan  Ann: comes back, ready today
        Mon 11 Jan  Ann: admitted to evening
        Mon 18 Jan  Ann: discharged, other
        Sun 24 Jan  Bob: comes back, ready today
        Mon 25 Jan  Bob: admitted to evening
        Mon 1 Feb  Bob: discharged, other
        Fri 12 Feb  Dee: placed in residential first, goes away
    """)
    assert story.exits()["Cyd"] == "placed_higher"
    assert story.exits()["Dee"] == "away_first"


def test_one_who_comes_while_no_assessor_has_time_comes_again() -> None:
    story = Story({"assessment.slots_per_day": 1, "assessment.overbooking": 1.0})
    story.client("Ann", "Mon 4 Jan", leaves=1)
    story.client("Bob", "Mon 4 Jan", leaves=1, lot=0.6)
    assert story.diary("attends", "placed", "ready", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, assessed, admitted to evening
        Mon 4 Jan  Bob: referred by self, booked for today, no assessor
        Tue 5 Jan  Bob: assessed, admitted to evening
    """)


def test_who_is_here_at_the_opening_goes_by_the_name_in_the_file() -> None:
    story = Story(
        {
            "present.ann": {"source": "self", "weeks": 1, "phase_weeks": 1},
            "present.bob": {"source": "hospital", "where": "waitlist", "weeks": 2},
            "present.cyd": {"count": 2, "source": "self", "where": "waitlist", "weeks": 1},
            "groups.evening.seats": 2,
        }
    )
    story.client("ann", "here", leaves=1)
    story.client("cyd 2", "here", patience=3)
    story.client("Dee", "Tue 5 Jan", patience=1)
    assert story.diary("attends", "referred", "booked", "assessed", "placed") == lines("""
        Mon 4 Jan  ann: here in evening
        Mon 4 Jan  bob: here on the waitlist, admitted to evening
        Mon 4 Jan  cyd 1: here on the waitlist
        Mon 4 Jan  cyd 2: here on the waitlist
        Tue 5 Jan  Dee: ready today
        Wed 6 Jan  Dee: reneges
        Thu 7 Jan  cyd 2: reneges
        Mon 11 Jan  ann: discharged, other
        Mon 11 Jan  cyd 1: admitted to evening
        Mon 18 Jan  bob: due in step_down, moves to step_down
        Mon 25 Jan  bob: discharged, completed
        Mon 25 Jan  cyd 1: due in step_down, moves to step_down
        Mon 1 Feb  cyd 1: discharged, completed
    """)


# Treatment


def test_lapses_come_in_their_weeks_and_lead_where_the_story_says() -> None:
    story = Story(
        {
            "lapse.per_week": 0.1,
            "lapse.step_up_probability": 0.3,
            "lapse.step_out_probability": 0.2,
            "phases.step_down.planned_weeks": 2,
        }
    )
    story.client("Ann", "Mon 4 Jan", lapses=[(1, "stays"), (3, "up")])
    story.client("Bob", "Mon 4 Jan", lapses=[(2, "out")])
    story.client("Cyd", "Mon 4 Jan", lapses=[(week, "stays") for week in (1, 2, 3, 4)])
    assert story.diary("attends", *WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Ann: lapses
        Mon 11 Jan  Cyd: lapses
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 18 Jan  Bob: lapses, discharged, transferred
        Mon 18 Jan  Cyd: lapses, due in step_down, moves to step_down
        Mon 25 Jan  Ann: lapses, due in intensive, moves to intensive
        Mon 25 Jan  Cyd: lapses
        Mon 1 Feb  Cyd: lapses, discharged, completed
        Mon 8 Feb  Ann: due in step_down, moves to step_down
        Mon 22 Feb  Ann: discharged, completed
    """)


def test_absences_are_made_up_for_and_sessions_cut_short() -> None:
    story = Story(
        {
            "attendance.make_up_probability": 0.5,
            "attendance.cut_short_probability": 0.1,
            "groups.late": {"nights": ["Thu", "Fri"]},
        }
    )
    story.client("Ann", "Mon 4 Jan", absent=[(1, 1, False), (1, 2, True)], makes_up=(1, 2), leaves_early=(2, 1))
    story.client("Bob", "Mon 4 Jan", absent=[(1, 1, False), (1, 1, True)], makes_up=(2,), leaves=2)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Mon 4 Jan  Bob: admitted to evening, attends evening
        Tue 5 Jan  Ann: absent from evening
        Tue 5 Jan  Bob: absent from evening
        Wed 6 Jan  Ann: cut short evening
        Wed 6 Jan  Bob: attends evening
        Thu 7 Jan  Ann: makes up in late
        Mon 11 Jan  Ann: excused from evening
        Mon 11 Jan  Bob: excused from evening
        Tue 12 Jan  Ann: excused from evening
        Tue 12 Jan  Bob: attends evening
        Wed 13 Jan  Ann: cut short evening
        Wed 13 Jan  Bob: attends evening
        Thu 14 Jan  Ann: makes up in late
        Thu 14 Jan  Bob: makes up in late
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 18 Jan  Bob: discharged, other
        Thu 21 Jan  Ann: attends late
        Mon 25 Jan  Ann: discharged, completed
    """)


def test_visits_are_missed_in_the_order_in_which_they_fall_due() -> None:
    story = Story(
        {
            "staff.counselor": COUNSELOR,
            "staff.doctor": {
                "people": 1,
                "caseload": "none",
                "duties": ["medication"],
                "hours_per_week": 0.5,
                "wage_usd_per_hour": 99.0,
            },
            "phases.intensive.individual_per_week": 1,
            "phases.intensive.medication_every_weeks": 2,
            "family_night.every_weeks": 1,
        }
    )
    story.client("Ann", "Mon 4 Jan", misses_visits=(1, 5))
    assert story.diary("attends", *WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Thu 7 Jan  Ann: family no show
        Sun 10 Jan  Ann: individual held, medication no hours
        Thu 14 Jan  Ann: family held
        Sun 17 Jan  Ann: individual no show
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Thu 21 Jan  Ann: family held
        Mon 25 Jan  Ann: discharged, completed
    """)


# After treatment


def test_clients_relapse_and_call_again_on_their_days_in_every_episode() -> None:
    story = Story({"after.return_probability": 0.5, "after.return_days": 10.0})
    story.client("Ann", "Mon 4 Jan", leaves=1, relapses=5, calls_again=4)
    story.again("Ann", leaves=2, relapses=3, calls_again=2)
    story.again("Ann", 3, misses=2)
    assert story.diary("attends", "placed", "ready") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, assessed, admitted to evening
        Mon 11 Jan  Ann: discharged, other
        Sat 16 Jan  Ann: relapses
        Wed 20 Jan  Ann 2: calls again, booked for today, assessed, admitted to evening
        Wed 3 Feb  Ann 2: discharged, other
        Sat 6 Feb  Ann 2: relapses
        Mon 8 Feb  Ann 3: calls again, booked for today, no-show
        Tue 9 Feb  Ann 3: booked for today, no-show, lost
    """)


# Staff


def test_staff_leave_and_are_replaced_on_their_days() -> None:
    story = Story({"staff.counselor": {**COUNSELOR, "people": 2}})
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Mon 4 Jan")
    story.staff_leaves("counselor", 1, after_days=3, vacant_days=4)
    story.staff_leaves("counselor", 1, after_days=5, vacant_days=4)
    story.staff_leaves("counselor", 2, after_days=9, vacant_days=4)
    assert story.diary("attends", "due", "moves", *WAY_IN, counselors=True) == lines("""
        Mon 4 Jan  Ann: admitted to evening, gets counselor 1
        Mon 4 Jan  Bob: admitted to evening, gets counselor 2
        Thu 7 Jan  Ann: changes to counselor 2
        Wed 13 Jan  Ann: changes to counselor 1
        Wed 13 Jan  Bob: changes to counselor 1
        Wed 20 Jan  Ann: changes to counselor 1
        Wed 20 Jan  Bob: changes to counselor 1
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Bob: discharged, completed
    """)
    vacant = story.record().staff.vacant_days.tolist()
    assert vacant[:3] == [4, 5 + 1, 3 - 1], "days 3 to 6, 9 to 12 and 12 to 15"


def test_a_night_is_cancelled_when_who_should_run_it_is_sick_and_nobody_covers() -> None:
    story = Story({"staff.counselor": {**COUNSELOR, "cover_probability": 0.5}})
    story.client("Ann", "Mon 4 Jan")
    story.staff_sick("counselor", 1, "Tue 5 Jan", 2)
    story.staff_sick("counselor", 1, "Mon 11 Jan", 1)
    story.nobody_covers("evening", "Tue 5 Jan")
    assert story.diary("due", "moves", "discharged", *WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Wed 6 Jan  Ann: attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: attends evening
    """)
    nights = story.record().nights
    assert nights.status.tolist()[:4] == [Night.HELD, Night.NO_STAFF, Night.HELD, Night.HELD]
    assert nights.staff.tolist()[:5] == [1, 0, 0, 0, 1]
    assert nights.cover.tolist()[:5] == [0, 0, 1, 1, 0]
    assert story.record().staff.away_days.tolist()[:2] == [2, 1]
