"""What no single value can get wrong: names, shares, delays and traits, and the answer, word for word."""

import pytest

from iopsim.rulebook import write
from iopsim.scenario import from_toml
from small import GOOD, messages, with_line


def test_the_good_file_is_good():
    from_toml(GOOD)


# ------------------------------------------------------------------------------------ names that must exist

TRAITS = "the traits of this file are mandated, moud"
PHASES = "the phases of this file are intensive, step_down"

NAMES = [
    (
        ("groups.evening", 'room = "larg"'),
        'groups.evening.room: found "larg"; the rooms of this file are large (did you mean large?)',
    ),
    (
        ("groups.evening", 'lever = "second_evenin"'),
        (
            'groups.evening.lever: found "second_evenin"; the levers are reminders, transport, child_care, '
            "contingency_management, same_day_assessment, second_evening, video (did you mean second_evening?)"
        ),
    ),
    (
        ("groups.evening", 'for_traits = ["mandate"]'),
        f'groups.evening.for_traits: found "mandate"; {TRAITS} (did you mean mandated?)',
    ),
    (("levers.transport", 'trait = "rural"'), f'levers.transport.trait: found "rural"; {TRAITS}'),
    (
        ("levers.video", "dropout_hazard_ratio = 0.8"),
        (
            "levers.video.dropout_hazard_ratio: found 0.8; video has only an attendance_odds_ratio, which holds on the "
            "nights of groups by video"
        ),
    ),
    (("medication", 'trait = "mood"'), f'medication.trait: found "mood"; {TRAITS} (did you mean moud?)'),
    (
        ("referrals.self.payers", "medicade = 1.0"),
        (
            'referrals.self.payers.medicade: found "medicade"; the payers of this file are medicaid, employer '
            "(did you mean medicaid?)"
        ),
    ),
    (
        ("placement.residential", 'enters = "stepdown"'),
        f'placement.residential.enters: found "stepdown"; {PHASES} (did you mean step_down?)',
    ),
    (
        ("placement.withdrawal", 'enters = "detox"'),
        f'placement.withdrawal.enters: found "detox"; {PHASES}',
    ),
    (
        ("traits.both", 'all_of = ["mandated", "modu"]'),
        f'traits.both.all_of: found "modu"; {TRAITS}, both (did you mean moud?)',
    ),
    (
        ("traits.free", 'none_of = ["mandatory"]'),
        f'traits.free.none_of: found "mandatory"; {TRAITS}, free (did you mean mandated?)',
    ),
    (
        ("present.old", 'source = "sefl"'),
        'present.old.source: found "sefl"; the sources of this file are self (did you mean self?)',
    ),
    (
        ("present.old", 'source = "self"\npayer = "state"'),
        'present.old.payer: found "state"; the payers of this file are medicaid, employer',
    ),
    (
        ("present.old", 'source = "self"\nphase = "intensiv"'),
        f'present.old.phase: found "intensiv"; {PHASES} (did you mean intensive?)',
    ),
    (
        ("present.old", 'source = "self"\ngroup = "evenings"'),
        'present.old.group: found "evenings"; the groups of this file are evening (did you mean evening?)',
    ),
    (
        ("present.old", 'source = "self"\ntraits = ["mandate"]'),
        f'present.old.traits: found "mandate"; {TRAITS} (did you mean mandated?)',
    ),
]


@pytest.mark.parametrize(("added", "message"), NAMES, ids=[" ".join(added) for added, _ in NAMES])
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(added, message):
    (told,) = messages(with_line(*added))
    assert told.partition(": ")[2] == message


def test_a_name_of_a_table_that_the_file_lacks_is_answered_with_how_to_add_it():
    (told,) = messages(GOOD.replace("[rooms.large]\nseats = 14\n", ""))
    assert told == 'f:30: groups.evening.room: found "large"; this file has no rooms; add [rooms.large]'


def test_priority_populations_need_their_traits_only_where_they_bind():
    from_toml(GOOD + "[block_grant]\napplies = false\n")
    assert messages(GOOD + "[block_grant]\napplies = true\n") == [
        f'f:38: block_grant.pregnant: found "pregnant"; {TRAITS}',
        f'f:38: block_grant.injecting: found "injecting"; {TRAITS}',
    ]


# ------------------------------------------------------------------------------------------------- the rest

