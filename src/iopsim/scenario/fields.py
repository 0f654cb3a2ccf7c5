"""Building blocks for scenario fields: every number with unit, bounds and description."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Value = TypeVar("Value")


class Part(BaseModel):
    """A part of a scenario: strict types, no unknown keys, never changed after loading."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


def number(
    unit: str, low: float, high: float, description: str, example: object = None, *, planned: bool = False
) -> Any:
    """Describe a number: its unit, its bounds (both allowed), its meaning and, if need be, an example.

    It is *planned* if the program sets it, or whoever writes the file knows it: dates, timetable, posts, limits, house
    rules, what the file promises. A range given for such a number is one of choices. All other numbers are what nobody
    knows beforehand: what clients, referrers, payers and the labour market do, how long things take, what they cost.
    """
    examples = None if example is None else [example]
    return Field(
        ge=low,
        le=high,
        description=f"{description} [{unit}]",
        json_schema_extra={"unit": unit, "planned": planned},
        examples=examples,
    )


def share(description: str, example: object = None, *, planned: bool = False) -> Any:
    """Describe a share or probability between 0 and 1."""
    return number("share", 0.0, 1.0, description, example, planned=planned)


probability = share
"""The same, for models that have a field of the name `share`."""


def ratio(description: str) -> Any:
    """Describe an odds or hazard ratio; 1 means no effect."""
    return number("ratio", 0.01, 100.0, description)


def cap(unit: str, description: str, example: object = None, *, planned: bool = False) -> Any:
    """Describe a `Limit`: its unit and what it means and, if it has no default, an example."""
    examples = None if example is None else [example]
    extra: dict[str, Any] = {"unit": unit, "planned": planned}
    return Field(description=f"{description} [{unit}]", examples=examples, json_schema_extra=extra)


def text(description: str, example: object = None) -> Any:
    """Describe a switch, a list or a text and, if it has no default, an example."""
    return Field(description=description, examples=None if example is None else [example])


def date(earliest: datetime.date, latest: datetime.date, description: str, example: datetime.date) -> Any:
    """Describe a date: its bounds (both allowed), what it means, and an example."""
    limits: dict[str, Any] = {"formatMinimum": earliest.isoformat(), "formatMaximum": latest.isoformat()}
    return Field(ge=earliest, le=latest, description=description, json_schema_extra=limits, examples=[example])


class FrozenDict(dict[str, Value]):
    """A dictionary that refuses to change, so that a scenario stays what it was when it was hashed."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a scenario does not change; make a new one with iopsim.load(path, changes={...})")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[Value]], tuple[dict[str, Value]]]:
        return FrozenDict, (dict(self),)


def _frozen(table: Mapping[str, Value]) -> FrozenDict[Value]:
    return FrozenDict(table)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _unique(values: tuple[Value, ...]) -> tuple[Value, ...]:
    if len(set(values)) != len(values):
        raise ValueError("each may be named only once")
    return values


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
"""Key of a source, group, phase, trait or staff role: letters, digits, ``_`` and ``-``, at most 40."""

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Month = Literal["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS: tuple[Weekday, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: tuple[Month, ...] = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)

Weekdays = Annotated[tuple[Weekday, ...], Field(min_length=1), BeforeValidator(_tuple), AfterValidator(_unique)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_tuple), AfterValidator(_unique)]
Limit = Annotated[int, Field(ge=0, le=100_000)] | Literal["none"]
"""A whole number, or ``"none"`` for no limit."""


class Delay(Part):
    """Days a step takes on the client's side, as a whole-day lognormal; 0 and 0 mean no delay."""

    median_days: float = number("days", 0.0, 365.0, "Half of the clients need at most this long")
    mean_days: float = number("days", 0.0, 365.0, "Average; at least the median")
