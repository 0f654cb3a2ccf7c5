"""Measures of money, compiled; see `iopsim.measures.money`."""

from __future__ import annotations

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.measures import costs, money
from iopsim.measures.catalogue import place_of
from iopsim.measures.money import QUARTER, YEAR
from iopsim.money.ledger import EARNED, Account
from iopsim.rulebook.money import Cost

BILLED, ALLOWED, DENIED = place_of(money.billed_usd), place_of(money.allowed_usd), place_of(money.denied_usd)
UNCOLLECTED, REVENUE, COLLECTED = (
    place_of(money.uncollected_usd),
    place_of(money.revenue_usd),
    place_of(money.collected_usd),
)
LATE, OUTSTANDING, COST = place_of(money.late_usd), place_of(money.outstanding_usd), place_of(money.cost_usd)
MARGIN, MARGIN_LAST_YEAR = place_of(money.margin_usd), place_of(money.margin_last_year_usd)
BROKEN_EVEN, WEEKS_UNTIL_BROKEN_EVEN = place_of(money.broken_even_share), place_of(money.weeks_until_broken_even)
WEEKS_UNTIL_MARGIN, CASH_HOLE = place_of(money.weeks_until_operating_margin), place_of(money.cash_hole_usd)
WEEKS_UNTIL_CASH_HOLE, CASH_FALLING = place_of(money.weeks_until_cash_hole), place_of(money.cash_falling_share)
PER_COMPLETION, PER_CLIENT_WEEK = place_of(money.cost_per_completion_usd), place_of(money.cost_per_client_week_usd)
REVENUE_PER_CLIENT_WEEK, PER_SESSION = (
    place_of(money.revenue_per_client_week_usd),
    place_of(money.cost_per_session_usd),
)

PARTS = tuple(
    (place_of(part), int(cost))
    for part, cost in (
        (costs.clinical_payroll_usd, Cost.CLINICAL_PAYROLL),
        (costs.other_payroll_usd, Cost.OTHER_PAYROLL),
        (costs.cover_usd, Cost.COVER),
        (costs.hiring_usd, Cost.HIRING),
        (costs.rooms_usd, Cost.ROOMS),
        (costs.fixed_usd, Cost.FIXED),
        (costs.start_up_usd, Cost.START_UP),
        (costs.levers_usd, Cost.LEVERS),
        (costs.supplies_usd, Cost.SUPPLIES),
        (costs.drug_screens_usd, Cost.DRUG_SCREENS),
        (costs.interim_usd, Cost.INTERIM),
    )
)
ACCOUNTS = len(Account)

completed = jitted(money.completed)


@jit
def follow_money(ledger: Struct, room: Struct) -> None:
    """Fill in cash at the end of each week, and what each week earned and cost."""
    postings, cash, revenue, cost = ledger.postings, room.cash, room.revenue, room.cost
    revenue[:] = 0
    cost[:] = 0
    for account in EARNED:
        for week in range(postings.shape[1]):
            revenue[week] -= postings[account, week]
    for part in range(ACCOUNTS, len(postings)):
        for week in range(postings.shape[1]):
            cost[week] += postings[part, week]
    held = 0
    for week in range(postings.shape[1]):
        held += postings[Account.CASH, week]
        cash[week] = held


@jit
def first_week(view: Struct, ledger: Struct) -> int:
    """Return the first column of the ledger that counts."""
    return view.since // 7 - ledger.first_week if view.since else 0


@jit
def _sum(weekly: Rows, first: int) -> int:
    total = 0
    for number in weekly[max(first, 0) :]:
        total += number
    return total


