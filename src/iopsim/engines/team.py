"""The team: whose post is filled, who is here today, who runs tonight's group, and who carries which client."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iopsim import workforce
from iopsim.clock import Phase
from iopsim.engines.person import Person
from iopsim.record import I64, NEVER
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.rulebook.treatment import Fact
from iopsim.rules.facilitation import enough

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

Flags = NDArray[np.bool_]
STAFF = int(Phase.STAFF)
USES = ("groups", "assessments", "orientation", "family", "supervision", "individual", "medication", "notes")
"""What hours are used for, in the order in which they are spent."""

LACKS = ("short_individual", "short_medication", "short_notes", "cover")
"""What hours are lacking for, and what others fill in for."""

ANY_CARD = 0.5
"""Stands for a card that decides nothing."""


class Team:
    """The posts of the rulebook, filled and empty in turn."""

    def __init__(self, clinic: Clinic, book: Rulebook) -> None:
        self.clinic = clinic
        self.staffing = staff = book.staffing
        self.days = book.days
        self.force = clinic.cohort.workforce
        self.start = staff.post_start.copy()
        self.role: list[int] = staff.post_role.tolist()
        self.filled = workforce.filled(self.force, self.start, book.days)
        self.here: list[list[bool]] = (self.filled & ~self.force.off).tolist()
        self.available = self._available()
        """Minutes that there are, by week and role."""
        self.cover: list[list[float]] = self.force.cover.tolist()
        self.cover_chance = float(staff.cover[staff.facilitates].max(initial=0.0))
        self.facilitators = [p for p, r in enumerate(self.role) if staff.facilitates[r]]
        self.runs_groups = bool(staff.facilitates.any())
        self.assessors = [p for p, r in enumerate(self.role) if staff.assesses[r]]
        self.away = self._away()
        """Assessors on the payroll who are sick or on leave, by day."""
        self.counselors = [p for p, r in enumerate(self.role) if staff.caseload[r] != UNLIMITED]
        self.limit = [int(staff.caseload[r]) for r in self.role]
        self.vacant_limit = [int(staff.vacant_caseload[r]) for r in self.role]
        self.ratio: list[int] = staff.ratio[staff.post_role].tolist()
        self.now = [False] * len(self.role)
        self.began = [False] * len(self.role)
        self.overloaded = False
        """Whether a caseload has been handed over, and some post may still carry more than its limit."""
        self.load: list[dict[int, Person]] = [{} for _ in self.role]
        self.worked = [0] * len(self.role)
        """Minutes in groups this week."""
        self.busy: dict[int, int] = {}
        """Until when tonight, in minutes after midnight."""
        self.busy_day = NEVER
        self.seen: dict[int, int] = {}
        """Clients whom each assessor has seen today."""
        self.seen_day = NEVER
        self.roles = len(staff.role_names)
        self.minutes = {what: [0] * (book.weeks * self.roles) for what in (*USES, *LACKS)}
        """Minutes by what; at week x roles + role."""
        self.rows: list[int] = []
        self.waiting_weeks: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.hired: defaultdict[int, int] = defaultdict(int)

    # Who comes and goes.

    def opens(self) -> None:
        """Fill the posts of the opening day, and have later changes, and triggers, looked at on their days."""
        for post in range(len(self.role)):
            self._expect_changes(post)
            if self.filled[post, 0]:
                self.now[post] = self.began[post] = True
        if self.clinic.book.triggers:
            self._look_again(-1)

    def staff(self, today: int) -> None:
        """Triggers are looked at; then who leaves hands over the caseload, and who starts takes over what was left."""
        if self.clinic.book.triggers and today % 7 == self.staffing.monday:
            self._look_at_triggers(today)
            self._look_again(today)
        changed = [post for post in range(len(self.role)) if self.filled[post, today] != self.now[post]]
        for post in changed:
            self.now[post] = bool(self.filled[post, today])
        left = {post: list(self.load[post].values()) for post in changed if self.now[post]}
        for post in changed:
            if not self.now[post] and self.began[post]:
                self._hands_over(post, today)
        for post, clients in left.items():
            for me in clients:  # whoever starts is a new counselor to clients whom the empty post still carried
                self._changes_counselor(me, post, today)
        for post in changed:
            if post in self.assessors:
                self.clinic.diary.changes(today, self._assessors_more(post, today))
            self.began[post] = self.began[post] or self.now[post]

    def _expect_changes(self, post: int, after: int = 0) -> None:
        row = self.filled[post]
        for day in np.flatnonzero(row[1:] != row[:-1]).tolist():
            if day + 1 > after:
                self.clinic.agenda.call(STAFF, day + 1)

    def _assessors_more(self, post: int, today: int) -> int:
        """Return by how many assessors the diary changes: a planned first start is in it already."""
        if not self.now[post]:
            return -1
        return 0 if not self.began[post] and self.staffing.post_start[post] == today else 1

    # Triggers.

    def _look_again(self, today: int) -> None:
        week = (today - self.staffing.monday) // 7 + 1
        self.clinic.agenda.call(STAFF, 7 * week + self.staffing.monday)

    def _look_at_triggers(self, today: int) -> None:
        """Once a week: has a group's line, or a role's caseload, been too long for long enough?"""
        book, seats, line, staff = self.clinic.book, self.clinic.seats, self.clinic.line, self.staffing
        for group, needed in enumerate(book.opens_waiting):
            closed = needed != UNLIMITED and seats.opening[group] >= self.days
            if closed and self._long_enough(
                ("group", group), line.ready(today, group) >= needed, book.opens_after[group]
            ):
                seats.opens(group, today + book.opens_lead[group])
        for role, most in enumerate(staff.hire_caseload.tolist()):
            posts = [post for post in range(len(self.role)) if self.role[post] == role]
            unused = [post for post in posts if self.start[post] >= self.days]
            pending = any(today < self.start[post] < self.days for post in posts if self.hired[post])
            if most == UNLIMITED or not unused or pending:
                continue
            people = sum(self.began[post] for post in posts)  # an empty post will be filled anyway
            carried = sum(len(self.load[post]) for post in posts)
            if self._long_enough(("role", role), carried > most * people, int(staff.hire_after[role])):
                self._hires(unused[0], today + int(staff.hire_lead[role]))

    def _long_enough(self, what: tuple[str, int], too_many: bool, weeks: int) -> bool:
        self.waiting_weeks[what] = self.waiting_weeks[what] + 1 if too_many else 0
        if self.waiting_weeks[what] < weeks:
            return False
        self.waiting_weeks[what] = 0
        return True

    def _hires(self, post: int, day: int) -> None:
        """Have a post filled from a day on."""
        self.hired[post] = 1
        self.start[post] = day
        self.filled[post] = workforce.filled(self.force, self.start, self.days)[post]
        self.here[post] = (self.filled[post] & ~self.force.off[post]).tolist()
        self.available = self._available()
        self.away = self._away()
        self._expect_changes(post)

    def person_days(self, flags: Flags) -> I64:
        """Return person-days by week and role of flags by post and day; shape (weeks, roles)."""
        by_week = flags.reshape(len(self.role), self.days // 7, 7).sum(axis=2)
        total = np.zeros((self.days // 7, len(self.staffing.role_names)), dtype=np.int64)
        for post, role in enumerate(self.role):
            total[:, role] += by_week[post]
        return total

    def _away(self) -> list[int]:
        away: list[int] = (self.filled & self.force.off)[self.assessors].sum(axis=0).tolist()
        return away

    def _available(self) -> list[list[int]]:
        here = self.person_days(self.filled & ~self.force.off & self.staffing.working)
        minutes: list[list[int]] = (here * self.staffing.day_minutes).tolist()
        return minutes

    # Who runs tonight's group.

    def runs(self, night: int, today: int, clients: int) -> tuple[int, int, int]:
        """Find staff for a group night: how many of our own, how many who fill in, and how many are lacking.

        Taken are those who are here and not in another group at the time, who had fewest minutes of groups this week
        first.
        """
        if not self.runs_groups or clients == 0:
            return 0, 0, 0
        book = self.clinic.book
        if self.busy_day != today:
            self.busy_day = today
            self.busy.clear()
        begin, end, minutes = book.night_start[night], book.night_end[night], book.night_minutes[night]
        least = book.facilitators[book.night_group[night]]
        free = [p for p in self.facilitators if self.here[p][today] and self.busy.get(p, 0) <= begin]
        free.sort(key=lambda p: self.worked[p])
        staff = capacity = 0
        for post in free:
            if enough(staff, least, clients, capacity):
                break
            staff += 1
            capacity = UNLIMITED if self.ratio[post] == UNLIMITED or capacity < 0 else capacity + self.ratio[post]
            self.worked[post] += minutes
            self.busy[post] = end
            self.minutes["groups"][today // 7 * self.roles + self.role[post]] += minutes
        lacking = self._lacking(staff, least, clients, capacity)
        cover = lacking if lacking and self._covered(night, today) else 0
        if cover:
            self.minutes["cover"][today // 7 * self.roles + self.role[self.facilitators[0]]] += cover * minutes
        return staff, cover, lacking - cover

    def _lacking(self, staff: int, least: int, clients: int, capacity: int) -> int:
        """Return how many more people are needed."""
        each = self.ratio[self.facilitators[0]]
        lacking = 0
        while not enough(staff + lacking, least, clients, capacity):
            lacking += 1
            capacity = UNLIMITED if each == UNLIMITED or capacity < 0 else capacity + max(each, 1)
        return lacking

    def _covered(self, night: int, today: int) -> bool:
        card = self.cover[self.clinic.book.night_group[night]][today] if self.cover else ANY_CARD
        return card < self.cover_chance

    # Assessors.

    def assessor_slots_lost(self, today: int) -> int:
        """Return how many of today's assessments cannot be done because an assessor is sick or on leave."""
        return self.away[today] * self.clinic.book.slots_per_day

    def assesses(self, today: int) -> None:
        """Note the time of an assessor who is here: of the one who has seen fewest today, the first of equals."""
        if not self.assessors:
            return
        if self.seen_day != today:
            self.seen_day = today
            self.seen = dict.fromkeys((post for post in self.assessors if self.here[post][today]), 0)
        post = min(self.seen, key=self.seen.__getitem__)
        self.seen[post] += 1
        self.minutes["assessments"][today // 7 * self.roles + self.role[post]] += self.clinic.book.assessment_minutes

    # Caseloads.

    def counselor_with_room(self) -> int:
        """Return the post with the smallest caseload that has room, the first of equals; NEVER if none has.

        A role whose posts carry more than all their limits together, after somebody quit, takes nobody.
        """
        best, least = NEVER, 0
        self.overloaded = self.overloaded and any(len(self.load[p]) > self._limit(p) for p in self.counselors)
        spare = self._spare() if self.overloaded else None
        for post in self.counselors:
            carried = len(self.load[post])
            room = carried < self._limit(post) and (spare is None or spare[self.role[post]] > 0)
            if room and (best == NEVER or carried < least):
                best, least = post, carried
        return best

    def _spare(self) -> dict[int, int]:
        """Return how many more clients each role could carry."""
        spare: defaultdict[int, int] = defaultdict(int)
        for post in self.counselors:
            spare[self.role[post]] += self._limit(post) - len(self.load[post])
        return spare

    def full(self, post: int) -> bool:
        """Return whether, the best post being this one, no counselor has room."""
        return post == NEVER and bool(self.counselors)

    def takes_on(self, me: Person, post: int, today: int) -> None:
        """Have a client's counselor be the one in a post."""
        if post != NEVER:
            me.post = post
            me.has_had_counselor = me.has_had_counselor or self.now[post]
            self.load[post][me.index] = me
            self.rows += (me.index, today, post)

    def takes_over(self, me: Person) -> None:
        """Give one who is in program at the opening to the post with the smallest caseload, room or not."""
        posts = [post for post in self.counselors if self.now[post]] or self.counselors
        self.takes_on(me, min(posts, key=lambda post: len(self.load[post]), default=NEVER), 0)

    def lets_go(self, me: Person) -> None:
        """Take a client who leaves off the counselor's caseload."""
        if me.post != NEVER:
            del self.load[me.post][me.index]
            me.post = NEVER

    def least_loaded(self, role: int) -> int:
        """Return the filled post of a role with the smallest caseload, the first of equals; NEVER if none is filled."""
        posts = [post for post in self.counselors if self.role[post] == role and self.now[post]]
        return min(posts, key=lambda post: len(self.load[post]), default=NEVER)

    def _limit(self, post: int) -> int:
        if self.now[post]:
            return self.limit[post]
        return self.vacant_limit[post] if self.began[post] else 0

    def _hands_over(self, post: int, today: int) -> None:
        """Hand the caseload of one who leaves to colleagues; without any, it stays with the empty post."""
        self.overloaded = True
        for me in list(self.load[post].values()):
            other = self.least_loaded(self.role[post])
            if other == NEVER:
                return
            del self.load[post][me.index]
            self._changes_counselor(me, other, today)

    def _changes_counselor(self, me: Person, post: int, today: int) -> None:
        had_one = me.has_had_counselor
        self.takes_on(me, post, today)
        if had_one:
            me.counselor_changes += 1
            self.clinic.program.learns(me, Fact.COUNSELOR_CHANGES, me.counselor_changes)
