"""The seats of every group night, and who sits on them."""

from __future__ import annotations

from iopsim.engines.compiled.rules import room, roomiest_night
from iopsim.jit import Struct, inlined, jit
from iopsim.record import NEVER

RING = 8
"""Days ahead, and today, for which guests are noted."""


@inlined
def fits(clinic: Struct, group: int, phase: int, traits: int) -> bool:
    """Return whether a group takes clients of a phase and some traits, once it is open."""
    bits = clinic.book.schedule.group_traits[group]
    return clinic.book.schedule.serves[group, phase] and traits & bits == bits


@jit
def group_with_room(clinic: Struct, who: int, phase: int, today: int) -> int:
    """Return the open group with most room for a client, the first of equals; NEVER if all are full.

    A group for the client's traits comes before one for everybody.
    """
    schedule, traits = clinic.book.schedule, clinic.people[who].traits
    first_night, needed = schedule.group_first_night, clinic.book.treatment.phase_nights[phase]
    mine = clinic.stories[who].seat_group
    free, opening = clinic.free, clinic.opening
    for common in range(2):
        best, most = NEVER, 0
        for group in range(len(opening)):
            if (schedule.group_traits[group] == 0) != (common == 1) or not fits(clinic, group, phase, traits):
                continue
            if opening[group] <= today and (group == mine or schedule.admits[group, today - clinic.shift[group]]):
                here = room(free, first_night[group], first_night[group + 1], needed)
                if here > most:
                    best, most = group, here
        if best != NEVER:
            return best
    return NEVER


@inlined
def group_for_who_waits(clinic: Struct, who: int, today: int) -> int:
    """Return the same for one on the waitlist; the last answer holds for the like as long as no seat changes hands."""
    phase, traits = clinic.phase_wanted[who], clinic.traits_wanted[who]
    alike = clinic.asked and clinic.asked_phase == phase and clinic.asked_traits == traits
    if not alike or clinic.seats_day != today:
        clinic.answer = group_with_room(clinic, who, phase, today)
        clinic.asked, clinic.asked_phase, clinic.asked_traits, clinic.seats_day = True, phase, traits, today
    return clinic.answer


@jit
def free_own(clinic: Struct, who: int, more: int) -> None:
    """Change the free seats of a client's nights."""
    story, free = clinic.stories[who], clinic.free
    bits, night = story.seat_bits, 0
    if bits:
        night = clinic.book.schedule.group_first_night[story.seat_group]
    while bits:
        if bits & 1:
            free[night] += more
        bits >>= 1
        night += 1


@jit
def group_after_release(clinic: Struct, who: int, phase: int, today: int) -> int:
    """Return the group with most room for a client who gives up the present seats for it; NEVER if all are full."""
    free_own(clinic, who, 1)
    group = group_with_room(clinic, who, phase, today)
    free_own(clinic, who, -1)
    return group


@jit
def give(clinic: Struct, who: int, group: int) -> None:
    """Give a client seats in a group for the nights of the client's phase."""
    free, roster, enrolled = clinic.free, clinic.roster, clinic.enrolled
    first = clinic.book.schedule.group_first_night[group]
    stop = clinic.book.schedule.group_first_night[group + 1]
    clinic.asked, taken = False, 0
    for _ in range(clinic.book.treatment.phase_nights[clinic.people[who].phase]):
        night = roomiest_night(free, first, stop, taken)
        taken |= 1 << (night - first)
    story = clinic.stories[who]
    story.seat_group, story.seat_bits = group, taken
    for night in range(first, stop):
        if (taken >> (night - first)) & 1:
            free[night] -= 1
            roster[night, enrolled[night]] = who
            enrolled[night] += 1


@jit
def release(clinic: Struct, who: int) -> None:
    """Give up the client's seats."""
    clinic.asked = False
    free_own(clinic, who, 1)
    roster, enrolled = clinic.roster, clinic.enrolled
    story = clinic.stories[who]
    bits, night = story.seat_bits, clinic.book.schedule.group_first_night[story.seat_group]
    while bits:
        if bits & 1:
            stay = 0  # the others move up; each is written again, which is faster than to guess where the client sits
            for place in range(enrolled[night]):
                other = roster[night, place]
                roster[night, stay] = other
                stay += other != who
            enrolled[night] = stay
        bits >>= 1
        night += 1


@jit
def opens(clinic: Struct, group: int, day: int) -> None:
    """Have a group meet from a day on."""
    clinic.opening[group] = clinic.shift[group] = day
    clinic.asked = False


@jit
def own_night(clinic: Struct, who: int, day: int) -> bool:
    """Return whether one of the client's own nights is on a day."""
    schedule, story = clinic.book.schedule, clinic.stories[who]
    for place in range(schedule.schedule_start[day], schedule.schedule_start[day + 1]):
        night = schedule.schedule[place]
        group = schedule.night_group[night]
        if group == story.seat_group and (story.seat_bits >> (night - schedule.group_first_night[group])) & 1:
            return True
    return False


@jit
def invite(clinic: Struct, who: int, today: int) -> None:
    """Make a client the guest of the first night in the next six days that has a seat, if there is one.

    Not on an evening on which the client's own group meets.
    """
    schedule, guests, invited = clinic.book.schedule, clinic.guests, clinic.invited
    phase, traits = clinic.people[who].phase, clinic.people[who].traits
    for day in range(today + 1, min(today + 7, clinic.days)):
        if own_night(clinic, who, day):
            continue
        for place in range(schedule.schedule_start[day], schedule.schedule_start[day + 1]):
            night = schedule.schedule[place]
            group = schedule.night_group[night]
            if fits(clinic, group, phase, traits) and clinic.opening[group] <= day:
                many = invited[day % RING, night]
                if clinic.free[night] > many:
                    guests[day % RING, night, many] = who
                    invited[day % RING, night] = many + 1
                    clinic.any_invited = True
                    return


@jit
def crowded(clinic: Struct, who: int) -> bool:
    """Return whether every seat of the client's nights is taken."""
    story = clinic.stories[who]
    bits, night = story.seat_bits, clinic.book.schedule.group_first_night[story.seat_group]
    while bits:
        if bits & 1 and clinic.free[night]:
            return False
        bits >>= 1
        night += 1
    return True
