"""A password that is refused: known on every screen, and typed anew without leaving the program."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from textual.widgets import Button, Input, Static, Tooltip
from textual.worker import WorkerFailed

from nhem_tui.config import layers, store
from nhem_tui.config.document import Document
from nhem_tui.stream import events as ev
from nhem_tui.tui import password
from nhem_tui.tui.screens.prompt import Prompt
from tests.tui.opened import all_told, answer, happens, open_screen, pane, pane_text, ready, told
from tests.tui.scripted import NOW, live, lost, make_app, until
from tests.tui.simulated import SimulatedBackend

SECRET = "geheim-4711"
SIZE = (120, 40)


async def test_what_one_screen_learns_all_know_and_the_dashboard_too() -> None:
    app = make_app(live(state="stopped"), backend=SimulatedBackend(password=SECRET))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        assert password.refusal(app) == ""
        await pilot.press("s")
        await until(pilot, lambda: "password refused" in told(app))
        assert "refused the password" in password.refusal(app)
        await pilot.press("s")
        assert told(app).startswith("K types another password")
        await until(pilot, lambda: app.screen.query_one("#detection_start", Button).disabled)
        for key, where in (("o", "why"), ("c", "empty"), ("i", "why")):
            await open_screen(pilot, app, key)
            await until(pilot, lambda w=where: "K types another password" in pane(app, w))
            await pilot.press("escape")
        await open_screen(pilot, app, "t")  # the server asks for no password there
        assert pane(app, "why") == ""


async def test_a_server_that_comes_back_may_take_it() -> None:
    app = make_app(live(), backend=SimulatedBackend(password=SECRET))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("s")
        await until(pilot, lambda: password.refusal(app))
        happens(app, ev.Restarted(NOW, 2))
        await until(pilot, lambda: password.refusal(app) == "")


@pytest.mark.parametrize("said", ["[bold]no[/]", "[/nope] [$x] ["])
async def test_a_grey_button_tells_the_reason_as_it_is(said: str) -> None:
    backend = SimulatedBackend()
    error = {"type": "error", "error_code": "UNAUTHORIZED", "error_message": said, "details": None}
    app = make_app(lost(), backend=backend)
    async with app.run_test(size=SIZE, tooltips=True) as pilot:
        button = app.screen.query_one("#detection_start", Button)
        await until(pilot, lambda: "No connection" in str(button.tooltip))
        happens(app, ev.ConnectionRestored(NOW, 5.0))
        await until(pilot, lambda: not button.disabled)
        backend.instead["POST /control"] = httpx.Response(401, json=error)
        await pilot.press("s")
        await until(pilot, lambda: said in str(button.tooltip))
        await pilot.hover("#detection_start")
        await until(pilot, lambda: app.screen.query_one(Tooltip).display)
        assert said in str(app.screen.query_one(Tooltip).visual)


async def test_a_crash_tells_no_values_of_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(document: Document) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(store, "write", fail)
    app = make_app(live(), backend=SimulatedBackend(password=SECRET))
    with pytest.raises(WorkerFailed):
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: ready(app))
            await pilot.press("K")
            await until(pilot, lambda: bool(app.screen.query(Input)))
            app.screen.query_one(Input).value = SECRET
            await pilot.press("ctrl+s")
            await until(pilot, lambda: app.failure)
    assert isinstance(app.failure, ZeroDivisionError)
    assert SECRET not in "".join(capsys.readouterr())


@pytest.mark.parametrize("keep", [False, True])
async def test_another_password_is_in_force_at_once_and_saved_on_wish_only(
    keep: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    backend = SimulatedBackend(password=SECRET)
    app = make_app(live(state="stopped"), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert app.screen.query_one(Input).password
        await pilot.press("enter")
        app.screen.query_one(Input).value = SECRET
        await pilot.press("ctrl+s" if keep else "enter")
        await until(pilot, lambda: "The server takes the password" in told(app))
        saved = layers.load().settings.server.password
        assert saved == (SECRET if keep else "31415")
        await pilot.press("s")
        await until(pilot, lambda: "Detection is running" in told(app))
        assert SECRET not in all_told(app) + app.export_screenshot()


async def test_a_wrong_one_does_not_cost_the_right_one() -> None:
    backend = SimulatedBackend()
    app = make_app(live(state="stopped"), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("K")
        await answer(pilot, app, "wrong-one")
        await until(pilot, lambda: told(app).startswith("Not taken"))
        assert password.refusal(app) == ""
        await pilot.press("s")
        await until(pilot, lambda: "Detection is running" in told(app))


async def test_the_keys_of_the_question_fit_a_small_pane() -> None:
    app = make_app(live(), backend=SimulatedBackend(password=SECRET))
    async with app.run_test(size=(50, 15)) as pilot:
        await until(pilot, lambda: "RUNNING" in pane_text(app, "#pane"))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        hint = app.screen.query_one("#foot .long", Static)
        await until(pilot, lambda: hint.size.width > 0)
        assert "ctrl+s saves it" in str(hint.content)
        assert len(str(hint.content)) <= hint.size.width


async def test_a_wrong_one_is_said_and_nothing_is_saved() -> None:
    app = make_app(live(), backend=SimulatedBackend(password=SECRET))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("K")
        await answer(pilot, app, "wrong-one")
        await until(pilot, lambda: told(app).startswith("Not taken, the password before stays"))
        assert "wrong-one" not in all_told(app)
        assert layers.load().settings.server.password == "31415"
