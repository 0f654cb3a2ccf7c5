"""Structs that are lent: nobody counts who refers to them, which takes time."""

from __future__ import annotations

from typing import Any

import numba
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    lower_setattr_generic,
    register_model,
    typeof_impl,
    unbox,
)

from iopsim.jit.kinds import Struct
from iopsim.jit.structs import StructType


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
    value = getattr(_fields_at(context, builder, lent.lender, pointer), name)
    if isinstance(kind, StructType):
        return _pointer_of(context, builder, kind, value)
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value=value)
        for owner in ("meminfo", "parent"):
            setattr(array, owner, cgutils.get_null_value(getattr(array, owner).type))
        return array._getvalue()  # noqa: SLF001 - as Numba's own code does
    return value


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
