"""Payers, prices and everything that costs money, for Hypothesis: to be merged into `strategies.scenarios`.

Values come first that change least, so that a failing scenario shrinks to a plain one.
"""

from hypothesis import strategies as st

from strategies import scenarios, share

LEVERS = ("reminders", "transport", "child_care", "contingency_management", "same_day_assessment", "video")

amounts = st.sampled_from([100.0, 10.0, 0.01, 33.33, 81.365, 0.0])
shares = share(0.0, 1.0, 0.5, 0.37)
SCALES: list[dict[str, tuple[float, float]]] = [
    {}, {}, {"low": (0.5, 0.25), "other": (0.5, 1.0)},
    {"none": (0.4, 0.0), "some": (0.3, 0.333), "whole": (0.3, 1.0)},
]  # fmt: skip
"""Steps of a sliding scale: the share of clients on each, and the share of the rates that they pay."""

NO_TERMS: dict[str, object] = {
    "authorized_sessions": "none", "review_denied_probability": 0.0, "coverage_loss_per_week": 0.0, "copay_usd": 0.0,
    "deductible_usd": 0.0,
}  # fmt: skip
"""Whoever pays alone is granted nothing and owes no part beside the whole."""


@st.composite
def payer(draw: st.DrawFn) -> dict[str, object]:
    """One payer, generous or not, without its share."""
    steps = draw(st.sampled_from(SCALES))
    terms = {
        "contract_week": draw(st.sampled_from([0, 0, 1, 3])),
        "before_contract": draw(st.sampled_from(["unpaid", "wait"])),
        "authorized_sessions": draw(st.sampled_from(["none", "none", "none", 0, 1, 3])),
        "review_sessions": draw(st.integers(1, 3)),
        "review_denied_probability": draw(shares),
        "when_coverage_ends": draw(st.sampled_from(["unpaid", "discharge"])),
        "coverage_loss_per_week": draw(share(0.0, 0.3)),
        "rates": {
            f"{service}_usd": draw(amounts)
            for service in (
                *("session", "level_1_session", "level_2_5_session"),
                *("individual", "assessment", "medication", "family", "drug_screen"),
            )
        },
        "self_pay": draw(st.sampled_from([False, False, True])),
        "denied_share": draw(shares),
        "copay_usd": draw(share(0.0, 15.0, 33.35)),
        "deductible_usd": draw(share(0.0, 60.0, 100_000.0)),
        "client_pays_share": draw(share(1.0, 0.0, 0.5, 0.333)),
        "payment_weeks": draw(st.integers(0, 4)),
        "late_share": draw(shares),
        "late_weeks": draw(st.integers(0, 4)),
        "scale_share": {name: step[0] for name, step in steps.items()},
        "scale_pays": {name: step[1] for name, step in steps.items()},
    }
    return {**terms, **NO_TERMS} if terms["self_pay"] else terms


@st.composite
def payers(draw: st.DrawFn) -> dict[str, object]:
    """None, one or two payers."""
    some = draw(st.sampled_from([{"a": 1.0}, {"a": 0.6, "b": 0.4}, {"a": 0.6, "b": 0.4}, {"b": 1.0}, {}]))
    return {f"payers.{name}": {**draw(payer()), "share": part} for name, part in some.items()}


@st.composite
def levers(draw: st.DrawFn) -> dict[str, object]:
    """Some levers switched on."""
    changes: dict[str, object] = {}
    for lever in draw(st.lists(st.sampled_from(LEVERS), max_size=3, unique=True)):
        changes |= {
            f"levers.{lever}.on": True,
            f"levers.{lever}.trait": draw(st.sampled_from(["", "willing"])) if lever != "video" else "",
            f"levers.{lever}.start_up_usd": draw(amounts),
            f"levers.{lever}.usd_per_week": draw(amounts),
            f"levers.{lever}.usd_per_client_week": draw(amounts),
            f"levers.{lever}.usd_per_session": draw(amounts),
        }
    return changes


