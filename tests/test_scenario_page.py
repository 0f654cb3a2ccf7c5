"""The page on what a scenario file may say is current, complete and true."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iopsim.cli.commands import app
from iopsim.scenario import from_toml, resolve
from iopsim.scenario.listing import BEGINS, LISTED, listing
from iopsim.scenario.present_file import COLUMNS
from iopsim.scenario.resolved import leaves
from iopsim.scenario.starter import starter_text
from small import GOOD

PAGE = (Path(__file__).parent.parent / LISTED).read_text(encoding="utf-8")
PROSE, _, LIST = PAGE.partition(BEGINS)
SAMPLE = re.search(r"```csv\n(.*?)```", PROSE, re.DOTALL)[1]


def rows():
    """Every row of the listing: table, path, meaning, unit, what it may be, default, who sets it."""
    table = ""
    for line in listing().splitlines():
        if line.startswith("### "):
            table = line.removeprefix("### ")
        elif line.startswith("| `"):
            yield table, *[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_page_ends_with_the_listing_of_today():
    assert listing() == BEGINS + LIST, f"put the output of iopsim schema --markdown at the end of {LISTED}"
    assert CliRunner().invoke(app, ["schema", "--markdown"]).stdout == listing()


SPANS = {"months": "Jan to Dec", "weekdays": "Mon to Sun", "weekday_odds_ratios": "Mon to Sun"}


def test_every_value_of_a_scenario_is_listed():
    listed = {(re.sub(r"`?\[(\w+).*", r"\1", table), path.replace("`", "")) for table, path, *_ in rows()}
    for key, _, _ in leaves(from_toml(full_starter())):
        table = key[0] if len(key) > 1 else "The top of the file, above the first header"
        end = (*key[:-1], SPANS[key[-2]]) if key[-2:-1] and key[-2] in SPANS else key
        assert any((table, ".".join(end[cut:])) in listed for cut in range(3)), key


@pytest.mark.parametrize(
    ("table", "path", "cells"),
    [
        ("`[groups.NAME]`", "`seats`", ("Seats on each night", "seats", "whole, 1 to 500", "12", "plan")),
        ("`[groups.NAME]`", "`start`", ("Start, clock time", "", "time of day, such as 17:30:00", "17:30:00", "")),
        ("`[waitlist]`", "`ready_delay.mean_days`", (None, "days", "0 to 365", "5", "world")),
        ("`[staff.NAME]`", "`caseload`", (None, "clients", 'whole, 0 to 100000, or `"none"`', "*needed*", "plan")),
        ("`[payers.NAME]`", "`before_contract`", (None, "", '`"wait"` `"unpaid"`', '`"unpaid"`', "")),
        ("`[referrals.NAME]`", "`months.Jan` to `Dec`", (None, "ratio", "0 to 100", "1; Jan 1.15; Dec 0.85", "world")),
        (
            "`[levers.NAME]`, NAME being one of these",
            "`usd_per_session`",
            (None, "usd", None, "0; transport 12", "world"),
        ),
    ],
)
def test_a_field_is_listed_with_meaning_unit_range_default_and_who_sets_it(table, path, cells):
    (found,) = [row[2:] for row in rows() if row[:2] == (table, path)]
    assert all(told == wanted for told, wanted in zip(found, cells, strict=True) if wanted is not None)


def test_the_meaning_of_a_field_does_not_repeat_its_unit():
    assert not [row for row in rows() if row[3] and row[2].endswith(f"[{row[3]}]")]


def test_the_first_example_of_the_page_is_a_whole_scenario_and_the_others_are_toml():
    first, *others = re.findall(r"```toml\n(.*?)```", PROSE, re.DOTALL)
    assert from_toml(first).referrals["court"].traits["mandated"] == 1.0
    assert others
    assert all(tomllib.loads(text) for text in others)


def test_the_sample_table_of_present_clients_can_be_loaded_and_each_column_is_explained(tmp_path):
    court = "[referrals.court]\nper_week = 1.0\n\n[traits.mandated]"
    text = GOOD.replace("[traits.mandated]", court).replace("opening", 'present_file = "present.csv"\nopening', 1)
    (tmp_path / "clinic.toml").write_text(text, encoding="utf-8")
    (tmp_path / "present.csv").write_text(SAMPLE, encoding="utf-8")
    present = resolve(tmp_path / "clinic.toml").scenario.present
    assert [here.count for here in present.values()] == [3, 1, 2]
    assert present["line_3"].traits == ("mandated", "moud")
    assert re.findall(r"^\| `(\w+)` \|", PROSE, re.MULTILINE) == list(COLUMNS)


def full_starter():
    """The starter file with every example switched on."""
    return re.sub(r"^#(?=[a-z\[])", "", starter_text(), flags=re.MULTILINE)


def test_the_starter_has_money_and_its_examples_can_be_used_all_at_once():
    assert set(from_toml(starter_text()).payers) == {"medicaid"}
    scenario = from_toml(full_starter())
    assert scenario.groups["morning"].opens_when_waiting == 6
    assert scenario.groups["online"].video and scenario.levers.video.on
    assert scenario.staff["counselor"].hire_when_caseload == 22
    assert scenario.block_grant.applies and scenario.interim.offered == "priority"
    assert scenario.referrals["court"].priority == 0
    assert scenario.waitlist.limit == 10
    assert scenario.present["first"].count == 4
