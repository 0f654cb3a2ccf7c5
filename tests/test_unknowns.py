"""What nobody knows is told from what the plan sets, and given other values through the one door."""

from pathlib import Path

import pytest

from iopsim.errors import IopsimError, ScenarioError
from iopsim.scenario import resolve, resolve_text
from iopsim.scenario.shape import Collection, Either, Leaf, Table, shape
from iopsim.scenario.unknowns import unknowns, with_changes, with_values
from iopsim.scenario.wholes import kept_whole, wholes
from small import GOOD

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
PALMETTO = resolve(ROOT / "scenarios" / "palmetto.toml")
KNOWN = unknowns(PALMETTO)
BY_NAME = {one.name: one for one in KNOWN}


def small(old="", new="", changes=None):
    assert old in GOOD
    return resolve_text(GOOD.replace(old, new, 1) if old else GOOD, "clinic.toml", changes)


def names(resolved):
    return [one.name for one in unknowns(resolved)]


# -------------------------------------------------------------------------------------------- which


def test_a_default_that_entries_inherit_is_one_unknown_that_moves_them_all():
    ramp = BY_NAME["referrals.*.ramp_weeks"]
    assert ramp.paths == tuple(f"referrals.{name}.ramp_weeks" for name in PALMETTO.scenario.referrals)
    assert (ramp.value, ramp.low, ramp.high, ramp.whole, ramp.unit) == (26, 8, 52, True, "weeks")
    moved = with_values(PALMETTO, {"referrals.*.ramp_weeks": 40}).scenario
    assert {source.ramp_weeks for source in moved.referrals.values()} == {40}


def test_a_value_with_its_own_range_is_an_unknown_of_its_own():
    own = BY_NAME["payers.medicaid.rates.session_usd"]
    assert own.paths == ("payers.medicaid.rates.session_usd",)
    assert (own.low, own.high, own.source, own.grade) == (135.0, 170.0, "E7.7", "assumed")
    assert BY_NAME["payers.*.rates.session_usd"].paths == ("payers.self_pay.rates.session_usd",)


@pytest.mark.parametrize(
    "name",
    [
        "weeks",
        "assessment.slots_per_day",
        "groups.*.first_week",
        "staff.counselor.caseload",
        "targets.start_days",
        "referrals.*.doubt",
        "absence_rule.total",
        "family_night.every_weeks",
    ],
)
def test_what_the_plan_sets_is_not_unknown(name):
    assert name not in BY_NAME


def test_what_the_plan_sets_may_be_asked_for_but_never_the_length_of_the_run():
    added = unknowns(PALMETTO, also=["assessment.slots_per_day"])
    assert {one.name for one in added} - set(BY_NAME) == {"assessment.slots_per_day"}
    assert [one.planned for one in added if one.name == "assessment.slots_per_day"] == [True]
    with pytest.raises(IopsimError, match=r"assessment.slots: .*did you mean assessment.slots_per_day"):
        unknowns(PALMETTO, also=["assessment.slots"])
    with pytest.raises(IopsimError, match=r"^weeks: not a number"):
        unknowns(PALMETTO, also=["weeks"])


def test_a_number_without_a_range_or_changed_without_one_is_not_unknown():
    assert "traits.mandated.share" not in names(small())
    assert "traits.mandated.share" in names(small("share = 0.3", "share = { value = 0.3, low = 0.1, high = 0.4 }"))
    assert "waitlist.renege_per_day" in names(small())
    assert "waitlist.renege_per_day" not in names(small(changes=["waitlist.renege_per_day=0.03"]))


def test_a_trait_that_follows_from_others_has_no_share_that_could_be_unknown():
    assert "traits.*.share" not in BY_NAME


def test_nothing_is_asked_of_who_pays_alone_that_only_another_payer_asks():
    paths = BY_NAME["payers.*.coverage_loss_per_week"].paths
    assert paths == ("payers.medicaid.coverage_loss_per_week", "payers.insurer.coverage_loss_per_week")


def numbers(node, path=""):
    match node:
        case Leaf(numeric=True):
            yield path, node
        case Table(fields=fields):
            for name, child in fields.items():
                yield from numbers(child, f"{path}.{name}".strip("."))
        case Collection(entry=entry):
            yield from numbers(entry, f"{path}.*")
        case Either(table=table):
            yield from numbers(table, path)


def test_hazards_ratios_of_clients_and_prices_are_the_worlds_and_limits_and_dates_of_the_plan_are_not():
    for path, leaf in numbers(shape()):
        if leaf.unit.startswith("hazard") or path.endswith(("_ratio", "show_probability", "usd_per_hour")):
            assert not leaf.planned, path
        if leaf.unit in ("seats", "people", "slots/day", "nights/week"):
            assert leaf.planned, path


# ------------------------------------------------------------------------------------------- delays


def test_median_and_mean_of_a_delay_move_in_step():
    delay = BY_NAME["assessment.client_delay"]
    assert (delay.low, delay.value, delay.high) == (1.5, 4.0, 7.5)
    assert delay.at(7.5) == {"assessment.client_delay.mean_days": 7.5, "assessment.client_delay.median_days": 6.0}
    assert delay.at(1.5) == {"assessment.client_delay.mean_days": 1.5, "assessment.client_delay.median_days": 1.0}
    assert delay.at(4.0) == {"assessment.client_delay.mean_days": 4.0, "assessment.client_delay.median_days": 3.0}
    assert delay.at(5.75) == {"assessment.client_delay.mean_days": 5.75, "assessment.client_delay.median_days": 4.5}


