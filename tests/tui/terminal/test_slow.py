"""A slow line: little waits in it, keys are answered, and the newest is shown."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from benchmarks.dashboard import environment
from benchmarks.slow import Line, SlowTerminal
from nhem_tui.cli.simulator_process import simulator

FRAME = 8_000
"""More than a frame and the numbers beside it ever take."""
PATIENCE = 60.0
"""Seconds; a machine that is busy makes the line slower still."""


def test_what_waits_in_a_slow_line_is_never_more_than_a_frame_or_two(tmp_path: Path) -> None:
    with simulator("--fps", "100") as server:
        environ = environment() | {"HOME": str(tmp_path), "NHEM_DISPLAY_WINDOW": "1"}
        command = [sys.executable, "-m", "nhem_tui", "--url", server.url(), "--fps", "60"]
        line = Line(rate=8e3, delay=0.1)
        terminal = SlowTerminal(command, line, width=100, height=30, environ=environ)
        try:
            terminal.wait_for(b"RUNNING", PATIENCE)
            terminal.wait_until(lambda: terminal.waiting < 1000, PATIENCE)  # the first screen
            most = 0
            for _ in range(60):
                terminal.run_for(0.05)
                most = max(most, terminal.waiting)
            assert most < FRAME, "a program that writes at its own pace leaves seconds of output"
            terminal.type(b" ")
            terminal.wait_for(b"FROZEN", PATIENCE)
        finally:
            code, _ = terminal.close(b"q", timeout=PATIENCE)
        assert code == 0


def test_no_answer_is_left_to_be_typed_into_the_shell(tmp_path: Path) -> None:
    with simulator("--running") as server:
        environ = environment() | {"HOME": str(tmp_path)}
        command = [sys.executable, "-m", "nhem_tui", "--url", server.url()]
        line = Line(rate=1e6, delay=0.4)
        terminal = SlowTerminal(command, line, width=100, height=30, environ=environ)
        try:
            terminal.wait_for(b"RUNNING", PATIENCE)
            terminal.run_for(2.0)
            terminal.type(b"\x1a")
            terminal.wait_for(b"\x1b[?1049l", PATIENCE)
            terminal.run_for(2 * line.delay)
            assert b"^[[" not in terminal.shown, "an answer, echoed"
            os.kill(terminal.pid, signal.SIGCONT)
            terminal.wait_for(b"RUNNING", PATIENCE)
        finally:
            code, _ = terminal.close(b"q", timeout=PATIENCE)
        assert code == 0


def test_a_terminal_that_is_far_behind_is_put_back_in_order(tmp_path: Path) -> None:
    with simulator("--running") as server:
        environ = environment() | {"HOME": str(tmp_path)}
        command = [sys.executable, "-m", "nhem_tui", "--url", server.url()]
        line = Line(rate=20e3, delay=0.0, buffer=1)  # a serial line: nothing lies in between
        terminal = SlowTerminal(command, line, width=200, height=60, environ=environ)
        terminal.wait_for(b"RUNNING", PATIENCE)
        for size in ((250, 70), (200, 60), (250, 70)):  # each time everything is painted anew
            terminal.resize(*size)
            terminal.run_for(0.3)
        code, _ = terminal.close(b"q", timeout=PATIENCE)
        assert code == 0
        assert terminal.ended_with(b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l")
