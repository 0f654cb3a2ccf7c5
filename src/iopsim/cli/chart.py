"""`iopsim chart`: one chart of a results folder, as a file; or the list of charts."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from iopsim.cli.console import grid, paragraph, plain, print_grid, screen
from iopsim.cli.options import Mistakes
from iopsim.errors import IopsimError, Problem
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import DIMENSIONS
from iopsim.scenario.words import nearest, short
from iopsim.store.folder import save_picture

MOST_CLIENTS = 12


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the arguments and options of `iopsim chart`."""

    words: list[str]
    out: str | None
    style: str
    arm: str | None
    measure: str | None
    by: str | None
    factor: str | None
    clients: str | None
    replace: bool
    list: bool


def chart(order: Order) -> None:
    """Draw a chart, or list them.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done; nothing is then written.
    """
    if order.list:
        _list(order)
        return
    from iopsim.charts.chart import FORMS
    from iopsim.charts.kinds import KINDS
    from iopsim.charts.of_results import draw_folders
    from iopsim.charts.style import STYLES
    from iopsim.experiments.opened import open_results

    mistakes = Mistakes()
    name, folders = (order.words[0], order.words[1:]) if order.words else ("", [])
    if name not in KINDS:
        said = "give a kind of chart; `iopsim chart --list` shows them all"
        mistakes.problems.append(Problem("KIND", None, "", short(name), said, nearest(name, list(KINDS))))
    elif not folders:
        said = "give a results folder: that of `iopsim run`, `iopsim experiment` or another command's --out"
        mistakes.problems.append(Problem("RESULTS", None, "", "nothing", said))
    out = mistakes.file(order.out, tuple(FORMS), replace=order.replace)
    style = STYLES[mistakes.choice("--style", order.style, tuple(STYLES))]
    options = _options(mistakes, order, KINDS[name].options if name in KINDS else ())
    mistakes.settle()
    assert out is not None
    drawn = draw_folders(name, [open_results(Path(folder)) for folder in folders], style, order.arm, options)
    save_picture(out, FORMS[out.suffix.lower()](drawn))
    console = screen()
    paragraph(console, drawn.title, style="bold")
    console.print(plain(str(out)), soft_wrap=True)


def _options(mistakes: Mistakes, order: Order, taken: tuple[str, ...]) -> dict[str, object]:
    """Return the options of the kind by name, and note those that it does not take or that say nothing known."""
    from iopsim.charts.kinds import KINDS

    given = {"measure": order.measure, "by": order.by, "factor": order.factor, "clients": order.clients}
    found: dict[str, object] = {}
    for name, text in given.items():
        if text is None:
            continue
        if name not in taken:
            kinds = ", ".join(kind.name for kind in KINDS.values() if name in kind.options)
            mistakes.problems.append(Problem(f"--{name}", None, "", short(text), f"only these charts take it: {kinds}"))
        elif name == "measure":
            names = [measure.name for measure in CATALOGUE]
            found[name] = text
            if text not in names:
                said = "give a measure's name; `iopsim measures` shows them all"
                mistakes.problems.append(Problem("--measure", None, "", short(text), said, nearest(text, names)))
        elif name == "by":
            found[name] = mistakes.choice("--by", text, tuple(DIMENSIONS))
        elif name == "clients":
            found[name] = mistakes.whole("--clients", text, 1, MOST_CLIENTS)
        else:
            found[name] = text
    return found


def _list(order: Order) -> None:
    """Show the kinds of chart; with a results folder and a file, as a page of thumbnails."""
    if not order.words and order.out is None:
        _show_kinds()
        return
    from iopsim.charts.kinds import draw
    from iopsim.charts.of_results import chosen, drawable
    from iopsim.charts.thumbnails import thumbnails
    from iopsim.experiments.opened import open_results

    mistakes = Mistakes()
    if len(order.words) != 1:
        said = "with --list, give one results folder and --out page.html, or neither"
        mistakes.problems.append(Problem("RESULTS", None, "", short(" ".join(order.words)), said))
    out = mistakes.file(order.out, (".html",), replace=order.replace)
    mistakes.settle()
    assert out is not None
    opened = open_results(Path(order.words[0]))
    kinds = drawable(opened)
    if not kinds:
        raise IopsimError(f"{plain(order.words[0])}: found results of which no chart is drawn")
    folder = shlex.quote(order.words[0])
    page = thumbnails(
        f"Charts of {opened.folder.name}",
        (
            (
                f"iopsim chart {kind.name} {folder} -o {kind.name}.png",
                kind.shows,
                draw(kind.name, chosen(kind, [opened])),
            )
            for kind in kinds
        ),
    )
    save_picture(out, page.encode())
    sys.stdout.write(f"{len(kinds)} chart{'' if len(kinds) == 1 else 's'}\n{plain(str(out))}\n")


def _show_kinds() -> None:
    from iopsim.charts.kinds import KINDS

    of = {
        "program": "one program",
        "plans": "several plans",
        "design": "a design",
        "sensitivity": "a sensitivity analysis",
    }
    console = screen()
    table = grid(console)
    table.add_column("Chart")
    table.add_column("What it shows")
    table.add_column("Of")
    for kind in KINDS.values():
        options = "".join(f" --{option}" for option in kind.options)
        table.add_row(kind.name, f"{kind.shows}{f' ({options.strip()})' if options else ''}", of[kind.needs])
    print_grid(console, table)
    console.print()
    console.print("iopsim chart KIND RESULTS -o chart.png (or .svg, .pdf); --style slides for a screen", soft_wrap=True)
    console.print("iopsim chart --list RESULTS -o page.html draws all that a folder holds, small", soft_wrap=True)
