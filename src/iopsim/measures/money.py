"""Money: what the program earns, costs and needs. Nominal dollars, counted in cents.

Revenue is what payers and clients are going to pay: what is allowed, less denied claims and what clients never pay;
it counts when it is earned, in the week of the service. Cash counts when it is paid. Costs are paid when they arise,
those before the opening included. A ratio is a ratio of totals within a replication. Without payers in the file
revenue and cash cannot be told.
"""

from __future__ import annotations

import numpy as np

from iopsim.measures.measure import Fraction, Unit, money_measure
from iopsim.money import Ledger
from iopsim.money.ledger import Account
from iopsim.record import CAME, Exit, Record
from iopsim.rulebook import Rulebook

QUARTER = 13
YEAR = 52

PAID = "runs with payers"
EVERY = "every run"
WHOLE = "the run and the weeks before the opening"

Part = tuple[Unit, str, str, str]


def _total(whats: str) -> Part:
    return "usd", f"cents {whats}", "1", PAID


def _of_payers(ledger: Ledger, cents: int, among: int = 1) -> Fraction:
    """Return a fraction that cannot be told where nobody pays."""
    return (cents, among) if ledger.bills else (0, 0)


def _spent(ledger: Ledger) -> int:
    return int(ledger.cost.sum())


def _earned(ledger: Ledger) -> int:
    return int(ledger.revenue.sum())


@money_measure("Billed", *_total("charged"))
def billed_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What is charged for all services billed in the run."""
    return _of_payers(ledger, -ledger.total(Account.BILLED))


@money_measure("Allowed", *_total("allowed by payers"))
def allowed_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What payers allow of what is billed, denied claims included."""
    return _of_payers(ledger, int(ledger.claims.allowed.sum()))


@money_measure("Denied", *_total("that denied claims would have been worth"))
def denied_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What would have been allowed of claims that are denied for good."""
    return _of_payers(ledger, ledger.total(Account.DENIED))


@money_measure("Never paid by clients", *_total("that clients owe and never pay"))
def uncollected_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Copayments and deductibles that are never collected."""
    return _of_payers(ledger, ledger.total(Account.UNCOLLECTED))


@money_measure("Revenue", *_total("allowed, less denied claims and what clients never pay"))
def revenue_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What the services of the run earn, whether paid by its end or later."""
    return _of_payers(ledger, _earned(ledger))


@money_measure("Collected", *_total("paid by payers and clients within the run"))
def collected_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What is paid by the end of the run."""
    return _of_payers(ledger, _earned(ledger) - ledger.total(Account.RECEIVABLE))


@money_measure("Outstanding at the end", *_total("that payers still owe at the end of the run"))
def outstanding_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """What payers are going to pay after the end of the run."""
    return _of_payers(ledger, ledger.total(Account.RECEIVABLE))


@money_measure("Cost", "usd", "cents spent", "1", f"{EVERY}; {WHOLE}")
def cost_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Everything spent, before the opening and in the run."""
    return _spent(ledger), 1


@money_measure("Margin", "usd", "cents earned, less cents spent", "1", f"{PAID}; {WHOLE}")
def margin_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Revenue less cost, the weeks before the opening included."""
    return _of_payers(ledger, _earned(ledger) - _spent(ledger))


@money_measure("Margin, last 52 weeks", "usd", "cents earned, less cents spent", "1", f"{PAID} of 52 weeks or more")
def margin_last_year_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Revenue less cost in the last 52 weeks of the run."""
    last = slice(-YEAR, None)
    return _of_payers(
        ledger, int((ledger.revenue[last] - ledger.cost[last]).sum()) if book.weeks >= YEAR else 0, book.weeks >= YEAR
    )


def _cash_break_even(ledger: Ledger) -> int:
    """Return the first week, from 1, at whose end cash is not negative and stays so to the end; 0 if none."""
    short = np.flatnonzero(ledger.cash < 0)
    week = int(short[-1]) + 1 if len(short) else 0
    return max(week + ledger.first_week, 0) + 1 if week < len(ledger.cash) else 0


@money_measure("Broken even in cash", "share", "cash not negative at the end of the run", "1", PAID)
def broken_even_share(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Whether what has been paid in by the end of the run covers all that was spent since the first week."""
    return _of_payers(ledger, int(_cash_break_even(ledger) > 0))


