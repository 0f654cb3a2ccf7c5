"""A journey told: nothing that happened is left out, and every reason agrees with the rule that decided."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from everything import PRESENT, RETURNS, run_everything
from iopsim import rulebook
from iopsim.cli.commands import app
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.events import Activity, events
from iopsim.hands import Hands
from iopsim.record import NEVER, Attendance, Exit
from iopsim.rules.relapse import relapse_days
from iopsim.scenario.load import load
from iopsim.trace import client_name, trace
from iopsim.trace.arrival import arrival
from iopsim.trace.dossier import Dossier
from iopsim.trace.journey import tell
from iopsim.trace.sessions import reasons_of
from strategies import run

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
                came = step.what.startswith(("came to the assessment", "the family came"))
                assert came or step.what in ("missed the assessment", "the family did not come to the family night")
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


# Where everything happens

CLINICS = {
    "clients call again": RETURNS,
    "clients are here at the opening": PRESENT,
    "moving on by a benchmark": {
        **RETURNS,
        "phases.intensive.benchmark_attended_share": 0.8,
        "phases.intensive.benchmark_weeks": 2,
        "phases.intensive.lapse_free_weeks": 2,
        "phases.intensive.least_weeks": 1,
        "phases.intensive.most_weeks": 6,
        "attendance.weekday_odds_ratios.Mon": 0.5,
        "assessment.open_access": True,
        "after.completed_odds_ratio": 0.5,
        "after.short_stay_odds_ratio": 2.0,
    },
}


@pytest.fixture(scope="module", params=CLINICS)
def dossiers(request):
    it = run_everything(CLINICS[request.param])
    hands = Hands(it.book, it.cohort, it.record)
    return [Dossier(it.scenario, it.book, it.record, hands, who) for who in range(len(it.record.clients))]


def test_everything_that_happens_to_anybody_is_told_in_order(dossiers):
    log = events(dossiers[0].record)
    names = set()
    for it in dossiers:
        journey = tell(it)
        assert len(journey.steps) == (log.client == it.who).sum() > 0
        assert [step.when for step in journey.steps] == sorted(step.when for step in journey.steps)
        assert all(step.what and "None" not in step.what + step.why for step in journey.steps)
        names.add(journey.title)
    assert len(names) == len(dossiers), "no two journeys have the same title"


def test_a_chance_told_agrees_with_its_card_and_with_what_became_of_it(dossiers):
    yes = {"came to", "taking", "the call was lost", "treatment was not", "referred", "called again", "assessed"}
    no = {"missed", "did not come", "lost before", "not referred by"}
    told = 0
    for it in dossiers:
        for step in tell(it).steps:
            for found in re.finditer(r"chance of ([a-z' ]+) ([0-9.]+); card ([0-9.]+) (<|>=) it", step.why):
                told += 1
                below = found[4] == "<"
                assert (float(found[3]) < float(found[2])) == below or found[3] == found[2]
                what = step.what.removeprefix("the family ")
                if found[1] in ("coming back", "being excused"):
                    back = step.what.startswith(("went to", "excused from"))
                    assert below == back, step
                elif what.startswith(tuple(yes)):
                    assert below, step
                else:
                    assert what.startswith(tuple(no)), step
                    assert not below, step
    assert told > 300


def test_a_card_between_two_edges_lies_between_them(dossiers):
    told = 0
    for it in dossiers:
        for step in tell(it).steps:
            for card, low, high in re.findall(r"card ([0-9.]+) between ([0-9.]+) and ([0-9.]+)", step.why):
                told += 1
                assert float(low) - 1e-3 <= float(card) <= float(high) + 1e-3, step
    assert told > 50


def test_the_rules_and_cards_of_attendance_give_every_session_as_it_was(dossiers):
    """The reasons come of going through a client's sessions again, so they are the reasons only if all agree."""
    seen = 0
    for it in dossiers:
        found = [reason.attendance for reason in reasons_of(it)]
        assert found == it.record.sessions.attendance[it.sessions].tolist()
        seen += len(found)
    assert seen > 300


