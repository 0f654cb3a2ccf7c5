"""The same people walk into every scenario: what a change does not touch stays the same to the bit.

A client is (source name, referral day, ordinal on that day). Everything below compares clients by that name.
"""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.deck import Deck, Purpose, name_word
from iopsim.events import events
from iopsim.record import Attendance
from people import BASE, BY_ATTEMPT, RATIOS, Client, assert_same_hands, facts, hands, names
from strategies import SOURCES, Changes, Run, run, scenarios

# Who comes


def test_a_higher_rate_keeps_every_client_and_adds_more() -> None:
    one = run(BASE)
    other = run({**BASE, "referrals.self.per_week": 5.0})
    common = assert_same_hands(one, other)
    assert common == set(hands(one)), "nobody is lost"
    added = set(hands(other)) - common
    assert {source for source, _, _ in added} == {"self"}
    assert len(added) > 20


@pytest.mark.parametrize(
    "more",
    [
        {"referrals.self.per_week": 2.51},
        {"referrals.self.ramp_start": 0.9},
        {"referrals.self.ramp_weeks": 0},
        {"referrals.self.months.Feb": 1.5},
        {"referrals.inpatient.months.Jan": 10.0},
        dict.fromkeys((f"referrals.{name}.per_week" for name in SOURCES), 8.0),
    ],
    ids=" ".join,
)
def test_whatever_raises_a_day_s_mean_keeps_every_client(more: Changes) -> None:
    one = run(BASE)
    assert assert_same_hands(one, run({**BASE, **more})) == set(hands(one))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    dispersion=st.sampled_from([1.0, 1.3, 5.0, 20.0]),
    low=st.floats(0.0, 30.0),
    high=st.floats(0.0, 30.0),
    seed=st.integers(0, 2**64 - 1),
)
def test_of_any_two_rates_the_higher_keeps_the_clients_of_the_lower(
    dispersion: float, low: float, high: float, seed: int
) -> None:
    low, high = sorted([low, high])
    few, many = (
        run({"weeks": 4, "referrals.self.per_week": rate, "referrals.self.dispersion": dispersion}, seed=seed)
        for rate in (low, high)
    )
    assert set(names(few.book, few.cohort)) <= set(names(many.book, many.cohort))


def test_a_new_source_moves_nobody_wherever_its_name_stands_in_the_alphabet() -> None:
    one = run(BASE)
    for name in ("aunt", "doctor", "zen"):
        other = run({**BASE, f"referrals.{name}": {"per_week": 3.0, "priority": 0}})
        assert assert_same_hands(one, other) == set(hands(one))
        assert {source for source, _, _ in set(hands(other)) - set(hands(one))} == {name}


def test_a_source_that_refers_nobody_changes_nothing_but_the_numbering() -> None:
    one, other = run(BASE), run({**BASE, "referrals.aunt": {"per_week": 0.0}})
    theirs = other.record.columns()
    for name, column in one.record.columns().items():
        assert np.array_equal(theirs[name], column + (name == "clients.source")), name


def test_a_longer_run_begins_with_the_same_days() -> None:
    """The events of the first weeks are the same, except that a day beyond a run's end has no date in that run."""
    one, other = run(BASE), run({**BASE, "weeks": 31})
    common = assert_same_hands(one, other)
    assert common == set(hands(one)) == {client for client in hands(other) if client[1] < one.record.days}
    ours, theirs = events(one.record), events(other.record)
    same_days = np.flatnonzero(theirs.day < one.record.days)
    for column in ("day", "phase", "client", "activity", "detail"):
        ours_is, theirs_is = getattr(ours, column), getattr(theirs, column)[same_days]
        if column == "detail":
            theirs_is = np.where(theirs.activity[same_days] == 1, np.minimum(theirs_is, one.record.days), theirs_is)
        assert np.array_equal(ours_is, theirs_is), column


def test_a_later_first_week_drops_the_early_clients_only_where_the_ramp_is_flat() -> None:
    flat = {**BASE, "referrals.self.ramp_weeks": 0}
    one, other = run(flat), run({**flat, "referrals.self.first_week": 6})
    common = assert_same_hands(one, other)
    assert common == {client for client in hands(one) if client[0] != "self" or client[1] >= 42}
    assert common == set(hands(other))


# What they are like

