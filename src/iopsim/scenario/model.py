"""The scenario: what a planner wrote, whole, validated and frozen."""

from __future__ import annotations

import datetime
import hashlib
from typing import Annotated

from pydantic import StringConstraints

from iopsim.scenario.calendar import Calendar
from iopsim.scenario.demand import Referrals, Traits
from iopsim.scenario.fields import Part, date, number, text
from iopsim.scenario.groups import Groups, Rooms
from iopsim.scenario.intake import (
    Admission,
    Assessment,
    BlockGrant,
    Calls,
    Interim,
    Orientation,
    Placement,
    Waitlist,
)
from iopsim.scenario.levers import Levers
from iopsim.scenario.money import AfterDischarge, Money
from iopsim.scenario.opening import PresentClients
from iopsim.scenario.payers import Payers
from iopsim.scenario.staff import Staff
from iopsim.scenario.states import State
from iopsim.scenario.treatment import (
    AbsenceRule,
    Attendance,
    FamilyNight,
    Individual,
    Lapse,
    Leaving,
    Medication,
    Phases,
)


class Targets(Part):
    """What the plan promises; the access measures report the share that meets it."""

    assessment_days: int = number("days", 0, 90, "Referral to assessment within this many days", planned=True)
    start_days: int = number("days", 0, 90, "Referral to first session within this many days", planned=True)


class Scenario(Part):
    """A program described before it opens.

    Made by `iopsim.load`; each table is one module of `iopsim.scenario`. Frozen: a changed plan is a new
    scenario, validated again.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = text(
        "Name of the program", "Evening program"
    )
    description: Annotated[str, StringConstraints(max_length=10_000)] = text("What is special about it")
    opening: datetime.date = date(
        datetime.date(1970, 1, 1),
        datetime.date(2100, 12, 31),
        "Opening date: day 0",
        datetime.date(2027, 1, 4),
    )
    weeks: int = number("weeks", 1, 1040, "Weeks to simulate from the opening", planned=True)
    state: State = text('State whose timetable rules are checked, where any are known; two letters, "" for none')
    calendar: Calendar = text("Closed days")
    referrals: Referrals = text("Referral sources, by name")
    traits: Traits = text("Client traits, by name")
    payers: Payers = text("Payers, by name")
    calls: Calls = text("What becomes of first calls")
    assessment: Assessment = text("The assessors' diary")
    placement: Placement = text("Where the assessment sends people")
    waitlist: Waitlist = text("From placement to a seat")
    interim: Interim = text("Services for those who wait")
    orientation: Orientation = text("A meeting before the start")
    admission: Admission = text("When clients may start")
    block_grant: BlockGrant = text("Federal priority populations")
    phases: Phases = text("Phases of treatment, by name, in their order")
    groups: Groups = text("Groups, by name")
    rooms: Rooms = text("Rooms, by name")
    attendance: Attendance = text("How active clients attend")
    absence_rule: AbsenceRule = text("When absences end an episode")
    individual: Individual = text("Individual sessions")
    medication: Medication = text("Medication visits")
    family_night: FamilyNight = text("Evenings for families")
    lapse: Lapse = text("Substance use while in treatment")
    leaving: Leaving = text("Ways out before the plan is done")
    after: AfterDischarge = text("After discharge")
    staff: Staff = text("Staff roles, by name")
    levers: Levers = text("What can be bought to bring people in and keep them")
    money: Money = text("Costs beside staff, and charges")
    present: PresentClients = text("Clients who are here at the opening, by any name")
    present_file: str = text('CSV file of clients who are here at the opening, beside the scenario; "" for none')
    targets: Targets = text("What the plan promises")

    @property
    def hash(self) -> str:
        """SHA-256 of the resolved scenario, 64 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def days(self) -> int:
        """Days simulated."""
        return 7 * self.weeks
