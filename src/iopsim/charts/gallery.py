"""The charts of a run, by the name of their file."""

from __future__ import annotations

from collections.abc import Callable

from iopsim.charts.census import census
from iopsim.charts.retention import retention
from iopsim.charts.waits import waits
from iopsim.experiments.result import Result

CHARTS: dict[str, Callable[[Result], bytes]] = {
    "census.png": census,
    "waits.png": waits,
    "retention.png": retention,
}


def draw(result: Result) -> dict[str, bytes]:
    """Draw every chart of a result.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict of str to bytes
        PNG by file name; the same result gives the same bytes.
    """
    return {name: chart(result) for name, chart in CHARTS.items()}
