"""The server's address as the user wrote it, taken apart and checked."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from nhem_tui.backend.errors import InvalidValue

_UNFIT: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"{}|^`\s]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is.

    Attributes:
        url: scheme, host, port and path prefix, without credentials and trailing slash.
        place: host and port, as error texts name the server.
        tls: the scheme is https.
        authorization: value of an `Authorization` header from ``user:pass@``, else empty.
        secrets: texts out of the address that must never be shown.
    """

    url: str
    place: str
    tls: bool
    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def parse_address(text: str) -> Address:
    """Take an address apart.

    Raises:
        InvalidValue: not http or https, no host, an impossible port, or a query in it.
    """
    text = text.strip()
    parts = _split(text)
    if parts is None or not parts.hostname:
        raise InvalidValue("the server's address is not a URL - write it as http://host:8421")
    if parts.query or parts.fragment:
        raise InvalidValue("the server's address must end before any ? or #")
    scheme = parts.scheme
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    authorization, secrets = _credentials(parts)
    return Address(
        url=f"{scheme}://{host}{port}{parts.path.rstrip('/')}",
        place=f"{host}:{parts.port or _DEFAULT_PORTS[scheme]}",
        tls=scheme == "https",
        authorization=authorization,
        secrets=secrets,
    )


def _split(text: str) -> SplitResult | None:
    """Return the parts of an http(s) URL, None if it is none; never an error with `text` in it."""
    if _UNFIT.search(text):
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _DEFAULT_PORTS and parts.port != 0
    except ValueError:  # port out of range, unbalanced bracket
        return None
    return parts if usable else None


def _credentials(parts: SplitResult) -> tuple[str, tuple[str, ...]]:
    """Return the basic authorisation header of ``user:pass@`` and what in it is secret."""
    if parts.username is None:
        return "", ()
    password = unquote(parts.password or "")
    pair = f"{unquote(parts.username)}:{password}"
    token = base64.b64encode(pair.encode()).decode()
    return f"Basic {token}", (token, pair, password)
