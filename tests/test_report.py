"""The report: every number is one of the results, and every sentence holds where there is little to tell."""

import copy
import math
import re
from dataclasses import replace

import pytest

import reports
from iopsim.experiments.bottleneck_words import bottleneck_sentences
from iopsim.experiments.verdict import sentence
from iopsim.measures.catalogue import CATALOGUE
from iopsim.report.assumptions import Assumptions
from iopsim.report.inert import inert
from iopsim.report.numbers import BY_NAME, Reading, counted, shown
from iopsim.scenario import resolve
from iopsim.scenario.lines import dotted
from iopsim.scenario.resolved import leaves
from iopsim.stats.intervals import Summary

# Sections that tell what was found: a number in them comes from somewhere.
FOUND = ("in-short", "access", "capacity", "retention", "money", "equity")

# Numbers of the words themselves: confidence, percentiles, 90 days, "within 30 days", and names of measures.
OF_WORDS = {"95", "90", "10", "8", "30", "0", "5", "6", "12", "52", "4", "2", "14", "100"}


# What no sentence of a report has: words of a program, signs in the wrong place, one of many, holes of a template.
BAD = (
    r"\b(?:nan|NaN|inf|Undefined)\b",
    r"\bNone\b",
    r"-\$|\$-|\u2212\u2212",
    r"(?<![\d.,])\u22120(?![.\d])|\u22120\.0+(?!\d)",
    r"(?<![\d.,])1 (?:clients|weeks|days|replications|people|plans)\b",
    r"\{\{|\}\}|\(\)|\[\]|<",
    r"\.\.(?!\.)| ,| \.(?!\d)|not known: \.",
)


@pytest.fixture(scope="session")
def page(ran):
    return reports.page_of(ran)


@pytest.fixture(scope="session")
def tree(page):
    return reports.parsed(page)


@pytest.fixture(scope="session")
def batch_tree(compared):
    return reports.parsed(reports.page_of(compared))


def marked(tree, name):
    found = tree.xpath(f"//*[@data-{name}]")
    assert found
    return found


def told_as(measure, summary, text, value, turned=False):
    """Whether a number on the page is a value, rounded to no fewer digits than its interval deserves."""
    if "replication" in text:
        return value in (0.0, 1.0)
    found = reports.amount(text) / (100.0 if measure.unit == "share" else 1.0)
    decimals = len(text.partition(".")[2].strip(" \u00a0%")) + (2 if measure.unit == "share" else 0)
    half = (summary.high - summary.low) / 2
    off = 0.5 * 10.0**-decimals
    if measure.unit == "usd" and not math.isnan(half):
        off = max(off, 0.05 * half)
    return math.isclose(found, -value if turned else value, abs_tol=off * 1.0001)


