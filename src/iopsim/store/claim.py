"""A claim: a folder belongs to one batch, whoever works on it and however often it was stopped.

The claim is a small file that says what the folder is for. It is made first, in one step, so that of two different
batches that begin at once one is refused. A lock lets one process at a time work there; the chunks would stay whole
without it, and where a file system has no locks it is done without.
"""

from __future__ import annotations

import json
import os
import platform
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from iopsim.errors import IopsimError
from iopsim.store.folder import MENDING, unwritable

CLAIM = "batch.json"
LOCK = ".lock"


def claim(folder: Path, content: Mapping[str, object]) -> None:
    """Claim a folder.

    Parameters
    ----------
    folder : Path
        New, empty, or claimed for the same before.
    content : mapping
        What makes this batch another than others: plain values, of which ``name`` and ``key`` are told.

    Raises
    ------
    IopsimError
        If the folder holds anything else, or cannot be written to.
    """
    text = json.dumps(content, indent=2, sort_keys=True) + "\n"
    path, draft = folder / CLAIM, folder / f".{CLAIM}.{platform.node()}.{os.getpid()}.{threading.get_ident()}"
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        if folder.exists() and not folder.is_dir():
            raise IopsimError(f"{folder}: found a file; {MENDING}")
        others = [one.name for one in folder.iterdir() if not _is_ours(one.name)] if folder.exists() else []
        if others and not path.exists():
            raise IopsimError(f"{folder}: found a folder with other files in it; {MENDING}")
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        try:
            os.link(draft, path)  # unlike a rename, it fails where somebody was faster
        except FileExistsError:
            _refuse_other(folder, text)
        except OSError:  # a file system without links
            if path.exists():
                _refuse_other(folder, text)
            else:
                draft.replace(path)
    except OSError as error:
        for one in (draft, *made):
            with suppress(OSError):
                one.unlink() if one == draft else one.rmdir()
        raise unwritable(folder, error) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a claim that was killed has left beside its file; for whom is alone there."""
    for draft in folder.glob(f".{CLAIM}.*"):
        with suppress(OSError):
            draft.unlink()


@contextmanager
def alone(folder: Path, waiting: Callable[[], None] | None = None) -> Iterator[bool]:
    """Work in a folder alone; wait while another process does.

    Parameters
    ----------
    folder : Path
        As `claim` left it.
    waiting : callable, optional
        Called once if there is somebody to wait for.

    Yields
    ------
    bool
        Whether nobody else is there for sure; not where the file system has no locks.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        if waiting:
            waiting()
        lock.acquire()
    except (OSError, NotImplementedError):
        pass
    try:
        yield lock.is_locked
    finally:
        lock.release(force=True)


def _is_ours(name: str) -> bool:
    """Whether a file is there for the claim itself."""
    return name == LOCK or name.startswith(f".{CLAIM}.")


def _refuse_other(folder: Path, text: str) -> None:
    try:
        held = (folder / CLAIM).read_text(encoding="utf-8", errors="replace")
    except OSError:
        held = ""
    if held == text:
        return
    what = "another batch"
    mine = json.loads(text)
    with suppress(ValueError, TypeError, KeyError, AttributeError):  # it may be no claim at all
        other = json.loads(held)
        differs = [name for name in mine if mine[name] != other.get(name) and name != "key"]
        what += f" ({other['name']}), which has another {' and '.join(differs)}"
    raise IopsimError(f"{folder}: found a folder with the results of {what}; {MENDING}")
