"""Charts: the same bytes for the same result, whatever a scenario is called and however little there is to show."""

import datetime
import io
import re
import warnings
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import iopsim
from iopsim.charts.census import census, planned_caseload
from iopsim.charts.dates import ticks, written
from iopsim.charts.headlines import census_headline, clients, retention_headline, seats_headline, waits_headline
from iopsim.charts.kinds import OF_A_RUN, draw, pictures
from iopsim.charts.marks import Label, apart, label_right
from iopsim.charts.page import Page
from iopsim.charts.retention import LAYERS, _alt
from iopsim.charts.source import Source
from iopsim.charts.style import PRINT, STYLES, inert, styled
from pictures import assert_fits, texts, words

PLAIN = Path(__file__).parent / "plain.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
ELSEWHERE = {"placement.this_program": 0.0, "placement.higher": 0.8}
HOSTILE = "$x^2$ % <script>alert(1)</script> \\frac{a}{b} مرحبا 123 שלום 东京 😀 \u202egnp.exe Z\u0301\u0302algo {0}"


def simulated(replications=3, **changes):
    return iopsim.simulate(iopsim.load(PLAIN, changes), replications)


@pytest.fixture(scope="module")
def result():
    return simulated(6, weeks=60)


def drawn(result, style=PRINT):
    """The charts that every run has."""
    return [draw(name, result, style) for name in OF_A_RUN]


def test_there_is_a_picture_of_census_of_waits_and_of_retention(result):
    assert OF_A_RUN == ("census", "waits", "retention")
    for picture in pictures(result).values():
        assert picture.startswith(b"\x89PNG")
        assert b"Software" not in picture
        assert b"matplotlib" not in picture


