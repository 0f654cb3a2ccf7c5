"""Posts on which too much hangs, and posts that will never be there."""

from __future__ import annotations

from collections.abc import Iterator

from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Resolved
from iopsim.scenario.staff import Role
from iopsim.scenario.words import plain


def hires_that_never_come(resolved: Resolved) -> Iterator[str]:
    """Name every role that would hire on a trigger, and whose trigger cannot fire."""
    for name, role in resolved.scenario.staff.items():
        if why := _why_never(resolved.scenario, role):
            path = f"staff.{name}.hire_when_caseload"
            yield f"{resolved.origins[path]}: {path}: nobody is ever hired so: {why}"


def _why_never(scenario: Scenario, role: Role) -> str:
    """Return why a role's average caseload never exceeds what its trigger asks for; empty where it may, or has none."""
    if role.hire_when_caseload == "none":
        return ""
    if role.most_hires == 0:
        return "most_hires is 0"
    if role.people == 0:
        return "people is 0, and the caseload looked at is that of people who work there already"
    if role.caseload == "none":
        return 'caseload is "none", so they carry no clients'
    at_opening = sum(here.count for here in scenario.present.values() if here.where == "program")
    if role.hire_when_caseload < role.caseload or at_opening > role.people * role.caseload:
        return ""
    return (
        f"the average caseload must exceed {role.hire_when_caseload}, and nobody is given more than {role.caseload} "
        f"(caseload); write {max(role.caseload - 1, 0)} or less"
    )


def one_assessor_alone(resolved: Resolved) -> Iterator[str]:
    """Tell where the only assessor may leave, and the door is then shut until the post is filled."""
    roles = {name: role for name, role in resolved.scenario.staff.items() if "assessment" in role.duties}
    if sum(role.people for role in roles.values()) != 1:
        return
    name, role = next((name, role) for name, role in roles.items() if role.people)
    if role.turnover_per_year and role.vacancy_weeks:
        yield (
            f'{resolved.origins[f"staff.{name}.people"]}: staff.{name}: the only one with the duty "assessment"; when '
            f"that one leaves, nobody is assessed until the post is filled, {plain(role.vacancy_weeks)} weeks on "
            "average (vacancy_weeks); give a second one the duty, so that this does not close the door"
        )
