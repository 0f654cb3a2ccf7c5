"""Sizing files: what they load as, and every bad one with its message."""

import pytest

from iopsim.experiments.sizing import load_sizing
from iopsim.experiments.targets import weeks_of_month
from iopsim.scenario import load
from plan_file import HEAD, in_folder, told

CHOICES = "[choices]\ngroups.evening.seats = [10, 12, 14]\ngroups.evening.facilitators = [1, 2]\n"
TARGET = '[targets.soon]\nmeasure = "started_in_time_share"\nat_least = 0.8\nas = "expectation"\ntolerance = 0.02\n'
CHEAPEST = '[objective]\nminimize = "cost_usd"\nindifference = 5000\n'
SMALLEST = '[objective]\nminimize = "size"\nsize = { "groups.evening.seats" = 1, groups.evening.facilitators = 4.5 }\n'
GOOD = HEAD + CHOICES + TARGET + CHEAPEST


def test_the_least_that_a_sizing_says_gives_defaults_to_all_else(tmp_path):
    sizing = load_sizing(in_folder(tmp_path, GOOD))
    assert (sizing.question, sizing.confidence, sizing.seed) == ("More seats?", 0.95, 1)
    assert (sizing.first_stage, sizing.most) == (50, 20_000)
    (target,) = sizing.targets
    assert (target.measure.name, target.bound, target.at_least) == ("started_in_time_share", 0.8, True)
    assert (target.kind, target.chance, target.tolerance, target.weeks) == ("expectation", None, 0.02, None)
    assert (sizing.objective.measure.name, sizing.objective.indifference) == ("cost_usd", 5000.0)


def test_every_combination_of_the_choices_is_a_candidate(tmp_path):
    sizing = load_sizing(in_folder(tmp_path, GOOD))
    groups = [sizing.resolve(candidate).scenario.groups["evening"] for candidate in sizing.candidates]
    assert [(group.seats, group.facilitators) for group in groups] == [(s, f) for s in (10, 12, 14) for f in (1, 2)]
    hashes = [candidate.arm.hash for candidate in sizing.candidates]
    assert hashes[2] == load(tmp_path / "plain.toml").hash
    assert len(set(hashes)) == 6


def test_a_size_is_the_sum_of_weights_times_values(tmp_path):
    sizing = load_sizing(in_folder(tmp_path, HEAD + CHOICES + TARGET + SMALLEST))
    assert sizing.objective.measure is None
    assert [candidate.size for candidate in sizing.candidates] == [14.5, 19.0, 16.5, 21.0, 18.5, 23.0]


def test_choices_that_move_together_are_weighed_together(tmp_path):
    together = """[choices.room]
paths = ["groups.evening.seats", "groups.evening.facilitators"]
levels = { small = [10, 1], large = [20, 2] }
"""
    sizing = load_sizing(in_folder(tmp_path, HEAD + together + TARGET + SMALLEST))
    assert [(one.arm.levels["room"], one.size) for one in sizing.candidates] == [("small", 14.5), ("large", 29.0)]


def test_a_chance_and_a_month_are_read(tmp_path):
    target = """[targets.margin]
measure = "margin_usd"
month = 12
at_least = 0
as = "chance"
chance = 0.9
tolerance = 0.05
"""
    payers = '[choices]\npayers.all = [{ share = 1.0 }]\n"groups.evening.seats" = [10, 12]\n'
    sizing = load_sizing(in_folder(tmp_path, "weeks = 52\n" + HEAD + payers + target + CHEAPEST))
    (found,) = sizing.targets
    assert (found.kind, found.chance, found.weeks, found.bound) == ("chance", 0.9, range(47, 52), 0.0)


def test_twelve_months_are_a_year_of_weeks_each_of_four_or_five():
    months = [weeks_of_month(month) for month in range(1, 25)]
    assert [week for month in months for week in month] == list(range(104))
    assert [len(month) for month in months] == [4, 4, 5] * 8


