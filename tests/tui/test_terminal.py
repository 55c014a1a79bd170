"""The program in a real (pseudo-) terminal: opened, looked at, resized, left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.recording.reader import Recording

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"
SECRET = "the-Pa55word-of-lab3"


def _environ(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NHEM_", "XDG_"))}
    return kept | {"HOME": str(home), "TERM": "xterm-256color", "NHEM_PASSWORD": SECRET}


def _open(home: Path, *arguments: str, size: tuple[int, int] = (120, 40), **more: str) -> Terminal:
    command = [sys.executable, "-m", "nhem_tui", *arguments]
    environ = _environ(home) | {"NHEM_EXPORT_DIRECTORY": str(home)} | more
    return Terminal(command, width=size[0], height=size[1], environ=environ)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _braille(output: bytes) -> bool:
    return any(0x2800 < ord(char) <= 0x28FF for char in output.decode("utf-8", "ignore"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulator() as process:
        yield process.url()


def test_the_demo_shows_a_live_chart_and_leaves_nothing_behind(tmp_path: Path) -> None:
    terminal = _open(tmp_path, "demo", "--seed", "3")
    terminal.run_until(lambda out: b"RUNNING" in out and _braille(out), 20)
    children = _children(terminal.pid)
    assert len(children) == 1, "the simulator"
    code, _ = terminal.close(b"q")
    assert code == 0
    assert terminal.ended_with(LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR)
    assert not Path(f"/proc/{children[0]}").exists()


@pytest.mark.parametrize("multiplexer", ["", "STY"])
def test_the_mouse_is_followed_but_in_gnu_screen(
    tmp_path: Path, url: str, multiplexer: str
) -> None:
    variables = {multiplexer: "1.pts-0.lab"} if multiplexer else {}
    terminal = _open(tmp_path, "--url", url, size=(50, 15), **variables)
    seen = terminal.run_until_new(lambda out: b"\x1b[?2004h" in out, 20)  # after the mouse
    assert (b"\x1b[?1000h" in seen) == (not multiplexer)
    assert terminal.close(b"q")[0] == 0


def test_the_demo_takes_its_simulator_along_when_it_is_killed(tmp_path: Path) -> None:
    terminal = _open(tmp_path, "demo")
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    (child,) = _children(terminal.pid)
    os.kill(terminal.pid, signal.SIGKILL)
    os.waitpid(terminal.pid, 0)
    handle = os.pidfd_open(child)
    try:
        terminal.wait_readable(handle, 10)  # readable once the process has ended
    finally:
        os.close(handle)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_properly(tmp_path: Path, number: signal.Signals) -> None:
    terminal = _open(tmp_path, "demo")
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    os.kill(terminal.pid, number)
    terminal.run_to_end(10)
    assert terminal.exit_code == 130
    assert terminal.ended_with(LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR)


def test_a_terminal_that_is_gone_ends_the_recording_and_the_program(tmp_path: Path) -> None:
    terminal = _open(tmp_path, "demo")
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    terminal.send(b"R")
    terminal.run_until(lambda out: b"REC 1." in out, 30)
    terminal.hang_up()
    terminal.wait_for_end(10)
    (path,) = tmp_path.glob("*.nhem")
    with Recording(path) as recording:
        assert recording.identity.ended is not None
        assert sum(len(part.t) for part in recording.slices("main", -1e9, 1e9)) > 0


def test_a_terminal_that_is_gone_is_noticed_without_a_signal(tmp_path: Path) -> None:
    """As under nohup: nothing tells but the terminal, which can be read for ever without end."""
    command = ["/bin/sh", "-c", f"trap '' HUP; exec {sys.executable} -m nhem_tui demo"]
    terminal = Terminal(command, width=80, height=24, environ=_environ(tmp_path))
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    terminal.hang_up()
    terminal.wait_for_end(10)
    assert terminal.exit_code == 130


def test_it_gives_the_terminal_back_while_it_is_suspended(tmp_path: Path, url: str) -> None:
    terminal = _open(tmp_path, "--url", url, size=(80, 24))
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    os.kill(terminal.pid, signal.SIGTSTP)
    _until_state(terminal, "T")
    terminal.run_for(0.2)
    assert terminal.ended_with(LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.run_until_new(lambda new: b"\x1b[?1049h" in new and b"RUNNING" in new, 20)
    assert terminal.close(b"q")[0] == 0


def test_a_sigcont_out_of_the_blue_does_no_harm(tmp_path: Path, url: str) -> None:
    """A terminal that hangs up sends one, too; Textual would take the terminal over again."""
    terminal = _open(tmp_path, "--url", url, size=(80, 24))
    terminal.run_until(lambda out: b"RUNNING" in out, 20)
    threads = _threads(terminal.pid)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.run_until_new(lambda new: b"\x1b[2J" in new and b"RUNNING" in new, 20)
    assert _threads(terminal.pid) == threads
    assert terminal.close(b"q")[0] == 0


def test_a_home_that_cannot_be_written_is_said(url: str) -> None:
    terminal = _open(Path("/proc"), "--url", url, size=(80, 24))
    seen = terminal.run_until_new(lambda new: b"RUNNING" in new, 20)
    assert b"log" in seen
    assert terminal.close(b"q")[0] == 0


def _threads(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def _until_state(terminal: Terminal, state: str) -> None:
    for _ in range(400):
        terminal.read(0.02)
        if Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(") ")[2][0] == state:
            return
    raise AssertionError(f"never in state {state}")


def test_a_storm_of_resizes_while_painting(tmp_path: Path) -> None:
    terminal = _open(tmp_path, "demo")
    terminal.run_until(lambda out: b"RUNNING" in out and _braille(out), 20)
    for size in [(10, 3), (1, 1), (400, 120), (80, 24), (30, 8), (50, 15), (200, 50)] * 2:
        terminal.resize(*size)
        terminal.read(0.02)
    terminal.resize(120, 40)
    seen = terminal.total
    terminal.run_until(lambda _: terminal.total > seen + 2000, 40)
    assert terminal.close(b"q")[0] == 0


def test_a_terminal_that_has_no_pixels_may_have_a_mouse(tmp_path: Path, url: str) -> None:
    """One that tells its size by itself may tell that it is 0 pixels high."""
    terminal = _open(tmp_path, "--url", url, size=(80, 24))
    terminal.run_until(lambda out: b"RUNNING" in out and _braille(out), 20)
    terminal.send(b"\x1b[?2048;2$y\x1b[48;24;80;0;0t\x1b[<35;30;10M ")
    seen = terminal.run_until_new(lambda new: b"FROZEN" in new, 20)
    assert b"\x1b[?1016h" not in seen, "the mouse is followed in pixels"
    assert terminal.close(b"q")[0] == 0


def test_an_old_size_in_the_environment_is_not_believed(tmp_path: Path) -> None:
    terminal = _open(tmp_path, "demo", size=(80, 24), COLUMNS="100", LINES="30")
    output = terminal.run_until_new(lambda out: b"RUNNING" in out and _braille(out), 20)
    assert b"\x1b[25;" not in output, "a line below the last"
    assert terminal.close(b"q")[0] == 0


def test_a_crash_shows_no_password(tmp_path: Path) -> None:
    """Textual would print the locals of a crash; the settings and the client are among them."""
    (tmp_path / "crash.py").write_text(
        "import sys\n"
        "from nhem_tui.tui.app import NhemApp\n"
        "def fail(self):\n"
        "    app, context, client = self, self.context, self.context.client\n"
        "    settings, server = context.settings, context.settings.server\n"
        "    raise RuntimeError('a fault of this program')\n"
        "NhemApp.on_mount = fail\n"
        "from nhem_tui.cli.main import main\n"
        "sys.exit(main(['--url', 'http://127.0.0.1:9']))\n"
    )
    command = [sys.executable, str(tmp_path / "crash.py")]
    environ = _environ(tmp_path) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    terminal = Terminal(command, width=120, height=40, environ=environ)
    output = terminal.run_to_end(20)
    assert b"this program failed: RuntimeError in crash.py, line 6" in output
    assert SECRET.encode() not in output
    assert terminal.exit_code != 0
