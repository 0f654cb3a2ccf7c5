"""The source of what computes: a hash by which no result is reused that another version of a rule has made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

COMPUTES = (
    "arithmetic.py",
    "clock.py",
    "cohort.py",
    "compiled_code.py",
    "deck.py",
    "engines",
    "events.py",
    "experiments/compiled_work.py",
    "experiments/point.py",
    "experiments/uncertainty.py",
    "experiments/work.py",
    "jit",
    "measures",
    "money",
    "record.py",
    "rulebook",
    "rules",
    "scenario",
    "standards.py",
    "standards.toml",
    "stats/triangular.py",
    "store/part.py",
    "workforce.py",
)
"""Modules and packages of iopsim whose text decides what a replication gives."""

TELLS = ("experiments", "measures", "stats", "store")
"""What makes tables of what was computed; their text decides no chunk."""

PACKAGES = ("holidays", "numpy", "simpy")
"""Packages whose version may decide it."""


def source_hash() -> str:
    """Return the hash of the text of what computes, 64 hexadecimal digits; as it was when this was imported."""
    return _HASH


def tables_hash() -> str:
    """Return the hash of the text of what makes tables of it, 64 hexadecimal digits."""
    return _TABLES_HASH


def _hash(names: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for package in PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    root = files("iopsim")
    for name in names:
        texts = _texts(root.joinpath(name), name)
        if not texts:
            raise ModuleNotFoundError(f"iopsim has no {name}, whose text decides what a replication gives")
        for path, text in texts:
            digest.update(f"{path} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def _texts(entry: Traversable, name: str) -> list[tuple[str, bytes]]:
    """Return every module below a package, or a module, with its name; in the order of the names."""
    if entry.is_file():
        return [(name, entry.read_bytes())] if name.endswith((".py", ".toml")) else []
    if not entry.is_dir():
        return []
    inside = sorted(entry.iterdir(), key=lambda one: one.name)
    return [text for one in inside if one.name != "__pycache__" for text in _texts(one, f"{name}/{one.name}")]


_HASH, _TABLES_HASH = _hash(COMPUTES), _hash(TELLS)
"""Computed early: a text that is changed later is not that of what has been imported."""
