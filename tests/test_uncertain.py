"""Runs and batches with drawn inputs: paired between arms, kept by replication, and told apart from luck."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.ignorance import lead
from iopsim.cli.studies import app
from iopsim.experiments.plan import load_experiment
from iopsim.experiments.point import Point
from iopsim.experiments.replicate import replicate
from iopsim.experiments.runner import Runner
from iopsim.experiments.uncertainty import TWIN, draw_inputs
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve, resolve_text
from iopsim.stats.components import split_variance
from iopsim.store.chunks import Chunks
from small import GOOD

PLAIN = str(Path(__file__).parent / "plain.toml")
SHORT = ("--workers", "1", "--weeks", "16")
PLAN = resolve(PLAIN, ["weeks=16"])
STEPS = (
    "share = 0.6\nscale_pays = { a = 0.2, b = 0.5 }\n"
    "scale_share.a = { value = 0.4, low = 0.3, high = 0.9 }\nscale_share.b = { value = 0.4, low = 0.3, high = 0.9 }"
)
"""Shares of a sliding scale that are often drawn so that they sum to more than 1, which the door refuses."""

FILE = f"""
question = "More seats?"
base = "{PLAIN}"
weeks = 16
replications = 4
measures = ["census_mean"]
uncertain = true

[arms.larger]
groups.evening.seats = 16
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(PLAN, 6, 3, uncertain=True)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "out"
    answer = CliRunner().invoke(
        app, ("run", PLAIN, *SHORT, "-n", "6", "--seed", "3", "--uncertain", "--out", str(folder))
    )
    assert answer.exit_code == 0, answer.output
    return folder, answer.stdout


def call(*arguments):
    return CliRunner().invoke(app, arguments)


# ------------------------------------------------------------------------------------------- one plan


def test_each_replication_is_that_of_its_own_inputs(result):
    inputs = draw_inputs(PLAN, 3)
    for replication in range(3):
        point = Point(inputs.scenario(replication), 3)
        alone = replicate(point, 1, first=replication)
        assert np.array_equal(alone.numerators[0], result.facts.numerators[replication])


def test_twins_have_the_same_inputs_and_other_luck(result):
    twins = result.ignorance.twins
    inputs = draw_inputs(PLAN, 3)
    alone = replicate(Point(inputs.scenario(2), 3), 1, first=2 + TWIN)
    assert np.array_equal(alone.numerators[0], twins.numerators[2])
    assert not np.array_equal(twins.numerators, result.facts.numerators)


def test_the_split_is_that_of_replications_and_their_twins(result):
    found = result.ignorance
    (column,) = [at for at, one in enumerate(CATALOGUE) if one.name == "referrals"]
    pairs = (facts.numerators[:, column].astype(float) for facts in (result.facts, found.twins))
    assert found.spreads["referrals"].parts == split_variance(*pairs)


def test_a_shift_is_against_the_same_replications_with_everything_at_its_value(result):
    fixed = iopsim.simulate(PLAN.scenario, 6, 3)
    found = result.ignorance
    assert np.array_equal(found.fixed.numerators, fixed.facts.numerators)
    shift = result.values("referrals") - fixed.values("referrals")
    assert found.shifts["referrals"].mean == pytest.approx(shift.mean())


def test_a_shift_is_much_if_it_can_be_told_and_is_large_beside_the_spread(result):
    told = {name for name in result.ignorance.shifts if result.ignorance.shifted(name)}
    assert all(result.ignorance.shifts[name].low > 0.0 or result.ignorance.shifts[name].high < 0.0 for name in told)
    one = resolve(PLAIN, ["weeks=16", "calls.lost_probability={value=0.0, low=0.0, high=0.9}"])
    lost = iopsim.simulate(one, 20, 3, uncertain=True).ignorance
    assert lost.shifted("booked_share")


def test_one_replication_tells_nothing_of_luck():
    said = call("run", PLAIN, *SHORT, "-n", "1", "--uncertain").stdout
    assert "Too few replications to tell what is luck" in said


