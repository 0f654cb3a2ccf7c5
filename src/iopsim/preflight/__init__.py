"""The pre-flight: offered load against each capacity, in closed form, before anything is simulated.

The load is what clients would use if nobody ever waited for a slot, a seat or a counselor. Above the capacity a
queue must grow until people give up; that is worth knowing before waiting for a simulation.
"""

from iopsim.preflight.flow import assessment_outlook, ready_share, survival
from iopsim.preflight.load import Load, Preflight
from iopsim.preflight.offered_load import check

__all__ = ["Load", "Preflight", "assessment_outlook", "check", "ready_share", "survival"]
