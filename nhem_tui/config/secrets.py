"""The password: where it comes from, and a wrapper that does not show it."""

from __future__ import annotations

import importlib
import os
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from nhem_tui.config.layers import Layer, Loaded
from nhem_tui.config.problems import SecretError
from nhem_tui.config.schema import value_of
from nhem_tui.notation.address import parse_address
from nhem_tui.notation.mask import MASK

PASSWORD: Final = "server.password"  # noqa: S105 - the name of a setting
_COMMAND: Final = "server.password_command"
_FILE: Final = "server.password_file"
_KEYRING: Final = "server.password_keyring"
_LEAVES: Final = (_COMMAND, _FILE, _KEYRING, PASSWORD)
"""Settings that give a password, the strongest of one layer first."""

_SERVICE: Final = "nhem-tui"
_PATIENCE: Final = 60.0
"""Seconds a command may take; a user may have to unlock a password store."""
_LONGEST: Final = 4096


class Secret:
    """A text that is shown only to who asks for it by `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Password(NamedTuple):
    """The server's password and where it comes from, in words."""

    secret: Secret
    source: str


def password_leaf(loaded: Loaded) -> str:
    """Return the path of the setting that gives the password: that of the strongest layer.

    In one layer a command beats a file, a file the keyring, and that a password that stands
    there in clear; only among variables the password itself comes first.
    """
    given = [path for path in _LEAVES if value_of(loaded.settings, path)]
    if loaded.layers[PASSWORD] is Layer.ENVIRONMENT:
        given.reverse()
    return max(given, key=lambda path: loaded.layers[path], default=PASSWORD)


def password_source(loaded: Loaded) -> str:
    """Say where the password comes from, without fetching it."""
    leaf = password_leaf(loaded)
    origin = loaded.origins[leaf]
    return origin if leaf == PASSWORD else f"{leaf}, {origin}"


def resolve_password(loaded: Loaded) -> Password:
    """Return the server's password from the place that is in force.

    Raises:
        SecretError: that place does not hand it out.
    """
    server = loaded.settings.server
    match password_leaf(loaded):
        case "server.password_command":
            secret = _from_command(server.password_command)
        case "server.password_file":
            secret = _from_file(server.password_file)
        case "server.password_keyring":
            secret = _from_keyring(parse_address(server.base_url).url)
        case _:
            secret = Secret(server.password)
    return Password(secret, password_source(loaded))


def _from_command(line: str) -> Secret:
    """Run a command without a shell; it may ask the user things on the terminal."""
    try:
        words = shlex.split(line)
        result = subprocess.run(  # noqa: S603 - it is the user's own command
            words, stdout=subprocess.PIPE, timeout=_PATIENCE, check=False
        )
    except ValueError:
        raise SecretError(_COMMAND, "has unbalanced quotes") from None
    except OSError as error:
        raise SecretError(_COMMAND, f"cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise SecretError(_COMMAND, f"took longer than {_PATIENCE:g} s") from None
    if result.returncode != 0:
        raise SecretError(_COMMAND, f"failed with exit code {result.returncode}")
    return _first_line(result.stdout, _COMMAND)


def _from_file(name: str) -> Secret:
    """Read a file that nobody else may read.

    The rights are those of the open file: between a look and a read it could be exchanged.
    """
    try:
        path = Path(name).expanduser()
        # Without O_NONBLOCK a pipe in its place would hold the program up for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise SecretError(_FILE, f"{path} is no regular file")
            if mode & 0o077:
                raise SecretError(
                    _FILE,
                    f"{path} may be read by others (mode {stat.S_IMODE(mode):04o}); "
                    f"run: chmod 600 {shlex.quote(str(path))}",
                )
            content = file.read(_LONGEST)
    except OSError as error:
        raise SecretError(_FILE, f"{name}: {error.strerror}") from None
    except RuntimeError:
        raise SecretError(_FILE, f"{name}: there is no such home") from None
    return _first_line(content, _FILE, str(path))


def _from_keyring(url: str) -> Secret:
    """Ask the system's keyring; entries are found by the server's address."""
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        from nhem_tui.notation.installing import how_to_install

        text = f"needs a library that is missing: {how_to_install('keyring')}"
        raise SecretError(_KEYRING, text) from None
    try:
        password: str | None = keyring.get_password(_SERVICE, url)
    except keyring.errors.KeyringError as error:
        raise SecretError(
            _KEYRING, f"is set, but no keyring answers ({type(error).__name__})"
        ) from None
    if not password:
        raise SecretError(
            _KEYRING, f"is set, but it holds no password; run: keyring set {_SERVICE} {url}"
        )
    return Secret(password)


def _first_line(content: bytes, leaf: str, *names: str) -> Secret:
    try:
        text = content.decode().split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:
        raise SecretError(leaf, " ".join((*names, "gave a text that is not UTF-8"))) from None
    if not text:
        raise SecretError(leaf, " ".join((*names, "gave no password")))
    return Secret(text)
