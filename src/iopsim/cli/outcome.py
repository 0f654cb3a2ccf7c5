"""What a person reads of a batch: what was asked, the verdict on each arm, and the figures behind it."""

from __future__ import annotations

import math
import re
from pathlib import Path

from rich.console import Console

from iopsim.cli.board import of_signs
from iopsim.cli.console import paragraph, plain, shortened
from iopsim.cli.groups import ALIKE, NAME, difference_written
from iopsim.cli.ignorance import percent
from iopsim.cli.precision import asked, width, would_do
from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.experiments.batch import Looked, Plan
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.reading import FEW, UNKNOWN, figures, label
from iopsim.experiments.verdict import is_unknown, narrowed, sentence
from iopsim.measures.measure import Measure
from iopsim.stats.contrast import Contrast

MANY = 9
"""Arms from which on only some are shown."""

ENDS = 3
"""Of many arms, how many are shown from either end."""

SAME = "the same"

LONG_DECIMAL = re.compile(r"\d+\.\d{3,}")

RARE_FAILURES = 5
"""Failures that are told one by one."""


def show(console: Console, outcome: Outcome) -> None:
    """Print an outcome.

    Parameters
    ----------
    console : rich.console.Console
    outcome : Outcome
    """
    batch = outcome.batch
    if batch.question:
        paragraph(console, plain(batch.question), style="bold")
    paragraph(console, heading(outcome))
    if outcome.looked is not None:
        paragraph(console, looked(outcome))
    console.print()
    if len(outcome.arms) > 1 and len(outcome.arms) < MANY:
        for plan in outcome.batch.plans[1:]:
            about = f" ({plain(plan.about)})" if plan.about and not plan.levels else ""
            paragraph(console, f"{sentence(outcome, plan.name)}{about}", indent="  ", lead="• ")
        console.print()
    print_sheet(console, _sheet(outcome))
    console.print()
    explained = legend(outcome)
    for line in explained:
        paragraph(console, line, indent="    ")
    if explained:
        console.print()
    for line in notes(outcome):
        paragraph(console, line, indent="  ")


def heading(outcome: Outcome) -> str:
    """Return how many arms were simulated how often, and what they share."""
    batch, runs = outcome.batch, outcome.replications
    arms = f"{len(outcome.arms)} arms, " if len(outcome.arms) > 1 else ""
    each = " each" if arms else ""
    said = f"{arms}{runs:,} replication{'' if runs == 1 else 's'}{each}; seed {batch.seed}"
    weeks = {plan.scenario.weeks for plan in batch.plans}
    if len(weeks) == 1:
        said = f"{said}; {weeks.pop()} weeks"
    if any(plan.inputs for plan in batch.plans):
        said += "; uncertain: inputs drawn anew for each replication, the same in all arms that share them"
    if batch.warm_up is not None:
        said += f"; mature view after {batch.warm_up} weeks"
    return said


def looked(outcome: Outcome) -> str:
    """Return whether the precision that was asked for was reached, of whose means, and what would reach it."""
    found, sought = outcome.looked, outcome.batch.precision
    assert found is not None
    assert sought is not None
    look, n = found.looks[-1], len(found.looks[-1].measures)
    sure = f"{100 * outcome.batch.confidence:g} %" + (f", all {n} together" if n > 1 else "")
    runs = f"{look.replications:,} replications"
    wanted = ", ".join(f"{name} ±{asked(target)}" for name, target in sought.targets.items())
    if found.met:
        widest = ", ".join(widest_reached(found, name) for name in sought.targets)
        said = f"Stopped after {runs}: the mean of every arm is known as precisely as asked for ({wanted}; {sure}): "
        said += f"{widest}. Of differences it says nothing; their intervals are below."
    else:
        why = "the most allowed" if look.replications >= sought.most else "its two stages"
        missed = ", ".join(name for name, one in look.measures.items() if not one.met)
        said = f"Stopped after {runs}, {why}; not known as precisely as asked for ({wanted}; {sure}): {missed}."
        if look.needed is not None:
            said += f" {would_do(look.needed)}"
    if look.unvaried:
        said += f" The same in every replication, so far: {', '.join(look.unvaried)}."
    return said


def widest_reached(found: Looked, name: str) -> str:
    """Return the widest half-width that the means of all arms have, of a measure."""
    widths = [one.half_width for key, one in found.looks[-1].measures.items() if key.endswith(f": {name}")]
    return f"{name} ±{width(max(widths))}"


