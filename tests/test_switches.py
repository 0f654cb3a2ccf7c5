"""Every switch leaves the people as they were, and at its neutral value changes not one bit of what happens.

The cards of later episodes and of staff are in test_card_addresses.py.
"""

import numpy as np
import pytest

from everything import PRESENT, RETURNS, run_everything, run_of, with_detours
from iopsim.events import Activity, events
from iopsim.record import NEVER
from people import BASE, COVERAGE, RATIOS, assert_same_hands, hands, names
from strategies import Changes, Run, run

# The people

PAYER = {"authorization": {"median_days": 2.0, "mean_days": 3.0}, "authorization_denied_probability": 0.2}
SWITCHES: dict[str, tuple[Changes, tuple[str, ...]]] = {
    "payers": (
        {"payers.plan": {**PAYER, "share": 0.6}, "payers.cash": {"share": 0.4}}, ("payer", "ready_delay", *COVERAGE),
    ),
    "calls lost and screened out": ({"calls.lost_probability": 0.3, "calls.screened_out_probability": 0.3}, ()),
    "an orientation": (
        {"orientation.required": True, "orientation.show_probability": 0.5}, ("orientations_missed",),
    ),
    "interim services": ({"interim.offered": "everybody", "interim.renege_hazard_ratio": 0.3}, ()),
    "the federal order": (
        {"block_grant.applies": True, "block_grant.pregnant": "employed", "block_grant.injecting": "mandated"}, (),
    ),
    "a lever": ({"levers.reminders.on": True, "levers.reminders.show_odds_ratio": 2.0}, RATIOS),
    "a lever for a trait": (
        {"levers.transport.on": True, "levers.transport.trait": "employed",
         "levers.transport.attendance_odds_ratio": 2.0}, RATIOS,
    ),
    "staff who do everything": (
        {"staff.nurse": {"people": 3, "caseload": 9, "duties": ["groups", "individual", "assessment", "medication"]}},
        (),
    ),
    "staff who never leave": ({"staff.counselor.turnover_per_year": 0.0}, ()),
    "staff who often leave": ({"staff.counselor.turnover_per_year": 4.0}, ()),
    "staff who are often sick": ({"staff.counselor.sick_days_per_year": 80.0}, ()),
    "a hire on a trigger": ({"staff.counselor.hire_when_caseload": 2, "staff.counselor.hire_lead_weeks": 0}, ()),
    "a group on a trigger": (
        {"groups.late": {"nights": ["Thu", "Fri", "Sat"], "opens_when_waiting": 1, "opens_after_weeks": 1}}, (),
    ),
    "a group for some": ({"groups.late": {"nights": ["Thu", "Fri", "Sat"], "for_traits": ["employed"]}}, ()),
    "a group that few attend": ({"groups.evening.attendance_odds_ratio": 0.3}, ()),
    "cohorts": ({"groups.evening.admission": "cohort", "groups.evening.cohort_weeks": 4}, ()),
    "cancelled nights": ({"groups.evening.smallest_census": 4}, ()),
    "lapses": (
        {"lapse.per_week": 0.3, "lapse.step_up_probability": 0.3, "lapse.step_out_probability": 0.3}, (),
    ),
    "make-up nights": ({"attendance.make_up_probability": 1.0}, ()),
    "sessions cut short": ({"attendance.cut_short_probability": 0.3}, ()),
    "sessions beside the group": (
        {"phases.intensive.individual_per_week": 2, "phases.intensive.medication_every_weeks": 1,
         "family_night.every_weeks": 1, "staff.counselor.duties": ["individual", "medication"]}, (),
    ),
    "a benchmark": (
        {"phases.intensive.benchmark_attended_share": 0.9, "phases.intensive.least_weeks": 1,
         "phases.intensive.most_weeks": 20}, (),
    ),
    "relapse and return": (RETURNS, ("relapse", "returns", "return_delay")),
    "referrers who react": ({"referrals.self.kept_per_week_waited": 0.3}, ()),
    "open access": ({"assessment.open_access": True}, ()),
    "overbooking": ({"assessment.overbooking": 1.0}, ()),
    "a trait that follows": (
        {"traits.zealous": {"all_of": ["employed", "mandated"], "dropout_hazard_ratio": 0.2}}, ("traits", *RATIOS),
    ),
}  # fmt: skip


