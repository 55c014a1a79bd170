"""What this program is, and where its files are."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from nhem_tui.config.paths import standard_places
from nhem_tui.tui.diagnosis import client_versions
from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.widgets.plain import Plain


class About(Box[None]):
    """A few facts; any of the usual keys leaves them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Close")]

    def compose_text(self) -> ComposeResult:
        """Versions, server, files, licence."""
        versions, places = client_versions(), standard_places()
        server = self.app.monitor.session.snapshot.version or "not known"
        name, *others = versions.items()
        facts = (
            ("Watching", f"{self.app.context.source.label}, server version {server}"),
            ("Stands on", ", ".join(" ".join(pair) for pair in others)),
            ("Settings", str(places.user_file)),
            ("Log", str(places.state_dir / self.app.settings.logging.file)),
            ("Licence", "MIT"),
        )
        yield Plain(" ".join(name), classes="strong")
        yield Plain("A terminal client for NHEM servers.\n", classes="muted")
        for label, text in facts:
            yield Plain(f"{label}: {text}")

    def compose_foot(self) -> ComposeResult:
        """How to leave."""
        yield Plain("esc closes", classes="muted")

    def on_mount(self) -> None:
        """Title the box."""
        self.query_one("#box").border_title = "About"
