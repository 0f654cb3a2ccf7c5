"""`iopsim events`: everything that happens, as an event log for process-mining tools."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from iopsim.cli.console import margin, plain
from iopsim.cli.interrupts import Interrupted, undisturbed
from iopsim.cli.options import Mistakes, weeks_by_name, with_weeks
from iopsim.cli.progress import Bar
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.errors import Problem
from iopsim.eventlog.export import FORMATS, Draft, export
from iopsim.scenario import load


def events(file: str, out: str, replications: str, seed: str, changes: Sequence[str], weeks: str | None) -> None:
    """Write the event log of a scenario.

    Parameters
    ----------
    file, out, replications, seed, weeks : str
        As typed.
    changes : sequence of str
        As given to `--set`.

    Raises
    ------
    IopsimError
        If anything in the order cannot be done; nothing is then written.
    Interrupted
        If a person stops it.
    """
    mistakes = Mistakes()
    path = Path(out)
    form = path.suffix.lower()
    if form not in FORMATS:
        mistakes.problems.append(Problem("--out", None, "", plain(out), f"end the name in {' or '.join(FORMATS)}"))
    runs = mistakes.whole("--replications", replications, 1, MOST_REPLICATIONS)
    number = mistakes.whole("--seed", seed, 0, LARGEST_SEED)
    scenario = mistakes.attempt(lambda: load(file, with_weeks(changes, weeks)))
    mistakes.problems = [weeks_by_name(problem, weeks) for problem in mistakes.problems]
    mistakes.settle()
    assert scenario is not None

    with Draft(path) as draft, Bar(margin(), runs, hidden=False) as bar:
        tally = export(draft.file, form, scenario, number, runs, bar.advance)
        with undisturbed() as stopped:
            draft.keep()
    if stopped:
        raise Interrupted(f"interrupted; the event log is in {path}", stopped[0])
    sys.stdout.write(
        f"{tally.events:,} event{_s(tally.events)} of {tally.cases:,} client{_s(tally.cases)} "
        f"in {runs:,} replication{_s(runs)}\n{plain(str(path))}\n"
    )


def _s(number: int) -> str:
    return "" if number == 1 else "s"