def test_the_same_result_gives_the_same_bytes_whatever_the_settings_of_who_draws(result):
    plain = pictures(result)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 50, "lines.linewidth": 9}):
        assert pictures(result) == plain
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weeks": 1},
        {"weeks": 2, "waitlist.ready_delay.median_days": 0, "waitlist.ready_delay.mean_days": 0},
        {"weeks": 14},
        {"weeks": 30, "opening": datetime.date(2027, 11, 20)},
        {"weeks": 30, "groups.evening.first_week": 29},
        {"weeks": 300},
        {"weeks": 40, "staff.counselor.caseload": "none"},
        {"weeks": 40, "staff.counselor.caseload": 12},
        {
            "weeks": 40,
            "staff.counselor.caseload": 9,
            "staff.second": {"people": 1, "caseload": 6, "first_week": 20, "duties": []},
        },
        {"weeks": 40, "staff.counselor.caseload": 9, "staff.counselor.hire_when_caseload": 7},
        {"weeks": 40, "name": HOSTILE},
        {"weeks": 40, "name": "W" * 200},
        {"weeks": 40, "assessment.slots_per_day": 0},
        {"weeks": 40, **NOBODY},
        {"weeks": 40, **ELSEWHERE},
    ],
    ids=str,
)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(changes):
    result = simulated(2, **changes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for style in STYLES.values():
            for chart in drawn(result, style):
                assert_fits(chart)


def test_the_caseload_limit_is_drawn_as_it_is_planned_and_as_it_may_become():
    steps = {
        "staff.counselor.caseload": 9,
        "staff.second": {"people": 2, "caseload": 3, "first_week": 20, "duties": []},
    }
    planned, most = planned_caseload(simulated(2, weeks=40, **steps))
    assert planned.tolist() == [9] * 20 + [15] * 20
    assert most == 15
    hires = {"staff.counselor.caseload": 9, "staff.counselor.hire_when_caseload": 7, "staff.counselor.most_hires": 1}
    planned, most = planned_caseload(simulated(2, weeks=40, **hires))
    assert (set(planned.tolist()), most) == ({9}, 18)
    assert planned_caseload(simulated(2, weeks=40, **{"staff.counselor.caseload": "none"}))[1] == 0
    for changes, dashed, dotted in ((steps, True, False), (hires, True, True)):
        chart = census(simulated(2, weeks=40, **changes))
        said = words(chart)
        assert ("Dashed: the caseload limit" in said, "Dotted: with all who may be hired" in said) == (dashed, dotted)
        assert ("once all are hired: 18 clients" in said) == dotted
        stairs = [patch.get_data().values.tolist() for patch in chart.figure.findobj(mpl.patches.StepPatch)]
        limits, most = planned_caseload(simulated(1, weeks=40, **changes))
        assert stairs == [limits.tolist(), *([[most] * 40] if dotted else [])]


def test_one_replication_has_no_band():
    said = [chart.caption for chart in drawn(simulated(1, weeks=60))]
    assert any("One replication has no band." in text for text in said)
    assert not any("8 of 10" in text for text in said[:2])


@pytest.mark.parametrize("changes", [{"weeks": 1}, {"weeks": 40, **NOBODY}])
def test_a_chart_with_nothing_to_show_says_so(changes):
    assert [chart.title.endswith("nothing to show") for chart in drawn(simulated(2, **changes))] == [True] * 3


def test_a_page_says_whose_run_it_is_and_how_to_have_it_again(result):
    for chart in drawn(result):
        said = [text for text, _ in texts(chart)]
        assert "Plain" in said
        assert f"scenario {result.scenario.hash[:10]} · seed 1 · 6 replications · iopsim {iopsim.__version__}" in said


def test_a_name_is_only_ever_read():
    shown = inert(HOSTILE)
    assert "$x^2$ % <script>alert(1)</script> \\frac{a}{b}" in shown
    assert "مرحبا" in shown
    assert "??" in shown  # letters that we do not have
    assert not {"\u202e", "\u0301"} & set(shown)
    assert inert(" a\n\tb\x1b[31m ") == "a b [31m"
    with styled():
        assert mpl.rcParams["text.parse_math"] is False


def test_the_title_of_census_tells_what_census_does():
    def told(*weekly):
        return census_headline(np.array(weekly, dtype=float))

    climb = [k / 2 for k in range(20)]
    assert told(*climb, *[10.0] * 60) == "Census climbs to about 10 clients by week 18 and stays near that"
    assert told(*range(80)) == "Census is still growing when the run ends: 79 clients in week 80"
    assert told(*[20.0] * 60, *[5.0] * 20) == "Census peaks at 20 clients in week 1 and has fallen to 5 clients"
    assert told(*climb, *[10.0, 3.0] * 30) == "Census averages 6 clients over the last 20 weeks"
    assert told(1.2) == "Census reaches 1 client by the end of the first week"
    assert told(0, 0.2) == "Census reaches less than 1 client by week 2, the last of this run"


def test_the_title_of_census_tells_how_full_the_groups_are():
    assert seats_headline(np.array([0.1, 0.2, np.nan, 0.5])) == "; 50 % of the seats are then taken"
    assert seats_headline(np.array([0.1, np.nan])) == ""


def test_a_number_of_clients_claims_no_more_than_it_says():
    assert [clients(number) for number in (0.3, 1.2, 1.6, 1234.4)] == [
        "less than 1 client",
        "1 client",
        "2 clients",
        "1,234 clients",
    ]


def test_the_title_of_waits_says_first_how_many_start_in_time():
    assert waits_headline(0.129, 14, 0.256, 17.6) == (
        "13 of 100 referred clients start within the target of 14 days; 26 start at all, after 18 days on average"
    )


def test_a_number_and_its_percent_sign_stay_on_one_line():
    with styled():
        page = Page(Source("a", ("b",), 1, 1), "t", "", "")
        for width in np.linspace(0.5, 4.0, 30):
            for line in page.wrapped("in 80 % of runs, 5 % or 100 % of all", "medium", width=width):
                assert not line.startswith("%") and not line.split("\u00a0")[0].startswith("%")


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_lines_that_fit_at_one_resolution_fit_at_every_other(result, style):
    chart = draw("census", result, style)
    with styled(style):
        for dpi in (50, 72, 100, 300):
            chart.figure.set_dpi(dpi)
            renderer = FigureCanvasAgg(chart.figure).get_renderer()
            right = max(text.get_window_extent(renderer).x1 for text in chart.figure.texts) / dpi
            assert right <= style.width - 0.38 * style.scale


def test_one_client_is_told_in_the_singular():
    assert waits_headline(0.012, 1, 0.01, 1.4) == (
        "1 of 100 referred clients starts within the target of 1 day; 1 starts at all, after 1 day on average"
    )
    said = "Of 100 clients admitted, 1 completes the program and 1 drops out, 1 of them within four weeks"
    assert retention_headline(0.011, 0.009, 0.01) == said


def test_nobody_still_here_has_no_sign():
    shares = {name: np.array([1.0, -1e-17]) for name, _, _ in LAYERS}
    assert ": 0 % completed, 0 % still in program," in _alt(shares, 1)


def test_the_title_of_retention_counts_of_100_clients():
    said = "Of 100 clients admitted, 29 complete the program and 36 drop out, 25 of them within four weeks"
    assert retention_headline(0.292, 0.358, 0.248) == said
    assert retention_headline(1.0, 0.0, 0.0) == "Of 100 clients admitted, 100 complete the program and 0 drop out"


@pytest.mark.parametrize("days", [7, 14, 60, 71, 200, 364, 728, 1500, 7280])
@pytest.mark.parametrize("first", [datetime.date(2027, 1, 4), datetime.date(2027, 11, 20), datetime.date(2100, 12, 31)])
def test_dates_below_a_chart_are_few_even_and_within_the_run(first, days):
    last = first + datetime.timedelta(days=days)
    dates = ticks(first, last)
    assert 2 <= len(dates) <= 10
    assert first <= dates[0]
    assert dates[-1] <= last
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    assert max(gaps) - min(gaps) <= 7


def test_a_year_is_written_where_it_is_new():
    dates = ticks(datetime.date(2027, 1, 4), datetime.date(2028, 12, 31))
    assert written(dates, with_day=False)[:5] == ["Jan\n2027", "Apr", "Jul", "Oct", "Jan\n2028"]
    assert written([datetime.date(2027, 1, 4)], with_day=True) == ["4 Jan\n2027"]


def test_labels_that_would_cover_each_other_move_apart_and_keep_their_order():
    places = apart([0.5, 0.5, 0.52, 0.9], [0.1] * 4)
    assert places == sorted(places)
    assert all(later - earlier >= 0.1 - 1e-5 for earlier, later in pairwise(places))
    assert places[-1] == 0.9


def test_labels_move_up_rather_than_below_the_axes():
    low, high = apart([0.02, 0.03], [0.1, 0.1], floor=0.0)
    assert (low, high) == pytest.approx((0.02, 0.12), abs=1e-5)
    low, high = apart([0.08, 0.09], [0.1, 0.1], floor=0.0)
    assert (low, high) == pytest.approx((0.05, 0.15), abs=1e-5)
    assert apart([], []) == []


def test_the_seats_beside_the_line_are_those_of_the_title(result):
    said = words(census(result))
    (title,) = re.findall(r"(\d+) % of the seats are then taken", " ".join(said.split()))
    assert f"taken, {title} %" in said and "the mean of the last 15 weeks" in " ".join(said.split())
    assert f"{100 * np.nanmean(result.seat_share('seats_taken'), axis=0)[-1]:.0f}" != title


def test_clients_leave_at_weekly_reviews_and_not_between_them(result):
    layers = [area.get_paths()[0].vertices for area in draw("retention", result).figure.axes[0].collections]
    assert len(layers) == 6
    for corners in layers:
        step = np.diff(corners, axis=0)
        assert ((step[:, 0] == 0.0) | (step[:, 1] == 0.0)).all()


def test_a_label_that_was_moved_is_led_to_its_height():
    with styled():
        axes = mpl.figure.Figure().add_subplot()
        label_right(axes, [Label(0.5, "one", "black"), Label(0.9, "far", "black")])
        assert not axes.lines
        label_right(axes, [Label(0.5, "one", "black"), Label(0.501, "two", "black"), Label(0.9, "far", "black")])
        assert [line.get_ydata()[0] for line in axes.lines] == pytest.approx([0.5, 0.501])


def test_a_picture_is_large_enough_to_print(result):
    from PIL import Image

    with Image.open(io.BytesIO(pictures(result)["census.png"])) as picture:
        assert picture.size == (2000, 1300)
        assert picture.info.get("Software") is None
