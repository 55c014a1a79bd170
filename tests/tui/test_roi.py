"""The ROI screen by keyboard, against the simulated server."""

from __future__ import annotations

import gc
import sys
from copy import copy
from pathlib import Path

import httpx
import numpy as np
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from nhem_tui.backend.roi import Roi
from nhem_tui.config.schema import Display, Export, Settings
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Session
from nhem_tui.tui import roi_words
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.roi_draft import CORNERS
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.roi import PICTURE_RATE, RoiScreen
from nhem_tui.tui.widgets.number_row import NumberRow
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.picture_cells import PictureCells
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.opened import all_told, drawn, open_screen, pane, source, told
from tests.tui.pictures import settle
from tests.tui.scripted import NOW, Compare, live, lost, make_app, picture, png, samples, until
from tests.tui.simulated import NOT_A_NUMBER, SHAPES, SimulatedBackend

SIZE = (100, 30)
SET_ROI, SET_RATE, SET_FPS = "POST /roi/config", "POST /roi/frame-rate", "POST /data/fps"
RELOAD = "POST /config/reload"

SHIPPED = Roi(100, 100, 300, 250)
"""The region in the file of a new server."""

OTHER = Roi(200, 200, 400, 400)
"""One that another client sets."""


def field(app: NhemApp, name: str) -> Input:
    return app.screen.query_one(f"#{name}", NumberRow).query_one(Input)


def typed(app: NhemApp) -> list[str]:
    return [field(app, name).value for name in CORNERS]


def applied(app: NhemApp, name: str) -> str:
    return str(app.screen.query_one(f"#{name} .applied").render())


def notes(app: NhemApp) -> str:
    return pane(app, "notes")


def sentence(app: NhemApp) -> str:
    return " ".join(drawn(app).split())


def numbers(roi: Roi) -> list[str]:
    return [str(getattr(roi, name)) for name in CORNERS]


def set_by_another(backend: SimulatedBackend, roi: Roi) -> None:
    corners = {name: getattr(roi, name) for name in CORNERS}
    backend.server.config.change("roi_capture", default_config=corners)


async def roi_screen(pilot: Pilot[None], app: NhemApp) -> None:
    """Open the screen and wait until the server's numbers are shown."""
    await open_screen(pilot, app, "o")
    await until(pilot, lambda: applied(app, "x1") == "100" and applied(app, "fps") == "45 fps")


# --- the picture ------------------------------------------------------------------------------


async def test_it_shows_the_picture_with_roi_2_gray_values_and_age() -> None:
    app = make_app([*live(), picture()], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app) and "╭" in drawn(app))
        last = drawn(app).splitlines()[-1]
        assert "ROI 1 101.4" in last
        assert "ROI 2  98.2" in last
        assert "age 200 ms" in last
        source(app).queue.put_nowait(picture(at=NOW))
        await until(pilot, lambda: "age   0 ms" in drawn(app))


async def test_a_picture_that_was_shown_is_forgotten_at_once() -> None:
    """Nothing waits for Python's search for garbage, which would hold pictures for minutes."""
    first = picture()
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        gc.disable()
        try:
            source(app).queue.put_nowait(first)
            await until(pilot, lambda: "▀" in drawn(app))
            source(app).queue.put_nowait(picture(at=NOW))
            await until(pilot, lambda: "age   0 ms" in drawn(app))
            await until(pilot, lambda: sys.getrefcount(first) == 2)  # ours and the call's
        finally:
            gc.enable()


async def test_pictures_are_asked_for_only_while_they_are_seen() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        assert source(app).picture_rate == PICTURE_RATE
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        assert source(app).picture_rate == 0


async def test_pictures_can_be_off() -> None:
    settings = Settings(display=Display(image="off"))
    app = make_app([*live(), picture()], settings=settings, backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "Pictures are off" in sentence(app))
        assert "▀" not in drawn(app)
        assert "ROI 1" in drawn(app)  # the outline
        assert source(app).picture_rate == 0


