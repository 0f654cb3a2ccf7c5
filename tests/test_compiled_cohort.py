"""Compiled code draws the clients, staff and cards that the plain cohort has, to the bit, by stage and by address."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everything import PRESENT, RETURNS, run_everything
from iopsim.cohort import CONSEQUENCE, GAP, LAPSE_GAP, PER_DECISION, PER_LAPSE, Cohort, draw, draw_again
from iopsim.deck import Deck, Purpose
from iopsim.engines.cards import Cards
from iopsim.engines.compiled import cards as compiled
from iopsim.engines.compiled.cohort import again, refer
from iopsim.engines.compiled.person import PERSON
from iopsim.engines.compiled.workforce import cover_card, fill, staff
from iopsim.jit import Rows, Struct, jit, struct_of
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import load
from iopsim.workforce import Workforce, draw_workforce
from iopsim.workforce import filled as plainly_filled
from strategies import PLAIN, scenarios
from strategies_whole import whole_scenarios

SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").glob("*.toml"))
ROOM = 3000
RUNS, SHORTS, LAPSES, VISITS = 24, 16, 8, 16
"""Cards in turn that are looked at: two pages of each."""

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
def deal_all(book: Struct, people: Rows, n: int, attempts: int, seed: int, replication: int) -> tuple:
    """Deal the later cards of the first `n` clients, and everything that rows do not keep."""
    tries, delays = np.empty((n, attempts, 2)), np.empty((n, attempts), dtype=np.int64)
    away, back = np.empty((n, 2), dtype=np.int64), np.empty((n, 2), dtype=np.bool_)
    runs = np.empty((n, RUNS, 4))
    others = np.empty((n, SHORTS + VISITS + 2 * LAPSES))
    for k in range(n):
        me = people[k]
        compiled.treatment_cards(book, me, seed, replication)
        compiled.leaving_cards(book, me, seed, replication)
        for number in range(attempts):
            tries[k, number, 0], tries[k, number, 1], delays[k, number] = compiled.attempt(
                book, me, seed, replication, number
            )
        for detour in range(2):
            away[k, detour], back[k, detour] = compiled.away(book, me, seed, replication, detour)
        gap = compiled.first_gap(seed, replication, me)
        for run in range(RUNS):
            runs[k, run, 0] = gap
            runs[k, run, 1], runs[k, run, 2], runs[k, run, 3], gap = compiled.absence(seed, replication, me, run)
        for number in range(SHORTS):
            others[k, number] = compiled.cut_short_card(seed, replication, me, number)
        for number in range(VISITS):
            others[k, SHORTS + number] = compiled.visit_card(seed, replication, me, number)
        for number in range(LAPSES):
            others[k, SHORTS + VISITS + 2 * number] = compiled.lapse_gap(seed, replication, me, number)
            others[k, SHORTS + VISITS + 2 * number + 1] = compiled.lapse_card(seed, replication, me, number)
    return tries, delays, away, back, runs, others


def key_of(deck: Deck) -> tuple[np.uint64, np.uint64]:
    """The key of a deck as compiled code is handed it."""
    return np.uint64(deck.seed), np.uint64(deck.replication)


def assert_people_are_the_cohort_s(book: Rulebook, cohort: Cohort, of: Struct, people: np.ndarray) -> None:
    """Hold the first rows to the clients of a cohort, later cards included."""
    n, attempts, deck = len(cohort), book.intake.max_rebookings + 1, cohort.deck
    tries, delays, away, back, runs, others = deal_all(of, people, n, attempts, *key_of(deck))
    mine, everybody = people[:n], np.arange(n)
    for field, column in {**{name: name for name in (*WAY_IN, *LATER)}, **OTHERWISE}.items():
        assert np.array_equal(mine[field], getattr(cohort, column)), field
    assert np.array_equal(mine["phase"], cohort.start_phase)
    assert (mine["episode"] == cohort.episode).all()
    assert mine["interim"].tolist() == Cards(book, cohort).interim
    assert np.array_equal(tries, np.stack([cohort.show, cohort.rebook], axis=2))
    assert np.array_equal(delays, cohort.client_delay)
    assert np.array_equal(away, cohort.away_days)
    assert np.array_equal(back, cohort.comes_back)

    def pages(purpose: Purpose, cards: int) -> np.ndarray:
        one = cohort.page(purpose, everybody, 0)
        many = [cohort.page(purpose, everybody, page) for page in range(1, -(-cards // one.shape[1]))]
        return np.hstack([one, *many])[:, :cards]

    assert runs.shape[2] == PER_DECISION and (GAP, PER_LAPSE, LAPSE_GAP, CONSEQUENCE) == (0, 2, 0, 1)
    assert np.array_equal(runs.reshape(n, RUNS * PER_DECISION), pages(Purpose.ABSENCE, RUNS * PER_DECISION))
    expected = [
        pages(purpose, many)
        for purpose, many in ((Purpose.CUT_SHORT, SHORTS), (Purpose.VISIT, VISITS), (Purpose.LAPSE, 2 * LAPSES))
    ]
    assert np.array_equal(others, np.hstack(expected))


def assert_staff_are_the_workforce_s(book: Rulebook, force: Workforce, of: Struct, key: tuple) -> None:
    """Hold posts, filled as planned and from other days, to those of a workforce."""
    posts, days, start = len(book.staffing.post_role), book.days, book.staffing.post_start
    filled, off = (np.ones((posts, days), dtype=np.bool_) for _ in range(2))
    staff(of, filled, off, *key)
    assert np.array_equal(filled, plainly_filled(force, start, days))
    assert np.array_equal(off, force.off)
    later = (start + 17) % days
    for post in range(posts):
        fill(of, filled, post, later[post], *key)
    assert np.array_equal(filled, plainly_filled(force, later, days))
    for group, day in np.ndindex(force.cover.shape):
        if day % 5 == 0:
            assert cover_card(of, *key, group, day) == force.cover[group, day]


def assert_drawn_alike(book: Rulebook, seed: int, replication: int) -> Cohort:
    """Hold what compiled code draws to the plain cohort: two episodes, and the staff."""
    deck, of = Deck(seed, replication), struct_of(book)
    key = key_of(deck)
    cohort = draw(book, deck)
    people = np.zeros(ROOM, dtype=PERSON)
    n = refer(of, people, *key)
    assert n == len(cohort) <= ROOM
    assert np.array_equal(people["first"][:n], np.arange(n))
    assert np.array_equal(people["referral_day"][:n], cohort.day)
    assert_people_are_the_cohort_s(book, cohort, of, people)
    rows = np.arange(0, n, 3)
    second = np.zeros(n + len(rows), dtype=PERSON)
    second[:n] = people[:n]
    for new, old in enumerate(rows.tolist()):
        again(of, second, old, n + new, *key)
    assert np.array_equal(second["first"][n:], rows)
    second["day"][n:] = cohort.day[rows]
    assert_people_are_the_cohort_s(book, draw_again(book, cohort, rows), of, second[n:])
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


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    changes=st.one_of(scenarios(), whole_scenarios()), seed=st.integers(0, 2**64 - 1), replication=st.integers(0, 99)
)
def test_any_scenario_draws_the_same_people_and_staff(changes: dict, seed: int, replication: int) -> None:
    assert_drawn_alike(write(load(PLAIN, changes)), seed, replication)
