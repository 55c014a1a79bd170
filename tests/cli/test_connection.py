"""Between settings and server: layers, retries, tunnel, log, and the password kept to itself."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.cli import connection
from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.main import main
from nhem_tui.cli.output import Output
from nhem_tui.cli.parser import parse
from nhem_tui.notation.address import Address
from tests.cli.support import LOG, StubServer, configure, recorded, status

SECRET = "hunter2 & Söhne"
SPELLINGS = (SECRET, "hunter2", "S%C3%B6hne", "S\\u00f6hne", "hunter2+%26")


def test_the_address_comes_from_a_file_a_variable_or_a_flag(
    stub: StubServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.tell("GET /status", recorded("running-status"))
    configure(home, {"server": {"base_url": stub.url}})
    assert main(["status"]) == 0
    configure(home, {"server": {"base_url": "http://127.0.0.1:1"}})
    monkeypatch.setenv("NHEM_URL", stub.url)
    assert main(["status"]) == 0
    monkeypatch.setenv("NHEM_URL", "http://127.0.0.1:1")
    assert main(["status", "--url", stub.url]) == 0
    configure(home, {"profiles": {"lab1": {"server": {"base_url": stub.url}}}})
    monkeypatch.delenv("NHEM_URL")
    assert main(["status", "--profile", "lab1"]) == 0
    assert stub.endpoints.count("GET /status") == 4


def test_every_error_of_a_configuration_is_a_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(home, {"server": {"timeout": "long"}, "display": {"windw": 5}, "roi": []})
    for quiet in ([], ["--quiet"]):
        assert main(["status", *quiet]) == 2
        assert capsys.readouterr().err.splitlines() == [
            f'error: {path}:3: server.timeout must be a number from 0.5 to 300 s, not "long"',
            f"error: {path}:8: roi must be an object, {{…}}",
            f"warning: {path}:6: display.windw is not a known key and is ignored; "
            "did you mean display.window?",
        ]


def test_a_typo_in_a_configuration_is_a_warning_even_for_who_wants_quiet(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", recorded("running-status"))
    path = configure(home, {"server": {"base_url": stub.url, "timout": 5}})
    text = (
        f"{path}:4: server.timout is not a known key and is ignored; did you mean server.timeout?"
    )
    for quiet in ([], ["--quiet"]):
        assert main(["status", *quiet]) == 0
        assert capsys.readouterr().err == f"warning: {text}\n"
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().err) == {"type": "warning", "text": text}


def test_a_broken_configuration_asks_no_server(home: Path, stub: StubServer) -> None:
    configure(home, {"server": {"base_url": stub.url}}).write_text("{")
    assert main(["status"]) == 2
    assert stub.requests == []


def test_a_question_is_repeated_while_the_link_fails(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, gateway = (0, b""), (503, b'{"detail":"Service Unavailable"}')
    stub.tell("GET /status", gateway, cut, recorded("running-status"))
    assert main(["status", "--verbose", "--url", stub.url]) == 0
    assert stub.endpoints.count("GET /status") == 3
    assert capsys.readouterr().err.count("another try in") == 2
    configure(home, {"server": {"retry_attempts": 0}})
    stub.tell("GET /status", gateway)
    assert main(["status", "--url", stub.url]) == 3
    assert stub.endpoints.count("GET /status") == 4


def test_every_request_is_told_to_who_wants_to_know(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /status", (500, b"{}"))
    assert main(["stop", "--verbose", "--url", stub.url]) == 1
    first, second, error = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"POST /control: \d+ ms", first)
    assert re.fullmatch(r"GET /status: \d+ ms: server fault", second)
    assert error.startswith("error: ")


def test_what_the_server_itself_says_is_not_asked_again(stub: StubServer) -> None:
    stub.tell("GET /status", (500, b'{"detail":"Internal Server Error"}'))
    assert main(["status", "--url", stub.url]) == 1
    assert stub.endpoints == ["GET /status"]


def test_a_command_is_never_repeated(stub: StubServer) -> None:
    stub.tell("POST /control", (503, b'{"detail":"Service Unavailable"}'))
    assert main(["start", "--url", stub.url]) == 3
    assert stub.endpoints == ["POST /control"]


def test_a_tunnel_is_the_way_to_the_server_and_not_its_name(
    stub: StubServer, home: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    opened = []

    @contextmanager
    def open_tunnel(target: str, address: Address) -> Iterator[int]:
        opened.append((target, address.url))
        yield stub.server_port

    monkeypatch.setattr(connection, "open_tunnel", open_tunnel)
    stub.tell("GET /status", recorded("running-status"))
    stub.tell("GET /health", recorded("health"))
    assert main(["status", "--ssh", "anna@lab3"]) == 0
    configure(home, {"server": {"ssh": "anna@lab4", "base_url": "http://eve:sesame@lab5:1234/a"}})
    stub.tell("GET /a/status", recorded("running-status"))
    stub.tell("GET /a/health", recorded("health"))
    capsys.readouterr()
    assert main(["watch", "--json", "--seconds", "2"]) == 1  # it has no windows
    assert opened == [
        ("anna@lab3", "http://localhost:8421"),
        ("anna@lab4", "http://lab5:1234/a"),
    ]
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[0])["url"] == "http://lab5:1234/a"
    assert "127.0.0.1" not in told.out
    basic = base64.b64encode(b"eve:sesame").decode()
    assert stub.headers_seen[-1]["Authorization"] == f"Basic {basic}"


def test_a_command_without_trouble_leaves_nothing_behind(stub: StubServer, home: Path) -> None:
    stub.tell("GET /status", recorded("running-status"))
    stub.tell("GET /data/window-capture", recorded("running-window-capture"))
    assert main(["status", "--url", stub.url]) == 0
    assert [*home.iterdir()] == []


def test_requests_are_logged(stub: StubServer, home: Path) -> None:
    stub.tell("GET /status", (500, b'{"detail":"Internal Server Error"}'))
    assert main(["status", "--url", stub.url]) == 1
    assert "GET /status: server fault: " in (home / LOG).read_text()
    assert main(["status", "--url", stub.url, "--log-file", "here.log"]) == 1
    assert "GET /status: server fault: " in (home / "here.log").read_text()


def test_a_log_that_cannot_be_written_stops_only_who_asked_for_it(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", recorded("running-status"))
    (home / ".local").write_text("no folder")
    assert main(["status", "--url", stub.url]) == 0
    assert "warning: cannot write the log" in capsys.readouterr().err
    (home / "folder").mkdir()
    assert main(["status", "--url", stub.url, "--log-file", "folder"]) == 1
    assert capsys.readouterr().err == (
        f"error: cannot write the log {home}/folder: Is a directory\n"
    )


@pytest.mark.parametrize("place", ["variable", "file", "command", "configuration"])
def test_the_password_reaches_the_server_and_nobody_else(
    place: str,
    stub: StubServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = home / "password"
    kept.write_text(SECRET)
    kept.chmod(0o600)
    server = {
        "variable": {},
        "file": {"password_file": "~/password"},
        "command": {"password_command": f"cat '{kept}'"},
        "configuration": {"password": SECRET},
    }[place]
    configure(home, {"server": server, "logging": {"level": "DEBUG"}})
    if place == "variable":
        monkeypatch.setenv("NHEM_PASSWORD", SECRET)
    echo = {"detail": [{"type": "x", "loc": ["body"], "msg": f"no {SECRET}", "input": SECRET}]}
    error = {"type": "error", "error_code": SECRET, "error_message": f"{SECRET} is wrong"}
    for more in ([], ["--json"], ["--verbose"]):
        for number, body in ((401, error), (422, echo), (500, error)):
            stub.tell("POST /control", (number, json.dumps(body).encode()))
            stub.tell("GET /status", status(message=SECRET))
            assert main(["stop", "--url", stub.url, *more]) in (1, 4)
    assert {form for _, form in stub.requests} == {
        "command=stop_detection&password=hunter2+%26+S%C3%B6hne"
    }
    told = capsys.readouterr()
    written = told.out + told.err + (home / LOG).read_text()
    assert "POST /control" in written
    for spelling in SPELLINGS:
        assert spelling not in written


def test_nobody_can_log_a_password_once_it_is_known(
    stub: StubServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHEM_PASSWORD", SECRET)
    monkeypatch.setenv("NHEM_SERVER_HEADERS", '{"Authorization": "Bearer sesame"}')

    async def careless(client: BackendClient, call: Call) -> ExitCode:
        logging.getLogger("careless").error("%s %s", call.password(), call.settings.server.headers)
        return ExitCode.DONE

    call = Call(parse(["status", "--url", stub.url]), Output())
    assert call.ask(careless) is ExitCode.DONE
    assert (home / LOG).read_text().endswith(" careless: ••• {'Authorization': '•••'}\n")


def test_a_password_that_cannot_be_had_is_said_before_anything_is_sent(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "password").write_text(SECRET)
    (home / "password").chmod(0o644)
    configure(home, {"server": {"password_file": "~/password"}})
    assert main(["stop", "--url", stub.url]) == 2
    assert stub.requests == []
    line, hint = capsys.readouterr().err.splitlines()
    assert hint.startswith("hint: nhem-tui settings unset server.password_file takes it back")
    assert "chmod 600" in line


def test_who_only_looks_needs_no_password(stub: StubServer, home: Path) -> None:
    configure(home, {"server": {"password_command": "touch asked"}})
    stub.tell("GET /status", recorded("running-status"))
    assert main(["status", "--url", stub.url]) == 0
    assert not (home / "asked").exists()


def test_a_password_asked_for_is_taken_from_a_pipe(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /status", status(status="stopped"))
    monkeypatch.setenv("NHEM_PASSWORD", "another")
    monkeypatch.setattr(sys, "stdin", io.StringIO("open sesame\n"))
    assert main(["stop", "--ask-password", "--url", stub.url]) == 0
    assert stub.requests[0] == ("POST /control", "command=stop_detection&password=open+sesame")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["stop", "--ask-password", "--url", stub.url]) == 2
    assert "nothing was entered" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        (["--insecure", "--url", "https://127.0.0.1:1"], True),
        (["--url", "https://127.0.0.1:1"], False),
        (["--insecure", "--url", "http://127.0.0.1:1"], False),
    ],
)
def test_an_unchecked_certificate_is_warned_of(
    words: list[str], warned: bool, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(home, {"server": {"retry_attempts": 0}})
    assert main(["status", *words]) == 3
    assert ("certificate is not checked" in capsys.readouterr().err) is warned


def test_insecure_is_taken_only_by_its_whole_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--insec", "--url", "https://127.0.0.1:1"]) == 2
    assert "did you mean --insecure?" in capsys.readouterr().err
