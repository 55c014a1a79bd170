"""The password: everything that a full set of commands writes is searched for it."""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.cli.main import main
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import StubServer, configure, recorded, simulated_server, status

SECRET = "hunter2 & Söhne/\"x'"
TOKEN = "Bearer open-sesame"
PAIR = "anna:s3cret-word"

COMMANDS = [
    ["health"],
    ["status"],
    ["start"],
    ["pause"],
    ["resume"],
    ["peak-signal"],
    ["roi", "set", "100", "100", "300", "250"],
    ["roi", "get"],
    ["roi", "rate", "20"],
    ["roi", "image", "--output", "roi.png", "--force"],
    ["peaks", "set", "--threshold", "110"],
    ["fps", "60"],
    ["watch", "--count", "20"],
    ["capture"],
    ["capture", "--peaks"],
    ["waveform", "--output", "wave.png", "--force"],
    ["plot"],
    ["analyze"],
    ["record", "--output", "{}.nhem", "--seconds", "0.3"],
    ["export", "live", "--seconds", "0.3", "--output", "{}.csv"],
    ["server-config", "get"],
    ["server-config", "get", "security"],
    ["server-config", "reload"],
    ["server-config", "export"],
    ["server-config", "export", "--output", "config.json", "--force"],
    ["server-config", "set", "logging", "level", "DEBUG"],
    ["server-config", "import", "config.json", "--yes"],
    ["line-detection", "enable"],
    ["line-detection", "config", "min_confidence=0.5"],
    ["line-detection", "run"],
    ["check", "--write"],
    ["demo-flow", "--yes", "--seconds", "0.2"],
    ["settings", "show", "--origin"],
    ["settings", "get", "server.password"],
    ["settings", "set", "display.window", "20"],
    ["settings", "path"],
    ["stop"],
]


ECHOED = [words for words in COMMANDS if words[0] not in ("settings", "record", "export", "watch")][
    ::2
]
"""Commands whose only answer is an echo."""


def spellings(secret: str) -> set[str]:
    """Every way in which a secret may be written."""
    encoded = secret.encode()
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        encoded.hex(),
        base64.b64encode(encoded).decode(),
    }


def written(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file there is, by name."""
    for path in home.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(home)), path.read_bytes()


def assert_kept(home: Path, told: str, *, but: Path) -> None:
    for secret in (SECRET, TOKEN, PAIR, PAIR.partition(":")[2]):
        for spelling in spellings(secret):
            assert spelling not in told
            for name, content in written(home):
                if home / name != but:
                    assert spelling.encode() not in content, name


@pytest.fixture
def configuration(home: Path) -> Path:
    """A configuration that holds everything secret; the one file that may."""
    server = {"password": SECRET, "headers": {"Authorization": TOKEN}, "retry_attempts": 0}
    return configure(home, {"server": server, "logging": {"level": "DEBUG"}})


@pytest.mark.parametrize("more", [[], ["--json"], ["--verbose"]], ids=["plain", "json", "verbose"])
def test_nothing_that_a_whole_session_writes_holds_a_secret(
    more: list[str], home: Path, configuration: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with simulated_server(SimulatorOptions(password=SECRET, running=True)) as server:
        monkeypatch.setenv("NHEM_URL", server.url.replace("//", f"//{PAIR}@"))
        codes = {
            " ".join(words): main([*(word.format("out") for word in words), *more])
            for words in COMMANDS
        }
    assert codes.pop("line-detection run") == 1  # as on every server seen
    assert {*codes.values()} == {0}, codes
    told = capsys.readouterr()
    log = (home / ".local/state/nhem-tui/nhem_client.log").read_text()
    assert "POST /config/import" in log
    assert_kept(home, told.out + told.err, but=configuration)


@pytest.mark.parametrize("number", [200, 401, 422, 500])
def test_no_echo_of_a_server_gets_through(
    number: int, stub: StubServer, home: Path, configuration: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bodies = (
        {"detail": [{"loc": ["body", SECRET], "msg": f"no {SECRET}", "input": SECRET}]},
        {"type": "error", "error_code": SECRET, "error_message": f"not {SECRET}, {TOKEN}"},
        {"success": False, "message": f"密码错误 {SECRET}", "error_details": quote_plus(SECRET)},
        {"status": SECRET, "system": TOKEN, "version": SECRET, "message": SECRET, "fps": 45},
        f"<html>{SECRET} {TOKEN}</html>",
    )
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        stub.fallback = (number, text.encode())
        for index, words in enumerate(ECHOED):
            more = ["--json"] if index % 2 else ["--verbose"]
            main([*words, *more, "--url", stub.url])
    told = capsys.readouterr()
    assert "•••" in told.out + told.err
    assert_kept(home, told.out + told.err, but=configuration)


def test_words_of_the_server_in_a_good_answer_are_masked_too(
    stub: StubServer, configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    health = {"status": "ok", "system": f"NHEM, password {SECRET}", "version": "1"}
    stub.tell("GET /health", (200, json.dumps(health).encode()))
    for more in ([], ["--json"]):
        assert main(["health", *more, "--url", stub.url]) == 0
        told = capsys.readouterr()
        assert "NHEM, password •••" in told.out
        assert SECRET not in told.out


def test_words_of_the_server_inside_a_document_are_masked_too(
    stub: StubServer, configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    analysis = {"has_hem": False, "series": [], "events": [{"note": f"by {SECRET}"}]}
    lines = {"enabled": True, "config": {"note": f"by {SECRET}"}}
    stub.tell("POST /analyze", (200, json.dumps(analysis).encode()))
    stub.tell("GET /api/roi/line-intersection/status", (200, json.dumps({"data": lines}).encode()))
    for words in (["analyze"], ["line-detection", "status"]):
        for more in (["--json"], []):
            assert main([*words, *more, "--url", stub.url]) == 0
            told = capsys.readouterr()
            assert SECRET not in told.out
            assert "by •••" in told.out or (words == ["analyze"] and not more)


@pytest.mark.parametrize("secret", ["2026", "state", "type", "1", ":", '"', "running"])
def test_a_password_that_is_a_common_word_spoils_no_document(
    secret: str,
    stub: StubServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /roi/config", recorded("roi-config"))
    documents = []
    for password in ("31415", secret):
        monkeypatch.setenv("NHEM_PASSWORD", password)
        for words in (["stop"], ["roi", "get"]):
            assert main([*words, "--json", "--url", stub.url]) == 0
            documents.append(json.loads(capsys.readouterr().out))
            documents[-1].pop("at", None)
    assert documents[:2] == documents[2:]


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=4),
    st.sampled_from([401, 422, 500]),
)
def test_whatever_the_password_is_no_error_holds_it(rest: str, number: int) -> None:
    secret = "Zq" + rest
    echo = {"type": "error", "error_code": secret, "error_message": f"{secret} is {secret}"}
    told = io.StringIO()
    with (
        StubServer() as stub,
        patch.dict(os.environ, {"NHEM_PASSWORD": secret}),
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(told),
    ):
        stub.fallback = (number, json.dumps(echo).encode())
        assert main(["stop", "--json", "--verbose", "--url", stub.url]) in (1, 4)
        assert main(["stop", "--url", stub.url]) in (1, 4)
    logged = Path(".local/state/nhem-tui/nhem_client.log").read_text()
    for spelling in spellings(secret):
        assert spelling not in told.getvalue()
        assert spelling not in logged