def test_more_replications_begin_with_the_fewer(result):
    fewer = iopsim.simulate(PLAN, 2, 3, uncertain=True)
    assert np.array_equal(fewer.facts.numerators, result.facts.numerators[:2])
    assert fewer.ignorance.drawn == result.ignorance.drawn[:2]


def test_other_workers_give_the_same(result):
    again = iopsim.simulate(PLAN, 6, 3, uncertain=True, workers=2)
    assert np.array_equal(again.ignorance.twins.numerators, result.ignorance.twins.numerators)
    assert again.ignorance.drawn == result.ignorance.drawn


def test_draws_that_could_not_be_are_counted_and_told():
    resolved = resolve_text(GOOD.replace("share = 0.6", STEPS), "clinic.toml", {"weeks": 4})
    result = iopsim.simulate(resolved, 12, 1, uncertain=True)
    inputs = draw_inputs(resolved, 1)
    refused = sum(len(inputs.draw(replication).refused) for replication in range(12))
    assert result.ignorance.refused == refused > 0
    assert f"{refused} draws could not be, and were drawn again." in lead(result)


def test_a_scenario_that_has_lost_its_ranges_is_refused_and_told_how():
    with pytest.raises(TypeError, match=r"iopsim.scenario.resolve"):
        iopsim.simulate(PLAN.scenario, 2, uncertain=True)
    with pytest.raises(TypeError, match=r"iopsim.scenario.resolve"):
        iopsim.compare({"a": PLAN, "b": PLAN.scenario}, 2, uncertain=True)


def test_without_uncertainty_a_resolved_scenario_is_as_good_as_one_without_origins():
    ours, theirs = iopsim.simulate(PLAN, 2), iopsim.simulate(PLAN.scenario, 2)
    assert np.array_equal(ours.facts.numerators, theirs.facts.numerators)
    assert ours.ignorance is None


def test_a_folder_has_the_inputs_by_replication_and_the_split(saved):
    folder, _ = saved
    inputs = draw_inputs(PLAN, 3)
    with (folder / "inputs.csv").open() as file:
        table = list(csv.DictReader(file))
    for replication, row in enumerate(table):
        assert int(row.pop("replication")) == replication
        assert {name: float(value) for name, value in row.items()} == inputs.draw(replication).values
    assert len(table) == 6
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["uncertain"] == {"unknowns": len(inputs.known), "inputs": inputs.hash, "refused_draws": 0}
    with (folder / "uncertainty.csv").open() as file:
        assert [row["name"] for row in csv.DictReader(file)] == [one.name for one in CATALOGUE]


def test_the_folder_of_a_run_with_fixed_inputs_is_another(saved):
    folder, _ = saved
    answer = call("run", PLAIN, *SHORT, "-n", "6", "--seed", "3", "--out", str(folder))
    assert answer.exit_code == 2
    assert "found a folder with other results" in answer.stderr


def test_the_table_says_what_its_figures_mean_and_what_is_luck(saved):
    _, said = saved
    words = " ".join(said.split())
    assert "numbers that nobody knows drawn within their ranges, anew for each replication" in words
    assert "whatever is the case and however lucky they are" in words
    assert "Of the spread" in said
    assert "Told apart by 6 twins" in words


def test_json_has_the_split(result):
    said = json.loads(call("run", PLAIN, *SHORT, "-n", "6", "--seed", "3", "--uncertain", "--json").stdout)
    (row,) = [one for one in said["spreads"] if one["name"] == "census_mean"]
    assert row["share"] == pytest.approx(result.ignorance.spreads["census_mean"].parts.share)


