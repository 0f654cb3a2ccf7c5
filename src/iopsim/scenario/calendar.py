"""The real calendar: which days the clinic is closed."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from iopsim.scenario.fields import Part, _tuple, text


class Closure(Part):
    """A closed stretch of days, first and last included."""

    first: datetime.date = text("First closed day")
    last: datetime.date = text("Last closed day")


class Calendar(Part):
    """Public holidays and closures: no assessment, no admission and no group on such a day."""

    holidays: Annotated[str, StringConstraints(pattern=r"^$|^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] = text(
        'Whose public holidays close the clinic: a country ("US"), a state ("US-LA"), or "" for none'
    )
    open_on: Annotated[tuple[datetime.date, ...], BeforeValidator(_tuple)] = text(
        "Public holidays on which the clinic is open all the same"
    )
    closures: Annotated[tuple[datetime.date | Closure, ...], BeforeValidator(_tuple)] = text(
        "Further closed days: a date, or { first = date, last = date }"
    )
