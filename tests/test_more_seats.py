"""Seats added on every night delay nobody where one line is served first come, first served, and stays are their own.

The law needs all of that: no patience, no priority, all ready in the order in which they joined, one group of whose
nights everybody needs each, and nothing that tells referrers or clients of the seats. Two stories tell how it fails as
soon as somebody may pass the line; how often it fails in larger clinics, and why, is in
``verification/more_seats.log``.
"""

import datetime
from collections.abc import Mapping

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hand import Story
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import I64, NEVER
from iopsim.rulebook import write
from iopsim.scenario.load import from_toml
from strategies import OPENING, WEEKDAYS, share, some_days

LINE = """
name = "One line for one group"
opening = 2027-01-04  # a Monday
weeks = 16

[calendar]
holidays = "US"

[referrals.court]
per_week = 4.0

[referrals.self]
per_week = 4.0

[phases.treatment]
nights_per_week = 3
planned_weeks = 4

[phases.more]  # in the same seats
nights_per_week = 3
planned_weeks = 1

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 4

[waitlist]
renege_per_day = 0.0
ready_delay = { median_days = 0.0, mean_days = 0.0 }

[absence_rule]
consecutive = "none"
total = "none"

[leaving]
early_probability = 0.0
dropout_per_week = 0.0
transfer_per_week = 0.0
incarceration_per_week = 0.0
death_per_week = 0.0
other_per_week = 0.0
"""

Changes = Mapping[str, object]


def starts(changes: Changes, seats: int, seed: int) -> I64:
    """Return each client's day of admission with so many seats a night; the run's length for one who never starts."""
    book = write(from_toml(LINE, changes={**changes, "groups.evening.seats": seats}))
    day = simulate(book, draw(book, Deck(seed, 0))).clients.admitted_day
    return np.where(day == NEVER, book.days, day)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, object]:
    """Demand of many patterns, and a way in that lets nobody pass the line."""
    changes: dict[str, object] = {}
    for source in ("court", "self"):
        changes |= {
            f"referrals.{source}.per_week": draw(share(2.0, 0.0, 1.0, 5.0, 12.0)),
            f"referrals.{source}.dispersion": draw(share(1.0, 3.0, 8.0)),
            f"referrals.{source}.ramp_weeks": draw(st.sampled_from([0, 8])),
            f"referrals.{source}.first_week": draw(st.integers(0, 4)),
            f"referrals.{source}.months.Feb": draw(share(1.0, 0.0, 4.0)),
            f"referrals.{source}.weekdays": {day: draw(share(1.0, 0.0, 3.0)) for day in WEEKDAYS[1:]} | {"Mon": 1.0},
        }
    nights = draw(some_days(4))
    ready_in = draw(share(0.0, 5.0))
    closed = OPENING + datetime.timedelta(days=draw(st.integers(0, 60)))
    return changes | {
        "calendar.closures": [{"first": closed, "last": closed + datetime.timedelta(days=draw(st.integers(0, 9)))}],
        "assessment.slots_per_day": draw(st.sampled_from([4, 2, 1])),
        "assessment.show_probability_next_day": draw(share(1.0, 0.8)),
        "assessment.rebook_probability": draw(share(0.0, 0.5)),
        "waitlist.ready_delay": {"median_days": ready_in, "mean_days": ready_in},
        "admission.weekdays": draw(some_days()),
        "phases.treatment": {"nights_per_week": len(nights), "planned_weeks": draw(st.integers(1, 5))},
        "phases.more": {"nights_per_week": len(nights), "planned_weeks": draw(st.integers(1, 2))},
        "groups.evening.nights": nights,
        "groups.evening.admission": draw(st.sampled_from(["rolling", "cohort"])),
        "groups.evening.cohort_weeks": 3,
        "groups.evening.cohort_open_weeks": draw(st.sampled_from([1, 2])),
        "leaving.dropout_per_week": draw(share(0.0, 0.0, 0.15)),
        "leaving.transfer_per_week": draw(share(0.0, 0.0, 0.1)),
        "attendance.probability": draw(share(0.8, 1.0)),
        "attendance.make_up_probability": draw(share(0.0, 0.5)),
    }


@settings(derandomize=True, deadline=None, max_examples=200)
@given(changes=lines(), seats=st.integers(1, 5), more=st.integers(1, 4), seed=st.integers(0, 2**32))
@example(changes={}, seats=4, more=1, seed=1)
def test_with_one_line_and_stays_that_no_seat_changes_more_seats_on_every_night_delay_nobody(
    changes: Changes, seats: int, more: int, seed: int
) -> None:
    few, many = (starts(changes, seats=number, seed=seed) for number in (seats, seats + more))
    assert (many <= few).all()


def test_somebody_starts_sooner_with_more_seats_wherever_the_line_is_long() -> None:
    few, many = (starts({"groups.evening.admission": "rolling"}, seats=number, seed=1) for number in (4, 5))
    assert (many < few).sum() > 10


OVERTAKEN = {"phases.intensive.planned_weeks": 2, "referrals.self.priority": 1}


def day_of_start(story: Story, name: str) -> str:
    return story.date(story.facts(name)["admitted_day"])


def overtaken(seats: int) -> Story:
    """Ann and Bob are here from the first day, Cyd and Dan call before the seats of either are free again."""
    story = Story({**OVERTAKEN, "groups.evening.seats": seats})
    story.client("Ann", "Mon 4 Jan", lot=0.1, leaves=2)
    story.client("Bob", "Mon 4 Jan", lot=0.2, leaves=2)
    story.client("Cyd", "Tue 19 Jan", leaves=2)
    story.client("Dan", "Wed 20 Jan", leaves=2)
    return story


def test_one_who_goes_first_finds_the_seat_that_others_left_later_because_they_could_start_sooner() -> None:
    one, two = overtaken(1), overtaken(2)
    for story in (one, two):
        story.client("Eve", "Mon 1 Feb", source="hospital", leaves=2)
    assert [day_of_start(one, name) for name in ("Ann", "Bob", "Eve")] == ["Mon 4 Jan", "Mon 18 Jan", "Mon 1 Feb"]
    assert [day_of_start(two, name) for name in ("Cyd", "Dan", "Eve")] == ["Tue 19 Jan", "Wed 20 Jan", "Tue 2 Feb"]


def test_one_who_joined_the_line_early_but_is_ready_late_is_delayed_in_the_same_way() -> None:
    one, two = overtaken(1), overtaken(2)
    for story in (one, two):
        story.client("Eve", "Mon 4 Jan", lot=0.3, ready_in=28, leaves=2)
    assert [day_of_start(story, "Eve") for story in (one, two)] == ["Mon 1 Feb", "Tue 2 Feb"]
