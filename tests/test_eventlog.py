"""The event log for process-mining tools: nothing forgotten, in order, readable by others, and never half a file."""

import csv
import datetime
import io
import os
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from everything import PRESENT, RETURNS, run_everything
from hand import Story
from iopsim import rulebook
from iopsim.cli.commands import app
from iopsim.clock import OFFICE_HOUR
from iopsim.errors import IopsimError
from iopsim.eventlog import export as exporting
from iopsim.eventlog.cases import cases
from iopsim.eventlog.export import Draft, export
from iopsim.eventlog.table import COLUMNS
from iopsim.eventlog.words import TELLINGS, Clinic
from iopsim.events import Activity, events
from iopsim.hands import Hands
from iopsim.record import NEVER, Attendance, Exit
from iopsim.scenario.load import load
from iopsim.store.sheets import inert
from iopsim.trace import client_name, trace
from iopsim.trace.dossier import Dossier
from iopsim.trace.journey import tell
from strategies import run, scenarios

PLAIN = str(Path(__file__).parent / "plain.toml")
CROWDED = {
    "weeks": 40,
    "waitlist.limit": 4,
    "groups.evening.seats": 4,
    "phases.intensive.planned_weeks": 4,
    "traits.employed": {"share": 0.5},
    "traits.mandated": {"share": 0.5},
}
XES = "{http://www.xes-standard.org/}"
HOSTILE = '=cmd()|<log a="&amp;\'">]]>\x07\x00\ufffe\n\U0001f600é'


def written(form, scenario, replications=2, seed=1):
    """The text of an event log."""
    text = io.StringIO()
    export(text, form, scenario, seed, replications)
    return text.getvalue()


@pytest.fixture(scope="module")
def scenario():
    return load(PLAIN, CROWDED)


@pytest.fixture(scope="module")
def rows(scenario):
    return list(csv.DictReader(io.StringIO(written(".csv", scenario))))


@pytest.fixture(scope="module")
def log(scenario):
    return ElementTree.fromstring(written(".xes", scenario))


def attributes(element):
    """The attributes of a log, a trace or an event by key; no key comes twice."""
    found = [(child.get("key"), child.get("value")) for child in element if child.get("key")]
    assert len(dict(found)) == len(found)
    return dict(found)


# ----------------------------------------------------------------------------------- words and accounts


def test_every_activity_has_words_of_its_own():
    assert set(TELLINGS) == set(Activity)
    words = [telling.words for telling in TELLINGS.values()]
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"[a-z][a-z ,]+[a-z]", word) for word in words)


def test_every_activity_has_an_office_hour_or_is_a_session():
    for changes in ({}, CROWDED):
        told = run({**changes, "weeks": 30})
        log = events(told.record)
        for activity, phase in set(zip(log.activity.tolist(), log.phase.tolist(), strict=True)):
            assert TELLINGS[Activity(activity)].in_session or phase in OFFICE_HOUR


def by_record(record):
    """How often each activity happened, counted from the Record's own columns."""
    clients, booked, sessions = record.clients, record.appointments, record.sessions
    kept = int((booked.day < record.days).sum())
    assessed = int((clients.assessed_day != NEVER).sum())
    left = (clients.admitted_day != NEVER) & (clients.exit_day != NEVER)
    here = int((clients.due_day != NEVER).sum())
    counts = {
        "referred": len(clients),
        "assessment booked": int(clients.appointments.sum()),
        "assessment missed": kept - assessed,
        "assessed": assessed,
        "placed": assessed,
        "joined the waitlist": int((clients.joined_day != NEVER).sum()),
        "turned away by a full waitlist": int((clients.exit == Exit.BALKED).sum()),
        "gave up waiting": int((clients.exit == Exit.RENEGED).sum()),
        "admitted": int((clients.admitted_day != NEVER).sum()),
        "session attended": int(clients.attended.sum()),
        "session missed, excused": int(clients.excused.sum()),
        "session missed, not excused": int(clients.absent.sum()),
        "moved on": len(record.moves.client),
        "discharged": int(left.sum()),
        "lost before assessment": int((clients.exit == Exit.NO_SHOW).sum()),
        "relapsed": int(((clients.relapse_day != NEVER) & (clients.relapse_day < record.days)).sum()),
        "counselor assigned": len(np.unique(record.counselors.client)),
        "counselor changed": int(clients.counselor_changes.sum()),
    }
    assert len(sessions.client) == sum(int((sessions.attendance == kind).sum()) for kind in Attendance)
    return {name: count for name, count in counts.items() if count}, here


