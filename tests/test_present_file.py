"""A table of clients who are here at the opening: what it adds to the scenario, and what is said of a bad one."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.scenario import load, resolve, resolved_toml
from iopsim.scenario.present_file import COLUMNS, read_rows
from small import GOOD

HEADER = "count,where,source,payer,traits,phase,group,weeks,phase_weeks\n"
ROWS = """\
3,program,self,medicaid,,intensive,evening,5,5
1,program,self,employer,mandated moud,step_down,,14,2
2,waitlist,self,,mandated,,,1,
"""


@pytest.fixture
def beside(tmp_path):
    """Return how to write a scenario with a table beside it, and load it."""

    def made(table, name="here.csv", changes=None):
        path = tmp_path / "clinic.toml"
        path.write_text(GOOD.replace("opening", 'present_file = "here.csv"\nopening', 1), encoding="utf-8")
        (tmp_path / name).write_bytes(table if isinstance(table, bytes) else table.encode())
        return resolve(path, changes)

    return made


@pytest.fixture
def answers(beside, tmp_path):
    """Return what is said of a table, file names without their folder."""

    def told(table, name="here.csv"):
        with pytest.raises(ScenarioError) as caught:
            beside(table, name)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]

    return told


def test_each_row_is_an_entry_of_the_scenario(beside):
    present = beside(HEADER + ROWS).scenario.present
    assert list(present) == ["line_2", "line_3", "line_4"]
    assert (present["line_2"].count, present["line_2"].group, present["line_2"].weeks) == (3, "evening", 5)
    assert present["line_3"].traits == ("mandated", "moud")
    assert (present["line_4"].where, present["line_4"].payer, present["line_4"].phase_weeks) == ("waitlist", "", "none")


def test_an_empty_cell_and_a_column_left_out_come_from_the_defaults(beside):
    assert beside("source,weeks\nself,\n").scenario.present["line_2"].count == 1


def test_the_hash_of_a_scenario_covers_the_table(beside):
    one, other, same = (beside(HEADER + rows).scenario.hash for rows in (ROWS, ROWS.replace("3,", "4,", 1), ROWS))
    assert one == same != other


def test_a_scenario_written_out_needs_its_table_no_more(beside, tmp_path):
    found = beside(HEADER + ROWS)
    assert found.scenario.present_file == ""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "resolved.toml").write_text(resolved_toml(found), encoding="utf-8")
    assert load(tmp_path / "elsewhere" / "resolved.toml").hash == found.scenario.hash


def test_a_value_of_a_row_says_where_it_stands(beside, tmp_path):
    origins = beside(HEADER + ROWS).origins
    assert str(origins["present.line_3.weeks"]) == f"{tmp_path}/here.csv:3"
    assert origins["present.line_4.phase_weeks"].layer == "default"


def test_rows_stand_beside_entries_of_the_file(beside):
    names = beside(HEADER + ROWS, changes={"present.line_2": {"source": "self", "group": "evening"}}).scenario.present
    assert list(names) == ["line_2", "line_2_", "line_3", "line_4"]


@pytest.mark.parametrize(
    "table",
    [
        ("\ufeff" + HEADER + ROWS).encode(),
        (HEADER + ROWS).replace("\n", "\r\n"),
        HEADER + "\n" + ROWS + ",,,,,,,,\n\n",
        HEADER.replace(",", ", ") + ROWS.replace(",", " , "),
        HEADER + ROWS.replace("self", '"self"'),
    ],
    ids=["byte order mark", "carriage returns", "blank lines", "blanks", "quotes"],
)
def test_what_a_spreadsheet_writes_is_read(beside, table):
    assert len(beside(table).scenario.present) == 3


def test_every_bad_row_is_told_at_once_with_its_line(answers):
    table = (
        HEADER + "x,program,self,medicad,,,,,\n1,programme,self,,,,,1.5,\n1,program\n,,,,,,,,\n-1,,sefl,,young,,,600,\n"
    )
    assert answers(table) == [
        'here.csv:2: count: found "x"; count is a whole number, such as 3',
        ('here.csv:2: payer: found "medicad"; the payers of this file are medicaid, employer (did you mean medicaid?)'),
        'here.csv:3: weeks: found "1.5"; weeks is a whole number, such as 3',
        'here.csv:3: where: found "programme"; where must be one of "program", "waitlist" (did you mean program?)',
        f"here.csv:4: found 2 columns; a row has 9, as the first line: {', '.join(COLUMNS)}",
        'here.csv:6: count: found "-1"; count is a whole number, such as 3',
        "here.csv:6: weeks: found 600; weeks must be between 0 and 520 weeks",
        'here.csv:6: source: found "sefl"; the sources of this file are self (did you mean self?)',
        'here.csv:6: traits: found "young"; the traits of this file are mandated, moud',
    ]


def test_rows_that_do_not_fit_are_told_with_their_line(answers):
    assert answers("source,count\nself,9\nself,4\n") == [
        (
            "here.csv:2: count: found 39 seat-nights a week for the clients of present.line_2, present.line_3; at most "
            "36, 12 on each of 3 nights"
        )
    ]


REFUSED = [
    ("", "here.csv:1: found nothing; the first line names the columns: " + ", ".join(COLUMNS)),
    (HEADER, "here.csv: found no clients; give a row for each kind of clients, below the columns"),
    (
        (HEADER + ROWS).replace(",", ";"),
        (
            "here.csv:1: found columns separated by semicolons; columns are separated by commas (in a spreadsheet: "
            "Save as, CSV, comma separated)"
        ),
    ),
    (
        (HEADER + ROWS).replace(",", "\t"),
        (
            "here.csv:1: found columns separated by tabs; columns are separated by commas (in a spreadsheet: "
            "Save as, CSV, comma separated)"
        ),
    ),
    (
        "source,weaks\nself,1\n",
        f'here.csv:1: found the column "weaks"; the columns are {", ".join(COLUMNS)} (did you mean weeks?)',
    ),
    (
        "Source\nself\n",
        (
            f'here.csv:1: found the column "Source"; the columns are {", ".join(COLUMNS)} (did you mean source?)\n'
            "here.csv:1: found no column source; each row needs the referral source of its clients"
        ),
    ),
    ("source,weeks,weeks\nself,1,1\n", "here.csv:1: weeks: found two columns of this name; keep one of them"),
    ("count\n1\n", "here.csv:1: found no column source; each row needs the referral source of its clients"),
    (
        b"source\nse\xfflf\n",
        (
            "here.csv:2: found a character that is not UTF-8 (byte 0xff); save the table as CSV in UTF-8 (in a "
            "spreadsheet: Save as, CSV UTF-8)"
        ),
    ),
    (
        'source\n"self\n' + 200_000 * "x",
        'here.csv: found a quotation mark that is not closed; put " on both sides of a text, or none',
    ),
    ("source\n" + 1_000_000 * "x", "here.csv: found 1,000,007 bytes; such a table has at most 1,000,000"),
]


@pytest.mark.parametrize(("table", "message"), REFUSED, ids=[message[:60] for _, message in REFUSED])
def test_a_table_that_cannot_be_used_is_answered(answers, table, message):
    assert "\n".join(answers(table)) == message


def test_a_missing_table_is_answered_with_the_one_beside_it(answers):
    assert answers(HEADER + ROWS, "heer.csv") == [
        (
            "here.csv: found no such file; present_file names a CSV file, by its place relative to the scenario "
            "(did you mean heer.csv?)"
        )
    ]


def test_a_folder_is_no_table(tmp_path):
    (problem,) = read_rows(tmp_path).problems
    assert problem.found == "a file that cannot be read (Is a directory)"


@pytest.mark.parametrize(
    "column", ["name", "First Name", "last_name", "DOB", "mrn", "date-of-birth", "Client_ID", "SSN"]
)
def test_a_column_of_personal_data_is_refused_and_nothing_of_it_repeated(answers, column):
    assert answers(f"source,{column}\nself,Secret\n") == [
        (
            f"here.csv:1: {column}: found a column of personal data; a row says what clients are like, not who they "
            "are; delete the column, in the file too"
        )
    ]


@pytest.mark.parametrize(
    "cell", ["mandated;moud", "mandated|moud", '"mandated, moud"', "mandated/moud", "mandated + moud"]
)
def test_traits_separated_by_anything_but_a_space_are_answered_with_how_they_are_written(answers, cell):
    (said,) = answers(f"source,traits\nself,{cell}\n")
    found = cell.strip('"')
    assert said == f'here.csv:2: traits: found "{found}"; several traits are separated by a space: mandated moud'