CONFLICTS = [
    (
        with_line("payers.employer", "share = 0.3"),
        "f:14: payers: found 0.6 + 0.3 = 0.9; the shares of the payers medicaid, employer must sum to 1",
    ),
    (
        with_line("referrals.self.payers", "medicaid = 0.7"),
        (
            "f:38: referrals.self.payers: found 0.7 = 0.7; the shares of a source's payers must sum to 1; one left out "
            "has none"
        ),
    ),
    (
        with_line("placement", "withdrawal.share = 0.1"),
        (
            "f:38: placement: found 0.6 + 0.1 + 0 + 0.2 + 0.15 + 0.05 = 1.1; the six shares this_program, "
            "withdrawal.share, residential.share, higher, lower, declined must sum to 1"
        ),
    ),
    (
        with_line("placement.residential.away", "median_days = 60"),
        (
            "f:38: placement.residential.away.median_days: found median_days = 60 and mean_days = 30; "
            "mean_days must be at least median_days"
        ),
    ),
    (
        with_line("payers.medicaid", "authorization = { median_days = 0.0, mean_days = 2.0 }"),
        (
            "f:14: payers.medicaid.authorization.median_days: found median_days = 0 and mean_days = 2; "
            "median_days must be above 0; for no delay write 0 for both"
        ),
    ),
    (
        with_line("interim", 'offered = "priority"'),
        (
            'f:38: interim.offered: found "priority"; block_grant.applies must be true for this; or write "nobody" or '
            '"everybody"'
        ),
    ),
    (
        with_line("traits.employed", "dropout_hazard_ratio = 0.7"),
        (
            "f:37: traits.employed: found no share; give it a share, or a source a share of it "
            '([referrals.NAME.traits] employed = 0.3), or let it follow from other traits (all_of = ["..."])'
        ),
    ),
    (
        with_line("traits.both", 'all_of = ["moud", "both"]'),
        'f:38: traits.both.all_of: found "both"; a trait cannot follow from itself; name other traits',
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[traits.neither]\nnone_of = ["both"]'),
        (
            'f:40: traits.neither.none_of: found "both"; both follows from other traits itself; name traits that have '
            "a "
            "share (mandated, moud)"
        ),
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\nnone_of = ["mandated", "moud"]'),
        "f:39: traits.both.none_of: found moud in both; a trait may stand in all_of or in none_of, not in both",
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\nshare = 0.1'),
        (
            "f:39: traits.both.share: found a share of 0.1; a trait with all_of or none_of follows from other traits; "
            "leave its share out"
        ),
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[referrals.self.traits]\nboth = 0.3'),
        "f:40: referrals.self.traits.both: found a share of both; both follows from other traits; give shares of those",
    ),
    (
        with_line("payers.medicaid", "scale_share = { low = 1.0 }"),
        (
            "f:14: payers.medicaid.scale_share.low: found the step low in scale_share only; scale_share and scale_pays "
            "name the same steps; add it to scale_pays, or leave it out of scale_share"
        ),
    ),
    (
        with_line("payers.medicaid", "scale_pays = { low = 0.2 }"),
        (
            "f:14: payers.medicaid.scale_pays.low: found the step low in scale_pays only; scale_share and scale_pays "
            "name "
            "the same steps; add it to scale_share, or leave it out of scale_pays"
        ),
    ),
    (
        with_line(
            "payers.medicaid", "scale_share = { low = 0.5, middle = 0.7 }\nscale_pays = { low = 0.2, middle = 0.5 }"
        ),
        (
            "f:14: payers.medicaid.scale_share: found 0.5 + 0.7 = 1.2; the shares of the steps of a sliding scale must "
            "sum to at most 1; who is on no step pays in full"
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), CONFLICTS, ids=[message for _, message in CONFLICTS])
def test_values_that_do_not_go_together_are_answered(text, message):
    assert messages(text) == [message]


def test_a_sliding_scale_may_leave_out_who_pays_in_full():
    text = with_line("payers.medicaid", "scale_share = { low = 0.4 }\nscale_pays = { low = 0.25 }")
    money = write(from_toml(text)).money
    assert money.scale[0].tolist() == [0.4]
    low, full = money.allowed[0]
    assert [4 * cents for cents in low] == pytest.approx(full.tolist(), abs=2)
