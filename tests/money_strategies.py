"""Payers, prices and everything that costs money, for Hypothesis: to be merged into `strategies.scenarios`.

Values come first that change least, so that a failing scenario shrinks to a plain one.
"""

from hypothesis import strategies as st

from strategies import scenarios, share

LEVERS = ("reminders", "transport", "child_care", "contingency_management", "same_day_assessment", "video")

amounts = st.sampled_from([100.0, 10.0, 0.01, 33.33, 81.365, 0.0])
shares = share(0.0, 1.0, 0.5, 0.37)


@st.composite
def payer(draw: st.DrawFn) -> dict[str, object]:
    """One payer, generous or not, without its share."""
    steps = draw(st.sampled_from([{}, {}, {"low": (0.5, 0.25)}, {"none": (0.4, 0.0), "some": (0.3, 0.333)}]))
    return {
        "contract_week": draw(st.sampled_from([0, 0, 1, 3])),
        "before_contract": draw(st.sampled_from(["unpaid", "wait"])),
        "authorized_sessions": draw(st.sampled_from(["none", "none", "none", 0, 1, 3])),
        "review_sessions": draw(st.integers(1, 3)),
        "review_denied_probability": draw(shares),
        "when_coverage_ends": draw(st.sampled_from(["unpaid", "discharge"])),
        "coverage_loss_per_week": draw(share(0.0, 0.3)),
        "rates": {
            f"{service}_usd": draw(amounts)
            for service in ("session", "individual", "assessment", "medication", "family", "drug_screen")
        },
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
            f"levers.{lever}.trait": draw(st.sampled_from(["", "willing"])),
            f"levers.{lever}.start_up_usd": draw(amounts),
            f"levers.{lever}.usd_per_week": draw(amounts),
            f"levers.{lever}.usd_per_client_week": draw(amounts),
            f"levers.{lever}.usd_per_session": draw(amounts),
        }
    return changes


@st.composite
def spending(draw: st.DrawFn) -> dict[str, object]:
    """What is paid beside levers, and what is charged."""
    return {
        "traits.willing": {"share": 0.5},
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
        "staff.counselor.turnover_per_year": draw(share(0.0, 4.0)),
        "staff.counselor.vacancy_weeks": draw(share(1.0, 0.0)),
        "staff.counselor.hire_usd": draw(amounts),
        "staff.doctor": {"people": 1, "caseload": "none", "duties": ["medication"], "wage_usd_per_hour": 99.99},
        "rooms.hall": {"seats": 500, "usd_per_night": draw(amounts)},
        "groups.evening.room": draw(st.sampled_from(["", "hall"])),
        "groups.evening.video": draw(st.booleans()),
        "groups.evening.smallest_census": draw(st.sampled_from([0, 0, 2])),
        "interim.offered": draw(st.sampled_from(["nobody", "everybody"])),
        "interim.after_days": draw(st.integers(0, 2)),
        "interim.usd_per_week": draw(amounts),
    }


@st.composite
def services(draw: st.DrawFn) -> dict[str, object]:
    """What is done beside the groups, and who is here already or comes back."""
    here = draw(st.integers(0, 2))
    return {
        "phases.intensive.individual_per_week": draw(st.integers(0, 2)),
        "phases.intensive.medication_every_weeks": draw(st.integers(0, 2)),
        "family_night.every_weeks": draw(st.integers(0, 2)),
        "attendance.cut_short_probability": draw(share(0.0, 0.3)),
        "attendance.make_up_probability": draw(share(0.0, 0.5)),
        "after.return_probability": 0.0 if here else draw(share(0.0, 1.0)),
        "after.relapse_scale_days": 1.0,
        "after.return_days": 0.0,
        "absence_rule.lockout_days": 0,
        "present.few": {"source": "self", "where": "waitlist", "count": here},
    }


@st.composite
def paid_scenarios(draw: st.DrawFn) -> dict[str, object]:
    """Changes to the Palmetto file that make a whole, valid scenario in which money matters."""
    return {
        **draw(scenarios()),
        **draw(services()),
        **draw(spending()),
        **draw(levers()),
        **draw(payers()),
    }
