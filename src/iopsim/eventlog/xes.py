"""The event log as XES, the XML of process mining (IEEE Std 1849-2016), piece by piece.

Times have no time zone, as the clinic has none: a tool shows the hours on the clinic's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

import iopsim
from iopsim.eventlog.cases import Case, Entry
from iopsim.scenario.model import Scenario

VERSION = "1849.2016"
"""The standard's schema wants a decimal number."""

NAMESPACE = "http://www.xes-standard.org/"

EXTENSIONS = {"Concept": "concept", "Lifecycle": "lifecycle", "Organizational": "org", "Time": "time"}
"""Standard extensions in use, with the prefix of their attributes."""

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""

REPLACEMENT = "\ufffd"

END = "</log>\n"


def heading(scenario: Scenario, seed: int, replications: int) -> Iterator[str]:
    """Return the file up to its first trace: what a reader needs to know, and which run this is.

    Parameters
    ----------
    scenario : Scenario
    seed, replications : int
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<log xes.version="{VERSION}" xes.features="" xmlns="{NAMESPACE}">\n'
    for name, prefix in EXTENSIONS.items():
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{prefix}.xesext"/>\n'
    yield '  <global scope="trace">\n'
    yield _attribute("string", "concept:name", "unknown", 4)
    yield _attribute("int", "replication", "0", 4)
    yield _attribute("string", "source", "unknown", 4)
    yield _attribute("string", "ending", "unknown", 4)
    yield '  </global>\n  <global scope="event">\n'
    yield _attribute("string", "concept:name", "unknown", 4)
    yield _attribute("date", "time:timestamp", "1970-01-01T00:00:00", 4)
    yield _attribute("string", "lifecycle:transition", "complete", 4)
    yield _attribute("int", "episode", "1", 4)
    yield "  </global>\n"
    yield '  <classifier name="Activity" scope="event" keys="concept:name"/>\n'
    yield _attribute("string", "concept:name", scenario.name, 2)
    yield _attribute("string", "lifecycle:model", "standard", 2)
    yield _attribute("string", "scenario_hash", scenario.hash, 2)
    yield _attribute("string", "seed", str(seed), 2)  # may be larger than the standard's whole numbers
    yield _attribute("int", "replications", str(replications), 2)
    yield _attribute("string", "iopsim", iopsim.__version__, 2)


def trace(case: Case) -> Iterator[str]:
    """Return the trace of a case."""
    yield "  <trace>\n"
    yield _attribute("string", "concept:name", case.name, 4)
    yield _attribute("int", "replication", str(case.replication), 4)
    yield _attribute("string", "source", case.source, 4)
    if case.traits:
        yield _attribute("string", "traits", case.traits, 4)
    yield _attribute("string", "ending", case.ending, 4)
    for entry in case.entries:
        yield from _event(entry)
    yield "  </trace>\n"


def _event(entry: Entry) -> Iterator[str]:
    yield "    <event>\n"
    yield _attribute("string", "concept:name", entry.activity, 6)
    yield _attribute("date", "time:timestamp", entry.time, 6)
    yield _attribute("string", "lifecycle:transition", "complete", 6)
    if entry.resource:
        yield _attribute("string", "org:resource", entry.resource, 6)
    if entry.detail:
        yield _attribute("string", "detail", entry.detail, 6)
    yield _attribute("int", "episode", str(entry.episode), 6)
    yield "    </event>\n"


def _attribute(kind: str, key: str, value: str, indent: int) -> str:
    """Return an attribute, its value such as XML can hold it."""
    return f"{' ' * indent}<{kind} key={quoteattr(key)} value={quoteattr(ILLEGAL.sub(REPLACEMENT, value))}/>\n"
