"""A source that tells a fixed story, and a clock that stands still: for pinned screens."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Iterable

import httpx
import numpy as np
from textual.pilot import Pilot

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import FaultKind
from nhem_tui.config.schema import Settings
from nhem_tui.simulator.picture import data_url
from nhem_tui.stream import events as ev
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Clock, Context

NOW = 1_790_000_000.0
"""Unix time of every pinned screen."""
MONOTONIC = 1000.0
RATE = 45.0
PASSWORD = "31415"

Compare = Callable[..., bool]
"""The fixture `snap_compare`: whether an app looks as it did."""


class ScriptedSource:
    """Tells its events, then stays silent until closed; tests may add more."""

    label = "localhost:8421"

    def __init__(self, events: Iterable[ev.Event]) -> None:
        self.queue: asyncio.Queue[ev.Event] = asyncio.Queue()
        for event in events:
            self.queue.put_nowait(event)
        self.retries = 0
        self.picture_rate = 0.0

    async def events(self) -> AsyncGenerator[ev.Event, None]:
        while True:
            yield await self.queue.get()

    def retry_now(self) -> None:
        self.retries += 1

    def want_pictures(self, rate: float) -> None:
        self.picture_rate = rate


def signal(count: int, *, seed: int = 7) -> ev.FloatArray:
    """Gray levels with breathing, noise, two stable events and one unstable, shape (count,)."""
    rng = np.random.default_rng(seed)
    t = np.arange(count) / RATE
    values = 97 + 3 * np.sin(2 * np.pi * 0.25 * t) + rng.normal(0, 0.4, count)
    for centre, height, after in ((0.35, 28, 3.0), (0.62, 22, -1.5), (0.86, 25, 2.0)):
        x = t - centre * t[-1]
        values += height * np.exp(-((x / 0.45) ** 2)) + after * (1 / (1 + np.exp(-x * 6)))
    return np.round(values, 3)


def samples(
    channel: ev.Channel,
    first: int,
    t0: float,
    values: ev.FloatArray,
    *,
    rate: float,
    simulated: bool = False,
    epoch: int = 1,
) -> ev.Samples:
    numbers = np.arange(first, first + len(values))
    return ev.Samples(
        channel, epoch, numbers, t0 + np.arange(len(values)) / rate, values, simulated, NOW - 25.0
    )


def png() -> bytes:
    """A picture of 200×150 with a bright spot, and ROI 2 brighter than the rest of its corner."""
    y, x = np.mgrid[0:150, 0:200]
    gray = 40 + 130 * np.exp(-(((x - 110) / 55) ** 2) - ((y - 85) / 40) ** 2)
    gray[:37, :37] += 60
    return base64.b64decode(data_url(gray.astype(np.uint8)).partition(",")[2])


def picture(
    word: str = "", *, at: float = NOW - 0.2, size: tuple[int, int] = (200, 150), file: bytes = b""
) -> ev.PictureSeen:
    if word:
        image = ev.RoiImage(b"", word, 104.0, 0, 0)
        return ev.PictureSeen(at, 1, image, image)
    file = file or png()
    roi1, roi2 = ev.RoiImage(file, "", 101.44, *size), ev.RoiImage(file, "", 98.2, 37, 37)
    return ev.PictureSeen(at, 1, roi1, roi2)


def status(state: ev.ServerState, frame: int, value: float, baseline: float) -> ev.StatusSeen:
    return ev.StatusSeen(NOW, 1, state, frame, value, baseline, False, 100, 0.004)


def live(
    seconds: float = 25.0, *, state: ev.ServerState = "running", simulated: bool = False
) -> list[ev.Event]:
    """A session of so many seconds, with a gap of 40 frames four seconds before its end."""
    count = round(seconds * RATE)
    values = signal(count)
    cut = count - round(4 * RATE)
    roi = values[::11]
    return [
        ev.Connected(NOW - seconds, "http://localhost:8421", "1.0.0"),
        samples("main", 260_001, 0.0, values[:cut], rate=RATE, simulated=simulated),
        ev.Gap("main", 1, 260_001 + cut, 260_040 + cut),
        samples(
            "main",
            260_041 + cut,
            (cut + 40) / RATE,
            values[cut + 40 :],
            rate=RATE,
            simulated=simulated,
        ),
        samples("roi", 12_001, 0.0, roi, rate=RATE / 11),
        status(state, 260_000 + count, float(values[-1]), float(values[-45:].mean())),
    ]


def lost() -> list[ev.Event]:
    fault = ev.Fault(FaultKind.REFUSED, "nothing listens at localhost:8421")
    return [*live(), ev.ConnectionLost(NOW, fault), ev.Retrying(NOW, 3, 1.1, fault)]


class Backend:
    """The control endpoints of a server, without a network: keeps the commands that came."""

    def __init__(
        self, *, state: str = "running", roi: bool = True, password: str = PASSWORD
    ) -> None:
        self.state = state
        self.roi = roi
        self.password = password
        self.commands: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status":
            return httpx.Response(
                200,
                json={
                    "status": self.state,
                    "frame_count": 261_125,
                    "current_value": 101.5,
                    "peak_signal": None,
                    "buffer_size": 100,
                    "baseline": 100.0,
                    "timestamp": "2026-09-21T14:13:20.000001",
                },
            )
        if request.url.path != "/control":
            return httpx.Response(404, json={"detail": "Not Found"})
        form = dict(httpx.QueryParams(request.content.decode()))
        if form["password"] != self.password:
            return self._refuse(401, "UNAUTHORIZED")
        self.commands.append(form["command"])
        verb = form["command"].partition("_")[0]
        if verb == "start" and not self.roi:
            return self._refuse(400, "ROI_NOT_CONFIGURED")
        self.state = "running" if verb in ("start", "resume") else "stopped"
        return httpx.Response(
            200,
            json={"type": "control_response", "command": form["command"], "status": "success"},
        )

    @staticmethod
    def _refuse(status: int, word: str) -> httpx.Response:
        body = {"type": "error", "error_code": word, "error_message": word, "details": None}
        return httpx.Response(status, json=body)


def make_app(
    events: Iterable[ev.Event],
    *,
    settings: Settings | None = None,
    backend: Backend | None = None,
    read_only: bool = False,
    compact: bool = False,
) -> NhemApp:
    """An app on a scripted source with pinned clocks, and a backend that takes commands."""
    client = BackendClient(
        "http://localhost:8421",
        PASSWORD,
        read_only=read_only,
        transport=httpx.MockTransport(backend or Backend()),
    )
    return NhemApp(
        Context(
            source=ScriptedSource(events),
            client=client,
            settings=settings or Settings(),
            read_only=read_only,
            name="lab3",
            compact=compact,
            clock=Clock(lambda: MONOTONIC, lambda: NOW),
        )
    )


async def until(
    pilot: Pilot[None], condition: Callable[[], object], *, patience: float = 10
) -> None:
    """Wait until `condition` holds; fail when it never does."""
    for _ in range(round(patience / 0.01)):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("waited in vain")
