"""`iopsim report`: what may be asked for, and what a person is told who asks for something else."""

import pytest
from PIL import Image
from typer.testing import CliRunner

import reports
from iopsim.cli.showing import app

LOGO = "give a PNG or JPEG picture of at most 2 MB"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def without_charts(monkeypatch):
    monkeypatch.setattr("iopsim.report.page.pictures", lambda subject: {})


def refused(*words):
    answer = CliRunner().invoke(app, ["report", *map(str, words)])
    assert answer.exit_code == 2, answer.output
    return answer.stderr.strip()


def test_the_form_is_what_the_name_ends_in(ran, tmp_path, without_charts):
    for name, first in (("r.html", b"<!DOCTYPE html>"), ("r.DOCX", b"PK")):
        said = reports.command("report", ran.folder, "-o", name)
        assert said == f"Palmetto Alexandria\n{name}\n"
        assert (tmp_path / name).read_bytes().startswith(first)


def test_title_organization_and_logo_are_on_the_page(ran, tmp_path, without_charts):
    Image.new("RGB", (800, 100), "navy").save("logo.png")
    said = reports.command(
        "report", ran.folder, "-o", "r.html", "--title", "A plan", "--organization", "Clinic & Co", "--logo", "logo.png"
    )
    assert said.startswith("A plan\n")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Clinic &amp; Co" in page
    assert 'alt="Clinic &amp; Co" width="240" height="30"' in page


def test_another_arm_is_told_about(compared, tmp_path, without_charts):
    reports.command("report", compared.folder, "-o", "r.html", "--arm", "bigger")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "about the plan <strong>bigger</strong>" in page


def test_a_file_that_exists_is_kept_unless_it_may_be_replaced(ran, tmp_path, without_charts):
    (tmp_path / "r.html").write_text("mine", encoding="utf-8")
    assert refused(ran.folder, "-o", "r.html") == (
        "--out: found r.html, which exists; name a new file, or say --replace"
    )
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == "mine"
    reports.command("report", ran.folder, "-o", "r.html", "--replace")
    assert "Palmetto" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--out: found nothing; give a file whose name ends in .html, .docx or .pdf"),
        (("-o", "r.txt"), "--out: found r.txt; give a file whose name ends in .html, .docx or .pdf"),
        (("-o", "r.html", "--to", "pdf"), "--out: found r.html; give a file whose name ends in .pdf"),
        (("-o", "r.html", "--to", "word"), "--to: found word; give one of html, docx, pdf"),
        (
            ("-o", "r.html", "--arm", "bigger"),
            "--arm: found bigger; leave --arm out: these are the results of one plan",
        ),
        (
            ("-o", "r.html", "--logo", "no.png"),
            f"no.png: found that it cannot be read (No such file or directory); {LOGO}",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_said(ran, tmp_path, words, said):
    assert refused(ran.folder, *words) == said
    assert list(tmp_path.iterdir()) == []


def test_an_arm_that_there_is_not_is_said_with_the_nearest(compared):
    said = refused(compared.folder, "-o", "r.html", "--arm", "biger")
    assert "found no arm 'biger'; there are base, bigger, fewer (did you mean bigger?)" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "found no picture that can be read"),
        ("logo.png", b"\x89PNG\r\n\x1a\nnothing more", "found no picture that can be read"),
        ("logo.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "found no picture that can be read"),
        ("large.png", b"\x00" * 2_000_001, "found a file of more than 2 MB"),
    ],
)
def test_a_logo_is_what_it_says_it_is(ran, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert f"{name}: {said}; {LOGO}" in refused(ran.folder, "-o", "r.html", "--logo", name)
    assert not (tmp_path / "r.html").exists()


def test_results_that_are_no_results_are_said(tmp_path):
    assert "found no results of iopsim there" in refused(tmp_path, "-o", "r.html")
    assert "found no such folder" in refused(tmp_path / "no", "-o", "r.html")


def test_nothing_is_left_where_nothing_can_be_written(ran, tmp_path, without_charts):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "found that it cannot be written" in refused(ran.folder, "-o", "file/r.html")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
