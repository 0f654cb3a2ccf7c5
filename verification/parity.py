"""Do both engines give the same bits, whatever the program?

Every column of the Record, and every fact that it is reduced to, of the compiled engine are held to those of the
reference engine: hundreds of replications of each shipped program, every arm and every candidate of the shipped
experiments, and as many scenarios drawn by Hypothesis as there is time for. Two processes do it at once: one with
compiled code that looks at the bounds of arrays, one without; each draws scenarios of its own.

``python verification/parity.py --minutes 30`` prints how much was compared and what differs, and writes it to
``verification/parity.log``. Drawing scenarios takes the minutes; before it, what is shipped takes as long as it takes.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from tempfile import TemporaryFile
from traceback import format_exc

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"
sys.path.insert(0, str(TESTS))

from both_engines import assert_same_replication  # noqa: E402 - it lies beside the tests
from iopsim.compiled_code import is_checked  # noqa: E402
from iopsim.experiments.compiled_work import Bench  # noqa: E402
from iopsim.experiments.engine import reached  # noqa: E402
from iopsim.rulebook import Rulebook, write  # noqa: E402
from iopsim.scenario.load import load  # noqa: E402
from money_strategies import paid_scenarios  # noqa: E402
from shipped import plans  # noqa: E402
from strategies import PLAIN, scenarios  # noqa: E402
from strategies_whole import whole_scenarios  # noqa: E402

SEED = 20270104
OF_AN_ARM = 50
"""Replications of a program for each of an arm."""

SCENARIOS_AT_ONCE = 200
"""Scenarios that Hypothesis draws from one seed; when one of them differs it is made simpler, and the others go."""

REPLICATIONS = 2
"""Of a scenario."""

ENOUGH = 10
"""Differences after which no more scenarios are drawn."""

KINDS = {"everyday": scenarios, "with every part in use": whole_scenarios, "with payers and prices": paid_scenarios}


class Tally:
    """What was compared so far, and what differed."""

    def __init__(self) -> None:
        self.compared: Counter[str] = Counter()
        self.differ = 0

    def compare(self, what: str, book: Rulebook, replications: int, since: int = 0, first_seed: int = SEED) -> None:
        """Hold some replications of a plan to the reference engine."""
        bench = Bench(book, since)
        for replication in range(replications):
            record = assert_same_replication(bench, first_seed, replication)
            self.compared[f"replications, {what}"] += 1
            self.compared["clients"] += len(record.clients)

    def tell_if_it_fails(self, name: str, compare: Callable[[], None]) -> None:
        """Compare; tell of a difference, and go on."""
        try:
            compare()
        except Exception:
            self.differ += 1
            print(f"DIFFERENT: {name}\n{format_exc()}", flush=True)


def shipped(tally: Tally, replications: int) -> None:
    """Compare what is shipped: programs from the opening on, and for some replications from a later day."""
    few = max(1, replications // OF_AN_ARM)
    for name, scenario in plans():
        book, is_arm = write(scenario), "/" in name
        runs = [(few, 0)] if is_arm else [(replications, 0), (few, 7 * (book.weeks // 2))]
        for many, since in runs:
            compare = partial(tally.compare, "arms and candidates" if is_arm else name, book, many, since)
            tally.tell_if_it_fails(name, compare)


def drawn(tally: Tally, until: float) -> None:
    """Compare scenarios that Hypothesis draws, until it is time, or enough of them differ."""
    for number in takewhile(lambda _: time.monotonic() < until, count(int(is_checked()), 2)):
        if tally.differ == ENOUGH:
            print("more are not looked for", flush=True)
            return
        name, strategy = list(KINDS.items())[number // 2 % len(KINDS)]
        tally.tell_if_it_fails(f"scenarios {name}, seed {number}", some_drawn(tally, until, number, name, strategy))


def some_drawn(
    tally: Tally, until: float, number: int, name: str, strategy: Callable[[], st.SearchStrategy[dict[str, object]]]
) -> Callable[[], None]:
    """Return what compares scenarios drawn from one seed."""

    @seed(number)
    @settings(
        max_examples=SCENARIOS_AT_ONCE,
        database=None,
        deadline=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(changes=strategy(), first_seed=st.integers(0, 2**64 - 1), late=st.booleans())
    def same(changes: dict[str, object], first_seed: int, late: bool) -> None:
        if time.monotonic() > until:
            return
        book = write(load(PLAIN, changes))
        since = 7 * (book.weeks // 2) if late else 0
        tally.compare(f"scenarios {name}", book, REPLICATIONS, since, first_seed)
        tally.compared[f"scenarios {name}"] += 1

    return same


def compare_all(minutes: float, replications: int) -> int:
    """Compare in this process, and tell."""
    if reason := reached():
        raise SystemExit(reason)
    tally = Tally()
    shipped(tally, replications)
    drawn(tally, time.monotonic() + 60.0 * minutes)
    for what, many in sorted(tally.compared.items()):
        print(f"  {what:48}{many:12,}")
    print(f"  {'that differ':48}{tally.differ:12,}", flush=True)
    return tally.differ


def main() -> None:
    arguments = argparse.ArgumentParser(description="Hold the compiled engine to the reference engine.")
    arguments.add_argument(
        "--minutes", type=float, default=60.0, help="for scenarios that are drawn, after all that is shipped"
    )
    arguments.add_argument("--replications", type=int, default=200, help="of each program; of an arm, a fiftieth")
    arguments.add_argument("--here", action="store_true", help="compare in this process, and write no log")
    asked = arguments.parse_args()
    if asked.here:
        sys.exit(compare_all(asked.minutes, asked.replications) > 0)
    os.nice(10)
    command = [sys.executable, __file__, "--here", *sys.argv[1:]]
    told = f"{asked.replications} replications of a program, {asked.minutes:g} minutes of drawing\n"
    with TemporaryFile("w+") as checked, TemporaryFile("w+") as unchecked:
        files = {("with bounds of arrays looked at", "1"): checked, ("without", "0"): unchecked}
        runs = [
            subprocess.Popen(command, stdout=into, text=True, env={**os.environ, "NUMBA_BOUNDSCHECK": bounds})
            for (_, bounds), into in files.items()
        ]
        failed = [run.wait() != 0 for run in runs]
        for (said, _), into in files.items():
            into.seek(0)
            told += f"{said}\n{into.read()}"
    print(told, end="")
    (HERE / "parity.log").write_text(told, encoding="utf-8")
    sys.exit(any(failed))


if __name__ == "__main__":
    main()