def test_the_reasons_of_sessions_hold_in_a_plain_clinic_too():
    it = run({"weeks": 60})
    hands = Hands(it.book, it.cohort, it.record)
    for who in range(len(it.record.clients)):
        dossier = Dossier(it.scenario, it.book, it.record, hands, who)
        found = [reason.attendance for reason in reasons_of(dossier)]
        assert found == it.record.sessions.attendance[dossier.sessions].tolist()


def test_who_is_referred_while_referrers_react_has_a_card_that_says_so(dossiers):
    reacted = 0
    for it in dossiers:
        if it.fact("referral_day") != NEVER:
            activity = Activity.NOT_REFERRED if it.fact("exit") == Exit.NOT_REFERRED else Activity.REFERRED
            _, why = arrival(it)[activity](it.fact("referral_day"), it.fact("source"))
            if "last admitted" in why:
                reacted += 1
                assert ("card" in why and ">= it" in why) == (activity == Activity.NOT_REFERRED), why
            else:
                assert activity == Activity.REFERRED
    assert reacted > 10


def test_a_relapse_is_the_one_that_the_rule_gives(dossiers):
    for it in dossiers:
        if it.fact("relapse_day") != NEVER:
            after, stay = it.book.after, it.fact("exit_day") - it.fact("admitted_day")
            ratios = (after.completed_ratio, after.short_stay_ratio, after.short_stay_days)
            since = relapse_days(it.fact("exit"), stay, it.dealt("relapse"), *ratios)
            assert since == it.fact("relapse_day") - it.fact("exit_day")


def test_a_move_back_follows_a_lapse_and_a_move_on_a_phase_that_is_over(dossiers):
    back = on = 0
    for it in dossiers:
        lapsed = set(it.record.lapses.day[it.lapses].tolist())
        for step in tell(it).steps:
            day = (step.when.date() - it.scenario.opening).days
            if step.what.startswith("due to move back"):
                back += 1
                assert day in lapsed
            if step.what.startswith("due to move on"):
                on += 1
                assert step.why.startswith(("planned weeks are over", "benchmark"))
                assert "benchmark not met" not in step.why or "are the most" in step.why
    assert back and on


def test_each_episode_has_a_name_of_its_own_by_which_it_is_found():
    it = run_everything(RETURNS)
    clients = it.record.clients
    names = [client_name(it.scenario, it.book, it.record, who) for who in range(len(clients))]
    assert len(set(names)) == len(names)
    again = int(np.flatnonzero(clients.episode == 1)[0])
    assert names[again] == f"{names[clients.first[again]]} episode 2"
    journey = trace(it.scenario, client=names[again])
    assert journey.title.startswith(f"{names[again]}: ")
    assert f"before: {names[clients.first[again]]}" in journey.facts
    assert journey.steps[0].what == "called again"
    first = trace(it.scenario, client=names[clients.first[again]])
    assert f"afterwards: {names[again]}" in first.facts
    assert first.steps[-1].what.startswith("relapsed")


def test_who_is_here_at_the_opening_is_found_by_that_word():
    it = run_everything(PRESENT)
    journey = trace(it.scenario, client="self/here/1")
    assert journey.steps[0].what == "in group evening at the opening"
    assert journey.steps[0].why == "admitted 2 weeks before, 2 weeks in intensive"
    waiting = next(who for who in range(len(it.record.clients)) if it.record.clients.joined_day[who] < NEVER)
    name = client_name(it.scenario, it.book, it.record, waiting)
    assert trace(it.scenario, client=name).steps[0].what == "on the waitlist at the opening"


def test_visits_on_no_particular_day_are_told_of_their_week():
    it = run_everything({})
    log = events(it.record)
    visits = {Activity.INDIVIDUAL, Activity.MEDICATION}
    who = next(who for who in range(len(it.record.clients)) if Activity.MEDICATION in log.activity[log.client == who])
    steps = trace(it.scenario, client=client_name(it.scenario, it.book, it.record, who)).steps
    assert sum(step.any_day for step in steps) == sum(Activity(a) in visits for a in log.activity[log.client == who])
    assert {(step.when.date() - it.scenario.opening).days % 7 for step in steps if step.any_day} == {6}
    assert all("visit" in step.what or "individual session" in step.what for step in steps if step.any_day)


