"""The mature view: what counts in it, when it is refused, and what it says of a program whose truth is known."""

import datetime
import math

import numpy as np
import pytest
from scipy.stats import t as student

import iopsim
from iopsim import rulebook
from iopsim.charts.kinds import OF_A_RUN, draw
from iopsim.errors import ScenarioError
from iopsim.experiments.steady import earliest, obstacles
from iopsim.experiments.warmup import estimate, forbidden, mean
from iopsim.stats.warmup import mser5
from pictures import assert_fits, words

PLAIN = "tests/plain.toml"
SOURCES = ("self", "court", "health_care", "inpatient")
NOTHING = {"median_days": 0.0, "mean_days": 0.0}


def each(setting, value):
    return {f"referrals.{source}.{setting}": value for source in SOURCES}


FLAT = {**each("months.Jan", 1.0), **each("months.Dec", 1.0)}
"""The plain program without seasons."""

PER_WEEK, HAZARD, PLANNED = 5.0, 0.08, 16

KNOWN = {
    **FLAT,
    **each("per_week", 0.0),
    **each("ramp_weeks", 0),
    "weeks": 156,
    "calendar.holidays": "",
    "referrals.self.per_week": PER_WEEK,
    "referrals.self.dispersion": 1.0,
    "assessment.slots_per_day": 500,
    "assessment.show_probability_next_day": 1.0,
    "assessment.client_delay": NOTHING,
    "placement": {"this_program": 1.0, "higher": 0.0, "lower": 0.0, "declined": 0.0},
    "waitlist.ready_delay": NOTHING,
    "waitlist.renege_per_day": 0.0,
    "groups.evening.seats": 500,
    "staff.counselor.caseload": "none",
    "absence_rule.consecutive": "none",
    "absence_rule.total": "none",
    "leaving.early_probability": 0.0,
    "leaving.dropout_per_week": HAZARD,
    "leaving.transfer_per_week": 0.0,
    "leaving.incarceration_per_week": 0.0,
    "leaving.death_per_week": 0.0,
    "leaving.other_per_week": 0.0,
}
"""Constant Poisson referrals who all start the same day, with a constant hazard of leaving until the plan is done."""

TRUTH = PER_WEEK * sum(math.exp(-HAZARD * week) for week in range(PLANNED))
"""Mean census of the mature program: arrivals a week times mean weeks of stay (Little's law)."""

REPLICATIONS, SEED = 60, 20270104
LIMIT = float(student.isf(5e-6, REPLICATIONS - 1))
"""Student's t; each test has one false alarm in 100,000. Seed and limit were fixed before the first run."""


def t_score(values, truth):
    return (values.mean() - truth) / (values.std(ddof=1) / math.sqrt(len(values)))


def reasons(**changes):
    scenario = iopsim.load(PLAIN, {**FLAT, **changes})
    return [problem.path for problem in obstacles(scenario)]


# ------------------------------------------------------------------------------------- known truth


@pytest.fixture(scope="module")
def known():
    return iopsim.load(PLAIN, KNOWN)


@pytest.fixture(scope="module")
def opening(known):
    return iopsim.simulate(known, REPLICATIONS, SEED)


@pytest.mark.parametrize("warm_up", [16, 40, "auto"])
def test_the_mature_census_is_the_closed_form_and_the_opening_view_is_lower(known, opening, warm_up):
    mature = iopsim.simulate(known, REPLICATIONS, SEED, warm_up=warm_up).values("census_mean")
    assert abs(t_score(mature, TRUTH)) < LIMIT
    assert opening.values("census_mean").mean() < mature.mean()
    assert t_score(mature - opening.values("census_mean"), 0.0) > LIMIT


def test_referrals_and_stays_of_the_mature_program_are_the_closed_form(known):
    result = iopsim.simulate(known, REPLICATIONS, SEED, warm_up=40)
    assert abs(t_score(result.values("referrals"), 116 * PER_WEEK)) < LIMIT
    assert abs(t_score(result.values("completed_share"), math.exp(-HAZARD * PLANNED))) < LIMIT


def test_the_warm_up_found_covers_what_the_longest_stay_makes_of_the_opening(opening):
    found = estimate(opening)
    assert found.problems == ()
    assert 10 <= found.weeks <= 40


