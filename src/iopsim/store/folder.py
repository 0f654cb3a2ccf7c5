"""Folders: new, empty, or holding this very thing; written whole or not at all, and never over something else."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from iopsim.errors import IopsimError

MANIFEST = "manifest.json"

FORMAT = 1
"""Which files a results folder has, and what stands in them; every manifest says it."""

MENDING = "name a new or empty folder with --out"


def examine(folder: Path, key: str) -> None:
    """Make sure that a run can be saved in a folder, without leaving anything behind.

    Parameters
    ----------
    folder : Path
        New, empty, or holding this very run.
    key : str
        From `run_key`.

    Raises
    ------
    IopsimError
        If the folder holds anything else, or cannot be written to.
    """
    try:
        _refuse_other(folder, key)
        ancestor = folder.resolve()
        while not ancestor.exists():
            ancestor = ancestor.parent
        if not ancestor.is_dir():
            raise IopsimError(f"{folder}: found that {ancestor.name} is a file; {MENDING}")
        near = ancestor if ancestor != folder.resolve() else ancestor.parent
        Path(tempfile.mkdtemp(prefix=".iopsim-", dir=near)).rmdir()
    except (OSError, ValueError) as error:
        raise unwritable(folder, error) from None


def save(folder: Path, key: str, files: Mapping[str, bytes]) -> None:
    """Save a run: everything is written beside the folder first, and then takes its place.

    Parameters
    ----------
    folder : Path
        As `examine` has found it; a folder that holds this very run keeps whatever else is in it.
    key : str
        From `run_key`.
    files : mapping of str to bytes
        From `documents`.

    Raises
    ------
    IopsimError
        If the folder holds anything else by now, or cannot be written; nothing is then left behind.
    """
    target = folder.resolve()
    made = [parent for parent in target.parents if not parent.exists()]
    shell = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=target.parent))
        draft = shell / "draft"
        draft.mkdir()  # with the permissions a new folder has; its shell is private
        for name, content in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        _refuse_other(folder, key)
        if target.exists() and any(target.iterdir()):
            for name in sorted(files, key=lambda name: name == MANIFEST):
                (target / name).parent.mkdir(exist_ok=True)
                (draft / name).replace(target / name)
        else:
            draft.replace(target)
    except OSError as error:
        _clear(shell)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise unwritable(folder, error) from None
    finally:
        _clear(shell)


def save_picture(file: Path, content: bytes) -> None:
    """Save a picture that stands alone, whole or not at all; one of the same name is replaced.

    Parameters
    ----------
    file : Path
    content : bytes

    Raises
    ------
    IopsimError
        If the file cannot be written.
    """
    shell = None
    try:
        target = file.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=target.parent))
        draft = shell / "draft"
        draft.write_bytes(content)
        draft.replace(target)
    except (OSError, ValueError) as error:
        raise unwritable(file, error) from None
    finally:
        _clear(shell)


def _refuse_other(folder: Path, key: str) -> None:
    """Refuse a folder that holds anything but this very run."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise IopsimError(f"{folder}: found a file; {MENDING}")
    if not any(folder.iterdir()):
        return
    there = held(folder / MANIFEST)
    if there.get("run_key") != key:
        what = "files that are no results of this run"
        if {"scenario_hash", "seed", "replications"} <= set(there):
            told = str(there["scenario_hash"])[:10]
            run = f"scenario {told}, seed {there['seed']}, {there['replications']} replications"
            if "warm_up_weeks" in there:
                run += f", mature after {there['warm_up_weeks']} weeks"
            what = f"other results ({run})"
        raise IopsimError(f"{folder}: found a folder with {what}; {MENDING}")


def held(manifest: Path) -> Mapping[str, object]:
    """Return what a manifest says; nothing if there is none, or it is none."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def unwritable(folder: Path, error: Exception) -> IopsimError:
    """Return what is said of a folder or file that the machine would not write."""
    reason = getattr(error, "strerror", None) or str(error)
    return IopsimError(f"{folder}: found that it cannot be written ({reason}); nothing was written there")


def stopped(folder: Path, error: Exception) -> IopsimError:
    """Return what is said of a folder in which the machine would not write on."""
    reason = getattr(error, "strerror", None) or str(error)
    return IopsimError(
        f"{folder}: found that it cannot be written ({reason}); what was finished before is kept: make room, or see to "
        "it that you may write there, and run the same again to go on"
    )


def _clear(shell: Path | None) -> None:
    if shell is not None:
        shutil.rmtree(shell, ignore_errors=True)