NO_EFFECT_ON_HANDS: dict[str, tuple[Changes, tuple[str, ...]]] = {
    "more seats": ({"groups.evening.seats": 12}, ()),
    "another group": ({"groups.late": {"nights": ["Thu"], "serves": ["step_down"]}}, ()),
    "more counselors": ({"staff.counselor.people": 3}, ()),
    "more assessors": ({"assessment.slots_per_day": 5}, ()),
    "an assessment at the weekend": ({"assessment.weekdays": ["Sat", "Sun"]}, ()),
    "everyone shows up": ({"assessment.show_probability_next_day": 1.0}, ()),
    "nobody takes another appointment": ({"assessment.rebook_probability": 0.0}, ()),
    "everyone is placed here": (
        {"placement": {"this_program": 1.0, "higher": 0.0, "lower": 0.0, "declined": 0.0}}, (),
    ),
    "no absences": ({"attendance.probability": 1.0}, ()),
    "nobody reneges": ({"waitlist.renege_per_day": 0.0}, ()),
    "nobody drops out": ({"leaving.dropout_per_week": 0.0, "leaving.early_probability": 0.0}, ()),
    "no clients' delays before assessment": (
        {"assessment.client_delay": {"median_days": 0.0, "mean_days": 0.0}}, ("client_delay",),
    ),
    "no delays before the start": (
        {"waitlist.ready_delay": {"median_days": 0.0, "mean_days": 0.0}}, ("ready_delay",),
    ),
    "no transfers": ({"leaving.transfer_per_week": 0.0}, ("transfer_week",)),
    "a new trait": ({"traits.aged": {"share": 0.5, "show_odds_ratio": 3.0}}, ("traits", "show_ratio")),
    "a trait's effect": ({"traits.employed.dropout_hazard_ratio": 3.0}, ("dropout_ratio",)),
    "priority and phase of a source": ({"referrals.self.priority": 0, "referrals.self.enters": "step_down"}, ()),
    "longer phases": ({"phases.intensive.planned_weeks": 20}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("change", "but"), NO_EFFECT_ON_HANDS.values(), ids=NO_EFFECT_ON_HANDS)
def test_a_change_leaves_every_client_s_cards_where_they_were(change: Changes, but: tuple[str, ...]) -> None:
    one, other = run(BASE), run({**BASE, **change})
    assert assert_same_hands(one, other, but) == set(hands(one)) == set(hands(other))


def test_a_new_trait_takes_none_away_and_gives_itself_alone() -> None:
    one, other = run(BASE), run({**BASE, "traits.aged": {"share": 0.5}})
    ours, theirs = hands(one), hands(other)
    assert {client: hand["traits"] for client, hand in ours.items()} == {
        client: hand["traits"] - {"aged"} for client, hand in theirs.items()
    }
    aged = sum("aged" in hand["traits"] for hand in theirs.values())
    assert 0.2 * len(theirs) < aged < 0.8 * len(theirs)


def test_a_trait_without_effects_changes_nothing_but_who_has_it() -> None:
    one, other = run(BASE), run({**BASE, "traits.aged": {"share": 0.5}})
    theirs = other.record.columns()
    for name, column in one.record.columns().items():
        assert np.array_equal(theirs[name], column) or name == "clients.traits", name


def test_a_larger_share_of_a_trait_takes_it_from_nobody_and_moves_no_other_trait() -> None:
    one, other = run(BASE), run({**BASE, "traits.employed.share": 0.6})
    assert_same_hands(one, other, but=("traits", *RATIOS))
    ours, theirs = hands(one), hands(other)
    gained = 0
    for client, hand in ours.items():
        assert hand["traits"] <= theirs[client]["traits"]
        assert theirs[client]["traits"] - hand["traits"] <= {"employed"}
        gained += hand["traits"] != theirs[client]["traits"]
    assert gained > 0


def test_a_share_given_for_one_source_moves_the_trait_in_that_source_only() -> None:
    one, other = run(BASE), run({**BASE, "referrals.self.traits.employed": 1.0})
    ours, theirs = hands(one), hands(other)
    for client, hand in ours.items():
        if client[0] == "self":
            assert theirs[client]["traits"] == hand["traits"] | {"employed"}
        else:
            assert theirs[client] == hand


@pytest.mark.parametrize("most", [0, 2, 3, 7])
def test_the_number_of_rebookings_moves_no_card(most: int) -> None:
    one, other = run({**BASE, "assessment.max_rebookings": 1}), run({**BASE, "assessment.max_rebookings": most})
    assert_same_hands(one, other, but=BY_ATTEMPT)
    for card in BY_ATTEMPT:
        ours, theirs = getattr(one.cohort, card), getattr(other.cohort, card)
        assert theirs.shape[1] == most + 1
        both = min(most, 1) + 1
        assert np.array_equal(ours[:, :both], theirs[:, :both])


def test_the_cards_are_those_at_the_client_s_address_in_the_deck() -> None:
    it = run(BASE, seed=5, replication=3)
    for row, (source, day, ordinal) in enumerate(names(it.book, it.cohort)[:40]):
        who = np.array([name_word(source)], dtype=np.uint64)
        when = np.array([(day << 32) | ordinal], dtype=np.uint64)
        intake = Deck(5, 3).deal(Purpose.INTAKE, who, when)[0]
        assert [it.cohort.lot[row], it.cohort.placement[row]] == intake[:2].tolist()
        attempt = Deck(5, 3).deal(Purpose.APPOINTMENT, who, when, 0)[0]
        assert it.cohort.show[row].tolist() == [attempt[0], attempt[4]]
        runs = Deck(5, 3).deal(Purpose.ABSENCE, who, when, 1)[0]
        assert it.cohort.page(Purpose.ABSENCE, np.array([row]), 0)[0, 8:16].tolist() == runs.tolist()
        visits = Deck(5, 3).deal(Purpose.VISIT, who, when, 2)[0]
        assert it.cohort.page(Purpose.VISIT, np.array([row]), 2)[0].tolist() == visits.tolist()


# What happens to them: upstream of a change nothing moves

TO_ASSESSMENT = ("appointments", "assessed_day")
TO_WAITLIST = (*TO_ASSESSMENT, "joined_day", "ready_day")

DOWNSTREAM: dict[str, tuple[Changes, tuple[str, ...]]] = {
    "more seats": ({"groups.evening.seats": 12}, TO_WAITLIST),
    "a step-down group": ({"groups.late": {"nights": ["Thu"], "serves": ["step_down"]}}, TO_WAITLIST),
    "a later group": ({"groups.evening.first_week": 5}, TO_WAITLIST),
    "a smaller caseload": ({"staff.counselor.caseload": 3}, TO_WAITLIST),
    "fewer admission days": ({"admission.weekdays": ["Tue"]}, TO_WAITLIST),
    "a limit": ({"waitlist.limit": 1}, TO_WAITLIST),
    "impatience": ({"waitlist.renege_per_day": 0.5}, TO_WAITLIST),
    "others' first phase": ({"referrals.inpatient.enters": "step_down"}, TO_WAITLIST),
    "shorter treatment": ({"phases.intensive.planned_weeks": 2}, TO_WAITLIST),
    "worse attendance": ({"attendance.probability": 0.5}, TO_WAITLIST),
    "more dropout": ({"leaving.dropout_per_week": 0.5}, TO_WAITLIST),
    "slower papers": ({"waitlist.ready_delay.mean_days": 9.0}, (*TO_ASSESSMENT, "joined_day")),
    "another placement": (
        {"placement": {"this_program": 0.3, "higher": 0.5, "lower": 0.15, "declined": 0.05}}, TO_ASSESSMENT,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "columns"), DOWNSTREAM.values(), ids=DOWNSTREAM)
def test_what_comes_before_a_change_stays_as_it_was(change: Changes, columns: tuple[str, ...]) -> None:
    one, other = run(BASE), run({**BASE, **change})
    assert facts(one, *columns) == facts(other, *columns)
    assert facts(one, "exit", "admitted_day") != facts(other, "exit", "admitted_day"), "the change has no effect"
    for column in ("client", "attempt", "booked_day", "wanted_day", "day"):
        ours, theirs = (getattr(it.record.appointments, column) for it in (one, other))
        assert np.array_equal(ours, theirs), column


def test_whoever_is_placed_here_in_a_small_share_is_placed_here_in_a_larger() -> None:
    def placed_here(share: float) -> set[Client]:
        rest = {"higher": 0.0, "lower": 0.0, "declined": 1.0 - share}
        it = run({**BASE, "placement": {"this_program": share, **rest}})
        return {client for client, (joined,) in facts(it, "joined_day").items() if joined >= 0}

    assert placed_here(0.25) < placed_here(0.5) < placed_here(1.0)


def attendance_by_session(it: Run) -> dict[Client, list[int]]:
    """For each client, how the first, second ... scheduled session went."""
    sessions, who = it.record.sessions, names(it.book, it.cohort)
    found: dict[Client, list[int]] = {}
    for client, went in zip(sessions.client.tolist(), sessions.attendance.tolist(), strict=True):
        found.setdefault(who[client], []).append(went)
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"groups.evening.seats": 12},
        {"groups.evening.nights": ["Mon", "Wed", "Fri"]},
        {"calendar.holidays": ""},
        {"phases.intensive.planned_weeks": 6},
        {"phases.step_down.nights_per_week": 2},
        {"absence_rule.consecutive": "none"},
        {"leaving.dropout_per_week": 0.0},
        {"staff.counselor.caseload": 4},
        {"referrals.self.per_week": 8.0},
    ],
    ids=" ".join,
)
def test_a_client_comes_to_the_n_th_session_or_not_whenever_and_wherever_it_is(change: Changes) -> None:
    one, other = attendance_by_session(run(BASE)), attendance_by_session(run({**BASE, **change}))
    compared = 0
    for client in set(one) & set(other):
        both = min(len(one[client]), len(other[client]))
        assert one[client][:both] == other[client][:both]
        compared += both
    assert compared > 100


