"""The five programs that ship: each says what its description says, passes its checks, and runs sensibly."""

from pathlib import Path

import numpy as np
import pytest

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import Exit
from iopsim.rulebook import write
from iopsim.scenario import resolve
from iopsim.scenario.lines import dotted
from iopsim.scenario.resolved import BARE, UNGRADED, leaves, standing
from iopsim.standards import findings, hours_offered

FOLDER = Path(__file__).parent.parent / "scenarios"
PROGRAMS = ("palmetto", "directory-typical", "daily-short", "benchmark-step-down", "twelve-week")
FOUND = {name: resolve(FOLDER / f"{name}.toml") for name in PROGRAMS}
SCENARIOS = {name: found.scenario for name, found in FOUND.items()}
MEDICAID_RANGE = (135.0, 170.0)


def group_hours(name):
    scenario = SCENARIOS[name]
    return [
        max(hours_offered(scenario, phase, g) for g in scenario.groups.values() if not g.serves or called in g.serves)
        - phase.individual_per_week * scenario.individual.hours
        for called, phase in scenario.phases.items()
    ]


def test_every_shipped_scenario_is_one_of_the_five_programs():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_offers_the_hours_of_its_level_and_state(name):
    assert findings(SCENARIOS[name]) == ()
    assert all(phase.level for phase in SCENARIOS[name].phases.values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_number_has_a_source_and_a_grade_unless_the_plan_or_the_description_chooses_it(name):
    said = {}
    for key, _, value in leaves(SCENARIOS[name]):
        origin = FOUND[name].origins[dotted(key)]
        if origin.layer == "file":
            said[dotted(key)] = standing(value, origin)
    assert UNGRADED not in said.values()
    bare = {path.rpartition(".")[2] for path, behind in said.items() if behind == BARE}
    plan = {"weeks", "nights_per_week", "planned_weeks", "least_weeks", "most_weeks", "individual_per_week"}
    plan |= {"medication_every_weeks", "hours", "seats", "people", "priority", "mandated", "employed", "employer"}
    plan |= {"low_income", "other", "unstable_housing", "moud", "insurance"}
    assert bare <= plan


@pytest.mark.parametrize("name", PROGRAMS)
def test_people_come_and_most_who_start_are_in_the_groups_a_while(name):
    book = write(SCENARIOS[name])
    clients = simulate(book, draw(book, Deck(11, 0))).clients
    ended = {reason: int((clients.exit == reason).sum()) for reason in Exit}
    started = clients.admitted_day >= 0
    assert started.sum() > 100
    assert 0.1 < ended[Exit.COMPLETED] / started.sum() < 0.6
    assert ended[Exit.WAITING] < 20
    assert ended[Exit.RENEGED] < ended[Exit.NO_SHOW]
    attended = clients.attended[started].sum() / clients.scheduled[started].sum()
    assert 0.75 < attended < 0.9


# ------------------------------------------------------------------------ what each description says


def test_palmetto_meets_three_nights_assesses_free_and_takes_who_steps_down_first():
    palmetto = SCENARIOS["palmetto"]
    assert list(palmetto.referrals) == ["self", "court", "health_care", "inpatient"]
    assert list(palmetto.phases) == ["intensive", "step_down"]
    assert group_hours("palmetto")[0] == 9.0
    assert palmetto.money.assessment_is_free
    assert palmetto.state == "LA"
    assert palmetto.referrals["inpatient"].priority < palmetto.referrals["self"].priority
    assert 13 <= sum(phase.planned_weeks for phase in palmetto.phases.values()) <= 18
    assert MEDICAID_RANGE[0] <= palmetto.payers["medicaid"].rates.session_usd <= MEDICAID_RANGE[1]
    assert FOUND["palmetto"].origins["payers.medicaid.rates.session_usd"].grade == "assumed"


def test_a_mandate_keeps_people_unless_they_are_on_medication():
    book = write(SCENARIOS["palmetto"])
    cohort = draw(book, Deck(3, 0))
    names = book.demand.trait_names
    has = {name: (cohort.traits >> k & 1).astype(bool) for k, name in enumerate(names)}
    ratio = dict(zip(names, book.demand.dropout_ratio, strict=False))
    assert has["mandated"].sum() > 100
    assert np.array_equal(has["mandated_on_moud"], has["mandated"] & has["moud"])
    assert np.array_equal(has["mandated_without_moud"], has["mandated"] & ~has["moud"])
    assert ratio["mandated"] == 1.0
    assert ratio["mandated_without_moud"] < 1.0 < ratio["mandated_on_moud"]


def test_the_directory_s_program_grows_lighter_over_three_to_four_months():
    scenario, hours = SCENARIOS["directory-typical"], group_hours("directory-typical")
    assert hours == sorted(hours, reverse=True)
    assert all(3.0 <= group.hours <= 5.0 for group in scenario.groups.values())
    assert 13 <= sum(phase.planned_weeks for phase in scenario.phases.values()) <= 18
    assert scenario.medication.trait == "moud"
    assert all(scenario.payers[name].authorized_sessions != "none" for name in ("medicaid", "employer"))


def test_the_daily_program_meets_on_every_weekday_for_four_weeks_and_takes_no_appointments():
    scenario = SCENARIOS["daily-short"]
    assert scenario.groups["daily"].nights == ("Mon", "Tue", "Wed", "Thu", "Fri")
    assert (scenario.phases["daily"].nights_per_week, scenario.phases["daily"].planned_weeks) == (5, 4)
    assert scenario.assessment.open_access
    assert scenario.levers.transport.on and scenario.levers.child_care.on
    assert scenario.placement.residential.share > 0


def test_the_benchmark_program_steps_down_in_hours_as_benchmarks_are_met():
    scenario = SCENARIOS["benchmark-step-down"]
    assert group_hours("benchmark-step-down") == [20.0, 9.0, 3.0]
    assert [phase.level for phase in scenario.phases.values()] == ["2.5", "2.1", "1"]
    assert scenario.placement.withdrawal.share > 0
    record = simulate(book := write(scenario), draw(book, Deck(5, 0)))
    assert len(record.lapses.client) > 20
    assert len(record.moves.phase) > 20
    assert set(record.moves.phase.tolist()) == {0, 1, 2}  # down both steps, and up after a lapse


def test_the_twelve_week_program_meets_three_or_four_days_and_ends_in_private_sessions():
    scenario = SCENARIOS["twelve-week"]
    assert group_hours("twelve-week")[:2] == [12.0, 9.0]
    assert scenario.phases["four_days"].planned_weeks + scenario.phases["three_days"].planned_weeks == 12
    assert scenario.phases["private"].individual_per_week == 1
    assert scenario.family_night.every_weeks > 0
