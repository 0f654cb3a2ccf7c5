"""What a person may get wrong in a file, and the answer, word for word."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.errors import ScenarioError
from iopsim.scenario import from_toml, load, resolve_text, resolved_toml

PLAIN = (Path(__file__).parent / "plain.toml").read_text(encoding="utf-8")

GROUP_KEYS = (
    "nights, start, hours, seats, room, serves, for_traits, first_week, opens_when_waiting, opens_after_weeks, "
    "opens_lead_weeks, admission, cohort_weeks, cohort_open_weeks, smallest_census, facilitators, video, "
    "attendance_odds_ratio, lever"
)
SOURCE_KEYS = (
    "per_week, first_week, ramp_weeks, ramp_start, growth_per_year, doubt, dispersion, months, weekdays, "
    "kept_per_week_waited, priority, enters, traits, payers"
)

# Lines 1 to 17; each bad file below is this one with one thing changed.
GOOD = """\
name = "Clinic"
opening = 2027-01-04

[referrals.self]
per_week = 2.5

[phases.intensive]
nights_per_week = 3
planned_weeks = 12

[phases.step_down]
nights_per_week = 1
planned_weeks = 4

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 12
"""


def messages(text, name="f"):
    with pytest.raises(ScenarioError) as caught:
        from_toml(text, name)
    return [str(problem) for problem in caught.value.problems]


def changed(old, new):
    assert GOOD.count(old) == 1
    return messages(GOOD.replace(old, new))


def added(lines):
    return messages(GOOD + lines)


def test_the_good_file_is_good():
    from_toml(GOOD)


# ---------------------------------------------------------------------------------- one file, ten problems

TEN = """\
name = "Palmetto"
opening = "2027-01-04"
weeks = 104

[calendar]
holidays = "Louisiana"

[referrals.self]
per_week = { value = 2.5, low = 3.0, high = 3.5 }

[referrals.court]
priority = 10

[assessment]
weekdays = ["Mon", "Mun"]

[phases.intensive]
nights_per_week = 4
planned_weeks = 12

