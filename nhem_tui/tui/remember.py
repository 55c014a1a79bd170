"""A setting that is changed elsewhere than on the settings screen: in force, saved, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.tui.setting_values import with_value
from nhem_tui.tui.settings_file import SettingsFile

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


async def remember(app: NhemApp, path: str, value: object, words: str) -> None:
    """Put a setting in force and save it.

    Args:
        app: changes it, and tells.
        path: of the setting.
        value: allowed by the schema.
        words: what is changed, e.g. ``Theme light``.
    """
    file = SettingsFile(app.settings)
    app.change_settings(with_value(app.settings, path, value))
    saved = await file.save(path, value)
    if saved is not None and saved.problem:
        app.tell(f"{words}, but not saved: {saved.problem}", "error")
    elif saved is not None and path in saved.hidden:
        app.tell(f"{words}, saved, but {saved.hidden[path]} is stronger at the next start")
    else:
        app.tell(f"{words}, saved", "good")
