"""Every caution, in the order of the modules."""

from __future__ import annotations

from iopsim.scenario.cautions import calendar, levers, payers, places, posts, staff, wages
from iopsim.scenario.resolved import Resolved


def cautions(resolved: Resolved) -> tuple[str, ...]:
    """Return what a person should look at again.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.

    Returns
    -------
    tuple of str
        One sentence each, with file and line; empty for most files.
    """
    return (
        *calendar.holidays_of_a_country(resolved),
        *places.phases_only_for_some(resolved),
        *staff.too_few_for_full_groups(resolved),
        *staff.family_nights_beside_groups(resolved),
        *posts.one_assessor_alone(resolved),
        *posts.hires_that_never_come(resolved),
        *wages.wages_of_counselors(resolved),
        *payers.clients_who_pay_alone(resolved),
        *payers.reviews_before_the_first_session(resolved),
        *payers.terms_that_nobody_has(resolved),
        *payers.contracts_after_the_run(resolved),
        *payers.rates_for_another_level(resolved),
        *levers.levers_that_change_nothing(resolved),
    )
