"""What a report says in words: no more than the intervals do, and of a mature program what is true of one."""

import math

import numpy as np
import pytest

import reports
from iopsim.experiments.seat_use import late_shares
from iopsim.report.lead import access, money, seats
from iopsim.report.numbers import BY_NAME, Reading
from iopsim.scenario import resolve
from iopsim.stats.intervals import Summary


@pytest.fixture(scope="module")
def scenario():
    return resolve(reports.PALMETTO).scenario


@pytest.fixture(scope="module")
def short(ran):
    return reports.parsed(reports.page_of(ran)).get_element_by_id("in-short")


@pytest.fixture(scope="module")
def mature(tmp_path_factory):
    steady = ("--set", "referrals.*.months.*=1", "--set", "weeks=60", "--warm-up", "30")
    return reports.run_in(tmp_path_factory.mktemp("words") / "mature", *steady)


@pytest.fixture(scope="module")
def mature_tree(mature):
    return reports.parsed(reports.page_of(mature))


def reading(name, low, high, scenario):
    return Reading(BY_NAME[name], Summary((low + high) / 2, low, high, low, high, 100, 0), scenario)


class TestLead:
    @pytest.mark.parametrize(
        ("low", "high", "said"),
        [
            (0.1, 0.49, "fewer than half of"),
            (0.51, 0.9, "more than half of"),
            (0.46, 0.54, "about half of"),
            (0.46, 0.58, "whether more than half of"),
            (0.42, 0.52, "whether more than half of"),
            (math.nan, math.nan, ""),
        ],
    )
    def test_who_starts_in_time_is_told_as_the_interval_allows(self, scenario, low, high, said):
        told = access(reading("started_in_time_share", low, high, scenario))
        assert told.startswith(said)
        assert bool(told) == bool(said)

    @pytest.mark.parametrize(
        ("low", "high", "said"),
        [
            (-9.0, -1.0, "the program costs more than it earns"),
            (1.0, 9.0, "the program earns more than it costs"),
            (-1.0, 9.0, "whether the program covers its cost cannot be told"),
            (math.nan, math.nan, ""),
        ],
    )
    def test_money_is_told_as_the_interval_allows(self, scenario, low, high, said):
        assert money(reading("margin_usd", low, high, scenario)) == said

    def test_seats_are_told_as_the_share_that_is_taken(self):
        told = seats(Summary(0.684, 0.66, 0.71, 0.6, 0.8, 50, 0), 13).striptags().replace("\u00a0", " ")
        assert told == "68 % of the seats are taken in the last 13 weeks"
        assert "in the last week" in seats(Summary(0.684, 0.66, 0.71, 0.6, 0.8, 50, 0), 1).striptags()
        assert seats(Summary(*[math.nan] * 5, 0, 50), 13) == ""

    def test_the_share_is_that_of_the_last_weeks(self, ran, short):
        nights = ran.result().nights
        found = nights.enrolled[:, :, -13:].sum(axis=(1, 2)) / nights.seats[:, :, -13:].sum(axis=(1, 2))
        assert late_shares(nights, 13) == pytest.approx(found)
        (told,) = short.xpath(".//p[@class='lead']//*[@data-fact='seats taken in the last weeks']")
        assert float(told.get("data-value")) == pytest.approx(float(np.mean(found)))

    def test_the_first_page_begins_with_it(self, ran, short):
        said = " ".join(short.xpath("string(.//p[@class='lead'])").split())
        measures = ran.result().measures
        assert measures["started_in_time_share"].high < 0.5
        assert measures["margin_usd"].high < 0.0
        assert said.startswith("Fewer than half of the people referred start in time, ")
        assert said.endswith("and the program costs more than it earns.")


class TestMature:
    def test_the_question_is_that_of_the_mature_program(self, mature_tree):
        said = reports.text_of(mature_tree, "in-short")
        assert "run once it is mature, in the 30 weeks from 2 August 2027 on?" in said
        assert "from the opening on 4 January 2027, is a warm-up and does not count" in said
        assert "What happens if" not in said
        assert "over its first" not in said

    def test_the_answer_is_not_that_of_an_opening(self, mature_tree):
        said = reports.text_of(mature_tree, "in-short")
        assert "In the mature program, " in said
        assert "over the run" not in said
        assert "the first on average in week" not in said

    def test_what_began_with_the_opening_is_said_to(self, mature_tree):
        said = reports.text_of(mature_tree, "money")
        why = "Not known: it is told only from the opening on, and this is the mature view"
        assert said.count(why) == 3
        assert "30 weeks are too few for a sum over 52 weeks" in said
        assert "does not happen" not in said

    def test_every_measure_that_begins_with_the_opening_is_said_to(self, mature_tree):
        assert reports.text_of(mature_tree, "appendix").count("told only from the opening on") == 6

    def test_who_is_referred_is_told_of_the_weeks_that_count(self, mature_tree):
        assert "are referred in the weeks that count." in reports.text_of(mature_tree, "access")

    def test_costs_of_mature_plans_leave_out_the_weeks_before_the_opening(self, tmp_path):
        steady = ("--set", "referrals.*.months.*=1", "--set", "more: groups.evening.seats=14", "--weeks", 30)
        words = ("compare", reports.PALMETTO, *steady, "-n", 3, "--warm-up", 27, "--workers", 1)
        reports.command(*words, "--out", tmp_path / "c", "-q")
        said = reports.text_of(reports.parsed(reports.page_of(reports.open_results(tmp_path / "c"))), "in-short")
        assert "Cost and margin of each plan in the weeks that count" in said
        assert "before the opening included" not in said
