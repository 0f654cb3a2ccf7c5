"""Plain functions into machine code, kept between processes where `iopsim.compiled_code` says: none is ever stale."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

from iopsim.compiled_code import WRITING, alone, answer, covers, folder, note_unkept, prune
from iopsim.jit.indices import count_from_the_start
from iopsim.jit.kinds import Compiled

if numba.config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT is set")

OPTIONS = {"error_model": "numpy", "nogil": True, "fastmath": False}
PACKAGE = "iopsim."

count_from_the_start(PACKAGE.removesuffix("."))

CHECKED = bool(numba.config.BOUNDSCHECK)
"""Whether compiled code looks at the bounds of arrays."""

FOLDER = folder(CHECKED)
"""Where compiled code is kept."""

prune(FOLDER)


OF_THIS_TEXT = "text"
"""What Numba is told of the source of a function, to find out whether what is kept is stale: it never is."""


class _Kept(FunctionCache):  # type: ignore[misc]
    """The compiled code of a function on disk, in a folder that is named by the text of all that it is made from.

    So nothing more is asked of the source, neither where it lies nor when it was written. One process at a time writes:
    Numba numbers files by what it finds.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_path = str(FOLDER / function.__module__)
        self._cache_file = IndexDataCacheFile(self._cache_path, self._impl.filename_base, OF_THIS_TEXT)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return compiled code, or nothing where there is none; what cannot be read is compiled anew.

        Every function is looked for before it is compiled, and kept after that: there signals to stop are answered.
        """
        answer()
        try:
            return super().load_overload(sig, target_context)
        except Exception:
            with suppress(OSError), alone(FOLDER, WRITING):
                self._cache_file.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code; do without, where there is no more room."""
        try:
            with alone(FOLDER, WRITING):
                Path(self._cache_path).mkdir(exist_ok=True)
                super().save_overload(sig, data)
        except OSError as error:
            note_unkept(error)
        answer()


_twins: dict[FunctionType, Compiled] = {}


def jit(function: Callable[..., Any]) -> Compiled:
    """Compile a function of a module of compiled code; it may call other compiled functions only.

    Raises
    ------
    ValueError
        If its module is none of those whose text `iopsim.compiled_code` looks at.
    """
    module = function.__module__
    if module.startswith(PACKAGE) and not covers(module):
        raise ValueError(f"{module} is above all that is compiled: its text would not tell that code is stale")
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
    try:
        compiled = numba.njit(**OPTIONS)(function)
        compiled._cache = _Kept(function)  # noqa: SLF001 - as its enable_caching() does
    finally:
        numba.config.CACHE_DIR = before
    return compiled


def inlined(function: Callable[..., Any]) -> Compiled:
    """Compile a function into each compiled function that calls it: what is called for every client, and is short.

    What it looks up in structs is then counted once for all calls in a loop, and not in each.
    """
    return numba.njit(**OPTIONS, forceinline=True)(function)


def merged(function: Callable[..., Any]) -> Compiled:
    """Have a function be a part of the one that calls it, and not be compiled on its own."""
    return numba.njit(**OPTIONS, inline="always")(function)


def jitted(function: Callable[..., Any]) -> Compiled:
    """Return the compiled twin of a plain function of the package, and of every plain function that it calls."""
    assert isinstance(function, FunctionType)
    if function not in _twins:
        known = dict(function.__globals__)
        for name in _names(function.__code__):
            called = known.get(name)
            if isinstance(called, FunctionType) and called is not function and called.__module__.startswith(PACKAGE):
                known[name] = jitted(called)
        twin = FunctionType(function.__code__, known, function.__name__, function.__defaults__, function.__closure__)
        twin.__qualname__, twin.__module__ = function.__qualname__, function.__module__
        _twins[function] = jit(twin)
    return _twins[function]


def _names(code: CodeType) -> set[str]:
    inside = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inside)
