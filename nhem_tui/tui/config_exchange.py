"""What the screen of the server's configuration asks of the server and of the disk.

What these functions hold may contain the password: it leaves them masked, or as a `Secret`.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path as FilePath
from typing import Any

from msgspec import Struct

from nhem_tui.backend import config_tree
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.config_tree import Change, Path
from nhem_tui.backend.errors import BadData, InvalidValue
from nhem_tui.backend.json_values import read_json
from nhem_tui.config.secrets import Secret
from nhem_tui.notation.paths import exists, is_folder, stamped
from nhem_tui.tui.private_file import named_file, read_named, write_private


class Written(Struct, frozen=True):
    """What came of writing a file, in words."""

    succeeded: bool
    words: str


async def read(client: BackendClient) -> dict[str, Any]:
    """Read the whole configuration, passwords masked."""
    return config_tree.masked((await client.config()).config)


class Replaced(Struct, frozen=True):
    """What came of writing one value.

    Attributes:
        tree: the configuration afterwards, passwords masked.
        arrived: the value stands in it.
        before: what stood there, JSON; None if there was nothing.
    """

    tree: dict[str, Any]
    arrived: bool
    before: Secret | None


async def write(client: BackendClient, path: Path, wanted: Secret) -> Replaced:
    """Write one value, JSON, and read the configuration again.

    Raises:
        InvalidValue: with its neighbours it is nothing that the server should have.
    """
    section, key = path[0], path[1]
    value = json.loads(wanted.reveal())
    found = (await client.config(section)).config  # anybody may have changed it meanwhile
    there = dict(config_tree.leaves({section: found}))
    before = Secret(json.dumps(there[path])) if path in there else None
    if path[2:]:
        # The server replaces objects inside of a section as a whole.
        value = config_tree.replaced(found, path[1:], value)[key]
        if path[:2] == config_tree.REGION:
            config_tree.check_region(value)
    await client.set_config_value(section, key, value)
    after = (await client.config()).config
    arrived = config_tree.section(after, section).get(key) == value
    return Replaced(config_tree.masked(after), arrived, before)


async def export(client: BackendClient, file: FilePath, *, with_passwords: bool) -> Written:
    """Write the configuration into a new file that only its owner may read."""
    try:
        tree = read_json((await client.export_config()).config_json)
    except ValueError as error:
        raise BadData(f"the server exported no valid JSON: {error}") from None
    if not isinstance(tree, dict):
        raise BadData("the server exported JSON that is no configuration")
    shown = tree if with_passwords else config_tree.masked(tree)
    text = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    try:
        await asyncio.to_thread(write_private, file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        return Written(False, f"{file} cannot be written: {error.strerror}")
    return Written(True, f"Saved as {file}, readable only by you")


async def compare(client: BackendClient, wanted: Secret) -> tuple[list[Change], Secret]:
    """What an import would change, passwords masked, and all that it would send.

    Raises:
        InvalidValue: what would be sent is nothing that the server should have.
    """
    current = (await client.config()).config
    whole = config_tree.check_document(config_tree.unmasked(json.loads(wanted.reveal()), current))
    return _fit_to_show(config_tree.differences(current, whole)), Secret(_json(whole))


async def replace_all(client: BackendClient, whole: Secret) -> tuple[dict[str, Any], list[Change]]:
    """Send a whole configuration and read it back.

    Returns:
        What the server then has, passwords masked, and what of it is not as it was sent.
    """
    await client.import_config(whole.reveal())
    found = (await client.config()).config
    left = config_tree.differences(found, json.loads(whole.reveal()))
    return config_tree.masked(found), _fit_to_show(left)


def _fit_to_show(changes: list[Change]) -> list[Change]:
    return [
        Change(change.path, "", "") if config_tree.is_secret(change.path) else change
        for change in changes
    ]


# --- files ----------------------------------------------------------------------------------------


def proposal(directory: str, at: float) -> FilePath:
    """A name for an export made at Unix time `at`."""
    return FilePath(directory or ".") / f"{stamped('nhem-server', at)}.json"


def new_file(text: str) -> FilePath:
    """The file that `text` names, which must not be there yet.

    Raises:
        InvalidValue: it is, or its folder is not.
    """
    file = named_file(text)
    if exists(file):
        raise InvalidValue("there is such a file already; it is not overwritten")
    if not is_folder(file.parent):
        raise InvalidValue(f"there is no folder {file.parent}")
    return file


def read_document(text: str) -> Secret:
    """Read the file that `text` names and that is to become the server's configuration, JSON.

    Raises:
        InvalidValue: it cannot be read, or the server would refuse it.
    """
    content = read_named(text)
    try:
        tree = read_json(content)
    except ValueError as error:
        raise InvalidValue(f"the file holds no valid JSON: {error}") from None
    document = Secret(_json(tree))
    config_tree.check_document(tree)
    return document


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, allow_nan=False)