def test_every_step_of_a_delay_is_a_delay():
    delays = [one for one in KNOWN if len(one.tracks) == 2]
    assert len(delays) == 5
    for one in delays:
        for step in range(101):
            told = one.at(one.low + (one.high - one.low) * step / 100)
            means = {path: value for path, value in told.items() if path.endswith("mean_days")}
            for path, mean in means.items():
                median = told[path.replace("mean_days", "median_days")]
                assert median <= mean
                assert (median > 0) == (mean > 0)


def test_a_delay_of_which_only_one_number_has_a_range_is_that_number():
    ranged = (
        "[assessment.client_delay]\nmedian_days = 2.0\nmean_days = { value = 3.0, low = 2.5, high = 9.0 }\n\n[rooms"
    )
    assert "assessment.client_delay.mean_days" in names(small("[rooms", ranged))
    crossed = ranged.replace("2.0", "{ value = 2.0, low = 1.0, high = 8.0 }").replace("9.0", "6.0")
    found = names(small("[rooms", crossed))
    assert [name for name in found if "client_delay" in name] == [
        "assessment.client_delay.median_days",
        "assessment.client_delay.mean_days",
    ]


# ------------------------------------------------------------------------------------------- wholes


def test_shares_of_one_whole_stay_whole_when_one_is_moved():
    moved = with_values(PALMETTO, {"payers.medicaid.share": 0.7}).scenario
    shares = {name: payer.share for name, payer in moved.payers.items()}
    assert shares["medicaid"] == 0.7
    assert shares["insurer"] / shares["self_pay"] == pytest.approx(3.5)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_shares_of_one_whole_that_are_all_named_are_divided_by_their_sum():
    assert kept_whole({"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.9}) == pytest.approx({"a": 0.4, "b": 0.6})
    assert kept_whole({"a": 0.5, "b": 0.5, "c": 0.0}, {"a": 0.2, "b": 0.2}) == {"a": 0.5, "b": 0.5, "c": 0.0}
    assert kept_whole({"a": 0.5, "b": 0.5}, {"a": 0.0, "b": 0.0}) == {"a": 0.0, "b": 0.0}


def test_shares_beyond_a_whole_are_refused_with_the_doors_own_words():
    with pytest.raises(ScenarioError, match=r"placement\..*between 0 and 1"):
        with_values(PALMETTO, {"placement.this_program": 0.8, "placement.higher": 0.4})


def test_the_wholes_are_the_payers_each_sources_own_and_placement():
    own = "per_week = 2.5\npayers = { medicaid = 1.0 }"
    assert [set(whole) for whole in wholes(small("per_week = 2.5", own).scenario)] == [
        {"referrals.self.payers.medicaid"},
        set(wholes(PALMETTO.scenario)[1]),
    ]
    assert set(wholes(small().scenario)[0]) == {"payers.medicaid.share", "payers.employer.share"}


# ----------------------------------------------------------------------------------------- the door


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_every_unknown_of_a_scenario_may_have_either_end_of_its_range(file):
    resolved = resolve(file)
    known = unknowns(resolved)
    assert len(known) > 150
    for end in ("low", "high"):
        for first in range(0, len(known), 16):
            together = {one.name: getattr(one, end) for one in known[first : first + 16]}
            try:
                expect(resolved, known, together)
            except ScenarioError:  # several shares of one whole at their highest
                for name, value in together.items():
                    expect(resolved, known, {name: value})


def expect(resolved, known, values):
    told = with_values(resolved, values, known).scenario.model_dump()
    shares = [path for whole in wholes(resolved.scenario) for path in whole]
    for one in known:
        if one.name in values:
            for path, at in one.at(values[one.name]).items():
                assert _at(told, path) == at or (path in shares and len(values) > 1), path


def _at(table, path):
    for part in path.split("."):
        table = table[part]
    return table


def test_its_own_value_leaves_a_scenario_as_it_is():
    assert with_values(PALMETTO, {one.name: one.value for one in KNOWN}, KNOWN).scenario == PALMETTO.scenario


@pytest.mark.parametrize(
    "changes",
    [
        ["groups.evening.seats=13", "groups.second={ nights = ['Thu'] }"],
        {"groups.evening.seats": 13, "groups.second": {"nights": ["Thu"]}},
    ],
)
def test_changes_made_before_stay_made(changes):
    moved = with_values(small(changes=changes), {"waitlist.renege_per_day": 0.05}).scenario
    assert (moved.groups["evening"].seats, list(moved.groups)) == (13, ["evening", "second"])
    assert moved.waitlist.renege_per_day == 0.05


def test_a_later_change_of_the_same_value_wins():
    first = small(changes={"waitlist": {"renege_per_day": 0.03}})
    assert with_changes(first, {"waitlist.renege_per_day": 0.04}).scenario.waitlist.renege_per_day == 0.04


def test_a_value_of_nothing_that_is_unknown_is_refused():
    with pytest.raises(IopsimError, match=r"waitlist.renege_per_days: .*did you mean waitlist.renege_per_day"):
        with_values(PALMETTO, {"waitlist.renege_per_days": 0.05})
