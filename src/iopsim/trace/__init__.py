"""One client's journey, with dates and clock times, and why each decision fell as it did."""

from __future__ import annotations

from iopsim.experiments.clients import client_name
from iopsim.trace.journey import Journey, Step, trace

__all__ = ["Journey", "Step", "client_name", "trace"]
