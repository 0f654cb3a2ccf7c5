"""Charts of results folders: of which program, plans or analysis in them a kind of chart is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iopsim.charts.chart import Chart
from iopsim.charts.kinds import KINDS, Kind, draw
from iopsim.charts.style import PRINT, Style
from iopsim.errors import IopsimError
from iopsim.experiments.opened import Opened
from iopsim.experiments.side_by_side import side_by_side

HOLDS = {"run": "one program", "batch": "several plans", "sensitivity": "a sensitivity analysis", "sizing": "a sizing"}
"""What each kind of folder holds, in words."""

FITS = {"program": ("run", "batch"), "plans": ("batch", "run"), "design": ("batch",), "sensitivity": ("sensitivity",)}
"""Of which kinds of folders each need is met."""

MAKES = {
    "program": "`iopsim run`, or one arm of `iopsim experiment` or `iopsim compare --out`",
    "plans": "`iopsim experiment`, `iopsim compare --out`, or two or more folders of `iopsim run`",
    "design": "an experiment with a design over [factors]",
    "sensitivity": "`iopsim sensitivity --out`",
}
"""What makes results that meet each need."""


def draw_folders(
    name: str,
    folders: Sequence[Opened],
    style: Style = PRINT,
    arm: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Chart:
    """Draw a chart of results folders.

    Parameters
    ----------
    name : str
        One of `iopsim.charts.kinds.KINDS`.
    folders : sequence of Opened
        One or more; only charts of several plans take more than one.
    style : Style
    arm : str, optional
        Of a batch, the arm that a chart of one program shows; the baseline, if nothing is said.
    options : mapping of str to object, optional
        As the kind takes them.

    Raises
    ------
    IopsimError
        If the chart cannot be drawn of these folders.
    """
    return draw(name, chosen(KINDS[name], folders, arm), style, **(options or {}))


def drawable(folder: Opened) -> list[Kind]:
    """Return the kinds of chart that can be drawn of one folder."""
    return [kind for kind in KINDS.values() if _reason(kind, [folder]) is None]


def chosen(kind: Kind, folders: Sequence[Opened], arm: str | None = None) -> Any:
    """Return what a kind of chart is drawn of: a `Result`, an `Outcome`, or an `Opened` sensitivity analysis.

    Raises
    ------
    IopsimError
        If the folders do not hold it.
    """
    reason = _reason(kind, folders)
    if reason is not None:
        raise IopsimError(reason)
    first = folders[0]
    if arm is not None and kind.needs != "program":
        raise IopsimError(f"--arm {arm}: the chart {kind.name!r} shows no single plan; leave --arm out")
    if kind.needs == "sensitivity":
        return first
    if kind.needs in ("plans", "design"):
        return side_by_side(folders) if first.kind == "run" else first.outcome
    if arm is not None and arm not in first.arms:
        allowed = ", ".join(first.arms) if first.kind == "batch" else "a run has no arms: leave --arm out"
        raise IopsimError(f"--arm {arm}: found no such arm in {first.folder}; {allowed}")
    return first.result(arm if arm is not None else first.arms[0])


def _reason(kind: Kind, folders: Sequence[Opened]) -> str | None:
    """Return why a kind cannot be drawn of these folders; None if it can."""
    first = folders[0]
    needs = f"the chart {kind.name!r} is drawn of {MAKES[kind.needs]}"
    for folder in folders:
        if folder.kind not in FITS[kind.needs]:
            return f"{folder.folder}: found {HOLDS[folder.kind]}; {needs}"
    several = kind.needs == "plans" and all(folder.kind == "run" for folder in folders)
    if len(folders) > 1 and not several:
        return f"{folders[1].folder}: found more than one folder; {needs}, and of one folder"
    if kind.needs == "plans" and first.kind == "run" and len(folders) == 1:
        return f"{first.folder}: found one program; {needs}"
    if kind.needs == "plans" and first.kind == "batch" and len(first.arms) < 2:
        return f"{first.folder}: found one plan; {needs}"
    if "by" in kind.options and not first.manifest.get("by"):
        return f"{first.folder}: found clients not told apart; simulate again with `--by source`, trait or payer"
    if kind.needs == "design" and not any(arm["levels"] for arm in first.manifest["arms"].values()):
        return f"{first.folder}: found plans without factors; {needs}"
    return None
