"""A pane that nobody sees costs nothing, and is up to date when somebody looks."""

from __future__ import annotations

import asyncio
from contextvars import Context
from pathlib import Path

import pytest

from nhem_tui.tui.terminal import tmux
from nhem_tui.tui.terminal.tmux import Sight, look, pane_of
from tests.tui.opened import more, ready, source
from tests.tui.scripted import live, make_app, until


@pytest.mark.parametrize(
    ("answer", "sight"),
    [
        ("1 1 1", Sight.SEEN),
        ("0 1 1", Sight.DETACHED),
        ("1 0 1", Sight.HIDDEN),
        ("1 1 0", Sight.HIDDEN),
        ("", Sight.SEEN),
        ("no server running", Sight.SEEN),
    ],
)
async def test_what_tmux_answers(
    answer: str, sight: Sight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\n[ \"$4\" = '%3' ] && echo '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await look("%3") is sight


async def test_a_tmux_that_is_not_there_or_hangs_counts_as_somebody_who_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmux, "PATIENCE", 0.05)
    program = tmp_path / "tmux"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await look("%3") is Sight.SEEN
    program.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    program.chmod(0o755)
    assert await look("%3") is Sight.SEEN


def test_the_pane_is_known_inside_tmux_only() -> None:
    assert pane_of({"TMUX": "/run/tmux,1,0", "TMUX_PANE": "%3"}) == "%3"
    assert pane_of({"TMUX_PANE": "%3"}) is None
    assert pane_of({}) is None


async def test_a_key_after_nobody_was_attached_lets_the_charts_go_on() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app) and app.context.frames.painted)
        app.sight = Sight.DETACHED
        await pilot.pause()
        # As the thread that reads the terminal does: nothing is known there of an app.
        asyncio.get_running_loop().call_soon(app.note_touch, context=Context())
        await until(pilot, lambda: app.sight is Sight.SEEN)
        painted = app.context.frames.painted
        source(app).queue.put_nowait(more(app, 450))
        await until(pilot, lambda: app.context.frames.painted > painted)


async def test_nothing_is_painted_while_hidden_and_all_of_it_afterwards() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app) and app.context.frames.painted)
        app.sight = Sight.HIDDEN
        await pilot.pause(0.1)
        painted, kept = app.context.frames.painted, len(app.monitor.session.main)
        source(app).queue.put_nowait(more(app, 450))
        await until(pilot, lambda: len(app.monitor.session.main) > kept)
        await pilot.pause(0.3)
        assert app.context.frames.painted == painted
        app.note_touch()
        await until(pilot, lambda: app.context.frames.painted > painted)
