"""What is written past Textual is what Textual would have painted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from textual.geometry import Offset

from benchmarks.terminal import Terminal
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.plot.patch import Patch
from nhem_tui.tui.terminal.ink import Inks, written

Look = list[list[tuple[str, str, str, bool]]]


class Seen(Terminal):
    """A terminal whose picture can be looked at."""

    def __init__(
        self, command: list[str], width: int, height: int, environ: dict[str, str]
    ) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        super().__init__(command, width=width, height=height, environ=environ)

    def read(self, timeout: float = 0.05) -> bytes:
        data = super().read(timeout)
        # pyte takes a private mode that it does not know for a character of the screen
        self.stream.feed(data.replace(b"\x1b[<u", b"").replace(b"\x1b[>25u", b""))
        return data

    def look(self) -> Look:
        return [
            [
                (cell.data, "" if cell.data == " " else cell.fg, cell.bg, cell.bold)
                for cell in (self.screen.buffer[y][x] for x in range(self.screen.columns))
            ]
            for y in range(self.screen.lines)
        ]

    def text(self) -> str:
        return "\n".join(self.screen.display)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulator("--seed", "5") as process:
        yield process.url()


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_every_cell_is_written_at_its_place(cells: set[tuple[int, int]]) -> None:
    screen = pyte.Screen(12, 10)
    runs = [Patch(row, column, "x", "line") for row, column in sorted(cells)]
    place, inks = Offset(3, 1), Inks({"": Style(color="white")}, Console())
    pyte.Stream(screen).feed(written(runs, place, inks))
    shown = {
        (y, x) for y, line in enumerate(screen.display) for x, c in enumerate(line) if c == "x"
    }
    assert shown == {(row + place.y, column + place.x) for row, column in cells}


@pytest.mark.parametrize(
    ("size", "mode"), [((120, 40), "rolling"), ((80, 24), "sweep"), ((50, 15), "rolling")]
)
def test_a_screen_painted_cell_by_cell_is_the_one_that_textual_paints(
    url: str, tmp_path: Path, size: tuple[int, int], mode: str
) -> None:
    foreign = ("NHEM_", "XDG_", "NO_COLOR", "COLUMNS", "LINES")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    environ = kept | {
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "NHEM_DISPLAY_MODE": mode,
    }
    terminal = Seen([sys.executable, "-m", "nhem_tui", "--url", url], *size, environ)
    try:
        terminal.run_until(lambda _: "RUNNING" in terminal.text(), 20)
        start = terminal.frames
        terminal.run_until(lambda _: terminal.frames > start + 40, 40)
        terminal.send(b" ")
        terminal.run_until(lambda _: "FROZEN" in terminal.text() or "‖ −" in terminal.text(), 40)
        terminal.run_for(0.5)
        overprinted = terminal.look()
        terminal.send(b"\x0c")  # ctrl+l: everything again, by Textual
        total = terminal.total
        terminal.run_until(lambda _: terminal.total > total + size[0] * size[1], 40)
        terminal.run_for(0.5)
        painted = terminal.look()
    finally:
        terminal.close(b"q")
    # The numbers go on; the charts stand still.
    charts = [y for y, row in enumerate(painted) if any("⠀" < cell[0] <= "⣿" for cell in row)]
    assert len(charts) > 3
    width = size[0] * 6 // 10
    for y in charts:
        assert overprinted[y][:width] == painted[y][:width], f"line {y}"
