"""The commands over several plans and their options: what `--help` says."""

from __future__ import annotations

from typing import Annotated

import typer

from iopsim.cli.commands import (
    Changes,
    EngineName,
    Most,
    Precisely,
    Scenario,
    Seed,
    Stages,
    Uncertain,
    Weeks,
    Workers,
    app,
)
from iopsim.cli.door import door

__all__ = ["app"]

Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Run on the workers of a Dask scheduler, tcp://host:8786, or local for one of its own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No table and no progress: errors only.")]


@app.command(short_help="Compare plans pair by pair: what differs, and by how much.")
def compare(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenarios; the first is the baseline.")],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME: PATH=VALUE",
            help="A plan of its own, the first file with a change: 'bigger: groups.evening.seats=16'; repeat a name "
            "for more changes of one plan. Without a name the change is in all plans. PATH*=0.7 multiplies.",
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", "-m", metavar="NAME", help="What is compared, by name; repeatable, or with commas."),
    ] = None,
    replications: Annotated[
        str | None,
        typer.Option("--replications", "-n", metavar="N", help="Repetitions of each plan; 200, if nothing is said."),
    ] = None,
    seed: Seed = "1",
    weeks: Weeks = None,
    precision: Precisely = None,
    most: Most = None,
    stages: Stages = "sequential",
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="SHARE", help="With which all differences hold together.")
    ] = "0.95",
    warm_up: Annotated[
        str | None,
        typer.Option("--warm-up", metavar="WEEKS", help="Compare the mature programs, after so many weeks; or auto."),
    ] = None,
    uncertain: Uncertain = False,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="DIR", help="Also write everything to a new or empty folder, or go on in one of this kind."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineName = "auto",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare plans under the same luck: the same people walk into each, so that differences are paired.

    Prints what differs between the plans, each measure side by side with the difference from the first plan, and a
    sentence on each. The intervals of all differences hold together with the confidence.
    """
    with door():
        from iopsim.cli.compare import Order
        from iopsim.cli.compare import compare as start

        start(
            Order(
                files,
                changes or [],
                measures or [],
                replications,
                seed,
                weeks,
                precision or [],
                most,
                stages,
                confidence,
                warm_up,
                uncertain,
                out,
                workers,
                cluster,
                engine,
                json,
                quiet,
            )
        )


@app.command(short_help="Run an experiment file; go on where it stopped.")
def experiment(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The experiment, a TOML file; experiments/ has some.")],
    replications: Annotated[
        str | None,
        typer.Option("--replications", "-n", metavar="N", help="Repetitions of each arm, instead of the file's."),
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", metavar="N", help="Instead of the file's.")] = None,
    uncertain: Uncertain = False,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="A new or empty folder, or one of this experiment, finished or not. Without it: a folder of its own "
            "under results/.",
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineName = "auto",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run an experiment file: its arms or its design, each replication kept as soon as it is done.

    The same command again computes only what is missing: after an interruption, or with more replications. Other
    results are never overwritten.
    """
    with door():
        from iopsim.cli.experiment import Order
        from iopsim.cli.experiment import experiment as start

        start(Order(file, replications, seed, uncertain, out, workers, cluster, engine, json, quiet))


@app.command(short_help="Which of the things that nobody knows matter.")
def sensitivity(
    file: Scenario,
    changes: Changes = None,
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", "-m", metavar="NAME", help="What is looked at, by name; repeatable, or with commas."),
    ] = None,
    replications: Annotated[
        str | None,
        typer.Option(
            "--replications",
            "-n",
            metavar="N",
            help="Repetitions of each end of what leads, 50, after 10 of everything; of each run 4 for morris, 2 for "
            "sobol.",
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="HOW",
            help="one-at-a-time: from low to high, all else as it is. morris, sobol: all together; sobol of what leads "
            "in a screening. Both need SALib: pip install iopsim[sensitivity].",
        ),
    ] = "one-at-a-time",
    top: Annotated[
        str, typer.Option("--top", metavar="N", help="How many factors lead, and are shown, in each measure.")
    ] = "10",
    samples: Annotated[
        str | None,
        typer.Option("--samples", metavar="N", help="Trajectories of morris, 20; base samples of sobol, 256."),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="PATH[=LEVELS]",
            help="Also move a number that the plan sets, over its range, or a setting over levels: "
            '\'groups.evening.nights=[["Mon", "Tue", "Wed"], ["Mon", "Wed", "Thu"]]\'; repeatable.',
        ),
    ] = None,
    seed: Seed = "1",
    weeks: Weeks = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="DIR", help="Also write everything to a new or empty folder, or go on in one of this kind."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineName = "auto",
    every: Annotated[bool, typer.Option("--all", help="Show every factor, and all that moves nothing.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Move what nobody knows over its range of evidence, and see what that does, as a tornado.

    Every number that the world sets and that has a range, from low to high, the same people walking in; or all of them
    together, by Morris or Sobol'. What the plan sets stays as it is, unless --also names it.
    """
    with door():
        from iopsim.cli.sensitivity import Order
        from iopsim.cli.sensitivity import sensitivity as start

        more, names, others = changes or [], measures or [], also or []
        start(
            Order(
                file,
                more,
                names,
                replications,
                method,
                top,
                samples,
                others,
                seed,
                weeks,
                out,
                workers,
                cluster,
                engine,
                every,
                json,
                quiet,
            )
        )


@app.command(short_help="Find the smallest or cheapest plan that meets stated targets.")
def size(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The sizing, a TOML file; experiments/size_*.toml.")],
    seed: Annotated[str | None, typer.Option("--seed", metavar="N", help="Instead of the file's.")] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="DIR", help="Also write everything to a new or empty folder, or go on in one of this kind."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineName = "auto",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the smallest or cheapest plan that meets stated targets, with a stated confidence, or say that none does.

    Every plan that may be the answer is tested against the targets; where a measure is minimized, those that meet all
    are then compared with each other. What is promised stands under the table.
    """
    with door():
        from iopsim.cli.size import Order
        from iopsim.cli.size import size as start

        start(Order(file, seed, out, workers, cluster, engine, json, quiet))


@app.command(short_help="Write the tables of a results folder as CSV.")
def export(
    results: Annotated[
        str,
        typer.Argument(metavar="RESULTS", help="A folder of iopsim run, iopsim experiment or iopsim compare --out."),
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="A new or empty folder for the CSV files.")],
    table: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="NAME", help="Only this table: measures, weekly, ...; repeatable."),
    ] = None,
) -> None:
    """Write the tables of a run, or of every arm, as CSV: measures, weekly series, money, waits, group nights, staff.

    Nothing is overwritten; texts that a spreadsheet would take for a formula are made harmless.
    """
    with door():
        from iopsim.cli.export_results import export as start

        start(results, out, table or [])
