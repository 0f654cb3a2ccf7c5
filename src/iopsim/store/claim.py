"""A claim: a folder belongs to one batch, whoever works on it and however often it was stopped.

The claim is a small file that says what the folder is for. It is made first, in one step, so that of two different
batches that begin at once one is refused. A lock lets one process at a time work there; the chunks would stay whole
without it, and where a file system has no locks it is done without.
"""

from __future__ import annotations

import json
import os
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
    path = folder / CLAIM
    try:
        if folder.exists() and not folder.is_dir():
            raise IopsimError(f"{folder}: found a file; {MENDING}")
        others = [one.name for one in folder.iterdir() if one.name != LOCK] if folder.exists() else []
        if others and CLAIM not in others and not all(name.startswith(f".{CLAIM}") for name in others):
            raise IopsimError(f"{folder}: found a folder with other files in it; {MENDING}")
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{CLAIM}.{os.getpid()}"
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
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None


@contextmanager
def alone(folder: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Work in a folder alone; wait while another process does.

    Parameters
    ----------
    folder : Path
        As `claim` left it.
    waiting : callable, optional
        Called once if there is somebody to wait for.
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
        yield
    finally:
        lock.release(force=True)


def _refuse_other(folder: Path, text: str) -> None:
    try:
        held = (folder / CLAIM).read_text(encoding="utf-8")
    except OSError:
        held = ""
    if held == text:
        return
    what = "another batch"
    with suppress(ValueError):
        mine, other = json.loads(text), json.loads(held)
        differs = [name for name in mine if mine[name] != other.get(name)]
        what += f" ({other['name']}), which has another {' and '.join(differs)}"
    raise IopsimError(f"{folder}: found a folder with the results of {what}; {MENDING}")