@settings(derandomize=True, deadline=None, max_examples=25)
@given(changes=scenarios(), seed=st.integers(0, 2**32))
def test_the_log_counts_what_the_record_counts_and_is_in_order_in_any_scenario(changes, seed):
    told = run(changes, seed)
    found = list(cases(Clinic(told.scenario, told.book), told.record, 0))
    counts = Counter(entry.activity for case in found for entry in case.entries)
    expected, due = by_record(told.record)
    assert counts.pop("due to move on", 0) >= due
    assert counts == expected
    assert len({case.name for case in found}) == len(found) == len(told.record.clients)
    firsts = [case.entries[0].time for case in found]
    assert firsts == sorted(firsts)
    for case in found:
        times = [datetime.datetime.fromisoformat(entry.time) for entry in case.entries]
        assert times == sorted(times)
        assert case.entries[0].activity == "referred"


def test_times_differ_from_the_nominal_ones_only_where_a_group_meets_before_the_office_hour():
    plain = load(PLAIN, CROWDED)
    early = load(PLAIN, {**CROWDED, "groups.evening.start": datetime.time(8, 30)})
    for one, nominal in zip(*(csv.DictReader(io.StringIO(written(".csv", s, 1))) for s in (plain, early)), strict=True):
        same = {**one, "time": ""} == {**nominal, "time": ""}
        assert same
        assert one["time"][:10] == nominal["time"][:10]
        if one["time"] != nominal["time"]:
            assert nominal["time"].endswith("T08:30:00")


def test_sessions_bear_the_hour_of_their_group_though_the_one_before_waits_for_its_lever():
    changes = {
        "weeks": 20,
        "groups.morning": {"nights": ["Mon"], "start": datetime.time(7, 30), "lever": "second_evening"},
        "groups.late": {"nights": ["Thu"], "start": datetime.time(19, 0), "serves": ["step_down"]},
        "groups.evening.serves": ["intensive"],
        "phases.intensive.planned_weeks": 2,
    }
    told = list(csv.DictReader(io.StringIO(written(".csv", load(PLAIN, changes)))))
    hours = {row["resource"]: row["time"][11:] for row in told if row["activity"] == "session attended"}
    assert hours == {"evening": "17:30:00", "late": "19:00:00"}


@pytest.fixture(scope="module", params=[RETURNS, PRESENT], ids=["clients call again", "clients are here already"])
def everything(request):
    """A clinic in which everything happens, and its cases."""
    it = run_everything(request.param)
    return it, list(cases(Clinic(it.scenario, it.book), it.record, 0))


def test_where_everything_happens_no_case_runs_backwards_and_none_is_forgotten(everything):
    it, found = everything
    assert len({case.name for case in found}) == len(found) == int((it.record.clients.episode == 0).sum())
    assert sum(len(case.entries) for case in found) == len(events(it.record).day)
    for case in found:
        times = [entry.time for entry in case.entries]
        assert times == sorted(times)


def test_a_client_who_calls_again_is_one_case_whose_episodes_are_numbered():
    it = run_everything(RETURNS)
    clients = it.record.clients
    again = 0
    for case, who in zip(cases(Clinic(it.scenario, it.book), it.record, 0), range(len(clients)), strict=False):
        episodes = np.flatnonzero(clients.first == who)
        told = [entry.episode for entry in case.entries]
        assert clients.episode[episodes].tolist() == list(range(len(episodes)))
        assert sorted(set(told)) == list(range(1, len(episodes) + 1))
        begins = [n for n, entry in enumerate(case.entries) if entry.activity == "called again"]
        assert [told[n] for n in begins] == list(range(2, len(episodes) + 1))
        assert all(told[n - 1] < told[n] for n in begins)
        assert case.ending == Exit(int(clients.exit[episodes[-1]])).name.lower().replace("_", " ")
        again += len(begins)
    assert again == int((clients.episode > 0).sum()) > 5


