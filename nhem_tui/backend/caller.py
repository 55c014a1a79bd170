"""One request from its parts to its typed reply: what every endpoint method shares."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from nhem_tui.backend.decode import read_reply
from nhem_tui.backend.errors import BackendError, InvalidValue, ReadOnly, Unauthorised
from nhem_tui.backend.sanitize import secret_words, shown
from nhem_tui.backend.way import TlsOptions, Way
from nhem_tui.backend.wire import Call, encode_pairs
from nhem_tui.notation.address import Address, parse_address

if TYPE_CHECKING:
    from nhem_tui.backend._httpx import httpx
    from nhem_tui.backend.transport import Transport

Wanted = TypeVar("Wanted", bound=msgspec.Struct)

Observer = Callable[[str, float, BackendError | None], None]
"""Told after each request: method and path, seconds it took, the error if there was one."""

Fields = Mapping[str, object]
"""Names and values of a query or form, before they are written out."""

_NOTHING: Final[Fields] = MappingProxyType({})
_FORM: Final = "application/x-www-form-urlencoded"


class Caller:
    """Sends requests with the password where it belongs and never lets it out again."""

    def __init__(
        self,
        url: str,
        password: str | Callable[[], str],
        *,
        via: int | None = None,
        timeout: float = 5.0,
        connect_timeout: float = 3.0,
        read_only: bool = False,
        tls: TlsOptions | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        observe: Observer | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: of the server, e.g. ``http://lab3:8421``; a path prefix is kept,
                ``user:pass@`` becomes basic authorisation.
            password: of the server, or a function that gives it each time one is needed.
            via: port of this machine that leads to the server, e.g. of a tunnel; the server keeps
                its own name wherever it is shown.
            timeout: seconds for a whole request.
            connect_timeout: seconds of them for the connection.
            read_only: refuse every request that changes something.
            tls: certificates for an https server.
            headers: sent with every request, for a proxy in front of the server.
            transport: replaces the network, for tests.
            observe: told of every request, for diagnostics.

        Raises:
            InvalidValue: the URL, a header or a TLS file cannot be used.
        """
        address = _address(url)
        headers = headers or {}
        self._url = address.url
        self._way = Way.checked(
            address if via is None else address.through(via),
            connect_timeout=connect_timeout,
            tls=tls or TlsOptions(),
            headers=headers,
        )
        self._timeout = timeout
        self._inner = transport
        self._transport: Transport | None = None
        self._give_password = password if callable(password) else lambda: password
        self._secrets = {*address.secrets, *secret_words(headers.values())}
        if isinstance(password, str):
            self._secrets.add(password)
        self._observe = observe
        self.read_only = read_only

    @property
    def url(self) -> str:
        """The server's address without credentials, fit to show."""
        return self._url

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"

    def _opened(self) -> Transport:
        """Return the transport; the first request makes it, as httpx takes long to import."""
        if self._transport is None:
            from nhem_tui.backend.transport import Transport

            self._transport = Transport(self._way, self._inner)
        return self._transport

    async def aclose(self) -> None:
        """Close all connections."""
        if self._transport is not None:
            await self._transport.aclose()

    def use_password(self, password: str) -> Callable[[], None]:
        """Send another password from now on.

        Returns:
            Goes back to the one before.
        """
        before = self._give_password
        self._give_password = lambda: password
        self._secrets.add(password)

        def go_back() -> None:
            self._give_password = before

        return go_back

    def use_timeout(self, timeout: float) -> None:
        """Wait so many seconds for a whole request from now on."""
        self._timeout = timeout

    async def _get(
        self,
        path: str,
        wanted: type[Wanted],
        query: Fields = _NOTHING,
        *,
        locked: bool = False,
        lenient: bool = False,
    ) -> Wanted:
        """Send a GET; `locked` puts the password into its query, `lenient` lets NaN through."""
        return await self._ask(
            Call("GET", path, self._encode(f"GET {path}", query, locked=locked), repeatable=True),
            wanted,
            lenient=lenient,
        )

    async def _post(
        self,
        path: str,
        wanted: type[Wanted],
        form: Fields = _NOTHING,
        *,
        locked: bool = True,
        writes: bool = True,
        repeatable: bool = False,
    ) -> Wanted:
        """Send a urlencoded form, with the password if it is `locked`."""
        endpoint = f"POST {path}"
        if writes:
            self._refuse_if_read_only(endpoint)
        call = Call(
            "POST",
            path,
            body=self._encode(endpoint, form, locked=locked).encode(),
            content_type=_FORM,
            repeatable=repeatable,
        )
        return await self._ask(call, wanted)

    async def _post_query(
        self, path: str, wanted: type[Wanted], query: Fields = _NOTHING
    ) -> Wanted:
        """Send a POST with everything in the query, as the configuration endpoints want it."""
        endpoint = f"POST {path}"
        self._refuse_if_read_only(endpoint)
        return await self._ask(
            Call("POST", path, self._encode(endpoint, query, locked=True)), wanted
        )

    async def _ask(self, call: Call, wanted: type[Wanted], *, lenient: bool = False) -> Wanted:
        """Send, decode, tell the observer; every error leaves here cleaned and redacted.

        The error raised is a new one: it has no cause, context or frames that hold the request.
        """
        failure: BackendError | None = None
        began = time.perf_counter()
        try:
            raw = await self._opened().send(call, call.timeout or self._timeout)
            reply = read_reply(raw, wanted, call, lenient=lenient)
        except BackendError as error:
            failure = self._fit_to_show(error, call.endpoint)
        if self._observe is not None:
            self._observe(call.endpoint, time.perf_counter() - began, failure)
        if failure is not None:
            raise failure
        return reply

    def _fit_to_show(self, error: BackendError, endpoint: str) -> BackendError:
        return type(error)(
            shown(error.text, self._secrets),
            status=error.status,
            code=shown(error.code, self._secrets, limit=80),
            endpoint=endpoint,
        )

    def _encode(self, endpoint: str, fields: Fields, *, locked: bool) -> str:
        """Write fields as the server reads them: None is left out, the password comes last.

        Callers keep the result in no variable: a crash report may show those.
        """
        pairs = [
            (name, str(value).lower() if isinstance(value, bool) else str(value))
            for name, value in fields.items()
            if value is not None
        ]
        if locked:
            pairs.append(("password", self._password(endpoint)))
        return encode_pairs(pairs)

    def _password(self, endpoint: str) -> str:
        """Return the password and remember it as something never to show."""
        password = self._give_password()
        if not password:
            raise Unauthorised(
                "this needs the server's password, and none is set", endpoint=endpoint
            )
        self._secrets.add(password)
        return password

    def _refuse_if_read_only(self, endpoint: str) -> None:
        if self.read_only:
            raise ReadOnly(f"read-only: {endpoint} was not sent", endpoint=endpoint)


def _address(url: str) -> Address:
    """Take the server's address apart.

    Raises:
        InvalidValue: it is none; the error holds nothing of it.
    """
    try:
        return parse_address(url)
    except ValueError as error:
        words = str(error)
    raise InvalidValue(f"the server's address {words}")