LONG: Changes = {**BASE, "weeks": 40, "staff.counselor.turnover_per_year": 0.8}


@pytest.fixture(scope="module")
def base() -> Run:
    return run(LONG, seed=2)


@pytest.mark.parametrize(("change", "but"), SWITCHES.values(), ids=SWITCHES)
def test_a_switch_leaves_every_client_s_cards_where_they_were(base: Run, change: Changes, but: tuple[str, ...]) -> None:
    other = run({**LONG, **change}, seed=2)
    assert assert_same_hands(base, other, but) == set(hands(base)) == set(hands(other))
    changed = {name for name, column in other.record.columns().items() if differs(column, base.record.columns()[name])}
    assert changed, "the switch has no effect"


def differs(one: np.ndarray, other: np.ndarray) -> bool:
    return not np.array_equal(one, other)


def test_detours_leave_every_client_s_cards_where_they_were(base: Run) -> None:
    other = run_of(with_detours(base.scenario), seed=2)
    assert assert_same_hands(base, other, COVERAGE) == set(hands(base)) == set(hands(other))
    assert (other.record.clients.away_day != NEVER).any()


@pytest.mark.parametrize(
    "change",
    [{"referrals.self.doubt": 0.8}, {"referrals.self.growth_per_year": 0.2}, {"referrals.self.growth_per_year": 5.0}],
    ids=str,
)
def test_who_else_comes_changes_no_hand_of_those_who_come_anyway(base: Run, change: Changes) -> None:
    common = assert_same_hands(base, run({**LONG, **change}, seed=2))
    assert {client for client in hands(base) if client[0] != "self"} <= common


def test_a_source_s_doubt_is_one_factor_on_its_whole_run() -> None:
    counts = [len(run({**BASE, "referrals.self.doubt": 1.0}, replication=k).record.clients) for k in range(12)]
    plain = [len(run(BASE, replication=k).record.clients) for k in range(12)]
    assert np.std(counts) > 2 * np.std(plain)


def test_more_growth_keeps_every_client_of_less() -> None:
    few, many = (run({**BASE, "referrals.self.growth_per_year": growth}) for growth in (0.8, 2.0))
    assert assert_same_hands(few, many) == set(hands(few)) < set(hands(many))


def test_who_is_here_at_the_opening_moves_nobody_s_cards(base: Run) -> None:
    other = run({**LONG, "present.old": {"count": 3, "source": "self"}, "present.new": {"source": "court"}}, seed=2)
    assert assert_same_hands(base, other) == set(hands(base))
    assert set(hands(other)) - set(hands(base)) == {("self", -1, 0), ("self", -1, 1), ("self", -1, 2), ("court", -1, 0)}
    old = {"count": 3, "source": "self"}
    more = run({**LONG, "present.first": {"count": 2, "source": "inpatient"}, "present.old": old}, seed=2)
    assert {client for client in assert_same_hands(other, more) if client[1] == NEVER} == {
        ("self", -1, 0), ("self", -1, 1), ("self", -1, 2),
    }  # fmt: skip


@pytest.mark.parametrize("more", [{"calls.lost_probability": 0.5}, {"groups.evening.seats": 9}, {"weeks": 80}], ids=str)
def test_where_everything_happens_the_same_people_come(more: Changes) -> None:
    for some in (PRESENT, RETURNS):
        one, other = run_everything(some), run_everything({**some, **more})
        assert assert_same_hands(one, other) == set(hands(one))


def told(it: Run, days: int) -> list[tuple[object, ...]]:
    """The events of the first days, clients and episodes by name; a day beyond them has no date."""
    log, clients = events(it.record), it.record.clients
    who = names(it.book, it.cohort)
    early = np.flatnonzero(log.day < days)
    dated = (log.activity == Activity.BOOKED) | (log.activity == Activity.JOINED_WAITLIST)
    detail = np.where(dated, np.minimum(log.detail, days), log.detail)
    people = [(who[first], int(episode)) for first, episode in zip(clients.first, clients.episode, strict=True)]
    columns = [column[early].tolist() for column in (log.day, log.phase, log.client, log.activity, detail)]
    return sorted((people[client], day, phase, *what) for day, phase, client, *what in zip(*columns, strict=True))


