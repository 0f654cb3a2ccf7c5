"""Why a client came to a session, left early, missed it, or made up for one.

The client's sessions are gone through from the first one, with the client's cards and the rules of attendance.
"""

from __future__ import annotations

from dataclasses import dataclass

from iopsim.cohort import EXCUSED, GAP, PER_DECISION, RUN
from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.record import Attendance
from iopsim.rulebook.days import UNLIMITED
from iopsim.rules.attendance import (
    absence_chance,
    absence_run,
    breaks_absence_rule,
    missed_share,
    missed_tonight,
    run_length,
)
from iopsim.trace.dossier import Dossier, Telling, Tellings, Told, chance


def sessions(it: Dossier) -> Tellings:
    """Tell of sessions."""
    reasons, coverage = iter(reasons_of(it)), _Coverage(it)

    def of(what: str, counts: bool = False) -> Telling:
        def told(day: int, night: int) -> Told:
            why = (next(reasons).why, coverage.counts(day) if counts else "")
            return what.format(it.group(night)), "; ".join(filter(None, why))

        return told

    return {
        Activity.ATTENDED: of("attended {}", counts=True),
        Activity.CUT_SHORT: of("attended {}, but not to the end or not from the beginning"),
        Activity.EXCUSED: of("excused from {}"),
        Activity.ABSENT: of("absent from {}, not excused"),
        Activity.MADE_UP: of("made up for a session in {}", counts=True),
    }


class _Coverage:
    """The sessions that count against what the payer has authorized, and the concurrent reviews that follow."""

    def __init__(self, it: Dossier) -> None:
        self.it, self.used = it, 0
        coverage, payer = it.book.coverage, it.fact("payer")
        self.first, self.more = int(coverage.sessions[payer]), int(coverage.review_sessions[payer])
        self.contract_day = int(coverage.contract_day[payer])
        self.granted, self.lost = (
            int(column[it.row]) for column in (it.cohort.covered_sessions, it.cohort.coverage_loss_week)
        )

    def counts(self, day: int) -> str:
        """Count a session, and tell the review that it brings about; nothing for most sessions."""
        if self.first == UNLIMITED or day < self.contract_day:
            return ""
        self.used += 1
        since = self.used - self.first
        if self.used > self.granted or since < 0 or since % self.more or self.it.reviews_by(day) >= self.lost:
            return ""
        review = f"session {self.used} of {self.used} authorized: concurrent review {since // self.more + 1}"
        return f"{review} grants {self.more} more" if self.used < self.granted else f"{review} grants no more"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a session had to be by the cards and the rules, and why."""

    attendance: Attendance
    why: str


def reasons_of(it: Dossier) -> list[Reason]:
    """Return the reasons of each of a client's sessions, in their order."""
    sessions, walk = it.record.sessions, _Walk(it)
    found = []
    for row in it.sessions.tolist():
        if sessions.attendance[row] == Attendance.MADE_UP:
            found.append(Reason(Attendance.MADE_UP, "a night with a free seat in the week after the absence began"))
        else:
            found.append(walk.session(int(sessions.day[row]), int(sessions.night[row])))
    return found


class _Walk:
    """The client's way from session to session."""

    def __init__(self, it: Dossier) -> None:
        self.it, self.treated = it, it.book.treatment
        self.ratios = it.dealt("attendance_ratio"), it.dealt("attendance_ratio_by_video")
        self.goes_on = self.missed = self.missed_last = 0.0
        self.runs = self.left = 0
        self.fresh, self.returning, self.excusing = True, False, False
        self.presence, self.gap = 1.0, it.card_in_turn(Purpose.ABSENCE, GAP)
        self.unexcused: list[int] = []
        self.in_a_row = 0
        self.whole, self.shorts = 1.0, 0

    def session(self, day: int, night: int) -> Reason:
        """Return what becomes of the next session."""
        why = ""
        self._looks_at(night)
        if self.left == 0:
            before, self.returning_now = self.presence, self.returning
            self._expects()
            if self.presence > self.gap:
                return self._comes()
            missing = 1.0 - self.presence / before
            why = self._begins(missing)
        self.left -= 1
        if self.excusing:
            return Reason(Attendance.EXCUSED, why)
        return Reason(Attendance.ABSENT, "; ".join([why, self._counts(day)] if why else [self._counts(day)]))

    def _expects(self) -> None:
        """Work out how likely the client has come to every session since the last run of absences."""
        if self.returning:
            self.returning = False
        elif self.fresh:
            self.fresh = False
            self.presence = 1.0 - self.missed
        else:
            self.presence *= 1.0 - self.begins

    def _looks_at(self, night: int) -> None:
        """Work out what is missed tonight, and how runs of absences go on in tonight's group."""
        schedule, odds = self.it.book.schedule, self.treated.absence_odds
        group = schedule.night_group[night]
        least = schedule.night_odds_ratio[schedule.night_group == group].min()
        ratio = self.ratios[int(schedule.group_by_video[group])]
        self.goes_on = 1.0 - 1.0 / absence_run(odds, self.treated.absence_run, ratio * float(least))
        self.missed = missed_share(odds, ratio * float(schedule.night_odds_ratio[night]))
        last, self.begins = self.missed_last, absence_chance(self.missed, self.missed_last, self.goes_on)
        self.missed_last = missed_tonight(self.missed, last, self.goes_on)

    def _comes(self) -> Reason:
        why = "comes at least once between two runs of absences" if self.returning_now else ""
        if not self.treated.cut_short:
            return Reason(Attendance.ATTENDED, why)
        card = self.it.card_in_turn(Purpose.CUT_SHORT, self.shorts)
        self.whole *= 1.0 - self.treated.cut_short
        if self.whole > card:
            return Reason(Attendance.ATTENDED, why)
        said = f"the chance of none cut short since the last has fallen to {self.whole:.3f}, below the card {card:.3f}"
        self.whole, self.shorts = 1.0, self.shorts + 1
        return Reason(Attendance.CUT_SHORT, said)

    def _begins(self, missing: float) -> str:
        """Begin a run of absences, and tell why."""
        first = PER_DECISION * self.runs
        card = self.it.card_in_turn(Purpose.ABSENCE, first + EXCUSED)
        self.excusing = card < self.treated.excused_share
        self.left = run_length(self.it.card_in_turn(Purpose.ABSENCE, first + RUN), self.goes_on)
        since = "since the last absence" if self.runs else "so far"
        told = f"chance of missing this one {missing:.3f}; that of having missed none {since} has fallen to "
        told += f"{self.presence:.3f}, below the card {self.gap:.3f}; a run of {self.left}; "
        told += chance("being excused", self.treated.excused_share, card)
        self.in_a_row, self.runs, self.returning = 0, self.runs + 1, True
        self.presence, self.gap = 1.0, self.it.card_in_turn(Purpose.ABSENCE, first + PER_DECISION + GAP)
        return told

    def _counts(self, day: int) -> str:
        """Tell how an unexcused absence counts for the absence rule."""
        self.in_a_row += 1
        self.unexcused.append(day)
        treated = self.treated
        recent = sum(missed > day - treated.absence_window for missed in self.unexcused)
        broken = breaks_absence_rule(self.in_a_row, recent, treated.absence_consecutive, treated.absence_total)
        total = f"{self.in_a_row} in a row, {recent} in {treated.absence_window // 7} weeks"
        return f"counts for the absence rule: {total}{', which breaks it' if broken else ''}"