def test_the_log_and_trace_tell_the_same_hours_where_everything_happens(everything):
    it, found = everything
    hands = Hands(it.book, it.cohort, it.record)
    told = {case.name.removeprefix("0/"): case.entries for case in found}
    family = 0
    for who in range(len(it.record.clients)):
        name, _, episode = client_name(it.scenario, it.book, it.record, who).partition(" episode ")
        mine = [entry for entry in told[name] if entry.episode == int(episode or 1)]
        journey = tell(Dossier(it.scenario, it.book, it.record, hands, who))
        assert [step.when.isoformat() for step in journey.steps] == [entry.time for entry in mine]
        family += sum(entry.activity == "family night" for entry in mine)
    assert family > 0


def test_a_client_s_case_is_the_client_s_journey():
    story = Story({"groups.evening.start": datetime.time(9, 0)})
    story.client("Ana", "Mon 4 Jan", misses=1, absent=[(2, 1, True)])
    clinic = Clinic(story.scenario, rulebook.write(story.scenario))
    (case,) = cases(clinic, story.record(), 7)
    told = [f"{e.time[5:16]} {e.activity} [{e.resource}] {e.detail}" for e in case.entries]
    assert (case.name, case.replication, case.source, case.traits) == ("7/self/2027-01-04/1", 7, "self", "")
    assert case.ending == "completed"
    assert told[:11] == [
        "01-04T09:00 referred [] self",
        "01-04T09:00 assessment booked [assessment diary] 2027-01-04",
        "01-04T10:00 assessment missed [assessment diary] appointment 1",
        "01-05T09:00 assessment booked [assessment diary] 2027-01-05",
        "01-05T09:00 assessed [assessment diary] appointment 2",
        "01-05T09:00 placed [the program] this program",
        "01-05T09:00 joined the waitlist [the program] 2027-01-05",
        "01-05T09:00 admitted [evening] ",
        "01-05T09:00 session attended [evening] Tue",
        "01-06T09:00 session attended [evening] Wed",
        "01-11T09:00 session missed, excused [evening] Mon",
    ]
    assert told[-1] == "01-26T15:30 discharged [the program] completed"


def test_a_case_is_found_again_by_trace(scenario, rows):
    replication, _, client = rows[-1]["case"].partition("/")
    mine = [row for row in rows if row["case"] == rows[-1]["case"]]
    steps = trace(scenario, 1, int(replication), client).steps
    assert [step.when.isoformat() for step in steps] == [row["time"] for row in mine]


# -------------------------------------------------------------------------------------------------- CSV


