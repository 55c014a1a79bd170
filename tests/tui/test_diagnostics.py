"""The diagnostics screen: seen, copied, saved; by keyboard alone."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import httpx
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, NoData, Refused, TimedOut
from nhem_tui.config.schema import Export, Server, Settings
from nhem_tui.stream import events as ev
from nhem_tui.stream.health import LinkHealth
from nhem_tui.stream.poller import LiveSource
from nhem_tui.tui import diagnosis
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Clock, Context
from nhem_tui.tui.process import Usage, read_usage
from nhem_tui.tui.screens import diagnostics
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.diagnostics import DiagnosticsScreen
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.opened import all_told, only_file, told
from tests.tui.pictures import settle
from tests.tui.scripted import (
    MONOTONIC,
    NOW,
    Backend,
    Compare,
    ScriptedSource,
    live,
    lost,
    make_app,
    until,
)

SIZE = (80, 24)
SECRET = "the-Pa55word-of-lab3"
STEM = "nhem-diagnostics-20260921-141320"
VERSIONS = {
    "nhem-tui": "0.1.0",
    "Python": "3.11.7",
    "textual": "8.2.8",
    "httpx": "0.28.1",
    "numpy": "2.4.6",
    "msgspec": "0.22.0",
    "plotext": "5.3.2",
    "Linux": "6.1.0",
}


class Rated(Backend):
    """A backend that also tells its nominal rate, or refuses to."""

    def __init__(self, fps: float | None = 45) -> None:
        super().__init__()
        self.fps = fps
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/data/fps":
            return super().__call__(request)
        self.asked += 1
        if self.fps is None:
            return httpx.Response(500, json={"detail": "[red]no[/] rate"})
        reply = {"type": "data_fps", "timestamp": "2026-09-21T14:13:20.000001", "fps": self.fps}
        return httpx.Response(200, json=reply)


class Meter:
    """Takes what no machine takes twice."""

    def __init__(self, clock: Clock) -> None:
        pass

    def look(self) -> tuple[Usage, float | None]:
        return Usage(cpu=12.34, memory=61_200_000, peak=64_000_000), 0.042


def health() -> LinkHealth:
    """An hour of requests to the usual endpoints, with some trouble at its beginning."""
    rng = np.random.default_rng(5)
    times = iter(NOW - 3000.0 + 10 * step for step in range(10))
    health = LinkHealth(monotonic=lambda: MONOTONIC - 3725.0, wall=lambda: next(times))

    def observe(endpoint: str, count: int, error: BackendError | None = None) -> None:
        for seconds in rng.gamma(2.0, 0.002, count) + 0.001:
            health.observe(endpoint, float(seconds), error)

    observe("GET /status", 3, Refused("nothing listens at localhost:8421 - is it running?"))
    observe("GET /status", 7450)
    observe("GET /health", 1)
    observe("GET /data/window-capture", 600)
    observe("GET /data/window-capture", 1, TimedOut("no answer within 5 s"))
    observe("GET /data/window-capture", 300)
    observe("GET /data/roi-window-capture", 20, NoData("no samples yet", status=404))
    observe("GET /data/roi-window-capture", 700)
    observe("GET /data/dual-realtime", 720)
    return health


def opened(
    events: list[ev.Event], *, backend: Rated | None = None, folder: Path | None = None
) -> NhemApp:
    """An app whose link has a past, and which saves into `folder`."""
    settings = Settings(export=Export(directory=str(folder or "")))
    app = make_app(events, backend=backend or Rated(), settings=settings)
    app.context = replace(app.context, health=health())
    return app


def page(app: NhemApp) -> str:
    return "\n".join(row.text for row in app.screen.query_one("#report", TextPane).rows)


def pin_frames(app: NhemApp) -> None:
    """Set the counts that the dashboard raises; it paints nothing while another screen is open."""
    app.context.frames.painted, app.context.frames.skipped = 74_500, 12


def look(app: NhemApp) -> None:
    """Take the facts now instead of within a second."""
    assert isinstance(app.screen, DiagnosticsScreen)
    app.screen.look()


async def open_page(pilot: Pilot[None], app: NhemApp, word: str) -> None:
    """Open the screen and wait for a word on its page."""
    await pilot.press("d")
    await until(pilot, lambda: isinstance(app.screen, DiagnosticsScreen) and word in page(app))


async def test_it_opens_tells_and_goes_back_to_the_dashboard() -> None:
    app = opened(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.rate)
        await open_page(pilot, app, "of 45 fps")
        for words in ("GET /data/window-capture", "timed out ×1", "1 h 02 min"):
            assert words in page(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_new_requests_show_while_it_is_open() -> None:
    app = opened(live())
    async with app.run_test(size=SIZE) as pilot:
        await open_page(pilot, app, "7 453")
        app.context.health.observe("GET /status", 0.002, None)
        pin_frames(app)
        look(app)
        assert "7 454" in page(app)
        assert "74 500 frames, 12 skipped" in page(app)


async def test_the_nominal_rate_is_asked_once_of_each_server_that_comes() -> None:
    backend = Rated(fps=45)
    app = opened(live(), backend=backend)
    source = app.context.source
    assert isinstance(source, ScriptedSource)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.rate)
        await open_page(pilot, app, "of 45 fps")
        assert isinstance(app.screen, DiagnosticsScreen)
        app.screen.refresh_body()
        assert all(each.is_finished for each in app.workers if each.group == "ask")
        assert backend.asked == 1
        backend.fps = 30
        source.queue.put_nowait(ev.Restarted(NOW, 2))
        await until(pilot, lambda: "of 30 fps" in page(app))
        assert backend.asked == 2
        source.queue.put_nowait(lost()[-2])
        await until(pilot, lambda: "of 30 fps" not in page(app))
        backend.fps = 60  # it may have come back as another one
        source.queue.put_nowait(ev.ConnectionRestored(NOW, 4.2))
        await until(pilot, lambda: "of 60 fps" in page(app))


async def test_a_refusal_to_tell_the_rate_is_said_and_the_page_stays() -> None:
    app = opened(live(), backend=Rated(fps=None))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.rate)
        await open_page(pilot, app, "GET /status")
        await until(pilot, lambda: "server fault · " in told(app))
        assert "[red]no[/] rate" in told(app)
        assert "45.0 fps" in page(app)


async def test_without_a_server_nothing_is_asked_and_all_keys_work(tmp_path: Path) -> None:
    backend = Rated()
    app = opened(lost(), backend=backend, folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await open_page(pilot, app, "refused ×3")
        before = told(app)
        await pilot.press("y")
        await until(pilot, lambda: told(app) != before)
        await pilot.press("w")
        await until(pilot, lambda: told(app).startswith("Saved"))
        assert backend.asked == 0


async def test_a_replay_has_asked_nothing() -> None:
    app = make_app(live())
    app.context = Context(app.context.source, None, Settings(), clock=app.context.clock)
    async with app.run_test(size=SIZE) as pilot:
        await open_page(pilot, app, "A recording asks no server.")
        assert "There is no server" not in told(app)
        taken = (read_usage(), None)
        since = app.context.health.began
        assert 0 <= diagnosis.diagnose(app, {}, taken, None).uptime <= time.monotonic() - since


async def test_a_small_terminal_scrolls_to_the_versions() -> None:
    app = opened(live())
    async with app.run_test(size=(50, 15)) as pilot:
        await open_page(pilot, app, "Versions")
        scroll = app.screen.query_one("#page")
        await until(pilot, lambda: scroll.max_scroll_y > 0)
        await pilot.press("end")
        await until(pilot, lambda: scroll.is_vertical_scroll_end and scroll.scroll_offset.y > 0)


# --- copied and saved -----------------------------------------------------------------------------


@pytest.mark.parametrize("tmux", [False, True])
async def test_y_copies_the_page_through_ssh_and_tmux(
    tmux: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    if tmux:
        monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")  # noqa: S108 - only its presence
    app = opened(live())
    async with app.run_test(size=SIZE) as pilot:
        await open_page(pilot, app, "GET /status")
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("y")
        await until(pilot, lambda: "clipboard" in told(app))
        sent = [text for text in written if "52;c;" in text]
    assert told(app).startswith(f"Sent {app.clipboard.count(chr(10))} lines")
    encoded = base64.b64encode(app.clipboard.encode()).decode()
    expected = [f"\x1b]52;c;{encoded}\x07"]
    if tmux:
        expected.append(f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\")
    assert sent == expected
    assert "GET /data/window-capture" in app.clipboard
    assert ("set-clipboard" in told(app)) is tmux


async def test_w_saves_a_new_file_each_time(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.json").write_text("of another day")
    app = opened(live(), folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await open_page(pilot, app, "GET /status")
        event = app.screen.query_one("#event", TextPane)
        await pilot.press("w")
        await until(pilot, lambda: told(app) == f"Saved {STEM}-2.json in {tmp_path}")
        await until(pilot, lambda: f"Saved {STEM}-2.json" in event.rows[0].text)
        await pilot.press("w")
        await until(pilot, lambda: told(app) == f"Saved {STEM}-3.json in {tmp_path}")
    assert (tmp_path / f"{STEM}.json").read_text() == "of another day"
    report = json.loads((tmp_path / f"{STEM}-2.json").read_text())
    assert report["server"]["address"] == "localhost:8421"
    assert report["requests"][0]["endpoint"] == "GET /status"


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "a file"
    folder.write_text("no folder")
    app = opened(live(), folder=folder)
    async with app.run_test(size=SIZE) as pilot:
        await open_page(pilot, app, "GET /status")
        await pilot.press("w")
        await until(pilot, lambda: told(app).startswith(f"Not saved in {folder}: "))
        assert app.monitor.journal.last is not None
        assert app.monitor.journal.last.severity == "error"


async def test_text_and_json_hold_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that the server sends back in an error."""
    monkeypatch.setenv("NHEM_PASSWORD", SECRET)
    backend = Backend()

    def echo(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status":
            return backend(request)
        asked = f"{request.headers} {request.url} {request.content.decode()} {SECRET}"
        return httpx.Response(500, json={"detail": f"a fault at {asked}"})

    link = LinkHealth()
    server = Server(
        base_url=f"http://lab:{SECRET}@localhost:8421",
        password=SECRET,
        headers={"X-Proxy": f"Bearer {SECRET}"},
    )
    client = BackendClient(
        server.base_url,
        server.password,
        headers=server.headers,
        transport=httpx.MockTransport(echo),
        observe=link.observe,
    )
    settings = Settings(server=server, export=Export(directory=str(tmp_path)))
    app = NhemApp(Context(LiveSource(client), client, settings, health=link))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "up")
        with pytest.raises(BackendError):
            await client.start()
        await open_page(pilot, app, "POST /control")
        await pilot.press("y", "w")
        await until(pilot, lambda: list(tmp_path.glob("*.json")))
        await until(pilot, lambda: "Saved" in all_told(app))
        shown = page(app)
    saved = only_file(tmp_path).read_text()
    report = msgspec.json.decode(saved)
    control = next(each for each in report["requests"] if each["endpoint"] == "POST /control")
    assert "a fault at" in control["last_error"]["text"]
    for text in (shown, app.clipboard, saved):
        assert "POST /control" in text
        assert SECRET not in text
        assert base64.b64encode(f"lab:{SECRET}".encode()).decode() not in text


# --- as it looks --------------------------------------------------------------------------------


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pin what no two machines have in common."""
    monkeypatch.setattr(diagnosis, "client_versions", lambda: VERSIONS)
    monkeypatch.setattr(diagnostics, "CpuMeter", Meter)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")  # noqa: S108 - only its presence


@pytest.mark.usefixtures("pinned")
@pytest.mark.parametrize(
    ("theme", "size"),
    [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))],
    ids=["dark-80x24", "dark-120x40", "light-80x24"],
)
def test_looks(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    app = opened(live())
    app.theme = theme

    async def run(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.monitor.session.snapshot.rate)
        await open_page(pilot, app, "of 45 fps")
        pin_frames(app)
        look(app)
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)
