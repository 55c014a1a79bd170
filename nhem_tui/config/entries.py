"""One file as checked entries: those for everybody, and those of each profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from nhem_tui.config.document import Document, KeyPath
from nhem_tui.config.problems import Problem
from nhem_tui.config.schema import Field, Settings, by_path, fields
from nhem_tui.config.values import checked, respelled
from nhem_tui.notation.words import did_you_mean

PROFILES: Final = "profiles"
KEYS: Final = "keys"
_SECTIONS: Final = tuple(section.name for section in msgspec.structs.fields(Settings))


class Entry(Struct, frozen=True):
    """One value that the schema allows.

    Attributes:
        path: of its leaf, or ``keys.`` and the name of an action.
        value: of the leaf's type.
        source: where it stands: ``file:line``, a variable, a flag.
    """

    path: str
    value: object
    source: str


@dataclass
class Findings:
    """What is wrong anywhere, collected so that all of it is told at once.

    Attributes:
        problems: nothing is done before they are mended.
        warnings: what nobody reads, or reads only out of kindness.
        refused: paths of the leaves that have a problem.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def refuse(self, source: str, path: str, text: object) -> None:
        """Note what is wrong with the leaf at `path`."""
        self.refused.add(path)
        self.problems.append(Problem(source, f"{path} {text}"))


class Contents(Struct, frozen=True):
    """What a file holds.

    Attributes:
        entries: for everybody.
        profiles: by name, the entries for those who choose it.
    """

    entries: list[Entry]
    profiles: dict[str, list[Entry]]


def read_entries(document: Document, findings: Findings, *, owner_file: Path | None) -> Contents:
    """Check everything that a file holds, also profiles that nobody has chosen.

    Args:
        document: the file.
        findings: take in what is wrong.
        owner_file: for a file that anybody may have put there, where the user's own one is; some
            settings must stand in that. None for a file that is the user's own.
    """
    reader = _Reader(document, findings, owner_file)
    findings.problems += document.repeated
    content = {name: value for name, value in document.content.items() if name != PROFILES}
    return Contents(reader.sections(content, ()), reader.profiles())


class _Reader(Struct, frozen=True):
    document: Document
    findings: Findings
    owner_file: Path | None

    def profiles(self) -> dict[str, list[Entry]]:
        profiles = self.document.content.get(PROFILES, {})
        if not isinstance(profiles, dict):
            self._refuse((PROFILES,), "profiles must be an object of named profiles, {…}")
            return {}
        read = {}
        for name, content in profiles.items():
            place = (PROFILES, name)
            if not isinstance(content, dict):
                self._refuse(place, f"profile {name!r} must be an object, {{…}}")
                content = {}
            read[name] = self.sections(content, place)
        return read

    def sections(self, content: Mapping[str, object], within: KeyPath) -> list[Entry]:
        entries = []
        for section, leaves in content.items():
            place = (*within, section)
            if section not in _SECTIONS:
                self._warn_unknown(place, section, (*_SECTIONS, PROFILES))
            elif not isinstance(leaves, dict):
                self._refuse(place, f"{section} must be an object, {{…}}")
            else:
                for name, raw in leaves.items():
                    entry = self._entry(f"{section}.{name}", raw, (*place, name))
                    entries += [entry] if entry else []
        return entries

    def _entry(self, path: str, raw: object, place: KeyPath) -> Entry | None:
        source = self.document.source(place)
        leaf = by_path().get(path)
        if path.startswith(f"{KEYS}."):
            if isinstance(raw, str):
                return Entry(path, raw, source)
            self.findings.refuse(source, path, "must be text, names of keys")
        elif leaf is None:
            self._warn_unknown(place, path, by_path())
        else:
            try:
                return Entry(path, self._value(leaf, raw, source), source)
            except ValueError as error:
                self.findings.refuse(source, path, error)
        return None

    def _value(self, leaf: Field, raw: object, source: str) -> object:
        """Return the checked value of a leaf.

        Raises:
            ValueError: what is wrong, as the rest of a sentence about the leaf.
        """
        number = respelled(leaf, raw)
        value = checked(leaf, raw if number is None else number)
        if self.owner_file is not None and (leaf.own or _leads_away(leaf, value)):
            # Whoever can write into some folder must not choose what is run, read, trusted or
            # written for who stands in it.
            raise ValueError(f"must stand in your own configuration, {self.owner_file}")
        if number is not None:
            text = f"{leaf.path} is a number and needs no quotes"
            self.findings.warnings.append(Problem(source, text))
        return value

    def _refuse(self, place: KeyPath, text: str) -> None:
        self.findings.problems.append(Problem(self.document.source(place), text))

    def _warn_unknown(self, place: KeyPath, word: str, known: Iterable[str]) -> None:
        name = word.rpartition(".")[2]
        misplaced = [leaf.path for leaf in fields() if leaf.path.endswith(f".{name}")]
        near = f"; did you mean {misplaced[0]}?" if misplaced else did_you_mean(word, known)
        text = f"{word} is not a known key and is ignored{near}"
        self.findings.warnings.append(Problem(self.document.source(place), text))


def _leads_away(leaf: Field, value: object) -> bool:
    """Tell whether a log file would lie elsewhere than in the folder for logs."""
    return leaf.path == "logging.file" and Path(str(value)).name != value
