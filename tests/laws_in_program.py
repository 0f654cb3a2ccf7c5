"""Laws: seats, caseload, the line for a seat, and treatment."""

from collections import Counter, defaultdict
from math import ceil, log

import numpy as np

from iopsim.deck import Purpose
from iopsim.record import Attendance, Exit
from record_rows import (
    REGULAR,
    Law,
    clients,
    closed,
    first_phase,
    hazard_weeks,
    into,
    moves,
    open_days,
    place_in_line,
    sessions,
    stays,
)
from strategies import WEEKDAYS, Run

LAWS: list[Law] = []
law = into(LAWS)


# Seats and caseload


@law
def the_groups_meet_on_their_nights_from_their_first_week_unless_the_clinic_is_closed(it: Run) -> None:
    expected, night = set(), 0
    for group in it.scenario.groups.values():
        for weekday in sorted(group.nights, key=WEEKDAYS.index):
            for day in open_days(it, (weekday,)):
                if day >= 7 * group.first_week:
                    expected.add((day, night, group.seats))
            night += 1
    facts = it.record.nights
    held = list(zip(facts.day.tolist(), facts.night.tolist(), facts.seats.tolist(), strict=True))
    assert set(held) == expected
    assert len(held) == len(expected)


@law
def a_night_s_row_counts_the_sessions_of_that_night_and_never_more_than_its_seats(it: Run) -> None:
    facts, one_by_one = it.record.nights, it.record.sessions
    counted = Counter(
        zip(one_by_one.day.tolist(), one_by_one.night.tolist(), one_by_one.attendance.tolist(), strict=True)
    )
    columns = ("day", "night", "seats", "scheduled", "attended", "excused", "absent")
    rows = zip(*(getattr(facts, column).tolist() for column in columns), strict=True)
    for day, night, seats, scheduled, *went in rows:
        assert went == [counted.pop((day, night, way), 0) for way in REGULAR]
        assert scheduled == sum(went) <= seats
    assert not counted, "a session on a night that was not held"


@law
def a_client_s_row_counts_the_client_s_sessions(it: Run) -> None:
    by_client = sessions(it)
    for who, me in enumerate(clients(it)):
        went = Counter(way for _, _, way in by_client[who])
        assert [me["attended"], me["excused"], me["absent"]] == [went[way] for way in REGULAR]
        assert me["scheduled"] == len(by_client[who]) == len({day for day, _, _ in by_client[who]})
        came = [day for day, _, way in by_client[who] if way == Attendance.ATTENDED]
        assert me["first_session_day"] == min(came, default=-1)


@law
def a_client_in_program_has_the_nights_that_the_phase_needs_in_one_group_that_serves_it(it: Run) -> None:
    """The same nights from the first day of a stay to its last, each time they are held, and no others."""
    phases, groups = list(it.scenario.phases.values()), list(it.scenario.groups.values())
    held = defaultdict(list)
    for day, night in zip(it.record.nights.day.tolist(), it.record.nights.night.tolist(), strict=True):
        held[night].append(day)
    by_client, counted = sessions(it), 0
    for who, phase, begin, end in stays(it):
        mine = [(day, night) for day, night, _ in by_client[who] if begin <= day < end]
        counted += len(mine)
        nights = {night for _, night in mine}
        assert len(nights) <= phases[phase].nights_per_week
        for night in nights:
            assert [d for d, n in mine if n == night] == [d for d in held[night] if begin <= d < end]
        in_groups = {int(it.book.schedule.night_group[night]) for night in nights}
        assert len(in_groups) <= 1
        for group in in_groups:
            assert not groups[group].serves or list(it.scenario.phases)[phase] in groups[group].serves
            assert 7 * groups[group].first_week <= begin
            if begin == it.record.clients.admitted_day[who]:
                assert group == it.record.clients.group[who]
        if end - begin >= 7 and not closed(it) & set(range(begin, begin + 7)):
            assert len(nights) == phases[phase].nights_per_week
    assert counted == len(it.record.sessions.day), "a session outside the stays"


