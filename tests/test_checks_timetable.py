"""The timetable, staff and who is here at the opening: what does not go together, and what does."""

import pytest

from iopsim.scenario import from_toml
from small import GOOD, messages, with_line

CONFLICTS = [
    (
        with_line("phases.intensive", "benchmark_attended_share = 0.8\nleast_weeks = 13"),
        "f:21: phases.intensive.least_weeks: found least_weeks = 13; least_weeks must be at most planned_weeks, 12",
    ),
    (
        with_line("phases.intensive", "lapse_free_weeks = 2\nmost_weeks = 11"),
        (
            "f:21: phases.intensive.most_weeks: found most_weeks = 11; most_weeks must be at least planned_weeks, 12, "
            "or 0 "
            "for these"
        ),
    ),
    (
        with_line("phases.intensive", "most_weeks = 16"),
        (
            "f:20: phases.intensive.most_weeks: found most_weeks = 16 without a benchmark; only a benchmark needs "
            "this; "
            "give benchmark_attended_share or lapse_free_weeks, or leave it out"
        ),
    ),
    (
        with_line("phases.intensive", "lapse_free_weeks = 2"),
        (
            "f:20: phases.intensive.lapse_free_weeks: found a benchmark without a span; a benchmark decides between "
            "least_weeks and most_weeks; give at least one that is not planned_weeks"
        ),
    ),
    (
        with_line("lapse", "step_up_probability = 0.6\nstep_out_probability = 0.5"),
        "f:38: lapse: found 0.6 + 0.5 = 1.1; step_up_probability and step_out_probability must sum to at most 1",
    ),
    (
        with_line("family_night", "start = 22:30:00"),
        (
            "f:38: family_night.start: found a start at 22:30 and 2 hours; a family night must end by midnight; "
            "begin earlier or make it shorter"
        ),
    ),
    (
        with_line("groups.evening", 'lever = "second_evening"')
        + '[groups.late]\nnights = ["Thu"]\nserves = ["step_down"]\n',
        (
            "f:19: phases.intensive: found no group that serves this phase; evening exists only while its lever "
            "(second_evening) is on; a group must take its clients: add intensive to the serves of one, or leave "
            "serves "
            "empty there"
        ),
    ),
    (
        with_line("groups.evening", 'admission = "cohort"\ncohort_open_weeks = 13'),
        (
            "f:32: groups.evening.cohort_open_weeks: found cohort_open_weeks = 13; cohort_open_weeks must be at most "
            "cohort_weeks, 12"
        ),
    ),
    (
        with_line("groups.evening", "first_week = 2\nopens_when_waiting = 8"),
        (
            "f:31: groups.evening.first_week: found first_week = 2 and opens_when_waiting = 8; a group opens in its "
            'first_week, or when so many wait; leave one out (or opens_when_waiting = "none")'
        ),
    ),
    (
        with_line("groups.evening", "seats = 16"),
        "f:31: groups.evening.seats: found 16 seats; at most 14, the seats of the room large",
    ),
    (
        with_line("rooms.large", "seats = 8"),
        "f:32: groups.evening.seats: found 12 seats, the default; at most 8, the seats of the room large",
    ),
    (
        with_line(
            "groups.late",
            'nights = ["Wed", "Thu"]\nstart = 20:00:00\nroom = "large"\n[staff.other]\npeople = 1\ncaseload = 0',
        ),
        (
            "f:40: groups.late: found Wed 20:00-23:00 in the room large; evening is there 17:30-20:30 on that day; "
            "meet at another time or in another room"
        ),
    ),
    (
        with_line("groups.late", 'nights = ["Wed", "Thu"]\nstart = 20:00:00'),
        (
            "f:39: groups.late: found a need of 2 to run groups on Wed at 20:00 in week 0 (evening, late); at most 1, "
            "the "
            'people with the duty "groups" by then (counselor 1); add people, or let the groups meet at other times'
        ),
    ),
    (
        with_line("groups.evening", "facilitators = 2"),
        (
            "f:31: groups.evening: found a need of 2 to run groups on Mon at 17:30 in week 0 (evening); at most 1, the "
            'people with the duty "groups" by then (counselor 1); add people, or let the groups meet at other times'
        ),
    ),
    (
        with_line("staff.counselor", "first_week = 2"),
        (
            "f:31: groups.evening: found a need of 1 to run groups on Mon at 17:30 in week 0 (evening); at most 0, the "
            'people with the duty "groups" by then (counselor 0); add people, or let the groups meet at other times'
        ),
    ),
    (
        with_line("phases.intensive", "medication_every_weeks = 2"),
        (
            "f:20: phases.intensive.medication_every_weeks: found medication visits and nobody whose duty they are; "
            'somebody must hold medication visits: give a role with people "medication" among its duties ([staff.NAME])'
        ),
    ),
    (
        with_line("phases.intensive", "individual_per_week = 1").replace(
            "people = 1", 'people = 1\nduties = ["groups"]'
        ),
        (
            "f:20: phases.intensive.individual_per_week: found individual sessions and nobody whose duty they are; "
            'somebody must hold individual sessions: give a role with people "individual" among its duties '
            "([staff.NAME])"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\ncount = 13'),
        (
            "f:39: present.old.count: found 39 seat-nights a week for the clients of present.old; at most 36, 12 on "
            "each "
            "of 3 nights"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\nphase_weeks = 2'),
        (
            "f:39: present.old.phase_weeks: found phase_weeks = 2; phase_weeks must be at most weeks, 0: the phase "
            "came "
            "with or after the admission"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\nweeks = 30\nphase_weeks = 25'),
        (
            "f:40: present.old.phase_weeks: found phase_weeks = 25; intensive lasts 12 weeks at the most; nobody is "
            "in it "
            "for more than 24"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\nweeks = 25'),
        (
            "f:39: present.old.weeks: found weeks = 25; intensive lasts 12 weeks at the most; nobody is in it for more "
            "than 24"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\nwhere = "waitlist"\ngroup = "evening"'),
        (
            'f:40: present.old.group: found group = "evening"; a client on the waitlist has no group; leave it out, or '
            'write where = "program"'
        ),
    ),
    (
        with_line("present.old", 'source = "self"\n[groups.late]\nnights = ["Thu"]\n[groups.later]\nnights = ["Fri"]')
        + '[present.older]\nsource = "self"\nphase = "step_down"\n',
        (
            "f:43: present.older.group: found no group; several groups that are open at the opening take them; say "
            "which: "
            "evening, late, later"
        ),
    ),
    (
        with_line("present.old", 'source = "self"').replace('room = "large"\n', "first_week = 1\n"),
        (
            "f:37: present.old.group: found no group; no group that is open at the opening takes them (phase "
            "intensive, "
            "and their traits); add one"
        ),
    ),
    (
        with_line("present.old", 'source = "self"\ngroup = "late"\n[groups.late]\nnights = ["Thu"]'),
        (
            'f:39: present.old.group: found "late"; the groups that are open at the opening and take them (phase '
            "intensive, and their traits) are evening"
        ),
    ),
    (
        with_line("traits.both", 'all_of = ["moud"]\n[present.old]\nsource = "self"\ntraits = ["both"]'),
        'f:41: present.old.traits: found "both"; both follows from other traits by itself; name those',
    ),
]


PHYSICIAN = 'people = 1\ncaseload = "none"\nduties = ["medication", "assessment"]\n'


def test_who_prescribes_is_not_paid_as_a_counselor_unless_the_file_says_so():
    (message,) = messages(with_line("staff.physician", PHYSICIAN))
    assert message == (
        "f:37: staff.physician.wage_usd_per_hour: found no wage; the default of 28.53 an hour is a counselor's, and "
        "the evidence has no wage of those who prescribe; write theirs, such as wage_usd_per_hour = 110.0"
    )
    from_toml(with_line("staff.physician", f"{PHYSICIAN}wage_usd_per_hour = 28.53"))
    from_toml(with_line("staff.physician", PHYSICIAN.replace("people = 1", "people = 0")))
    from_toml(with_line("staff.counselor", 'duties = ["groups", "medication"]'))


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


def test_a_group_with_too_few_nights_is_told_once_and_not_for_each_kind_of_present_clients():
    here = "".join(
        f'[present.{name}]\nsource = "self"\n{group}' for name, group in (("a", ""), ("b", 'group = "evening"\n'))
    )
    (said,) = messages(GOOD.replace('["Mon", "Tue", "Wed"]', '["Mon", "Tue"]') + here)
    assert "at most 2, the nights of the largest group that serves this phase" in said