class TestNumbersOfARun:
    def test_a_measure_on_the_page_is_that_of_the_results(self, ran, tree):
        result = ran.result()
        for found in marked(tree, "measure"):
            measure, summary = BY_NAME[found.get("data-measure")], result.measures[found.get("data-measure")]
            value = getattr(summary, found.get("data-stat"))
            assert found.get("data-value") == repr(value)
            text = found.text_content()
            turned = value < 0.0 and "\u2212" not in text
            assert told_as(measure, summary, text, value, turned), (measure.name, text, value)

    def test_every_measure_is_somewhere_on_the_page_with_its_value_or_why_there_is_none(self, ran, tree):
        told = {found.get("data-measure") for found in marked(tree, "measure")}
        result = ran.result()
        assert told == {measure.name for measure in CATALOGUE if result.measures[measure.name].n}
        unknown = sum(not result.measures[measure.name].n for measure in CATALOGUE)
        assert reports.text_of(tree, "appendix").count("Not known: ") == unknown > 0

    def test_a_number_of_the_plan_is_that_of_the_plan(self, ran, tree):
        values = {dotted(key): value for key, _, value in leaves(ran.plan().scenario)}
        seen = 0
        for found in marked(tree, "fact"):
            name, value = found.get("data-fact"), found.get("data-value")
            if name in values and value is not None and not found.get("data-part"):
                assert value == str(values[name]), name
                seen += 1
        assert seen > 200

    def test_the_run_is_told_as_it_was(self, ran, tree):
        result, told = ran.result(), {}
        for found in marked(tree, "fact"):
            told.setdefault(found.get("data-fact"), set()).add(found.get("data-value"))
        assert told["replications"] == {str(result.replications)}
        assert told["seed"] == {str(result.seed)}
        assert told["weeks"] == {str(result.scenario.weeks)}
        assert told["seat nights"] == {"36"}

    def test_the_software_is_that_of_the_manifest_and_the_engine_is_named(self, ran, tree):
        (row,) = tree.xpath("//tr[th[starts-with(., '5.1 Software')]]/td")
        text = row.text_content()
        assert f"Simulated by the {ran.manifest['engine']} engine" in text
        assert f"simpy {ran.manifest['simpy']}" in text
        assert ("numba" in text) == ("compiled" in ran.manifest["engine"])

    def test_differences_between_groups_are_those_of_the_results(self, ran, tree):
        rows = {(one.partition.name, one.group, one.measure.name): one for one in ran.result().equity.comparisons}
        for kind, part in (("group", "summary"), ("gap", "difference")):
            for found in tree.xpath(f"//*[@data-{kind}]"):
                one = rows[found.get("data-partition"), found.get("data-of"), found.get(f"data-{kind}")]
                value = getattr(getattr(one, part), found.get("data-stat"))
                assert found.get("data-value") == repr(value)
                assert told_as(one.measure, getattr(one, part), f"{found.text_content()}", value) or kind == "gap"

    def test_sentences_of_the_bottleneck_are_those_of_the_results(self, ran, tree):
        told = [found.text_content() for found in tree.xpath("//section[@id='capacity']//*[@data-said='bottleneck']")]
        assert told == bottleneck_sentences(ran.result())

    def test_later_sections_tell_more_and_do_not_repeat_the_first_page(self, tree):
        told = [" ".join(one.text_content().split()) for one in tree.xpath("//p[not(@class)] | //li")]
        long = [one for one in told if len(one) > 120]
        assert len(set(long)) == len(long)
        first = tree.xpath("string(//section[@id='in-short']//*[@data-said='bottleneck'])")
        assert first
        assert first not in reports.text_of(tree, "capacity")
        assert "billed, payers allow" in reports.text_of(tree, "money")

    def test_what_a_replication_is_stands_where_the_word_comes_first(self, tree, batch_tree):
        for one in (tree, batch_tree):
            words = " ".join(one.find("body").text_content().split())
            explained = re.search(r"6 replications( of each of 3 plans)?, each one possible course of events", words)
            assert explained
            assert "replication" not in words[: explained.start()]

    def test_no_number_of_what_was_found_comes_from_nowhere(self, tree):
        for name in FOUND:
            section = copy.deepcopy(tree.get_element_by_id(name))
            for found in section.xpath(
                ".//*[@data-measure or @data-fact or @data-said or @data-group or @data-gap or @data-seq]"
            ):
                found.getparent().replace(found, _empty(found))
            text = " ".join(section.text_content().split())
            loose = set(re.findall(r"\d+(?:[.,]\d+)*", text)) - OF_WORDS
            captions = {
                number for one in section.xpath(".//figcaption") for number in re.findall(r"\d+", one.text_content())
            }
            assert loose <= captions, name


def _empty(found):
    """An element without words, and what stands behind the one that it replaces."""
    new = found.makeelement("span", {})
    new.tail = found.tail
    return new


