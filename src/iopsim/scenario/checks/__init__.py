"""What no single value can get wrong: names that must exist, shares that must sum, groups that must have rooms.

One small function for each rule, in the module of its part of the file. Each speaks of one entry, so that a mistake
in one group hides nothing about another.
"""

from iopsim.scenario.checks.every import check

__all__ = ["check"]