# --------------------------------------------------------------------------------- what counts in it


@pytest.fixture(scope="module")
def flat():
    return iopsim.load(PLAIN, {**FLAT, "weeks": 70})


def test_the_program_goes_on_from_where_it_was(flat):
    opening, mature = iopsim.simulate(flat, 4), iopsim.simulate(flat, 4, warm_up=32)
    assert np.array_equal(mature.facts.weekly, opening.facts.weekly[:, :, 32:])
    whole = mature.months[1:]
    assert np.array_equal(mature.facts.monthly[:, :, 1:], opening.facts.monthly[:, :, whole.start : whole.stop])
    assert (mature.facts.monthly[:, 0, 0] < opening.facts.monthly[:, 0, mature.months.start]).all()
    assert (mature.facts.retention[:, -1, 0] < opening.facts.retention[:, -1, 0]).all()


def test_weeks_and_months_of_a_mature_view_bear_the_dates_of_the_run(flat):
    opening, mature = iopsim.simulate(flat, 3), iopsim.simulate(flat, 3, warm_up=30)
    assert (opening.weeks, opening.months) == (range(70), range(17))
    assert (opening.mature_from, opening.view_in_words) == (None, "")
    assert (mature.weeks, mature.months) == (range(30, 70), range(7, 17))
    assert mature.mature_from == mature.week_start(30) == datetime.date(2027, 8, 2)
    assert mature.month_start(7) == datetime.date(2027, 8, 1)
    assert all(found.worst_week >= 30 for found in mature.bottlenecks)
    assert all(found.first_week is None or found.first_week >= 30 for found in mature.bottlenecks)


def test_auto_is_the_number_of_weeks_that_is_found_whatever_the_workers(flat):
    weeks = estimate(iopsim.simulate(flat, 12)).weeks
    told = iopsim.simulate(flat, 12, warm_up=weeks)
    for workers in (1, 2):
        found = iopsim.simulate(flat, 12, warm_up="auto", workers=workers)
        assert found.warm_up == weeks
        for name in told.facts.__slots__:
            assert getattr(found.facts, name).tobytes() == getattr(told.facts, name).tobytes()


def test_the_warm_up_is_the_longest_of_the_series_and_the_ramps(flat):
    result = iopsim.simulate(flat, 12)
    lines = [result.weekly("census"), result.weekly("waiting"), result.seat_share("seats_attended")]
    cuts = [mser5(line.mean(axis=0)).observations for line in lines]
    assert estimate(result).weeks == max(26, *cuts)
    late = iopsim.load(PLAIN, {**FLAT, "weeks": 208, "groups.late": {"nights": ["Thu"], "first_week": 60}})
    found = estimate(iopsim.simulate(late, 4))
    assert found.earliest == 60
    assert found.weeks >= 60


def test_a_week_without_any_group_night_is_no_change_of_level():
    closed = [datetime.date(2027, 5, day) for day in (10, 11, 12)]
    changes = {**FLAT, "weeks": 50, "calendar.closures": closed, "groups.evening.first_week": 3}
    result = iopsim.simulate(iopsim.load(PLAIN, changes), 2)
    line = mean(result, "seats_attended")
    assert np.isnan(result.seat_share("seats_attended")[:, [0, 1, 2, 18]]).all()
    assert line[:3].tolist() == [0.0, 0.0, 0.0]
    assert line[18] == line[17] > 0.0


def test_a_warm_up_is_not_estimated_from_a_mature_view(flat):
    with pytest.raises(ValueError, match="from the opening view"):
        estimate(iopsim.simulate(flat, 2, warm_up=30))


# -------------------------------------------------------------------------------------- refusals