def test_a_mature_view_is_refused_where_a_draw_has_none():
    calm = ["weeks=60", "referrals.*.months.*=1", 'calendar.holidays=""', "referrals.*.ramp_weeks=0"]
    steady = resolve(PLAIN, [*calm, "referrals.*.growth_per_year=1"])
    assert iopsim.simulate(steady, 1, warm_up=10, uncertain=True).warm_up == 10
    growing = resolve(PLAIN, [*calm, "referrals.*.growth_per_year={value=1.0, low=0.8, high=1.3}"])
    assert iopsim.simulate(growing, 1, warm_up=10).warm_up == 10
    with pytest.raises(iopsim.ScenarioError, match=r"growth_per_year.*drawn within its range"):
        iopsim.simulate(growing, 1, warm_up=10, uncertain=True)


# ----------------------------------------------------------------------------------------- several plans


def test_arms_share_their_draws_and_what_an_arm_sets_itself_is_not_drawn_there():
    plans = {
        "base": PLAN,
        "larger": resolve(PLAIN, ["weeks=16", "groups.evening.seats=16"]),
        "sure": resolve(PLAIN, ["weeks=16", "waitlist.renege_per_day=0.05"]),
        "half": resolve(PLAIN, ["weeks=16", "referrals.*.per_week*=0.5"]),
    }
    found = iopsim.compare(plans, 4, 3, measures=["referrals", "census_mean"], uncertain=True)
    alone = iopsim.simulate(PLAN, 4, 3, uncertain=True)
    assert np.array_equal(found.values("base", "census_mean"), alone.values("census_mean"))
    drawn = {plan.name: plan.inputs.draw(2).scenario for plan in found.batch.plans}
    assert drawn["sure"].waitlist.renege_per_day == 0.05 != drawn["base"].waitlist.renege_per_day
    assert drawn["sure"].attendance == drawn["base"].attendance
    assert drawn["larger"].referrals == drawn["base"].referrals
    sources = drawn["base"].referrals.items()
    assert {name: source.per_week / 2 for name, source in sources} == pytest.approx(
        {name: source.per_week for name, source in drawn["half"].referrals.items()}
    )


def test_a_setting_that_is_multiplied_is_drawn_within_its_range_multiplied():
    half = draw_inputs(resolve(PLAIN, ["calls.lost_probability*=0.5"]), 3)
    (whole,) = [one for one in draw_inputs(PLAN, 3).known if one.name == "calls.lost_probability"]
    (one,) = [one for one in half.known if one.name == "calls.lost_probability"]
    assert (one.low, one.high) == (whole.low / 2, whole.high / 2)


def test_of_a_difference_it_is_told_what_nobody_knows():
    plans = {"base": PLAN, "half": resolve(PLAIN, ["weeks=16", "referrals.*.per_week*=0.5"])}
    found = iopsim.compare(plans, 6, 3, measures=["referrals"], uncertain=True)
    theirs, ours = (iopsim.simulate(plan, 6, 3, uncertain=True).ignorance.twins for plan in plans.values())
    (column,) = [at for at, one in enumerate(CATALOGUE) if one.name == "referrals"]
    twin = (ours.numerators - theirs.numerators)[:, column].astype(float)
    first = found.values("half", "referrals") - found.values("base", "referrals")
    assert found.difference_spread("half", "referrals") == split_variance(first, twin)
    assert iopsim.compare(plans, 2, 3, measures=["referrals"]).difference_spread("half", "referrals") is None


def test_compare_tells_of_drawn_inputs():
    answer = call(
        "compare",
        PLAIN,
        *SHORT,
        "-n",
        "4",
        "-m",
        "referrals",
        "--uncertain",
        "--set",
        "half: referrals.*.per_week*=0.5",
    )
    words = " ".join(answer.stdout.split())
    assert "uncertain: inputs drawn anew for each replication" in words
    assert "How much of the spread of the difference of half is what nobody knows" in words


