"""The rules of the house that no linter knows: who may import what, and how large and how named a file is.

The direction of imports inside the package is a contract in pyproject.toml, checked by `make check`.
"""

import ast
import re
import runpy
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Each third-party package, and the only modules or subpackages that may import it.
OWNERS = {
    "PIL": ["iopsim.report"],
    "SALib": ["iopsim.experiments"],
    "distributed": ["iopsim.experiments.executors"],
    "docx": ["iopsim.report"],
    "filelock": ["iopsim.compiled_code", "iopsim.store"],
    "holidays": ["iopsim.clock"],
    "jinja2": ["iopsim.report"],
    "lxml": ["iopsim.report"],
    "markupsafe": ["iopsim.report"],
    "matplotlib": ["iopsim.charts", "iopsim.report"],  # a report on paper has the letters that come with it
    "numba": ["iopsim.engines.compiled.deck", "iopsim.jit"],  # one instruction of the machine is the deck's
    "numpy": ["iopsim"],  # arrays are our common language
    "pandas": ["iopsim.experiments", "iopsim.store"],
    "pyarrow": ["iopsim.store"],
    "pydantic": ["iopsim.scenario"],
    "rich": ["iopsim.cli"],
    "scipy": ["iopsim.experiments", "iopsim.stats"],
    "simpy": ["iopsim.engines"],
    "tree_sitter": ["iopsim.scenario"],
    "tree_sitter_toml": ["iopsim.scenario"],
    "typer": ["iopsim.cli"],
    "weasyprint": ["iopsim.report"],
}

# What a package is imported as, where that is not its own name.
IMPORTED_AS = {"pillow": "PIL", "python-docx": "docx"}

# Slow to import, so imported only inside the function that needs it.
LAZY = {"PIL", "SALib", "distributed", "docx", "jinja2", "lxml", "pandas", "pyarrow", "weasyprint"}

# Sources of random numbers, and of identities that differ from run to run.
BANNED = PYPROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]

# The line by which a file outside src says why it needs one of them nevertheless.
WAIVER = re.compile(r"^# ruff: noqa: TID251 - \w.{9,}$", re.MULTILINE)

LINES_IN_A_FILE = 400

NAMES_THAT_SAY_NOTHING = {"common", "handler", "helper", "manager", "util"}