class TestNumbersOfABatch:
    def test_a_measure_on_the_page_is_that_of_its_plan(self, compared, batch_tree):
        outcome = compared.outcome
        for found in marked(batch_tree, "measure"):
            name = found.get("data-measure")
            summary = outcome.summary(found.get("data-arm"), name)
            value = getattr(summary, found.get("data-stat"))
            assert found.get("data-value") == repr(value)
            turned = value < 0.0 and "\u2212" not in found.text_content()
            assert told_as(BY_NAME[name], summary, found.text_content(), value, turned)

    def test_a_difference_on_the_page_is_that_of_the_pairs(self, compared, batch_tree):
        for found in marked(batch_tree, "difference"):
            gap = compared.outcome.contrasts[found.get("data-arm"), found.get("data-difference")]
            value = getattr(gap, found.get("data-stat"))
            assert found.get("data-value") == repr(value)
            assert (value < 0.0) == found.text_content().startswith("\u2212")
            assert (value > 0.0) == found.text_content().startswith("+")

    def test_the_answer_is_the_verdict_on_every_arm(self, compared, batch_tree):
        told = {found.get("data-arm"): found.text_content() for found in marked(batch_tree, "said")}
        for arm in compared.arms[1:]:
            assert sentence(compared.outcome, arm).endswith(told[arm])

    def test_a_difference_that_holds_0_is_said_not_to_be_distinguishable(self, compared, batch_tree):
        alike = [gap for gap in compared.outcome.contrasts.values() if gap.told_apart is False]
        assert alike
        assert "not distinguishable" in reports.text_of(batch_tree, "comparison")

    def test_the_arm_asked_for_is_the_one_told_about(self, compared):
        tree = reports.parsed(reports.page_of(compared, "fewer"))
        assert "are about the plan fewer: Referrals a week once mature (self): 1.25 instead of 2.5;" in reports.text_of(
            tree, "program"
        )
        arms = {found.get("data-arm") for found in tree.xpath("//section[@id='access']//*[@data-measure]")}
        assert arms == {"fewer"}


class TestWhatWeAssumed:
    def test_every_number_of_the_plan_is_told_once(self, ran):
        told = Assumptions(ran.plan())
        paths = [path for one in told.all for path in one.paths]
        numbers = [
            dotted(key)
            for key, leaf, value in leaves(ran.plan().scenario)
            if leaf.numeric and isinstance(value, (int, float))
        ]
        assert sorted(paths) == sorted(numbers)
        assert {*told.acting, *told.idle} == set(told.all)

    def test_assumed_numbers_are_marked_in_words(self, ran, tree):
        rows = tree.xpath("//section[@id='assumed']//tr[@class='assumed']")
        assert len(rows) == Assumptions(ran.plan()).n_assumed
        assert {row.xpath("string(.//strong)") for row in rows} == {"assumed", "assumed, no evidence given"}

    def test_a_lever_that_is_off_does_not_act_and_one_that_is_on_does(self):
        off = Assumptions(resolve(reports.PALMETTO))
        on = Assumptions(resolve(reports.PALMETTO, {"levers.transport.on": True}))
        assert "levers.transport.attendance_odds_ratio" in {path for one in off.idle for path in one.paths}
        assert "levers.transport.attendance_odds_ratio" in {path for one in on.acting for path in one.paths}

    def test_entries_that_share_a_number_are_named_together(self):
        told = {path: one.who for one in Assumptions(resolve(reports.PALMETTO)).all for path in one.paths}
        assert told["referrals.self.ramp_weeks"] == "all 4"
        assert told["referrals.court.per_week"] == "court"
        assert told["referrals.court.months.Jul"] == "Feb to Nov; all 4"
        assert told["referrals.self.weekdays.Sun"] == "Sat, Sun; all 4"
        assert told["staff.front_desk.hours_per_week"] == "counselor, director, front desk"
        assert told["attendance.probability"] == ""

    def test_what_the_plan_sets_is_told_apart_from_defaults(self, ran):
        told = {path: one.set_by for one in Assumptions(ran.plan()).all for path in one.paths}
        assert told["groups.evening.seats"] == "this plan"
        assert told["weeks"] == "this plan, changed"
        assert told["attendance.probability"] == "default"

    def test_every_source_leads_to_the_list_of_sources(self, tree):
        links = tree.xpath("//a[starts-with(@href, '#')]/@href")
        assert len(links) > 100
        assert {link.removeprefix("#") for link in links} <= set(tree.xpath("//@id"))