def test_the_share_excused_changes_no_absence_into_a_presence() -> None:
    one, other = (
        attendance_by_session(
            run({**BASE, "attendance.excused_share": share, **{f"absence_rule.{rule}": "none" for rule in RULES}})
        )
        for share in (0.1, 0.9)
    )
    came = int(Attendance.ATTENDED)
    assert one != other
    assert {client: [went == came for went in all_] for client, all_ in one.items()} == {
        client: [went == came for went in all_] for client, all_ in other.items()
    }


RULES = ("consecutive", "total")

# In any scenario

MORE: dict[str, Changes] = {
    "seats": {"groups.evening.seats": 7},
    "counselors": {"staff.counselor.people": 7},
    "a group": {"groups.extra": {"nights": ["Mon", "Tue", "Wed", "Thu", "Fri"], "seats": 3}},
    "patience": {"waitlist.renege_per_day": 0.01},
    "attendance": {"attendance.probability": 0.95},
    "weeks of treatment": {"phases.intensive.planned_weeks": 7},
}


@settings(derandomize=True, deadline=None, max_examples=60)
@given(changes=scenarios(), more=st.sampled_from(sorted(MORE)), seed=st.integers(0, 2**32))
def test_in_any_scenario_the_way_to_the_waitlist_is_the_same_whatever_comes_after(
    changes: Mapping[str, object], more: str, seed: int
) -> None:
    one, other = run(changes, seed=seed), run({**changes, **MORE[more]}, seed=seed)
    assert assert_same_hands(one, other) == set(hands(one)) == set(hands(other))
    assert facts(one, *TO_WAITLIST) == facts(other, *TO_WAITLIST)


