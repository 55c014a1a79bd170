"""``settings``: every value with where it comes from, and no secret among them."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.config import store
from nhem_tui.config.schema import by_path
from tests.cli.support import StubServer, configure, recorded, user_file

SECRETS = ("hunter2", "sesame")


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
    assert told["type"] == "settings"
    assert told["settings"]["display"]["buffer_size"] == 500
    assert told["origins"]["display.buffer_size"] == "NHEM_BUFFER_SIZE"


def test_as_json_it_holds_a_configuration(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [*shown] == ["type", "settings"]
    del shown["settings"]["server"]["password"]
    configure(home, shown["settings"])
    assert main(["settings", "show", "--json"]) == 0
    told = capsys.readouterr()
    again = json.loads(told.out)
    del again["settings"]["server"]["password"]
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
    assert main(["settings", "get", "server.timeout", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "type": "setting",
        "path": "server.timeout",
        "value": 5.0,
        "origin": "default",
    }
    assert main(["settings", "get", "server.timout"]) == 2
    assert "did you mean server.timeout?" in capsys.readouterr().err


def test_a_setting_is_saved_for_the_next_run(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", "set", "display.window", "30"]) == 0
    assert capsys.readouterr() == ("30.0\n", "")
    assert json.loads(user_file(home).read_text()) == {"display": {"window": 30.0}}
    assert user_file(home).stat().st_mode & 0o777 == 0o600


def test_nobody_else_saves_between_reading_and_writing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / ".config" / "nhem-tui"
    done = []

    def watched(name: str) -> None:
        original = getattr(store, name)

        def step(*args: object, **more: object) -> object:
            descriptor = os.open(folder, os.O_RDONLY)
            with pytest.raises(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(descriptor)
            done.append(name)
            return original(*args, **more)

        monkeypatch.setattr(store, name, step)

    watched("changed")
    watched("write")
    for seconds in ("7", "8"):  # the first one makes the folder; who is done lets the next one in
        assert main(["settings", "set", "server.timeout", seconds]) == 0
    assert done == ["changed", "write"] * 2
    assert [file.name for file in folder.iterdir()] == ["config.json"]


def test_a_setting_of_a_profile_leaves_the_others_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://lab2:8421"
    assert main(["settings", "set", "server.base_url", url, "--profile", "lab2"]) == 0
    assert capsys.readouterr().out == f"{url}\n"
    assert main(["settings", "get", "server.base_url"]) == 0
    assert capsys.readouterr().out == "http://localhost:8421\n"


def test_a_setting_is_taken_out_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--profile", "lab2"]):
        assert main(["settings", "set", "server.ssh", "a@b", *words]) == 0
    assert main(["settings", "unset", "server.ssh"]) == 0
    lab2 = {"profiles": {"lab2": {"server": {"ssh": "a@b"}}}}
    assert json.loads(user_file(home).read_text()) == lab2
    assert capsys.readouterr().err == "server.ssh comes from default now\n"
    assert main(["settings", "unset", "server.ssh", "--profile", "lab3"]) == 2
    assert "there is no profile 'lab3'" in capsys.readouterr().err
    assert json.loads(user_file(home).read_text()) == lab2


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("server.password_command", "pass 'lab3", "has unbalanced quotes"),
        ("server.password_file", "missing", "missing: No such file or directory"),
        ("server.password_keyring", "true", f"--python {sys.executable} install keyring"),
        ("server.ssh", "-oProxyCommand=x", "must be user@host"),
    ],
)
@pytest.mark.parametrize("profile", ["", "lab2"])
def test_a_setting_that_cannot_be_used_names_its_place_and_the_way_out(
    setting: str,
    value: str,
    said: str,
    profile: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/ssh")
    section, _, name = setting.partition(".")
    content: dict[str, object] = {section: {name: value == "true" or value}}
    if profile:
        content = {"profiles": {profile: content}}
        monkeypatch.setenv("NHEM_PROFILE", profile)
    user_file(home).parent.mkdir(parents=True)
    user_file(home).write_text(json.dumps(content, indent=1))
    assert main(["peak-signal"]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    line = 5 if profile else 3
    assert error.startswith(f"error: {user_file(home)}:{line}: {setting} ")
    assert said in error
    way_out = hint.removeprefix("hint: nhem-tui ").partition(" takes it back")[0].split()
    assert way_out[:3] == ["settings", "unset", setting]
    assert main(way_out) == 0
    assert name not in user_file(home).read_text()


@pytest.mark.parametrize(
    ("flags", "environ", "error", "hint"),
    [
        (["--ssh=-x"], {}, "--ssh: server.ssh must be", "leave --ssh away"),
        ([], {"NHEM_SSH": "-x"}, "NHEM_SSH: server.ssh must be", "unset NHEM_SSH"),
        ([], {"NHEM_SERVER_PASSWORD_COMMAND": "false"},
         "NHEM_SERVER_PASSWORD_COMMAND: server.password_command failed",
         "unset NHEM_SERVER_PASSWORD_COMMAND"),
    ],
)  # fmt: skip
def test_so_does_one_from_elsewhere(
    flags: list[str],
    environ: dict[str, str],
    error: str,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/ssh")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["peak-signal", *flags]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith(f"error: {error}")
    assert told[1].startswith(f"hint: {hint}")


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
        (["server.base_url", "lab3"], "must be a URL"),
        (["server.timeout"], "is missing"),
        (["server.password", "hunter2"], "can be read by every user"),
        (["server.headers", '{"Authorization": "hunter2"}'], "can be read by every user"),
        (["server.base_url", "http://anna:hunter2@lab3"], "set NHEM_URL, or"),
        (["server.base_url", "http://[::1"], "must be a URL"),
        (["server.base_url", "http://lab3:99999"], "must be a URL"),
        (["server.base_url", "http://lab3?x"], "must end before"),
        (["roi.default_x1", "1600"], "roi.default_x2 must be at least 50 px more than"),
        (["display.window", "2_0"], "must be a number from 1 to"),
        (["display.max_framerate", "0"], "must be a whole number from 1 to 60 frames/s"),
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


def test_a_value_is_not_saved_into_a_configuration_that_is_broken(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(home, {"server": {"timeout": 0, "retry_attempts": 1}})
    before = path.read_text()
    assert main(["settings", "set", "server.retry_attempts", "2"]) == 2
    assert path.read_text() == before
    assert f"{path}:3: server.timeout must be" in capsys.readouterr().err
    assert main(["settings", "set", "server.timeout", "2"]) == 0  # which mends it


def test_headers_are_read_from_a_pipe(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"Authorization": "Bearer sesame"}\n'))
    assert main(["settings", "set", "server.headers"]) == 0
    assert "sesame" not in capsys.readouterr().out
    saved = json.loads(user_file(home).read_text())
    assert saved == {"server": {"headers": {"Authorization": "Bearer sesame"}}}


def test_a_folder_that_cannot_be_written_is_said_in_a_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".config").write_text("no folder")
    for words in (["settings", "edit"], ["settings", "set", "server.timeout", "8"]):
        assert main(words) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: ")
        assert "Not a directory" in line or "File exists" in line


@pytest.mark.parametrize(
    ("server", "environ", "source"),
    [
        ({"password_file": "~/password"}, {}, "server.password_file, {}:3"),
        ({"password": "hunter2", "password_command": "pass lab3"}, {},
         "server.password_command, {}:4"),
        ({"password": "hunter2"}, {"NHEM_PASSWORD": "x"}, "NHEM_PASSWORD"),
        ({"password": "hunter2"}, {}, "{}:3"),
        ({}, {}, "default"),
    ],
)  # fmt: skip
def test_the_origin_of_the_password_is_that_of_the_one_that_is_sent(
    server: dict[str, str],
    environ: dict[str, str],
    source: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = configure(home, {"server": server})
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    expected = source.format(path)
    assert main(["settings", "get", "server.password", "--verbose"]) == 0
    assert capsys.readouterr().err.endswith(f"from {expected}\n")
    assert main(["settings", "show", "--origin", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["origins"]["server.password"] == expected


def test_a_refused_password_is_told_with_its_origin(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-unauthorized"))
    monkeypatch.setenv("NHEM_PASSWORD", "wrong")
    assert main(["stop", "--url", stub.url]) == 4
    assert "hint: the password came from NHEM_PASSWORD\n" in capsys.readouterr().err


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
    assert told["type"] == "paths"
    assert told["paths"]["user"] == {"path": str(user_file(home)), "exists": True}
    assert told["paths"]["home"]["exists"] is False
    assert main(["settings", "path"]) == 0
    assert f"user     {user_file(home)}" in capsys.readouterr().out
    assert main(["settings", "set", "server.timeout", "8"]) == 2
    assert user_file(home).read_text() == "{"


def test_a_link_to_a_configuration_that_is_not_there_yet_is_followed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    itself = home / "dotfiles" / "nhem.json"
    user_file(home).parent.mkdir(parents=True)
    user_file(home).symlink_to(itself)
    monkeypatch.setenv("EDITOR", "true")
    assert main(["settings", "edit"]) == 0
    assert itself.read_text() == "{}\n"
    assert itself.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("blank", ["", " "])
def test_an_editor_without_a_name_is_none(
    home: Path, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def run(words: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        started.append(words)
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(subprocess, "run", run)
    for visual, editor, command in (
        (blank, "nano -w", ["nano", "-w"]),
        ("code --wait", blank, ["code", "--wait"]),
        (blank, blank, ["vi"]),
    ):
        monkeypatch.setenv("VISUAL", visual)
        monkeypatch.setenv("EDITOR", editor)
        assert main(["settings", "edit"]) == 0
        assert started.pop() == [*command, str(user_file(home))]


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
    assert capsys.readouterr().err.splitlines() == [
        "error: the editor 'no-such-editor' cannot be run: No such file or directory",
        "hint: another one: VISUAL=nano nhem-tui settings edit",
    ]
    monkeypatch.setenv("VISUAL", "vi 'x")
    assert main(["settings", "edit"]) == 2
    assert "'vi 'x' cannot be run: No closing quotation" in capsys.readouterr().err.replace(
        '"', "'"
    )
