"""The password: from the first place that is set, never shown on the way."""

from __future__ import annotations

import copy
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from nhem_tui.config.layers import Layer, Loaded, load
from nhem_tui.config.problems import SecretError
from nhem_tui.config.schema import Server, Settings, fields, value_of
from nhem_tui.config.secrets import Secret, password_source, resolve_password
from nhem_tui.notation.mask import MASK
from tests.config.support import places_below, write


def resolve(server: Server) -> str:
    """Return the password of a user's own file that holds these settings."""
    settings = Settings(server=server)
    given = {leaf.path for leaf in fields() if value_of(settings, leaf.path) != leaf.default}
    layers = {leaf.path: Layer(2 * (leaf.path in given)) for leaf in fields()}
    origins = dict.fromkeys(layers, "a file")
    return resolve_password(Loaded(settings, origins, layers, (), "")).secret.reveal()


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


def test_the_order_of_the_places_in_one_layer(
    password_file: Path, keyring: dict[tuple[str, str], str]
) -> None:
    keyring["nhem-tui", "http://localhost:8421"] = "from keyring"
    everything = {
        "password_command": "printf 'from command'",
        "password_file": str(password_file),
        "password_keyring": True,
        "password": "plain",
    }
    found = []
    while everything:
        found.append(resolve(Server(**everything)))
        everything.pop(next(iter(everything)))
    assert found == ["from command", "from file", "from keyring", "plain"]
    assert resolve(Server()) == "31415"


COMMAND, CLEAR = "printf 'from command'", "in clear"


@pytest.mark.parametrize(
    ("weak", "profile", "environ", "password", "source"),
    [
        # The strongest layer decides, whichever way it gives the password.
        ({"password_command": COMMAND}, {"password": CLEAR}, {}, CLEAR, "user.json:8"),
        ({"password": CLEAR}, {"password_command": COMMAND}, {}, "from command",
         "server.password_command, user.json:8"),
        ({"password_command": COMMAND}, {}, {"NHEM_PASSWORD": "x"}, "x", "NHEM_PASSWORD"),
        ({"password_command": COMMAND}, {}, {"NHEM_SERVER_PASSWORD": "x"}, "x",
         "NHEM_SERVER_PASSWORD"),
        ({"password": CLEAR}, {}, {"NHEM_SERVER_PASSWORD_COMMAND": COMMAND}, "from command",
         "server.password_command, NHEM_SERVER_PASSWORD_COMMAND"),
        # A password that somebody hands over beats the ways to fetch one.
        ({}, {}, {"NHEM_SERVER_PASSWORD_COMMAND": COMMAND, "NHEM_PASSWORD": "x"}, "x",
         "NHEM_PASSWORD"),
        # What a stronger layer takes back counts no more.
        ({"password_command": COMMAND}, {"password_command": ""}, {}, "31415", "default"),
        ({"password": CLEAR}, {}, {}, CLEAR, "user.json:3"),
        ({}, {}, {}, "31415", "default"),
    ],
)  # fmt: skip
def test_the_strongest_layer_gives_the_password_and_is_named(
    tmp_path: Path,
    weak: dict[str, str],
    profile: dict[str, str],
    environ: dict[str, str],
    password: str,
    source: str,
) -> None:
    places = replace(places_below(tmp_path), user_file=tmp_path / "user.json")
    content = {"server": weak or {"timeout": 5}, "profiles": {"lab1": {"server": profile}}}
    write(places.user_file, content)
    loaded = load(places=places, environ=environ, profile="lab1")
    found = resolve_password(loaded)
    assert found.secret.reveal() == password
    assert found.source.replace(f"{tmp_path}/", "") == source
    assert password_source(loaded) == found.source


def test_saying_whence_a_password_comes_does_not_fetch_it(tmp_path: Path) -> None:
    environ = {"NHEM_SERVER_PASSWORD_COMMAND": f"touch {tmp_path}/asked"}
    assert "PASSWORD_COMMAND" in password_source(
        load(places=places_below(tmp_path), environ=environ)
    )
    assert not (tmp_path / "asked").exists()


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


def test_the_keyring_is_asked_without_what_is_secret_in_the_address(
    keyring: dict[tuple[str, str], str],
) -> None:
    server = Server(base_url="http://anna:hunter2@lab3:8421", password_keyring=True)
    with pytest.raises(SecretError) as caught:
        resolve(server)
    assert "hunter2" not in str(caught.value)
    keyring["nhem-tui", "http://lab3:8421"] = "from keyring"
    assert resolve(server) == "from keyring"


def test_a_missing_keyring_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match="install keyring"):
        resolve(Server(password="plain", password_keyring=True))
