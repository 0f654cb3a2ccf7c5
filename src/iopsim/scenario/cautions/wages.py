"""Roles that are paid like counselors only because nothing is said."""

from __future__ import annotations

from collections.abc import Iterator

from iopsim.scenario.resolved import Resolved
from iopsim.scenario.words import plain

COUNSELING = {"groups", "individual"}


def wages_of_counselors(resolved: Resolved) -> Iterator[str]:
    """Name every role that neither counsels nor carries clients, and inherits the counselor's wage all the same."""
    for name, role in resolved.scenario.staff.items():
        own = f"staff.{name}."
        inherited = resolved.origins[f"{own}wage_usd_per_hour"].layer == "default"
        if inherited and role.people and role.caseload == "none" and not COUNSELING & {*role.duties}:
            given = (origin for path, origin in resolved.origins.items() if path.startswith(own))
            where = next((origin for origin in given if origin.layer != "default"), resolved.name)
            yield (
                f"{where}: {own[:-1]}: no wage_usd_per_hour, so each is paid as a counselor is, "
                f"{plain(role.wage_usd_per_hour)} an hour; write theirs, even if it is the same"
            )
