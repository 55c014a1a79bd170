"""Servers that lack an endpoint: said once, true until it is over; and their parameters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nhem_tui.backend.decode import read_reply
from nhem_tui.backend.errors import BackendError
from nhem_tui.backend.types import Status
from nhem_tui.backend.wire import Call, RawReply
from nhem_tui.simulator.router import Router
from nhem_tui.simulator.routes import realtime, roi, router, settings, state, windows
from nhem_tui.stream import events as ev
from nhem_tui.stream import lacks
from nhem_tui.stream.lacks import is_missing
from nhem_tui.stream.polling import main, parameters, pictures
from nhem_tui.stream.polling import roi as roi_polling
from tests.stream.live import Live, live

WINDOW = "GET /data/window-capture"
ROI = "GET /data/roi-window-capture"
PEAKS = "GET /peak-detection/config"


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Take an endpoint out of every simulator begun later."""

    def take_out(path: str) -> None:
        routes = [r for part in (state, realtime, roi, windows, settings) for r in part.ROUTES]
        kept = [r for r in routes if r.path != path]
        assert len(kept) < len(routes)
        monkeypatch.setattr("nhem_tui.simulator.server.router", lambda: Router(kept))

    return take_out


def put_back(bench: Live) -> None:
    """Give the simulator all endpoints."""
    bench.simulator._router = router()


@pytest.mark.parametrize(
    ("status", "body", "missing"),
    [
        (404, b'{"detail":"Not Found"}', True),
        (405, b'{"detail":"Method Not Allowed"}', True),
        (404, b"<!DOCTYPE html><html>nope</html>", True),
        (404, b"404: Not Found", True),
        (404, b"", True),
        (501, b'{"detail":"Not Implemented"}', True),
        (404, b'{"error_code":"No data available for capture"}', False),
        (500, b'{"error_code":"INTERNAL_ERROR"}', False),
        (401, b"", False),
        (200, b"", False),
    ],
)
def test_an_endpoint_is_missing_in_whatever_words(status: int, body: bytes, missing: bool) -> None:
    with pytest.raises(BackendError) as caught:
        read_reply(RawReply(status, {}, body), Status, Call("GET", "/data/window-capture"))
    assert is_missing(caught.value) == missing


async def test_the_fallback_ends_when_windows_are_there_again(
    monkeypatch: pytest.MonkeyPatch, without: Callable[[str], None]
) -> None:
    monkeypatch.setattr(main, "RECHECK", 0.2)
    without("/data/window-capture")
    async with live() as b:
        await b.play(0.5)
        (notice,) = b.listener.all(ev.Notice)
        assert (notice.fact, notice.over) == ("no window capture", False)
        put_back(b)
        await b.listener.until(lambda: len(b.listener.all(ev.Notice)) == 2)
        notice = b.listener.all(ev.Notice)[-1]
        assert (notice.fact, notice.over) == ("no window capture", True)
        _, seen = b.listener.newest()
        await b.play(1.0)
        numbers = [n for _, n in b.listener.numbers() if n > seen]
        assert numbers == list(range(seen + 1, b.frames + 1)), "every frame again"
        told = b.listener.kinds()
        assert (told["Restarted"], told["Renumbered"], told["Trouble"]) == (0, 0, 0)
        assert len(b.listener.numbers()) == len(set(b.listener.numbers()))
        values = {(1, f.number): f.value for f in b.simulator.truth.frames}
        last = b.listener.samples()[-1]
        assert last.values[-1] == values[1, b.frames]


async def test_missing_roi_samples_are_said_once_and_come_when_they_are_there(
    monkeypatch: pytest.MonkeyPatch, without: Callable[[str], None]
) -> None:
    monkeypatch.setattr(roi_polling, "RECHECK", 0.05)
    without("/data/roi-window-capture")
    async with live() as b:
        await b.play(0.5)
        await b.asked(ROI, 2)
        (notice,) = b.listener.all(ev.Notice)
        assert (notice.fact, notice.over) == ("no ROI samples", False)
        put_back(b)
        await b.roi_caught_up()
        assert [n.over for n in b.listener.all(ev.Notice)] == [False, True]
        assert b.listener.all(ev.Trouble) == []
        b.check()


