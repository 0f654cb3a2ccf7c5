"""What a person writes: one module for each part of the file, and the front door that reads it."""

from iopsim.scenario.load import from_toml, load, resolve, resolve_text
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Origin, Resolved, resolved_toml
from iopsim.scenario.schema import json_schema
from iopsim.scenario.starter import write_starter

__all__ = [
    "Origin",
    "Resolved",
    "Scenario",
    "from_toml",
    "json_schema",
    "load",
    "resolve",
    "resolve_text",
    "resolved_toml",
    "write_starter",
]
