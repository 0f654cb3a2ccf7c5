"""Hours: what staff spend theirs on, and how many clients they carry, against what there is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.page import LINE, Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import (
    BLUE,
    GREY,
    INK,
    PRINT,
    SKY,
    SMALL,
    VERMILLION,
    YELLOW,
    Style,
    points,
    styled,
    thin,
)
from iopsim.charts.swatches import Swatch, explain
from iopsim.charts.week import in_words, said, short
from iopsim.experiments.result import F64, Result
from iopsim.experiments.staff_use import STRETCH, Peak, hours_used, peaks, used_share
from iopsim.stats.intervals import band

LAYERS = (
    ("groups", "groups", "#004B7A"),
    ("individual", "individual sessions", SKY),
    ("assessments", "assessments", VERMILLION),
    ("notes", "notes", YELLOW),
    ("other", "other", "#8C8C8C"),
)
"""From the bottom: what hours are spent on; any two differ in lightness, as some may be missing."""

HATCH, OVERTIME = "//", "\\\\\\\\"
"""Over the last layer, which alone has it, and over overtime, above the hours there are."""

MOST_ROLES = 4
"""Roles that are drawn; the others are named."""

MOST_NAMES = 4
"""Roles that are named as not drawn."""

LIMIT, CARRIED = 1.0, 2.6
"""Widths of lines: what there is, and the clients carried."""

WIDE_APART = {1: 0.2, 2: 0.16, 3: 0.2, 4: 0.26}
"""Distance of panels, as a share of their width, by how many stand side by side; the next likewise."""

DATES = {1: 9, 2: 5, 3: 4, 4: 3}
"""Most dates below a panel."""

ROOM, NEAR = 0.6, 0.85
"""Share of a limit below which staff have room, and from which on it is near."""

SLIGHT = 0.05
"""Hours of overtime a week below which none is told of."""


def hours(result: Result, style: Style = PRINT) -> Chart:
    """Draw by role and week the hours spent and available, and the clients carried against the limit.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        found = peaks(result.hours)
        if not found:
            why = "No role of the plan has hours, or clients to carry, in the weeks shown."
            return nothing(of_result(result), "Staff hours and caseload: nothing to show", why, style)
        roles = _chosen(result, found)
        carries = bool(~np.isnan(result.hours.caseload[:, roles]).all())
        page = Page(
            of_result(result),
            _title(result, found, roles),
            "Hours a week spent and available"
            + (" (above), clients carried and their limit (below), by week." if carries else ", by week."),
            _caption(result, roles, carries),
            _alt(result, roles),
            style,
        )
        _draw(page, result, roles, carries)
        return page.chart()


def _chosen(result: Result, found: list[Peak]) -> list[int]:
    """Return the roles to draw: those who see clients, and of them whose limit is nearest; in the order of the file."""
    works = [_sees_clients(result, name) for name in result.hours.roles]
    order = [role for role in dict.fromkeys(peak.role for peak in found) if works[role]]
    return sorted(order[:MOST_ROLES]) or [found[0].role]


def _sees_clients(result: Result, name: str) -> bool:
    role = result.scenario.staff[name]
    return bool(role.duties) or role.caseload != "none"


def _title(result: Result, found: list[Peak], roles: Sequence[int]) -> str:
    first = next(peak for peak in found if peak.role in roles)
    name = short(result.hours.roles[first.role])
    what = "hours are used" if first.limit == "hours" else "caseload limit is used"
    whose = "" if first.share >= NEAR else f"{name}'s "
    share = f"{100 * first.share:.0f} % of the {whose}{what}"
    when = _busiest(result, first)
    if first.share < ROOM:
        return f"On average staff have much room: {when}, {share}"
    if first.share < NEAR:
        return f"On average staff have some room: {when}, {share}"
    said = f"On average the {name} is {'tightest' if len(roles) > 1 else 'tight'}: {when}, {share}"
    if len(result.weeks) <= STRETCH:
        return said
    return (
        f"{said}, and {100 * first.overall:.0f} % over {'all weeks' if result.warm_up is None else 'the weeks shown'}"
    )


