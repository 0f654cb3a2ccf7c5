"""Measures that are added up from the rows of one table, compiled: one loop over each table for all its measures.

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


def adding_up(table: str) -> Compiled:
    """Return a compiled function of a view, the rows of a table, and two arrays that it fills.

    The arrays have a place for each measure of the catalogue; those of measures of other tables are left alone.
    """
    measures = [(place, one) for place, one in enumerate(CATALOGUE) if one.sum is not None and one.sum.of == table]
    return _compiled(f"add_up_{table}", measures)


def _compiled(name: str, measures: Placed) -> Compiled:
    """Return the loop for some measures.

    Its text passes for a part of this file, so that what is compiled of it is kept like others.
    """
    space: dict[str, Any] = {"__name__": __name__}
    start, inside, end = _text(measures, space)
    lines = [
        f"def {name}(view, rows, above, below):",
        *(f"    {line}" for line in start),
        "    for k in range(len(rows)):",
        "        row = rows[k]",
        *(f"        {line}" for line in inside),
        *(f"    {line}" for line in end),
    ]
    exec(compile("\n".join(lines), __file__, "exec"), space)
    return jit(space[name])


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
        inside += [f"if {cohort}(view, row):", f"    n_{cohort} += 1"]
        for place, one in of_it:
            assert one.sum is not None
            inside.append(f"    above_{place} += {known(one.sum.each)}(view, row)")
            end.append(f"below[{place}] = n_{cohort}")
    return start, inside, end
