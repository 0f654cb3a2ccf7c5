"""What every test may count on, whatever terminal it is run from."""

from collections.abc import Iterator

import pytest

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


@pytest.fixture
def times() -> int:
    """How many times as many replications as are needed to notice what each comparison must notice."""
    return 1
