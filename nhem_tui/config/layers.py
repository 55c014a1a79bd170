"""The settings in force, put together leaf by leaf.

Everything that is wrong anywhere is found before anything is refused, also where a stronger layer
covers it and in profiles that nobody has chosen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from nhem_tui.config.document import Document, read_document
from nhem_tui.config.entries import Contents, Entry, Findings, read_entries
from nhem_tui.config.paths import Places, standard_places
from nhem_tui.config.problems import ConfigError, Problem
from nhem_tui.config.regions import SIDES, region_problem
from nhem_tui.config.schema import Settings, by_path, fields
from nhem_tui.config.values import checked, from_text
from nhem_tui.notation.words import did_you_mean

DEFAULT: Final = "default"
"""Origin of a value that nobody has set."""


class Layer(IntEnum):
    """Where values come from, the weakest first."""

    DEFAULT = 0
    SYSTEM = 1
    HOME = 2
    USER = 3
    WORKING = 4
    PROFILE = 5
    ENVIRONMENT = 6
    FLAG = 7


_FILES: Final = (Layer.WORKING, Layer.USER, Layer.HOME, Layer.SYSTEM)
"""The layers of `Places.files`."""

SHORT_VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NHEM_BASE_URL": "server.base_url",
        "NHEM_URL": "server.base_url",
        "NHEM_PASSWORD": "server.password",
        "NHEM_TIMEOUT": "server.timeout",
        "NHEM_SSH": "server.ssh",
        "NHEM_UPDATE_INTERVAL": "display.update_interval",
        "NHEM_BUFFER_SIZE": "display.buffer_size",
        "NHEM_THEME": "display.theme",
        "NHEM_LOG_LEVEL": "logging.level",
        "NHEM_LOG_FILE": "logging.file",
    }
)
"""Short names of some leaves, the weaker of two first; they beat the long one, `variable_of`."""

PROFILE_VARIABLE: Final = "NHEM_PROFILE"


class Flag(Struct, frozen=True):
    """One value from the command line.

    Attributes:
        name: as the user wrote it, e.g. ``--url``.
        value: already of the leaf's type.
    """

    name: str
    value: object


class Loaded(Struct, frozen=True):
    """The settings in force and how they came about.

    Attributes:
        settings: every leaf has a valid value.
        origins: by path, where each leaf comes from; `DEFAULT` where nobody has set it.
        layers: by path, how strong that is.
        warnings: keys that nobody reads, one line each.
        profile: name of the profile in use, may be empty.
    """

    settings: Settings
    origins: Mapping[str, str]
    layers: Mapping[str, Layer]
    warnings: tuple[str, ...]
    profile: str


def variable_of(path: str) -> str:
    """Return the long variable of a leaf, e.g. ``NHEM_SERVER_BASE_URL``."""
    return "NHEM_" + path.replace(".", "_").upper()


def load(
    *,
    flags: Mapping[str, Flag] = MappingProxyType({}),
    profile: str = "",
    environ: Mapping[str, str] = os.environ,
    places: Places | None = None,
    instead: Document | None = None,
) -> Loaded:
    """Read all layers.

    Args:
        flags: values from the command line by the path of their leaf.
        profile: name of the profile; empty for that of ``NHEM_PROFILE``, or none.
        environ: variables of the environment.
        places: where the files are; None for the standard ones.
        instead: one of the files as it is going to be.

    Raises:
        ConfigError: everything that is wrong, in one.
    """
    pile = _Pile(places or standard_places())
    files = pile.read_files(instead)
    for layer, contents in files:
        pile.lay(layer, contents.entries)
    name = profile or environ.get(PROFILE_VARIABLE, "")
    if name:
        source = "--profile" if profile else PROFILE_VARIABLE
        pile.lay_profile([contents for _, contents in files], name, source)
    pile.lay_environment(environ)
    pile.lay_flags(flags)
    return pile.loaded(name)


@dataclass
class _Pile:
    """Layers laid on one another, the weakest first."""

    places: Places
    findings: Findings = field(default_factory=Findings)
    top: dict[str, tuple[Layer, Entry]] = field(default_factory=dict)

    def read_files(self, instead: Document | None) -> list[tuple[Layer, Contents]]:
        """Return what the files that exist hold, the weakest first."""
        files = []
        for layer, path in sorted(zip(_FILES, self.places.files, strict=True)):
            try:
                there = instead is not None and instead.path == path
                document = instead if there else read_document(path)
            except ConfigError as error:
                self.findings.problems += error.problems
                continue
            if document is not None:
                owner_file = self.places.user_file if layer is Layer.WORKING else None
                files.append((layer, read_entries(document, self.findings, owner_file=owner_file)))
        return files

    def lay(self, layer: Layer, entries: Iterable[Entry]) -> None:
        """Lay entries on the pile."""
        for entry in entries:
            self.top[entry.path] = layer, entry

    def lay_profile(self, files: Iterable[Contents], name: str, source: str) -> None:
        """Lay profile `name` on the pile, from whichever files have it, the weakest first."""
        known: set[str] = set()
        for contents in files:
            known |= contents.profiles.keys()
            self.lay(Layer.PROFILE, contents.profiles.get(name, ()))
        if name not in known:
            there_are = "; there are " + ", ".join(sorted(known)) if known else ""
            text = f"there is no profile {name!r}{there_are}{did_you_mean(name, known)}"
            self.findings.problems.append(Problem(source, text))

    def lay_environment(self, environ: Mapping[str, str]) -> None:
        """Lay the variables on the pile; an empty one counts as not set."""
        long = {variable_of(leaf.path): leaf.path for leaf in fields()}
        known = {**long, **SHORT_VARIABLES}
        by_leaf: dict[str, str] = {}
        for name, path in known.items():
            if not environ.get(name):
                continue
            if path in by_leaf and environ[by_leaf[path]] != environ[name]:
                self._warn(by_leaf[path], f"is not used: {name} is set as well")
            by_leaf[path] = name
        for path, name in by_leaf.items():
            try:
                value = from_text(by_path()[path], environ[name])
            except ValueError as error:
                self.findings.refuse(name, path, error)
            else:
                self.lay(Layer.ENVIRONMENT, [Entry(path, value, name)])
        self._warn_of_unknown(environ, {*known, PROFILE_VARIABLE})

    def lay_flags(self, flags: Mapping[str, Flag]) -> None:
        """Lay values from the command line on the pile."""
        for path, flag in flags.items():
            try:
                value = checked(by_path()[path], flag.value)
            except ValueError as error:
                self.findings.refuse(flag.name, path, error)
            else:
                self.lay(Layer.FLAG, [Entry(path, value, flag.name)])

    def loaded(self, profile: str) -> Loaded:
        """Return what the pile looks like from above.

        Raises:
            ConfigError: something in it is wrong.
        """
        settings = msgspec.convert(self._tree(), Settings)
        origins = {leaf.path: DEFAULT for leaf in fields()}
        origins |= {path: entry.source for path, (_, entry) in self.top.items()}
        layers = {leaf.path: Layer.DEFAULT for leaf in fields()}
        layers |= {path: layer for path, (layer, _) in self.top.items()}
        text = region_problem(settings.roi)
        if text and not self.findings.refused & {*SIDES}:
            source = origins[max(SIDES, key=lambda path: layers[path])]
            self.findings.problems.append(Problem(source, text))
        found = self.findings
        loaded = Loaded(settings, origins, layers, tuple(map(str, found.warnings)), profile)
        if found.problems:
            raise ConfigError(found.problems, found.warnings, loaded)
        return loaded

    def _tree(self) -> dict[str, dict[str, Any]]:
        tree: dict[str, dict[str, Any]] = {}
        for path, (_, entry) in self.top.items():
            section, _, name = path.partition(".")
            tree.setdefault(section, {})[name] = entry.value
        return tree

    def _warn_of_unknown(self, environ: Mapping[str, str], known: Iterable[str]) -> None:
        for name in environ:
            # The server's own variables begin alike, so only what looks like a typo is told.
            if name.startswith("NHEM_") and name not in known:
                near = did_you_mean(name, known)
                if near:
                    self._warn(name, f"this variable is not known{near}")

    def _warn(self, source: str, text: str) -> None:
        self.findings.warnings.append(Problem(source, text))
