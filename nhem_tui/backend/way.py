"""The way to a server, checked as far as that can be done before anything is sent.

It knows nothing of httpx, which takes longer to import than the checks and is needed only then.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from nhem_tui import __version__
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.notation.address import Address

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How to trust an https server and how to be trusted by it.

    Attributes:
        ca_file: PEM file of the authorities to trust instead of the system's.
        cert_file: PEM file of the client's certificate.
        key_file: PEM file of its key, if not in `cert_file`.
        verify: check the server's certificate at all.
    """

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """How requests reach their server. Headers may hold a secret, so they are not in the repr.

    Attributes:
        address: of the server.
        connect_timeout: seconds for a connection.
        headers: sent with every request.
        context: TLS settings; empty ones for http.
    """

    address: Address
    connect_timeout: float
    headers: Mapping[str, str] = field(repr=False)
    context: ssl.SSLContext = field(repr=False)

    @classmethod
    def checked(
        cls,
        address: Address,
        *,
        connect_timeout: float,
        tls: TlsOptions,
        headers: Mapping[str, str],
    ) -> Self:
        """Check what the user asks for; `tls` is for https only.

        Raises:
            InvalidValue: a header cannot be sent, or a TLS file not be read.
        """
        return cls(address, connect_timeout, _headers(address, headers), _tls_context(address, tls))


def _headers(address: Address, extra: Mapping[str, str]) -> dict[str, str]:
    """Return what is sent with every request.

    Raises:
        InvalidValue: a header of the user's holds what no header can.
    """
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Cache-Control": "no-cache",  # of a proxy: what it kept is no measurement
        "User-Agent": f"nhem-tui/{__version__}",
    }
    if address.authorization:
        headers["Authorization"] = address.authorization
    for name, value in extra.items():
        if not _HEADER_NAME.fullmatch(name):
            text = f"{name!r} cannot be the name of a header: letters, digits and hyphens are"
            raise InvalidValue(text)
        if not value.isascii() or not value.isprintable():
            raise InvalidValue(f"the header {name!r} cannot be sent: its value is no plain ASCII")
        headers[name] = value
    return headers


def _tls_context(address: Address, options: TlsOptions) -> ssl.SSLContext:
    """Return the TLS settings; for http an empty one, since loading authorities takes 20 ms.

    Raises:
        InvalidValue: a file cannot be read or is no PEM file.
    """
    if not address.tls:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in filter(None, (options.ca_file, options.cert_file, options.key_file)):
        _check_readable(file)
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
    except ssl.SSLError:
        raise InvalidValue(f"the TLS file {options.ca_file} holds no certificate (PEM)") from None
    if options.cert_file is not None:
        try:
            context.load_cert_chain(options.cert_file, options.key_file)
        except ssl.SSLError:
            files = " and ".join(filter(None, (options.cert_file, options.key_file)))
            text = f"the TLS file {files} holds no certificate with its key (PEM)"
            raise InvalidValue(text) from None
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _check_readable(file: str) -> None:
    """Find out what ssl says without the name of the file.

    Raises:
        InvalidValue: it cannot be read.
    """
    try:
        Path(file).open("rb").close()
    except OSError as error:
        raise InvalidValue(f"the TLS file {file} cannot be read: {error.strerror}") from None
