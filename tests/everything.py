"""A crowded clinic in which everything that can happen does: every switch is on, in one of two settings."""

from collections.abc import Mapping

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.rulebook import write
from iopsim.scenario.intake import Detour
from iopsim.scenario.load import load
from iopsim.scenario.model import Scenario
from strategies import PLAIN, Changes, Run

EVERYTHING: Changes = {
    "weeks": 60,
    "traits.employed": {"share": 0.5, "higher_placement_odds_ratio": 2.0, "relapse_odds_ratio": 1.5},
    "traits.pregnant": {"share": 0.1, "lapse_hazard_ratio": 2.0},
    "traits.injecting": {"share": 0.2, "show_odds_ratio": 0.5},
    "traits.both": {"all_of": ["pregnant", "injecting"], "dropout_hazard_ratio": 0.5},
    "block_grant.applies": True,
    "interim.offered": "priority",
    "interim.renege_hazard_ratio": 0.5,
    "calls.lost_probability": 0.1,
    "calls.screened_out_probability": 0.1,
    "referrals.self.kept_per_week_waited": 0.8,
    "referrals.court.doubt": 0.4,
    "referrals.health_care.growth_per_year": 1.5,
    "assessment.slots_per_day": 1,
    "assessment.overbooking": 1.0,
    "payers.medicaid": {
        "share": 0.7,
        "contract_week": 3,
        "before_contract": "wait",
        "authorization": {"median_days": 1.0, "mean_days": 2.0},
        "authorization_denied_probability": 0.15,
        "authorized_sessions": 12,
        "review_denied_probability": 0.2,
        "coverage_loss_per_week": 0.02,
    },
    "payers.self_pay": {"share": 0.3},
    "orientation.required": True,
    "waitlist.limit": 5,
    "groups.evening.seats": 4,
    "groups.late": {
        "nights": ["Thu", "Fri"],
        "seats": 3,
        "video": True,
        "serves": ["step_down"],
        "opens_when_waiting": 1,
        "opens_after_weeks": 1,
        "opens_lead_weeks": 1,
        "smallest_census": 2,
    },
    "attendance.make_up_probability": 0.5,
    "attendance.cut_short_probability": 0.1,
    "phases.intensive.planned_weeks": 4,
    "phases.intensive.individual_per_week": 1,
    "phases.intensive.medication_every_weeks": 2,
    "phases.step_down.individual_per_week": 1,
    "family_night.every_weeks": 2,
    "lapse.per_week": 0.15,
    "lapse.step_up_probability": 0.5,
    "lapse.step_out_probability": 0.1,
    "levers.transport.on": True,
    "levers.transport.attendance_odds_ratio": 1.3,
    "staff.counselor.people": 2,
    "staff.counselor.duties": ["groups", "individual"],
    "staff.counselor.caseload": 4,
    "staff.counselor.hours_per_week": 20.0,
    "staff.counselor.turnover_per_year": 2.0,
    "staff.counselor.sick_days_per_year": 6.0,
    "staff.counselor.leave_weeks_per_year": 3,
    "staff.counselor.vacancy_weeks": 4.0,
    "staff.counselor.cover_probability": 0.3,
    "staff.counselor.hire_when_caseload": 3,
    "staff.physician": {
        "people": 1,
        "caseload": "none",
        "duties": ["medication", "assessment"],
        "wage_usd_per_hour": 99.0,
    },
}

RETURNS: Changes = {"after.return_probability": 0.9, "after.return_days": 10.0, "after.relapse_scale_days": 30.0}
"""Clients call again."""

PRESENT: Changes = {
    "present.old": {"count": 2, "source": "self", "weeks": 2, "phase_weeks": 2},
    "present.new": {"source": "court", "payer": "self_pay", "traits": ["employed"]},
    "present.waiting": {"count": 3, "source": "court", "where": "waitlist", "weeks": 1},
}
"""Clients are here at the opening."""


def with_detours(scenario: Scenario) -> Scenario:
    """Let a third of the clients go to withdrawal management or residential treatment first."""
    shares = scenario.placement
    detours = {
        name: Detour(**{**getattr(shares, name).model_dump(), "share": 1 / 6, "enters": phase})
        for name, phase in {"withdrawal": "", "residential": "step_down"}.items()
    }
    here = {"this_program": 0.5, "higher": 0.05, "lower": 0.05, "declined": 1.0 - 0.6 - 1 / 3}
    return scenario.model_copy(update={"placement": shares.model_copy(update={**here, **detours})})


def run_of(scenario: Scenario, seed: int = 1, replication: int = 0) -> Run:
    """Simulate one replication of a scenario."""
    book = write(scenario)
    cohort = draw(book, Deck(seed, replication))
    return Run(scenario, book, cohort, simulate(book, cohort))


def run_everything(changes: Mapping[str, object], seed: int = 1, replication: int = 0) -> Run:
    """Simulate one replication of the crowded clinic with some changes."""
    return run_of(with_detours(load(PLAIN, changes={**EVERYTHING, **changes})), seed, replication)
