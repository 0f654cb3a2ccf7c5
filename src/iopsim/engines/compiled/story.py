"""What the compiled engine keeps of a client beside the client's row."""

from __future__ import annotations

import numpy as np

from iopsim.record import NEVER

STORY = np.dtype(
    [
        ("absences_left", np.int64),
        ("presence", np.float64),
        ("gap", np.float64),
        ("missed_last", np.float64),
        ("absence_goes_on", np.float64),
        ("billable", np.int64),
        ("contract_day", np.int64),
        ("returning", np.bool_),
        ("fresh", np.bool_),
        ("excusing", np.bool_),
        ("rule_broken", np.bool_),
        ("covered", np.bool_),
        ("weeks", np.int64),
        ("reviews", np.int64),
        ("dropout_ratio", np.float64),
        ("dropout_hazard", np.float64),
        ("may_move_day", np.int64),
        ("asking", np.bool_),
        ("show_card", np.float64),
        ("rebook_card", np.float64),
        ("booked_day", np.int64),
        ("appointment", np.int64),
        ("came_day", np.int64),
        ("why", np.int64),
        ("seat_group", np.int64),
        ("seat_bits", np.int64),
        ("post", np.int64),
        ("has_had_counselor", np.bool_),
        ("load_before", np.int64),
        ("load_after", np.int64),
        ("inside_before", np.int64),
        ("inside_after", np.int64),
        ("phase_day", np.int64),
        ("lapse_hazard", np.float64),
        ("next_lapse", np.float64),
        ("lapse_week", np.int64),
        ("absence_runs", np.int64),
        ("run_unexcused", np.int64),
        ("last_unexcused", np.int64),
        ("wholeness", np.float64),
        ("short_card", np.float64),
        ("shorts", np.int64),
        ("visits", np.int64),
        ("last_individual", np.int64),
    ],
    align=True,
)
"""A client's story; names as in `iopsim.engines.person.Person`.

`load_before`, `inside_after` and the like are neighbors in a caseload and in the program; `why` is the reason for which
patience ends; seats are those of `seat_group`, bit k for its k-th night; `last_unexcused` is a place in the list of
unexcused absences.
"""

UNTOLD = np.zeros(1, dtype=STORY)
"""The story of a client to whom nothing has happened."""

for _field in (
    "booked_day",
    "came_day",
    "seat_group",
    "post",
    "may_move_day",
    "phase_day",
    "last_individual",
    "last_unexcused",
):
    UNTOLD[_field] = NEVER
for _field in ("dropout_ratio", "presence", "gap", "wholeness"):
    UNTOLD[_field] = 1.0
UNTOLD["fresh"], UNTOLD["short_card"] = True, -1.0
