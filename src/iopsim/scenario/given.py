"""What a person gave: a file and the changes to it, and where in them each value stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iopsim.errors import Problem
from iopsim.scenario.lines import Key, Place, dotted
from iopsim.scenario.words import short, written


@dataclass(frozen=True, slots=True)
class Given:
    """The planner's own layer, before the defaults.

    Parameters
    ----------
    name : str
        Name of the file, as the person typed it.
    tree : mapping
        The file as `tomllib` reads it, with the changes in it.
    places : mapping of tuple to Place
        Where each value of the file stands.
    changed : mapping of tuple to str
        Where each changed value comes from: the ``--set`` text, or empty when it came from Python.
    rows : mapping of tuple to tuple
        File and line of each entry that stands in a table beside the scenario.
    """

    name: str
    tree: Mapping[str, object]
    places: Mapping[Key, Place] = field(default_factory=dict)
    changed: Mapping[Key, str] = field(default_factory=dict)
    rows: Mapping[Key, tuple[str, int]] = field(default_factory=dict)

    def value(self, key: Key) -> object:
        """Return what was given at an address.

        Parameters
        ----------
        key : tuple of str or int
            The address.

        Returns
        -------
        object
            None when nothing was given there.
        """
        value: object = self.tree
        for part in key:
            if isinstance(value, Mapping) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def change(self, key: Key) -> str | None:
        """Return the change that an address comes from.

        Parameters
        ----------
        key : tuple of str or int
            The address.

        Returns
        -------
        str or None
            The ``--set`` text, empty when it came from Python; None when the value is the file's.
        """
        for end in range(len(key), 0, -1):
            if key[:end] in self.changed:
                return self.changed[key[:end]]
        return None

    def line(self, key: Key) -> int | None:
        """Return the line of the file on which an address, or else the table around it, stands.

        Parameters
        ----------
        key : tuple of str or int
            The address.

        Returns
        -------
        int or None
            Counted from 1; None for what is not in the file.
        """
        for end in range(len(key), 0, -1):
            if key[:end] in self.places:
                return self.places[key[:end]].line
        return None

    def problem(self, said: str, *keys: Key, found: str = "", hint: str = "", path: Key = ()) -> Problem:
        """Report something wrong where the person can mend it.

        Parameters
        ----------
        said : str
            What is allowed.
        *keys : tuple of str or int
            Address of the value; of several, the problem stands at the first that was changed, or else given.
        found : str
            What was found; empty for the value as it is written.
        hint : str
            Nearest known name, or empty.
        path : tuple of str or int
            Address to name, when it is not the one where the problem stands.

        Returns
        -------
        Problem
            With file or ``--set`` text, line and path.
        """
        key = self._blamed(keys)
        if key[:2] in self.rows:  # what the person wrote is a row, and knows only the names of columns
            return Problem(*self.rows[key[:2]], dotted(key[2:]), found or self.found(key), said, hint)
        change = self.change(key)
        file, line = (self.name, self.line(key)) if change is None else (change, None)
        return Problem(file, line, dotted(path or key), found or self.found(key), said, hint)

    def found(self, key: Key) -> str:
        """Return a value as the person wrote it, cut to one line.

        Parameters
        ----------
        key : tuple of str or int
            The address.

        Returns
        -------
        str
            Never empty.
        """
        value = self.value(key)
        if isinstance(value, Mapping) and "value" in value and self.value((*key, "value")) is not None:
            key, value = (*key, "value"), value["value"]
        place = self.places.get(key)
        if self.change(key) is None and place and place.text:
            return short(place.text)
        if isinstance(value, Mapping):
            return "a table"
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            return "a list of tables"
        return short(written(value))

    def _blamed(self, keys: Sequence[Key]) -> Key:
        by_change = [key for key in keys if self.change(key) is not None]
        in_file = [key for key in keys if self.value(key) is not None]
        return (by_change or in_file or keys)[0]
