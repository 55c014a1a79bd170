"""The server's address as the user wrote it, taken apart and checked."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

_UNFIT: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"{}|^`\s]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is.

    Attributes:
        url: scheme, host, port and path prefix, without credentials and trailing slash.
        host: name or IP address, an IPv6 one without brackets.
        port: the one written, or that of the scheme.
        place: host and port, as error texts name the server.
        tls: the scheme is https.
        authorization: value of an `Authorization` header from ``user:pass@``, else empty.
        secrets: texts out of the address that must never be shown.
    """

    url: str
    host: str
    port: int
    place: str
    tls: bool
    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def through(self, port: int) -> Address:
        """Return the way to the same server through a port of this machine."""
        scheme = "https" if self.tls else "http"
        near = f"127.0.0.1:{port}"
        url = f"{scheme}://{near}{urlsplit(self.url).path}"
        return replace(self, url=url, place=f"{self.place} (by way of {near})")


def parse_address(text: str) -> Address:
    """Take an address apart.

    Raises:
        ValueError: not http or https, no host, an impossible port, or a query in it; the text is
            the rest of a sentence about the address and holds nothing of it.
    """
    parts = _split(text.strip())
    if parts is None or not parts.hostname:
        raise ValueError("must be a URL such as http://lab3:8421")
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #")
    scheme = parts.scheme
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    written = f":{parts.port}" if parts.port is not None else ""
    port = parts.port or _DEFAULT_PORTS[scheme]
    authorization, secrets = _credentials(parts)
    return Address(
        url=f"{scheme}://{host}{written}{parts.path.rstrip('/')}",
        host=parts.hostname,
        port=port,
        place=f"{host}:{port}",
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
    except ValueError:  # port out of range, unbalanced bracket, a sign that stands for a slash
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
