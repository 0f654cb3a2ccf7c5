"""Money: what the program earns, costs and needs. Nominal dollars, counted in cents.

Revenue is what payers and clients are going to pay: what is allowed, less denied claims and what clients never pay;
it counts when it is earned, in the week of the service. Cash counts when it is paid. Costs are paid when they arise,
those before the opening included. A ratio is a ratio of totals within a replication. Without payers in the file
revenue and cash cannot be told. In a mature view only weeks that count are summed, and what began with the opening -
break-even, the cash hole - cannot be told.
"""

from __future__ import annotations

import numpy as np

from iopsim.measures import costs
from iopsim.measures.cohorts import PRESENT
from iopsim.measures.measure import Fraction, Unit, measure
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.money.claims import Claims
from iopsim.money.ledger import Account
from iopsim.record import I64, ClientFacts, Exit, SessionFacts

QUARTER = 13
YEAR = 52

PAID = "runs with payers"

Part = tuple[Unit, str, str, str]


def _total(whats: str) -> Part:
    return "usd", f"cents {whats}", "1", PAID


def _of_payers(view: View, cents: int, among: int = 1) -> Fraction:
    """Return a fraction that cannot be told where nobody pays."""
    return (cents, among) if view.accounts.bills else (0, 0)


def _since_opening(view: View, number: int, among: int = 1) -> Fraction:
    """Return a fraction that cannot be told where nobody pays, nor in a mature view."""
    return _of_payers(view, number, among) if view.since == 0 else (0, 0)


def _held(view: View, account: Account) -> int:
    """Return what an account received less what it gave in the weeks that count."""
    return int(view.accounts.postings[account, view.first_account_week :].sum())


def _spent(view: View) -> int:
    return int(view.accounts.cost[view.first_account_week :].sum())


def _earned(view: View) -> int:
    return int(view.accounts.revenue[view.first_account_week :].sum())


def _client_weeks(view: View) -> int:
    return int(covers(view, view.accounts.client_weeks.day).sum())


@measure("Billed", *_total("charged"), per_program=True)
def billed_usd(view: View) -> Fraction:
    """What is charged for all services billed in the run."""
    return _of_payers(view, -_held(view, Account.BILLED))


@measure("Allowed", *_total("allowed by payers"), per_program=True)
def allowed_usd(view: View) -> Fraction:
    """What payers allow of what is billed, denied claims included."""
    return _of_payers(view, -_held(view, Account.BILLED) - _held(view, Account.NOT_ALLOWED))


@measure("Denied", *_total("that denied claims would have been worth"), per_program=True)
def denied_usd(view: View) -> Fraction:
    """What would have been allowed of claims that are denied for good."""
    return _of_payers(view, _held(view, Account.DENIED))


@measure("Never paid by clients", *_total("that clients owe and never pay"), per_program=True)
def uncollected_usd(view: View) -> Fraction:
    """Copayments and deductibles that are never collected."""
    return _of_payers(view, _held(view, Account.UNCOLLECTED))


@measure("Revenue", *_total("allowed, less denied claims and what clients never pay"), per_program=True)
def revenue_usd(view: View) -> Fraction:
    """What the services of the run earn, whether paid by its end or later."""
    return _of_payers(view, _earned(view))


@measure("Collected", *_total("paid by payers and clients within the run"), per_program=True)
def collected_usd(view: View) -> Fraction:
    """What is paid by the end of the run."""
    return _of_payers(view, _earned(view) - _held(view, Account.RECEIVABLE))


@measure("Paid late", *_total("that payers pay late"), per_program=True)
def late_usd(view: View) -> Fraction:
    """What payers pay later than is usual for them, within the run or after it."""
    claims = view.accounts.claims
    return _of_payers(view, int(paid_late(view, claims, view.record.clients.payer[claims.client]).sum()))


def paid_late(view: View, claims: Claims, payer: I64) -> I64:
    """Return what of each claim its payer pays late."""
    late = claims.payer_pays_week > claims.day // 7 + view.book.money.payment_weeks[payer]
    return (late & covers(view, claims.day)) * claims.payer_owes


@measure("Outstanding at the end", *_total("that payers still owe at the end of the run"), per_program=True)
def outstanding_usd(view: View) -> Fraction:
    """What payers are going to pay after the end of the run, for services of whatever week."""
    return _of_payers(view, view.accounts.total(Account.RECEIVABLE))


@measure("Cost", "usd", "cents spent", "1", costs.EVERY, by_group=False)
def cost_usd(view: View) -> Fraction:
    """Everything spent, before the opening and in the run."""
    return _spent(view), 1


@measure("Margin", "usd", "cents earned, less cents spent", "1", f"{PAID}; {costs.WHOLE}", by_group=False)
def margin_usd(view: View) -> Fraction:
    """Revenue less cost, the weeks before the opening included."""
    return _of_payers(view, _earned(view) - _spent(view))


@measure(
    "Margin, last 52 weeks", "usd", "cents earned, less cents spent", "1", f"{PAID} of 52 weeks or more", by_group=False
)
def margin_last_year_usd(view: View) -> Fraction:
    """Revenue less cost in the last 52 weeks of the run."""
    margin = (view.accounts.revenue - view.accounts.cost)[-YEAR:]
    return _of_payers(view, int(margin.sum()), 1) if view.weeks >= YEAR else (0, 0)


