"""The pre-flight's closed forms against the simulation of a program in which nobody ever waits."""

import math

import numpy as np
import pytest

from iopsim import preflight, rulebook
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.measures.presence import census as measures_census
from iopsim.measures.view import View
from iopsim.scenario.load import load

PLAIN = "tests/plain.toml"
AMPLE = {
    "calendar.holidays": "",
    "referrals.self.per_week": 60,
    "referrals.self.ramp_weeks": 0,
    "groups.evening.seats": 500,
    "staff.counselor.caseload": "none",
    "assessment.slots_per_day": 200,
    "assessment.weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "admission.weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "absence_rule.window_weeks": 104,
}
BLOCKS, LIMIT = 6, 4.5
"""Replications, and |z| allowed: one false alarm in 150,000 for each comparison. Seeds were fixed first."""


@pytest.fixture(scope="module")
def ample():
    book = rulebook.write(load(PLAIN, AMPLE))
    return book, [simulate(book, draw(book, Deck(2027, k))) for k in range(BLOCKS)]


def assert_share(hits, n, expected):
    z = (hits - n * expected) / math.sqrt(n * expected * (1 - expected))
    assert abs(z) < LIMIT, (hits / n, expected, z)


def test_survival_with_absence_rule_and_all_hazards_is_what_the_simulation_shows(ample):
    book, records = ample
    expected = preflight.survival(book, [3] * 12 + [1] * 4)
    stays = []
    for record in records:
        clients = record.clients
        who = (clients.admitted_day >= 0) & (clients.admitted_day <= record.days - 140)
        stays.append(np.where(clients.exit_day[who] < 0, 10**6, clients.exit_day[who] - clients.admitted_day[who]))
    stays = np.concatenate(stays)
    for week in range(1, 16):
        assert_share(int((stays > 7 * week).sum()), len(stays), expected[week])


def test_the_share_assessed_and_the_appointments_it_takes_are_what_the_simulation_shows(ample):
    book, records = ample
    shown, appointments = preflight.assessment_outlook(book)
    assessed = total = booked = 0
    for record in records:
        who = record.clients.referral_day <= record.days - 400
        total += int(who.sum())
        assessed += int((record.clients.assessed_day[who] >= 0).sum())
        booked += int(record.clients.appointments[who].sum())
    assert_share(assessed, total, shown)
    assert_share(booked - total, total, appointments - 1)  # one rebooking at most


def test_the_share_who_do_not_give_up_before_they_are_ready_is_what_the_simulation_shows(ample):
    book, records = ample
    stayed = total = 0
    for record in records:
        who = (record.clients.joined_day >= 0) & (record.clients.joined_day <= record.days - 400)
        total += int(who.sum())
        stayed += int((record.clients.admitted_day[who] >= 0).sum())
    assert_share(stayed, total, preflight.ready_share(book))


def test_offered_load_is_the_mean_use_of_a_program_in_which_nobody_waits(ample):
    book, records = ample
    slots, seats, caseload = preflight.check(load(PLAIN, AMPLE)).loads
    last = slice(book.days - 364, book.days)
    night = [(r.nights.day >= last.start) for r in records]
    taken = [r.nights.scheduled[n].sum() / 52 for r, n in zip(records, night, strict=True)]
    booked = [(r.appointments.day >= last.start).sum() / 52 for r in records]
    here = [measures_census(View(r, book))[last].mean() for r in records]
    for simulated, expected in ((taken, seats.demand), (booked, slots.demand), (here, caseload.demand)):
        t = (np.mean(simulated) - expected) / (np.std(simulated, ddof=1) / math.sqrt(BLOCKS))
        assert abs(t) < 15.6, (np.mean(simulated), expected, t)  # Student's t, 5 degrees: one false alarm in 50,000


def test_a_program_is_warned_that_its_seats_are_too_few():
    slots, seats, caseload = preflight.check(load(PLAIN)).loads
    assert seats.share > 1 and "demand exceeds capacity" in seats.warning
    assert slots.warning == "" and caseload.warning == ""


def test_groups_that_share_no_phase_are_separate_loads():
    changes = {
        "groups.evening.serves": ["intensive"],
        "groups.later": {"nights": ["Thu"], "serves": ["step_down"]},
    }
    names = [load.resource for load in preflight.check(load(PLAIN, changes)).loads]
    assert names == ["assessment slots", "seats in evening", "seats in later", "counselor caseload"]