SOURCES = sorted((ROOT / "src").rglob("*.py"))
OUTSIDE = [path for folder in ("tests", "verification", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(path: Path) -> str:
    """The module's name as Python imports it, e.g. iopsim.engines.reference."""
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Every absolute import: what is imported, the name it goes by in the file, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", alias.asname or alias.name, node.lineno


def third_party(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The packages imported that are neither ours nor the standard library's, with the line."""
    for full, _, line in imports(tree):
        package = full.split(".")[0]
        if package != "iopsim" and package not in sys.stdlib_module_names:
            yield package, line


def names_used(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported name, and every attribute reached through one (np.random is numpy.random)."""
    full_name = {}
    for full, local, line in imports(tree):
        first, *rest = local.split(".")
        full_name[first] = first if rest else full  # `import numpy.random` makes `numpy` known
        yield full, line
    for node in ast.walk(tree):
        chain, stem = [], node
        while isinstance(stem, ast.Attribute):
            chain.insert(0, stem.attr)
            stem = stem.value
        if chain and isinstance(stem, ast.Name) and stem.id in full_name:
            yield ".".join([full_name[stem.id], *chain]), node.lineno


def banned_uses(path: Path) -> Iterator[str]:
    for name, line in names_used(parsed(path)):
        for banned in BANNED:
            if lies_in(name, [banned]):
                yield f"{shown(path)}:{line} uses {banned}"


def expect_none(found: Iterable[str]) -> None:
    """Fail with a line for each thing found."""
    lines = sorted(set(found))
    assert not lines, "\n".join(["", *lines])


def lies_in(module: str, owners: list[str]) -> bool:
    return any(module == owner or module.startswith(f"{owner}.") for owner in owners)


def test_there_is_a_package_to_look_at():
    assert SOURCES


def test_every_third_party_import_is_in_the_table_of_owners():
    expect_none(
        f"{shown(path)}:{line} imports {package}, which has no owner"
        for path in SOURCES
        for package, line in third_party(parsed(path))
        if package not in OWNERS
    )


def test_a_third_party_package_is_imported_by_its_owner_only():
    expect_none(
        f"{shown(path)}:{line} imports {package}, which belongs to {' and '.join(OWNERS[package])}"
        for path in SOURCES
        for package, line in third_party(parsed(path))
        if package in OWNERS and not lies_in(dotted(path), OWNERS[package])
    )


def test_a_slow_package_is_imported_inside_the_function_that_needs_it():
    expect_none(
        f"{shown(path)}:{line} imports {package} for whoever imports the module"
        for path in SOURCES
        for statement in parsed(path).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for package, line in third_party(statement)
        if package in LAZY
    )


def is_compiled(module: str) -> bool:
    """Whether a module is one of compiled code, which Numba is imported for."""
    within = module.removeprefix("iopsim.")
    return within == "jit" or (
        any(word.startswith("compiled") for word in within.split(".")) and not lies_in(within, ["compiled_code"])
    )


def test_only_compiled_code_imports_compiled_code_or_what_compiles_it():
    expect_none(
        f"{shown(path)}:{line} imports {name}, and Numba with it, for whoever imports the module"
        for path in SOURCES
        for statement in parsed(path).body
        if isinstance(statement, ast.Import | ast.ImportFrom) and not is_compiled(dotted(path))
        for name, _, line in imports(statement)
        if is_compiled(name) or is_compiled(name.rpartition(".")[0])
    )


def test_the_runtime_dependencies_are_the_packages_in_the_table_of_owners():
    extras = PYPROJECT["project"]["optional-dependencies"]
    lines = [
        *PYPROJECT["project"]["dependencies"],
        *(line for name in extras if name != "dev" for line in extras[name]),
    ]
    required = {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines}
    assert {IMPORTED_AS.get(name, name.replace("-", "_")) for name in required} == set(OWNERS)


def test_every_owner_uses_what_it_owns():
    used = {package for path in SOURCES for package, _ in third_party(parsed(path))}
    expect_none(f"no module imports {package}" for package in OWNERS if package not in used)


def test_no_source_file_has_random_numbers_of_its_own():
    expect_none(use for path in SOURCES for use in banned_uses(path))


def test_a_file_outside_the_package_that_has_random_numbers_says_why():
    expect_none(
        f"{use}, with no line '# ruff: noqa: TID251 - the reason'"
        for path in OUTSIDE
        for use in banned_uses(path)
        if not WAIVER.search(path.read_text(encoding="utf-8"))
    )


def test_a_source_file_is_short_enough_to_read_in_one_sitting():
    n_lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    expect_none(f"{shown(path)} has {n} lines" for path, n in n_lines.items() if n > LINES_IN_A_FILE)


def test_a_module_is_named_after_what_is_in_it():
    expect_none(
        shown(path)
        for path in SOURCES
        if {word.removesuffix("s") for word in re.split(r"[._]", dotted(path))} & NAMES_THAT_SAY_NOTHING
    )


def test_the_lock_names_no_index_and_no_folder():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    expect_none(line for line in lock if re.search(r"://|^\s*-(?!-hash=sha256:)|\s[~.]{0,2}/", line))


def test_a_long_check_or_benchmark_hides_no_package_from_those_who_import_it():
    taken = {*packages_distributions(), *sys.stdlib_module_names, "coverage"}  # which Numba imports if it finds it
    expect_none(f"{shown(path)} is named like a package" for path in OUTSIDE if path.stem in taken)


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("verification/*.py"), *ROOT.glob("benchmarks/*.py")]), ids=lambda path: path.stem
)
def test_a_long_check_or_benchmark_finds_what_it_imports(path, monkeypatch):
    monkeypatch.syspath_prepend(path.parent)
    assert runpy.run_path(str(path), run_name="imported")["__doc__"]
