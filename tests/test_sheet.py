"""Tables in narrow terminals: labels keep their words, and numbers stay under their headings."""

import io

import pytest
from rich.console import Console

from iopsim.cli.sheet import Line, Sheet, print_sheet

LINES = (
    Line("Money", bold=True),
    Line("Cost", ("usd", "$7")),
    Line("Cost per client-week", ("usd", "$1,234")),
    Line(""),
    Line("A heading longer than anything beside it"),
)
SHEET = Sheet(("Measure", "Unit", "Mean"), LINES, frozenset({0}))


def printed(sheet: Sheet, width: int, *, terminal: bool = False) -> list[str]:
    file = io.StringIO()
    print_sheet(Console(file=file, width=width, force_terminal=terminal, color_system=None), sheet)
    return file.getvalue().splitlines()


def test_a_line_that_fits_is_one_line() -> None:
    assert SHEET.fits(34)
    assert printed(SHEET, 80)[:4] == [
        "Measure               Unit    Mean",
        "Money",
        "Cost                  usd       $7",
        "Cost per client-week  usd   $1,234",
    ]


def test_a_label_for_which_there_is_no_room_takes_a_line_of_its_own() -> None:
    assert not SHEET.fits(33)
    assert printed(SHEET, 24) == [
        "Measure     Unit    Mean",
        "Money",
        "Cost        usd       $7",
        "Cost per client-week",
        "            usd   $1,234",
        "",
        "A heading longer than",
        "anything beside it",
    ]


@pytest.mark.parametrize("width", range(20, 60))
def test_no_line_is_wider_than_the_terminal_and_no_number_is_lost(width: int) -> None:
    lines = printed(SHEET, width, terminal=True)
    assert max(map(len, lines)) <= width
    assert [" ".join(line.split()[-2:]) for line in lines if "$" in line] == ["usd $7", "usd $1,234"]
    assert lines[1].strip("─") == "" or lines[2].strip("─") == ""


def test_a_wide_sign_counts_for_two_columns() -> None:
    sheet = Sheet(("Group", "Mean"), (Line("自費", ("1",)), Line("ab", ("2",))))
    assert printed(sheet, 40) == ["Group  Mean", "自費      1", "ab        2"]
