"""Who works in the program. In this version: the caseload counselors can carry."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from iopsim.scenario.fields import Limit, Name, Part, _frozen, cap, number


class Role(Part):
    """A staff role that carries clients."""

    people: int = number("people", 0, 500, "How many work in this role", 1)
    caseload: Limit = cap("clients", 'Clients each can carry; "none" for no limit', example=25)


Staff = Annotated[dict[Name, Role], AfterValidator(_frozen)]
