"""Structs: what a compiled function is handed in place of an object, its fields by name."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any

import numba
import numpy as np
from numba import types
from numba.experimental import structref

from iopsim.jit.compiling import jit
from iopsim.jit.kinds import Compiled, Struct


@structref.register
class StructType(types.StructRef):  # type: ignore[misc]
    """The type of a struct: its fields, each with a type.

    Its name, which becomes a part of that of every function that is handed one, is short and tells no fields: with all
    of them told, names took most of what is kept on disk.
    """

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self.name: str = f"struct_{hashlib.blake2b(self.name.encode(), digest_size=12).hexdigest()}"

    def preprocess_fields(self, given: Any) -> Any:
        """Have no field be one certain number."""
        return tuple((name, types.unliteral(kind)) for name, kind in given)


class Handed(structref.StructRefProxy):  # type: ignore[misc]
    """What Python holds of a struct: nothing but the thing itself, to hand on."""


structref.define_boxing(StructType, Handed)

_makers: dict[tuple[str, ...], Compiled] = {}


def struct(**values: Any) -> Struct:
    """Return a struct of numbers, truth values, arrays and structs.

    Arrays are not copied if they are contiguous and can be written: others would make another type, and other code.
    """
    ready = {name: _ready(value) if isinstance(value, np.ndarray) else value for name, value in values.items()}
    kind = StructType([(name, numba.typeof(value)) for name, value in ready.items()])
    return _maker(kind, tuple(ready))(*ready.values())


def struct_of(part: Any) -> Struct:
    """Return a dataclass as a struct: what is a number, an array or such a dataclass; text is left out.

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
    return _ready(value.astype(kind, copy=False))


def _ready(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if not value.ndim:
        raise TypeError("an array without dimensions is a number: hand that on")
    return np.require(value, requirements=["C", "W", "A"])


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