async def test_with_16_colours_the_picture_is_mixed_from_four_grays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-16color")
    monkeypatch.delenv("COLORTERM")
    app = make_app([*live(), picture()], backend=SimulatedBackend())
    async with app.run_test(size=(100, 45)) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app))
        cells = app.screen.query_one(PictureCells)
        grays = {True: set(), False: set()}
        for y in range(cells.size.height):
            for segment in cells.render_line(y):
                for colour in (segment.style.color, segment.style.bgcolor):
                    grays[segment.text[0] == "▀"].add(colour and colour.triplet.red)
        assert grays[True] == {0, 85, 170}
        assert 255 not in grays[False], "what is no picture stays dark"


WORDS = {
    "roi_not_configured": "no ROI since it was started: apply one",
    "roi_capture_failed": "could not capture ROI 1",
    "roi2_extract_failed": "could not cut ROI 2",
    "roi_capture_error": "could not capture ROI 1",
    "no_picture": "sent no picture.",
    "roi1_capture_failed": "could not capture ROI 1",
    "unreadable_picture": "cannot be read",
    "roi1_capture_error": "could not capture ROI 1",
    "roi2_capture_error": "could not cut ROI 2",
    "[bold red]no[/]": "[bold red]no[/]",
}


async def test_a_word_instead_of_the_picture_is_a_sentence() -> None:
    app = make_app([*live(), picture()], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app))
        for at, (word, says) in enumerate(WORDS.items()):
            app.screen.query_one(RoiPicture).show(picture(word, at=NOW + at))
            assert says in sentence(app)
            assert "▀" not in drawn(app)
            assert "104" not in drawn(app)  # the baseline, which stands where a gray value would


async def test_a_picture_without_roi_2_is_shown_with_the_reason() -> None:
    seen = picture()
    half = replace(seen, roi2=ev.RoiImage(b"", "roi2_extract_failed", 104.0, 0, 0))
    app = make_app([*live(), half], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app) and "could not cut ROI 2" in sentence(app))
        assert "ROI 1 101.4  ROI 2     –" in drawn(app)


async def test_a_damaged_picture_is_said_and_the_next_one_shown() -> None:
    app = make_app([*live(), picture(file=png()[:90])], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "damaged" in sentence(app))
        source(app).queue.put_nowait(picture(at=NOW))
        await until(pilot, lambda: "▀" in drawn(app))
        assert "damaged" not in drawn(app)


async def test_without_pictures_it_says_why() -> None:
    app = make_app(live(state="stopped"), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "only while detection runs" in sentence(app))


async def test_a_picture_of_another_region_is_shown_without_outlines_and_said() -> None:
    app = make_app([*live(), picture(size=(400, 100))], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "another region (400×100)" in notes(app))
        assert "▀" in drawn(app)
        assert "╭" not in drawn(app)


def test_an_old_picture_has_its_age_as_a_warning() -> None:
    fresh, old = (roi_words.caption(picture(at=NOW - age), NOW, 60) for age in (1.0, 4.0))
    assert old.text.endswith("4.0 s")
    assert old.spans[-1][2] == "warning"
    assert fresh.spans[-1][2] == "text"


# --- editing ----------------------------------------------------------------------------------


