"""Compiled code draws the clients, staff and cards that the plain cohort has, to the bit, by stage and by address."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everything import PRESENT, RETURNS, run_everything
from iopsim.cohort import LAPSE_GAP, PAGE_BLOCKS, PER_LAPSE, Cohort, draw, draw_again
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.engines.cards import Cards
from iopsim.engines.compiled import blocks
from iopsim.engines.compiled.cards import attempt, away, is_answered, leaving_cards, line_cards, treatment_cards
from iopsim.engines.compiled.cohort import again, refer
from iopsim.engines.compiled.person import PERSON
from iopsim.engines.compiled.plan import plan_of
from iopsim.engines.compiled.workforce import absences, cover_card, person
from iopsim.jit import Struct, jit, struct, struct_of
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import load
from iopsim.workforce import NEVER_LEAVES, Workforce, draw_workforce
from strategies import PLAIN, scenarios
from strategies_whole import whole_scenarios

SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").glob("*.toml"))
ROOM = 3000
IN_TURN = 96
"""Cards in turn that are looked at: two pages of absences, and more of the others."""

WAY_IN = (
    "who", "when", "source", "day", "ordinal", "traits", "payer", "priority", "lot", "call", "kept", "show_ratio",
    "placement_ratio", "renege_ratio", "ready_delay", "authorization", "denied", "orientations_missed", "patience",
)  # fmt: skip
LATER = (
    "attendance_ratio", "attendance_ratio_by_video", "lapse_ratio", "dropout", "transfer_week", "incarceration_week",
    "death_week", "other_week", "covered_sessions", "coverage_loss_week", "relapse", "returns", "return_delay",
)  # fmt: skip
OTHERWISE = {"placement_card": "placement", "traits_dropout_ratio": "dropout_ratio", "entry_phase": "start_phase"}
"""Fields of a row whose columns in the cohort have other names."""


@jit
def deal_all(clinic: Struct, n: int, attempts: int) -> tuple:
    """Deal the later cards of the first `n` clients, and everything that rows do not keep."""
    book, plan, people, seed, replication = clinic.book, clinic.plan, clinic.people, clinic.seed, clinic.replication
    tries, delays = np.empty((n, attempts, 2)), np.empty((n, attempts), dtype=np.int64)
    days, back = np.empty((n, 2), dtype=np.int64), np.empty((n, 2), dtype=np.bool_)
    in_turn = np.empty((4, n, IN_TURN))
    for k in range(n):
        me = people[k]
        is_answered(book, plan, me)
        line_cards(book, plan, me, seed, replication)
        treatment_cards(book, plan, me, seed, replication)
        leaving_cards(book, plan, me, seed, replication)
        for number in range(attempts):
            show, rebook, delay = attempt(book, me, seed, replication, number)
            tries[k, number, 0], tries[k, number, 1], delays[k, number] = show, rebook, delay
        for detour in range(2):
            days[k, detour], back[k, detour] = away(book, me, seed, replication, detour)
        for place in range(IN_TURN):
            in_turn[0, k, place] = blocks.absence_card(clinic, k, place)
            in_turn[1, k, place] = blocks.cut_short_card(clinic, k, place)
            in_turn[2, k, place] = blocks.visit_card(clinic, k, place)
            gap = place % PER_LAPSE == LAPSE_GAP
            in_turn[3, k, place] = blocks.lapse_gap(clinic, k, place) if gap else blocks.lapse_card(clinic, k, place)
    return tries, delays, days, back, in_turn


def key_of(deck: Deck) -> tuple[np.uint64, np.uint64]:
    """The key of a deck as compiled code is handed it."""
    return np.uint64(deck.seed), np.uint64(deck.replication)


def assert_people_are_the_cohort_s(
    book: Rulebook, cohort: Cohort, of: Struct, plan: Struct, people: np.ndarray
) -> None:
    """Hold the first rows to the clients of a cohort, later cards included."""
    n, attempts, deck = len(cohort), book.intake.max_rebookings + 1, cohort.deck
    words, page = np.zeros((n, 4, 4), dtype=np.uint64), np.full((n, 4), -1)
    seed, replication = key_of(deck)
    clinic = struct(book=of, plan=plan, people=people, seed=seed, replication=replication, words=words, page=page)
    tries, delays, days, back, in_turn = deal_all(clinic, n, attempts)
    mine, everybody = people[:n], np.arange(n)
    for field, column in {**{name: name for name in (*WAY_IN, *LATER)}, **OTHERWISE}.items():
        assert np.array_equal(mine[field], getattr(cohort, column)), field
    assert np.array_equal(mine["phase"], cohort.start_phase)
    assert (mine["episode"] == cohort.episode).all()
    assert mine["interim"].tolist() == Cards(book, cohort).interim
    assert np.array_equal(tries, np.stack([cohort.show, cohort.rebook], axis=2))
    assert np.array_equal(delays, cohort.client_delay)
    assert np.array_equal(days, cohort.away_days)
    assert np.array_equal(back, cohort.comes_back)
    for purpose, cards in zip((Purpose.ABSENCE, Purpose.CUT_SHORT, Purpose.VISIT, Purpose.LAPSE), in_turn, strict=True):
        pages = IN_TURN // (CARDS * PAGE_BLOCKS[purpose])
        expected = np.hstack([cohort.page(purpose, everybody, page) for page in range(pages)])
        assert np.array_equal(cards, expected), purpose


def assert_staff_are_the_workforce_s(book: Rulebook, force: Workforce, of: Struct, key: tuple) -> None:
    """Hold people in posts, when they are off and who covers to a workforce."""
    posts, days = len(book.staffing.post_role), book.days
    for post, number in np.ndindex(force.tenure.shape):
        stays, empty = person(of, post, number, *key)
        assert stays == force.tenure[post, number]
        assert empty == force.vacancy[post, number] or stays == NEVER_LEAVES
    off = np.ones((posts, days), dtype=np.bool_)
    for post in range(posts):
        absences(of, off, post, *key)
    assert np.array_equal(off, force.off)
    for group, day in np.ndindex(force.cover.shape):
        if day % 5 == 0:
            assert cover_card(of, *key, group, day) == force.cover[group, day]


def assert_drawn_alike(book: Rulebook, seed: int, replication: int) -> Cohort:
    """Hold what compiled code draws to the plain cohort: two episodes, and the staff."""
    deck, of, plan = Deck(seed, replication), struct_of(book), plan_of(book)
    key = key_of(deck)
    cohort = draw(book, deck)
    people = np.zeros(ROOM, dtype=PERSON)
    n = refer(of, plan, people, *key)
    assert n == len(cohort) <= ROOM
    assert np.array_equal(people["first"][:n], np.arange(n))
    assert np.array_equal(people["referral_day"][:n], cohort.day)
    assert_people_are_the_cohort_s(book, cohort, of, plan, people)
    rows = np.arange(0, n, 3)
    second = np.zeros(n + len(rows), dtype=PERSON)
    second[:n] = people[:n]
    for new, old in enumerate(rows.tolist()):
        again(of, plan, second, old, n + new, *key)
    assert np.array_equal(second["first"][n:], rows)
    second["day"][n:] = cohort.day[rows]
    assert_people_are_the_cohort_s(book, draw_again(book, cohort, rows), of, plan, second[n:])
    assert_staff_are_the_workforce_s(book, draw_workforce(book, deck), of, key)
    return cohort


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_programs_draw_the_same_people_and_staff(path: Path) -> None:
    book = write(load(path))
    for seed, replication in ((1, 0), (2**64 - 1, 2**64 - 1), (20270104, 17)):
        assert_drawn_alike(book, seed, replication)


@pytest.mark.parametrize("changes", [RETURNS, PRESENT], ids=["returns", "present"])
def test_a_clinic_with_every_switch_on_draws_the_same_people_and_staff(changes: dict) -> None:
    it = run_everything(changes)
    for replication in range(5):
        assert_drawn_alike(it.book, 3, replication)


@pytest.mark.parametrize("room", [0, 3, 40])
def test_those_for_whom_there_is_no_row_are_counted(room: int) -> None:
    """Some are here at the opening; whoever has a row is drawn as with room for all."""
    book = run_everything(PRESENT).book
    of, plan = struct_of(book), plan_of(book)
    enough, few = np.zeros(ROOM, dtype=PERSON), np.zeros(ROOM, dtype=PERSON)
    n = refer(of, plan, enough, np.uint64(1), np.uint64(0))
    assert 3 < len(book.present) < 40 < n
    assert refer(of, plan, few[:room], np.uint64(1), np.uint64(0)) == n
    assert np.array_equal(few[:room], enough[:room])
    assert np.array_equal(few[room:], np.zeros(ROOM - room, dtype=PERSON))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    changes=st.one_of(scenarios(), whole_scenarios()), seed=st.integers(0, 2**64 - 1), replication=st.integers(0, 99)
)
def test_any_scenario_draws_the_same_people_and_staff(changes: dict, seed: int, replication: int) -> None:
    assert_drawn_alike(write(load(PLAIN, changes)), seed, replication)
