"""Saving leaves to the user's own configuration file: first what it will be, then writing it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from nhem_tui.config.document import Document, parse_document, read_document
from nhem_tui.config.entries import KEYS, PROFILES
from nhem_tui.config.problems import ConfigError, Problem, UnwritableError
from nhem_tui.config.schema import by_path
from nhem_tui.config.values import checked
from nhem_tui.notation.whole_file import whole_file


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let no other program save to a configuration file between reading and writing it.

    Its folder is locked, which leaves nothing behind; the file itself is another one each time.
    Where that cannot be, whoever writes says why.
    """
    with ExitStack() as held:
        with suppress(OSError):
            folder = Path(os.path.realpath(file)).parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            held.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def changed(file: Path, changes: Mapping[str, object], *, profile: str = "") -> Document:
    """Return a configuration file as it will be; everything else in it stays as it is.

    Args:
        file: usually `Places.user_file`.
        changes: new values by the path of their leaf, or keys of an action, which are not checked,
            by ``keys.ACTION``; None takes it out of the file.
        profile: name of the profile they are for; empty for everybody.

    Raises:
        ConfigError: a value is not allowed, or what is there cannot be read, or holds a key twice
            (and is kept).
    """
    document = read_document(file)
    if document is not None and document.repeated:
        raise ConfigError(document.repeated)
    content: dict[str, Any] = {} if document is None else document.content
    tree = content
    adds = any(value is not None for value in changes.values())
    for name in (PROFILES, profile) if profile else ():
        tree = tree.setdefault(name, {}) if adds else tree.get(name, {})
        if not isinstance(tree, dict):
            raise ConfigError([Problem(str(file), f"{name} must be an object, {{…}}")])
    problems = []
    for path, raw in changes.items():
        section, _, name = path.partition(".")
        if raw is None:
            _take_out(tree, section, name)
            continue
        try:
            value = raw if section == KEYS else checked(by_path()[path], raw)
        except ValueError as error:
            problems.append(Problem(str(file), f"{path} {error}"))
            continue
        leaves = tree.setdefault(section, {})
        if isinstance(leaves, dict):
            leaves[name] = value
        else:
            problems.append(Problem(str(file), f"{section} must be an object, {{…}}"))
    if problems:
        raise ConfigError(problems)
    return parse_document(file, json.dumps(content, indent=2, ensure_ascii=False))


def _take_out(tree: dict[str, Any], section: str, name: str) -> None:
    """Remove a leaf, and its section where nothing else is in it."""
    leaves = tree.get(section)
    if isinstance(leaves, dict) and name in leaves:
        del leaves[name]
        if not leaves:
            del tree[section]


def write(document: Document) -> None:
    """Write a configuration file, with its folder where that is missing.

    Only its owner may read it, since it may hold the password.

    Raises:
        UnwritableError: the system refused.
    """
    text = json.dumps(document.content, indent=2, ensure_ascii=False)
    # What UTF-8 cannot hold, half of a surrogate pair, becomes the escape it was read from.
    content = text.encode("utf-8", "backslashreplace") + b"\n"
    try:
        folder = Path(os.path.realpath(document.path)).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with whole_file(document.path, private=True) as file:
            file.write(content)
    except OSError as error:
        problem = Problem(str(document.path), f"cannot be written: {error.strerror}")
        raise UnwritableError([problem]) from None