@pytest.mark.parametrize("extra", [1, 20])
@pytest.mark.parametrize("some", [RETURNS, PRESENT], ids=["returns", "present"])
def test_where_everything_happens_a_longer_run_begins_with_the_same_days(some: Changes, extra: int) -> None:
    one, other = run_everything(some), run_everything({**some, "weeks": 60 + extra})
    days = one.record.days
    assert told(one, days) == told(other, days)
    for table in ("nights", "sessions", "moves", "intake", "staff"):
        ours, theirs = getattr(one.record, table), getattr(other.record, table)
        for name in ours.__slots__:
            if name != "client":  # later episodes are numbered after all first ones, so a longer run's are others
                column = getattr(ours, name)
                assert np.array_equal(column, getattr(theirs, name)[: len(column)]), f"{table}.{name}"


# Neutral values

LEVERS = (
    "reminders", "transport", "child_care", "contingency_management", "same_day_assessment", "second_evening", "video",
)  # fmt: skip
NO_EFFECT = {f"{what}_ratio": 1.0 for what in ("show_odds", "renege_hazard", "attendance_odds", "dropout_hazard")}
FREE = dict.fromkeys(("start_up_usd", "usd_per_week", "usd_per_client_week", "usd_per_session"), 0.0)
NO_DELAY = {"median_days": 0.0, "mean_days": 0.0}
EVERY_DAY = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
NOBODY_FIRST: Changes = {
    "block_grant.applies": True, "traits.pregnant": {"share": 0.0}, "traits.injecting": {"share": 0.0},
}  # fmt: skip
"""The federal order of priority binds, and nobody comes first in it."""
OPEN: Changes = {**BASE, "calendar.holidays": "", "waitlist.limit": 3}

