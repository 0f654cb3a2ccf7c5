"""The commands that show results folders and their options: what `--help` says."""

from __future__ import annotations

from typing import Annotated

import typer

from iopsim.cli.door import door
from iopsim.cli.studies import app

__all__ = ["app"]


@app.command(short_help="Draw a chart of results, for print or slides.")
def chart(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="KIND RESULTS...", help="Which chart, then one results folder or more."),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="What to write: .png, .svg or .pdf.")
    ] = None,
    style: Annotated[
        str, typer.Option("--style", metavar="STYLE", help="print, for a page; slides, for the back of a room.")
    ] = "print",
    arm: Annotated[
        str | None, typer.Option("--arm", metavar="NAME", help="Of several plans, the one that is shown.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", "-m", metavar="NAME", help="Which measure, for charts of one.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHAT", help="For equity: source, trait or payer.")] = None,
    factor: Annotated[
        str | None, typer.Option("--factor", metavar="PATH", help="For sweep: the factor of the design.")
    ] = None,
    clients: Annotated[
        str | None, typer.Option("--clients", metavar="N", help="For journeys: how many clients.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that exists.")] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="Show the charts there are; with RESULTS and -o page.html, all it holds.")
    ] = False,
) -> None:
    """Draw one chart of a results folder, such as: iopsim chart census results/palmetto-... -o census.pdf.

    The title says what was found; the foot says how to have it again. The same results give the same bytes.
    """
    with door():
        from iopsim.cli.chart import Order
        from iopsim.cli.chart import chart as start

        start(Order(words or [], out, style, arm, measure, by, factor, clients, replace, list_))


@app.command(short_help="Write a report of results: a page, a PDF or a document.")
def report(
    results: Annotated[
        str,
        typer.Argument(metavar="RESULTS", help="The folder of a run, a comparison or an experiment."),
    ],
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="What to write: .html, .docx or .pdf.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORM", help="html, docx or pdf; without it, what the name of FILE ends in."),
    ] = None,
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="Instead of the question, or the name of the program.")
    ] = "",
    organization: Annotated[
        str, typer.Option("--organization", metavar="NAME", help="Whose report it is; stands above the title.")
    ] = "",
    logo: Annotated[
        str | None, typer.Option("--logo", metavar="FILE", help="A PNG or JPEG picture of at most 2 MB.")
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option("--arm", metavar="NAME", help="Of several plans, the one told about in full; the baseline."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that exists.")] = False,
) -> None:
    """Write a report, such as: iopsim report results/palmetto-... -o palmetto.pdf.

    What happens, how sure that is and what it costs stands on the first page; then the program, demand, capacity,
    retention, money, what was assumed with its sources, limits, the STRESS-DES checklist, and how to do it again. The
    same results give the same bytes.
    """
    with door():
        from iopsim.cli.report import Order
        from iopsim.cli.report import report as start

        start(Order(results, to, out, title, organization, logo, arm, replace))
