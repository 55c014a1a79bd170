"""Endpoints of the server's configuration file.

All but the import carry the password in the URL, where proxies and the server's log see it. What
they change is in the file and in memory; the running detector keeps its values (contract §9).
"""

from __future__ import annotations

import json

from nhem_tui.backend.caller import Caller
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.types import ConfigExport, Done, ServerConfig


class Configuring(Caller):
    """Reading and writing the configuration file."""

    async def config(self, section: str | None = None) -> ServerConfig:
        """Read all sections or one; the reply holds the server's password.

        Raises:
            Rejected: there is no such section.
        """
        return await self._get("/config", ServerConfig, {"section": section}, locked=True)

    async def set_config_value(self, section: str, key: str, value: object) -> Done:
        """Write one value, anything JSON can hold.

        The server checks the whole file when it saves and keeps a bad value in memory, so that
        every later save fails until `reload_config` (contract section 9).
        """
        query = {"section": section, "key": key, "value": _json(value)}
        return await self._post_query("/config", Done, query)

    async def reload_config(self) -> Done:
        """Make the server read its file again; cures a configuration that cannot be saved."""
        return await self._post_query("/config/reload", Done)

    async def export_config(self) -> ConfigExport:
        """Read the configuration as JSON text; it holds the server's password."""
        return await self._get("/config/export", ConfigExport, locked=True)

    async def import_config(self, config_json: str) -> Done:
        """Write a whole configuration; the server wants all six sections."""
        return await self._post("/config/import", Done, {"config_json": config_json})


def _json(value: object) -> str:
    """Write JSON.

    Raises:
        InvalidValue: JSON cannot hold it.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValue(f"this cannot be written as JSON: {error}") from None
