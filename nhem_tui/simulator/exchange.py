"""Requests and replies as the handlers and the HTTP connection pass them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl

import msgspec

Json = dict[str, Any]
"""A JSON object as the server sends it."""

JSON_TYPE = "application/json"


class Manner(Enum):
    """What becomes of the connection while or after a reply is sent."""

    WHOLE = auto()
    """The reply is sent and the connection stays."""
    DROP = auto()
    """The reply is sent, then the connection is closed unannounced."""
    TRUNCATE = auto()
    """Half of the body is sent, then the connection is closed."""
    RESET = auto()
    """Nothing is sent and the connection is reset."""
    NEVER = auto()
    """Nothing is sent and the connection stays open."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: in upper case.
        path: decoded, without query.
        query: names and values, the last of each name.
        headers: names in lower case.
        body: as received; it may hold the password.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    def form(self) -> dict[str, str]:
        """Return the fields of an urlencoded or multipart form; empty for any other body."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            return pairs(self.body.decode("utf-8", "replace"))
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, self.body)
        return {}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, ready to be sent.

    Attributes:
        status: of HTTP.
        body: of any length.
        content_type: of the body.
        headers: further ones, names in lower case.
        manner: what becomes of the connection.
        delay: seconds before the first byte.
    """

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    manner: Manner = Manner.WHOLE
    delay: float = 0.0


def encode(body: object) -> bytes:
    """Write JSON; NaN and infinities become null, as the server's encoder has it."""
    return msgspec.json.encode(body)


def pairs(text: str) -> dict[str, str]:
    """Read an encoded query or form."""
    return dict(parse_qsl(text, keep_blank_values=True))


def _multipart(kind: str, body: bytes) -> dict[str, str]:
    """Return the fields of a multipart body; of a file only its name."""
    from email.message import Message  # rarely needed, and slow to import

    header = Message()
    header["content-type"] = kind
    boundary = str(header.get_param("boundary", ""))
    fields = {}
    for part in body.split(b"--" + boundary.encode()):
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-disposition":
                part_header = Message()
                part_header["content-disposition"] = value.strip()
                field_name = part_header.get_param("name", header="content-disposition")
                file_name = part_header.get_filename()
                text = content.decode("utf-8", "replace") if file_name is None else file_name
                fields[str(field_name)] = text
    return fields
