"""What may be wrong with a file as a file: lines that are no TOML, bytes that are no text, any edit of a good one."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from good_file import GOOD, added, assert_answered, changed, messages
from iopsim.errors import ScenarioError
from iopsim.scenario import load

PLAIN = (Path(__file__).parent / "plain.toml").read_text(encoding="utf-8")

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
