"""The agenda: which phase of which day has something to do; each is played once, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import simpy

from iopsim.clock import PHASES_PER_DAY, Phase
from iopsim.engines.person import Bell, Person

Act = Callable[[int], None]
"""What is done in a phase of a day."""


class Moment(simpy.Event):
    """The event that a phase of a day begins; sure to happen from the moment it is made."""

    def __init__(self, env: simpy.Environment, play: Callable[[simpy.Event], None], day: int) -> None:
        self.env = env
        self.callbacks = [play]
        self._ok = True
        self._value = None
        self.day = day


class Agenda:
    """The phases that have been called for.

    Life cycle: made with the run's days; `acts` says what each phase does; `run` plays them.
    """

    def __init__(self, env: simpy.Environment, days: int) -> None:
        self.env = env
        self.days = days
        self.today = 0
        self.called: set[int] = set()
        self.play: list[Callable[[simpy.Event], None]] = []

    def acts(self, acts: Mapping[Phase, Act]) -> None:
        """Say what each phase does."""
        self.play = [self._played(acts[phase]) for phase in Phase]

    def call(self, phase: int, day: int) -> None:
        """Have a phase of a day played; once, however often it is called."""
        now = day * PHASES_PER_DAY + phase
        if now not in self.called and day < self.days:
            self.called.add(now)
            moment = Moment(self.env, self.play[phase], day)
            self.env.schedule(moment, delay=now - self.env.now)

    def call_next(self, phase: int, days: Iterator[int]) -> None:
        """Have a phase played on the next of some days; one at a time, as SimPy is faster with few events ahead."""
        for day in days:
            self.call(phase, day)
            return

    def bell(self, me: Person) -> simpy.Event:
        """Give a client a bell to wait for."""
        me.bell = bell = Bell(self.env)
        return bell

    def run(self) -> None:
        """Play every phase that has something to do, to the end of the run."""
        self.env.run(until=self.days * PHASES_PER_DAY)

    def _played(self, act: Act) -> Callable[[simpy.Event], None]:
        """Return the callback of a phase's event, whose value is the day."""

        def play(moment: simpy.Event) -> None:
            assert isinstance(moment, Moment)
            self.today = moment.day
            act(moment.day)

        return play
