"""iopsim: a simulation of an intensive outpatient program, for planning it before it opens.

Load a scenario with `load`, run it with `simulate`, and read the `Result`. Modules are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iopsim.api import compare, experiment, simulate
    from iopsim.errors import IopsimError, ScenarioError
    from iopsim.experiments.result import Result
    from iopsim.scenario.load import load
    from iopsim.scenario.model import Scenario

__version__ = "0.1.0"
__all__ = ["IopsimError", "Result", "Scenario", "ScenarioError", "compare", "experiment", "load", "simulate"]

_HOME = {
    "IopsimError": "errors",
    "Result": "experiments.result",
    "Scenario": "scenario.model",
    "ScenarioError": "errors",
    "compare": "api",
    "experiment": "api",
    "load": "scenario.load",
    "simulate": "api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'iopsim' has no attribute {name!r}")
    return getattr(import_module(f"iopsim.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
