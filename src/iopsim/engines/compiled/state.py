"""The shared state of one replication: buffers that are used again for the next one, and grow where they must."""

from __future__ import annotations

from typing import Any

import numpy as np

from iopsim.engines.compiled.plan import plan_of
from iopsim.engines.compiled.rows import ROW
from iopsim.engines.compiled.seats import RING
from iopsim.engines.compiled.story import STORY
from iopsim.engines.team import LACKS, USES
from iopsim.jit import Struct, struct
from iopsim.record import I64
from iopsim.rulebook import Rulebook
from iopsim.rulebook.treatment import Fact

PLACES = {name: place for place, name in enumerate((*USES, *LACKS))}
GROUPS_USE, ASSESSMENTS_USE, ORIENTATION_USE, FAMILY_USE = (
    PLACES[use] for use in ("groups", "assessments", "orientation", "family")
)
SUPERVISION_USE, INDIVIDUAL_USE, MEDICATION_USE, NOTES_USE = (
    PLACES[use] for use in ("supervision", "individual", "medication", "notes")
)
INDIVIDUAL_LACK, MEDICATION_LACK, NOTES_LACK, COVER_LACK = (PLACES[lack] for lack in LACKS)
"""Rows of the table of minutes."""

CLASSES = 64
"""More than there are priority classes on the waitlist: ten of a source within each of four federal ones."""

PAGED = 4
"""Purposes of which clients play one card after the other."""

NIGHTS_OF_A_GROUP = 7

MISSED, AFTER, LAST, COMES = range(4)
"""What is kept of a client's night: the share of sessions missed on it; and for one `missed_last` before it, that
after it and the probability to come of one who came then. Most nights follow one and the same other."""

TURNS = 4
UNKNOWN = -1.0


def clinic_of(rulebook: Rulebook, book: Struct) -> Struct:
    """Return the state of a clinic that follows a rulebook, `book` being that rulebook as a struct."""
    schedule, staffing = rulebook.schedule, rulebook.staffing
    days, weeks, nights, posts = rulebook.days, rulebook.weeks, len(schedule.night_group), len(staffing.post_role)
    groups, roles = len(schedule.group_names), len(staffing.role_names)
    seats = int(schedule.night_seats.max(initial=0)) + 1
    history = int(rulebook.treatment.benchmark_weeks.max(initial=0)) + 2
    clients = 64 + len(rulebook.present)

    def ints(*shape: int) -> I64:
        return np.zeros(shape, dtype=np.int64)

    def flags(*shape: int) -> np.ndarray[Any, Any]:
        return np.zeros(shape, dtype=np.bool_)

    numbers = (
        "n_people", "n_first", "n_appointments", "n_nights", "n_intake", "n_sessions", "n_moves", "n_lapses",
        "n_counselors", "n_posts", "n_visits", "n_unexcused", "next_arrival", "week", "day_bit",
        "first_free_day", "n_callers", "n_without", "n_joining", "n_waiting", "first_waiting", "last_wait",
        "n_leavers", "n_movers", "first_inside", "last_inside", "seats_day", "asked_phase", "asked_traits",
        "answer", "busy_day", "seen_day",
    )  # fmt: skip
    return struct(
        book=book,
        plan=plan_of(rulebook),
        seed=np.uint64(0),
        replication=np.uint64(0),
        days=days,
        weeks=weeks,
        roles=roles,
        **dict.fromkeys(numbers, 0),
        any_invited=False,
        asked=False,
        overloaded=False,
        called=ints(days),
        # the Record
        people=np.zeros(clients, ROW["clients"]),
        appointments=np.zeros(64, ROW["appointments"]),
        nights=np.zeros(64, ROW["nights"]),
        intake=np.zeros(64, ROW["intake"]),
        sessions=np.zeros(64, ROW["sessions"]),
        moves=np.zeros(64, ROW["moves"]),
        lapses=np.zeros(64, ROW["lapses"]),
        counselors=np.zeros(64, ROW["counselors"]),
        posts=np.zeros(64, ROW["posts"]),
        visits=np.zeros(64, ROW["visits"]),
        staff=np.zeros(weeks * roles, ROW["staff"]),
        # clients beside their rows
        stories=np.zeros(clients, STORY),
        turns=np.zeros((clients, NIGHTS_OF_A_GROUP, TURNS)),
        facts=ints(clients, len(Fact)),
        page=ints(clients, PAGED),
        words=np.zeros((clients, PAGED, 4), dtype=np.uint64),
        history=ints(clients, history, 2),
        unexcused_day=ints(64),
        unexcused_before=ints(64),
        first_key=ints(clients),
        second_key=ints(clients),
        scratch=ints(clients),
        # lists of clients, some by day, that of reviews by day of the week
        reviewed=ints(clients, 7),
        n_reviewed=ints(7),
        expected_first=ints(days + 1),
        expected_last=ints(days + 1),
        expected_after=ints(clients),
        losing_first=ints(days + 1),
        losing_last=ints(days + 1),
        losing_after=ints(clients),
        line_before=ints(clients),
        line_after=ints(clients),
        may_start=ints(clients),
        phase_wanted=ints(clients),
        traits_wanted=ints(clients),
        back_first=ints(days + 1),
        back_last=ints(days + 1),
        again_first=ints(days + 1),
        again_last=ints(days + 1),
        returning_after=ints(clients),
        callers=ints(clients),
        without=ints(clients),
        joining=ints(clients),
        leavers=ints(clients),
        movers=ints(clients),
        coming=ints(clients),
        due=ints(64),
        tail=ints(CLASSES),
        # the diary
        slots=ints(days),
        room=ints(days),
        # seats
        free=ints(nights),
        enrolled=ints(nights),
        roster=ints(nights, seats),
        opening=ints(groups),
        shift=ints(groups),
        guests=ints(RING, nights, seats),
        invited=ints(RING, nights),
        tonight=ints(seats),
        # staff
        start=ints(posts),
        off=flags(posts, days),
        filled=ints(posts, weeks),
        here=ints(posts, weeks),
        off_days=ints(posts, weeks),
        now=flags(posts),
        began=flags(posts),
        hired=flags(posts),
        changed=flags(posts),
        load=ints(posts),
        load_first=ints(posts),
        load_last=ints(posts),
        handed=ints(posts),
        worked=ints(posts),
        busy=ints(posts),
        taken_night=ints(posts),
        seen=ints(posts),
        spare=ints(roles),
        left=ints(roles),
        minutes=ints(len(PLACES), weeks * roles),
        available=ints(weeks, roles),
        waiting_weeks_groups=ints(groups),
        waiting_weeks_roles=ints(roles),
    )