@law
def the_caseload_is_never_exceeded_and_refuses_nobody_before_it_is_full(it: Run) -> None:
    limits = [role.people * role.caseload for role in it.scenario.staff.values() if role.caseload != "none"]
    refused = it.record.intake.no_caseload + it.record.intake.neither
    refused_for_it = dict(zip(it.record.intake.day.tolist(), refused.tolist(), strict=True))
    if not limits:
        assert not any(refused_for_it.values())
        return
    present = np.zeros(it.record.days, dtype=int)
    for _, _, begin, end in stays(it):
        present[begin:end] += 1
    assert present.max(initial=0) <= sum(limits)
    for day, refused in refused_for_it.items():
        assert not refused or present[day] == sum(limits)


# The line


@law
def nobody_is_admitted_past_one_who_is_ready_for_the_same_phase_and_stands_before(it: Run) -> None:
    """Where the line is held, nobody is admitted past anybody who is ready."""
    hold = it.scenario.waitlist.when_first_does_not_fit == "hold_the_line"
    all_ = clients(it)
    for who, me in enumerate(all_):
        if (day := me["admitted_day"]) >= 0:
            for other, they in enumerate(all_):
                same = hold or first_phase(it, they) == first_phase(it, me)
                if same and is_ready(they, day) and place_in_line(it, other, they) < place_in_line(it, who, me):
                    assert they["admitted_day"] == day, f"{who} passed {other} on day {day}"


def is_ready(me: dict[str, int], day: int) -> bool:
    """Whether a client is on the list and ready when a day's admissions begin."""
    if not 0 <= me["joined_day"] <= day or me["ready_day"] > day:
        return False
    if 0 <= me["admitted_day"] < day:
        return False
    if me["admitted_day"] < 0 and me["exit_day"] >= 0:
        return me["exit_day"] > day or (me["exit"] == Exit.BALKED and me["exit_day"] == day)
    return True


@law
def the_intake_rows_count_who_was_ready_and_who_started_on_each_admission_day(it: Run) -> None:
    facts, all_ = it.record.intake, clients(it)
    rows = {row[0]: row[1:] for row in zip(*(getattr(facts, c).tolist() for c in facts.__slots__), strict=True)}
    assert facts.day.tolist() == sorted(rows)
    admitted = Counter(me["admitted_day"] for me in all_)
    for day in open_days(it, it.scenario.admission.weekdays):
        ready = sum(is_ready(me, day) for me in all_)
        assert (day in rows) == (ready > 0)
        if ready:
            counted, started, *turned_away = rows.pop(day)
            assert counted == ready == started + sum(turned_away)
            assert started == admitted.pop(day, 0)
    assert not rows
    assert set(admitted) <= {-1}, "an admission on no admission day"


@law
def no_seat_stays_empty_that_a_ready_client_could_have(it: Run) -> None:
    """Where the line is held, that the first of those who are ready could have."""
    limits = [role.people * role.caseload for role in it.scenario.staff.values() if role.caseload != "none"]
    hold = it.scenario.waitlist.when_first_does_not_fit == "hold_the_line"
    seats = Seats(it)
    facts = it.record.intake
    for day, refused in zip(facts.day.tolist(), facts.no_seat.tolist(), strict=True):
        if refused and seats.known(day) and not (limits and seats.present(day) >= sum(limits)):
            left = [me for me in enumerate(clients(it)) if is_ready(me[1], day) and me[1]["admitted_day"] != day]
            first = min(left, key=lambda me: place_in_line(it, *me))
            for who, me in [first] if hold else left:
                assert not seats.room(day, first_phase(it, me)), f"a seat for {who} on day {day}"


