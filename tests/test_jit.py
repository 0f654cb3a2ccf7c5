"""Compiled code gives the same bits as plain code, is made once for all scenarios, and is kept for the next process."""

import importlib
import inspect
import os
import pkgutil
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iopsim
import iopsim.rules
from iopsim import compiled_code, jit
from iopsim.rulebook import write
from iopsim.rules.waitlist import FOREVER, patience_days, ready_day

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted((ROOT / "scenarios").glob("*.toml"))

CARDS = st.integers(0, 2**32 - 1).map(lambda k: (k + 0.5) / 2**32)
SHARES = st.floats(0.0, 0.999)
POSITIVE = st.floats(2.0**-40, 1e6)
COUNTS = st.integers(-1, 400)


def arrays(least, most):
    return st.integers(1, 6).flatmap(lambda n: st.lists(st.integers(least, most), min_size=n, max_size=n)).map(np.array)


@st.composite
def seats(draw, last):
    """Free seats of each night, the nights of a group, and what the rule asks of them."""
    free = draw(arrays(0, 4))
    first = draw(st.integers(0, len(free) - 1))
    stop = draw(st.integers(first + 1, len(free)))
    return free, first, stop, draw(last(stop - first))


@st.composite
def effects(draw):
    facts = draw(arrays(0, 5))
    ratios = st.lists(st.floats(0.1, 5.0), min_size=4, max_size=4)
    return draw(POSITIVE), np.array([draw(ratios) for _ in facts]), facts


@st.composite
def starts(draw):
    days = draw(st.integers(1, 30))
    last = days - 1
    following = np.array([draw(st.integers(day, last)) for day in range(days)])
    return (*(draw(st.integers(0, 40)) for _ in range(3)), draw(st.integers(0, 5)), following)


# Where the kind of an argument, or its name, does not say what it may be.
ARGUMENTS = {
    "dropout_ratio": effects(),
    "place": st.tuples(
        CARDS, st.lists(CARDS, min_size=5, max_size=5).map(sorted).map(np.array), POSITIVE | st.just(1.0)
    ),
    "ready_day": starts(),
    "room": seats(lambda nights: st.integers(0, nights)),
    "roomiest_night": seats(lambda nights: st.integers(0, 2**nights - 1)),
}
NAMED = {
    "goes_on": SHARES | st.just(1.0),
    "interim_from": COUNTS.map(abs) | st.just(FOREVER),
    "missed": SHARES,
    "missed_last": SHARES,
    "probability": SHARES,
    "ratio": POSITIVE | st.just(1.0),
    "reason": st.integers(0, 9),
    "share": SHARES,
}
KINDS = {"bool": st.booleans(), "float": POSITIVE | st.just(0.0), "int": COUNTS}


RULES = {
    name: rule
    for module in pkgutil.iter_modules(iopsim.rules.__path__, "iopsim.rules.")
    for name, rule in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
    if rule.__module__ == module.name
}


def arguments_of(rule):
    if rule.__name__ in ARGUMENTS:
        return ARGUMENTS[rule.__name__]
    given = inspect.signature(rule).parameters.values()
    return st.tuples(*(NAMED.get(one.name, CARDS if "card" in one.name else KINDS[one.annotation]) for one in given))


def bits(number):
    return struct.pack("d", number) if isinstance(number, float) else int(number)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_the_same_bits_compiled_and_plain(name):
    rule = RULES[name]
    twin = jit.jitted(rule)

    @settings(max_examples=300, deadline=None)
    @given(arguments_of(rule))
    def same(arguments):
        assert bits(twin(*arguments)) == bits(rule(*arguments))

    same()


def test_a_rule_is_compiled_with_its_defaults_and_what_it_calls():
    assert jit.jitted(RULES["patience_days"])(1.0, 0.1) == 10
    assert jit.jitted(RULES["room"])(np.array([3, 1, 2]), 0, 3, 2) == 2
    assert jit.jitted(RULES["room"]) is jit.jitted(RULES["room"])


def test_patience_adds_up_the_hazard_before_and_after_interim_services():
    assert patience_days(1.0, 0.1) == 10
    assert patience_days(1.0, 0.1, 5, 0.5) == 5 + 10
    assert patience_days(1.0, 0.1, 20, 0.5) == 10
    assert patience_days(1.0, 0.1, 5, 0.0) == 5 + FOREVER
    assert patience_days(1e-9, 0.1) == 1


# ------------------------------------------------------------------------------------------------ structs


