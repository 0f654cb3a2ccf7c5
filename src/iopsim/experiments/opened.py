"""Any results folder, read back: what was simulated, of which scenario, and what was found."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from iopsim.errors import IopsimError, ScenarioError
from iopsim.experiments.assumptions import ASSUMPTIONS, with_layers
from iopsim.experiments.batch import Looked, Precision
from iopsim.experiments.batch_folder import ARMS, MADE, digest
from iopsim.experiments.documents import TABLES
from iopsim.experiments.ignorance import Ignorance
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.reopened import batch_in, looked_at, outcome_in, sought_in
from iopsim.experiments.result import F64, Result
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.measures.facts import Facts, from_first_dollar, measures_alone
from iopsim.measures.measure import Measure
from iopsim.measures.partition import partitions
from iopsim.rulebook import write
from iopsim.scenario import Resolved, resolve
from iopsim.scenario.words import nearest
from iopsim.store.claim import CLAIM
from iopsim.store.folder import FORMAT, MANIFEST
from iopsim.store.parquet import read
from iopsim.store.sheets import meant
from iopsim.store.tables import fractions_of, restored

Kind = Literal["run", "batch", "sensitivity", "sizing"]
KINDS: tuple[Kind, ...] = ("run", "batch", "sensitivity", "sizing")

PICTURES = (".png", ".svg", ".pdf")
"""Files that nothing is read from: they may be changed or taken away."""

FACTS = ("fractions", "weekly", "money", "waits", "retention", "nights", "staff")
"""Tables that facts are made of, besides `groups`."""


@dataclass(frozen=True)
class Opened:
    """A results folder.

    Parameters
    ----------
    folder : Path
    kind : {"run", "batch", "sensitivity", "sizing"}
        A run is one scenario, simulated often; a batch, one arm or more that meet the same people.
    manifest : mapping
        What ``manifest.json`` says.
    made : mapping
        What ``made.json`` says of time and machine; empty where there is none.
    """

    folder: Path
    kind: Kind
    manifest: Mapping[str, Any] = field(repr=False)
    made: Mapping[str, Any] = field(repr=False)
    _plans: dict[str, Resolved] = field(default_factory=dict, init=False, repr=False, compare=False)
    _results: dict[str, Result] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, the baseline first; of a run or a sensitivity analysis one, which is empty.

        Of a sizing, the plan that answers it: the one chosen, or else the one nearest to the targets.
        """
        if self.kind == "batch":
            return tuple(self.manifest["arms"])
        if self.kind == "sizing":
            answer = self.manifest["chosen"] or self.manifest["nearest"]
            return () if answer is None else (answer,)
        return ("",)

    def plan(self, arm: str = "") -> Resolved:
        """Return the scenario of an arm, with the evidence for every value and the layer that it came from.

        Parameters
        ----------
        arm : str
            Empty for the first.

        Raises
        ------
        IopsimError
            If there is no such arm, or its scenario cannot be read.
        """
        arm = self._named(arm)
        if arm not in self._plans:
            self._plans[arm] = self._read_plan(arm)
        return self._plans[arm]

    def result(self, arm: str = "") -> Result:
        """Return the result of an arm, with the same facts as when it was simulated.

        Replications that failed are left out. Of the twins of a run with drawn inputs only the measures are known.

        Parameters
        ----------
        arm : str
            Empty for the first.

        Raises
        ------
        IopsimError
            If there is no such arm, or there are no results of single plans.
        """
        if self.kind not in ("run", "batch"):
            raise IopsimError(f"{self.folder}: found a {self.told}; it keeps an answer and no results of single plans")
        arm = self._named(arm)
        if arm not in self._results:
            self._results[arm] = self._read_result(arm)
        return self._results[arm]

    @cached_property
    def outcome(self) -> Outcome | None:
        """How the arms of a batch differ; None for another kind of folder."""
        if self.kind != "batch":
            return None
        file = self.folder / "experiment.toml"
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        plans = {arm: self.plan(arm) for arm in self.arms}
        batch = batch_in(self.manifest, plans, lambda arm: partial(self.plan, arm), text)
        return outcome_in(self.folder, self.manifest, batch)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file of the folder, by column; none where there is no such file.

        Parameters
        ----------
        name : str
            Such as ``sensitivity.csv``.
        """
        try:
            with (self.folder / name).open(encoding="utf-8", newline="") as file:
                return [{column: meant(cell) for column, cell in row.items()} for row in csv.DictReader(file)]
        except FileNotFoundError:
            return []

    @property
    def told(self) -> str:
        """What kind of results these are, in words."""
        return {"run": "run", "batch": "comparison", "sensitivity": "sensitivity analysis", "sizing": "sizing"}[
            self.kind
        ]

    def _named(self, arm: str) -> str:
        """Return the name of an arm that there is."""
        if not arm and self.arms:
            return self.arms[0]
        if arm in self.arms:
            return arm
        if not any(self.arms):
            raise IopsimError(f"{self.folder}: found a {self.told}, which has no arms; leave out {arm!r}")
        hint = nearest(arm, self.arms)
        said = f"{self.folder}: found no arm {arm!r}; there are {', '.join(self.arms)}"
        raise IopsimError(f"{said} (did you mean {hint}?)" if hint else said)

    def _place(self, arm: str) -> Path:
        return self.folder / ARMS / arm if self.kind == "batch" else self.folder

    def _read_plan(self, arm: str) -> Resolved:
        place = self._place(arm)
        try:
            resolved = resolve(place / "scenario.toml")
            found = with_layers(resolved, self.rows((place / ASSUMPTIONS).relative_to(self.folder).as_posix()))
        except ScenarioError as error:
            raise IopsimError(f"{place / 'scenario.toml'}: {_OTHER}\n{error}") from None
        except (KeyError, ValueError) as error:
            raise IopsimError(f"{place / ASSUMPTIONS}: found something else than assumptions ({error})") from None
        said = self._hash_of(arm)
        if found.scenario.hash != said:
            raise IopsimError(f"{place / 'scenario.toml'}: {_OTHER}")
        return found

    def _hash_of(self, arm: str) -> str:
        if self.kind == "batch":
            return str(self.manifest["arms"][arm]["scenario_hash"])
        return str(self.manifest["plans"][arm] if self.kind == "sizing" else self.manifest["scenario_hash"])

    def _read_result(self, arm: str) -> Result:
        scenario, said = self.plan(arm).scenario, self.manifest
        parts = partitions(write(scenario), said.get("by", ()))
        place = self._place(arm) / TABLES if self.kind == "run" else self._place(arm)
        tables = {name: place / f"{name}.parquet" for name in (*FACTS, *(("groups",) if parts else ()))}
        missing = [path for path in tables.values() if not path.is_file()]
        if missing:
            raise IopsimError(f"{missing[0]}: found no such table: every replication of this arm failed")
        facts = restored({name: read(path) for name, path in tables.items()}, parts)
        if self.kind == "batch" and said["arms"][arm]["inputs"]:
            facts = from_first_dollar(facts)
        warm_up = said.get("warm_up_weeks")
        engines = {name: said.get(name, "") for name in ("engine", "engine_asked")}
        result = Result(scenario, said["seed"], len(facts), facts, parts, warm_up, **engines)
        if self.kind == "batch":
            return replace(result, uncertain=bool(said["arms"][arm]["inputs"]))
        sought, looked = self._precision(facts)
        return replace(result, ignorance=self._ignorance(facts), sought=sought, looked=looked)

    def _ignorance(self, facts: Facts) -> Ignorance | None:
        """Return what tells luck and ignorance apart, of a run with drawn inputs."""
        if "uncertain" not in self.manifest:
            return None
        reasons: list[list[str]] = [[] for _ in range(len(facts))]
        for row in self.rows("refused.csv"):
            reasons[int(row["replication"])].append(row["reason"])
        values = [{name: float(cell) for name, cell in row.items()} for row in self.rows("inputs.csv")]
        for one in values:
            del one["replication"]
        twins, fixed = (
            measures_alone(fractions_of(read(self.folder / TABLES / f"{name}.parquet"))) for name in ("twins", "fixed")
        )
        drawn = tuple((one, tuple(why)) for one, why in zip(values, reasons, strict=True))
        return Ignorance(draw_inputs(self.plan(), self.manifest["seed"]), drawn, facts, twins, fixed)

    def _precision(self, facts: Facts) -> tuple[Precision | None, Looked | None]:
        sought = sought_in(self.manifest)
        if sought is None:
            return None, None

        def values(measure: Measure, column: int) -> F64:
            return measure.values(np.stack([facts.numerators[:, column], facts.denominators[:, column]], axis=-1))

        return sought, looked_at(sought, {"": values}, self.manifest)


_OTHER = (
    "found a scenario that this version of iopsim takes for another one than that simulated; make the results again, "
    "or read them with the version in manifest.json"
)


def open_results(folder: str | Path) -> Opened:
    """Open a results folder, whatever made it.

    Parameters
    ----------
    folder : str or Path
        A folder of `iopsim run`, `compare --out`, `experiment`, `sensitivity --out` or `size --out`.

    Returns
    -------
    Opened

    Raises
    ------
    IopsimError
        If there is no such folder, it holds no results or unfinished ones, a file is missing or has changed, or another
        version of iopsim has made it in another way.
    """
    folder = Path(folder)
    if not folder.exists():
        raise IopsimError(f"{folder}: found no such folder; give the folder of results that `iopsim run` made")
    if not folder.is_dir():
        raise IopsimError(f"{folder}: found a file; give the folder of results that it is in")
    manifest = _json(folder / MANIFEST)
    if manifest is None:
        raise _no_manifest(folder)
    if not {"iopsim", "sha256"} <= manifest.keys() or not isinstance(manifest["sha256"], dict):
        raise IopsimError(f"{folder}: found a {MANIFEST} that is not of iopsim; give a folder that `iopsim run` made")
    if manifest.get("format") != FORMAT or manifest.get("kind") not in KINDS:
        raise IopsimError(
            f"{folder}: found results that iopsim {manifest['iopsim']} wrote in another format; make them again with "
            "this version, or read them with that one"
        )
    _vouch(folder, manifest["sha256"])
    return Opened(folder, cast(Kind, manifest["kind"]), manifest, _json(folder / MADE) or {})


def _json(path: Path) -> dict[str, Any] | None:
    """Return what a file says; None if there is none, or it is no table."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IopsimError(f"{path}: found that it cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _no_manifest(folder: Path) -> IopsimError:
    if (folder / CLAIM).exists():
        name = (_json(folder / CLAIM) or {}).get("name", "")
        what = f"unfinished results{f' ({name})' if name else ''}"
        return IopsimError(
            f"{folder}: found {what}; run the command that began them again, with the same --out, and it goes on from "
            "where it was stopped"
        )
    return IopsimError(f"{folder}: found no results of iopsim there; give a folder that has a {MANIFEST}")


def _vouch(folder: Path, digests: Mapping[str, str]) -> None:
    """Make sure that every file that numbers are read from is as it was written."""
    for name, said in digests.items():
        path = folder / name
        if path.suffix in PICTURES:
            continue
        try:
            found = digest(path)
        except FileNotFoundError:
            raise IopsimError(f"{path}: found no such file, which belongs to these results; {_AGAIN}") from None
        except OSError as error:
            raise IopsimError(f"{path}: found that it cannot be read ({error.strerror}); {_AGAIN}") from None
        if found != said:
            raise IopsimError(f"{path}: found that it has changed since it was written; {_AGAIN}")


_AGAIN = "run the command that made them again, with the same --out, or take a copy that is whole"
