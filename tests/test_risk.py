"""Risk in words: how often something happens over replications, by when, and how much may be lost."""

import datetime
import math

import numpy as np
import pytest

from iopsim.errors import IopsimError
from iopsim.experiments.amounts import amount, figure, measure_named
from iopsim.experiments.chances import opened, programs
from iopsim.experiments.risk import last_day, part_of_month, risk_of, sentence

OPENING = datetime.date(2027, 1, 4)
FULL, MARGIN, WAIT = (measure_named(name) for name in ("weeks_until_full", "margin_usd", "days_to_first_session"))


def said(measure, values, label="It"):
    return sentence(risk_of(measure, np.array(values, dtype=float)), label, OPENING, 104)


@pytest.mark.parametrize(
    ("times", "n", "words", "several"),
    [
        (0, 200, "no program in 200", False),
        (200, 200, "all 200 programs", True),
        (20, 200, "one program in ten", False),
        (14, 200, "one program in ten", False),
        (62, 200, "three programs in ten", True),
        (97, 200, "half of the programs", True),
        (185, 200, "nine programs in ten", True),
        (1, 200, "1 of 200 programs", False),
        (9, 200, "9 of 200 programs", True),
        (195, 200, "195 of 200 programs", True),
        (3, 20, "3 of 20 programs", True),
        (1, 1, "the one program", False),
        (0, 1, "no program in 1", False),
    ],
)
def test_a_number_of_replications_is_told_in_tenths_where_there_are_enough_of_them(times, n, words, several):
    assert programs(times, n) == (words, several)


@pytest.mark.parametrize(("times", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_cannot_be_a_number_of_replications_is_refused(times, n):
    with pytest.raises(ValueError, match="0 to n"):
        programs(times, n)


def test_a_sentence_begins_with_a_large_letter():
    assert opened("one program in ten fills") == "One program in ten fills"
    assert opened("") == ""


def test_a_date_is_the_last_day_of_its_week():
    assert last_day(OPENING, 1) == datetime.date(2027, 1, 10)
    assert last_day(OPENING, 0) == datetime.date(2027, 1, 3)
    assert [part_of_month(datetime.date(2027, 5, day)) for day in (1, 10, 11, 20, 21, 31)] == [
        "early ", "early ", "mid-", "mid-", "late ", "late ",
    ]  # fmt: skip


def test_when_it_fills_is_told_by_date_and_who_never_does():
    weeks = np.repeat([10.0, 14.0, 22.0, 30.0, 40.0], [10, 20, 30, 30, 10])
    assert (
        said(FULL, weeks)
        == "One program in ten fills by mid-March, half by early June, nine in ten by early August 2027"
    )
    late = np.where(np.arange(100) >= 70, math.nan, weeks)
    assert said(FULL, late) == (
        "One program in ten fills by mid-March, half by early June 2027; three programs in ten do not within the 104 "
        "weeks of the run"
    )
    assert said(FULL, [math.nan] * 100) == "No program in 100 fills within the 104 weeks of the run"
    assert said(FULL, [*[5.0] * 3, *[math.nan] * 97]) == (
        "3 of 100 programs fill within the 104 weeks of the run, the others do not"
    )
    assert said(FULL, [12.0] * 99 + [60.0]) == "99 of 100 programs fill by 28 March 2027"


def test_marks_within_one_part_of_a_month_are_told_to_the_day():
    weeks = np.repeat([10.0, 11.0, 12.0], [20, 50, 30])
    assert "by 14 March, half by 21 March, nine in ten by 28 March 2027" in said(FULL, weeks)
    over_new_year = np.repeat([50.0, 60.0, 70.0], [20, 50, 30])
    assert "mid-December 2027, half by late February, nine in ten by early May 2028" in said(FULL, over_new_year)


def test_a_percentile_of_weeks_counts_those_that_never_come_so_far():
    found = risk_of(FULL, np.array([1.0, 2.0, 3.0, math.nan, math.nan]))
    assert found.marks == (1.0, 3.0, math.inf)
    assert found.never == 2
    assert math.isnan(found.half_width)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.linspace(-100_000, -50_000, 101),
         "All 101 programs lose money: half of them more than $75,000, one program in ten more than $95,000"),
        (np.linspace(-50_000, 50_000, 100), "Half of the programs lose money, one program in ten more than $40,000"),
        (np.linspace(-12_000, 88_000, 101), "One program in ten loses money"),
        (np.linspace(10_000, 20_000, 101), "No program in 101 loses money; nine in ten earn at least $11,000"),
        (np.linspace(-1, 99, 101) * 1000, "1 of 101 programs loses money"),
    ],
)  # fmt: skip
def test_what_may_be_lost_is_told_in_dollars(values, words):
    assert said(MARGIN, values) == words


def test_a_measure_without_a_story_is_told_by_its_percentiles():
    assert said(WAIT, np.linspace(10, 20, 101), "Wait") == (
        "Wait: 15 days in the middle; one program in ten above 19 days, one in ten below 11 days"
    )
    assert said(WAIT, np.linspace(10, 20, 11), "Wait") == (
        "Wait: 15 days in the middle; 1 of 11 programs above 19 days, 1 of 11 below 11 days"
    )
    assert said(WAIT, [7.0] * 60, "Wait") == "Wait: 7 days in all 60 programs"
    assert said(WAIT, [math.nan] * 60, "Wait") == "Wait: cannot be told in any of 60 programs"
    ever = measure_named("ever_full_share")
    assert said(ever, [1.0] * 30 + [0.0] * 70, "Full") == "Full: in three programs in ten"
    assert said(ever, [0.0] * 70, "Full") == "Full: no program in 70"


@pytest.mark.parametrize("measure", [FULL, MARGIN, WAIT])
@pytest.mark.parametrize("n", [1, 2, 7, 200])
def test_every_replication_that_tells_is_in_one_bin(measure, n):
    values = np.round((np.arange(n) * 7919 % 97) / 3.0) * (1000.0 if measure is MARGIN else 1.0) + 1.0
    found = risk_of(measure, np.append(values, math.nan))
    assert found.counts.sum() == n
    assert len(found.counts) <= 27
    assert np.allclose(np.diff(found.edges), np.diff(found.edges)[0])


def test_a_week_fills_the_bin_that_ends_with_it():
    found = risk_of(FULL, np.array([3.0, 3.0, 5.0]))
    assert found.edges.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert found.counts.tolist() == [2, 0, 1]


def test_an_amount_has_its_unit_and_no_more_digits_than_its_interval_deserves():
    share, clients = measure_named("started_share"), measure_named("census_mean")
    assert amount(share, 0.1264, 0.03) == "13 %"
    assert amount(share, 0.1264, 0.002) == "12.6 %"
    assert amount(clients, 1.0, 2.0) == "1 client"
    assert amount(clients, 1.04, 0.2) == "1.0 clients"
    assert amount(clients, -0.01, 2.0) == "0 clients"
    assert amount(MARGIN, -423_510.0, 5_200.0) == "-$423,500"
    assert amount(MARGIN, math.nan) == figure(WAIT, math.nan) == "–"


def test_a_measure_that_does_not_exist_is_told_with_the_nearest_name():
    with pytest.raises(IopsimError, match="did you mean census_mean"):
        measure_named("census_men")
