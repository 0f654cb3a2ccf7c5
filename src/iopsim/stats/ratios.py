"""Measures that are fractions: the mean of their ratios over replications, or the ratio of their totals.

A share of clients in 200 replications can mean two things. The *mean of ratios* asks what share a program sees in its
own run, each run counting alike; the *ratio of totals* asks what share of all clients of all runs, each client counting
alike. They differ where a crowded run is also another kind of run. Where all denominators are the same they agree, and
it is a plain *mean*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.contrast import Contrast, Estimator, contrast
from iopsim.stats.intervals import ANYTHING, Summary, ratio, summarize

F64 = NDArray[np.float64]
Column = NDArray[Any]
"""Whole numbers or floats, shape (n,): numerators or denominators by replication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(Summary):
    """A summary that says what it is an estimate of.

    `n` counts the replications with a denominator, `undefined` those without one. Of a mean of ratios these are left
    out; to a ratio of totals they add nothing, above or below the line.
    """

    estimator: Estimator


def estimator_of(*denominators: Column) -> Estimator:
    """Return what a mean over replications of these fractions is: "mean" if all denominators but 0 are the same."""
    known = np.concatenate([one[one != 0] for one in denominators])
    return "mean" if len(known) == 0 or bool((known == known[0]).all()) else "mean of ratios"


def mean_of_ratios(
    above: Column, below: Column, confidence: float = 0.95, span: tuple[float, float] = ANYTHING
) -> Estimate:
    """Summarize a fraction by the mean of its ratios, each replication counting alike.

    Parameters
    ----------
    above, below : array, shape (n,)
        Numerators and denominators by replication; a denominator of 0 means that the replication cannot tell.
    confidence : float
        Between 0 and 1.
    span : tuple of two floats
        Between which values the ratio lies by definition.

    Notes
    -----
    As `iopsim.stats.intervals.summarize`.
    """
    found = summarize(ratio(above, below), confidence, span)
    return Estimate(**_known(found), estimator=estimator_of(below))


def ratio_of_totals(
    above: Column, below: Column, confidence: float = 0.95, span: tuple[float, float] = ANYTHING
) -> Estimate:
    """Summarize a fraction by the sum of its numerators over the sum of its denominators.

    Parameters
    ----------
    above, below : array, shape (n,)
        Numerators and denominators by replication, denominators 0 or more. A replication with a denominator of 0 adds
        nothing to either total, whatever its numerator; `undefined` counts them.
    confidence : float
        Between 0 and 1.
    span : tuple of two floats
        Between which values the ratio lies by definition.

    Returns
    -------
    Estimate
        `mean` is the ratio; `p10` and `p90` are those of the ratios of single replications; `skewness` is that of the
        jackknife's pseudo-values. The interval is NaN where the ratio hangs on one replication.

    Notes
    -----
    The jackknife: pseudo-values n R - (n - 1) R(without i), their mean and Student's t with n - 1 degrees of freedom.
    It removes the bias of order 1/n, needs no model of how numerator and denominator go together, and serves the
    difference of two ratios as well, a pair left out at a time; Fieller's interval does not, and may have no end. The
    interval lies around the mean of the pseudo-values, which differs from R by that bias. Assumes independent
    replications and totals of many of them. Source: Miller RG, The jackknife - a review, Biometrika 1974;61:1-15; for
    ratios in simulation Iglehart DL, Naval Research Logistics Quarterly 1975;22:553-565; Law AM, Simulation Modeling
    and Analysis, 5th ed. (2015), section 9.5.3.
    """
    above = np.where(below != 0, above, 0)
    pseudo = _pseudo_values(above, below)
    around = summarize(pseudo, confidence, span)
    own = summarize(ratio(above, below))
    told = {
        **_known(around),
        "mean": _of_totals(above, below),
        "p10": own.p10,
        "p90": own.p90,
        "n": own.n,
        "undefined": own.undefined,
    }
    return Estimate(**told, estimator="ratio of totals")


def contrast_of_totals(
    a: tuple[Column, Column],
    b: tuple[Column, Column],
    confidence: float = 0.95,
    span: tuple[float, float] = ANYTHING,
) -> Contrast:
    """Compare two plans by their ratios of totals, b less a, paired by replication.

    Parameters
    ----------
    a, b : tuple of two arrays, shape (n,)
        Numerators and denominators of each plan by replication, the k-th of both from the same luck.
    confidence : float
        Between 0 and 1; of several contrasts looked at together, that of `iopsim.stats.contrast.each`.
    span : tuple of two floats
        Between which values the ratio lies by definition.

    Returns
    -------
    Contrast
        `mean` is the difference of the two ratios of totals; `p10`, `p90`, `n` and the undefined are those of the
        differences of single replications. A pair in which one plan has a denominator of 0 still counts for the other.

    Raises
    ------
    ValueError
        If there are not as many replications of one as of the other.

    Notes
    -----
    The jackknife over pairs: a replication is left out of both plans at once, so that the interval is that of the mean
    of paired pseudo-values. Assumptions and sources as in `ratio_of_totals`.
    """
    (up_a, down_a), (up_b, down_b) = ((np.where(below != 0, above, 0), below) for above, below in (a, b))
    pseudo = contrast(
        _pseudo_values(up_a, down_a), _pseudo_values(up_b, down_b), confidence, span, estimator="ratio of totals"
    )
    own = contrast(ratio(up_a, down_a), ratio(up_b, down_b), confidence)
    gap = _of_totals(up_b, down_b) - _of_totals(up_a, down_a)
    return replace(
        pseudo,
        mean=pseudo.mean if pseudo.same_in_every_pair else gap,
        p10=own.p10,
        p90=own.p90,
        n=own.n,
        undefined=own.undefined,
        undefined_a=own.undefined_a,
        undefined_b=own.undefined_b,
    )


def _of_totals(above: Column, below: Column) -> float:
    return float(above.sum()) / float(below.sum()) if below.any() else math.nan


def _pseudo_values(above: Column, below: Column) -> F64:
    """The jackknife's pseudo-values of a ratio of totals; all NaN if it hangs on one replication."""
    n = len(above)
    up, down = above.sum(), below.sum()
    rest = down - below
    if n == 0 or (rest == 0).any():
        return np.full(n, math.nan)
    without = (up - above) / rest
    return np.asarray(n * (up / down) - (n - 1) * without, dtype=np.float64)


def _known(summary: Summary) -> dict[str, Any]:
    return {field.name: getattr(summary, field.name) for field in fields(Summary)}
