"""Where Numba is missing or broken, everything works by the reference engine, and one line says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iopsim.experiments import engine

PLAIN = Path(__file__).parent / "plain.toml"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def manifest(folder):
    return json.loads((Path(folder) / "manifest.json").read_text())


EAGER = """
import sys
{setting}
from iopsim.experiments import engine
engine.SECONDS_TO_LOAD = engine.SECONDS_TO_COMPILE = 0.0
import iopsim.charts.kinds as kinds
kinds.OF_A_RUN = ()
from iopsim.cli.app import main
if __name__ == "__main__":
    main()
"""
"""A command line to which the compiled engine is always worth its start."""

NOT_COMPILED = """
from iopsim.experiments import compiled_work

def fail():
    raise TypeError("no such type\\nat all")

compiled_work.prepare = fail
"""

BROKEN = {
    "missing": ('sys.modules["numba"] = None', {}, "numba is not installed (pip install numba)"),
    "switched off": ("", {"NUMBA_DISABLE_JIT": "1"}, "NUMBA_DISABLE_JIT is set"),
    "broken": (
        'open("numba.py", "w").write("raise OSError(\'no libLLVM\')"); sys.path.insert(0, ".")',
        {},
        "Numba cannot be imported (OSError: no libLLVM)",
    ),
    "not compiled": (
        NOT_COMPILED,
        {},
        "it cannot be compiled (TypeError: no such type)",
    ),
}


def eager(how, *arguments):
    setting, environment, _ = BROKEN[how]
    return subprocess.run(
        [sys.executable, "-c", EAGER.format(setting=setting), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("how", BROKEN)
def test_where_numba_does_not_work_the_reference_runs_and_one_line_says_why(how):
    arguments = ("run", str(PLAIN), "-n", "10", "--weeks", "12", "--workers", "1", "--out", "there")
    told = eager(how, *arguments)
    assert told.returncode == 0, told.stderr
    said = [line for line in told.stderr.splitlines() if line.startswith("iopsim:")]
    assert said == [f"iopsim: {engine.LACKING.format(reason=BROKEN[how][2])}"]
    assert "Traceback" not in told.stderr
    assert (manifest("there")["engine"], manifest("there")["engine_asked"]) == ("reference", "auto")
    refused = eager(how, *arguments[:-1], "other", "--engine", "compiled")
    assert refused.returncode == 2
    assert BROKEN[how][2] in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
    assert not Path("other").exists()


def test_the_reference_engine_does_not_import_numba():
    code = """
import sys, iopsim
iopsim.simulate(iopsim.load(sys.argv[1], {"weeks": 12}), 10, engine=sys.argv[2])
print("numba" in sys.modules)
"""
    for asked, imported in (("reference", "False"), ("auto", "False"), ("compiled", "True")):
        told = subprocess.run(
            [sys.executable, "-c", code, str(PLAIN), asked], capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == imported