def test_a_plain_program_without_seasons_may_have_a_steady_state():
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"referrals.self.months.Jul": 0.9}, "referrals.self.months"),
        ({"referrals.self.ramp_weeks": 104}, "referrals.self.ramp_weeks"),
        ({"referrals.self.first_week": 200, "referrals.self.ramp_weeks": 0}, "referrals.self.first_week"),
        ({"groups.late": {"nights": ["Thu"], "first_week": 104}}, "groups.late.first_week"),
        ({"calendar.closures": [{"first": "2027-12-24", "last": "2028-01-02"}]}, "calendar.closures"),
        ({"assessment.slots_per_day": 1}, "assessment.slots_per_day"),
        ({"waitlist.renege_per_day": 0.0}, "groups"),
        ({"waitlist.renege_per_day": 0.0, "referrals.self.kept_per_week_waited": 0.8}, "groups"),
        ({"referrals.self.growth_per_year": 1.1}, "referrals.self.growth_per_year"),
        ({"groups.late": {"nights": ["Thu"], "opens_when_waiting": 5}}, "groups.late.opens_when_waiting"),
        ({"staff.aide": {"people": 1, "caseload": "none", "duties": [], "first_week": 104}}, "staff.aide.first_week"),
        (
            {"staff.counselor.hire_when_caseload": 20, "staff.counselor.most_hires": 1},
            "staff.counselor.hire_when_caseload",
        ),
        ({"payers.aid": {"share": 1.0, "contract_week": 104}}, "payers.aid.contract_week"),
        ({"waitlist.renege_per_day": 0.0, "groups.evening.seats": 50, "staff.counselor.caseload": 12}, "staff"),
    ],
    ids=str,
)
def test_each_reason_is_told_with_the_setting_that_makes_it(changes, path):
    for value in changes.values():
        if isinstance(value, list):
            value[0] = {name: datetime.date.fromisoformat(date) for name, date in value[0].items()}
    assert reasons(**changes) == [path]


@pytest.mark.parametrize(
    "changes",
    [
        {"referrals.self.months.Jul": 0.9, "referrals.self.per_week": 0.0},
        {"referrals.self.ramp_weeks": 200, "referrals.self.ramp_start": 1.0},
        {"referrals.self.ramp_weeks": 103},
        {"calendar.closures": [datetime.date(2027, 3, day) for day in range(1, 8)]},
        {"waitlist.renege_per_day": 0.0, "waitlist.limit": 5},
        {"waitlist.renege_per_day": 0.0, "groups.evening.seats": 50},
        {"waitlist.renege_per_day": 0.0, **each("kept_per_week_waited", 0.9)},
        {"referrals.self.growth_per_year": 1.1, "referrals.self.per_week": 0.0},
        {"referrals.self.doubt": 0.5},
        {"groups.late": {"nights": ["Thu"], "opens_when_waiting": 5, "lever": "second_evening"}},
        {"groups.late": {"nights": ["Thu"], "first_week": 200, "lever": "second_evening"}},
        {"groups.late": {"nights": ["Thu"], "admission": "cohort", "cohort_weeks": 8}},
        {"staff.aide": {"people": 0, "caseload": "none", "duties": [], "first_week": 200}},
        {"staff.counselor.hire_when_caseload": 20, "staff.counselor.most_hires": 0},
        {"staff.counselor.turnover_per_year": 0.3},
        {"payers.aid": {"share": 1.0}, "payers.cash": {"share": 0.0, "contract_week": 200}},
        {"levers.reminders.on": True},
        {"present.here": {"count": 3, "source": "self", "weeks": 5}},
    ],
    ids=str,
)
def test_what_does_not_forbid_a_steady_state_is_not_told(changes):
    assert reasons(**changes) == []


def test_all_reasons_are_told_at_once():
    changes = {"waitlist.renege_per_day": 0.0, "weeks": 40, "groups.late": {"nights": ["Thu"], "first_week": 45}}
    scenario = iopsim.load(PLAIN, changes)
    with pytest.raises(ScenarioError) as refusal:
        iopsim.simulate(scenario, 2, warm_up="auto")
    paths = [problem.path for problem in refusal.value.problems]
    assert paths == [*(f"referrals.{source}.months" for source in SOURCES), "groups.late.first_week", "groups", "weeks"]


@pytest.mark.parametrize("warm_up", [-1, 0, 70, 1000])
def test_a_warm_up_that_is_not_within_the_run_is_refused(flat, warm_up):
    with pytest.raises(ScenarioError, match="whole number from 1 to 69, or auto"):
        iopsim.simulate(flat, 2, warm_up=warm_up)


