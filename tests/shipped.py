"""All plans that are shipped: the programs, the arms of the experiments, and the candidates of the sizings."""

from collections.abc import Iterator
from pathlib import Path

from iopsim.experiments.plan import load_experiment
from iopsim.experiments.sizing import load_sizing
from iopsim.scenario.load import load
from iopsim.scenario.model import Scenario

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted((ROOT / "scenarios").glob("*.toml"))
FILES = sorted((ROOT / "experiments").glob("*.toml"))
SIZINGS = [path for path in FILES if "[choices]" in path.read_text(encoding="utf-8")]
EXPERIMENTS = [path for path in FILES if path not in SIZINGS]


def arms(path: Path) -> Iterator[tuple[str, Scenario]]:
    """Yield the arms of an experiment by name."""
    experiment = load_experiment(path)
    for arm in experiment.arms:
        yield f"{path.stem}/{arm.name}", experiment.resolve(arm).scenario


def candidates(path: Path, corners: bool = False) -> Iterator[tuple[str, Scenario]]:
    """Yield the candidates of a sizing by name; those alone, if need be, that are at an end of every choice."""
    sizing = load_sizing(path)
    ends = {choice.name: {choice.levels[0].label, choice.levels[-1].label} for choice in sizing.choices}
    for candidate in sizing.candidates:
        if not corners or all(level in ends[choice] for choice, level in candidate.arm.levels.items()):
            yield f"{path.stem}/{candidate.arm.name}", sizing.resolve(candidate).scenario


def plans() -> Iterator[tuple[str, Scenario]]:
    """Yield all plans by name; one that is not a program has a stroke in its name."""
    for path in PROGRAMS:
        yield path.stem, load(path)
    for path in EXPERIMENTS:
        yield from arms(path)
    for path in SIZINGS:
        yield from candidates(path)
