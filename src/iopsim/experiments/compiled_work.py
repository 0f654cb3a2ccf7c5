"""Work by the compiled engine: the same part of the same job. Whoever imports this has Numba imported."""

from __future__ import annotations

from iopsim import jit
from iopsim.experiments import work
from iopsim.experiments.work import Job
from iopsim.store.part import Part

FOLDER = jit.FOLDER
"""Where the code is kept that a replication needs."""


def prepare() -> None:
    """Have all compiled code that a replication needs in this process, loaded or compiled; it may take minutes."""


def part_of(job: Job) -> Part:
    """Simulate the replications of a job, as `iopsim.experiments.work.part_of`, which gives the same part."""
    return work.part_of(job)
