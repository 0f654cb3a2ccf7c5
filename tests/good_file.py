"""A good file, which a test spoils in one place, and what answers it."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.scenario import from_toml, resolve_text, resolved_toml

GROUP_KEYS = (
    "nights, start, hours, seats, room, serves, for_traits, first_week, opens_when_waiting, opens_after_weeks, "
    "opens_lead_weeks, admission, cohort_weeks, cohort_open_weeks, smallest_census, facilitators, video, "
    "attendance_odds_ratio, lever"
)
SOURCE_KEYS = (
    "per_week, first_week, ramp_weeks, ramp_start, growth_per_year, doubt, dispersion, months, weekdays, "
    "kept_per_week_waited, priority, enters, traits, payers"
)

# Lines 1 to 17; each bad file below is this one with one thing changed.
GOOD = """\
name = "Clinic"
opening = 2027-01-04

[referrals.self]
per_week = 2.5

[phases.intensive]
nights_per_week = 3
planned_weeks = 12

[phases.step_down]
nights_per_week = 1
planned_weeks = 4

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 12
"""


def messages(text, name="f"):
    with pytest.raises(ScenarioError) as caught:
        from_toml(text, name)
    return [str(problem) for problem in caught.value.problems]


def changed(old, new):
    assert GOOD.count(old) == 1
    return messages(GOOD.replace(old, new))


def added(lines):
    return messages(GOOD + lines)


def assert_answered(text):
    """Either a scenario, or problems that each say where, what and what else."""
    problems, resolved = outcome(text)
    for problem in problems:
        assert problem.file == "f"
        assert problem.found.strip()
        assert problem.allowed.strip()
        assert "\n" not in str(problem)
        assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1
    lines = [problem.line or 0 for problem in problems]
    assert lines == sorted(lines)
    if resolved is not None:
        assert from_toml(resolved_toml(resolved)).hash == resolved.scenario.hash


def outcome(text):
    try:
        return (), resolve_text(text, "f")
    except ScenarioError as error:
        return error.problems or pytest.fail("an error without a problem"), None
