"""Terminals with few colours: what is sent to them, and that it can be read."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyte.screens import Char

from nhem_tui.cli.simulator_process import simulator
from tests.tui.terminal.test_overprint import Seen

SGR = re.compile(rb"\x1b\[([0-9;]*)m")
GRAYS = {"black", "brightblack", "white", "brightwhite"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulator("--seed", "5", "--running") as process:
        yield process.url()


class Recorded(Seen):
    """A terminal that keeps everything it was sent."""

    received = b""

    def read(self, timeout: float = 0.05) -> bytes:
        data = super().read(timeout)
        self.received += data
        return data

    def colours(self) -> set[bytes]:
        """The ways in which colours were set: ``38;2``, ``48;5`` and so on."""
        kinds = rb"(?:^|;)([34]8;[25])(?=;)"
        return {found for sgr in SGR.findall(self.received) for found in re.findall(kinds, sgr)}

    def half_blocks(self) -> list[Char]:
        """Cells of the picture."""
        rows = self.screen.buffer.values()
        return [cell for row in rows for cell in row.values() if cell.data == "▀"]

    def unreadable(self) -> list[tuple[int, str]]:
        """Letters in the colour of what is behind them."""
        cells = [self.screen.buffer[y][x] for y in range(24) for x in range(80)]
        return [
            (number // 80, cell.data)
            for number, cell in enumerate(cells)
            if cell.data.isalnum() and cell.fg == cell.bg != "default"
        ]


@pytest.mark.parametrize(
    ("term", "theme", "allowed"),
    [("xterm-16color", "ansi", set()), ("screen-256color", "dark", {b"38;5", b"48;5"})],
)
def test_few_colours_are_enough(
    url: str, tmp_path: Path, term: str, theme: str, allowed: set[bytes]
) -> None:
    foreign = ("NHEM_", "XDG_", "NO_COLOR", "COLORTERM", "COLUMNS", "LINES")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    environ = kept | {"HOME": str(tmp_path), "TERM": term, "NHEM_THEME": theme}
    command = [sys.executable, "-m", "nhem_tui", "--url", url]
    terminal = Recorded(command, 80, 24, environ)
    try:
        terminal.run_until(lambda _: "RUNNING" in terminal.text(), 20)
        for key, word in ((b",", "retry_attempts"), (b"\x1b", "Detection"), (b"o", "ROI 2")):
            terminal.send(key)
            terminal.run_until(lambda _, word=word: word in terminal.text(), 20)
            assert terminal.unreadable() == []
        # More than one flat gray, that is.
        terminal.run_until(lambda _: len({cell.fg for cell in terminal.half_blocks()}) > 1, 20)
        picture = terminal.half_blocks()
    finally:
        code, _ = terminal.close(b"\x11")
    assert code == 0
    assert terminal.colours() <= allowed
    if term.startswith("screen"):  # it would swallow pictures in pixels
        assert b"\x1b_G" not in terminal.received
        assert b"\x1bP" not in terminal.received
    else:
        assert {cell.fg for cell in picture} | {cell.bg for cell in picture} <= GRAYS
