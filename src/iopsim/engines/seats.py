"""The seats of every group night, and who sits on them."""

from __future__ import annotations

from collections import defaultdict

from iopsim.engines.person import Person
from iopsim.engines.tables import Tables
from iopsim.record import NEVER
from iopsim.rules.admission import room, roomiest_night


class Seats:
    """Free seats and rosters of all group nights of the week, and guests of the nights ahead."""

    def __init__(self, book: Tables, traits: list[int]) -> None:
        self.book = book
        self.traits = traits
        self.free = book.seats.copy()
        self.roster: list[list[Person]] = [[] for _ in self.free]
        self.guests: defaultdict[tuple[int, int], list[Person]] = defaultdict(list)
        """By (day, group night), in the order in which they asked."""
        self.opening = book.group_opening.copy()
        self.shift = [0] * len(self.opening)
        """Days by which a group's cohorts begin later, because a trigger has opened it."""
        self.options: dict[tuple[int, int], tuple[list[int], ...]] = {}
        """By phase and traits that matter: the groups that take such a client, groups for the client's traits first."""
        self.matters = 0
        for bits in book.group_traits:
            self.matters |= bits
        self.full: set[tuple[int, int]] = set()
        """Phases and traits for which no seat was found since a seat was last given up or a group opened."""
        self.day = NEVER

    def group_with_room(self, me: Person, phase: int, today: int) -> int:
        """Return the open group with most room for a client, the first of equals; NEVER if all are full.

        A group for the client's traits comes before one for everybody.
        """
        kind = phase, self.traits[me.index] & self.matters
        if today != self.day and not self.book.always:
            self.full.clear()
        self.day = today
        if kind in self.full:
            return NEVER
        free, admits, needed = self.free, self.book.admits, self.book.nights_needed[phase]
        waiting = False
        mine = self.book.night_group[me.nights[0]] if me.nights else NEVER
        for groups in self._options(kind):
            best, most = NEVER, 0
            for group in groups:
                if self.opening[group] > today:
                    waiting = True
                elif group == mine or admits[group][today - self.shift[group]]:
                    here = room(free, self.book.first_night[group], self.book.first_night[group + 1], needed)
                    if here > most:
                        best, most = group, here
            if best != NEVER:
                return best
        if not waiting:
            self.full.add(kind)
        return NEVER

    def group_after_release(self, me: Person, phase: int, today: int) -> int:
        """Return the group with most room for a client who gives up the present seats for it; NEVER if all are full."""
        self.full.clear()
        for night in me.nights:
            self.free[night] += 1
        group = self.group_with_room(me, phase, today)
        for night in me.nights:
            self.free[night] -= 1
        return group

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
        self.full.clear()
        for night in me.nights:
            self.free[night] += 1
            self.roster[night].remove(me)

    def opens(self, group: int, day: int) -> None:
        """Have a group meet from a day on."""
        self.opening[group] = self.shift[group] = day
        self.full.clear()

    def invite(self, me: Person, today: int, last: int) -> None:
        """Make a client the guest of the first night in the next six days that has a seat, if there is one.

        Not on an evening on which the client's own group meets.
        """
        groups = {group for some in self._options((me.phase, self.traits[me.index] & self.matters)) for group in some}
        for day in range(today + 1, min(today + 7, last)):
            tonight = self.book.tonight[day]
            if any(own in tonight for own in me.nights):
                continue
            for night in tonight:
                group = self.book.night_group[night]
                if group in groups and self.opening[group] <= day:
                    guests = self.guests[day, night]
                    if self.free[night] > len(guests):
                        guests.append(me)
                        return

    def takes(self, group: int, me: Person) -> bool:
        """Return whether a group takes such a client, once it is open."""
        return any(group in some for some in self._options((me.phase, self.traits[me.index] & self.matters)))

    def crowded(self, me: Person) -> bool:
        """Return whether every seat of the client's nights is taken."""
        return not any(self.free[night] for night in me.nights)

    def _options(self, kind: tuple[int, int]) -> tuple[list[int], ...]:
        if kind not in self.options:
            phase, traits = kind
            book = self.book
            fits = [g for g, bits in enumerate(book.group_traits) if book.serves[phase][g] and traits & bits == bits]
            own, common = [g for g in fits if book.group_traits[g]], [g for g in fits if not book.group_traits[g]]
            self.options[kind] = (own, common) if own else (common,)
        return self.options[kind]
