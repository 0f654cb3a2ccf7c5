"""Which engine simulates: the reference, or the compiled one where that is worth its start.

Both give the same bits, so nothing but the time a run takes depends on the choice. It is made where jobs are handed out
and goes with them; a worker that cannot have the compiled engine uses the reference.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, cast, get_args

from iopsim import compiled_code
from iopsim.errors import IopsimError
from iopsim.experiments import work
from iopsim.experiments.work import Job
from iopsim.rulebook import write
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest
from iopsim.store.part import Part

Engine = Literal["reference", "compiled"]
Asked = Literal["auto", "reference", "compiled"]

ENGINES = get_args(Asked)
"""What may be asked for, what is used if nothing is said first."""

SECONDS_PER_REFERRAL: dict[Engine, float] = {"reference": 8e-5, "compiled": 1e-6}
"""What a replication costs for each client referred, roughly."""

SECONDS_TO_LOAD = 1.0
"""What it takes a process to load compiled code that is kept, roughly."""

SECONDS_TO_COMPILE = 100.0
"""What it takes to compile all that a replication needs, roughly; once for each version of iopsim."""

SECONDS_TO_START = 0.8
"""What starting workers costs, roughly."""

COMPILERS = ("llvmlite", "numba")
"""Packages that make the machine code of the compiled engine."""

AND = " and "

COMPILING = "Compiling (a minute or two)"
LOADING = "Loading the compiled engine"
SIMULATING = "Simulating"

LACKING = "simulating with the reference engine, which gives the same results more slowly: {reason}"
"""What is said where the compiled engine would be used and cannot be had."""

BEGINS = "compiling, which takes a minute or two; {kept}"
"""What is said where nobody watches a bar."""

UNKEPT = "compiled code cannot be kept, so the next run compiles anew ({reason})"


@dataclass
class Choice:
    """Which engine was asked for, and which has simulated so far.

    Parameters
    ----------
    asked : {"auto", "reference", "compiled"}
    says : callable, optional
        Called with what is happening, where that takes a while; None: a line on stderr says so if it takes long.

    Raises
    ------
    ValueError
        If there is no such engine.
    """

    asked: Asked = "auto"
    says: Callable[[str], None] | None = None
    _now: Engine = field(default="reference", init=False)
    _ran: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if self.asked not in ENGINES:
            hint = nearest(str(self.asked), ENGINES)
            meant = f"; did you mean {hint!r}?" if hint else ""
            raise ValueError(f"engine is one of {', '.join(ENGINES)}, not {self.asked!r}{meant}")

    def decide(self, referrals: float, workers: int) -> Engine:
        """Choose for some work, and have the engine ready; once compiled code is there, all that follows uses it.

        Parameters
        ----------
        referrals : float
            Clients expected to be referred, in all replications together.
        workers : int
            Processes that share the work.

        Raises
        ------
        IopsimError
            If the compiled engine was asked for by name and cannot be had.
        """
        if self._now == "compiled" or self.asked == "reference":
            return self._now
        if self.asked == "auto" and not is_worthwhile(referrals, workers):
            return self._now
        reason = self._reached()
        if reason and self.asked == "compiled":
            raise IopsimError(
                f"the compiled engine cannot be used here: {reason}; ask for the reference engine, or for auto: the "
                "results are the same"
            )
        if reason:
            complain(reason)
        else:
            self._now = "compiled"
        return self._now

    def _reached(self) -> str:
        checked = compiled_code.is_checked()
        compiles = not compiled_code.is_ready(checked)
        says = self.says or (lambda _: None)
        if compiles and self.says is None:
            tell_of_compiling()
        says(COMPILING if compiles else LOADING)
        reason = reached()
        says(SIMULATING)
        if compiles and not reason and (unkept := compiled_code.why_not_kept(checked)):
            tell(UNKEPT.format(reason=unkept))
        return reason

    def note(self, ran: str) -> None:
        """Note which engine, or which two, have simulated something that is used."""
        self._ran.update(ran.split(AND))

    @property
    def ran(self) -> str:
        """Which engine has simulated what was used so far; both, where chunks of both were."""
        return AND.join(sorted(self._ran)) or self._now

    def described(self) -> dict[str, str]:
        """Return what documents say of it."""
        return {"engine": self.ran, "engine_asked": self.asked}


def compilers(engine: str) -> dict[str, str]:
    """Return the version here of each package that makes machine code, where the compiled engine ran; else nothing.

    Nothing either where they are not installed: what is put together here was then simulated elsewhere.
    """
    found = {}
    for name in COMPILERS if "compiled" in engine else ():
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def chosen(engine: str | Choice) -> Choice:
    """Return the choice that a word makes, or the choice itself."""
    return engine if isinstance(engine, Choice) else Choice(cast(Asked, engine))


def referred(scenario: Scenario) -> float:
    """Return how many clients are expected to be referred in a replication."""
    return float(write(scenario).demand.expected_referrals.sum())


def is_worthwhile(referrals: float, workers: int) -> bool:
    """Whether so many referrals cost the reference engine more time than the compiled one takes to be there."""
    plain = SECONDS_PER_REFERRAL["reference"] * referrals / workers
    if plain <= SECONDS_TO_LOAD:
        return False
    ready = compiled_code.is_ready(compiled_code.is_checked())
    return plain > (SECONDS_TO_LOAD if ready else SECONDS_TO_COMPILE)


def worthwhile_workers(engine: Engine, referrals: float, most: int) -> int:
    """Return how many processes finish soonest: all, or one where starting more costs what it saves.

    Parameters
    ----------
    engine : {"reference", "compiled"}
    referrals : float
        In all replications together.
    most : int
        Processes that may be started; at least 1.
    """
    alone = SECONDS_PER_REFERRAL[engine] * referrals
    start = SECONDS_TO_START + (SECONDS_TO_LOAD if engine == "compiled" else 0.0)
    return most if alone / most + start < alone else 1


@cache
def reached() -> str:
    """Have the compiled engine ready in this process; return why it cannot be had, or nothing.

    A signal to stop is answered between two functions, and ends the wait for another process that compiles at once.
    """
    try:
        with compiled_code.hearing():
            from iopsim import jit
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name in ("numba", "llvmlite"):
            return f"{error.name} is not installed (pip install numba)"
        return _first_line(error)
    except Exception as error:
        return f"Numba cannot be imported ({type(error).__name__}: {_first_line(error)})"
    try:
        if compiled_code.is_ready(jit.CHECKED):
            _prepare()
        else:
            with compiled_code.alone(jit.FOLDER, compiled_code.COMPILING):
                _prepare()
            compiled_code.note_ready(jit.CHECKED)
    except Exception as error:
        return f"it cannot be compiled ({type(error).__name__}: {_first_line(error)})"
    return ""


def _prepare() -> None:
    with compiled_code.hearing():
        from iopsim.experiments import compiled_work

        compiled_work.prepare()


def tell_of_compiling() -> None:
    """Say on stderr that code is compiled, for how long, and where it is then kept."""
    checked = compiled_code.is_checked()
    lost = compiled_code.why_not_kept(checked)
    kept = f"the next run compiles anew ({lost})" if lost else f"kept in {compiled_code.folder(checked)} for later runs"
    tell(BEGINS.format(kept=kept))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def part_of(job: Job) -> Part:
    """Simulate the replications of a job by its engine; by the reference where the compiled one cannot be had.

    Returns
    -------
    Part
        It tells the engine; nothing else in it depends on that.
    """
    if job.engine == "compiled":
        if not (reason := reached()):
            from iopsim.experiments import compiled_work

            try:
                return replace(compiled_work.part_of(job), engine=job.engine)
            except Exception as error:
                if compiled_code.is_checked():
                    raise
                reason = f"the compiled engine failed ({type(error).__name__}: {_first_line(error)})"
        complain(reason)
    return work.part_of(job)


def complain(reason: str) -> None:
    """Say on stderr, once, why it is the reference engine that simulates."""
    tell(LACKING.format(reason=reason))


@cache
def tell(what: str) -> None:
    """Say something on stderr, once."""
    sys.stderr.write(f"iopsim: {what}\n")
