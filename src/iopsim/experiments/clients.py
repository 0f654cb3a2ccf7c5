"""What a client of a replication is called."""

from __future__ import annotations

import datetime

from iopsim.record import NEVER, Record
from iopsim.rulebook import Rulebook
from iopsim.scenario.model import Scenario


def client_name(scenario: Scenario, book: Rulebook, record: Record, who: int) -> str:
    """Return the name of a client's episode, such as ``self/2027-03-04/1``: source, day of the call, number there."""
    clients = record.clients
    first, episode = int(clients.first[who]), int(clients.episode[who])
    day = int(clients.referral_day[first])
    date = "here" if day == NEVER else scenario.opening + datetime.timedelta(days=day)
    name = f"{book.demand.source_names[clients.source[first]]}/{date}/{clients.ordinal[first] + 1}"
    return f"{name} episode {episode + 1}" if episode else name
