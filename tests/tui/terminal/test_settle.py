"""What is typed ahead is for what it opens."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.screen import Screen

from benchmarks.dashboard import environment
from benchmarks.startup import curved
from benchmarks.terminal import Terminal
from nhem_tui.cli.main import main
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.tui.terminal import settle
from nhem_tui.tui.terminal.settle import QUESTION, Settling


def test_a_name_typed_ahead_steers_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = tmp_path / "tmpx.csv"  # letters that mean something on the dashboard: pause, stop
    with simulator("--running") as server:
        url = server.url()
        command = [sys.executable, "-m", "nhem_tui", "--url", url]
        environ = environment() | {"HOME": str(tmp_path)}
        terminal = Terminal(command, width=100, height=30, environ=environ)
        terminal.run_until(curved, 20)
        terminal.send(f"e\x01\x0b{name}\r".encode())  # ctrl+a, ctrl+k: without the proposed name
        terminal.run_until_new(lambda _: name.exists(), 20)
        assert terminal.close(b"q")[0] == 0
        assert main(["status", "--url", url]) == 0
        assert "running" in capsys.readouterr().out


async def test_a_question_that_is_slow_to_come_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settle, "PATIENCE", 0.05)
    app, forever = App[None](), asyncio.Event()
    async with app.run_test() as pilot:
        settling, looks = Settling(app), []
        asking = settling._asking

        def counted() -> bool:
            looks.append(asking())
            return looks[-1]

        monkeypatch.setattr(settling, "_asking", counted)
        worker = app.screen.run_worker(forever.wait(), group=QUESTION)
        await settling.wait()
        assert looks[0]
        looks.clear()
        await settling.wait()
        assert looks == [False]
        worker.cancel()
        app.push_screen(Screen())
        await settling.wait()
        await pilot.pause()
