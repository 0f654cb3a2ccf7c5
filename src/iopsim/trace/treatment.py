"""Why a client moved, lapsed, changed counselors, or missed a visit."""

from __future__ import annotations

import numpy as np

from iopsim.cohort import CONSEQUENCE, PER_LAPSE
from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.record import CAME, Attendance, Outcome
from iopsim.rules.lapse import STEPS_OUT, STEPS_UP, lapse_consequence
from iopsim.rules.progress import meets_benchmark
from iopsim.trace.dossier import Dossier, Telling, Tellings, Told, chance, weeks


def treatment(it: Dossier) -> Tellings:
    """Tell of counselors, lapses, moves and visits."""
    visits = _Visits(it)
    treated = it.book.treatment

    def due(day: int, phase: int) -> Told:
        now = it.phase_on(day)[0]
        if phase < now:
            return f"due to move back to {it.phase_name(phase)}", "the lapse led to it"
        return f"due to move on to {it.phase_name(phase)}", phase_over(it, day)

    def moved(day: int, phase: int) -> Told:
        waited = day - int(it.record.moves.due_day[_move(it, day)])
        why = f"a seat was free, {waited} days after being due" if waited else "a seat was free"
        return f"moved {'back' if phase < it.phase_on(day)[0] else 'on'} to {it.phase_name(phase)}", why

    return {
        Activity.COUNSELOR: lambda _, post: (
            f"{it.post_name(post)} is the counselor",
            "the smallest caseload of those with room",
        ),
        Activity.OTHER_COUNSELOR: lambda day, post: _other_counselor(it, day, post),
        Activity.LAPSED: lambda _, nth: _lapsed(it, nth),
        Activity.DUE_TO_MOVE: due,
        Activity.MOVED: moved,
        Activity.INDIVIDUAL: visits.of("an individual session", "individual session", treated.individual_show),
        Activity.MEDICATION: visits.of("a medication visit", "medication visit", treated.medication_show),
        Activity.FAMILY: visits.of("the family night", "family night", treated.family_show),
    }


def _move(it: Dossier, day: int) -> int:
    return int(it.moves[it.record.moves.day[it.moves] == day][0])


def _other_counselor(it: Dossier, day: int, post: int) -> Told:
    rows = it.record.counselors
    before = rows.post[it.counselors[rows.day[it.counselors] < day]]
    same = len(before) > 0 and int(before[-1]) == post
    why = "the empty post is filled again" if same else "the counselor before has left"
    return f"{it.post_name(post)} is the counselor now", why


def consequence(it: Dossier, nth: int) -> int:
    """Return what a client's lapse (from 1) led to, through the rule."""
    day, treated = int(it.record.lapses.day[it.lapses[nth - 1]]), it.book.treatment
    card = it.card_in_turn(Purpose.LAPSE, PER_LAPSE * (nth - 1) + CONSEQUENCE)
    return lapse_consequence(card, treated.lapse_step_out, treated.lapse_step_up, it.phase_on(day)[0] > 0)


def _lapsed(it: Dossier, nth: int) -> Told:
    treated = it.book.treatment
    card = it.card_in_turn(Purpose.LAPSE, PER_LAPSE * (nth - 1) + CONSEQUENCE)
    leads = {STEPS_OUT: "a transfer to a higher level", STEPS_UP: "the phase before"}.get(consequence(it, nth))
    hazard = treated.lapse_hazard * it.dealt("lapse_ratio")
    why = f"the hazard of {hazard:.3f} a week has added up to the client's threshold; "
    why += f"{treated.lapse_step_out:.2f} lead out and {treated.lapse_step_up:.2f} back a phase, card {card:.3f}: "
    return f"lapsed, for the {_nth(nth)} time", why + (f"leads to {leads}" if leads else "no consequence")


def phase_over(it: Dossier, day: int) -> str:
    """Tell why the phase is over on the day of a review: by the calendar, or by the benchmark."""
    treated = it.book.treatment
    phase, since = it.phase_on(day)
    stayed, most = (day - since) // 7, int(treated.phase_most[phase])
    if int(treated.phase_least[phase]) >= most:
        return f"planned weeks are over: {stayed} of {most}"
    looks, share = int(treated.benchmark_weeks[phase]), float(treated.benchmark[phase])
    attended, scheduled = attended_in(it, day - 7 * looks, day)
    lapsed = [int(lapse) for lapse in it.record.lapses.day[it.lapses] if lapse <= day]
    free = (day - max(lapsed[-1] if lapsed else it.fact("admitted_day"), 0)) // 7
    if meets_benchmark(attended, scheduled, share, free, int(treated.lapse_free_weeks[phase])):
        seen = f"{attended} of {scheduled} sessions attended in {weeks(looks)}, {weeks(free)} without a lapse"
        return f"benchmark met after {weeks(stayed)}: {seen}"
    return f"benchmark not met, but {weeks(most)} are the most"


def attended_in(it: Dossier, first: int, day: int) -> tuple[int, int]:
    """Return how many sessions a client attended, and how many were scheduled, from a day to the day before another."""
    sessions = it.record.sessions
    rows = it.sessions[(sessions.day[it.sessions] >= first) & (sessions.day[it.sessions] < day)]
    own = rows[sessions.attendance[rows] != Attendance.MADE_UP]
    return int(np.isin(sessions.attendance[own], CAME).sum()), len(own)


class _Visits:
    """Tells one visit after the other, of whatever kind: each plays the next card."""

    def __init__(self, it: Dossier) -> None:
        self.it = it
        self.visits = 0

    def of(self, to_what: str, what: str, coming: float) -> Telling:
        """Return how visits of a kind are told."""

        def told(_: int, outcome: int) -> Told:
            card = self.it.card_in_turn(Purpose.VISIT, self.visits)
            self.visits += 1
            if outcome == Outcome.NO_HOURS:
                return f"no {what} this week", "the staff had no hours left"
            came = "came" if outcome == Outcome.HELD else "did not come"
            whose = "the family " if what == "family night" else ""
            return f"{whose}{came} to {to_what}", chance("coming", coming, card)

        return told


def _nth(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