def test_a_caseload_without_limit_is_never_a_warning():
    last = preflight.check(load(PLAIN, {"staff.counselor.caseload": "none"})).loads[-1]
    assert last.share == 0.0 and last.warning == ""


def test_demand_without_any_capacity_is_a_warning():
    first = preflight.check(load(PLAIN, {"assessment.slots_per_day": 0})).loads[0]
    assert math.isinf(first.share) and first.warning


def test_seats_that_a_phase_cannot_use_do_not_count_for_it():
    changes = {"groups.evening.seats": 4, "groups.late": {"nights": ["Thu"], "seats": 60}}
    seats = preflight.check(load(PLAIN, changes)).loads[1]
    assert seats.resource == "seats in evening for intensive"
    assert seats.share > 3


def test_a_short_run_is_judged_by_its_last_quarter_not_by_its_ramp():
    early, late = (preflight.check(load(PLAIN, {"weeks": weeks})).loads[0].demand for weeks in (26, 104))
    assert 0.8 < early / late < 1.0


def test_a_long_way_to_the_next_assessment_day_is_reckoned_with():
    changes = {"assessment.weekdays": ["Mon"], "assessment.slots_per_day": 500, "calendar.holidays": "", "weeks": 208}
    book = rulebook.write(load(PLAIN, {**changes, "referrals.self.per_week": 60}))
    shown, _ = preflight.assessment_outlook(book)
    clients = simulate(book, draw(book, Deck(2028, 0))).clients
    who = clients.referral_day <= book.days - 400
    assert_share(int((clients.assessed_day[who] >= 0).sum()), int(who.sum()), shown)


def test_calls_that_are_lost_are_no_load_and_detours_come_back_as_one():
    def loads(changes):
        return {load.resource: load.demand for load in preflight.check(load(PLAIN, changes)).loads}

    whole, half = loads({}), loads({"calls.lost_probability": 0.2, "calls.screened_out_probability": 0.375})
    for resource, demand in whole.items():
        assert half[resource] == pytest.approx(demand / 2)
    away = {"placement": {"this_program": 0.3, "higher": 0.2}, "placement.residential.share": 0.3}
    back, gone = (loads({**away, "placement.residential.return_probability": share}) for share in (1.0, 0.0))
    assert back["counselor caseload"] == pytest.approx(whole["counselor caseload"])
    assert gone["counselor caseload"] == pytest.approx(whole["counselor caseload"] / 2)
    payers = {"payers.plan": {"share": 0.5, "authorization_denied_probability": 0.2}, "payers.cash": {"share": 0.5}}
    assert loads(payers)["counselor caseload"] == pytest.approx(0.9 * whole["counselor caseload"])


def test_what_the_estimate_leaves_out_is_said():
    changes = {"after.return_probability": 0.2, "groups.late": {"nights": ["Thu"], "opens_when_waiting": 8}}
    notes = " ".join(preflight.check(load(PLAIN, changes)).notes)
    assert "clients who call again" in notes and "wait for a trigger" in notes
    assert "Left out" not in " ".join(preflight.check(load(PLAIN)).notes)


# --------------------------------------------------------------------------------------------- staff hours

SPENT = ("groups", "assessments", "orientation", "family", "supervision", "individual", "medication", "notes")

FULL = {
    "calendar.holidays": "",
    "referrals.self.per_week": 60,
    "referrals.self.ramp_weeks": 0,
    "groups.evening.seats": 10,
    "phases.intensive.individual_per_week": 1,
    "individual.show_probability": 1.0,
    "family_night.every_weeks": 4,
    "orientation.required": True,
    "assessment.slots_per_day": 12,
    "staff.counselor.people": 3,
    "staff.counselor.caseload": 100,
    "staff.counselor.duties": ["groups", "individual"],
    "staff.clinician": {"people": 1, "caseload": "none", "duties": ["assessment"], "turnover_per_year": 0.0},
}
"""A program whose seats are always all taken, with more hours than are needed."""


def hours(changes):
    return {load.resource: load for load in preflight.check(load(PLAIN, changes)).hours}


