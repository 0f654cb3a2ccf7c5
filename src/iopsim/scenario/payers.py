"""Who pays: shares of clients, contracts, authorization, coverage, and what a service is worth."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from iopsim.scenario.fields import Delay, Limit, Name, Part, _frozen, cap, number, probability, text


def usd(description: str, high: float = 100_000.0) -> float:
    """Describe an amount of money."""
    return number("usd", 0.0, high, description)  # type: ignore[no-any-return]


class Rates(Part):
    """What a payer allows for each service."""

    session_usd: float = usd("A group session attended in full, the per diem: in a phase at Level 2.1 or at no level")
    level_1_session_usd: float = usd("The same in a phase at Level 1")
    level_2_5_session_usd: float = usd("The same in a phase at Level 2.5")
    individual_usd: float = usd("An individual session held")
    assessment_usd: float = usd("An assessment; nothing is billed where assessments are free")
    medication_usd: float = usd("A medication visit held")
    family_usd: float = usd("A client's family at a family night")
    drug_screen_usd: float = usd("A drug screen")


class Payer(Part):
    """One kind of payer, self-pay among them."""

    share: float = probability("Share of referred clients, where the source does not say otherwise", 0.5)
    self_pay: bool = text("The client is the payer, and owes all that is allowed; nothing is denied or late")
    contract_week: int = number(
        "week", 0, 1040, "Week in which the contract starts; 0 is the opening week", planned=True
    )
    before_contract: Literal["wait", "unpaid"] = text(
        "Until the contract starts its clients cannot start (wait), or are served and nothing is billed (unpaid)"
    )
    authorization: Delay = text("Days from the assessment until the payer has authorized treatment")
    authorization_denied_probability: float = probability("Treatment is not authorized; the client is lost")
    authorized_sessions: Limit = cap("sessions", 'Group sessions first authorized; "none" for no limit')
    review_sessions: int = number("sessions", 1, 365, "Further sessions granted at each concurrent review")
    review_denied_probability: float = probability("A concurrent review ends coverage")
    when_coverage_ends: Literal["discharge", "unpaid"] = text(
        "A client whose coverage ends is discharged, or stays and nothing more is billed"
    )
    coverage_loss_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of losing coverage while in treatment")
    rates: Rates = text("What the payer allows for each service")
    denied_share: float = probability("Share of claims denied for good")
    copay_usd: float = usd("Paid by the client for each group or individual session, out of what is allowed", 1000.0)
    deductible_usd: float = usd("Paid by the client first, out of what is allowed, in each episode")
    client_pays_share: float = probability("Share of what clients owe that is ever collected")
    payment_weeks: int = number("weeks", 0, 104, "Weeks from a service to the payer's payment")
    late_share: float = probability("Share of payments that come late")
    late_weeks: int = number("weeks", 0, 104, "Further weeks that a late payment takes")
    scale_share: Annotated[dict[Name, Annotated[float, probability("Share of clients")]], AfterValidator(_frozen)] = (
        text("Steps of a sliding scale: share of the payer's clients on each; who is on none pays in full")
    )
    scale_pays: Annotated[
        dict[Name, Annotated[float, probability("Share of the rate", planned=True)]], AfterValidator(_frozen)
    ] = text("Share of the rates that is allowed on each step of the sliding scale")


Payers = Annotated[dict[Name, Payer], AfterValidator(_frozen)]
