"""The timetable: every group night where and when it meets, whatever groups are called and however many there are."""

import datetime
import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest

import iopsim
from iopsim.charts import week
from iopsim.charts.style import STYLES
from iopsim.charts.timetable import FILLS, timetable
from pictures import assert_fits, texts, words

PLAIN = Path(__file__).parent / "plain.toml"
PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
LONG = "_".join(["a_name_of_forty_letters", "and_of_no_use"])


def planned(**changes):
    return iopsim.load(PLAIN, {"weeks": 1, **changes})


def drawn(style=STYLES["print"], **changes):
    return timetable(iopsim.simulate(planned(**changes), 1), style)


def at(hour, minute=0):
    return datetime.time(hour, minute)


def crowded(number):
    """So many groups, several at a time, with names of 40 letters, and as many roles."""
    groups = {
        f"groups.{'abcdefghijklmnop'[k]}{LONG}"[:47]: {
            "nights": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][: 3 + k % 4],
            "start": at(9 + 2 * (k % 3) if k < 6 else 18),
            "seats": 8 + k,
            "serves": ["intensive"] if k % 2 else [],
        }
        for k in range(number)
    }
    duties = ["groups", "individual", "assessment", "medication"]
    roles = {
        f"staff.{'abcdefghijklmnop'[k]}{LONG}"[:46]: {"people": k + 1, "caseload": 20 + k, "duties": duties[: k % 5]}
        for k in range(number)
    }
    return {**groups, **roles}


CASES = {
    "plain": {},
    "weekend": {
        "groups.evening.nights": ["Sat", "Sun"],
        "phases.intensive.nights_per_week": 2,
        "assessment.slots_per_day": 0,
    },
    "one short group": {
        "groups.evening.nights": ["Mon"],
        "groups.evening.hours": 0.25,
        "phases.intensive.nights_per_week": 1,
    },
    "opens later": {"groups.evening.first_week": 12, "weeks": 20},
    "several": {
        "groups.late": {"nights": ["Mon", "Thu"], "seats": 10, "opens_when_waiting": 6},
        "groups.day": {"nights": ["Mon"], "seats": 8, "first_week": 12, "start": at(9, 30), "video": True},
        "groups.room": {"nights": ["Fri"], "seats": 9, "admission": "cohort", "room": "large", "for_traits": ["one"]},
        "traits.one": {"share": 0.5},
        "rooms.large": {"seats": 20},
        "orientation.required": True,
        "family_night.every_weeks": 1,
        "staff.counselor.duties": ["groups", "individual", "assessment", "medication"],
        "staff.counselor.hire_when_caseload": 20,
        "staff.second": {"people": 1, "caseload": 9, "first_week": 1},
    },
    "long name": {f"groups.{LONG}": {"nights": ["Thu"]}, f"staff.{LONG}": {"people": 1, "caseload": 5}},
    "eight": crowded(7),
    "more": crowded(14),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_whatever_is_planned_nothing_is_cut_off_or_written_over(changes, style):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_fits(drawn(style, **changes))


def boxes(chart):
    """The blocks of a timetable: weekday, and by its corners start and end, of each in its colour."""
    axes = chart.figure.axes[0]
    colours = {mpl.colors.to_hex(colour): k for k, (_, _, colour) in enumerate(FILLS)} | {"#ffffff": -1}
    found = []
    for patch in axes.patches:
        colour = mpl.colors.to_hex(patch.get_facecolor())
        if patch.get_zorder() == 2:
            found.append((colours[colour], patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()))
    return found


def test_a_block_stands_on_its_day_and_at_its_hours():
    chart = drawn(**{"groups.day": {"nights": ["Tue", "Fri"], "start": at(18), "hours": 1.5}})
    axes = chart.figure.axes[0]
    named = {text.get_text(): text.get_position() for text in axes.texts}
    days = [named[name][0] for name in ("Mon", "Tue", "Wed", "Thu", "Fri")] if "Mon" in named else [
        named[name][0] for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    ]  # fmt: skip
    hour = named["7 pm"][1] - named["6 pm"][1]
    found = []
    for group, x, y, width, height in boxes(chart):
        weekday = min(range(5), key=lambda k: abs(days[k] - x - width / 2))
        start, long = 18 + (y - named["6 pm"][1]) / hour, height / hour
        found.append((group, weekday, round(start, 1), round(long, 1)))
    assert sorted(found) == [(0, 0, 17.5, 3), (0, 1, 17.5, 3), (0, 2, 17.5, 3), (1, 1, 18, 1.5), (1, 4, 18, 1.5)]


def test_groups_at_the_same_time_stand_side_by_side():
    chart = drawn(**crowded(8))
    found = boxes(chart)
    assert len(found) == sum(len(group.nights) for group in planned(**crowded(8)).groups.values())
    for k, (_, x, y, width, height) in enumerate(found):
        for _, x2, y2, width2, height2 in found[k + 1 :]:
            apart = x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y
            assert apart


def test_a_block_says_who_meets_when_with_how_many_seats_and_who_runs_it():
    chart = timetable(iopsim.simulate(iopsim.load(PALMETTO, {"weeks": 1}), 1))
    said = [text for text, _ in texts(chart)]
    for text in ("evening", "5:30–8:30 pm", "12 seats", "all phases", "staff: 1 counselor"):
        assert said.count(text) == 3
    assert said.count("family night") == 1
    assert {"5:30–7:30 pm", "every 4 weeks", "4 slots a day, 1.5 hours each", "front desk"} <= set(said)
    assert "intensive 12 weeks, 3 group sessions a week; then step down 4 weeks" in chart.caption
    assert "evening, Mon, Tue and Wed 5:30–8:30 pm (12 seats" in chart.alt


def test_what_has_no_room_in_its_block_is_listed_beside_a_letter():
    chart = drawn(**CASES["several"])
    said = words(chart)
    for text in ("A evening 5:30–8:30 pm; 12 seats; all phases", "B late 5:30–8:30 pm; 10 seats; opens when 6 wait",
                 "C day", "E family night"):  # fmt: skip
        assert text in said
    assert "Late opens once 6 clients or more have waited, ready to start, on 3 Mondays in a row, 4 weeks later" in said


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Three evenings a week: 12 seats in one group"),
        ({"groups.evening.seats": 1, "groups.evening.start": at(9)}, "Three mornings a week: 1 seat in one group"),
        ({"groups.evening.first_week": 3}, "Three evenings a week: 12 seats in one group, which opens later"),
        (
            {"groups.day": {"nights": ["Mon"], "start": at(13), "seats": 7}},
            "One afternoon and three evenings a week: 19 seats in two groups",
        ),
        (
            {"groups.day": {"nights": ["Mon"], "first_week": 2, "seats": 1}},
            "Three evenings a week: 12 seats in one group; one more, with 1 seat, opens later",
        ),
        (CASES["several"], "Four evenings a week: 21 seats in two groups; two more, with 18 seats, may open later"),
    ],
)
def test_the_title_says_how_often_groups_meet_and_how_many_seats_they_have(changes, title):
    assert drawn(**changes).title == title