def test_draws_refused_in_an_arm_are_counted_told_and_kept_in_the_manifest(tmp_path):
    (tmp_path / "clinic.toml").write_text(GOOD)
    (tmp_path / "steps.toml").write_text(GOOD.replace("share = 0.6", STEPS))
    options = ("compare", "clinic.toml", "steps.toml", "--uncertain", "--weeks", "4", "-n", "12", "--workers", "1")
    answer = call(*options, "-m", "referrals", "--out", "out")
    assert answer.exit_code == 0, answer.output
    inputs = draw_inputs(resolve(tmp_path / "steps.toml", ["weeks=4"]), 1)
    refused = sum(len(inputs.draw(replication).refused) for replication in range(12))
    arms = json.loads(Path("out/manifest.json").read_text())["arms"]
    assert [arm["redrawn"] for arm in arms.values()] == [0, refused]
    assert refused > 0
    words = " ".join(answer.stdout.split())
    assert f"Draws that could not be, and were drawn again: {list(arms)[1]} {refused}." in words
    shutil.rmtree("out/chunks")
    again = call(*options, "-m", "referrals", "--out", "out")
    assert f"{list(arms)[1]} {refused}." in " ".join(again.stdout.split())
    alone = {"a": resolve("clinic.toml", ["weeks=4"]), "b": resolve("steps.toml", ["weeks=4"])}
    found = iopsim.compare(alone, 12, 1, measures=["referrals"], uncertain=True)
    assert found.redrawn_by_arm == {"a": 0, "b": refused}


def test_an_experiment_file_and_the_option_draw_the_same(tmp_path):
    (tmp_path / "sure.toml").write_text(FILE.replace("uncertain = true", ""))
    (tmp_path / "unsure.toml").write_text(FILE)
    asked = iopsim.experiment("sure.toml", uncertain=True)
    written = iopsim.experiment("unsure.toml")
    assert np.array_equal(asked.values("larger", "census_mean"), written.values("larger", "census_mean"))
    sure = iopsim.experiment("sure.toml")
    assert not np.array_equal(sure.values("larger", "census_mean"), written.values("larger", "census_mean"))


def test_an_experiment_with_drawn_inputs_goes_on_in_its_folder_twins_and_all(tmp_path):
    (tmp_path / "unsure.toml").write_text(FILE)
    options = ("experiment", "unsure.toml", "--workers", "1", "--out", "out")
    first = call(*options)
    assert first.exit_code == 0, first.output
    times = {path: path.stat().st_mtime_ns for path in Path("out/chunks").rglob("*.chunk")}
    assert any(int(path.name.split("-")[0]) >= TWIN for path in times)
    assert call(*options).stdout == first.stdout
    assert {path: path.stat().st_mtime_ns for path in Path("out/chunks").rglob("*.chunk")} == times
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["arms"]["base"]["inputs"] == draw_inputs(resolve(PLAIN, ["weeks=16"]), 1).hash


def test_another_seed_draws_other_inputs(tmp_path):
    (tmp_path / "unsure.toml").write_text(FILE)
    said = json.loads(
        call("experiment", "unsure.toml", "--workers", "1", "--seed", "5", "--out", "out", "--json").stdout
    )
    assert said["arms"]["base"]["inputs"] == draw_inputs(resolve(PLAIN, ["weeks=16"]), 5).hash


def test_whether_to_draw_is_true_or_false(tmp_path):
    (tmp_path / "unsure.toml").write_text(FILE.replace("uncertain = true", 'uncertain = "yes"'))
    with pytest.raises(iopsim.ScenarioError, match=r"uncertain is true or false"):
        load_experiment("unsure.toml")


def test_twins_are_found_again_in_chunks(tmp_path):
    point = Point(PLAN.scenario, 3, inputs=draw_inputs(PLAN, 3))
    runner = Runner(chunks=Chunks(tmp_path))
    first, _ = runner.fractions([point], TWIN, TWIN + 3)
    names = sorted(path.name for path in tmp_path.rglob("*.chunk"))
    again, _ = runner.fractions([point], TWIN, TWIN + 3)
    assert np.array_equal(first, again)
    assert sorted(path.name for path in tmp_path.rglob("*.chunk")) == names
