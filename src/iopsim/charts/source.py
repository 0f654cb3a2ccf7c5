"""The source of a chart: whose numbers it shows, and how to have them again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from iopsim import __version__
from iopsim.charts.style import inert
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.result import Result

DRAWN = "What nobody knows was drawn anew for each replication"
"""Said on every chart of a run with drawn inputs."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the foot of a chart says.

    Parameters
    ----------
    name : str
        Of the program, or of the experiment.
    hashes : tuple of str
        Of the scenarios that were simulated.
    seed : int
    replications : int
        Of each scenario.
    view : str
        What is said of a mature view, without a full stop; empty for an opening view.
    inputs : str
        What is said of drawn inputs, without a full stop; empty where there are none.
    """

    name: str
    hashes: tuple[str, ...]
    seed: int
    replications: int
    view: str = ""
    inputs: str = ""

    @property
    def run(self) -> str:
        """How to have it again, in a line."""
        runs = f"{self.replications:,} replication{'' if self.replications == 1 else 's'}"
        first = f"scenario {self.hashes[0][:10]}"
        if len(self.hashes) > 1:
            first = f"scenarios {self.hashes[0][:10]} and {len(self.hashes) - 1} other" + (
                "s" if len(self.hashes) > 2 else ""
            )
            runs += " each"
        return f"{first} · seed {self.seed} · {runs} · iopsim {__version__}"


def of_result(result: Result) -> Source:
    """Return the source of the chart of one program."""
    scenario = result.scenario
    inputs = DRAWN if result.inputs_drawn else ""
    return Source(
        inert(scenario.name), (scenario.hash,), result.seed, result.replications, result.view_in_words, inputs
    )


def of_outcome(outcome: Outcome, view: str = "") -> Source:
    """Return the source of the chart of several plans."""
    batch = outcome.batch
    hashes = tuple(dict.fromkeys(plan.scenario.hash for plan in batch.plans))
    programs: Collection[str] = {plan.scenario.name for plan in batch.plans}
    name = next(iter(programs)) if len(programs) == 1 else batch.name
    if batch.warm_up and not view:
        view = f"Mature view, after a warm-up of {batch.warm_up} weeks"
    inputs = DRAWN if any(plan.inputs for plan in batch.plans) else ""
    return Source(inert(name), hashes, batch.seed, outcome.replications, view, inputs)
