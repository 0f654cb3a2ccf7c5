"""The compiled engine: one replication at a time, from a rulebook and a deck to the Record."""

from __future__ import annotations

import numpy as np

from iopsim.engines.compiled.clinic import play
from iopsim.engines.compiled.rows import ROW, record_of
from iopsim.engines.compiled.state import clinic_of
from iopsim.jit import Rows, Struct, jit, struct_of
from iopsim.record import Record
from iopsim.rulebook import Rulebook
