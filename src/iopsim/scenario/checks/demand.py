"""Who is referred: sources, traits, and the shares of payers."""

from __future__ import annotations

import math

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, sum_to_one, unknown
from iopsim.scenario.demand import Trait
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.wholes import payer_shares, payer_shares_of
from iopsim.scenario.words import plain, short, written

MOST_TRAITS = 60

MOST_REFERRALS_A_DAY = 200
"""Mean referrals of one source on one day beyond which a file is surely mistaken."""


def has_referrals(scenario: Scenario, _: str) -> Conflicts:
    """Somebody must refer clients."""
    if not scenario.referrals:
        said = "at least one is needed, such as [referrals.self] with per_week = 2.5"
        yield Conflict((("referrals",),), "nothing", said)


def traits_are_few(scenario: Scenario, _: str) -> Conflicts:
    """A client's traits are kept in the bits of one number."""
    if len(scenario.traits) > MOST_TRAITS:
        yield Conflict((("traits",),), f"{len(scenario.traits)} traits", f"at most {MOST_TRAITS}")


def payer_shares_sum(scenario: Scenario, _: str) -> Conflicts:
    """Every client of a source that says nothing else has one payer."""
    shares = payer_shares(scenario)
    if shares:
        yield from sum_to_one(shares, f"the shares of the payers {named(scenario.payers)} must sum to 1", ("payers",))


def source_has_a_weekday(scenario: Scenario, name: str) -> Conflicts:
    """Who refers clients does so on some day of the week."""
    source = scenario.referrals[name]
    if source.per_week > 0 and not any(source.weekdays.values()):
        key: Key = ("referrals", name, "weekdays")
        yield Conflict((key,), "the weight 0 for every weekday", "at least one weekday needs a weight above 0")


def source_is_plausible(scenario: Scenario, name: str) -> Conflicts:
    """A day's referrals of one source stay below what any program sees."""
    source = scenario.referrals[name]
    total = math.fsum(source.weekdays.values())
    if not total:
        return
    busiest = source.per_week * max(source.months.values()) * max(source.weekdays.values()) / total
    years = max(scenario.days - 7 * source.first_week, 0) / 365.25
    grown = busiest * max(source.growth_per_year, 1.0) ** years
    if grown > MOST_REFERRALS_A_DAY:
        parts, lower = ["per_week", "months", "weekdays"], "per_week or the weights of months and weekdays"
        if busiest <= MOST_REFERRALS_A_DAY:
            parts, lower = ["growth_per_year", *parts], f"growth_per_year, or weeks ({scenario.weeks:,})"
        keys: tuple[Key, ...] = tuple(("referrals", name, part) for part in parts)
        said = f"at most {MOST_REFERRALS_A_DAY} on a day; lower {lower}"
        yield Conflict(keys, f"{grown:,.0f} referrals on the busiest day", said)


def source_enters_a_phase(scenario: Scenario, name: str) -> Conflicts:
    """Clients start in a phase that exists."""
    enters = scenario.referrals[name].enters
    if enters and enters not in scenario.phases:
        yield unknown("phase", enters, scenario.phases, ("referrals", name, "enters"))


def source_has_known_traits(scenario: Scenario, name: str) -> Conflicts:
    """Clients have traits that exist, and a share of those only that do not follow from others."""
    for trait in scenario.referrals[name].traits:
        key: Key = ("referrals", name, "traits", trait)
        if trait not in scenario.traits:
            yield unknown("trait", trait, scenario.traits, key)
        elif follows(scenario.traits[trait]):
            yield Conflict((key,), f"a share of {trait}", f"{trait} follows from other traits; give shares of those")


def source_has_known_payers(scenario: Scenario, name: str) -> Conflicts:
    """Clients have payers that exist."""
    for payer in scenario.referrals[name].payers:
        if payer not in scenario.payers:
            yield unknown("payer", payer, scenario.payers, ("referrals", name, "payers", payer))


def source_payer_shares_sum(scenario: Scenario, name: str) -> Conflicts:
    """A source that names payers names all that its clients have; who is not named has none of them."""
    shares = payer_shares_of(scenario, name)
    if shares:
        said = "the shares of a source's payers must sum to 1; one left out has none"
        yield from sum_to_one(shares, said, ("referrals", name, "payers"))


def trait_follows_from_drawn_traits(scenario: Scenario, name: str) -> Conflicts:
    """A combination is one of other traits, which are drawn themselves."""
    trait = scenario.traits[name]
    drawn = [other for other, one in scenario.traits.items() if other != name and not follows(one)]
    for part in ("all_of", "none_of"):
        for index, other in enumerate(getattr(trait, part)):
            key: Key = ("traits", name, part, index)
            if other == name:
                yield Conflict((key,), short(written(other)), "a trait cannot follow from itself; name other traits")
            elif other not in scenario.traits:
                yield unknown("trait", other, scenario.traits, key)
            elif other not in drawn:
                said = f"{other} follows from other traits itself; name traits that have a share ({named(drawn)})"
                yield Conflict((key,), short(written(other)), said)


def trait_is_possible(scenario: Scenario, name: str) -> Conflicts:
    """Nobody both has a trait and has it not."""
    trait = scenario.traits[name]
    both = [other for other in trait.all_of if other in trait.none_of]
    if both:
        said = "a trait may stand in all_of or in none_of, not in both"
        yield Conflict((("traits", name, "none_of"), ("traits", name, "all_of")), f"{named(both)} in both", said)


def trait_that_follows_has_no_share(scenario: Scenario, name: str) -> Conflicts:
    """How many have a combination follows from how many have its parts."""
    trait = scenario.traits[name]
    if follows(trait) and trait.share > 0:
        said = "a trait with all_of or none_of follows from other traits; leave its share out"
        keys: tuple[Key, ...] = (("traits", name, "share"), ("traits", name, "all_of"))
        yield Conflict(keys, f"a share of {plain(trait.share)}", said, path=("traits", name, "share"))


def trait_has_a_share(scenario: Scenario, name: str, given: Given) -> Conflicts:
    """Somebody has a trait that is drawn, or the file says that nobody has."""
    trait = scenario.traits[name]
    told = given.value(("traits", name, "share")) is not None
    by_source = any(name in source.traits for source in scenario.referrals.values())
    if not (told or by_source or follows(trait)):
        said = (
            f"give it a share, or a source a share of it ([referrals.NAME.traits] {name} = 0.3), or let it follow "
            'from other traits (all_of = ["..."])'
        )
        yield Conflict((("traits", name),), "no share", said)


def follows(trait: Trait) -> bool:
    """Return whether a trait follows from others."""
    return bool(trait.all_of or trait.none_of)


RULES = (has_referrals, traits_are_few, payer_shares_sum)
"""Rules for demand as a whole."""

SOURCE_RULES = (
    source_has_a_weekday,
    source_is_plausible,
    source_enters_a_phase,
    source_has_known_traits,
    source_has_known_payers,
    source_payer_shares_sum,
)
"""Rules for each referral source."""

TRAIT_RULES = (trait_follows_from_drawn_traits, trait_is_possible, trait_that_follows_has_no_share)
"""Rules for each trait."""
