"""What the cost is made of: parts that together are the cost, to the cent.

Costs are paid when they arise, those before the opening included. In a mature view only weeks that count are summed.
"""

from __future__ import annotations

from iopsim.measures.measure import Fraction, Unit, measure
from iopsim.measures.view import View
from iopsim.rulebook.money import Cost

WHOLE = "the run and the weeks before the opening"
EVERY = f"every run; {WHOLE}"


def _part(whats: str) -> tuple[Unit, str, str, str]:
    return "usd", whats, "1", EVERY


def _spent_on(view: View, cost: Cost) -> Fraction:
    return int(view.accounts.spent_on(cost)[view.first_account_week :].sum()), 1


@measure("Clinical payroll", *_part("cents of wages and fringe benefits"), by_group=False)
def clinical_payroll_usd(view: View) -> Fraction:
    """Wages and fringe benefits of roles with duties or a caseload, before the opening and in the run."""
    return _spent_on(view, Cost.CLINICAL_PAYROLL)


@measure("Other payroll", *_part("cents of wages and fringe benefits"), by_group=False)
def other_payroll_usd(view: View) -> Fraction:
    """Wages and fringe benefits of all other roles, before the opening and in the run."""
    return _spent_on(view, Cost.OTHER_PAYROLL)


@measure("Cover for staff", *_part("cents for those who fill in"), by_group=False)
def cover_usd(view: View) -> Fraction:
    """What those are paid who fill in when nobody of the staff can run a group."""
    return _spent_on(view, Cost.COVER)


@measure("Recruiting", *_part("cents for recruiting"), by_group=False)
def hiring_usd(view: View) -> Fraction:
    """What recruiting costs, for the opening and for everybody who starts later."""
    return _spent_on(view, Cost.HIRING)


@measure("Rooms by the night", *_part("cents for rooms"), by_group=False)
def rooms_usd(view: View) -> Fraction:
    """What rooms cost on the nights on which groups meet in them."""
    return _spent_on(view, Cost.ROOMS)


@measure("Fixed costs", *_part("cents of fixed costs"), by_group=False)
def fixed_usd(view: View) -> Fraction:
    """What the program costs every week whatever happens: rent, insurance and the like."""
    return _spent_on(view, Cost.FIXED)


@measure("Start-up", *_part("cents of start-up costs"), by_group=False)
def start_up_usd(view: View) -> Fraction:
    """What is paid once, before the opening."""
    return _spent_on(view, Cost.START_UP)


@measure("Levers", *_part("cents for levers"), by_group=False)
def levers_usd(view: View) -> Fraction:
    """What is paid for the levers that are on."""
    return _spent_on(view, Cost.LEVERS)


@measure("Supplies", *_part("cents for supplies"), by_group=False)
def supplies_usd(view: View) -> Fraction:
    """Supplies for each week of treatment that a client begins."""
    return _spent_on(view, Cost.SUPPLIES)


@measure("Drug screens", *_part("cents for drug screens"), by_group=False)
def drug_screens_usd(view: View) -> Fraction:
    """What drug screens cost the program, billed or not."""
    return _spent_on(view, Cost.DRUG_SCREENS)


@measure("Interim services", *_part("cents for interim services"), by_group=False)
def interim_usd(view: View) -> Fraction:
    """Interim services for clients who wait for admission, and for those who never come."""
    return _spent_on(view, Cost.INTERIM)


PARTS = (
    clinical_payroll_usd,
    other_payroll_usd,
    cover_usd,
    hiring_usd,
    rooms_usd,
    fixed_usd,
    start_up_usd,
    levers_usd,
    supplies_usd,
    drug_screens_usd,
    interim_usd,
)
"""In the order in which a board reads them."""
