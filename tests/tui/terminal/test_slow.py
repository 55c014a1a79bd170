"""A slow line: little waits in it, keys are answered, and the newest is shown."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.dashboard import environment
from benchmarks.slow import Line, SlowTerminal
from nhem_tui.cli.simulator_process import simulator

FRAME = 8_000
"""More than a frame and the numbers beside it ever take."""
PATIENCE = 60.0
"""Seconds; a machine that is busy makes the line slower still."""


@contextmanager
def behind(
    line: Line,
    home: Path,
    *options: str,
    fps: int = 45,
    size: tuple[int, int] = (100, 30),
    **environ: str,
) -> Iterator[SlowTerminal]:
    """The program on a running server, at the end of a line; it is left with ``q``, and well.

    Args:
        line: between the program and its terminal.
        home: its home.
        options: of the program.
        fps: frames that the server makes a second.
        size: columns and lines of the terminal.
        environ: more of its environment.
    """
    width, height = size
    with simulator("--fps", str(fps)) as server:
        command = [sys.executable, "-m", "nhem_tui", "--url", server.url(), *options]
        around = environment() | {"HOME": str(home)} | environ
        terminal = SlowTerminal(command, line, width=width, height=height, environ=around)
        try:
            terminal.wait_for(b"RUNNING", PATIENCE)
            yield terminal
        finally:
            code, _ = terminal.close(b"q", timeout=PATIENCE)
        assert code == 0


def test_what_waits_in_a_slow_line_is_never_more_than_a_frame_or_two(tmp_path: Path) -> None:
    line = Line(rate=8e3, delay=0.1)
    with behind(line, tmp_path, "--fps", "60", fps=100, NHEM_DISPLAY_WINDOW="1") as terminal:
        terminal.wait_until(lambda: terminal.waiting < 1000, PATIENCE)  # the first screen
        most = 0
        for _ in range(60):
            terminal.run_for(0.05)
            most = max(most, terminal.waiting)
        assert most < FRAME, "a program that writes at its own pace leaves seconds of output"
        terminal.type(b" ")
        terminal.wait_for(b"FROZEN", PATIENCE)


def test_no_answer_is_left_to_be_typed_into_the_shell(tmp_path: Path) -> None:
    line = Line(rate=1e6, delay=0.4)
    with behind(line, tmp_path) as terminal:
        terminal.run_for(2.0)
        terminal.type(b"\x1a")
        terminal.wait_for(b"\x1b[?1049l", PATIENCE)
        terminal.run_for(2 * line.delay)
        assert b"^[[" not in terminal.shown, "an answer, echoed"
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.wait_for(b"RUNNING", PATIENCE)


def test_a_terminal_that_is_far_behind_is_put_back_in_order(tmp_path: Path) -> None:
    line = Line(rate=20e3, delay=0.0, buffer=1)  # a serial line: nothing lies in between
    with behind(line, tmp_path, size=(200, 60)) as terminal:
        for size in ((250, 70), (200, 60), (250, 70)):  # each time everything is painted anew
            terminal.resize(*size)
            terminal.run_for(0.3)
    assert terminal.ended_with(b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l")
