"""What a person may get wrong in a file, and the answer, word for word: many problems at once, and single values.

Names and tables, and values that do not go together, are in test_bad_input_tables.py; broken lines and files that are
no scenario at all in test_bad_input_files.py.
"""

import pytest

from good_file import GOOD, GROUP_KEYS, added, changed, messages
from iopsim.scenario import from_toml


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
