"""What is handed to the transport and what comes back: one request, one reply."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import msgspec

from nhem_tui.backend.errors import InvalidValue

_NO_TEXT: Final = "a value to be sent is not valid text (UTF-8)"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. Query and body may hold the password, so neither is in the repr.

    Attributes:
        method: ``GET`` or ``POST``.
        path: from the root of the API, e.g. ``/status``.
        query: the encoded query, without ``?``.
        body: bytes to send, empty for a GET.
        content_type: of the body.
        repeatable: may be sent again when a kept-alive connection turns out to be dead.
        timeout: seconds for the whole exchange, None for the client's own.
    """

    method: str
    path: str
    query: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    repeatable: bool = False
    timeout: float | None = None

    @property
    def endpoint(self) -> str:
        """Method and path: the name of the request wherever one is shown."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class RawReply:
    """What came back, undecoded; at most 16 MB."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def encode_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Encode a query or form; the same encoding serves both.

    Raises:
        InvalidValue: a value cannot be written as UTF-8 (it came from undecodable bytes).
    """
    try:
        return urlencode(list(pairs))
    except UnicodeEncodeError:
        pass  # raised below: the original error carries the value, which may be the password
    raise InvalidValue(_NO_TEXT)


def encode_json(body: msgspec.Struct) -> bytes:
    """Encode a JSON body.

    Raises:
        InvalidValue: as `encode_pairs`.
    """
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        pass  # as above
    raise InvalidValue(_NO_TEXT)


def encode_file(pairs: Iterable[tuple[str, str]], name: str, content: bytes) -> tuple[bytes, str]:
    """Encode form fields and one file named ``file``; return body and content type."""
    boundary = os.urandom(16).hex()
    rows = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in pairs
    ]
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    rows.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    head = "".join(rows).encode("utf-8", "replace")
    body = head + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
