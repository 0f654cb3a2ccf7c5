"""What a program does not offer, so that a measure of it has nothing to tell."""

from __future__ import annotations

from iopsim.experiments.result import Result
from iopsim.measures.capacity import assessment_slots_booked_share, caseload_used_share
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.hours import below_level_hours_share
from iopsim.measures.measure import Measure
from iopsim.measures.staffing import individual_held_share, individual_no_hours_share, medication_held_share
from iopsim.measures.triggers import OF_GROUPS, OF_STAFF


def left_out(measure: Measure, result: Result) -> bool:
    """Whether a measure is of a duty that the program does not have: federal priorities without block-grant money."""
    return measure in GROUPS["Federal priorities"] and not result.scenario.block_grant.applies


def not_offered(measure: Measure, result: Result) -> str:
    """Return what a measure is of and the program does not offer, such as ``medication visits``; else nothing.

    Parameters
    ----------
    measure : Measure
    result : Result
    """
    scenario = result.scenario
    phases, groups, staff = scenario.phases.values(), scenario.groups.values(), scenario.staff.values()
    individual = any(phase.individual_per_week for phase in phases)
    absent = (
        ("assessment slots (clients walk in)", scenario.assessment.open_access, (assessment_slots_booked_share,)),
        ("caseload limits", result.caseload is None, (caseload_used_share,)),
        ("individual sessions", not individual, (individual_held_share, individual_no_hours_share)),
        (
            "medication visits",
            not any(phase.medication_every_weeks for phase in phases),
            (medication_held_share,),
        ),
        ("levels of care", not any(phase.level for phase in phases), (below_level_hours_share,)),
        ("groups on a trigger", all(group.opens_when_waiting == "none" for group in groups), OF_GROUPS),
        ("hires on a trigger", all(role.hire_when_caseload == "none" for role in staff), OF_STAFF),
    )
    return next((what for what, gone, measures in absent if gone and measure in measures), "")