async def test_arrows_move_and_with_shift_resize_the_draft_only() -> None:
    backend = SimulatedBackend()
    app = make_app([*live(), picture()], backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right", "right", "down", "left", "up", "up")
        assert typed(app) == ["110", "90", "310", "240"]
        await pilot.press("shift+right", "shift+down", "shift+down", "shift+left", "shift+up")
        assert typed(app) == ["110", "90", "310", "250"]
        await until(pilot, lambda: "draft" in drawn(app))
        sizes = [row.text.split() for row in app.screen.query_one("#sizes", TextPane).rows]
        assert sizes == [
            ["Width", "200", "200"],
            ["Height", "160", "150"],
            ["Centre", "210,170", "200,175"],
        ]
        assert [applied(app, name) for name in CORNERS] == numbers(SHIPPED)
        await pilot.press("d")
        assert typed(app) == numbers(SHIPPED)
        assert backend.writes() == []


async def test_s_changes_the_step() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("s", "right")
        assert typed(app)[0] == "101"
        assert "move 1 px" in notes(app)
        await pilot.press("s", "right")
        assert typed(app)[0] == "151"


async def test_numbers_are_typed_and_applied_with_enter() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("tab", *"0", "down", *"20", "tab", *"64", "tab", *"70", "enter")
        await until(pilot, lambda: "ROI 0,20–64,70 is applied" in told(app))
        assert backend.server.engine.region == (0, 20, 64, 70)
        assert [applied(app, name) for name in CORNERS] == ["0", "20", "64", "70"]
        await pilot.press("escape")  # out of the field, so that arrows move again
        await pilot.press("right")
        assert typed(app) == ["10", "20", "74", "70"]


@pytest.mark.parametrize("key", ["a", "enter"])
async def test_the_draft_is_applied_and_read_back(key: str) -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right", key)
        await until(pilot, lambda: "110,100–310,250 is applied (read back)" in told(app))
        assert backend.asked[-2:] == [SET_ROI, "GET /roi/config"]
        assert backend.server.engine.region == (110, 100, 310, 250)


async def test_the_same_region_can_be_applied_again_to_a_server_that_lost_it() -> None:
    backend = SimulatedBackend()
    backend.server.engine.region = None
    app = make_app([*live(), picture("roi_not_configured")], backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("a")
        await until(pilot, lambda: "is applied" in told(app))
        assert backend.server.engine.region == (100, 100, 300, 250)


async def test_u_takes_the_former_regions_back_one_by_one() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("u")
        await until(pilot, lambda: "Nothing to undo" in told(app))
        for x1 in (110, 120):
            await pilot.press("right", "a")
            await until(pilot, lambda x1=x1: f"ROI {x1},100" in told(app))
        for x1 in (110, 100):
            await pilot.press("u")
            await until(pilot, lambda x1=x1: f"ROI {x1},100" in told(app))
            assert typed(app)[0] == str(x1)
        assert backend.server.engine.region == (100, 100, 300, 250)
        await pilot.press("u")
        await until(pilot, lambda: "Nothing to undo" in told(app))
        assert backend.writes().count(SET_ROI) == 4


async def test_a_region_that_another_client_changed_meanwhile_is_said() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        config = {"x1": 5, "y1": 6, "x2": 105, "y2": 106}
        stamp = "2026-09-21T14:13:20.000001"
        backend.instead["GET /roi/config"] = httpx.Response(
            200, json={"type": "roi_config", "timestamp": stamp, "config": config, "success": True}
        )
        await pilot.press("right", "a")
        await until(pilot, lambda: "but has 5,6–105,106" in told(app))
        assert applied(app, "x1") == "5"


async def test_one_change_is_sent_while_the_server_thinks() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        backend.gate.clear()
        await pilot.press("a", "a", "enter")
        await until(pilot, lambda: "wait until it is done" in told(app))
        backend.gate.set()
        await until(pilot, lambda: "is applied" in told(app))
        assert backend.writes() == [SET_ROI]


async def test_an_edit_survives_reading_again() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right")
        backend.server.config.change(
            "roi_capture", default_config={"x1": 7, "y1": 8, "x2": 107, "y2": 108}
        )
        await pilot.press("r")
        await until(pilot, lambda: applied(app, "x1") == "7")
        assert typed(app)[0] == "110"
        await pilot.press("d")
        assert typed(app) == ["7", "8", "107", "108"]
        await pilot.press("d")
        assert "Nothing is changed" in told(app)


async def test_before_the_region_of_the_server_is_known_nothing_is_sent_and_no_edit_lost() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    backend.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "o")
        await until(pilot, lambda: "GET /roi/config" in backend.asked)
        await pilot.press("right", "a")
        assert "not known yet" in told(app)
        backend.gate.set()
        await until(pilot, lambda: applied(app, "x1") == "100")
        assert typed(app)[0] == "1490"
        await pilot.press("d")
        assert typed(app) == numbers(SHIPPED)
        assert backend.writes() == []


# --- fields -----------------------------------------------------------------------------------

OUT_OF_RANGE = {
    **{name: ["-1", "100001", "999999999999999999"] for name in CORNERS},
    "rate": ["0", "31", "60", "-4", "2.5", "999999999999999999"],
    "fps": ["9", "121", "-45", "45.5", "999999999999999999"],
}


async def test_nothing_is_sent_of_what_cannot_be_taken() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        for name, wrong in OUT_OF_RANGE.items():
            row = app.screen.query_one(f"#{name}", NumberRow)
            good = row.text
            for text in [*NOT_A_NUMBER, *wrong]:
                row.text = text
                assert "must be" in (row.problem or ""), text
                assert field(app, name).has_class("-bad"), text
            field(app, name).focus()
            app.tell("something else")
            await pilot.press("enter")
            assert told(app).startswith("Not sent: ")
            assert "must be" in told(app)
            row.text = good
        assert backend.writes() == []


@pytest.mark.parametrize(
    ("edge", "typed", "why"),
    [
        ("x2", "149", "simulated data"),
        ("y2", "149", "simulated data"),
        ("x1", "300", "x2 must be more than x1"),
    ],
)
async def test_less_than_50_by_50_is_refused_with_the_reason(
    edge: str, typed: str, why: str
) -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        field(app, edge).value = typed
        await until(pilot, lambda: why in notes(app))
        await pilot.press("a")
        await until(pilot, lambda: "Not sent" in told(app) and why in told(app))
        assert backend.writes() == []


async def test_the_roi_frame_rate_is_set_and_beyond_30_it_says_what_would_happen() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        field(app, "rate").focus()
        await pilot.press(*"31", "enter")
        await until(pilot, lambda: "can save no other setting until a reload" in told(app))
        assert "can save no other setting" in notes(app)
        await pilot.press("backspace", "0", "enter")
        await until(pilot, lambda: "frame rate is 30 Hz (read back)" in told(app))
        assert backend.server.roi_frame_rate == 30
        assert backend.writes() == [SET_RATE]
        assert applied(app, "rate") == "30 Hz"


async def test_the_data_rate_counts_from_the_next_start() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        field(app, "fps").focus()
        await pilot.press(*"120", "enter")
        await until(pilot, lambda: "120 frames/s from the next server start" in told(app))
        assert backend.server.config.section("data_processing")["fps"] == 120
        assert backend.writes() == [SET_FPS]
        assert applied(app, "fps") == "45 fps"


# --- what the server does ---------------------------------------------------------------------


async def test_a_picture_that_turns_simulated_after_the_change_is_warned_of_once() -> None:
    app = make_app([*live(), picture("roi1_capture_failed")], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "SIMULATED: the server makes the data up" in notes(app))
        assert "SIMULATED" not in told(app)  # not by a ROI of this screen
        await pilot.press("right", "a")
        await until(pilot, lambda: "is applied" in told(app))
        source(app).queue.put_nowait(picture(at=NOW + 0.5))
        source(app).queue.put_nowait(picture("roi1_capture_failed", at=NOW + 1))
        await until(pilot, lambda: told(app).startswith("u takes the former ROI back: SIMULATED"))
        await until(pilot, lambda: "screen locked?" in pane(app, "event"))
        app.tell("something else")
        source(app).queue.put_nowait(picture("roi1_capture_failed", at=NOW + 2))
        await until(pilot, lambda: app.monitor.pictures and app.monitor.pictures.at == NOW + 2)
        await pilot.pause(0.3)
        assert told(app) == "something else"


async def test_a_server_that_cannot_save_is_cured_by_a_reload() -> None:
    backend = SimulatedBackend()
    backend.server.config.try_change("roi_capture", frame_rate=45)
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right", "a")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RoiScreen))
        assert backend.writes() == [SET_ROI]
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "read its configuration file again" in told(app))
        assert backend.writes() == [SET_ROI, SET_ROI, RELOAD]
        assert typed(app)[0] == "110"
        await pilot.press("a")
        await until(pilot, lambda: "ROI 110,100–310,250 is applied" in told(app))


