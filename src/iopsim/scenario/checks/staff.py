"""Staff: what a role must say of itself."""

from __future__ import annotations

from iopsim.scenario.checks.conflict import Conflict, Conflicts
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import plain


def prescriber_has_a_wage(scenario: Scenario, name: str, given: Given) -> Conflicts:
    """The wage that a role inherits is a counselor's, which is no wage of a physician's or a nurse's."""
    role = scenario.staff[name]
    key: Key = ("staff", name, "wage_usd_per_hour")
    works = role.people or role.hire_when_caseload != "none"
    counsels = "groups" in role.duties or "individual" in role.duties
    if works and "medication" in role.duties and not counsels and given.value(key) is None:
        said = (
            f"the default of {plain(role.wage_usd_per_hour)} an hour is a counselor's, and the evidence has no wage of "
            "those who prescribe; write theirs, such as wage_usd_per_hour = 110.0"
        )
        yield Conflict((key,), "no wage", said)
