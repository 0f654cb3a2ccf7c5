"""A point: one plan to be simulated, with all that its replications depend on but their numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from iopsim.experiments.source import source_hash
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.model import Scenario

TABLES = ("clients", "events")
"""What may be kept of a replication besides its measures and series."""


class Drawing(Protocol):
    """Inputs drawn for one replication."""

    @property
    def scenario(self) -> Scenario:
        """The scenario with these inputs."""

    @property
    def refused(self) -> Sequence[str]:
        """Why earlier draws for this replication cannot be."""


class Inputs(Protocol):
    """Inputs that are drawn anew for each replication, within what is known of them."""

    @property
    def hash(self) -> str:
        """What they depend on, in a word."""

    def scenario(self, replication: int) -> Scenario:
        """Return the scenario of a replication."""

    def draw(self, replication: int) -> Drawing:
        """Return the inputs of a replication."""


@dataclass(frozen=True)
class Point:
    """One plan to be simulated.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        0 <= seed < 2**64.
    by : tuple of str
        Dimensions by which clients are told apart, as for `iopsim.measures.partition.partitions`.
    since : int
        First day that counts, as in `iopsim.measures.view.View`.
    keep : tuple of str
        Some of `TABLES`.
    inputs : Inputs or None
        None: the scenario as it is, in every replication.
    series : bool
        Without them, only measures are computed and kept.
    """

    scenario: Scenario
    seed: int
    by: tuple[str, ...] = ()
    since: int = 0
    keep: tuple[str, ...] = ()
    inputs: Inputs | None = None
    series: bool = True

    @cached_property
    def key(self) -> str:
        """The hash of all that its replications depend on, the source of what computes them included; 64 digits."""
        said = {
            "scenario": self.scenario.hash,
            "seed": self.seed,
            "by": self.by,
            "since": self.since,
            "keep": self.keep,
            "inputs": None if self.inputs is None else self.inputs.hash,
            "series": self.series,
            "source": source_hash(),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @cached_property
    def book(self) -> Rulebook:
        """The scenario as numbers."""
        return write(self.scenario)

    def book_of(self, replication: int) -> tuple[Rulebook, int]:
        """Return the numbers of one replication, and how many draws of its inputs were refused."""
        if self.inputs is None:
            return self.book, 0
        drawn = self.inputs.draw(replication)
        return write(drawn.scenario), len(drawn.refused)

    def __getstate__(self) -> dict[str, object]:
        """Be pickled without what can be computed again."""
        kept = ("scenario", "seed", "by", "since", "keep", "inputs", "series")
        return {name: getattr(self, name) for name in kept}