def _busiest(result: Result, peak: Peak) -> str:
    """Return the weeks whose mean a title tells."""
    month, weeks = f"{result.week_start(result.weeks[peak.week]):%B %Y}", len(result.weeks)
    if weeks > STRETCH:
        return f"in the busiest {in_words(STRETCH)} weeks, around {month}"
    return f"in the only week, {month}" if weeks == 1 else f"in all {in_words(weeks)} weeks, around {month}"


def _alt(result: Result, roles: Sequence[int]) -> str:
    told = []
    shares = used_share(result.hours)
    for role in roles:
        text = f"{said(result.hours.roles[role])}, {_spent(result, role)}"
        if not math.isnan(shares[role]):
            text += f", {100 * shares[role]:.0f} %"
        carried = _carried(result, role)
        told.append(f"{text}, and {carried}" if carried else text)
    return f"Stacked areas of hours by week, and lines of caseload, for each role. On average: {'; '.join(told)}."


def _spent(result: Result, role: int) -> str:
    staff = result.hours
    used, available = hours_used(staff)[:, role].mean(), staff.available[:, role].mean()
    overtime = float(staff.overtime[:, role].mean())
    beyond = f", {overtime:.1f} overtime" if overtime >= SLIGHT else ""
    return f"{used:.0f} of {available:.0f} hours a week used{beyond}"


def _carried(result: Result, role: int) -> str:
    carried, limit = result.hours.caseload[:, role], result.hours.caseload_limit[:, role]
    return "" if np.isnan(carried).all() else f"{carried.mean():.0f} of {limit.mean():.0f} clients carried"


def _draw(page: Page, result: Result, roles: Sequence[int], carries: bool) -> None:
    staff = result.hours
    shown = [
        Swatch(words, colour, HATCH if key == LAYERS[-1][0] else "")
        for key, words, colour in LAYERS
        if getattr(staff, key)[:, roles].any()
    ]
    if staff.overtime[:, roles].mean(axis=(0, 2)).max() >= SLIGHT:
        shown.append(Swatch("overtime", "white", OVERTIME, framed=True))
    taken = explain(page, [*shown, Swatch("available, or limit" if carries else "available", INK, line=LIMIT)])
    line = points(SMALL) / 72 * LINE
    grid = page.grid(
        (1.4, 1) if carries else (1,),
        (1,) * len(roles),
        left=0.32,
        right=0.1,
        above=(taken + 2.5 * line) / page.rise(1) + 0.1,
        hspace=0.42,
        wspace=WIDE_APART[len(roles)],
    )
    edges = places([result.week_start(week) for week in range(result.weeks.start, result.weeks.stop + 1)])
    for column, role in enumerate(roles):
        top = page.figure.add_subplot(grid[0, column])
        _draw_hours(top, result, role, edges)
        _head(page, top, said(result.hours.roles[role]), _spent(result, role))
        axes = [top]
        if carries:
            bottom = page.figure.add_subplot(grid[1, column], sharex=top)
            _draw_caseload(bottom, result, role, edges)
            _head(page, bottom, "", _carried(result, role))
            top.tick_params(labelbottom=False)
            axes.append(bottom)
        dated(axes[-1], result.week_start(result.weeks.start), result.week_start(result.weeks.stop), DATES[len(roles)])
        top.set_xlim(edges[0], edges[-1])


