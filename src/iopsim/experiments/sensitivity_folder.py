"""A sensitivity analysis in a folder: chunks as they are done, then a table, then a manifest that vouches for it.

batch.json          whose folder this is
sensitivity.csv     what was found
scenario.toml       the scenario as it was; assumptions.csv: where each of its values comes from
manifest.json       what was done, versions, and the SHA-256 of these
chunks/             finished replications, from which it goes on; may be deleted
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import iopsim
from iopsim.errors import IopsimError
from iopsim.experiments.assumptions import ASSUMPTIONS, assumption_rows
from iopsim.experiments.batch import Silent, Watch
from iopsim.experiments.batch_folder import CHUNKS, PACKAGES
from iopsim.experiments.batch_tables import csv_text
from iopsim.experiments.engine import Choice, compilers
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity_study import Findings, Study, analyse, description, rows
from iopsim.experiments.source import source_hash
from iopsim.scenario import resolved_toml
from iopsim.store.chunks import Chunks
from iopsim.store.claim import alone, claim
from iopsim.store.folder import FORMAT, MANIFEST, MENDING, held, stopped

TABLE = "sensitivity.csv"


def analyse_in(
    folder: Path,
    study: Study,
    runner: Runner,
    watch: Watch = Silent(),  # noqa: B008 - it has no state
    waiting: Callable[[], None] | None = None,
) -> Findings:
    """Run a study into a folder, or what is missing of it there.

    Raises
    ------
    IopsimError
        If the folder holds anything else or more replications, or cannot be written; what was done before is kept.
    """
    claim(folder, study.identity)
    with alone(folder, waiting):
        there = held(folder / MANIFEST)
        for name in ("replications", "samples"):
            found, asked = there.get(name), getattr(study, name)
            if isinstance(found, int) and found > asked:
                said = f"{folder}: found {found:,} {name}, more than the {asked:,} asked for; ask for as many or more"
                raise IopsimError(f"{said}, or {MENDING}")
        findings = analyse(study, replace(runner, chunks=Chunks(folder / CHUNKS)), watch)
        try:
            _write(folder, findings, runner.engine)
        except OSError as error:
            raise stopped(folder, error) from None
    return findings


def _write(folder: Path, findings: Findings, engine: Choice) -> None:
    base = findings.study.factors.base
    files = {
        TABLE: csv_text(rows(findings)).encode(),
        "scenario.toml": resolved_toml(base).encode(),
        ASSUMPTIONS: csv_text(assumption_rows(base)).encode(),
    }
    manifest = {
        "kind": "sensitivity",
        "format": FORMAT,
        **description(findings),
        **engine.described(),
        "source": source_hash(),
        "iopsim": iopsim.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        **compilers(engine.ran),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[MANIFEST] = (json.dumps(manifest, indent=2, default=str) + "\n").encode()
    for name, content in files.items():
        draft = folder / f".{name}.{platform.node()}.{os.getpid()}"
        draft.write_bytes(content)
        draft.replace(folder / name)
