"""What follows from a rulebook and is looked up often, so that it is worked out once and not in every replication."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from iopsim.clock import Phase
from iopsim.engines.compiled.person import NOBODY
from iopsim.engines.compiled.story import UNTOLD
from iopsim.jit import Struct, struct
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.rulebook.days import F64
from iopsim.rulebook.demand import REACHES_ALL, Demand


def effects(demand: Demand, ratios: F64) -> Struct:
    """Return the ratios that change anything, and for each the bits of the traits that a client must have for it.

    Parameters
    ----------
    demand : Demand
    ratios : float array, shape (traits,) or (traits + levers,)
    """
    many = len(demand.trait_word)
    places = [k for k, ratio in enumerate(ratios.tolist()) if ratio != 1.0]
    traits = [k if k < many else int(demand.lever_trait[k - many]) for k in places]
    bits = [0 if trait == REACHES_ALL else 1 << trait for trait in traits]
    return struct(ratio=ratios[places], bit=np.array(bits, dtype=np.int64))


def drawn_traits(demand: Demand) -> Struct:
    """Return the traits that are drawn: word of the name, bit, and share by source; shape (sources, those drawn)."""
    drawn = np.flatnonzero(demand.trait_drawn)
    return struct(word=demand.trait_word[drawn], bit=np.int64(1) << drawn, share=demand.trait_share[:, drawn])


def following_traits(demand: Demand) -> Struct:
    """Return the traits that follow from others: bit, and the bits that a client must all have, and must not have."""
    place = np.flatnonzero(~demand.trait_drawn)
    return struct(bit=np.int64(1) << place, every=demand.trait_all[place], none=demand.trait_none[place])


def plan_of(book: Rulebook) -> Struct:
    """Return what follows from a rulebook and is looked up often.

    What is called on a day has a bit for each `Phase` that is known beforehand to have something to do. Days of a week
    are the bits of a number, its first day the lowest: `working` has one for each week, and `days_in` how many days a
    number stands for.
    """
    schedule, staffing, treatment, intake = book.schedule, book.staffing, book.treatment, book.intake
    role = staffing.post_role
    chances = staffing.cover[staffing.facilitates]
    assessed = np.flatnonzero(intake.assessment_days)
    family = np.zeros(book.days, dtype=np.bool_)
    family[treatment.family_days] = True
    orientations = np.zeros(book.weeks, dtype=np.int64)
    if intake.orientation:
        on = np.unique(intake.next_orientation_day)
        orientations += np.bincount(on[on < book.days] // 7, minlength=book.weeks)
    meets = np.diff(schedule.schedule_start) > 0
    odds = [float(schedule.night_odds_ratio[a:b].min()) for a, b in pairwise(schedule.group_first_night.tolist())]
    called = (meets | family).astype(np.int64) << int(Phase.SESSIONS)
    visits = treatment.individual_per_week.any() or treatment.medication_every.any() or family.any()
    if visits or len(role):
        called[6::7] |= 1 << int(Phase.WEEK_END)
    demand = book.demand
    return struct(
        show=effects(demand, demand.show_ratio),
        placement=effects(demand, demand.placement_ratio),
        renege=effects(demand, demand.renege_ratio),
        attendance=effects(demand, demand.attendance_ratio),
        attendance_by_video=effects(demand, demand.attendance_ratio_by_video),
        dropout=effects(demand, demand.dropout_ratio),
        lapse=effects(demand, demand.lapse_ratio),
        relapse_time=effects(demand, demand.relapse_time_ratio),
        person=NOBODY,
        story=UNTOLD,
        drawn=drawn_traits(demand),
        following=following_traits(demand),
        least_odds_ratio=np.array(odds, dtype=np.float64),
        traits_that_matter=int(np.bitwise_or.reduce(schedule.group_traits, initial=0)),
        always_admits=bool(schedule.always_admits.all()),
        triggers=bool((schedule.opens_waiting != UNLIMITED).any() or (staffing.hire_caseload != UNLIMITED).any()),
        benchmarks=bool(treatment.benchmark.any()),
        last_phase=len(treatment.phase_names) - 1,
        called=called,
        family_day=family,
        orientations=orientations,
        last_assessment_day=int(assessed[-1]) if len(assessed) else 0,
        facilitators=np.flatnonzero(staffing.facilitates[role]),
        assessors=np.flatnonzero(staffing.assesses[role]),
        counselors=np.flatnonzero(staffing.caseload[role] != UNLIMITED),
        sees=np.flatnonzero(staffing.sees),
        prescribes=np.flatnonzero(staffing.prescribes),
        carries=np.flatnonzero(staffing.caseload != UNLIMITED),
        cover_chance=float(chances.max(initial=0.0)),
        draws_cover=bool(((chances > 0.0) & (chances < 1.0)).any()),
        individual=bool(treatment.individual_per_week.any()),
        medication=bool(treatment.medication_every.any()),
        days_in=np.array([days.bit_count() for days in range(128)]),
        working=(staffing.working.reshape(-1, 7) << np.arange(7)).sum(axis=1),
    )
