"""How values and limits are said to a person."""

from __future__ import annotations

import datetime
import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from iopsim.scenario.shape import Collection, Either, Leaf, Node, Table

LONGEST = 60
"""Characters of what was found that a message repeats."""

MOST_CHOICES = 20
"""Choices beyond which a message does not list them."""

ALIKE = 0.6
"""Likeness from which a known name is worth mentioning: twice the letters in common over all letters."""

# Units that a bound is not repeated with: "between 0 and 9" says it all.
SILENT_UNITS = ("", "share", "ratio", "class", "exponent", "week")


def short(text: str) -> str:
    """Return a text on one line, cut to what a message can carry.

    Parameters
    ----------
    text : str
        As the person wrote it.

    Returns
    -------
    str
        At most 60 characters, never empty.
    """
    line = " ".join(text[: 10 * LONGEST].split())
    shown = "".join(char if char.isprintable() else "?" for char in line)
    return (shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "...") or "nothing"


def written(value: object) -> str:
    """Return a value as a scenario file would write it.

    Parameters
    ----------
    value : object
        A value as `tomllib` reads it, or one that Python code passed.

    Returns
    -------
    str
        TOML where TOML can write it.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() if value.bit_length() > 1000:
            return f"a number of about {int(value.bit_length() * math.log10(2))} digits"
        case int() | float():
            return repr(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(written(item) for item in value) + "]"
        case None:
            return "nothing"
    return str(value)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like one that is not known.

    Parameters
    ----------
    name : str
        What the person wrote.
    known : iterable of str
        What may stand there.

    Returns
    -------
    str
        Empty when nothing is like it. Of equals, the one that begins alike, then the first.
    """
    best, best_score = "", (ALIKE, 0)
    for candidate in known:
        one, other = name[:LONGEST].lower(), candidate.lower()
        whole = _likeness(one, other)
        alike = max(whole, _likeness(one[:3], other)) if len(other) == 3 else whole  # Monday and Mon
        begins_alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
        score = (alike, begins_alike)
        if alike >= ALIKE and score > best_score:
            best, best_score = candidate, score
    return best


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, one, other)
    possible = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if possible >= ALIKE else possible


_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?::(\d\d))?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)