def notes(outcome: Outcome) -> list[str]:
    """Return the lines under the table: what the differences are, what the signs mean, and what failed."""
    lines = []
    several = len(outcome.arms) > 1
    if several:
        confidence = f"{100 * outcome.batch.confidence:g} %"
        count = (len(outcome.arms) - 1) * len(outcome.batch.measures)
        many = "both" if count == 2 else f"all {count}"
        sure = f"{many} intervals hold together with {confidence}" if count > 1 else f"interval {confidence}"
        lines.append(
            f"Differences are each arm less {outcome.baseline}, pair by pair of replications that meet the same "
            f"people; {sure}."
        )
        lines.append(
            f"{ALIKE.capitalize()}: the interval of the difference holds 0. Shares differ by percentage points."
        )
        if said := narrowed(outcome):
            lines.append(said)
    summaries = [outcome.summary(arm, m.name) for arm in outcome.arms for m in outcome.batch.measures]
    if any(one.estimator == "mean of ratios" for one in summaries):
        lines.append(
            "Shares, waits and costs per client are means over replications of each one's own ratio; the ratio of all "
            "totals stands beside them in summary.csv."
        )
    lines += uncertain(outcome)
    lines += of_signs(outcome.replications, [*summaries, *outcome.contrasts.values()])
    lines += _of_pairs(outcome)
    return [*lines, *failures(outcome)]


def uncertain(outcome: Outcome) -> list[str]:
    """Return what is told of drawn inputs: what the means are over, and what of the differences nobody knows."""
    plans = [plan for plan in outcome.batch.plans if plan.inputs]
    if not plans:
        return []
    said = (
        "Means and differences are over what may be the case as well as over luck. What an arm sets without a range of "
        "its own is not drawn there."
    )
    lines = [said]
    again = [f"{arm} {n:,}" for arm, n in outcome.redrawn_by_arm.items() if n]
    if again:
        lines.append(
            f"Draws that could not be, and were drawn again: {', '.join(again)}. Only what they were refused for is "
            "drawn again."
        )
    few = False
    for arm in outcome.arms[1:]:
        told = []
        for measure in outcome.batch.measures:
            parts = outcome.difference_spread(arm, measure.name)
            if parts is None or math.isnan(parts.share):
                continue
            between = (
                ""
                if math.isnan(parts.low)
                else f" ({FEW if parts.made_by_few else ''}{percent(parts.low)} to {percent(parts.high)})"
            )
            few |= bool(between) and parts.made_by_few
            told.append(f"{measure.label[0].lower()}{measure.label[1:]} {percent(parts.share)} %{between}")
        if told:
            lines.append(
                f"How much of the spread of the difference of {arm} is what nobody knows, the rest being luck: "
                f"{', '.join(told)}."
            )
    if few:
        lines.append(f"{FEW}  A few unusual replications make this share, and its interval is too sure; use more.")
    return lines


def failures(outcome: Outcome) -> list[str]:
    """Return what is told of replications that failed."""
    if not outcome.failures:
        return []
    n = len(outcome.failures)
    said = f"{n:,} replication{'' if n == 1 else 's'} failed and count{'s' if n == 1 else ''} as undefined:"
    lines = [f"FAILED  {said}"]
    for place, failure in outcome.failures[:RARE_FAILURES]:
        lines.append(f"    {outcome.arms[place]}, replication {failure.replication}: {plain(failure.reason)}")
    if n > RARE_FAILURES:
        lines.append(f"    and {n - RARE_FAILURES:,} more")
    if outcome.folder is not None:
        lines.append(f"    Tracebacks and scenarios are in {plain(str(outcome.folder / 'failures'))}.")
    return lines


def _of_pairs(outcome: Outcome) -> list[str]:
    """Say how many pairs of replications a difference is of, where not all of them tell."""
    lines = []
    for (arm, name), gap in outcome.contrasts.items():
        if gap.n and gap.undefined:
            measure = next(one for one in outcome.batch.measures if one.name == name)
            lines.append(
                f"{measure.label}, {arm}: the difference is of the {gap.n:,} of {outcome.replications:,} pairs in "
                "which both can tell."
            )
    return lines if len(lines) <= RARE_FAILURES else [*lines[:RARE_FAILURES], "... and others; see differences.csv."]


