"""The commands and their options: what `--help` says. What a command needs is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from iopsim.cli.door import door

app = typer.Typer(
    name="iopsim",
    help="Simulate an intensive outpatient program before it opens.",
    epilog="Start with: iopsim init my_program.toml, then iopsim check and iopsim run on that file.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Scenario = Annotated[str, typer.Argument(metavar="FILE", help="The scenario, a TOML file.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a value, such as groups.evening.seats=15; with a * of every entry, such as "
        "'referrals.*.months.*=1' (no seasons); *= multiplies, as in 'referrals.*.per_week*=0.7'; repeatable.",
    ),
]
Weeks = Annotated[str | None, typer.Option("--weeks", metavar="N", help="Weeks to simulate, instead of the file's.")]
Seed = Annotated[
    str, typer.Option("--seed", metavar="N", help="The same seed meets every scenario with the same people.")
]
Replications = Annotated[
    str, typer.Option("--replications", "-n", metavar="N", help="Independent repetitions of the whole run.")
]
Workers = Annotated[
    str | None,
    typer.Option(
        "--workers",
        metavar="N",
        help="Processes. Without it: all cores, or one where a run is too short to gain from more. "
        "The results are the same.",
    ),
]

Uncertain = Annotated[
    bool,
    typer.Option(
        "--uncertain",
        help="Draw what nobody knows within its range of evidence, anew for each repetition.",
    ),
]

Precisely = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        metavar="MEASURE=HALF-WIDTH",
        help="Repeat until the interval of a measure is so narrow, in its unit or in percent of its mean: "
        "days_to_first_session=0.5, cost_usd=2%; repeatable.",
    ),
]
Most = Annotated[
    str | None, typer.Option("--most", metavar="N", help="Repetitions at which --precision gives up; 10,000.")
]
Stages = Annotated[
    str,
    typer.Option(
        "--stages",
        metavar="HOW",
        help="sequential: look again after half as many more; two: one first stage of 50, then all that its spread "
        "asks for.",
    ),
]

EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="reference: in Python; compiled: in machine code, much faster, but it takes time to load and, once, to "
        "compile; auto: whichever is done sooner. The results are the same.",
    ),
]

Format = Annotated[
    str, typer.Option("--format", metavar="FORM", help="A table to read, or csv or json on stdout for a machine.")
]
Csv = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write CSV to a file that does not exist yet.")]


def _version(wanted: bool) -> None:
    if wanted:
        from iopsim import __version__

        typer.echo(f"iopsim {__version__}")
        raise typer.Exit


def _help(context: typer.Context, wanted: bool) -> None:
    if wanted:
        typer.echo(context.get_help())
        raise typer.Exit


# The help option is our own: typer's, where it is not given, has no value yet, and to give it one typer imports
# pydantic, so that the help of a command would take twice as long.
@app.callback(add_help_option=False)
def iopsim(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    wants_help: Annotated[
        bool, typer.Option("--help", "-h", callback=_help, is_eager=True, help="Show this message and exit.")
    ] = False,
) -> None:
    """Simulate an intensive outpatient program before it opens."""


@app.command(short_help="Simulate a scenario: table, bottleneck and charts.")
def run(
    file: Scenario,
    replications: Annotated[
        str | None,
        typer.Option(
            "--replications",
            "-n",
            metavar="N",
            help="Independent repetitions of the whole run; 200, if nothing is said.",
        ),
    ] = None,
    precision: Precisely = None,
    most: Most = None,
    stages: Stages = "sequential",
    seed: Seed = "1",
    changes: Changes = None,
    weeks: Weeks = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="A new or empty folder for the results, or one that holds this very run. Without it: a folder "
            "of its own for each run under results/.",
        ),
    ] = None,
    workers: Workers = None,
    engine: EngineName = "auto",
    warm_up: Annotated[
        str | None,
        typer.Option(
            "--warm-up",
            metavar="WEEKS",
            help="Show the mature program: count only clients who come, and days, after so many weeks; or auto. "
            "Without it everything counts from the opening on.",
        ),
    ] = None,
    uncertain: Uncertain = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            help="Also show the measures of each group of clients: source, trait or payer; repeatable.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every measure, not only what a board reads.")] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document and nothing else; files are then written only to --out.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No table and no progress: errors only.")] = False,
) -> None:
    """Simulate a scenario: a table, the bottleneck, and a folder with numbers and charts.

    An output folder that holds other results is never overwritten. Bad input ends with exit code 2 and one line
    for each thing to mend; nothing is then written.
    """
    with door():
        from iopsim.cli.run import Order
        from iopsim.cli.run import run as start

        groups, more = by or [], changes or []
        start(
            Order(
                file,
                replications,
                seed,
                more,
                weeks,
                out,
                workers,
                groups,
                every,
                json,
                quiet,
                warm_up,
                uncertain,
                precision or [],
                most,
                stages,
                engine,
            )
        )


@app.command(short_help="Find from when on a program is mature.")
def warmup(
    file: Scenario,
    replications: Replications = "200",
    seed: Seed = "1",
    changes: Changes = None,
    weeks: Weeks = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE.png", help="A new file for the plot. Without it: one under results/."),
    ] = None,
    workers: Workers = None,
    engine: EngineName = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No table and no progress: errors only.")] = False,
) -> None:
    """Find the weeks after which census, waitlist and seats attended no longer tell of the opening.

    Prints what MSER-5 says of each, the warm-up to use with iopsim run --warm-up, or why there is none (exit code 2),
    and draws Welch's plot, on which to judge it by eye.
    """
    with door():
        from iopsim.cli.run import Order
        from iopsim.cli.warmup import warmup as start

        more = changes or []
        start(Order(file, replications, seed, more, weeks, out, workers, [], False, False, quiet, engine=engine))


@app.command(short_help="Check a scenario, and demand against capacity.")
def check(
    file: Scenario,
    changes: Changes = None,
    resolved: Annotated[
        bool,
        typer.Option("--resolved", help="Print every value and where it comes from, as a scenario file, and no more."),
    ] = False,
    rules: Annotated[
        bool,
        typer.Option("--rules", help="List the rules of levels of care and states that were compared, met or not."),
    ] = False,
) -> None:
    """Check a scenario, and compare what clients would need with what the program has."""
    with door():
        from iopsim.cli.check import check as start

        start(file, changes or [], resolved, rules)


@app.command(short_help="Write a commented scenario to start from.")
def init(new: Annotated[str, typer.Argument(metavar="NEW.toml", help="A file that does not exist yet.")]) -> None:
    """Write a commented scenario file to start from."""
    with door():
        from iopsim.cli.init import init as start

        start(new)


@app.command(short_help="Print all that a scenario file may say.")
def schema(
    markdown: Annotated[
        bool,
        typer.Option("--markdown", help="Tables and fields to read: meaning, unit, range and default of each."),
    ] = False,
) -> None:
    """Print the JSON Schema of scenario files, with which an editor completes and checks them, or a list to read."""
    with door():
        from iopsim.cli.schema import schema as start

        start(markdown)


@app.command(short_help="Tell one client's journey, and why it went so.")
def trace(
    file: Scenario,
    seed: Seed = "1",
    replication: Annotated[
        str, typer.Option("--replication", metavar="N", help="Which replication of the run; the first is 0.")
    ] = "0",
    client: Annotated[
        str | None,
        typer.Option(
            "--client", metavar="NAME", help="Source, date of referral, and number that day: self/2027-03-04/1."
        ),
    ] = None,
    ending: Annotated[
        str | None,
        typer.Option(
            "--ending", metavar="HOW", help="The first client who ended so: completed, dropped_out, reneged, ..."
        ),
    ] = None,
    changes: Changes = None,
    weeks: Weeks = None,
) -> None:
    """Tell one client's journey, with dates and clock times, and why each decision fell as it did."""
    with door():
        from iopsim.cli.trace import trace as start

        start(file, seed, replication, client, ending, changes or [], weeks)


