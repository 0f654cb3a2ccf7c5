"""The packaged defaults: what a scenario takes where its file is silent."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from iopsim.scenario.lines import Key, Place, places

DEFAULTS = "defaults.toml"


@cache
def defaults() -> Mapping[str, object]:
    """Return the packaged defaults as written, evidence and templates included.

    Returns
    -------
    mapping of str to object
        As `tomllib` reads them; not to be changed.
    """
    return tomllib.loads(_text())


@cache
def default_places() -> Mapping[Key, Place]:
    """Return where in ``defaults.toml`` each default stands.

    Returns
    -------
    mapping of tuple to Place
        By address, such as ``groups.*.seats``.
    """
    return places(_text())


def _text() -> str:
    return files("iopsim").joinpath(DEFAULTS).read_text(encoding="utf-8")
