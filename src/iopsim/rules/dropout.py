"""How likely is this client to drop out, compared with one of whom nothing special is known?"""

from __future__ import annotations

from collections.abc import Sequence


def dropout_ratio(traits: float, effects: Sequence[Sequence[float]], facts: Sequence[int]) -> float:
    """Return the hazard ratio of dropping out.

    Parameters
    ----------
    traits : float
        Product of the ratios of the client's traits and of the levers that reach the client.
    effects : sequence of sequence of float
        Hazard ratio of each value of each fact (`iopsim.rulebook.treatment.Fact`).
    facts : sequence of int
        What is known of the client now; a value beyond the end of the effects has that of the last.

    Notes
    -----
    Assumes that effects multiply. Source: evidence rows 1.31-1.44; each effect but those of traits is 1 unless the
    scenario says otherwise.
    """
    ratio = traits
    for fact, value in enumerate(facts):
        effect = effects[fact]
        ratio *= effect[value if value < len(effect) else len(effect) - 1]
    return ratio
