"""The ledger as compiled code has it, from the plain one."""

from typing import Any

import numpy as np

from iopsim.jit import Struct, struct
from iopsim.measures.view import View
from iopsim.money.compiled.room import CAME
from iopsim.record import CAME as CAME_TO
from iopsim.record import NEVER, Attendance, Record


def weeks_of(view: View) -> tuple[np.ndarray, np.ndarray]:
    """Cents that payers pay late, by week of the service, and weeks of treatment begun."""
    ledger, record = view.accounts, view.record
    claims, weeks, opening = ledger.claims, ledger.postings.shape[1], -ledger.first_week
    usual = view.book.money.payment_weeks[record.clients.payer[claims.client]]
    is_late = claims.payer_pays_week > claims.day // 7 + usual
    late, begun = np.zeros((2, weeks), dtype=np.int64)
    np.add.at(late, opening + claims.day // 7, is_late * claims.payer_owes)
    np.add.at(begun, opening + ledger.client_weeks.day // 7, 1)
    return late, begun


def sessions_of(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """Sessions to which anybody came, client by client, and how many each client has."""
    sessions = record.sessions
    came = np.flatnonzero(np.isin(sessions.attendance, CAME_TO))
    came = came[np.argsort(sessions.client[came], kind="stable")]
    rows = np.zeros(len(came), dtype=CAME)
    rows["day"], rows["night"] = sessions.day[came], sessions.night[came]
    rows["whole"] = sessions.attendance[came] != Attendance.CUT_SHORT
    return rows, np.bincount(sessions.client[came], minlength=len(record.clients))


def ledger_of(view: View) -> Struct:
    """What `iopsim.money.compiled.ledger.settle` returns."""
    late, begun = weeks_of(view)
    rows, many = sessions_of(view.record)
    who = np.flatnonzero(view.record.clients.admitted_day != NEVER)
    inside = struct(many=len(who), who=who, first=np.cumsum(many) - many, end=np.cumsum(many), rows=rows)
    ledger: Any = view.accounts
    return struct(
        first_week=ledger.first_week,
        bills=ledger.bills,
        postings=ledger.postings,
        late=late,
        begun=begun,
        inside=inside,
    )
