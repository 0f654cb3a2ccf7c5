"""The Rulebook: a scenario written out as arrays and scalars, one module for each part of the clinic.

Every ``exp``, ``log`` and power of the model's rules happens here, once per scenario; those of cards are in
`iopsim.arithmetic`. The Rulebook knows no randomness; engines and the cohort know no scenario.
"""

from iopsim.rulebook.book import Rulebook, write
from iopsim.rulebook.days import UNLIMITED

__all__ = ["UNLIMITED", "Rulebook", "write"]
