"""Prices and payers for stories of money, and how such a story is told."""

import numpy as np

from hand import Story
from hand_deck import HIGHEST, LOWEST
from iopsim.cohort import draw
from iopsim.deck import CARDS, Purpose, name_word
from iopsim.engines.reference import simulate
from iopsim.measures.money import MEASURES
from iopsim.measures.view import View
from iopsim.money import Ledger, settle
from iopsim.record import Record
from iopsim.rulebook import Rulebook, write
from iopsim.rulebook.money import Service

PUBLIC = {
    "share": 1.0,
    "rates": {"session_usd": 150.0, "assessment_usd": 100.0},
    "denied_share": 0.0,
    "payment_weeks": 1,
    "late_share": 0.0,
}
PRIVATE = {
    "share": 0.0,
    "rates": {"session_usd": 200.0, "assessment_usd": 160.0},
    "denied_share": 0.1,
    "copay_usd": 20.01,
    "deductible_usd": 250.0,
    "client_pays_share": 0.5,
    "payment_weeks": 2,
    "late_share": 0.1,
    "late_weeks": 1,
}
SELF_PAY = {
    "share": 0.0,
    "rates": {"session_usd": 150.0, "assessment_usd": 100.0},
    "denied_share": 0.0,
    "late_share": 0.0,
    "deductible_usd": 100_000.0,
    "client_pays_share": 0.4,
    "scale_share": {"low": 1.0},
    "scale_pays": {"low": 0.3333},
}
PRICES = {
    "weeks": 4,
    "payers.public": PUBLIC,
    "payers.private": PRIVATE,
    "payers.self_pay": SELF_PAY,
    "referrals.self.payers": {"public": 1.0},
    "referrals.hospital.payers": {"private": 1.0},
    "referrals.residential.payers": {"self_pay": 1.0},
    "money.charge_markup": 1.5,
    "money.start_up_usd": 1000.0,
    "money.pre_opening_weeks": 1,
    "money.fixed_usd_per_week": 100.0,
    "money.supplies_usd_per_client_week": 5.55,
    "money.drug_screens_per_client_week": 1,
    "money.drug_screen_cost_usd": 3.1,
    "rooms.hall": {"seats": 20, "usd_per_night": 40.0},
    "groups.evening.room": "hall",
    "levers.transport.on": True,
    "levers.transport.start_up_usd": 50.0,
    "levers.transport.usd_per_session": 12.0,
    "staff.counselor": {
        "people": 1,
        "caseload": "none",
        "duties": ["groups"],
        "wage_usd_per_hour": 10.01,
        "hours_per_week": 40.0,
        "fringe_share": 0.25,
        "hire_usd": 300.0,
        "pre_opening_weeks": 2,
        "leave_weeks_per_year": 0,
    },
}


def claim_cards(story: Story, source: str, day: int, service: Service, *, denied: int = -1, late: int = -1) -> None:
    """Let the first four claims of a client's service be accepted and paid in time, but for one denied and one late."""
    for place in range(CARDS):
        card = LOWEST if place in (2 * denied, 2 * late + 1) and (denied, late) != (-1, -1) else HIGHEST
        story.deck.put(Purpose.CLAIM, name_word(source), day << 32, place, card, about=service << 32)
        story.deck.put(Purpose.CLAIM, name_word(source), day << 32, place, HIGHEST, about=service << 32 | 1)


def tell(story: Story) -> tuple[Record, Rulebook, Ledger]:
    book = write(story.scenario)
    cohort = draw(book, story.deck)
    record = simulate(book, cohort)
    return record, book, settle(record, book, cohort)


def dollars(cents: np.ndarray) -> list[float]:
    return [amount / 100 for amount in cents.tolist()]


def report(view: View) -> dict[str, tuple[int, int]]:
    return {measure.name: measure.compute(view) for measure in MEASURES}
