"""`iopsim evidence`: every default with its range, source and grade, and every source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console

from iopsim.cli.console import broken_name, grid, paragraph, plain, print_grid, screen
from iopsim.cli.export import FORMATS, export
from iopsim.cli.options import Mistakes
from iopsim.errors import Problem, ScenarioError
from iopsim.evidence import FOLLOWED, GRADES, Source, sources
from iopsim.scenario.evidence_base import Default, about, known_words
from iopsim.scenario.words import nearest, short, written
from iopsim.scenario.words import plain as digits

NARROW, WIDE = 20, 40
"""Most characters of a default's or a table's name on one line, on 80 columns and on many more."""

ROOMY = 100
"""Columns from which on there is room for the longest name."""

GRADE = {
    "primary": "seen in its primary source",
    "secondary": "seen in a secondary source",
    "derived": "calculated from published numbers",
    "assumed": "an assumption: nobody has published it",
}


def evidence(word: str | None, grade: str | None, form: str, file: str | None) -> None:
    """List the evidence base.

    Parameters
    ----------
    word, grade : str or None
        What to list; None for everything.
    form : str
        As given to `--format`.
    file : str or None
        As given to `--csv`.

    Raises
    ------
    ScenarioError
        If an option is not one of its choices, or nothing is found.
    IopsimError
        If the file exists.
    """
    mistakes = Mistakes()
    form = mistakes.choice("--format", form, FORMATS)
    wanted = "" if grade is None else mistakes.choice("--grade", grade, GRADES)
    mistakes.settle()
    defaults, behind = about(word or "", wanted)
    if not defaults and not behind:
        _nothing(word or "", wanted)
    rows = [_row(default) for default in defaults]
    if not rows and (file is not None or form == "csv"):
        said = "only sources speak of it, and a CSV lists defaults; use --format json"
        raise ScenarioError([Problem("evidence", None, "", short(word or ""), said)])
    cited = [{"id": name, **source._asdict()} for name, source in behind.items()]
    if not export(form, file, rows, {"defaults": [_plain_row(default) for default in defaults], "sources": cited}):
        _show(screen(), defaults, behind)


def _nothing(word: str, grade: str) -> None:
    if about(word)[0]:
        said = f"its defaults have other grades than {grade}; leave --grade out to see them"
        raise ScenarioError([Problem("evidence", None, "", short(word), said)])
    said = "no default has it in its path and no source in its citation"
    near = nearest(word, known_words())
    raise ScenarioError([Problem("evidence", None, "", short(word), said, near)])


def _plain_row(default: Default) -> dict[str, object]:
    return {name: None if item == "" and name != "value" else item for name, item in default._asdict().items()}


def _row(default: Default) -> dict[str, object]:
    source = sources().get(default.source)
    value = default.value if isinstance(default.value, (int, float, str)) else written(default.value)
    cited = {"conf": source.conf, "citation": source.citation} if source else {"conf": "", "citation": ""}
    return {**default._asdict(), "value": value, **cited}


def _show(console: Console, defaults: Sequence[Default], behind: Mapping[str, Source]) -> None:
    numbers = [default for default in defaults if default.grade]
    choices = [default for default in defaults if not default.grade]
    if numbers:
        _show_numbers(console, numbers)
        console.print()
    if choices:
        console.print("Choices, which need no source", style="bold")
        for choice in choices:
            paragraph(console, f"{choice.path} = {written(choice.value)}", indent="    ", lead="  ")
        console.print()
    if behind:
        _show_sources(console, behind)


def _show_numbers(console: Console, numbers: Sequence[Default]) -> None:
    counts = {grade: sum(default.grade == grade for default in numbers) for grade in GRADES}
    said = ", ".join(f"{count} {grade}" for grade, count in counts.items() if count)
    paragraph(console, f"{len(numbers)} number{'s' if len(numbers) > 1 else ''} that a scenario inherits: {said}")
    console.print()
    longest = WIDE if console.width >= ROOMY else NARROW
    table = grid(console, gap=1)
    table.add_column("Default", no_wrap=True)
    table.add_column("Value", justify="right", no_wrap=True)
    for heading in ("Range", "Unit", "Source", "Grade"):
        table.add_column(heading, no_wrap=True)
    for place, group in groupby(numbers, key=lambda default: default.table):
        table.add_row(broken_name(place, longest).replace("\n", "\n  ") or "top of the file", style="bold")
        for default in group:
            span = f"{_digits(default.low)}-{_digits(default.high)}"
            name = "  " + broken_name(default.name, longest).replace("\n", "\n    ")
            table.add_row(name, _digits(default.value), span, default.unit, default.source, default.grade)
    print_grid(console, table)
    console.print()
    for grade in (grade for grade in GRADES if counts[grade]):
        console.print(f"{grade:<9}  {GRADE[grade]}")


def _digits(value: object) -> str:
    return digits(value) if isinstance(value, (int, float)) else "?"


def _show_sources(console: Console, behind: Mapping[str, Source]) -> None:
    console.print("Sources, and how far each was followed", style="bold")
    table = grid(console, gap=1)
    table.add_column("Source", no_wrap=True)
    table.add_column("Conf", no_wrap=True)
    table.add_column("Citation")
    for name, source in behind.items():
        table.add_row(name, source.conf, plain(source.citation))
    print_grid(console, table)
    console.print()
    used = {source.conf for source in behind.values()}
    for conf, said in FOLLOWED.items():
        if conf in used:
            console.print(f"{conf:<2}  {said}")
