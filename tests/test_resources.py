"""Each group night and each role by week: stories of small clinics, and laws of whole runs."""

import datetime
from pathlib import Path

import numpy as np
import pytest

import iopsim
from everything import EVERYTHING, run_everything
from hand import Story
from iopsim.experiments.series import hours_series, night_series
from iopsim.experiments.work import view_of as simulated
from iopsim.measures import resources
from iopsim.measures.capacity import caseload_used_share
from iopsim.measures.facts import fitted, gathered, reduce
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.measures.series import WEEKLY, weekly
from iopsim.measures.view import View, covers
from iopsim.rulebook import UNLIMITED, write
from iopsim.scenario import from_toml
from whole_stories import FACILITATOR

PALMETTO = iopsim.load("scenarios/palmetto.toml", {"weeks": 60})


def seen(story: Story) -> View:
    return View(story.record(), write(story.scenario))


def nights_of(story: Story) -> dict[str, list[list[int]]]:
    told = resources.nights(seen(story))
    return {name: rows[:, :3].tolist() for name, rows in zip(NIGHTS, told, strict=True)}


def staff_of(story: Story, role: int = 0) -> dict[str, list[int]]:
    told = resources.staff(seen(story))
    return {name: rows[role, :4].tolist() for name, rows in zip(STAFF, told, strict=True)}


def test_a_night_is_enrolled_attended_and_cancelled_week_by_week() -> None:
    story = Story({"groups.evening.smallest_census": 2, "groups.evening.seats": 3})
    story.client("Ann", "Mon 4 Jan", leaves=2)
    story.client("Bob", "Mon 11 Jan", leaves=1, absent=[(1, 1, False)])
    assert nights_of(story) == {
        "seats": [[0, 3, 0], [0, 3, 0], [0, 3, 0]],
        "enrolled": [[0, 2, 0], [0, 2, 0], [0, 2, 0]],
        "attended": [[0, 2, 0], [0, 1, 0], [0, 2, 0]],
        "cancelled": [[1, 0, 1], [1, 0, 1], [1, 0, 1]],
    }


def test_a_group_that_opens_later_has_neither_seats_nor_nights_cancelled_before() -> None:
    late = {"nights": ["Thu"], "start": datetime.time(9), "seats": 5, "first_week": 2}
    story = Story({"groups.late": late, "groups.evening.seats": 3})
    story.client("Ann", "Mon 4 Jan", leaves=3)
    told = resources.nights(seen(story))
    assert write(story.scenario).schedule.night_names == ("evening Mon", "evening Tue", "evening Wed", "late Thu")
    assert told[NIGHTS.index("seats"), 3, :4].tolist() == [0, 0, 5, 5]
    assert not told[NIGHTS.index("cancelled")].any()


def test_a_caseload_is_the_clients_of_the_role_and_its_limit_that_of_the_people_there() -> None:
    counselor = {"people": 1, "caseload": 4, "leave_weeks_per_year": 0, "vacant_caseload_share": 0.5, "duties": []}
    story = Story({"staff.counselor": counselor, "groups.evening.seats": 6})
    story.staff_leaves("counselor", 1, after_days=9, vacant_days=7)
    story.client("Ann", "Mon 4 Jan", lot=0.1)
    story.client("Bob", "Mon 4 Jan", lot=0.2)
    story.client("Cyd", "Fri 8 Jan")
    told = staff_of(story)
    assert told["carried"] == [17, 21, 21, 4]
    assert told["can_carry"] == [28, 8, 20, 28]


def test_the_clients_of_one_who_quits_are_carried_once_by_another_role_or_the_same() -> None:
    counselor = {"people": 2, "caseload": 2, "leave_weeks_per_year": 0, "vacant_caseload_share": 0.5, "duties": []}
    story = Story(
        {"staff.counselor": counselor, "staff.case_manager": {**counselor, "people": 1}, "groups.evening.seats": 6}
    )
    story.staff_leaves("counselor", 1, after_days=9, vacant_days=7)
    for k, name in enumerate(("Ann", "Bob", "Cyd")):
        story.client(name, "Mon 4 Jan", lot=0.1 + 0.1 * k)
    told = resources.staff(seen(story))
    names = write(story.scenario).staffing.role_names
    carried = {name: rows.tolist() for name, rows in zip(names, told[STAFF.index("carried"), :, :4], strict=True)}
    assert carried == {"counselor": [14, 14, 14, 0], "case_manager": [7, 7, 7, 0]}


def test_minutes_of_groups_are_those_of_who_ran_them() -> None:
    story = Story({"staff.counselor": {**FACILITATOR, "sick_days_per_year": 20.0, "cover_probability": 0.5}})
    story.staff_sick("counselor", 1, "Tue 5 Jan", 2)
    story.nobody_covers("evening", "Wed 6 Jan")
    story.client("Ann", "Mon 4 Jan", leaves=2)
    told = staff_of(story)
    assert told["groups"] == [180, 540, 0, 0]
    assert told["available"][:2] == [3 * 480, 5 * 480]


