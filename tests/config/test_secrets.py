"""The password: from the first place that is set, never shown on the way."""

from __future__ import annotations

import copy
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from nhem_tui.config.problems import SecretError
from nhem_tui.config.schema import MASK, Server
from nhem_tui.config.secrets import Secret, resolve_password


def resolve(server: Server, **environ: str) -> str:
    return resolve_password(server, environ).reveal()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("from file\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring; returns its entries."""
    entries: dict[tuple[str, str], str] = {}
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    module.get_password = lambda service, name: entries.get((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return entries


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("hunter2")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>9}", repr([secret])):
        assert "hunter2" not in shown
        assert MASK in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


def test_secrets_can_be_compared() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_settings_do_not_show_it_either() -> None:
    server = Server(base_url="http://anna:hunter2@lab3", password="hunter2")
    assert "hunter2" not in repr(server) + repr(server.__rich_repr__())
    assert "lab3" in repr(server)


def test_the_order_of_the_places(password_file: Path, keyring: dict[tuple[str, str], str]) -> None:
    keyring["nhem-tui", "http://localhost:8421"] = "from keyring"
    command = "printf 'from command'"
    everything = Server(
        password="plain",
        password_command=command,
        password_file=str(password_file),
        password_keyring=True,
    )
    assert resolve(everything, NHEM_PASSWORD="from variable") == "from variable"
    assert resolve(everything, NHEM_SERVER_PASSWORD="from variable") == "from variable"
    assert resolve(everything, NHEM_PASSWORD="") == "from command"
    server = Server(password="plain", password_file=str(password_file), password_keyring=True)
    assert resolve(server) == "from file"
    assert resolve(Server(password="plain", password_keyring=True)) == "from keyring"
    assert resolve(Server(password="plain")) == "plain"
    assert resolve(Server()) == "31415"


def test_a_command_is_run_without_a_shell_and_gives_its_first_line() -> None:
    server = Server(password_command="printf '%s\\nlogin: anna\\n' 'se;cret $HOME'")
    assert resolve(server) == "se;cret $HOME"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "failed with exit code 1"),
        ("true", "gave no password"),
        ("printf '\\377'", "not UTF-8"),
        ("no-such-program-here x", "cannot be run"),
        ("printf 'open", "unbalanced quotes"),
    ],
)
def test_a_command_that_gives_none_is_said_so(command: str, words: str) -> None:
    with pytest.raises(SecretError, match=r"server\.password_command") as caught:
        resolve(Server(password_command=command))
    assert words in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_touch_is_refused(password_file: Path, mode: int) -> None:
    password_file.chmod(mode)
    with pytest.raises(SecretError) as caught:
        resolve(Server(password_file=str(password_file)))
    text = str(caught.value)
    assert f"may be read by others (mode {mode:04o}); run: chmod 600 {password_file}" in text
    assert "from file" not in text


def test_a_file_may_be_named_below_home(
    password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(password_file.parent))
    assert resolve(Server(password_file="~/password")) == "from file"


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("pipe", "", "missing"):
        with pytest.raises(SecretError, match=r"server\.password_file"):
            resolve(Server(password_file=str(tmp_path / name)))


def test_the_keyring_says_how_to_fill_it(keyring: dict[tuple[str, str], str]) -> None:
    assert keyring == {}
    with pytest.raises(SecretError, match="keyring set nhem-tui http://localhost:8421"):
        resolve(Server(password_keyring=True))


def test_a_missing_keyring_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match=r"nhem-tui\[keyring\]"):
        resolve(Server(password="plain", password_keyring=True))
