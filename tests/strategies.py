"""Whole scenarios for Hypothesis: changes to the plain file that are valid together and make small, crowded clinics.

Values come first that change least, so that a failing scenario shrinks to a plain one.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from iopsim.cohort import Cohort, draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import Record
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import load
from iopsim.scenario.model import Scenario

PLAIN = Path(__file__).parent / "plain.toml"
OPENING = datetime.date(2027, 1, 4)
SOURCES = ("self", "court", "health_care", "inpatient")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Changes = Mapping[str, object]


@dataclass(frozen=True)
class Run:
    """One replication with everything that it came from."""

    scenario: Scenario
    book: Rulebook
    cohort: Cohort
    record: Record


def run(changes: Changes, seed: int = 1, replication: int = 0) -> Run:
    """Simulate one replication of the plain file with some changes."""
    scenario = load(PLAIN, changes=changes)
    book = write(scenario)
    cohort = draw(book, Deck(seed, replication))
    return Run(scenario, book, cohort, simulate(book, cohort))


def share(*values: float) -> st.SearchStrategy[float]:
    return st.sampled_from(values)


def some_days(most: int = 7) -> st.SearchStrategy[list[str]]:
    """One or more weekdays, in the order of the week."""
    return st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=most, unique=True).map(
        lambda days: sorted(days, key=WEEKDAYS.index)
    )


delays = st.sampled_from([(0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (2.0, 2.0), (1.0, 1.5), (3.0, 5.0), (10.0, 14.0)]).map(
    lambda delay: {"median_days": delay[0], "mean_days": delay[1]}
)
limits = st.sampled_from(["none", "none", "none", "none", 0, 1, 3])
placements = st.sampled_from(
    [(1.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.6, 0.2, 0.15, 0.05), (0.0, 0.5, 0.25, 0.25)]
)


@st.composite
def closures(draw: st.DrawFn) -> list[object]:
    """Up to three closures: single days, or stretches that may lie partly outside the run."""
    found: list[object] = []
    for first, length in draw(st.lists(st.tuples(st.integers(-3, 60), st.integers(1, 16)), max_size=3)):
        day = OPENING + datetime.timedelta(days=first)
        last = day + datetime.timedelta(days=length - 1)
        found.append(day if length == 1 else {"first": day, "last": last})
    return found


@st.composite
def demand(draw: st.DrawFn) -> dict[str, object]:
    """Referral sources: few clients or many, some of them entering later phases."""
    changes: dict[str, object] = {}
    for source in SOURCES:
        changes |= {
            f"referrals.{source}.per_week": draw(share(2.0, 5.0, 5.0, 12.0, 0.0)),
            f"referrals.{source}.ramp_weeks": draw(st.sampled_from([0, 0, 4])),
            f"referrals.{source}.first_week": draw(st.sampled_from([0, 0, 0, 2])),
            f"referrals.{source}.dispersion": draw(share(1.0, 1.0, 2.5)),
            f"referrals.{source}.priority": draw(st.integers(0, 2)),
            f"referrals.{source}.enters": draw(st.sampled_from(["", "", "step_down"])),
            f"referrals.{source}.weekdays.Sat": draw(share(0.0, 0.0, 1.0)),
        }
    return changes


@st.composite
def traits(draw: st.DrawFn) -> dict[str, object]:
    """Up to two traits, with effects on everything that a trait can have an effect on."""
    changes: dict[str, object] = {}
    for name in draw(st.lists(st.sampled_from(["employed", "mandated"]), max_size=2, unique=True)):
        changes[f"traits.{name}"] = {
            "share": draw(share(0.5, 0.0, 1.0)),
            "show_odds_ratio": draw(share(1.0, 0.3, 3.0)),
            "renege_hazard_ratio": draw(share(1.0, 0.3, 3.0)),
            "attendance_odds_ratio": draw(share(1.0, 0.3, 3.0)),
            "dropout_hazard_ratio": draw(share(1.0, 0.3, 3.0)),
        }
        changes[f"referrals.{draw(st.sampled_from(SOURCES))}.traits.{name}"] = draw(share(0.5, 0.1, 0.9))
    return changes


@st.composite
def way_in(draw: st.DrawFn) -> dict[str, object]:
    """Assessment, placement, waitlist and admission."""
    here, higher, lower, declined = draw(placements)
    return {
        "assessment.slots_per_day": draw(st.sampled_from([4, 4, 3, 2, 1])),
        "assessment.weekdays": draw(st.one_of(st.just(["Mon", "Tue", "Wed", "Thu", "Fri"]), some_days())),
        "assessment.same_day": draw(st.booleans()),
        "assessment.client_delay": draw(delays),
        "assessment.show_probability_next_day": draw(share(1.0, 1.0, 0.8, 0.3)),
        "assessment.show_odds_ratio_per_log_day": draw(share(1.0, 0.54)),
        "assessment.rebook_probability": draw(share(0.4, 1.0, 0.0)),
        "assessment.max_rebookings": draw(st.integers(0, 3)),
        "placement": {"this_program": here, "higher": higher, "lower": lower, "declined": declined},
        "waitlist.renege_per_day": draw(share(0.0, 0.0, 0.04, 0.3, 3.0)),
        "waitlist.limit": draw(limits),
        "waitlist.when_first_does_not_fit": draw(st.sampled_from(["pass_over", "hold_the_line"])),
        "waitlist.ready_delay": draw(delays),
        "admission.weekdays": draw(st.one_of(st.just(["Mon", "Tue", "Wed", "Thu", "Fri"]), some_days())),
        "staff.counselor.caseload": draw(st.sampled_from(["none", "none", "none", "none", 6, 3, 1, 0])),
    }


@st.composite
def treatment(draw: st.DrawFn) -> dict[str, object]:
    """Phases, and groups that can serve them: every phase has one group with nights enough."""
    phases = ["intensive", "step_down", *draw(st.sampled_from([[], ["aftercare"]]))]
    groups = ["evening", *draw(st.sampled_from([[], ["late"], ["late"], ["late", "weekend"]]))]
    nights = {group: draw(some_days(4)) for group in groups}
    serves = {
        group: draw(st.one_of(st.just([]), st.lists(st.sampled_from(phases), min_size=1, max_size=2, unique=True)))
        for group in groups
    }
    changes: dict[str, object] = {}
    for phase in phases:
        if not any(phase in serves[group] or not serves[group] for group in groups):
            serves[groups[0]] = [*serves[groups[0]], phase]
        most = max(len(nights[group]) for group in groups if phase in serves[group] or not serves[group])
        changes[f"phases.{phase}"] = {
            "nights_per_week": draw(st.integers(1, most)),
            "planned_weeks": draw(st.integers(1, 4)),
            "when_full": draw(st.sampled_from(["wait", "leave"])),
        }
    for group in groups:
        changes[f"groups.{group}"] = {
            "nights": nights[group],
            "serves": serves[group],
            "seats": draw(st.integers(1, 6)),
            "start": datetime.time(draw(st.sampled_from([17, 9, 19])), 30),
            "first_week": draw(st.sampled_from([0, 0, 0, 0, 1, 3])),
        }
    return changes


@st.composite
def leaving(draw: st.DrawFn) -> dict[str, object]:
    """Attendance, the absence rule and the hazards of leaving."""
    return {
        "attendance.probability": draw(share(0.8, 1.0, 0.8, 0.5)),
        "attendance.absence_run_sessions": draw(share(1.3, 1.0, 3.0)),
        "attendance.excused_share": draw(share(0.5, 0.0, 1.0)),
        "absence_rule.consecutive": draw(st.sampled_from([3, "none", "none", "none", 1, 2])),
        "absence_rule.total": draw(st.sampled_from([6, "none", "none", "none", 0, 2])),
        "absence_rule.window_weeks": draw(st.sampled_from([12, 1, 2])),
        "leaving.early_probability": draw(share(0.0, 0.0, 0.3)),
        "leaving.early_weeks": draw(st.integers(1, 3)),
        "leaving.dropout_per_week": draw(share(0.0, 0.0, 0.1, 1.0)),
        "leaving.dropout_shape": draw(share(1.0, 0.6)),
        "leaving.transfer_per_week": draw(share(0.0, 0.0, 0.1)),
        "leaving.incarceration_per_week": draw(share(0.0, 0.0, 0.05)),
        "leaving.death_per_week": draw(share(0.0, 0.0, 0.05)),
        "leaving.other_per_week": draw(share(0.0, 0.0, 0.05)),
    }


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, object]:
    """Changes to the plain file that make a whole, valid scenario."""
    return {
        "weeks": draw(st.sampled_from([8, 14, 14, 12, 4, 2, 1])),
        "calendar.holidays": draw(st.sampled_from(["", "US", "US-LA"])),
        "calendar.closures": draw(closures()),
        **draw(treatment()),
        **draw(demand()),
        **draw(traits()),
        **draw(way_in()),
        **draw(leaving()),
    }