def test_hours_when_full_are_those_that_a_full_program_spends():
    book = rulebook.write(load(PLAIN, FULL))
    record = simulate(book, draw(book, Deck(2027, 0)))
    staff, last = record.staff, record.staff.week >= book.weeks - 52
    counselor = last & (staff.role == 0)
    spent = sum(int(getattr(staff, what)[counselor].sum()) for what in SPENT) / 60 / 52
    found = hours(FULL)["hours of counselor, when full"]
    assert spent == pytest.approx(found.demand, rel=0.05)
    assert found.capacity == 3 * 40
    assert math.fsum(part for _, part in found.parts) == pytest.approx(found.demand)
    for what, part in found.parts:
        columns = {"family nights": "family", "orientations": "orientation", "individual sessions": "individual"}
        hours_of_it = int(getattr(record.staff, columns.get(what, what))[counselor].sum()) / 60 / 52
        assert hours_of_it == pytest.approx(part, rel=0.1), what
    assert hours(FULL)["hours of clinician, when full"].capacity < 40  # sickness and leave


def test_hours_are_told_of_the_hardest_pressed_of_those_who_share_work():
    duties = ["assessment", "groups", "individual"]
    shared = {**FULL, "staff.clinician.duties": duties, "staff.counselor.duties": duties, "assessment.slots_per_day": 1}
    assert list(hours({**shared, "staff.counselor.notes_hours_per_client_week": 0.0})) == [
        "hours of counselor, clinician, when full"
    ]
    own = {**shared, "staff.clinician.people": 4, "staff.counselor.supervision_hours_per_week": 19.0}
    own |= {"staff.counselor.hours_per_week": 20.0, "family_night.every_weeks": 0, "orientation.required": False}
    found = hours(own)["hours of counselor, when full"]
    assert found.demand == pytest.approx(3 * 19 + notes(own))
    assert found.capacity == 60.0


def notes(changes):
    """Hours of notes in a full program: only counselors carry clients, so the more of these the more notes."""
    with_notes = {**changes, "staff.counselor.notes_hours_per_client_week": 1.0}
    without = {**changes, "staff.counselor.notes_hours_per_client_week": 0.0}
    one, none = (hours(some)["hours of counselor, when full"].demand for some in (with_notes, without))
    assert one > none
    return (one - none) / 2


def test_more_hours_than_there_are_is_a_warning_and_no_load_that_holds_people_back():
    enough = {**FULL, "assessment.slots_per_day": 1}
    few = {**enough, "staff.counselor.hours_per_week": 8.0}
    flight = preflight.check(load(PLAIN, few))
    (warning,) = (said for said in flight.warnings if "hours" in said)
    share = next(iter(flight.hours)).share
    assert warning.startswith(f"the work of a full program would take {share:.0%} of the hours of counselor: ")
    assert not flight.is_easy
    assert not any("hours" in said for said in preflight.check(load(PLAIN, enough)).warnings)


def test_groups_need_the_facilitators_that_a_full_group_needs():
    one = {**FULL, "phases.intensive.individual_per_week": 0, "family_night.every_weeks": 0}
    two = {**one, "staff.counselor.clients_per_facilitator": 6}
    more = hours(two)["hours of counselor, when full"].demand - hours(one)["hours of counselor, when full"].demand
    assert more == pytest.approx(9.0)  # three nights of three hours


def test_without_staff_nothing_is_said_of_hours():
    bare = {**AMPLE, "staff.counselor.caseload": "none", "staff.counselor.duties": []}
    flight = preflight.check(load(PLAIN, bare))
    assert flight.hours == () and "when full" not in " ".join(flight.notes)


def test_medication_visits_are_for_those_with_the_trait_alone():
    med = {
        **FULL,
        "traits.moud": {"share": 0.25},
        "traits.other": {"none_of": ["moud"]},
        "phases.intensive.medication_every_weeks": 2,
        "staff.nurse": {
            "people": 1,
            "caseload": "none",
            "duties": ["medication"],
            "supervision_hours_per_week": 0.0,
            "wage_usd_per_hour": 99.0,
        },
    }
    every = hours(med)["hours of nurse, when full"].demand
    for trait, share in (("moud", 0.25), ("other", 0.75)):
        some = hours({**med, "medication.trait": trait})["hours of nurse, when full"].demand
        assert some == pytest.approx(share * every)
