"""A clinic for stories, its deck of kind cards, and the card that means what a test wants to happen.

Kind cards: unless the test says otherwise, nobody is referred; and whoever is can come at once, comes to the
assessment, is placed here, is ready to start, waits for ever, attends every session and stays.
"""

from collections.abc import Mapping
from itertools import accumulate
from math import exp, log, sqrt

import numpy as np
from scipy.stats import norm

from iopsim.cohort import CALL, COVERED, DENIED, LOSS, LOT, MAKE_UP, PATIENCE, PER_DECISION
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.workforce import SPELLS

LOWEST, HIGHEST = 0.5 / 2**32, 1.0 - 0.5 / 2**32

KIND = {purpose: [LOWEST] * CARDS for purpose in Purpose}
"""The card at each place that lets nothing happen: low is to show up, to start soon and not to be absent ..."""
KIND[Purpose.TRAIT] = [HIGHEST] * CARDS  # ... high is to have no trait ...
KIND[Purpose.LEAVING] = [HIGHEST] * CARDS  # ... and to stay
KIND[Purpose.INTAKE][LOT] = 0.5
KIND[Purpose.INTAKE][CALL] = HIGHEST  # ... calls are answered ...
KIND[Purpose.COVERAGE][DENIED] = KIND[Purpose.COVERAGE][COVERED] = KIND[Purpose.COVERAGE][LOSS] = HIGHEST
KIND[Purpose.LAPSE] = [HIGHEST] * CARDS
KIND[Purpose.ABSENCE][MAKE_UP] = KIND[Purpose.ABSENCE][PER_DECISION + MAKE_UP] = HIGHEST
KIND[Purpose.TENURE] = [HIGHEST] * SPELLS + [LOWEST] * SPELLS  # ... and staff neither quits nor falls sick ...
KIND[Purpose.SICKNESS] = [HIGHEST] * SPELLS + [LOWEST] * SPELLS
KIND[Purpose.LEAVE] = [HIGHEST] * CARDS  # ... and takes leave as late in the year as can be
KIND[Purpose.INTAKE][PATIENCE] = HIGHEST

CLINIC = """
name = "A clinic for stories"
opening = 2027-01-04  # a Monday
weeks = 8

[calendar]
holidays = ""

[referrals.self]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }

[referrals.hospital]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
priority = 0

[referrals.residential]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
priority = 0
enters = "step_down"

[assessment]
slots_per_day = 5
show_probability_next_day = 0.8
show_odds_ratio_per_log_day = 1.0
rebook_probability = 0.5
max_rebookings = 1
client_delay = { median_days = 2.0, mean_days = 3.0 }

[waitlist]
renege_per_day = 0.1
ready_delay = { median_days = 2.0, mean_days = 3.0 }

[phases.intensive]
nights_per_week = 3
planned_weeks = 2

[phases.step_down]
nights_per_week = 1
planned_weeks = 1

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 3

[attendance]
probability = 0.75
absence_run_sessions = 1.5
excused_share = 0.5

[leaving]
early_probability = 0.0
dropout_per_week = 0.1
dropout_shape = 1.0
transfer_per_week = 0.1
incarceration_per_week = 0.1
death_per_week = 0.1
other_per_week = 0.1
"""


class HandDealt(Deck):
    """A deck of kind cards, except at the addresses where another card was put."""

    def __init__(self) -> None:
        super().__init__(seed=0, replication=0)
        self.put_cards: dict[tuple[int, ...], dict[int, float]] = {}

    def put(
        self, purpose: Purpose, who: int, when: int, place: int, card: float, about: int = 0, episode: int = 0
    ) -> None:
        """Put a card at an address."""
        self.put_cards.setdefault((int(purpose), who, when, about, episode), {})[place] = card

    def deal(
        self,
        purpose: Purpose | np.ndarray,
        who: np.ndarray,
        when: np.ndarray,
        about: np.ndarray | int = 0,
        episode: int = 0,
    ) -> np.ndarray:
        cards = np.empty((len(who), CARDS))
        parts = (np.broadcast_to(part, len(who)).tolist() for part in (purpose, who, when, about, episode))
        for row, address in enumerate(zip(*parts, strict=True)):
            cards[row] = KIND[Purpose(address[0])]
            for place, card in self.put_cards.get(address, {}).items():
                cards[row, place] = card
        return cards

    def deal_by_name(self, purpose: Purpose, who: np.ndarray, when: np.ndarray, names: np.ndarray) -> np.ndarray:
        """A card by name lies where `about` is the name's word, at place 0."""
        columns = [self.deal(purpose, who, when, name)[:, :1] for name in names]
        return np.hstack(columns)


def reached(time: float, hazard: float) -> float:
    """Return the card whose unit-exponential threshold an accumulating hazard reaches at a time."""
    return 1.0 - exp(-hazard * time)


def failures_card(many: int, chance: float) -> float:
    """Return the middle of the cards that mean so many failures before the first success."""
    if chance >= 1.0 or chance <= 0.0:
        assert many == 0 or chance <= 0.0, "it succeeds at once"
        return LOWEST
    return 1.0 - (1.0 - chance) ** (many + 0.5)


def geometric_card(length: int, mean: float) -> float:
    """Return the middle of the cards that mean a length of so many, at least 1, where lengths have this mean."""
    assert length >= 1, "a spell lasts a day at least"
    return 1.0 - (1.0 - 1.0 / mean) ** (length - 0.5) if mean > 1.0 else LOWEST


def accumulated_to(shares: Mapping[str, float], name: str) -> tuple[float, float]:
    """Return where a share begins and ends when all are laid side by side."""
    assert shares[name] > 0.0, f"nobody has {name}"
    ends = [0.0, *accumulate(shares.values())]
    place = list(shares).index(name)
    return ends[place], ends[place + 1]


def delay_card(days: int, delay: object) -> float:
    """Return the middle of the cards that mean a delay of so many days."""
    median, mean = delay.median_days, delay.mean_days
    if mean == median:
        assert days == 0 or median == days, "this clinic has no such delay"
        return LOWEST
    sigma = sqrt(2.0 * log(mean / median))
    up_to = [0.0, *(norm.cdf(log((k + 0.5) / median) / sigma) for k in range(days + 1))]
    return float(up_to[days] + up_to[days + 1]) / 2
