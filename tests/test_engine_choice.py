"""Which engine simulates is chosen by the size of the work, and what that makes a person wait for is said."""

import errno
from pathlib import Path

import pytest

import iopsim
from iopsim import compiled_code, jit
from iopsim.errors import IopsimError
from iopsim.experiments import engine
from iopsim.experiments.engine import Choice

PLAIN = Path(__file__).parent / "plain.toml"
PLENTY = 1e12
"""Referrals that are worth any start."""


@pytest.fixture
def lacking(monkeypatch):
    """A process that cannot have the compiled engine."""
    monkeypatch.setattr(engine, "reached", lambda: "numba is not there")
    engine.tell.cache_clear()


@pytest.fixture
def ready(monkeypatch):
    """A machine that has compiled all before."""
    monkeypatch.setattr(compiled_code, "is_ready", lambda checked: True)


@pytest.fixture
def cold(monkeypatch):
    """A machine that has compiled nothing yet."""
    monkeypatch.setattr(compiled_code, "is_ready", lambda checked: False)


def referrals(seconds):
    """How many referrals take the reference engine so many seconds."""
    return seconds / engine.SECONDS_PER_REFERRAL["reference"]


def test_short_work_is_done_by_the_reference_even_where_compiled_code_is_kept(ready):
    assert Choice().decide(referrals(engine.SECONDS_TO_LOAD * 0.9), 1) == "reference"
    assert Choice().decide(referrals(engine.SECONDS_TO_LOAD * 1.1), 1) == "compiled"
    assert Choice().decide(referrals(engine.SECONDS_TO_LOAD * 1.1), 2) == "reference"


def test_where_nothing_is_compiled_yet_only_long_work_pays(cold):
    assert Choice().decide(referrals(engine.SECONDS_TO_COMPILE * 0.9), 1) == "reference"
    assert Choice().decide(referrals(engine.SECONDS_TO_COMPILE * 1.1), 1) == "compiled"


def test_once_compiled_code_is_there_all_that_follows_uses_it(ready):
    choice = Choice()
    assert [choice.decide(referrals(seconds), 1) for seconds in (0.1, 100.0, 0.1)] == [
        "reference",
        "compiled",
        "compiled",
    ]


def test_an_engine_asked_for_by_name_is_used_whatever_the_size(cold):
    assert Choice("reference").decide(PLENTY, 1) == "reference"
    assert Choice("compiled").decide(0.0, 1) == "compiled"


def test_what_is_waited_for_is_said(cold):
    said = []
    Choice("compiled", said.append).decide(0.0, 1)
    assert said == [engine.COMPILING, engine.SIMULATING]


@pytest.fixture
def untold(monkeypatch, cold):
    """A machine that has compiled nothing yet, and a process that has said nothing yet."""
    monkeypatch.setattr(engine, "reached", lambda: "")
    engine.tell.cache_clear()


def test_where_nobody_watches_one_line_says_that_code_is_compiled_and_where_it_is_kept(untold, capsys):
    for _ in range(2):
        Choice("compiled").decide(0.0, 1)
    assert capsys.readouterr().err == (
        "iopsim: compiling, which takes a minute or two; "
        f"kept in {compiled_code.folder(compiled_code.is_checked())} for later runs\n"
    )


def test_nothing_is_said_where_a_bar_says_it_or_code_is_kept(untold, capsys, monkeypatch):
    Choice("compiled", lambda _: None).decide(0.0, 1)
    monkeypatch.setattr(compiled_code, "is_ready", lambda checked: True)
    Choice("compiled").decide(0.0, 1)
    assert capsys.readouterr().err == ""


def test_where_no_folder_can_be_written_it_is_said_that_the_next_run_compiles_anew(untold, capsys, monkeypatch):
    monkeypatch.setattr(compiled_code, "folder", lambda checked: Path("iopsim-1234"))
    Choice("compiled").decide(0.0, 1)
    reason = "there is no folder of your own that can be written"
    assert capsys.readouterr().err.splitlines() == [
        f"iopsim: compiling, which takes a minute or two; the next run compiles anew ({reason})",
        f"iopsim: compiled code cannot be kept, so the next run compiles anew ({reason})",
    ]


def test_code_that_could_not_be_kept_is_not_taken_for_kept(untold, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(compiled_code, "_unkept", [])
    full = tmp_path / f"compiled-{'0' * 24}"
    full.mkdir()
    monkeypatch.setattr(compiled_code, "folder", lambda checked: full)
    monkeypatch.setattr(jit.compiling.FunctionCache, "save_overload", fails_to_write)
    jit.jit(one_more)(1.0)
    compiled_code.note_ready()
    assert not list(full.iterdir())
    Choice("compiled", lambda _: None).decide(0.0, 1)
    reason = f"{full}: No space left on device"
    assert capsys.readouterr().err == (
        f"iopsim: compiled code cannot be kept, so the next run compiles anew ({reason})\n"
    )


def fails_to_write(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def one_more(number):
    return number + 1.0


def test_another_word_is_no_engine():
    with pytest.raises(
        ValueError, match="engine is one of auto, reference, compiled, not 'complied'; did you mean 'comp"
    ):
        Choice("complied")
    with pytest.raises(ValueError, match="engine is one of"):
        iopsim.simulate(iopsim.load(PLAIN), 2, engine="fast")


def test_without_numba_auto_says_so_once_and_goes_on(lacking, ready, capsys):
    for _ in range(2):
        choice = Choice()
        assert choice.decide(PLENTY, 1) == "reference"
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith("iopsim: simulating with the reference engine")
    assert "numba is not there" in told


def test_without_numba_a_wish_for_compiled_code_is_refused(lacking):
    with pytest.raises(IopsimError, match="numba is not there"):
        Choice("compiled").decide(0.0, 1)


def test_more_workers_are_started_only_where_they_gain_something():
    seconds = {"reference": 30.0, "compiled": 0.3}
    for name, expected in (("reference", 4), ("compiled", 1)):
        assert engine.worthwhile_workers(name, seconds[name] / engine.SECONDS_PER_REFERRAL[name], 4) == expected
    assert engine.worthwhile_workers("compiled", 30.0 / engine.SECONDS_PER_REFERRAL["compiled"], 4) == 4
