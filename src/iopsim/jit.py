"""Compiling: plain functions into machine code by Numba, and what a compiled function is handed.

Only modules of compiled code import this one, so nothing else waits for Numba. Code is kept between processes where
`iopsim.compiled_code` says, so that none is ever stale.

A compiled function gives the same bits as the plain one: no fast mathematics, division as in NumPy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    lower_setattr_generic,
    register_model,
    typeof_impl,
    unbox,
)

from iopsim.compiled_code import WRITING, alone, answer, covers, folder, note_unkept, prune

if numba.config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT is set")

OPTIONS = {"error_model": "numpy", "nogil": True, "fastmath": False}
PACKAGE = "iopsim."

Compiled = Any
"""A function that Numba has taken over; it is called like the plain one."""

Struct = Any
"""What a compiled function is handed in place of an object: fields by name, some of which may be structs."""

Row = Any
"""A row of an array of rows: its fields by name, which may be set."""

Rows = Any
"""An array of rows."""


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


@structref.register
class FixedType(StructType):
    """The type of a struct of which no field is ever set again, so that a field need not be read twice."""

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self.name: str = f"fixed_{self.name}"


structref.define_boxing(StructType, Handed)
structref.define_boxing(FixedType, Handed)

_makers: dict[tuple[str, ...], Compiled] = {}


def struct(**values: Any) -> Struct:
    """Return a struct of numbers, truth values, arrays and structs.

    Arrays are not copied if they are contiguous and can be written: others would make another type, and other code.
    """
    return _made(StructType, values)


def fixed(**values: Any) -> Struct:
    """Return a struct of which no field is ever set; what is in its arrays may be."""
    return _made(FixedType, values)


def _made(of: type[StructType], values: dict[str, Any]) -> Struct:
    ready = {name: _ready(value) if isinstance(value, np.ndarray) else value for name, value in values.items()}
    kind = of([(name, numba.typeof(value)) for name, value in ready.items()])
    return _maker(kind, tuple(ready))(*ready.values())


def struct_of(part: Any) -> Struct:
    """Return a dataclass as a fixed struct: what is a number, an array or such a dataclass; text is left out.

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
    return fixed(**values)


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


class LentType(types.Type):  # type: ignore[misc]
    """The type of a struct that is lent: nobody counts who refers to it or to its arrays."""

    def __init__(self, lender: StructType) -> None:
        self.lender = lender
        super().__init__(name=f"lent({lender})")


@register_model(LentType)
class _LentModel(models.OpaqueModel):  # type: ignore[misc]
    """A pointer to the fields."""


def _lent(kind: Any) -> Any:
    return LentType(kind) if isinstance(kind, StructType) else kind


def _fields_at(context: Any, builder: Any, lender: StructType, pointer: Any) -> Any:
    """Return the fields of a struct that is lent, as a thing whose attributes they are."""
    payload = lender.get_data_type()
    there = context.data_model_manager[payload].get_value_type().as_pointer()
    return cgutils.create_struct_proxy(payload)(context, builder, ref=builder.bitcast(pointer, there))


def _pointer_of(context: Any, builder: Any, kind: StructType, value: Any) -> Any:
    """Return the pointer to the fields of a struct."""
    whole = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    return context.nrt.meminfo_data(builder, whole.meminfo)


class Lent:
    """A struct that is lent to compiled functions: nobody counts references to it there, which takes time.

    It holds the struct; an array that a field held is gone once compiled code sets the field to another.

    Parameters
    ----------
    struct : Struct
        From `struct` or `struct_of`.
    """

    def __init__(self, struct: Struct) -> None:
        self.struct = struct
        self.kind = LentType(numba.typeof(struct))
        self.address: int = struct._meminfo.data  # noqa: SLF001 - Numba's own proxies have no other way


@typeof_impl.register(Lent)  # type: ignore[untyped-decorator]
def _type_of_lent(lent: Lent, _: Any) -> LentType:
    return lent.kind


@unbox(LentType)  # type: ignore[untyped-decorator]
def _pointer_to(_: LentType, lent: Any, c: Any) -> NativeValue:
    """Hand compiled code the pointer to the fields of a struct that is lent."""
    number = c.pyapi.object_getattr_string(lent, "address")
    pointer = c.builder.inttoptr(c.pyapi.long_as_longlong(number), cgutils.voidptr_t)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@infer_getattr