def test_the_table_has_the_promised_columns_and_whole_rows(rows):
    assert COLUMNS[:6] == ("case", "activity", "time", "resource", "replication", "detail")
    assert COLUMNS[6:] == ("source", "traits", "ending", "episode")
    assert tuple(rows[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in rows)
    assert {row["replication"] for row in rows} == {"0", "1"}
    assert {row["resource"] for row in rows} == {"", "assessment diary", "the program", "evening"}
    assert {row["traits"] for row in rows} == {"", "employed", "mandated", "employed mandated"}
    assert len({row["case"] for row in rows}) == sum(row["activity"] == "referred" for row in rows)


def test_a_log_of_more_replications_begins_with_the_fewer(scenario):
    assert written(".csv", scenario, 2).startswith(written(".csv", scenario, 1))


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_carries_nothing_out(text):
    assert inert(text) == "'" + text
    assert inert(f"a{text}") == f"a{text}"


def test_a_hostile_name_does_not_reach_the_table(scenario, rows):
    hostile = scenario.model_copy(update={"name": HOSTILE})
    assert list(csv.DictReader(io.StringIO(written(".csv", hostile)))) == rows
    assert all(inert(cell) == cell for row in rows for cell in row.values())


# -------------------------------------------------------------------------------------------------- XES


def test_a_log_has_its_parts_in_the_order_of_the_standard(log):
    assert log.tag == f"{XES}log"
    assert re.fullmatch(r"\d+\.\d+", log.get("xes.version")), "the schema wants a decimal number"
    tags = [child.tag.removeprefix(XES) for child in log]
    order = ["extension", "global", "classifier", "string", "trace"]
    assert [tag for n, tag in enumerate(tags) if tag not in tags[:n]] == [*order[:4], "int", "trace"]
    assert [tag for tag in tags if tag != "int"] == sorted((tag for tag in tags if tag != "int"), key=order.index)
    for trace_ in log.findall(f"{XES}trace"):
        inner = [child.tag.removeprefix(XES) == "event" for child in trace_]
        assert inner == sorted(inner)


def test_every_prefix_is_that_of_a_declared_extension(log):
    declared = {extension.get("prefix") for extension in log.findall(f"{XES}extension")}
    uris = [extension.get("uri") for extension in log.findall(f"{XES}extension")]
    assert uris == [
        f"http://www.xes-standard.org/{prefix}.xesext" for prefix in ("concept", "lifecycle", "org", "time")
    ]
    keys = {element.get("key") for element in log.iter() if element.get("key")}
    assert {key.partition(":")[0] for key in keys if ":" in key} == declared
    assert all(re.fullmatch(r"[A-Za-z_][\w.:-]*", key) for key in keys), "keys are XML names"


def test_what_is_declared_for_all_is_there_for_all_and_classifiers_build_on_it(log):
    for scope, path in {"trace": f"{XES}trace", "event": f"{XES}trace/{XES}event"}.items():
        (declared,) = (part for part in log.findall(f"{XES}global") if part.get("scope") == scope)
        wanted = set(attributes(declared))
        assert all(wanted <= set(attributes(element)) for element in log.findall(path))
        for classifier in log.findall(f"{XES}classifier"):
            assert re.fullmatch(r"\w+", classifier.get("name"))
            if classifier.get("scope") == scope:
                assert set(classifier.get("keys").split()) <= wanted


def test_every_value_is_of_its_type(log):
    kinds = {
        "string": lambda value: True,
        "int": lambda value: -(2**63) <= int(value) < 2**63,
        "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", value),
    }
    for element in log.iter():
        if element.get("key"):
            assert kinds[element.tag.removeprefix(XES)](element.get("value"))


def test_the_log_tells_the_same_as_the_table(log, rows):
    told = []
    for trace_ in log.findall(f"{XES}trace"):
        case = attributes(trace_)
        for event in trace_.findall(f"{XES}event"):
            entry = attributes(event)
            assert entry.pop("lifecycle:transition") == "complete"
            cells = [case["concept:name"], entry["concept:name"], entry["time:timestamp"]]
            cells += [entry.get("org:resource", ""), case["replication"], entry.get("detail", "")]
            told.append([*cells, case["source"], case.get("traits", ""), case["ending"], entry["episode"]])
    assert told == [list(row.values()) for row in rows]
    assert attributes(log)["replications"] == "2"


def test_a_hostile_name_is_only_a_name(scenario):
    hostile = scenario.model_copy(update={"name": HOSTILE})
    found = ElementTree.fromstring(written(".xes", hostile, 1, seed=2**64 - 1).encode())
    name = '=cmd()|<log a="&amp;\'">]]>\ufffd\ufffd\ufffd\n\U0001f600é'
    assert attributes(found)["concept:name"] == name
    assert attributes(found)["seed"] == str(2**64 - 1)


def test_an_empty_program_has_an_empty_log():
    nobody = {f"referrals.{name}.per_week": 0.0 for name in ("self", "court", "health_care", "inpatient")}
    empty = load(PLAIN, {**nobody, "weeks": 4})
    assert written(".csv", empty) == ",".join(COLUMNS) + "\n"
    assert ElementTree.fromstring(written(".xes", empty)).findall(f"{XES}trace") == []


# ------------------------------------------------------------------------------------------------ files


