"""What no single value can get wrong: every rule of the newer tables, and its answer, word for word."""

import pytest

from iopsim.errors import ScenarioError
from iopsim.scenario import from_toml

# Lines 1 to 36; each bad file below is this one with lines added.
GOOD = """\
name = "Clinic"
opening = 2027-01-04

[referrals.self]
per_week = 2.5

[traits.mandated]
share = 0.3

[traits.moud]
share = 0.2

[payers.medicaid]
share = 0.6

[payers.employer]
share = 0.4

[phases.intensive]
nights_per_week = 3
planned_weeks = 12

[phases.step_down]
nights_per_week = 1
planned_weeks = 4

[rooms.large]
seats = 14

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
room = "large"

[staff.counselor]
people = 1
caseload = 25
"""


def messages(text):
    with pytest.raises(ScenarioError) as caught:
        from_toml(text, "f")
    return [str(problem) for problem in caught.value.problems]


def with_line(header, line):
    """The good file with a line in one of its tables, in place of one with the same key; or with a table more."""
    if f"[{header}]\n" not in GOOD:
        return f"{GOOD}[{header}]\n{line}\n"
    key = line.partition(" ")[0]
    tables = GOOD.split("\n[")
    (index,) = [k for k, table in enumerate(tables) if table.startswith(f"{header}]\n")]
    name, *lines = tables[index].split("\n")
    tables[index] = "\n".join([name, line, *(old for old in lines if not old.startswith(f"{key} "))])
    return "\n[".join(tables)


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
        'groups.evening.lever: found "second_evenin"; the levers are reminders, transport, child_care, '
        "contingency_management, same_day_assessment, second_evening, video (did you mean second_evening?)",
    ),
    (
        ("groups.evening", 'for_traits = ["mandate"]'),
        f'groups.evening.for_traits: found "mandate"; {TRAITS} (did you mean mandated?)',
    ),
    (("levers.transport", 'trait = "rural"'), f'levers.transport.trait: found "rural"; {TRAITS}'),
    (("medication", 'trait = "mood"'), f'medication.trait: found "mood"; {TRAITS} (did you mean moud?)'),
    (
        ("referrals.self.payers", "medicade = 1.0"),
        'referrals.self.payers.medicade: found "medicade"; the payers of this file are medicaid, employer '
        "(did you mean medicaid?)",
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
        "f:38: referrals.self.payers: found 0.7 = 0.7; the shares of a source's payers must sum to 1; one left out "
        "has none",
    ),
    (
        with_line("placement", "withdrawal.share = 0.1"),
        "f:38: placement: found 0.6 + 0.1 + 0 + 0.2 + 0.15 + 0.05 = 1.1; the six shares this_program, "
        "withdrawal.share, residential.share, higher, lower, declined must sum to 1",
    ),
    (
        with_line("placement.residential.away", "median_days = 60"),
        "f:38: placement.residential.away.median_days: found median_days = 60 and mean_days = 30; "
        "mean_days must be at least median_days",
    ),
    (
        with_line("payers.medicaid", "authorization = { median_days = 0.0, mean_days = 2.0 }"),
        "f:14: payers.medicaid.authorization.median_days: found median_days = 0 and mean_days = 2; "
        "median_days must be above 0; for no delay write 0 for both",
    ),
    (
        with_line("interim", 'offered = "priority"'),
        'f:38: interim.offered: found "priority"; block_grant.applies must be true for this; or write "nobody" or '
        '"everybody"',
    ),
    (
        with_line("traits.employed", "dropout_hazard_ratio = 0.7"),
        "f:37: traits.employed: found no share; give it a share, or a source a share of it "
        '([referrals.NAME.traits] employed = 0.3), or let it follow from other traits (all_of = ["..."])',
    ),
    (
        with_line("traits.both", 'all_of = ["moud", "both"]'),
        'f:38: traits.both.all_of: found "both"; a trait cannot follow from itself; name other traits',
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[traits.neither]\nnone_of = ["both"]'),
        'f:40: traits.neither.none_of: found "both"; both follows from other traits itself; name traits that have a '
        "share (mandated, moud)",
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\nnone_of = ["mandated", "moud"]'),
        "f:39: traits.both.none_of: found moud in both; a trait may stand in all_of or in none_of, not in both",
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\nshare = 0.1'),
        "f:39: traits.both.share: found a share of 0.1; a trait with all_of or none_of follows from other traits; "
        "leave its share out",
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[referrals.self.traits]\nboth = 0.3'),
        "f:40: referrals.self.traits.both: found a share of both; both follows from other traits; give shares of those",
    ),
    (
        with_line("payers.medicaid", "scale_share = { low = 1.0 }"),
        "f:14: payers.medicaid.scale_share.low: found the step low in scale_share only; scale_share and scale_pays name "
        "the same steps; add it to scale_pays, or leave it out of scale_share",
    ),
    (
        with_line("payers.medicaid", "scale_pays = { low = 0.2 }"),
        "f:14: payers.medicaid.scale_pays.low: found the step low in scale_pays only; scale_share and scale_pays name "
        "the same steps; add it to scale_share, or leave it out of scale_pays",
    ),
    (
        with_line("payers.medicaid", "scale_share = { low = 0.5 }\nscale_pays = { low = 0.2 }"),
        "f:14: payers.medicaid.scale_share: found 0.5 = 0.5; the shares of the steps of a sliding scale must sum to 1",
    ),
    (
        with_line("phases.intensive", "benchmark_attended_share = 0.8\nleast_weeks = 13"),
        "f:21: phases.intensive.least_weeks: found least_weeks = 13; least_weeks must be at most planned_weeks, 12",
    ),
    (
        with_line("phases.intensive", "lapse_free_weeks = 2\nmost_weeks = 11"),
        "f:21: phases.intensive.most_weeks: found most_weeks = 11; most_weeks must be at least planned_weeks, 12, or 0 "
        "for these",
    ),
    (
        with_line("phases.intensive", "most_weeks = 16"),
        "f:20: phases.intensive.most_weeks: found most_weeks = 16 without a benchmark; only a benchmark needs this; "
        "give benchmark_attended_share or lapse_free_weeks, or leave it out",
    ),
    (
        with_line("phases.intensive", "lapse_free_weeks = 2"),
        "f:20: phases.intensive.lapse_free_weeks: found a benchmark without a span; a benchmark decides between "
        "least_weeks and most_weeks; give at least one that is not planned_weeks",
    ),
    (
        with_line("lapse", "step_up_probability = 0.6\nstep_out_probability = 0.5"),
        "f:38: lapse: found 0.6 + 0.5 = 1.1; step_up_probability and step_out_probability must sum to at most 1",
    ),
    (
        with_line("family_night", "start = 22:30:00"),
        "f:38: family_night.start: found a start at 22:30 and 2 hours; a family night must end by midnight; "
        "begin earlier or make it shorter",
    ),
    (
        with_line("groups.evening", 'lever = "second_evening"')
        + '[groups.late]\nnights = ["Thu"]\nserves = ["step_down"]\n',
        "f:19: phases.intensive: found no group that serves this phase; evening exists only while its lever "
        "(second_evening) is on; a group must take its clients: add intensive to the serves of one, or leave serves "
        "empty there",
    ),
    (
        with_line("groups.evening", 'admission = "cohort"\ncohort_open_weeks = 13'),
        "f:32: groups.evening.cohort_open_weeks: found cohort_open_weeks = 13; cohort_open_weeks must be at most "
        "cohort_weeks, 12",
    ),
    (
        with_line("groups.evening", "first_week = 2\nopens_when_waiting = 8"),
        "f:31: groups.evening.first_week: found first_week = 2 and opens_when_waiting = 8; a group opens in its "
        'first_week, or when so many wait; leave one out (or opens_when_waiting = "none")',
    ),
    (
        with_line("groups.evening", "seats = 16"),
        "f:31: groups.evening.seats: found 16 seats; at most 14, the seats of the room large",
    ),
    (
        with_line(
            "groups.late",
            'nights = ["Wed", "Thu"]\nstart = 20:00:00\nroom = "large"\n[staff.other]\npeople = 1\ncaseload = 0',
        ),
        "f:40: groups.late: found Wed 20:00-23:00 in the room large; evening is there 17:30-20:30 on that day; "
        "meet at another time or in another room",
    ),
    (
        with_line("groups.late", 'nights = ["Wed", "Thu"]\nstart = 20:00:00'),
        "f:39: groups.late: found a need of 2 to run groups on Wed at 20:00 in week 0 (evening, late); at most 1, the "
        'people with the duty "groups" by then (counselor 1); add people, or let the groups meet at other times',
    ),
    (
        with_line("groups.evening", "facilitators = 2"),
        "f:31: groups.evening: found a need of 2 to run groups on Mon at 17:30 in week 0 (evening); at most 1, the "
        'people with the duty "groups" by then (counselor 1); add people, or let the groups meet at other times',
    ),
    (
        with_line("staff.counselor", "first_week = 2"),
        "f:31: groups.evening: found a need of 1 to run groups on Mon at 17:30 in week 0 (evening); at most 0, the "
        'people with the duty "groups" by then (counselor 0); add people, or let the groups meet at other times',
    ),
    (
        with_line("phases.intensive", "medication_every_weeks = 2"),
        "f:20: phases.intensive.medication_every_weeks: found medication visits and nobody whose duty they are; "
        'somebody must hold medication visits: give a role with people "medication" among its duties ([staff.NAME])',
    ),
    (
        with_line("phases.intensive", "individual_per_week = 1").replace(
            "people = 1", 'people = 1\nduties = ["groups"]'
        ),
        "f:20: phases.intensive.individual_per_week: found individual sessions and nobody whose duty they are; "
        'somebody must hold individual sessions: give a role with people "individual" among its duties ([staff.NAME])',
    ),
    (
        with_line("present.old", 'source = "self"\ncount = 13'),
        "f:39: present.old.count: found 39 seat-nights a week for the clients of present.old; at most 36, 12 on each "
        "of 3 nights",
    ),
    (
        with_line("present.old", 'source = "self"\nphase_weeks = 2'),
        "f:39: present.old.phase_weeks: found phase_weeks = 2; phase_weeks must be at most weeks, 0: the phase came "
        "with or after the admission",
    ),
    (
        with_line("present.old", 'source = "self"\nweeks = 30\nphase_weeks = 25'),
        "f:40: present.old.phase_weeks: found phase_weeks = 25; intensive lasts 12 weeks at the most; nobody is in it "
        "for more than 24",
    ),
    (
        with_line("present.old", 'source = "self"\nwhere = "waitlist"\ngroup = "evening"'),
        'f:40: present.old.group: found group = "evening"; a client on the waitlist has no group; leave it out, or '
        'write where = "program"',
    ),
    (
        with_line("present.old", 'source = "self"\n[groups.late]\nnights = ["Thu"]\n[groups.later]\nnights = ["Fri"]')
        + '[present.older]\nsource = "self"\nphase = "step_down"\n',
        "f:43: present.older.group: found no group; several groups that are open at the opening take them; say which: "
        "evening, late, later",
    ),
    (
        with_line("present.old", 'source = "self"').replace('room = "large"\n', "first_week = 1\n"),
        "f:37: present.old.group: found no group; no group that is open at the opening takes them (phase intensive, "
        "and their traits); add one",
    ),
    (
        with_line("present.old", 'source = "self"\ngroup = "late"\n[groups.late]\nnights = ["Thu"]'),
        'f:39: present.old.group: found "late"; the groups that are open at the opening and take them (phase '
        "intensive, and their traits) are evening",
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[present.old]\nsource = "self"\ntraits = ["both"]'),
        'f:41: present.old.traits: found "both"; both follows from other traits by itself; name those',
    ),
]