def clock_time(text: str) -> str:
    """Return the time of day that a text means, as a scenario file writes it.

    Parameters
    ----------
    text : str
        What a person wrote, such as ``5:30 PM`` or ``17:30``.

    Returns
    -------
    str
        Such as ``17:30:00``; empty for what is no time of day.
    """
    match = _CLOCK.fullmatch(text.strip()[:20])
    if not match or not (match[2] or match[4]):
        return ""
    hour, half = int(match[1]), (match[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    try:
        return datetime.time(hour, int(match[2] or 0), int(match[3] or 0)).isoformat()
    except ValueError:
        return ""


def bounds(leaf: Leaf) -> str:
    """Say the bounds of a number, with its unit.

    Parameters
    ----------
    leaf : Leaf
        A number.

    Returns
    -------
    str
        Such as ``between 1 and 500 seats``.
    """
    unit = leaf.unit.replace("hazard/", "per ").replace("/", " per ")
    return f"between {plain(leaf.low)} and {plain(leaf.high)}" + ("" if unit in SILENT_UNITS else f" {unit}")


def plain(number: float | None) -> str:
    """Write a bound without a needless point.

    Parameters
    ----------
    number : float or None
        The bound.

    Returns
    -------
    str
        Such as ``500`` or ``0.25``.
    """
    return f"{number:.12g}"


def allowed(name: str, node: Node, value: object) -> str:
    """Say what may stand where something else was found.

    Parameters
    ----------
    name : str
        Last key of the path.
    node : Table, Collection, Leaf or Either
        What may stand there.
    value : object
        What was found, as `tomllib` reads it.

    Returns
    -------
    str
        A clause that begins with the name.
    """
    match node:
        case Collection(names=()) if isinstance(node.entry, Table):
            return f"{name} is given by headers such as [{name}.NAME], each with its keys on the lines below"
        case Table() | Collection():
            return f"{name} is given by a header, [{name}], with its keys on the lines below"
        case Either():
            return f"{name} may hold dates and spans such as {{ first = 2027-12-24, last = 2028-01-01 }}"
        case Leaf(kind="number" | "whole" | "limit"):
            return f"{name} must be {_number(node, value)}"
        case Leaf(kind="choice"):
            return f"{name} must be one of {_choices(node.choices)}"
        case Leaf(kind="list"):
            return f"{name} must {_list(node, value)}"
        case Leaf(kind="text"):
            return f"{name} must {_text(node, value)}"
        case Leaf(kind="switch"):
            return f"{name} must be true or false, in small letters and without quotes"
        case Leaf(kind="time"):
            return f"{name} must be a time of day without quotes, such as 17:30:00"
    return f"{name} must be {_date(node)}"


def _number(leaf: Leaf, value: object) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = is_number and (leaf.kind == "number" or isinstance(value, int))
    whole = "a number " if leaf.kind == "number" else "a whole number "
    said = ("a share " if leaf.unit == "share" else "" if fits else whole) + bounds(leaf)
    if leaf.kind == "limit":
        said += ', or "none"'
    if isinstance(value, (int, float)) and fits and leaf.unit == "share" and 1 < value <= 100:
        said += f"; {plain(value)} percent is written {plain(value / 100)}"
    if isinstance(value, float) and not fits and value.is_integer():
        said += f"; write {plain(value)}"
    if isinstance(value, str) and (leaf.unit in _OF_ONE or leaf.unit.startswith("hazard/")) and percentage(value):
        said += f"; {percentage(value)}"
    elif isinstance(value, str) and re.fullmatch(r"\s*[-+]?[\d.,]+\s*", value[:40]):
        said += "; write the number without quotes"
    return said


_PERCENTAGE = re.compile(r"([-+]?\d{1,10}(?:\.\d{1,10})?)\s*%\s*(?:#.*)?")
_OF_ONE = ("share", "ratio")


def percentage(text: str) -> str:
    """Say how a percentage is written.

    Parameters
    ----------
    text : str
        What a person wrote, such as ``75%``, with or without a remark after it.

    Returns
    -------
    str
        Such as ``75 percent is written 0.75``; empty for what is no percentage.
    """
    match = _PERCENTAGE.fullmatch(text[: 2 * LONGEST].strip())
    return f"{plain(float(match[1]))} percent is written {plain(float(match[1]) / 100)}" if match else ""


def _choices(choices: Sequence[str]) -> str:
    quoted = [f'"{choice}"' for choice in choices]
    return ", ".join(quoted) if len(choices) <= MOST_CHOICES else f"{', '.join(quoted[:3])} to {quoted[-1]}"


def _list(leaf: Leaf, value: object) -> str:
    assert leaf.item is not None
    if not isinstance(value, (list, tuple)):
        weekdays = isinstance(leaf.item, Leaf) and leaf.item.kind == "choice"
        dates = isinstance(leaf.item, Either) or (isinstance(leaf.item, Leaf) and leaf.item.kind == "date")
        return "be a list such as " + ('["Mon", "Tue"]' if weekdays else "[2027-12-24]" if dates else '["intensive"]')
    if len(value) < leaf.shortest:
        return "have at least one entry"
    return "name each only once"


def _text(leaf: Leaf, value: object) -> str:
    if not isinstance(value, str):
        return "be text in double quotes"
    if leaf.longest is not None and not leaf.shortest <= len(value) <= leaf.longest:
        return f"have between {leaf.shortest} and {leaf.longest} characters"
    return f"say {leaf.description[0].lower()}{leaf.description[1:]}" if leaf.description else "have " + NAME


NAME = "only letters, digits, _ and -, beginning with a letter, at most 40 in all"


def _date(leaf: Leaf) -> str:
    said = "a date without quotes, such as 2027-01-04"
    return said + (f", from {leaf.earliest} to {leaf.latest}" if leaf.earliest else "")
