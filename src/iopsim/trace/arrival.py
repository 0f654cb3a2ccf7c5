"""Why a client came to the door, and what became of the call."""

from __future__ import annotations

import numpy as np

from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.record import NEVER, Exit
from iopsim.rulebook.demand import factor_levels
from iopsim.trace.dossier import Dossier, Tellings, Told, chance, days, weeks


def arrival(it: Dossier) -> Tellings:
    """Tell of calls, and of being here at the opening."""
    calls, cards = it.book.intake, it.cohort
    lost, screened = calls.call_lost, calls.screened_out

    def referred(day: int, source: int) -> Told:
        return f"referred by {it.book.demand.source_names[source]}", "; ".join([_expected(it, day), *_kept(it, day)])

    def not_referred(day: int, source: int) -> Told:
        return f"not referred by {it.book.demand.source_names[source]}, who knew of the wait", "; ".join(_kept(it, day))

    def call_lost(*_: int) -> Told:
        return "the call was lost", chance("a call's being lost", lost, float(cards.call[it.row]))

    def turned_away(*_: int) -> Told:
        edge, card = lost + (1.0 - lost) * screened, float(cards.call[it.row])
        return "screened out on the telephone", f"card {card:.3f} between {lost:.3f} and {edge:.3f}"

    return {
        Activity.HERE_AT_OPENING: lambda _, group: _here(it, group),
        Activity.REFERRED: referred,
        Activity.NOT_REFERRED: not_referred,
        Activity.CALLED_AGAIN: lambda day, _: _called_again(it, day),
        Activity.CALL_LOST: call_lost,
        Activity.SCREENED_OUT: turned_away,
    }


def _here(it: Dossier, group: int) -> Told:
    if group == NEVER:
        return "on the waitlist at the opening", f"for {weeks(-it.fact('joined_day') // 7)} already"
    phase, since = it.phase_on(0)
    name = it.book.schedule.group_names[group]
    ago = f"admitted {weeks(-it.fact('admitted_day') // 7)} before, {weeks(-since // 7)} in {it.phase_name(phase)}"
    return f"in group {name} at the opening", ago


def _expected(it: Dossier, day: int) -> str:
    """Tell how many a source refers that day, and how many were to be expected."""
    clients, demand, source = it.record.clients, it.book.demand, it.fact("source")
    name = demand.source_names[source]
    same_day = (clients.referral_day == day) & (clients.source == source) & (clients.episode == 0)
    expected = demand.expected_referrals[source, day]
    doubt = it.scenario.referrals[name].doubt
    factor = ""
    if doubt:
        word = np.array([demand.source_word[source]], dtype=np.uint64)
        card = it.cohort.deck.deal(Purpose.DOUBT, word, np.zeros(1, dtype=np.uint64))[0, 0]
        levels = factor_levels(doubt)
        factor = f", times this run's factor of {levels[int(card * len(levels))]:.2f}"
    return f"{int(same_day.sum())} from {name} that day, {expected:.2f} expected{factor}"


def _kept(it: Dossier, day: int) -> list[str]:
    """Tell whether a referrer who reacts to waits refers, where there is anything to tell."""
    kept = it.book.demand.kept[it.fact("source"), _wait_known(it, day)]
    if kept >= 1.0 or it.fact("episode"):
        return []
    said = chance("being referred all the same", float(kept), float(it.cohort.kept[it.row]))
    return [f"the client last admitted had waited {days(_wait_known(it, day))}: {said}"]


def _wait_known(it: Dossier, day: int) -> int:
    """Return the days that the client last admitted before a day had waited for this program, 0 if there is none."""
    clients = it.record.clients
    before = (clients.joined_day != NEVER) & (clients.admitted_day != NEVER) & (clients.admitted_day < day)
    if not before.any():
        return 0
    last = int(clients.admitted_day[before].max())

    def place_in_line(who: int) -> tuple[int, int, float, int]:
        other = Dossier(it.scenario, it.book, it.record, it.hands, who)
        return other.priority(), int(clients.joined_day[who]), other.dealt("lot"), who

    who = max(np.flatnonzero(before & (clients.admitted_day == last)).tolist(), key=place_in_line)
    called, joined, assessed = (
        int(day[who]) for day in (clients.referral_day, clients.joined_day, clients.assessed_day)
    )
    if called == NEVER:
        return last - joined
    return last - called - (joined - assessed if clients.away_day[who] != NEVER else 0)


def _called_again(it: Dossier, day: int) -> Told:
    clients = it.record.clients
    same = (clients.first == clients.first[it.who]) & (clients.episode == it.fact("episode") - 1)
    before = int(np.flatnonzero(same)[0])
    relapse, left = int(clients.relapse_day[before]), int(clients.exit_day[before])
    why = f"relapsed on {it.date(relapse)}, {days(relapse - left)} after discharge; called {days(day - relapse)} later"
    kept = _kept(it, day) if it.fact("exit") != Exit.NOT_REFERRED else []
    return "called again", "; ".join([why, *kept])
