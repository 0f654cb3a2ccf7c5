"""The way in: closed days, delays, placement, and the federal priority populations."""

from __future__ import annotations

from iopsim.clock import knows_holidays
from iopsim.scenario.calendar import Closure
from iopsim.scenario.checks.conflict import Conflict, Conflicts, possible_delay, sum_to_one, unknown
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.states import state
from iopsim.scenario.wholes import placement_shares
from iopsim.scenario.words import short, written

DETOURS = ("withdrawal", "residential")


def closures_end_after_they_begin(scenario: Scenario, _: str) -> Conflicts:
    """A closure has at least one day."""
    for index, closure in enumerate(scenario.calendar.closures):
        if isinstance(closure, Closure) and closure.last < closure.first:
            key: Key = ("calendar", "closures", index, "last")
            said = f"last must be {closure.first} (its first day) or later"
            yield Conflict((key,), closure.last.isoformat(), said)


def holidays_are_known(scenario: Scenario, _: str) -> Conflicts:
    """Whose holidays close the clinic must be a place whose holidays are known."""
    where = scenario.calendar.holidays
    if not knows_holidays(where):
        said = 'no public holidays are known for it; a country such as "US", a state such as "US-LA", or "" for none'
        yield Conflict((("calendar", "holidays"),), short(written(where)), said, state(where))


def client_delay_is_possible(scenario: Scenario, _: str) -> Conflicts:
    """The client's own delay before the assessment has a mean that its median allows."""
    yield from possible_delay(scenario.assessment.client_delay, ("assessment", "client_delay"))


def ready_delay_is_possible(scenario: Scenario, _: str) -> Conflicts:
    """The delay before a placed client can start has a mean that its median allows."""
    yield from possible_delay(scenario.waitlist.ready_delay, ("waitlist", "ready_delay"))


def placement_shares_sum(scenario: Scenario, _: str) -> Conflicts:
    """Every assessed client is placed somewhere, and only once."""
    six = placement_shares(scenario)
    names = ", ".join(".".join(map(str, key[1:])) for key in six)
    yield from sum_to_one(six, f"the six shares {names} must sum to 1", ("placement",))


def time_away_is_possible(scenario: Scenario, _: str) -> Conflicts:
    """The time in withdrawal management, and in residential treatment, has a mean that its median allows."""
    for detour in DETOURS:
        yield from possible_delay(getattr(scenario.placement, detour).away, ("placement", detour, "away"))


def detour_leads_to_a_phase(scenario: Scenario, _: str) -> Conflicts:
    """Who comes back from a detour starts in a phase that exists."""
    for detour in DETOURS:
        enters = getattr(scenario.placement, detour).enters
        if enters and enters not in scenario.phases:
            yield unknown("phase", enters, scenario.phases, ("placement", detour, "enters"))


def priority_populations_are_traits(scenario: Scenario, _: str) -> Conflicts:
    """Where the federal order of priority binds, it is known who is pregnant and who injects."""
    grant = scenario.block_grant
    if grant.applies:
        for name in ("pregnant", "injecting"):
            trait = getattr(grant, name)
            if trait not in scenario.traits:
                yield unknown("trait", trait, scenario.traits, ("block_grant", name))._replace(
                    keys=(("block_grant", name), ("block_grant", "applies")), path=("block_grant", name)
                )


def interim_services_have_a_priority_population(scenario: Scenario, _: str) -> Conflicts:
    """Interim services for the federal priority populations reach nobody where these are not told apart."""
    if scenario.interim.offered == "priority" and not scenario.block_grant.applies:
        said = 'block_grant.applies must be true for this; or write "nobody" or "everybody"'
        keys: tuple[Key, ...] = (("interim", "offered"), ("block_grant", "applies"))
        yield Conflict(keys, '"priority"', said, path=("interim", "offered"))


RULES = (
    closures_end_after_they_begin,
    holidays_are_known,
    client_delay_is_possible,
    ready_delay_is_possible,
    placement_shares_sum,
    time_away_is_possible,
    detour_leads_to_a_phase,
    priority_populations_are_traits,
    interim_services_have_a_priority_population,
)
"""Rules for the way in as a whole."""
