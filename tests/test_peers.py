"""The clinic of the benchmark: SimPy, Ciw, salabim and theory agree on it, and iopsim in all that is not by design."""

import sys
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import iopsim

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import bench_peers  # noqa: E402
import engines  # noqa: E402
from peers import agreement, by_design, in_simpy  # noqa: E402
from peers import clinic as c  # noqa: E402

REPLICATIONS = 100
"""Of seeds 0 to 99; a comparison of theirs gives a false alarm once in 16,000 times."""


@pytest.fixture(scope="module")
def point():
    return engines.point_of(iopsim.load(bench_peers.CLINIC))


@pytest.fixture(scope="module")
def luck(point):
    return [by_design.luck(point, k) for k in range(REPLICATIONS)]


@pytest.fixture(scope="module")
def of_simpy():
    return [in_simpy.run(seed) for seed in range(REPLICATIONS)]


def test_the_peers_given_the_same_seed_tell_the_same():
    runs = {name: import_module(module).run for name, module in bench_peers.PEERS.items()}
    told = {name: [run(seed) for seed in range(4)] for name, run in runs.items()}
    assert agreement.equal(told) == 4
    told["Ciw"][2] = replace(told["Ciw"][2], waitlist=told["Ciw"][2].waitlist * (1 + 1e-6))
    assert agreement.equal(told) == 3


def test_the_peers_tell_what_theory_knows(of_simpy):
    for what, errors in agreement.from_theory(of_simpy).items():
        assert abs(errors) < agreement.LARGEST, what


def test_with_what_differs_by_design_simpy_is_iopsim_client_by_client(point, luck):
    for k in range(10):
        ours = by_design.of_iopsim(point, k)
        assert by_design.run(by_design.AS_IOPSIM, luck[k]) == ours
        assert {me.reneged is None for me in ours} == {me.completed is None for me in ours} == {True, False}


@pytest.mark.parametrize(
    "change", [{"day": 0.5}, {"review": 1.0}, {"listed_after": 1.0}, {"step_down_hazard_ratio": 0}]
)
def test_each_of_these_differences_is_needed(point, luck, change):
    design = replace(by_design.AS_IOPSIM, **change)
    assert any(by_design.run(design, luck[k]) != by_design.of_iopsim(point, k) for k in range(10))


def test_without_them_simpy_with_the_cards_of_iopsim_agrees_with_simpy(of_simpy, luck):
    textbook = [in_simpy.told(by_design.run(by_design.TEXTBOOK, people)) for people in luck]
    for name in agreement.NUMBERS:
        assert abs(agreement.apart(of_simpy, textbook, name)) < agreement.LARGEST, name


def test_weekly_reviews_and_not_whole_days_are_why_clients_of_iopsim_wait_longer(luck):
    told = agreement.designs(luck[:60])
    steps = list(told)
    for name in ("reneged", "waitlist", "days_waited"):
        by_days, by_reviews = (
            agreement.mean_of(agreement.differences(told[before], told[after], name))
            for before, after in pairwise(steps[:3])
        )
        assert by_reviews[0] > agreement.LARGEST * by_reviews[1]
        assert by_reviews[0] > 2 * by_days[0]


def test_a_stay_in_a_seat_is_as_long_as_theory_says(luck):
    for design in (by_design.TEXTBOOK, by_design.WHOLE_DAYS, by_design.WEEKLY_REVIEWS):
        totals = []
        for people in luck[:60]:
            clients = by_design.run(design, people)
            begun = [me for me in clients if me.admitted is not None and me.admitted < c.RUN_DAYS - c.PLANNED_DAYS]
            stays = [in_simpy.first(me.stepped_down, me.dropped_out) - me.admitted for me in begun]
            totals.append(sum(stays) - len(stays) * by_design.days_in_a_seat(design.review))
        mean, error = agreement.mean_of(totals)
        assert abs(mean) < agreement.LARGEST * error