MEASURE = "a measure is named as `iopsim measures` lists it"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + TARGET + CHEAPEST,
            (
                "seats.toml: choices: found nothing; "
                'choices are needed, such as "groups.evening.seats" = [10, 12, 14] below [choices]'
            ),
        ),
        (
            HEAD + CHOICES + CHEAPEST,
            "seats.toml: targets: found none; a plan has at least one target, [targets.NAME]",
        ),
        (
            HEAD + CHOICES + TARGET,
            (
                "seats.toml: objective.minimize: found nothing; "
                'minimize is needed, such as minimize = "cost_usd", or "size"'
            ),
        ),
        (
            GOOD.replace("0.8", "80"),
            (
                "seats.toml:8: targets.soon.at_least: found 80; "
                "started_in_time_share lies between 0 and 1; 80 percent is written 0.8"
            ),
        ),
        (
            GOOD.replace("started_in_time_share", "cost_per_client"),
            (
                f'seats.toml:7: targets.soon.measure: found "cost_per_client"; {MEASURE} '
                "(did you mean cost_per_client_week_usd?)"
            ),
        ),
        (
            GOOD.replace("at_least = 0.8\n", ""),
            "seats.toml:6: targets.soon: found neither; a target has either at_least or at_most",
        ),
        (
            GOOD.replace("at_least = 0.8\n", "at_least = 0.8\nat_most = 0.9\n"),
            "seats.toml:6: targets.soon: found both; a target has either at_least or at_most",
        ),
        (
            GOOD.replace("at_least = 0.8", 'at_least = "0.8"'),
            'seats.toml:8: targets.soon.at_least: found "0.8"; at_least is a number, such as at_least = 0.8',
        ),
        (
            GOOD.replace("expectation", "mean"),
            'seats.toml:9: targets.soon.as: found "mean"; as must be one of "expectation", "chance"',
        ),
        (
            GOOD.replace("expectation", "chance"),
            (
                "seats.toml:6: targets.soon.chance: found nothing; "
                "chance is needed above 0 and below 1, such as chance = 0.8"
            ),
        ),
        (
            GOOD.replace("tolerance", "chance = 0.8\ntolerance"),
            'seats.toml:10: targets.soon.chance: found 0.8; a chance goes with as = "chance"',
        ),
        (
            GOOD.replace("tolerance = 0.02\n", ""),
            (
                "seats.toml:6: targets.soon.tolerance: found nothing; tolerance is needed above 0, "
                "such as tolerance = 0.05: by how much a plan may miss and still pass, in shares of 1"
            ),
        ),
        (
            GOOD.replace("at_least", "month = 12\nat_least"),
            "seats.toml:8: targets.soon.month: found 12; only margin_usd is told of one month",
        ),
        (
            GOOD.replace("started_in_time_share", "margin_usd"),
            (
                'seats.toml:7: targets.soon.measure: found "margin_usd"; '
                "without payers nothing is billed, and there is no margin"
            ),
        ),
        (
            GOOD.replace('"started_in_time_share"', '"margin_usd"\nmonth = 25'),
            ("seats.toml:8: targets.soon.month: found 25; month 25 ends after 108 weeks, and the run has 104"),
        ),
        (
            GOOD.replace("[10, 12, 14]", "{ low = 10, high = 14 }"),
            (
                "seats.toml:4: choices.groups.evening.seats: found { low = 10, high = 14 }; "
                "choices are a list, such as [10, 12]; a range stands in an experiment only"
            ),
        ),
        (
            GOOD.replace("[10, 12, 14]", "[0, 12, 14]"),
            "seats.toml:4: choices.groups.evening.seats: found 0; seats must be between 1 and 500 seats",
        ),
        (
            GOOD.replace("[10, 12, 14]", f"{list(range(1, 501))}").replace("[1, 2]", f"{list(range(1, 21))}")
            + "[choices.staff]\npaths = ['weeks']\nlevels = [[60], [70], [80]]\n",
            "seats.toml:3: choices: found 30,000 plans; there are at most 20,000 plans to choose from",
        ),
        (
            GOOD.replace("cost_usd", "cost"),
            f'seats.toml:12: objective.minimize: found "cost"; {MEASURE} (did you mean cost_usd?)',
        ),
        (
            GOOD.replace("indifference = 5000\n", ""),
            (
                "seats.toml:11: objective.indifference: found nothing; indifference is needed above 0, "
                "such as indifference = 100: what is not worth telling apart, in dollars"
            ),
        ),
        (
            GOOD + "size = { weeks = 1 }\n",
            'seats.toml:14: objective.size: found { weeks = 1 }; size goes with minimize = "size"',
        ),
        (
            HEAD + CHOICES + TARGET + SMALLEST + "indifference = 1\n",
            "seats.toml:14: objective.indifference: found 1; a size has no luck in it, and needs no indifference",
        ),
        (
            HEAD + CHOICES + TARGET + '[objective]\nminimize = "size"\n',
            (
                "seats.toml:11: objective.size: found nothing; "
                'size is needed, such as size = { "staff.counselor.people" = 1 }'
            ),
        ),
        (
            HEAD + CHOICES + TARGET + SMALLEST.replace("4.5", "0"),
            "seats.toml:13: objective.size.groups.evening.facilitators: found 0; a weight is a number above 0",
        ),
        (
            HEAD + CHOICES + TARGET + SMALLEST.replace("4.5", "1, weeks = 2"),
            (
                "seats.toml:13: objective.size.weeks: found weeks; "
                "a size weighs choices that are numbers: groups.evening.facilitators, groups.evening.seats"
            ),
        ),
        (
            "most = 40\nfirst_stage = 60\n" + GOOD,
            "seats.toml:1: most: found 40; most is at least the first stage, 60",
        ),
        (
            "most = 300\n" + GOOD,
            (
                "seats.toml:1: most: found 300; "
                "where a measure is minimized, most is at least 10 times the first stage, 500"
            ),
        ),
        (
            GOOD.replace("[10, 12, 14]", str(list(range(1, 252)))),
            (
                "seats.toml:3: choices: found 502 plans; "
                "at most 500 plans are compared by a measure; a size may be minimized of more"
            ),
        ),
        (
            GOOD.replace('"expectation"\ntolerance = 0.02', '"chance"\nchance = 0.96\ntolerance = 0.05'),
            (
                "seats.toml:11: targets.soon.tolerance: found 0.05; "
                "a tolerance leaves room between the chance and 0, and between it and 1"
            ),
        ),
        (
            GOOD + "seed = 3\n",
            "seats.toml:14: objective.seed: found 3; seed stands at the top of the file, above the first header",
        ),
        (
            GOOD.replace("tolerance", "tolerances = 1\ntolerance"),
            (
                "seats.toml:10: targets.soon.tolerances: found tolerances; [targets.soon] may have measure, month, "
                "at_least, at_most, as, chance, tolerance (did you mean tolerance?)"
            ),
        ),
    ],
)
def test_a_bad_sizing_is_answered_where_it_stands(tmp_path, text, message):
    assert told(load_sizing, tmp_path, text) == [message]
