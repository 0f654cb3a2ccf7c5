"""The progress bar: what it says of what is done, of what is left, and of what is waited for."""

import io

import pytest
from rich.console import Console

from iopsim.cli import progress
from iopsim.cli.progress import Bar
from iopsim.experiments.engine import COMPILING, LOADING, SIMULATING


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand, in seconds."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def watched(replications):
    """A bar in a terminal of 80 columns, and what is on the terminal."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, color_system=None)
    return Bar(console, replications, hidden=False), screen


def drawn(bar):
    """The line that a bar is now."""
    console = Console(file=io.StringIO(), width=80)
    console.print(bar._progress.get_renderable())
    (line,) = console.file.getvalue().splitlines()
    return line.rstrip()


def test_it_counts_and_tells_from_what_was_computed_how_long_the_rest_takes(clock):
    bar, _ = watched(2000)
    assert bar.words == "0/2,000"
    clock[0] += 60.0  # workers need so long to begin
    assert bar.words == "0/2,000  1:00 so far"
    bar.advance(100)
    assert bar.words == "100/2,000"
    clock[0] += 1.0
    bar.advance(50)
    assert bar.words == "150/2,000"
    clock[0] += 9.0
    bar.advance(50)
    assert bar.words == "200/2,000  3:00 left"
    clock[0] += 5.0
    assert bar.words == "200/2,000  2:55 left"
    bar.expects(73_100)
    assert bar.words == "200/73,100  2:01:25 left"


def test_what_should_be_done_by_now_is_left_for_no_time_and_no_less(clock):
    bar, _ = watched(30)
    bar.advance(10)
    clock[0] += 5.0
    bar.advance(10)
    clock[0] += 60.0
    assert bar.words == "20/30  0:00 left"


def test_what_is_found_makes_nothing_faster(clock):
    bar, _ = watched(1000)
    bar.finds(700)
    clock[0] += 10.0
    assert bar.words == "700/1,000  0:10 so far"
    bar.advance(100)
    clock[0] += 10.0
    bar.advance(100)
    assert bar.words == "900/1,000  0:10 left"
    bar.advance(100)
    assert bar.words == "1,000/1,000"


def test_what_is_waited_for_has_a_clock_of_its_own(clock):
    bar, _ = watched(1000)
    bar.says(COMPILING)
    clock[0] += 83.0
    assert bar.words == "1:23 so far"
    assert not bar.is_counting
    bar.says(SIMULATING)
    bar.advance(200)
    clock[0] += 4.0
    bar.advance(400)
    assert bar.words == "600/1,000  0:04 left"


def test_a_count_under_another_name_is_a_count(clock):
    bar, _ = watched(200)
    bar.says("Looking for the warm-up")
    bar.advance(50)
    clock[0] += 3.0
    bar.advance(50)
    assert bar.words == "100/200  0:06 left"


@pytest.mark.parametrize("what", [COMPILING, LOADING, SIMULATING, "Waiting for another batch in this folder"])
def test_all_of_it_fits_into_a_terminal(clock, what):
    bar, _ = watched(10_000_000)
    bar.says(what)
    clock[0] += 3600.0
    if what == SIMULATING:
        bar.advance(1_000_000)
        clock[0] += 3600.0
        bar.advance(1_000_000)
        assert drawn(bar).endswith("2,000,000/10,000,000  8:00:00 left")
    else:
        assert drawn(bar).endswith("1:00:00 so far")
    assert drawn(bar).startswith(what)
    assert len(drawn(bar)) < 80


@pytest.mark.parametrize(("terminal", "hidden", "unwatched"), [(True, False, False), (False, False, True)])
def test_it_is_seen_in_a_terminal_only(terminal, hidden, unwatched):
    screen = io.StringIO()
    with Bar(Console(file=screen, force_terminal=terminal), 10, hidden=hidden) as bar:
        bar.advance(10)
    assert bool(screen.getvalue()) is terminal
    assert bar.is_unwatched is unwatched


def test_a_bar_that_nobody_wants_is_not_missed():
    assert not Bar(Console(file=io.StringIO()), 10, hidden=True).is_unwatched