async def test_missing_pictures_are_said_once_and_nothing_waits_for_them(
    monkeypatch: pytest.MonkeyPatch, without: Callable[[str], None]
) -> None:
    monkeypatch.setattr(pictures, "RECHECK", 60.0)
    without("/data/dual-realtime")
    async with live() as b:
        b.source.want_pictures(50)
        await b.play(0.5)
        (notice,) = b.listener.all(ev.Notice)
        assert (notice.fact, notice.over) == ("no ROI pictures", False)
        assert b.requests["GET /data/dual-realtime"] == 1
        b.check()


def take_out_now(bench: Live, *paths: str) -> None:
    """Take endpoints out of the simulator, which has been asked for them already."""
    routes = [r for part in (state, realtime, roi, windows, settings) for r in part.ROUTES]
    bench.simulator._router = Router(r for r in routes if r.path not in paths)


async def test_what_was_there_is_not_missing_because_one_answer_says_so() -> None:
    async with live() as b:
        await b.play(0.5)
        await b.roi_caught_up()
        take_out_now(b, "/data/window-capture", "/data/roi-window-capture")
        await b.asked(WINDOW, 2)
        await b.asked(ROI)
        put_back(b)
        await b.play(0.5)
        await b.roi_caught_up()
        b.check()
        assert b.listener.all(ev.Notice) == []
        assert b.requests["GET /data/realtime"] == 0


async def test_what_was_there_is_missing_if_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacks, "DOUBT", 0.1)
    async with live() as b:
        await b.play(0.5)
        take_out_now(b, "/data/window-capture")
        await b.listener.until(lambda: len(b.listener.all(ev.Notice)) == 1)
        (notice,) = b.listener.all(ev.Notice)
        assert (notice.fact, notice.over) == ("no window capture", False)


# --- parameters -----------------------------------------------------------------------------------


async def test_parameters_are_told_at_first_and_when_they_have_changed() -> None:
    async with live() as b:
        told = await b.listener.next(ev.Parameters)
        assert told.values == {
            "peak_threshold": 104.0,
            "difference_threshold": 1.1,
            "margin_frames": 5,
            "min_region_length": 5,
            "roi": [100, 100, 300, 250],
            "roi_frame_rate": 4.0,
            "fps": 45.0,
        }
        await b.client.set_peak_config(threshold=120.0)
        b.source.retry_now()
        told = await b.listener.next(ev.Parameters)
        assert told.values["peak_threshold"] == 120.0
        b.source.retry_now()
        await b.asked(PEAKS)
        await b.asked("GET /status", 2)
        assert b.listener.kinds()["Parameters"] == 2


async def test_parameters_are_read_again_after_a_restart_a_return_and_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with live() as b:
        await b.play(0.5)
        assert b.requests[PEAKS] == 1
        b.simulator.restart(keep_roi=True, running=True)
        await b.listener.next(ev.Restarted)
        await b.asked(PEAKS)
        monkeypatch.setattr(parameters, "INTERVAL", 0.01)
        b.simulator.drop_connections()
        b.source.retry_now()
        await b.asked(PEAKS, 3)
        assert b.listener.kinds()["Parameters"] == 1


async def test_a_parameter_that_is_not_told_for_once_is_still_the_same(
    without: Callable[[str], None],
) -> None:
    without("/peak-detection/config")
    async with live() as b:
        told = await b.listener.next(ev.Parameters)
        assert "peak_threshold" not in told.values
        assert told.values["fps"] == 45.0
        b.simulator.faults.set("storm500")
        b.source.retry_now()
        await b.listener.next(ev.ConnectionLost)
        b.simulator.faults.clear()
        b.source.retry_now()
        await b.listener.next(ev.ConnectionRestored)
        await b.asked(PEAKS)
        await b.asked("GET /status", 2)
        assert b.listener.kinds()["Parameters"] == 1
