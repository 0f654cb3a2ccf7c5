"""Experiment and sizing files beside the plain clinic."""

from pathlib import Path

import pytest

from iopsim.errors import ScenarioError

PLAIN = (Path(__file__).parent / "plain.toml").read_text(encoding="utf-8")
HEAD = 'question = "More seats?"\nbase = "plain.toml"\n'
ARM = "[arms.bigger]\ngroups.evening.seats = 20\n"


def in_folder(folder, text, name="seats.toml"):
    """Return the path of a file with a text, beside the plain clinic."""
    (folder / "plain.toml").write_text(PLAIN, encoding="utf-8")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def told(load, folder, text):
    """Return all that a bad file is answered with, without its folder."""
    path = in_folder(folder, text)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in caught.value.problems]
