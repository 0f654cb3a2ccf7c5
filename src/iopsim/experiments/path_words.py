"""What the paths of settings mean, in plain words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from iopsim.scenario.changes import key_of
from iopsim.scenario.shape import Collection, Leaf, Node, Table, shape

TEMPLATE = "*"

REFERS_BACK = ("The same", "Weight", "Placed there", "Paid ")
"""How descriptions begin that mean nothing away from their table."""

REST = re.compile(r"[;:(]")


@dataclass(frozen=True, slots=True)
class Words:
    """A path in words.

    Parameters
    ----------
    meaning : str
        What it is, short, beginning with a large letter, such as ``Seats (evening)``.
    unit : str
        Of the number; empty where there is none.
    """

    meaning: str
    unit: str


def words_of(path: str) -> Words:
    """Return what a path means.

    Parameters
    ----------
    path : str
        Dotted path of a setting, ``*`` standing for every entry; or a name of the planner's choice, which is returned
        with blanks.
    """
    node: Node | None = shape()
    entries, tables = [], []
    for part in key_of(path) or (path,):
        text = str(part)
        if isinstance(node, Table):
            node = node.fields.get(text)
            tables.append(text)
        elif isinstance(node, Collection):
            node = node.entry
            if text != TEMPLATE:
                entries.append(_spaced(text))
        else:
            node = None
        if node is None:
            return Words(_spaced(path.replace(f".{TEMPLATE}", "").replace(".", ", ")), "")
    described = getattr(node, "description", "") or _spaced(tables[-1])
    unit = node.unit if isinstance(node, Leaf) else ""
    meaning = REST.split(described.removesuffix(f" [{unit}]"))[0].strip()
    before, _, after = meaning.partition(",")
    if after and " or " not in after and " and " not in after:  # and no list
        meaning = before
    if described.startswith(REFERS_BACK):
        last = _spaced(tables[-1].removesuffix("_usd"))
        above = f" {_spaced(tables[-2])}" if len(tables) > 2 and tables[-2] != tables[0] else ""
        meaning = f"{tables[0][0].upper()}{_spaced(tables[0][1:])}:{above} {last}"
    return Words(f"{meaning} ({', '.join(entries)})" if entries else meaning, unit)


def setting_words(setting: str, unit: str) -> str:
    """Return a setting as it is read: ``40 %`` of a share, ``$3,000``, ``1,200``; what is no number stays.

    Parameters
    ----------
    setting : str
        As a table has it.
    unit : str
        Of the number.
    """
    try:
        number = float(setting)
    except ValueError:
        return setting
    if not math.isfinite(number):
        return setting
    if unit == "share":
        return f"{100 * number:.4g} %"
    said = f"{number:,.6g}" if abs(number) < 1_000_000 else f"{number:,.0f}"
    return f"${said}" if unit.startswith("usd") else said


def _spaced(text: str) -> str:
    return text.replace("_", " ")
