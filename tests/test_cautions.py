"""What to look at again: levers, groups, staff and payers that are valid and perhaps not meant."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.scenario import resolve_text
from iopsim.scenario.cautions import cautions
from short_file import GOOD

# ------------------------------------------------------------------------------- what cannot do what it is for

LEVERS = [
    (
        ["levers.same_day_assessment.on=true"],
        (
            "levers.same_day_assessment: bought, and assessments are on the day of the call without it "
            "(assessment.same_day = true), so the lever changes nothing"
        ),
    ),
    (
        ["levers.same_day_assessment.on=true", "levers.same_day_assessment.show_odds_ratio=1.2"],
        (
            "levers.same_day_assessment: bought, and assessments are on the day of the call without it "
            "(assessment.same_day = true)"
        ),
    ),
    (
        ["levers.second_evening.on=true"],
        (
            'levers.second_evening: bought, and it opens none: no group has lever = "second_evening", so the lever '
            "changes nothing"
        ),
    ),
    (
        ["levers.video.on=true", "levers.video.attendance_odds_ratio=1.2"],
        "levers.video: bought, and changes nothing: no group has video = true",
    ),
    (
        ["levers.video.on=true", "groups.evening.video=true"],
        "levers.video: bought, and changes nothing: its attendance_odds_ratio is 1",
    ),
    (["levers.transport.on=true"], "levers.transport: bought, and changes nothing: all its ratios are 1"),
    (
        ["levers.child_care.on=true", "levers.child_care.attendance_odds_ratio=1.5", "groups.evening.video=true"],
        "levers.child_care: bought, and helps nobody to a session: all groups meet by video",
    ),
    (
        ["levers.reminders.on=true", "levers.reminders.renege_hazard_ratio=0.8", "waitlist.renege_per_day=0"],
        "levers.reminders: bought, and its renege_hazard_ratio of 0.8 changes nothing: waitlist.renege_per_day is 0",
    ),
    (
        ["levers.contingency_management.on=true", "leaving.early_probability=0", "leaving.dropout_per_week=0"],
        (
            "levers.contingency_management: bought, and its dropout_hazard_ratio of 0.6 changes nothing: "
            "leaving.early_probability and leaving.dropout_per_week are 0"
        ),
    ),
    (
        [
            "traits.none={ share = 0.0 }",
            "levers.child_care.on=true",
            "levers.child_care.trait=none",
            "levers.child_care.attendance_odds_ratio=1.5",
        ],
        "levers.child_care: bought, and reaches nobody: no client has the trait none",
    ),
]


@pytest.mark.parametrize(("changes", "said"), LEVERS, ids=[said for _, said in LEVERS])
def test_a_lever_that_cannot_change_anything_is_worth_a_second_look(changes, said):
    on = next(change for change in changes if change.endswith(".on=true"))
    assert cautions(resolve_text(GOOD, "f", changes)) == (f"--set {on}: {said}",)


@pytest.mark.parametrize(
    "changes",
    [
        ["levers.same_day_assessment.on=true", "assessment.same_day=false"],
        ["levers.second_evening.on=true", 'groups.late={ nights = ["Thu"], lever = "second_evening" }'],
        ["levers.transport.on=true", 'groups.late={ nights = ["Thu"], lever = "transport" }'],
        ["levers.video.on=true", "levers.video.attendance_odds_ratio=1.2", "groups.evening.video=true"],
        ["levers.contingency_management.on=true"],
        ["levers.video.attendance_odds_ratio=1.2"],
        [
            "traits.a={ share = 0.5 }",
            'traits.not_a={ none_of = ["a"] }',
            "levers.contingency_management.on=true",
            "levers.contingency_management.trait=not_a",
        ],
    ],
    ids=str,
)
def test_a_lever_that_works_needs_none(changes):
    assert cautions(resolve_text(GOOD, "f", changes)) == ()


TRAITS = ["traits.women={ share = 0.5 }", 'traits.others={ none_of = ["women"] }']
WOMEN = 'groups.evening.for_traits=["women"]'


def test_clients_whom_no_group_of_their_phase_takes_are_worth_a_second_look():
    for_some = (
        "phases.intensive: only groups for some traits serve it (evening for women); clients of self without them"
    )
    (said,) = cautions(resolve_text(GOOD, "f", [*TRAITS, WOMEN]))
    assert said.startswith(f"--set {WOMEN}: {for_some} never find a seat there")
    short = 'groups.short={ nights = ["Thu"] }'
    assert cautions(resolve_text(GOOD, "f", [*TRAITS, WOMEN, short])) == (said,)


@pytest.mark.parametrize(
    "changes",
    [
        [*TRAITS, WOMEN, 'groups.late={ nights = ["Mon", "Tue", "Wed"], for_traits = ["others"] }'],
        [*TRAITS, WOMEN, 'groups.late={ nights = ["Mon", "Tue", "Wed"] }'],
        [*TRAITS, WOMEN, "referrals.self.traits.women=1.0"],
        [
            *TRAITS,
            "referrals.ward={ per_week = 1.0, enters = 'after', traits = { women = 1.0 } }",
            "phases.after={ nights_per_week = 1, planned_weeks = 4 }",
            "referrals.self.per_week=0",
            'groups.late={ nights = ["Thu"], serves = ["after"], for_traits = ["women"] }',
        ],
    ],
    ids=str,
)
def test_phases_whose_groups_take_everybody_who_comes_need_none(changes):
    assert cautions(resolve_text(GOOD, "f", changes)) == ()


STAFF = ["staff.counselor={ people = 1, caseload = 25 }", "groups.evening.seats=20"]


def test_a_full_group_that_needs_more_staff_than_there_are_is_worth_a_second_look():
    changes = [*STAFF, "staff.counselor.clients_per_facilitator=10"]
    (said,) = cautions(resolve_text(GOOD, "f", changes))
    assert said == (
        "--set staff.counselor.clients_per_facilitator=10: groups.evening: full (evening: 20 seats, "
        'clients_per_facilitator = 10), groups need 2 on Mon at 17:30, and the people with the duty "groups" by week 0 '
        "are 1; "
        "cover is then sought, or the night is held with too few"
    )
    assert cautions(resolve_text(GOOD, "f", [*changes, "staff.counselor.people=2"])) == ()
    assert cautions(resolve_text(GOOD, "f", STAFF)) == ()


def test_a_family_night_during_a_group_that_needs_the_same_people_is_worth_a_second_look():
    night = [*STAFF, "family_night.every_weeks=4", "family_night.weekday=Tue", "family_night.start=18:00"]
    (said,) = cautions(resolve_text(GOOD, "f", night))
    assert said == (
        "--set family_night.weekday=Tue: family_night: with evening it needs 2 on Tue at 18:00, and the people with "
        'the duty "groups" are 1; the simulation has the same people do both'
    )
    assert cautions(resolve_text(GOOD, "f", [*night, "staff.counselor.people=2"])) == ()
    assert cautions(resolve_text(GOOD, "f", [*night, "family_night.weekday=Thu"])) == ()
    assert cautions(resolve_text(GOOD, "f", [*night, "family_night.start=20:30"])) == ()


def test_who_is_paid_as_a_counselor_only_for_want_of_a_wage_is_worth_a_second_look():
    desk = '[staff.front_desk]\npeople = 1\ncaseload = "none"\nduties = []\n'
    said = (
        "f:12: staff.front_desk: no wage_usd_per_hour, so each is paid as a counselor is, 28.53 an hour; write theirs, "
        "even if it is the same"
    )
    assert cautions(resolve_text(GOOD + desk, "f")) == (said,)
    assessors = desk.replace("[]", '["assessment"]').replace("people = 1", "people = 2")
    assert cautions(resolve_text(GOOD + assessors, "f")) == (said,)
    assert cautions(resolve_text(f"{GOOD}{desk}wage_usd_per_hour = 28.53\n", "f")) == ()
    assert cautions(resolve_text(GOOD + desk.replace("[]", '["groups"]'), "f")) == ()
    assert cautions(resolve_text(GOOD + desk.replace('"none"', "20"), "f")) == ()


ONE_ASSESSOR = ["staff.counselor={ people = 1, caseload = 14, duties = ['groups', 'assessment'] }"]


def test_an_assessor_who_is_the_only_one_is_worth_a_second_look():
    (said,) = cautions(resolve_text(GOOD, "f", ONE_ASSESSOR))
    assert said.startswith("--set staff.counselor={")
    assert said.endswith(
        'staff.counselor: the only one with the duty "assessment"; when that one leaves, nobody is assessed until the '
        "post is filled, 13 weeks on average (vacancy_weeks); give a second one the duty, so that this does not close "
        "the door"
    )


@pytest.mark.parametrize(
    "change",
    [
        "staff.counselor.people=2",
        "staff.counselor.turnover_per_year=0.0",
        "staff.counselor.vacancy_weeks=0.0",
        "staff.counselor.duties=['groups']",
        "staff.nurse={ people = 1, caseload = 'none', duties = ['assessment'], wage_usd_per_hour = 40.0 }",
    ],
)
def test_assessors_of_whom_none_is_missed_so_need_none(change):
    assert cautions(resolve_text(GOOD, "f", [*ONE_ASSESSOR, change])) == ()


HIRES = ["staff.counselor={ people = 2, caseload = 14, hire_when_caseload = 12 }"]
TOO_MUCH = "the average caseload must exceed {}, and nobody is given more than 14 (caseload); write 13 or less"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("staff.counselor.hire_when_caseload=14", TOO_MUCH.format(14)),
        ("staff.counselor.hire_when_caseload=20", TOO_MUCH.format(20)),
        ("staff.counselor.most_hires=0", "most_hires is 0"),
        (
            "staff.nurse={ people = 0, caseload = 9, duties = ['individual'], hire_when_caseload = 5 }",
            "people is 0, and the caseload looked at is that of people who work there already",
        ),
        ("staff.counselor.caseload=none", 'caseload is "none", so they carry no clients'),
    ],
)
def test_a_trigger_of_hiring_that_cannot_fire_is_worth_a_second_look(change, why):
    (said,) = [said for said in cautions(resolve_text(GOOD, "f", [*HIRES, change])) if "hire_when" in said]
    assert said.endswith(f".hire_when_caseload: nobody is ever hired so: {why}")


def test_a_trigger_of_hiring_that_can_fire_needs_none():
    assert cautions(resolve_text(GOOD, "f", HIRES)) == ()
    assert cautions(resolve_text(GOOD, "f", [*HIRES, "staff.counselor.hire_when_caseload=13"])) == ()
    many = ["present.us={ count = 29, source = 'self' }", "groups.evening.seats=30"]
    assert cautions(resolve_text(GOOD, "f", [*HIRES, *many, "staff.counselor.hire_when_caseload=14"])) == ()


def test_a_payer_who_authorizes_no_session_to_begin_with_is_worth_a_second_look():
    plan = "payers.plan={ share = 1.0, authorized_sessions = 0 }"
    (said,) = cautions(resolve_text(GOOD, "f", [plan]))
    assert "payers.plan.authorized_sessions: 0, so a concurrent review comes before the first session" in said
    assert cautions(resolve_text(GOOD, "f", [plan.replace("= 0", "= 12")])) == ()


ANOTHER_RATE = """
[payers.plan]
share = 1.0
rates.session_usd = 200.0
"""
LEVEL_1_AT_THE_DEFAULT = (
    "sessions at Level 1 are paid the default, 52.9 usd; write rates.level_1_session_usd, even if it is the same"
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], ()),
        (["phases.intensive.level='2.1'"], ()),
        (["phases.intensive.level='1'", "payers.plan.rates.session_usd=150"], ()),
        (["phases.intensive.level='1'", "payers.plan.rates.level_1_session_usd=52.9"], ()),
        (
            ["phases.intensive.level='1'"],
            (f"f:{{line}}: payers.plan: {LEVEL_1_AT_THE_DEFAULT}",),
        ),
    ],
)
def test_a_payer_with_a_rate_of_its_own_is_asked_for_those_of_other_levels(changes, said):
    text = GOOD + ANOTHER_RATE
    line = text[: text.index("share = 1.0")].count("\n") + 1
    found = tuple(one.format(line=line) for one in said)
    assert cautions(resolve_text(text, "f", changes)) == found


def test_clients_who_pay_alone_by_their_name_are_worth_a_second_look():
    text = GOOD + ANOTHER_RATE.replace("plan", "self_pay")
    (said,) = cautions(resolve_text(text, "f"))
    assert "payers.self_pay: self_pay is false, so somebody else pays for its clients" in said
    assert cautions(resolve_text(text, "f", ["payers.self_pay.self_pay=true"])) == ()


def test_who_pays_alone_has_no_terms_of_a_payer():
    terms = ["copay_usd=5", "deductible_usd=10", "authorized_sessions=3", "coverage_loss_per_week=0.1"]
    changes = ["payers.plan.self_pay=true", *(f"payers.plan.{term}" for term in terms)]
    with pytest.raises(ScenarioError) as caught:
        resolve_text(GOOD + ANOTHER_RATE, "f", changes)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == len(terms)
    assert all("who pays alone has no" in problem for problem in told)


def test_what_becomes_of_claims_changes_nothing_for_who_pays_alone():
    changes = ["payers.plan.denied_share=0.9", "payers.plan.payment_weeks=52"]
    parts = ("denied_share", "payment_weeks")
    assert cautions(resolve_text(GOOD + ANOTHER_RATE, "f", ["payers.plan.self_pay=true", *changes])) == tuple(
        f"--set {change}: payers.plan: {part} changes nothing: who pays alone makes no claim"
        for change, part in zip(changes, parts, strict=True)
    )


@pytest.mark.parametrize(
    ("before", "what"), [("wait", "its clients cannot start"), ("unpaid", "nothing is billed to it")]
)
def test_a_contract_after_the_run_is_worth_a_second_look(before, what):
    changes = [f"payers.plan.before_contract='{before}'", "payers.plan.contract_week=1000"]
    (said,) = cautions(resolve_text(GOOD + ANOTHER_RATE, "f", changes))
    assert said.endswith(f"of the run, so {what}")
