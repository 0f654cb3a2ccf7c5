"""Changes that multiply what is there, each value by itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iopsim.errors import ScenarioError
from iopsim.scenario import from_toml, load, resolve, resolve_text

PLAIN = Path(__file__).parent / "plain.toml"
TEXT = PLAIN.read_text(encoding="utf-8")


def messages(*changes):
    with pytest.raises(ScenarioError) as caught:
        load(PLAIN, changes)
    return [str(problem) for problem in caught.value.problems]


def test_every_entry_is_multiplied_from_its_own_value():
    before, after = load(PLAIN), load(PLAIN, ["referrals.*.per_week*=0.5"])
    assert {name: 2 * source.per_week for name, source in after.referrals.items()} == {
        name: source.per_week for name, source in before.referrals.items()
    }
    assert load(PLAIN, {"referrals.*.per_week": {"times": 0.5}}) == after
    assert load(PLAIN, ["referrals.*.per_week = { times = 0.5 }"]) == after


def test_a_star_before_the_sign_is_a_name_and_one_after_a_name_multiplies():
    assert load(PLAIN, ["referrals.*.months.*=2"]).referrals["self"].months["Jan"] == 2.0
    assert load(PLAIN, ["referrals.*.months.* *= 2"]).referrals["self"].months["Jan"] == 2.3
    assert load(PLAIN, ["referrals.*.months.**=2"]).referrals["self"].months["Dec"] == 1.7


def test_a_value_is_multiplied_as_a_person_multiplies():
    assert (
        load(PLAIN, ["referrals.self.per_week=0.75", "referrals.self.per_week*=0.7"]).referrals["self"].per_week
        == 0.525
    )


@pytest.mark.parametrize(("seats", "times", "product"), [(10, 1.25, 13), (50, 0.29, 15), (12, 0.7, 8), (3, 0.4, 1)])
def test_a_whole_number_stays_whole_a_half_going_up(seats, times, product):
    found = load(PLAIN, [f"groups.evening.seats={seats}", f"groups.evening.seats*={times}"]).groups["evening"].seats
    assert (found, type(found)) == (product, int)


def test_multiples_of_one_value_go_on_from_each_other_and_from_changes_before_them():
    changes = ["referrals.self.per_week=2", "referrals.*.per_week*=3", "referrals.self.per_week*=0.5"]
    assert load(PLAIN, changes).referrals["self"].per_week == 3.0


def test_a_default_is_multiplied_like_what_the_file_says():
    assert "renege" not in TEXT
    assert (
        load(PLAIN, ["waitlist.renege_per_day*=0.5"]).waitlist.renege_per_day == load(PLAIN).waitlist.renege_per_day / 2
    )


def test_a_table_may_multiply_some_of_its_values():
    source = load(PLAIN, {"referrals.self": {"per_week": {"times": 2}, "priority": 0}}).referrals["self"]
    assert (source.per_week, source.priority) == (2 * load(PLAIN).referrals["self"].per_week, 0)


def test_a_range_is_multiplied_too_and_cut_at_the_bounds_of_the_field():
    text = (
        TEXT
        + "\n[calls]\nlost_probability = { value = 0.6, low = 0.4, high = 0.9, source = 'us', grade = 'assumed' }\n"
    )
    path = "calls.lost_probability"
    halved = _origin(text, f"{path}*=0.5")
    assert (halved.low, halved.high, halved.source, halved.grade) == (0.2, 0.45, "", "")
    assert (_origin(text, f"{path}*=1.5").low, _origin(text, f"{path}*=1.5").high) == (0.6, 1.0)


def _origin(text, change):
    return resolve_text(text, "clinic.toml", [change]).origins["calls.lost_probability"]


def test_no_limit_is_left_where_a_star_meets_it_and_refused_by_itself():
    changes = ['staff.a={people=1, caseload="none", wage_usd_per_hour=20}', "staff.b={people=1, caseload=10}"]
    scenario = load(PLAIN, [*changes, "staff.*.caseload*=2"])
    assert [scenario.staff[name].caseload for name in "ab"] == ["none", 20]
    (message,) = messages(*changes, "staff.a.caseload*=2")
    assert message == (
        '--set staff.a.caseload*=2: staff.a.caseload: found "none"; there is no number to multiply; '
        "give caseload a value of its own"
    )


FACTOR = "a value is multiplied by a number between 0 and 1,000,000, such as 0.7"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("groups.evening.seats*=-1", f"groups.evening.seats: found -1; {FACTOR}"),
        ("groups.evening.seats*=nan", f"groups.evening.seats: found nan; {FACTOR}"),
        ("groups.evening.seats*=half", f'groups.evening.seats: found "half"; {FACTOR}'),
        ("groups.evening.seats*=true", f"groups.evening.seats: found true; {FACTOR}"),
        ("groups.evening*=2", "groups.evening: found a table; only a number can be multiplied"),
        (
            "groups.evening.nights*=2",
            "groups.evening.nights: found groups.evening.nights, not a number; only a number can be multiplied",
        ),
        ("groups.evening.seats*=100", "groups.evening.seats: found 1200; seats must be between 1 and 500 seats"),
        (
            "referrals.self.months*=2",
            (
                "referrals.self.months: found a table; only a number can be multiplied; "
                "referrals.self.months.* is every entry"
            ),
        ),
        (
            "referrals.self.traits.moud*=2",
            "referrals.self.traits.moud: found nothing; there is no number to multiply; give moud a value of its own",
        ),
    ],
)
def test_what_cannot_be_multiplied_is_answered(change, message):
    assert messages(change) == [f"--set {change}: {message}"]


def test_a_slip_in_a_path_that_multiplies_is_answered_as_in_any_change():
    (message,) = messages("groups.evning.seats*=2")
    assert message.endswith("(did you mean groups.evening.seats?)")


def test_the_origin_of_a_product_is_its_change():
    assert resolve(PLAIN, ["weeks*=0.5"]).origins["weeks"].where == "--set weeks*=0.5"


@given(st.integers(1, 400).map(lambda n: n / 100), st.integers(1, 12))
def test_a_factor_is_a_change_to_the_product(times, per_week):
    product = from_toml(TEXT, changes={"referrals.self.per_week": round(per_week * times, 2)})
    changes = [f"referrals.self.per_week={per_week}", f"referrals.self.per_week*={times}"]
    assert from_toml(TEXT, changes=changes) == product