@law
def nobody_goes_on_waiting_for_the_next_phase_when_it_has_room(it: Run) -> None:
    """Counting as free the seats that the client has now."""
    seats = Seats(it)
    moved = moves(it)
    for who, me in enumerate(clients(it)):
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days
        waits = [(phase, due, day) for phase, due, day in moved[who]]
        if me["due_day"] >= 0 and me["due_day"] not in [due for _, due, _ in waits]:
            waits.append((me["phase"] + 1, me["due_day"], end))
        for phase, due, until in waits:
            for day in range(due, until):
                if seats.known(day):
                    assert not seats.room(day, phase, giving_up=who), f"a seat for {who} on day {day}"


class Seats:
    """Who has which seats at the end of each day, as far as the sessions tell.

    The nights of a stay are known once the client was scheduled for each of them.
    """

    def __init__(self, it: Run) -> None:
        self.it = it
        self.phases, self.groups = list(it.scenario.phases.items()), list(it.scenario.groups.values())
        by_client = sessions(it)
        self.stays = []
        for who, phase, begin, end in stays(it):
            nights = {night for day, night, _ in by_client[who] if begin <= day < end}
            needed = self.phases[phase][1].nights_per_week
            self.stays.append((who, begin, end, nights if len(nights) == needed else None))

    def present(self, day: int) -> int:
        return sum(begin <= day < end for _, begin, end, _ in self.stays)

    def known(self, day: int) -> bool:
        """Whether the nights of everyone in program are known."""
        return all(nights is not None for _, begin, end, nights in self.stays if begin <= day < end)

    def room(self, day: int, phase: int, giving_up: int = -1) -> bool:
        """Whether a group has seats for one more client of a phase, or for one who gives up other seats for them."""
        taken = Counter(
            night
            for who, begin, end, nights in self.stays
            if begin <= day < end and who != giving_up
            for night in nights or ()
        )
        name, it = self.phases[phase][0], self.it
        for g, group in enumerate(self.groups):
            if 7 * group.first_week <= day and (not group.serves or name in group.serves):
                nights = range(it.book.schedule.group_first_night[g], it.book.schedule.group_first_night[g + 1])
                if sum(taken[night] < group.seats for night in nights) >= self.phases[phase][1].nights_per_week:
                    return True
        return False


@law
def who_waits_gives_up_when_patience_ends_and_not_before(it: Run) -> None:
    per_day = it.scenario.waitlist.renege_per_day
    for who, me in enumerate(clients(it)):
        if me["joined_day"] >= 0:
            hazard = per_day * it.cohort.renege_ratio[who]
            gives_up = me["joined_day"] + max(ceil(it.cohort.patience[who] / hazard), 1) if hazard else 10**9
            if me["exit"] == Exit.RENEGED:
                assert me["exit_day"] == gives_up
            elif me["exit"] == Exit.WAITING:
                assert gives_up >= it.record.days
            elif me["exit"] != Exit.BALKED:
                assert me["admitted_day"] < gives_up


# Treatment


