"""A view of a clinic in which much happens: what counts, and of whom, from a later day on."""

import numpy as np
import pytest

import iopsim
from iopsim import rulebook
from iopsim.experiments.work import view_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.cohorts import admitted, listed, referred
from iopsim.measures.presence import census, waiting
from iopsim.measures.series import WEEKLY, weekly
from iopsim.measures.view import View
from iopsim.record import NEVER, Night

PLAIN = "tests/plain.toml"
SOURCES = ("self", "court", "health_care", "inpatient")
BUSY = {
    **{f"referrals.{source}.months.{month}": 1.0 for source in SOURCES for month in ("Jan", "Dec")},
    "weeks": 70,
    "groups.evening.smallest_census": 5,
    "groups.late": {"nights": ["Wed", "Thu"], "seats": 12, "smallest_census": 3},
    "attendance.make_up_probability": 0.5,
    "attendance.cut_short_probability": 0.2,
    "traits.mandated": {"share": 0.4, "attendance_odds_ratio": 3.0},
    "present.here": {"count": 8, "source": "self", "weeks": 0},
    "present.waiting": {"count": 10, "source": "court", "where": "waitlist", "weeks": 3},
}
"""Clients here at the opening, cancelled nights, guests, sessions cut short."""


@pytest.fixture(scope="module")
def busy():
    book = rulebook.write(iopsim.load(PLAIN, BUSY))
    records = [view_of(book, 3, replication).record for replication in range(3)]
    assert all((record.nights.status != Night.HELD).any() and record.nights.guests.any() for record in records)
    assert all(record.nights.cut_short.any() for record in records)
    return book, records


def of(name, view):
    return next(measure for measure in CATALOGUE if measure.name == name).compute(view)


@pytest.mark.parametrize("week", [0, 1, 30])
def test_seats_and_attendance_count_the_nights_held_from_the_first_day_on(busy, week):
    book, records = busy
    for record in records:
        view, nights = View(record, book, 7 * week), record.nights
        rows = [k for k, day in enumerate(nights.day.tolist()) if day >= 7 * week]
        seats = sum(int(nights.seats[k]) for k in rows if nights.status[k] == Night.HELD)
        scheduled, came = (sum(int(column[k]) for k in rows) for column in (nights.scheduled, nights.attended))
        assert of("seats_taken_share", view) == (scheduled, seats)
        assert of("seats_attended_share", view) == (came + sum(int(nights.guests[k]) for k in rows), seats)
        assert of("attendance_share", view) == (came, scheduled)
        series = dict(zip(WEEKLY, weekly(view), strict=True))
        assert series["seats"].sum() == seats


@pytest.mark.parametrize("week", [0, 1, 30])
def test_who_is_here_at_the_opening_is_in_census_and_on_the_list_and_in_no_cohort(busy, week):
    book, records = busy
    for record in records:
        view, clients = View(record, book, 7 * week), record.clients
        here = clients.referral_day < 0
        assert here.sum() == 18
        for cohort in (referred(view, clients), listed(view, clients), admitted(view, clients, 30)):
            assert not (cohort & here).any()
            assert (cohort & ~here).any()
        inside = [
            sum(
                start != NEVER and max(start, 0) <= day and (end == NEVER or day < end)
                for start, end in zip(clients.admitted_day.tolist(), clients.exit_day.tolist(), strict=True)
            )
            for day in range(7 * week, record.days)
        ]
        assert census(view).tolist() == inside
    assert waiting(View(records[0], book))[0] > 0


def test_equity_of_a_mature_view_is_that_of_its_clients_and_days(busy):
    scenario = iopsim.load(PLAIN, BUSY)
    whole, mature = (iopsim.simulate(scenario, 6, by=("source", "trait"), warm_up=weeks) for weeks in (None, 30))
    assert np.array_equal(mature.facts.numerators, iopsim.simulate(scenario, 6, warm_up=30).facts.numerators)
    names = [measure.name for measure in CATALOGUE]
    for name in ("referrals", "census_mean", "attendance_share", "completed_share", "seats_attended_share"):
        place = names.index(name)
        for first, part in ((0, 4), (4, 2)):
            groups = mature.facts.groups[:, first : first + part, 0, place, 0]
            assert np.array_equal(groups.sum(axis=1), mature.facts.numerators[:, place])
    place = names.index("referrals")
    assert (mature.facts.groups[..., place, 0] <= whole.facts.groups[..., place, 0]).all()
    assert mature.facts.groups[..., place, 0].sum() < whole.facts.groups[..., place, 0].sum()
    two = iopsim.simulate(scenario, 6, by=("source", "trait"), warm_up=30, workers=2)
    assert np.array_equal(two.facts.groups, mature.facts.groups)
    assert (mature.warm_up, len(mature.equity)) == (30, 2)
