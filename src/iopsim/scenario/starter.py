"""A commented scenario file to start from."""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path

from iopsim.errors import IopsimError


def starter_text() -> str:
    """Return the scenario file that a planner starts from.

    Returns
    -------
    str
        TOML with comments; a valid scenario as it stands.
    """
    return files("iopsim.scenario").joinpath("starter.toml").read_text(encoding="utf-8")


def write_starter(path: str | Path) -> Path:
    """Write a scenario file to start from, whole or not at all.

    Parameters
    ----------
    path : str or Path
        A file that does not exist yet, in a folder that does.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    IopsimError
        If there is already something of that name, or the file cannot be written.
    """
    target = Path(path)
    draft = None
    try:
        handle, draft = tempfile.mkstemp(prefix=".iopsim-", suffix=".toml", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(starter_text())
        Path(draft).chmod(0o644)
        _place(Path(draft), target)
    except FileExistsError:
        raise IopsimError(f"{path}: found a file of this name; give the name of a new file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise IopsimError(f"{path}: found that it cannot be written ({reason}); give another name") from None
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
    return target


def _place(draft: Path, target: Path) -> None:
    """Give a file its name, unless something has that name already, which a rename would replace."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system
        with target.open("xb") as file:
            file.write(draft.read_bytes())