def test_groups_of_a_lever_that_is_off_are_not_drawn():
    lever = {"groups.second": {"nights": ["Mon"], "seats": 5, "lever": "second_evening"}}
    assert "second" not in words(drawn(**lever))
    assert "17 seats in two groups" in drawn(**lever, **{"levers.second_evening.on": True}).title


def test_a_week_that_nobody_works_in_has_no_list_of_staff():
    scenario = planned()
    alone = scenario.model_copy(update={"staff": {}})
    assert week.workers(alone) == []
    assert week.workers(scenario)[0].clients == "25"


def test_a_clock_time_is_said_as_on_a_clock():
    times = (0, 61, 720, 750, 1050, 1440)
    assert [week.clock(time) for time in times] == ["midnight", "1:01 am", "noon", "12:30 pm", "5:30 pm", "midnight"]
    assert week.span(540, 720) == "9 am–noon"
    assert week.span(660, 780) == "11 am–1 pm"
    assert week.span(1050, 1230) == "5:30–8:30 pm"


def test_slots_are_those_of_all_assessors_now_and_later():
    def slots(**changes):
        return week.dailies(planned(**changes))[0].said[0]

    assert slots(**{"assessment.slots_per_day": 0}) == "no slots"
    assert slots(**{"assessment.slots_per_day": 1}) == "1 slot a day, 1.5 hours each"
    both = {"staff.counselor.duties": ["assessment"], "weeks": 9, "assessment.open_access": True}
    later = {"staff.second": {"people": 2, "caseload": 9, "first_week": 4, "duties": ["assessment"]}}
    assert slots(**both, **later) == "walk-in, 2 and later 6 slots a day, 1.5 hours each"


def test_letters_go_on_after_z():
    assert [week.letter(number) for number in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]


def test_of_a_mature_program_it_is_the_plan_that_is_drawn():
    result = replace(iopsim.simulate(planned(weeks=3), 1), warm_up=2)
    assert "warm-up" in result.view_in_words.lower()
    assert "warm-up" not in words(timetable(result))
