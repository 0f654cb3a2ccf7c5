"""The people of a run by name, and everything that chance gives them."""

import numpy as np

from iopsim.cohort import PAGE_BLOCKS, Cohort
from iopsim.rulebook import Rulebook
from strategies import Changes, Run

Client = tuple[str, int, int]

BASE: Changes = {
    "weeks": 20,
    "traits.employed": {"share": 0.4, "attendance_odds_ratio": 1.5, "renege_hazard_ratio": 2.0},
    "traits.mandated": {"share": 0.3, "show_odds_ratio": 2.0, "dropout_hazard_ratio": 0.5},
    "referrals.court.traits.mandated": 0.9,
    "groups.evening.seats": 5,
}
ONCE = (
    "lot", "call", "kept", "placement", "ready_delay", "orientations_missed", "patience", "dropout", "transfer_week",
    "incarceration_week", "death_week", "other_week", "relapse", "returns", "return_delay", "payer",
)  # fmt: skip
"""What every client of a cohort is dealt once."""
COVERAGE = ("denied", "covered_sessions", "coverage_loss_week", "away_days", "comes_back", "scale")
"""What is dealt only where a payer or a detour leaves something to luck."""
BY_ATTEMPT = ("show", "rebook", "client_delay")
RATIOS = (
    "show_ratio", "placement_ratio", "renege_ratio", "attendance_ratio", "attendance_ratio_by_video",
    "dropout_ratio", "lapse_ratio", "relapse_time_ratio",
)  # fmt: skip


def names(book: Rulebook, cohort: Cohort) -> list[Client]:
    sources = [book.demand.source_names[source] for source in cohort.source]
    return list(zip(sources, cohort.day.tolist(), cohort.ordinal.tolist(), strict=True))


def traits(book: Rulebook, cohort: Cohort, row: int) -> frozenset[str]:
    return frozenset(name for k, name in enumerate(book.demand.trait_names) if cohort.traits[row] >> k & 1)


def hands(it: Run) -> dict[Client, dict[str, object]]:
    """Everything that chance gives each client: traits, and each card by its name."""
    book, cohort = it.book, it.cohort
    rows = np.arange(len(cohort))
    pages = {purpose: np.hstack([cohort.page(purpose, rows, page) for page in range(2)]) for purpose in PAGE_BLOCKS}
    return {
        client: {
            "traits": traits(book, cohort, row),
            **{purpose.name.lower(): tuple(cards[row].tolist()) for purpose, cards in pages.items()},
            **{card: getattr(cohort, card)[row].item() for card in (*ONCE, *RATIOS)},
            **{card: getattr(cohort, card)[row].tolist() for card in (*COVERAGE, *BY_ATTEMPT)},
        }
        for row, client in enumerate(names(book, cohort))
    }


def assert_same_hands(one: Run, other: Run, but: tuple[str, ...] = ()) -> set[Client]:
    """Hold the hands of the clients whom two runs share to each other, and return those clients."""
    ours, theirs = hands(one), hands(other)
    common = set(ours) & set(theirs)
    for client in common:
        for card, ours_is in ours[client].items():
            if card not in but:
                assert theirs[client][card] == ours_is, f"{card} of {client}"
    return common


def facts(it: Run, *columns: str) -> dict[Client, tuple[int, ...]]:
    """Some columns of the Record for each client."""
    table = np.column_stack([getattr(it.record.clients, column) for column in columns]).tolist()
    return dict(zip(names(it.book, it.cohort), map(tuple, table), strict=True))
