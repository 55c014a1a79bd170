"""The README is a promise: its tables are the program's, its pictures exist."""

from __future__ import annotations

import re

import pytest

from benchmarks.tables import README, TABLES, replaced
from nhem_tui.cli.commands import completion


def test_the_tables_are_those_of_the_program() -> None:
    text = README.read_text()
    for name, make in TABLES.items():
        assert replaced(text, name, make()) == text, f"run python -m benchmarks.tables ({name})"


def test_every_picture_and_file_it_points_to_exists() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_completion_scripts_are_those_of_the_program(shell: str) -> None:
    written = completion.written(shell).read_text(encoding="utf-8")
    assert written == completion.make(shell), "run python -m benchmarks.tables"