@pytest.mark.parametrize(("text", "message"), CONFLICTS, ids=[message for _, message in CONFLICTS])
def test_values_that_do_not_go_together_are_answered(text, message):
    assert messages(text) == [message]


# -------------------------------------------------------------------------------------- what is allowed

ALLOWED = {
    "payers' shares of their own, where every source says its shares": (
        with_line("payers.employer", "share = 0.1") + "[referrals.self.payers]\nmedicaid = 1.0\n"
    ),
    "a trait that nobody has, said so": with_line("traits.moud", "share = 0.0"),
    "a trait of which one source has a share": with_line("referrals.self.traits", "young = 0.2\n[traits.young]"),
    "a trait that follows from others": with_line("traits.both", 'all_of = ["moud", "mandated"]'),
    "a group by video larger than the room from which it is run": with_line(
        "groups.evening", "seats = 30\nvideo = true"
    ),
    "a group that begins in a room as another ends": with_line(
        "groups.late", 'nights = ["Mon"]\nstart = 20:30:00\nroom = "large"'
    ),
    "a second group in the room while its lever is off": with_line(
        "groups.late", 'nights = ["Mon"]\nroom = "large"\nlever = "second_evening"'
    ),
    "two groups at once where nobody's duty is groups": with_line("groups.late", 'nights = ["Mon"]').replace(
        "people = 1", "people = 1\nduties = []"
    ),
    "a caseload without any duty": with_line("staff.counselor", "duties = []"),
    "a second group on a trigger, and one who is hired on one": with_line(
        "groups.late", 'nights = ["Mon"]\nopens_when_waiting = 8'
    ).replace("people = 1", "people = 1\nhire_when_caseload = 22"),
    "a second group from the week in which its counselor starts": with_line(
        "groups.late", 'nights = ["Mon"]\nfirst_week = 26\n[staff.second]\npeople = 1\ncaseload = 25\nfirst_week = 26'
    ),
    "weeks of a cohort in a group that has none": with_line("groups.evening", "cohort_open_weeks = 20"),
    "clients who fill the group to its last seat": with_line(
        "present.old", 'source = "self"\ncount = 11\n[present.older]\nsource = "self"\nphase = "step_down"\ncount = 3'
    ),
    "clients in a group for a trait that follows from theirs": with_line(
        "traits.both",
        'all_of = ["moud"]\n[groups.own]\nnights = ["Thu"]\nfor_traits = ["both"]\nserves = ["step_down"]\n'
        '[present.old]\nsource = "self"\nphase = "step_down"\ntraits = ["moud"]\ngroup = "own"',
    ),
    "clients on the waitlist, as many as there are": with_line(
        "present.old", 'source = "self"\nwhere = "waitlist"\ncount = 60\nweeks = 3'
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_goes_together_is_allowed(what):
    from_toml(ALLOWED[what])


def test_a_mistake_in_one_table_hides_nothing_about_another():
    text = (
        with_line("groups.evening", "seets = 1").replace('"large"', '"larg"') + '[levers.transport]\ntrait = "rural"\n'
    )
    assert [message.split(":")[2].strip() for message in messages(text)] == [
        "groups.evening.seets",
        "groups.evening.room",
        "levers.transport.trait",
    ]
