"""The Rulebook as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from iopsim import clock
from iopsim.rulebook.after import After, write_after
from iopsim.rulebook.coverage import Coverage, write_coverage
from iopsim.rulebook.days import I64
from iopsim.rulebook.demand import Demand, write_demand
from iopsim.rulebook.grant import Grant, write_grant
from iopsim.rulebook.intake import Intake, write_intake
from iopsim.rulebook.money import Money, write_money
from iopsim.rulebook.present import Present, write_present
from iopsim.rulebook.schedule import Schedule, write_schedule
from iopsim.rulebook.staffing import Staffing, planned_assessors, write_staffing
from iopsim.rulebook.treatment import Treatment, write_treatment
from iopsim.scenario.model import Scenario


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Rulebook:
    """What the rules need to know, a part for each part of the clinic. Days count from opening."""

    days: int
    demand: Demand
    coverage: Coverage
    intake: Intake
    schedule: Schedule
    treatment: Treatment
    staffing: Staffing
    after: After
    present: Present
    grant: Grant
    money: Money

    # what the measures need to know
    month: I64
    """Calendar months since the month of the opening, for each day; shape (days,)."""
    target_assessment_days: int
    target_start_days: int

    @property
    def weeks(self) -> int:
        """Weeks of the run."""
        return self.days // 7

    @property
    def planned_days(self) -> int:
        """Planned length of the whole way through the program, all phases."""
        return 7 * int(self.treatment.phase_weeks.sum())


def write(scenario: Scenario) -> Rulebook:
    """Write the rulebook of a scenario."""
    return Rulebook(
        days=scenario.days,
        demand=write_demand(scenario),
        coverage=write_coverage(scenario),
        intake=write_intake(scenario, planned_assessors(scenario)),
        schedule=write_schedule(scenario),
        treatment=write_treatment(scenario),
        staffing=write_staffing(scenario),
        after=write_after(scenario),
        present=write_present(scenario),
        grant=write_grant(scenario),
        money=write_money(scenario),
        month=clock.months_since_opening(scenario.opening, scenario.days),
        target_assessment_days=scenario.targets.assessment_days,
        target_start_days=scenario.targets.start_days,
    )
