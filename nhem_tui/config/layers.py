"""The settings in force, put together leaf by leaf.

From strong to weak: flags, ``NHEM_*`` variables, the profile, the files (`Places.files`),
defaults. Everything that is wrong anywhere is found before anything is refused, also where a
stronger layer covers it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import msgspec

from nhem_tui.config.document import Document, KeyPath, read_document
from nhem_tui.config.paths import Places, standard_places
from nhem_tui.config.problems import ConfigError, Problem, did_you_mean, nearest
from nhem_tui.config.schema import Settings, by_path, fields
from nhem_tui.config.values import checked, from_text

DEFAULT: Final = "default"
"""Origin of a value that nobody has set."""

PROFILES: Final = "profiles"
_KEYS: Final = "keys"
_SECTIONS: Final = tuple(section.name for section in msgspec.structs.fields(Settings))

SHORT_VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NHEM_URL": "server.base_url",
        "NHEM_BASE_URL": "server.base_url",
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
"""Short names of some leaves; every leaf also has a long one, `variable_of`."""

PROFILE_VARIABLE: Final = "NHEM_PROFILE"


@dataclass(frozen=True, slots=True)
class Flag:
    """One value from the command line.

    Attributes:
        name: as the user wrote it, e.g. ``--url``.
        value: already of the leaf's type.
    """

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings in force and how they came about.

    Attributes:
        settings: every leaf has a valid value.
        origins: by path, where each leaf comes from; `DEFAULT` where nobody has set it.
        warnings: keys that nobody reads, one line each.
        profile: name of the profile in use, may be empty.
    """

    settings: Settings
    origins: Mapping[str, str]
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
) -> Loaded:
    """Read all layers.

    Args:
        flags: values from the command line by the path of their leaf.
        profile: name of the profile; empty for that of ``NHEM_PROFILE``, or none.
        environ: variables of the environment.
        places: where the files are; None for the standard ones.

    Raises:
        ConfigError: everything that is wrong, in one.
    """
    pile = _Pile(places or standard_places())
    documents = pile.read_files()
    for document in documents:
        pile.add_sections(document, document.content)
    name = profile or environ.get(PROFILE_VARIABLE, "")
    if name:
        pile.add_profile(documents, name, "--profile" if profile else PROFILE_VARIABLE)
    pile.add_environment(environ)
    for path, flag in flags.items():
        pile.put(path, flag.value, flag.name)
    return pile.loaded(name)


@dataclass
class _Pile:
    """Layers laid on one another, the weakest first."""

    places: Places
    tree: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def read_files(self) -> list[Document]:
        """Return the files that exist, the weakest first."""
        documents = []
        for path in reversed(self.places.files):
            try:
                document = read_document(path)
            except ConfigError as error:
                self.problems += error.problems
            else:
                if document is not None:
                    documents.append(document)
        return documents

    def add_sections(
        self, document: Document, content: Mapping[str, object], within: KeyPath = ()
    ) -> None:
        """Lay the sections of a file, or of a profile in it, on the pile."""
        for section, leaves in content.items():
            source = document.source((*within, section))
            if section == PROFILES and not within:
                self._check_profiles(document)
            elif section not in _SECTIONS:
                self._warn_unknown(source, section, (*_SECTIONS, PROFILES))
            elif not isinstance(leaves, dict):
                self.problems.append(Problem(source, f"{section} must be an object, {{…}}"))
            else:
                for name, value in leaves.items():
                    place = document.source((*within, section, name))
                    self._add_leaf(document, f"{section}.{name}", value, place)

    def add_profile(self, documents: Iterable[Document], name: str, source: str) -> None:
        """Lay the sections of profile `name` on the pile, from whichever files have it."""
        known: set[str] = set()
        for document in documents:
            profiles = document.content.get(PROFILES)
            if not isinstance(profiles, dict):
                continue
            known |= profiles.keys()
            if isinstance(profiles.get(name), dict):
                self.add_sections(document, profiles[name], (PROFILES, name))
        if name not in known:
            there_are = "; there are " + ", ".join(sorted(known)) if known else ""
            text = f"there is no profile {name!r}{there_are}"
            self.problems.append(Problem(source, text + did_you_mean(nearest(name, known))))

    def add_environment(self, environ: Mapping[str, str]) -> None:
        """Lay the variables on the pile; an empty one counts as not set."""
        long = {variable_of(leaf.path): leaf.path for leaf in fields()}
        for name, path in {**SHORT_VARIABLES, **long}.items():
            if text := environ.get(name, ""):
                self._put_text(path, text, name)
        known = {*SHORT_VARIABLES, *long, PROFILE_VARIABLE}
        for name in environ:
            # The server's own variables begin alike, so only what looks like a typo is told.
            if name.startswith("NHEM_") and name not in known and (near := nearest(name, known)):
                text = f"this variable is not known{did_you_mean(near)}"
                self.warnings.append(Problem(name, text))

    def put(self, path: str, raw: object, source: str) -> None:
        """Lay one value on the pile."""
        try:
            value = checked(by_path()[path], raw)
        except ValueError as error:
            self.problems.append(Problem(source, f"{path} {error}"))
        else:
            self._set(path, value, source)

    def loaded(self, profile: str) -> Loaded:
        """Return what the pile looks like from above.

        Raises:
            ConfigError: something in it is wrong.
        """
        if self.problems:
            raise ConfigError(self.problems)
        origins = {leaf.path: DEFAULT for leaf in fields()} | self.origins
        settings = msgspec.convert(self.tree, Settings)
        return Loaded(settings, origins, tuple(map(str, self.warnings)), profile)

    def _put_text(self, path: str, text: str, source: str) -> None:
        try:
            value = from_text(by_path()[path], text)
        except ValueError as error:
            self.problems.append(Problem(source, f"{path} {error}"))
        else:
            self._set(path, value, source)

    def _add_leaf(self, document: Document, path: str, value: object, source: str) -> None:
        if path.startswith(f"{_KEYS}."):
            if isinstance(value, str):
                self._set(path, value, source)
            else:
                self.problems.append(Problem(source, f"{path} must be text, names of keys"))
        elif path not in by_path():
            self._warn_unknown(source, path, by_path())
        elif path == "server.password_command" and document.path == self.places.working_file:
            # Whoever can write into some folder must not choose what runs for who stands in it.
            text = f"{path} must stand in your own configuration, {self.places.user_file}"
            self.problems.append(Problem(source, text))
        else:
            self.put(path, value, source)

    def _check_profiles(self, document: Document) -> None:
        profiles = document.content[PROFILES]
        if not isinstance(profiles, dict):
            text = "profiles must be an object of named profiles, {…}"
            self.problems.append(Problem(document.source((PROFILES,)), text))
            return
        for name, content in profiles.items():
            if not isinstance(content, dict):
                text = f"profile {name!r} must be an object, {{…}}"
                self.problems.append(Problem(document.source((PROFILES, name)), text))

    def _warn_unknown(self, source: str, word: str, known: Iterable[str]) -> None:
        name = word.rpartition(".")[2]
        misplaced = [leaf.path for leaf in fields() if leaf.path.endswith(f".{name}")]
        near = misplaced[0] if misplaced else nearest(word, known)
        text = f"{word} is not a known key and is ignored{did_you_mean(near)}"
        self.warnings.append(Problem(source, text))

    def _set(self, path: str, value: object, source: str) -> None:
        section, _, name = path.partition(".")
        self.tree.setdefault(section, {})[name] = value
        self.origins[path] = source