@jit
def tell_money(view: Struct, rows: Struct, ledger: Struct, room: Struct, above: Rows, below: Rows) -> None:
    """Fill in the measures of money."""
    postings, first, bills = ledger.postings, first_week(view, ledger), int(ledger.bills)
    earned, spent = _sum(room.revenue, first), _sum(room.cost, first)
    billed, denied = -_sum(postings[Account.BILLED], first), _sum(postings[Account.DENIED], first)
    weeks, last_year = _sum(ledger.begun, first), len(room.cost) - YEAR
    above[BILLED] = billed * bills
    above[ALLOWED] = (billed - _sum(postings[Account.NOT_ALLOWED], first)) * bills
    above[DENIED] = denied * bills
    above[UNCOLLECTED] = _sum(postings[Account.UNCOLLECTED], first) * bills
    above[REVENUE] = above[REVENUE_PER_CLIENT_WEEK] = earned * bills
    above[COLLECTED] = (earned - _sum(postings[Account.RECEIVABLE], first)) * bills
    above[LATE] = _sum(ledger.late, first) * bills
    above[OUTSTANDING] = _sum(postings[Account.RECEIVABLE], 0) * bills
    above[MARGIN] = (earned - spent) * bills
    for place in (BILLED, ALLOWED, DENIED, UNCOLLECTED, REVENUE, COLLECTED, LATE, OUTSTANDING, MARGIN):
        below[place] = bills
    below[MARGIN_LAST_YEAR] = bills * int(view.weeks >= YEAR)
    above[MARGIN_LAST_YEAR] = (_sum(room.revenue, last_year) - _sum(room.cost, last_year)) * below[MARGIN_LAST_YEAR]
    below[REVENUE_PER_CLIENT_WEEK] = weeks * bills
    for place in (COST, PER_COMPLETION, PER_CLIENT_WEEK, PER_SESSION):
        above[place] = spent
    below[COST], below[PER_CLIENT_WEEK] = 1, weeks
    below[PER_COMPLETION], below[PER_SESSION] = (
        _completed(view, rows.clients, ledger.inside),
        _attended(view, ledger.inside),
    )
    for place, cost in PARTS:
        above[place], below[place] = _sum(postings[ACCOUNTS + cost], first), 1


@jit
def _completed(view: Struct, clients: Rows, inside: Struct) -> int:
    many = 0
    for turn in range(inside.many):
        many += completed(view, clients[inside.who[turn]])
    return many


@jit
def _attended(view: Struct, inside: Struct) -> int:
    """Return the sessions to which clients came on days that count."""
    first, end, sessions, since, many = inside.first, inside.end, inside.rows, view.since, 0
    for turn in range(inside.many):
        client = inside.who[turn]
        begin = first[client]
        while begin < end[client] and sessions[begin].day < since:
            begin += 1
        many += end[client] - begin
    return many


@jit
def tell_cash(view: Struct, ledger: Struct, room: Struct, above: Rows, below: Rows) -> None:
    """Fill in the measures of what began with the opening: break-even and the cash hole."""
    cash, known = room.cash, int(ledger.bills and view.since == 0)
    short, worst, now = -1, 0, 0
    for week in range(len(cash)):
        short = week if cash[week] < 0 else short
        worst = week if cash[week] < cash[worst] else worst
    whole = max(short + 1 + ledger.first_week, 0) + 1 if short + 1 < len(cash) else 0
    pays = _quarter_that_pays(room, -ledger.first_week)
    for week in range(max(len(cash) - QUARTER, 0), len(cash)):
        now += ledger.postings[Account.CASH, week]
    hole = int(cash[worst] < 0)
    for place, number, among in (
        (BROKEN_EVEN, int(whole > 0), 1),
        (WEEKS_UNTIL_BROKEN_EVEN, whole, int(whole > 0)),
        (WEEKS_UNTIL_MARGIN, pays, int(pays > 0)),
        (CASH_HOLE, -min(cash[worst], 0), 1),
        (WEEKS_UNTIL_CASH_HOLE, max(worst + ledger.first_week + 1, 0), hole),
        (CASH_FALLING, int(now < 0), 1),
    ):
        above[place], below[place] = number * known, among * known


@jit
def _quarter_that_pays(room: Struct, opening: int) -> int:
    """Return the week from 1 that ends the first 13 in a row whose revenue is no less than their cost; 0 if none."""
    revenue, cost, margin = room.revenue, room.cost, 0
    for week in range(opening, len(cost)):
        margin += revenue[week] - cost[week]
        if week - opening >= QUARTER:
            margin -= revenue[week - QUARTER] - cost[week - QUARTER]
        if week - opening >= QUARTER - 1 and margin >= 0:
            return week - opening + 1
    return 0
