"""Payers who may be taken for others, and sessions paid at a rate that was meant for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iopsim.scenario.defaults import defaults
from iopsim.scenario.resolved import Resolved
from iopsim.scenario.words import plain

PAYS_ALONE = {"self_pay", "selfpay", "self", "self_payer", "uninsured", "cash", "private_pay", "out_of_pocket"}
"""Names of payers that mean the client."""

OF_CLAIMS = ("denied_share", "payment_weeks", "late_share", "late_weeks")
"""What becomes of claims to somebody else."""

RATES = {"1": "level_1_session_usd", "2.5": "level_2_5_session_usd"}


def clients_who_pay_alone(resolved: Resolved) -> Iterator[str]:
    """Name payers that are called after clients who pay alone, and are not said to be."""
    for name, payer in resolved.scenario.payers.items():
        if name in PAYS_ALONE and not payer.self_pay:
            yield (
                f"{_where(resolved, name)}: payers.{name}: self_pay is false, so somebody else pays for its clients, "
                "with denials and delay; write self_pay = true if they pay alone"
            )


def reviews_before_the_first_session(resolved: Resolved) -> Iterator[str]:
    """Name payers that authorize no session to begin with."""
    for name, payer in resolved.scenario.payers.items():
        if payer.authorized_sessions == 0:
            path = f"payers.{name}.authorized_sessions"
            yield (
                f"{resolved.origins[path]}: {path}: 0, so a concurrent review comes before the first session, and one "
                'that is denied ends coverage at once; "none" is no limit'
            )


def terms_that_nobody_has(resolved: Resolved) -> Iterator[str]:
    """Name what the file says of claims of clients who pay alone, for whom there are none."""
    for name, payer in resolved.scenario.payers.items():
        for part in OF_CLAIMS if payer.self_pay else ():
            origin = resolved.origins[f"payers.{name}.{part}"]
            if origin.layer != "default":
                yield f"{origin}: payers.{name}: {part} changes nothing: who pays alone makes no claim"


def contracts_after_the_run(resolved: Resolved) -> Iterator[str]:
    """Name payers whose contract starts only when the run is over."""
    scenario = resolved.scenario
    for name, payer in scenario.payers.items():
        if payer.share and payer.contract_week >= scenario.weeks:
            what = "its clients cannot start" if payer.before_contract == "wait" else "nothing is billed to it"
            yield (
                f"{_where(resolved, name)}: payers.{name}: the contract starts in week {payer.contract_week}, after "
                f"the {scenario.weeks} weeks of the run, so {what}"
            )


def rates_for_another_level(resolved: Resolved) -> Iterator[str]:
    """Name payers whose per diem is not the default, and whose rate at another level of care is."""
    scenario, usual = resolved.scenario, _default("session_usd")
    levels = {phase.level for phase in scenario.phases.values()}
    for name, payer in scenario.payers.items():
        own = f"payers.{name}.rates."
        if payer.rates.session_usd == usual:
            continue
        for level, rate in RATES.items():
            if level in levels and resolved.origins[f"{own}{rate}"].layer == "default":
                yield (
                    f"{_where(resolved, name)}: payers.{name}: sessions at Level {level} are paid the default, "
                    f"{plain(getattr(payer.rates, rate))} usd; write rates.{rate}, even if it is the same"
                )


def _default(rate: str) -> float:
    template: Any = defaults()["payers"]
    value: float = template["*"]["rates"][rate]["value"]
    return value


def _where(resolved: Resolved, name: str) -> object:
    given = (origin for path, origin in resolved.origins.items() if path.startswith(f"payers.{name}."))
    return next((origin for origin in given if origin.layer != "default"), resolved.name)
