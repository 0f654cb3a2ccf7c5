"""The page: every section from its template, in order, and around them what a document needs."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import iopsim
from iopsim.experiments.bottleneck_words import bottleneck_sentences
from iopsim.experiments.documents import PACKAGES
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.reading import day, worth_reading
from iopsim.experiments.verdict import narrowed, sentence
from iopsim.measures import costs
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.report import program
from iopsim.report.assumptions import Assumptions, followed
from iopsim.report.figures import Picture, pictures
from iopsim.report.glossary import words_used
from iopsim.report.groups import told_apart
from iopsim.report.inert import inert
from iopsim.report.lead import lead
from iopsim.report.logo import Logo
from iopsim.report.numbers import NARROW, counted, fact
from iopsim.report.plans import compared
from iopsim.report.rerun import command_of
from iopsim.report.subject import Subject

if TYPE_CHECKING:
    from jinja2 import Environment

RUNNING = 90
"""Signs of the title that are repeated at the foot of a page."""

MOST_ARMS = 8
"""Plans that the first page shows."""


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
        subject, result = self.subject, self.subject.result
        outcome, arms = subject.outcome, subject.arms
        verdicts = [] if outcome is None else [(arm, *_verdict(outcome, arm)) for arm in arms[1:]]
        manifest = subject.opened.manifest
        scenario = result.scenario
        return {
            "s": subject, "r": result, "sc": scenario, "m": subject.measures, "a": Assumptions(subject.plan),
            "title": self.title, "organization": inert(self.cover.organization), "logo": self.cover.logo,
            "subtitle": self._subtitle, "version": iopsim.__version__, "name": inert(scenario.name),
            "question": self._question, "outcome": outcome, "baseline": outcome.baseline if outcome else "",
            "about": self._about, "verdicts": verdicts, "n_differences": len(outcome.contrasts) if outcome else 0,
            "narrowed": narrowed(outcome) if outcome and len(arms) > 1 else "", "shown_arms": arms[:MOST_ARMS],
            "compared": list(compared(subject)) if outcome else [],
            "lead": lead(subject), "bottlenecks": bottleneck_sentences(result), "tightest": self._tightest,
            "ignorance": manifest.get("uncertain"), "program": program,
            "charts": _Charts(pictures(subject) if self.charts is None else self.charts),
            "week": program.week_in_words(scenario), "seat_nights": program.seat_nights(scenario),
            "assessors": any("assessment" in role.duties for role in scenario.staff.values()),
            "board": self._board, "every": self._every, "cost_parts": self._cost_parts,
            "partitions": told_apart(result), "dimensions": sorted({part.dimension for part in result.partitions}),
            "manifest": manifest, "made": subject.opened.made,
            "changes": manifest.get("changes", {}), "packages": [name for name in PACKAGES if name in manifest],
            "levers_on": [name.replace("_", " ") for name, lever in scenario.levers if lever.on],
            "slows": any(source.kept_per_week_waited < 1.0 for source in scenario.referrals.values()),
            "n_measures": len(CATALOGUE), "parts": [name.lower() for name in GROUPS],
            "command": command_of(subject), "fact": fact, "counted": counted, "day": _day, "inert": inert,
            "followed": followed, "said": _said, "percent": _percent,
            "next": self._next, "last": self._numbers.__getitem__,
        }  # fmt: skip

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
        return made

    def _sections(self) -> Iterator[Section]:
        """Write the sections in their order; the glossary knows the words of all before it."""
        written = ""
        for name, title in self._contents():
            said = {"words": words_used(written)} if name == "glossary" else {}
            html = self._environment.get_template("section.html").render(
                **self._context, **said, id=name, heading=title, template=f"{name.replace('-', '_')}.html"
            )
            written += html
            yield Section(name, title, Markup(html))

    def _contents(self) -> Iterator[tuple[str, str]]:
        yield "in-short", "In short"
        yield "program", "The program as a timetable"
        yield "access", "Demand and access"
        yield "capacity", "Capacity and staff"
        yield "retention", "Retention and outcomes"
        yield "money", "Money"
        yield "equity", "Equity"
        if len(self.subject.arms) > 1:
            yield "comparison", "Comparison of plans"
        yield "assumed", "What we assumed"
        yield "limits", "Limits"
        yield "computed", "How it was computed"
        yield "stress", "STRESS-DES checklist"
        yield "glossary", "Glossary"
        yield "rerun", "How to do this again"
        yield "appendix", "Appendix: all numbers"

    def _next(self, kind: str) -> str:
        self._numbers[kind] += 1
        return str(self._numbers[kind])

    def _board(self, groups: Sequence[str]) -> list[object]:
        """Return the measures of some groups that a board reads."""
        result = self.subject.result
        return [
            self.subject.measures[one.name] for name in groups for one in GROUPS[name] if worth_reading(one, result)
        ]

    @property
    def _every(self) -> list[tuple[str, list[object]]]:
        return [(name, [self.subject.measures[one.name] for one in measures]) for name, measures in GROUPS.items()]

    @property
    def _cost_parts(self) -> list[Any]:
        """The parts of the cost that there are, the largest first."""
        parts = [self.subject.measures[part.name] for part in costs.PARTS]
        return sorted((part for part in parts if part.value > 0.0), key=lambda part: -part.value)

    @property
    def _tightest(self) -> str:
        """What holds people back most, in a sentence that begins with it."""
        said = bottleneck_sentences(self.subject.result)[0].partition(": ")[2]
        return f"{said[0].upper()}{said[1:]}"

    @property
    def _question(self) -> str:
        outcome = self.subject.outcome
        if outcome is None:
            return ""
        return inert(outcome.batch.question) or f"How do {len(outcome.arms)} plans differ: {', '.join(outcome.arms)}?"

    @property
    def _about(self) -> str:
        outcome = self.subject.outcome
        return "" if outcome is None else inert(outcome.batch.plans[outcome.arms.index(self.subject.arm)].about)

    @property
    def _subtitle(self) -> str:
        """Return what this is, when the program opens, and how often it was simulated."""
        result = self.subject.result
        runs = _replications(result.replications)
        plans = f" of each of {len(self.subject.arms)} plans" if len(self.subject.arms) > 1 else ""
        what = "A comparison of plans by simulation" if len(self.subject.arms) > 1 else "A simulation of the plan"
        view = f". {result.view_in_words}" if result.view_in_words else ""
        name = inert(self.subject.scenario.name)
        return f"{what}: {name}, opening {day(self.subject.scenario.opening)}; {runs}{plans}{view}"

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


class _Charts(dict[str, Any]):
    """Pictures by their place; a place without one is empty."""

    def __missing__(self, place: str) -> None:
        return None


def _finished(value: object) -> object:
    """Let nothing onto the page that is no text: an unwritten number, or nothing at all, is a mistake of a template."""
    if isinstance(value, (float, type(None))):
        raise TypeError(f"a template wrote {value!r}; numbers are told by report.numbers")
    return value


def _verdict(outcome: Outcome, arm: str) -> tuple[str, str]:
    """Return what the planner says of an arm, and how it differs from the baseline, in words that do not name it."""
    said = sentence(outcome, arm).removeprefix(arm).removeprefix(f", against {outcome.baseline}:").strip()
    return inert(outcome.batch.plans[outcome.arms.index(arm)].about), said


def _said(by: str, text: str, arm: str = "") -> Markup:
    """Return a sentence that another part of the program has written, and that says so."""
    data = {"arm": arm} if arm else {}
    return Markup('<span data-said="{}"{}>{}</span>').format(
        by,
        Markup("").join(Markup(' data-{}="{}"').format(key, value) for key, value in data.items()),
        inert(text, 5000),
    )


def _replications(number: int) -> str:
    return f"{number:,} replication{'' if number == 1 else 's'}"


def _day(date: datetime.date) -> Markup:
    return fact("date", date, day(date))


def _percent(share: float) -> str:
    """Return a share as it is read."""
    percent = 100.0 * share
    if 0.0 < percent < 1.0:
        return f"less than 1{NARROW}%"
    text = f"{percent:.1f}".removesuffix(".0") if percent > 90.0 and percent < 100.0 else f"{percent:.0f}"
    return f"{text}{NARROW}%"