def test_an_index_counts_from_the_start_and_one_before_it_is_a_mistake_that_is_found():
    """In plain Python -1 is the last; in this package it is a day that is not, and bounds are checked in tests."""
    days = np.array([3, 4, 5, 6, 6])
    assert ready_day(-1, 0, -1, 0, days) == 6
    assert jit.jitted(ready_day)(0, 0, 0, 0, days) == 3
    with pytest.raises(IndexError):
        jit.jitted(ready_day)(-1, 0, -1, 0, days)


def test_the_indices_of_others_count_from_the_end_too():
    @numba.njit
    def last(values):
        return values[-1]

    assert last(np.array([3, 4, 5])) == 5


def test_the_rulebooks_of_all_programs_have_one_type():
    kinds = {str(numba.typeof(jit.struct_of(write(iopsim.load(program))))) for program in PROGRAMS}
    assert len(PROGRAMS) == 5
    assert len(kinds) == 1


def test_a_struct_has_the_fields_of_the_rulebook():
    book = write(iopsim.load(PROGRAMS[0]))
    kind = dict(numba.typeof(jit.struct_of(book))._fields)
    assert kind["days"] == numba.int64
    assert {name for name, _ in kind["treatment"]._fields} <= set(type(book.treatment).__slots__ or ())
    assert kind["month"] == numba.int64[::1]


def test_arrays_are_handed_on_contiguous_and_writable():
    kept = np.arange(6.0)
    fixed = np.arange(6.0)
    fixed.flags.writeable = False
    kinds = {str(numba.typeof(jit.struct(row=row))) for row in (kept, kept[::2], fixed)}
    assert len(kinds) == 1
    with pytest.raises(TypeError, match="without dimensions"):
        jit.struct(row=np.array(1.0))


# ------------------------------------------------------------------------------------------------ what is kept

COMPILES = """
import sys
from iopsim.jit import FOLDER, jitted
from iopsim.rules.lapse import lapse_consequence
twin = jitted(lapse_consequence)
twin(0.5, 0.1, 0.2, True)
found = twin.stats
print(sum(found.cache_hits.values()), sum(found.cache_misses.values()), FOLDER.as_posix())
"""


def without_numbas_settings():
    return {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}


def compiled(home, code=COMPILES, **environment):
    """Run some code in a process of its own that keeps what it compiles in a folder; return what it prints."""
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**without_numbas_settings(), "XDG_CACHE_HOME": str(home), **environment},
        check=False,
    )
    assert not told.returncode, told.stderr
    return told.stdout.split()


def test_a_second_process_uses_what_the_first_has_compiled(tmp_path):
    hits, misses, first = compiled(tmp_path)
    assert (hits, misses) == ("0", "1")
    assert compiled(tmp_path) == ["1", "0", first]
    assert Path(first).parent == tmp_path / "iopsim"


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
def test_what_cannot_be_read_is_compiled_and_kept_anew(tmp_path, kind):
    _, _, folder = compiled(tmp_path)
    damaged = list(Path(folder).rglob(kind))
    assert damaged
    for file in damaged:
        file.write_bytes(b"")
    assert compiled(tmp_path) == ["0", "1", folder]
    assert compiled(tmp_path) == ["1", "0", folder]


def test_the_same_text_elsewhere_and_later_uses_the_same_code(tmp_path):
    there = tmp_path / "there"
    shutil.copytree(Path(iopsim.__file__).parent, there / "iopsim", ignore=shutil.ignore_patterns("__pycache__"))
    first = compiled(tmp_path)
    assert compiled(tmp_path, PYTHONPATH=str(there)) == ["1", "0", first[2]]


def test_code_that_looks_at_bounds_is_kept_apart(tmp_path):
    compiled(tmp_path)
    hits, misses, folder = compiled(tmp_path, NUMBA_BOUNDSCHECK="1")
    assert (hits, misses) == ("0", "1")
    assert Path(folder).name.startswith("checked-")


def test_numbas_own_setting_says_where_code_is_kept(tmp_path):
    _, _, folder = compiled(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "here"))
    assert Path(folder).parent == tmp_path / "here" / "iopsim"


def test_where_the_home_cannot_be_written_code_is_kept_among_temporary_files(tmp_path):
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.write_text("a file")
    temporary.mkdir()
    _, _, first = compiled(home, TMPDIR=str(temporary))
    assert temporary in Path(first).parents
    assert compiled(home, TMPDIR=str(temporary)) == ["1", "0", first]


def test_the_functions_of_others_are_kept_where_they_want(tmp_path):
    code = "import numba, iopsim.jit\nprint(numba.config.CACHE_DIR or 'unset')"
    assert compiled(tmp_path, code) == ["unset"]