async def test_every_kind_of_error_is_shown_as_text() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=(160, 30)) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right")
        event = app.screen.query_one("#event", TextPane)
        for shape, reply in SHAPES.items():
            backend.instead[SET_ROI] = reply
            app.tell(f"next is {shape}")
            await pilot.press("a")
            await until(pilot, lambda: told(app).startswith("Applying the ROI: "))
            await until(pilot, lambda: "[bold red]no[/]" in event.rows[0].text)
            assert "\x1b" not in told(app)
            assert "31415" not in told(app)
            assert isinstance(app.screen, RoiScreen)
            assert (typed(app)[0], applied(app, "x1")) == ("110", "100")


async def test_a_refused_password_is_said_and_stays_said() -> None:
    backend = SimulatedBackend(password="another")
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("a")
        await until(pilot, lambda: "password refused" in told(app))
        await until(pilot, lambda: "K types another password" in pane(app, "why"))
        await pilot.press("right", "a")
        assert told(app).startswith("K types another password")
        assert typed(app)[0] == "110"
        assert "31415" not in all_told(app)


async def test_read_only_shows_everything_and_says_why_apply_is_grey() -> None:
    backend = SimulatedBackend()
    app = make_app([*live(), picture()], backend=backend, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app) and "--read-only" in pane(app, "why"))
        await pilot.press("right")
        assert typed(app)[0] == "110"
        for key in ("a", "u"):
            app.tell("something else")
            await pilot.press(key)
            await until(pilot, lambda: "--read-only" in told(app))
        field(app, "rate").focus()
        app.tell("something else")
        await pilot.press("enter")
        await until(pilot, lambda: "--read-only" in told(app))
        assert backend.writes() == []