def _cash_break_even(view: View) -> int:
    """Return the first week, from 1, at whose end cash is not negative and stays so to the end; 0 if none."""
    ledger = view.accounts
    short = np.flatnonzero(ledger.cash < 0)
    week = int(short[-1]) + 1 if len(short) else 0
    return max(week + ledger.first_week, 0) + 1 if week < len(ledger.cash) else 0


@measure("Broken even in cash", "share", "cash not negative at the end of the run", "1", PAID, by_group=False)
def broken_even_share(view: View) -> Fraction:
    """Whether what has been paid in by the end of the run covers all that was spent since the first week."""
    return _since_opening(view, int(_cash_break_even(view) > 0))


@measure(
    "Weeks until cash breaks even",
    "weeks",
    "first week from which cash is never negative again",
    "1",
    f"{PAID} that break even",
    by_group=False,
)
def weeks_until_broken_even(view: View) -> Fraction:
    """First week of the run, from 1, from which on cash stays at or above nothing to the end of the run.

    Replications that do not break even within the run do not tell; what came after its end is not known.
    """
    week = _cash_break_even(view)
    return _since_opening(view, week, int(week > 0))


@measure(
    "Weeks until a quarter pays for itself",
    "weeks",
    "last week of the first 13 in a row that earn what they cost",
    "1",
    f"{PAID} in which there are such weeks",
    by_group=False,
)
def weeks_until_operating_margin(view: View) -> Fraction:
    """Week of the run, from 1, that ends the first 13 weeks in a row in which revenue is no less than cost."""
    ledger = view.accounts
    weekly = (ledger.revenue - ledger.cost)[-ledger.first_week :]
    total = np.concatenate([[0], np.cumsum(weekly)])
    pays = np.flatnonzero(total[QUARTER:] >= total[:-QUARTER]) if len(weekly) >= QUARTER else np.array([], dtype=int)
    return _since_opening(view, int(pays[0]) + QUARTER if len(pays) else 0, int(len(pays) > 0))


@measure("Deepest cash hole", "usd", "cents short at the end of the worst week", "1", PAID, by_group=False)
def cash_hole_usd(view: View) -> Fraction:
    """How much cash the program needs: the lowest that cash falls below nothing within the run.

    Where cash is still falling at the end it needs more; `cash_falling_share` tells how often that is.
    """
    return _since_opening(view, -min(int(view.accounts.cash.min()), 0))


@measure(
    "Week of the deepest cash hole", "weeks", "week in which cash is lowest", "1", f"{PAID} with a hole", by_group=False
)
def weeks_until_cash_hole(view: View) -> Fraction:
    """Week of the run, from 1, in which cash is lowest, the first of equals; 0 is before the opening."""
    ledger = view.accounts
    week = int(ledger.cash.argmin())
    return _since_opening(view, max(week + ledger.first_week + 1, 0), int(ledger.cash[week] < 0))


@measure(
    "Cash still falling at the end", "share", "less paid in than spent in the last 13 weeks", "1", PAID, by_group=False
)
def cash_falling_share(view: View) -> Fraction:
    """Whether cash is lower at the end of the run than 13 weeks before.

    In a longer run the hole may then be deeper, and what has broken even may be short again. A run with fewer weeks
    than that, those before the opening included, begins with nothing.
    """
    return _since_opening(view, int(view.accounts.postings[Account.CASH, -QUARTER:].sum() < 0))


@measure("Cost per completion", "usd", "cents spent", "clients who completed", costs.EVERY, by_group=False)
def cost_per_completion_usd(view: View) -> Fraction:
    """Everything spent, for each client who completed within the run."""
    return _spent(view), int(completed(view, view.record.clients).sum())


def completed(view: View, clients: ClientFacts) -> Flags:
    """Clients who complete within the view, whenever they came."""
    return flags(covers(view, clients.exit_day) & (clients.exit == Exit.COMPLETED))


@measure("Cost per client-week", "usd", "cents spent", "weeks of treatment begun", costs.EVERY, by_group=False)
def cost_per_client_week_usd(view: View) -> Fraction:
    """Everything spent, for each week of treatment that a client began."""
    return _spent(view), _client_weeks(view)


@measure("Revenue per client-week", "usd", "cents earned", "weeks of treatment begun", PAID)
def revenue_per_client_week_usd(view: View) -> Fraction:
    """Revenue, for each week of treatment that a client began."""
    return _of_payers(view, _earned(view), _client_weeks(view))


@measure("Cost per session attended", "usd", "cents spent", "group sessions attended", costs.EVERY, by_group=False)
def cost_per_session_usd(view: View) -> Fraction:
    """Everything spent, for each group session to which a client came, as a guest too."""
    return _spent(view), int(attended(view, view.record.sessions).sum())


def attended(view: View, sessions: SessionFacts) -> Flags:
    """Sessions to which a client came, on days that count."""
    return flags(covers(view, sessions.day) & PRESENT[sessions.attendance])


MEASURES = (
    billed_usd,
    allowed_usd,
    denied_usd,
    uncollected_usd,
    revenue_usd,
    collected_usd,
    late_usd,
    outstanding_usd,
    cost_usd,
    *costs.PARTS,
    margin_usd,
    margin_last_year_usd,
    broken_even_share,
    weeks_until_broken_even,
    weeks_until_operating_margin,
    cash_hole_usd,
    weeks_until_cash_hole,
    cash_falling_share,
    cost_per_completion_usd,
    cost_per_client_week_usd,
    revenue_per_client_week_usd,
    cost_per_session_usd,
)
