"""The experiments and sizings that are shipped, and the examples of the page on them, load and say what they mean."""

import re
from functools import cache

import pytest

from iopsim.experiments import plan, sizing, targets
from iopsim.experiments.plan import load_experiment
from iopsim.experiments.sizing import load_sizing
from iopsim.scenario import resolve
from iopsim.scenario.cautions import cautions
from iopsim.scenario.differences import differences
from shipped import EXPERIMENTS, FILES, ROOT, SIZINGS

PAGE = (ROOT / "docs" / "EXPERIMENT.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

loaded = cache(load_experiment)


def stem(path):
    return path.stem


def scenario(name, arm):
    """The scenario of an arm of a shipped experiment."""
    experiment = loaded(ROOT / "experiments" / f"{name}.toml")
    return next(experiment.resolve(one).scenario for one in experiment.arms if one.name == arm)


def test_there_are_five_experiments_and_a_sizing_at_least():
    assert len([path for path in EXPERIMENTS if not loaded(path).design]) >= 5
    assert SIZINGS


@pytest.mark.parametrize("path", EXPERIMENTS, ids=stem)
def test_every_arm_is_another_plan_than_all_others(path):
    experiment = loaded(path)
    allowed = {"base"} if experiment.design == "full_factorial" else set()  # one of its points may be the base
    assert {arm.same_as for arm in experiment.repeated} <= allowed
    assert len({arm.hash for arm in experiment.arms}) == len(experiment.arms) - len(experiment.repeated)


@pytest.mark.parametrize("path", SIZINGS, ids=stem)
def test_every_candidate_is_another_plan_than_all_others(path):
    candidates = load_sizing(path).candidates
    assert len({candidate.arm.hash for candidate in candidates}) == len(candidates) > 1


@pytest.mark.parametrize("path", EXPERIMENTS, ids=stem)
def test_no_arm_brings_a_caution_that_its_baseline_has_not(path):
    experiment = loaded(path)
    known = cautions(experiment.resolve(experiment.baseline))
    for arm in experiment.arms:
        assert set(cautions(experiment.resolve(arm))) <= set(known)


@pytest.mark.parametrize("path", FILES, ids=stem)
def test_a_file_is_short_begins_with_what_it_is_about_and_names_its_arms_in_words(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.splitlines()) <= 40
    if path in EXPERIMENTS:
        assert all(arm.about for arm in loaded(path).arms)


def told(name, arm):
    """In what an arm differs from the shipped scenario that is its base."""
    experiment = loaded(ROOT / "experiments" / f"{name}.toml")
    base = resolve(experiment.base.path)
    (one,) = (one for one in experiment.arms if one.name == arm)
    return {one.path: one.texts for one in differences([base, experiment.resolve(one)])}


@pytest.mark.parametrize(
    ("name", "arm", "changed"),
    [
        ("evening_groups", "larger", {"groups.evening.seats": ("12", "20")}),
        (
            "evening_groups",
            "two",
            {
                "groups.evening.seats": ("12", "10"),
                "groups.second": ("-", "nights Mon Tue Wed, start 17:30:00, hours 3, seats 10"),
                "staff.counselor.people": ("1", "2"),
            },
        ),
        ("second_counselor", "never", {"groups.evening.seats": ("12", "20")}),
        (
            "second_counselor",
            "opening",
            {"groups.evening.seats": ("12", "20"), "staff.counselor.people": ("1", "2")},
        ),
        (
            "same_day_assessment",
            "walk_in",
            {
                "assessment.client_delay.mean_days": ("4", "1"),
                "assessment.client_delay.median_days": ("3", "0.5"),
                "assessment.open_access": ("false", "true"),
                "groups.evening.seats": ("12", "20"),
            },
        ),
        (
            "evenings",
            "with_thursday",
            {"family_night.weekday": ("Thu", "Tue"), "groups.evening.nights": ("Mon Tue Wed", "Mon Wed Thu")},
        ),
    ],
)
def test_an_arm_changes_what_it_says_and_nothing_else(name, arm, changed):
    assert told(name, arm) == changed


def test_thirty_percent_fewer_referrals_are_seven_tenths_of_every_source():
    base, fewer = scenario("fewer_referrals", "base"), scenario("fewer_referrals", "fewer")
    assert {name: source.per_week for name, source in fewer.referrals.items()} == {
        name: pytest.approx(0.7 * source.per_week) for name, source in base.referrals.items()
    }
    assert set(told("fewer_referrals", "fewer")) == {f"referrals.{name}.per_week" for name in base.referrals}


def test_the_second_counselor_on_demand_is_one_hire_and_after_half_a_year_another_post():
    demand, later = (scenario("second_counselor", arm).staff for arm in ("on_demand", "half_year"))
    assert (demand["counselor"].people, demand["counselor"].most_hires) == (1, 1)
    assert demand["counselor"].hire_when_caseload != "none"
    assert (later["second"].first_week, later["second"].duties) == (26, later["counselor"].duties)


def as_file(example):
    """An example of the page as a whole file."""
    if "question" in example:
        return example
    if 'minimize = "size"' in example:
        (whole,) = (other for other in EXAMPLES if "[choices]" in other)
        return whole.partition("[objective]")[0] + example
    head = 'question = "?"\nbase = "../scenarios/palmetto.toml"\n'
    return head + example + ("" if "[arms" in example or "[factors]" in example else "[arms.a]\nweeks = 52\n")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_loads(tmp_path, example):
    folder = tmp_path / "experiments"
    folder.mkdir()
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    path = folder / "example.toml"
    path.write_text(as_file(example), encoding="utf-8")
    load = load_sizing if "[choices]" in as_file(example) else load_experiment
    assert load(path).question


def test_the_page_names_every_key_and_no_other():
    keys = set(plan.KEYS) | set(sizing.KEYS) | set(targets.TARGET_KEYS) | set(sizing.OBJECTIVE_KEYS)
    assert {key for key in keys if not re.search(rf"[`\[]{key}[`\]. ]", PAGE)} == set()
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(rows) == set(plan.KEYS) - {"set", "arms", "factors", "points", "precision"}
