"""Designs, as points and as the factors of an experiment file."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.experiments.design import (
    MOST_POINTS,
    full_factorial,
    is_power_of_two,
    latin_hypercube,
    nth,
    one_at_a_time,
    sobol,
    within,
)
from iopsim.experiments.plan import load_experiment
from iopsim.scenario import load
from plan_file import HEAD, in_folder, told

LEVELS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@given(LEVELS)
def test_a_full_factorial_has_every_combination_once(levels):
    points = full_factorial(levels)
    assert sorted(points) == sorted(itertools.product(*map(range, levels)))


@given(LEVELS)
def test_one_at_a_time_sets_one_factor_in_each_point_and_every_level_once(levels):
    points = one_at_a_time(levels)
    set_to = [[(factor, level) for factor, level in enumerate(point) if level is not None] for point in points]
    assert all(len(one) == 1 for one in set_to)
    assert Counter(one[0] for one in set_to) == Counter((f, level) for f, n in enumerate(levels) for level in range(n))


@settings(deadline=None)  # the first call imports scipy
@given(st.integers(1, 60), st.integers(1, 6), st.integers(0, 2**64 - 1))
def test_a_latin_hypercube_has_one_point_in_every_stratum_of_every_factor(points, factors, seed):
    strata = np.floor(latin_hypercube(points, factors, seed) * points).astype(int)
    assert all(sorted(column) == list(range(points)) for column in strata.T)


@settings(deadline=None)  # the first call imports scipy
@given(st.integers(0, 8), st.integers(1, 6), st.integers(0, 2**64 - 1))
def test_sobol_points_have_one_in_every_stratum_of_every_factor(power, factors, seed):
    strata = np.floor(sobol(2**power, factors, seed) * 2**power).astype(int)
    assert all(sorted(column) == list(range(2**power)) for column in strata.T)


@pytest.mark.parametrize("power", [2, 4, 6])
def test_the_first_two_factors_of_sobol_points_are_balanced_together(power):
    halves = np.floor(sobol(2**power, 2, 5) * 2 ** (power // 2)).astype(int)
    assert set(Counter(map(tuple, halves.tolist())).values()) == {1}


def test_a_number_of_sobol_points_that_is_no_power_of_two_is_refused():
    with pytest.raises(ValueError, match="points must be a power of 2, not 6"):
        sobol(6, 2, 1)


@pytest.mark.parametrize("sample", [latin_hypercube, sobol])
def test_a_seed_makes_the_points(sample):
    assert np.array_equal(sample(16, 3, 7), sample(16, 3, 7))
    assert not np.array_equal(sample(16, 3, 7), sample(16, 3, 8))


@given(st.integers(-50, 50), st.integers(1, 40))
def test_every_whole_number_of_a_range_has_an_equal_part_of_the_places(low, n):
    grid = [within(low, low + n - 1, (k + 0.5) / (10 * n), whole=True) for k in range(10 * n)]
    assert Counter(grid) == dict.fromkeys(range(low, low + n), 10)
    assert within(low, low + n - 1, np.nextafter(1.0, 0.0), whole=True) == low + n - 1


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1, exclude_max=True))
def test_a_value_of_a_range_lies_in_it(low, width, place):
    assert low <= within(low, low + width, place, whole=False) <= low + width


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_a_place_falls_into_one_of_the_parts(n, place):
    assert nth(n, place) / n <= place < (nth(n, place) + 1) / n + 1e-12
    assert nth(n, place) in range(n)


def test_powers_of_two_are_told():
    assert [number for number in range(-1, 20) if is_power_of_two(number)] == [1, 2, 4, 8, 16]


# ---------------------------------------------------------------------------------------------- from a file

TWO = "[factors]\ngroups.evening.seats = [10, 12]\n" + '"referrals.*.per_week" = { times = [0.7, 1.0, 1.3] }\n'
RANGES = "[factors]\ngroups.evening.seats = { low = 10, high = 13 }\ngroups.evening.hours = { low = 2.0, high = 4.0 }\n"


def points(folder, text):
    experiment = load_experiment(in_folder(folder, HEAD + text))
    return experiment, [arm for arm in experiment.arms if arm.levels]


def test_a_full_factorial_of_a_file_sets_every_combination(tmp_path):
    experiment, found = points(tmp_path, 'design = "full_factorial"\n' + TWO)
    assert [tuple(arm.levels.values()) for arm in found] == [
        (seats, times) for seats in ("10", "12") for times in ("x 0.7", "x 1", "x 1.3")
    ]
    assert [arm.name for arm in found] == [f"point_{number}" for number in range(1, 7)]
    scenario, plain = experiment.resolve(found[0]).scenario, load(tmp_path / "plain.toml")
    assert scenario.groups["evening"].seats == 10
    assert scenario.referrals["self"].per_week == pytest.approx(0.7 * plain.referrals["self"].per_week)
    assert [arm.name for arm in experiment.repeated] == ["point_5"]
    assert found[4].same_as == "base"


def test_one_at_a_time_of_a_file_leaves_all_else_as_the_base_has_it(tmp_path):
    experiment, found = points(tmp_path, 'design = "one_at_a_time"\n' + TWO)
    plain = load(tmp_path / "plain.toml").model_dump()
    assert len(found) == 5
    for arm in found:
        scenario = experiment.resolve(arm).scenario.model_dump()
        changed = {table for table in plain if plain[table] != scenario[table]}
        assert changed <= {"groups" if "groups.evening.seats" in arm.levels else "referrals"}


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_a_sample_of_a_file_takes_every_whole_number_and_spans_the_range(tmp_path, design):
    experiment, found = points(tmp_path, f'design = "{design}"\npoints = 32\nseed = 3\n' + RANGES)
    groups = [experiment.resolve(arm).scenario.groups["evening"] for arm in found]
    assert Counter(group.seats for group in groups) == dict.fromkeys(range(10, 14), 8)
    assert sorted(int((group.hours - 2) * 16) for group in groups) == list(range(32))
    other = points(tmp_path, f'design = "{design}"\npoints = 32\nseed = 4\n' + RANGES)[1]
    assert [arm.levels for arm in other] != [arm.levels for arm in found]


def test_the_levels_of_a_range_are_its_ends(tmp_path):
    _, found = points(tmp_path, 'design = "one_at_a_time"\n' + RANGES)
    assert [tuple(arm.levels.items()) for arm in found] == [
        (("groups.evening.seats", "10"),),
        (("groups.evening.seats", "13"),),
        (("groups.evening.hours", "2"),),
        (("groups.evening.hours", "4"),),
    ]


def test_a_factor_may_move_several_settings_and_name_its_levels(tmp_path):
    text = """design = "full_factorial"
