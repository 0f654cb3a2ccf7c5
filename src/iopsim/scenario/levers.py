"""Levers a planner buys: each with its effect and its cost, and off unless switched on."""

from __future__ import annotations

from iopsim.scenario.fields import Part, number, ratio, text


class Lever(Part):
    """Something that can be bought to bring more people in or keep them."""

    on: bool = text("Whether it is bought")
    trait: str = text('Trait of the clients whom it reaches; "" is everybody')
    show_odds_ratio: float = ratio("Odds of coming to the assessment")
    renege_hazard_ratio: float = ratio("Hazard of leaving the waitlist")
    attendance_odds_ratio: float = ratio("Odds of attending a session")
    dropout_hazard_ratio: float = ratio("Hazard of dropping out, early non-engagement included")
    start_up_usd: float = number("usd", 0.0, 10_000_000.0, "Paid once, before the opening")
    usd_per_week: float = number("usd/week", 0.0, 1_000_000.0, "Paid every week from the opening on")
    usd_per_client_week: float = number("usd/week", 0.0, 10_000.0, "Paid for each client reached in program, a week")
    usd_per_session: float = number("usd", 0.0, 10_000.0, "Paid for each session that a client reached attends")


class Levers(Part):
    """The levers. Three work through the model itself, and have no ratios of their own unless they are given."""

    reminders: Lever = text("Reminders by telephone or text message")
    transport: Lever = text("Transport to the group; sessions by video are attended without it, and cost none")
    child_care: Lever = text("Child care during sessions; sessions by video are attended without it, and cost none")
    contingency_management: Lever = text("Prizes for attendance or abstinence")
    same_day_assessment: Lever = text("Assessment on the day of the call: sets assessment.same_day")
    second_evening: Lever = text("Another evening: the groups that name it exist while it is on")
    video: Lever = text("Sessions by video: its ratios hold on the nights of groups by video alone")
