"""One run of one command: its arguments, its output, its settings, its way to the server."""

from __future__ import annotations

import argparse
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from nhem_tui.backend.sanitize import secret_words
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import flag_of
from nhem_tui.cli.output import Output
from nhem_tui.notation.address import Address, parse_address

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.config.document import Document
    from nhem_tui.config.layers import Loaded
    from nhem_tui.config.schema import Settings

_LEAVES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "url": "server.base_url",
        "timeout": "server.timeout",
        "ssh": "server.ssh",
        "insecure": "server.insecure",
        "log_file": "logging.file",
    }
)
"""Which leaf of the settings an argument overrides."""


@dataclass(frozen=True)
class Call:
    """What every command is handed.

    Attributes:
        args: parsed arguments.
        out: stdout and stderr.
        environ: variables of the environment.
    """

    args: argparse.Namespace
    out: Output
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def secrets(self) -> list[str]:
        """Words that neither the log nor the output may hold; grows as they become known."""
        return self.out.secrets

    @cached_property
    def loaded(self) -> Loaded:
        """The configuration with its origins; its warnings are told once.

        Raises:
            ConfigError: it cannot be used.
        """
        return self.load()

    def load(self, instead: Document | None = None) -> Loaded:
        """Load the configuration, with one of its files as it is going to be; see `loaded`."""
        from nhem_tui.config.layers import Flag, load

        flags = {
            path: Flag(flag_of(name), getattr(self.args, name))
            for name, path in _LEAVES.items()
            if hasattr(self.args, name)
        }
        if "logging.file" in flags:  # a flag means the current folder, the configuration its own
            flags["logging.file"] = Flag("--log-file", str(Path(self.args.log_file).absolute()))
        profile = getattr(self.args, "profile", "")
        loaded = load(flags=flags, profile=profile, environ=self.environ, instead=instead)
        self._keep_secret(loaded)
        for warning in loaded.warnings:
            self.out.warn(warning, even_quiet=True)
        return loaded

    def _keep_secret(self, loaded: Loaded) -> None:
        """Keep what is secret in the settings out of log and output, should a server echo it."""
        from nhem_tui.config.layers import DEFAULT

        server = loaded.settings.server
        values = (*parse_address(server.base_url).secrets, *server.headers.values())
        self.secrets.extend(secret_words(values))
        if loaded.origins["server.password"] != DEFAULT:  # the shipped one is no secret
            self.secrets.append(server.password)

    @property
    def settings(self) -> Settings:
        """The settings in force.

        Raises:
            ConfigError: the configuration cannot be used.
        """
        return self.loaded.settings

    @property
    def address(self) -> Address:
        """Where the server is.

        Raises:
            ConfigError: the configuration cannot be used.
        """
        return parse_address(self.settings.server.base_url)

    def password(self) -> str:
        """Return the server's password and keep it out of the log from now on.

        Raises:
            SecretError: it cannot be had.
            CommandError: it was asked for, and not entered.
        """
        return self._password

    @property
    def password_source(self) -> str:
        """Where the server's password comes from, in words."""
        if self.asks_password:
            return "--ask-password"
        from nhem_tui.config.secrets import password_source

        return password_source(self.loaded)

    @property
    def asks_password(self) -> bool:
        """Whether the user wants to be asked for the server's password."""
        return bool(getattr(self.args, "ask_password", False))

    @cached_property
    def _password(self) -> str:
        if self.asks_password:
            from nhem_tui.cli.terminal import ask_secret

            password = ask_secret(self.out, "password of the server")
        else:
            from nhem_tui.config.secrets import resolve_password

            password = resolve_password(self.loaded).secret.reveal()
        self.secrets.append(password)
        return password

    def ask(
        self,
        work: Callable[[BackendClient, Call], Awaitable[ExitCode]],
        *,
        repeat: bool = False,
    ) -> ExitCode:
        """Open a client by the settings, do `work` with it, close everything.

        Args:
            work: prints nothing before its last request when it may be repeated.
            repeat: only reads, so that a failed link is worth another try.

        Raises:
            BackendError: a request failed for good.
        """
        from nhem_tui.cli.connection import ask

        return ask(self, work, attempts=self.settings.server.retry_attempts if repeat else 1)
