"""What a board reads beside the table: what holds people back, in the words of the screen."""

from dataclasses import replace

import numpy as np
import pytest

from iopsim.api import simulate
from iopsim.experiments.bottleneck_words import bottleneck_in_short, bottleneck_sentences
from iopsim.experiments.result import Result
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import WEEKLY
from iopsim.scenario.load import load
from strategies import PLAIN


def held_back(clients_by_week: dict[str, np.ndarray]) -> Result:
    """A result in which resources hold back so many clients in each week of each replication; seats and slots."""
    result = simulate(load(PLAIN, {"weeks": 20}), 4)
    weekly = np.zeros_like(result.facts.weekly)
    for name, clients in clients_by_week.items():
        weekly[:, WEEKLY.index(f"held_back_by_{name}"), :] = 7 * np.array(clients)
    return replace(result, facts=replace(result.facts, weekly=weekly))


def test_a_resource_that_seldom_bites_and_is_never_the_tightest_is_not_told_of() -> None:
    seats = np.full((4, 20), 5)
    once, twice = np.zeros((2, 4, 20), dtype=int)
    once[:, 3], twice[:, 3:5] = 4, 4
    (only,) = bottleneck_sentences(held_back({"seats": seats, "slots": once}))
    assert only.startswith(
        "Bottleneck: group seats (tightest in 4 of 4 replications), from week 1 (4 January 2027) on."
    )
    _, then = bottleneck_sentences(held_back({"seats": seats, "slots": twice}))
    assert then.startswith(
        "Then: assessment slots (tightest in 0 of 4 replications), in 2 of 20 weeks, first in week 4"
    )


def test_waits_for_slots_that_more_slots_would_not_help_are_told_and_so_is_the_middle_of_the_replications() -> None:
    slots = np.full((4, 20), 1)
    slots[3] = 33
    result = held_back({"slots": slots})
    numerators = result.facts.numerators.copy()
    column = [measure.name for measure in CATALOGUE].index("held_back_without_assessors")
    for lacking, said, heads in (
        (0, None, "assessment slots (tightest"),
        (7 * 20 * 9, "With every assessor's post filled and nobody away, 25 % of these waits would be gone.", None),
        (7 * 20 * 27, ", 75 % of these waits would be gone.", "assessment slots, mostly for want of an assessor (tig"),
    ):
        numerators[:, column] = [0, 0, 0, lacking]
        (told,) = bottleneck_sentences(replace(result, facts=replace(result.facts, numerators=numerators.copy())))
        assert said in told if said else "post" not in told
        assert told.startswith(f"Bottleneck: {heads or 'assessment slots (tightest'}")
        assert told.endswith(
            "A few replications make this number: over all weeks it is 9.0 clients in the mean, and 1.0 in the median "
            "replication."
        )


def test_where_clients_walk_in_they_wait_for_assessors_and_not_for_slots() -> None:
    result = held_back({"slots": np.full((4, 20), 2)})
    walk_in = load(PLAIN, {"weeks": 20, "assessment.open_access": True})
    (told,) = bottleneck_sentences(replace(result, scenario=walk_in))
    assert told.startswith("Bottleneck: assessors' time (tightest in 4 of 4 replications), from week 1")
    assert "2.0 clients who walk in wait for a free assessor" in told


def test_what_is_tightest_in_most_replications_comes_first_though_it_never_bites() -> None:
    seats, slots = np.zeros((2, 4, 20), dtype=int)
    seats[:3, 2], slots[3] = 1, 50
    first, then = bottleneck_sentences(held_back({"seats": seats, "slots": slots}))
    assert first.startswith(
        "Bottleneck: group seats (tightest in 3 of 4 replications), though never a client at a time."
    )
    assert then.startswith("Then: assessment slots (tightest in 1 of 4 replications), from week 1")


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        ([0, 0, 0, 0], "nothing. Nobody waits for a slot, a seat or a counselor."),
        ([1, 1, 0, 0], "half a client on average waits for a seat."),
        ([1, 0, 0, 0], "a quarter of a client on average waits for a seat."),
        ([1, 1, 1, 0], "three quarters of a client on average waits for a seat."),
    ],
)
def test_less_than_a_client_at_a_time_is_nothing_much(waiting: list[int], said: str) -> None:
    seats = np.zeros((4, 20), dtype=int)
    seats[:, 4] = waiting
    (told,) = bottleneck_sentences(held_back({"seats": seats}))
    much = "" if said.startswith("nothing") else "nothing much. At the worst (week 5, 1 February 2027), "
    assert told == f"Bottleneck: {much}{said}"
    assert told.endswith(bottleneck_in_short(held_back({"seats": seats}))[1:])


def test_in_short_a_bottleneck_is_what_is_tightest_and_in_how_many_weeks() -> None:
    seats, slots = np.zeros((2, 4, 20), dtype=int)
    seats[:, 3:9] = 2
    assert bottleneck_in_short(held_back({"seats": seats})) == (
        "Most of all group seats: in 6 of 20 weeks a client or more waits for a seat."
    )
    seats[:], seats[:3, 2], slots[3] = 0, 1, 50
    said = bottleneck_in_short(held_back({"seats": seats, "slots": slots}))
    assert said == "Most of all group seats, though never a client at a time."
