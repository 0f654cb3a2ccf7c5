"""Indices count from the start, and never from the end: in this package -1 is a day, or a client, that is not.

Numba looks at each index, whether it is negative, and adds the length if so. To leave that out saves a seventh of the
time of a replication; and where the bounds of arrays are checked, an index of -1 is a mistake that is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.np import arrayobj

ANY_INDEX = "fix_integer_index"
"""What Numba calls the function that generates code for an index."""


def count_from_the_start(package: str) -> None:
    """Have code that is compiled for functions of a package take indices as they are; that of others stays as it is.

    Parameters
    ----------
    package : str
        Its name, without a point.
    """
    begins = f"_ZN{len(package)}{package}"
    usual: Callable[..., Any] | None = getattr(arrayobj, ANY_INDEX, None)
    if usual is None:
        return  # this Numba calls it otherwise; what it does is right, and slower

    def index_for(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
        """Generate the code for an index into so many."""
        if builder.function.name.startswith(begins):
            return context.cast(builder, index, kind, types.intp)
        return usual(context, builder, kind, index, size)

    setattr(arrayobj, ANY_INDEX, index_for)
