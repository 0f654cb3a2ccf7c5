"""Experiments: replications run on one machine, and their frozen results."""
