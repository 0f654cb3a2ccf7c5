"""Lines that are not TOML: how far a broken statement reaches, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.shape import Leaf, at
from iopsim.scenario.words import allowed, clock_time, percentage, short, written

_STATEMENT = re.compile(r"""\s*(\[{1,2}\s*[A-Za-z"']|[A-Za-z_"'][\w."' -]*\s*=)""")
_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.*\"'-]+)")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)(?=[\s=:]|$)")
_WORDS = re.compile(r"[\w-]+")
_NOT_CODE = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that is not TOML.

    Parameters
    ----------
    first, end : int
        Index of its first line, and of the line after its last, or of the next header if it is one itself.
    text : str
        Its first line.
    key : tuple of str
        What it meant to set, as far as one can tell.
    message : str
        What the parser said.
    inside : tuple of tuple
        What the keys below a broken header meant to set.
    """

    first: int
    end: int
    text: str
    key: Key
    message: str
    inside: tuple[Key, ...] = ()

    @property
    def path(self) -> str:
        """Dotted path of what the statement meant to set."""
        return dotted(self.key)

    @property
    def is_repeated(self) -> bool:
        """Whether there is nothing wrong but that the file says the same above."""
        return any(word in self.message for word in ("twice", "overwrite", "Duplicate", "redefine"))

    @property
    def holes(self) -> tuple[Key, ...]:
        """Addresses that the file leaves without a value, since the statement is not read."""
        return self.inside if self.is_repeated else (self.key, *self.inside)


def broken_statement(lines: list[str], index: int, message: str) -> Broken:
    """Find the statement that a broken line belongs to.

    Parameters
    ----------
    lines : list of str
        The file.
    index : int
        The line at which the parser gave up.
    message : str
        What it said.

    Returns
    -------
    Broken
        Of one line, or of several when a list or a header with its keys is broken.
    """
    first = index
    if "Unterminated string" in message or 'Expected \'"""\'' in message or "\"'''\"" in message:
        quotes = [i for i, line in enumerate(lines[: index + 1]) if '"""' in line or "'''" in line]
        first = quotes[-1] if quotes else index
    elif 'Expected "\'"' in message:
        first = next((i for i, line in enumerate(lines[: index + 1]) if re.search(r"=\s*'[^']*$", line)), index)
        index = first
    else:
        before = next((i for i in range(index - 1, -1, -1) if _STATEMENT.match(lines[i][:200])), None)
        if before is not None and _open("\n".join(lines[before:index])) > 0:
            first = before
    text = lines[first]
    if text.lstrip().startswith("["):
        end = next((i for i in range(first + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
        table = _header(text)
        inside = tuple((*table, *key) for line in lines[first + 1 : end] if (key := _key(line)))
        return Broken(first, end, text, table, message, inside)
    end = _end(lines, first, index)
    return Broken(first, end, text, (*_section(lines, first), *_key(text)), message)


def hint(broken: Broken) -> str:
    """Say how to mend a statement that is not TOML.

    Parameters
    ----------
    broken : Broken
        The statement.

    Returns
    -------
    str
        What a line like its first one must look like.
    """
    text, message = broken.text[:1000].strip(), broken.message
    if broken.is_repeated:
        if text.startswith("["):
            return "this header is already in the file above; move its lines there"
        return "this key is already in the file above; keep one of the two"
    if "mutate" in message:
        return "this table is already complete above; write it in one place"
    if text.startswith("["):
        return "a header reads [groups.evening]: names with points between, no spaces, ] at the end"
    key, equals, value = text.partition("=")
    if not equals:
        return "a line reads key = value, such as seats = 12; a remark begins with #"
    if not _KEY.fullmatch(key.rstrip()):
        return "before the = stands one name of letters, digits, _ and -, such as seats = 12"
    node, value = at(broken.key), value.strip()
    known = _hint_of_known(str(broken.key[-1]), node, value, message) if isinstance(node, Leaf) else ""
    return known or percentage(value) or _hint_of_value(value, message)


def _hint_of_known(name: str, leaf: Leaf, value: str, message: str) -> str:
    """Say what may stand in a known field in place of a bare word or a percentage; empty for anything else."""
    is_word = bool(re.match(r"[A-Za-z]", value))
    if is_word and leaf.kind == "text":
        return "" if "Illegal character" in message else _quoted(value)
    return allowed(name, leaf, value) if is_word or (leaf.numeric and percentage(value)) else ""


def meant_time(broken: Broken) -> str:
    """Return the time of day that a statement which is not TOML was meant to set; empty for other statements.

    Parameters
    ----------
    broken : Broken
        The statement.

    Returns
    -------
    str
        Such as ``17:30:00``.
    """
    node = at(broken.key)
    is_time = isinstance(node, Leaf) and node.kind == "time"
    return clock_time(broken.text.partition("=")[2].partition("#")[0]) if is_time else ""


_THOUSANDS = re.compile(r"(\d{1,3}(?:,\d{3})+)\s*(?:#|$)")
_SHORT_TIME = re.compile(r"([^=]*=\s*)(\d{1,2}:\d\d)(\s*(?:#.*)?)")


def with_seconds(broken: Broken) -> str:
    """Return a line that gives a time of day without its seconds, such as ``17:30``, with them; empty for any other.

    Parameters
    ----------
    broken : Broken
        The statement.
    """
    match = _SHORT_TIME.fullmatch(broken.text)
    time = meant_time(broken) if match and not broken.is_repeated else ""
    return f"{match[1]}{time}{match[3]}" if match and time else ""


_VALUES = (
    (r"$|#", "the value is missing after ="),
    (r".*[“”„‘’«»]", 'use plain straight quotes, such as "Mon"'),
    (r"(?i)\d{1,2}:\d\d\s*([ap]\.?m\.?)?\s*(#|$)", "a time has hours, minutes and seconds, such as 17:30:00"),
    (r"(?i)\d{1,2}\s*[ap]\.?m\.?\s*(#|$)", "a time has hours, minutes and seconds, such as 17:30:00"),
    (r"\d\d:\d\d:\d\d", "a time of day stands alone, without a time zone, such as 17:30:00"),
    (r"\d{4}-\d\d-\d\d", "there is no such day; a date is year-month-day, such as 2027-01-04"),
    (r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\s*(#|$)", "a date is year-month-day, such as 2027-01-04"),
    (r"[-+]?[\d.,]+\s*%", "a percentage is written as a share: 80 percent is 0.8"),
    (r"\d+,\d+\s*(#|$)", "a number has a point, not a comma: 2.5, not 2,5"),
    (r"[$€£]", "a number stands alone, without a currency sign"),
    (r"[-+]?(\.\d|\d+\.(\D|$))", "a number has digits on both sides of the point, such as 0.5"),
    (r"[-+]?0\d", "a number does not begin with 0"),
    (r"(?i)(true|false|yes|no|on|off)\b", "write true or false, in small letters and without quotes"),
    (r"[-+]?\d[\d_.]*\s+[A-Za-z]", "a number stands alone; put its unit after a #, such as 12  # seats"),
    (r"[-+]?[\d_]{400}", "this number has too many digits"),
    (r"\[[^\]]*$", "the list is not closed: ] is missing"),
    (r"\{[^}]*$", "such a table stands on one line and ends with }"),
    (r"\{.*,\s*\}", "there is no comma before the closing }"),
    (r"\[", 'a list reads ["Mon", "Tue"]: text in quotes, commas between, ] at the end'),
    (r"\{", "such a table reads { value = 0.8, low = 0.7, high = 0.9 }, on one line"),
    (r'"""|\'\'\'', "the text is not closed: the three quotes at its end are missing"),
    (r'"(\\.|[^"\\])*$', 'the text is not closed: " is missing at its end'),
    (r"'[^']*$", "the text is not closed: ' is missing at its end"),
    (r'".*\\', r"a \ in text is written \\, or the text stands in single quotes"),
)


def _hint_of_value(value: str, message: str) -> str:
    if "Illegal character" in message and not value.startswith(('"', "'")):
        return "the line has an invisible character; type it anew"
    if thousands := _THOUSANDS.match(value):
        return f"a number has no comma: {thousands[1].replace(',', '')}, not {thousands[1]}"
    for pattern, said in _VALUES:
        if re.match(pattern, value):
            return said
    if re.match(r"[A-Za-z]", value):
        return _quoted(value)
    return "after the = stands one value and nothing else, such as seats = 12; a remark begins with #"


def _quoted(value: str) -> str:
    return f"text stands in double quotes, such as {written(short(value.partition('#')[0]))}"


def _open(text: str) -> int:
    code = _NOT_CODE.sub("", text)
    return code.count("[") + code.count("{") - code.count("]") - code.count("}")


def _end(lines: list[str], first: int, index: int) -> int:
    """Return the line after a broken statement: where its brackets close, or the next statement begins."""
    depth = 0
    for i in range(first, min(first + 50, len(lines))):
        if i > first and (lines[i].lstrip().startswith("[") or not lines[i].strip()):
            break
        depth += _open(lines[i])
        if depth <= 0 and i >= index:
            return i + 1
    return next((i for i in range(first + 1, index + 1) if _STATEMENT.match(lines[i][:200])), index + 1)


def _header(text: str) -> Key:
    match = _HEADER.match(text[:200])
    return tuple(_WORDS.findall(match[1])) if match else ()


def _section(lines: list[str], first: int) -> Key:
    """Return the table that a line stands in."""
    return next((_header(lines[i]) for i in range(first - 1, -1, -1) if _HEADER.match(lines[i][:200])), ())


def _key(text: str) -> Key:
    match = _KEY.match(text[:200])
    return tuple(_WORDS.findall(match[1])) if match else ()
