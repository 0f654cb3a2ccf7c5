"""The report in a browser: it opens without a word of complaint, asks for nothing, and everybody can read it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

import reports
import tools
from iopsim.report.forms import FORMS

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# The rows of a table are alike: axe, which takes its time, sees the first of each.
FEWER_ROWS = """
for (const body of document.querySelectorAll("tbody")) while (body.rows.length > 3) body.deleteRow(3);
for (const table of [...document.querySelectorAll("#assumed .scroll, #appendix .scroll")].slice(4)) table.remove();
"""

WITHIN = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    path = tools.program("chromium", "chromium-browser", "google-chrome")
    sync = pytest.importorskip("playwright.sync_api")
    profile = tmp_path_factory.mktemp("chromium")
    with sync.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=[*QUIET, f"--disk-cache-dir={profile}"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("html")


@pytest.fixture(scope="session")
def files(ran, compared, hostile, folder):
    """Reports as files: of a run with its charts, of a batch, and of a plan with hostile words."""
    pages = {
        "run": reports.Page(reports.Subject(ran, ""), reports.Cover(organization="Palmetto")),
        "batch": reports.page_of(compared),
        "hostile": reports.page_of(hostile, title=reports.HOSTILE, organization=reports.HOSTILE),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(FORMS[".html"](page))
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def opened(browser, files):
    """Opens a report and notes what it says on the console and what it asks for."""
    contexts = []

    def start(name, width=1280, scripts=True):
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(Path(files[name]).as_uri())
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["run", "batch", "hostile"])
def test_a_report_opens_in_silence_and_asks_for_nothing(opened, artifacts, name):
    page = opened(name)
    page.screenshot(path=artifacts / f"report-{name}.png")
    assert page.said == []
    assert page.asked[0] == page.url
    assert all(url.startswith(("file:", "data:")) for url in page.asked)
    assert all(url == page.url for url in page.asked if url.startswith("file:"))


@pytest.mark.parametrize("name", ["run", "batch", "hostile"])
def test_axe_finds_no_violation(opened, name):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(name)
    page.evaluate(FEWER_ROWS)
    found = Axe().run(page, options={"runOnly": RULES})
    assert len(found.response["passes"]) > 20
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["run", "batch", "hostile"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_itself_never_scrolls_sideways(opened, artifacts, name, width):
    page = opened(name, width)
    if width == 360:
        page.screenshot(path=artifacts / f"report-{name}-narrow.png")
    needed, there = page.evaluate(WITHIN)
    assert needed <= there


def test_a_report_is_read_without_scripts(opened):
    page = opened("run", scripts=False)
    words = page.locator("main").inner_text()
    assert "What happens if Palmetto Alexandria opens as planned" in words
    assert "STRESS-DES" in words
    assert page.locator("figure img").count() >= 5


def test_there_is_no_script_and_no_address_in_the_file(files):
    for path in files.values():
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search(r"\son\w+\s*=\s*[\"']", re.sub(r">[^<]*<", "><", text))
        assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:|//)", text)


def test_the_keyboard_reaches_the_report_its_links_and_its_wide_tables(opened):
    page = opened("run", width=360)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.url.endswith("#in-short")
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className"))
    assert {"A.", "DIV.scroll"} <= reached


def test_headings_go_down_one_step_at_a_time(files):
    text = files["run"].read_text(encoding="utf-8")
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_hostile_words_are_letters_on_the_page(opened, files):
    page = opened("hostile")
    words = page.locator("body").inner_text()
    assert '<script>alert("1")</script>' in words
    assert "<img src=x onerror=alert(2)>" in words
    assert "{{ 7 * 7 }}" in words
    assert "שלום مرحبا" in words
    text = files["hostile"].read_text(encoding="utf-8")
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u0000-\u0008]", text)


def test_on_paper_there_is_all_but_the_way_to_skip(opened):
    page = opened("run")
    page.emulate_media(media="print")
    assert not page.locator(".skip").is_visible()
    assert page.locator("#assumed table").first.is_visible()