[phases.step_down]
nights_per_week = 1
planned_weeks = 4

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
start = 25:30
seets = 12
serves = ["intensive"]
"""


def test_ten_problems_are_told_at_once_in_the_order_of_the_lines():
    assert messages(TEN, "ten.toml") == [
        (
            'ten.toml:2: opening: found "2027-01-04"; opening must be a date without quotes, such as 2027-01-04, '
            "from 1970-01-01 to 2100-12-31"
        ),
        (
            'ten.toml:6: calendar.holidays: found "Louisiana"; holidays must say whose public holidays close the '
            'clinic: a country ("US"), a state ("US-LA"), or "" for none (did you mean US-LA?)'
        ),
        "ten.toml:9: referrals.self.per_week.low: found 3.0; low of per_week must be at most its value, 2.5",
        "ten.toml:11: referrals.court.per_week: found nothing; per_week is needed, such as per_week = 2.5",
        "ten.toml:12: referrals.court.priority: found 10; priority must be between 0 and 9",
        (
            'ten.toml:15: assessment.weekdays: found "Mun"; each of weekdays must be one of "Mon", "Tue", "Wed", '
            '"Thu", "Fri", "Sat", "Sun" (did you mean Mon?)'
        ),
        (
            "ten.toml:18: phases.intensive.nights_per_week: found 4 nights a week; at most 3, the nights of the "
            "largest group that serves this phase (evening meets on 3)"
        ),
        (
            "ten.toml:21: phases.step_down: found no group that serves this phase; a group must take its clients: "
            "add step_down to the serves of one, or leave serves empty there"
        ),
        (
            "ten.toml:27: groups.evening.start: found start = 25:30; a time has hours, minutes and seconds, such "
            "as 17:30:00"
        ),
        (
            f"ten.toml:28: groups.evening.seets: found seets; [groups.evening] may have {GROUP_KEYS} "
            "(did you mean seats?)"
        ),
    ]


# ------------------------------------------------------------------------------------------ single values


def test_a_night_called_mun_is_answered_with_mon():
    assert changed('"Mon"', '"Mun"') == [
        (
            'f:16: groups.evening.nights: found "Mun"; each of nights must be one of "Mon", "Tue", "Wed", "Thu", '
            '"Fri", "Sat", "Sun" (did you mean Mon?)'
        )
    ]


def test_no_seats_are_too_few():
    assert changed("seats = 12", "seats = 0") == [
        "f:17: groups.evening.seats: found 0; seats must be between 1 and 500 seats"
    ]


NUMBERS = [
    ("0", "seats must be between 1 and 500 seats"),
    ("501", "seats must be between 1 and 500 seats"),
    ("-3", "seats must be between 1 and 500 seats"),
    ("1_000", "seats must be between 1 and 500 seats"),
    ("0xffffffffffffffffffff", "seats must be between 1 and 500 seats"),
    ("12.0", "seats must be a whole number between 1 and 500 seats; write 12"),
    ("12.5", "seats must be a whole number between 1 and 500 seats"),
    ("1e400", "seats must be a whole number between 1 and 500 seats"),
    ("nan", "seats must be a whole number between 1 and 500 seats"),
    ("true", "seats must be a whole number between 1 and 500 seats"),
    ('"12"', "seats must be a whole number between 1 and 500 seats; write the number without quotes"),
    ('"many"', "seats must be a whole number between 1 and 500 seats"),
    ("[12]", "seats must be a whole number between 1 and 500 seats"),
    ("2027-01-04", "seats must be a whole number between 1 and 500 seats"),
]


@pytest.mark.parametrize(("written", "allowed"), NUMBERS)
def test_a_number_is_answered_with_its_bounds_and_unit(written, allowed):
    assert changed("seats = 12", f"seats = {written}") == [f"f:17: groups.evening.seats: found {written}; {allowed}"]


def test_a_number_too_long_to_write_is_cut_short():
    assert changed("seats = 12", f"seats = 0x{'f' * 9000}") == [
        f"f:17: groups.evening.seats: found 0x{'f' * 55}...; seats must be between 1 and 500 seats"
    ]
    assert changed("seats = 12", f"seats = {'9' * 9000}") == [
        f"f:17: groups.evening.seats: found seats = {'9' * 49}...; this number has too many digits"
    ]


VALUES = [
    (
        "[attendance]\nprobability = 80",
        (
            "f:19: attendance.probability: found 80; probability must be a share between 0.05 and 1; "
            "80 percent is written 0.8"
        ),
    ),
    (
        '[attendance]\nprobability = "75%"',
        (
            'f:19: attendance.probability: found "75%"; probability must be a share between 0.05 and 1; '
            "75 percent is written 0.75"
        ),
    ),
    (
        "[attendance]\nprobability = inf",
        "f:19: attendance.probability: found inf; probability must be a share between 0.05 and 1",
    ),
    (
        "[waitlist]\nlimit = 3.0",
        (
            "f:19: waitlist.limit: found 3.0; limit must be a whole number between 0 and 100000 clients, "
            'or "none"; write 3'
        ),
    ),
    (
        '[waitlist]\nlimit = "nine"',
        (
            'f:19: waitlist.limit: found "nine"; limit must be a whole number between 0 and 100000 clients, '
            'or "none" (did you mean none?)'
        ),
    ),
    (
        '[waitlist]\nwhen_first_does_not_fit = "pass"',
        (
            'f:19: waitlist.when_first_does_not_fit: found "pass"; when_first_does_not_fit must be one of '
            '"pass_over", "hold_the_line" (did you mean pass_over?)'
        ),
    ),
    (
        '[assessment]\nsame_day = "yes"',
        'f:19: assessment.same_day: found "yes"; same_day must be true or false, in small letters and without quotes',
    ),
    (
        '[admission]\nweekdays = "Mon"',
        'f:19: admission.weekdays: found "Mon"; weekdays must be a list such as ["Mon", "Tue"]',
    ),
    ("[admission]\nweekdays = []", "f:19: admission.weekdays: found []; weekdays must have at least one entry"),
    (
        '[admission]\nweekdays = ["Mon", "Mon"]',
        'f:19: admission.weekdays: found ["Mon", "Mon"]; weekdays must name each only once',
    ),
    (
        '[admission]\nweekdays = [\n"Mon",\n"Munday",\n]',
        (
            'f:21: admission.weekdays: found "Munday"; each of weekdays must be one of "Mon", "Tue", "Wed", "Thu", '
            '"Fri", "Sat", "Sun" (did you mean Mon?)'
        ),
    ),
    (
        "[calendar]\nopen_on = 2027-05-03",
        "f:19: calendar.open_on: found 2027-05-03; open_on must be a list such as [2027-12-24]",
    ),
    (
        "[calendar]\nclosures = [3]",
        (
            "f:19: calendar.closures: found 3; each of closures may hold dates and spans such as "
            "{ first = 2027-12-24, last = 2028-01-01 }"
        ),
    ),
    (
        "[calendar]\nclosures = [{ first = 2027-12-24 }]",
        "f:19: calendar.closures.last: found nothing; last is needed, such as last = 2027-12-24",
    ),
    (
        "[calendar]\nclosures = [{ first = 2027-12-24, lst = 2027-12-26 }]",
        "f:19: calendar.closures.lst: found lst; a span of dates may have first, last (did you mean last?)",
    ),
    (
        "[groups.late]\nnights = ['Thu']\nstart = '17:30'",
        (
            "f:20: groups.late.start: found '17:30'; start must be a time of day without quotes, such as 17:30:00 "
            "(did you mean 17:30:00?)"
        ),
    ),
    (
        "[groups.late]\nnights = ['Thu']\nserves = ['step down']",
        (
            "f:20: groups.late.serves: found 'step down'; each of serves must have only letters, digits, _ and -, "
            "beginning with a letter, at most 40 in all"
        ),
    ),
    (
        "[referrals.self.months]\nJan = -1",
        "f:19: referrals.self.months.Jan: found -1; Jan must be between 0 and 100",
    ),
]


@pytest.mark.parametrize(("lines", "message"), VALUES, ids=[message.split(":")[2] for _, message in VALUES])
def test_a_value_is_answered_with_what_is_allowed(lines, message):
    assert added(lines) == [message]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('"4 January 2027"', '"4 January 2027"'),
        ("2027-01-04T10:00:00", "2027-01-04T10:00:00"),
        ("1927-01-04", "1927-01-04"),
        ("2027", "2027"),
    ],
)
def test_an_opening_is_a_date_of_our_time(written, found):
    assert changed("2027-01-04", written) == [
        (
            f"f:2: opening: found {found}; opening must be a date without quotes, such as 2027-01-04, "
            "from 1970-01-01 to 2100-12-31"
        )
    ]


def test_a_name_has_at_least_one_letter_and_is_text():
    assert changed('"Clinic"', '""') == ['f:1: name: found ""; name must have between 1 and 200 characters']
    assert changed('"Clinic"', "7") == ["f:1: name: found 7; name must be text in double quotes"]


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


# ------------------------------------------------------------------------------------------- broken TOML

A_LINE = "a line reads key = value, such as seats = 12; a remark begins with #"
A_VALUE = "after the = stands one value and nothing else, such as seats = 12; a remark begins with #"
A_TIME = "a time has hours, minutes and seconds, such as 17:30:00"
A_NUMBER = "a number stands alone; put its unit after a #, such as 12  # seats"
BROKEN = [
    ("seats 12", "seats", A_LINE),
    ("seats : 12", "seats", A_LINE),
    ("seats =", "seats", "the value is missing after ="),
    ("seats = twelve", "seats", "seats must be a whole number between 1 and 500 seats"),
    ("hours = 12 people", "hours", A_NUMBER),
    ("hours = 1,2", "hours", "a number has a point, not a comma: 2.5, not 2,5"),
    ("hours = 1,200", "hours", "a number has no comma: 1200, not 1,200"),
    ("hours = 012", "hours", "a number does not begin with 0"),
    ("seats = $12", "seats", "a number stands alone, without a currency sign"),
    ("hours = .5", "hours", "a number has digits on both sides of the point, such as 0.5"),
    ("hours = 50 %", "hours", "hours must be a number between 0.25 and 12 hours"),
    (
        "attendance_odds_ratio = 75% # of them",
        "attendance_odds_ratio",
        "attendance_odds_ratio must be a number between 0.01 and 100; 75 percent is written 0.75",
    ),
    ("x = 12.5 %", "x", "12.5 percent is written 0.125"),
    ("x = 1,5 %", "x", "a percentage is written as a share: 80 percent is 0.8"),
    ("start = 5:30 PM", "start", f"{A_TIME} (did you mean 17:30:00?)"),
    ("start = 25:30", "start", A_TIME),
    ("start = 17:30:00Z", "start", "a time of day stands alone, without a time zone, such as 17:30:00"),
    ("start = 1/4/2027", "start", "a date is year-month-day, such as 2027-01-04"),
    ("start = 2027-02-30", "start", "there is no such day; a date is year-month-day, such as 2027-01-04"),
    ("open = Yes", "open", "write true or false, in small letters and without quotes"),
    ("x = “Mon”", "x", 'use plain straight quotes, such as "Mon"'),
    ('x = "Mon', "x", 'the text is not closed: " is missing at its end'),
    ("x = 'Mon", "x", "the text is not closed: ' is missing at its end"),
    ('x = "C:\\dir"', "x", r"a \ in text is written \\, or the text stands in single quotes"),
    ('serves = ["intensive"', "serves", "the list is not closed: ] is missing"),
    (
        "serves = [intensive]",
        "serves",
        'a list reads ["Mon", "Tue"]: text in quotes, commas between, ] at the end',
    ),
    ("hours = { value = 3.0", "hours", "such a table stands on one line and ends with }"),
    ("hours = { value = 3.0, }", "hours", "there is no comma before the closing }"),
    ("seats = 13", "seats", "this key is already in the file above; keep one of the two"),
    ("hours = 3.0 3.0", "hours", A_VALUE),
]


@pytest.mark.parametrize(("line", "key", "allowed"), BROKEN, ids=[line for line, _, _ in BROKEN])
def test_a_line_that_is_not_toml_is_answered_with_how_it_is_written(line, key, allowed):
    assert added(line + "\n") == [f"f:18: groups.evening.{key}: found {line}; {allowed}"]
    assert added(f"{line}\n[staff.counselor]\npeople = 1\ncaseload = 25\n") == added(line + "\n")


A_HEADER = "a header reads [groups.evening]: names with points between, no spaces, ] at the end"


@pytest.mark.parametrize(
    ("line", "path", "allowed"),
    [
        ("[groups late]", "groups", A_HEADER),
        ("[groups.late", "groups.late", A_HEADER),
        ("[groups.evening]", "groups.evening", "this header is already in the file above; move its lines there"),
    ],
)
def test_a_header_that_is_not_toml_is_answered_with_how_it_is_written(line, path, allowed):
    assert added(f'{line}\nnights = ["Mon"]\n') == [f"f:18: {path}: found {line}; {allowed}"]


def test_a_list_left_open_is_told_where_it_begins():
    assert changed('"Wed"]', '"Wed"') == [
        'f:16: groups.evening.nights: found nights = ["Mon", "Tue", "Wed"; the list is not closed: ] is missing'
    ]


def test_broken_lines_hide_nothing_else():
    text = GOOD.replace("seats = 12", "seats 12\nhours = 99").replace("per_week = 2.5", "per_week = 2,5")
    assert messages(text) == [
        "f:5: referrals.self.per_week: found per_week = 2,5; a number has a point, not a comma: 2.5, not 2,5",
        f"f:17: groups.evening.seats: found seats 12; {A_LINE}",
        "f:18: groups.evening.hours: found 99; hours must be between 0.25 and 12 hours",
    ]


def test_after_ten_broken_lines_the_rest_is_left_alone():
    told = messages("this is a letter\n" * 500)
    assert len(told) == 11
    assert told[0] == f"f:1: this: found this is a letter; {A_LINE}"
    assert told[-1] == "f:11: found more that may be broken; mend the lines named above first, then check again"


def test_nesting_without_end_is_told():
    assert messages("x = " + "[" * 5000) == ["f: found tables or lists nested without end; nest at most a few deep"]
    assert messages("a." * 3000 + "a = 1") == ["f: found tables nested too deep; nest at most 20 deep"]


def test_a_line_without_end_is_told():
    assert messages(f'\nname = "{"x" * 20_000}"') == [
        "f:2: found a line of 20,009 characters; a line has at most 20,000"
    ]


# ------------------------------------------------------------------------------------------ files as files

EMPTY = (
    "found an empty file; a scenario needs at least a name, an opening date, referrals, phases and groups; "
    "`iopsim init NEW.toml` writes a file to start from"
)
NOT_UTF8 = "save the file as text in UTF-8 (in an editor: Save as, encoding UTF-8)"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", EMPTY),
        (b"\xef\xbb\xbf\r\n# nothing yet\r\n", EMPTY),
        (b"a" * 50_000_000, "found 50,000,000 bytes; a scenario file has at most 1,000,000"),
    ],
    ids=["empty", "remarks", "50 MB"],
)
def test_a_file_of_the_wrong_size_is_told(tmp_path, content, message):
    file = tmp_path / "clinic.toml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert str(caught.value) == f"{file}: {message}"


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path):
    file = tmp_path / "clinic.toml"
    file.write_bytes('weeks = 2\nname = "café"\n'.encode("latin-1"))
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert str(caught.value) == f"{file}:2: found a character that is not UTF-8 (byte 0xe9); {NOT_UTF8}"


def test_a_missing_file_is_answered_with_the_one_beside_it(tmp_path):
    (tmp_path / "clinic.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "clinc.toml")
    assert str(caught.value) == (
        f"{tmp_path / 'clinc.toml'}: found no such file; give the path of a scenario file; "
        f"`iopsim init NEW.toml` writes a file to start from (did you mean {tmp_path / 'clinic.toml'}?)"
    )


def test_a_directory_is_told(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: found a directory; give the path of a scenario file, such as scenarios/clinic.toml"
    )


@pytest.mark.parametrize("path", ["no/such/folder/clinic.toml", "x" * 5000, "x\0y"])
def test_no_path_is_answered_with_a_traceback(path):
    with pytest.raises(ScenarioError, match="give the path of a scenario file"):
        load(path)


# ---------------------------------------------------------------------------------------------- any file

TOKENS = re.findall(r"\s+|[A-Za-z_]+|\d+|.", PLAIN)
SPECIALS = [
    *["[", "]", "{", "}", "=", '"', "'", '"""', "#", "\n", "\r", ",", ".", "-", "\0", "é", "*", "[[", "]]"],
    *["true", "nan", "inf", "1e999", "9" * 5000, "0x", '""', "17:30:00", "2027-01-04", "low", "value"],
    *["[a.b]\n", "x = {}\n", "[" * 300, "a." * 50, "[[phases.z]]\n", "closures = [{ first = 1 }]\n"],
]
PIECES = st.one_of(st.sampled_from(TOKENS), st.sampled_from(SPECIALS), st.text(max_size=8))
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "replace", "insert"]),
        st.integers(min_value=0, max_value=len(TOKENS) - 1),
        PIECES,
    ),
    min_size=1,
    max_size=8,
)