async def test_without_a_connection_it_proposes_the_region_of_the_settings() -> None:
    backend = SimulatedBackend()
    app = make_app(lost(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, RoiScreen) and app.screen.is_mounted)
        await until(pilot, lambda: "No connection" in pane(app, "why"))
        assert typed(app) == ["1480", "480", "1580", "580"]
        await until(pilot, lambda: "no connection" in sentence(app))
        await pilot.press("a")
        await until(pilot, lambda: "No connection" in told(app))
        assert backend.writes() == []
        source(app).queue.put_nowait(ev.ConnectionRestored(NOW, 5.0))
        await until(pilot, lambda: typed(app) == numbers(SHIPPED))


async def test_escape_leaves_a_field_first_also_where_no_picture_fits() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=(50, 15)) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("tab", "escape")
        assert isinstance(app.screen, RoiScreen)
        await pilot.press("right")
        assert typed(app)[0] == "110"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_a_narrow_and_high_pane_has_room_for_the_picture_and_the_numbers() -> None:
    app = make_app([*live(), picture()], backend=SimulatedBackend())
    async with app.run_test(size=(60, 30)) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app))
        shown, panel = app.screen.query_one(RoiPicture), app.screen.query_one("#panel")
        assert shown.region.bottom == panel.region.y
        assert panel.max_scroll_y == 0
        assert app.focused is shown
        await pilot.resize_terminal(60, 29)
        await until(pilot, lambda: not shown.is_on_screen)
        await pilot.press("right")
        assert typed(app)[0] == "110"


async def test_a_number_in_force_is_never_without_its_end() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=(40, 30)) as pilot:
        await roi_screen(pilot, app)
        await until(pilot, lambda: applied(app, "x1") == "100")
        shown = []
        for width in range(40, 25, -1):
            await pilot.resize_terminal(width, 30)
            await until(pilot, lambda width=width: app.screen.size.width == width)
            await pilot.pause()
            line = app.screen._compositor.render_strips()[app.screen.query_one("#x1").region.y]
            shown.append("".join(line.text.split()[2:]))
        assert shown[0] == "100"
        assert all(text in ("100", "") or text.endswith("…") for text in shown), shown


async def test_the_advice_is_not_cut_off() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=(80, 24)) as pilot:
        await roi_screen(pilot, app)
        field(app, "rate").focus()
        await pilot.press(*"31", "enter")
        await until(pilot, lambda: pane(app, "event").endswith("no other setting until a reload."))


async def test_what_was_applied_can_be_undone_after_the_screen_was_left() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("right", "a")
        await until(pilot, lambda: "is applied" in told(app))
        await pilot.press("escape")
        await open_screen(pilot, app, "o")
        await until(pilot, lambda: applied(app, "x1") == "110")
        await pilot.press("u")
        await until(pilot, lambda: f"ROI {roi_words.corners(SHIPPED)} is applied" in told(app))
        assert backend.server.engine.region == (100, 100, 300, 250)