def _draw_hours(axes: Axes, result: Result, role: int, edges: F64) -> None:
    """Draw the hours of one role as layers, those available as a line, and overtime on top of it."""
    staff = result.hours
    spent = [getattr(staff, key)[:, role].mean(axis=0) for key, _, _ in LAYERS]
    below = np.zeros(len(spent[0]))
    for layer, (key, _, colour) in zip(spent, LAYERS, strict=True):
        if layer.any():
            axes.fill_between(
                edges,
                _held(below),
                _held(below + layer),
                step="post",
                facecolor=colour,
                edgecolor="white",
                hatch=HATCH if key == LAYERS[-1][0] else None,
                linewidth=thin(0.4),
                label=key,
            )
        below = below + layer
    available, over = (getattr(staff, key)[:, role].mean(axis=0) for key in ("available", "overtime"))
    if over.mean() >= SLIGHT:
        top = _held(available + over)
        axes.fill_between(
            edges,
            _held(available),
            top,
            step="post",
            facecolor="white",
            edgecolor=INK,
            hatch=OVERTIME,
            linewidth=0,
            label="overtime",
        )
    axes.stairs(available, edges, baseline=None, color=INK, linewidth=thin(LIMIT))
    axes.set_ylim(0, 1.08 * max(1.0, float((available + over).max()), float(below.max())))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.tick_params(axis="y", labelsize=SMALL)


def _held(weekly: F64) -> F64:
    """Return weekly values at the edges of weeks, each held until the next."""
    return np.append(weekly, weekly[-1])


def _draw_caseload(axes: Axes, result: Result, role: int, edges: F64) -> None:
    """Draw the clients that a role carries with their band, and how many it can."""
    staff = result.hours
    axes.tick_params(axis="y", labelsize=SMALL)
    if np.isnan(staff.caseload[:, role]).all():
        axes.set_ylim(0, 1)
        axes.set_yticks([])
        axes.text(0.5, 0.5, "carries no clients", transform=axes.transAxes, size=SMALL, color=GREY, ha="center")
        return
    mean, low, high = band(staff.caseload[:, role])
    limit = staff.caseload_limit[:, role].mean(axis=0)
    axes.fill_between(edges, _held(low), _held(high), step="post", color=BLUE, alpha=0.25, linewidth=0)
    axes.stairs(mean, edges, baseline=None, color=BLUE, linewidth=thin(CARRIED))
    axes.stairs(limit, edges, baseline=None, color=INK, linewidth=thin(LIMIT))
    axes.set_ylim(0, 1.08 * max(1.0, float(limit.max()), float(high.max())))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10], integer=True))


def _head(page: Page, axes: Axes, name: str, used: str) -> None:
    """Write above a panel whose it is, and how much is used on average."""
    wide = axes.get_position().width * page.style.width * 1.04
    size = next((size for size in (SMALL, "x-small") if page.width(used, size) <= wide), "x-small")
    line = 1.25 * points(SMALL)
    rows = [(name, "medium", "bold", INK, line), (used, size, "normal", GREY, 0.0)]
    for text, letters, weight, colour, height in rows:
        axes.annotate(
            page.cut(text, letters, wide / 1.15 if weight == "bold" else wide),
            (0, 1),
            (0, height + 4 * page.style.scale),
            xycoords="axes fraction",
            textcoords="offset points",
            size=letters,
            weight=weight,
            color=colour,
            va="bottom",
        )


def _caption(result: Result, roles: Sequence[int], carries: bool) -> str:
    runs = result.replications
    mean = "Of the only replication" if runs == 1 else "Means over replications"
    others = "Other: supervision, orientation, family nights, medication visits."
    parts = [f"{mean}, all people in the role together. Available: hours of people at work. {others}"]
    if carries and runs > 1:
        parts.append("Band: in 8 of 10 replications the week lies within it.")
    if carries:
        parts.append("The limit of clients counts people on the payroll.")
    if len(result.weeks) > STRETCH:
        parts.append(f"Single weeks may be busier than the {in_words(STRETCH)} of the title.")
    rest = [name for k, name in enumerate(result.hours.roles) if k not in roles]
    if rest:
        idle = not any(_sees_clients(result, name) for name in rest)
        names = ", ".join(said(name) for name in rest[:MOST_NAMES])
        more = f" and {len(rest) - MOST_NAMES} more" if len(rest) > MOST_NAMES else ""
        parts.append(f"Not drawn{', as they have neither duties nor a caseload' if idle else ''}: {names}{more}.")
    return " ".join(parts)
