"""What holds in every run of the whole clinic: payers, detours, staff, phases with benchmarks, returns and the rest.

As in test_laws.py, each law reads the Record, or the Record beside the scenario and the cards; none asks the engine.
The laws are in laws_whole_way_in.py and laws_whole_in_program.py.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

import laws_whole_in_program
import laws_whole_way_in
from strategies import run
from strategies_whole import whole_scenarios

LAWS = [*laws_whole_way_in.LAWS, *laws_whole_in_program.LAWS]

EXAMPLES = 150


@settings(derandomize=True, deadline=None, max_examples=EXAMPLES)
@given(changes=whole_scenarios(), seed=st.integers(0, 2**32))
def test_every_law_holds_in_any_scenario_of_the_whole_clinic(changes: dict[str, object], seed: int) -> None:
    it = run(changes, seed=seed)
    for law in LAWS:
        law(it)
