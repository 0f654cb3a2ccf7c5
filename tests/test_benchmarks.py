"""What benchmarks print, whom they time how, and that the floor counts every card that is used."""

import gc
import runpy
import sys
from pathlib import Path

import pytest

import interpreted
import iopsim
from iopsim.deck import Purpose
from iopsim.rulebook import write

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import bench_floor  # noqa: E402
import bench_growth  # noqa: E402
import bench_start  # noqa: E402
import in_turn  # noqa: E402
import rounds  # noqa: E402
import telling  # noqa: E402

SCRIPTS = sorted(BENCHMARKS.glob("bench_*.py"))


@pytest.mark.parametrize("replication", [0, 1])
def test_the_floor_counts_the_cards_that_the_compiled_engine_deals(replication: int) -> None:
    book = write(iopsim.load(bench_floor.PALMETTO, {"weeks": 52}))
    counted = {tuple(address) for address in bench_floor.addresses(book, 1, replication).tolist()}
    deck = bench_floor.NotingDeck(1, replication)
    interpreted.simulate(book, deck)
    assert deck.dealt <= counted
    assert Purpose.COVER in {address[1] for address in deck.dealt}
    # The plain path deals sickness for the shortest spells there may be, and accounts are not settled here.
    rest = {Purpose(address[1]) for address in counted - deck.dealt}
    assert rest - {Purpose.SICKNESS} == {Purpose.CLAIM, Purpose.COVERAGE}


def test_a_goal_says_whether_it_is_reached(capsys: pytest.CaptureFixture[str]) -> None:
    telling.goal("this / that", telling.spread([2.0, 4.0, 3.0]), "3 at most", met=True)
    telling.goal("this / that", telling.spread([4.5]), "3 at most", met=False)
    assert capsys.readouterr().out.splitlines() == [
        "  reached: this / that, 3 (from 2 to 4); goal: 3 at most",
        "  not reached: this / that, 4.5; goal: 3 at most",
    ]


def test_of_one_round_there_is_neither_median_nor_spread() -> None:
    assert telling.of_rounds(1) == "one round"
    assert telling.of_rounds(2) == "medians of 2 rounds"
    took = rounds.Rounds({"slow": [3.0], "fast": [2.0]})
    assert took.told("slow", "fast") == "1.5"


def test_no_line_is_wider_than_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    telling.machine("numpy", "simpy", "matplotlib", "scipy", "numba")
    telling.say("  " + 30 * "seventy-seven ", "", "short")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= telling.COLUMNS
    assert lines[-2:] == ["", "short"]
    assert " cores, " in lines[0]
    assert [line[:7] for line in lines if "seventy" in line][:2] == ["  seven", "      s"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("word", ["0", "-1", "1.5", "many"])
def test_every_benchmark_refuses_what_is_no_number_of_rounds(
    script: Path, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [script.name, "--rounds", word])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(script), run_name="__main__")
    assert left.value.code == 2
    said = f"{script.name}: error: argument --rounds: "
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_benchmark_says_what_machine_it_ran_on_and_what_its_goal_is(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.count("    machine(") == 1
    assert text.count(" goal(") >= 1


def test_the_collector_rests_while_anything_is_timed() -> None:
    seen = []
    one = rounds.Contender(lambda first, last: seen.append((first, last, gc.isenabled())), 3)
    assert rounds.timed({"one": one}, 2).took["one"] == pytest.approx([0.0, 0.0], abs=1.0)
    assert seen == [(3, 6, False), (6, 9, False)]
    assert gc.isenabled()


def test_growth_is_not_judged_by_one_round(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = bench_growth.Grown("clients", ["clients", "1 to 8", *["1"] * 5], 1.5, 1.2)
    monkeypatch.setattr(bench_growth, "growing", lambda *_: {"clients": None})
    monkeypatch.setattr(bench_growth, "grown", lambda *_: found)

    def said(many: str) -> str:
        monkeypatch.setattr(sys, "argv", ["bench_growth.py", "--engine", "reference", "--rounds", many])
        bench_growth.main()
        return capsys.readouterr().out

    for few in ("1", "2"):
        assert "not judged: that needs 3 rounds at least" in said(few)
        assert "goal" not in said(few)
    assert "  not reached: last doubling of clients, exponent 1.50; goal: 1.30 at most" in said("3")


def test_what_all_benchmarks_print_is_in_a_file_too_and_one_that_fails_keeps_no_other_from_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = {
        "bench_one.py": "import sys\nprint('of one', flush=True)\nsys.exit('it went wrong')",
        "bench_two.py": "print('of two')",
        "three.py": "print('of three')",
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    into = tmp_path / "results" / "bench.txt"
    monkeypatch.setattr(in_turn, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["in_turn.py", "--into", str(into)])
    with pytest.raises(SystemExit, match="failed: bench_one"):
        in_turn.main()
    told = ["== bench_one", "of one", "it went wrong", "bench_one failed", "== bench_two", "of two"]
    assert into.read_text(encoding="utf-8").splitlines() == told
    assert capsys.readouterr().out.splitlines() == told
    monkeypatch.setattr(sys, "argv", ["in_turn.py", "two", "--into", str(into)])
    in_turn.main()
    assert into.read_text(encoding="utf-8").splitlines() == told[-2:]


@pytest.mark.parametrize(("slower", "said"), [(1.049, "reached"), (1.051, "not reached")])
def test_the_table_of_starting_fits_a_line_and_judges_the_engine_that_nobody_chose(
    slower: float, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = {"reference": 9.876, "compiled": 98.7654, "auto": slower * 9.876}
    monkeypatch.setattr(bench_start, "seconds", lambda engine, *_: (taken[engine], taken[engine]))
    monkeypatch.setattr(sys, "argv", ["bench_start.py"])
    bench_start.main()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= telling.COLUMNS
    assert [line.split(":")[0].strip() for line in lines if "goal" in line] == 3 * [said]
    assert "medians of 3 rounds" in lines[-14]
