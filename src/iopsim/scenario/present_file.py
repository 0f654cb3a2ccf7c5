"""A table of clients who are here at the opening, kept beside the scenario: a row for clients alike in every respect.

What the table says becomes part of the scenario, as if it stood in the file, so that a result's hash covers it.
Names, dates of birth and record numbers have no place in it; a table with such a column is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iopsim.errors import Problem
from iopsim.scenario.lines import Key
from iopsim.scenario.opening import Present
from iopsim.scenario.words import nearest, short, written

COLUMNS = tuple(Present.model_fields)
SEPARATORS = re.compile(r"[;,/|+&]")
"""Signs that may have been meant to separate traits."""

WHOLE = ("count", "weeks", "phase_weeks")
LARGEST = 1_000_000
"""Bytes of the largest table that is read."""

PERSONAL = """
name firstname lastname surname fullname initials client client_id patient patient_id person id dob birth birthday
birthdate birth_date date_of_birth mrn record_number chart chart_number ssn social_security social_security_number
medical_record medical_record_number medicaid_id member_id insurance_id phone telephone mobile email e_mail address
street zip zip_code
"""
"""Columns that would say who a client is."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table of present clients says.

    Parameters
    ----------
    name : str
        Name of the file, for messages; empty if there is none.
    entries : mapping of str to mapping
        Entries of the scenario's table `present`, as `tomllib` would read them.
    places : mapping of tuple to tuple
        File and line of the address of each entry.
    problems : tuple of Problem
        What is wrong with the table.
    holes : frozenset of tuple
        Addresses that the table meant to set.
    """

    name: str = ""
    entries: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    places: Mapping[Key, tuple[str, int]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    holes: frozenset[Key] = frozenset()


NO_ROWS = Rows()


def with_present_rows(
    tree: Mapping[str, object], scenario: str, known: Rows = NO_ROWS
) -> tuple[Mapping[str, object], Rows]:
    """Add the rows of the table that a scenario names, if it names one, to those who are present.

    Parameters
    ----------
    tree : mapping
        The planner's layer; stays as it is.
    scenario : str
        Name of the scenario file, beside which the table stands.
    known : Rows
        A table that was read before: if it is the one that is named, it is not read again, wherever this is.

    Returns
    -------
    tuple
        The layer as if the rows stood in it, and the rows.
    """
    table, present = tree.get("present_file"), tree.get("present", {})
    if not isinstance(table, str) or not table or not isinstance(present, Mapping):
        return tree, NO_ROWS
    path = Path(scenario).parent / table
    rows = known if known.name == str(path) else read_rows(path, tuple(present))
    return {**tree, "present_file": "", "present": {**present, **rows.entries}}, rows


def read_rows(path: Path, taken: Sequence[str] = ()) -> Rows:
    """Read a table of present clients.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8, with or without a byte order mark; the first line names the columns.
    taken : sequence of str
        Names that entries of the scenario have already.

    Returns
    -------
    Rows
        With every problem found; without entries if the file as a whole cannot be used.
    """
    name = str(path)
    text, refused = _text(path)
    if refused is not None:
        return Rows(name, problems=(refused,))
    try:
        (first, header), *records = list(_records(text)) or [(1, [])]
    except csv.Error:
        problem = Problem(
            name, None, "", "a quotation mark that is not closed", 'put " on both sides of a text, or none'
        )
        return Rows(name, problems=(problem,))
    columns = [cell.strip() for cell in header]
    problems = [Problem(name, first, *said) for said in _about_header(columns)]
    if problems:
        return Rows(name, problems=tuple(problems))
    entries: dict[str, Mapping[str, object]] = {}
    places: dict[Key, tuple[str, int]] = {}
    holes: set[Key] = set()
    for line, cells in records:
        if len(cells) != len(columns):
            said = f"a row has {len(columns)}, as the first line: {', '.join(columns)}"
            problems.append(Problem(name, line, "", f"{len(cells)} columns", said))
            continue
        entry = f"line_{line}"
        while entry in taken:
            entry += "_"
        entries[entry], wrong = _entry(dict(zip(columns, cells, strict=True)))
        places["present", entry] = name, line
        for column, found, said in wrong:
            problems.append(Problem(name, line, column, found, said))
            holes.add(("present", entry, column))
    if not entries and not problems:
        problems.append(Problem(name, None, "", "no clients", "give a row for each kind of clients, below the columns"))
    return Rows(name, entries, places, tuple(problems), frozenset(holes))


def _text(path: Path) -> tuple[str, Problem | None]:
    """Return the text of a table, or what is wrong with it as a file."""
    name = str(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except FileNotFoundError:
        said = "present_file names a CSV file, by its place relative to the scenario"
        return "", Problem(name, None, "", "no such file", said, _beside(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return "", Problem(name, None, "", f"a file that cannot be read ({reason})", "give the path of a CSV file")
    if data is None:
        return "", Problem(name, None, "", f"{path.stat().st_size:,} bytes", f"such a table has at most {LARGEST:,}")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"a character that is not UTF-8 (byte 0x{data[error.start]:02x})"
        said = "save the table as CSV in UTF-8 (in a spreadsheet: Save as, CSV UTF-8)"
        return "", Problem(name, line, "", found, said)


def _beside(path: Path) -> str:
    try:
        tables = sorted(other.name for other in path.parent.iterdir() if other.suffix.lower() == ".csv")
    except OSError:
        return ""
    return nearest(path.name, tables)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """List the records of a table, each with the line on which it begins; blank lines are left out."""
    reader = csv.reader(io.StringIO(text.replace("\0", "?"), newline=""))
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _about_header(header: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Say what is wrong with the first line: path, what was found, what is allowed, nearest name."""
    if not any(header):
        yield "", "nothing", f"the first line names the columns: {', '.join(COLUMNS)}", ""
        return
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if any(sign in cell for cell in header):
            said = "columns are separated by commas (in a spreadsheet: Save as, CSV, comma separated)"
            yield "", f"columns separated by {called}", said, ""
            return
    personal = [cell for cell in header if _is_personal(cell)]
    for cell in personal:
        said = "a row says what clients are like, not who they are; delete the column, in the file too"
        yield short(cell), "a column of personal data", said, ""
    if personal:
        return
    for position, cell in enumerate(header):
        if cell not in COLUMNS:
            said = f"the columns are {', '.join(COLUMNS)}"
            near = cell.lower() if cell.lower() in COLUMNS else nearest(cell, COLUMNS)
            yield "", f"the column {short(written(cell))}", said, near
        elif cell in header[:position]:
            yield cell, "two columns of this name", "keep one of them", ""
    if "source" not in header:
        yield "", "no column source", "each row needs the referral source of its clients", ""


def _is_personal(cell: str) -> bool:
    word = "_".join(cell.lower().replace("-", " ").replace("_", " ").replace("/", " ").split())
    return word in PERSONAL.split() or word.endswith("_name")


def _entry(row: Mapping[str, str]) -> tuple[dict[str, object], list[tuple[str, str, str]]]:
    """Return an entry of `present`, and what is wrong with cells: column, found, allowed. Empty cells say nothing."""
    entry: dict[str, object] = {}
    wrong = []
    for column, cell in row.items():
        if not cell:
            continue
        if column == "traits":
            entry[column] = cell.split()
            if SEPARATORS.search(cell):
                meant = " ".join(SEPARATORS.sub(" ", cell).split())
                wrong.append((column, short(written(cell)), f"several traits are separated by a space: {short(meant)}"))
        elif column not in WHOLE:
            entry[column] = cell
        elif cell.isascii() and cell.isdigit() and len(cell) < 10:
            entry[column] = int(cell)
        else:
            wrong.append((column, short(written(cell)), f"{column} is a whole number, such as 3"))
    return entry, wrong