@app.command(short_help="List every default with its source and grade.")
def evidence(
    word: Annotated[
        str | None,
        typer.Argument(metavar="WORD", help="A part of a default's name, or a source: leaving, seats, E4.4."),
    ] = None,
    grade: Annotated[
        str | None,
        typer.Option("--grade", metavar="GRADE", help="Only primary, secondary, derived or assumed values."),
    ] = None,
    form: Format = "table",
    csv: Csv = None,
) -> None:
    """List the evidence base: each default with range, unit, source and grade, and each source.

    CSV has one line for each default, with its source beside it; JSON also has the sources that no default names.
    """
    with door():
        from iopsim.cli.evidence import evidence as start

        start(word, grade, form, csv)


@app.command(short_help="List the measures: what is counted, and of whom.")
def measures(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD", help="A measure's name, or words of its name, label, unit or definition: wait."),
    ] = None,
    form: Format = "table",
    csv: Csv = None,
) -> None:
    """List the measures: name, unit, numerator, denominator and who is counted; one alone is told in full."""
    with door():
        from iopsim.cli.measures import measures as start

        start(words or [], form, csv)


@app.command(short_help="Write an event log for process-mining tools.")
def events(
    file: Scenario,
    out: Annotated[
        str,
        typer.Option("--out", "-o", metavar="FILE", help="A new file, whose name ends in .csv or .xes."),
    ],
    replications: Annotated[
        str, typer.Option("--replications", "-n", metavar="N", help="Independent repetitions of the whole run.")
    ] = "1",
    seed: Seed = "1",
    changes: Changes = None,
    weeks: Weeks = None,
) -> None:
    """Write everything that happens as one event log, a case for each client of each replication.

    A file that exists is never overwritten, and never half a file written.
    """
    with door():
        from iopsim.cli.events import events as start

        start(file, out, replications, seed, changes or [], weeks)
