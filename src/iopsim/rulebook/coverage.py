"""What payers allow before and during treatment; what they pay is in `iopsim.rulebook.money`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.rulebook.days import F64, I64, UNLIMITED, Flags, delay_table, hazard_of, limit, padded
from iopsim.scenario.model import Scenario


@dataclass(frozen=True, eq=False, slots=True)
class Coverage:
    """Payers in the order of the file; without payers, one that covers everything."""

    contract_day: I64
    """Day on which the payer's contract starts."""
    start_day: I64
    """Day from which the payer's clients may start: the contract's, or 0 where they are served unpaid until then."""
    authorization: F64
    """Cumulative probability that authorization takes at most k days; shape (payers, k)."""
    denied: F64
    """Probability that treatment is not authorized."""
    sessions: I64
    """Group sessions first authorized; -1 for no limit."""
    review_sessions: I64
    review_hazard: F64
    """Hazard of a denial at each concurrent review: -ln(1 - probability)."""
    discharges: Flags
    """Whether the end of coverage ends treatment."""
    loss: F64
    """Hazard a week of losing coverage."""
    drawn: bool
    """Whether any payer leaves anything to luck, so that cards are needed."""


def write_coverage(scenario: Scenario) -> Coverage:
    """Write the payers' part in access and treatment."""
    payers = list(scenario.payers.values())
    nobody = len(payers) == 0
    limits = [limit(payer.authorized_sessions) for payer in payers]
    delays = [delay_table(payer.authorization) for payer in payers]
    denied = [payer.authorization_denied_probability for payer in payers]
    loss = [payer.coverage_loss_per_week for payer in payers]
    contract = np.array([0] if nobody else [7 * payer.contract_week for payer in payers])
    waits = np.array([False] if nobody else [payer.before_contract == "wait" for payer in payers])
    return Coverage(
        contract_day=contract,
        start_day=np.where(waits, contract, 0),
        authorization=padded(delays),
        denied=np.array([0.0] if nobody else denied),
        sessions=np.array([UNLIMITED] if nobody else limits),
        review_sessions=np.array([1] if nobody else [payer.review_sessions for payer in payers]),
        review_hazard=np.array([0.0] if nobody else [hazard_of(payer.review_denied_probability) for payer in payers]),
        discharges=np.array([False] if nobody else [payer.when_coverage_ends == "discharge" for payer in payers]),
        loss=np.array([0.0] if nobody else loss),
        drawn=any(len(row) > 1 for row in delays)
        or any(denied)
        or any(loss)
        or any(many != UNLIMITED for many in limits),
    )
