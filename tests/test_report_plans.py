"""Reports of plans side by side: what differs between them is said, whoever wrote or did not write it down."""

import pytest

import reports

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
