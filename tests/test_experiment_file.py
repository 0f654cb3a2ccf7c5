"""Experiment files: what they load as, and every bad one with its message."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.experiments.arms import ABOUT
from iopsim.experiments.plan import BOARD, load_experiment
from iopsim.experiments.sheet import MEASURES
from iopsim.scenario import load
from iopsim.scenario.shape import shape
from plan_file import ARM, HEAD, in_folder, told


def loaded(folder, text):
    return load_experiment(in_folder(folder, text))


def values(experiment, name):
    """What the arm of a name changes, as its scenario has it."""
    (arm,) = (arm for arm in experiment.arms if arm.name == name)
    return experiment.resolve(arm).scenario


def test_the_least_that_an_experiment_says_gives_defaults_to_all_else(tmp_path):
    experiment = loaded(tmp_path, HEAD + ARM)
    assert [arm.name for arm in experiment.arms] == ["base", "bigger"]
    assert experiment.baseline.changes == ()
    assert values(experiment, "base") == load(tmp_path / "plain.toml")
    assert values(experiment, "bigger") == load(tmp_path / "plain.toml", ["groups.evening.seats=20"])
    assert [measure.name for measure in experiment.measures] == list(BOARD)
    assert (experiment.name, experiment.question) == ("seats", "More seats?")
    assert (experiment.replications, experiment.precision, experiment.confidence) == (200, None, 0.95)
    assert (experiment.seed, experiment.warm_up, experiment.by, experiment.keep) == (1, None, (), ())


def test_all_that_an_experiment_may_say_is_read(tmp_path):
    flat = "\n".join(f'"{path}" = 1' for path in ("referrals.*.months.*", "referrals.*.growth_per_year"))
    text = f"""
weeks = 156
measures = ["cost_usd", "census_mean"]
baseline = "flat"
confidence = 0.9
seed = 7
warm_up = 60
by = ["source"]
keep = ["clients", "events"]

[precision]
census_mean = 0.5
cost_usd = "2.5 %"
stages = "two"
most = 400

