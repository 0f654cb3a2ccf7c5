"""What a person reads of a sizing: the answer, the targets, a line for each plan, and what is promised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from iopsim.cli.console import paragraph, plain, shortened
from iopsim.cli.outcome import RARE_FAILURES
from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.experiments.reading import FEW, UNKNOWN, figures
from iopsim.experiments.size import Finding, Sized
from iopsim.experiments.size_words import NOT_NEEDED, SAID, called, choices, meaning, promise, sentences, verdict

MANY = 24
"""Plans of which every one has a line; of more, the answer comes first and the others are cut."""

NAME = 60
"""Most characters of a plan that are shown."""

CHOSEN = "> "


def show(console: Console, found: Sized, folder: Path | None) -> None:
    """Print an answer.

    Parameters
    ----------
    console : rich.console.Console
    found : Sized
    folder : Path or None
        Where it was kept.
    """
    sizing = found.sizing
    paragraph(console, plain(sizing.question), style="bold")
    plans = len(sizing.candidates)
    counted = f"{plans:,} plan{'' if plans == 1 else 's'}, {found.replications:,} replications in all"
    paragraph(console, f"{counted}; seed {sizing.seed}")
    console.print()
    for line in sentences(found):
        paragraph(console, plain(line), indent="  ", lead="• ")
    console.print()
    paragraph(console, f"Plan: {plain(' / '.join(choices(sizing.candidates[0])))}", indent="  ")
    for target in sizing.targets:
        paragraph(console, f"{plain(target.name)}: {meaning(target)}", indent="  ")
    console.print()
    print_sheet(console, _sheet(found))
    console.print()
    for line in notes(found):
        paragraph(console, line, indent="  ")
    if folder is not None:
        console.print()
        console.print("A row for each plan in sizing.csv; manifest.json")
        console.print(f"  {plain(str(folder))}/", soft_wrap=True)


def notes(found: Sized) -> list[str]:
    """Return the lines under the table: what is promised, what the figures are, and what failed."""
    standings = found.standings
    lines = [promise(found.sizing)]
    lines.append(
        "Each interval has 95 % by itself, and is of all replications of its plan; the verdicts do not rest on it."
    )
    if any(one.dropped for one in standings):
        lines.append("Dropped: the comparison has left another plan that was found to meet the targets.")
    if any(verdict(found, place) == NOT_NEEDED for place in range(len(standings))):
        lines.append(f"{NOT_NEEDED.capitalize()}: larger than a plan that was found to meet all targets.")
    estimates = [finding.estimate for one in standings for finding in one.findings if finding.target.kind != "chance"]
    if any(estimate.made_by_few for estimate in estimates):
        lines.append(f"{FEW}  A few unusual replications make this mean, and what is said of it is less sure.")
    if any(estimate.undefined for estimate in estimates):
        lines.append("(n of m)  Only n replications can tell; the mean is theirs. Of a chance, the others have missed.")
    return [*lines, *failures(found)]


def failures(found: Sized) -> list[str]:
    """Return what is told of replications that failed."""
    n = len(found.failures)
    if not n:
        return []
    count = f"{n:,} replication{'' if n == 1 else 's'} failed"
    lines = [f"FAILED  {count}; of a plan with one no mean can be told, and none passes by it:"]
    for place, failure in found.failures[:RARE_FAILURES]:
        plan = found.sizing.candidates[place]
        lines.append(f"    {plain(called(plan))}, replication {failure.replication}: {plain(failure.reason)}")
    if n > RARE_FAILURES:
        lines.append(f"    and {n - RARE_FAILURES:,} more")
    return lines


def _sheet(found: Sized) -> Sheet:
    sizing = found.sizing
    measure = sizing.objective.measure
    best = "Size" if measure is None else measure.label
    headings = ("Plan", "Targets", best, *(_heading(finding) for finding in _any(found)), "Runs")
    places = _order(found)
    lines = [_line(found, place) for place in places[:MANY]]
    if len(places) > MANY:
        lines.append(Line(f"... and {len(places) - MANY:,} more"))
    return Sheet(headings, lines, frozenset({0}))


def _any(found: Sized) -> tuple[Finding, ...]:
    """Return the findings of some plan: every one that was tested has them in the same order."""
    return next(one.findings for one in found.standings if one.findings)


def _heading(finding: Finding) -> str:
    target = finding.target
    unit = "%" if target.kind == "chance" or target.measure.unit == "share" else target.measure.unit
    return f"{shortened(plain(target.name), 16)}, {unit}"


def _order(found: Sized) -> list[int]:
    """Return the plans as they are listed: by size, else as in the file; of many, those that matter first."""
    places = range(len(found.standings))
    sizing = found.sizing
    if sizing.objective.measure is None:
        order = sorted(places, key=lambda place: (sizing.candidates[place].size, place))
    else:
        order = list(places)
    if len(order) <= MANY:
        return order
    first = {found.chosen, found.nearest, *found.as_small, *found.remaining, *found.undecided, *found.failing}
    return sorted(order, key=lambda place: (place not in first, found.standings[place].answer != "feasible"))


def _line(found: Sized, place: int) -> Line:
    one, chosen = found.standings[place], place == found.chosen
    levels = plain(" / ".join(one.candidate.arm.levels.values()))
    label = (CHOSEN if chosen else " " * len(CHOSEN)) + shortened(levels, NAME)
    measure = found.sizing.objective.measure
    if measure is None:
        best = f"{one.candidate.size:,g}"
    else:
        best = UNKNOWN if one.objective is None else figures(measure, one.objective)[0]
    cells = [_estimate(finding) for finding in one.findings] or [""] * len(found.sizing.targets)
    made = f"{one.replications + one.compared:,}" if one.replications else ""
    return Line(label, (_verdict(found, place), best, *cells, made), bold=chosen)


def _verdict(found: Sized, place: int) -> str:
    """Return whether a plan meets the targets, and which it misses; what became of one that was compared."""
    one, said = found.standings[place], verdict(found, place)
    missed = [plain(finding.target.name) for finding in one.findings if finding.answer == "infeasible"]
    if said == SAID["infeasible"] and missed:
        return f"{said} {shortened(', '.join(missed), 24)}"
    return f"{said}, dropped" if one.dropped else said


def _estimate(finding: Finding) -> str:
    """Return an estimate with its interval; of a chance, in how many of 100 replications the bound is met."""
    measure, estimate = finding.target.measure, finding.estimate
    if finding.target.kind == "chance":
        exact = replace(estimate, skewness=0.0)  # no mean of which a few replications could make too much
        return _written(*figures(replace(measure, unit="share"), exact)[:2])
    return _written(*figures(measure, estimate)[:2]) + estimate.told_in


def _written(mean: str, interval: str) -> str:
    return mean if interval == UNKNOWN else f"{mean} ({interval})"
