"""The compiled engine: one replication at a time, from a rulebook and a deck to the Record."""

from __future__ import annotations
