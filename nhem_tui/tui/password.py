"""The server's password while the program runs: whether it was refused, and another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend.errors import BackendError, Unauthorised
from nhem_tui.tui import words
from nhem_tui.tui.kept import Refusal
from nhem_tui.tui.remember import remember
from nhem_tui.tui.screens.prompt import Prompt

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

SETTING = "server.password"


def refusal(app: NhemApp) -> str:
    """What the server said of the password; empty while it is taken, or was not needed yet."""
    refused = app.context.kept.refusal
    return refused.text if refused is not None and refused.connection == _connection(app) else ""


def note(app: NhemApp, error: BackendError | None) -> None:
    """Remember whether the password was refused.

    Args:
        app: keeps it.
        error: of a request that needs the password; None when it was answered.
    """
    if error is None:
        app.context.kept.refusal = None
    elif isinstance(error, Unauthorised):
        app.context.kept.refusal = Refusal(error.text, _connection(app))


async def ask(app: NhemApp) -> None:
    """Ask the user for another password, put it in force and try it; run this in a worker."""
    client = app.context.client
    if client is None:
        app.tell("This is a replay: there is no server to control.", "warning")
        return
    said = refusal(app)
    why = f"{said[:1].upper()}{said[1:]}. " if said else ""
    prompt = Prompt(
        "Password of the server",
        f"{why}What is typed is in force at once, for this session.",
        check=_some,
        secret=True,
        keep="saves it",
    )
    answer = await app.push_screen_wait(prompt)
    if answer is None:
        return
    go_back = client.use_password(answer.value)
    try:
        await client.control_status()
    except Unauthorised as error:
        go_back()
        app.tell(f"Not taken, the password before stays: {error.text}", "error")
        return
    except BackendError as error:
        app.tell(f"Trying the password: {words.error_words(error.kind, error.text)}", "error")
        return
    note(app, None)
    if not answer.keep:
        app.tell("The server takes the password", "good")
    else:
        await remember(app, SETTING, answer.value, "The server takes the password")


def _connection(app: NhemApp) -> object:
    """The same as long as the same server process is connected."""
    snapshot = app.monitor.session.snapshot
    return snapshot.epoch, snapshot.since


def _some(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text
