"""The Rulebook: a scenario written out as arrays and scalars, by day, night and group.

Every ``exp``, ``log`` and power of the model's rules happens here, once per scenario. The Rulebook knows no
randomness; engines and the cohort know no scenario.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim import clock
from iopsim.deck import name_word
from iopsim.scenario.calendar import Closure
from iopsim.scenario.demand import ReferralSource
from iopsim.scenario.fields import MONTHS, WEEKDAYS, Delay
from iopsim.scenario.model import Scenario

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

FINEST = 2.0**-33
"""Half the step between two cards: tails lighter than this are never drawn."""

LONGEST_DELAY = 3650
"""Days at which the client's own delays are cut off."""

UNLIMITED = -1


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Rulebook:
    """What the rules need to know, in the order of the clinic's day. Days count from opening."""

    days: int
    source_names: tuple[str, ...]
    trait_names: tuple[str, ...]
    phase_names: tuple[str, ...]
    group_names: tuple[str, ...]

    # referrals, by source in order of name
    source_word: NDArray[np.uint64]
    count_table: F64
    """Cumulative probability of at most k referrals on a day of a kind; shape (kinds, k)."""
    count_kind: I64
    """Row of `count_table` for each source and day; shape (sources, days)."""
    expected_referrals: F64
    """Mean referrals; shape (sources, days)."""
    source_priority: I64
    source_phase: I64
    trait_word: NDArray[np.uint64]
    trait_share: F64
    """Shape (sources, traits)."""
    show_ratio: F64
    renege_ratio: F64
    attendance_ratio: F64
    dropout_ratio: F64

    # the way in
    slots: I64
    """Assessment slots of each day; shape (days,)."""
    next_assessment_day: I64
    """First day from each day on with slots; `days` if none; shape (days + 1,)."""
    first_lead: int
    """Least days between call and assessment: 0 or 1."""
    client_delay: F64
    """Cumulative probability that the client's own delay is at most k days."""
    show_odds: F64
    """Odds of showing up k days after booking; shape (days + 1,)."""
    rebook_probability: float
    max_rebookings: int
    placement: F64
    """Cumulative shares: here, higher, lower, declined; shape (4,)."""
    ready_delay: F64
    """Cumulative probability that a placed client needs at most k days to be ready."""
    renege_per_day: float
    waitlist_limit: int
    hold_the_line: bool
    next_admission_day: I64
    """First day from each day on when clients may start; `days` if none; shape (days + 1,)."""

    # groups: the seats of each group night
    night_group: I64
    night_weekday: I64
    night_seats: I64
    group_first_night: I64
    """Nights of group g are group_first_night[g] to group_first_night[g + 1] - 1; shape (groups + 1,)."""
    group_opening: I64
    """Day from which group g meets."""
    serves: Flags
    """Whether group g takes clients of phase p; shape (groups, phases)."""
    schedule_start: I64
    schedule: I64
    """Group nights held on day d, by start time: schedule[schedule_start[d]:schedule_start[d + 1]]."""
    caseload: int
    """Clients all counselors together can carry; -1 for no limit."""

    # treatment
    phase_nights: I64
    phase_weeks: I64
    phase_waits: Flags
    """Whether one due to enter phase p keeps the old seats while p is full."""
    absence_odds: float
    """Long-run odds of being absent from a session."""
    absence_run: float
    absence_goes_on: float
    """Probability that a run of absences goes on by one more session."""
    excused_share: float
    absence_consecutive: int
    absence_total: int
    absence_window: int
    """Days."""
    dropout_hazard: F64
    """Hazard of dropping out in the k-th week of treatment, k from 0."""
    transfer_hazard: float
    incarceration_hazard: float
    death_hazard: float
    other_hazard: float

    # what the measures need to know
    month: I64
    """Calendar months since the month of the opening, for each day; shape (days,)."""
    target_assessment_days: int
    target_start_days: int

    @property
    def weeks(self) -> int:
        """Weeks of the run."""
        return self.days // 7

    @property
    def planned_days(self) -> int:
        """Planned length of the whole way through the program, all phases."""
        return 7 * int(self.phase_weeks.sum())


