"""From the assessment to the waitlist, and from elsewhere to it."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.engines.compiled.agenda import append, call
from iopsim.engines.compiled.cards import away
from iopsim.engines.compiled.line import joins
from iopsim.engines.compiled.rules import place
from iopsim.jit import Struct, jit
from iopsim.record import NEVER, Exit
from iopsim.rules.placement import HERE, RESIDENTIAL, WITHDRAWAL

RETURNS = int(Phase.RETURNS)
AWAY_FIRST = int(Exit.AWAY_FIRST)
WHERE = tuple(
    int(place)
    for place in (
        Exit.WAITING,
        Exit.PLACED_HIGHER,
        Exit.PLACED_HIGHER,
        Exit.PLACED_HIGHER,
        Exit.PLACED_LOWER,
        Exit.DECLINED,
    )
)
"""Where a client is, by placement."""


@jit
def assessed(clinic: Struct, who: int, today: int) -> None:
    """One who has been assessed is placed: here, elsewhere first, or elsewhere for good."""
    me = clinic.people[who]
    me.placement = place(me.placement_card, clinic.book.intake.placement, me.placement_ratio)
    if me.placement == HERE:
        joins(clinic, who, today)
        return
    if me.placement == WITHDRAWAL or me.placement == RESIDENTIAL:
        detour = me.placement - WITHDRAWAL
        days, comes_back = away(clinic.book, me, clinic.seed, clinic.replication, detour)
        if comes_back:
            goes_away_first(clinic, who, detour, days, today)
            return
    me.exit, me.exit_day = WHERE[me.placement], me.assessed_day


@jit
def goes_away_first(clinic: Struct, who: int, detour: int, days: int, today: int) -> None:
    """Go to withdrawal management or residential treatment first, to come back after some days."""
    me, intake = clinic.people[who], clinic.book.intake
    me.exit, me.exit_day, me.away_day = AWAY_FIRST, NEVER, today
    me.priority += intake.back_priority[detour] - me.priority % 10  # the federal class is a client's own
    if intake.back_phase[detour] >= 0:
        me.entry_phase = me.phase = intake.back_phase[detour]
    back = today + max(1, days)
    if back < clinic.days:
        append(clinic.back_first, clinic.back_last, clinic.returning_after, back, who)
        call(clinic, RETURNS, back)