NEUTRAL: dict[str, tuple[Changes, tuple[str, ...]]] = {
    **{
        f"{lever} without effect": (
            {f"levers.{lever}.{k}": v for k, v in {"on": True, **NO_EFFECT, **FREE}.items()}, (),
        )
        for lever in LEVERS
    },
    "a group whose lever is off": (
        {"groups.late": {"nights": ["Thu", "Fri", "Sat"], "lever": "second_evening"}}, (),
    ),
    "a group that waits for more clients than ever wait": (
        {"groups.late": {"nights": ["Thu", "Fri", "Sat"], "opens_when_waiting": 500}}, (),
    ),
    "a hire that waits for more clients than anyone carries": ({"staff.counselor.hire_when_caseload": 400}, ()),
    "a room": ({"rooms.hall": {"seats": 40}, "groups.evening.room": "hall"}, ()),
    "payers who ask for nothing": (
        {"payers.plan": {"share": 0.5, "before_contract": "wait"}, "payers.cash": {"share": 0.5}}, ("clients.payer",),
    ),
    "one payer": ({"payers.plan": {"share": 1.0, "authorization": NO_DELAY, "coverage_loss_per_week": 0.0}}, ()),
    "more sessions authorized than anyone attends": (
        {"payers.plan": {"share": 1.0, "authorized_sessions": 365, "review_denied_probability": 1.0}}, (),
    ),
    "coverage that ends and treatment that goes on": (
        {"payers.plan": {"share": 1.0, "authorized_sessions": 3, "review_denied_probability": 0.5,
                         "coverage_loss_per_week": 0.5, "when_coverage_ends": "unpaid"}}, (),
    ),
    "a contract late, and clients served unpaid until then": (
        {"payers.plan": {"share": 1.0, "contract_week": 9, "before_contract": "unpaid"}}, (),
    ),
    "interim services that change nobody's mind": ({"interim.offered": "everybody"}, ()),
    "interim services for populations that nobody belongs to": (
        {**NOBODY_FIRST, "interim.offered": "priority", "interim.renege_hazard_ratio": 0.1}, ("clients.traits",),
    ),
    "the federal order where nobody has the traits": (NOBODY_FIRST, ("clients.traits",)),
    "overbooking of less than a slot": ({"assessment.overbooking": 0.4}, ()),
    "what a lapse would lead to": (
        {"lapse.step_up_probability": 0.5, "lapse.step_out_probability": 0.5, "lapse.dropout_hazard_ratio": 2.0}, (),
    ),
    "a benchmark that everybody meets when the plan would end": (
        {"phases.intensive.lapse_free_weeks": 1, "phases.intensive.most_weeks": 40}, (),
    ),
    "a benchmark that nobody meets before the plan ends": (
        {"phases.intensive.lapse_free_weeks": 50, "phases.intensive.least_weeks": 1}, (),
    ),
    "cohorts that are always open": (
        {"groups.evening.admission": "cohort", "groups.evening.cohort_weeks": 4, "groups.evening.cohort_open_weeks": 4},
        (),
    ),
    "visits that nobody has": (
        {"individual.hours": 2.0, "medication.hours": 2.0, "family_night.staff": 3}, (),
    ),
    "a trait that follows and does nothing": ({"traits.zealous": {"all_of": ["employed"]}}, ("clients.traits",)),
    "a trait that nobody has": ({"traits.zealous": {"share": 0.0, "dropout_hazard_ratio": 9.0}}, ()),
    "returns that never happen": ({"after.return_days": 1.0, "after.most_episodes": 5}, ()),
    "one episode at most": ({**RETURNS, "after.most_episodes": 1}, ("clients.relapse_day",)),
    "the lock-out of those who never call again": ({"absence_rule.lockout_days": 0}, ()),
    "a vacancy that never is": (
        {"staff.counselor.turnover_per_year": 0.0, "staff.counselor.vacancy_weeks": 50.0}, ("before",),
    ),
    "an entry of nobody at the opening": ({"present.old": {"count": 0, "source": "self", "weeks": 3}}, ()),
    "crowding that deters nobody": ({"leaving.crowded_hazard_ratio": 1.0}, ()),
    "money": ({"money.fixed_usd_per_week": 9000.0, "staff.counselor.wage_usd_per_hour": 99.0}, ()),
    "promises": ({"targets.assessment_days": 1, "targets.start_days": 1}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("change", "but"), NEUTRAL.values(), ids=NEUTRAL)
def test_at_its_neutral_value_a_switch_changes_not_one_bit(change: Changes, but: tuple[str, ...]) -> None:
    start = {**OPEN, "staff.counselor.turnover_per_year": 0.0} if "before" in but else OPEN
    ours, theirs = run(start).record.columns(), run({**start, **change}).record.columns()
    changed = [name for name, column in ours.items() if name not in but and differs(column, theirs[name])]
    assert changed == []


def test_an_orientation_every_day_to_which_all_come_changes_nothing_but_hours() -> None:
    orientation = {"orientation.weekdays": EVERY_DAY, "orientation.show_probability": 1.0}
    ours, theirs = (
        run({**OPEN, **more}).record.columns() for more in ({}, {**orientation, "orientation.required": True})
    )
    changed = [name for name, column in ours.items() if differs(column, theirs[name])]
    assert not [name for name in changed if not name.startswith("staff.")]


def test_a_lever_of_ratio_one_changes_nothing_even_where_everything_happens() -> None:
    for lever in LEVERS:
        on = {f"levers.{lever}.{k}": v for k, v in {"on": True, **NO_EFFECT, **FREE}.items()}
        off = {f"levers.{lever}.{k}": v for k, v in {"on": False, **NO_EFFECT, **FREE}.items()}
        one, other = (run_everything({**RETURNS, **change}).record.columns() for change in (on, off))
        assert not [name for name, column in one.items() if differs(column, other[name])]


@pytest.mark.parametrize("lever", ["transport", "child_care"])
def test_help_to_come_to_a_room_changes_nothing_in_a_program_by_video(lever: str) -> None:
    on = {f"levers.{lever}.on": True, f"levers.{lever}.attendance_odds_ratio": 3.0}
    for by_video in (True, False):
        start = {**OPEN, "groups.evening.video": by_video}
        ours, theirs = run(start).record.columns(), run({**start, **on}).record.columns()
        assert any(differs(column, theirs[name]) for name, column in ours.items()) != by_video


def test_a_role_without_duties_and_clients_changes_nothing_but_its_own_hours_and_post() -> None:
    ours, theirs = (
        run({**OPEN, **more}) for more in ({}, {"staff.zoologist": {"people": 1, "caseload": "none", "duties": []}})
    )
    other = theirs.record.columns()
    for name, column in ours.record.columns().items():
        if name.startswith("staff."):
            both = other[name].reshape(-1, 2)
            other[name] = both[:, 0]
        if name.startswith("posts."):
            other[name] = other[name][theirs.record.posts.post == 0]
        assert np.array_equal(column, other[name]), name
