"""The way in: calls, assessment, placement, waitlist, admission."""

from __future__ import annotations

from typing import Literal

from iopsim.scenario.fields import Delay, Limit, Part, Weekdays, cap, number, probability, ratio, share, text


class Calls(Part):
    """What becomes of a referral's first call, before an appointment is made."""

    lost_probability: float = share("The call is lost: nobody answers, nobody calls back")
    screened_out_probability: float = share("Screened out on the telephone, of calls answered")


class Assessment(Part):
    """The assessors' diary, and who comes."""

    weekdays: Weekdays = text("Weekdays with assessment slots")
    slots_per_day: int = number(
        "slots/day",
        0,
        500,
        "Slots on each of these weekdays; for each assessor, if staff roles do assessments",
        planned=True,
    )
    hours: float = number("hours", 0.25, 8.0, "Assessor hours an assessment takes")
    same_day: bool = text("Whether a client may be assessed on the day of the call")
    open_access: bool = text("Walk-in: clients come without an appointment, and wait for a free assessor")
    overbooking: float = number(
        "share", 0.0, 1.0, "Appointments booked beyond the slots, as a share of the slots", planned=True
    )
    client_delay: Delay = text("Days until the client can come, whatever the diary says")
    show_probability_next_day: float = share("Probability of coming to an appointment one day ahead")
    show_odds_ratio_per_log_day: float = number(
        "ratio",
        0.01,
        1.0,
        "Odds ratio of coming for each e-fold longer delay between booking and appointment",
    )
    rebook_probability: float = share("Share of those who missed an appointment who take another")
    max_rebookings: int = number("appointments", 0, 7, "Further appointments offered after missed ones", planned=True)


class Detour(Part):
    """A level of care that comes first; a share of its clients then step down into this program."""

    share: float = probability("Placed there first")
    away: Delay = text("Days from the assessment until the client is back")
    return_probability: float = probability("Share of them who come back, as step-down clients")
    priority: int = number("class", 0, 9, "Priority class of those who come back; 0 goes first", planned=True)
    enters: str = text('Phase in which they start; "" is the phase of their referral source')


class Placement(Part):
    """Where the assessment sends people; the six shares sum to 1."""

    this_program: float = share("Placed in this program at once")
    higher: float = share("Placed at a higher level (residential, 20+ hours) for good")
    lower: float = share("Placed at a lower level (outpatient)")
    declined: float = share("Offered a place here and declined it")
    withdrawal: Detour = text("Withdrawal management first")
    residential: Detour = text("Residential treatment first")


class Waitlist(Part):
    """From placement to a seat: order, patience and limits."""

    ready_delay: Delay = text("Days from assessment until a placed client can start (papers, insurance, work)")
    renege_per_day: float = number("hazard/day", 0.0, 10.0, "Hazard of giving up, each day on the waitlist")
    limit: Limit = cap("clients", 'Clients the list holds; who does not fit balks; "none" for no limit', planned=True)
    when_first_does_not_fit: Literal["pass_over", "hold_the_line"] = text(
        "Whether the next in line may pass one who does not fit in any group now"
    )


class Interim(Part):
    """Interim services for clients who wait for admission, from the request on: counseling, referral; not treatment."""

    offered: Literal["nobody", "priority", "everybody"] = text(
        "To whom: nobody, the federal priority populations, or everybody who waits for admission"
    )
    after_days: int = number("days", 0, 30, "Days from referral until they begin", planned=True)
    renege_hazard_ratio: float = ratio("Hazard of giving up while receiving them")
    usd_per_week: float = number("usd/week", 0.0, 10_000.0, "Cost for each client receiving them")


class Orientation(Part):
    """A meeting that a placed client must attend before starting."""

    required: bool = text("Whether there is one")
    weekdays: Weekdays = text("Weekdays on which it is held")
    show_probability: float = number("share", 0.05, 1.0, "Probability of coming; who does not comes to the next")
    hours: float = number("hours", 0.25, 8.0, "Staff hours of one meeting", planned=True)


class Admission(Part):
    """When clients may start."""

    weekdays: Weekdays = text("Weekdays on which clients are admitted")


class BlockGrant(Part):
    """Federal priority populations, for programs that take block-grant money."""

    applies: bool = text("Whether the federal order of priority binds: pregnant and injecting, pregnant, injecting")
    pregnant: str = text("The trait of pregnant clients")
    injecting: str = text("The trait of clients who inject")
    admit_days: int = number(
        "days", 1, 365, "Who injects must be admitted within this many days of the request", planned=True
    )
    admit_days_with_interim: int = number(
        "days", 1, 365, "The same, when interim services have begun in time", planned=True
    )
    interim_days: int = number(
        "days", 0, 30, "Interim services must begin within this many days of the request", planned=True
    )
    notice_share: float = share("Share of capacity from which the state must be told", planned=True)