class TestLittleToTell:
    def test_one_replication_has_no_interval_and_says_so(self, tmp_path):
        opened = reports.run_in(tmp_path / "one", "--set", "weeks=40", replications=1)
        tree = reports.parsed(reports.page_of(opened))
        said = reports.text_of(tree, "in-short")
        assert "One replication is one possible course of events: it has no interval" in said
        assert "95" not in reports.text_of(tree, "access").replace("95 % interval", "")
        _reads_well(tree)

    def test_nobody_referred_is_said_so(self, tmp_path):
        opened = reports.run_in(tmp_path / "none", "--set", "referrals.*.per_week=0", "--set", "weeks=20")
        tree = reports.parsed(reports.page_of(opened))
        assert "Nobody is referred in this plan" in reports.text_of(tree, "in-short")
        assert "Nobody is admitted in any replication" in reports.text_of(tree, "retention")
        _reads_well(tree)

    def test_where_hardly_anybody_waits_nothing_much_holds_people_back(self, tmp_path):
        words = ("--set", "referrals.*.per_week*=0.3", "--set", "weeks=20")
        said = reports.text_of(reports.parsed(reports.page_of(reports.run_in(tmp_path / "few", *words))), "in-short")
        assert re.search(
            r"What holds people back\. Nothing much\. At the worst \(week \d+, [^)]+\), .* on average waits for", said
        )

    def test_nobody_admitted_is_said_so(self, tmp_path):
        opened = reports.run_in(tmp_path / "none", "--set", "assessment.slots_per_day=0", "--set", "weeks=40")
        tree = reports.parsed(reports.page_of(opened))
        assert "Nobody is admitted in any replication" in reports.text_of(tree, "in-short")
        _reads_well(tree)

    def test_a_run_too_short_for_anything_says_what_it_is_too_short_for(self, tmp_path):
        opened = reports.run_in(tmp_path / "short", "--set", "weeks=6")
        tree = reports.parsed(reports.page_of(opened))
        said = reports.text_of(tree, "in-short")
        assert "How many start in time is not known: 6 weeks are too few to follow anybody for 13 weeks" in said
        assert "How many complete the program is not known: 6 weeks are too few" in said
        _reads_well(tree)

    def test_drawn_inputs_say_how_much_nobody_knows(self, tmp_path):
        opened = reports.run_in(tmp_path / "drawn", "--uncertain", "--set", "weeks=20")
        tree = reports.parsed(reports.page_of(opened))
        said = reports.text_of(tree, "in-short")
        (row,) = [row for row in opened.rows("uncertainty.csv") if row["name"] == "margin_usd"]
        share = 100 * min(max(float(row["share"]), 0), 1)
        assert f"It makes {share:.0f} % (" in said
        assert "drawn within it, anew for each replication: 207 numbers" in reports.text_of(tree, "assumed")
        _reads_well(tree)

    def test_plans_with_drawn_inputs_say_so(self, tmp_path):
        words = ("--set", "more: groups.evening.seats=14", "--weeks", 20, "-n", 3, "--uncertain", "--workers", 1)
        reports.command("compare", reports.PALMETTO, *words, "--out", tmp_path / "drawn", "-q")
        tree = reports.parsed(reports.page_of(reports.open_results(tmp_path / "drawn")))
        assert "drawn anew for each replication, and these intervals hold it" in reports.text_of(tree, "in-short")
        assert "iopsim" in reports.text_of(tree, "rerun")
        _reads_well(tree)

    def test_a_precision_that_was_not_reached_is_said(self, tmp_path):
        words = ("--set", "weeks=10", "--precision", "census_mean=0.001", "--most", "50")
        reports.command("run", reports.PALMETTO, *words, "--workers", 1, "--out", tmp_path / "r", "-q")
        tree = reports.parsed(reports.page_of(reports.open_results(tmp_path / "r")))
        assert "the most that was allowed did not make all of them so" in reports.text_of(tree, "computed")

    def test_a_mature_view_says_from_when_on(self, tmp_path):
        steady = ("--set", "referrals.*.months.*=1", "--set", "weeks=60", "--warm-up", "30")
        tree = reports.parsed(reports.page_of(reports.run_in(tmp_path / "mature", *steady)))
        assert "once it is mature, in the 30 weeks from 2 August 2027 on?" in reports.text_of(tree, "in-short")
        assert "A warm-up of 30 weeks is left out" in reports.text_of(tree, "stress")
        assert "--warm-up 30" in reports.text_of(tree, "rerun")
        _reads_well(tree)

    def test_without_payers_what_comes_in_is_not_known(self, tmp_path):
        file = tmp_path / "plain.toml"
        file.write_text((reports.ROOT / "tests" / "plain.toml").read_text(encoding="utf-8"), encoding="utf-8")
        tree = reports.parsed(reports.page_of(reports.run_in(tmp_path / "r", "--set", "weeks=30", file=file)))
        assert "names no payers, so what comes in is not known" in reports.text_of(tree, "in-short")
        assert "what it earns" not in reports.text_of(tree, "money")
        _reads_well(tree)

    def test_drawn_inputs_are_told_of(self, tmp_path):
        opened = reports.run_in(tmp_path / "drawn", "--uncertain", "--set", "weeks=20", replications=4)
        tree = reports.parsed(reports.page_of(opened))
        drawn = opened.manifest["uncertain"]["unknowns"]
        assert f"anew for each replication: {drawn}" in reports.text_of(tree, "assumed")
        assert "these intervals hold it" in reports.text_of(tree, "in-short")
        _reads_well(tree)

    def test_a_full_report_reads_well(self, tree, batch_tree):
        _reads_well(tree)
        _reads_well(batch_tree)


