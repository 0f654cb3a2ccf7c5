"""The way in: assessment, placement, waitlist, admission."""

from __future__ import annotations

from typing import Literal

from iopsim.scenario.fields import Delay, Limit, Part, Weekdays, cap, number, share, text


class Assessment(Part):
    """The assessors' diary, and who comes."""

    weekdays: Weekdays = text("Weekdays with assessment slots")
    slots_per_day: int = number("slots/day", 0, 500, "Assessment slots on each of these weekdays")
    same_day: bool = text("Whether a client may be assessed on the day of the call")
    client_delay: Delay = text("Days until the client can come, whatever the diary says")
    show_probability_next_day: float = share("Probability of coming to an appointment one day ahead")
    show_odds_ratio_per_log_day: float = number(
        "ratio",
        0.01,
        1.0,
        "Odds ratio of coming for each e-fold longer delay between booking and appointment",
    )
    rebook_probability: float = share("Share of those who missed an appointment who take another")
    max_rebookings: int = number("appointments", 0, 7, "Further appointments offered after missed ones")


class Placement(Part):
    """Where the assessment sends people; the four shares sum to 1."""

    this_program: float = share("Placed in this program")
    higher: float = share("Placed at a higher level (residential, withdrawal management, 20+ hours)")
    lower: float = share("Placed at a lower level (outpatient)")
    declined: float = share("Offered a place here and declined it")


class Waitlist(Part):
    """From placement to a seat: order, patience and limits."""

    ready_delay: Delay = text("Days from assessment until a placed client can start (papers, insurance, work)")
    renege_per_day: float = number("hazard/day", 0.0, 10.0, "Hazard of giving up, each day on the waitlist")
    limit: Limit = cap("clients", 'Clients the list holds; who does not fit balks; "none" for no limit')
    when_first_does_not_fit: Literal["pass_over", "hold_the_line"] = text(
        "Whether the next in line may pass one who does not fit in any group now"
    )


class Admission(Part):
    """When clients may start."""

    weekdays: Weekdays = text("Weekdays on which clients are admitted")
