"""The assumptions of a results folder: every value of a scenario, what stands behind it, and where it came from.

`scenario.toml` beside it says every value with its evidence; read again, all of it comes from that one file. This table
keeps what was the planner's own, what a default, and what a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from iopsim.scenario import Resolved
from iopsim.scenario.lines import dotted
from iopsim.scenario.resolved import LAYERS, Layer, leaves, standing
from iopsim.scenario.words import written

ASSUMPTIONS = "assumptions.csv"

PLAN, WORLD = "plan", "world"
"""Who sets a number: the program, or what nobody can choose."""


def assumption_rows(resolved: Resolved) -> Iterator[dict[str, object]]:
    """Return a row for each value of a scenario, in the order of the file.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.

    Yields
    ------
    dict
        ``path``; ``value`` as TOML writes it, a text without its quotes; ``unit``, ``low`` and ``high`` in that unit,
        ``grade`` and ``source``; ``evidence``, one of `iopsim.scenario.resolved.STANDINGS`; ``layer``, one of ``file``,
        ``change``, ``default``; ``where`` and ``line``, its place there; ``inherited``, yes for a default of every
        entry; ``set_by``, plan or world for a number. What there is not is empty.
    """
    for key, leaf, value in leaves(resolved.scenario):
        origin = resolved.origins[dotted(key)]
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        yield {
            "path": dotted(key),
            "value": value if plain else written(value),
            "unit": origin.unit,
            "low": "" if origin.low is None else origin.low,
            "high": "" if origin.high is None else origin.high,
            "grade": origin.grade,
            "source": origin.source,
            "evidence": standing(value, origin),
            "layer": origin.layer,
            "where": origin.where,
            "line": "" if origin.line is None else origin.line,
            "inherited": "yes" if origin.template else "",
            "set_by": (PLAN if leaf.planned else WORLD) if leaf.numeric else "",
        }


def with_layers(resolved: Resolved, rows: Sequence[Mapping[str, str]]) -> Resolved:
    """Return a scenario whose values come from where a table of assumptions says.

    Parameters
    ----------
    resolved : Resolved
        From a `scenario.toml`.
    rows : sequence of mapping
        From the `assumptions.csv` beside it.

    Raises
    ------
    ValueError
        If they are not of the same values, or a row is none.
    """
    said = {row["path"]: row for row in rows}
    if said.keys() != resolved.origins.keys():
        raise ValueError("the assumptions are not those of the scenario")
    return replace(
        resolved,
        origins={
            path: replace(
                origin,
                layer=_layer(said[path]["layer"]),
                where=said[path]["where"],
                line=int(said[path]["line"]) if said[path]["line"] else None,
                template=said[path]["inherited"] == "yes",
            )
            for path, origin in resolved.origins.items()
        },
    )


def _layer(text: str) -> Layer:
    if text not in LAYERS:
        raise ValueError(f"{text!r} is no layer")
    return text
