"""Cards of later episodes, of clients here at the opening and of staff: each lies at an address of its own."""

from itertools import pairwise

import numpy as np
import pytest

from everything import PRESENT, RETURNS, run_everything
from iopsim.cohort import HERE_ALREADY, draw, draw_again
from iopsim.deck import CARDS, Deck, Purpose, name_word
from iopsim.engines.reference import simulate
from iopsim.hands import Hands
from iopsim.record import NEVER, Exit
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import load
from iopsim.workforce import SPELLS, Workforce, draw_workforce
from strategies import PLAIN, Changes, run

# Later episodes


def test_the_cards_of_a_later_episode_are_others_and_the_person_is_the_same() -> None:
    it = run_everything(RETURNS)
    everybody = np.arange(len(it.cohort))
    again = draw_again(it.book, it.cohort, everybody)
    thrice = draw_again(it.book, again, everybody)
    for one, other in pairwise((it.cohort, again, thrice)):
        for name in ("lot", "call", "kept", "placement", "patience", "dropout", "relapse", "scale"):
            assert not (getattr(one, name) == getattr(other, name)).any(), name
        for name in ("show", "rebook"):
            assert not (getattr(one, name) == getattr(other, name)).any(), name
        for purpose in (Purpose.ABSENCE, Purpose.LAPSE, Purpose.VISIT, Purpose.CUT_SHORT):
            assert not (one.page(purpose, everybody, 0) == other.page(purpose, everybody, 0)).any(), purpose
        for name in ("who", "when", "source", "day", "ordinal", "traits", "payer", "priority", "attendance_ratio"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_the_cards_of_a_later_episode_do_not_depend_on_who_else_comes_back() -> None:
    it = run_everything(RETURNS)
    everybody = draw_again(it.book, it.cohort, np.arange(len(it.cohort)))
    some = np.arange(3, len(it.cohort), 7)
    few = draw_again(it.book, it.cohort, some)
    for name in ("lot", "placement", "patience", "dropout", "show", "covered_sessions", "away_days", "relapse"):
        assert np.array_equal(getattr(few, name), getattr(everybody, name)[some]), name


def test_a_client_who_calls_again_on_another_day_plays_the_same_cards() -> None:
    """A later episode's cards lie at the address of the first call, not of the later one."""
    one, other = run_everything(RETURNS), run_everything({**RETURNS, "after.return_days": 20.0})
    hand, calls = [], []
    for it in (one, other):
        dealt, clients = Hands(it.book, it.cohort, it.record), it.record.clients
        second = np.flatnonzero(clients.episode == 1).tolist()
        keys = [(int(it.cohort.who[clients.first[row]]), int(it.cohort.when[clients.first[row]])) for row in second]
        lots = [float(cohort.lot[row]) for cohort, row in map(dealt.of, second)]
        hand.append(dict(zip(keys, lots, strict=True)))
        calls.append(dict(zip(keys, clients.referral_day[second].tolist(), strict=True)))
    common = set(hand[0]) & set(hand[1])
    assert len(common) > 3
    assert any(calls[0][key] != calls[1][key] for key in common)
    assert all(hand[0][key] == hand[1][key] for key in common)


# Addresses


class Noted(Deck):
    """A deck that notes every address at which it deals, and the cards."""

    def __init__(self, seed: int, replication: int) -> None:
        super().__init__(seed, replication)
        self.addresses: list[np.ndarray] = []
        self.cards: list[np.ndarray] = []

    def deal(self, purpose, who, when, about=0, episode=0):  # type: ignore[no-untyped-def]
        cards = super().deal(purpose, who, when, about, episode)
        self._note(who, when, (purpose, episode, about), cards)
        return cards

    def deal_by_name(self, purpose, who, when, names):  # type: ignore[no-untyped-def]
        cards = super().deal_by_name(purpose, who, when, names)
        self._note(who, when, (purpose, 0, 0), cards)
        return cards

    def _note(self, who, when, what, cards):  # type: ignore[no-untyped-def]
        parts = [np.broadcast_to(np.asarray(part, dtype=np.uint64), len(who)) for part in what]
        self.addresses.append(np.column_stack([who, when, *parts]))
        self.cards.append(cards.ravel())


@pytest.mark.parametrize("some", [RETURNS, PRESENT], ids=["returns", "present"])
def test_every_card_dealt_in_a_run_lies_at_an_address_of_its_own(some: Changes) -> None:
    book, deck = write(run_everything(some).scenario), Noted(1, 0)
    simulate(book, draw(book, deck))
    addresses, cards = np.vstack(deck.addresses), np.concatenate(deck.cards)
    used = {Purpose(purpose) for purpose in np.unique(addresses[:, 2]).tolist()}
    assert used == set(Purpose) - {Purpose.CLAIM, Purpose.INPUT}, "claims are for money, inputs drawn beforehand"
    assert len(np.unique(addresses, axis=0)) == len(addresses), "no block is dealt twice"
    alike = len(cards) - len(np.unique(cards))
    assert alike < 5 + len(cards) ** 2 / 2**33 * 3, "but for coincidences of 32-bit cards"
    assert len(addresses) > 2_000


def test_who_is_here_at_the_opening_has_no_address_of_one_who_is_referred() -> None:
    it = run_everything(PRESENT)
    here = it.cohort.day == NEVER
    assert here.sum() == sum(kind.count for kind in it.scenario.present.values())
    assert (it.cohort.when[here] >= HERE_ALREADY).all()
    assert (it.cohort.when[~here] < 7 * 1040 << 32).all()


def test_referrers_hear_of_a_wait_that_is_longer_than_the_run() -> None:
    old = {"present.old": {"count": 1, "source": "self", "where": "waitlist", "weeks": 50}}
    few, many = (run({"weeks": 8, **old, "referrals.self.kept_per_week_waited": kept}) for kept in (0.5, 1.0))
    assert few.record.clients.admitted_day[0] - few.record.clients.joined_day[0] > few.record.days
    kept_back = [int((it.record.clients.exit == Exit.NOT_REFERRED).sum()) for it in (few, many)]
    assert kept_back[0] > 0 == kept_back[1]


# Staff


def posts(book: Rulebook, force: Workforce) -> dict[tuple[str, int], tuple[list[int], list[int], np.ndarray]]:
    """By role and number: tenures and vacancies of the first people in the post, and when they are off."""
    staff = book.staffing
    return {
        (staff.role_names[role], number): (
            force.tenure[post, :SPELLS].tolist(), force.vacancy[post, :SPELLS].tolist(), force.off[post],
        )
        for post, (role, number) in enumerate(zip(staff.post_role.tolist(), staff.post_number.tolist(), strict=True))
    }  # fmt: skip


STAFFED: Changes = {
    "weeks": 60,
    "staff.counselor.people": 2,
    "staff.counselor.duties": ["groups"],
    "staff.counselor.cover_probability": 0.5,
    "staff.counselor.sick_days_per_year": 20.0,
    "staff.counselor.turnover_per_year": 0.332,
    "groups.late": {"nights": ["Thu"], "serves": ["step_down"]},
}
LIKE_A_COUNSELOR = {"people": 2, "caseload": 10, "sick_days_per_year": 20.0}


@pytest.mark.parametrize(
    "change",
    [
        {"referrals.self.per_week": 9.0},
        {"groups.evening.seats": 3},
        {"staff.counselor.people": 4},
        {"staff.counselor.hire_when_caseload": 1},
        {"staff.counselor.caseload": 3},
        {"staff.aide": LIKE_A_COUNSELOR},
        {"staff.zoologist": LIKE_A_COUNSELOR},
        {"weeks": 110},
        {"groups.early": {"nights": ["Fri"], "serves": ["step_down"]}},
        {"calendar.holidays": ""},
    ],
    ids=str,
)
def test_staff_cards_stay_where_they_were_when_clients_groups_or_other_roles_change(change: Changes) -> None:
    one, other = (load(PLAIN, {**STAFFED, **more}) for more in ({}, change))
    ours, theirs = (write(scenario) for scenario in (one, other))
    mine, yours = (draw_workforce(book, Deck(3, 1)) for book in (ours, theirs))
    people = posts(ours, mine)
    for post, (tenure, vacancy, off) in people.items():
        there = posts(theirs, yours)[post]
        assert (tenure, vacancy) == there[:2]
        assert np.array_equal(off, there[2][: len(off)])
        assert off.any()
    assert len({tuple(tenure) for tenure, _, _ in people.values()}) == len(people), "no two posts have the same people"
    for group, name in enumerate(ours.schedule.group_names):
        there = yours.cover[theirs.schedule.group_names.index(name)]
        assert np.array_equal(mine.cover[group], there[: one.days])


def test_two_roles_alike_have_different_people() -> None:
    book = write(load(PLAIN, {**STAFFED, "staff.aide": LIKE_A_COUNSELOR}))
    found = posts(book, draw_workforce(book, Deck(3, 1)))
    assert found["counselor", 0][0] != found["aide", 0][0]


def test_more_turnover_shortens_every_tenure_and_moves_no_sick_day() -> None:
    calm, restless = (write(load(PLAIN, {**STAFFED, "staff.counselor.turnover_per_year": rate})) for rate in (0.3, 1.0))
    one, other = (draw_workforce(book, Deck(3, 1)) for book in (calm, restless))
    assert (other.tenure[:, :SPELLS] < one.tenure[:, :SPELLS]).all()
    assert np.array_equal(one.vacancy[:, :SPELLS], other.vacancy[:, :SPELLS])
    assert np.array_equal(one.off, other.off)


def test_the_workforce_s_cards_are_those_at_the_post_s_address() -> None:
    book = write(load(PLAIN, STAFFED))
    who, when = np.array([name_word("counselor")], dtype=np.uint64), np.array([1], dtype=np.uint64)
    tenure = Deck(3, 1).deal(Purpose.TENURE, who, when, 0)[0]
    staff = book.staffing
    expected = np.rint(staff.tenure_days[0] * (-np.log1p(-tenure[:SPELLS])) ** staff.tenure_power[0])
    assert draw_workforce(book, Deck(3, 1)).tenure[1, :SPELLS].tolist() == expected.astype(int).tolist()
    assert 2 * SPELLS == CARDS
