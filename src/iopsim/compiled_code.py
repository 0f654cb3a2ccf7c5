"""Compiled code: where it is kept between processes, a folder for each version of the text it is made from.

Nothing here imports Numba, so that it can be told without it whether there is compiled code.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from types import FrameType

PACKAGES = ("llvmlite", "numba", "numpy")
"""Packages that decide what machine code there is."""

ABOVE = ("api", "charts", "cli", "eventlog", "events", "experiments", "report", "store", "trace")
"""Modules and packages of iopsim that nothing compiled is made from."""

EXCEPT = "experiments.compiled"
"""How the names of those modules begin that lie there nevertheless."""

KINDS = ("compiled", "checked")
"""How the names of folders begin: code that does not look at the bounds of arrays, and code that does."""

_NAME = re.compile(rf"({'|'.join(KINDS)})-[0-9a-f]{{24}}")

KEPT = 5
"""Folders that stay, the last used, whatever their age."""

DAY_SECONDS = 86_400

WRITING = ".writing"
COMPILING = ".compiling"
"""Locks: on one file after the other, and on all of the work."""

READY = "ready"

STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def covers(module: str) -> bool:
    """Whether a module of the package is part of the text that compiled code may be made from.

    Parameters
    ----------
    module : str
        Its full name, such as ``iopsim.rules.placement``.
    """
    inside = module.removeprefix("iopsim.")
    return inside.startswith(EXCEPT) or inside.partition(".")[0] not in ABOVE


@cache
def text_hash() -> str:
    """Return the hash of the text of all that compiled code is made from, and of what compiles it; 24 digits."""
    digest = hashlib.blake2b(digest_size=12)
    for package in PACKAGES:
        digest.update(f"{package} {_version(package)}\n".encode())
    root = Path(str(files("iopsim")))
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.toml")]):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        if covers(f"iopsim.{name}"):
            text = path.read_bytes()
            digest.update(f"{name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


@cache
def folder(checked: bool = False) -> Path:
    """Return the folder of this version's compiled code, which exists and can be written.

    It lies in the folder that NUMBA_CACHE_DIR names, else in the user's cache, else, if that cannot be written, in a
    private one among temporary files.

    Parameters
    ----------
    checked : bool
        That of code that looks at the bounds of arrays.
    """
    for home in _homes():
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = home / f"{KINDS[checked]}-{text_hash()}"
            if not _is_private(home):
                continue
            found.mkdir(exist_ok=True, mode=0o700)
            if os.access(found, os.W_OK | os.X_OK):
                os.utime(found)
                return found
    last = tempfile.mkdtemp(prefix="iopsim-")
    atexit.register(shutil.rmtree, last, ignore_errors=True)
    return Path(last)


def _homes() -> Iterator[Path]:
    """Return where compiled code may be kept, the best first."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(chosen) / "iopsim"
    with suppress(RuntimeError):  # a user without a home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "iopsim"
    yield Path(tempfile.gettempdir()) / f"iopsim-{os.getuid() if hasattr(os, 'getuid') else 'code'}"


def _is_private(home: Path) -> bool:
    """Whether a folder is this user's own: what lies there is run."""
    return not hasattr(os, "getuid") or (home.stat().st_uid == os.getuid() and not home.is_symlink())


def prune(used: Path) -> None:
    """Remove the folders of other versions that nobody has used for a day, but for the last few.

    Parameters
    ----------
    used : Path
        The folder in use.
    """
    if not _NAME.fullmatch(used.name):
        return
    with suppress(OSError):
        others = [one for one in used.parent.iterdir() if _NAME.fullmatch(one.name) and one != used]
        ages = {one: time.time() - one.stat().st_mtime for one in others}
        for one in sorted(others, key=lambda one: ages[one])[KEPT - 1 :]:
            if ages[one] > DAY_SECONDS:
                _remove(one)


def _remove(old: Path) -> None:
    """Remove a folder in one step: another process finds all of it, or nothing, and then compiles anew."""
    grave = old.with_name(f".{old.name}-{os.getpid()}")
    with suppress(OSError):
        old.rename(grave)
        shutil.rmtree(grave, ignore_errors=True)


@contextmanager
def alone(where: Path, lock: str) -> Iterator[None]:
    """Have no other process in such a block meanwhile, where the file system has locks.

    Parameters
    ----------
    where : Path
        A folder of compiled code.
    lock : str
        `WRITING` or `COMPILING`.
    """
    from filelock import FileLock

    held = FileLock(where / lock)
    try:
        held.acquire()
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        held.release()


_heard: list[Callable[[], None]] = []
"""What the handlers of signals to stop would have done meanwhile."""


@contextmanager
def hearing() -> Iterator[None]:
    """Until the end of the block, have signals to stop wait for the next `answer`, or for the end.

    What their handlers raise while Numba compiles would be lost where LLVM calls back, and the work would go on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: found for number in STOPS if callable(found := signal.getsignal(number))}

    def note(number: int, frame: FrameType | None) -> None:
        _heard.append(lambda: handlers[number](number, frame))

    for number in handlers:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        answer()


def answer() -> None:
    """Answer the first signal to stop that waits, as its handler does; the others have the same to say."""
    if _heard and threading.current_thread() is threading.main_thread():
        first = _heard[0]
        _heard.clear()
        first()


def is_checked() -> bool:
    """Whether compiled code is to look at the bounds of arrays, as NUMBA_BOUNDSCHECK says."""
    return os.environ.get("NUMBA_BOUNDSCHECK", "0").strip() not in ("", "0")


def is_ready(checked: bool = False) -> bool:
    """Whether all that a replication needs has been compiled before, for such a processor as this."""
    return (folder(checked) / _mark()).exists()


def note_ready(checked: bool = False) -> None:
    """Note that all that a replication needs has been compiled, if all could be kept."""
    if _unkept:
        return
    try:
        (folder(checked) / _mark()).touch()
    except OSError as error:
        note_unkept(error)


_unkept: list[str] = []
"""Why compiled code could not be kept."""


def note_unkept(error: OSError) -> None:
    """Note why some compiled code could not be kept."""
    _unkept.append(error.strerror or str(error))


def why_not_kept(checked: bool = False) -> str:
    """Return why the next process will have to compile anew, as far as this one knows; nothing if it need not."""
    if _unkept:
        return f"{folder(checked)}: {_unkept[0]}"
    return "" if _NAME.fullmatch(folder(checked).name) else "there is no folder of your own that can be written"


@cache
def _mark() -> str:
    """Return the name of the file that says so: machine code is for one kind of processor."""
    told = [platform.machine(), platform.processor(), platform.python_version()]
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        told += [next((line for line in lines if line.startswith(word)), "") for word in ("model name", "flags")]
    return f"{READY}-{hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()}"
