"""Money as it is read: dollars in tables and files, and no more digits than are known."""

import csv
import io
import re

import numpy as np
import pytest

from iopsim.api import simulate
from iopsim.cli.board import notes
from iopsim.experiments.documents import documents
from iopsim.experiments.reading import BOARD, read, whole_places, worth_reading
from iopsim.experiments.result import Result, dollars
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.scenario.load import load
from iopsim.scenario.resolved import without_origins
from strategies import PLAIN

MONEY = {measure.name: measure for measure in GROUPS["Money"]}


def simulated(**payers: object) -> Result:
    scenario = load(PLAIN, changes={"weeks": 60, **{f"payers.{name}": payer for name, payer in payers.items()}})
    return simulate(scenario, replications=4, seed=3)


@pytest.fixture(scope="module")
def paid() -> Result:
    return simulated(medicaid={"share": 1.0})


@pytest.fixture(scope="module")
def unpaid() -> Result:
    return simulated()


def test_an_amount_is_written_in_whole_dollars() -> None:
    assert [dollars(amount) for amount in (12345.4, -80.0, 0.0, -0.2)] == ["$12,345", "-$80", "$0", "$0"]


@pytest.mark.parametrize(
    ("half_width", "places"), [(0.4, 0), (3.0, 0), (20.0, 0), (345.0, -1), (3456.0, -2), (0.0, 0), (np.nan, 0)]
)
def test_dollars_keep_two_digits_of_their_half_width(half_width: float, places: int) -> None:
    assert whole_places(half_width) == places


def test_a_measure_of_money_is_dollars_of_the_cents_counted(paid: Result) -> None:
    column = [measure.name for measure in CATALOGUE].index("cost_usd")
    assert (100 * paid.values("cost_usd")).round().tolist() == paid.facts.numerators[:, column].tolist()
    row = read(MONEY["cost_usd"], paid)
    assert row.unit == "usd" and row.mean.startswith("$") and " to $" in row.interval


def test_the_series_end_at_the_measures(paid: Result) -> None:
    weeks = paid.scenario.money.pre_opening_weeks
    assert paid.weeks_before == weeks and paid.money("cash").shape == (4, weeks + 60)
    earned, cost = paid.money("revenue").sum(axis=1), paid.money("cost").sum(axis=1)
    assert np.allclose(earned, paid.values("revenue_usd")) and np.allclose(cost, paid.values("cost_usd"))
    assert np.allclose(paid.money("cash")[:, -1], paid.values("collected_usd") - cost)
    assert np.allclose(np.maximum(-paid.money("cash").min(axis=1), 0.0), paid.values("cash_hole_usd"))


def test_a_board_reads_what_is_known_of_money(paid: Result, unpaid: Result) -> None:
    assert {name for name, measure in MONEY.items() if worth_reading(measure, paid)} == BOARD & set(MONEY)
    known = {name for name, measure in MONEY.items() if worth_reading(measure, unpaid)}
    assert known == {"cost_usd", "cost_per_completion_usd", "cost_per_client_week_usd"}


def test_a_note_says_which_dollars_these_are(paid: Result, unpaid: Result) -> None:
    said = "usd  Dollars of 2025, nominal, from 12 weeks before the opening on; "
    for result in (paid, unpaid):
        (line,) = [line for line in notes(result, every=False) if line.startswith("usd")]
        assert line.startswith(said)
        assert ("Without payers" in line) == (result is unpaid)


def test_the_file_of_money_begins_before_the_opening(unpaid: Result) -> None:
    rows = list(
        csv.DictReader(io.StringIO(documents(unpaid, without_origins(unpaid.scenario), {})["money.csv"].decode()))
    )
    assert (rows[0]["week"], rows[0]["date"]) == ("-11", "2026-10-12")
    assert (rows[-1]["week"], len(rows)) == ("60", 72)
    assert rows[0]["cost_mean"] == "26000.0" and rows[0]["cash_mean"] == ""


def test_a_note_says_in_how_many_replications_cash_is_still_falling(paid: Result, unpaid: Result) -> None:
    assert not [line for line in notes(unpaid, every=False) if "falling" in line]
    falling = int(paid.values("cash_falling_share").sum())
    (dear,) = [line for line in notes(simulated(medicaid=PENNILESS), every=False) if "falling" in line]
    assert dear.startswith("Cash is still falling at the end in 4 of 4 replications (lower than 13 weeks before)")
    assert falling < 4 and bool(falling) == any("falling" in line for line in notes(paid, every=False))


PENNILESS = {"share": 1.0, "denied_share": 1.0}


def test_a_line_says_what_the_cost_is_made_of(paid: Result) -> None:
    (line,) = [line for line in notes(paid, every=False) if line.startswith("Cost: ")]
    shares = [int(number) for number in re.findall(r"(\d+) %", line)]
    assert "clinical payroll" in line and "start-up" in line
    assert shares == sorted(shares, reverse=True) and 97 <= sum(shares) <= 103
    assert not [line for line in notes(paid, every=True) if line.startswith("Cost: ")]


def test_a_table_in_a_notebook_counts_the_replications_that_can_tell() -> None:
    result = simulate(load(PLAIN, {"weeks": 18}), 8)
    n = result.measures["weeks_until_full"].n
    assert 0 < n < 8
    assert f">Weeks until then ({n} of 8)<" in result._repr_html_()
