"""Saving leaves to the user's own configuration file."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhem_tui.config.document import read_document
from nhem_tui.config.layers import PROFILES
from nhem_tui.config.problems import ConfigError, Problem
from nhem_tui.config.schema import by_path
from nhem_tui.config.values import checked


def save(file: Path, changes: Mapping[str, object], *, profile: str = "") -> None:
    """Set some leaves in a configuration file and leave everything else in it as it is.

    Readers see the old file or the new one, never a half; only its owner may read it, since it
    may hold the password.

    Args:
        file: usually `Places.user_file`; created with its folder where missing.
        changes: new values by the path of their leaf.
        profile: name of the profile they are for; empty for everybody.

    Raises:
        ConfigError: a value is not allowed, what is there cannot be read (and is kept), or the
            system refused to write.
    """
    file = Path(os.path.realpath(file))  # a link, e.g. into a repository of settings, stays one
    document = read_document(file)
    content: dict[str, Any] = {} if document is None else document.content
    tree = content
    for name in (PROFILES, profile) if profile else ():
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            raise ConfigError([Problem(str(file), f"{name} must be an object, {{…}}")])
    problems = []
    for path, raw in changes.items():
        section, _, name = path.partition(".")
        try:
            value = checked(by_path()[path], raw)
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
    try:
        # What UTF-8 cannot hold, half of a surrogate pair, becomes the escape it was read from.
        text = json.dumps(content, indent=2, ensure_ascii=False)
        _write(file, text.encode("utf-8", "backslashreplace") + b"\n")
    except OSError as error:
        raise ConfigError([Problem(str(file), f"cannot be written: {error.strerror}")]) from None


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(descriptor)  # else a power cut may leave the new name on an empty file
        temporary.replace(file)
    except BaseException:
        temporary.unlink()
        raise