COMING_AND_GOING = {
    "people": 2,
    "caseload": "none",
    "duties": ["assessment"],
    "turnover_per_year": 4.0,
    "vacancy_weeks": 2.0,
}
ASSESSORS = {"staff.assessor": COMING_AND_GOING, "referrals.self.per_week": 30.0}


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    changes=scenarios(),
    assessors=st.sampled_from([{}, ASSESSORS, {**ASSESSORS, "staff.later": {**COMING_AND_GOING, "first_week": 12}}]),
    extra=st.integers(1, 5),
    seed=st.integers(0, 2**32),
)
def test_in_any_scenario_a_longer_run_begins_with_the_same_days(
    changes: Mapping[str, object], assessors: Mapping[str, object], extra: int, seed: int
) -> None:
    changes = {**changes, **assessors}
    one, other = run(changes, seed=seed), run({**changes, "weeks": changes["weeks"] + extra}, seed=seed)
    days = one.record.days
    for table, column in (("nights", "day"), ("sessions", "day"), ("moves", "day"), ("intake", "day")):
        ours, theirs = getattr(one.record, table), getattr(other.record, table)
        same_days = getattr(theirs, column) < days
        for name in ours.__slots__:
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)[same_days]), f"{table}.{name}"
    n = len(one.record.clients)
    for name in ("assessed_day", "joined_day", "admitted_day", "first_session_day", "exit_day"):
        later = getattr(other.record.clients, name)[:n]
        assert np.array_equal(getattr(one.record.clients, name), np.where(later < days, later, -1)), name


@settings(derandomize=True, deadline=None, max_examples=40)
@given(changes=scenarios(), factor=st.floats(1.0, 5.0), seed=st.integers(0, 2**32))
def test_in_any_scenario_more_referrals_keep_every_client(
    changes: Mapping[str, object], factor: float, seed: int
) -> None:
    rates = {f"referrals.{source}.per_week": factor * changes[f"referrals.{source}.per_week"] for source in SOURCES}
    one, other = run(changes, seed=seed), run({**changes, **rates}, seed=seed)
    assert assert_same_hands(one, other) == set(hands(one))