def write(scenario: Scenario) -> Rulebook:
    """Write the rulebook of a scenario."""
    days = scenario.days
    sources = dict(sorted(scenario.referrals.items()))
    traits = dict(sorted(scenario.traits.items()))
    phase_names = tuple(scenario.phases)
    weekday = clock.weekdays(scenario.opening, days)
    closed = closed_days(scenario)

    means = np.array([daily_referrals(source, scenario) for source in sources.values()])
    count_table, count_kind = _count_tables(means, [source.dispersion for source in sources.values()])

    slots = np.where(_on(scenario.assessment.weekdays, weekday) & ~closed, scenario.assessment.slots_per_day, 0)
    shares = scenario.placement
    nights = [
        (g, WEEKDAYS.index(night), group.seats)
        for g, group in enumerate(scenario.groups.values())
        for night in sorted(group.nights, key=WEEKDAYS.index)
    ]
    schedule_start, schedule = _schedule(scenario, nights, weekday, closed)
    limits = [role.people * role.caseload for role in scenario.staff.values() if role.caseload != "none"]
    rule, leaving, attendance = scenario.absence_rule, scenario.leaving, scenario.attendance
    return Rulebook(
        days=days,
        source_names=tuple(sources),
        trait_names=tuple(traits),
        phase_names=phase_names,
        group_names=tuple(scenario.groups),
        source_word=np.array([name_word(name) for name in sources], dtype=np.uint64),
        count_table=count_table,
        count_kind=count_kind,
        expected_referrals=means,
        source_priority=np.array([source.priority for source in sources.values()]),
        source_phase=np.array([phase_names.index(s.enters) if s.enters else 0 for s in sources.values()]),
        trait_word=np.array([name_word(name) for name in traits], dtype=np.uint64),
        trait_share=np.array(
            [[source.traits.get(name, trait.share) for name, trait in traits.items()] for source in sources.values()]
        ).reshape(len(sources), len(traits)),
        show_ratio=np.array([trait.show_odds_ratio for trait in traits.values()]),
        renege_ratio=np.array([trait.renege_hazard_ratio for trait in traits.values()]),
        attendance_ratio=np.array([trait.attendance_odds_ratio for trait in traits.values()]),
        dropout_ratio=np.array([trait.dropout_hazard_ratio for trait in traits.values()]),
        slots=slots,
        next_assessment_day=_next_day(slots > 0),
        first_lead=0 if scenario.assessment.same_day else 1,
        client_delay=delay_table(scenario.assessment.client_delay),
        show_odds=show_odds(
            scenario.assessment.show_probability_next_day,
            scenario.assessment.show_odds_ratio_per_log_day,
            days,
        ),
        rebook_probability=scenario.assessment.rebook_probability,
        max_rebookings=scenario.assessment.max_rebookings,
        placement=np.cumsum([shares.this_program, shares.higher, shares.lower, shares.declined]),
        ready_delay=delay_table(scenario.waitlist.ready_delay),
        renege_per_day=scenario.waitlist.renege_per_day,
        waitlist_limit=_limit(scenario.waitlist.limit),
        hold_the_line=scenario.waitlist.when_first_does_not_fit == "hold_the_line",
        next_admission_day=_next_day(_on(scenario.admission.weekdays, weekday) & ~closed),
        night_group=np.array([g for g, _, _ in nights]),
        night_weekday=np.array([w for _, w, _ in nights]),
        night_seats=np.array([seats for _, _, seats in nights]),
        group_first_night=np.cumsum([0] + [len(group.nights) for group in scenario.groups.values()]),
        group_opening=np.array([7 * group.first_week for group in scenario.groups.values()]),
        serves=np.array(
            [[not group.serves or name in group.serves for name in phase_names] for group in scenario.groups.values()]
        ),
        schedule_start=schedule_start,
        schedule=schedule,
        caseload=sum(limits) if limits else UNLIMITED,
        phase_nights=np.array([phase.nights_per_week for phase in scenario.phases.values()]),
        phase_weeks=np.array([phase.planned_weeks for phase in scenario.phases.values()]),
        phase_waits=np.array([phase.when_full == "wait" for phase in scenario.phases.values()]),
        absence_odds=(1 - attendance.probability) / attendance.probability,
        absence_run=attendance.absence_run_sessions,
        absence_goes_on=1 - 1 / attendance.absence_run_sessions,
        excused_share=attendance.excused_share,
        absence_consecutive=_limit(rule.consecutive),
        absence_total=_limit(rule.total),
        absence_window=7 * rule.window_weeks,
        dropout_hazard=dropout_hazard(
            leaving.early_probability,
            leaving.early_weeks,
            leaving.dropout_per_week,
            leaving.dropout_shape,
            scenario.weeks + 1,
        ),
        transfer_hazard=leaving.transfer_per_week,
        incarceration_hazard=leaving.incarceration_per_week,
        death_hazard=leaving.death_per_week,
        other_hazard=leaving.other_per_week,
        month=clock.months_since_opening(scenario.opening, days),
        target_assessment_days=scenario.targets.assessment_days,
        target_start_days=scenario.targets.start_days,
    )


def closed_days(scenario: Scenario) -> Flags:
    """Return for each day of the run whether the clinic is closed; shape (days,)."""
    calendar = scenario.calendar
    return clock.closed_days(
        scenario.opening,
        scenario.days,
        clock.public_holidays(calendar.holidays, scenario.opening, scenario.days),
        calendar.open_on,
        [(c.first, c.last) if isinstance(c, Closure) else (c, c) for c in calendar.closures],
    )


def daily_referrals(source: ReferralSource, scenario: Scenario) -> F64:
    """Return the mean referrals of a source on each day: rate x ramp x month x weekday; shape (days,)."""
    days = scenario.days
    weekday_weight = np.array([source.weekdays[name] for name in WEEKDAYS])
    month_weight = np.array([source.months[name] for name in MONTHS])
    since = np.arange(days) - 7 * source.first_week
    if source.ramp_weeks:
        ramp = source.ramp_start + (1 - source.ramp_start) * np.minimum(since / (7 * source.ramp_weeks), 1.0)
    else:
        ramp = np.ones(days)
    total = weekday_weight.sum()
    by_weekday = weekday_weight / total if total else weekday_weight
    return np.where(
        since >= 0,
        source.per_week
        * ramp
        * month_weight[clock.months(scenario.opening, days)]
        * by_weekday[clock.weekdays(scenario.opening, days)],
        0.0,
    )


