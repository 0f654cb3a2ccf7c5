"""Why a client waited, gave up, was turned away, or got a seat."""

from __future__ import annotations

import numpy as np

from iopsim.cohort import DENIED, federal_class
from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.record import NEVER
from iopsim.rules.waitlist import FOREVER, patience_days
from iopsim.scenario.fields import WEEKDAYS
from iopsim.trace.dossier import Dossier, Tellings, Told, chance, days


def waitlist(it: Dossier) -> Tellings:
    """Tell of the way from the placement to a seat."""
    coverage, payer = it.book.coverage, it.fact("payer")

    def joined(day: int, ready: int) -> Told:
        return "joined the waitlist", "; ".join([f"can start from {it.date(ready)}, {days(ready - day)} on", *_why(it)])

    def denied(*_: int) -> Told:
        name = it.payer_name()
        why = chance("a denial", float(coverage.denied[payer]), it.card(Purpose.COVERAGE, DENIED))
        return "treatment was not authorized", f"payer {name}: {why}"

    return {
        Activity.JOINED_WAITLIST: joined,
        Activity.BALKED: lambda *_: (
            "turned away: the waitlist is full",
            f"it holds {it.book.intake.waitlist_limit}",
        ),
        Activity.RENEGED: lambda *_: ("gave up waiting", _patience(it)),
        Activity.NOT_AUTHORIZED: denied,
        Activity.ADMITTED: lambda day, group: _admitted(it, day, group),
    }


def _why(it: Dossier) -> list[str]:
    """Tell what keeps a client from starting at once."""
    book, day = it.book, it.fact("joined_day")
    told = []
    own = int(it.cohort.ready_delay[it.row])
    if own:
        told.append(f"papers, payer and work take {days(own)}")
    contract = int(book.coverage.start_day[it.fact("payer")])
    if contract > day + own:
        told.append(f"the contract with {it.payer_name()} starts on {it.date(contract)}")
    if book.intake.orientation:
        missed = int(it.cohort.orientations_missed[it.row])
        told.append(f"comes to an orientation after missing {missed}" if missed else "comes to the first orientation")
    return told


def _patience(it: Dossier) -> str:
    """Tell how long patience lasted, through the rule."""
    intake, since = it.book.intake, max(it.fact("joined_day"), 0)
    hazard = intake.renege_per_day * it.dealt("renege_ratio")
    said = f"at a hazard of {hazard:.3f} a day"
    begins = FOREVER
    if _offered(it):
        begins = max(0, max(it.fact("referral_day"), 0) + intake.interim_after - since)
        said += f", times {intake.interim_ratio:.2f} with interim services, after {days(begins)}"
    lasted = patience_days(it.dealt("patience"), hazard, begins, intake.interim_ratio)
    return f"patience lasted {days(lasted)} {said}"


def _offered(it: Dossier) -> bool:
    """Return whether interim services are offered to the client."""
    if it.scenario.interim.offered == "priority":
        return int(federal_class(it.book, it.cohort.traits[[it.row]])[0]) < 3
    return it.scenario.interim.offered == "everybody"


def _admitted(it: Dossier, day: int, group: int) -> Told:
    ready = it.fact("ready_day")
    intake, schedule = it.record.intake, it.book.schedule
    refused = (intake.day >= ready) & (intake.day < day)
    why = [f"could start from {it.date(ready)}" if ready >= 0 else "could start before the opening"]
    reasons = {
        "no seat": intake.no_seat,
        "no room in the caseload": intake.no_caseload,
        "neither seat nor caseload": intake.neither,
    }
    for name, column in reasons.items():
        times = int((column[refused] > 0).sum())
        if times:
            why.append(f"{name} for some of those ready on {times} admission {'day' if times == 1 else 'days'} since")
    today = int(np.flatnonzero(intake.day == day)[0])
    why.append(f"{intake.admitted[today]} of {intake.ready[today]} ready admitted today")
    nights = range(schedule.group_first_night[group], schedule.group_first_night[group + 1])
    names = ", ".join(WEEKDAYS[schedule.night_weekday[night]] for night in nights)
    if it.fact("referral_day") != NEVER and it.start_phase():
        why.append(f"starts in {it.phase_name(it.start_phase())}")
    return f"admitted to group {schedule.group_names[group]} ({names})", "; ".join(why)