class _LentAttribute(AttributeTemplate):  # type: ignore[misc]
    key = LentType

    def generic_resolve(self, lent: LentType, name: str) -> Any:
        """Return the type of a field; a struct in a struct that is lent is lent too."""
        return _lent(lent.lender.field_dict[name]) if name in lent.lender.field_dict else None


@lower_getattr_generic(LentType)  # type: ignore[untyped-decorator]
def _get(context: Any, builder: Any, lent: LentType, pointer: Any, name: str) -> Any:
    """Read a field: an array without its owner."""
    kind = lent.lender.field_dict[name]
    there = _fields_at(context, builder, lent.lender, pointer)
    fixed = isinstance(lent.lender, FixedType)
    if isinstance(kind, types.Array):
        return _array_at(context, builder, kind, there._get_ptr_by_name(name), fixed)  # noqa: SLF001 - no other way
    if isinstance(kind, StructType):
        return _pointer_of(context, builder, kind, getattr(there, name))
    if fixed and isinstance(kind, types.Number):
        return _read(builder, there._get_ptr_by_name(name), fixed)  # noqa: SLF001
    return getattr(there, name)


def _read(builder: Any, place: Any, fixed: bool) -> Any:
    """Read what is at a place in memory, which is fixed if nothing ever changes it."""
    value = builder.load(place)
    if fixed:
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _array_at(context: Any, builder: Any, kind: Any, place: Any, fixed: bool) -> Any:
    """Read an array at a place in memory, without its owner.

    It is contiguous, so that its strides need not be read: with strides that are known beforehand an element is found
    by one instruction.
    """
    assert kind.layout == "C"
    there = context.make_array(kind)(context, builder, ref=place)
    array = context.make_array(kind)(context, builder)
    size = array.itemsize.type(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    first = there._get_ptr_by_name("shape")  # noqa: SLF001 - no other way
    shape = [_read(builder, cgutils.gep_inbounds(builder, first, 0, k), fixed) for k in range(kind.ndim)]
    strides = [size]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    array.data = _read(builder, there._get_ptr_by_name("data"), fixed)  # noqa: SLF001
    array.itemsize = size
    array.nitems = shape[0] if kind.ndim == 1 else there.nitems
    array.shape, array.strides = cgutils.pack_array(builder, shape), cgutils.pack_array(builder, strides)
    for owner in ("meminfo", "parent"):
        setattr(array, owner, cgutils.get_null_value(getattr(array, owner).type))
    return array._getvalue()  # noqa: SLF001 - as Numba's own code does


@lower_setattr_generic(LentType)  # type: ignore[untyped-decorator]
def _set(context: Any, builder: Any, signature: Any, arguments: Any, name: str) -> None:
    """Set a field; an array is kept, and the one before it let go."""
    lent, given = signature.args
    there = _fields_at(context, builder, lent.lender, arguments[0])
    kind = lent.lender.field_dict[name]
    value = context.cast(builder, arguments[1], given, kind)
    before = getattr(there, name)
    if isinstance(kind, types.Array):
        _set_array(context, builder, kind, there, name, value, before)
        return
    context.nrt.incref(builder, kind, value)
    context.nrt.decref(builder, kind, before)
    setattr(there, name, value)


def _set_array(context: Any, builder: Any, kind: Any, there: Any, name: str, value: Any, before: Any) -> None:
    """Set a field to an array; one that is given its own back keeps it, and the owner that it has already."""
    new = context.make_array(kind)(context, builder, value=value)
    old = context.make_array(kind)(context, builder, value=before)
    nobody, owner = cgutils.get_null_value(new.meminfo.type), old.meminfo
    lent = builder.icmp_unsigned("==", new.meminfo, nobody)
    own = builder.and_(lent, builder.icmp_unsigned("==", new.data, old.data))
    context.nrt.incref(builder, kind, value)
    old.meminfo = builder.select(own, nobody, owner)
    context.nrt.decref(builder, kind, old._getvalue())  # noqa: SLF001 - as Numba's own code does
    new.meminfo = builder.select(own, owner, new.meminfo)
    setattr(there, name, new._getvalue())  # noqa: SLF001
