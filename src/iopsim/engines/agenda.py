"""The agenda: which phase of which day has something to do; each is played once, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping

import simpy

from iopsim.clock import PHASES_PER_DAY, Phase
from iopsim.engines.person import Bell, Person

Act = Callable[[int], None]
"""What is done in a phase of a day."""


class Agenda:
    """The phases that have been called for.

    Life cycle: made with the run's days; `acts` says what each phase does; `run` plays them.
    """

    def __init__(self, env: simpy.Environment, days: int) -> None:
        self.env = env
        self.days = days
        self.today = 0
        self.called = bytearray(days * PHASES_PER_DAY)
        """1 for each phase that has something to do; at day x phases a day + phase."""
        self.act: list[Act] = []

    def acts(self, acts: Mapping[Phase, Act]) -> None:
        """Say what each phase does."""
        self.act = [acts[phase] for phase in Phase]

    def call(self, phase: int, day: int) -> None:
        """Have a phase of a day played; once, however often it is called."""
        if day < self.days:
            self.called[day * PHASES_PER_DAY + phase] = 1

    def call_all(self, phase: int, days: Iterable[int]) -> None:
        """Have a phase played on some days."""
        for day in days:
            self.call(phase, day)

    def bell(self, me: Person) -> simpy.Event:
        """Give a client a bell to wait for."""
        me.bell = bell = Bell(self.env)
        return bell

    def run(self) -> None:
        """Play every phase that has something to do, to the end of the run."""
        self.env.process(self._days())
        self.env.run(until=self.days * PHASES_PER_DAY)

    def _days(self) -> Generator[simpy.Event, None, None]:
        """Play one phase after the other; before the next, the stories of those for whom a bell has rung go on."""
        today, moment = -1, 0
        while (moment := self.called.find(1, moment)) >= 0:
            day, phase = divmod(moment, PHASES_PER_DAY)
            if day > today:
                yield self.env.timeout(moment - self.env.now)
                self.today = today = day
            self.act[phase](day)
            moment += 1
            if self.env.peek() < moment:
                yield self.env.timeout(moment - self.env.now)