@st.composite
def spending(draw: st.DrawFn) -> dict[str, object]:
    """What is paid beside levers, and what is charged."""
    offered = draw(st.sampled_from(["nobody", "everybody", "priority"]))
    leads = {
        "people": 4,
        "caseload": "none",
        "duties": ["groups"],
        "sick_days_per_year": 60.0,
        "cover_probability": 0.5,
        "cover_usd_per_hour": draw(amounts),
    }
    return {
        "traits.willing": {"share": 0.5},
        "traits.injecting": {"share": 0.3},
        "block_grant.applies": offered == "priority",
        "block_grant.pregnant": "willing",
        "money.pre_opening_weeks": draw(st.integers(0, 3)),
        "money.start_up_usd": draw(amounts),
        "money.fixed_usd_per_week": draw(amounts),
        "money.supplies_usd_per_client_week": draw(amounts),
        "money.drug_screens_per_client_week": draw(st.integers(0, 2)),
        "money.drug_screen_cost_usd": draw(amounts),
        "money.assessment_is_free": draw(st.booleans()),
        "money.family_is_billed": draw(st.booleans()),
        "money.charge_markup": draw(share(1.0, 1.5, 1.337)),
        "staff.counselor.first_week": draw(st.sampled_from([0, 0, 2])),
        "staff.counselor.pre_opening_weeks": draw(st.integers(0, 4)),
        "staff.counselor.people": draw(st.integers(1, 2)),
        "staff.counselor.duties": ["individual"],
        "staff.counselor.turnover_per_year": draw(share(0.0, 4.0)),
        "staff.counselor.vacancy_weeks": draw(share(1.0, 0.0)),
        "staff.counselor.hire_usd": draw(amounts),
        "staff.doctor": {"people": 1, "caseload": "none", "duties": ["medication"], "wage_usd_per_hour": 99.99},
        "staff.clerk": {"people": 1, "caseload": "none", "duties": [], "pre_opening_weeks": draw(st.integers(0, 3))},
        **draw(st.sampled_from([{}, {"staff.leader": leads}])),
        "rooms.hall": {"seats": 500, "usd_per_night": draw(amounts)},
        "groups.evening.room": draw(st.sampled_from(["", "hall"])),
        "groups.evening.video": draw(st.booleans()),
        "groups.evening.smallest_census": draw(st.sampled_from([0, 0, 2])),
        "interim.offered": offered,
        "interim.after_days": draw(st.integers(0, 2)),
        "interim.usd_per_week": draw(amounts),
        **draw(st.sampled_from([{}, {"phases.intensive.level": "2.5", "phases.step_down.level": "1"}])),
    }


@st.composite
def services(draw: st.DrawFn) -> dict[str, object]:
    """What is done beside the groups, and who is here already or comes back."""
    return {
        "phases.intensive.individual_per_week": draw(st.integers(0, 2)),
        "phases.intensive.medication_every_weeks": draw(st.integers(0, 2)),
        "family_night.every_weeks": draw(st.integers(0, 2)),
        "attendance.cut_short_probability": draw(share(0.0, 0.3)),
        "attendance.make_up_probability": draw(share(0.0, 0.5)),
        "after.return_probability": draw(share(0.0, 1.0)),
        "after.relapse_scale_days": 1.0,
        "after.return_days": 0.0,
        "absence_rule.lockout_days": 0,
        "present.few": {"source": "self", "where": "waitlist", "count": draw(st.integers(0, 2))},
    }


@st.composite
def paid_scenarios(draw: st.DrawFn) -> dict[str, object]:
    """Changes to the plain file that make a whole, valid scenario in which money matters."""
    changes = {
        **draw(scenarios()),
        **draw(services()),
        **draw(spending()),
        **draw(levers()),
        **draw(payers()),
    }
    return {**changes, **in_program(changes, draw(st.sampled_from([0, 1, 2])))}


def in_program(changes: dict[str, object], count: int) -> dict[str, object]:
    """Some clients who are in the evening group at the opening, if it is open by then and has seats for them."""
    evening, intensive = changes["groups.evening"], changes["phases.intensive"]
    assert isinstance(evening, dict) and isinstance(intensive, dict)
    serves = "intensive" in (evening["serves"] or ["intensive"]) and evening["first_week"] == 0
    if not serves or evening["seats"] < count or intensive["nights_per_week"] > len(evening["nights"]):
        return {}
    return {"present.inside": {"count": count, "source": "court", "phase": "intensive", "group": "evening", "weeks": 1}}
