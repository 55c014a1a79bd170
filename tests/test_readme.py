"""The README is a promise: its tables are the program's, its pictures exist."""

from __future__ import annotations

import re

from benchmarks.tables import README, TABLES, replaced


def test_the_tables_are_those_of_the_program() -> None:
    text = README.read_text()
    for name, make in TABLES.items():
        assert replaced(text, name, make()) == text, f"run python -m benchmarks.tables ({name})"


def test_every_picture_and_file_it_points_to_exists() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target
