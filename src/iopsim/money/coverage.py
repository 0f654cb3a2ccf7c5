"""Coverage: which services a payer pays for at all - from its contract on, and until coverage ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import NOT_EVER, Cohort, draw_again
from iopsim.money.services import DAYS, Services
from iopsim.record import I64, Record
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.rulebook.coverage import Coverage
from iopsim.rulebook.money import Service

Flags = NDArray[np.bool_]


def covered(record: Record, book: Rulebook, cohort: Cohort, services: Services) -> Flags:
    """Return whether each service may be billed; shape (services,).

    Nothing is billed before the payer's contract starts, nor does any of it count as granted. Coverage ends with the
    last session granted, or at the weekly review at which it is lost; what comes later is not billed, whether the
    client stays or leaves. The assessment comes before all that.
    """
    payer = record.clients.payer[services.client]
    billed = np.asarray(services.day >= book.coverage.contract_day[payer], dtype=np.bool_)
    coverage = book.coverage
    if not ends(coverage):
        return billed
    granted, loss_week = until(record, book, cohort)
    is_session = services.service == Service.SESSION
    last = np.full(len(record.clients), NOT_EVER)
    last[granted == 0] = -1
    granted = granted + np.bincount(services.client[is_session & ~billed], minlength=len(last))
    final = is_session & (services.nth == granted[services.client] - 1)
    last[services.client[final]] = services.day[final]
    begun = np.maximum(record.clients.admitted_day, 0)
    granted, last, lost = (column[services.client] for column in (granted, last, begun + DAYS * loss_week))
    return billed & is_granted(services.service, services.day, services.nth, granted, last, lost)


def ends(coverage: Coverage) -> bool:
    """Return whether any payer's coverage can come to an end."""
    return bool((coverage.sessions != UNLIMITED).any() or coverage.loss.any())


def is_granted(service: I64, day: I64, nth: I64, granted: I64, last: I64, lost: I64) -> Flags:
    """Return whether services, or one, fall within coverage: the `nth` of so many sessions, or by the day of the last.

    Nothing is covered from the day on which coverage is lost, but the assessment always is.
    """
    session = (service == Service.SESSION) & (nth < granted)
    other = (service != Service.SESSION) & (day <= last)
    within: Flags = (service == Service.ASSESSMENT) | ((session | other) & (day < lost))
    return within


def until(record: Record, book: Rulebook, cohort: Cohort) -> tuple[I64, I64]:
    """Return the sessions granted to each client, and the week of treatment in which coverage is lost.

    Later episodes play cards of their own, which are drawn as the engine drew them.
    """
    episode, first = record.clients.episode, record.clients.first
    granted, loss_week = np.empty_like(first), np.empty_like(first)
    part, rows = cohort, np.arange(len(cohort))
    for number in range(int(episode.max(initial=-1)) + 1):
        now = np.flatnonzero(episode == number)
        if number:
            wanted = np.sort(first[now])
            part, rows = draw_again(book, part, np.searchsorted(rows, wanted)), wanted
        here = np.searchsorted(rows, first[now])
        granted[now], loss_week[now] = part.covered_sessions[here], part.coverage_loss_week[here]
    return granted, loss_week