@law
def a_treatment_week_is_seven_days_and_ends_with_the_review_that_ends_the_stay(it: Run) -> None:
    planned = [phase.planned_weeks for phase in it.scenario.phases.values()]
    waits = [phase.when_full == "wait" for phase in it.scenario.phases.values()]
    moved = moves(it)
    for who, me in enumerate(clients(it)):
        if me["admitted_day"] < 0:
            assert who not in moved or not moved[who]
            continue
        begin, phase, due = me["admitted_day"], first_phase(it, me), -1
        over = begin + 7 * planned[phase]
        for entered, due, day in moved[who]:
            assert due == over
            assert entered == phase + 1
            assert day == due or waits[entered]
            phase = entered
            weeks_begun = -(-(day - begin) // 7)
            over = begin + 7 * (weeks_begun + planned[phase])
        assert me["phase"] == phase
        last = phase == len(planned) - 1
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days
        assert end <= over or not last or me["exit"] == Exit.IN_TREATMENT
        if me["exit_day"] >= 0:
            assert (me["exit_day"] - begin) % 7 == 0
            assert me["exit_day"] > begin
        is_due = not last and over < end
        refused = not last and over == end and me["exit"] == Exit.OTHER and not waits[phase + 1]
        assert me["due_day"] == (over if is_due or (refused and me["due_day"] == over) else due)
        assert (me["exit"] == Exit.COMPLETED) <= (last and me["exit_day"] == over)
        if is_due:
            assert waits[phase + 1]


@law
def the_way_out_is_in_the_cards(it: Run) -> None:
    """Leaving week and reason, from the client's thresholds and own absences, review by review."""
    cohort, cumulative, leaving = it.cohort, hazard_weeks(it), it.scenario.leaving
    by_client = sessions(it)
    for who, me in enumerate(clients(it)):
        if me["admitted_day"] < 0:
            continue
        broken = first_broken(it, by_client[who])
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days - 1
        reviews = (end - me["admitted_day"]) // 7
        for week in range(1, reviews + 1):
            day = me["admitted_day"] + 7 * week
            reasons = [
                (Exit.DIED, week >= cohort.death_week[who]),
                (Exit.INCARCERATED, week >= cohort.incarceration_week[who]),
                (Exit.TERMINATED, broken < day),
                (Exit.DROPPED_OUT, cumulative[week] * cohort.dropout_ratio[who] >= cohort.dropout[who]),
                (Exit.TRANSFERRED, week >= cohort.transfer_week[who]),
                (Exit.OTHER, week >= cohort.other_week[who]),
            ]
            left = next((reason for reason, happened in reasons if happened), None)
            if day < end or me["exit_day"] < 0:
                assert left is None, (who, week)
            elif left is None:
                assert me["exit"] == Exit.COMPLETED or (me["exit"] == Exit.OTHER and me["due_day"] == day)
            else:
                assert me["exit"] == left
    hazards = {
        "transfer_week": leaving.transfer_per_week,
        "incarceration_week": leaving.incarceration_per_week,
        "death_week": leaving.death_per_week,
        "other_week": leaving.other_per_week,
    }
    for name, hazard in hazards.items():
        assert (getattr(cohort, name) >= (1 if hazard else 10**6)).all()


def first_broken(it: Run, mine: list[tuple[int, int, int]]) -> int:
    """Return the day on which a client's absences first break the program's rule."""
    rule, run_now, unexcused = it.scenario.absence_rule, 0, []
    for day, _, way in mine:
        if way == Attendance.ATTENDED:
            run_now = 0
        elif way == Attendance.ABSENT:
            run_now += 1
            unexcused.append(day)
            lately = sum(day - before < 7 * rule.window_weeks for before in unexcused)
            if rule.consecutive != "none" and run_now >= rule.consecutive:
                return day
            if rule.total != "none" and lately > rule.total:
                return day
    return 10**9


@law
def absences_come_in_the_runs_that_are_in_the_cards(it: Run) -> None:
    attendance = it.scenario.attendance
    for who, mine in sessions(it).items():
        pages = [it.cohort.page(Purpose.ABSENCE, np.array([who]), page)[0] for page in range(3)]
        cards = np.concatenate(pages).reshape(-1, 4)
        odds = (1 - attendance.probability) / attendance.probability / it.cohort.attendance_ratio[who]
        run = max(attendance.absence_run_sessions, odds)
        goes_on = 1 - 1 / run
        expected: list[int] = []
        for n, (gap, excused, length, _) in enumerate(cards):
            chance = odds / run
            present = 1.0 if n else 1 / (1 + odds)
            while present > gap and len(expected) < len(mine):
                expected.append(Attendance.ATTENDED)
                present *= 1 - chance
            sessions_missed = 1 if not goes_on else 1 + int(log(length) / log(goes_on))
            kind = Attendance.EXCUSED if excused < attendance.excused_share else Attendance.ABSENT
            expected += [kind] * sessions_missed
        assert [way for _, _, way in mine] == expected[: len(mine)]
