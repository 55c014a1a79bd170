"""A JSON file and the line on which each of its keys stands."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from nhem_tui.config.problems import ConfigError, Problem

_LARGEST: Final = 1_000_000
"""Bytes; a configuration has a few thousand."""

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:]')

KeyPath = tuple[str, ...]


class Document(Struct, frozen=True):
    """One configuration file.

    Attributes:
        path: of the file, as it is shown.
        content: the outermost object.
        lines: line of each key, counted from 1; keys inside lists have none.
        repeated: keys that stand there twice, so that one of the values is lost silently.
    """

    path: Path
    content: dict[str, Any]
    lines: dict[KeyPath, int]
    repeated: tuple[Problem, ...] = ()

    def source(self, key: KeyPath) -> str:
        """Return ``file:line`` of a key."""
        line = self.lines.get(key)
        return str(self.path) if line is None else f"{self.path}:{line}"


def read_document(path: Path) -> Document | None:
    """Read a configuration file; None if there is no such file.

    Raises:
        ConfigError: it cannot be read, or holds no JSON object.
    """
    text = _read_text(path)
    return None if text is None else parse_document(path, text)


def parse_document(path: Path, text: str) -> Document:
    """Return what a configuration file with this text holds.

    Raises:
        ConfigError: it is no JSON object.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}"
        problem = Problem(place, f"no valid JSON: {error.msg} (column {error.colno})")
        raise ConfigError([problem]) from None
    except RecursionError:
        raise ConfigError([Problem(str(path), "no usable JSON: nested too deeply")]) from None
    except ValueError:  # a whole number of thousands of digits
        raise ConfigError([Problem(str(path), "no usable JSON: a number is too long")]) from None
    if not isinstance(content, dict):
        raise ConfigError([Problem(str(path), "must hold a JSON object, {…}")])
    lines: dict[KeyPath, int] = {}
    repeated = []
    for key, line in _keys(text):
        if key in lines:
            words = f"{'.'.join(key)} stands here again, before in line {lines[key]}"
            repeated.append(Problem(f"{path}:{line}", words))
        lines[key] = line  # JSON takes the last
    return Document(path, content, lines, tuple(repeated))


def _read_text(path: Path) -> str | None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError([Problem(str(path), "is no regular file")])
        if status.st_size > _LARGEST:
            raise ConfigError([Problem(str(path), "is too large for a configuration")])
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise ConfigError([Problem(str(path), "is not written in UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Problem(str(path), f"cannot be read: {error.strerror}")]) from None


def _keys(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Yield the keys of valid JSON with their lines, without those inside of lists.

    In valid JSON a colon outside of strings always follows a key.
    """
    open_containers: list[str | None] = []  # the current key of each; None in a list
    string, string_line, line, at = "", 1, 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        match match[0]:
            case "{" | "[":
                open_containers.append(None)
            case "}" | "]":
                open_containers.pop()
            case ":":
                open_containers[-1] = json.loads(string)
                key = tuple(name for name in open_containers if name is not None)
                if len(key) == len(open_containers):
                    yield key, string_line
            case quoted:
                string, string_line = quoted, line
