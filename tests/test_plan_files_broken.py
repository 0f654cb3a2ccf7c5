"""Whatever stands in an experiment or sizing file, it loads or is answered with problems; nothing else is raised."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iopsim.errors import ScenarioError
from iopsim.experiments.plan import load_experiment
from iopsim.experiments.sizing import load_sizing
from plan_file import HEAD, in_folder

ARMS = """measures = ["cost_usd", "census_mean"]
confidence = 0.9
seed = 7
by = ["source"]
keep = ["clients"]
baseline = "bigger"

[set]
weeks = 60

[precision]
cost_usd = "5 %"
most = 100
stages = "two"

[arms.bigger]
about = "Larger"
groups.evening.seats = 20

[arms.fewer]
"referrals.*.per_week" = { times = 0.7 }
"""
FACTORS = """design = "sobol"
points = 4

[factors]
groups.evening.seats = { low = 8, high = 16 }
"referrals.*.per_week" = { times = { low = 0.6, high = 1.4 } }
groups.evening.nights = [["Mon", "Tue", "Wed"], ["Mon", "Wed", "Thu"]]

[factors.together]
paths = ["waitlist.limit", "weeks"]
levels = { short = [8, 52], long = ["none", 60] }
"""
SIZING = """first_stage = 50
most = 100

[choices]
groups.evening.seats = [10, 12]

[choices.together]
paths = ["waitlist.limit", "weeks"]
levels = [[8, 52], ["none", 60]]

[targets.soon]
measure = "days_to_first_session"
at_most = 12.0
as = "chance"
chance = 0.8
tolerance = 0.05

[objective]
minimize = "size"
size = { groups.evening.seats = 1, weeks = 2.5 }
"""
LOADERS = {ARMS: load_experiment, FACTORS: load_experiment, SIZING: load_sizing}
VALUES = (
    "0", "-1", "1", "3.5", "1e300", "nan", "-inf", "9223372036854775807", "true", '""', '"x"', '"none"', '"5 %"', "[]",
    "[[]]", "[1]", "[[1, 2]]", '["cost_usd"]', "{}", "{ times = 2 }", "{ times = [] }", "{ times = { low = 1 } }",
    "{ low = 1, high = 2 }", "{ low = nan, high = inf }", "{ value = 3 }", "{ paths = [] }", "2027-01-04", "17:30:00",
    "{ a = { b = { c = [1, { d = 2 }] } } }", "", "=", "[", '"""', "12 seats",
)  # fmt: skip
KEYS = (
    "question",
    "base",
    "arms",
    "factors",
    "design",
    "precision",
    "set",
    "targets.soon",
    "choices",
    '"*"',
    '"a..b"',
    "",
)


@pytest.mark.parametrize("text", LOADERS, ids=["arms", "factors", "sizing"])
def test_the_files_that_are_broken_below_load(tmp_path, text):
    assert LOADERS[text](in_folder(tmp_path, HEAD + text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    st.sampled_from(list(LOADERS)),
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(["value", "key", "drop", "repeat", "header"]),
                  st.sampled_from(VALUES), st.sampled_from(KEYS)),
        min_size=1, max_size=3,
    ),
)  # fmt: skip
def test_a_file_with_broken_lines_or_values_of_another_kind_is_answered(tmp_path, text, breaks):
    lines = (HEAD + text).splitlines()
    for place, how, value, key in breaks:
        index = place % len(lines)
        name, _, old = lines[index].partition(" = ")
        lines[index] = {
            "value": f"{name} = {value}",
            "key": f"{key} = {old}",
            "drop": "",
            "repeat": f"{lines[index]}\n{lines[index]}",
            "header": f"[{key}]",
        }[how]
    path, problems = in_folder(tmp_path, "\n".join(lines)), []
    try:
        question = LOADERS[text](path).question
    except ScenarioError as error:
        question, problems = "", error.problems
    assert bool(question) != bool(problems)
    assert all(problem.found and problem.allowed for problem in problems)
