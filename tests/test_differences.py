"""In what scenarios differ: every value that does, and no other."""

from pathlib import Path

import pytest

from iopsim.scenario import resolve, resolve_text
from iopsim.scenario.differences import differences

PLAIN = Path(__file__).parent / "plain.toml"
SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").glob("*.toml"))


def lines(*changes):
    """What differs between the plain clinic and the same with changes."""
    return [str(one) for one in differences([resolve(PLAIN), resolve(PLAIN, changes)])]


def test_a_scenario_does_not_differ_from_itself():
    assert lines() == []
    assert differences([resolve(PLAIN)]) == ()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("groups.evening.seats=16", "groups.evening.seats [seats]: 12 | 16"),
        ("groups.evening.hours=2.5", "groups.evening.hours [hours]: 3 | 2.5"),
        ("groups.evening.start=18:00", "groups.evening.start: 17:30:00 | 18:00:00"),
        ('groups.evening.nights=["Mon", "Wed", "Thu"]', "groups.evening.nights: Mon Tue Wed | Mon Wed Thu"),
        ("waitlist.limit=8", "waitlist.limit [clients]: none | 8"),
        ("assessment.open_access=true", "assessment.open_access: false | true"),
        ("opening=2027-02-01", "opening: 2027-01-04 | 2027-02-01"),
        (
            "calendar.closures=[2027-05-03, {first = 2027-07-01, last = 2027-07-09}]",
            "calendar.closures: none | 2027-05-03 2027-07-01 to 2027-07-09",
        ),
        ('calendar.holidays=""', 'calendar.holidays: US-LA | ""'),
        ("referrals.self.months.Jul=0.5", "referrals.self.months.Jul [ratio]: 1 | 0.5"),
    ],
)
def test_a_changed_value_is_told_as_a_person_reads_it(change, line):
    assert lines(change) == [line]


def test_an_entry_that_is_added_or_removed_is_one_line_of_what_is_special_about_it():
    added = "groups.second={ nights = ['Tue', 'Wed', 'Thu'], start = 09:00:00, seats = 8 }"
    assert lines(added) == ["groups.second: - | nights Tue Wed Thu, start 09:00:00, seats 8"]
    one, other = resolve(PLAIN, [added]), resolve(PLAIN)
    assert [difference.texts[1] for difference in differences([one, other])] == ["-"]
    (difference,) = differences([one, other])
    assert difference.values[0]["hours"] == 3.0
    assert difference.values[1] is None


def test_a_value_of_which_only_one_scenario_speaks_is_told():
    trait = "traits.moud={ share = 0.2 }"
    one, other = resolve(PLAIN, [trait]), resolve(PLAIN, [trait, "referrals.self.traits.moud=0.4"])
    (difference,) = differences([one, other])
    assert (difference.path, difference.values) == ("referrals.self.traits.moud", (None, 0.4))
    assert difference.texts == ("-", "0.4")


def test_a_value_has_its_label_and_unit():
    (difference,) = differences([resolve(PLAIN), resolve(PLAIN, ["groups.evening.seats=16"])])
    assert (difference.label, difference.unit, difference.values) == ("Seats on each night", "seats", (12, 16))


def test_several_scenarios_are_told_side_by_side_in_the_order_of_the_file():
    found = differences(
        [resolve(PLAIN), resolve(PLAIN, ["weeks=52", "groups.evening.seats=9"]), resolve(PLAIN, ["weeks=60"])]
    )
    assert [(one.path, one.texts) for one in found] == [
        ("weeks", ("104", "52", "60")),
        ("groups.evening.seats", ("12", "9", "12")),
    ]


def test_names_and_descriptions_tell_scenarios_apart_and_are_no_difference():
    assert lines("name=Another", "description=Something else") == []


def test_the_same_entries_in_another_order_are_a_difference():
    text = PLAIN.read_text(encoding="utf-8")
    first, last = text.index("[phases.intensive]"), text.index("[phases.step_down]")
    end = text.index("[", last + 1)
    turned = text[:first] + text[last:end] + text[first:last] + text[end:]
    found = differences([resolve(PLAIN), resolve_text(turned, "turned.toml")])
    assert [str(one) for one in found] == ["phases: intensive step_down | step_down intensive"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_differ_in_no_value_from_themselves_and_in_some_from_each_other(path):
    for other in SHIPPED:
        assert (differences([resolve(path), resolve(other)]) == ()) == (path == other)
