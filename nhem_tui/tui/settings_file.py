"""The user's configuration file behind the settings screen: saved, and looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nhem_tui.config import layers, store
from nhem_tui.config.paths import Places, standard_places
from nhem_tui.config.problems import ConfigError
from nhem_tui.config.schema import Settings, fields, value_of

GIVEN: Final = "what the program was opened with"
"""Where a value comes from that no file and no variable explains: an option, or a profile."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving.

    Attributes:
        values: what was to be saved: path -> value, None for what was taken out of the file.
        problem: why it failed, empty if it did not.
        hidden: saved settings that something stronger hides at the next start: path -> what.
        origins: where each setting now comes from, empty while that is not known.
    """

    values: Mapping[str, object] = field(repr=False)
    problem: str
    hidden: Mapping[str, str]
    origins: Mapping[str, str]


class SettingsFile:
    """Saves changes in a thread, one batch after another, and knows where values come from."""

    def __init__(self, opened: Settings, places: Places | None = None) -> None:
        """Prepare; nothing is read yet.

        Args:
            opened: the settings that the program was opened with.
            places: where the files are; None for the standard ones.
        """
        self._places = places or standard_places()
        self._opened = opened
        self._given: frozenset[str] = frozenset()
        self._waiting: dict[str, object] = {}
        self._turn = asyncio.Lock()

    def short(self, origin: str) -> str:
        """An origin with ``~`` for the user's home."""
        home = str(self._places.home_file.parent.parent)
        return f"~{origin.removeprefix(home)}" if origin.startswith(f"{home}/") else origin

    def has(self, origin: str) -> bool:
        """Tell whether an origin is the user's own file."""
        return origin.startswith(f"{self._places.user_file}:")

    async def look(self, in_force: Settings) -> Mapping[str, str]:
        """Where each setting in force comes from; empty if the files cannot be read now."""
        loaded = await asyncio.to_thread(self._load)
        if loaded is None:
            return {}
        self._given = frozenset(
            leaf.path
            for leaf in fields()
            if value_of(loaded.settings, leaf.path)
            != value_of(self._opened, leaf.path)
            == value_of(in_force, leaf.path)
        )
        return self._origins(loaded)

    async def save(self, path: str, value: object) -> Saved | None:
        """Save one setting, together with those that came while another save was going on.

        Args:
            path: of the setting.
            value: None to take it out of the file.

        Returns:
            None if somebody else saved it meanwhile.
        """
        self._waiting[path] = value
        async with self._turn:
            batch, self._waiting = self._waiting, {}
            if not batch:
                return None
            return await asyncio.to_thread(self._save, batch)

    def _save(self, batch: Mapping[str, object]) -> Saved:
        try:
            with store.alone(self._places.user_file):
                document = store.changed(self._places.user_file, batch)
                loaded = layers.load(places=self._places, instead=document)
                store.write(document)
        except ConfigError as error:
            return Saved(batch, str(error.problems[0]), {}, {})
        origins = self._origins(loaded)
        hidden = {
            path: GIVEN if path in self._given else loaded.origins[path]
            for path, value in batch.items()
            if value is not None
            and (path in self._given or value_of(loaded.settings, path) != value)
        }
        return Saved(batch, "", hidden, origins)

    def _load(self) -> layers.Loaded | None:
        """What the next start would find; None if it would fail."""
        try:
            return layers.load(places=self._places)
        except ConfigError:
            return None

    def _origins(self, loaded: layers.Loaded) -> Mapping[str, str]:
        return {**loaded.origins, **dict.fromkeys(self._given, GIVEN)}
