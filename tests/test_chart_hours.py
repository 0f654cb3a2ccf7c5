"""Hours of staff: what is drawn is what was simulated, and the title says whose limit is nearest."""

import math
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import iopsim
from iopsim.charts.hours import LAYERS, MOST_ROLES, hours
from iopsim.charts.style import STYLES
from iopsim.experiments.series import HoursSeries
from iopsim.experiments.staff_use import KINDS, hours_used, peaks, used_share
from pictures import assert_fits, words

PLAIN = Path(__file__).parent / "plain.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
DUTIES = ["groups", "individual", "assessment"]
BUSY = {
    "staff.counselor.duties": DUTIES,
    "staff.counselor.hours_per_week": 14.0,
    "staff.counselor.sick_days_per_year": 6.0,
    "staff.counselor.caseload": 14,
    "phases.intensive.individual_per_week": 1,
    "phases.intensive.medication_every_weeks": 2,
    "staff.doctor": {
        "people": 1,
        "caseload": "none",
        "duties": ["medication"],
        "hours_per_week": 4.0,
        "wage_usd_per_hour": 99.0,
    },
    "staff.peer": {"people": 1, "caseload": "none", "duties": ["groups"]},
    "staff.desk": {"people": 1, "caseload": "none", "duties": []},
}
EIGHT = {
    f"staff.{letter}_role_with_a_name_of_forty_letters_xx": {"people": k, "caseload": 20 + k, "duties": DUTIES[: k % 4]}
    for k, letter in enumerate("abcdefg", start=1)
}


def simulated(replications=2, **changes):
    return iopsim.simulate(iopsim.load(PLAIN, {"weeks": 30, **changes}), replications)


