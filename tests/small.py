"""A small file that is good, and what is said of it with a line changed."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.scenario import from_toml

# Lines 1 to 36; each bad file below is this one with lines added.
GOOD = """\
name = "Clinic"
opening = 2027-01-04

[referrals.self]
per_week = 2.5

[traits.mandated]
share = 0.3

[traits.moud]
share = 0.2

[payers.medicaid]
share = 0.6

[payers.employer]
share = 0.4

[phases.intensive]
nights_per_week = 3
planned_weeks = 12

[phases.step_down]
nights_per_week = 1
planned_weeks = 4

[rooms.large]
seats = 14

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
room = "large"

[staff.counselor]
people = 1
caseload = 25
"""


def messages(text):
    with pytest.raises(ScenarioError) as caught:
        from_toml(text, "f")
    return [str(problem) for problem in caught.value.problems]


def with_line(header, line):
    """The good file with a line in one of its tables, in place of one with the same key; or with a table more."""
    if f"[{header}]\n" not in GOOD:
        return f"{GOOD}[{header}]\n{line}\n"
    key = line.partition(" ")[0]
    tables = GOOD.split("\n[")
    (index,) = [k for k, table in enumerate(tables) if table.startswith(f"{header}]\n")]
    name, *lines = tables[index].split("\n")
    tables[index] = "\n".join([name, line, *(old for old in lines if not old.startswith(f"{key} "))])
    return "\n[".join(tables)