@pytest.fixture(scope="module", params=["everything", "Palmetto", "Palmetto, mature"])
def view(request: pytest.FixtureRequest) -> View:
    if request.param == "everything":
        run = run_everything(EVERYTHING)
        return View(run.record, run.book)
    return simulated(write(PALMETTO), 3, 0, 7 * 20 if "mature" in request.param else 0)


def test_group_nights_together_are_the_weekly_series(view: View) -> None:
    by_night = dict(zip(NIGHTS, resources.nights(view), strict=True))
    by_week = dict(zip(WEEKLY, weekly(view), strict=True))
    pairs = {"seats": "seats", "enrolled": "seats_taken", "attended": "seats_attended", "cancelled": "nights_cancelled"}
    assert by_night["attended"].any()
    for mine, theirs in pairs.items():
        assert (by_night[mine].sum(axis=0) == by_week[theirs]).all(), mine


def test_hours_together_are_those_of_the_record(view: View) -> None:
    told, rows = dict(zip(STAFF, resources.staff(view), strict=True)), view.record.staff
    counted = covers(view, 7 * rows.week)
    for name in ("available", "groups", "individual", "assessments", "notes", "overtime"):
        assert told[name].sum() == getattr(rows, name)[counted].sum()
    spent = sum(told[name] for name in ("groups", "individual", "assessments", "notes", "other"))
    idle = told["available"] + told["overtime"] - spent
    assert (idle.sum(axis=1) == np.bincount(rows.role[counted], rows.idle[counted], minlength=len(idle))).all()
    assert (told["overtime"].sum(axis=0) == weekly(view)[WEEKLY.index("minutes_overtime")]).all()


def test_caseloads_together_are_the_measure_of_caseload_used(view: View) -> None:
    told = dict(zip(STAFF, resources.staff(view), strict=True))
    assert caseload_used_share.compute(view) == (told["carried"].sum(), told["can_carry"].sum())
    without = view.book.staffing.caseload == UNLIMITED
    assert not told["carried"][without].any() and not told["can_carry"][without].any()


def test_a_client_of_one_row_at_a_time_is_carried_on_the_days_the_record_says(view: View) -> None:
    book, record = view.book.staffing, view.record
    by_role = np.zeros((len(book.role_names), view.weeks), dtype=np.int64)
    for client, (admitted, gone) in enumerate(
        zip(record.clients.admitted_day.tolist(), record.clients.exit_day.tolist(), strict=True)
    ):
        rows = np.flatnonzero(record.counselors.client == client)
        for day in range(max(admitted, view.since), record.days if gone < 0 else gone):
            had = [row for row in rows if record.counselors.day[row] <= day]
            if had:
                by_role[book.post_role[record.counselors.post[had[-1]]], (day - view.since) // 7] += 1
    assert (by_role == resources.staff(view)[STAFF.index("carried")]).all()


def test_a_result_names_its_nights_and_roles_and_tells_hours_and_clients() -> None:
    result = iopsim.simulate(PALMETTO, 2)
    nights, hours, facts = result.nights, result.hours, result.facts
    assert nights.names == ("evening Mon", "evening Tue", "evening Wed")
    assert [nights.groups[k] for k in nights.group] == ["evening"] * 3 and nights.weekday.tolist() == [0, 1, 2]
    assert nights.seats.shape == (2, 3, 60) and (nights.attended.sum(axis=1) == result.weekly("seats_attended")).all()
    assert hours.roles == tuple(PALMETTO.staff)
    assert (60 * hours.groups == facts.staff[:, STAFF.index("groups")]).all()
    counselor = hours.roles.index("counselor")
    with_caseload = ~np.isnan(hours.caseload).all(axis=(0, 2))
    assert np.flatnonzero(with_caseload).tolist() == [counselor]
    assert np.allclose(hours.caseload[:, counselor], result.weekly("census"))
    assert (
        hours.caseload_limit[:, counselor].max()
        == PALMETTO.staff["counselor"].caseload * PALMETTO.staff["counselor"].people
    )


def test_a_scenario_without_staff_has_no_roles_and_other_nights_cannot_be_fitted() -> None:
    text = (Path(__file__).parent / "plain.toml").read_text().replace("weeks = 104", "weeks = 10")
    text = "\n".join(block for block in text.split("\n\n") if not block.startswith("[staff"))
    scenario, more = from_toml(text), from_toml(text.replace('"Wed"]', '"Wed", "Thu"]'))
    book = write(scenario)
    assert not scenario.staff
    row = reduce(simulated(book, 1, 0))
    facts = gathered([fitted(row, book, 0)])
    assert hours_series(facts, book).caseload.shape == (1, 0, 10)
    assert night_series(facts, book).seats.shape == (1, len(book.schedule.night_group), 10)
    with pytest.raises(ValueError, match="group nights"):
        fitted(row, write(more), 0)
