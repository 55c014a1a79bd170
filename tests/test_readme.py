"""The README is a promise: its tables are the program's, its pictures exist."""

from __future__ import annotations

import re

import pytest

from benchmarks.tables import README, TABLES, replaced
from nhem_tui.cli.commands import completion
from nhem_tui.cli.main import main
from nhem_tui.config.layers import PROFILE_VARIABLE, SHORT_VARIABLES, variable_of
from nhem_tui.config.schema import by_path


def test_the_tables_are_those_of_the_program() -> None:
    text = README.read_text()
    for name, make in TABLES.items():
        assert replaced(text, name, make()) == text, f"run python -m benchmarks.tables ({name})"


def test_every_picture_and_file_it_points_to_exists() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target


def test_every_picture_that_is_made_is_shown() -> None:
    text = README.read_text()
    for picture in (README.parent / "screenshots").glob("*.png"):
        assert f"](screenshots/{picture.name})" in text


def test_every_variable_is_one_and_no_short_one_is_missing() -> None:
    named = {*re.findall(r"\bNHEM_[A-Z_]+\b", README.read_text())} - {PROFILE_VARIABLE}
    assert named - {*map(variable_of, by_path())} <= {*SHORT_VARIABLES}
    assert {*SHORT_VARIABLES} - named == {"NHEM_BASE_URL"}  # what the earlier clients called it


def test_folders_are_made_before_files_are_put_there(capsys: pytest.CaptureFixture[str]) -> None:
    service = (README.parent / "nhem_tui/share/nhem-tui-record.service").read_text()
    assert main(["completion", "--help"]) == 0
    for text in (README.read_text(), service, capsys.readouterr().out):
        (folders,) = re.findall(r"mkdir -p (~.*)", text)
        placed = re.findall(r"(?:>|service) (~/\S*)/", text)
        assert placed
        assert {*placed} - {"~"} <= {*folders.split()}


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_completion_scripts_are_those_of_the_program(shell: str) -> None:
    written = completion.written(shell).read_text(encoding="utf-8")
    assert written == completion.make(shell), "run python -m benchmarks.tables"