def _sheet(outcome: Outcome) -> Sheet:
    """Return a line for each arm below each measure; of many arms, the baseline and the ends."""
    lines, scenario = [], outcome.batch.plans[0].scenario
    for measure in outcome.batch.measures:
        unit = "%" if measure.unit == "share" else measure.unit
        lines.append(Line(f"{label(measure, scenario)}, {unit}"))
        for place in _shown(outcome, measure.name):
            if place is None:
                lines.append(Line(f"  ... {len(_ordered(outcome, measure.name)) - 2 * ENDS:,} between"))
                continue
            arm = outcome.arms[place]
            summary = outcome.summary(arm, measure.name)
            mean, interval, _ = figures(measure, summary)
            gap = outcome.contrasts.get((arm, measure.name))
            against = _against(measure, gap) if gap else ""
            lines.append(
                Line(f"  {_called(outcome, place)}{summary.told_in}", (mean, interval, against, _narrowing(gap)))
            )
        lines += _untold(outcome, measure.name)
    if len(outcome.arms) == 1:
        return Sheet(("Measure", "Mean", "95 % interval"), [Line(one.label, one.cells[:2]) for one in lines])
    return Sheet(("Measure and arm", "Mean", "95 % interval", f"Less {outcome.baseline}", "Narrower"), lines)


def _shown(outcome: Outcome, measure: str) -> list[int | None]:
    """Return the places of the arms that are shown; None stands for those between. Of many: the lowest and highest."""
    if len(outcome.arms) < MANY:
        return list(range(len(outcome.arms)))
    ordered = _ordered(outcome, measure)
    if len(ordered) <= 2 * ENDS:
        return [0, *ordered]
    return [0, *ordered[:ENDS], None, *ordered[-ENDS:]]


def _ordered(outcome: Outcome, measure: str) -> list[int]:
    """Return the places of the arms but the baseline that can tell a measure, the lowest mean first."""
    means = {place: outcome.summary(arm, measure).mean for place, arm in enumerate(outcome.arms) if place}
    return sorted((place for place, mean in means.items() if not math.isnan(mean)), key=means.__getitem__)


def _untold(outcome: Outcome, measure: str) -> list[Line]:
    """Return how many of many arms cannot tell a measure."""
    n = len(outcome.arms) - 1 - len(_ordered(outcome, measure))
    if len(outcome.arms) < MANY or not n:
        return []
    return [Line(f"  {n:,} arm{'' if n == 1 else 's'} cannot tell")]


def _called(outcome: Outcome, place: int) -> str:
    """Return what an arm is called: its name, and of a point of a design its levels, if they are short."""
    plan = outcome.batch.plans[place]
    levels = plainly(levels_of(outcome, plan))
    whole = f"{plan.name}: {levels}"
    return whole if levels and len(whole) <= NAME else shortened(plan.name, NAME)


def levels_of(outcome: Outcome, plan: Plan) -> str:
    """Return the levels of a point of a design in a line; a factor by the end of its path, if no other ends so."""
    names = {name for one in outcome.batch.plans for name in one.levels}
    ends = [name.rpartition(".")[2] for name in names]
    told = {name: end if ends.count(end) == 1 else name for name in names for end in (name.rpartition(".")[2],)}
    return ", ".join(f"{told[name]} {level}" for name, level in plan.levels.items())


def legend(outcome: Outcome) -> list[str]:
    """Return what the points are that are shown by their names, because their levels are too long."""
    shown = {place for measure in outcome.batch.measures for place in _shown(outcome, measure.name)}
    plans = {place: outcome.batch.plans[place] for place in sorted(place for place in shown if place is not None)}
    return [
        f"{plan.name}: {plainly(levels_of(outcome, plan))}"
        for place, plan in plans.items()
        if plan.levels and _called(outcome, place) == shortened(plan.name, NAME)
    ]


def plainly(text: str) -> str:
    """Return a text with its long decimals cut to three digits."""
    return LONG_DECIMAL.sub(lambda found: f"{float(found[0]):.3g}", text)


def _against(measure: Measure, gap: Contrast) -> str:
    if is_unknown(gap):
        return UNKNOWN
    if gap.same_in_every_pair and gap.mean == 0.0:
        return SAME
    return f"{FEW if gap.made_by_few else ''}{difference_written(measure, gap, gap.told_apart)}"


def _narrowing(gap: Contrast | None) -> str:
    if gap is None or math.isnan(gap.narrowing) or math.isinf(gap.narrowing):
        return ""
    return f"{gap.narrowing:.1f} ×"


def show_folder(console: Console, folder: Path) -> None:
    """Say where everything lies."""
    console.print()
    console.print(
        "Every measure, by arm and by replication, as Parquet; summary.csv and differences.csv; manifest.json"
    )
    console.print(f"  {plain(str(folder))}/", soft_wrap=True)
