"""Points of a design: what each is called, and which differ most from the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from iopsim.experiments.outcome import Outcome
from iopsim.experiments.path_words import setting_words, words_of
from iopsim.experiments.sweep import TIMES
from iopsim.report.inert import inert
from iopsim.report.numbers import NARROW

MOST_FACTORS = 3
"""Factors up to which each has a column of its own, and is in the name of a point."""


def factors(outcome: Outcome) -> tuple[str, ...]:
    """Return the factors of a design, in their order; none if the plans are no points of one."""
    return tuple(dict.fromkeys(name for plan in outcome.batch.plans for name in plan.levels))


def heading(factor: str) -> str:
    """Return what a factor is, beginning with a large letter."""
    meaning = inert(words_of(factor).meaning)
    return f"{meaning[:1].upper()}{meaning[1:]}"


def level(factor: str, setting: str) -> str:
    """Return a level of a factor as it is read, such as ``20``, ``40 %`` or ``× 0.7``."""
    if setting.startswith(TIMES):
        return f"×{NARROW}{inert(setting.removeprefix(TIMES))}"
    return inert(setting_words(setting, words_of(factor).unit))


def named(levels: Mapping[str, str]) -> str:
    """Return what a point is, such as ``20 seats on each night (evening), referrals a week once mature × 0.7``.

    Parameters
    ----------
    levels : mapping of str to str
        Setting of each factor that is moved; empty for a plan that is no point.
    """
    parts = [_part(factor, setting) for factor, setting in list(levels.items())[:MOST_FACTORS]]
    if len(levels) > MOST_FACTORS:
        parts.append(f"and {len(levels) - MOST_FACTORS}{NARROW}more")
    return ", ".join(parts)


def _part(factor: str, setting: str) -> str:
    meaning, said, unit = heading(factor), level(factor, setting), words_of(factor).unit
    lower = f"{meaning[:1].lower()}{meaning[1:]}"
    if unit and lower.startswith(unit) and not setting.startswith(TIMES):
        return f"{said} {lower}"
    return f"{lower} {said}"


def ranked(outcome: Outcome) -> Sequence[str]:
    """Return all arms but the baseline: first that which differs most from it in the first measure compared."""
    measure = outcome.batch.measures[0]

    def gap(arm: str) -> float:
        mean = abs(outcome.contrast(arm, measure.name).mean)
        return -1.0 if math.isnan(mean) else mean

    return sorted((arm for arm in outcome.arms if arm != outcome.baseline), key=gap, reverse=True)
