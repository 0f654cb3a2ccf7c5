"""What a person reads of a run that stopped where measures were known as precisely as asked for."""

from __future__ import annotations

import math

from iopsim.experiments.batch import Looked
from iopsim.experiments.result import Result
from iopsim.stats.stopping import Look, Precision, Target

WHOLE = 100.0
"""From here on a half-width is told as a whole number."""


def stop(result: Result) -> list[str]:
    """Return at what a run stopped: the half-widths reached, or what would reach them; nothing if none were asked."""
    sought, looked = result.sought, result.looked
    if sought is None or looked is None:
        return []
    look = looked.looks[-1]
    n = len(look.measures)
    said = f"Stopped after {look.replications:,} replications, "
    if look.met:
        said += "at which all is as precise as asked for"
    else:
        why = "the most allowed" if look.replications >= sought.most else "its two stages"
        said += f"{why}; not all is as precise as asked for"
    told = "; ".join(_measure(name, one) for name, one in look.measures.items())
    said += f" (intervals 95 %{f', all {n} together' if n > 1 else ''}): {told}."
    return [" ".join([said, *_more(looked)])]


def asked(target: Target) -> str:
    """Return a half-width that is asked for."""
    return f"{target.half_width:g}{' %' if target.relative else ''}"


def width(half_width: float) -> str:
    """Return a half-width that is reached: three digits, or a whole number."""
    return f"{half_width:,.0f}" if half_width >= WHOLE else f"{half_width:.3g}"


def would_do(replications: int) -> str:
    """Return about how many replications would be enough, rounded up to two digits."""
    unit = 10 ** max(len(str(replications)) - 2, 0)
    return f"About {-(-replications // unit) * unit:,} would do."


def _measure(name: str, one: Precision) -> str:
    """Return the half-width of a measure, in percent of its mean if that is what is asked for, and whether it does."""
    wide = one.half_width
    unknown = math.isnan(wide) or (one.target.relative and one.summary.mean == 0.0)
    if unknown:
        reached = "not known"
    elif one.target.relative:
        reached = f"±{width(100.0 * wide / abs(one.summary.mean))} %"
    else:
        reached = f"±{width(wide)}"
    return f"{name} {reached}, asked for ±{asked(one.target)}{'' if one.met else ', missed'}"


def _more(looked: Looked) -> list[str]:
    """Return what else is to be known: how many replications would do, and what has not varied yet."""
    look: Look = looked.looks[-1]
    lines = []
    if not look.met:
        lines.append("How many would do cannot be told." if look.needed is None else would_do(look.needed))
    if look.unvaried:
        lines.append(f"The same in every replication, so far: {', '.join(look.unvaried)}.")
    return lines
