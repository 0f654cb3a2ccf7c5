"""Finding a client, and telling the journey step by step.

The engine knows nothing of explanations. A replication is run again, and each event of the client is explained
from the rulebook and the client's own cards, through the very rules that decided.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import numpy as np

from iopsim.clock import OFFICE_HOUR, Phase
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.events import Activity, events
from iopsim.experiments.clients import client_name
from iopsim.hands import Hands
from iopsim.record import NEVER, Exit, Record
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest, short
from iopsim.trace.after import after
from iopsim.trace.arrival import arrival
from iopsim.trace.assessment import assessment
from iopsim.trace.dossier import Dossier, Tellings
from iopsim.trace.sessions import sessions
from iopsim.trace.treatment import treatment
from iopsim.trace.waitlist import waitlist

ANY_DAY = (Activity.INDIVIDUAL, Activity.MEDICATION)
"""Visits that are on no particular day of their week."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: when, what, and why (empty where there is nothing to explain).

    Of what is on no particular day, `when` is the end of the run's week in which it was, and `any_day` is true. Hours
    are those of groups and family nights, or else nominal.
    """

    when: datetime.datetime
    what: str
    why: str
    any_day: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """A client's way through the program, in one episode."""

    title: str
    facts: tuple[str, ...]
    steps: tuple[Step, ...]


def trace(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    client: str | None = None,
    ending: str | None = None,
) -> Journey:
    """Tell the journey of one client.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
        Which run; as in `iopsim.simulate`, where replications count from 0.
    client : str, optional
        Source, date of referral and number that day, such as ``self/2027-03-04/1``; followed by ``episode 2`` for
        what happens after the client has called again.
    ending : str, optional
        Take the first client who ended so, such as ``completed`` or ``dropped out``. Without either, the first client
        who completed, or else the first admitted, or else the first.

    Raises
    ------
    IopsimError
        If there is no such client or no such ending.
    """
    book = write(scenario)
    cohort = draw(book, Deck(seed, replication))
    record = simulate(book, cohort)
    who = _find(scenario, book, record, client, ending)
    return tell(Dossier(scenario, book, record, Hands(book, cohort, record), who))


def _find(scenario: Scenario, book: Rulebook, record: Record, client: str | None, ending: str | None) -> int:
    clients = record.clients
    if len(clients) == 0:
        raise IopsimError("nobody is referred in this replication, so there is no journey to tell")
    if client is not None:
        for who in range(len(clients)):
            if client_name(scenario, book, record, who) == client:
                return who
        first = client_name(scenario, book, record, 0)
        raise IopsimError(f"no client {client!r} in this replication; a name (source/date/number) looks like {first}")
    if ending is not None:
        endings = [place.name.lower() for place in Exit]
        ending = "_".join(ending.lower().replace("_", " ").split())
        if ending not in endings:
            near = nearest(ending, endings)
            hint = f" (did you mean {near}?)" if near else ""
            raise IopsimError(f"no ending {short(ending)!r}; one of {', '.join(endings)}{hint}")
        found = np.flatnonzero(clients.exit == Exit[ending.upper()])
        if len(found) == 0:
            raise IopsimError(f"no client of this replication ended as {ending}; try another replication or ending")
        return int(found[0])
    for choice in (clients.exit == Exit.COMPLETED, clients.admitted_day != NEVER):
        if choice.any():
            return int(np.flatnonzero(choice)[0])
    return 0


def tell(dossier: Dossier) -> Journey:
    """Tell the journey of one client's episode."""
    tellings: Tellings = {}
    for chapter in (arrival, assessment, waitlist, treatment, sessions, after):
        tellings |= chapter(dossier)
    log = events(dossier.record)
    steps: list[Step] = []
    for row in np.flatnonzero(log.client == dossier.who).tolist():
        activity, day, detail = Activity(log.activity[row]), int(log.day[row]), int(log.detail[row])
        what, why = tellings[activity](day, detail)
        when = _when(dossier, activity, day, int(log.phase[row]), detail)
        if activity == Activity.FAMILY and steps and steps[-1].when.date() == when.date():
            when = max(when, steps[-1].when)
        steps.append(Step(when, what, why, activity in ANY_DAY))
    ending = Exit(dossier.fact("exit")).name.lower().replace("_", " ")
    name = client_name(dossier.scenario, dossier.book, dossier.record, dossier.who)
    return Journey(f"{name}: {ending}", _facts(dossier), _in_order(steps))


def _facts(dossier: Dossier) -> tuple[str, ...]:
    """Return who the client is: source, traits, payer, other episodes."""
    book, cohort, row, clients = dossier.book, dossier.cohort, dossier.row, dossier.record.clients
    has = [name for k, name in enumerate(book.demand.trait_names) if int(cohort.traits[row]) >> k & 1]
    priority = int(cohort.priority[row])
    federal = f", federal class {priority // 10 + 1} of 4" if book.demand.federal else ""
    source = book.demand.source_names[dossier.fact("source")]
    facts = [
        f"source {source}, priority class {priority % 10}{federal}, lot {dossier.dealt('lot'):.3f}",
        f"traits: {', '.join(has) if has else 'none'}",
    ]
    if payer := dossier.payer_name():
        facts.append(f"payer: {payer}")
    for other in np.flatnonzero(clients.first == clients.first[dossier.who]).tolist():
        apart = int(clients.episode[other] - clients.episode[dossier.who])
        if abs(apart) == 1:
            name = client_name(dossier.scenario, book, dossier.record, other)
            facts.append(f"{'before' if apart < 0 else 'afterwards'}: {name}")
    return tuple(facts)


def _when(dossier: Dossier, activity: Activity, day: int, phase: int, detail: int) -> datetime.datetime:
    """Return when an event happened: at the start of a group or of the family night, else at a nominal office hour."""
    date = dossier.scenario.opening + datetime.timedelta(days=day)
    if phase == Phase.SESSIONS:
        schedule = dossier.book.schedule
        group = schedule.group_names[schedule.night_group[detail]]
        return datetime.datetime.combine(date, dossier.scenario.groups[group].start)
    if activity == Activity.FAMILY:
        return datetime.datetime.combine(date, dossier.scenario.family_night.start)
    return datetime.datetime.combine(date, OFFICE_HOUR[Phase(phase)])


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with no one later than the next: a group may meet before a nominal office hour."""
    told: list[Step] = []
    for step in reversed(steps):
        when = min(step.when, told[-1].when) if told else step.when
        told.append(replace(step, when=when))
    return tuple(reversed(told))
