"""Programs that a test needs and a machine may lack: left out with a reason; where CI=true, they have to be there."""

import os
import shutil

import pytest


def program(*names):
    """Return where a program is, by the first of its names that is found; without it the test is left out."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        said = f"{' or '.join(names)} is not on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{said}, and CI=true asks for every check")
        pytest.skip(said)
    return found
