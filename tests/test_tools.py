"""What happens to a check whose program is not on the machine."""

import pytest

import tools


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)


def test_a_check_without_its_program_is_left_out_with_the_reason():
    with pytest.raises(pytest.skip.Exception, match="soffice or libreoffice is not on this machine"):
        tools.program("soffice", "libreoffice")


def test_where_every_check_is_asked_for_it_fails(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(
        pytest.fail.Exception, match="chromium is not on this machine, and CI=true asks for every check"
    ):
        tools.program("chromium")
