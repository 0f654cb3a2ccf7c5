"""Hands of clients and staff, dealt card by card, so that a test says what becomes of each."""

import datetime
from collections.abc import Iterable, Mapping
from math import exp

from scipy.stats import poisson

from hand_deck import (
    CLINIC,
    HIGHEST,
    LOWEST,
    HandDealt,
    accumulated_to,
    delay_card,
    failures_card,
    geometric_card,
    reached,
)
from iopsim.cohort import (
    AUTHORIZATION,
    AWAY,
    BACK,
    CALL,
    CLIENT_DELAY,
    CONSEQUENCE,
    COVERED,
    DEATH,
    DENIED,
    DROPOUT,
    EXCUSED,
    GAP,
    HERE_ALREADY,
    INCARCERATION,
    KEPT,
    LAPSE_GAP,
    LOSS,
    LOT,
    MAKE_UP,
    ORIENTATION,
    OTHER,
    PATIENCE,
    PAYER,
    PER_DECISION,
    PER_LAPSE,
    PLACEMENT,
    READY_DELAY,
    REBOOK,
    RELAPSE,
    RETURN,
    RETURN_DELAY,
    RUN,
    SHOW,
    TRANSFER,
)
from iopsim.deck import CARDS, Purpose, name_word
from iopsim.record import NEVER
from iopsim.rulebook.staffing import WORKING_DAYS_A_YEAR, tenure_days
from iopsim.scenario.load import from_toml
from iopsim.scenario.payers import Payer
from iopsim.workforce import SPELLS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Dealing:
    """The cards that a few clients in a small clinic are dealt, the staff's too.

    Parameters
    ----------
    changes : mapping, optional
        Changes to `CLINIC`. Who is here at the opening goes by the name of the entry in `present`.
    """

    def __init__(self, changes: Mapping[str, object] | None = None) -> None:
        self.scenario = from_toml(CLINIC, changes=changes)
        self.deck = HandDealt()
        self.names: dict[tuple[str, int, int], str] = {}
        self.quits: dict[tuple[str, int], int] = {}
        self.sick_until: dict[tuple[str, int], list[int]] = {}
        for name, kind in self.scenario.present.items():
            for k in range(kind.count):
                ordinal = sum(key[:2] == (kind.source, NEVER) for key in self.names)
                self.names[kind.source, NEVER, ordinal] = name if kind.count == 1 else f"{name} {k + 1}"

    def client(self, name: str, referred: str, source: str = "self", **hand: object) -> None:
        """Bring a client to the door.

        Parameters
        ----------
        name : str
            For the diary.
        referred : str
            Day, such as "Mon 4 Jan"; "here" for one who is here at the opening.
        source : str
            Who refers.
        **hand : object
            As for `deal`.
        """
        if referred == "here":
            source = next(key[0] for key, known in self.names.items() if known == name)
        else:
            day = self.day(referred)
            ordinal = sum(key[:2] == (source, day) for key in self.names)
            self.names[source, day, ordinal] = name
            self._refer(source, day, ordinal + 1)
        self.deal(name, source, **hand)  # type: ignore[arg-type]

    def again(self, name: str, episode: int = 2, **hand: object) -> None:
        """Say what becomes of a client who calls again, in the second episode or a later one."""
        source = next(key[0] for key, known in self.names.items() if known == name)
        self.deal(name, source, episode - 1, **hand)  # type: ignore[arg-type]

    def deal(  # noqa: C901 - one card after the other
        self,
        name: str,
        source: str,
        episode: int = 0,
        *,
        lot: float | None = None,
        traits: Iterable[str] = (),
        not_referred: bool = False,
        call_lost: bool = False,
        screened_out: bool = False,
        can_come_in: tuple[int, ...] = (),
        misses: int = 0,
        rebooks: int = 9,
        placement: float | None = None,
        away: tuple[str, int] | None = None,
        comes_back: bool = True,
        ready_in: int = 0,
        payer: str = "",
        authorized_in: int = 0,
        denied: bool = False,
        orientations_missed: int = 0,
        patience: int | None = None,
        covered: int | None = None,
        loses_coverage: int | None = None,
        drops_out: int | None = None,
        transferred: int | None = None,
        incarcerated: int | None = None,
        dies: int | None = None,
        leaves: int | None = None,
        lapses: Iterable[tuple[int, str]] = (),
        absent: Iterable[tuple[int, int, bool]] = (),
        makes_up: Iterable[int] = (),
        leaves_early: Iterable[int] = (),
        misses_visits: Iterable[int] = (),
        relapses: int | None = None,
        calls_again: int | None = None,
    ) -> None:
        """Deal a client's hand.

        Parameters
        ----------
        name, source : str
            Who.
        episode : int
            From 0.
        lot : float, optional
            The client's lot, 0.5 if left out.
        traits : iterable of str
            Traits.
        not_referred : bool
            Whether the referrer keeps the client back, if it may happen at all.
        call_lost, screened_out : bool
            What becomes of the call.
        can_come_in : tuple of int
            For each attempt, days from the call until the client can come.
        misses : int
            First appointments missed.
        rebooks : int
            Missed appointments after which the client takes another.
        placement : float, optional
            The card of the placement.
        away : (str, int), optional
            "withdrawal" or "residential" first, and days until the client is back.
        comes_back : bool
            Whether the client does come back.
        ready_in : int
            Days from assessment until the client can start.
        payer : str
            By name; the first of the file if left out.
        authorized_in : int
            Days from assessment until the payer has authorized treatment.
        denied : bool
            Whether the payer does not.
        orientations_missed : int
            Before the client comes to one.
        patience : int, optional
            Days on the waitlist after which the client reneges.
        covered : int, optional
            Sessions that the payer grants: the first ones and what whole reviews grant.
        loses_coverage, drops_out, transferred, incarcerated, dies, leaves : int, optional
            Week of treatment, from 1, at whose end it happens.
        lapses : iterable of (int, str)
            Weeks of treatment at whose reviews a lapse is known, and what follows: "stays", "up" or "out".
        absent : iterable of (int, int, bool)
            Runs of absences: sessions attended before it (since the run before), sessions missed, excused or not.
        makes_up : iterable of int
            Which of these runs, from 1, the client makes up for on another night.
        leaves_early : iterable of int
            Sessions cut short: the how-manieth it is of those attended since the last cut short.
        misses_visits : iterable of int
            Which visits are missed, from 1, all kinds counted together as they fall due.
        relapses : int, optional
            Days from discharge to relapse, as far as neither completion nor a short stay changes them.
        calls_again : int, optional
            Days from relapse to the call.
        """
        day, ordinal = next(key[1:] for key, known in self.names.items() if known == name)
        who = name_word(source)
        when = (HERE_ALREADY if day == NEVER else day << 32) | ordinal
        book = self.scenario
        pays = self._payer(payer)

        def put(purpose: Purpose, place: int, card: float | None, about: int = 0) -> None:
            if card is not None:
                self.deck.put(purpose, who, when, place, card, about, episode)

        def put_nth(purpose: Purpose, nth: int, card: float) -> None:
            put(purpose, nth % CARDS, card, nth // CARDS)

        def put_week(place: int, week: int | None, hazard: float) -> None:
            if week is not None:
                put(Purpose.LEAVING, place, reached(week - 0.5, hazard))

        put(Purpose.INTAKE, LOT, lot)
        if not_referred:
            put(Purpose.INTAKE, KEPT, HIGHEST)
        if call_lost:
            put(Purpose.INTAKE, CALL, book.calls.lost_probability / 2)
        if screened_out:
            lost, screened = book.calls.lost_probability, book.calls.screened_out_probability
            put(Purpose.INTAKE, CALL, lost + (1.0 - lost) * screened / 2)
        put(Purpose.INTAKE, PLACEMENT, placement)
        if away is not None:
            put(Purpose.INTAKE, PLACEMENT, self._placement_card(away[0]))
            put(Purpose.COVERAGE, AWAY, delay_card(away[1], getattr(book.placement, away[0]).away))
        put(Purpose.COVERAGE, BACK, LOWEST if comes_back else HIGHEST)
        put(Purpose.INTAKE, READY_DELAY, delay_card(ready_in, book.waitlist.ready_delay))
        if payer:
            put(Purpose.INTAKE, PAYER, self._payer_card(source, payer))
        if pays is not None:
            put(Purpose.COVERAGE, AUTHORIZATION, delay_card(authorized_in, pays.authorization))
            put(Purpose.COVERAGE, DENIED, LOWEST if denied else None)
            if covered is not None:
                assert isinstance(pays.authorized_sessions, int), "this payer covers any number of sessions"
                more, rest = divmod(covered - pays.authorized_sessions, pays.review_sessions)
                assert rest == 0 and more >= 0, "not a number of sessions that reviews may come to"
                put(Purpose.COVERAGE, COVERED, failures_card(more, pays.review_denied_probability))
            if loses_coverage is not None:
                put(Purpose.COVERAGE, LOSS, reached(loses_coverage - 0.5, pays.coverage_loss_per_week))
        put(Purpose.INTAKE, ORIENTATION, failures_card(orientations_missed, book.orientation.show_probability))
        if patience is not None:
            put(Purpose.INTAKE, PATIENCE, reached(patience - 0.5, book.waitlist.renege_per_day))
        for trait in traits:
            self.deck.put(Purpose.TRAIT, who, when, 0, LOWEST, name_word(trait))
        for attempt in range(book.assessment.max_rebookings + 1):
            page, place = attempt // 2, PER_DECISION * (attempt % 2)
            put(Purpose.APPOINTMENT, place + SHOW, HIGHEST if attempt < misses else LOWEST, page)
            put(Purpose.APPOINTMENT, place + REBOOK, LOWEST if attempt < rebooks else HIGHEST, page)
        for attempt, days in enumerate(can_come_in):
            card = delay_card(days, book.assessment.client_delay)
            put(Purpose.APPOINTMENT, PER_DECISION * (attempt % 2) + CLIENT_DELAY, card, attempt // 2)
        leaving = book.leaving
        put_week(DROPOUT, drops_out, leaving.dropout_per_week)
        put_week(TRANSFER, transferred, leaving.transfer_per_week)
        put_week(INCARCERATION, incarcerated, leaving.incarceration_per_week)
        put_week(DEATH, dies, leaving.death_per_week)
        put_week(OTHER, leaves, leaving.other_per_week)
        before = 0
        for nth, (week, then) in enumerate(lapses):
            put_nth(Purpose.LAPSE, PER_LAPSE * nth + LAPSE_GAP, reached(week - before - 0.5, book.lapse.per_week))
            put_nth(Purpose.LAPSE, PER_LAPSE * nth + CONSEQUENCE, self._consequence_card(then))
            before = week
        runs = list(absent)
        for run, (sessions, length, excused) in enumerate(runs):
            page, place = run // 2, PER_DECISION * (run % 2)
            put(Purpose.ABSENCE, place + GAP, self._gap(sessions, first=run == 0), page)
            put(Purpose.ABSENCE, place + EXCUSED, LOWEST if excused else HIGHEST, page)
            goes_on = 1.0 - 1.0 / book.attendance.absence_run_sessions
            put(Purpose.ABSENCE, place + RUN, (goes_on ** (length - 1) + goes_on**length) / 2, page)
        for run in makes_up:
            assert 1 <= run <= len(runs), "there is no such run of absences"
            put(Purpose.ABSENCE, PER_DECISION * ((run - 1) % 2) + MAKE_UP, LOWEST, (run - 1) // 2)
        stays = 1.0 - book.attendance.cut_short_probability
        for nth, session in enumerate(leaves_early):
            put_nth(Purpose.CUT_SHORT, nth, (stays ** (session - 1) + stays**session) / 2)
        for visit in misses_visits:
            put_nth(Purpose.VISIT, visit - 1, HIGHEST)
        if relapses is not None:
            after = book.after
            odds = ((relapses - 0.5) / after.relapse_scale_days) ** after.relapse_shape
            for trait in traits:
                odds *= book.traits[trait].relapse_odds_ratio
            put(Purpose.LEAVING, RELAPSE, odds / (1.0 + odds))
        if calls_again is not None:
            put(Purpose.LEAVING, RETURN, LOWEST)
            put(Purpose.LEAVING, RETURN_DELAY, reached(calls_again, 1.0 / book.after.return_days))

    def staff_leaves(self, role: str, post: int, after_days: int, vacant_days: int) -> None:
        """Have the one in a post (from 1) quit; the next call for this post tells of the successor."""
        staff, k = self.scenario.staff[role], self.quits.get((role, post), 0)
        self.quits[role, post] = k + 1
        assert after_days >= 1 and vacant_days >= 1, "whoever comes stays a day, and a post is empty for a day"
        scale = tenure_days(staff.turnover_per_year, staff.turnover_shape)
        stays = 1.0 - exp(-((after_days / scale) ** staff.turnover_shape))
        empty = reached(vacant_days, 1.0 / (7.0 * staff.vacancy_weeks))
        for place, card in ((k % SPELLS, stays), (SPELLS + k % SPELLS, empty)):
            self.deck.put(Purpose.TENURE, name_word(role), post - 1, place, card, k // SPELLS)

    def staff_sick(self, role: str, post: int, first: str, days: int) -> None:
        """Have whoever holds a post (from 1) be sick for some days; spells are told in order of time."""
        staff, spells = self.scenario.staff[role], self.sick_until.setdefault((role, post), [0])
        k, begin = len(spells) - 1, self.day(first)
        share = staff.sick_days_per_year / WORKING_DAYS_A_YEAR
        healthy = geometric_card(begin - spells[-1], staff.sick_spell_days * (1.0 - share) / share)
        for place, card in ((k % SPELLS, healthy), (SPELLS + k % SPELLS, geometric_card(days, staff.sick_spell_days))):
            self.deck.put(Purpose.SICKNESS, name_word(role), post - 1, place, card, k // SPELLS)
        spells.append(begin + days)

    def nobody_covers(self, group: str, day: str) -> None:
        """Have no cover be found for a group on a day."""
        since = self.day(day)
        self.deck.put(Purpose.COVER, name_word(group), since // 7, since % 7, HIGHEST)

    def day(self, text: str) -> int:
        """Return the day since opening of a date such as "Mon 4 Jan", in the first year."""
        weekday, number, month = text.split()
        date = datetime.date(self.scenario.opening.year, MONTHS.index(month) + 1, int(number))
        assert WEEKDAYS[date.weekday()] == weekday, f"{text} is a {WEEKDAYS[date.weekday()]}"
        return (date - self.scenario.opening).days

    def date(self, day: int) -> str:
        """Return a day since opening as a date such as "Mon 4 Jan"."""
        if day >= self.scenario.days:
            return "later"
        date = self.scenario.opening + datetime.timedelta(days=int(day))
        return f"{WEEKDAYS[date.weekday()]} {date.day} {MONTHS[date.month - 1]}"

    def _payer(self, name: str) -> Payer | None:
        payers = self.scenario.payers
        return payers[name] if name else next(iter(payers.values()), None)

    def _payer_card(self, source: str, payer: str) -> float:
        """Return the middle of the cards that mean a payer."""
        own = self.scenario.referrals[source].payers
        shares = {name: own.get(name, 0.0) if own else it.share for name, it in self.scenario.payers.items()}
        return sum(accumulated_to(shares, payer)) / 2

    def _placement_card(self, first: str) -> float:
        """Return the middle of the cards that mean to go elsewhere first, for a client without traits."""
        shares = self.scenario.placement
        parts = {name: getattr(shares, name).share for name in ("withdrawal", "residential")}
        return sum(accumulated_to({"this_program": shares.this_program, **parts}, first)) / 2

    def _consequence_card(self, then: str) -> float:
        lapse = self.scenario.lapse
        parts = {"out": lapse.step_out_probability, "up": lapse.step_up_probability}
        return sum(accumulated_to(parts, then)) / 2 if then != "stays" else HIGHEST

    def _refer(self, source: str, day: int, clients: int) -> None:
        """Let a source refer so many clients on a day."""
        rate = self.scenario.referrals[source]
        weights = [rate.weekdays[name] for name in WEEKDAYS]
        mean = rate.per_week * weights[(self.scenario.opening.weekday() + day) % 7] / sum(weights)
        assert mean > 0, f"{source} refers nobody on {self.date(day)}"
        card = (poisson.cdf(clients - 1, mean) + poisson.cdf(clients, mean)) / 2
        self.deck.put(Purpose.REFERRALS, name_word(source), 0, day % 7, card, about=day // 7)

    def _gap(self, sessions: int, first: bool) -> float:
        """Return the card by which a run of absences begins after so many sessions attended.

        The first session is missed with the long-run share; after a run one session is attended for sure.
        """
        attendance = self.scenario.attendance
        odds = (1.0 - attendance.probability) / attendance.probability
        comes = 1.0 - odds / attendance.absence_run_sessions
        present = [1.0, attendance.probability] if first else [1.0]
        while len(present) < sessions + 2:
            present.append(present[-1] * comes)
        return (present[sessions] + present[sessions + 1]) / 2 if first else _between(present, sessions)


def _between(present: list[float], sessions: int) -> float:
    assert sessions >= 1, "between two runs of absences at least one session is attended"
    return (present[sessions - 1] + present[sessions]) / 2
