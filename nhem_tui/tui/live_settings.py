"""Settings that change while the program runs: what follows at once, what at the next start."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nhem_tui.config.schema import Display, PeakDetection, Server, Settings
from nhem_tui.recording.following import chosen
from nhem_tui.stream.poller import LiveSource
from nhem_tui.tui import password
from nhem_tui.tui.screens.charts import ChartScreen
from nhem_tui.tui.view import View

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

AT_ONCE_OF_SERVER: Final = frozenset({"server.timeout", "server.password"})
"""What of the way to the server can change under way."""

NEXT_START: Final = frozenset({"logging.file", "logging.max_size", "logging.backup_count"})
"""Settings that are read once, besides the others of the server."""

IMAGE: Final = "display.image"
"""Whether there are pictures in pixels can only be asked before the screen is taken over."""

_VIEW: Final = ("window", "full_y", "grid", "peaks", "sweep", "plotext")
"""What of the user's view begins with a setting."""


def at_once(path: str, value: object) -> bool:
    """Tell whether the setting at `path` is in force at once when it becomes `value`."""
    if path == IMAGE:
        return value == "off"
    if path.startswith("server."):
        return path in AT_ONCE_OF_SERVER
    return path not in NEXT_START


def when(path: str) -> str:
    """When changes of the setting at `path` are in force, in words."""
    if path == IMAGE:
        return "off in force at once, else at the next start"
    return "in force at once" if at_once(path, None) else "in force at the next start"


def follow(app: NhemApp, before: Settings, after: Settings) -> None:
    """Put in force what differs; what the user changed on the screens meanwhile stays."""
    app.context.kept.opened = app.context.kept.opened or before
    old, new = before.display, after.display
    if old.theme != new.theme:
        app.theme = new.theme
    remote = "SSH_CONNECTION" in os.environ
    if old.framerate(remote=remote) != (rate := new.framerate(remote=remote)):
        app.context = replace(app.context, framerate=rate)
    _follow_pace(app, new)
    if old.layout != new.layout:
        for screen in app.screen_stack:
            if isinstance(screen, ChartScreen):
                screen.lay_out(compact=new.layout == "compact")
    if old.buffer_size != new.buffer_size:
        session = app.monitor.session
        session.main.resize(new.buffer_size)
        session.roi.resize(new.buffer_size)
    _follow_server(app, before.server, after.server)
    _follow_peaks(app, before, after)
    _follow_view(app, View.from_settings(before), View.from_settings(after))
    if before.logging.level != after.logging.level:
        logging.getLogger().setLevel(after.logging.level)


def _follow_pace(app: NhemApp, display: Display) -> None:
    """Look as often as is wished, but no more often than is painted."""
    source = app.context.source
    if isinstance(source, LiveSource):
        source.look_every(max(display.update_interval, 1 / app.context.framerate))


def _follow_server(app: NhemApp, old: Server, new: Server) -> None:
    client = app.context.client
    if client is not None and old.timeout != new.timeout:
        client.use_timeout(new.timeout)
    if client is not None and old.password != new.password:
        client.use_password(new.password)
        password.note(app, None)


def _follow_peaks(app: NhemApp, before: Settings, after: Settings) -> None:
    """Retune only what was changed: the other number may be the server's."""
    old, new, tracker = before.peak_detection, after.peak_detection, app.monitor.tracker
    names = {"threshold": "peak_threshold", "difference_threshold": "difference_threshold"}
    changed = {
        name: getattr(new, leaf)
        for name, leaf in names.items()
        if getattr(new, leaf) != getattr(old, leaf)
    }
    if changed:
        numbers = {name: getattr(tracker, name) for name in names} | changed
        app.tape.take(app.monitor.retune(**numbers))
        _follow_the_server(app, new)
    if old.color_peaks != new.color_peaks:
        app.refresh_css(animate=False)


def _follow_the_server(app: NhemApp, peaks: PeakDetection) -> None:
    """Take the server's numbers for those that are the user's choice no more."""
    monitor, told = app.monitor, app.monitor.standing.parameters
    if monitor.own is not None:
        monitor.own = chosen(peaks)
        tuned = None if told is None else monitor.follow(told)
        if tuned is not None:
            app.tape.take(tuned)


def _follow_view(app: NhemApp, old: View, new: View) -> None:
    changed = {
        name: getattr(new, name) for name in _VIEW if getattr(new, name) != getattr(old, name)
    }
    for screen in app.screen_stack:
        if changed and isinstance(screen, ChartScreen):
            screen.view = replace(screen.view, **changed)
