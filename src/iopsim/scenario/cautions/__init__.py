"""What a person should look at again: a file that is valid, and perhaps does not say what was meant."""

from iopsim.scenario.cautions.every import cautions

__all__ = ["cautions"]
