"""Compiling: plain functions into machine code by Numba, and what a compiled function is handed.

Only modules of compiled code import this one, so nothing else waits for Numba. Code is kept between processes in a
folder of its own for each version of the source text, so that none is ever stale.

A compiled function gives the same bits as the plain one: no fast mathematics, division as in NumPy.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib.resources import files
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numba
import numpy as np
from numba import types
from numba.experimental import structref

OPTIONS = {"cache": True, "error_model": "numpy", "nogil": True, "fastmath": False}
PACKAGE = "iopsim."

Compiled = Any
"""A function that Numba has taken over; it is called like the plain one."""

Struct = Any
"""What a compiled function is handed in place of an object: fields by name, some of which may be structs."""

Row = Any
"""A row of an array of rows: its fields by name, which may be set."""

Rows = Any
"""An array of rows."""


def _texts() -> bytes:
    """Return a digest of the text of every module of the package."""
    digest = hashlib.blake2b(f"numba {numba.__version__} numpy {np.__version__}\n".encode(), digest_size=12)
    root = Path(str(files("iopsim")))
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.digest()


def cache_folder() -> Path:
    """Return the folder in which this version's compiled code is kept; a temporary one if it cannot be written."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    kind = "checked" if numba.config.BOUNDSCHECK else "compiled"
    folder = Path(home) / "iopsim" / f"{kind}-{_texts().hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="iopsim-"))


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(cache_folder())

_twins: dict[FunctionType, Compiled] = {}


def jit(function: Callable[..., Any]) -> Compiled:
    """Compile a function of a module of compiled code; it may call other compiled functions only."""
    return numba.njit(**OPTIONS)(function)


def inlined(function: Callable[..., Any]) -> Compiled:
    """Compile a function into each compiled function that calls it: what is called for every client, and is short.

    What it looks up in structs is then counted once for all calls in a loop, and not in each.
    """
    return numba.njit(**OPTIONS, forceinline=True)(function)


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


@structref.register
class StructType(types.StructRef):  # type: ignore[misc]
    """The type of a struct: its fields, each with a type."""

    def preprocess_fields(self, given: Any) -> Any:
        """Have no field be one certain number."""
        return tuple((name, types.unliteral(kind)) for name, kind in given)


class Handed(structref.StructRefProxy):  # type: ignore[misc]
    """What Python holds of a struct: nothing but the thing itself, to hand on."""


structref.define_boxing(StructType, Handed)

_makers: dict[tuple[str, ...], Compiled] = {}


def struct(**values: Any) -> Struct:
    """Return a struct of numbers, truth values, arrays and structs. Arrays are not copied if they are contiguous."""
    ready: dict[str, Any] = {
        name: np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value for name, value in values.items()
    }
    kind = StructType([(name, numba.typeof(value)) for name, value in ready.items()])
    return _maker(kind, tuple(ready))(*ready.values())


def struct_of(part: Any) -> Struct:
    """Return a dataclass as a struct: what is a number, an array or such a dataclass; text and the like is left out.

    A field has the same name, type and number of dimensions for every scenario, so that all share compiled code.
    """
    values: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            values[field.name] = struct_of(value)
        elif isinstance(value, np.ndarray):
            values[field.name] = _plain(value)
        elif isinstance(value, bool | np.bool_):
            values[field.name] = bool(value)
        elif isinstance(value, int | np.integer):
            values[field.name] = int(value)
        elif isinstance(value, float | np.floating):
            values[field.name] = float(value)
    return struct(**values)


def _plain(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array as compiled code knows it: contiguous, writable, of one of four types."""
    kind = {"i": np.int64, "u": np.uint64, "f": np.float64, "b": np.bool_}[value.dtype.kind]
    ready: np.ndarray[Any, Any] = np.ascontiguousarray(value, dtype=kind)
    return ready if ready.flags.writeable else ready.copy()


def _maker(kind: StructType, names: tuple[str, ...]) -> Compiled:
    """Return the compiled function that makes structs of a type.

    Its text is put together here; it passes for a part of this file, so that it is kept like others.
    """
    key = (str(kind), *names)
    if key not in _makers:
        name = f"make_{hashlib.blake2b(str(kind).encode(), digest_size=8).hexdigest()}"
        lines = [f"def {name}({', '.join(names)}):", "    made = new(kind)"]
        lines += [f"    made.{field} = {field}" for field in names]
        text = "\n".join([*lines, "    return made"])
        space: dict[str, Any] = {"new": structref.new, "kind": kind, "__name__": __name__}
        exec(compile(text, __file__, "exec"), space)
        _makers[key] = jit(space[name])
    return _makers[key]


def row_type(table: type, **more: type) -> np.dtype[Any]:
    """Return the type of a row: every column of a table of the Record as a whole number, and some fields more."""
    columns = [(field.name, np.int64) for field in fields(table)]
    return np.dtype([*columns, *more.items()], align=True)
