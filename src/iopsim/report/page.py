"""The page: every section from its template, in order, and around them what a document needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import iopsim
from iopsim.experiments.reading import day
from iopsim.report import program
from iopsim.report.context import context
from iopsim.report.figures import Picture, pictures
from iopsim.report.glossary import words_used
from iopsim.report.inert import inert
from iopsim.report.logo import Logo
from iopsim.report.subject import Subject

if TYPE_CHECKING:
    from jinja2 import Environment

RUNNING = 90
"""Signs of the title that are repeated at the foot of a page."""

SECTIONS = {
    "in-short": "In short",
    "program": "The program as a timetable",
    "access": "Demand and access",
    "capacity": "Capacity and staff",
    "retention": "Retention and outcomes",
    "money": "Money",
    "equity": "Equity",
    "comparison": "Comparison of plans",
    "assumed": "What we assumed",
    "limits": "Limits",
    "computed": "How it was computed",
    "stress": "STRESS-DES checklist",
    "glossary": "Glossary",
    "rerun": "How to do this again",
    "appendix": "Appendix: all numbers",
}
"""Title of each section by its id, in their order; each has a template of its name."""


@dataclass(frozen=True)
class Cover:
    """What whoever orders a report says of it.

    Parameters
    ----------
    title : str
        Empty for one made of the question, or the name of the plan.
    organization : str
        Empty for none.
    logo : Logo or None
    """

    title: str = ""
    organization: str = ""
    logo: Logo | None = None


@dataclass(frozen=True)
class Section:
    """A section of the report, written."""

    id: str
    title: str
    html: Markup


@dataclass
class Page:
    """A report in the making.

    Parameters
    ----------
    subject : Subject
    cover : Cover
    charts : mapping of str to Picture, optional
        Instead of those that are drawn of the results.
    """

    subject: Subject
    cover: Cover = field(default_factory=Cover)
    charts: Mapping[str, Picture] | None = None
    _numbers: Counter[str] = field(default_factory=Counter, init=False)

    @cached_property
    def title(self) -> str:
        """What stands at the top."""
        outcome = self.subject.outcome
        asked = outcome.batch.question if outcome is not None else ""
        return inert(self.cover.title) or inert(asked) or inert(self.subject.scenario.name)

    def html(self, style: str) -> str:
        """Return the whole page.

        Parameters
        ----------
        style : str
            Its style sheet.
        """
        return self._environment.get_template("page.html").render(
            **self._context,
            title=self.title,
            organization=inert(self.cover.organization),
            logo=self.cover.logo,
            subtitle=self._subtitle,
            sections=self.sections,
            style=Markup(style),
            foot=self._foot,
            description=self._description,
            running=self.running,
        )

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in their order, written."""
        return tuple(self._sections())

    @cached_property
    def _context(self) -> Mapping[str, Any]:
        charts = pictures(self.subject) if self.charts is None else self.charts
        numbers = {"next": self._next, "last": self._numbers.__getitem__}
        return {**context(self.subject, charts), **numbers}

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        made = Environment(
            loader=PackageLoader("iopsim.report"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_finished,
        )
        made.filters["weekday"] = program.DAYS.__getitem__
        made.filters["called"] = program.called
        return made

    def _sections(self) -> Iterator[Section]:
        """Write the sections in their order; the glossary knows the words of all before it."""
        written = ""
        for name, title in SECTIONS.items():
            if name == "comparison" and len(self.subject.arms) < 2:
                continue
            said = {"words": words_used(written)} if name == "glossary" else {}
            html = self._environment.get_template("section.html").render(
                **self._context, **said, id=name, heading=title, template=f"{name.replace('-', '_')}.html"
            )
            written += html
            yield Section(name, title, Markup(html))

    def _next(self, kind: str) -> str:
        self._numbers[kind] += 1
        return str(self._numbers[kind])

    @property
    def _subtitle(self) -> str:
        """Return what this is, when the program opens, and how often it was simulated."""
        result = self.subject.result
        runs = _replications(result.replications)
        plans = f" of each of {len(self.subject.arms)} plans" if len(self.subject.arms) > 1 else ""
        what = "A comparison of plans by simulation" if len(self.subject.arms) > 1 else "A simulation of the plan"
        view = f". {result.view_in_words}" if result.view_in_words else ""
        name = inert(self.subject.scenario.name)
        course = "one possible course of events" if result.replications == 1 else "each one possible course of events"
        return f"{what}: {name}, opening {day(self.subject.scenario.opening)}; {runs}{plans}, {course}{view}"

    @property
    def _foot(self) -> str:
        result = self.subject.result
        return (
            f"{inert(result.scenario.name)} · scenario {result.scenario.hash[:10]} · seed {result.seed} · "
            f"{_replications(result.replications)} · iopsim {iopsim.__version__}"
        )

    @property
    def _description(self) -> str:
        return f"What a simulation says of {inert(self.subject.scenario.name)}, with what it assumes and its limits"

    @property
    def running(self) -> str:
        """What stands at the foot of every page of paper."""
        return inert(self.title, RUNNING)


def _finished(value: object) -> object:
    """Let nothing onto the page that is no text: an unwritten number, or nothing at all, is a mistake of a template."""
    if isinstance(value, (float, type(None))):
        raise TypeError(f"a template wrote {value!r}; numbers are told by report.numbers")
    return value


def _replications(number: int) -> str:
    return f"{number:,} replication{'' if number == 1 else 's'}"
