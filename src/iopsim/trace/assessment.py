"""Why an appointment was when it was, whether the client came, and where the assessment sent the client."""

from __future__ import annotations

import datetime

from iopsim.cohort import BACK
from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.record import NEVER
from iopsim.rules.assessment import show_probability
from iopsim.rules.placement import DECLINED, HERE, RESIDENTIAL, WITHDRAWAL, place
from iopsim.trace.dossier import Dossier, Tellings, Told, chance, days

PLACES = (
    "this program",
    "withdrawal management first",
    "residential treatment first",
    "a higher level of care",
    "a lower level of care",
    "this program, which the client declined",
)
"""In the order of `iopsim.rules.placement`."""


def assessment(it: Dossier) -> Tellings:
    """Tell of appointments, the assessment, the placement, and detours."""
    booked = it.record.appointments

    def asked_again(day: int, attempt: int) -> Told:
        seen = int((booked.seen_day == day).sum())
        why = f"{seen} assessed that day and the time was up" if seen else "no assessor was here"
        return "came to the assessment, but no assessor had time", f"{why}; {_coming(it, attempt)}"

    def assessed(day: int, attempt: int) -> Told:
        came = int(booked.came_day[it.appointments[attempt]])
        if came != day:
            return "assessed", f"asked to come again since {it.date(came)}; those asked to come again go first"
        return "came to the assessment", _coming(it, attempt)

    def came_back(day: int, placement: int) -> Told:
        why = [f"away {days(day - it.fact('away_day'))}", f"priority class {it.priority() % 10} on the waitlist"]
        return f"came back after {PLACES[placement].removesuffix(' first')}", "; ".join(why)

    return {
        Activity.BOOKED: _Booking(it).told,
        Activity.MISSED_ASSESSMENT: lambda _, attempt: ("missed the assessment", _coming(it, attempt)),
        Activity.LOST: lambda *_: ("lost before assessment", _no_further(it)),
        Activity.NO_ASSESSOR: asked_again,
        Activity.ASSESSED: assessed,
        Activity.PLACED: lambda _, placement: (f"placed in {PLACES[placement]}", _placed(it)),
        Activity.WENT_AWAY: lambda _, place: (f"went to {PLACES[place].removesuffix(' first')}", _returns(it)),
        Activity.CAME_BACK: came_back,
    }


class _Booking:
    """Tells one booking after the other."""

    def __init__(self, it: Dossier) -> None:
        self.it = it
        self.attempt = 0

    def told(self, _: int, appointment: int) -> Told:
        it, wanted = self.it, int(self.it.record.appointments.wanted_day[self.it.appointments[self.attempt]])
        self.attempt += 1
        if appointment >= it.book.days:
            return "no assessment slot before the run ends", f"{it.date(wanted)} would have suited, if within the run"
        why = f"{it.date(wanted)} was the first day that suits"
        if it.book.intake.open_access:
            return f"will walk in on {it.date(appointment)}", why
        if appointment > wanted:
            why += "; the diary was full until the day booked"
        return f"assessment booked for {it.date(appointment)}", why


def _coming(it: Dossier, attempt: int) -> str:
    booked, row = it.record.appointments, it.appointments[attempt]
    delay = int(booked.day[row] - booked.booked_day[row])
    ratio = it.dealt("show_ratio")
    coming = show_probability(float(it.book.intake.show_odds[delay]), ratio)
    return f"booked {days(delay)} ahead: {chance('coming', coming, float(it.cohort.show[it.row, attempt]))}"


def _no_further(it: Dossier) -> str:
    attempt, intake = len(it.appointments) - 1, it.book.intake
    if attempt >= intake.max_rebookings:
        return f"{intake.max_rebookings} further appointments offered, no more"
    return chance("taking another", intake.rebook_probability, float(it.cohort.rebook[it.row, attempt]))


def _placed(it: Dossier) -> str:
    """Tell between which edges the card lies; the edges are found by asking the rule."""
    placement = it.placement()
    said = f"card {it.dealt('placement'):.3f} between {_edge(it, placement):.3f} and {_edge(it, placement + 1):.3f}"
    ratio = it.dealt("placement_ratio")
    if ratio != 1.0:
        said += f", with odds ratio {ratio:.2f} of needing more than this program"
    if placement in (WITHDRAWAL, RESIDENTIAL) and it.fact("away_day") == NEVER:
        said += f"; {_returns(it)}"
    return said


def _edge(it: Dossier, placement: int) -> float:
    """Return the lowest card with which the client would be sent to this place, or further down the list."""
    if placement == HERE or placement > DECLINED:
        return float(placement > DECLINED)
    shares, ratio = it.book.intake.placement.tolist(), it.dealt("placement_ratio")
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if place(middle, shares, ratio) >= placement else (middle, high)
    return high


def _returns(it: Dossier) -> str:
    detour = it.detour()
    comes_back = chance("coming back", float(it.book.intake.comes_back[detour]), it.card(Purpose.COVERAGE, BACK))
    if it.fact("away_day") == NEVER:
        return comes_back
    away = int(it.cohort.away_days[it.row, detour])
    back = it.scenario.opening + datetime.timedelta(days=it.fact("away_day") + max(1, away))
    return f"{comes_back}; expected back on {back:%a %d %b %Y}"
