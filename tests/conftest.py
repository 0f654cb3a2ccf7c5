"""What every test may count on, whatever terminal it is run from."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Compiled code checks its indices in tests; else it would write beside an array without a word. Numba reads this once.
os.environ.setdefault("NUMBA_BOUNDSCHECK", "1")

# Asserts that stand outside the test files; pytest shows what they compared only where it is told of them.
pytest.register_assert_rewrite(
    "comparison", "good_file", "laws_in_program", "laws_way_in", "laws_whole_in_program", "laws_whole_way_in"
)


@pytest.fixture(scope="session", autouse=True)
def no_terminal_width() -> Iterator[None]:
    """Say no width to the commands: a message is broken into lines where a test asks for it, and nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)
        yield


@pytest.fixture(scope="session")
def compiled_engine() -> None:
    """Have all compiled code there that a replication needs: one process compiles it, others wait, and load it."""
    from iopsim.experiments.engine import reached

    assert reached() == ""


@pytest.fixture
def times() -> int:
    """How many times as many replications as are needed to notice what each comparison must notice."""
    return 1


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A results folder of one plan, opened; clients are told apart by source and payer."""
    import reports

    words = ("--by", "source", "--by", "payer", "--set", "weeks=60")
    return reports.run_in(tmp_path_factory.mktemp("reports") / "run", *words)


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A results folder of three plans, opened."""
    import reports

    return reports.batch_in(tmp_path_factory.mktemp("reports") / "batch")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A results folder of a plan whose words would do harm if they did anything, opened."""
    import reports

    folder = tmp_path_factory.mktemp("reports")
    return reports.run_in(folder / "run", "--set", "weeks=20", file=reports.hostile_file(folder), replications=2)


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """A folder for what somebody may want to look at: that of IOPSIM_ARTIFACTS, or one that pytest clears away."""
    folder = Path(os.environ.get("IOPSIM_ARTIFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
