"""Measures that are added up from the rows of one table, compiled: one loop over each table for all its measures.

Who counts is multiplied with, and not branched on: a processor guesses wrong too often which way a client goes.

What counts and what is added are the plain functions of the measures themselves. The loop around them is put together
here, because a compiled loop over a list of functions would call them one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iopsim.jit import Compiled, jit, jitted
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure

Placed = list[tuple[int, Measure]]
"""Measures, each with its place in the catalogue."""


def adding_up() -> Compiled:
    """Return a compiled function of a view, a Record's rows, and two arrays of which it fills some places.

    The arrays have a place for each measure of the catalogue; those of measures that do more than add up are left
    alone.
    """
    tables: dict[str, Placed] = {}
    for place, one in enumerate(CATALOGUE):
        if one.sum is not None:
            tables.setdefault(one.sum.of, []).append((place, one))
    space: dict[str, Any] = {f"add_up_{table}": _loop(table, measures) for table, measures in tables.items()}
    lines = [f"add_up_{table}(view, rows.{table}, above, below)" for table in tables]
    return _compiled("add_up", lines, space)


def _loop(table: str, measures: Placed) -> Compiled:
    """Return the loop over the rows of one table for all its measures."""
    space: dict[str, Any] = {}
    start, inside, end = _text(measures, space)
    loop = ["for k in range(len(rows)):", "    row = rows[k]", *(f"    {line}" for line in inside)]
    return _compiled(f"add_up_{table}", [*start, *loop, *end], space)


def _compiled(name: str, lines: list[str], space: dict[str, Any]) -> Compiled:
    """Return a compiled function of a view, rows, and numbers above and below the line.

    Its text passes for a part of this file, so that what is compiled of it is kept like others.
    """
    known = space | {"__name__": __name__}
    exec(compile("\n    ".join([f"def {name}(view, rows, above, below):", *lines]), __file__, "exec"), known)
    return jit(known[name])


def _text(measures: Placed, space: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Return what comes before the loop, within it and after it; the functions called are put into the space."""

    def known(function: Callable[..., Any]) -> str:
        name = f"{function.__module__.rpartition('.')[2]}_{function.__name__.strip('_')}"
        space[name] = jitted(function)
        return name

    start, inside, end = [], [], []
    cohorts: dict[str, Placed] = {}
    for place, one in measures:
        total = one.sum
        assert total is not None
        start.append(f"above_{place} = 0")
        end.append(f"above[{place}] = above_{place}")
        each = known(total.each)
        if total.among is not None:
            cohorts.setdefault(known(total.among), []).append((place, one))
        elif total.over is not None:
            inside.append(f"above_{place} += {each}(view, row)")
            end.append(f"below[{place}] = {known(total.over)}(view)")
        else:
            start.append(f"below_{place} = 0")
            inside += [f"a, b = {each}(view, row)", f"above_{place} += a", f"below_{place} += b"]
            end.append(f"below[{place}] = below_{place}")
    for cohort, of_it in cohorts.items():
        start.append(f"n_{cohort} = 0")
        inside += [f"who = {cohort}(view, row)", f"n_{cohort} += who"]
        for place, one in of_it:
            assert one.sum is not None
            inside.append(f"above_{place} += who * {known(one.sum.each)}(view, row)")
            end.append(f"below[{place}] = n_{cohort}")
    return start, inside, end
