"""Results folders that reports are written of, and what stands in a report."""

import json
import re
from pathlib import Path

from lxml import html
from typer.testing import CliRunner

from iopsim.cli.showing import app
from iopsim.experiments.opened import open_results
from iopsim.report.page import Cover, Page
from iopsim.report.subject import Subject

ROOT = Path(__file__).parent.parent
PALMETTO = ROOT / "scenarios" / "palmetto.toml"

HOSTILE = '<script>alert("1")</script> =cmd|\' /C calc\'!A0 \u202egnp.exe\u202c שלום مرحبا "quoted"'
"""What nobody would call a program, and a report has to show as letters."""

LONG = "=1+1 " + "m" * 300 + " <img src=x onerror=alert(2)> &amp; {{ 7 * 7 }} {% raw %} \n@SUM(A1)"

EXPERIMENT = f"""
question = "Is {{}} worth it?"
base = "{PALMETTO.as_posix()}"
weeks = 40
replications = 6
measures = ["days_to_first_session", "started_share", "held_back_by_caseload", "cost_usd", "margin_usd"]

[arms.bigger]
about = "Sixteen seats"
groups.evening.seats = 16

[arms.fewer]
"referrals.*.per_week" = {{{{ times = 0.5 }}}}
"""


def command(*words):
    """Run a command that has to go well, and return what it prints."""
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def run_in(folder, *words, file=PALMETTO, replications=6):
    """Simulate a scenario into a folder, and open it."""
    command("run", file, "-n", replications, "--workers", 1, "--out", folder, "-q", *words)
    return open_results(folder)


def batch_in(folder, question="a larger group"):
    """Run an experiment into a folder, and open it."""
    folder.mkdir()
    file = folder / "seats.toml"
    file.write_text(EXPERIMENT.format(question), encoding="utf-8")
    command("experiment", file, "--workers", 1, "--out", folder / "results", "-q")
    return open_results(folder / "results")


def hostile_file(folder):
    """A scenario that is harmless, and whose words are not."""
    text = PALMETTO.read_text(encoding="utf-8")
    text = text.replace(
        'name = "Palmetto Alexandria"', f"name = {json.dumps(HOSTILE)}\ndescription = {json.dumps(LONG)}"
    )
    text = text.replace('source = "convention"', f"source = {json.dumps(HOSTILE)}", 1)
    path = folder / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def page_of(opened, arm="", charts=None, **cover):
    """A report in the making, without charts unless some are given."""
    return Page(Subject(opened, arm or opened.arms[0]), Cover(**cover), charts or {})


def parsed(page):
    """What stands on the page, as a tree."""
    return html.document_fromstring(page.html(""))


def text_of(tree, section=""):
    """The words of a page, or of one section, in one line."""
    part = tree.get_element_by_id(section) if section else tree.find(".//main")
    return " ".join(part.text_content().split())


def amount(text):
    """The number that a piece of a report shows; a share in percent."""
    return float(re.sub(r"[^0-9.\u2212]", "", text).replace("\u2212", "-"))
