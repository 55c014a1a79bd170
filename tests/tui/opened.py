"""What the tests of all screens share: opening them, reading them, answering them."""

from __future__ import annotations

from pathlib import Path

from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, Static

from nhem_tui.stream import events as ev
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.scripted import RATE, ScriptedSource, samples, signal, until

SIZE = (120, 40)
"""Of a terminal that shows all the dashboard has."""


async def open_screen(pilot: Pilot[None], app: NhemApp, key: str) -> None:
    """Press the key of a screen and wait until it is there."""
    await until(pilot, lambda: app.monitor.session.snapshot.state or is_lost(app))
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, ToolScreen) and app.screen.is_open)
    await pilot.pause()


def is_lost(app: NhemApp) -> bool:
    return app.monitor.session.snapshot.link == "lost"


def pane(app: NhemApp, name: str) -> str:
    """The text of a pane, its lines joined as one sentence."""
    return " ".join(row.text.strip() for row in app.screen.query_one(f"#{name}", TextPane).rows)


def told(app: NhemApp) -> str:
    last = app.monitor.journal.last
    return last.text if last else ""


def all_told(app: NhemApp) -> str:
    return "\n".join(entry.text for entry in app.monitor.journal.entries)


def wrong(app: NhemApp) -> str:
    """What a question says of the answer."""
    return str(app.screen.query_one("#wrong", Static).content)


async def answer(pilot: Pilot[None], app: NhemApp, text: str) -> None:
    """Type an answer into the question that is open."""
    await until(pilot, lambda: isinstance(app.screen, Prompt) and bool(app.screen.query(Input)))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def refuses(pilot: Pilot[None], app: NhemApp, texts: list[str], words: str) -> None:
    """Give the question that is open answers that it must not take."""
    for text in texts:
        await answer(pilot, app, text)
        await until(pilot, lambda: words in wrong(app))
        app.screen.query_one(Input).value = f"{text}."
        await until(pilot, lambda: wrong(app) == "")


def source(app: NhemApp) -> ScriptedSource:
    found = app.context.source
    assert isinstance(found, ScriptedSource)
    return found


def happens(app: NhemApp, event: ev.Event) -> None:
    """Let the source tell something."""
    source(app).queue.put_nowait(event)


def drawn(app: NhemApp) -> str:
    """The text of the picture of the region."""
    return "\n".join(app.screen.query_one(RoiPicture).rows)


def only_file(folder: Path) -> Path:
    """The one file of a folder."""
    (path,) = folder.iterdir()
    return path


def dashboard(app: NhemApp) -> Dashboard:
    screen = app.screen_stack[0]
    assert isinstance(screen, Dashboard)
    return screen


def pane_text(app: NhemApp, selector: str) -> str:
    return "\n".join(row.text for row in dashboard(app).query_one(selector, TextPane).rows)


def chart_text(app: NhemApp, selector: str = "#signal") -> str:
    return "\n".join(row.text for row in dashboard(app).query_one(selector, Chart).rows)


def ready(app: NhemApp) -> bool:
    return any(word in pane_text(app, "#top") for word in ("RUNNING", "STOPPED"))


def more(app: NhemApp, count: int = 45) -> ev.Samples:
    """The next second of the signal."""
    newest = app.monitor.session.main.last(1)
    first, t = int(newest.numbers[0]) + 1, float(newest.t[0]) + 1 / RATE
    return samples("main", first, t, signal(count, seed=9) + 40, rate=RATE)


def turn_wheel(chart: Chart, *, down: bool) -> None:
    """Turn the mouse's wheel by one step over a chart."""
    event = MouseScrollDown if down else MouseScrollUp
    chart.post_message(event(chart, 10, 5, 0, 1 if down else -1, 0, False, False, False))
