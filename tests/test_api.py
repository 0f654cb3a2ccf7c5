"""The Python door."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import iopsim

SMALL = {"weeks": 30}
PLAIN = "tests/plain.toml"


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(iopsim.load(PLAIN, SMALL), replications=12, seed=4)


def test_there_are_at_most_eight_public_names():
    assert len(iopsim.__all__) <= 8
    assert all(getattr(iopsim, name) is not None for name in iopsim.__all__)


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(result):
    again = iopsim.simulate(iopsim.load(PLAIN, SMALL), replications=12, seed=4, workers=2)
    for name in result.facts.__slots__:
        assert getattr(result.facts, name).tobytes() == getattr(again.facts, name).tobytes()


def test_more_replications_begin_with_the_fewer(result):
    fewer = iopsim.simulate(iopsim.load(PLAIN, SMALL), replications=5, seed=4)
    assert np.array_equal(result.facts.numerators[:5], fewer.facts.numerators)


def test_another_seed_gives_other_numbers(result):
    other = iopsim.simulate(iopsim.load(PLAIN, SMALL), replications=12, seed=5)
    assert not np.array_equal(result.facts.numerators, other.facts.numerators)


def test_a_result_is_a_table(result):
    frame = result.to_pandas()
    assert frame.loc["referrals", "mean"] == result.measures["referrals"].mean
    assert list(frame.columns) == ["label", "unit", "mean", "low", "high", "p10", "p90", "n", "undefined", "skewness"]
    assert "Referral to first session" in result._repr_html_()


def test_a_hostile_name_is_inert_in_a_notebook():
    scenario = iopsim.load(PLAIN, {"weeks": 2, "name": "<script>alert(1)</script>"})
    assert "<script>" not in iopsim.simulate(scenario, replications=1)._repr_html_()


def test_a_scenario_refuses_to_change_and_survives_pickling():
    scenario = iopsim.load(PLAIN)
    with pytest.raises(Exception, match="frozen"):
        scenario.weeks = 3
    with pytest.raises(TypeError, match="make a new one"):
        scenario.groups["evening"] = None
    assert pickle.loads(pickle.dumps(scenario)).hash == scenario.hash


@pytest.mark.parametrize(("name", "value"), [("replications", 0), ("seed", -1), ("seed", 2**64), ("workers", 0)])
def test_what_is_out_of_range_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        iopsim.simulate(iopsim.load(PLAIN, SMALL), **{name: value})


@pytest.mark.parametrize("given", [PLAIN, Path(PLAIN), {"name": "x"}, None], ids=lambda given: type(given).__name__)
def test_what_is_no_scenario_is_refused_with_how_to_load_one(given):
    with pytest.raises(TypeError, match=r"load it first: iopsim\.load\('\w+.*\.toml'\)"):
        iopsim.simulate(given)


UNGUARDED = """
import iopsim
scenario = iopsim.load(FILE, {"weeks": 4})
before = iopsim.simulate(scenario, replications=1)
print(iopsim.simulate(scenario, replications=MANY, workers=2).replications)
"""


@pytest.mark.parametrize("many", ["11", "200"])
def test_a_script_without_a_guard_is_told_so_and_does_not_hang(tmp_path, many):
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED.replace("FILE", repr(str(Path(PLAIN).resolve()))).replace("MANY", many))
    told = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.count("Traceback") == 1
    last = told.stderr.splitlines()[-1]
    assert last.startswith("iopsim.errors.IopsimError: ")
    assert 'under `if __name__ == "__main__":`' in last


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, iopsim\n"
        "print(*sorted({'numba', 'numpy', 'pydantic', 'simpy', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
