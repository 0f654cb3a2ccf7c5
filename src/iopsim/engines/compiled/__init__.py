"""The compiled engine: the mechanics of the reference engine once more, for Numba; the same Record, bit for bit.

A module here is the twin of the module of the same name in `iopsim.engines` (or of `iopsim.deck`, `iopsim.cohort`). The
rules are the very same functions.
"""