async def test_a_region_is_compared_also_when_the_screen_was_left_meanwhile() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        backend.holds = "POST"
        backend.gate.clear()
        await pilot.press("right", "a", "escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard) and backend.writes())
        config = {"x1": 5, "y1": 6, "x2": 105, "y2": 106}
        backend.instead["GET /roi/config"] = httpx.Response(
            200, json={"type": "roi_config", "config": config, "success": True}
        )
        backend.gate.set()
        await until(pilot, lambda: "but has 5,6–105,106" in all_told(app))
        assert app.context.kept.regions == [SHIPPED]
        assert not app.context.kept.changing


async def test_undo_brings_back_what_another_client_had_set() -> None:
    """What is taken back is what was in force, whatever the screen had shown last."""
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        set_by_another(backend, OTHER)
        await pilot.press("right", "a")
        await until(pilot, lambda: app.context.kept.regions == [OTHER])
        await pilot.press("u")
        await until(pilot, lambda: not app.context.kept.regions)
        await until(pilot, lambda: [applied(app, name) for name in CORNERS] == numbers(OTHER))
        section = backend.server.config.section("roi_capture")
        assert section["default_config"] == {name: getattr(OTHER, name) for name in CORNERS}


async def test_what_another_client_sets_is_shown_when_it_is_learnt() -> None:
    backend = SimulatedBackend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        field(app, "x2").value = "777"
        set_by_another(backend, OTHER)
        source(app).queue.put_nowait(ev.Parameters(NOW, {"roi": [200, 200, 400, 400]}))
        await until(pilot, lambda: [applied(app, name) for name in CORNERS] == numbers(OTHER))
        assert typed(app)[2] == "777", "what is being typed stays"


async def test_a_draft_is_there_again_when_the_screen_is_opened_again() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        field(app, "x2").value = "777"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await roi_screen(pilot, app)
        await until(pilot, lambda: "here again; d discards" in all_told(app))
        assert typed(app)[2] == "777"
        await pilot.press("d")
        await until(pilot, lambda: typed(app) == numbers(SHIPPED))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await roi_screen(pilot, app)
        assert typed(app) == numbers(SHIPPED)
        assert all_told(app).count("here again") == 1


async def test_w_saves_the_picture_as_it_came(tmp_path: Path) -> None:
    settings = Settings(export=Export(directory=str(tmp_path)))
    app = make_app(live(), settings=settings, backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await roi_screen(pilot, app)
        await pilot.press("w")
        await until(pilot, lambda: "no picture to save" in told(app))
        source(app).queue.put_nowait(picture())
        await until(pilot, lambda: app.monitor.pictures)
        for name in ("nhem-roi1-20260921-141319.png", "nhem-roi1-20260921-141319-2.png"):
            await pilot.press("w")
            await until(pilot, lambda name=name: told(app) == f"Saved {name} in {tmp_path}")
            assert (tmp_path / name).read_bytes() == png()


def test_the_rate_of_the_roi_is_told_only_while_samples_come() -> None:
    session = Session(2000, 200, lambda: 0.0)
    for event in live():
        session.apply(event)
    assert roi_words.rate_note(session) == "ROI samples come at 4.1 Hz."
    for change in ({"state": "stopped"}, {"link": "lost"}, {"roi_rate": None}):
        other = copy(session)
        other.snapshot = replace(session.snapshot, **change)
        assert roi_words.rate_note(other) == ""
    session.apply(samples("main", 270_000, 50.0, np.full(9, 100.0), rate=45))
    assert roi_words.rate_note(session) == "", "only the main signal goes on"


# --- how it looks -----------------------------------------------------------------------------

LOOKS = [
    *((state, size, "dark") for state in ("live", "draft") for size in ((80, 24), (120, 40))),
    ("word", (80, 24), "dark"),
    ("draft", (120, 40), "light"),
]


@pytest.mark.parametrize(
    ("state", "size", "theme"), LOOKS, ids=[f"{s}-{z[0]}x{z[1]}-{t}" for s, z, t in LOOKS]
)
def test_look(state: str, size: tuple[int, int], theme: str, snap_compare: Compare) -> None:
    seen = picture("roi1_capture_failed" if state == "word" else "")
    settings = Settings(display=Display(theme="light" if theme == "light" else "dark"))
    app = make_app([*live(), seen], settings=settings, backend=SimulatedBackend())

    async def run(pilot: Pilot[None]) -> None:
        await roi_screen(pilot, app)
        await until(pilot, lambda: ("▀" in drawn(app)) == (state != "word"))
        if state == "draft":
            await pilot.press("right", "right", "down", "shift+right", "shift+right")
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)