def test_a_warm_up_is_a_number_or_auto(flat):
    with pytest.raises(ValueError, match="\"auto\" or None, not 'soon'"):
        iopsim.simulate(flat, 2, warm_up="soon")


def test_a_warm_up_that_ends_before_a_ramp_is_refused_and_by_then_is_not(flat):
    with pytest.raises(ScenarioError, match=r"a ramp that ends after 26 weeks; .* wait at least 26 weeks"):
        iopsim.simulate(flat, 1, warm_up=25)
    assert iopsim.simulate(flat, 1, warm_up=26).warm_up == 26


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"groups.late": {"nights": ["Thu"], "first_week": 40}}, "groups.late.first_week: found a group that opens"),
        (
            {"staff.aide": {"people": 1, "caseload": "none", "duties": [], "first_week": 40}},
            "staff.aide.first_week: found staff who start",
        ),
        ({"payers.aid": {"share": 1.0, "contract_week": 40}}, "payers.aid.contract_week: found a contract that starts"),
    ],
    ids=str,
)
def test_a_warm_up_that_ends_before_a_late_start_is_refused_and_by_then_is_not(changes, said):
    scenario = iopsim.load(PLAIN, {**FLAT, **changes, "weeks": 70})
    assert earliest(scenario) == 40
    (problem,) = forbidden(scenario, 39)
    assert f"{said} after 40 weeks; a warm-up of 39 weeks ends before that; wait at least 40 weeks" in str(problem)
    assert forbidden(scenario, 40) == ()


def test_a_number_of_weeks_does_not_help_where_there_are_seasons():
    with pytest.raises(ScenarioError, match="same weight in every month"):
        iopsim.simulate(iopsim.load(PLAIN), 1, warm_up=60)


def test_a_run_in_which_mser_5_finds_no_end_of_the_start_is_too_short():
    scenario = iopsim.load(PLAIN, {**KNOWN, "weeks": 50, "phases.intensive.planned_weeks": 60})
    with pytest.raises(ScenarioError, match="weeks: found a run of 50 weeks, at whose half MSER-5 still finds a start"):
        iopsim.simulate(scenario, 20, warm_up="auto")


def test_a_run_of_which_ramps_take_more_than_half_is_too_short_for_an_estimate():
    scenario = iopsim.load(PLAIN, {**FLAT, "weeks": 51})
    assert [problem.found for problem in forbidden(scenario, "auto")] == [
        "a run of 51 weeks, of which 26 pass before everything has begun"
    ]
    assert forbidden(scenario, 26) == ()


@pytest.mark.parametrize(
    "changes", [{}, {"referrals.self.first_week": 10}, {**each("ramp_weeks", 0)}, {**each("ramp_weeks", 50)}], ids=str
)
def test_from_the_earliest_week_on_every_week_expects_the_same_referrals_and_not_before(changes):
    scenario = iopsim.load(PLAIN, {**FLAT, **changes})
    first = earliest(scenario)
    weekly = rulebook.write(scenario).demand.expected_referrals.reshape(len(SOURCES), -1, 7).sum(axis=2)
    assert np.allclose(weekly[:, first:], weekly[:, -1:], rtol=1e-12)
    assert first == 0 or not np.allclose(weekly[:, first - 1], weekly[:, -1], rtol=1e-3)


# ------------------------------------------------------------------------------------- what it says


def test_the_table_of_a_notebook_says_that_it_is_a_mature_view(flat):
    said = "Mature view, after a warm-up of 30 weeks: only clients who came, and days, from 2 August 2027 on"
    assert said in iopsim.simulate(flat, 2, warm_up=30)._repr_html_()
    assert "Mature" not in iopsim.simulate(flat, 2)._repr_html_()


@pytest.mark.parametrize("weeks", [30, 60, 69])
def test_every_chart_says_that_it_is_a_mature_view_and_nothing_is_cut_off(flat, weeks):
    result = iopsim.simulate(flat, 2, warm_up=weeks)
    for name in OF_A_RUN:
        chart = draw(name, result)
        assert f"Mature view, after a warm-up of {weeks} weeks" in words(chart)
        assert f"{result.mature_from:%B %Y} on." in words(chart)
        assert_fits(chart)
