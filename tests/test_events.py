"""The event log is a second account of a run: it tells of each client what the Record's columns tell, and in order."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everything import PRESENT, RETURNS, run_everything
from hand import Story
from iopsim.clock import Phase
from iopsim.deck import Deck
from iopsim.events import Activity, Events, events
from iopsim.hands import Hands
from iopsim.record import NEVER, Attendance, Exit, Outcome, Visit
from iopsim.rules.placement import DECLINED, HERE, HIGHER, LOWER, RESIDENTIAL, WITHDRAWAL, place
from strategies import Run, run, scenarios

Row = dict[str, int]


@pytest.fixture(scope="module", params=["returns", "present"])
def everything(request: pytest.FixtureRequest) -> Run:
    return run_everything({"returns": RETURNS, "present": PRESENT}[request.param])


def whole_log(it: Run) -> Events:
    return events(it.record)


def rows(table: object) -> list[Row]:
    """A table of the Record, row by row."""
    columns = table.__slots__
    values = zip(*(getattr(table, column).tolist() for column in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]


def told_of(log: Events) -> dict[int, list[Row]]:
    """By client: the events, in their order."""
    by_client: dict[int, list[Row]] = defaultdict(list)
    for event in rows(log):
        by_client[event["client"]].append(event)
    return by_client


def expected_of(it: Run, who: int, me: Row) -> dict[Activity, int]:
    """How often each activity happened to a client, counted from the tables by plain loops."""
    record, called = it.record, me["referral_day"] >= 0
    booked = [row for row in rows(record.appointments) if row["client"] == who]
    sessions = [row["attendance"] for row in rows(record.sessions) if row["client"] == who]
    visits = [row["kind"] for row in rows(record.visits) if row["client"] == who]
    posts = [row["post"] for row in rows(record.counselors) if row["client"] == who]
    moves = [row for row in rows(record.moves) if row["client"] == who]
    due_again = me["due_day"] >= 0 and me["due_day"] not in [row["due_day"] for row in moves]
    on_list = me["joined_day"] != NEVER
    ended = {Activity.LOST: Exit.NO_SHOW}
    for name in ("NOT_REFERRED", "CALL_LOST", "SCREENED_OUT", "NOT_AUTHORIZED", "BALKED", "RENEGED"):
        ended[Activity[name]] = Exit[name]
    return {
        **{activity: int(me["exit"] == place) for activity, place in ended.items()},
        Activity.REFERRED: int(called and me["episode"] == 0 and me["exit"] != Exit.NOT_REFERRED),
        Activity.CALLED_AGAIN: int(me["episode"] > 0),
        Activity.HERE_AT_OPENING: int(not called),
        Activity.BOOKED: len(booked),
        Activity.MISSED_ASSESSMENT: sum(r["day"] < record.days and r["came_day"] < 0 for r in booked),
        Activity.NO_ASSESSOR: sum(r["came_day"] >= 0 and r["seen_day"] != r["came_day"] for r in booked),
        Activity.ASSESSED: int(me["assessed_day"] >= 0),
        Activity.PLACED: int(me["assessed_day"] >= 0),
        Activity.WENT_AWAY: int(me["away_day"] >= 0),
        Activity.CAME_BACK: int(me["away_day"] >= 0 and me["joined_day"] >= 0),
        Activity.JOINED_WAITLIST: int(called and on_list),
        Activity.ADMITTED: int(on_list and me["admitted_day"] >= 0),
        Activity.COUNSELOR: int(bool(posts)),
        Activity.OTHER_COUNSELOR: len(posts[1:]),
        **{Activity[kind.name]: sessions.count(kind) for kind in Attendance},
        **{Activity[kind.name]: visits.count(kind) for kind in Visit},
        Activity.LAPSED: me["lapses"],
        Activity.DUE_TO_MOVE: len(moves) + due_again,
        Activity.MOVED: len(moves),
        Activity.DISCHARGED: int(me["admitted_day"] != NEVER and me["exit_day"] != NEVER),
        Activity.RELAPSED: int(0 <= me["relapse_day"] < record.days),
    }


def assert_same_account(it: Run) -> None:
    told = told_of(whole_log(it))
    for who, me in enumerate(rows(it.record.clients)):
        counts = Counter(Activity(event["activity"]) for event in told[who])
        expected = expected_of(it, who, me)
        assert set(expected) == set(Activity)
        assert counts == {activity: times for activity, times in expected.items() if times}, who


def test_the_log_tells_of_each_client_what_the_record_tells(everything: Run) -> None:
    assert_same_account(everything)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(changes=scenarios(), seed=st.integers(0, 2**32))
def test_in_any_scenario_the_log_tells_what_the_record_tells(changes: Mapping[str, object], seed: int) -> None:
    assert_same_account(run(changes, seed=seed))


def test_the_log_adds_up_to_the_columns_of_the_record(everything: Run) -> None:
    clients, log = everything.record.clients, whole_log(everything)
    for activity, column in {
        Activity.BOOKED: clients.appointments,
        Activity.CUT_SHORT: clients.cut_short,
        Activity.EXCUSED: clients.excused,
        Activity.ABSENT: clients.absent,
        Activity.MADE_UP: clients.made_up,
        Activity.LAPSED: clients.lapses,
    }.items():
        assert (log.activity == activity).sum() == column.sum() > 0, activity
    came = np.isin(log.activity, [Activity.ATTENDED, Activity.CUT_SHORT])
    assert came.sum() == clients.attended.sum()
    assert (log.activity == Activity.CALLED_AGAIN).sum() == (clients.return_day != NEVER).sum()


def test_a_change_of_counselor_counts_for_who_has_had_one_and_not_an_empty_post(everything: Run) -> None:
    posts, changes, empty, had = everything.record.posts, Counter[int](), 0, set[int]()
    for event in rows(whole_log(everything)):
        if event["activity"] in (Activity.COUNSELOR, Activity.OTHER_COUNSELOR):
            who, day = event["case"], event["day"]
            in_post = (posts.post == event["detail"]) & (posts.first_day <= day) & (day < posts.end_day)
            if event["activity"] == Activity.OTHER_COUNSELOR:
                assert in_post.any(), "nobody is handed over to an empty post"
                changes[who] += who in had
                empty += who not in had
            else:
                had.discard(who)  # a later episode of the same person begins without one
            if in_post.any():
                had.add(who)
    clients, found = everything.record.clients, Counter[int]()
    for person, times in zip(clients.first.tolist(), clients.counselor_changes.tolist(), strict=True):
        found[person] += times
    assert +changes == +found
    assert empty and +found


def test_nothing_is_told_that_did_not_happen_in_one_of_the_crowded_clinics() -> None:
    told = {Activity(code) for some in (RETURNS, PRESENT) for code in whole_log(run_everything(some)).activity.tolist()}
    assert told == set(Activity)


def test_events_stand_in_order_of_day_phase_and_client(everything: Run) -> None:
    log = whole_log(everything)
    order = list(zip(log.day.tolist(), log.phase.tolist(), log.client.tolist(), strict=True))
    assert order == sorted(order)
    assert (log.day >= 0).all()
    assert (log.day < everything.record.days).all()


def test_a_client_s_first_event_is_the_call_or_being_here(everything: Run) -> None:
    told = told_of(whole_log(everything))
    for who, me in enumerate(rows(everything.record.clients)):
        if me["referral_day"] == NEVER:
            first = Activity.HERE_AT_OPENING
        elif me["episode"] > 0:
            first = Activity.CALLED_AGAIN
        else:
            first = Activity.NOT_REFERRED if me["exit"] == Exit.NOT_REFERRED else Activity.REFERRED
        events_of = [event for event in told[who] if event["activity"] != Activity.FAMILY]
        assert events_of[0]["activity"] == first
        assert events_of[0]["day"] == max(me["referral_day"], 0)


def test_the_way_through_the_program_is_told_in_its_order(everything: Run) -> None:
    """What comes before what, for each client and each activity that happens once."""
    way = (
        Activity.REFERRED, Activity.BOOKED, Activity.NO_ASSESSOR, Activity.ASSESSED, Activity.PLACED,
        Activity.WENT_AWAY, Activity.CAME_BACK, Activity.JOINED_WAITLIST, Activity.ADMITTED, Activity.COUNSELOR,
        Activity.ATTENDED, Activity.DISCHARGED, Activity.RELAPSED,
    )  # fmt: skip
    for mine in told_of(whole_log(everything)).values():
        if mine[0]["activity"] == Activity.HERE_AT_OPENING:
            continue
        first: dict[int, int] = {}
        for nth, event in enumerate(mine):
            first.setdefault(event["activity"], nth)
        places = [first[activity] for activity in way if activity in first]
        assert places == sorted(places)


def test_a_case_is_one_person_with_all_episodes() -> None:
    it = run_everything(RETURNS)
    log, clients = whole_log(it), it.record.clients
    assert (log.case == clients.first[log.client]).all()
    again = np.flatnonzero(clients.episode > 0)
    assert len(again) > 5
    for row in again.tolist():
        before = clients.return_day[np.flatnonzero(clients.first == clients.first[row])]
        mine = np.flatnonzero((log.client == row) & (log.activity == Activity.CALLED_AGAIN))
        assert log.day[mine].tolist() == [clients.referral_day[row]]
        assert clients.referral_day[row] in before


def test_the_placement_told_is_where_each_client_went(everything: Run) -> None:
    clients, log = everything.record.clients, whole_log(everything)
    some = log.activity == Activity.PLACED
    placed = dict(zip(log.client[some].tolist(), log.detail[some].tolist(), strict=True))
    assert set(placed.values()) == {HERE, WITHDRAWAL, RESIDENTIAL, HIGHER, LOWER, DECLINED}
    for who, where in placed.items():
        went = clients.away_day[who] != NEVER
        if clients.exit[who] == Exit.PLACED_HIGHER:
            assert where in (WITHDRAWAL, RESIDENTIAL, HIGHER) and not went
        elif where in (LOWER, DECLINED):
            assert clients.exit[who] == {LOWER: Exit.PLACED_LOWER, DECLINED: Exit.DECLINED}[where]
        else:
            assert went == (where != HERE)
            assert where in (HERE, WITHDRAWAL, RESIDENTIAL)
    for activity in (Activity.WENT_AWAY, Activity.CAME_BACK):
        some = log.activity == activity
        assert some.any()
        assert [placed[who] for who in log.client[some].tolist()] == log.detail[some].tolist()


def test_the_record_tells_where_the_card_and_the_rule_have_sent_each_client(everything: Run) -> None:
    hands, clients = Hands(everything.book, everything.cohort, everything.record), everything.record.clients
    shares = everything.book.intake.placement.tolist()
    for who, placement in enumerate(clients.placement.tolist()):
        cohort, row = hands.of(who)
        expected = place(float(cohort.placement[row]), shares, float(cohort.placement_ratio[row]))
        assert placement == (expected if clients.assessed_day[who] != NEVER else NEVER)


def test_only_relapses_within_the_run_are_told(everything: Run) -> None:
    clients, log = everything.record.clients, whole_log(everything)
    some = log.activity == Activity.RELAPSED
    assert (clients.relapse_day >= everything.record.days).any()
    assert (clients.exit_day[log.client[some]] + log.detail[some] == log.day[some]).all()


def test_what_is_told_of_a_visit_is_its_outcome(everything: Run) -> None:
    log, visits = whole_log(everything), everything.record.visits
    for kind in Visit:
        told = np.bincount(log.detail[log.activity == Activity[kind.name]], minlength=len(Outcome))
        assert told.tolist() == [
            int(((visits.kind == kind) & (visits.outcome == outcome)).sum()) for outcome in Outcome
        ]


def test_sessions_are_told_in_the_evening_and_a_first_counselor_on_admission() -> None:
    log = whole_log(run_everything(PRESENT))
    for activity in (Activity.ATTENDED, Activity.CUT_SHORT, Activity.MADE_UP):
        assert set(log.phase[log.activity == activity].tolist()) == {Phase.SESSIONS}
    first = log.activity == Activity.COUNSELOR
    phases = Counter(log.phase[first].tolist())
    assert phases[Phase.ADMISSIONS] == (log.activity == Activity.ADMITTED).sum()
    assert set(log.day[first & (log.phase == Phase.STAFF)].tolist()) == {0}, "who is here at the opening"


def test_one_who_waits_to_step_up_is_due_in_the_phase_before() -> None:
    story = Story(
        {
            "lapse.per_week": 0.1,
            "lapse.step_up_probability": 1.0,
            "groups.evening": {"nights": ["Mon", "Tue", "Wed"], "seats": 1, "serves": ["intensive"]},
            "groups.late": {"nights": ["Thu"], "seats": 3, "serves": ["step_down"]},
        }
    )
    story.client("Ann", "Mon 4 Jan", lapses=[(3, "up")], leaves=4)
    story.client("Bob", "Mon 18 Jan")
    assert [line for line in story.diary() if "Ann" in line and "due" in line] == [
        "Mon 18 Jan  Ann: due in step_down, moves to step_down",
        "Mon 25 Jan  Ann: lapses, due in intensive",
    ]


def test_the_hands_of_later_episodes_are_those_that_the_engine_dealt() -> None:
    it = run_everything(RETURNS)
    hands, clients = Hands(it.book, it.cohort, it.record), it.record.clients
    again = np.flatnonzero(clients.episode > 0).tolist()
    for who in again:
        cohort, row = hands.of(who)
        assert cohort.episode == clients.episode[who]
        assert isinstance(cohort.deck, Deck)
        assert (cohort.traits[row], cohort.payer[row]) == (clients.traits[who], clients.payer[who])
        assert cohort.ordinal[row] == clients.ordinal[who]
        relapse = clients.relapse_day[who] - clients.exit_day[who]
        if clients.relapse_day[who] != NEVER:
            assert relapse == int(cohort.relapse[row]) + 1
