"""What templates may speak of: the plan, what it gave, and how each is told."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

import iopsim
from iopsim.experiments.bottleneck_words import bottleneck_in_short, bottleneck_sentences
from iopsim.experiments.chances import FEW
from iopsim.experiments.documents import PACKAGES
from iopsim.experiments.engine import COMPILERS
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.reading import day, label, worth_reading
from iopsim.experiments.result import Result
from iopsim.experiments.verdict import narrowed, sentence
from iopsim.measures import costs
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.report import program
from iopsim.report.assumptions import Assumptions, followed
from iopsim.report.changes import MOST_PLANS, MOST_SETTINGS, Change, changes, description, fewest
from iopsim.report.figures import Picture
from iopsim.report.groups import told_apart
from iopsim.report.inert import inert
from iopsim.report.lead import lead
from iopsim.report.numbers import BY_NAME, NARROW, Reading, counted, fact, mark, told_to
from iopsim.report.plans import compared
from iopsim.report.points import MOST_FACTORS, factors, heading, level, named, ranked
from iopsim.report.rerun import rerun
from iopsim.report.subject import Subject

MOST_ARMS = 8
"""Plans that the first page shows."""

MOST_POINTS = 4
"""Points of a design that the first page shows."""

MOST_SAID = 2
"""Differences of a point that the first page names; the comparison has them all."""

LONGEST = 2000
"""Signs of a description that is made of what a plan changes."""

MOST_CHANGES = 6
"""Settings in which plans differ that the first page shows."""


def context(subject: Subject, charts: Mapping[str, Picture]) -> dict[str, Any]:
    """Return what templates may speak of, by the name that they use.

    Parameters
    ----------
    subject : Subject
    charts : mapping of str to Picture
        By their place in the templates.
    """
    return {
        **_of_the_plan(subject),
        **_of_results(subject),
        **_of_plans(subject),
        **_of_the_making(subject),
        "charts": _Charts(charts),
        "fact": fact,
        "counted": counted,
        "day": _day,
        "inert": inert,
        "said": _said,
        "percent": percent,
    }


def _of_the_plan(subject: Subject) -> dict[str, Any]:
    scenario = subject.scenario
    return {
        "sc": scenario,
        "name": inert(scenario.name),
        "a": Assumptions(subject.plan),
        "followed": followed,
        "program": program,
        "at_opening": program.at_the_opening(scenario),
        "later": program.later(scenario),
        "assessors": any("assessment" in role.duties for role in scenario.staff.values()),
        "levers_on": [name.replace("_", " ") for name, lever in scenario.levers if lever.on],
        "slows": any(source.kept_per_week_waited < 1.0 for source in scenario.referrals.values()),
    }


def _of_results(subject: Subject) -> dict[str, Any]:
    result, measures = subject.result, subject.measures

    def board(groups: Sequence[str]) -> list[Reading]:
        return [measures[one.name] for name in groups for one in GROUPS[name] if worth_reading(one, result)]

    parts = [measures[part.name] for part in costs.PARTS]
    return {
        "s": subject,
        "r": result,
        "m": measures,
        "lead": lead(subject),
        "bottlenecks": bottleneck_sentences(result),
        "tightest": bottleneck_in_short(result),
        "board": board,
        "every": [(name, [measures[one.name] for one in found]) for name, found in GROUPS.items()],
        "cost_parts": sorted((part for part in parts if part.value > 0.0), key=lambda part: -part.value),
        "partitions": told_apart(result),
        "few_replications": result.replications < FEW,
        "ends": partial(_ends, result),
        "dimensions": sorted({part.dimension for part in result.partitions}),
    }


def _of_plans(subject: Subject) -> dict[str, Any]:
    """Return what there is to say of a batch; of a run, that there is nothing."""
    outcome, arms = subject.outcome, subject.arms
    if outcome is None:
        nothing = dict.fromkeys(("question", "baseline", "about", "narrowed"), "")
        return {**nothing, "outcome": None, "verdicts": [], "n_differences": 0, "shown_arms": (), "compared": []}
    asked = inert(outcome.batch.question) or f"How do {len(arms)} plans differ: {', '.join(arms)}?"
    changed, moved = changes(subject), factors(outcome)
    order = ranked(outcome) if moved else arms[1:]
    most = MOST_POINTS if moved else MOST_ARMS - 1
    verdicts = [(arm, _about(outcome, arm, changed, MOST_SETTINGS), _verdict(outcome, arm)) for arm in order]
    levels = {plan.name: plan.levels for plan in outcome.batch.plans}
    return {
        "outcome": outcome,
        "question": asked,
        "baseline": outcome.baseline,
        "about": _about(outcome, subject.arm, changed, MOST_SETTINGS),
        "first_measure": label(outcome.batch.measures[0], subject.scenario),
        "verdicts": [(arm, about, _first(said)) for arm, about, said in verdicts[:most]] if moved else verdicts[:most],
        "n_others": len(verdicts[most:]),
        "other_verdicts": verdicts if moved else verdicts[most:],
        "shown_arms": (outcome.baseline, *order[:most]),
        "described": {arm: _about(outcome, arm, changed) or "as its file says" for arm in arms},
        "factors": moved if len(moved) <= MOST_FACTORS else (),
        "levels": {arm: {name: level(name, own[name]) for name in own} for arm, own in levels.items()},
        "points": {arm: named(own) for arm, own in levels.items()},
        "factor": heading,
        "sweeps": [inert(chart.title) for chart in subject.sweeps],
        "changed": changed,
        "first_changed": fewest(changed, MOST_CHANGES),
        "most_columns": MOST_PLANS,
        "n_differences": len(outcome.contrasts),
        "narrowed": narrowed(outcome) if len(arms) > 1 else "",
        "compared": list(compared(subject)),
    }


def _of_the_making(subject: Subject) -> dict[str, Any]:
    manifest = subject.opened.manifest
    return {
        "version": iopsim.__version__,
        "manifest": manifest,
        "made": subject.opened.made,
        "compared_by_hand": subject.outcome is not None and not (subject.opened.folder / "experiment.toml").exists(),
        "unknown_share": _unknown_share(subject),
        "looked": subject.result.looked if subject.outcome is None else subject.outcome.looked,
        "n_failed": 0 if subject.outcome is None else len(subject.outcome.failures),
        "changes": manifest.get("changes", {}),
        "packages": [name for name in (*PACKAGES, *COMPILERS) if name in manifest],
        "n_measures": len(CATALOGUE),
        "parts": [name.lower() for name in GROUPS],
        "again": rerun(subject),
    }


def _unknown_share(subject: Subject) -> Markup | str:
    """Return how much of the spread of the margin is what nobody knows, of a run with drawn inputs; empty for others.

    With its interval, which ends at 0 and 1; empty also where there is none.
    """
    row = next((row for row in subject.opened.rows("uncertainty.csv") if row["name"] == "margin_usd"), {})
    parts = [row.get(name, "") for name in ("share", "low", "high")]
    if not all(parts):
        return ""
    shares = [min(max(float(part), 0.0), 1.0) for part in parts]
    share, low, high = (
        fact("share of what nobody knows", part, f"{100 * told:.0f}{NARROW}%", part=name)
        for name, part, told in zip(("mean", "low", "high"), parts, shares, strict=True)
    )
    return Markup("{} ({} to {})").format(share, low, high)


def _ends(result: Result, name: str) -> tuple[Markup, Markup]:
    """Return the lowest and the highest value of a measure over replications."""
    measure, summary, values = (
        BY_NAME[name],
        result.measures[name],
        [value for value in result.values(name).tolist() if not math.isnan(value)],
    )
    least, most = (
        fact(f"{part} {name}", repr(value), told_to(measure, summary, value))
        for part, value in (("lowest", min(values)), ("highest", max(values)))
    )
    return least, most


class _Charts(dict[str, Any]):
    """Pictures by their place; a place without one is empty."""

    def __missing__(self, place: str) -> None:
        return None


def _about(outcome: Outcome, arm: str, changed: Sequence[Change], most: int | None = None) -> str:
    """Return what an arm is: as the planner says, or else what it changes."""
    place = outcome.arms.index(arm)
    plan = outcome.batch.plans[place]
    return named(plan.levels) or inert(plan.about) or inert(description(changed, place, most), LONGEST)


def _verdict(outcome: Outcome, arm: str) -> str:
    """Return how an arm differs from the baseline, in words that do not name it."""
    return sentence(outcome, arm).removeprefix(arm).removeprefix(f", against {outcome.baseline}:").strip()


def _first(said: str) -> str:
    """Return the first differences that a verdict names."""
    parts = said.split("; ")
    return said if len(parts) <= MOST_SAID else f"{'; '.join(parts[:MOST_SAID])}."


def _said(by: str, text: str, arm: str = "") -> Markup:
    """Return a sentence that another part of the program has written, and that says so."""
    data = {"arm": arm} if arm else {}
    return mark(inert(text, 5000), "said", said=by, **data)


def _day(date: datetime.date) -> Markup:
    return fact("date", date, day(date))


def percent(share: float) -> str:
    """Return a share as it is read, 0 to 1: in whole percent, but for what is nearly all and what is nearly nothing."""
    told = 100.0 * share
    if 0.0 < told < 1.0:
        return f"less than 1{NARROW}%"
    text = f"{told:.1f}".removesuffix(".0") if 90.0 < told < 100.0 else f"{told:.0f}"
    return f"{text}{NARROW}%"