@money_measure(
    "Weeks until cash breaks even",
    "weeks",
    "first week from which cash is never negative again",
    "1",
    f"{PAID} that break even",
)
def weeks_until_broken_even(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """First week of the run, from 1, from which on cash stays at or above nothing to the end of the run."""
    week = _cash_break_even(ledger)
    return _of_payers(ledger, week, int(week > 0))


@money_measure(
    "Weeks until a quarter pays for itself",
    "weeks",
    "last week of the first 13 in a row that earn what they cost",
    "1",
    f"{PAID} in which there are such weeks",
)
def weeks_until_operating_margin(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Week of the run, from 1, that ends the first 13 weeks in a row in which revenue is no less than cost."""
    weekly = (ledger.revenue - ledger.cost)[-ledger.first_week :]
    total = np.concatenate([[0], np.cumsum(weekly)])
    pays = np.flatnonzero(total[QUARTER:] >= total[:-QUARTER]) if len(weekly) >= QUARTER else np.array([], dtype=int)
    return _of_payers(ledger, int(pays[0]) + QUARTER if len(pays) else 0, int(len(pays) > 0))


@money_measure("Deepest cash hole", "usd", "cents short at the end of the worst week", "1", PAID)
def cash_hole_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """How much cash the program needs: the lowest that cash ever falls below nothing."""
    return _of_payers(ledger, -min(int(ledger.cash.min()), 0))


@money_measure("Week of the deepest cash hole", "weeks", "week in which cash is lowest", "1", f"{PAID} with a hole")
def weeks_until_cash_hole(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Week of the run, from 1, in which cash is lowest, the first of equals; 0 is before the opening."""
    week = int(ledger.cash.argmin())
    return _of_payers(ledger, max(week + ledger.first_week + 1, 0), int(ledger.cash[week] < 0))


@money_measure("Cost per completion", "usd", "cents spent", "clients who completed", f"{EVERY}; {WHOLE}")
def cost_per_completion_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Everything spent, for each client who completed within the run."""
    return _spent(ledger), int((record.clients.exit == Exit.COMPLETED).sum())


@money_measure("Cost per client-week", "usd", "cents spent", "weeks of treatment begun", f"{EVERY}; {WHOLE}")
def cost_per_client_week_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Everything spent, for each week of treatment that a client began."""
    return _spent(ledger), len(ledger.client_weeks)


@money_measure("Revenue per client-week", "usd", "cents earned", "weeks of treatment begun", PAID)
def revenue_per_client_week_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Revenue, for each week of treatment that a client began."""
    return _of_payers(ledger, _earned(ledger), len(ledger.client_weeks))


@money_measure("Cost per session attended", "usd", "cents spent", "group sessions attended", f"{EVERY}; {WHOLE}")
def cost_per_session_usd(record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
    """Everything spent, for each group session to which a client came, as a guest too."""
    return _spent(ledger), int(np.isin(record.sessions.attendance, CAME).sum())


MEASURES = (
    billed_usd,
    allowed_usd,
    denied_usd,
    uncollected_usd,
    revenue_usd,
    collected_usd,
    outstanding_usd,
    cost_usd,
    margin_usd,
    margin_last_year_usd,
    broken_even_share,
    weeks_until_broken_even,
    weeks_until_operating_margin,
    cash_hole_usd,
    weeks_until_cash_hole,
    cost_per_completion_usd,
    cost_per_client_week_usd,
    revenue_per_client_week_usd,
    cost_per_session_usd,
)
