"""Names for what compiled functions are and are handed, of which Numba alone knows the types."""

from __future__ import annotations

from typing import Any

Compiled = Any
"""A function that Numba has taken over; it is called like the plain one."""

Struct = Any
"""What a compiled function is handed in place of an object: fields by name, some of which may be structs."""

Row = Any
"""A row of an array of rows: its fields by name, which may be set."""

Rows = Any
"""An array of rows."""
