"""What the compiled engine knows of a client: one row, of which the client table is a part."""

from __future__ import annotations

import numpy as np

from iopsim.cohort import NOT_EVER
from iopsim.jit import row_type
from iopsim.record import NEVER, ClientFacts

PERSON = row_type(
    ClientFacts,
    # who it is, and the cards of the way in; names as in `iopsim.cohort.Cohort`
    who=np.uint64,
    when=np.uint64,
    day=np.int64,
    priority=np.int64,
    lot=np.float64,
    call=np.float64,
    kept=np.float64,
    placement_card=np.float64,
    show_ratio=np.float64,
    placement_ratio=np.float64,
    renege_ratio=np.float64,
    patience=np.float64,
    ready_delay=np.int64,
    authorization=np.int64,
    denied=np.int64,
    orientations_missed=np.int64,
    interim=np.int64,
    covered_sessions=np.int64,
    coverage_loss_week=np.int64,
    # the cards of treatment and of what follows
    attendance_ratio=np.float64,
    attendance_ratio_by_video=np.float64,
    traits_dropout_ratio=np.float64,
    lapse_ratio=np.float64,
    dropout=np.float64,
    transfer_week=np.int64,
    incarceration_week=np.int64,
    death_week=np.int64,
    other_week=np.int64,
    relapse=np.float64,
    returns=np.int64,
    return_delay=np.int64,
)
"""A client's row: the columns of the client table first, then what only the engine needs."""

NOBODY = np.zeros(1, dtype=PERSON)
"""The row of a client who has yet to be drawn, and to whom nothing has happened."""

for _column in (
    "assessed_day", "placement", "away_day", "joined_day", "ready_day", "admitted_day", "group", "wanted",
    "first_session_day", "due_day", "exit_day", "relapse_day", "return_day",
):  # fmt: skip
    NOBODY[_column] = NEVER
NOBODY["covered_sessions"] = NOBODY["coverage_loss_week"] = NOT_EVER