def assert_answered(text):
    """Either a scenario, or problems that each say where, what and what else."""
    problems, resolved = outcome(text)
    for problem in problems:
        assert problem.file == "f"
        assert problem.found.strip()
        assert problem.allowed.strip()
        assert "\n" not in str(problem)
        assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1
    lines = [problem.line or 0 for problem in problems]
    assert lines == sorted(lines)
    if resolved is not None:
        assert from_toml(resolved_toml(resolved)).hash == resolved.scenario.hash


def outcome(text):
    try:
        return (), resolve_text(text, "f")
    except ScenarioError as error:
        return error.problems or pytest.fail("an error without a problem"), None


@settings(max_examples=250, deadline=None, derandomize=True)
@given(EDITS)
def test_any_edit_of_a_good_file_is_answered(edits):
    tokens = list(TOKENS)
    for what, where, piece in edits:
        where %= len(tokens)
        tokens[where : where + (what != "insert")] = [] if what == "delete" else [piece]
    assert_answered("".join(tokens))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(min_value=0, max_value=len(PLAIN.encode())), st.binary(min_size=1, max_size=40))
def test_any_bytes_in_a_good_file_are_answered(tmp_path_factory, where, junk):
    file = tmp_path_factory.getbasetemp() / "junk.toml"
    data = PLAIN.encode()
    file.write_bytes(data[:where] + junk + data[where + len(junk) :])
    with suppress(ScenarioError):
        load(file)


# ---------------------------------------------------------------------------------- holidays and traits


@pytest.mark.parametrize("where", ["ZZ", "US-ZZ"])
def test_the_holidays_of_nowhere_are_refused(where):
    assert added(f'\n[calendar]\nholidays = "{where}"\n') == [
        (
            f'f:20: calendar.holidays: found "{where}"; no public holidays are known for it; a country such as "US", '
            'a state such as "US-LA", or "" for none'
        )
    ]


def test_more_traits_than_a_number_has_bits_are_refused():
    traits = "\n".join(f"[traits.t{k}]\nshare = 0.1" for k in range(61))
    (message,) = added(f"\n{traits}\n")
    assert message.endswith("traits: found 61 traits; at most 60")
