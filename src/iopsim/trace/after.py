"""Why treatment ended, and what came after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iopsim.events import Activity
from iopsim.record import Attendance, Exit
from iopsim.rules.lapse import STEPS_OUT
from iopsim.trace.dossier import Dossier, Tellings, Told, days, limit, weeks
from iopsim.trace.treatment import consequence, phase_over


def after(it: Dossier) -> Tellings:
    """Tell of discharge and relapse."""
    return {
        Activity.DISCHARGED: lambda day, reason: _discharged(it, day, reason),
        Activity.RELAPSED: lambda _, since: _relapsed(it, since),
    }


def _discharged(it: Dossier, day: int, reason: int) -> Told:
    treated = it.book.treatment
    whys: dict[Exit, Callable[[], str]] = {
        Exit.COMPLETED: lambda: phase_over(it, day),
        Exit.DROPPED_OUT: lambda: f"hazard so far reached the client's threshold {it.dealt('dropout'):.3f}",
        Exit.TERMINATED: lambda: (
            f"absence rule: {limit(treated.absence_consecutive)} in a row, or more than "
            f"{limit(treated.absence_total)} in {treated.absence_window // 7} weeks; "
            f"{it.fact('absent')} unexcused in all"
        ),
        Exit.TRANSFERRED: lambda: _transferred(it, day),
        Exit.INCARCERATED: lambda: "hazard of incarceration reached the client's threshold",
        Exit.DIED: lambda: "hazard of death reached the client's threshold",
        Exit.OTHER: lambda: _other(it, day),
        Exit.COVERAGE_ENDED: lambda: _coverage(it, day),
    }
    what = Exit(reason).name.lower().replace("_", " ")
    stayed = weeks((day - it.fact("admitted_day")) // 7)
    attended = f"{it.fact('attended')} of {it.fact('scheduled')} sessions attended"
    return f"discharged after {stayed}: {what}", f"{whys[Exit(reason)]()}; {attended}"


def _transferred(it: Dossier, day: int) -> str:
    """Tell whether a transfer came of itself or of a lapse."""
    if it.reviews_by(day) >= it.cohort.transfer_week[it.row]:
        return "hazard of transfer reached the client's threshold"
    lapsed = len(it.lapses) > 0 and consequence(it, len(it.lapses)) == STEPS_OUT
    return "a lapse led to a higher level of care" if lapsed else "to another level of care"


def _other(it: Dossier, day: int) -> str:
    if it.reviews_by(day) >= it.cohort.other_week[it.row]:
        return "hazard of leaving for other reasons reached the client's threshold"
    return "the phase wanted was full, and the program does not wait"


def _coverage(it: Dossier, day: int) -> str:
    """Tell how coverage ended: lost, or no more sessions granted."""
    payer = it.payer_name()
    lost = int(it.cohort.coverage_loss_week[it.row])
    if it.reviews_by(day) >= lost:
        return f"coverage by {payer} was lost in week {lost}"
    granted = int(it.cohort.covered_sessions[it.row])
    sessions, contract = it.record.sessions, it.book.coverage.contract_day[it.fact("payer")]
    whole = np.isin(sessions.attendance[it.sessions], [Attendance.ATTENDED, Attendance.MADE_UP])
    used = int((whole & (sessions.day[it.sessions] >= contract)).sum())
    beyond = f", {used - granted} of them beyond what is covered" if used > granted else ""
    return (
        f"{payer} authorized {granted} session{'' if granted == 1 else 's'} and no more; "
        f"{used} attended in full or made up by this weekly review{beyond}"
    )


def _relapsed(it: Dossier, since: int) -> Told:
    after, reason = it.book.after, it.fact("exit")
    stay = it.fact("exit_day") - it.fact("admitted_day")
    why = [f"the client's own time is {it.dealt('relapse'):.1f} days"]
    if reason == Exit.COMPLETED and after.completed_ratio != 1.0:
        why.append(f"times {after.completed_ratio:.2f} after completing")
    if stay < after.short_stay_days and after.short_stay_ratio != 1.0:
        why.append(f"times {after.short_stay_ratio:.2f} after a short stay")
    return f"relapsed, {days(since)} after discharge", ", ".join(why)
