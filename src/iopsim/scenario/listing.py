"""Every table and field of a scenario file as Markdown, for a person who reads rather than tries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from iopsim.scenario.defaults import defaults
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.merge import TEMPLATE, is_named
from iopsim.scenario.shape import Collection, Leaf, Node, Table, shape
from iopsim.scenario.words import MOST_CHOICES, plain, written

LISTED = "docs/SCENARIO.md"
"""Where the repository keeps it, below a text of its own."""

BEGINS = "## All tables and fields"
"""The heading with which the listing begins."""

ANY = "NAME"
"""In a path, a name of the planner's choice."""

NEEDED = "*needed*"
NOTHING = "none"

Defaults = Mapping[str, object]
"""What a field is by default, by the name of the entry; of a field that stands only once, under an empty name."""


def listing() -> str:
    """Return every table and field with meaning, unit, range and default.

    Returns
    -------
    str
        Markdown, ending in one line feed; begins with `BEGINS`.
    """
    known, fields = defaults(), shape().fields
    top = {name: node for name, node in fields.items() if isinstance(node, Leaf)}
    lines = [BEGINS, "", *_section("The top of the file, above the first header", [], Table(top), {"": known})]
    for name, node in fields.items():
        if name not in top:
            lines += _of_table(name, node, known.get(name))
    return "\n".join(lines).rstrip("\n") + "\n"


def _of_table(name: str, node: Node, default: object) -> Iterator[str]:
    """List one table of a file; of one whose entries are alike, one entry for all."""
    assert isinstance(node, (Table, Collection))
    said = [node.description]
    if is_named(node):
        entry, known = node.entry, {"": _inside(default, TEMPLATE)}
        assert isinstance(entry, Table)
        said += entry.description.split("\n\n")
        yield from _section(f"`[{name}.{ANY}]`", said, entry, known)
    elif alike := _alike(node):
        said += [f"`{key}`: {inner.description}" for key, inner in alike.items()]
        known = {key: _inside(default, key) for key in alike}
        yield from _section(f"`[{name}.{ANY}]`, NAME being one of these", said, next(iter(alike.values())), known)
    else:
        yield from _section(f"`[{name}]`", said, node, {"": default})


def _alike(node: Node) -> Mapping[str, Table]:
    """Return the tables within a table that consists of tables alike; nothing for any other."""
    tables = node.fields if isinstance(node, Table) else {}
    inner = {name: table for name, table in tables.items() if isinstance(table, Table)}
    first = next(iter(inner.values()), None)
    same = all(table.fields == first.fields for table in inner.values() if first)
    return inner if len(inner) == len(tables) and same else {}


def _section(title: str, said: Sequence[str], node: Node, known: Defaults) -> Iterator[str]:
    yield from (f"### {title}", "")
    sentences = [" ".join(sentence.split()) for sentence in said if sentence]
    if sentences:
        yield " ".join(sentence if sentence.endswith(".") else f"{sentence}." for sentence in sentences)
        yield ""
    yield from ("| field | what it is | unit | may be | default | set by |", "|---|---|---|---|---|---|")
    for path, leaf, default in _rows(node, known, ""):
        cells = (f"`{path}`", _meaning(leaf), leaf.unit, _may_be(leaf), default, _set_by(leaf))
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
    yield ""


def _rows(node: Node, known: Defaults, path: str) -> Iterator[tuple[str, Leaf, str]]:
    """List the fields below a table, each with its path and its default."""
    match node:
        case Table():
            for name, child in node.fields.items():
                below = {key: _inside(default, name) for key, default in known.items()}
                yield from _rows(_within(node, child) if path else child, below, f"{path}.{name}" if path else name)
        case Collection(names=names, entry=Leaf() as entry):
            leaf = replace(entry, description=node.description)
            if names:
                known = {name: _inside(default, name) for default in known.values() for name in names}
                yield f"{path}.{names[0]}` to `{names[-1]}", leaf, _said(known)
            else:
                yield f"{path}.{ANY}", leaf, NOTHING
        case Leaf():
            yield path, node, _said(known)


def _within(table: Table, child: Node) -> Node:
    """Return a field of a table within a table, its meaning preceded by the table's."""
    if not isinstance(child, Leaf):
        return child
    return replace(child, description=f"{table.description}: {child.description[0].lower()}{child.description[1:]}")


def _said(known: Defaults) -> str:
    """Say a default; where entries differ, the most common one and who has another."""
    values = {name: _value(default) for name, default in known.items()}
    (common, _), *others = Counter(values.values()).most_common()
    if not others:
        return common
    return "; ".join([common, *(f"{name} {value}" for name, value in values.items() if value != common)])


def _value(default: object) -> str:
    if isinstance(default, Mapping):
        default = default["value"]
    if default is None:
        return NEEDED
    return f"`{written(default)}`" if isinstance(default, (str, list)) else _number(default)


def _number(value: object) -> str:
    return plain(value) if isinstance(value, float) else written(value)


def _inside(default: object, name: str) -> object:
    return default.get(name) if isinstance(default, Mapping) else None


def _meaning(leaf: Leaf) -> str:
    """Return what a field is, without its unit, which has a column of its own."""
    return leaf.description.removesuffix(f" [{leaf.unit}]")


def _set_by(leaf: Leaf) -> str:
    """Say who sets a number: the plan, or the world, of which only a range may be known."""
    if not leaf.numeric:
        return ""
    return "plan" if leaf.planned else "world"


def _may_be(leaf: Leaf) -> str:
    """Say what may stand in a field."""
    match leaf.kind:
        case "number" | "whole" | "limit":
            whole = "" if leaf.kind == "number" else "whole, "
            none = ', or `"none"`' if leaf.choices else ""
            return f"{whole}{plain(leaf.low)} to {plain(leaf.high)}{none}"
        case "switch":
            return "true or false"
        case "choice":
            return _choices(leaf)
        case "date":
            return f"date, {leaf.earliest} to {leaf.latest}" if leaf.earliest else "date"
        case "time":
            return "time of day, such as 17:30:00"
        case "list":
            return f"list of {_item(leaf)}"
    return "text"


def _item(leaf: Leaf) -> str:
    """Say what a list is made of."""
    item = leaf.item
    if isinstance(item, Leaf) and item.choices == WEEKDAYS:
        return f'weekdays, `"{WEEKDAYS[0]}"` to `"{WEEKDAYS[-1]}"`'
    if isinstance(item, Leaf):
        return {"text": "names", "date": "dates"}.get(item.kind) or _choices(item)
    return "dates and spans"


def _choices(leaf: Leaf) -> str:
    few = leaf.choices if len(leaf.choices) <= MOST_CHOICES else (*leaf.choices[:2], leaf.choices[-1])
    return " ".join(f'`"{choice}"`' for choice in few[:-1]) + f'{"" if few == leaf.choices else " to"} `"{few[-1]}"`'
