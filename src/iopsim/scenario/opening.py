"""Who is here already when the simulation opens: nobody, unless the file says so."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from iopsim.scenario.fields import Limit, Name, Names, Part, _frozen, cap, number, text


class Present(Part):
    """Clients who are here at the opening, alike in every respect; no names."""

    count: int = number("clients", 0, 500, "How many", 1, planned=True)
    where: Literal["program", "waitlist"] = text("In the program, or on its waitlist")
    source: str = text("Referral source", "self")
    payer: str = text('Payer; "" is the first of the file')
    traits: Names = text("Traits that they have")
    phase: str = text('Phase they are in, or will start in; "" is that of their referral source')
    group: str = text('Group, of those in the program; "" where only one takes them')
    weeks: int = number("weeks", 0, 520, "Whole weeks since admission, or since joining the waitlist", planned=True)
    phase_weeks: Limit = cap(
        "weeks",
        "Whole weeks since entering the phase, of those in the program; "
        '"none" where not known: the weeks that the plan of the phases before leaves',
        planned=True,
    )


PresentClients = Annotated[dict[Name, Present], AfterValidator(_frozen)]