@pytest.mark.parametrize("before", ["wait", "unpaid"])
def test_the_end_of_coverage_tells_what_was_authorized_and_what_was_beyond(before):
    payer = {"coverage_loss_per_week": 0.0, "authorized_sessions": 3, "before_contract": before}
    it = run_everything({f"payers.medicaid.{name}": value for name, value in payer.items()})
    clients, told = it.record.clients, 0
    contract = it.book.coverage.contract_day[0]
    for who in np.flatnonzero(clients.exit == Exit.COVERAGE_ENDED).tolist():
        said = trace(it.scenario, client=client_name(it.scenario, it.book, it.record, who)).steps
        why = next(step.why for step in said if step.what.startswith("discharged"))
        found = re.match(
            r"medicaid authorized (\d+) sessions? and no more; (\d+) attended in full or made up by this weekly review"
            r"(?:, (\d+) of them beyond what is covered)?; ",
            why,
        )
        granted, used, beyond = (int(number or 0) for number in found.groups())
        sessions = it.record.sessions
        mine = sessions.attendance[(sessions.client == who) & (sessions.day >= contract)].tolist()
        assert used == mine.count(Attendance.ATTENDED) + mine.count(Attendance.MADE_UP)
        assert used - granted == beyond >= 0
        told += beyond > 0
    assert told


def test_the_screen_says_week_to_for_visits_and_once_which_hours_are_nominal(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = (
        Path(PALMETTO).read_text("utf-8").replace("planned_weeks = 12", "planned_weeks = 12, individual_per_week = 1")
    )
    (tmp_path / "visits.toml").write_text(text, "utf-8")
    told = CliRunner().invoke(app, ["trace", str(tmp_path / "visits.toml")]).stdout
    assert re.search(r"^week to \d+ \w{3} 20\d\d +(came|did not come) to an individual session$", told, re.MULTILINE)
    assert "23:00" not in told
    assert told.count("nominal") == told.count('under "week to"') == 1
    without = CliRunner().invoke(app, ["trace", PALMETTO]).stdout
    assert without.count("nominal") == 1
    assert "week to" not in without


def test_concurrent_reviews_are_told_when_what_was_authorized_is_used_up():
    changes = {
        "weeks": 60,
        "payers.medicaid.authorized_sessions": 7,
        "payers.medicaid.review_sessions": 5,
        "payers.medicaid.review_denied_probability": 0.3,
        "payers.medicaid.when_coverage_ends": "unpaid",
        "payers.medicaid.contract_week": 10,
    }
    scenario = load(PALMETTO, changes)
    book = rulebook.write(scenario)
    cohort = draw(book, Deck(1, 0))
    record = simulate(book, cohort)
    hands, clients, sessions = Hands(book, cohort, record), record.clients, record.sessions
    grown = denied = 0
    for who in np.flatnonzero(clients.admitted_day != NEVER).tolist():
        part, row = hands.of(who)
        counted = (sessions.client == who) & (sessions.day >= 70)
        used = int(np.isin(sessions.attendance[counted], (Attendance.ATTENDED, Attendance.MADE_UP)).sum())
        steps = tell(Dossier(scenario, book, record, hands, who)).steps
        told = [step.why for step in steps if "concurrent review" in step.why]
        if book.demand.payer_names[clients.payer[who]] != "medicaid":
            assert told == []
            continue
        granted = int(part.covered_sessions[row])
        assert len(told) == sum(level <= min(used, granted) for level in range(7, 500, 5))
        assert [why.endswith("grants no more") for why in told] == [7 + 5 * k == granted for k in range(len(told))]
        assert all(f"session {7 + 5 * k} of {7 + 5 * k} authorized" in why for k, why in enumerate(told))
        grown, denied = grown + sum("grants 5 more" in why for why in told), denied + (used >= granted)
    assert min(grown, denied) > 5


@pytest.mark.parametrize("words", ["dropped out", "dropped_out", "Dropped out"])
def test_an_ending_is_known_by_the_words_of_the_event_log(clinic, words):
    assert trace(clinic[0], ending=words) == trace(clinic[0], ending="dropped_out")