[arms.bigger]
about = "Twenty seats"
groups.evening.seats = 20
{flat}
[arms.flat]
{flat}
"""
    experiment = loaded(tmp_path, HEAD + text)
    assert [arm.name for arm in experiment.arms] == ["flat", "bigger"]
    assert experiment.arms[1].about == "Twenty seats"
    assert values(experiment, "flat").weeks == 156
    assert (experiment.confidence, experiment.seed, experiment.warm_up) == (0.9, 7, 60)
    assert (experiment.by, experiment.keep) == (("source",), ("clients", "events"))
    precision = experiment.precision
    assert (experiment.replications, precision.stages, precision.most) == (None, "two", 400)
    assert [(one.measure.name, one.most, one.relative) for one in precision.half_widths] == [
        ("census_mean", 0.5, False),
        ("cost_usd", 0.025, True),
    ]


@pytest.mark.parametrize(
    "written",
    [
        '[arms.a]\n"groups.evening.seats" = 18\n',
        "[arms.a]\ngroups.evening.seats = 18\n",
        "[arms.a.groups.evening]\nseats = 18\n",
        '[arms.a."groups.evening"]\nseats = 18\n',
        "[arms.a]\ngroups.evening = { seats = 18 }\n",
        '[arms.a]\n"groups.*.seats" = { times = 1.5 }\n',
        '[arms.a.groups."*"]\nseats.times = 1.5\n',
    ],
)
def test_a_change_may_be_written_with_points_headers_or_quotes(tmp_path, written):
    assert values(loaded(tmp_path, HEAD + written), "a") == load(tmp_path / "plain.toml", ["groups.evening.seats=18"])


def test_what_is_set_holds_in_every_arm_and_an_arm_may_change_it_further(tmp_path):
    text = "[set]\ngroups.evening.seats = 16\nweeks = 60\n[arms.a]\nweeks = 52\n[arms.b]\n"
    experiment = loaded(tmp_path, HEAD + text + "groups.evening.seats.times = 0.5\n")
    found = [values(experiment, name) for name in ("base", "a", "b")]
    assert [(one.weeks, one.groups["evening"].seats) for one in found] == [(60, 16), (52, 16), (60, 8)]


def test_an_arm_multiplies_and_adds_an_entry(tmp_path):
    text = '[arms.a]\nreferrals."*".per_week = { times = 0.7 }\nreferrals.street = { per_week = 1.0 }\n'
    plain, found = load(in_folder(tmp_path, "").parent / "plain.toml"), values(loaded(tmp_path, HEAD + text), "a")
    assert found.referrals["street"].per_week == 1.0
    assert found.referrals["court"].per_week == pytest.approx(0.7 * plain.referrals["court"].per_week)


def test_the_origin_of_a_changed_value_is_the_line_of_the_experiment(tmp_path):
    experiment = loaded(tmp_path, HEAD + ARM)
    origin = experiment.resolve(experiment.arms[1]).origins["groups.evening.seats"]
    assert (origin.layer, str(origin)) == ("change", f"{tmp_path.as_posix()}/seats.toml:4")


def test_arms_that_are_the_same_scenario_are_pointed_out(tmp_path):
    text = "[arms.a]\ngroups.evening.seats = 15\n[arms.b]\ngroups.evening.seats.times = 1.25\n[arms.c]\nweeks = 104\n"
    experiment = loaded(tmp_path, HEAD + text)
    assert [(arm.name, arm.same_as) for arm in experiment.repeated] == [("b", "a"), ("c", "base")]


def test_the_base_is_found_from_the_folder_of_the_experiment(tmp_path):
    (tmp_path / "experiments").mkdir()
    in_folder(tmp_path, "")
    path = tmp_path / "experiments" / "seats.toml"
    path.write_text(HEAD.replace("plain", "../plain") + ARM, encoding="utf-8")
    assert load_experiment(path).base.path == f"{tmp_path.as_posix()}/plain.toml"


def test_a_base_that_changes_after_loading_changes_nothing(tmp_path):
    experiment = loaded(tmp_path, HEAD + ARM)
    before = values(experiment, "bigger")
    (tmp_path / "plain.toml").write_text("", encoding="utf-8")
    assert values(experiment, "bigger") == before


def test_what_describes_an_arm_is_the_name_of_no_setting():
    assert ABOUT not in shape().fields


def test_the_board_names_measures():
    assert set(BOARD) <= set(MEASURES)


TOP = (
    "the top of the file may have question, base, weeks, set, arms, factors, design, points, baseline, measures, "
    "replications, precision, confidence, seed, warm_up, by, keep, uncertain"
)
MEASURE = "a measure is named as `iopsim measures` lists it"
EITHER = "an experiment has either arms, [arms.NAME], or [factors] with a design"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'base = "plain.toml"\n' + ARM,
            (
                "seats.toml: question: found nothing; "
                'question is needed, such as question = "Two evening groups, or one larger?"'
            ),
        ),
        (
            'question = " "\nbase = "plain.toml"\n' + ARM,
            'seats.toml:1: question: found " "; question must be text in double quotes, not empty',
        ),
        (
            'question = "?"\nbase = "plian.toml"\n' + ARM,
            (
                "seats.toml:2: base: found plian.toml: no such file; "
                "base is the path of a scenario file, as seen from the folder of this file (did you mean plain.toml?)"
            ),
        ),
        (HEAD, f"seats.toml: arms: found neither; {EITHER}"),
        (
            HEAD + 'design = "sobol"\npoints = 2\n' + ARM + "[factors]\nweeks = [1]\n",
            f"seats.toml:7: factors: found both; {EITHER}",
        ),
        (HEAD + "measure = []\n" + ARM, f"seats.toml:3: measure: found measure; {TOP} (did you mean measures?)"),
        (
            HEAD + "seed = -1\n" + ARM,
            "seats.toml:3: seed: found -1; seed must be a whole number between 0 and 9,223,372,036,854,775,807",
        ),
        (
            HEAD + "replications = 1\n" + ARM,
            "seats.toml:3: replications: found 1; replications must be a whole number between 2 and 10,000,000",
        ),
        (
            HEAD + "confidence = 95\n" + ARM,
            (
                "seats.toml:3: confidence: found 95; "
                "confidence is a number above 0.5 and below 1, such as confidence = 0.95"
            ),
        ),
        (
            HEAD + 'measures = ["census"]\n' + ARM,
            f'seats.toml:3: measures: found "census"; {MEASURE} (did you mean census_mean?)',
        ),
        (
            HEAD + 'measures = ["Started treatment"]\n' + ARM,
            f'seats.toml:3: measures: found "Started treatment"; {MEASURE} (did you mean started_share?)',
        ),
        (HEAD + "measures = [3]\n" + ARM, f"seats.toml:3: measures: found 3; {MEASURE}"),
        (
            HEAD + 'measures = ["cost_usd", "cost_usd"]\n' + ARM,
            'seats.toml:3: measures: found "cost_usd"; measures name each only once',
        ),
        (
            HEAD + "measures = []\n" + ARM,
            (
                'seats.toml:3: measures: found []; measures is a list of names, such as ["days_to_first_session"]; '
                "`iopsim measures` lists them"
            ),
        ),
        (
            HEAD + 'by = ["sources"]\n' + ARM,
            (
                'seats.toml:3: by: found "sources"; each of by must be one of "source", "trait", "payer" '
                "(did you mean source?)"
            ),
        ),
        (HEAD + 'keep = "clients"\n' + ARM, 'seats.toml:3: keep: found "clients"; keep is a list, such as ["clients"]'),
        (
            HEAD + 'baseline = "biger"\n' + ARM,
            ('seats.toml:3: baseline: found "biger"; baseline must be one of "base", "bigger" (did you mean bigger?)'),
        ),
        (
            HEAD + 'baseline = "bigger"\n' + ARM,
            'seats.toml:3: baseline: found "bigger"; a baseline needs another arm to be compared with it',
        ),
        (
            HEAD + "warm_up = 0\n" + ARM,
            'seats.toml:3: warm_up: found 0; warm_up is a whole number of weeks, at least 1, or "auto"',
        ),
        (
            HEAD + "[set]\ngroups.evening.seats = 0\n" + ARM,
            "seats.toml:4: groups.evening.seats: found 0; seats must be between 1 and 500 seats",
        ),
        (
            HEAD + "[set]\nreplications = 9\n" + ARM,
            (
                "seats.toml:4: set.replications: found 9; "
                "replications stands at the top of the file, above the first header"
            ),
        ),
        (HEAD + "weeks = 0\n" + ARM, "seats.toml:3: weeks: found 0; weeks must be between 1 and 1040 weeks"),
        (
            HEAD + "replications = 9\n" + ARM + "[precision]\ncost_usd = 1\n",
            "seats.toml:3: replications: found 9; give either replications or a precision",
        ),
        (
            HEAD + ARM + "[precision]\nmost = 100\n",
            (
                "seats.toml:5: precision: found no measure; "
                "a precision names measures, such as days_to_first_session = 0.5"
            ),
        ),
        (
            HEAD + ARM + "[precision]\nwait_days = 1\n",
            f"seats.toml:6: precision.wait_days: found wait_days; {MEASURE} (did you mean days_to_assessment?)",
        ),
        (
            HEAD + ARM + "[precision]\nstarted_share = '0 %'\n",
            (
                "seats.toml:6: precision.started_share: found '0 %'; a half-width is a number above 0, "
                'in shares of 1, such as 0.5, or a percentage of the mean: "5 %"'
            ),
        ),
        (
            HEAD + ARM + '[precision]\ncost_usd = 1\nstages = "three"\n',
            'seats.toml:7: precision.stages: found "three"; stages must be one of "sequential", "two"',
        ),
        (
            HEAD + ARM + "[precision]\ncost_usd = 1\nmost = 10\n",
            "seats.toml:7: precision.most: found 10; most must be a whole number between 50 and 10,000,000",
        ),
        (
            HEAD + ARM + "replications = 10\n",
            (
                "seats.toml:5: arms.bigger.replications: found 10; "
                "replications stands at the top of the file, above the first header"
            ),
        ),
        (HEAD + "points = 8\n" + ARM, "seats.toml:3: points: found 8; points goes with [factors]"),
        (
            HEAD + "[arms.base]\nweeks = 3\n",
            'seats.toml:3: arms.base: found base; "base" is the name of the scenario without changes',
        ),
        (
            HEAD + '[arms."two groups"]\nweeks = 3\n',
            (
                'seats.toml:3: arms."two groups": found two groups; '
                "an arm has a name of letters, digits, _ and -, at most 40"
            ),
        ),
        (
            HEAD + '[arms.a]\nabout = "none"\n',
            "seats.toml:3: arms.a: found no change; an arm changes something, such as groups.evening.seats = 15",
        ),
        (
            HEAD + "[arms.a]\nabout = 3\nweeks = 3\n",
            "seats.toml:4: arms.a.about: found 3; about must be text in double quotes",
        ),
        (
            HEAD + "[arms]\na = 3\n",
            ("seats.toml:4: arms.a: found 3; arms.a is given by a header, [arms.a], with its keys on the lines below"),
        ),
        (
            HEAD + "[arms.a]\ngroups.evning.seats = 3\n",
            (
                "seats.toml:4: arms.a.groups.evning.seats: found groups.evning.seats; the groups are evening; a new "
                "one is given whole, as a table: groups.evning={...} (did you mean groups.evening.seats?)"
            ),
        ),
        (
            HEAD + '[arms.a.groups.evening]\nnights = ["Mon", "Mun", "Wed"]\n',
            (
                'seats.toml:4: arms.a.groups.evening.nights: found "Mun"; each of nights must be one of "Mon", "Tue", '
                '"Wed", "Thu", "Fri", "Sat", "Sun" (did you mean Mon?)'
            ),
        ),
        (
            HEAD + '[arms.a]\n"groups..seats" = 1\n',
            (
                'seats.toml:4: arms.a.groups..seats: found "groups..seats"; '
                'a change is named by a path, such as "groups.evening.seats"'
            ),
        ),
        (
            HEAD + "[arms.a]\ngroups.evening.seats = 15 people\n",
            (
                "seats.toml:4: arms.a.groups.evening.seats: found groups.evening.seats = 15 people; "
                "a number stands alone; put its unit after a #, such as 12  # seats"
            ),
        ),
        (
            HEAD + "[arms.a]\nplacement.higher = 0.9\n",
            (
                "seats.toml:4: arms.a.placement: found 0.6 + 0 + 0 + 0.9 + 0.15 + 0.05 = 1.7; the six shares "
                "this_program, withdrawal.share, residential.share, higher, lower, declined must sum to 1"
            ),
        ),
    ],
)
def test_a_bad_experiment_is_answered_where_it_stands(tmp_path, text, message):
    assert told(load_experiment, tmp_path, text) == [message]


def test_every_problem_of_every_arm_is_told_at_once_in_the_order_of_the_lines(tmp_path):
    text = HEAD + (
        'seed = "x"\n[arms.a]\ngroups.evening.seats = 0\ngroups.evening.hours = 99\n'
        "[arms.b]\nwaitlist.limt = 3\n[arms.c.phases.intensive]\nnights_per_week = 5\n"
    )
    assert [(line.split(":")[1], line.split(": ")[1]) for line in told(load_experiment, tmp_path, text)] == [
        ("3", "seed"),
        ("5", "arms.a.groups.evening.seats"),
        ("6", "arms.a.groups.evening.hours"),
        ("8", "arms.b.waitlist.limt"),
        ("10", "arms.c.phases.intensive.nights_per_week"),
    ]


def test_a_base_with_problems_is_told_by_its_own_lines_and_once(tmp_path):
    (tmp_path / "bad.toml").write_text("weeks = 0\n", encoding="utf-8")
    found = told(load_experiment, tmp_path, 'seed = -1\nquestion = "?"\nbase = "bad.toml"\n' + ARM)
    assert [line.split(":")[0] for line in found] == ["seats.toml", *["bad.toml"] * (len(found) - 1)]
    assert "bad.toml:1: weeks: found 0; weeks must be between 1 and 1040 weeks" in found


def test_a_mature_view_of_an_arm_without_a_steady_state_is_refused_with_the_reason(tmp_path):
    flat = '"referrals.*.months.*" = 1\n'
    text = (
        HEAD
        + f"warm_up = 60\nbaseline = 'flat'\n[arms.flat]\n{flat}[arms.late]\n{flat}groups.evening.first_week = 80\n"
    )
    assert told(load_experiment, tmp_path, text) == [
        (
            "seats.toml:3: warm_up: found 60; no steady state can be expected: groups.evening.first_week: found "
            "a group that opens after 80 weeks; a warm-up of 60 weeks ends before that; wait at least "
            "80 weeks (in late)"
        )
    ]


def test_a_file_that_is_not_there_or_not_text_is_answered(tmp_path):
    with pytest.raises(
        ScenarioError, match=r"no such file; give the path of an experiment file; those in experiments/"
    ):
        load_experiment(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match=r"a directory; give the path of an experiment file, such as experiments/"):
        load_experiment(tmp_path)
