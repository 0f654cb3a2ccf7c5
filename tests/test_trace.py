"""A journey told: nothing that happened is left out, and every reason agrees with the rule that decided."""

import re

import pytest

from iopsim import rulebook
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.events import events
from iopsim.record import Exit
from iopsim.scenario.load import load
from iopsim.trace import client_name, trace

PALMETTO = "scenarios/palmetto.toml"


@pytest.fixture(scope="module")
def clinic():
    scenario = load(PALMETTO, {"waitlist.limit": 4, "weeks": 80})
    book = rulebook.write(scenario)
    return scenario, book, simulate(book, draw(book, Deck(1, 0)))


def test_every_client_has_a_journey_with_a_step_for_each_event(clinic):
    scenario, book, record = clinic
    log = events(record)
    for who in range(0, len(record.clients), 7):
        name = client_name(scenario, book, record, who)
        journey = trace(scenario, 1, 0, name)
        assert journey.title.startswith(name)
        assert len(journey.steps) == (log.client == who).sum()
        assert [step.when for step in journey.steps] == sorted(step.when for step in journey.steps)


def test_a_card_told_agrees_with_the_decision_it_made(clinic):
    scenario, book, record = clinic
    told = 0
    for who in range(0, len(record.clients), 5):
        for step in trace(scenario, 1, 0, client_name(scenario, book, record, who)).steps:
            found = re.search(r"chance of coming (\S+); card (\S+) (<|>=) it", step.why)
            if found:
                told += 1
                came = step.what == "came to the assessment"
                assert came == (found[3] == "<")
                assert (float(found[2]) < float(found[1])) == came or found[1] == found[2]
    assert told > 50


@pytest.mark.parametrize("ending", ["completed", "dropped_out", "terminated", "no_show", "reneged", "balked"])
def test_a_client_is_found_by_ending(clinic, ending):
    journey = trace(clinic[0], ending=ending)
    assert journey.title.endswith(ending.replace("_", " "))


def test_without_a_wish_a_client_who_completed_is_told(clinic):
    assert trace(clinic[0]).title.endswith(": completed")


def test_sessions_stand_at_the_hour_of_the_group(clinic):
    steps = [step for step in trace(clinic[0]).steps if step.what.startswith("attended")]
    assert {step.when.strftime("%H:%M") for step in steps} == {"17:30"}
    assert {step.when.strftime("%a") for step in steps} <= {"Mon", "Tue", "Wed"}


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ({"client": "nobody/2027-01-04/1"}, "no client 'nobody/2027-01-04/1'"),
        ({"ending": "vanished"}, "no ending 'vanished'; one of awaiting_assessment, no_show"),
        ({"ending": "died"}, "no client of this replication ended as died"),
    ],
)
def test_who_is_not_there_is_not_told(clinic, wish, answer):
    with pytest.raises(IopsimError, match=answer):
        trace(clinic[0], **wish)


def test_an_empty_program_has_no_journey():
    changes = {f"referrals.{name}.per_week": 0.0 for name in ("self", "court", "health_care", "inpatient")}
    with pytest.raises(IopsimError, match="nobody is referred"):
        trace(load(PALMETTO, changes))


def test_every_ending_has_words(clinic):
    _, _, record = clinic
    assert {Exit(code) for code in record.clients.exit.tolist()} >= {Exit.COMPLETED, Exit.BALKED, Exit.RENEGED}