@pytest.fixture(scope="module")
def busy():
    return simulated(3, weeks=40, **BUSY)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        BUSY,
        EIGHT,
        {"weeks": 1},
        {"weeks": 300},
        NOBODY,
        {"staff.counselor.caseload": "none"},
        {"staff.counselor.first_week": 29, "staff.counselor.duties": ["individual"]},
        {"staff.counselor.first_week": 40, "staff.counselor.duties": ["individual"]},
        {"staff.counselor.people": 30, "staff.counselor.caseload": 500},
        {f"staff.{'W' * 40}": {"people": 1, "caseload": 3, "first_week": 10, "duties": ["assessment"]}},
    ],
    ids=lambda changes: "+".join(changes)[:60] or "plain",
)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(changes):
    found = simulated(**changes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for style in STYLES.values():
            assert_fits(hours(found, style))


def test_without_staff_there_is_nothing_to_show():
    found = simulated(1)
    found.__dict__["hours"] = series(np.zeros((1, 1, 4)))
    assert hours(found).title == "Staff hours and caseload: nothing to show"


def test_the_layers_are_the_hours_that_were_spent(busy):
    first = hours(busy).figure.axes[0]
    staff = busy.hours
    assert staff.roles[0] == "counselor"
    drawn = {area.get_label(): area.get_paths()[0].get_extents() for area in first.collections}
    below = np.zeros(len(busy.weeks))
    for key, _, _ in LAYERS:
        spent = getattr(staff, key)[:, 0].mean(axis=0)
        assert spent.any()
        assert drawn[key].y1 == pytest.approx((below + spent).max())
        assert drawn[key].y0 == pytest.approx(below.min())
        below += spent
    assert drawn["overtime"].y1 == pytest.approx((staff.available + staff.overtime)[:, 0].mean(axis=0).max())
    (available,) = (patch for patch in first.patches if isinstance(patch, mpl.patches.StepPatch))
    assert available.get_data().values == pytest.approx(staff.available[:, 0].mean(axis=0))


def test_clients_carried_stand_below_their_limit(busy):
    below = hours(busy).figure.axes[1]
    carried, limit = (patch.get_data().values for patch in below.patches)
    assert carried == pytest.approx(busy.hours.caseload[:, 0].mean(axis=0))
    assert limit == pytest.approx(busy.hours.caseload_limit[:, 0].mean(axis=0))


def test_each_role_says_how_much_of_its_hours_is_used(busy):
    staff, said = busy.hours, words(hours(busy))
    for role in range(3):
        used, there = hours_used(staff)[:, role].mean(), staff.available[:, role].mean()
        assert f"{used:.0f} of {there:.0f} hours a week used" in said
    assert f"{staff.overtime[:, 0].mean():.1f} overtime" in said
    assert f"{staff.caseload[:, 0].mean():.0f} of {staff.caseload_limit[:, 0].mean():.0f} clients carried" in said
    assert said.count("carries no clients") == 2
    assert "Not drawn, as they have neither duties nor a caseload: desk." in said


def test_of_many_roles_those_are_drawn_whose_limit_is_nearest():
    found = simulated(1, **EIGHT)
    chart = hours(found)
    nearest = list(dict.fromkeys(peak.role for peak in peaks(found.hours)))
    assert len(chart.figure.axes) == 2 * MOST_ROLES
    heads = [
        text.get_text()[:10] for axes in chart.figure.axes for text in axes.texts if "role with" in text.get_text()
    ]
    assert [head[0] for head in heads] == [found.hours.roles[role][0] for role in sorted(nearest[:MOST_ROLES])]
    assert "Not drawn: " in chart.caption


def series(available, caseload=math.nan, limit=math.nan, overtime=0.0, **spent):
    """Staff of one replication: hours available by role and week, and what is spent of them."""
    there = np.asarray(available, dtype=float)

    def filled(value):
        return np.broadcast_to(np.asarray(value, dtype=float), there.shape)

    return HoursSeries(
        roles=("counselor", "second")[: there.shape[1]],
        available=there,
        overtime=filled(overtime),
        caseload=filled(caseload),
        caseload_limit=filled(limit),
        **{kind: filled(spent.get(kind, 0.0)) for kind in KINDS},
    )


def titled(**numbers):
    """The title of a chart of certain staff, of a run of as many weeks."""
    staff = series(**numbers)
    plan = {f"staff.{role}": {"people": 1, "caseload": 9, "duties": ["groups"]} for role in staff.roles}
    found = simulated(1, weeks=staff.available.shape[2], **plan)
    found.__dict__["hours"] = staff
    return hours(found).title


def test_the_title_says_whose_limit_is_nearest_and_when():
    weeks = np.full((1, 1, 24), 40.0)
    late = np.where(np.arange(24) < 20, 10.0, 20.0)
    assert titled(available=weeks, groups=late) == (
        "On average staff have much room: in the busiest four weeks, around June 2027, 50 % of the counselor's hours "
        "are used"
    )
    assert titled(available=weeks, groups=late, notes=10.0) == (
        "On average staff have some room: in the busiest four weeks, around June 2027, 75 % of the counselor's hours "
        "are used"
    )
    assert titled(available=weeks, groups=2 * late, overtime=2.0) == (
        "On average the counselor is tight: in the busiest four weeks, around June 2027, 95 % of the hours are used, "
        "and 53 % over all weeks"
    )
    two = np.full((1, 2, 24), 40.0)
    assert titled(available=two, groups=20.0, caseload=[[[9.0], [18.0]]], limit=20.0) == (
        "On average the second is tightest: in the busiest four weeks, around January 2027, 90 % of the caseload limit "
        "is used, and 90 % over all weeks"
    )


def test_the_title_of_a_short_run_tells_of_all_its_weeks():
    one, three = (titled(available=np.full((1, 1, weeks), 40.0), groups=38.0) for weeks in (1, 3))
    assert one == "On average the counselor is tight: in the only week, January 2027, 95 % of the hours are used"
    assert three == (
        "On average the counselor is tight: in all three weeks, around January 2027, 95 % of the hours are used"
    )


def test_a_week_busier_than_the_four_of_the_title_is_not_denied(busy):
    assert "Single weeks may be busier than the four of the title." in hours(busy).caption
    assert "Single weeks" not in hours(simulated(weeks=4)).caption


def test_hours_used_are_those_available_and_overtime_comes_on_top():
    staff = series([[[40.0, 0.0]]], groups=30.0, notes=5.0, overtime=[[[0.0, 35.0]]])
    assert hours_used(staff).tolist() == [[[35.0, 0.0]]]
    assert used_share(staff).tolist() == [35.0 / 40.0]
    assert np.isnan(used_share(series([[[0.0, 0.0]]]))).all()


def test_a_limit_is_nearest_in_the_four_weeks_in_which_most_is_used():
    found = peaks(series([[[10.0] * 8]], groups=[[[1, 9, 1, 1, 4, 4, 4, 4]]], caseload=3.0, limit=10.0))
    assert [(peak.limit, peak.share, peak.week) for peak in found] == [("hours", 0.4, 6), ("caseload", 0.3, 2)]
    assert found[0].overall == pytest.approx(0.35)
    assert peaks(series([[[10.0] * 2]], groups=[[[1.0, 4.0]]]))[0].share == 0.25
    assert peaks(series([[[0.0] * 8]])) == []


def test_layers_can_be_told_apart_in_grey():
    red, green, blue = (np.array([mpl.colors.to_rgb(colour) for _, _, colour in LAYERS]) ** 2.2).T
    lightness = 116 * np.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue) - 16
    gaps = np.diff(np.sort(lightness[:-1]))  # the last one alone is hatched
    assert gaps.min() > 10
