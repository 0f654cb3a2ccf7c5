"""The accounts once more, for Numba: the same ledger, to the cent.

A module here is the twin of the module of the same name in `iopsim.money`: loops in the place of operations on arrays.
What is decided of one service, one claim or one amount is decided by the very same functions.
"""