def count_distribution(mean: float, dispersion: float) -> F64:
    """Return the cumulative distribution of a day's referrals, up to where no card can reach.

    Poisson at `dispersion` 1, else negative binomial with variance = dispersion x mean. For a given dispersion a
    larger mean is stochastically larger, so a higher rate keeps every client of a lower one.
    """
    if mean <= 0.0:
        return np.array([1.0])
    excess = dispersion - 1.0
    size = mean / excess if excess else 0.0
    probability = math.exp(-mean) if not excess else math.exp(-size * math.log(dispersion))
    total, cumulative, k = probability, [probability], 0
    while total < 1.0 - FINEST and k < 100_000:
        k += 1
        step = mean / k if not excess else (size + k - 1) / k * (excess / dispersion)
        probability *= step
        total += probability
        if probability < FINEST * 1e-6 and k > mean:
            break
        cumulative.append(total)
    return np.array(cumulative)


def delay_table(delay: Delay) -> F64:
    """Return P(delay <= k days), k from 0: a lognormal with this median and mean, rounded to whole days."""
    if delay.mean_days == 0.0:
        return np.array([1.0])
    sigma = math.sqrt(2.0 * math.log(delay.mean_days / delay.median_days))
    if sigma == 0.0:
        return (np.arange(round(delay.median_days) + 1) >= round(delay.median_days)).astype(np.float64)
    table = []
    for k in range(LONGEST_DELAY + 1):
        z = (math.log((k + 0.5) / delay.median_days)) / sigma
        table.append(0.5 * math.erfc(-z / math.sqrt(2.0)))
        if table[-1] > 1.0 - FINEST:
            break
    table[-1] = 1.0
    return np.array(table)


def show_odds(next_day: float, ratio_per_log_day: float, days: int) -> F64:
    """Return the odds of showing up k days after booking, k = 0 to `days`: odds(1) x max(k, 1)**ln(ratio)."""
    first = next_day / (1.0 - next_day) if next_day < 1.0 else 1e300
    delay = np.maximum(np.arange(days + 1), 1).astype(np.float64)
    return np.asarray(first * delay ** math.log(ratio_per_log_day), dtype=np.float64)


def dropout_hazard(early: float, early_weeks: int, per_week: float, shape: float, weeks: int) -> F64:
    """Return the hazard of dropping out in each week of treatment; shape (weeks,).

    Early non-engagement is spread evenly over the early weeks so that on its own it takes the share `early`; the
    rest is a Weibull hazard whose average over the first twelve weeks is `per_week`.
    """
    edges = 12.0 * (np.arange(weeks + 1) / 12.0) ** shape
    hazard = per_week * np.diff(edges)
    hazard[:early_weeks] += -math.log1p(-early) / early_weeks
    return np.asarray(hazard, dtype=np.float64)


def _count_tables(means: F64, dispersions: list[float]) -> tuple[F64, I64]:
    """Return the count distributions that occur, padded with 1, and which one holds for each source and day."""
    rows: list[F64] = []
    kind = np.zeros(means.shape, dtype=np.int64)
    for s, dispersion in enumerate(dispersions):
        values, inverse = np.unique(means[s], return_inverse=True)
        kind[s] = len(rows) + inverse
        rows.extend(count_distribution(float(mean), dispersion) for mean in values)
    table = np.ones((len(rows), max(len(row) for row in rows)))
    for r, row in enumerate(rows):
        table[r, : len(row)] = row
        table[r, len(row) - 1] = 1.0
    return table, kind


def _schedule(scenario: Scenario, nights: list[tuple[int, int, int]], weekday: I64, closed: Flags) -> tuple[I64, I64]:
    """Return the group nights held on each day, by start time, as offsets and a flat list."""
    groups = list(scenario.groups.values())
    by_start = sorted(range(len(nights)), key=lambda n: (groups[nights[n][0]].start, n))
    start, flat = [0], []
    for day in range(scenario.days):
        if not closed[day]:
            flat += [n for n in by_start if nights[n][1] == weekday[day] and day >= 7 * groups[nights[n][0]].first_week]
        start.append(len(flat))
    return np.array(start, dtype=np.int64), np.array(flat, dtype=np.int64)


def _on(names: tuple[str, ...], weekday: I64) -> Flags:
    return np.isin(weekday, [WEEKDAYS.index(name) for name in names])


def _next_day(open_day: Flags) -> I64:
    """Return for each day, and the day after the last, the first open day from it on."""
    days = len(open_day)
    following = np.full(days + 1, days, dtype=np.int64)
    for day in range(days - 1, -1, -1):
        following[day] = day if open_day[day] else following[day + 1]
    return following


def _limit(value: int | str) -> int:
    return UNLIMITED if isinstance(value, str) else value
