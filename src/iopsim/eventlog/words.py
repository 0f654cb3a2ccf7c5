"""What the event log calls each activity, who carried it out, and how its detail reads."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from iopsim.events import Activity
from iopsim.record import NEVER, Exit, Outcome
from iopsim.rulebook import Rulebook
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.model import Scenario

DIARY = "assessment diary"
PROGRAM = "the program"
"""Resources that are no group; no group can be named so, as names have no spaces."""

PLACES = (
    "this program",
    "withdrawal management first",
    "residential treatment first",
    "a higher level of care",
    "a lower level of care",
    "declined",
    "withdrawal management or residential treatment first",
)
"""In the order of `iopsim.rules.placement`."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """Where names and dates are looked up."""

    scenario: Scenario
    book: Rulebook


Reading = Callable[[Clinic, int], str]
"""From the detail of an event to a text."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How one activity is told.

    Parameters
    ----------
    words : str
        The activity; the same wherever it happens, so that a tool can count it.
    resource : callable
        Who or what carried it out, from the event's detail; empty where the client did.
    detail : callable
        What else there is to say, from the event's detail.
    in_session : bool
        Whether the detail is a group night, at whose clock time it happened; else it bears its phase's office hour.
    """

    words: str
    resource: Reading
    detail: Reading
    in_session: bool = False


def nothing(_: Clinic, __: int) -> str:
    """Nothing to say."""
    return ""


def diary(_: Clinic, __: int) -> str:
    """The assessors' diary."""
    return DIARY


def program(_: Clinic, __: int) -> str:
    """The program as a whole."""
    return PROGRAM


def source(clinic: Clinic, detail: int) -> str:
    """Name of a referral source."""
    return clinic.book.demand.source_names[detail]


def date(clinic: Clinic, detail: int) -> str:
    """Date of a day since opening; a day beyond the run is said to be that."""
    if detail >= clinic.book.days:
        return "after the end of the run"
    return (clinic.scenario.opening + datetime.timedelta(days=detail)).isoformat()


def attempt(_: Clinic, detail: int) -> str:
    """Which appointment it is, from 1."""
    return f"appointment {detail + 1}"


def place(_: Clinic, detail: int) -> str:
    """Where a client is placed."""
    return PLACES[detail]


def group(clinic: Clinic, detail: int) -> str:
    """Name of a group."""
    return clinic.book.schedule.group_names[detail]


def group_of_night(clinic: Clinic, detail: int) -> str:
    """Name of the group that meets on a group night."""
    return clinic.book.schedule.group_names[int(clinic.book.schedule.night_group[detail])]


def weekday(clinic: Clinic, detail: int) -> str:
    """Weekday of a group night."""
    return WEEKDAYS[int(clinic.book.schedule.night_weekday[detail])]


def phase(clinic: Clinic, detail: int) -> str:
    """Name of a phase of treatment."""
    return clinic.book.treatment.phase_names[detail]


def group_or_list(clinic: Clinic, detail: int) -> str:
    """Name of the group of one who is here at the opening, or that it is the waitlist."""
    return "on the waitlist" if detail == NEVER else f"in group {group(clinic, detail)}"


def post(clinic: Clinic, detail: int) -> str:
    """Role and number, from 1, of a staff post."""
    staff = clinic.book.staffing
    return f"{staff.role_names[int(staff.post_role[detail])]} {int(staff.post_number[detail]) + 1}"


def outcome(_: Clinic, detail: int) -> str:
    """What became of a visit."""
    return Outcome(detail).name.lower().replace("_", " ")


def lapse(_: Clinic, detail: int) -> str:
    """Which lapse it is, from 1."""
    return f"lapse {detail}"


def days_after(_: Clinic, detail: int) -> str:
    """Days from discharge to a relapse."""
    return f"{detail} {'day' if detail == 1 else 'days'} after discharge"


def ending(_: Clinic, detail: int) -> str:
    """Where a client's way ended, or where the run's end found the client."""
    return Exit(detail).name.lower().replace("_", " ")


TELLINGS: dict[Activity, Telling] = {
    Activity.REFERRED: Telling("referred", nothing, source),
    Activity.BOOKED: Telling("assessment booked", diary, date),
    Activity.MISSED_ASSESSMENT: Telling("assessment missed", diary, attempt),
    Activity.ASSESSED: Telling("assessed", diary, attempt),
    Activity.PLACED: Telling("placed", program, place),
    Activity.JOINED_WAITLIST: Telling("joined the waitlist", program, date),
    Activity.BALKED: Telling("turned away by a full waitlist", program, nothing),
    Activity.RENEGED: Telling("gave up waiting", nothing, nothing),
    Activity.ADMITTED: Telling("admitted", group, nothing),
    Activity.ATTENDED: Telling("session attended", group_of_night, weekday, in_session=True),
    Activity.EXCUSED: Telling("session missed, excused", group_of_night, weekday, in_session=True),
    Activity.ABSENT: Telling("session missed, not excused", group_of_night, weekday, in_session=True),
    Activity.DUE_TO_MOVE: Telling("due to move on", program, phase),
    Activity.MOVED: Telling("moved on", program, phase),
    Activity.DISCHARGED: Telling("discharged", program, ending),
    Activity.LOST: Telling("lost before assessment", nothing, nothing),
    Activity.NOT_REFERRED: Telling("not referred, for the wait", nothing, source),
    Activity.CALL_LOST: Telling("call lost", program, nothing),
    Activity.SCREENED_OUT: Telling("screened out", program, nothing),
    Activity.NO_ASSESSOR: Telling("came, and no assessor had time", diary, attempt),
    Activity.WENT_AWAY: Telling("went elsewhere first", nothing, place),
    Activity.CAME_BACK: Telling("came back", nothing, place),
    Activity.NOT_AUTHORIZED: Telling("not authorized", nothing, nothing),
    Activity.HERE_AT_OPENING: Telling("here at the opening", program, group_or_list),
    Activity.COUNSELOR: Telling("counselor assigned", program, post),
    Activity.OTHER_COUNSELOR: Telling("counselor changed", program, post),
    Activity.CUT_SHORT: Telling("session cut short", group_of_night, weekday, in_session=True),
    Activity.MADE_UP: Telling("session made up for", group_of_night, weekday, in_session=True),
    Activity.LAPSED: Telling("lapsed", nothing, lapse),
    Activity.INDIVIDUAL: Telling("individual session", program, outcome),
    Activity.MEDICATION: Telling("medication visit", program, outcome),
    Activity.FAMILY: Telling("family night", program, outcome),
    Activity.RELAPSED: Telling("relapsed", nothing, days_after),
    Activity.CALLED_AGAIN: Telling("called again", nothing, source),
}
"""Every activity there is; tests/test_eventlog.py sees to it that none is forgotten."""
