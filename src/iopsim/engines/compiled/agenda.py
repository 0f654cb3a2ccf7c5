"""The agenda: which phase of which day has something to do; and lists of clients, kept in an order or by day."""

from __future__ import annotations

from iopsim.jit import Rows, Struct, inlined, jit
from iopsim.record import I64, NEVER

SHORT = 16
"""A list so short is put in order by insertion."""


@inlined
def call(clinic: Struct, phase: int, day: int) -> None:
    """Have a phase of a day played; once, however often it is called."""
    if day < clinic.days:
        clinic.called[day] |= 1 << phase


@inlined
def append(first: I64, last: I64, following: I64, day: int, who: int) -> None:
    """Put a client at the end of a day's list; `following` is the client's neighbor in it."""
    following[who] = NEVER
    if first[day] == NEVER:
        first[day] = who
    else:
        following[last[day]] = who
    last[day] = who


@inlined
def before(clinic: Struct, people: Rows, one: int, other: int) -> bool:
    """Return whether one client comes before another, by the two keys, then lot, then index."""
    if clinic.first_key[one] != clinic.first_key[other]:
        return clinic.first_key[one] < clinic.first_key[other]
    if clinic.second_key[one] != clinic.second_key[other]:
        return clinic.second_key[one] < clinic.second_key[other]
    if people[one].lot != people[other].lot:
        return people[one].lot < people[other].lot
    return one < other


@jit
def put_in_order(clinic: Struct, order: I64, start: int, stop: int) -> None:
    """Put `order[start:stop]`, which holds clients, in order of their keys, lot and index."""
    people, scratch = clinic.people, clinic.scratch
    for begin in range(start, stop, SHORT):
        for place in range(begin + 1, min(begin + SHORT, stop)):
            who, hole = order[place], place
            while hole > begin and before(clinic, people, who, order[hole - 1]):
                order[hole] = order[hole - 1]
                hole -= 1
            order[hole] = who
    width = SHORT
    while width < stop - start:
        for begin in range(start, stop, 2 * width):
            middle, end = min(begin + width, stop), min(begin + 2 * width, stop)
            left, right = begin, middle
            for place in range(begin, end):
                if left < middle and (right >= end or not before(clinic, people, order[right], order[left])):
                    scratch[place - start] = order[left]
                    left += 1
                else:
                    scratch[place - start] = order[right]
                    right += 1
        for place in range(start, stop):
            order[place] = scratch[place - start]
        width *= 2
