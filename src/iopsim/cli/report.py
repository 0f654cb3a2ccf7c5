"""`iopsim report`: a results folder as a document for a board, a funder or a licensing office."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from iopsim.cli.console import plain
from iopsim.cli.options import Mistakes
from iopsim.errors import IopsimError, Problem
from iopsim.scenario.words import short
from iopsim.store.folder import save_picture

FORMS = ("html", "docx", "pdf")

KINDS = ("run", "batch")
"""Kinds of results that a report is written of."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the arguments and options of `iopsim report`."""

    results: str
    to: str | None
    out: str | None
    title: str
    organization: str
    logo: str | None
    arm: str | None
    replace: bool


def report(order: Order) -> None:
    """Write a report.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done; nothing is then written.
    """
    mistakes = Mistakes()
    if order.to is not None:
        mistakes.choice("--to", order.to, FORMS)
    ends = (f".{order.to}",) if order.to in FORMS else tuple(f".{form}" for form in FORMS)
    out = mistakes.file(order.out, ends, replace=order.replace)
    mistakes.settle()
    assert out is not None

    from iopsim.experiments.opened import open_results
    from iopsim.report.forms import FORMS as WRITTEN
    from iopsim.report.logo import load_logo
    from iopsim.report.page import Cover, Page
    from iopsim.report.subject import Subject

    logo = None if order.logo is None else load_logo(order.logo)
    opened = open_results(Path(order.results))
    if opened.kind not in KINDS:
        said = "a report is written of what `iopsim run`, `compare` or `experiment` made"
        raise IopsimError(f"{plain(order.results)}: found a {opened.told}; {said}")
    if opened.kind == "run" and order.arm:
        said = "leave --arm out: these are the results of one plan"
        mistakes.problems.append(Problem("--arm", None, "", short(order.arm), said))
    mistakes.settle()
    opened.plan(order.arm or "")
    page = Page(Subject(opened, order.arm or opened.arms[0]), Cover(order.title, order.organization, logo))
    save_picture(out, WRITTEN[out.suffix.lower()](page))
    sys.stdout.write(f"{plain(page.title)}\n{plain(str(out))}\n")
