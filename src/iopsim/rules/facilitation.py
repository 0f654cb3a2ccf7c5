"""Who runs a group night, and is it held?"""

from __future__ import annotations

from iopsim.record import Night


def enough(staff: int, least: int, clients: int, capacity: int) -> bool:
    """Decide whether the staff found so far suffices.

    Parameters
    ----------
    staff : int
        People found.
    least : int
        People the group has.
    clients : int
        Clients scheduled.
    capacity : int
        Clients that the people found may facilitate together; negative for no limit.
    """
    return staff >= least and (capacity < 0 or capacity >= clients)


def night_status(clients: int, smallest: int, staff: int, cover: int, needs_staff: bool) -> int:
    """Decide whether a night is held, or why not; with fewer people than it should have it is held all the same."""
    if clients < smallest:
        return Night.TOO_FEW
    if needs_staff and clients > 0 and staff + cover == 0:
        return Night.NO_STAFF
    return Night.HELD
