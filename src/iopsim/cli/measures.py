"""`iopsim measures`: what each measure counts, and of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console

from iopsim.cli.console import paragraph, screen
from iopsim.cli.export import FORMATS, export
from iopsim.cli.options import Mistakes
from iopsim.errors import Problem
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import Measure
from iopsim.scenario.words import nearest, short

BESIDE = 22
"""Columns of the names of a measure's parts, when it is told in full."""


OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "bottleneck": ("held_back",),
    "hire": ("hiring",),
    "no-show": ("attendance", "missed assessments"),
    "occupancy": ("seats_taken",),
    "profit": ("margin",),
    "retention": ("left_within", "engaged", "still_in_program"),
    "surplus": ("margin",),
    "turnover": ("vacant", "counselor_changes", "hiring"),
    "utilization": ("booked_share", "seats_taken", "used_share"),
    "vacancy": ("vacant",),
}
"""Words by which people ask, in the singular, and what measures say instead."""


def measures(words: Sequence[str], form: str, file: str | None) -> None:
    """List the measures, or tell one in full.

    Parameters
    ----------
    words : sequence of str
        The name of a measure; or words, all of which a measure's name, label, unit or definition has; none for all.
    form : str
        As given to `--format`.
    file : str or None
        As given to `--csv`.

    Raises
    ------
    ScenarioError
        If there is no such measure or no such format.
    IopsimError
        If the file exists.
    """
    mistakes = Mistakes()
    form = mistakes.choice("--format", form, FORMATS)
    found = _found([word for text in words for word in text.split()])
    if not found:
        mistakes.problems.append(_no_such(" ".join(words)))
    mistakes.settle()
    rows = [_row(group, measure) for group, some in found.items() for measure in some]
    if export(form, file, rows, {"measures": rows}):
        return
    console = screen()
    if words and len(rows) == 1:
        _tell(console, rows[0])
    else:
        _list(console, found)


def _found(words: Sequence[str]) -> dict[str, list[Measure]]:
    """Return by group the measure of a name, or else those that have all words."""
    every = [measure for some in GROUPS.values() for measure in some]
    named = [measure for measure in every if [measure.name] == [*words]]
    chosen = named or [measure for measure in every if all(_has(_text(measure), word.lower()) for word in words)]
    by_group = {group: [measure for measure in some if measure in chosen] for group, some in GROUPS.items()}
    return {group: some for group, some in by_group.items() if some}


def _has(text: str, word: str) -> bool:
    """Return whether a text has a word, or one for which it may stand."""
    return any(part in text for part in (word, *OTHER_WORDS.get(word.removesuffix("s"), ())))


def _text(measure: Measure) -> str:
    """Return all that is said of a measure, in small letters."""
    parts = (measure.name, measure.label, measure.unit, measure.numerator, measure.denominator, measure.counted)
    return " ".join((*parts, measure.meaning)).lower()


def _no_such(name: str) -> Problem:
    """Say that there is no such measure, and which may be meant: by its name or by its label."""
    names = {measure.name: measure.name for some in GROUPS.values() for measure in some}
    labels = {measure.label: measure.name for some in GROUPS.values() for measure in some}
    near = names.get(nearest(name, names)) or labels.get(nearest(name, labels), "")
    said = "no measure has this in its name, label, unit or definition; `iopsim measures` lists them all"
    return Problem("measures", None, "", short(name), said, near)


def _row(group: str, measure: Measure) -> dict[str, object]:
    return {
        "name": measure.name,
        "group": group,
        "label": measure.label,
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "counted": measure.counted,
        "meaning": measure.meaning,
    }


def _tell(console: Console, row: dict[str, object]) -> None:
    console.print(str(row["name"]), style="bold")
    paragraph(console, str(row["meaning"]))
    console.print()
    for part, said in {"label": "in tables", "counted": "who is counted"}.items():
        row[said] = row.pop(part)
    for part in ("in tables", "group", "unit", "numerator", "denominator", "who is counted"):
        paragraph(console, str(row[part]), lead=f"  {part:<{BESIDE - 4}}  ", indent=" " * BESIDE)


def _list(console: Console, found: dict[str, list[Measure]]) -> None:
    longest = max(len(measure.name) for some in found.values() for measure in some)
    indent = " " * (longest + 6)
    for number, (group, some) in enumerate(found.items()):
        if number:
            console.print()
        console.print(group, style="bold")
        for counted, same in groupby(some, key=lambda measure: measure.counted):
            paragraph(console, f"of {counted}:", lead="  ", indent="    ", style="italic")
            for measure in same:
                unit = "" if measure.unit == "clients" else f", {measure.unit}"
                paragraph(console, f"{measure.label}{unit}", lead=f"    {measure.name:<{longest}}  ", indent=indent)
                below = "" if measure.denominator == "1" else f" / {measure.denominator}"
                paragraph(console, f"{measure.numerator}{below}", lead=indent, indent=indent, style="dim")
    console.print()
    paragraph(
        console,
        "A name after `iopsim measures` tells one in full, a word lists those that have it; --all after "
        "`iopsim run` shows every value.",
    )
