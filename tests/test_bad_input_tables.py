"""What a person may get wrong in the names and tables of a file, and values that do not go together."""

import pytest

from good_file import GOOD, GROUP_KEYS, SOURCE_KEYS, added, assert_answered, changed, messages, outcome
from iopsim.scenario import from_toml

# -------------------------------------------------------------------------------------- names and tables


def test_an_unknown_key_is_answered_with_the_nearest_one():
    assert changed("seats = 12", "setas = 12") == [
        (f"f:17: groups.evening.setas: found setas; [groups.evening] may have {GROUP_KEYS} (did you mean seats?)")
    ]


def test_a_misspelt_key_is_not_also_called_missing():
    assert changed("per_week = 2.5", "perweek = 2.5") == [
        (
            f"f:5: referrals.self.perweek: found perweek; [referrals.self] may have {SOURCE_KEYS} "
            "(did you mean per_week?)"
        )
    ]


def test_a_misspelt_table_is_not_also_called_missing():
    (message,) = changed("[groups.evening]", "[group.evening]")
    assert message.startswith("f:15: group: found group; the top of a file may have name, description, opening,")
    assert message.endswith("(did you mean groups?)")


def test_a_key_in_the_wrong_table_is_sent_to_its_own():
    assert added('people = 2\ndescription = "late"') == [
        (
            "f:18: groups.evening.people: found people; people belongs in [staff.NAME]; "
            f"[groups.evening] may have {GROUP_KEYS}"
        ),
        (
            "f:19: groups.evening.description: found description; description belongs at the top of the file, above "
            f"the first header; [groups.evening] may have {GROUP_KEYS}"
        ),
    ]


def test_a_key_that_two_tables_have_is_sent_to_both():
    assert added("weeks = 52") == [
        (
            "f:18: groups.evening.weeks: found weeks; weeks belongs at the top of the file, above the first header, "
            f"or in [present.NAME]; [groups.evening] may have {GROUP_KEYS}"
        )
    ]


def test_a_misspelt_month_is_answered_with_the_nearest_one():
    assert added("[referrals.self.months]\nJanuar = 2") == [
        (
            "f:19: referrals.self.months.Januar: found Januar; [referrals.self.months] may have Jan, Feb, Mar, Apr, "
            "May, Jun, Jul, Aug, Sep, Oct, Nov, Dec (did you mean Jan?)"
        )
    ]


def test_a_key_that_is_needed_is_answered_with_an_example():
    assert messages('name = "Clinic"\n[groups.evening]\n[staff.counselor]') == [
        "f: opening: found nothing; opening is needed, such as opening = 2027-01-04",
        "f: referrals: found nothing; at least one is needed, such as [referrals.self] with per_week = 2.5",
        "f: phases: found nothing; at least one is needed, such as [phases.intensive] with nights_per_week = 3",
        'f:2: groups.evening.nights: found nothing; nights is needed, such as nights = ["Mon", "Tue", "Wed"]',
        "f:3: staff.counselor.people: found nothing; people is needed, such as people = 1",
        "f:3: staff.counselor.caseload: found nothing; caseload is needed, such as caseload = 25",
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("staff = 3", ("staff: found 3; staff is given by headers such as [staff.NAME], each with its keys on the lines"
         " below")),
        ("placement = 3", ("placement: found 3; placement is given by a header, [placement], with its keys on the lines"
         " below")),
        ("staff.counselor = 3", ("staff.counselor: found 3; staff.counselor is given by a header, [staff.counselor], "
         "with its keys on the lines below")),
        ("staff.people = 3", ("staff.people: found 3; people stands under a header with a name of its own, such as "
         "[staff.NAME]")),
        ("assessment.client_delay = 3", ("assessment.client_delay: found 3; assessment.client_delay is given by a "
         "header, [assessment.client_delay], with its keys on the lines below")),
    ],
)  # fmt: skip
def test_a_value_in_place_of_a_table_is_answered_with_the_header(lines, message):
    assert messages(f"{lines}\n{GOOD}") == [f"f:1: {message}"]


def test_a_table_in_double_brackets_is_answered_with_single_ones():
    assert changed("[groups.evening]", "[[groups.evening]]") == [
        "f:15: groups.evening: found a list of tables; a header has single brackets: [groups.evening]"
    ]


def test_a_name_with_a_space_is_answered_with_what_a_name_may_have():
    assert changed("[groups.evening]", '[groups."late evening"]') == [
        (
            'f:15: groups."late evening": found "late evening"; a name has only letters, digits, _ and -, beginning '
            "with a letter, at most 40 in all"
        )
    ]


def test_the_template_is_the_packages_own():
    assert added('[groups."*"]\nhours = 2.0') == [
        'f:18: groups."*": found "*"; only the packaged defaults have this; write the setting in each [groups.NAME]'
    ]


@pytest.mark.parametrize("name", ["[key]", "date", "Closure", "int", "[groups]", "a.b", "", "a\\nb", "é"])
@pytest.mark.parametrize(
    "table",
    ["", "groups", "groups.evening", "referrals.self.months", "referrals.self.traits", "referrals.self.per_week"],
)
def test_no_name_confuses_the_answer(table, name):
    text = f'{table}{"." if table else ""}"{name}" = 1\n'
    problems, _ = outcome(text)
    assert any(problem.line == 1 for problem in problems)
    assert_answered(text)


