"""Reports of plans side by side: what differs between them is said, whoever wrote or did not write it down."""

import pytest

import reports
from iopsim.charts.kinds import draw
from iopsim.report import figures
from iopsim.report.subject import Subject

MORE = ("--set", "bigger: groups.evening.seats=14", "--set", "fewer: referrals.*.per_week*=0.7")
MORE += ("--set", "fewer: traits.*.typical_share*=0.9", "--weeks", 30)


@pytest.fixture(scope="module")
def by_set(tmp_path_factory):
    """Plans that were changed on the command line, and described nowhere."""
    folder = tmp_path_factory.mktemp("plans") / "results"
    reports.command("compare", reports.PALMETTO, *MORE, "-n", 10, "--workers", 1, "--out", folder, "-q")
    return reports.parsed(reports.page_of(reports.open_results(folder)))


class TestWhatDiffers:
    def test_the_first_page_names_what_each_plan_changes(self, by_set):
        said = reports.text_of(by_set, "in-short")
        assert "bigger (Seats on each night (evening): 14 instead of 12):" in said
        assert "What differs between the plans" in said
        (table,) = by_set.xpath("//section[@id='in-short']//table[contains(caption, 'What differs')]")
        heads = [one.text_content() for one in table.xpath("thead/tr/th")]
        assert heads == ["Setting", "palmetto", "bigger", "fewer"]
        rows = [[cell.text_content() for cell in row] for row in table.xpath("tbody/tr")]
        assert ["Seats on each night (evening)", "12", "14", "12"] in rows
        assert len(rows) == 6
        assert "more settings, under Comparison of plans" in said

    def test_the_comparison_has_every_setting_and_describes_every_plan(self, by_set):
        (table,) = by_set.xpath("//section[@id='comparison']//table[contains(caption, 'What differs')]")
        paths = [one.text_content() for one in table.xpath("tbody/tr/th/code")]
        assert len(paths) > 6
        assert paths[0].startswith("referrals.")
        assert "groups.evening.seats" in paths
        assert "no description" not in reports.text_of(by_set, "comparison")

    def test_a_description_of_the_planner_comes_first(self, compared):
        said = reports.text_of(reports.parsed(reports.page_of(compared)), "in-short")
        assert "bigger (Sixteen seats):" in said
        assert "Seats on each night (evening)" in said

    def test_what_to_type_to_tell_clients_apart_fits_how_plans_were_compared(self, by_set, design_tree):
        typed = reports.text_of(by_set, "equity")
        assert "iopsim run FILE --by source" in typed
        assert "the experiment's file" not in typed
        assert "in the experiment's file tells" in reports.text_of(design_tree, "equity")


DESIGN = f"""
question = "How many seats for how many referrals?"
base = "{reports.PALMETTO.as_posix()}"
weeks = 30
replications = 8
design = "full_factorial"
measures = ["held_back_by_seats", "margin_usd"]

[factors]
groups.evening.seats = [8, 10, 12, 16]
"referrals.*.per_week" = {{ times = [0.7, 1.3] }}
"""


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    """A design of eight points, opened."""
    folder = tmp_path_factory.mktemp("design")
    file = folder / "seats.toml"
    file.write_text(DESIGN, encoding="utf-8")
    reports.command("experiment", file, "--workers", 1, "--out", folder / "results", "-q")
    return reports.open_results(folder / "results")


@pytest.fixture(scope="module")
def design_tree(design):
    return reports.parsed(reports.page_of(design))


class TestDesign:
    def test_the_answer_begins_with_what_each_factor_does(self, design, design_tree):
        told = [one.text_content() for one in design_tree.xpath("//section[@id='in-short']//*[@data-said='sweep']")]
        factors = ("groups.evening.seats", "referrals.*.per_week")
        assert told == [f"{draw('sweep', design.outcome, factor=one).title}." for one in factors]

    def test_the_points_on_the_first_page_differ_most_and_are_named_by_their_levels(self, design, design_tree):
        outcome = design.outcome
        told = [one.get("data-arm") for one in design_tree.xpath("//section[@id='in-short']//*[@data-said='verdict']")]
        gaps = {arm: abs(outcome.contrasts[arm, "held_back_by_seats"].mean) for arm in outcome.arms[1:]}
        assert len(told) == 4
        assert min(gaps[arm] for arm in told) >= max(gaps[arm] for arm in gaps if arm not in told)
        said = reports.text_of(design_tree, "in-short")
        assert "8 seats on each night (evening), referrals a week once mature × 1.3 (point_2): held back" in said
        assert "groups.evening.seats" not in said
        assert "4 more plans are in the comparison" in said

    def test_the_comparison_tells_of_every_point_and_the_cost_is_of_those_on_the_first_page(self, design, design_tree):
        told, first = (
            [one.get("data-arm") for one in design_tree.xpath(f"//section[@id='{name}']//*[@data-said='verdict']")]
            for name in ("comparison", "in-short")
        )
        assert sorted(told) == sorted(design.arms[1:])
        assert told[:4] == first
        costs = {one.get("data-arm") for one in design_tree.xpath("//section[@id='in-short']//*[@data-measure]")}
        assert costs == {"base", *told[:4]}

    def test_the_comparison_has_a_column_for_each_factor(self, design_tree):
        plans, measures = design_tree.xpath("//section[@id='comparison']//table")
        for table in (plans, measures):
            heads = [one.text_content() for one in table.xpath("thead/tr/th")]
            assert {"Seats on each night (evening)", "Referrals a week once mature"} <= set(heads)
        rows = [[cell.text_content() for cell in row][:3] for row in plans.xpath("tbody/tr")]
        assert rows[:2] == [["base (baseline)", "as it is", "as it is"], ["point_1", "8", "×\u00a00.7"]]

    def test_its_figures_are_sweeps(self, design, monkeypatch):
        monkeypatch.setattr(figures, "OF_PROGRAM", ())
        monkeypatch.setattr(figures, "picture_of", lambda chart, _: chart.title)
        drawn = figures.pictures(Subject(design, "base"))
        assert {"sweep_1", "sweep_2"} <= set(drawn)
        assert "arms" not in drawn
