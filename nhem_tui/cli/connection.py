"""From settings to an open client: tunnel, certificates, password, retries, log."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager

from nhem_tui.backend.caller import Observer
from nhem_tui.backend.client import BackendClient, TlsOptions
from nhem_tui.backend.errors import BackendError, NoData
from nhem_tui.cli import interrupts, logs
from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, may_pass
from nhem_tui.cli.mending import unusable
from nhem_tui.cli.tunnel import open_tunnel
from nhem_tui.config.paths import standard_places
from nhem_tui.config.schema import Server
from nhem_tui.config.values import parse_size
from nhem_tui.stream.backoff import Backoff

_log = logging.getLogger(__name__)


def ask(
    call: Call, work: Callable[[BackendClient, Call], Awaitable[ExitCode]], *, attempts: int
) -> ExitCode:
    """Do `work` with an open client; see `Call.ask`."""
    start_log(call)
    prepare(call)
    with way_in(call) as via:
        return interrupts.run(_ask(call, via, work, attempts))


def prepare(call: Call) -> None:
    """Say and ask what must be said and asked before the first request."""
    server = call.settings.server
    if server.insecure and call.address.tls:
        call.out.warn("the server's certificate is not checked: anybody in between can read along")
    if call.asks_password:
        call.password()  # now: inside of the event loop Ctrl-C would not end the question


async def _ask(
    call: Call,
    via: int | None,
    work: Callable[[BackendClient, Call], Awaitable[ExitCode]],
    attempts: int,
) -> ExitCode:
    def tell(endpoint: str, seconds: float, error: BackendError | None) -> None:
        outcome = f": {error.kind.value}" if error else ""
        call.out.detail(f"{endpoint}: {seconds * 1000:.0f} ms{outcome}")

    backoff = Backoff(random.Random())  # noqa: S311 - jitter, no secret
    read_only = call.args.read_only
    server = call.settings.server
    async with make_client(
        server, call.password, via=via, read_only=read_only, observe=tell
    ) as client:
        while True:
            try:
                return await work(client, call)
            except BackendError as error:
                pause = backoff.next()
                if backoff.attempt >= attempts or not may_pass(error):
                    raise
                call.out.detail(f"{error.text}; another try in {pause:.1f} s")
            await asyncio.sleep(pause)


def make_client(
    server: Server,
    password: str | Callable[[], str],
    *,
    via: int | None,
    read_only: bool,
    observe: Observer | None = None,
) -> BackendClient:
    """Return a client by the settings; nothing is sent yet.

    Args:
        server: where it is and how it is reached.
        password: of that server, or a function that gives it.
        via: port of this machine through which it is reached, None for the straight way.
        read_only: refuse every request that changes something.
        observe: told of every request, besides the log.

    Raises:
        InvalidValue: the address, a header or a TLS file cannot be used.
    """
    tls = TlsOptions(
        ca_file=_expanded(server.tls_ca),
        cert_file=_expanded(server.tls_cert),
        key_file=_expanded(server.tls_key),
        verify=not server.insecure,
    )
    return BackendClient(
        server.base_url,
        password,
        via=via,
        timeout=server.timeout,
        read_only=read_only,
        tls=tls,
        headers=server.headers,
        observe=_note if observe is None else _both(_note, observe),
    )


def _expanded(name: str) -> str | None:
    """A file with ``~`` for a home written out; None for no file."""
    return os.path.expanduser(name) if name else None  # noqa: PTH111 - a home that is not there


def _both(first: Observer, second: Observer) -> Observer:
    def observe(endpoint: str, seconds: float, error: BackendError | None) -> None:
        first(endpoint, seconds, error)
        second(endpoint, seconds, error)

    return observe


def _note(endpoint: str, seconds: float, error: BackendError | None) -> None:
    # A server without data says so every second, all night: that is its answer.
    if error is None or isinstance(error, NoData):
        _log.debug("%s: %.0f ms", endpoint, seconds * 1000)
    else:
        _log.info("%s: %s: %s", endpoint, error.kind.value, error.text)


@contextmanager
def way_in(call: Call) -> Iterator[int | None]:
    """Hold the SSH tunnel open if one is wanted; yield its port on this machine.

    Raises:
        CommandError: there can be none; said with where it is asked for.
    """
    target = call.settings.server.ssh
    with ExitStack() as held:
        try:
            port = held.enter_context(open_tunnel(target, call.address)) if target else None
        except CommandError as error:
            raise unusable(call.loaded, "server.ssh", error.text, error.code) from None
        yield port


def start_log(call: Call) -> None:
    """Write the log to its file from now on.

    Raises:
        CommandError: a file named on the command line cannot be written.
    """
    settings = call.settings
    path = standard_places().state_dir / settings.logging.file
    try:
        logs.start(
            path,
            level=settings.logging.level,
            max_bytes=parse_size(settings.logging.max_size),
            backups=settings.logging.backup_count,
            secrets=call.secrets,
        )
    except OSError as error:
        text = f"cannot write the log {path}: {error.strerror}"
        if hasattr(call.args, "log_file"):
            raise CommandError(text, ExitCode.REFUSED) from None
        call.out.warn(text)