@pytest.mark.parametrize("name", ["[key]", "date", "Closure", "x.y", ""])
def test_no_name_in_a_span_of_dates_confuses_the_answer(name):
    (message,) = added(f'[calendar]\nclosures = [{{ first = 2027-01-04, last = 2027-01-05, "{name}" = 1 }}]')
    assert message.endswith("a span of dates may have first, last")


# --------------------------------------------------------------------------- what no single value gets wrong

CONFLICTS = [
    (
        "[placement]\nhigher = 0.5",
        (
            "f:19: placement: found 0.6 + 0 + 0 + 0.5 + 0.15 + 0.05 = 1.3; "
            "the six shares this_program, withdrawal.share, residential.share, higher, lower, declined must sum to 1"
        ),
    ),
    (
        "[assessment.client_delay]\nmedian_days = 10",
        (
            "f:19: assessment.client_delay.median_days: found median_days = 10 and mean_days = 4; "
            "mean_days must be at least median_days"
        ),
    ),
    (
        "[waitlist.ready_delay]\nmedian_days = 0",
        (
            "f:19: waitlist.ready_delay.median_days: found median_days = 0 and mean_days = 5; "
            "median_days must be above 0; for no delay write 0 for both"
        ),
    ),
    (
        "[calendar]\nclosures = [{ first = 2027-12-26, last = 2027-12-24 }]",
        "f:19: calendar.closures.last: found 2027-12-24; last must be 2027-12-26 (its first day) or later",
    ),
    (
        "[attendance]\nprobability = 0.4",
        (
            "f:19: attendance.probability: found probability = 0.4; "
            "probability must be at least 0.435 when absence_run_sessions is 1.3"
        ),
    ),
    (
        "[referrals.court]\nper_week = 1\nweekdays = { Mon = 0, Tue = 0, Wed = 0, Thu = 0, Fri = 0 }",
        (
            "f:20: referrals.court.weekdays: found the weight 0 for every weekday; "
            "at least one weekday needs a weight above 0"
        ),
    ),
    (
        "[referrals.court]\nper_week = 1\nmonths = { Jul = 100 }\nweekdays.Mon = 50",
        None,
    ),
    (
        "[referrals.court]\nper_week = 500\nmonths = { Jul = 3 }",
        (
            "f:19: referrals.court.per_week: found 300 referrals on the busiest day; "
            "at most 200 on a day; lower per_week or the weights of months and weekdays"
        ),
    ),
    (
        "[referrals.court]\nper_week = 100\ngrowth_per_year = 10",
        (
            "f:20: referrals.court.growth_per_year: found 2,264 referrals on the busiest day; "
            "at most 200 on a day; lower growth_per_year, or weeks (104)"
        ),
    ),
    (
        "[referrals.court]\nper_week = 1\ngrowth_per_year = 10",
        None,
    ),
    (
        '[referrals.court]\nper_week = 1\nenters = "stepdown"',
        (
            'f:20: referrals.court.enters: found "stepdown"; the phases of this file are intensive, step_down '
            "(did you mean step_down?)"
        ),
    ),
    (
        "[referrals.court]\nper_week = 1\ntraits.mandated = 1.0",
        'f:20: referrals.court.traits.mandated: found "mandated"; this file has no traits; add [traits.mandated]',
    ),
    (
        '[groups.late]\nnights = ["Thu"]\nserves = ["intensiv"]',
        (
            'f:20: groups.late.serves: found "intensiv"; the phases of this file are intensive, step_down '
            "(did you mean intensive?)"
        ),
    ),
    (
        '[groups.late]\nnights = ["Thu"]\nstart = 21:30:00',
        (
            "f:20: groups.late.start: found a start at 21:30:00 and 3 hours; "
            "a session must end by midnight; begin earlier or make it shorter"
        ),
    ),
    ('[groups.late]\nnights = ["Thu"]\nstart = 21:00:00', None),
    (
        "[phases.daily]\nnights_per_week = 5\nplanned_weeks = 2",
        (
            "f:19: phases.daily.nights_per_week: found 5 nights a week; "
            "at most 3, the nights of the largest group that serves this phase (evening meets on 3)"
        ),
    ),
]


@pytest.mark.parametrize(("lines", "message"), CONFLICTS)
def test_values_that_do_not_go_together_are_told(lines, message):
    if message is None:
        from_toml(GOOD + lines)
    else:
        assert added(lines) == [message]


def test_a_phase_that_no_group_serves_is_told():
    assert added('serves = ["intensive"]') == [
        (
            "f:11: phases.step_down: found no group that serves this phase; a group must take its clients: "
            "add step_down to the serves of one, or leave serves empty there"
        )
    ]


def test_what_depends_on_a_wrong_value_waits_until_it_is_mended():
    assert changed('nights = ["Mon", "Tue", "Wed"]', 'nights = ["Mun"]\nserves = ["intensiv"]') == [
        (
            'f:16: groups.evening.nights: found "Mun"; each of nights must be one of "Mon", "Tue", "Wed", "Thu", '
            '"Fri", "Sat", "Sun" (did you mean Mon?)'
        ),
        (
            'f:17: groups.evening.serves: found "intensiv"; the phases of this file are intensive, step_down '
            "(did you mean intensive?)"
        ),
    ]
