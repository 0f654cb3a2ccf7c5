"""Compiling: plain functions into machine code by Numba, and what a compiled function is handed.

Only modules of compiled code import this one, so nothing else waits for Numba. Code is kept between processes where
`iopsim.compiled_code` says, so that none is ever stale.

A compiled function gives the same bits as the plain one: no fast mathematics, division as in NumPy.
"""

from iopsim.jit.compiling import CHECKED, FOLDER, inlined, jit, jitted, merged
from iopsim.jit.kinds import Compiled, Row, Rows, Struct
from iopsim.jit.lent import Lent
from iopsim.jit.structs import row_type, struct, struct_of

__all__ = [
    "CHECKED", "FOLDER", "Compiled", "Lent", "Row", "Rows", "Struct", "inlined", "jit", "jitted", "merged",
    "row_type", "struct", "struct_of",
]  # fmt: skip