def test_two_processes_that_compile_at_once_do_not_disturb_each_other(tmp_path):
    code = """
import sys, time
from pathlib import Path
from numba.core.caching import IndexDataCacheFile
from iopsim.jit import jitted
from iopsim.rules.attendance import missed_tonight
index = IndexDataCacheFile._load_index
def slowly(self):
    found = index(self)
    time.sleep(0.3)
    return found
IndexDataCacheFile._load_index = slowly
me, other, kind = Path(sys.argv[1]), Path(sys.argv[2]), {"i": int, "f": float}[sys.argv[3]]
me.touch()
while not other.exists():
    time.sleep(0.001)
jitted(missed_tonight)(kind(3), kind(2), kind(1))
"""
    names = [str(tmp_path / "one"), str(tmp_path / "two")]
    environment = {**without_numbas_settings(), "XDG_CACHE_HOME": str(tmp_path)}
    both = [
        subprocess.Popen([sys.executable, "-c", code, *order, kind], env=environment)
        for order, kind in ((names, "i"), (names[::-1], "f"))
    ]
    assert [one.wait() for one in both] == [0, 0]
    code = "from iopsim.jit import jitted\nfrom iopsim.rules.attendance import missed_tonight as rule\n"
    code += "twin = jitted(rule)\nprint(twin(3, 2, 1), twin(3.0, 2.0, 1.0), sum(twin.stats.cache_misses.values()))"
    assert compiled(tmp_path, code) == ["3", "3.0", "0"]


def test_a_switched_off_numba_is_told_when_compiled_code_is_imported(tmp_path):
    code = "try:\n    import iopsim.jit\nexcept ImportError as error:\n    print(str(error).replace(' ', '_'))"
    assert compiled(tmp_path, code, NUMBA_DISABLE_JIT="1") == ["NUMBA_DISABLE_JIT_is_set"]


def test_a_function_whose_text_is_not_looked_at_is_not_compiled():
    from iopsim.experiments.runner import chunk_size

    with pytest.raises(ValueError, match="stale"):
        jit.jitted(chunk_size)


# ------------------------------------------------------------------------------------------------ folders


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of a few modules, in place of ours."""
    for name in ("rules/place.py", "scenario/words.toml", "charts/census.py", "experiments/compiled_work.py"):
        path = tmp_path / "iopsim" / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
    monkeypatch.setattr(compiled_code, "files", lambda _: tmp_path / "iopsim")
    return tmp_path / "iopsim"


@pytest.mark.parametrize("name", ["rules/place.py", "scenario/words.toml", "experiments/compiled_work.py"])
def test_a_changed_text_makes_another_folder(package, name):
    before = compiled_code.text_hash.__wrapped__()
    (package / name).write_text("another")
    assert compiled_code.text_hash.__wrapped__() != before


def test_a_chart_is_no_part_of_the_text(package):
    before = compiled_code.text_hash.__wrapped__()
    (package / "charts" / "census.py").write_text("another")
    assert compiled_code.text_hash.__wrapped__() == before


def aged(folder, days):
    folder.mkdir()
    (folder / "code.nbc").write_bytes(b"code")
    then = time.time() - 86_400 * days
    os.utime(folder, (then, then))
    return folder


def test_old_versions_are_removed_but_for_the_last_few_and_those_of_today(tmp_path):
    used = aged(tmp_path / f"compiled-{0:024x}", 0)
    kinds = ["compiled", "checked"]
    others = [aged(tmp_path / f"{kinds[days % 2]}-{days:024x}", days) for days in range(2, 9)]
    strange = aged(tmp_path / "compiled-notes", 100)
    compiled_code.prune(used)
    assert sorted(tmp_path.iterdir()) == sorted([used, *others[: compiled_code.KEPT - 1], strange])
    today = [aged(tmp_path / f"compiled-{100 + n:024x}", 0.5) for n in range(10)]
    compiled_code.prune(used)
    assert sorted(tmp_path.iterdir()) == sorted([used, *today, strange])


def test_nothing_is_removed_beside_a_folder_that_is_not_ours(tmp_path):
    other = aged(tmp_path / f"compiled-{1:024x}", 100)
    compiled_code.prune(aged(tmp_path / "iopsim-x8h2", 0))
    assert other.exists()


def test_that_all_is_compiled_is_known_without_numba(tmp_path):
    code = """
import sys
from iopsim.compiled_code import is_ready, note_ready
print(is_ready())
note_ready()
print(is_ready(), is_ready(True), "numba" in sys.modules)
"""
    assert compiled(tmp_path, code) == ["False", "True", "False", "False"]
    assert compiled(tmp_path, code)[0] == "True"
