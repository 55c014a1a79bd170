"""``settings``: every value with where it comes from, and no secret among them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.config.schema import by_path

SECRETS = ("hunter2", "sesame")


def user_file(home: Path) -> Path:
    return home / ".config" / "nhem-tui" / "config.json"


def configure(home: Path, content: object) -> Path:
    path = user_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1))
    return path


def test_every_setting_is_shown_with_its_origin(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(
        home,
        {
            "display": {"window": 20},
            "keys": {"detection.start": "f5"},
            "profiles": {"lab1": {"display": {"theme": "light"}}},
        },
    )
    monkeypatch.setenv("NHEM_BUFFER_SIZE", "500")
    words = ["settings", "show", "--origin", "--profile", "lab1", "--timeout", "7"]
    assert main(words) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["setting", "value", "from"]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows.keys() == {*by_path(), "keys.detection.start"}
    assert rows["display.window"] == ["20.0", f"{path}:3"]
    assert rows["display.theme"] == ["light", f"{path}:11"]
    assert rows["display.buffer_size"] == ["500", "NHEM_BUFFER_SIZE"]
    assert rows["server.timeout"] == ["7.0", "--timeout"]
    assert rows["server.base_url"] == ["http://localhost:8421", "default"]
    assert rows["keys.detection.start"] == ["f5", f"{path}:6"]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["display.buffer_size"] == {"value": 500, "origin": "NHEM_BUFFER_SIZE"}


def test_as_json_it_is_a_configuration_again(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    del shown["server"]["password"]
    configure(home, shown)
    assert main(["settings", "show", "--json"]) == 0
    told = capsys.readouterr()
    again = json.loads(told.out)
    del again["server"]["password"]
    assert (again, told.err) == (shown, "")


def test_no_secret_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(
        home,
        {
            "server": {
                "password": "hunter2",
                "headers": {"Authorization": "Bearer sesame"},
                "base_url": "http://anna:hunter2@lab3",
            }
        },
    )
    for words in (["show"], ["show", "--origin"], ["show", "--json"], ["get", "server.password"]):
        for more in ([], ["--verbose"]):
            assert main(["settings", *words, *more]) == 0
            told = capsys.readouterr()
            assert "•••" in told.out
            assert not [secret for secret in SECRETS if secret in told.out + told.err]


def test_one_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "get", "server.base_url"]) == 0
    assert capsys.readouterr() == ("http://localhost:8421\n", "")
    assert main(["settings", "get", "server.timeout", "--verbose"]) == 0
    told = capsys.readouterr()
    assert told.out == "5.0\n"
    assert "a number from 0.5 to 300 s; default 5.0" in told.err
    assert main(["settings", "get", "server.timout"]) == 2
    assert "did you mean 'server.timeout'?" in capsys.readouterr().err


def test_a_setting_is_saved_for_the_next_run(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", "set", "display.window", "30"]) == 0
    assert capsys.readouterr() == ("30.0\n", "")
    assert json.loads(user_file(home).read_text()) == {"display": {"window": 30.0}}
    assert user_file(home).stat().st_mode & 0o777 == 0o600


def test_a_setting_of_a_profile_leaves_the_others_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://lab2:8421"
    assert main(["settings", "set", "server.base_url", url, "--profile", "lab2"]) == 0
    assert capsys.readouterr().out == f"{url}\n"
    assert main(["settings", "get", "server.base_url"]) == 0
    assert capsys.readouterr().out == "http://localhost:8421\n"


def test_a_stronger_layer_is_pointed_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_TIMEOUT", "3")
    assert main(["settings", "set", "server.timeout", "8"]) == 0
    told = capsys.readouterr()
    assert told.out == "3.0\n"
    assert "but NHEM_TIMEOUT is stronger" in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["server.timeout", "301"], "must be a number from 0.5 to 300 s"),
        (["display.theme", "drak"], "did you mean dark?"),
        (["server.base_url", "lab3"], "must be an address"),
        (["server.timeout"], "is missing"),
        (["server.password", "hunter2"], "can be read by every user"),
    ],
)
def test_a_wrong_value_is_not_saved(
    words: list[str], said: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", "set", *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "hunter2" not in told.err
    assert not user_file(home).exists()


def test_a_password_is_read_from_a_pipe_and_kept_private(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\n"))
    assert main(["settings", "set", "server.password"]) == 0
    assert capsys.readouterr().out == "•••\n"
    assert json.loads(user_file(home).read_text()) == {"server": {"password": "hunter2"}}
    assert user_file(home).stat().st_mode & 0o777 == 0o600


def test_a_broken_configuration_can_be_found_and_is_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(home, {}).write_text("{")
    assert main(["settings", "path", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["user"] == {"path": str(user_file(home)), "exists": True}
    assert told["home"]["exists"] is False
    assert main(["settings", "path"]) == 0
    assert f"user     {user_file(home)}" in capsys.readouterr().out
    assert main(["settings", "set", "server.timeout", "8"]) == 2
    assert user_file(home).read_text() == "{"


def test_the_editor_gets_a_private_file_and_what_it_leaves_is_checked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "false")
    assert main(["settings", "edit"]) == 1
    assert user_file(home).read_text() == "{}\n"
    assert user_file(home).stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("EDITOR", "true")
    assert main(["settings", "edit"]) == 0
    monkeypatch.setenv("EDITOR", """sh -c 'echo "{\\"roi\\": 5}" > "$0"'""")
    capsys.readouterr()
    assert main(["settings", "edit"]) == 2
    assert capsys.readouterr().err == f"error: {user_file(home)}:1: roi must be an object, {{…}}\n"
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert main(["settings", "edit"]) == 2