def _reads_well(tree):
    """Nothing in the text that a program, and not a person, would say."""
    words = " ".join(tree.find("body").text_content().split())
    for bad in BAD:
        found = re.search(bad, words)
        assert not found, words[max(0, found.start() - 80) : found.end() + 40]


class TestRerun:
    def test_every_file_of_the_results_is_there_with_its_hash(self, ran, tree):
        said = reports.text_of(tree, "rerun")
        for name, digest in ran.manifest["sha256"].items():
            assert f"{name}{digest}" in said.replace(" ", "")


class TestTelling:
    @staticmethod
    def read(name, mean, low=math.nan, high=math.nan, n=100):
        scenario = resolve(reports.PALMETTO).scenario
        return Reading(BY_NAME[name], Summary(mean, low, high, mean, mean, n, 0), scenario)

    @pytest.mark.parametrize(
        ("name", "mean", "low", "high", "said"),
        [
            ("days_to_first_session", 4.06, 3.9, 4.22, "4.1 days (3.9 to 4.2 days)"),
            ("days_to_first_session", 1.0, 1.0, 1.0, "1 day (the same in every replication)"),
            ("started_share", 0.2531, 0.2471, 0.2591, "25.3 % (24.7 % to 25.9 %)"),
            ("margin_usd", -419_836.0, -432_118.0, -407_554.0, "−$420,000 (−$432,000 to −$408,000)"),
            ("margin_usd", -0.2, -0.2, -0.2, "$0 (the same in every replication)"),
        ],
    )
    def test_rounding_follows_the_interval(self, name, mean, low, high, said):
        assert self.read(name, mean, low, high).told.striptags().replace("\u00a0", " ") == said

    def test_one_replication_gives_a_number_and_no_interval(self):
        assert self.read("census_mean", 3.0, n=1).told.striptags() == "3 clients"

    def test_where_one_of_many_replications_can_tell_that_is_said(self):
        one = replace(self.read("census_mean", 3.0, n=1).summary, undefined=5)
        told = Reading(BY_NAME["census_mean"], one, resolve(reports.PALMETTO).scenario)
        assert told.told.striptags() == "3 clients (one replication gives no interval)"
        assert told.told_in == "1 of 6 replications"

    def test_zero_has_no_sign(self):
        assert shown(BY_NAME["margin_usd"], -0.0, 0) == "$0"
        assert shown(BY_NAME["days_to_assessment"], -0.04, 1) == "0.0"

    def test_of_one_there_is_one(self):
        assert counted("weeks", 1, "week").striptags() == "1 week"
        assert counted("weeks", 1234, "week").striptags() == "1,234 weeks"
        assert counted("workers", 2, "process", "processes").striptags() == "2 processes"


class TestInert:
    def test_what_is_not_seen_or_turns_the_direction_is_gone(self):
        assert inert("a\u202eb\u0000c\n\td\u200be\ufeff\ud800") == "a b c d e"

    def test_letters_of_any_script_stay(self):
        assert inert("שלום مرحبا Zoë 東京") == "שלום مرحبا Zoë 東京"

    def test_marks_do_not_pile_up(self):
        assert len(inert("a" + "\u0300" * 50)) <= 3

    def test_long_is_cut(self):
        assert inert("x" * 1000).endswith("x…")
        assert len(inert("x" * 1000)) == 300
