"""What a report says of the plan: what meets when, which numbers act in it, and what stands behind them."""

import pytest

import reports
from iopsim import simulate
from iopsim.experiments.equity import Comparison
from iopsim.report import groups
from iopsim.report.assumptions import Assumptions
from iopsim.report.numbers import signed
from iopsim.report.program import at_the_opening, later
from iopsim.scenario import resolve
from iopsim.stats.intervals import Summary

LATER = """
[groups.second]
nights = ["Mon", "Thu"]
start = 09:00:00
hours = 3
seats = 8
first_week = 10

[groups.third]
nights = ["Tue", "Thu"]
start = 13:00:00
hours = 3
seats = 7
opens_when_waiting = 6
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "later.toml"
    path.write_text(reports.PALMETTO.read_text(encoding="utf-8") + LATER, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tree(ran):
    return reports.parsed(reports.page_of(ran))


class TestLaterGroups:
    def test_only_groups_that_meet_at_the_opening_count_as_open_then(self, file):
        scenario = resolve(file).scenario
        first, rest = at_the_opening(scenario), later(scenario)
        assert (first.groups, first.nights, first.seat_nights) == (1, 3, 36)
        assert (rest.groups, rest.nights, rest.seat_nights) == (2, 4, 30)

    def test_the_report_says_which_open_later(self, file, tmp_path):
        tree = reports.parsed(reports.page_of(reports.run_in(tmp_path / "r", "--set", "weeks=12", file=file)))
        said = (
            "1 group on 3 group nights a week (36 seat-nights); 2 further groups on 4 group nights (30 seat-nights) "
            "may open later"
        )
        assert f"opens on 4 January 2027 with {said}." in reports.text_of(tree, "program")
        assert f"At the opening {said}." in reports.text_of(tree, "stress")

    def test_where_none_is_open_yet_that_is_said(self, tmp_path):
        opened = reports.run_in(tmp_path / "r", "--set", "groups.evening.first_week=6", "--set", "weeks=12")
        said = reports.text_of(reports.parsed(reports.page_of(opened)), "program")
        assert "with no group yet; 1 group on 3 group nights (36 seat-nights) may open later." in said


class TestActing:
    @staticmethod
    def acting(changes=None):
        return {path for one in Assumptions(resolve(reports.PALMETTO, changes)).acting for path in one.paths}

    def test_what_waits_for_a_trigger_or_a_cohort_acts_only_where_there_is_one(self):
        group, role = "groups.evening", "staff.counselor"
        waits = {
            f"{group}.cohort_weeks": {f"{group}.admission": "cohort"},
            f"{group}.cohort_open_weeks": {f"{group}.admission": "cohort"},
            f"{group}.opens_after_weeks": {f"{group}.opens_when_waiting": 5},
            f"{group}.opens_lead_weeks": {f"{group}.opens_when_waiting": 5},
            f"{role}.hire_after_weeks": {f"{role}.hire_when_caseload": 9},
            f"{role}.hire_lead_weeks": {f"{role}.hire_when_caseload": 9},
            f"{role}.most_hires": {f"{role}.hire_when_caseload": 9},
        }
        assert not self.acting() & waits.keys()
        every = {key: value for changes in waits.values() for key, value in changes.items()}
        assert waits.keys() <= self.acting(every)
        assert not self.acting({f"{group}.admission": "cohort"}) & (
            waits.keys() - {f"{group}.cohort_weeks", f"{group}.cohort_open_weeks"}
        )

    def test_they_change_nothing_where_they_do_not_act(self):
        changes = {
            "groups.evening.cohort_weeks": 5,
            "groups.evening.cohort_open_weeks": 2,
            "groups.evening.opens_after_weeks": 1,
            "groups.evening.opens_lead_weeks": 1,
            "staff.*.hire_after_weeks": 1,
            "staff.*.hire_lead_weeks": 1,
            "staff.*.most_hires": 9,
        }
        short = {"weeks": 40}
        plain = simulate(resolve(reports.PALMETTO, short).scenario, replications=3)
        moved = simulate(resolve(reports.PALMETTO, short | changes).scenario, replications=3)
        assert (plain.facts.numerators == moved.facts.numerators).all()

    def test_roles_that_differ_are_counted_apart(self):
        told = Assumptions(resolve(reports.PALMETTO, {"staff.counselor.hire_when_caseload": 9}))
        (acts,) = [one for one in told.acting if "staff.counselor.hire_lead_weeks" in one.paths]
        assert acts.paths == ("staff.counselor.hire_lead_weeks",)
        assert "staff.director.hire_lead_weeks" in {path for one in told.idle for path in one.paths}


class TestStanding:
    def test_what_the_model_was_fitted_to_is_no_published_source(self, ran):
        told = Assumptions(ran.plan())
        fitted = {path for one in told.acting if one.fitted for path in one.paths}
        assert {"waitlist.renege_per_day", "leaving.dropout_per_week"} <= fitted
        assert told.n_fitted == 5
        assert told.n_published + told.n_fitted + told.n_assumed + told.n_chosen == len(told.acting)
        assert all(one.origin.source != "calibration" for one in told.acting if not (one.fitted or one.assumed))

    @pytest.mark.parametrize("section", ["in-short", "assumed"])
    def test_the_counts_are_those_of_the_rows(self, ran, tree, section):
        told, rows = Assumptions(ran.plan()), tree.xpath("//section[@id='assumed']//tbody/tr")
        grades = [row.xpath("string(td[4])") for row in rows]
        calibrated = [row.xpath("string(td[3])") for row in rows].count("calibration")
        found = {
            one.get("data-fact"): int(one.get("data-value"))
            for one in tree.xpath(f"//section[@id='{section}']//*[@data-fact]")
            if one.get("data-fact") in ("numbers", "assumed", "published", "fitted", "chosen")
        }
        assert found["numbers"] == len(rows) == len(told.acting)
        assert found["assumed"] == sum(grade.startswith("assumed") for grade in grades)
        assert found["chosen"] == grades.count("set by the plan")
        assert found["fitted"] == calibrated
        assert found["published"] == len(rows) - found["assumed"] - found["chosen"] - found["fitted"]

    def test_what_a_plan_says_of_the_world_without_evidence_is_assumed_and_no_choice_of_its_own(self):
        changes = {"referrals.self.per_week": 3.0, "groups.evening.seats": 9}
        told = {path: one for one in Assumptions(resolve(reports.PALMETTO, changes)).acting for path in one.paths}
        referrals, seats = told["referrals.self.per_week"], told["groups.evening.seats"]
        assert (referrals.assumed, referrals.chosen, referrals.grade) == (True, False, "assumed, no evidence given")
        assert (seats.assumed, seats.chosen, seats.grade) == (False, True, "set by the plan")

    def test_it_is_not_said_that_nobody_has_published_what_leans_on_a_source(self, tree):
        said = reports.text_of(tree)
        assert "nobody has published" not in said
        assert "some of which lean on a published figure" in reports.text_of(tree, "in-short")
        assert "A grade is that of the value as it is used here" in reports.text_of(tree, "assumed")

    def test_a_range_is_told_from_low_to_high_and_who_set_it(self, ran):
        told = {path: one for one in Assumptions(ran.plan()).all for path in one.paths}
        one = told["waitlist.renege_per_day"]
        assert one.range.striptags().replace("\u00a0", " ").startswith("0.02 to 0.08")
        assert told["weeks"].set_by == "this plan, changed"
        assert told["groups.evening.seats"].set_by == "this plan"
        assert one.set_by == "default"

    def test_ranges_and_who_set_them_are_in_the_table(self, ran, tree):
        rows = {
            row.xpath("string(.//td[1]//@data-fact)"): row for row in tree.xpath("//section[@id='assumed']//tbody/tr")
        }
        for one in Assumptions(ran.plan()).acting:
            cells = [" ".join(cell.text_content().split()) for cell in rows[one.paths[0]].xpath("td")]
            assert cells[1] == (one.range.striptags() or "none given")
            assert cells[4] == one.set_by


class TestOtherCountsAndLimits:
    def test_drawn_numbers_are_said_to_be_counted_otherwise(self, tmp_path):
        opened = reports.run_in(tmp_path / "r", "--uncertain", "--set", "weeks=6", replications=2)
        tree = reports.parsed(reports.page_of(opened))
        assert "all luck and all draws of what nobody knows" in reports.text_of(tree, "in-short")
        said = reports.text_of(tree, "assumed")
        assert "These are counted otherwise than in the tables above" in said

    def test_nothing_is_said_of_how_large_a_mature_program_is(self, tree):
        said = reports.text_of(tree, "limits")
        assert "the mature program is larger" not in said
        assert "they are not those of a mature program" in said

    def test_shares_are_of_those_who_can_be_followed(self, tree):
        assert "Of those who can be followed for 90 days," in reports.text_of(tree, "access")
        assert "all draws" not in reports.text_of(tree, "in-short")
        assert "(those who can be followed for 90 days)" in reports.text_of(tree, "in-short")


class TestDifferencesOfGroups:
    @staticmethod
    def row(result, name, gap):
        found = next(one for one in result.equity.comparisons if one.measure.name == name and one.difference)
        return groups._row(Comparison(**{**_fields(found), "difference": gap}), result)

    @pytest.mark.parametrize(
        ("name", "mean", "low", "high", "said"),
        [
            ("started_share", -0.081, -0.162, -0.0004, "\u22128.10 points (\u221216.20 to \u22120.04)"),
            ("started_share", 0.081, 0.004, 0.162, "+8.1 points (+0.4 to +16.2)"),
        ],
    )
    def test_an_end_that_is_not_0_is_not_told_as_0(self, ran, name, mean, low, high, said):
        row = self.row(ran.result(), name, Summary(mean, low, high, low, high, 6, 0))
        assert row.gap.striptags() == said

    def test_0_has_no_plus(self):
        assert signed("0", 0.001) == "0"
        assert signed("3", 3.0) == "+3"
        assert signed("\u22123", -3.0) == "\u22123"


def _fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


class TestFewAndMany:
    def test_few_replications_are_counted(self, ran, tree):
        said = reports.text_of(tree, "in-short").replace("\u00a0", " ")
        assert "in ten" not in said
        assert "8 of 10" not in reports.text_of(tree, "access")
        holes = ran.result().values("cash_hole_usd")
        (most,) = tree.xpath("//section[@id='in-short']//*[@data-fact='highest cash_hole_usd']")
        assert float(most.get("data-value")) == max(holes)
        assert "the deepest of 6 replications is $" in said
        margins = ran.result().values("margin_usd")
        (least,) = tree.xpath("//section[@id='in-short']//*[@data-fact='lowest margin_usd']")
        assert float(least.get("data-value")) == min(margins)

    def test_many_are_told_in_tenths(self, tmp_path):
        tree = reports.parsed(reports.page_of(reports.run_in(tmp_path / "r", "--set", "weeks=16", replications=50)))
        short = tree.get_element_by_id("in-short")
        said = " ".join(short.text_content().split())
        assert "one replication in ten needs more than $" in said
        assert "in eight replications of ten its margin lies between" in said
        stats = [one.get("data-stat") for one in short.xpath(".//*[@data-measure='cash_hole_usd']")]
        assert stats == ["mean", "low", "high", "p90"]
        spread = short.xpath(".//*[@data-measure='margin_usd'][contains(@data-stat, 'p')]/@data-stat")
        assert spread == ["p10", "p90"]
        head = tree.xpath("//section[@id='access']//thead//th/text()")
        assert "8 of 10 replications" in head

    def test_intervals_and_spreads_stand_in_their_columns(self, tree):
        for row in tree.xpath("//section[@id='access']//tbody/tr"):
            cells = row.xpath("td")
            if len(cells) == 4:
                stats = [cell.xpath(".//@data-stat") for cell in cells[1:]]
                assert stats == [["mean"], ["low", "high"], ["p10", "p90"]]

    def test_the_answer_names_its_measures_in_their_places(self, tree):
        items = {
            item.xpath("string(strong)"): list(dict.fromkeys(item.xpath(".//@data-measure")))
            for item in tree.xpath("//section[@id='in-short']//li")
        }
        assert items["Access."] == ["started_in_time_share", "started_share", "days_to_first_session"]
        assert items["How full."][:2] == ["seats_taken_share", "census_mean"]
        assert items["Completion."] == ["completed_share", "dropped_out_share", "completed_of_referred_share"]
