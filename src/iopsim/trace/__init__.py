"""One client's journey, with dates and clock times, and why each decision fell as it did."""

from __future__ import annotations

from iopsim.trace.journey import Journey, Step, client_name, trace

__all__ = ["Journey", "Step", "client_name", "trace"]
