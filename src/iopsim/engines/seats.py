"""The seats of every group night, and who sits on them."""

from __future__ import annotations

from iopsim.engines.person import Person
from iopsim.engines.tables import Tables
from iopsim.record import NEVER
from iopsim.rules.admission import room, roomiest_night


class Seats:
    """Free seats and rosters of all group nights of the week."""

    def __init__(self, book: Tables) -> None:
        self.book = book
        self.free = book.seats.copy()
        self.roster: list[list[Person]] = [[] for _ in self.free]
        self.full_phases: set[int] = set()
        """Phases found full since a seat was last given up."""

    def group_with_room(self, phase: int, today: int) -> int:
        """Return the open group serving a phase that has most room, the first of equals; NEVER if all are full."""
        if phase in self.full_phases:
            return NEVER
        book = self.book
        best, most = NEVER, 0
        for group, serves in enumerate(book.serves[phase]):
            if serves and book.group_opening[group] <= today:
                first, stop = book.first_night[group], book.first_night[group + 1]
                here = room(self.free, first, stop, book.nights_needed[phase])
                if here > most:
                    best, most = group, here
        if best == NEVER and today >= book.all_open:
            self.full_phases.add(phase)
        return best

    def give(self, me: Person, group: int) -> None:
        """Give a client seats in a group for the nights of the client's phase."""
        first, stop, taken = self.book.first_night[group], self.book.first_night[group + 1], 0
        nights = []
        for _ in range(self.book.nights_needed[me.phase]):
            night = roomiest_night(self.free, first, stop, taken)
            taken |= 1 << (night - first)
            nights.append(night)
        self.take(me, tuple(nights))

    def take(self, me: Person, nights: tuple[int, ...]) -> None:
        """Take these seats."""
        me.nights = nights
        for night in nights:
            self.free[night] -= 1
            self.roster[night].append(me)

    def release(self, me: Person) -> None:
        """Give up the client's seats."""
        self.full_phases.clear()
        for night in me.nights:
            self.free[night] += 1
            self.roster[night].remove(me)