def call(*arguments):
    return CliRunner().invoke(app, ["events", PLAIN, "--weeks", "20", *arguments])


@pytest.mark.parametrize("name", ["log.csv", "log.xes", "LOG.XES"])
def test_the_command_writes_one_whole_file_and_says_what_is_in_it(tmp_path, name):
    answer = call("-o", str(tmp_path / name), "-n", "2", "--seed", "3", "--set", "groups.evening.seats=3")
    assert answer.exit_code == 0, answer.output
    assert re.match(r"[\d,]+ events of \d+ clients in 2 replications\n", answer.stdout)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    said = int(answer.stdout.split()[0].replace(",", ""))
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert said == (text.count("<event>") if "xes" in name.lower() else text.count("\n") - 1)
    scenario = load(PLAIN, {"groups.evening.seats": 3, "weeks": 20})
    assert text == written(Path(name).suffix.lower(), scenario, 2, seed=3)


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(tmp_path):
    answer = call("-o", str(tmp_path / "log.txt"), "-n", "0", "--seed", "x", "--set", "groups.evning.seats=3")
    assert answer.exit_code == 2
    found = answer.stderr.splitlines()
    assert found[0] == f"--out: found {tmp_path / 'log.txt'}; end the name in .csv or .xes"
    assert [line.partition(":")[0] for line in found[1:3]] == ["--replications", "--seed"]
    assert "did you mean groups.evening.seats?" in found[3]
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_left_alone(tmp_path):
    (tmp_path / "log.csv").write_text("years of work")
    (tmp_path / "folder.xes").mkdir()
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere")
    for name, what in {"log.csv": "a file", "folder.xes": "a folder", "lost.csv": "a file"}.items():
        answer = call("-o", str(tmp_path / name))
        assert answer.exit_code == 2
        assert answer.stderr == f"{tmp_path / name}: found {what}; name a new file with --out\n"
    assert (tmp_path / "log.csv").read_text() == "years of work"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_is_not_there_is_told_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "simulate", None)
    answer = call("-o", str(tmp_path / "missing" / "log.csv"))
    assert answer.exit_code == 2
    assert "found that it cannot be written (No such file or directory); nothing was written there" in answer.stderr
    assert not list(tmp_path.iterdir())


def write_but(path, accident):
    with Draft(path) as draft:
        draft.file.write("half a file")
        raise accident


def test_a_name_that_no_disk_takes_is_told_in_words(tmp_path):
    answer = call("-o", str(tmp_path / ("x" * 300 + ".csv")))
    assert answer.exit_code == 2
    assert "found that it cannot be written (File name too long); nothing was written there" in answer.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("accident", [KeyboardInterrupt(), MemoryError(), OSError(28, "No space left on device")])
def test_an_accident_leaves_nothing_behind(tmp_path, accident):
    known = IopsimError if isinstance(accident, OSError) else type(accident)
    with pytest.raises(known) as told:
        write_but(tmp_path / "log.csv", accident)
    assert not list(tmp_path.iterdir())
    if known is IopsimError:
        assert "cannot be written (No space left on device); nothing was written there" in str(told.value)


def test_of_two_logs_for_one_name_the_second_is_refused_at_the_end(tmp_path):
    path = tmp_path / "log.csv"
    with Draft(path) as second:
        second.file.write("second")
        with Draft(path) as first:
            first.file.write("first")
            first.keep()
        with pytest.raises(IopsimError, match="found a file"):
            second.keep()
    assert path.read_text() == "first"
    assert [one.name for one in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are told in another way")
def test_a_log_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with Draft(tmp_path / "log.csv") as draft:
        draft.keep()
    assert (tmp_path / "log.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_replication_is_written_before_the_next_is_simulated(scenario, monkeypatch):
    text, lengths = io.StringIO(), []
    simulate = exporting.simulate

    def noted(*arguments):
        lengths.append(len(text.getvalue()))
        return simulate(*arguments)

    monkeypatch.setattr(exporting, "simulate", noted)
    export(text, ".xes", scenario, 1, 3)
    assert (np.diff(lengths) > 10_000).all()