[factors.size]
paths = ["groups.evening.seats", "groups.evening.facilitators"]
levels = { small = [10, 1], large = [20, 2] }
[factors.nights]
paths = ["groups.evening.nights"]
levels = [[["Mon", "Tue", "Wed"]], [["Mon", "Wed", "Thu"]]]
"""
    experiment, found = points(tmp_path, text)
    assert [tuple(arm.levels.values()) for arm in found] == [
        (size, nights) for size in ("small", "large") for nights in ("Mon Tue Wed", "Mon Wed Thu")
    ]
    group = experiment.resolve(found[-1]).scenario.groups["evening"]
    assert (group.seats, group.facilitators, group.nights) == (20, 2, ("Mon", "Wed", "Thu"))


def test_a_sample_gives_each_level_of_a_list_an_equal_part(tmp_path):
    text = 'design = "sobol"\npoints = 16\n[factors]\ngroups.evening.seats = [8, 10, 12, 14]\n'
    _, found = points(tmp_path, text)
    assert Counter(arm.levels["groups.evening.seats"] for arm in found) == dict.fromkeys(("8", "10", "12", "14"), 4)


DESIGNS = '"full_factorial", "one_at_a_time", "latin_hypercube", "sobol"'
LIST = "levels are a list, such as [10, 12], or a range, such as { low = 8, high = 16 }"
ENDS = "a range has a low and a higher high end: { low = 8, high = 16 }"
FULL = 'design = "full_factorial"\n[factors]\n'
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TWO, f"seats.toml: design: found nothing; design must be one of {DESIGNS}"),
        (
            'design = "full factorial"\n' + TWO,
            (
                f'seats.toml:3: design: found "full factorial"; design must be one of {DESIGNS} '
                "(did you mean full_factorial?)"
            ),
        ),
        (
            'design = "one_at_a_time"\npoints = 4\n' + TWO,
            (
                "seats.toml:4: points: found 4; "
                "points goes with latin_hypercube and sobol; this design has as many as its levels make"
            ),
        ),
        (
            'design = "sobol"\npoints = 6\n' + TWO,
            (
                "seats.toml:4: points: found 6; points of a Sobol' design are a power of 2, or its balance is lost "
                "(did you mean 4?)"
            ),
        ),
        (
            'design = "latin_hypercube"\n' + TWO,
            "seats.toml: points: found nothing; points is needed, such as points = 64",
        ),
        (
            'design = "latin_hypercube"\npoints = 30_000\n' + TWO,
            "seats.toml:4: points: found 30_000; points must be a whole number between 2 and 20,000",
        ),
        (
            FULL + "".join(f"referrals.self.months.{month} = [1.0, 1.1, 1.2]\n" for month in MONTHS),
            (
                f"seats.toml:3: design: found {3**10:,} points; a design has at most {MOST_POINTS:,}; "
                "latin_hypercube takes as many as one asks for"
            ),
        ),
        (FULL + "weeks = []\n", f"seats.toml:5: factors.weeks: found []; {LIST}"),
        (FULL + "weeks = 3\n", f"seats.toml:5: factors.weeks: found 3; {LIST}"),
        (FULL + "weeks = [52, 52]\n", "seats.toml:5: factors.weeks: found 52 twice; levels differ from each other"),
        (
            FULL + "weeks = { low = 60, high = 52 }\n",
            f"seats.toml:5: factors.weeks: found {{ low = 60, high = 52 }}; {ENDS}",
        ),
        (FULL + "weeks = { low = 60 }\n", f"seats.toml:5: factors.weeks: found {{ low = 60 }}; {ENDS}"),
        (
            FULL + "weeks = { low = 52, high = 60.5 }\n",
            (
                "seats.toml:5: factors.weeks: found { low = 52, high = 60.5 }; "
                "weeks is a whole number; so are the ends of its range"
            ),
        ),
        (
            FULL + "groups.evening.nights = { low = 1, high = 2 }\n",
            (
                "seats.toml:5: factors.groups.evening.nights: found { low = 1, high = 2 }; "
                "only a number has a range; give the levels of groups.evening.nights as a list"
            ),
        ),
        (
            FULL + "weeks = { times = [1, 2], low = 3 }\n",
            (
                "seats.toml:5: factors.weeks: found { times = [1, 2], low = 3 }; "
                "times stands alone: { times = [0.7, 1.0] }"
            ),
        ),
        (
            FULL + "groups.evening.seats = [12, 0]\n",
            "seats.toml:5: factors.groups.evening.seats: found 0; seats must be between 1 and 500 seats",
        ),
        (
            FULL + "groups.evning.seats = [12, 14]\n",
            (
                "seats.toml:5: factors.groups.evning.seats: found groups.evning.seats; the groups are evening; a new "
                "one is given whole, as a table: groups.evning={...} (did you mean groups.evening.seats?)"
            ),
        ),
        (
            FULL + "weeks = [52, 60]\n[factors.run]\npaths = ['weeks']\nlevels = [[70]]\n",
            "seats.toml:6: factors.run: found weeks; weeks stands in two places; a setting belongs to one only",
        ),
        (
            FULL + "[factors.run]\npaths = ['weeks', 'groups.evening.seats']\nlevels = [[70, 8], [80]]\n",
            (
                "seats.toml:7: factors.run.levels: found [80]; "
                "each of the levels has a value for each of the paths, in their order, such as [1, 1]"
            ),
        ),
        (
            FULL + "[factors.run]\npaths = 'weeks'\nlevels = [[70]]\n",
            (
                "seats.toml:6: factors.run.paths: found 'weeks'; "
                'paths is a list of paths, such as ["groups.evening.seats", "staff.counselor.people"]'
            ),
        ),
        (
            FULL + "[factors.run]\npaths = ['weeks']\nlevels = [[70]]\nlevel = 3\n",
            "seats.toml:8: factors.run.level: found level; [factors.run] may have paths, levels (did you mean levels?)",
        ),
        (
            FULL + "[factors.run]\npaths = ['weeks']\nlevels = \n",
            "seats.toml:7: factors.run.levels: found levels =; the value is missing after =",
        ),
        (
            FULL + "[factors.run]\npaths = ['weeks']\nlevels = [[]]\n",
            (
                "seats.toml:7: factors.run.levels: found []; "
                "each of the levels has a value for each of the paths, in their order, such as [1]"
            ),
        ),
        (
            FULL + "seed = 3\nweeks = [52]\n",
            "seats.toml:5: factors.seed: found 3; seed stands at the top of the file, above the first header",
        ),
    ],
)
def test_a_bad_design_is_answered_where_it_stands(tmp_path, text, message):
    assert told(load_experiment, tmp_path, HEAD + text) == [message]
