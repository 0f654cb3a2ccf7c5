"""Lists for machines: the same rows as CSV or JSON, to stdout or to a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from iopsim.cli.console import plain
from iopsim.errors import IopsimError

FORMATS = ("table", "csv", "json")
"""What `--format` may be: for a person, for a spreadsheet, for a program."""

Row = Mapping[str, object]


def csv_text(rows: Sequence[Row]) -> str:
    """Return rows as CSV with a line of headings; what is not there is an empty cell.

    Parameters
    ----------
    rows : sequence of mapping
        At least one, all with the keys of the first.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def json_text(content: object) -> str:
    """Return lists and tables as one JSON document; dates and times as text.

    Parameters
    ----------
    content : object
        As `json` writes it.
    """
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"


def export(form: str, file: str | None, rows: Sequence[Row], content: object) -> bool:
    """Write what a machine reads.

    Parameters
    ----------
    form : str
        One of `FORMATS`.
    file : str or None
        A file that does not exist yet, for the rows as CSV.
    rows : sequence of mapping
        For CSV.
    content : object
        For JSON.

    Returns
    -------
    bool
        Whether anything was written, so that a person needs no table.

    Raises
    ------
    IopsimError
        If the file exists.
    """
    if file is not None:
        try:
            with Path(file).open("x", encoding="utf-8", newline="") as out:
                out.write(csv_text(rows))
        except FileExistsError:
            raise IopsimError(f"{plain(file)}: found a file; --csv writes a new one and never over another") from None
        except ValueError:
            raise IopsimError(f"{plain(file)}: found no name for a file; --csv writes a new one") from None
    if form == "csv":
        sys.stdout.write(csv_text(rows))
    elif form == "json":
        sys.stdout.write(json_text(content))
    elif file is not None:
        sys.stdout.write(f"wrote {plain(file)}\n")
    return form != "table" or file is not None
