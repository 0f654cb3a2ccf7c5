"""`iopsim export`: the tables of a results folder as CSV, for a spreadsheet."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from iopsim.cli.console import plain, screen
from iopsim.cli.options import Mistakes
from iopsim.errors import IopsimError, Problem
from iopsim.experiments.batch_folder import ARMS
from iopsim.experiments.documents import TABLES
from iopsim.scenario.words import nearest, short
from iopsim.store.folder import MENDING, unwritable
from iopsim.store.sheets import write_csv


def export(results: str, out: str, tables: list[str]) -> None:
    """Write tables of a results folder as CSV into a new folder: one file for each table, in a folder for each arm.

    Parameters
    ----------
    results : str
        A folder that `iopsim run`, `iopsim experiment` or `iopsim compare --out` has written.
    out : str
        A folder that does not exist yet, or is empty.
    tables : list of str
        Names of tables; empty for all.

    Raises
    ------
    IopsimError
        If there is nothing to export, or the folder holds anything; nothing is then written.
    """
    folder, target = Path(results), Path(out)
    files = {path: Path(path.parent.name) for path in sorted(folder.glob(f"{ARMS}/*/*.parquet"))}
    files |= {path: Path() for path in sorted(folder.glob(f"{TABLES}/*.parquet"))}
    if not files:
        raise IopsimError(
            f"{plain(results)}: found no results of a run, an experiment or a comparison there; `iopsim run FILE --out "
            "DIR` makes some"
        )
    known = sorted({path.stem for path in files})
    mistakes = Mistakes()
    for name in tables:
        if name not in known:
            said = f"this folder has {', '.join(known)}"
            mistakes.problems.append(Problem("--table", None, "", short(name), said, nearest(name, known)))
    mistakes.settle()
    wanted = {path: arm for path, arm in files.items() if not tables or path.stem in tables}
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise IopsimError(f"{plain(out)}: found something there; {MENDING}")
    shell = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=target.parent))
        draft = shell / "draft"
        rows = 0
        for path, arm in wanted.items():
            (draft / arm).mkdir(parents=True, exist_ok=True)
            rows += write_csv(path, draft / arm / f"{path.stem}.csv")
        draft.replace(target)
    except OSError as error:
        raise unwritable(target, error) from None
    finally:
        if shell is not None:
            shutil.rmtree(shell, ignore_errors=True)
    screen().print(f"wrote {len(wanted):,} tables, {rows:,} rows, to {plain(out)}", soft_wrap=True)
