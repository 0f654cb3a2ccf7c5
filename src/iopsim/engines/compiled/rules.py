"""The rules, compiled: the very same functions as those of `iopsim.rules`."""

from __future__ import annotations

from iopsim.jit import jitted
from iopsim.rules import (
    admission,
    assessment,
    attendance,
    calls,
    discharge,
    dropout,
    facilitation,
    lapse,
    placement,
    progress,
    relapse,
    waitlist,
)

roomiest_night, room = jitted(admission.roomiest_night), jitted(admission.room)
show_probability, shows = jitted(assessment.show_probability), jitted(assessment.shows)
rebooks = jitted(assessment.rebooks)
absence_run, missed_share = jitted(attendance.absence_run), jitted(attendance.missed_share)
missed_tonight, absence_chance = jitted(attendance.missed_tonight), jitted(attendance.absence_chance)
run_length, breaks_absence_rule = jitted(attendance.run_length), jitted(attendance.breaks_absence_rule)
call_outcome = jitted(calls.call_outcome)
verdict = jitted(discharge.verdict)
dropout_ratio = jitted(dropout.dropout_ratio)
enough, night_status = jitted(facilitation.enough), jitted(facilitation.night_status)
lapse_consequence = jitted(lapse.lapse_consequence)
place = jitted(placement.place)
meets_benchmark, phase_is_over = jitted(progress.meets_benchmark), jitted(progress.phase_is_over)
relapse_days, call_day = jitted(relapse.relapse_days), jitted(relapse.call_day)
patience_days, ready_day, balks = jitted(waitlist.patience_days), jitted(waitlist.ready_day), jitted(waitlist.balks)
